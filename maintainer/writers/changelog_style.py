"""How a changelog is written: its headings, bullets and empty lines, so that what is added looks like the rest."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from maintainer.text.changelog_names import KINDS, Kind, plain, row
from maintainer.text.keep_a_changelog import Changelog, Part, Section
from maintainer.writers.words import Words, message

_TITLES: dict[Kind, str] = {
    "Added": message("Added"),
    "Changed": message("Changed"),
    "Deprecated": message("Deprecated"),
    "Removed": message("Removed"),
    "Fixed": message("Fixed"),
    "Security": message("Security"),
}
#: The titles of sections, and of the parts in them.
_LEVELS = (2, 3)


@dataclass(frozen=True, slots=True)
class Style:
    """`titles` are the headings of the kinds; `lead` is what stands before an entry (`- `).

    `above`, `gap`: an empty line above and below the heading of a part; `loose`: empty lines between entries; `flat`:
    entries without headings.
    """

    newline: str
    level: int
    underline: bool
    brackets: bool
    part_level: int
    titles: dict[Kind, str]
    unreleased: str
    lead: str
    above: bool
    gap: bool
    loose: bool
    flat: bool

    def section(self, title: str) -> str:
        """The heading of a section, with its line's end."""
        if self.underline:
            return f"{title}{self.newline}{('=' if self.level == 1 else '-') * len(title)}{self.newline}"
        return f"{'#' * self.level} {title}{self.newline}"

    def part(self, kind: Kind) -> str:
        """The heading of a part, and the empty line below it where the file has one."""
        return f"{'#' * self.part_level} {self.titles[kind]}{self.newline}{self.newline * self.gap}"

    def item(self, text: str, lead: str = "") -> str:
        return f"{lead or self.lead}{text}{self.newline}"


def style(changelog: Changelog, words: Words) -> Style:
    """By the first example of each thing in the file; the field's habits where there is none."""
    sections = changelog.sections
    first = sections[0] if sections else None
    level = min((one.level for one in sections), default=_LEVELS[0])
    parts = [part for one in sections for part in one.parts]
    return Style(
        changelog.newline,
        level,
        bool(first) and all(one.underline for one in sections),
        not first or first.title.startswith(("[", "\\[")),
        next((one.level for one in parts if one.title), max(level + 1, _LEVELS[1])),
        _titles(parts, words),
        words.say("Unreleased"),
        next((one.lead for part in parts for one in part.items if one.lead.strip() in "-*+"), "- "),
        _above(changelog),
        _gap(changelog, parts),
        _is_loose(changelog, parts),
        _is_flat(changelog),
    )


def _titles(parts: list[Part], words: Words) -> dict[Kind, str]:
    known: dict[Kind, str] = {}
    for one in parts:
        if one.kind:
            known.setdefault(one.kind, one.title)
    if not known:
        return {kind: words.say(title) for kind, title in _TITLES.items()}
    names = row(list(known.values()))
    example = next(iter(known.values()))
    end = ":" if example.endswith(":") else ""
    made = {kind: f"{name}{end}" for kind, name in zip(KINDS, names, strict=True)}
    if example.isupper():
        made = {kind: title.upper() for kind, title in made.items()}
    elif plain(example) == example.rstrip(":"):
        made = {kind: title.lower() for kind, title in made.items()}
    return made | known


def _gap(changelog: Changelog, parts: list[Part]) -> bool:
    begun = ((one.heading.end, one.items[0].at.start) for one in parts if one.title and one.items)
    example = next((changelog.text[start:end] for start, end in begun if not changelog.text[start:end].strip()), "\n")
    return bool(example)


def _above(changelog: Changelog) -> bool:
    """By the first part that stands below something else."""
    pairs = (pair for one in changelog.sections for pair in pairwise(one.parts))
    return next((_is_parted(changelog, before.end, after.heading.start) for before, after in pairs), True)


def _is_loose(changelog: Changelog, parts: list[Part]) -> bool:
    two = next((one.items[:2] for one in parts if len(one.items) > 1), ())
    return any(_is_parted(changelog, one.at.end, other.at.start) for one, other in pairwise(two))


def _is_parted(changelog: Changelog, start: int, end: int) -> bool:
    between = changelog.text[start:end]
    return bool(between) and not between.strip()


def _is_flat(changelog: Changelog) -> bool:
    """By the section of what isn't released, or the newest one that says something."""
    told = next(_told(changelog), None)
    return bool(told) and not any(part.title for part in told.parts) if told else False


def _told(changelog: Changelog) -> Iterator[Section]:
    if changelog.unreleased and any(part.title or part.items for part in changelog.unreleased.parts):
        yield changelog.unreleased
    yield from (one for one in changelog.sections if any(part.title or part.items for part in one.parts))
