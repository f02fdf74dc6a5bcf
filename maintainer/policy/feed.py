"""The events of an iCalendar (RFC 5545) as series of spans.

    read(data, zone) -> Feed                            raises ValueError with what is wrong and what to do

What is cancelled holds nothing. An all-day event is whole days of `zone`; a time without a zone is one of the
calendar's (X-WR-TIMEZONE), else of `zone`. Occurrences are as long on the wall clock as the first.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta, tzinfo
from typing import NamedTuple

from maintainer.policy.recurrence import Recurrence, recurrence
from maintainer.policy.series import Series
from maintainer.policy.vtimezone import described, named
from maintainer.policy.wall_clock import clock, instant
from maintainer.text.icalendar import Component, Property, parse
from maintainer.text.inert import CONTROL

#: Messages about events, which are no calendar of them (RFC 5546): the others.
METHODS = ("", "PUBLISH", "REQUEST")
#: Longer than any freeze; earlier or later than any calendar.
LONGEST, YEARS = timedelta(days=36_525), range(1600, 9000)
#: Dates an event lists.
MOST_DATES = 10_000
LONGEST_TITLE = 100
_MOMENT = re.compile(r"(\d{8})(?:T(\d{6})(Z?))?", re.ASCII)
_DURATION = re.compile(r"\+?P(?:(\d+)W)?(?:(\d+)D)?(?:T(?=\d)(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?", re.ASCII)
_UNTIL = re.compile(r"(?<=UNTIL=)(\d{8})(T\d{6}Z?)?", re.IGNORECASE | re.ASCII)
DAY, YEAR = timedelta(days=1), timedelta(days=366)


class Event(NamedTuple):
    """What an event is called, and when it is."""

    title: str
    series: Series


class Feed(NamedTuple):
    """What a calendar has; `cancelled` are the titles of what was called off."""

    events: tuple[Event, ...]
    cancelled: tuple[str, ...] = ()


class Moment(NamedTuple):
    """A moment as it is written: what the clock of `zone` shows; `whole` for a day, `floats` without a zone."""

    shown: datetime
    zone: tzinfo
    whole: bool = False
    floats: bool = False

    def on(self, zone: tzinfo) -> datetime:
        """What the clock of `zone` shows then; beside a time with a zone, one without is of the same."""
        return self.shown if self.floats or zone is self.zone else clock(instant(self.shown, self.zone), zone)


#: Reads the moments in a value such as `20261127T150000`, with the parameters beside it.
Reader = Callable[[Property, str], Moment]


@dataclass(frozen=True, slots=True)
class Entry:
    """A VEVENT: `id` is the moment of the occurrence it stands for, None for the event itself."""

    part: Component
    uid: str
    sequence: int
    title: str
    cancelled: bool
    id: Moment | None = None


def read(data: bytes, zone: tzinfo) -> Feed:
    """The calendar's events, where what says no zone is of `zone`."""
    calendar = parse(data)
    _refuse_what_is_none(calendar)
    reader = _reader(calendar, zone)
    entries = [_entry(part, reader) for part in calendar.parts if part.name == "VEVENT"]
    if not entries:
        inside = " and ".join(sorted({part.name for part in calendar.parts} - {"VTIMEZONE"})[:3]) or "nothing"
        raise ValueError(f"has no event (VEVENT), but {inside[:60]}. Correct its address, or put freezes into it.")
    events = tuple(event for group in _groups(entries) for event in _events(group, reader))
    return Feed(events, tuple(entry.title for entry in entries if entry.cancelled))


def _refuse_what_is_none(calendar: Component) -> None:
    version, scale, method = (calendar.value(name).upper() for name in ("VERSION", "CALSCALE", "METHOD"))
    if version not in ("", "2.0"):
        raise ValueError(f"is of version {version[:20]}, not iCalendar 2.0. Export it as iCalendar.")
    if scale not in ("", "GREGORIAN"):
        raise ValueError(f"counts by the calendar {scale[:20]}. Export it as GREGORIAN.")
    if method not in METHODS:
        raise ValueError(f"is a message about events (METHOD:{method[:20]}), no calendar. Give the feed's address.")


def _reader(calendar: Component, zone: tzinfo) -> Reader:
    own = {part.value("TZID"): part for part in calendar.parts if part.name == "VTIMEZONE"}
    known: dict[str, tzinfo] = {"": zone}

    def zone_of(name: str) -> tzinfo:
        if name not in known:
            found = named(name) or (described(own[name]) if name in own else None)
            if found is None:
                raise ValueError(
                    f"the zone {name[:60]!r} is none of IANA's and isn't described there. Use a name such as "
                    "Europe/Warsaw."
                )
            known[name] = found
        return known[name]

    def moment(one: Property, text: str) -> Moment:
        match = _MOMENT.fullmatch(text.strip())
        stated, name = one.params.get("VALUE", "").upper(), one.params.get("TZID", "")
        try:
            if match is None or (stated == "DATE") > (match[2] is None):
                raise ValueError
            shown = datetime.strptime(match[1] + (match[2] or "000000"), "%Y%m%d%H%M%S")  # noqa: DTZ007 - the wall clock's
        except ValueError:
            raise ValueError(
                f"line {one.line}: {one.name}: {text[:40]!r} is no date. Write 20261127 or 20261127T150000Z."
            ) from None
        if shown.year not in YEARS:
            raise ValueError(f"line {one.line}: {one.name}: the year {shown.year} is far away. Correct it.")
        try:
            if match[2] is None:
                return Moment(shown, zone_of(name), whole=True)
            if not match[3]:
                return Moment(shown, zone_of(name) if name else floating, floats=not name)
            if stated_zone:
                return Moment(clock(shown.replace(tzinfo=UTC), floating), floating)
            return Moment(shown, UTC)
        except ValueError as error:
            raise ValueError(f"line {one.line}: {one.name}: {error}") from None

    stated_zone = calendar.value("X-WR-TIMEZONE")
    floating = zone_of(stated_zone)
    return moment


def _entry(part: Component, moment: Reader) -> Entry:
    sequence, stated = part.value("SEQUENCE", "-1"), part.one("RECURRENCE-ID")
    if not re.fullmatch(r"-?\d{1,9}", sequence, re.ASCII):
        raise ValueError(f"line {part.line}: SEQUENCE:{sequence[:20]} is no number. Export the calendar anew.")
    uid, id = part.value("UID"), moment(stated, stated.value) if stated else None
    if stated and "RANGE" in stated.params:
        raise ValueError(
            f"line {stated.line}: RANGE={stated.params['RANGE'][:20]} changes an event from one occurrence on, which "
            "isn't read here. End the event there, and begin another."
        )
    if stated and (not uid or part.every("RRULE") or part.every("RDATE")):
        lacking = "recurs itself" if uid else "has no UID"
        raise ValueError(f"line {part.line}: what stands for one occurrence (RECURRENCE-ID) {lacking}. Export it anew.")
    return Entry(part, uid, int(sequence), _title(part), part.value("STATUS").upper() == "CANCELLED", id)


def _title(part: Component) -> str:
    found = part.every("SUMMARY")
    text = CONTROL.sub("", " ".join(found[0].value.split())) if found else ""
    return text[:LONGEST_TITLE].strip() or "without a title"


def _groups(entries: Sequence[Entry]) -> Iterator[list[Entry]]:
    """Those of one UID, and of those that stand for the same thing the last revision (SEQUENCE)."""
    newest: dict[tuple[object, datetime | None], Entry] = {}
    for number, entry in enumerate(entries):
        when = instant(entry.id.shown, entry.id.zone) if entry.id else None
        key = (entry.uid or number, when)
        other = newest.get(key)
        if other and other.sequence == entry.sequence and _said(other.part) != _said(entry.part):
            raise ValueError(
                f"lines {other.part.line} and {entry.part.line}: two events have one UID ({entry.uid[:60]!r}) and one "
                "SEQUENCE: which of them counts can't be known. Give each a UID of its own."
            )
        if other is None or entry.sequence > other.sequence:
            newest[key] = entry
    groups: dict[object, list[Entry]] = {}
    for (uid, _), entry in newest.items():
        groups.setdefault(uid, []).append(entry)
    yield from groups.values()


def _said(part: Component) -> list[tuple[str, object, str]]:
    return sorted((one.name, sorted(one.params.items()), one.value) for one in part.properties)


def _events(group: Sequence[Entry], moment: Reader) -> Iterator[Event]:
    """The event itself without the occurrences others stand for, and those others."""
    base = next((entry for entry in group if entry.id is None), None)
    series = _series(base.part, moment) if base else None
    replaced: set[date] = set()
    for entry in group:
        if entry.id is None:
            continue
        if base and series:
            replaced |= _left_out(entry.id, _start(base.part, moment))
        if not entry.cancelled:
            instead = _series(entry.part, moment)
            if not _is_left_out(entry.id, series):
                yield Event(entry.title, instead)
    if base and series and not base.cancelled:
        yield Event(base.title, replace(series, without=series.without | replaced))


def _is_left_out(one: Moment, series: Series | None) -> bool:
    """Whether an EXDATE names the very occurrence; one that names its day leaves what stands in its place."""
    if series is None:
        return False
    shown = one.on(series.zone)
    return not {shown.date() if one.whole else shown, instant(shown, series.zone)}.isdisjoint(series.without)


def _start(part: Component, moment: Reader) -> Moment:
    stated = part.one("DTSTART")
    if stated is None:
        raise ValueError(f"line {part.line}: {_title(part)!r} has no DTSTART. Give the event a start.")
    return moment(stated, stated.value)


def _series(part: Component, moment: Reader) -> Series:
    if part.every("EXRULE"):
        raise ValueError(f"line {part.line}: EXRULE was given up in 2009 and is not read here. Write EXDATE.")
    start = _start(part, moment)
    zone, since = start.zone, start.shown
    until = _end(part, start, moment)
    if not since <= until <= since + LONGEST and instant(until, zone) <= instant(since, zone):
        raise ValueError(
            f"line {part.line}: {_title(part)!r} ends before it begins. Correct its DTEND, which is not included."
        )
    if until > since + LONGEST:
        raise ValueError(f"line {part.line}: {_title(part)!r} lasts more than a hundred years. Correct its DTEND.")
    rules = tuple(_rule(one, start) for one in part.every("RRULE"))
    if rules and until - since > YEAR:
        raise ValueError(
            f"line {part.line}: {_title(part)!r} recurs, and lasts longer than a year. Leave one of it out."
        )
    also = tuple(_added(one, text, start, until - since, moment) for one, text in _dates(part, "RDATE"))
    without: set[date] = set()
    for one, text in _dates(part, "EXDATE"):
        left_out = moment(one, text)
        without |= {left_out.shown.date()} if left_out.whole else _left_out(left_out, start)
    if rules and all(_is_over(rule, start) for rule in rules):
        without.add(since)  # so an event is taken back, and readers leave it out
    return Series(since, until, zone, rules, also, frozenset(without))


def _end(part: Component, start: Moment, moment: Reader) -> datetime:
    """On the clock of its start's zone. Without any a day is that day, a time an instant (RFC 5545, section 3.6.1)."""
    stated, length = part.one("DTEND"), part.one("DURATION")
    if stated and length:
        raise ValueError(f"line {part.line}: {_title(part)!r} has a DTEND and a DURATION. Keep one.")
    if length:
        return start.shown + _length(length, length.value)
    if stated is None:
        return start.shown + DAY if start.whole else start.shown
    end = moment(stated, stated.value)
    if end.whole != start.whole:
        raise ValueError(
            f"line {stated.line}: begins with a {_kind(start)} and ends with a {_kind(end)}. Use one of them."
        )
    until = end.on(start.zone)
    if start.whole and until == start.shown:
        raise ValueError(
            f"line {stated.line}: {_title(part)!r} ends on the day it begins, and DTEND is not included. Write the day "
            "after."
        )
    return until


def _kind(one: Moment) -> str:
    return "day" if one.whole else "time of day"


def _length(one: Property, text: str) -> timedelta:
    match = _DURATION.fullmatch(text.strip())
    numbers = match.groups() if match else ()
    if not any(numbers) or any(len(each or "") > 7 for each in numbers):
        raise ValueError(f"line {one.line}: {text[:40]!r} is no duration. Write PT4H or P3D.")
    weeks, days, hours, minutes, seconds = (int(each or 0) for each in numbers)
    return timedelta(weeks=weeks, days=days, hours=hours, minutes=minutes, seconds=seconds)


def _rule(one: Property, start: Moment) -> Recurrence:
    """The rule, if it ends as RFC 5545 has it: a day's with a day, a local time's with one, any other's in UTC."""
    text = one.value
    until = _UNTIL.search(text)
    if until and int(until[1][:4]) not in YEARS:
        raise ValueError(f"line {one.line}: UNTIL={until[0]} is far away. Leave it out, if there is no end.")
    if until and start.whole:
        text = _UNTIL.sub(r"\1", text)
    elif until and (not until[2] or until[2].endswith("Z") == start.floats):
        wanted = "a local time, such as" if start.floats else "in UTC, such as"
        raise ValueError(
            f"line {one.line}: whether UNTIL={until[0]} is before or after the last start can't be told: the event "
            f"begins at a time of day, so UNTIL is {wanted} {until[1]}T235959{'' if start.floats else 'Z'}."
        )
    try:
        return recurrence(text, start.zone)
    except ValueError as error:
        raise ValueError(f"line {one.line}: RRULE: {error}") from None


def _is_over(rule: Recurrence, start: Moment) -> bool:
    """Whether it ends before it begins."""
    if rule.until is None:
        return False
    return rule.until < (instant(start.shown, start.zone) if rule.until.tzinfo else start.shown)


def _dates(part: Component, name: str) -> list[tuple[Property, str]]:
    """The dates of a list, each with its property."""
    found = [(one, text) for one in part.every(name) for text in one.value.split(",")]
    if len(found) > MOST_DATES:
        raise ValueError(f"line {part.line}: {name} lists more than {MOST_DATES} dates. Write a rule (RRULE).")
    return found


def _added(one: Property, text: str, start: Moment, length: timedelta, moment: Reader) -> tuple[datetime, datetime]:
    """Start and end of an RDATE: a date, or a period with an end or a length of its own."""
    begin, slash, end = text.partition("/")
    plain = replace(one, params={**one.params, "VALUE": ""}) if slash else one
    first = moment(plain, begin)
    if start.whole and not first.whole:
        raise ValueError(f"line {one.line}: RDATE has a time of day, and the event is all-day. Use days in both.")
    since = first.shown if first.whole else first.on(start.zone)
    if not slash:
        return since, since + length
    until = since + _length(one, end) if end.strip()[:1] in "+P" else moment(plain, end).on(start.zone)
    if until < since or until > since + LONGEST:
        raise ValueError(f"line {one.line}: the period {text[:40]} ends before it begins. Correct its end.")
    return since, until


def _left_out(one: Moment, start: Moment) -> set[date]:
    """What an EXDATE or a RECURRENCE-ID names of the occurrences, as `Series.without` has it."""
    if start.whole:
        return {one.shown, instant(one.shown, one.zone).replace(tzinfo=None)}  # midnight is as often written in UTC
    if one.floats or one.zone is start.zone:
        return {one.shown}
    return {one.shown if one.whole else instant(one.shown, one.zone)}
