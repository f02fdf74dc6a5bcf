"""Half-open spans of time, once or recurring, on the wall clock of a zone.

Series(...).between(since, until) -> Iterator[Span]
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, tzinfo
from typing import NamedTuple, Self

from maintainer.policy.recurrence import Recurrence, starts
from maintainer.policy.wall_clock import Duration, clock, instant

#: So far apart a zone's offsets ever were: Apia's went from -11:30 to +14:00.
APART = timedelta(hours=26)
NONE = Duration()


class Span(NamedTuple):
    """From `since` on, until right before `until`; both aware, in UTC."""

    since: datetime
    until: datetime

    def holds(self, when: datetime) -> bool:
        return self.since <= when < self.until


@dataclass(frozen=True, slots=True)
class Series:
    """`since` and `until` of the first occurrence, naive: what the wall clock of `zone` shows.

    It recurs by `rules`, all occurrences as long on the wall clock as the first; `also` are further ones, and `without`
    those left out: by their start (naive), by its moment (aware), or all that start on a day. Each begins `lead`
    earlier and ends `tail` later.
    """

    since: datetime
    until: datetime
    zone: tzinfo = UTC
    rules: tuple[Recurrence, ...] = ()
    also: tuple[tuple[datetime, datetime], ...] = ()
    without: frozenset[date] = frozenset()
    lead: Duration = NONE
    tail: Duration = NONE

    @classmethod
    def once(cls, since: datetime, until: datetime) -> Self:
        """A single span between two aware moments."""
        return cls(clock(since, UTC), clock(until, UTC))

    def between(self, since: datetime, until: datetime) -> Iterator[Span]:
        """Those that have an instant from `since` (aware) to right before `until`, in no order."""
        early = clock(since, self.zone) - self.tail.delta - APART * (1 + bool(self.tail.days))
        late = clock(until, self.zone) + self.lead.delta + APART * (1 + bool(self.lead.days))
        for start, end in self._occurrences(early, late):
            begins = self.lead.before(instant(start, self.zone), self.zone)
            ends = self.tail.after(instant(end, self.zone), self.zone)
            if begins < until and since < ends and begins < ends:
                yield Span(begins, ends)

    def _occurrences(self, early: datetime, late: datetime) -> Iterator[tuple[datetime, datetime]]:
        """Starts and ends on the wall clock, of those that touch `early` to `late`."""
        told = ((self.since, self.until), *self.also)
        for start, end in dict.fromkeys(told):
            if start <= late and early <= end and not self._is_left_out(start):
                yield start, end
        if not self.rules:
            return
        known = {start for start, _ in told}
        length = self.until - self.since
        # Not before the first, where there may be no calendar any more.
        earliest = early - length if early - self.since > length else self.since
        for rule in self.rules:
            for start in starts(rule, self.since, earliest, late):
                if start not in known and not self._is_left_out(start):
                    known.add(start)
                    yield start, start + length

    def _is_left_out(self, start: datetime) -> bool:
        without = self.without
        return bool(without) and (start in without or start.date() in without or instant(start, self.zone) in without)


#: No time at all.
NEVER = Series(datetime(1970, 1, 1), datetime(1970, 1, 1))  # noqa: DTZ001 - the wall clock's
