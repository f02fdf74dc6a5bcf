"""A schedule of another bot is open in the hours ours are, or refused."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from maintainer.config.carried.schedule import NotHours, of_text, windows
from maintainer.config.values import window
from maintainer.policy.windows import is_open

MONDAY = datetime(2026, 11, 23, tzinfo=UTC)
WEEK = [MONDAY + timedelta(hours=hour, minutes=30) for hour in range(7 * 24)]


def hours(schedule: list[str]) -> set[tuple[int, int]]:
    """The (weekday, hour) that are open."""
    made = tuple(window(text) for text in windows(schedule)[0])
    return {(when.weekday(), when.hour) for when in WEEK if is_open(made, when, UTC)}


def each(days: object, of_day: object) -> set[tuple[int, int]]:
    return {(day, hour) for day in days for hour in of_day}  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("* 0-3 * * 1", each([0], range(4))),
        ("* 0-4,22-23 * * 1-5", each(range(5), [0, 1, 2, 3, 4, 22, 23])),
        ("* * * * 0,6", each([5, 6], range(24))),
        ("* * * * 7", each([6], range(24))),
        ("* * * * fri-sun", each([4, 5, 6], range(24))),
        ("* */6 * * *", each(range(7), [0, 6, 12, 18])),
        ("* 8-17 * * MON-FRI", each(range(5), range(8, 18))),
        ("* 3 * * *", each(range(7), [3])),
        ("every weekend", each([5, 6], range(24))),
        ("on friday and saturday", each([4, 5], range(24))),
        ("before 5:00am", each(range(7), range(5))),
        ("after 10pm and before 5am every weekday", each(range(5), [0, 1, 2, 3, 4, 22, 23])),
        ("after 9am and before 12pm on Monday", each([0], [9, 10, 11])),
        ("after 9pm on friday and saturday", each([4, 5], [21, 22, 23])),
        ("before 12am", each(range(7), [])),
        ("at any time", each(range(7), range(24))),
        ("every tuesday", each([1], range(24))),
    ],
)
def test_the_hours(text: str, expected: set[tuple[int, int]]) -> None:
    if not expected:
        with pytest.raises(NotHours):
            of_text(text)
    else:
        assert hours([text]) == expected


def test_several_schedules_add_up() -> None:
    assert hours(["* 0-3 * * 1", "every weekend"]) == each([0], range(4)) | each([5, 6], range(24))


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("* 0-3 1 * *", "days of the month"),
        ("* * 1 */3 *", "days of the month"),
        ("before 5am on the first day of the month", "days of the month"),
        ("every 3 months", "days of the month"),
        ("monthly schedule", "no schedule"),
        ("0 3 * * *", "full hour"),
        ("* 22-3 * * *", "out of range"),
        ("* 25 * * *", "out of range"),
        ("* */0 * * *", "out of range"),
        ("after 25pm", "out of range"),
        ("foo", "no schedule"),
        ("* a-b * * *", "no schedule"),
        ("1" * 300, "very long"),
        ("after 13am", "out of range"),
    ],
)
def test_what_hours_cant_say_is_said(text: str, why: str) -> None:
    said, unsaid = windows([text])
    assert (said, [text for text, _ in unsaid]) == ([], [text])
    assert why in unsaid[0][1]


def test_what_can_be_said_stays_beside_what_cant() -> None:
    assert windows(["* * 1 * *", "every weekend"])[0] == ["sat,sun"]


FIELD = st.lists(st.integers(0, 23), min_size=1, max_size=4).map(lambda found: ",".join(map(str, found)))
DAYS = st.lists(st.integers(0, 7), min_size=1, max_size=4)


@given(st.lists(st.integers(0, 23), min_size=1, max_size=4), DAYS)
def test_any_cron_of_hours_and_weekdays_means_the_same(of_day: list[int], days: list[int]) -> None:
    text = f"* {','.join(map(str, of_day))} * * {','.join(map(str, days))}"
    assert hours([text]) == each({(day - 1) % 7 for day in days}, of_day)


@given(st.text(max_size=60))
def test_any_text_is_hours_or_a_sentence(text: str) -> None:
    said, unsaid = windows([text])
    assert all(why.endswith(".") for _, why in unsaid)
    for one in said:
        window(one)
