"""Windows are wall-clock, also on the days the clock changes."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from maintainer.errors import ConfigurationError
from maintainer.policy.rulebook import Window
from maintainer.policy.windows import is_open, opens
from maintainer.policy.wording import zone

WARSAW = ZoneInfo("Europe/Warsaw")
EVERY = frozenset(range(7))


def local(text: str, fold: int = 0) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=WARSAW, fold=fold)


@pytest.mark.parametrize(
    ("window", "now", "expected"),
    [
        (Window(EVERY, 480, 600), "2026-11-21T09:59", "2026-11-21T09:59"),
        (Window(EVERY, 480, 600), "2026-11-21T10:00", "2026-11-22T08:00"),
        (Window(frozenset({0}), 480, 600), "2026-11-21T10:00", "2026-11-23T08:00"),
        (Window(frozenset({5}), 480, 600), "2026-11-21T10:00", "2026-11-28T08:00"),
        # Over midnight: Saturday's window is open on Sunday morning.
        (Window(frozenset({5}), 22 * 60, 6 * 60), "2026-11-22T05:59", "2026-11-22T05:59"),
        (Window(frozenset({5}), 22 * 60, 6 * 60), "2026-11-22T06:00", "2026-11-28T22:00"),
        (Window(frozenset({0}), 0, 1440), "2026-11-22T23:59", "2026-11-23T00:00"),
        # The night to 29 March 2026 has no 02:30: that window opens when the clock has jumped to 03:00.
        (Window(EVERY, 150, 240), "2026-03-29T01:59", "2026-03-29T03:00"),
        (Window(EVERY, 130, 150), "2026-03-29T01:59", "2026-03-30T02:10"),
        (Window(frozenset({6}), 130, 150), "2026-03-29T01:59", "2026-04-05T02:10"),
        # In winter time 08:00 is another instant than the day before in summer time.
        (Window(EVERY, 480, 600), "2026-10-24T12:00", "2026-10-25T08:00"),
    ],
)
def test_the_next_opening(window: Window, now: str, expected: str) -> None:
    found = opens((window,), local(now), WARSAW)
    assert found is not None
    assert found.astimezone(UTC) == local(expected).astimezone(UTC)


def test_the_hour_that_comes_twice_opens_twice() -> None:
    window = (Window(EVERY, 120, 150),)
    found = opens(window, local("2026-10-25T02:45"), WARSAW)
    assert found is not None
    assert found.astimezone(UTC) == local("2026-10-25T02:00", fold=1).astimezone(UTC)


def test_no_windows_are_always_open_and_a_window_without_days_never_is() -> None:
    now = local("2026-11-21T10:00")
    assert is_open((), now, WARSAW)
    assert opens((Window(frozenset(), 0, 1440),), now, WARSAW) is None


def test_an_unknown_zone_is_an_error() -> None:
    for name in ("Europe/Warsawa", "", "../../etc/passwd", "/etc/localtime", "a\0b"):
        with pytest.raises(ConfigurationError, match="time zone"):
            zone(name)


@settings(max_examples=30, deadline=None)
@given(
    now=st.integers(0, 10**8).map(lambda seconds: datetime.fromtimestamp(1_700_000_000 + seconds, UTC)),
    days=st.frozensets(st.integers(0, 6), min_size=1),
    since=st.integers(0, 1439),
    until=st.integers(0, 1440),
)
def test_it_is_open_when_it_opens_and_closed_before(
    now: datetime, days: frozenset[int], since: int, until: int
) -> None:
    windows = (Window(days, since, until),)
    found = opens(windows, now, WARSAW)
    assert found is not None
    assert is_open(windows, found, WARSAW)
    assert found >= now
    if found > now:
        assert not is_open(windows, (found.astimezone(UTC) - timedelta(seconds=1)), WARSAW)
