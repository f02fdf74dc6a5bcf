"""The picture of a calendar at a terminal: a row for each week, a cell for each day, marks that need no colour.

picture(picture, width, colour, unicode) -> str
markdown(picture) -> str
"""

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, time
from io import StringIO
from itertools import pairwise
from zoneinfo import ZoneInfo

from rich.cells import cell_len, set_cell_size
from rich.console import Console
from rich.text import Text

from maintainer.text.inert import CONTROL
from maintainer.writers import sanitise
from maintainer.writers.freeze_view import WORDS, Day, Kind, Picture, days, kind, weeks, within

MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
MARKS: dict[Kind, str] = {
    "open": "·", "lead": "▒", "freeze": "█", "tail": "░", "shut": "–", "partly": "▄", "unreadable": "?",
}  # fmt: skip
ASCII: dict[Kind, str] = {
    "open": ".", "lead": "/", "freeze": "#", "tail": "\\", "shut": "-", "partly": "=", "unreadable": "?",
}  # fmt: skip
STYLES: dict[Kind, str] = {
    "open": "dim green", "lead": "yellow", "freeze": "bold red", "tail": "yellow", "shut": "blue",
    "partly": "magenta", "unreadable": "bold red",
}  # fmt: skip
#: What else is in the picture, and in names, as far as it has a likeness.
PLAIN = str.maketrans({"·": "-", "–": "-", "…": "."})
#: Parts a day is cut into, where there is room for it, and where there isn't.
WIDE, NARROW = 4, 2
#: From so many columns on there is room.
ROOMY = 100


def picture(shown: Picture, *, width: int, colour: bool, unicode: bool = True) -> str:
    """The weeks, what each mark means, and beside each week the names of what closes something in it."""
    marks = MARKS if unicode else ASCII
    parts = WIDE if width >= ROOMY else NARROW
    out = StringIO()
    console = Console(
        file=out, width=width, force_terminal=colour, no_color=not colour, highlight=False, legacy_windows=False
    )
    every = list(days(shown))
    lines = [_heading(parts)]
    said: tuple[str, ...] = ()
    for week in weeks(every):
        lines.append(_week(week, shown, marks, parts, said, width))
        said = tuple(shown.names(week))
    for line in lines:
        console.print(line, no_wrap=True, overflow="crop")
    console.print()
    for line in _legend(every, shown.zone, marks, parts, width):
        console.print(line, no_wrap=True, overflow="crop")
    drawn = "\n".join(line.rstrip() for line in out.getvalue().split("\n"))
    return drawn if unicode else drawn.translate(PLAIN)


def _heading(parts: int) -> Text:
    return Text(" " * 9 + "".join(f"{name:<{parts + 4}}" for name in WEEKDAYS), "bold")


def _week(
    week: Sequence[Day], shown: Picture, marks: dict[Kind, str], parts: int, before: Sequence[str], width: int
) -> Text:
    line = Text()
    first = next((day.date for day in week if day.slices), week[0].date)
    inside = [day for day in week if day.slices]
    named = next((day.date for day in inside if day.date.day == 1), first)
    fresh = named.day == 1 or any(day.since <= shown.since < day.until for day in inside)
    line.append(f"{MONTHS[named.month - 1]} {named.year}" if fresh else "", "bold")
    line.append(" " * (8 - len(line.plain)))
    for day in week:
        line.append(">" if day.today else " ", "bold")
        if not day.slices:
            line.append(" " * (parts + 3))
            continue
        line.append(f"{day.date.day:2}", "bold reverse" if day.today else "")
        for one in _kinds(day, shown.zone, parts):
            line.append(marks[one] if one else " ", STYLES[one] if one else "")
        line.append(" ")
    names = shown.names(week)
    room = width - cell_len(line.plain) - 2
    line.append(
        "  " + _cut(", ".join(_plain(name) for name in names), room), "dim" if set(names) <= set(before) else ""
    )
    return line


def _kinds(day: Day, zone: ZoneInfo, parts: int) -> Iterator[Kind | None]:
    """What each part of a day is, by the clock on the wall; None for one that clocks skip."""
    edges = [_at(day.date, hour * 24 // parts, zone) for hour in range(parts)]
    edges = [max(day.since, edge) for edge in edges] + [day.until]
    for since, until in pairwise(edges):
        found = list(within(day.slices, since, until))
        yield kind(found) if found else None


def _at(day: date, hour: int, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(hour), zone).astimezone(UTC)


def _legend(every: Sequence[Day], zone: ZoneInfo, marks: dict[Kind, str], parts: int, width: int) -> list[Text]:
    """What the marks that are there mean; a mark is so many hours."""
    there = {one for day in every for one in _kinds(day, zone, parts) if one}
    line = Text()
    lines = [line]
    for one in (known for known in WORDS if known in there):
        if cell_len(line.plain) + len(WORDS[one]) + 5 > width:
            line = Text()
            lines.append(line)
        line.append(marks[one], STYLES[one])
        line.append(f" {WORDS[one]}   ")
    lines.append(Text(f"> today · a mark is {24 // parts} hours", "dim"))
    return lines


def _plain(name: str) -> str:
    return CONTROL.sub("", " ".join(name.split()))


def _cut(text: str, room: int) -> str:
    return text if cell_len(text) <= room else set_cell_size(text, max(room - 1, 0)).rstrip() + "…"


def markdown(shown: Picture) -> str:
    """The weeks as a table, a mark for each half of a day."""
    lines = [f"| | {' | '.join(WEEKDAYS)} | |", "|---" * 9 + "|"]
    for week in weeks(days(shown)):
        cells = [_cell(day, shown.zone) if day.slices else "" for day in week]
        names = shown.names(week)
        first = next((day.date for day in week if day.slices), week[0].date)
        month = f"{MONTHS[first.month - 1]} {first.year}"
        lines.append(f"| {month} | {' | '.join(cells)} | {', '.join(sanitise.line(name) for name in names)} |")
    there = {one for day in days(shown) for one in _kinds(day, shown.zone, NARROW) if one}
    legend = " · ".join(f"{MARKS[one]} {WORDS[one]}" for one in WORDS if one in there)
    return "\n".join([*lines, "", legend]) + "\n"


def _cell(day: Day, zone: ZoneInfo) -> str:
    number = f"**{day.date.day}**" if day.today else str(day.date.day)
    return f"{number} {''.join(MARKS[one] if one else '' for one in _kinds(day, zone, NARROW))}"
