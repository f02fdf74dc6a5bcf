"""Deploy freezes of GitLab: cron expressions on a wall clock, and the spans between two of them."""

from bisect import bisect_right
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from maintainer.policy.cron import cron, frozen
from maintainer.policy.deploy_freeze import RAILS, spans

NOW = datetime(2026, 11, 21, 8, tzinfo=UTC)
INSTANT = timedelta(microseconds=1)


def days(text: str, month: int, year: int = 2026) -> list[int]:
    """The days of a month on which it comes."""
    first = date(year, month, 1)
    each = (first + timedelta(days=n) for n in range(31))
    return [day.day for day in each if day.month == month and cron(text).on(day)]


@pytest.mark.parametrize(
    ("text", "month", "expected"),
    [
        ("0 0 * * 5", 11, [6, 13, 20, 27]),
        ("0 0 * * FRI", 11, [6, 13, 20, 27]),
        ("0 0 * * 0", 11, [1, 8, 15, 22, 29]),
        ("0 0 * * 7", 11, [1, 8, 15, 22, 29]),
        ("0 0 * * 6-7", 11, [1, 7, 8, 14, 15, 21, 22, 28, 29]),
        ("0 0 * * mon-wed", 11, [2, 3, 4, 9, 10, 11, 16, 17, 18, 23, 24, 25, 30]),
        ("0 0 1,15 * *", 11, [1, 15]),
        ("0 0 */10 * *", 11, [1, 11, 21]),
        ("0 0 20/5 * *", 11, [20, 25, 30]),
        ("0 0 10-20/5 * *", 11, [10, 15, 20]),
        ("0 0 13 * 5", 11, [6, 13, 20, 27]),
        ("0 0 14 * 5", 11, [6, 13, 14, 20, 27]),
        ("0 0 24 dec *", 11, []),
        ("0 0 24 DEC *", 12, [24]),
        ("0 0 31 * *", 11, []),
        ("0 0 * */2 *", 12, []),
    ],
)
def test_it_comes_on_these_days(text: str, month: int, expected: list[int]) -> None:
    assert days(text, month) == expected


def test_it_comes_at_these_times() -> None:
    assert [f"{at:%H:%M}" for at in cron("*/30 8-9,24 * * *").times] == [
        "00:00",
        "00:30",
        "08:00",
        "08:30",
        "09:00",
        "09:30",
    ]
    assert len(cron("* * * * *").times) == 1440


@pytest.mark.parametrize(
    "text",
    ["", "0 0 * *", "@daily", "60 0 * * *", "0 0 0 * *", "0 0 * 13 *", "0 0 * * 8", "0 0 L * *", "0 0 * * 5#2",
     "a b c d e", "0 0 5-1 * *", "0 0 * * 1-", "0 0 * * ,", "-1 0 * * *", "0 0 * mon *", "0 0 * * jan", "0 0 * * 1/0",
     "٣ 0 * * *"],
)  # fmt: skip
def test_what_is_no_cron_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"fields, and cron has 5|is no "):
        cron(text)


def told(start: str, end: str, since: str, until: str) -> list[str]:
    begin, finish = datetime.fromisoformat(since), datetime.fromisoformat(until)
    found = frozen(cron(start), cron(end), begin, finish)
    return [f"{a:%a %d %H:%M} - {b:%a %d %H:%M}" for a, b in found]


def test_a_weekend_is_frozen_until_monday() -> None:
    expected = ["Fri 20 23:00 - Mon 23 08:00", "Fri 27 23:00 - Mon 30 08:00"]
    assert told("0 23 * * 5", "0 8 * * 1", "2026-11-21", "2026-11-30T09:00") == expected


def test_starts_inside_a_freeze_change_nothing() -> None:
    """A daily start with a weekly end: from the end on Sunday to the next start it is open, and at no other time."""
    expected = ["Mon 16 22:00 - Sun 22 06:00", "Sun 22 22:00 - Sun 29 06:00"]
    assert told("0 22 * * *", "0 6 * * 0", "2026-11-17", "2026-11-29T10:00") == [
        "Sun 15 22:00 - Sun 22 06:00",
        expected[1],
    ]


def test_ends_outside_a_freeze_change_nothing() -> None:
    assert told("0 22 * * 5", "0 6 * * *", "2026-11-16", "2026-11-29") == [
        "Fri 20 22:00 - Sat 21 06:00",
        "Fri 27 22:00 - Sat 28 06:00",
    ]


def test_an_end_at_the_moment_of_a_start_ends_nothing() -> None:
    assert told("0 0 * * 1", "0 0 * * 1", "2026-11-16", "2026-11-20") == ["Mon 14 00:00 - Fri 20 00:00"]


def test_a_freeze_once_in_eight_years_is_known_while_it_lasts() -> None:
    assert told("0 0 29 2 *", "0 0 28 2 *", "2024-06-01", "2025-03-05") == ["Thu 29 00:00 - Fri 28 00:00"]


def test_it_says_what_gitlab_says() -> None:
    """GitLab: the last start by now, the next end after that; frozen where that end is still to come."""
    for start, end in (
        ("0 23 * * 5", "0 8 * * 1"),
        ("0 22 * * *", "0 6 * * 0"),
        ("30 8,16 * * 1-5", "15 9,18 * * *"),
        ("0 0 20 12 *", "0 0 7 1 *"),
        ("0 0 * * 5", "0 0 * * 5"),
    ):
        _, series = spans({"freeze_start": start, "freeze_end": end, "cron_timezone": "UTC"}, NOW)
        starts, ends = every(start), every(end)
        when, until = datetime(2026, 11, 1, tzinfo=UTC), datetime(2027, 1, 20, tzinfo=UTC)
        told = list(series.between(when, until))
        while when < until:
            began = starts[bisect_right(starts, when) - 1]
            holds = when < ends[bisect_right(ends, began)]
            assert any(span.holds(when) for span in told) == holds, (start, end, when)
            when += timedelta(minutes=15)


def every(text: str) -> list[datetime]:
    """All it comes, from 2025 to 2027."""
    wanted, first = cron(text), datetime(2025, 1, 1, tzinfo=UTC)
    days = (first + timedelta(days=n) for n in range(3 * 365))
    return [datetime.combine(day, at, UTC) for day in days if wanted.on(day.date()) for at in wanted.times]


def test_it_is_meant_on_the_clock_of_its_zone() -> None:
    _, series = spans({"freeze_start": "0 15 * * 5", "freeze_end": "0 8 * * 1", "cron_timezone": "Warsaw"}, NOW)
    summer, winter = (datetime(2026, month, day, tzinfo=UTC) for month, day in ((10, 23), (10, 30)))
    found = sorted(span.since for span in series.between(summer, winter + timedelta(days=1)))
    assert found == [summer + timedelta(hours=13), winter + timedelta(hours=14)]


@pytest.mark.parametrize("name", sorted(RAILS))
def test_a_name_of_rails_is_a_zone(name: str) -> None:
    assert ZoneInfo(RAILS[name])


def test_it_is_known_for_ten_years() -> None:
    _, series = spans({"freeze_start": "0 23 * * 5", "freeze_end": "0 8 * * 1", "cron_timezone": "UTC"}, NOW)
    far = datetime(2036, 11, 15, tzinfo=UTC)
    assert far.strftime("%a") == "Sat"
    assert any(series.between(far, far + INSTANT))
