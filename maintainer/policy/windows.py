"""When updates may be proposed, on the site's wall clock.

is_open(windows, now, site) -> bool
opens(windows, now, site) -> datetime | None
"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, tzinfo
from functools import lru_cache

from maintainer.policy.rulebook import Window

MINUTE = timedelta(minutes=1)
#: A weekly window can be skipped once, when the clock jumps over it in spring.
HORIZON = timedelta(days=15)


def is_open(windows: tuple[Window, ...], now: datetime, site: tzinfo) -> bool:
    """Whether one of the windows holds the wall-clock minute of `now`; no windows are always open."""
    if not windows:
        return True
    local = now.astimezone(site)
    return _holds(windows, local.weekday(), local.hour * 60 + local.minute)


def _holds(windows: tuple[Window, ...], day: int, minute: int) -> bool:
    for window in windows:
        if window.since < window.until:
            if day in window.days and window.since <= minute < window.until:
                return True
        elif (day in window.days and minute >= window.since) or (
            (day - 1) % 7 in window.days and minute < window.until
        ):
            return True
    return False


@lru_cache(maxsize=64)
def opens(windows: tuple[Window, ...], now: datetime, site: tzinfo) -> datetime | None:
    """The first moment from `now` on at which a window is open, in the site's zone; None when none ever opens.

    Found by walking the clock minute by minute, so hours that summer time skips or repeats are right by definition.
    """
    if is_open(windows, now, site):
        return now.astimezone(site)
    if not any(window.days for window in windows):
        return None
    return next((when for when in _minutes(now.astimezone(UTC), site) if is_open(windows, when, site)), None)


def _minutes(now: datetime, site: tzinfo) -> Iterator[datetime]:
    when = now.replace(second=0, microsecond=0)
    for _ in range(HORIZON // MINUTE):
        when += MINUTE
        yield when.astimezone(site)
