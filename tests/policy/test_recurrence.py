"""Rules against the examples of RFC 5545 (section 3.8.5.3), and each way to write one that isn't read."""

import re
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest

from maintainer.policy.recurrence import recurrence, starts

NEW_YORK, WARSAW = ZoneInfo("America/New_York"), ZoneInfo("Europe/Warsaw")
WHOLE_WEEK = "SU,MO,TU,WE,TH,FR,SA"
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def clock(text: str) -> datetime:
    return datetime.fromisoformat(text)


def days(text: str) -> list[datetime]:
    """`1997 Sep 2 4 6-8 Oct 1 1998 Jan 5`: nine o'clock of those days."""
    year = month = 0
    found = []
    for word in text.split():
        if word in MONTHS:
            month = MONTHS.index(word) + 1
        elif word.isdigit() and len(word) == 4:
            year = int(word)
        else:
            first, _, last = word.partition("-")
            found += [datetime(year, month, day, 9) for day in range(int(first), int(last or first) + 1)]  # noqa: DTZ001 - the wall clock's
    return found


def found(rule: str, first: str, until: str = "2100-01-01", zone: ZoneInfo = NEW_YORK) -> list[datetime]:
    begin = clock(first)
    return starts(recurrence(rule, zone), begin, begin, clock(until))


TUESDAY = "1997-09-02T09:00"
#: First start, rule, until when the RFC has them ("..." after it), and the days.
EXAMPLES = [
    (TUESDAY, "FREQ=DAILY;COUNT=10", "", "1997 Sep 2-11"),
    (TUESDAY, "FREQ=DAILY;UNTIL=19971224T000000Z", "", "1997 Sep 2-30 Oct 1-31 Nov 1-30 Dec 1-23"),
    (
        TUESDAY,
        "FREQ=DAILY;INTERVAL=2",
        "1997-12-04",
        "1997 Sep 2 4 6 8 10 12 14 16 18 20 22 24 26 28 30 Oct 2 4 6 8 10 12 14 16 18 20 22 24 26 28 30 "
        "Nov 1 3 5 7 9 11 13 15 17 19 21 23 25 27 29 Dec 1 3",
    ),
    (TUESDAY, "FREQ=DAILY;INTERVAL=10;COUNT=5", "", "1997 Sep 2 12 22 Oct 2 12"),
    (
        "1998-01-01T09:00",
        f"FREQ=YEARLY;UNTIL=20000131T140000Z;BYMONTH=1;BYDAY={WHOLE_WEEK}",
        "",
        "1998 Jan 1-31 1999 Jan 1-31 2000 Jan 1-31",
    ),
    (
        "1998-01-01T09:00",
        "FREQ=DAILY;UNTIL=20000131T140000Z;BYMONTH=1",
        "",
        "1998 Jan 1-31 1999 Jan 1-31 2000 Jan 1-31",
    ),
    (TUESDAY, "FREQ=WEEKLY;COUNT=10", "", "1997 Sep 2 9 16 23 30 Oct 7 14 21 28 Nov 4"),
    (
        TUESDAY,
        "FREQ=WEEKLY;UNTIL=19971224T000000Z",
        "",
        "1997 Sep 2 9 16 23 30 Oct 7 14 21 28 Nov 4 11 18 25 Dec 2 9 16 23",
    ),
    (
        TUESDAY,
        "FREQ=WEEKLY;INTERVAL=2;WKST=SU",
        "1998-02-18",
        "1997 Sep 2 16 30 Oct 14 28 Nov 11 25 Dec 9 23 1998 Jan 6 20 Feb 3 17",
    ),
    (
        TUESDAY,
        "FREQ=WEEKLY;UNTIL=19971007T000000Z;WKST=SU;BYDAY=TU,TH",
        "",
        "1997 Sep 2 4 9 11 16 18 23 25 30 Oct 2",
    ),
    (TUESDAY, "FREQ=WEEKLY;COUNT=10;WKST=SU;BYDAY=TU,TH", "", "1997 Sep 2 4 9 11 16 18 23 25 30 Oct 2"),
    (
        "1997-09-01T09:00",
        "FREQ=WEEKLY;INTERVAL=2;UNTIL=19971224T000000Z;WKST=SU;BYDAY=MO,WE,FR",
        "",
        "1997 Sep 1 3 5 15 17 19 29 Oct 1 3 13 15 17 27 29 31 Nov 10 12 14 24 26 28 Dec 8 10 12 22",
    ),
    (TUESDAY, "FREQ=WEEKLY;INTERVAL=2;COUNT=8;WKST=SU;BYDAY=TU,TH", "", "1997 Sep 2 4 16 18 30 Oct 2 14 16"),
    (
        "1997-09-05T09:00",
        "FREQ=MONTHLY;COUNT=10;BYDAY=1FR",
        "",
        "1997 Sep 5 Oct 3 Nov 7 Dec 5 1998 Jan 2 Feb 6 Mar 6 Apr 3 May 1 Jun 5",
    ),
    ("1997-09-05T09:00", "FREQ=MONTHLY;UNTIL=19971224T000000Z;BYDAY=1FR", "", "1997 Sep 5 Oct 3 Nov 7 Dec 5"),
    (
        "1997-09-07T09:00",
        "FREQ=MONTHLY;INTERVAL=2;COUNT=10;BYDAY=1SU,-1SU",
        "",
        "1997 Sep 7 28 Nov 2 30 1998 Jan 4 25 Mar 1 29 May 3 31",
    ),
    ("1997-09-22T09:00", "FREQ=MONTHLY;COUNT=6;BYDAY=-2MO", "", "1997 Sep 22 Oct 20 Nov 17 Dec 22 1998 Jan 19 Feb 16"),
    (
        "1997-09-28T09:00",
        "FREQ=MONTHLY;BYMONTHDAY=-3",
        "1998-02-27",
        "1997 Sep 28 Oct 29 Nov 28 Dec 29 1998 Jan 29 Feb 26",
    ),
    (TUESDAY, "FREQ=MONTHLY;COUNT=10;BYMONTHDAY=2,15", "", "1997 Sep 2 15 Oct 2 15 Nov 2 15 Dec 2 15 1998 Jan 2 15"),
    (
        "1997-09-30T09:00",
        "FREQ=MONTHLY;COUNT=10;BYMONTHDAY=1,-1",
        "",
        "1997 Sep 30 Oct 1 31 Nov 1 30 Dec 1 31 1998 Jan 1 31 Feb 1",
    ),
    (
        "1997-09-10T09:00",
        "FREQ=MONTHLY;INTERVAL=18;COUNT=10;BYMONTHDAY=10,11,12,13,14,15",
        "",
        "1997 Sep 10-15 1999 Mar 10-13",
    ),
    (
        TUESDAY,
        "FREQ=MONTHLY;INTERVAL=2;BYDAY=TU",
        "1998-04-01",
        "1997 Sep 2 9 16 23 30 Nov 4 11 18 25 1998 Jan 6 13 20 27 Mar 3 10 17 24 31",
    ),
    (
        "1997-06-10T09:00",
        "FREQ=YEARLY;COUNT=10;BYMONTH=6,7",
        "",
        "1997 Jun 10 Jul 10 1998 Jun 10 Jul 10 1999 Jun 10 Jul 10 2000 Jun 10 Jul 10 2001 Jun 10 Jul 10",
    ),
    (
        "1997-03-10T09:00",
        "FREQ=YEARLY;INTERVAL=2;COUNT=10;BYMONTH=1,2,3",
        "",
        "1997 Mar 10 1999 Jan 10 Feb 10 Mar 10 2001 Jan 10 Feb 10 Mar 10 2003 Jan 10 Feb 10 Mar 10",
    ),
    (
        "1997-01-01T09:00",
        "FREQ=YEARLY;INTERVAL=3;COUNT=10;BYYEARDAY=1,100,200",
        "",
        "1997 Jan 1 Apr 10 Jul 19 2000 Jan 1 Apr 9 Jul 18 2003 Jan 1 Apr 10 Jul 19 2006 Jan 1",
    ),
    ("1997-05-19T09:00", "FREQ=YEARLY;BYDAY=20MO", "2000-01-01", "1997 May 19 1998 May 18 1999 May 17"),
    ("1997-05-12T09:00", "FREQ=YEARLY;BYWEEKNO=20;BYDAY=MO", "2000-01-01", "1997 May 12 1998 May 11 1999 May 17"),
    (
        "1997-03-13T09:00",
        "FREQ=YEARLY;BYMONTH=3;BYDAY=TH",
        "2000-01-01",
        "1997 Mar 13 20 27 1998 Mar 5 12 19 26 1999 Mar 4 11 18 25",
    ),
    (
        "1997-06-05T09:00",
        "FREQ=YEARLY;BYDAY=TH;BYMONTH=6,7,8",
        "1998-07-01",
        "1997 Jun 5 12 19 26 Jul 3 10 17 24 31 Aug 7 14 21 28 1998 Jun 4 11 18 25",
    ),
    (
        TUESDAY,
        "FREQ=MONTHLY;BYDAY=FR;BYMONTHDAY=13",
        "2000-12-01",
        "1998 Feb 13 Mar 13 Nov 13 1999 Aug 13 2000 Oct 13",
    ),
    (
        "1997-09-13T09:00",
        "FREQ=MONTHLY;BYDAY=SA;BYMONTHDAY=7,8,9,10,11,12,13",
        "1998-07-01",
        "1997 Sep 13 Oct 11 Nov 8 Dec 13 1998 Jan 10 Feb 7 Mar 7 Apr 11 May 9 Jun 13",
    ),
    (
        "1996-11-05T09:00",
        "FREQ=YEARLY;INTERVAL=4;BYMONTH=11;BYDAY=TU;BYMONTHDAY=2,3,4,5,6,7,8",
        "2005-01-01",
        "1996 Nov 5 2000 Nov 7 2004 Nov 2",
    ),
    ("1997-09-04T09:00", "FREQ=MONTHLY;COUNT=3;BYDAY=TU,WE,TH;BYSETPOS=3", "", "1997 Sep 4 Oct 7 Nov 6"),
    (
        "1997-09-29T09:00",
        "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-2",
        "1998-03-31",
        "1997 Sep 29 Oct 30 Nov 27 Dec 30 1998 Jan 29 Feb 26 Mar 30",
    ),
    ("1997-08-05T09:00", "FREQ=WEEKLY;INTERVAL=2;COUNT=4;BYDAY=TU,SU;WKST=MO", "", "1997 Aug 5 10 19 24"),
    ("1997-08-05T09:00", "FREQ=WEEKLY;INTERVAL=2;COUNT=4;BYDAY=TU,SU;WKST=SU", "", "1997 Aug 5 17 19 31"),
    ("2007-01-15T09:00", "FREQ=MONTHLY;BYMONTHDAY=15,30;COUNT=5", "", "2007 Jan 15 30 Feb 15 Mar 15 30"),
]


@pytest.mark.parametrize(("first", "rule", "until", "expected"), EXAMPLES)
def test_the_examples_of_the_rfc(first: str, rule: str, until: str, expected: str) -> None:
    assert found(rule, first, until or "2100-01-01") == days(expected)


def test_every_twenty_minutes_of_a_working_day() -> None:
    made = found("FREQ=DAILY;BYHOUR=9,10,11,12,13,14,15,16;BYMINUTE=0,20,40", TUESDAY, "1997-09-03T09:30")
    first = clock(TUESDAY)
    assert made[:24] == [first + timedelta(minutes=20 * number) for number in range(24)]
    assert made[24:] == [clock("1997-09-03T09:00"), clock("1997-09-03T09:20")]


#: What the RFC has no example of.
MORE = [
    ("2024-02-29T09:00", "FREQ=YEARLY", "2033-01-01", "2024 Feb 29 2028 Feb 29 2032 Feb 29"),
    ("2024-02-29T09:00", "FREQ=YEARLY;INTERVAL=3", "2040-01-01", "2024 Feb 29 2036 Feb 29"),
    ("2096-02-29T09:00", "FREQ=YEARLY", "2105-01-01", "2096 Feb 29 2104 Feb 29"),
    ("2026-01-31T09:00", "FREQ=MONTHLY", "2026-08-01", "2026 Jan 31 Mar 31 May 31 Jul 31"),
    ("2026-01-31T09:00", "FREQ=MONTHLY;BYMONTHDAY=-31", "2026-06-01", "2026 Mar 1 May 1"),
    ("2026-01-01T09:00", "FREQ=MONTHLY;BYDAY=5FR", "2026-08-01", "2026 Jan 30 May 29 Jul 31"),
    ("2026-01-01T09:00", "FREQ=YEARLY;BYYEARDAY=366,-366", "2033-01-01", "2028 Jan 1 Dec 31 2032 Jan 1 Dec 31"),
    (
        "2026-01-01T09:00",
        "FREQ=YEARLY;BYYEARDAY=-1,60",
        "2028-12-31",
        "2026 Mar 1 Dec 31 2027 Mar 1 Dec 31 2028 Feb 29",
    ),
    ("2026-01-01T09:00", "FREQ=YEARLY;BYDAY=53TH,-53FR", "2029-01-01", "2026 Dec 31 2027 Jan 1"),
    ("2026-02-01T09:00", "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30", "2426-01-01", ""),
    ("2026-02-01T09:00", "FREQ=YEARLY;BYMONTH=7;BYDAY=10MO", "2426-01-01", ""),
    ("2026-01-05T09:00", "FREQ=WEEKLY;BYDAY=MO,WE,FR;BYSETPOS=-1", "2026-01-20", "2026 Jan 9 16"),
    ("2026-01-07T09:00", "FREQ=WEEKLY;BYDAY=MO,WE,FR;BYSETPOS=2", "2026-01-22", "2026 Jan 7 14 21"),
    ("2026-01-01T09:00", "FREQ=MONTHLY;BYDAY=MO;BYSETPOS=1,1,-4,5,99", "2026-03-01", "2026 Jan 5 Feb 2"),
    ("2026-01-07T09:00", "FREQ=DAILY;UNTIL=20260109", "", "2026 Jan 7-9"),
    ("2026-01-07T09:00", "FREQ=DAILY;UNTIL=20260109T090000", "", "2026 Jan 7-9"),
    ("2026-01-07T09:00", "FREQ=DAILY;UNTIL=20260109T085959", "", "2026 Jan 7-8"),
    ("2026-01-07T09:00", "FREQ=DAILY;UNTIL=20260109T140000Z", "", "2026 Jan 7-9"),
    ("2026-01-07T09:00", "FREQ=DAILY;UNTIL=20260109T135959Z", "", "2026 Jan 7-8"),
    ("2026-01-07T09:00", "FREQ=DAILY;UNTIL=20260101", "", ""),
    ("1970-01-01T09:00", "FREQ=DAILY;INTERVAL=1000;COUNT=3", "", "1970 Jan 1 1972 Sep 27 1975 Jun 24"),
    ("2026-01-07T09:00", "RRULE:freq=daily; count=2;", "", "2026 Jan 7-8"),
]


@pytest.mark.parametrize(("first", "rule", "until", "expected"), MORE)
def test_more(first: str, rule: str, until: str, expected: str) -> None:
    assert found(rule, first, until or "2100-01-01") == days(expected)


@pytest.mark.parametrize("place", [1, 2, 52, 53, -1, -2, -52, -53])
def test_weeks_are_those_of_iso_8601(place: int) -> None:
    """Python counts them by itself; a rule of a year has the days of that year alone."""
    made = {one.date() for one in found(f"FREQ=YEARLY;BYWEEKNO={place}", "1990-01-01T09:00", "2060-12-31T23:00")}
    every = [date(1990, 1, 1) + timedelta(days=number) for number in range(71 * 365 + 18)]
    weeks = {year: date(year, 12, 28).isocalendar().week for year in range(1989, 2062)}
    wanted = {
        day
        for day in every
        for year, week, _ in [day.isocalendar()]
        if week == (place if place > 0 else weeks[year] + 1 + place)
    }
    assert made == wanted
    assert every[-1] == date(2060, 12, 31)


RULES = [
    *(rule for _, rule, _, _ in EXAMPLES if "COUNT" not in rule),
    "FREQ=YEARLY;BYDAY=MO,FR;BYSETPOS=1,-1,50",
    "FREQ=YEARLY;BYWEEKNO=1,53,-1",
    "FREQ=MONTHLY;INTERVAL=5;BYMONTHDAY=31,-1",
    "FREQ=DAILY;INTERVAL=7;BYHOUR=0,23;BYSETPOS=-1",
    "FREQ=WEEKLY;INTERVAL=3;BYDAY=SU,MO;BYSETPOS=2;WKST=WE",
    "FREQ=YEARLY;COUNT=7;BYMONTHDAY=2",
]


@pytest.mark.parametrize("rule", sorted(set(RULES)))
def test_a_part_of_the_time_has_what_the_whole_has_there(rule: str) -> None:
    first, read = clock("1997-09-02T09:00"), recurrence(rule, NEW_YORK)
    whole = starts(read, first, first, clock("2004-01-01"))
    edges = [first + timedelta(days=53 * number) for number in range(44)]
    pieces = [
        one for since, until in pairwise(edges) for one in starts(read, first, since, until - timedelta(seconds=1))
    ]
    assert pieces == [one for one in whole if one < edges[-1]]
    assert pieces == sorted(set(pieces))


def test_an_until_in_utc_is_a_moment_also_where_clocks_change() -> None:
    """In Warsaw 2:30 is skipped on 29 March, and begins at 1:30 UTC; on 25 October it comes at 0:30 and 1:30 UTC."""
    spring, autumn = "2026-03-28T02:30", "2026-10-24T02:30"
    skipped, first_of_two = clock("2026-03-29T02:30"), clock("2026-10-25T02:30")
    assert found("FREQ=DAILY;UNTIL=20260329T013000Z", spring, zone=WARSAW)[-1] == skipped
    assert found("FREQ=DAILY;UNTIL=20260329T012959Z", spring, zone=WARSAW)[-1] == clock(spring)
    assert found("FREQ=DAILY;UNTIL=20261025T011500Z", autumn, zone=WARSAW)[-1] == first_of_two
    assert found("FREQ=DAILY;UNTIL=20261025T003000Z", autumn, zone=WARSAW)[-1] == first_of_two
    assert found("FREQ=DAILY;UNTIL=20261025T002959Z", autumn, zone=WARSAW)[-1] == clock(autumn)


def test_a_rule_is_read_once_for_all_spellings() -> None:
    assert recurrence("BYDAY=FR,MO,FR;FREQ=WEEKLY") == recurrence("freq=weekly;byday=mo,fr")
    assert recurrence("FREQ=DAILY;UNTIL=20260101T000000Z", UTC).until == clock("2026-01-01")


REFUSED = {
    "": "'' is no part of a rule. Write FREQ=WEEKLY;BYDAY=FR, say (RFC 5545, RRULE).",
    "weekly": "'weekly' is no part of a rule.",
    "FREQ=": "'FREQ=' is no part of a rule.",
    "FREQ=WEEKLY;;COUNT=1": "'' is no part of a rule.",
    "FREQ=DAILY;FREQ=WEEKLY": "FREQ stands there twice. Keep one.",
    "BYDAY=FR": "a rule without FREQ is not read here: it is one of DAILY, WEEKLY, MONTHLY, YEARLY.",
    "FREQ=HOURLY": "FREQ=HOURLY is not read here: it is one of DAILY,",
    "FREQ=SECONDLY;COUNT=1": "FREQ=SECONDLY is not read here",
    "FREQ=DAILY;COUNT=2;UNTIL=20270101": "a rule has COUNT or UNTIL, not both. Keep one.",
    "FREQ=DAILY;COUNT=0": "COUNT=0 is not between 1 and 10000.",
    "FREQ=DAILY;COUNT=10001": "COUNT=10001 is not between 1 and 10000.",
    "FREQ=DAILY;COUNT=-1": "COUNT=-1 is not between 1 and 10000.",
    "FREQ=DAILY;COUNT=²": "COUNT=² is not between",
    "FREQ=DAILY;INTERVAL=0": "INTERVAL=0 is not between 1 and 1000.",
    "FREQ=DAILY;INTERVAL=" + "9" * 5000: "INTERVAL=" + "9" * 40 + " is not between 1 and 1000.",
    "FREQ=DAILY;WKST=MONDAY": "WKST=MONDAY is no day. Write one of MO, TU, WE, TH, FR, SA, SU.",
    "FREQ=DAILY;BYEASTER=1": "BYEASTER is no part of a rule.",
    "FREQ=DAILY;X-WHAT=1": "X-WHAT is no part of a rule.",
    "FREQ=MONTHLY;BYWEEKNO=3": "BYWEEKNO belongs to FREQ=YEARLY alone.",
    "FREQ=DAILY;BYYEARDAY=3": "BYYEARDAY belongs to FREQ=YEARLY alone.",
    "FREQ=WEEKLY;BYMONTHDAY=3": "BYMONTHDAY doesn't go with FREQ=WEEKLY.",
    "FREQ=WEEKLY;BYDAY=FRI": "BYDAY=FRI is no day. Write MO, or 1MO and -1FR in a month or a year.",
    "FREQ=WEEKLY;BYDAY=MO,": "BYDAY= is no day.",
    "FREQ=MONTHLY;BYDAY=0MO": "BYDAY=0MO is no day.",
    "FREQ=YEARLY;BYDAY=54MO": "BYDAY=54MO is no day.",
    "FREQ=WEEKLY;BYDAY=1MO": "BYDAY=1MO counts within a month or a year: FREQ=WEEKLY has neither.",
    "FREQ=YEARLY;BYWEEKNO=20;BYDAY=1MO": "a BYDAY with a number doesn't go with BYWEEKNO. Write MO, not 1MO.",
    "FREQ=YEARLY;BYMONTH=13": "BYMONTH=13 is not between 1 and 12.",
    "FREQ=YEARLY;BYMONTH=-1": "BYMONTH=-1 is not between 1 and 12.",
    "FREQ=YEARLY;BYMONTHDAY=0": "BYMONTHDAY=0 is not between 1 and 31.",
    "FREQ=YEARLY;BYMONTHDAY=-32": "BYMONTHDAY=-32 is not between 1 and 31.",
    "FREQ=YEARLY;BYWEEKNO=54": "BYWEEKNO=54 is not between 1 and 53.",
    "FREQ=YEARLY;BYYEARDAY=367": "BYYEARDAY=367 is not between 1 and 366.",
    "FREQ=DAILY;BYHOUR=24": "BYHOUR=24 is not between 0 and 23.",
    "FREQ=DAILY;BYMINUTE=60": "BYMINUTE=60 is not between 0 and 59.",
    "FREQ=DAILY;BYSECOND=60": "BYSECOND=60 is not between 0 and 59.",
    "FREQ=DAILY;BYSETPOS=0": "BYSETPOS=0 is not between 1 and 366.",
    "FREQ=DAILY;BYHOUR=1,2,3,4,5;BYMINUTE=1,2,3,4,5": "starts more than 24 times a day. Write one longer span instead.",
    "FREQ=DAILY;UNTIL=2026-12-31": "UNTIL=2026-12-31 is no date. Write 20261231 or 20261231T180000.",
    "FREQ=DAILY;UNTIL=20260230": "UNTIL=20260230 is no date.",
    "FREQ=DAILY;UNTIL=20261231T250000": "UNTIL=20261231T250000 is no date.",
    "FREQ=DAILY;UNTIL=tomorrow": "UNTIL=TOMORROW is no date.",
}


@pytest.mark.parametrize("text", REFUSED, ids=lambda text: text[:60])
def test_what_is_no_rule_is_told(text: str) -> None:
    with pytest.raises(ValueError, match=re.escape(REFUSED[text])) as caught:
        recurrence(text, UTC)
    assert len(str(caught.value)) < 200


def test_an_until_in_utc_needs_a_zone() -> None:
    with pytest.raises(ValueError, match="UNTIL=20261231T180000Z is in UTC, and the rest is on the wall clock"):
        recurrence("FREQ=DAILY;UNTIL=20261231T180000Z")
