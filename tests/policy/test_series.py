"""Spans on the wall clock, where clocks are set forward and back, and with what comes before and after."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from maintainer.policy.recurrence import recurrence
from maintainer.policy.series import Series, Span
from maintainer.policy.wall_clock import Duration, clock, instant

WARSAW, APIA = ZoneInfo("Europe/Warsaw"), ZoneInfo("Pacific/Apia")
LORD_HOWE, SANTIAGO = ZoneInfo("Australia/Lord_Howe"), ZoneInfo("America/Santiago")
ALWAYS = (datetime(1900, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC))


def at(text: str) -> datetime:
    return datetime.fromisoformat(text)


def spans(series: Series, since: datetime = ALWAYS[0], until: datetime = ALWAYS[1]) -> list[str]:
    """In order, as `2026-03-29T01:00/03:00`, in UTC; the day of the end where it is another."""
    found = []
    for begin, end in sorted(series.between(since, until)):
        assert begin.tzinfo is UTC
        assert end.tzinfo is UTC
        same = begin.date() == end.date()
        found.append(f"{begin:%Y-%m-%dT%H:%M}/{end:%H:%M}" if same else f"{begin:%Y-%m-%dT%H:%M}/{end:%Y-%m-%dT%H:%M}")
    return found


def series(since: str, until: str, zone: ZoneInfo = WARSAW, rule: str = "", **more: object) -> Series:
    rules = (recurrence(rule, zone),) if rule else ()
    return Series(at(since), at(until), zone, rules, **more)  # type: ignore[arg-type]


#: Since, until, zone, and the span in UTC.
ONCE = {
    "winter": ("2026-01-10T09:00", "2026-01-10T17:00", WARSAW, ["2026-01-10T08:00/16:00"]),
    "summer": ("2026-07-10T09:00", "2026-07-10T17:00", WARSAW, ["2026-07-10T07:00/15:00"]),
    "a day of 23 hours": ("2026-03-29T00:00", "2026-03-30T00:00", WARSAW, ["2026-03-28T23:00/2026-03-29T22:00"]),
    "a day of 25 hours": ("2026-10-25T00:00", "2026-10-26T00:00", WARSAW, ["2026-10-24T22:00/2026-10-25T23:00"]),
    "from a skipped time: as long after the gap": (
        "2026-03-29T02:30",
        "2026-03-29T04:00",
        WARSAW,
        ["2026-03-29T01:30/02:00"],
    ),
    "to a skipped time": ("2026-03-29T01:00", "2026-03-29T02:30", WARSAW, ["2026-03-29T00:00/01:30"]),
    "wholly skipped": ("2026-03-29T02:00", "2026-03-29T03:00", WARSAW, []),
    "backwards through a gap": ("2026-03-29T02:30", "2026-03-29T03:00", WARSAW, []),
    "from a time that comes twice: the first": (
        "2026-10-25T02:30",
        "2026-10-25T04:00",
        WARSAW,
        ["2026-10-25T00:30/03:00"],
    ),
    "to a time that comes twice: the first": (
        "2026-10-25T01:00",
        "2026-10-25T02:30",
        WARSAW,
        ["2026-10-24T23:00/2026-10-25T00:30"],
    ),
    "a gap of half an hour": ("2026-10-04T02:15", "2026-10-04T03:00", LORD_HOWE, ["2026-10-03T15:45/16:00"]),
    "midnight skipped": ("2026-09-06T00:00", "2026-09-07T00:00", SANTIAGO, ["2026-09-06T04:00/2026-09-07T03:00"]),
    "a day that Samoa left out": ("2011-12-30T00:00", "2011-12-31T00:00", APIA, []),
    "over the day that Samoa left out": (
        "2011-12-29T12:00",
        "2011-12-31T12:00",
        APIA,
        ["2011-12-29T22:00/2011-12-30T22:00"],
    ),
    "no length": ("2026-01-10T09:00", "2026-01-10T09:00", WARSAW, []),
    "year 1970": ("1970-01-01T00:00", "1970-01-02T00:00", WARSAW, ["1969-12-31T23:00/1970-01-01T23:00"]),
}


@pytest.mark.parametrize("name", ONCE)
def test_once(name: str) -> None:
    since, until, zone, expected = ONCE[name]
    assert spans(series(since, until, zone)) == expected


def test_the_second_of_two_times_is_told_by_fold() -> None:
    second = at("2026-10-25T02:30").replace(fold=1)
    assert spans(Series(second, at("2026-10-25T03:00"), WARSAW)) == ["2026-10-25T01:30/02:00"]
    assert spans(Series(at("2026-10-25T02:30"), second, WARSAW)) == ["2026-10-25T00:30/01:30"]
    assert clock(datetime(2026, 10, 25, 1, 30, tzinfo=UTC), WARSAW).fold == 1
    assert instant(second, WARSAW) == datetime(2026, 10, 25, 1, 30, tzinfo=UTC)


#: Lead, tail, and the span of 2026-03-30T12:00 to 14:00 (summer time since the day before) in UTC.
AROUND = {
    "hours are elapsed time": (Duration(0, timedelta(hours=48)), Duration(), "2026-03-28T10:00/2026-03-30T12:00"),
    "days are the clock's": (Duration(2), Duration(), "2026-03-28T11:00/2026-03-30T12:00"),
    "days, then hours": (Duration(2, timedelta(hours=2)), Duration(), "2026-03-28T09:00/2026-03-30T12:00"),
    "after": (Duration(), Duration(1, timedelta(minutes=30)), "2026-03-30T10:00/2026-03-31T12:30"),
}


@pytest.mark.parametrize("name", AROUND)
def test_lead_and_tail(name: str) -> None:
    lead, tail, expected = AROUND[name]
    assert spans(series("2026-03-30T12:00", "2026-03-30T14:00", lead=lead, tail=tail)) == [expected]


def test_a_lead_of_days_that_lands_in_a_gap_or_a_fold() -> None:
    spring = series("2026-03-30T02:30", "2026-03-30T03:00", lead=Duration(1))
    autumn = series("2026-10-26T02:30", "2026-10-26T03:00", lead=Duration(1))
    assert spans(spring) == ["2026-03-29T01:30/2026-03-30T01:00"]
    assert spans(autumn) == ["2026-10-25T00:30/2026-10-26T02:00"]


def test_a_tail_of_days_over_the_day_samoa_left_out() -> None:
    """The last second of an occurrence is found, however far its end was moved."""
    one = series("2011-12-28T10:00", "2011-12-28T11:00", APIA, tail=Duration(2))
    (span,) = one.between(*ALWAYS)
    assert f"{span.until:%Y-%m-%dT%H:%M}" == "2011-12-30T21:00"
    for when in (span.since, span.until - timedelta(microseconds=1)):
        assert list(one.between(when, when + timedelta(microseconds=1))) == [span]
    assert not list(one.between(span.until, span.until + timedelta(days=1)))


def test_spans_are_half_open() -> None:
    (span,) = series("2026-01-10T09:00", "2026-01-10T17:00").between(*ALWAYS)
    moment = timedelta(microseconds=1)
    asked = {
        (span.since - moment, span.since): [],
        (span.since - moment, span.since + moment): [span],
        (span.until - moment, span.until): [span],
        (span.until, span.until + moment): [],
    }
    for (since, until), expected in asked.items():
        assert list(series("2026-01-10T09:00", "2026-01-10T17:00").between(since, until)) == expected
    assert span.holds(span.since)
    assert not span.holds(span.until)


def test_occurrences_are_as_long_on_the_clock_as_the_first() -> None:
    night = series("2026-03-27T22:00", "2026-03-28T06:00", rule="FREQ=DAILY;COUNT=3")
    assert spans(night) == [
        "2026-03-27T21:00/2026-03-28T05:00",
        "2026-03-28T21:00/2026-03-29T04:00",  # seven hours
        "2026-03-29T20:00/2026-03-30T04:00",
    ]
    long = series("2026-03-29T00:00", "2026-03-30T00:00", rule="FREQ=DAILY;COUNT=2")
    assert spans(long) == ["2026-03-28T23:00/2026-03-29T22:00", "2026-03-29T22:00/2026-03-30T22:00"]


def test_a_daily_time_that_is_skipped_and_one_that_comes_twice() -> None:
    skipped = series("2026-03-28T02:30", "2026-03-28T03:30", rule="FREQ=DAILY;COUNT=3")
    assert spans(skipped) == ["2026-03-28T01:30/02:30", "2026-03-30T00:30/01:30"]  # 29 March: 2:30 and 3:30 are one
    twice = series("2026-10-24T02:30", "2026-10-24T03:30", rule="FREQ=DAILY;COUNT=3")
    assert spans(twice) == ["2026-10-24T00:30/01:30", "2026-10-25T00:30/02:30", "2026-10-26T01:30/02:30"]


def test_further_ones_have_lengths_of_their_own_and_count_once() -> None:
    also = (
        (at("2026-01-07T09:00"), at("2026-01-07T12:00")),
        (at("2026-01-06T09:00"), at("2026-01-06T09:30")),  # instead of the rule's own
        (at("2026-01-05T09:00"), at("2026-01-05T10:00")),  # the first again
    )
    made = series("2026-01-05T09:00", "2026-01-05T10:00", rule="FREQ=DAILY;COUNT=2", also=also)
    assert spans(made) == ["2026-01-05T08:00/09:00", "2026-01-06T08:00/08:30", "2026-01-07T08:00/11:00"]


#: What is left out of five days at 9:00 and 18:00, and the days and hours that stay, in Warsaw.
WITHOUT = {
    "nothing": ((), "5@9 5@18 6@9 6@18 7@9 7@18"),
    "a start": ((at("2026-01-06T09:00"),), "5@9 5@18 6@18 7@9 7@18"),
    "a day": ((date(2026, 1, 6),), "5@9 5@18 7@9 7@18"),
    "a moment": ((at("2026-01-06T08:00:00+00:00"),), "5@9 5@18 6@18 7@9 7@18"),
    "a moment with an offset": ((at("2026-01-06T12:00:00+04:00"),), "5@9 5@18 6@18 7@9 7@18"),
    "the first": ((at("2026-01-05T09:00"),), "5@18 6@9 6@18 7@9 7@18"),
    "the first day": ((date(2026, 1, 5),), "6@9 6@18 7@9 7@18"),
    "all": ((date(2026, 1, 5), date(2026, 1, 6), date(2026, 1, 7)), ""),
    "another time": ((at("2026-01-06T09:01"), date(2026, 1, 8)), "5@9 5@18 6@9 6@18 7@9 7@18"),
}


@pytest.mark.parametrize("name", WITHOUT)
def test_what_is_left_out(name: str) -> None:
    without, stays = WITHOUT[name]
    rule = "FREQ=DAILY;BYHOUR=9,18;COUNT=6"
    made = series("2026-01-05T09:00", "2026-01-05T10:00", rule=rule, without=frozenset(without))
    starts = [begin.astimezone(WARSAW) for begin, _ in sorted(made.between(*ALWAYS))]
    assert " ".join(f"{start.day}@{start.hour}" for start in starts) == stays


def test_a_skipped_start_is_left_out_by_its_moment() -> None:
    moment = datetime(2026, 3, 29, 1, 30, tzinfo=UTC)
    made = series("2026-03-28T02:30", "2026-03-28T04:30", rule="FREQ=DAILY;COUNT=3", without=frozenset({moment}))
    assert [begin.day for begin, _ in sorted(made.between(*ALWAYS))] == [28, 30]


def test_occurrences_that_overlap_are_all_there() -> None:
    daily = series("2026-01-05T00:00", "2026-01-07T12:00", rule="FREQ=DAILY;UNTIL=20260108")
    noon = datetime(2026, 1, 7, 10, tzinfo=UTC)
    held = sorted(daily.between(noon, noon + timedelta(microseconds=1)))
    assert [clock(begin, WARSAW).day for begin, _ in held] == [5, 6, 7]
    yearly = series("2021-02-01T00:00", "2021-12-01T00:00", rule="FREQ=YEARLY")
    assert spans(yearly, noon + timedelta(days=300), noon + timedelta(days=301)) == [
        "2026-01-31T23:00/2026-11-30T23:00"
    ]


def test_until_at_the_start_is_the_first_alone() -> None:
    assert len(spans(series("2026-01-05T09:00", "2026-01-05T10:00", rule="FREQ=DAILY;UNTIL=20260105T090000"))) == 1


def test_a_rule_that_never_comes_true_has_the_first() -> None:
    assert len(spans(series("2026-01-05T09:00", "2026-01-05T10:00", rule="FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30"))) == 1


def test_the_first_and_the_last_years() -> None:
    long = series("1970-01-01T00:00", "9001-01-01T00:00")
    assert spans(long) == ["1969-12-31T23:00/9000-12-31T23:00"]
    recurring = series("1970-01-01T00:00", "1970-01-02T00:00", rule="FREQ=YEARLY")
    late = datetime(9000, 1, 1, tzinfo=UTC)
    assert spans(recurring, late, late + timedelta(days=3)) == ["8999-12-31T23:00/9000-01-01T23:00"]
    moved = series("1970-01-01T00:00", "1970-01-01T01:00", lead=Duration(3660), tail=Duration(3660))
    assert spans(moved) == ["1959-12-24T23:00/1980-01-09T00:00"]


def test_once_between_two_moments() -> None:
    begin, end = (datetime(2026, 10, 25, hour, 30, tzinfo=UTC).astimezone(WARSAW) for hour in (0, 1))
    assert list(Series.once(begin, end).between(*ALWAYS)) == [Span(begin.astimezone(UTC), end.astimezone(UTC))]
