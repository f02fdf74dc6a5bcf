"""Feeds as programs write them, with their exact spans; and what is refused, with the sentence that says so."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from maintainer.policy.feed import Feed, read
from maintainer.text.icalendar import LARGEST, MOST_EVENTS

WARSAW = ZoneInfo("Europe/Warsaw")
SINCE, UNTIL = datetime(2026, 1, 1, tzinfo=UTC), datetime(2028, 1, 1, tzinfo=UTC)


def event(*lines: str, uid: str = "1@shop.example", title: str = "Freeze") -> str:
    return "\r\n".join(
        ("BEGIN:VEVENT", f"UID:{uid}", "DTSTAMP:20260101T000000Z", f"SUMMARY:{title}", *lines, "END:VEVENT")
    )


def calendar(*parts: str) -> str:
    head = ("BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//shop.example//EN")
    return "\r\n".join((*head, *parts, "END:VCALENDAR", ""))


def told(text: str, zone: ZoneInfo = WARSAW) -> list[str]:
    """`Freeze 11-27 00:00 - 11-30 00:00` on the clock of Warsaw, in order."""
    spans = [(span, one.title) for one in read(text.encode(), zone).events for span in one.series.between(SINCE, UNTIL)]
    return [
        f"{title} {span.since.astimezone(WARSAW):%m-%d %H:%M} - {span.until.astimezone(WARSAW):%m-%d %H:%M}"
        for span, title in sorted(spans)
    ]


GOOGLE = """BEGIN:VCALENDAR
PRODID:-//Google Inc//Google Calendar 70.9054//EN
VERSION:2.0
CALSCALE:GREGORIAN
METHOD:PUBLISH
X-WR-CALNAME:Freezes
X-WR-TIMEZONE:Europe/Warsaw
BEGIN:VTIMEZONE
TZID:Europe/Warsaw
X-LIC-LOCATION:Europe/Warsaw
BEGIN:DAYLIGHT
TZOFFSETFROM:+0100
TZOFFSETTO:+0200
TZNAME:GMT+2
DTSTART:19700329T020000
RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU
END:DAYLIGHT
BEGIN:STANDARD
TZOFFSETFROM:+0200
TZOFFSETTO:+0100
TZNAME:GMT+1
DTSTART:19701025T030000
RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU
END:STANDARD
END:VTIMEZONE
BEGIN:VEVENT
DTSTART;VALUE=DATE:20261127
DTEND;VALUE=DATE:20261201
DTSTAMP:20261101T101500Z
UID:a1@google.example
CREATED:20261001T080000Z
DESCRIPTION:Nothing moves\\, really. Ask
  the owners: https://shop.example/freeze
LAST-MODIFIED:20261001T080000Z
SEQUENCE:0
STATUS:CONFIRMED
SUMMARY:Black Week
TRANSP:TRANSPARENT
BEGIN:VALARM
ACTION:DISPLAY
DESCRIPTION:This is an event reminder
TRIGGER:-P0DT0H30M0S
DURATION:PT15M
END:VALARM
END:VEVENT
BEGIN:VEVENT
DTSTART;TZID=Europe/Warsaw:20261023T150000
DTEND;TZID=Europe/Warsaw:20261023T200000
RRULE:FREQ=WEEKLY;UNTIL=20261113T225959Z;BYDAY=FR
EXDATE;TZID=Europe/Warsaw:20261106T150000
DTSTAMP:20261101T101500Z
UID:a2@google.example
SEQUENCE:1
STATUS:CONFIRMED
SUMMARY:Friday
END:VEVENT
BEGIN:VEVENT
DTSTART;TZID=Europe/Warsaw:20261114T150000
DTEND;TZID=Europe/Warsaw:20261114T160000
DTSTAMP:20261101T101500Z
UID:a2@google.example
RECURRENCE-ID;TZID=Europe/Warsaw:20261113T150000
SEQUENCE:2
STATUS:CONFIRMED
SUMMARY:Friday\\, on Saturday
END:VEVENT
BEGIN:VEVENT
DTSTART:20261201T110000Z
DTEND:20261201T120000Z
DTSTAMP:20261101T101500Z
UID:a3@google.example
STATUS:CANCELLED
SUMMARY:Called off
END:VEVENT
END:VCALENDAR
"""
OUTLOOK = """BEGIN:VCALENDAR
METHOD:PUBLISH
PRODID:Microsoft Exchange Server 2010
VERSION:2.0
X-WR-CALNAME:Calendar
BEGIN:VTIMEZONE
TZID:Central European Standard Time
BEGIN:STANDARD
DTSTART:16010101T030000
TZOFFSETFROM:+0200
TZOFFSETTO:+0100
RRULE:FREQ=YEARLY;INTERVAL=1;BYDAY=-1SU;BYMONTH=10
END:STANDARD
BEGIN:DAYLIGHT
DTSTART:16010101T020000
TZOFFSETFROM:+0100
TZOFFSETTO:+0200
RRULE:FREQ=YEARLY;INTERVAL=1;BYDAY=-1SU;BYMONTH=3
END:DAYLIGHT
END:VTIMEZONE
BEGIN:VEVENT
RRULE:FREQ=WEEKLY;UNTIL=20261030T140000Z;INTERVAL=1;BYDAY=FR;WKST=MO
UID:040000008200E00074C5B7101A82E0080000000010
SUMMARY;LANGUAGE=en-GB:Friday afternoon
DTSTART;TZID=Central European Standard Time:20261016T150000
DTEND;TZID=Central European Standard Time:20261016T180000
CLASS:PUBLIC
PRIORITY:5
DTSTAMP:20261101T101500Z
TRANSP:OPAQUE
STATUS:CONFIRMED
SEQUENCE:0
X-MICROSOFT-CDO-BUSYSTATUS:BUSY
END:VEVENT
END:VCALENDAR
"""
APPLE = """BEGIN:VCALENDAR
CALSCALE:GREGORIAN
PRODID:-//Apple Inc.//macOS 15.1//EN
VERSION:2.0
X-APPLE-CALENDAR-COLOR:#FF2968
X-WR-CALNAME:Freezes
BEGIN:VTIMEZONE
TZID:Shop Time
BEGIN:STANDARD
DTSTART:20200101T000000
TZOFFSETFROM:+0300
TZOFFSETTO:+0300
TZNAME:GMT+3
END:STANDARD
END:VTIMEZONE
BEGIN:VEVENT
CREATED:20261001T080000Z
DTEND;TZID=Shop Time:20261224T180000
DTSTAMP:20261101T101500Z
DTSTART;TZID=Shop Time:20261224T120000
SUMMARY:Christmas Eve
TRANSP:OPAQUE
UID:5E0E1D3C-0000-4000-8000-000000000001
X-APPLE-TRAVEL-ADVISORY-BEHAVIOR:AUTOMATIC
END:VEVENT
BEGIN:VEVENT
DTSTART;VALUE=DATE:20261225
DURATION:P2D
RRULE:FREQ=YEARLY
SUMMARY:Christmas 🎄
UID:5E0E1D3C-0000-4000-8000-000000000002
END:VEVENT
END:VCALENDAR
"""
GOOD = {
    "google": (
        GOOGLE,
        [
            "Friday 10-23 15:00 - 10-23 20:00",
            "Friday 10-30 15:00 - 10-30 20:00",
            "Friday, on Saturday 11-14 15:00 - 11-14 16:00",
            "Black Week 11-27 00:00 - 12-01 00:00",
        ],
    ),
    "outlook": (
        OUTLOOK,
        [
            "Friday afternoon 10-16 15:00 - 10-16 18:00",
            "Friday afternoon 10-23 15:00 - 10-23 18:00",
            "Friday afternoon 10-30 15:00 - 10-30 18:00",
        ],
    ),
    "apple": (
        APPLE,
        [
            "Christmas Eve 12-24 10:00 - 12-24 16:00",
            "Christmas 🎄 12-25 00:00 - 12-27 00:00",
            "Christmas 🎄 12-25 00:00 - 12-27 00:00",
        ],
    ),
    "a day without an end": (calendar(event("DTSTART;VALUE=DATE:20261127")), ["Freeze 11-27 00:00 - 11-28 00:00"]),
    "a time without an end": (calendar(event("DTSTART:20261127T080000Z")), []),
    "no zone is the site's": (
        calendar(event("DTSTART:20261127T080000", "DTEND:20261127T090000")),
        ["Freeze 11-27 08:00 - 11-27 09:00"],
    ),
    "no zone is the calendar's": (
        calendar("X-WR-TIMEZONE:America/New_York", event("DTSTART:20261127T080000", "DURATION:PT1H")),
        ["Freeze 11-27 14:00 - 11-27 15:00"],
    ),
    "UTC recurs on the calendar's clock": (
        calendar(
            "X-WR-TIMEZONE:Europe/Warsaw",
            event("DTSTART:20261023T130000Z", "DURATION:PT1H", "RRULE:FREQ=WEEKLY;COUNT=2"),
        ),
        ["Freeze 10-23 15:00 - 10-23 16:00", "Freeze 10-30 15:00 - 10-30 16:00"],
    ),
    "UTC recurs in UTC": (
        calendar(event("DTSTART:20261023T130000Z", "DURATION:PT1H", "RRULE:FREQ=WEEKLY;COUNT=2")),
        ["Freeze 10-23 15:00 - 10-23 16:00", "Freeze 10-30 14:00 - 10-30 15:00"],
    ),
    "dates that are added": (
        calendar(
            event(
                "DTSTART;TZID=Europe/Warsaw:20261127T080000",
                "DTEND;TZID=Europe/Warsaw:20261127T100000",
                "RDATE;TZID=Europe/Warsaw:20261128T080000,20261129T090000",
                "RDATE;VALUE=PERIOD:20261130T080000Z/PT1H,20261201T080000Z/20261201T120000Z",
            )
        ),
        [
            "Freeze 11-27 08:00 - 11-27 10:00",
            "Freeze 11-28 08:00 - 11-28 10:00",
            "Freeze 11-29 09:00 - 11-29 11:00",
            "Freeze 11-30 09:00 - 11-30 10:00",
            "Freeze 12-01 09:00 - 12-01 13:00",
        ],
    ),
    "dates that are left out": (
        calendar(
            event(
                "DTSTART;TZID=Europe/Warsaw:20261120T080000",
                "DURATION:PT1H",
                "RRULE:FREQ=DAILY;COUNT=5;BYHOUR=8",
                "EXDATE;VALUE=DATE:20261120",
                "EXDATE:20261121T070000Z",
                "EXDATE;TZID=America/New_York:20261122T020000",
            )
        ),
        ["Freeze 11-23 08:00 - 11-23 09:00", "Freeze 11-24 08:00 - 11-24 09:00"],
    ),
    "a day is left out, but not what stands in its place": (
        calendar(
            event(
                "DTSTART:20261120T080000Z", "DURATION:PT1H", "RRULE:FREQ=DAILY;COUNT=2", "EXDATE;VALUE=DATE:20261121"
            ),
            event("DTSTART:20261125T080000Z", "DURATION:PT1H", "RECURRENCE-ID:20261121T080000Z", title="Later"),
        ),
        ["Freeze 11-20 09:00 - 11-20 10:00", "Later 11-25 09:00 - 11-25 10:00"],
    ),
    "what is left out has nothing in its place": (
        calendar(
            event("DTSTART:20261120T080000Z", "DURATION:PT1H", "RRULE:FREQ=DAILY;COUNT=2", "EXDATE:20261121T080000Z"),
            event("DTSTART:20261125T080000Z", "DURATION:PT1H", "RECURRENCE-ID:20261121T080000Z", title="Later"),
        ),
        ["Freeze 11-20 09:00 - 11-20 10:00"],
    ),
    "an occurrence is called off": (
        calendar(
            event("DTSTART;VALUE=DATE:20261120", "RRULE:FREQ=DAILY;COUNT=3"),
            event("DTSTART;VALUE=DATE:20261121", "RECURRENCE-ID;VALUE=DATE:20261121", "STATUS:CANCELLED"),
        ),
        ["Freeze 11-20 00:00 - 11-21 00:00", "Freeze 11-22 00:00 - 11-23 00:00"],
    ),
    "the last revision counts": (
        calendar(
            event("DTSTART;VALUE=DATE:20261120", "SEQUENCE:3", title="New"),
            event("DTSTART;VALUE=DATE:20261127", "SEQUENCE:2", title="Old"),
        ),
        ["New 11-20 00:00 - 11-21 00:00"],
    ),
    "the last revision is called off": (
        calendar(
            event("DTSTART;VALUE=DATE:20261120", "SEQUENCE:3", "STATUS:CANCELLED"),
            event("DTSTART;VALUE=DATE:20261120", "SEQUENCE:2"),
        ),
        [],
    ),
    "the same twice is once": (
        calendar(event("DTSTART;VALUE=DATE:20261120"), event("DTSTART;VALUE=DATE:20261120")),
        ["Freeze 11-20 00:00 - 11-21 00:00"],
    ),
    "several rules": (
        calendar(
            event(
                "DTSTART;VALUE=DATE:20261120", "RRULE:FREQ=DAILY;COUNT=2", "RRULE:FREQ=WEEKLY;COUNT=2"
            )
        ),
        ["Freeze 11-20 00:00 - 11-21 00:00", "Freeze 11-21 00:00 - 11-22 00:00", "Freeze 11-27 00:00 - 11-28 00:00"],
    ),
    "an event taken back by a rule that is over": (
        calendar(event("DTSTART;VALUE=DATE:20261120", "RRULE:FREQ=DAILY;UNTIL=20261101")),
        [],
    ),
    "a start the clocks skip": (
        calendar(event("DTSTART;TZID=Europe/Warsaw:20260329T023000", "DTEND;TZID=Europe/Warsaw:20260329T040000")),
        ["Freeze 03-29 03:30 - 03-29 04:00"],
    ),
    "no title, byte order mark, bare newlines": (
        "\ufeff" + calendar("BEGIN:VEVENT\nUID:1\nDTSTART;VALUE=DATE:20261127\nEND:VEVENT").replace("\r\n", "\n"),
        ["without a title 11-27 00:00 - 11-28 00:00"],
    ),
    "a day in a zone of its own": (
        calendar(event("DTSTART;VALUE=DATE;TZID=America/New_York:20261127")),
        ["Freeze 11-27 06:00 - 11-28 06:00"],
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", GOOD)
def test_a_feed_has_exactly_these_spans(case: str) -> None:
    text, expected = GOOD[case]
    assert told(text.replace("\r\n", "\n").replace("\n", "\r\n")) == expected
    assert told(text) == expected


def test_days_are_those_of_the_zone_that_is_given() -> None:
    text = calendar(event("DTSTART;VALUE=DATE:20261127"))
    assert told(text, ZoneInfo("America/New_York")) == ["Freeze 11-27 06:00 - 11-28 06:00"]


def test_what_was_called_off_is_known_by_its_title() -> None:
    text = calendar(event("DTSTART;VALUE=DATE:20261127", "STATUS:CANCELLED", title="Black Week"))
    assert read(text.encode(), WARSAW) == Feed((), ("Black Week",))


def test_a_zone_a_calendar_describes_is_its_own() -> None:
    """Two calendars may mean different things by one name; what one says is forgotten with it."""
    other = APPLE.replace("+0300", "-0500")
    assert told(APPLE)[0] == "Christmas Eve 12-24 10:00 - 12-24 16:00"
    assert told(other)[0] == "Christmas Eve 12-24 18:00 - 12-25 00:00"
    assert told(APPLE)[0] == "Christmas Eve 12-24 10:00 - 12-24 16:00"


def test_a_described_zone_changes_its_clocks_as_the_zone_it_describes() -> None:
    described = OUTLOOK.replace("Central European Standard Time", "Here")
    zone = read(described.encode(), WARSAW).events[0].series.zone
    when = datetime(2026, 3, 20, tzinfo=UTC)
    assert zone is not WARSAW
    while when < datetime(2026, 11, 1, tzinfo=UTC):
        assert when.astimezone(zone).replace(tzinfo=None) == when.astimezone(WARSAW).replace(tzinfo=None)
        shown = when.replace(tzinfo=None)
        assert shown.replace(tzinfo=zone).astimezone(UTC) == shown.replace(tzinfo=WARSAW).astimezone(UTC)
        when += timedelta(minutes=30)


DAY = "DTSTART;VALUE=DATE:20261127"
TIME = "DTSTART;TZID=Europe/Warsaw:20261127T150000"
WHOLE = calendar(event(DAY), event(TIME, uid="2"))
WRONG = {
    "empty": ("", "is empty. Export it anew, or correct its address."),
    "white": (" \r\n\r\n", "is empty."),
    "a web page": ("<!doctype html><html><title>Sign in</title>", "is a web page or XML, no calendar"),
    "a web page after newlines": ("\n\n <html>", "is a web page or XML, no calendar"),
    "JSON": ('{"error": "not found"}', "is JSON, no iCalendar."),
    "words": ("Not found", "line 1: is no line of an iCalendar ('Not found')."),
    "a message": ("X-ERROR:gone", "line 1: doesn't begin with BEGIN:VCALENDAR."),
    "a card": ("BEGIN:VCARD\nEND:VCARD\n", "line 1: begins with VCARD, not with a VCALENDAR."),
    "an event alone": (event(DAY), "line 1: begins with VEVENT, not with a VCALENDAR."),
    "no event": (calendar(), "has no event (VEVENT), but nothing. Correct its address, or put freezes into it."),
    "tasks": (calendar("BEGIN:VTODO\nUID:1\nEND:VTODO"), "has no event (VEVENT), but VTODO."),
    "cut in a line": (WHOLE[:-7], "END:VCAL ends the VCALENDAR of line 1"),
    "cut before its end": (WHOLE[: WHOLE.index("END:VCALENDAR")], "ends in the middle, without its END:VCALENDAR"),
    "cut in an event": (WHOLE[: WHOLE.rindex("END:VEVENT")], "ends in the middle"),
    "cut in a name": (WHOLE[: WHOLE.rindex("DTSTART") + 4], "is no line of an iCalendar ('DTST')"),
    "an end is missing": (WHOLE.replace("END:VEVENT\r\nBEGIN", "BEGIN"), "ends the VEVENT of line 4"),
    "goes on": (WHOLE + "BEGIN:VEVENT\n", "goes on after its END:VCALENDAR."),
    "two calendars": (WHOLE + WHOLE, "goes on after its END:VCALENDAR."),
    "garbage inside": (WHOLE.replace("UID:2", "=?garbage"), "is no line of an iCalendar ('=?garbage')"),
    "a name with a semicolon": (calendar(event(DAY, "RD;ATE:20261201")), "RD can't be read ('RD;ATE:20261201')."),
    "an occurrence that can't be read, and is left out": (
        calendar(
            event(DAY, "RRULE:FREQ=DAILY", "EXDATE;VALUE=DATE:20261128"),
            event("DTSTART:tomorrow", "RECURRENCE-ID;VALUE=DATE:20261128"),
        ),
        "DTSTART: 'tomorrow' is no date.",
    ),
    "an unbalanced quote": (calendar(event('DTSTART;TZID="Europe/Warsaw:20261127T150000')), "DTSTART can't be read"),
    "CR alone": (WHOLE.replace("\r\nDTSTART", "\r\tDTSTART"), "has a line end that is none (CR alone)."),
    "NUL": (WHOLE.replace("Freeze", "Fre\0eze"), "has bytes of a binary file in it."),
    "vCalendar 1.0": (WHOLE.replace("VERSION:2.0", "VERSION:1.0"), "is of version 1.0, not iCalendar 2.0."),
    "another scale": (calendar("CALSCALE:HEBREW", event(DAY)), "counts by the calendar HEBREW."),
    "a cancellation": (calendar("METHOD:CANCEL", event(DAY)), "is a message about events (METHOD:CANCEL)"),
    "a reply": (calendar("METHOD:REPLY", event(DAY)), "is a message about events (METHOD:REPLY)"),
    "a method twice": (calendar("METHOD:PUBLISH\nMETHOD:PUBLISH", event(DAY)), "METHOD stands there twice. Keep one."),
    "a zone nobody knows": (
        calendar(event("DTSTART;TZID=Europe/Warszawa:20261127T150000")),
        "DTSTART: the zone 'Europe/Warszawa' is none of IANA's and isn't described there. Use a name such as",
    ),
    "a calendar's zone nobody knows": (
        calendar("X-WR-TIMEZONE:Mars/Olympus", event(DAY)),
        "the zone 'Mars/Olympus' is none of IANA's",
    ),
    "a zone without offsets": (
        calendar("BEGIN:VTIMEZONE\nTZID:Here\nEND:VTIMEZONE", event("DTSTART;TZID=Here:20261127T150000")),
        "the VTIMEZONE 'Here' says no offset. Use a zone of IANA's.",
    ),
    "a zone with a wrong offset": (
        APPLE.replace("TZOFFSETTO:+0300", "TZOFFSETTO:3h"),
        "TZOFFSETTO is no offset. It is of the VTIMEZONE 'Shop Time'",
    ),
    "a zone that changes daily": (
        APPLE.replace("TZNAME:GMT+3", "RRULE:FREQ=DAILY"),
        "clocks that change more often than by FREQ=YEARLY are not read here",
    ),
    "no start": (calendar(event("DTEND:20261127T150000Z")), "'Freeze' has no DTSTART. Give the event a start."),
    "a misspelt start": (calendar(event("DSTART:20261127T150000Z")), "DSTART is no property. Did you mean DTSTART?"),
    "a misspelt rule": (calendar(event(DAY, "RULE:FREQ=DAILY")), "RULE is no property. Did you mean RRULE?"),
    "a start twice": (calendar(event(DAY, DAY)), "DTSTART stands there twice. Keep one."),
    "an empty start": (calendar(event("DTSTART:")), "DTSTART: '' is no date. Write 20261127 or 20261127T150000Z."),
    "no such day": (calendar(event("DTSTART:20260230T000000Z")), "'20260230T000000Z' is no date."),
    "an offset": (calendar(event("DTSTART:20261127T150000+0100")), "'20261127T150000+0100' is no date."),
    "hyphens": (calendar(event("DTSTART;VALUE=DATE:2026-11-27")), "'2026-11-27' is no date."),
    "a day that is a time": (calendar(event("DTSTART;VALUE=DATE:20261127T150000")), "is no date."),
    "a time long ago": (calendar(event("DTSTART:00010101T000000Z")), "the year 1 is far away. Correct it."),
    "an end before the start": (
        calendar(event(TIME, "DTEND;TZID=Europe/Warsaw:20261127T140000")),
        "'Freeze' ends before it begins. Correct its DTEND, which is not included.",
    ),
    "an end before the start in another zone": (
        calendar(event(TIME, "DTEND;TZID=Asia/Tokyo:20261127T160000")),
        "'Freeze' ends before it begins.",
    ),
    "a day that ends on itself": (
        calendar(event(DAY, "DTEND;VALUE=DATE:20261127")),
        "ends on the day it begins, and DTEND is not included. Write the day after.",
    ),
    "an end of another kind": (
        calendar(event(DAY, "DTEND:20261128T000000Z")),
        "begins with a day and ends with a time of day. Use one of them.",
    ),
    "an end and a length": (calendar(event(DAY, "DTEND;VALUE=DATE:20261128", "DURATION:P1D")), "Keep one."),
    "a length that is none": (calendar(event(DAY, "DURATION:3 days")), "'3 days' is no duration. Write PT4H or P3D."),
    "a length backwards": (calendar(event(TIME, "DURATION:-PT1H")), "'-PT1H' is no duration."),
    "a hundred years": (calendar(event(DAY, "DTEND;VALUE=DATE:22261127")), "lasts more than a hundred years."),
    "a year and more, again and again": (
        calendar(event(DAY, "DURATION:P400D", "RRULE:FREQ=DAILY")),
        "recurs, and lasts longer than a year.",
    ),
    "every hour": (calendar(event(TIME, "RRULE:FREQ=HOURLY")), "RRULE: FREQ=HOURLY is not read here"),
    "every second": (calendar(event(TIME, "RRULE:FREQ=SECONDLY")), "RRULE: FREQ=SECONDLY is not read here"),
    "minute by minute": (
        calendar(event(TIME, f"RRULE:FREQ=DAILY;BYMINUTE={','.join(map(str, range(60)))}")),
        "RRULE: starts more than 24 times a day.",
    ),
    "a rule that is none": (calendar(event(DAY, "RRULE:every Friday")), "RRULE: 'every Friday' is no part of a rule."),
    "half a rule": (calendar(event(DAY, "RRULE:FREQ=WEEKLY;BYDAY")), "RRULE: 'BYDAY' is no part of a rule."),
    "no such weekday": (calendar(event(DAY, "RRULE:FREQ=WEEKLY;BYDAY=PT")), "RRULE: BYDAY=PT is no day."),
    "another calendar's rule": (calendar(event(DAY, "RRULE:FREQ=YEARLY;RSCALE=CHINESE")), "RSCALE is no part"),
    "a rule that ends on a day": (
        calendar(event(TIME, "RRULE:FREQ=WEEKLY;UNTIL=20261231")),
        "so UNTIL is in UTC, such as 20261231T235959Z.",
    ),
    "a rule that ends on nobody's clock": (
        calendar(event(TIME, "RRULE:FREQ=WEEKLY;UNTIL=20261231T150000")),
        "so UNTIL is in UTC, such as 20261231T235959Z.",
    ),
    "a rule that ends nowhere": (calendar(event(DAY, "RRULE:FREQ=DAILY;UNTIL=soon")), "RRULE: UNTIL=SOON is no date."),
    "exceptions by rule": (calendar(event(DAY, "EXRULE:FREQ=WEEKLY")), "EXRULE was given up in 2009"),
    "an exception that is none": (calendar(event(DAY, "RRULE:FREQ=DAILY", "EXDATE:")), "EXDATE: '' is no date."),
    "a period backwards": (
        calendar(event(TIME, "RDATE;VALUE=PERIOD:20261130T080000Z/20261129T080000Z")),
        "ends before it begins. Correct its end.",
    ),
    "a time added to days": (calendar(event(DAY, "RDATE:20261130T080000Z")), "RDATE has a time of day, and the event"),
    "from one occurrence on": (
        calendar(event(DAY, "RRULE:FREQ=DAILY"), event(DAY, "RECURRENCE-ID;RANGE=THISANDFUTURE;VALUE=DATE:20261127")),
        "RANGE=THISANDFUTURE changes an event from one occurrence on, which isn't read here. End the event there",
    ),
    "an occurrence that recurs": (
        calendar(event(DAY, "RECURRENCE-ID;VALUE=DATE:20261127", "RRULE:FREQ=DAILY")),
        "what stands for one occurrence (RECURRENCE-ID) recurs itself.",
    ),
    "an occurrence of nothing": (
        calendar(event(DAY, "RECURRENCE-ID;VALUE=DATE:20261127", uid="")),
        "what stands for one occurrence (RECURRENCE-ID) has no UID.",
    ),
    "two with one name": (
        calendar(event(DAY), event("DTSTART;VALUE=DATE:20261224")),
        "two events have one UID ('1@shop.example') and one SEQUENCE: which of them counts can't be known.",
    ),
    "a revision that is no number": (calendar(event(DAY, "SEQUENCE:last")), "SEQUENCE:last is no number."),
    "too many": (calendar(*(event(DAY, uid=str(n)) for n in range(MOST_EVENTS + 1))), "has more than 5000 events."),
}  # fmt: skip


@pytest.mark.parametrize("case", WRONG)
def test_what_cant_be_read_for_sure_is_refused(case: str) -> None:
    text, sentence = WRONG[case]
    with pytest.raises(ValueError) as refused:
        read(text.encode(), WARSAW)
    assert sentence in str(refused.value)
    assert str(refused.value).endswith((".", "?")), "a sentence, which says what to do"


def test_other_encodings_and_sizes_are_refused() -> None:
    text = calendar(event(DAY, title="Święta"))
    with pytest.raises(ValueError, match=r"is not UTF-8\. Save or export it as UTF-8\."):
        read(text.encode("iso-8859-2"), WARSAW)
    with pytest.raises(ValueError, match="is not UTF-8"):
        read(text.encode("utf-16"), WARSAW)
    with pytest.raises(ValueError, match="is larger than 4 MiB"):
        read(text.encode() + b"\n" * LARGEST, WARSAW)


def test_five_thousand_events_are_read_in_seconds() -> None:
    text = calendar(*(event(TIME, "RRULE:FREQ=WEEKLY", uid=str(n)) for n in range(MOST_EVENTS)))
    assert len(read(text.encode(), WARSAW).events) == MOST_EVENTS
