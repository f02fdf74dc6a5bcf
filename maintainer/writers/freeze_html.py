"""The picture of a calendar as a page: one file, self-contained, without scripts or requests.

    page(picture, standing, title) -> str

Months with a bar for each day, a line for each freeze and window, and what each says; texts from outside are escaped.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from itertools import groupby, pairwise
from typing import Literal

from jinja2 import Environment, PackageLoader

from maintainer.text.inert import CONTROL
from maintainer.writers.freeze_text import MONTHS, WEEKDAYS
from maintainer.writers.freeze_view import WORDS, Day, Entry, Kind, Picture, Slice, Times, days, midnight, within

LONG = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)  # fmt: skip
#: Occurrences of one freeze that are listed before the rest is counted.
LISTED = 4


@dataclass(frozen=True, slots=True)
class Standing:
    """How one thing stands now: `says` is the sentence, `why` why it is closed."""

    what: str
    open: bool
    says: str
    why: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Segment:
    """A piece of a bar: so many seconds long, what it is, and the words for it."""

    seconds: int
    kind: Kind
    title: str


@dataclass(frozen=True, slots=True)
class Cell:
    """A day of a month; without segments it lies outside the picture. `starts` are freezes that begin on it."""

    date: date
    today: bool
    segments: tuple[Segment, ...] = ()
    starts: tuple[str, ...] = ()
    spoken: str = ""
    #: How many days' width there is for `starts`.
    room: int = 1


@dataclass(frozen=True, slots=True)
class Month:
    """A month as weeks of seven cells, None where it has no such day."""

    name: str
    weeks: tuple[tuple[Cell | None, ...], ...]


@dataclass(frozen=True, slots=True)
class Bar:
    """A piece of a lane: where it begins and how long it is, in percent of the picture."""

    left: float
    width: float
    part: Literal["lead", "freeze", "tail", "window", "campaign"]


@dataclass(frozen=True, slots=True)
class Lane:
    """A freeze or window along the whole picture, with its occurrences in words."""

    entry: Entry
    bars: tuple[Bar, ...]
    spans: tuple[str, ...]
    more: int


def page(picture: Picture, standing: Sequence[Standing], title: str) -> str:
    """The page; `standing` says how things are now."""
    every = list(days(picture))
    there = {one.part for one in picture.slices}
    return (
        _environment()
        .get_template("freeze.html")
        .render(
            title=title,
            picture=picture,
            standing=standing,
            months=[*_months(picture, every)],
            weekdays=WEEKDAYS,
            key=[(one, words) for one, words in WORDS.items() if one in there],
            lanes=[_lane(picture, one) for one in picture.entries if not one.over],
            over=[one for one in picture.entries if one.over],
            ticks=[*_ticks(picture)],
            now=_percent(picture, picture.now),
            at=f"{_day(picture.today)} {picture.now.astimezone(picture.zone):%H:%M}",
            first=_day(picture.since.astimezone(picture.zone).date()),
            last=_day((picture.until - timedelta(microseconds=1)).astimezone(picture.zone).date()),
        )
    )


def _environment() -> Environment:
    return Environment(
        loader=PackageLoader("maintainer.writers"),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_shown,
    )


def _shown(value: object) -> object:
    """Text from outside without what is not seen: control characters, changes of direction, lone surrogates."""
    return CONTROL.sub("", value) if type(value) is str else value


def _months(picture: Picture, every: Sequence[Day]) -> Iterator[Month]:
    inside = [day for day in every if day.slices]
    starts: dict[date, list[str]] = {}
    for name, first in _starts(picture, inside):
        starts.setdefault(first, []).append(name)
    for (year, month), some in groupby(inside, key=lambda day: (day.date.year, day.date.month)):
        known = {day.date: _cell(picture, day, starts.get(day.date, ())) for day in some}
        yield Month(f"{LONG[month - 1]} {year}", tuple(_weeks(year, month, known)))


def _weeks(year: int, month: int, known: dict[date, Cell]) -> Iterator[tuple[Cell | None, ...]]:
    """The weeks that have a day of the picture."""
    first = date(year, month, 1)
    monday = first - timedelta(days=first.weekday())
    while (monday.year, monday.month) <= (year, month):
        week = [monday + timedelta(days=each) for each in range(7)]
        if any(day in known for day in week):
            cells = [known.get(day) or (Cell(day, False) if day.month == month else None) for day in week]
            named = [at for at, cell in enumerate(cells) if cell and cell.starts]
            for at, following in pairwise([*named, 7]):
                cells[at] = replace(known[week[at]], room=following - at)
            yield tuple(cells)
        monday += timedelta(days=7)


def _starts(picture: Picture, inside: Sequence[Day]) -> list[tuple[str, date]]:
    """Freezes that come once or seldom, with the day on which each begins to hold, or the first that is shown."""
    first = inside[0].date if inside else picture.today
    return [
        (
            CONTROL.sub("", f"★ {one.name}" if one.campaign else one.name),
            max(times.begins.astimezone(picture.zone).date(), first),
        )
        for one in picture.entries
        if one.kind != "window" and len(one.times) < LISTED
        for times in one.times
    ]


def _cell(picture: Picture, day: Day, starts: Iterable[str]) -> Cell:
    segments = tuple(
        Segment(int((one.until - one.since).total_seconds()), one.part, _segment(picture, day, one))
        for one in within(day.slices, day.since, day.until)
    )
    spoken = "; ".join(one.title for one in segments)
    return Cell(day.date, day.today, segments, tuple(starts), spoken)


def _segment(picture: Picture, day: Day, one: Slice) -> str:
    named = f": {', '.join(one.names)}" if one.names else ""
    if (one.since, one.until) == (day.since, day.until):
        return f"all day {WORDS[one.part]}{named}"
    since = f"{one.since.astimezone(picture.zone):%H:%M}"
    until = "24:00" if one.until == day.until else f"{one.until.astimezone(picture.zone):%H:%M}"
    return f"{since}–{until} {WORDS[one.part]}{named}"


def _lane(picture: Picture, entry: Entry) -> Lane:
    bars = [bar for times in entry.times for bar in _bars(picture, entry, times)]
    coming = [times for times in entry.times if times.ends > picture.now] or ([entry.next] if entry.next else [])
    spans = [_span(picture, times) for times in coming]
    return Lane(entry, tuple(bars), tuple(spans[:LISTED]), max(len(spans) - LISTED, 0))


def _bars(picture: Picture, entry: Entry, times: Times) -> Iterator[Bar]:
    part: Literal["freeze", "window", "campaign"] = entry.kind
    pieces: tuple[tuple[datetime, datetime, Literal["lead", "freeze", "tail", "window", "campaign"]], ...] = (
        (times.begins, times.since, "lead"),
        (times.since, times.until, part),
        (times.until, times.ends, "tail"),
    )
    for since, until, kind in pieces:
        left = _percent(picture, max(since, picture.since))
        right = _percent(picture, min(until, picture.until))
        if right > left:
            yield Bar(left, round(right - left, 3), kind)


def _percent(picture: Picture, at: datetime) -> float:
    return round(100 * (at - picture.since) / (picture.until - picture.since), 3)


def _ticks(picture: Picture) -> Iterator[tuple[float, str]]:
    """Where months begin."""
    day = picture.since.astimezone(picture.zone).date().replace(day=1)
    while (at := midnight(day, picture.zone)) < picture.until:
        if at >= picture.since:
            yield _percent(picture, at), MONTHS[day.month - 1]
        day = (day + timedelta(days=31)).replace(day=1)


def _span(picture: Picture, times: Times) -> str:
    begins, ends = _moment(picture, times.begins), _moment(picture, times.ends)
    day, clock = ends.rsplit(" ", 1)
    return f"{begins} – {clock if begins.startswith(f'{day} ') else ends}"


def _moment(picture: Picture, at: datetime) -> str:
    """With the year where it isn't this one."""
    local = at.astimezone(picture.zone)
    year = f" {local.year}" if local.year != picture.today.year else ""
    return f"{WEEKDAYS[local.weekday()]} {local.day} {MONTHS[local.month - 1]}{year} {local:%H:%M}"


def _day(day: date) -> str:
    return f"{WEEKDAYS[day.weekday()]} {day.day} {MONTHS[day.month - 1]} {day.year}"
