"""What a picture of a calendar shows, as values: stretches of time, freezes and windows, days and what they hold.

days(picture) -> Iterator[Day]
weeks(days) -> list[tuple[Day, ...]]
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import groupby
from typing import Literal
from zoneinfo import ZoneInfo

#: What a stretch of time is: open, inside a freeze or in the time before or after it, outside all windows, not known.
Part = Literal["open", "lead", "freeze", "tail", "shut", "unreadable"]
#: As `Part`; `partly` where something is closed and something open.
Kind = Literal["open", "lead", "freeze", "tail", "shut", "unreadable", "partly"]

WORDS: dict[Kind, str] = {
    "open": "open",
    "lead": "before a freeze",
    "freeze": "freeze",
    "tail": "after a freeze",
    "shut": "outside the windows",
    "partly": "closed in part",
    "unreadable": "a calendar can't be read",
}


@dataclass(frozen=True, slots=True)
class Slice:
    """From `since` to right before `until` (aware) the same things hold; `names` are those of freezes."""

    since: datetime
    until: datetime
    part: Part
    names: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Times:
    """One occurrence: it holds from `begins` to `ends`; from `since` to `until` is the thing itself, the rest is its
    lead and its tail. All aware."""

    begins: datetime
    since: datetime
    until: datetime
    ends: datetime


@dataclass(frozen=True, slots=True)
class Entry:
    """A freeze, a window, or a campaign that stops nothing.

    `times` are its occurrences within the picture, `next` is the one that runs or comes. `source` says where it is
    written; `repeats`, `passes` and `scope` are words, empty where there is nothing to say.
    """

    kind: Literal["freeze", "window", "campaign"]
    name: str
    stops: tuple[str, ...]
    source: str
    times: tuple[Times, ...] = ()
    next: Times | None = None
    repeats: str = ""
    lead: str = ""
    tail: str = ""
    passes: str = ""
    scope: str = ""
    reason: str = ""
    calendar: str = ""
    campaign: str = ""

    @property
    def over(self) -> bool:
        """Whether it never comes again."""
        return self.next is None


@dataclass(frozen=True, slots=True)
class Picture:
    """When `what` may move, from `since` to `until`; all times are shown on the clock of `zone`.

    `unreadable` are sentences: of a calendar that can't be read nothing is known but that it closes everything.
    """

    what: str
    zone: ZoneInfo
    now: datetime
    since: datetime
    until: datetime
    slices: tuple[Slice, ...]
    entries: tuple[Entry, ...] = ()
    unreadable: tuple[str, ...] = ()
    environment: str = ""

    @property
    def today(self) -> date:
        return self.now.astimezone(self.zone).date()

    def names(self, shown: "Iterable[Day]") -> list[str]:
        """The freezes that hold on these days: what comes once first, what comes every week last."""
        recurring = {one.name for one in self.entries if one.repeats}
        return sorted(dict.fromkeys(name for day in shown for name in day.names), key=recurring.__contains__)


@dataclass(frozen=True, slots=True)
class Day:
    """A day of the wall clock, 23 to 25 hours long where clocks change; `slices` fill it as far as the picture goes."""

    date: date
    since: datetime
    until: datetime
    slices: tuple[Slice, ...] = ()
    today: bool = False

    @property
    def names(self) -> tuple[str, ...]:
        """What closes something of it, in order."""
        return tuple(dict.fromkeys(name for one in self.slices for name in one.names))

    @property
    def kind(self) -> Kind:
        return kind(self.slices)


def days(picture: Picture) -> Iterator[Day]:
    """Each day the picture has something of, whole weeks from Monday to Sunday."""
    first = picture.since.astimezone(picture.zone).date()
    last = (picture.until - timedelta(microseconds=1)).astimezone(picture.zone).date()
    day, end = first - timedelta(days=first.weekday()), last + timedelta(days=6 - last.weekday())
    while day <= end:
        since, until = midnight(day, picture.zone), midnight(day + timedelta(days=1), picture.zone)
        yield Day(day, since, until, tuple(within(picture.slices, since, until)), day == picture.today)
        day += timedelta(days=1)


def weeks(shown: Iterable[Day]) -> list[tuple[Day, ...]]:
    """The days by the week, which begins on Monday."""
    return [tuple(week) for _, week in groupby(shown, key=lambda day: day.date.isocalendar()[:2])]


def midnight(day: date, zone: ZoneInfo) -> datetime:
    """The first instant of a day, in UTC; where clocks skip midnight, what comes after it."""
    return datetime.combine(day, time(), zone).astimezone(UTC)


def within(slices: Iterable[Slice], since: datetime, until: datetime) -> Iterator[Slice]:
    """What of them lies from `since` to `until`, cut there."""
    for one in slices:
        begins, ends = max(one.since, since), min(one.until, until)
        if begins < ends:
            yield Slice(begins, ends, one.part, one.names)


def kind(slices: Iterable[Slice]) -> Kind:
    """What they are together: partly closed where some are open, else what lasts longest of them."""
    lasts: dict[Kind, timedelta] = {}
    for one in slices:
        lasts[one.part] = lasts.get(one.part, timedelta()) + (one.until - one.since)
    if "open" in lasts and len(lasts) > 1:
        return "partly"
    return max(lasts, key=lambda part: lasts[part], default="open")
