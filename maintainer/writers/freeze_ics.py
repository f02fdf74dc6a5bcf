"""The calendar for people to subscribe to: iCalendar (RFC 5545), with what each freeze stops and what passes.

    calendar(events, name, now) -> bytes

The same events make the same bytes, but for DTSTAMP.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from icalendar import Calendar, Event, Timezone, TimezoneDaylight, TimezoneStandard, vRecur

from maintainer.text.inert import CONTROL

#: How often who subscribes should look again (RFC 7986, section 5.7).
REFRESH = timedelta(hours=12)
#: So far ahead the clock's changes are told.
YEARS = timedelta(days=3660)
DAY, SECOND = timedelta(days=1), timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class Entry:
    """An event: from `since` to `until`, aware; where it recurs by `rule` (an RRULE's value) they are in `zone`, and
    `without` are the starts that are left out, naive."""

    uid: str
    kind: Literal["freeze", "window"]
    summary: str
    description: str
    since: datetime
    until: datetime
    zone: ZoneInfo | None = None
    rule: str = ""
    without: tuple[datetime, ...] = ()


def calendar(events: Sequence[Entry], name: str, now: datetime) -> bytes:
    """The file; `name` is what a calendar program shows it as."""
    made = Calendar()
    made.add("version", "2.0")
    made.add("prodid", "-//maintainer//freeze//EN")
    made.add("method", "PUBLISH")
    made.add("x-wr-calname", _plain(name))
    made.add("refresh-interval", REFRESH, parameters={"VALUE": "DURATION"})
    made.add("x-published-ttl", "PT12H")
    recurring = [one for one in events if one.rule]
    for zone in sorted({one.zone for one in recurring if one.zone}, key=str):
        first = min(one.since for one in recurring if one.zone == zone)
        made.add_component(_timezone(zone, first, now + YEARS))
    for one in sorted(events, key=lambda event: (event.since, event.uid)):
        made.add_component(_event(one, now))
    return bytes(made.to_ical())


def _event(one: Entry, now: datetime) -> Event:
    event = Event()
    event.add("uid", one.uid)
    event.add("dtstamp", now.astimezone(UTC).replace(microsecond=0))
    event.add("dtstart", one.since)
    event.add("dtend", one.until)
    event.add("summary", _plain(one.summary))
    event.add("description", _plain(one.description))
    event.add("categories", [one.kind.upper()])
    # It says when things may move, not that the person who reads it is busy.
    event.add("transp", "TRANSPARENT")
    if one.rule:
        event.add("rrule", vRecur.from_ical(one.rule))
        if one.without:
            event.add("exdate", [start.replace(tzinfo=one.zone) for start in one.without])
    return event


def _timezone(zone: ZoneInfo, since: datetime, until: datetime) -> Timezone:
    """The zone's rules from the year of `since` to that of `until`, as all changes of the clock in between."""
    at = datetime(since.astimezone(UTC).year, 1, 1, tzinfo=UTC)
    end = datetime(until.astimezone(UTC).year, 12, 31, tzinfo=UTC)
    changes: dict[tuple[timedelta, timedelta, str, bool], list[datetime]] = {}
    first = at.astimezone(zone)
    start = first.replace(tzinfo=None)
    changes[_offset(first), _offset(first), first.tzname() or "", bool(first.dst())] = [start]
    while at < end:
        if _offset(at.astimezone(zone)) != _offset((at + DAY).astimezone(zone)):
            change = _change(zone, at)
            before, after = _offset((change - SECOND).astimezone(zone)), change.astimezone(zone)
            # It begins at the time the clock would have shown (section 3.6.5).
            shown = (change + before).replace(tzinfo=None)
            named = before, _offset(after), after.tzname() or "", bool(after.dst())
            changes.setdefault(named, []).append(shown)
        at += DAY
    made = Timezone()
    made.add("tzid", str(zone))
    for (before, offset, name, summer), times in changes.items():
        observance = TimezoneDaylight() if summer else TimezoneStandard()
        observance.add("dtstart", times[0])
        if times[1:]:
            observance.add("rdate", times[1:])
        observance.add("tzname", name)
        observance.add("tzoffsetfrom", before)
        observance.add("tzoffsetto", offset)
        made.add_component(observance)
    return made


def _change(zone: ZoneInfo, day: datetime) -> datetime:
    """The second at which the clock is set within a day from then on."""
    early, late = day, day + DAY
    while late - early > SECOND:
        middle = early + ((late - early) // 2 // SECOND) * SECOND
        if _offset(middle.astimezone(zone)) == _offset(day.astimezone(zone)):
            early = middle
        else:
            late = middle
    return late


def _offset(at: datetime) -> timedelta:
    return at.utcoffset() or timedelta()


def _plain(text: str) -> str:
    return CONTROL.sub("", text).strip()
