"""Between the wall clock of a zone and the one line of time, as RFC 5545 (section 3.3.5) has it.

A time the clocks skip is read with the offset before the gap, so it falls as long after it; a time that comes twice is
the first of the two, unless `fold` says otherwise.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo


@dataclass(frozen=True, slots=True)
class Duration:
    """Days of the wall clock (23 to 25 hours each where clocks change), then elapsed time."""

    days: int = 0
    elapsed: timedelta = timedelta()

    @property
    def delta(self) -> timedelta:
        """The same with days of 24 hours, for ages."""
        return timedelta(days=self.days) + self.elapsed

    def __str__(self) -> str:
        minutes = int(self.elapsed.total_seconds()) // 60
        parts = ((self.days, "d"), (minutes // 60, "h"), (minutes % 60, "m"))
        return "".join(f"{number}{unit}" for number, unit in parts if number) or "0h"

    def before(self, moment: datetime, zone: tzinfo) -> datetime:
        """The aware moment this much earlier, days counted on the wall clock of `zone`."""
        return self._moved(moment, zone, -1)

    def after(self, moment: datetime, zone: tzinfo) -> datetime:
        """The aware moment this much later."""
        return self._moved(moment, zone, 1)

    def _moved(self, moment: datetime, zone: tzinfo, sign: int) -> datetime:
        there = moment.astimezone(zone) + sign * timedelta(days=self.days) if self.days else moment
        return there.astimezone(UTC) + sign * self.elapsed


def instant(clock: datetime, zone: tzinfo) -> datetime:
    """When the wall clock of `zone` shows `clock` (naive), in UTC."""
    return clock.replace(tzinfo=zone).astimezone(UTC)


def clock(when: datetime, zone: tzinfo) -> datetime:
    """What the wall clock of `zone` shows at `when` (aware): naive, with `fold` for the second of two."""
    return when.astimezone(zone).replace(tzinfo=None)
