"""A major, assessed: what breaks, what is in the way, what it needs, and how much work that is.

    assess(update, notes, *, blocking=(), before={}, links=()) -> Assessment
    sentences(assessment) -> tuple[str, ...]

The size of work is a rule, not a judgement: one point for each breaking line (ten at most), two for each changed
requirement, three for each package in the way, one for each major skipped. Up to 2 is S, up to 8 M, more L. Without
any notes nothing is known of what breaks: then it is at least M.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from maintainer.model import Note, Update

Size = Literal["S", "M", "L"]

MOST_LINES = 10
#: What is read of one version's notes, and of one line: they come from outside.
MOST_CHARACTERS = 100_000
LONGEST_LINE = 300

_HEADING = re.compile(r"(?:#{1,6}\s|=+\s|\*\*|<h[1-6]>|\d+\.\d)", re.IGNORECASE)
_BREAKING_HEADING = re.compile(r"break|incompatib|upgrad|migrat|removed|removal", re.IGNORECASE)
_BREAKING = re.compile(
    r"\bbreaking\b|\bBC[ -]break|^\W*\w+(?:\([^)]*\))?!:|\bno longer\b|\b(?:was|were|been|has|have) removed\b"
    r"|^\W*(?:removed?|dropp?(?:ed)?)\b|\b(?:drop|dropp?ed|remove) support\b|\bincompatib"
    r"|\b(?:now )?requires?\b.{0,40}\d|\bminimum\b.{0,60}\d|\bmust now\b|\brenamed\b",
    re.IGNORECASE,
)
_TAG = re.compile(r"<[^<>]{0,500}>")
_LINK = re.compile(r"https?://[^\s)>\]\"'<]{1,300}")
_GUIDE = re.compile(r"upgrad|migrat|release|changelog|breaking", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Assessment:
    """What a person should know before approving a major; texts from outside, never trusted."""

    update: Update
    size: Size
    points: int
    breaking: tuple[str, ...] = ()
    requirements: tuple[str, ...] = ()
    blocking: tuple[str, ...] = ()
    links: tuple[str, ...] = ()
    documented: bool = True


def assess(
    update: Update,
    notes: Sequence[Note],
    *,
    blocking: Sequence[str] = (),
    before: Mapping[str, str] | None = None,
    links: Sequence[str] = (),
) -> Assessment:
    """`notes` are those between the two versions; `blocking` says what is in the way, `before` what was required."""
    had = update.dependency.requires if before is None else before
    lines = tuple(dict.fromkeys(line for note in notes for line in _lines(note.text)))
    changed = tuple(
        f"{name}: {had.get(name) or 'nothing'} → {needs}"
        for name, needs in sorted(update.release.requires.items())
        if had.get(name) != needs
    )
    skipped = _majors_skipped(update)
    points = min(len(lines), MOST_LINES) + 2 * len(changed) + 3 * len(blocking) + skipped
    documented = any(note.text.strip() for note in notes)
    return Assessment(
        update,
        _size(points if documented else max(points, 3)),
        points,
        lines[:MOST_LINES],
        changed,
        tuple(blocking),
        tuple(dict.fromkeys((*links, *_links(notes)))),
        documented,
    )


def sentences(assessment: Assessment) -> tuple[str, ...]:
    """The assessment in sentences, what is in the way first."""
    said = [f"In the way: {reason}." for reason in assessment.blocking]
    said += [f"Requirement changes: {change}." for change in assessment.requirements]
    if not assessment.documented:
        said.append("Its publisher gives no notes: what breaks is unknown, so test all of it.")
    elif not assessment.breaking:
        said.append("Its notes name nothing that breaks.")
    said.append(f"Size of work: {assessment.size} ({assessment.points} points).")
    return tuple(said)


def _size(points: int) -> Size:
    return "S" if points <= 2 else "M" if points <= 8 else "L"


def _lines(text: str) -> Iterator[str]:
    """Lines that say what breaks: by their words, or because they stand under a heading that says so."""
    under = False
    for line in text[:MOST_CHARACTERS].splitlines():
        plain = " ".join(_TAG.sub(" ", line[: 4 * LONGEST_LINE]).split())
        if not plain:
            continue
        if _HEADING.match(line.strip()):
            under = _BREAKING_HEADING.search(plain) is not None
        elif under or _BREAKING.search(plain):
            yield plain.lstrip("*-+•# ")[:LONGEST_LINE]


def _majors_skipped(update: Update) -> int:
    first = [re.match(r"[vV=^~]*(\d{1,6})", text or "") for text in (update.dependency.current, update.release.version)]
    if not first[0] or not first[1]:
        return 0
    return min(max(int(first[1][1]) - int(first[0][1]) - 1, 0), 5)


def _links(notes: Sequence[Note]) -> Iterator[str]:
    for note in notes:
        if note.url:
            yield note.url
        yield from (url for url in _LINK.findall(note.text[:MOST_CHARACTERS])[:100] if _GUIDE.search(url))
