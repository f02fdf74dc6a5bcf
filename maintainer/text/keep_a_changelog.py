"""A changelog by positions: which versions it tells of, in which parts, in which entries (https://keepachangelog.com).

    read(text) -> Changelog(sections(parts(items))), each with the characters it takes

Any file is read, whatever its style: headings of any level, with or without brackets, links and dates. Nothing is ever
written from what was read but at positions, so that all else survives byte for byte.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from maintainer.model import Span
from maintainer.text.changelog_names import YANKED, Kind, is_unreleased, kind_of
from maintainer.text.markdown_blocks import Block, blocks

#: What a version is called by: `[v1.2.0](address)`, `Version 1.2.0`, `cart@1.2.0`, `2026-11-22`; and what follows.
_VERSION = re.compile(
    r"(?P<open>\\?\[)?(?P<name>@?[^\s\[\]@]{1,80}@|[^\W\d][\w.-]{0,40}[ ])?(?P<v>[vV]?)"
    r"(?P<version>\d{1,9}(?:\.\d{1,9}){0,5}(?:[-+.~_0-9A-Za-z]{0,60}[0-9A-Za-z])?)(?P<close>\\?\])?(?P<link>\([^()\s]*\))?"
    r"(?P<rest>.*)",
    re.DOTALL,
)
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
#: All that may follow a version in a heading that is one for certain.
_DATED = re.compile(
    r"[\s\-–—/|:,(]*(?:[\dx]{1,4}[-./][\dx]{1,2}[-./][\dx]{1,4}|\w{3,12}\.? \d{1,2}(?:st|nd|rd|th)?,? \d{4}"
    r"|\d{1,2}\.? \w{3,12} \d{4})?[\s)]*(?:\[[^\[\]]{0,40}\])?\s*",
    re.IGNORECASE,
)
_LAST_BRACKETS = re.compile(r"\[([^\[\]]{1,40})\]\s*$")
_UNTIL = re.compile(r"[\s\-–—/|:,(]+([^()]{1,40})\)?\s*$")
_LINKED = re.compile(r"\[([^\[\]]{1,100})\](?:\([^()\s]*\)|\[[^\[\]]*\])?")
_ANCHOR = re.compile(r"<a (?:name|id)=[^<>]{1,200}>\s*</a>\s*")
#: Up to which commit the section `Unreleased` was told.
_MARK = re.compile(r"<!--[ \t]*maintainer: told up to ([0-9a-f]{7,64})[ \t]*-->[ \t]*(?:\r\n|\r|\n)?")


@dataclass(frozen=True, slots=True)
class Item:
    """An entry: whole lines, with all that is nested in it. `lead` is what stands before its text (`- `)."""

    at: Span
    text: str
    lead: str

    @property
    def words(self) -> str:
        """Its text in one line, however it is wrapped."""
        return " ".join(self.text.split())


@dataclass(frozen=True, slots=True)
class Part:
    """A subsection, or what stands in a section before the first one (then without title and heading).

    `end` is where its last block ends: what follows are empty lines.
    """

    title: str
    kind: Kind | None
    level: int
    heading: Span
    end: int
    items: tuple[Item, ...]


@dataclass(frozen=True, slots=True)
class Section:
    """All that is told of a version; `version` is empty where there is none yet. `at` begins with the heading."""

    title: str
    version: str
    is_unreleased: bool
    level: int
    underline: bool
    heading: Span
    at: Span
    parts: tuple[Part, ...]
    date: str = ""
    is_yanked: bool = False

    @property
    def end(self) -> int:
        """Where its last block ends."""
        return self.parts[-1].end

    @property
    def items(self) -> Iterator[Item]:
        for part in self.parts:
            yield from part.items


@dataclass(frozen=True, slots=True)
class Definition:
    """The address of a link, as it stands on a line of its own: `[1.2.0]: https://...`."""

    label: str
    address: str
    at: Span


@dataclass(frozen=True, slots=True)
class Mark:
    """Up to which commit a section was told, and where that is written (with its line's end)."""

    commit: str
    at: Span


@dataclass(frozen=True)
class Changelog:
    """A file as read. `end` is where its last block ends, of which definitions at the very end are none."""

    text: str
    sections: tuple[Section, ...]
    definitions: tuple[Definition, ...]
    end: int
    #: The mark of each section that has one, by the place of its heading.
    marks: dict[int, Mark]

    @cached_property
    def unreleased(self) -> Section | None:
        """The first section of what isn't released."""
        return next((one for one in self.sections if one.is_unreleased), None)

    def released(self, version: str) -> Section | None:
        """The section of a version."""
        bare = version.removeprefix("v")
        return next((one for one in self.sections if one.version == bare and not one.is_unreleased), None)

    def mark(self, section: Section | None) -> Mark | None:
        return self.marks.get(section.heading.start) if section else None

    @cached_property
    def newline(self) -> str:
        """How its lines end."""
        found = re.search(r"\r\n|\r|\n", self.text)
        return found[0] if found else "\n"

    def line(self, offset: int) -> int:
        """The 1-based line of a character."""
        return len(re.findall(r"\r\n|\r|\n", self.text[:offset])) + 1


@dataclass(frozen=True, slots=True)
class Heading:
    """What the heading of a version says: what stands before it, the version, what follows; and how sure that is."""

    before: str
    version: str
    after: str
    is_unreleased: bool
    is_certain: bool


def heading(title: str) -> Heading | None:
    """The words of a heading as those of a version; None where they are none."""
    title = title[:1_000]
    linked = _LINKED.match(title)
    if is_unreleased(linked[1] if linked else title) or is_unreleased(re.split(r" [-–—(]", title, maxsplit=1)[0]):
        return Heading("", "", "", True, True)
    found = _VERSION.match(title)
    if not found or (bool(found["open"]) != bool(found["close"])):
        return None
    rest = found["rest"]
    if rest[:1].isalnum() or ((found["name"] or "").endswith(" ") and rest[:1] not in ("", " ", "]")):
        return None
    waiting = _UNTIL.match(rest)
    unreleased = bool(waiting) and is_unreleased(waiting[1] if waiting else "")
    certain = unreleased or bool(_DATED.fullmatch(rest))
    dotted = "." in found["version"] or found["v"] or found["open"]
    if not (certain or (dotted and not found["name"])) or (not dotted and not rest and len(found["version"]) < 3):
        return None
    at = found.start("version")
    return Heading(title[:at], found["version"], title[found.end("version") :], unreleased, certain)


def read(text: str) -> Changelog:
    """In time that grows with the text's length."""
    found = blocks(text)
    tail = _tail(found)
    defined = tuple(Definition(one.text, one.lead, one.at) for one in found if one.kind == "definition")
    body = found[:tail]
    named = {at: known for at, one in enumerate(body) if one.kind == "heading" and (known := heading(one.text))}
    levels = [body[at].level for at, known in named.items() if known.is_certain]
    top = min(levels or [body[at].level for at in named], default=0)
    starts = [
        at for at, known in named.items()
        if body[at].level == top or (known.is_certain and body[at].level == top + 1 and not known.is_unreleased)
    ]  # fmt: skip
    sections, marks = [], {}
    for number, at in enumerate(starts):
        until = starts[number + 1] if number + 1 < len(starts) else len(body)
        section, mark = _section(body, at, until, named[at], top)
        sections.append(section)
        if mark:
            marks[section.heading.start] = mark
    end = body[-1].at.end if body else 0
    return Changelog(text, tuple(sections), defined, end, marks)


def marked(commit: str) -> str:
    """The comment that says up to which commit a section is told."""
    return f"<!-- maintainer: told up to {commit} -->"


def without_mark(text: str) -> str:
    """A text without the marks in it."""
    return _MARK.sub("", text)


def _tail(found: Sequence[Block]) -> int:
    """The first of the blocks that define links at the very end; their number where there are none."""
    at = tail = len(found)
    while at and (
        found[at - 1].kind == "definition" or (found[at - 1].kind == "comment" and not _marked(found[at - 1]))
    ):
        at -= 1
        if found[at].kind == "definition":
            tail = at
    return tail


def _marked(block: Block) -> re.Match[str] | None:
    return _MARK.match(block.text.lstrip(" ")) if block.kind == "comment" else None


def _section(body: Sequence[Block], start: int, until: int, known: Heading, top: int) -> tuple[Section, Mark | None]:
    """The section that begins with the heading at `start`, and goes on until another of its rank at the latest."""
    head = body[start]
    for at in range(start + 1, until):
        if body[at].kind == "heading" and body[at].level <= top and not kind_of(body[at].text):
            until = at
            break
    inner = [one.level for one in body[start + 1 : until] if one.kind == "heading"]
    level = min(inner, default=0)
    parts: list[Part] = []
    title, place, kind, items, end = "", Span(head.at.start, head.at.end), None, list[Item](), head.at.end
    mark = None
    for one in body[start + 1 : until]:
        if one.kind == "heading" and one.level == level:
            parts.append(Part(title, kind, level, place, end, tuple(items)))
            title, place, kind, items = one.text, one.at, kind_of(one.text), []
        elif one.kind == "item":
            items.append(Item(one.at, one.text, one.lead))
        elif mark is None and (found := _marked(one)):
            mark = Mark(found[1], one.at)
        if not _is_anchor(one) and not _is_rule(one):
            end = one.at.end
    parts.append(Part(title, kind, level, place, end, tuple(items)))
    last = until < len(body) and _is_anchor(body[until - 1])
    begins = body[start - 1].at.start if start and _is_anchor(body[start - 1]) else head.at.start
    ends = body[until - 1].at.start if last else body[until].at.start if until < len(body) else parts[-1].end
    date = _DATE.search(known.after)
    said = _LAST_BRACKETS.search(known.after)
    yanked = bool(said) and (said[1] if said else "").casefold() in YANKED
    section = Section(
        head.text, known.version, known.is_unreleased, head.level, head.lead == "=", head.at, Span(begins, ends),
        tuple(parts), date[0] if date else "", yanked,
    )  # fmt: skip
    return section, mark


def _is_anchor(block: Block) -> bool:
    """Whether it only names the place before a heading, as conventional-changelog once did."""
    return block.kind == "prose" and len(block.text) < 300 and bool(_ANCHOR.fullmatch(block.text.strip()))


def _is_rule(block: Block) -> bool:
    """Whether it is a line that is drawn: at its end it parts a section from the next one."""
    return block.kind == "prose" and len(block.text) < 300 and not block.text.strip("-*_ \t\r\n")
