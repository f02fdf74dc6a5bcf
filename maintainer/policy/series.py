"""Half-open spans of time, once or recurring, on the wall clock of a zone.

Series(...).between(since, until) -> Iterator[Span]
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from typing import NamedTuple, Self

from maintainer.policy.recurrence import Recurrence, starts
from maintainer.policy.wall_clock import Duration, clock, instant

#: The most that clocks of one zone were ever set at once is a day (Samoa, 2011), twice for good measure.
SLACK = timedelta(days=2)
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
    the starts of those that are left out. Each begins `lead` earlier and ends `tail` later.
    """

    since: datetime
    until: datetime
    zone: tzinfo = UTC
    rules: tuple[Recurrence, ...] = ()
    also: tuple[tuple[datetime, datetime], ...] = ()
    without: frozenset[datetime] = frozenset()
    lead: Duration = NONE
    tail: Duration = NONE

    @classmethod
    def once(cls, since: datetime, until: datetime) -> Self:
        """A single span between two aware moments."""
        return cls(clock(since, UTC), clock(until, UTC))

    def between(self, since: datetime, until: datetime) -> Iterator[Span]:
        """Those that have an instant from `since` (aware) to right before `until`, in no order."""
        longest = max([self.until - self.since, *(end - start for start, end in self.also)])
        early = clock(since, self.zone) - longest - self.tail.delta - SLACK
        late = clock(until, self.zone) + self.lead.delta + SLACK
        for start, end in self._occurrences(early.replace(fold=0), late.replace(fold=0)):
            begins = self.lead.before(instant(start, self.zone), self.zone)
            ends = self.tail.after(instant(end, self.zone), self.zone)
            if begins < until and since < ends and begins < ends:
                yield Span(begins, ends)

    def _occurrences(self, early: datetime, late: datetime) -> Iterator[tuple[datetime, datetime]]:
        """Starts and ends on the wall clock, of those that start from `early` to `late`."""
        told = {(self.since, self.until), *self.also}
        yield from ((start, end) for start, end in told if early <= start <= late and start not in self.without)
        known = {start for start, _ in told}
        length = self.until - self.since
        for rule in self.rules:
            for start in starts(rule, self.since, early, late):
                if start not in known and start not in self.without:
                    known.add(start)
                    yield start, start + length
