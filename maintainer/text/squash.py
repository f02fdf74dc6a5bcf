"""The messages that a squash put into one: which lines are whose.

GitHub and GitLab write a bullet for each commit, GitHub with the rest of its message below and not indented; git
itself (`merge --squash`) quotes `git log`; a rebase leaves the messages one below the other. People write lists.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from maintainer.text.commit_header import KNOWN, header
from maintainer.text.commit_undoing import quoted

_BULLET = re.compile(r"([ \t]{0,40})([*+-]|\d{1,3}[.)])[ \t]+(\S.*)")
_GIT = re.compile(r"commit ([0-9a-f]{40}(?:[0-9a-f]{24})?)")
_GIT_HEAD = re.compile(r"(?:Author|Merge|Date|AuthorDate|Commit|CommitDate):[ \t]")
#: What ends a list: a rule, as GitHub writes before the co-authors, or a headline of a description.
_END = re.compile(r"-{3,}[ \t]*|\*{3,}[ \t]*|_{3,}[ \t]*|#{1,6}[ \t].*")
#: A box to tick, of a template.
_BOXES = ("[ ]", "[x]", "[X]")
#: Types that begin a message without a bullet; others are words that prose begins with, too.
_BARE = frozenset({"feat", "fix", "perf", "refactor", "revert", "security"})
#: How a line begins that may begin a message; most texts have none, and need no second look.
_BEGINS = re.compile(r"\n(?:[ \t]*[^\sA-Za-z]|[A-Za-z][A-Za-z0-9_]*(?:[(!:]|-\d)|commit |Merged PR )")


@dataclass(slots=True)
class Part:
    """The lines of one message, its header first; `commit` is the one it was, where that is told."""

    lines: list[str] = field(default_factory=list)
    commit: str = ""


@dataclass(frozen=True, slots=True)
class _Start:
    """A line at which a message begins: `indent` and `mark` of its bullet; what is no message is not `told`."""

    text: str
    indent: int
    mark: str
    told: bool
    commit: str = ""


def may_hold(text: str) -> bool:
    """Whether `split` could find a message in the lines of a text."""
    return _BEGINS.search(f"\n{text}") is not None


def split(lines: Sequence[str], code: Sequence[bool]) -> tuple[list[str], list[Part]]:
    """The lines below a header that are its own, and the messages in them. `code` says which lines are in a fence."""
    own: list[str] = []
    parts: list[Part] = []
    at: _Start | None = None
    tight = False
    into = own
    for number, line in enumerate(lines):
        above = number == 0 or not lines[number - 1].strip()
        start = None if code[number] else _start(lines, number, above, at)
        if start:
            tight = bool(at and at.mark and start.mark and not above) or (tight and bool(start.mark))
            at = start
            if start.told:
                parts.append(Part([start.text], start.commit))
                into = parts[-1].lines
            elif start.commit:
                into = []
            else:
                into = own
                own.append(line)
        elif at and not code[number] and _ends(line, at, above=above, tight=tight):
            at, tight, into = None, False, own
            own.append(line)
        elif at and at.commit and into is not own:
            if not _GIT_HEAD.match(line):
                into.append(line.removeprefix("    "))
        else:
            into.append(line)
    return own, [_begun(part) for part in parts if any(line.strip() for line in part.lines)]


def _start(lines: Sequence[str], number: int, above: bool, at: _Start | None) -> _Start | None:
    line = lines[number]
    if not line or line.isspace():
        return None
    bullet = _BULLET.fullmatch(line)
    if bullet:
        indent, mark, text = len(bullet[1].expandtabs(4)), bullet[2][-1], bullet[3]
        if _is_message(text):
            return _Start(text, indent, mark, True)
        return _Start(text, indent, mark, False) if at and (indent, mark) == (at.indent, at.mark) else None
    git = _GIT.match(line)
    if git and above and number + 1 < len(lines) and _GIT_HEAD.match(lines[number + 1]):
        # A merge says nothing of its own.
        return _Start("", 0, "", not lines[number + 1].startswith("Merge:"), git[1])
    if above and ":" in line and not line[0].isspace() and not (at and at.commit):
        bare = header(line)
        if bare and ((bare.type in _BARE) or (bare.type in KNOWN and (bare.breaking or bare.scopes))):
            return _Start(line, 0, "", True)
    return None


def _is_message(text: str) -> bool:
    if text.startswith(_BOXES):
        return False
    found = header(text)
    return bool(found and (found.type in KNOWN or found.breaking)) or bool(quoted(text))


def _ends(line: str, at: _Start, *, above: bool, tight: bool) -> bool:
    """Whether a line is below the list, and belongs to the whole again."""
    if _END.fullmatch(line):
        return True
    return tight and above and bool(line.strip()) and not line[0].isspace() and bool(at.mark)


def _begun(part: Part) -> Part:
    """The part from its first line with words in it."""
    first = next(number for number, line in enumerate(part.lines) if line.strip())
    return Part(part.lines[first:], part.commit)


def fenced(lines: Sequence[str]) -> list[bool]:
    """Which lines are in a fence of Markdown; one that nobody closes is none."""
    found = [False] * len(lines)
    text = "\n".join(lines)
    if "```" not in text and "~~~" not in text:
        return found
    marks = [number for number, line in enumerate(lines) if line.lstrip().startswith(("```", "~~~"))]
    for first, last in zip(marks[::2], marks[1::2], strict=False):
        found[first : last + 1] = [True] * (last + 1 - first)
    return found


def without_comments(text: str) -> str:
    """Text without HTML comments: in a forge's template nobody sees them."""
    return "".join(_visible(text)) if "<!--" in text else text


def _visible(text: str) -> Iterator[str]:
    at = 0
    while (start := text.find("<!--", at)) >= 0 and (end := text.find("-->", start + 4)) >= 0:
        yield text[at:start]
        at = end + 3
    yield text[at:]
