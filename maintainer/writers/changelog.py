"""The lines of a changelog: what is told of each change, under which heading, and where that is known from.

    lines(entries, moved) -> Line(kind, text, sources), in the order of Keep a Changelog, what breaks first

The words of authors are made inert. A line's references come last: `guests can pay ([#12](https://...))`.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from types import MappingProxyType
from typing import NamedTuple

from maintainer.changes import OTHER, Changed, Entry, Source
from maintainer.model import Advisory
from maintainer.releasing import Merge, Moved
from maintainer.text import advisory
from maintainer.text.changelog_names import KINDS, Kind
from maintainer.text.inert import BREAK
from maintainer.writers import sanitise
from maintainer.writers.words import Words, message

#: The heading for each type of an entry; None: it is told only where it breaks something. Other types are `other`.
TYPES: Mapping[str, Kind | None] = MappingProxyType(
    {
        "feat": "Added", "feature": "Added", "add": "Added", "added": "Added",
        "fix": "Fixed", "bugfix": "Fixed", "hotfix": "Fixed", "fixed": "Fixed",
        "perf": "Changed", "refactor": "Changed", "change": "Changed", "changed": "Changed", "update": "Changed",
        "revert": "Changed", OTHER: "Changed",
        "deprecate": "Deprecated", "deprecated": "Deprecated", "deprecation": "Deprecated",
        "remove": "Removed", "removed": "Removed",
        "security": "Security", "sec": "Security",
        "chore": None, "docs": None, "doc": None, "style": None, "test": None, "tests": None, "ci": None, "build": None,
        "release": None, "wip": None,
    }
)  # fmt: skip
#: References at a line's end.
MOST_REFERENCES = 5
#: Characters of an author's words.
LONGEST = 400
_SEVERITIES = {
    "critical": message("critical"),
    "high": message("high"),
    "medium": message("medium"),
    "low": message("low"),
}
_HASH = re.compile(r"[0-9a-f]{7,64}")
_CODE = re.compile(r"(`[^`]+`)")
_ISSUE = re.compile(r"[#!]\d{1,9}|GH-\d{1,9}|[A-Z][A-Z0-9_]{1,15}-\d{1,9}")
_ADDRESS = re.compile(r"https?://[^\s<>()\"'`\\\[\]]{1,2000}")
#: Words in which nothing has to be made inert: the most there are.
_PLAIN = re.compile(r"(?:(?!www)[^\W_]|[ ,;.'()?%=]|-(?!\d))*", re.IGNORECASE)
_ENDED = (".", "!", "?", ":", "…")


class Line(NamedTuple):
    """An entry of the file: Markdown in one line, without its bullet.

    `references` is the end of the text that says where it is known from, `([#12](https://...))`, maybe empty.
    """

    kind: Kind
    text: str
    sources: tuple[Source, ...]
    references: str = ""
    is_breaking: bool = False

    @property
    def words(self) -> str:
        """Its text without references."""
        return self.text.removesuffix(self.references).rstrip()


def lines(
    entries: Iterable[Entry],
    moved: Iterable[Moved] = (),
    *,
    words: Words,
    types: Mapping[str, Kind | None] = TYPES,
    development: bool = False,
) -> tuple[Line, ...]:
    """What is told of entries and of the parts that moved, each line once.

    `types` has a value for `other`. `development` says whether what only developers use is told, in one line.
    """
    moves = list(moved)
    told = [
        *(_move(one, words) for one in moves if not one.development),
        *(_developed([one for one in moves if one.development], words) if development else ()),
        *_entries(entries, types, words),
    ]
    found: dict[tuple[Kind, str], Line] = {}
    same: dict[tuple[Kind, str], list[Line]] = {}
    for one in told:
        key = one.kind, one.text
        if (first := found.setdefault(key, one)) is not one:
            same.setdefault(key, [first]).append(one)
    for key, alike in same.items():
        found[key] = alike[0]._replace(sources=tuple(dict.fromkeys(source for one in alike for source in one.sources)))
    place = {kind: at for at, kind in enumerate(KINDS)}
    return tuple(sorted(found.values(), key=lambda one: (place[one.kind], not one.is_breaking)))


def needed(changed: Changed, told: Iterable[Line], merges: Iterable[Merge] = ()) -> frozenset[str]:
    """The commits without which other lines would be told: their sources, those by which their proposals came, and
    those that cancel one another."""
    sources = {(one.kind, one.id) for line in told for one in line.sources}
    commits = {name for kind, name in sources if kind == "commit"}
    commits |= {one.commit for one in merges if ("proposal", str(one.number)) in sources}
    return frozenset(commits | {one.source.id for one in changed.left_out if one.why not in ("merge", "elsewhere")})


# entries


def _entries(entries: Iterable[Entry], types: Mapping[str, Kind | None], words: Words) -> Iterator[Line]:
    for one in entries:
        kind = types.get(one.type, types[OTHER])
        if one.breaking:
            kind = kind or "Changed"
        if kind and (one.text or one.breaking):
            yield _line(kind, _text(one, words), _sources(one), is_breaking=bool(one.breaking))


def _text(entry: Entry, words: Words) -> str:
    what = prose(entry.text)
    if entry.type == "revert":
        what = words.say("Reverted: {what}", what=what)
    elif entry.restored:
        what = words.say("Restored: {what}", what=what)
    if entry.scopes:
        what = f"**{_scope(entry.scopes)}:** {what}"
    if entry.breaking:
        what = f"**{words.say('Breaking:')}** {what}".rstrip()
    for one in [prose(one) for one in entry.breaking if one.casefold() != entry.text.casefold()]:
        what = f"{what}{'' if what.endswith(_ENDED) or what.endswith('**') else ':'} {one}"
    return what.strip()


@lru_cache(maxsize=1_000)
def _scope(scopes: Sequence[str]) -> str:
    return _inert(" ".join(", ".join(scopes).split())[:100])


def prose(text: str) -> str:
    """An author's words as Markdown in one line: code stays code, nothing else does anything."""
    flat = " ".join(text[: 20 * LONGEST].split())
    flat = flat if len(flat) <= LONGEST else f"{flat[: LONGEST - 1].rstrip()}…"
    if _PLAIN.fullmatch(flat):
        return flat
    return "".join(
        sanitise.code(part.strip("`")) if at % 2 else _inert(part) for at, part in enumerate(_CODE.split(flat))
    ).strip()


def _inert(text: str) -> str:
    """As `sanitise.line`, with the spaces at both ends."""
    if not text.strip() or _PLAIN.fullmatch(text):
        return text
    inert = sanitise.line(text, LONGEST).replace("://", f":{BREAK}//")
    return f"{' ' * text[0].isspace()}{inert}{' ' * text[-1].isspace()}"


def _sources(entry: Entry) -> tuple[Source, ...]:
    if not entry.references:
        return entry.sources
    known = {one.id for one in entry.sources}
    return entry.sources + tuple(Source("issue", one.id) for one in entry.references if one.id not in known)


# dependencies


def _move(one: Moved, words: Words) -> Line:
    kind: Kind = "Changed"
    if one.fixes:
        kind = "Security"
    elif not one.before:
        kind = "Added"
    elif not one.after:
        kind = "Removed"
    # Below "Added" and "Removed" the name says it all.
    text = _named_version(one) if kind in ("Added", "Removed") else _moved(one, words)
    return _line(kind, text, one.sources)


def _named_version(one: Moved) -> str:
    return f"{sanitise.line(one.name)} {sanitise.line(one.after or one.before, 60)}"


def _moved(one: Moved, words: Words) -> str:
    name, before, after = sanitise.line(one.name), sanitise.line(one.before, 60), sanitise.line(one.after, 60)
    if not one.before:
        text = words.say("added {name} {version}", name=name, version=after)
    elif not one.after:
        text = words.say("removed {name} {version}", name=name, version=before)
    elif one.downgrade:
        text = words.say("Downgraded {name} {before} → {after}", name=name, before=before, after=after)
    else:
        text = f"{name} {before} → {after}"
    if one.fixes:
        text = words.say("{what}: fixes {advisories}", what=text, advisories=words.listed(_named(one.fixes, words)))
    elif one.ended and one.after:
        ended = words.date(one.ended)
        text = words.say("{what}: {version} has had no security support since {date}", what=text, version=before,
                         date=ended)  # fmt: skip
    return text


def _named(fixes: Iterable[Advisory], words: Words) -> list[str]:
    named = []
    for one in fixes:
        severity = words.say(_SEVERITIES[one.severity]) if one.severity in _SEVERITIES else ""
        named.append(sanitise.line(advisory.name(one), 60) + (f" ({severity})" if severity else ""))
    return named


def _developed(moved: Sequence[Moved], words: Words) -> Iterator[Line]:
    if moved:
        listed = ", ".join(dict.fromkeys(_moved(one, words) for one in moved))
        sources = tuple(dict.fromkeys(source for one in moved for source in one.sources))
        yield _line("Changed", words.say("For developers: {moves}", moves=listed), sources)


# references


def _line(kind: Kind, text: str, sources: tuple[Source, ...], *, is_breaking: bool = False) -> Line:
    told = references(sources)
    return Line(kind, f"{text} {told}" if told else text, sources, told, is_breaking)


def references(sources: Sequence[Source]) -> str:
    """`([#12](https://...), 1a2b3c4)`: the proposals, or else issues and commits, with a link where there is one."""
    proposals = [one for one in sources if one.kind == "proposal"]
    shown = proposals or [one for kind in ("issue", "commit") for one in sources if one.kind == kind]
    told: list[str] = []
    for named in filter(None, map(_reference, shown)):
        if named not in told:
            told.append(named)
        if len(told) > MOST_REFERENCES:
            told[MOST_REFERENCES:] = ["…"]
            break
    return f"({', '.join(told)})" if told else ""


def name(source: Source) -> str:
    """A source as people write it: `#12`, `!12`, `1a2b3c4`; empty for what can't be one."""
    match source.kind:
        case "proposal" if source.id.isascii() and source.id.isdigit():
            return f"{'!' if '/merge_requests/' in source.url else '#'}{source.id}"
        case "commit" if _HASH.fullmatch(source.id):
            return source.id[:7]
        case "issue" if _ISSUE.fullmatch(source.id):
            return source.id
        case _:
            return ""


def _reference(source: Source) -> str:
    named = name(source)
    return f"[{named}]({source.url})" if named and _ADDRESS.fullmatch(source.url) else named
