"""Cron expressions as GitLab reads those of its deploy freezes, on a wall clock.

    cron(text) -> Cron                                  raises ValueError with what to write instead
    frozen(start, end, since, until) -> list[(datetime, datetime)]

Five fields: minute, hour, day of the month, month, weekday; `*`, numbers, ranges, steps, lists, names. Where both kinds
of days are given either is enough. https://docs.gitlab.com/topics/cron/
"""

import re
from bisect import bisect_left
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_DAYS = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")
_NAMES = {name: number for number, name in enumerate(_MONTHS, 1)} | {name: number for number, name in enumerate(_DAYS)}
#: The fields with their least and greatest number; 24 is hour 0 and 7 is Sunday.
_FIELDS = (("minute", 0, 59), ("hour", 0, 24), ("day", 1, 31), ("month", 1, 12), ("weekday", 0, 7))
_PART = re.compile(r"(?:\*|(\w{1,3})(?:-(\w{1,3}))?)(?:/(\d{1,2}))?", re.ASCII)
#: So far back is looked for what the time of interest began with: from one 29 February to the next, and more.
BACK = timedelta(days=3660)
DAY, MINUTE = timedelta(days=1), timedelta(minutes=1)
#: Ends that are looked at: such that come seven times a day, twenty years long.
MOST = 50_000


@dataclass(frozen=True, slots=True)
class Cron:
    """When it comes: `days` (of the month) and `weekdays` (0 is Sunday) are None where any is meant."""

    text: str
    times: tuple[time, ...]
    days: frozenset[int] | None
    months: frozenset[int] | None
    weekdays: frozenset[int] | None

    def on(self, day: date) -> bool:
        """Whether it comes on this day."""
        if self.months is not None and day.month not in self.months:
            return False
        found = [wanted for wanted in (self._by_day(day), self._by_weekday(day)) if wanted is not None]
        return any(found) or not found

    def _by_day(self, day: date) -> bool | None:
        return None if self.days is None else day.day in self.days

    def _by_weekday(self, day: date) -> bool | None:
        return None if self.weekdays is None else day.isoweekday() % 7 in self.weekdays


def cron(text: str) -> Cron:
    """The expression in `text`."""
    fields = text.split()
    if len(fields) != len(_FIELDS):
        raise ValueError(f"{text[:60]!r} has {len(fields)} fields, and cron has 5. Write 0 23 * * 5, say.")
    minutes, hours, days, months, weekdays = (
        _field(field, *about, text) for field, about in zip(fields, _FIELDS, strict=True)
    )
    clock = {
        time(hour % 24, minute)
        for hour in (range(24) if hours is None else hours)
        for minute in (range(60) if minutes is None else minutes)
    }
    if weekdays is not None:
        weekdays = frozenset(day % 7 for day in weekdays)
    return Cron(text, tuple(sorted(clock)), days, months, weekdays)


def frozen(start: Cron, end: Cron, since: datetime, until: datetime) -> list[tuple[datetime, datetime]]:
    """The spans from each start to the next end after it that touch `since` to `until` (naive); starts that come
    meanwhile change nothing. One that has no end by `until` ends then."""
    found: list[tuple[datetime, datetime]] = []
    began = _next(start, since - BACK, until)
    if began is None:
        raise ValueError(f"{start.text!r} never comes. Correct the day or the month.")
    if _next(end, began, until) is None:
        raise ValueError(f"{end.text!r} never comes. Correct the day or the month.")
    ended = began
    for _ in range(MOST):
        ended = _next(end, ended + MINUTE, until) or until
        again = _next(start, ended, until) if ended < until else None
        if again == ended:
            continue  # both at once: it goes on
        if ended > since:
            found.append((began, ended))
        if again is None:
            return found
        began = ended = again
    raise ValueError(f"from {start.text!r} to {end.text!r} comes too often. Write fewer, longer freezes.")


def _next(one: Cron, when: datetime, until: datetime) -> datetime | None:
    """The first time it comes from `when` on, None where that is after `until`."""
    day, times = when.date(), one.times[bisect_left(one.times, when.time()) :]
    while day <= until.date():
        if times and one.on(day):
            found = datetime.combine(day, times[0])
            return found if found <= until else None
        day, times = day + DAY, one.times
    return None


def _field(field: str, name: str, least: int, most: int, text: str) -> frozenset[int] | None:
    """The numbers a field names, None for all."""
    numbers: set[int] = set()
    for part in field.lower().split(","):
        match = _PART.fullmatch(part)
        first, last, step = match.groups() if match else ("", None, None)
        if match is None or (step is not None and int(step) == 0):
            raise ValueError(f"{text[:60]!r}: {part[:20]!r} is no {name}. Write *, 5, 1-5, */2 or 1,3.")
        if first is None and step in (None, "1"):
            return None
        if first is None:
            begin, final = least, min(most, 23) if name == "hour" else min(most, 6) if name == "weekday" else most
        else:
            begin = _number(first, name, text)
            final = _number(last, name, text) if last else most if step else begin
        if not least <= begin <= final <= most:
            raise ValueError(f"{text[:60]!r}: {part[:20]!r} is no {name}: write {least} to {most}, the smaller first.")
        numbers.update(range(begin, final + 1, int(step or 1)))
    return frozenset(numbers)


def _number(text: str, name: str, whole: str) -> int:
    names = _MONTHS if name == "month" else _DAYS if name == "weekday" else ()
    if text in names:
        return _NAMES[text]
    if not text.isdigit():
        raise ValueError(f"{whole[:60]!r}: {text!r} is no {name}. Write a number.")
    return int(text)
