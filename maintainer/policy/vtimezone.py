"""Time zones: by their IANA name, by the name Windows has for them, or as a calendar describes them itself (VTIMEZONE).

named(name) -> ZoneInfo | None
described(component) -> tzinfo                      raises ValueError with what is wrong and what to do
"""

import re
from bisect import bisect_right
from datetime import datetime, timedelta, timezone, tzinfo
from typing import NamedTuple
from zoneinfo import ZoneInfo

from icalendar.timezone.windows_to_olson import WINDOWS_TO_OLSON

from maintainer.policy.recurrence import Recurrence, recurrence, starts
from maintainer.text.icalendar import Component

_OFFSET = re.compile(r"([+-])(\d{2})(\d{2})(\d{2})?", re.ASCII)
_LOCAL = re.compile(r"\d{8}T\d{6}", re.ASCII)
DAY = timedelta(days=1)
#: Observances of a zone, and dates they list.
MOST, MOST_DATES = 200, 2_000


class Observance(NamedTuple):
    """STANDARD or DAYLIGHT: when it begins, on the clock of before, and the offset from UTC before and from then on."""

    first: datetime
    rules: tuple[Recurrence, ...]
    also: tuple[datetime, ...]
    before: timedelta
    offset: timedelta

    def onsets(self, year: int) -> list[tuple[datetime, timedelta]]:
        """Those of a year, in UTC and naive, each with the offset from then on."""
        begin, end = datetime(year, 1, 1), datetime(year, 12, 31, 23, 59, 59)  # noqa: DTZ001 - the clock of before
        told = [one for one in (self.first, *self.also) if begin <= one <= end]
        for rule in self.rules:
            told += starts(rule, self.first, begin, end)
        return [(one - self.before, self.offset) for one in told]


class Described(tzinfo):
    """A zone as a VTIMEZONE has it (RFC 5545, section 3.6.5), with the gaps and folds of section 3.3.5."""

    def __init__(self, name: str, observances: tuple[Observance, ...]) -> None:
        self.key = name
        self._observances = observances
        self._earliest = min(observances, key=lambda one: one.first)
        self._years: dict[int, list[tuple[datetime, timedelta]]] = {}

    def __repr__(self) -> str:
        return f"Described({self.key!r})"

    def tzname(self, _: datetime | None) -> str:
        return self.key

    def dst(self, _: datetime | None) -> timedelta | None:
        return None

    def utcoffset(self, when: datetime | None) -> timedelta | None:
        if when is None:
            return None
        wall = when.replace(tzinfo=None, fold=0)
        before, after = self._offset(wall - DAY), self._offset(wall + DAY)
        right = [each for each in dict.fromkeys((before, after)) if self._offset(wall - each) == each]
        if len(right) == 1:
            return right[0]
        return after if when.fold else before

    def fromutc(self, when: datetime) -> datetime:
        offset = self._offset(when.replace(tzinfo=None))
        there = when.replace(fold=0) + offset
        return there if self.utcoffset(there) == offset else there.replace(fold=1)

    def _offset(self, when: datetime) -> timedelta:
        """At a moment in UTC, naive: that of the last onset by then."""
        for year in range(when.year, self._earliest.first.year - 2, -1):
            onsets = self._of(year)
            at = bisect_right(onsets, when, key=lambda each: each[0])
            if at:
                return onsets[at - 1][1]
        return self._earliest.before

    def _of(self, year: int) -> list[tuple[datetime, timedelta]]:
        if year not in self._years:
            self._years[year] = sorted(onset for one in self._observances for onset in one.onsets(year))
        return self._years[year]


def named(name: str) -> ZoneInfo | None:
    """The zone of this name, IANA's or Windows'; None where there is none."""
    name = name.strip("/")
    for each in (name, WINDOWS_TO_OLSON.get(name, "")):
        try:
            return ZoneInfo(each)
        except (KeyError, ValueError, OSError):  # no such zone; no name of one; a folder of them
            continue
    return None


def described(component: Component) -> tzinfo:
    """The zone of a VTIMEZONE."""
    name = component.value("TZID")
    parts = [part for part in component.parts if part.name in ("STANDARD", "DAYLIGHT")]
    if not 1 <= len(parts) <= MOST:
        raise ValueError(f"line {component.line}: the VTIMEZONE {name[:60]!r} says no offset. Use a zone of IANA's.")
    try:
        return Described(name, tuple(_observance(part) for part in parts))
    except ValueError as error:
        raise ValueError(f"{error} It is of the VTIMEZONE {name[:60]!r}: use a zone of IANA's.") from None


def _observance(part: Component) -> Observance:
    before, offset = (_offset(part, name) for name in ("TZOFFSETFROM", "TZOFFSETTO"))
    first = _local(part.value("DTSTART"), part.line)
    rules = tuple(recurrence(each.value, timezone(before)) for each in part.every("RRULE"))
    if any(rule.frequency != "YEARLY" for rule in rules):
        raise ValueError(f"line {part.line}: clocks that change more often than by FREQ=YEARLY are not read here.")
    also = [text for each in part.every("RDATE") for text in each.value.split(",")]
    if len(also) > MOST_DATES:
        raise ValueError(f"line {part.line}: lists more than {MOST_DATES} dates.")
    return Observance(first, rules, tuple(_local(text, part.line) for text in also), before, offset)


def _local(text: str, line: int) -> datetime:
    try:
        if not _LOCAL.fullmatch(text):
            raise ValueError
        found = datetime.strptime(text, "%Y%m%dT%H%M%S")  # noqa: DTZ007 - the clock of before
        return found if 2 <= found.year <= 9000 else found.replace(year=min(max(found.year, 2), 9000))
    except ValueError:
        raise ValueError(f"line {line}: {text[:40]!r} is no local time.") from None


def _offset(part: Component, name: str) -> timedelta:
    match = _OFFSET.fullmatch(part.value(name))
    if match is None or int(match[2]) > 23 or int(match[3]) > 59:
        raise ValueError(f"line {part.line}: {name} is no offset.")
    made = timedelta(hours=int(match[2]), minutes=int(match[3]), seconds=int(match[4] or 0))
    return -made if match[1] == "-" else made
