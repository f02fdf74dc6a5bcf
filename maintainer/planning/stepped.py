"""How large a release is by what it brings, in the words of Semantic Versioning (https://semver.org).

`major` where someone has to change something before it works again, `minor` for what is new, `patch` for all else.
"""

from dataclasses import dataclass

from maintainer.changes import Entry, Source
from maintainer.releasing import Contents, Moved, Step

#: Types of commits that change nothing for whoever uses the site.
UNSEEN = frozenset({"build", "chore", "ci", "docs", "style", "test"})
#: Types that bring something new.
NEW = frozenset({"feat", "feature", "deprecate"})


@dataclass(frozen=True, slots=True)
class Stepped:
    """`why` in one sentence; `sources` are what it is so large for."""

    step: Step
    why: str
    sources: tuple[Source, ...]


def stepped(contents: Contents) -> Stepped | None:
    """None where nothing changes for whoever uses the site."""
    entries = contents.changed.entries
    parts = [one for one in contents.moved if not one.development]
    if breaking := next((one for one in entries if one.breaking), None):
        return Stepped("major", f"{_said(breaking)} breaks: {' '.join(breaking.breaking[0].split())}", breaking.sources)
    if runtime := next((one for one in parts if one.part == "runtime" and one.bump in ("major", "minor")), None):
        return Stepped("major", f"the servers have to run {_moved(runtime)}", runtime.sources)
    if new := next((one for one in entries if one.type in NEW), None):
        return Stepped("minor", f"{_said(new)} is new", new.sources)
    if part := next((one for one in parts if one.bump == "major" or not (one.before and one.after)), None):
        return Stepped("minor", _moved(part), part.sources)
    if told := next((one for one in entries if one.type not in UNSEEN), None):
        return Stepped("patch", f"nothing but smaller changes, such as: {_said(told)}", told.sources)
    if parts:
        return Stepped("patch", f"nothing but smaller updates, such as: {_moved(parts[0])}", parts[0].sources)
    return None


def _said(entry: Entry) -> str:
    return f"“{entry.text[:100]}”" if entry.text else "a commit without words"


def _moved(one: Moved) -> str:
    return " ".join(part for part in (one.name, one.before, "→" if one.before and one.after else "", one.after) if part)
