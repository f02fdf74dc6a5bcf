"""Random calendars, each twice: as the configuration's `freeze` and `windows`, and as iCalendar text.

    drawn(seed) -> Drawn
    moments(drawn, spans) -> list[datetime]        at which to ask, most of them at edges

What the two say the same is written here by hand, with nothing of ours: a date of the configuration is a whole day of
its zone, and its UNTIL, which may be local, is in UTC there, as RFC 5545 wants it of an event with a zone.

Left out of the draw, because python-dateutil, which the authority expands rules with, departs from RFC 5545 there:

* FREQ=WEEKLY;BYSETPOS. Its first week begins at DTSTART, so positions are counted among fewer days than the week has.
* BYWEEKNO=52, 53 and the same from the year's end. Whether the first days of a January are in the last week of the
  year before is decided there by the length of the wrong year (`rebuild`, `lnumweeks`). tests/policy/test_recurrence.py
  holds these against Python's own `isocalendar`.
* BYHOUR with exceptions that have a time. recurring-ical-events (`to_recurrence_ids`) takes what an exception shows on
  its clock for UTC too, so 0:00 in Cairo leaves out what begins at 3:00 there, which is 0:00 in UTC.
* BYDAY=53SU;BYMONTH=7 and other numbers that no month has: it raises an IndexError.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

ZONES = (
    "Europe/Warsaw",
    "America/New_York",
    "Asia/Kolkata",  # never changes its clocks
    "Australia/Lord_Howe",  # by half an hour
    "America/Santiago",  # at midnight, in the south
    "Africa/Cairo",  # at midnight, in the north
)
PHASES = ("propose", "merge", "deploy")
DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
#: Around the hours at which clocks change in one zone or another.
TIMES = tuple(
    time(*shown)
    for shown in (
        *(
            (0, 0),
            (0, 15),
            (0, 30),
            (0, 59, 59),
            (1, 0),
            (1, 30),
            (1, 45),
            (1, 59, 59),
            (2, 0),
            (2, 15),
            (2, 30),
            (3, 0),
        ),
        *((3, 30), (9, 0), (12, 34, 56), (15, 0), (22, 0), (23, 0), (23, 30), (23, 59, 59)),
    )
)
LENGTHS = tuple(timedelta(minutes=minutes) for minutes in (1, 15, 30, 60, 90, 120, 480, 1440, 1500, 2880, 4320, 10080))
MOMENT, SECOND = timedelta(microseconds=1), timedelta(seconds=1)
LOCAL, UTC_TIME, DATE = "%Y%m%dT%H%M%S", "%Y%m%dT%H%M%SZ", "%Y%m%d"


@dataclass(frozen=True)
class Part:
    """A freeze or a window: `lead` and `tail` are (days by the clock, elapsed)."""

    kind: str
    name: str
    zone: ZoneInfo
    applies_to: tuple[str, ...]
    lead: tuple[int, timedelta]
    tail: tuple[int, timedelta]


@dataclass(frozen=True)
class Drawn:
    """`text` is the configuration, `ics` the same: the UID of an event is the number of its part.

    `since` and `until` bound what is asked about.
    """

    seed: int
    text: str
    ics: str
    parts: tuple[Part, ...]
    since: datetime
    until: datetime


@cache
def transitions(name: str) -> tuple[datetime, ...]:
    """When the clocks of a zone change from 2023 to 2028, in UTC, to the minute."""
    zone, found = ZoneInfo(name), []
    hour = datetime(2023, 1, 1, tzinfo=UTC)
    while hour.year < 2029:
        after = hour + timedelta(hours=1)
        if hour.astimezone(zone).utcoffset() != after.astimezone(zone).utcoffset():
            minutes = (hour + timedelta(minutes=each) for each in range(1, 61))
            before = hour.astimezone(zone).utcoffset()
            found.append(next(each for each in minutes if each.astimezone(zone).utcoffset() != before))
        hour = after
    return tuple(found)


def drawn(seed: int) -> Drawn:
    """The calendar of this number; the same each time."""
    random = Random(seed)
    site = random.choice(ZONES)
    changes = transitions(site)
    if changes and random.random() < 0.7:
        middle = random.choice(changes)
    else:
        middle = datetime(2023, 3, 1, tzinfo=UTC) + timedelta(days=random.randrange(1900))
    kinds = random.choices(("freeze", "windows"), k=random.choice((1, 1, 1, 2, 4)))
    configuration: dict[str, Any] = {"site": {"timezone": site}}
    events, parts = [], []
    for number, kind in enumerate(kinds):
        zone = random.choice(ZONES) if random.random() < 0.25 else site
        item, event = _hours(random, ZoneInfo(zone), middle)
        if random.random() < 0.85:
            item, event = _span(random, ZoneInfo(zone), middle)
        if zone != site:
            item["zone"] = zone
        lead, tail = _duration(random), _duration(random)
        for key, (days, elapsed) in (("lead", lead), ("tail", tail)):
            if days or elapsed:
                item[key] = f"{days}d" * bool(days) + f"{elapsed // timedelta(hours=1)}h" * bool(elapsed)
        if random.random() < 0.3:
            item["applies_to"] = applies_to = tuple(random.sample(PHASES, random.randint(1, 3)))
        else:
            applies_to = ("merge", "deploy") if kind == "freeze" else ("deploy",)
        name = f"{kind} {number}"
        configuration.setdefault(kind, []).append({"name": name, **item})
        events += ["BEGIN:VEVENT", f"UID:{number}", "DTSTAMP:20260101T000000Z", *event, "END:VEVENT"]
        parts.append(Part(kind, name, ZoneInfo(zone), applies_to, lead, tail))
    ics = "\r\n".join(["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//drawn//EN", *events, "END:VCALENDAR", ""])
    around = timedelta(days=random.choice((4, 10, 20)))
    return Drawn(seed, json.dumps(configuration), ics, tuple(parts), middle - around, middle + around)


def moments(drawn: Drawn, spans: Iterable[tuple[datetime, datetime]], most: int = 12) -> list[datetime]:
    """Edges of these spans and changes of clocks, right before them and right after, and some moments anywhere."""
    random = Random(drawn.seed)
    edges = [edge for span in spans for edge in span if drawn.since <= edge < drawn.until]
    changes = {change for part in drawn.parts for change in transitions(part.zone.key)}
    edges += [change for change in changes if drawn.since <= change < drawn.until]
    random.shuffle(edges)
    near = (timedelta(), -MOMENT, -SECOND, MOMENT, timedelta(minutes=-30), timedelta(minutes=30))
    asked = {edge + each for edge in edges[: most // 3] for each in near[:2]}
    asked |= {edge + random.choice(near) for edge in edges[most // 3 : most]}
    while len(asked) < most:
        asked.add(drawn.since + random.random() * (drawn.until - drawn.since))
    return sorted(asked)


def _duration(random: Random) -> tuple[int, timedelta]:
    if random.random() < 0.6:
        return 0, timedelta()
    return random.choice((0, 1, 2, 4)), timedelta(hours=random.choice((0, 1, 2, 24, 72)))


def _hours(random: Random, zone: ZoneInfo, middle: datetime) -> tuple[dict[str, Any], list[str]]:
    """Hours of every week, some over midnight; as an event of a week a year before."""
    days = sorted(random.sample(range(7), random.randint(1, 4)))
    since, until = (each.replace(second=0) for each in random.sample(TIMES, 2))
    while since == until:
        until = random.choice(TIMES).replace(second=0)
    whole = random.random() < 0.2
    if whole:
        since = until = time()
    first = middle.astimezone(zone).date() - timedelta(days=300)
    first += timedelta(days=next(each for each in range(7) if (first + timedelta(days=each)).weekday() in days))
    end = datetime.combine(first + timedelta(days=until <= since), until)
    names = ",".join(DAYS[day] for day in days)
    written = {"MO": "mon", "TU": "tue", "WE": "wed", "TH": "thu", "FR": "fri", "SA": "sat", "SU": "sun"}
    text = ",".join(written[DAYS[day]] for day in days)
    shown = "24:00" if until == time() else f"{until:%H:%M}"
    item = {"hours": text if whole else f"{text} {since:%H:%M}-{shown}"}
    return item, [
        f"DTSTART;TZID={zone.key}:{datetime.combine(first, since):{LOCAL}}",
        f"DTEND;TZID={zone.key}:{end:{LOCAL}}",
        f"RRULE:FREQ=WEEKLY;BYDAY={names}",
    ]


def _span(random: Random, zone: ZoneInfo, middle: datetime) -> tuple[dict[str, Any], list[str]]:
    there = middle.astimezone(zone)
    repeats = random.random() < 0.75
    frequency = random.choice(("DAILY", "WEEKLY", "MONTHLY", "YEARLY"))
    back = {"DAILY": 60, "WEEKLY": 200, "MONTHLY": 500, "YEARLY": 1500}[frequency] if repeats else 3
    day = there.date() - timedelta(days=random.choice((0, 0, random.randrange(back))))
    rule = _rule(random, frequency)
    if random.random() < 0.3:
        # What begins with a day has no hours in its rule (RFC 5545, section 3.3.10).
        item, event, since = _days(random, zone, day, whole=not (repeats and "BYHOUR" in rule))
    else:
        item, event, since = _times(random, zone, datetime.combine(day, random.choice(TIMES)), repeats)
    if repeats:
        whole = "VALUE=DATE" in event[0]
        said, meant = _end(random, zone, since, whole)
        item["repeat"] = rule + said
        event.append(f"RRULE:{rule}{meant}")
        if random.random() < 0.4:
            days_alone = whole or "BYHOUR" in rule
            except_, exdates = _exceptions(random, zone, since, there.date(), days_alone)
            item["except"] = except_
            event += exdates
    return item, event


def _days(random: Random, zone: ZoneInfo, day: date, *, whole: bool) -> tuple[dict[str, Any], list[str], datetime]:
    """From a day to a day: an event of whole days, or from midnight to midnight."""
    last = day + timedelta(days=random.choice((0, 0, 1, 3, 8)))
    end = last + timedelta(days=1)
    if whole:
        event = [f"DTSTART;VALUE=DATE:{day:{DATE}}", f"DTEND;VALUE=DATE:{end:{DATE}}"]
    else:
        event = [f"DTSTART;TZID={zone.key}:{day:{DATE}}T000000", f"DTEND;TZID={zone.key}:{end:{DATE}}T000000"]
    return {"from": day.isoformat(), "to": last.isoformat()}, event, datetime.combine(day, time())


def _times(
    random: Random, zone: ZoneInfo, since: datetime, repeats: bool
) -> tuple[dict[str, Any], list[str], datetime]:
    """From a time on: by the zone's clock, or with an offset, which an event that doesn't recur says in UTC.

    What recurs can't begin or end in the second of two hours there.
    """
    until = since + random.choice(LENGTHS)
    if random.random() < 0.25:
        offset = random.choice((UTC, ZoneInfo("Asia/Tokyo"), ZoneInfo("America/Phoenix")))
        begins, ends = (each.replace(tzinfo=offset) for each in (since, until))
        local = tuple(each.astimezone(zone).replace(tzinfo=None) for each in (begins, ends))
        if not repeats:
            item = {"from": begins.isoformat(), "to": ends.isoformat()}
            event = [f"DTSTART:{begins.astimezone(UTC):{UTC_TIME}}", f"DTEND:{ends.astimezone(UTC):{UTC_TIME}}"]
            return item, event, local[0]
        if not any(each.fold for each in local) and local[0] < local[1]:
            event = [f"DTSTART;TZID={zone.key}:{local[0]:{LOCAL}}", f"DTEND;TZID={zone.key}:{local[1]:{LOCAL}}"]
            return {"from": begins.isoformat(), "to": ends.isoformat()}, event, local[0]
    event = [f"DTSTART;TZID={zone.key}:{since:{LOCAL}}", f"DTEND;TZID={zone.key}:{until:{LOCAL}}"]
    if until.time() == time() and random.random() < 0.5:
        return {"from": since.isoformat(), "to": (until.date() - timedelta(days=1)).isoformat()}, event, since
    return {"from": since.isoformat(" "), "to": until.isoformat()}, event, since


def _end(random: Random, zone: ZoneInfo, since: datetime, whole: bool) -> tuple[str, str]:
    """COUNT, UNTIL or nothing: as the configuration says it, and as the event does."""
    kind = random.choice(("", "", "count", "date") if whole else ("", "", "count", "date", "local", "utc"))
    if not kind:
        return "", ""
    if kind == "count":
        count = f";COUNT={random.choice((1, 2, 3, 10, 40))}"
        return count, count
    last = since + timedelta(days=random.choice((0, 1, 7, 30, 60, 61, 200, 365, 800)))
    if kind == "utc":
        # Also in hours that are skipped or come twice.
        moment = max(last, since + timedelta(days=1)).replace(tzinfo=zone, fold=random.randint(0, 1)).astimezone(UTC)
        moment += timedelta(minutes=random.choice((-45, -30, 0, 0, 0, 15, 30)))
        return (f";UNTIL={moment:{UTC_TIME}}",) * 2
    while _changes(zone, last):
        last += timedelta(days=1)
    if kind == "date":
        end = datetime.combine(last, time(23, 59, 59), tzinfo=zone).astimezone(UTC)
        return f";UNTIL={last:{DATE}}", f";UNTIL={last:{DATE}}" if whole else f";UNTIL={end:{UTC_TIME}}"
    return f";UNTIL={last:{LOCAL}}", f";UNTIL={last.replace(tzinfo=zone).astimezone(UTC):{UTC_TIME}}"


def _changes(zone: ZoneInfo, when: datetime) -> bool:
    """Whether the clock is set about then: what is later on the wall may not be later, and a local UNTIL is neither."""
    offsets = {(when + timedelta(days=each)).replace(tzinfo=zone).utcoffset() for each in (-1, 0, 1)}
    return len(offsets) > 1


def _exceptions(
    random: Random, zone: ZoneInfo, since: datetime, near: date, days_alone: bool
) -> tuple[list[str], list[str]]:
    """Days, starts on the clock, and starts with an offset; the first among them sometimes."""
    said, meant = [], []
    for _ in range(random.randint(1, 6)):
        day = random.choice((since.date(), near, near + timedelta(days=random.randint(-14, 14))))
        kind = "date" if days_alone else random.choice(("date", "local", "utc"))
        start = datetime.combine(day, since.time())
        if kind == "date":
            said.append(day.isoformat())
            meant.append(f"EXDATE;VALUE=DATE:{day:{DATE}}")
        elif kind == "local":
            said.append(start.isoformat())
            meant.append(f"EXDATE;TZID={zone.key}:{start:{LOCAL}}")
        else:
            moment = start.replace(tzinfo=zone).astimezone(UTC)
            said.append(moment.isoformat().replace("+00:00", "Z"))
            meant.append(f"EXDATE:{moment:{UTC_TIME}}")
    return said, meant


def _rule(random: Random, frequency: str) -> str:
    """What it recurs by, without its end."""
    parts: dict[str, str] = {"FREQ": frequency}
    if random.random() < 0.4:
        parts["INTERVAL"] = str(random.choice((1, 2, 3, 5)))
    if random.random() < 0.3:
        parts["WKST"] = random.choice(DAYS)
    parts |= {"DAILY": _daily, "WEEKLY": _weekly, "MONTHLY": _monthly, "YEARLY": _yearly}[frequency](random)
    if frequency != "YEARLY" and random.random() < 0.15:
        parts["BYMONTH"] = _some(random, range(1, 13), 6)
    if random.random() < 0.1:
        parts["BYHOUR"] = _some(random, (0, 1, 2, 3, 15, 23), 2)
        if random.random() < 0.5:
            parts["BYMINUTE"] = _some(random, (0, 15, 30, 45), 2)
    return ";".join(f"{name}={value}" for name, value in parts.items())


def _daily(random: Random) -> Mapping[str, str]:
    return random.choice(
        (
            {},
            {},
            {"BYDAY": _weekdays(random)},
            {"BYMONTHDAY": _monthdays(random, 10)},
            {"BYHOUR": "1,2,3", "BYSETPOS": random.choice(("1", "-1", "2"))},
        )
    )


def _weekly(random: Random) -> Mapping[str, str]:
    return random.choice(({}, {"BYDAY": _weekdays(random)}, {"BYDAY": _weekdays(random)}))


def _monthly(random: Random) -> Mapping[str, str]:
    return random.choice(
        (
            {},
            {"BYMONTHDAY": _monthdays(random, 4)},
            {"BYDAY": _ordinals(random, (1, 2, 3, 4, 5, -1, -2, -5))},
            {"BYDAY": _weekdays(random)},
            {"BYDAY": _weekdays(random), "BYMONTHDAY": _monthdays(random, 9)},
            {"BYDAY": _weekdays(random), "BYSETPOS": _some(random, (1, 2, 3, -1, -2), 2)},
            {"BYMONTHDAY": _monthdays(random, 6), "BYSETPOS": _some(random, (1, 2, -1, 7), 2)},
        )
    )


def _yearly(random: Random) -> Mapping[str, str]:
    months = {"BYMONTH": _some(random, range(1, 13), 4)}
    return random.choice(
        (
            {},
            months,
            {"BYMONTHDAY": _monthdays(random, 3)},
            {**months, "BYMONTHDAY": _monthdays(random, 3)},
            {**months, "BYDAY": _ordinals(random, (1, 2, 4, 5, -1, -3))},
            {**months, "BYDAY": _weekdays(random)},
            {"BYDAY": _ordinals(random, (1, 10, 20, 45, 53, -1, -10, -40))},
            {"BYYEARDAY": _some(random, (1, 60, 90, 100, 250, 300, 310, 365, 366, -1, -60, -366), 5)},
            {"BYWEEKNO": _some(random, (1, 2, 9, 12, 13, 14, 20, 36, 40, 44, 45, -2, -10, -40), 4)},
            {"BYWEEKNO": _some(random, (1, 9, 13, 36, 44, -9), 3), "BYDAY": _weekdays(random)},
            {**months, "BYDAY": _weekdays(random), "BYSETPOS": _some(random, (1, 2, 5, -1, -3), 2)},
            {"BYDAY": _weekdays(random), "BYSETPOS": _some(random, (1, 20, 90, 100, -1, -20, -60), 3)},
        )
    )


def _weekdays(random: Random) -> str:
    return ",".join(random.sample(DAYS, random.randint(1, 5)))


def _ordinals(random: Random, places: Sequence[int]) -> str:
    return ",".join({f"{random.choice(places)}{random.choice(DAYS)}": 0 for _ in range(random.randint(1, 3))})


def _monthdays(random: Random, most: int) -> str:
    return _some(random, (*range(1, 32), *range(-31, 0)), most)


def _some(random: Random, among: Iterable[int], most: int) -> str:
    among = list(among)
    return ",".join(map(str, random.sample(among, random.randint(1, min(most, len(among))))))
