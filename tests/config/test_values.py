"""Durations, dates, hours and addresses mean what people mean by them."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from maintainer.config import values
from maintainer.policy.rulebook import Window
from maintainer.policy.wall_clock import Duration, instant

WARSAW = ZoneInfo("Europe/Warsaw")


@pytest.mark.parametrize(
    ("text", "days", "hours"),
    [
        ("72h", 0, 72),
        ("3d", 3, 0),
        ("2w", 14, 0),
        ("1d12h", 1, 12),
        ("90m", 0, 1.5),
        ("0h", 0, 0),
        ("0d", 0, 0),
        ("PT72H", 0, 72),
        ("P3D", 3, 0),
        ("P1DT12H", 1, 12),
        ("P1W", 7, 0),
        ("PT30M", 0, 0.5),
    ],
)
def test_a_duration(text: str, days: int, hours: float) -> None:
    assert values.duration(text) == Duration(days, timedelta(hours=hours))


@pytest.mark.parametrize(
    "text",
    ["", "P", "PT", "P1DT", "72hours", "72", "3 d", "-3d", "1.5h", "P1Y", "P1M", "3D", "٣d", "h", "12h3d", "9999d"],
)
def test_no_duration(text: str) -> None:
    with pytest.raises(ValueError, match=r"Write 72h, 3d or PT72H\.$"):
        values.duration(text)


@given(st.integers(0, 3000), st.integers(0, 500), st.integers(0, 59))
def test_a_duration_reads_back_what_it_says(days: int, hours: int, minutes: int) -> None:
    made = Duration(days, timedelta(hours=hours, minutes=minutes))
    assert values.duration(str(made)) == made


def test_days_are_of_the_wall_clock_and_hours_elapse() -> None:
    # Clocks went back an hour in Warsaw on 25 October 2026.
    monday = datetime(2026, 10, 26, 12, tzinfo=WARSAW)
    assert Duration(days=3).before(monday, WARSAW) == datetime(2026, 10, 23, 12, tzinfo=WARSAW)
    assert Duration(elapsed=timedelta(hours=72)).before(monday, WARSAW) == datetime(2026, 10, 23, 13, tzinfo=WARSAW)


def test_a_date_is_inclusive_and_a_date_time_exclusive() -> None:
    assert values.ends(date(2026, 11, 30), WARSAW) == datetime(2026, 12, 1)  # noqa: DTZ001 - the wall clock's
    six = datetime(2026, 11, 30, 18)  # noqa: DTZ001 - as people write it
    assert values.ends(six, WARSAW) == six


@pytest.mark.parametrize(
    ("zone", "day", "first"),
    [
        # Midnight doesn't exist: the day begins at one o'clock.
        ("America/Santiago", date(2026, 9, 6), datetime(2026, 9, 6, 4, tzinfo=UTC)),
        # Midnight comes twice: the day begins with the first.
        ("America/Havana", date(2026, 11, 1), datetime(2026, 11, 1, 4, tzinfo=UTC)),
        ("UTC", date(2026, 11, 1), datetime(2026, 11, 1, tzinfo=UTC)),
        ("Pacific/Kiritimati", date(2026, 11, 1), datetime(2026, 10, 31, 10, tzinfo=UTC)),
    ],
)
def test_a_day_begins_at_its_first_instant(zone: str, day: date, first: datetime) -> None:
    assert instant(values.begins(day, ZoneInfo(zone)), ZoneInfo(zone)) == first
    assert instant(values.ends(day - timedelta(days=1), ZoneInfo(zone)), ZoneInfo(zone)) == first


def test_a_time_that_comes_twice_is_the_first_of_the_two() -> None:
    half_past_two = datetime(2026, 10, 25, 2, 30)  # noqa: DTZ001 - as people write it
    assert instant(values.ends(half_past_two, WARSAW), WARSAW) == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)


def test_an_offset_goes_before_the_zone() -> None:
    given = values.moment("2026-11-23T18:00+00:00")
    assert instant(values.begins(given, WARSAW), WARSAW) == datetime(2026, 11, 23, 18, tzinfo=UTC)
    second = values.moment("2026-10-25T02:30+01:00")
    assert instant(values.begins(second, WARSAW), WARSAW) == datetime(2026, 10, 25, 1, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    "text",
    ["", "soon", "2026-13-01", "2026-02-30", "20261123", "23.11.2026", "2026-11-23T25:00", "0001-01-01", "2026-W48-1"],
)
def test_no_moment(text: str) -> None:
    with pytest.raises(ValueError, match="2026-11-23"):
        values.moment(text)


def test_a_day_has_no_time() -> None:
    with pytest.raises(ValueError, match="Write the date alone: 2026-11-23"):
        values.day("2026-11-23T18:00")


@pytest.mark.parametrize(
    ("text", "days", "since", "until"),
    [
        ("mon-fri 09:00-17:00", {0, 1, 2, 3, 4}, 540, 1020),
        ("Monday 09:00-17:00", {0}, 540, 1020),
        ("sat,sun", {5, 6}, 0, 1440),
        ("fri-mon 22:00-06:00", {4, 5, 6, 0}, 1320, 360),
        ("weekdays 00:00-24:00", {0, 1, 2, 3, 4}, 0, 1440),
        ("mon-wed,fri", {0, 1, 2, 4}, 0, 1440),
        ("02:00-05:00", {0, 1, 2, 3, 4, 5, 6}, 120, 300),
    ],
)
def test_a_window(text: str, days: set[int], since: int, until: int) -> None:
    assert values.window(text) == Window(frozenset(days), since, until)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "mon-fry 09:00-17:00",
        "mon 9-17",
        "mon 09:00-09:00",
        "mon 25:00-26:00",
        "before 5am",
        "* * * * *",
        "mon-",
        "mon-weekdays",
    ],
)
def test_no_window(text: str) -> None:
    with pytest.raises(ValueError, match="Write"):
        values.window(text)


def test_a_zone_is_one_of_the_database() -> None:
    assert values.zone("Europe/Warsaw") == "Europe/Warsaw"
    for text in ("Europe/Warsawa", "", "/etc/passwd", "../UTC", "x" * 5000, "Europe", "\0"):
        with pytest.raises(ValueError, match="is no time zone"):
            values.zone(text)
    with pytest.raises(ValueError, match='Did you mean "Europe/Warsaw"'):
        values.zone("europe/warsow")


def test_an_address_has_no_credentials_in_it() -> None:
    assert values.address("https://mirror.example/npm/") == "https://mirror.example/npm"
    assert values.address("https://pr-{number}.staging.example.pl") == "https://pr-{number}.staging.example.pl"
    for text in (
        "https://user:hunter2@mirror.example",
        "https://mirror.example?token=hunter2",
        "https://x.example#hunter2",
    ):
        with pytest.raises(ValueError, match="environment") as caught:
            values.address(text)
        assert "hunter2" not in str(caught.value)
    for text in (
        "mirror.example",
        "ftp://x.example",
        "https://",
        "https://[::1",
        "https://x.example:port",
        "https://x y",
    ):
        with pytest.raises(ValueError, match=r"Write https://www\.example\.org"):
            values.address(text)


def test_what_is_no_name_of_a_variable_may_be_the_secret_and_is_not_repeated() -> None:
    with pytest.raises(ValueError, match="names an environment variable") as caught:
        values.environment_name("hunter2!")
    assert "hunter2" not in str(caught.value)
