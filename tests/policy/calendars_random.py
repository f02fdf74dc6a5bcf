"""Random iCalendars, as programs write them, and what recurring-ical-events says of them: an evaluation of its own.

    text = calendar(Random(7), "Europe/Warsaw")
    Oracle(text, "Europe/Warsaw").at(when) -> names     of the events that hold at a moment

It differs from us on purpose in what is cancelled (it tells those events too) and in whose days all-day events are
(those of the zone of the moment that is asked for). So no event here is cancelled but by EXDATE, and moments are asked
for in the calendar's zone.
"""

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta
from random import Random
from zoneinfo import ZoneInfo

import icalendar
import recurring_ical_events

#: Both changes of the clocks of each, half-hour offsets and a half-hour change, and one without any.
ZONES = ("Europe/Warsaw", "America/New_York", "Australia/Lord_Howe", "America/Santiago", "Asia/Kolkata")
DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
#: Times in UTC without X-WR-TIMEZONE alone: there recurring-ical-events also takes the clock of an EXDATE for UTC.
KINDS = ("zoned", "zoned", "utc", "floating", "day")
BEGIN, END = datetime(2026, 1, 1), datetime(2027, 12, 31)  # noqa: DTZ001 - of wall clocks


def changes(zone: str) -> list[datetime]:
    """The hours in which the clocks change within the time of the calendars, in UTC."""
    hour, there, found = BEGIN.replace(tzinfo=UTC), ZoneInfo(zone), []
    while hour < END.replace(tzinfo=UTC):
        if hour.astimezone(there).utcoffset() != (hour + timedelta(hours=1)).astimezone(there).utcoffset():
            found.append(hour + timedelta(hours=1))
        hour += timedelta(hours=1)
    return found


CHANGES = {zone: changes(zone) for zone in ZONES}


def calendar(random: Random, zone: str) -> str:
    """One of one to five events, half of them in `zone`, many near a change of its clocks."""
    stated = [f"X-WR-TIMEZONE:{zone}"] if random.random() < 0.3 else []
    kinds = KINDS if not stated else [kind for kind in KINDS if kind != "utc"]
    events = [line for number in range(random.randint(1, 5)) for line in _event(random, zone, number, kinds)]
    head = ("BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//shop.example//EN")
    return "\r\n".join((*head, *stated, *events, "END:VCALENDAR", ""))


def moments(random: Random, zone: str, count: int) -> list[datetime]:
    """Moments in UTC: any, and such around the changes of the clocks."""
    near = [change + timedelta(minutes=random.randint(-360, 360)) for change in CHANGES[zone]]
    far = [(BEGIN + timedelta(minutes=random.randint(0, 2 * 525_600))).replace(tzinfo=UTC) for _ in range(count)]
    return random.sample(near + far, count) if near else far


class Oracle:
    """recurring-ical-events, asked for the occurrences around a moment; which of them hold is told by their instants.

    (Asked for the moment itself it counts back on the wall clock, and misses what the clocks changed in between.)
    """

    def __init__(self, text: str, zone: str) -> None:
        self._zone = ZoneInfo(zone)
        self._query = recurring_ical_events.of(icalendar.Calendar.from_ical(text))

    def at(self, when: datetime) -> set[str]:
        """The names of the events that hold then."""
        there = when.astimezone(self._zone)
        around = self._query.between(there - timedelta(days=1), there + timedelta(days=1))
        return {
            str(event["SUMMARY"])
            for event in around
            if self._instant(event["DTSTART"].dt) <= when < self._instant(event["DTEND"].dt)
        }

    def _instant(self, found: date | datetime) -> datetime:
        if not isinstance(found, datetime):
            found = datetime.combine(found, time())
        return (found if found.tzinfo else found.replace(tzinfo=self._zone)).astimezone(UTC)


def _event(random: Random, zone: str, number: int, kinds: Sequence[str]) -> Iterator[str]:
    kind = random.choice(kinds)
    own = zone if random.random() < 0.6 else random.choice(ZONES)
    start = _start(random, own)
    if kind == "day":
        start = start.replace(hour=0, minute=0)
    length = timedelta(days=random.randint(1, 9)) if kind == "day" else timedelta(minutes=15 * random.randint(1, 300))
    recurs = random.random() < 0.75
    rule = _rule(random, kind, start, own) if recurs else ""
    yield from ("BEGIN:VEVENT", f"UID:{number}@shop.example", "DTSTAMP:20260101T000000Z", f"SUMMARY:{number}")
    yield _stamp("DTSTART", start, kind, own)
    if random.random() < 0.7:
        yield _stamp("DTEND", start + length, kind, own)
    else:
        yield f"DURATION:P{length.days}D" if kind == "day" else f"DURATION:PT{int(length.total_seconds()) // 60}M"
    if rule:
        yield f"RRULE:{rule}"
    if random.random() < 0.3:
        yield _stamp("RDATE", start + timedelta(days=random.randint(1, 40)), kind, own)
    if recurs and random.random() < 0.5:
        yield _stamp("EXDATE", start + timedelta(days=random.choice((0, 1, 7, 14))), kind, own)
    if recurs and kind != "day" and random.random() < 0.1:
        yield f"EXDATE;VALUE=DATE:{start + timedelta(days=7):%Y%m%d}"
    yield "END:VEVENT"
    if recurs and random.random() < 0.2:
        yield from _moved(random, kind, start, own, number)


def _moved(random: Random, kind: str, start: datetime, zone: str, number: int) -> Iterator[str]:
    """What stands in place of an occurrence, or of a day that is none."""
    of = start + timedelta(days=random.choice((0, 1, 7)))
    to = of + timedelta(days=random.randint(1, 5))
    yield from ("BEGIN:VEVENT", f"UID:{number}@shop.example", "DTSTAMP:20260101T000000Z", f"SUMMARY:{number} moved")
    yield _stamp("RECURRENCE-ID", of, kind, zone)
    yield _stamp("DTSTART", to, kind, zone)
    yield _stamp("DTEND", to + timedelta(days=1), kind, zone)
    yield "END:VEVENT"


def _start(random: Random, zone: str) -> datetime:
    """On the wall clock: on a quarter of an hour, half of them within three weeks of a change of the clocks."""
    if CHANGES[zone] and random.random() < 0.6:
        change = random.choice(CHANGES[zone]).astimezone(ZoneInfo(zone)).replace(tzinfo=None, minute=0)
        return change + timedelta(
            minutes=15 * random.randint(-12, 12), days=random.choice((-21, -14, -7, -3, -1, 0, 0))
        )
    return BEGIN + timedelta(minutes=15 * random.randint(0, 2 * 35_040))


def _rule(random: Random, kind: str, start: datetime, zone: str) -> str:
    frequency = random.choice(("DAILY", "WEEKLY", "WEEKLY", "MONTHLY", "YEARLY"))
    parts = [f"FREQ={frequency}"]
    if random.random() < 0.4:
        parts.append(f"INTERVAL={random.randint(1, 4)}")
    if frequency == "WEEKLY" and random.random() < 0.7:
        parts.append(f"BYDAY={','.join(random.sample(DAYS, random.randint(1, 4)))}")
    if frequency == "MONTHLY" and random.random() < 0.7:
        parts.append(
            random.choice(("BYDAY=-1FR", "BYDAY=2TU", "BYMONTHDAY=-1", "BYMONTHDAY=1,15", "BYDAY=MO,TU;BYSETPOS=1"))
        )
    if frequency == "YEARLY" and random.random() < 0.7:
        parts.append(
            random.choice(("BYMONTH=3,10;BYDAY=-1SU", "BYMONTH=11;BYDAY=4FR", "BYYEARDAY=1,-1", "BYWEEKNO=47;BYDAY=FR"))
        )
    if frequency == "DAILY" and kind != "day" and random.random() < 0.2:
        parts.append("BYHOUR=2,14")
    end = random.random()
    if end < 0.3:
        parts.append(f"COUNT={random.randint(1, 40)}")
    elif end < 0.6:
        parts.append(f"UNTIL={_until(start + timedelta(days=random.randint(-2, 300)), kind, zone)}")
    return ";".join(parts)


def _until(until: datetime, kind: str, zone: str) -> str:
    if kind == "day":
        return f"{until:%Y%m%d}"
    if kind == "floating":
        return f"{until:%Y%m%dT%H%M%S}"
    return f"{until.replace(tzinfo=UTC if kind == 'utc' else ZoneInfo(zone)).astimezone(UTC):%Y%m%dT%H%M%SZ}"


def _stamp(name: str, when: datetime, kind: str, zone: str) -> str:
    match kind:
        case "day":
            return f"{name};VALUE=DATE:{when:%Y%m%d}"
        case "utc":
            return f"{name}:{when:%Y%m%dT%H%M%SZ}"
        case "floating":
            return f"{name}:{when:%Y%m%dT%H%M%S}"
        case _:
            return f"{name};TZID={zone}:{when:%Y%m%dT%H%M%S}"
