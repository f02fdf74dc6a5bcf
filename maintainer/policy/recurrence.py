"""Rules by which something recurs: RFC 5545, section 3.3.10, on the wall clock.

    recurrence(text) -> Recurrence                      raises ValueError with what to write instead
    starts(rule, first, since, until) -> list[datetime]

All datetimes here are naive: what a clock on the wall shows. Only the periods that are asked for are looked at, so a
rule that began long ago, or that never comes true, costs no more than another. (python-dateutil walks from the first
start on, and for a rule that never comes true to the year 9999.)
"""

import re
from calendar import isleap, monthrange
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from itertools import islice, product
from typing import Any

from maintainer.policy.wall_clock import clock

FREQUENCIES = ("DAILY", "WEEKLY", "MONTHLY", "YEARLY")
_DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_DAY = re.compile(rf"([+-]?\d{{1,2}})?({'|'.join(_DAYS)})", re.ASCII)
_UNTIL = re.compile(r"(\d{8})(?:T(\d{6})(Z?))?", re.ASCII)
#: Parts that are lists of numbers: their least and greatest magnitude, and whether they may count from the end.
_NUMBERS = {
    "BYMONTH": (1, 12, False),
    "BYWEEKNO": (1, 53, True),
    "BYYEARDAY": (1, 366, True),
    "BYMONTHDAY": (1, 31, True),
    "BYHOUR": (0, 23, False),
    "BYMINUTE": (0, 59, False),
    "BYSECOND": (0, 59, False),
    "BYSETPOS": (1, 366, True),
}
#: A rule that ends after more occurrences than this is one that doesn't end.
MOST = 10_000
EXAMPLE = "Write FREQ=WEEKLY;BYDAY=FR, say (RFC 5545, RRULE)."


@dataclass(frozen=True, slots=True)
class Recurrence:
    """A rule. `until` is the last wall-clock time a start may have, `count` how many there are; 0 means no end."""

    frequency: str
    interval: int = 1
    count: int = 0
    until: datetime | None = None
    #: Numbers by the part's name, sorted; of BYDAY (weekday, which): `(("BYDAY", ((4, -1),)),)` is the last Friday.
    parts: tuple[tuple[str, tuple[Any, ...]], ...] = ()
    #: The first day of a week, Monday is 0.
    week_starts: int = 0


def recurrence(text: str, zone: tzinfo | None = None) -> Recurrence:
    """The rule in `text`, with or without `RRULE:` before it. An UNTIL in UTC is read on the clock of `zone`."""
    given: dict[str, str] = {}
    for part in text.strip().removeprefix("RRULE:").rstrip(";").split(";"):
        name, equals, value = part.strip().partition("=")
        name = name.upper()
        if not equals or not value:
            raise ValueError(f"{part[:40]!r} is no part of a rule. {EXAMPLE}")
        if name in given:
            raise ValueError(f"{name} stands there twice. Keep one.")
        given[name] = value.upper()
    frequency = given.pop("FREQ", "")
    if frequency not in FREQUENCIES:
        said = f"FREQ={frequency[:40]}" if frequency else "a rule without FREQ"
        raise ValueError(f"{said} is not read here: it is one of {', '.join(FREQUENCIES)}. {EXAMPLE}")
    if "COUNT" in given and "UNTIL" in given:
        raise ValueError("a rule has COUNT or UNTIL, not both. Keep one.")
    interval = _number("INTERVAL", given.pop("INTERVAL", "1"), 1, 1000)
    count = _number("COUNT", given.pop("COUNT"), 1, MOST) if "COUNT" in given else 0
    until = _until(given.pop("UNTIL"), zone) if "UNTIL" in given else None
    week_starts = given.pop("WKST", "MO")
    if week_starts not in _DAYS:
        raise ValueError(f"WKST={week_starts[:40]} is no day. Write one of {', '.join(_DAYS)}.")
    parts = dict(_part(name, value, frequency) for name, value in given.items())
    return Recurrence(frequency, interval, count, until, tuple(sorted(parts.items())), _DAYS.index(week_starts))


def _part(name: str, value: str, frequency: str) -> tuple[str, tuple[Any, ...]]:
    if name == "BYDAY":
        return name, tuple(_day(each, frequency) for each in value.split(","))
    if name not in _NUMBERS:
        raise ValueError(f"{name[:40]} is no part of a rule. {EXAMPLE}")
    least, most, signed = _NUMBERS[name]
    if name == "BYWEEKNO" and frequency != "YEARLY":
        raise ValueError("BYWEEKNO belongs to FREQ=YEARLY alone.")
    if name == "BYYEARDAY" and frequency != "YEARLY":
        raise ValueError("BYYEARDAY belongs to FREQ=YEARLY alone.")
    if name == "BYMONTHDAY" and frequency == "WEEKLY":
        raise ValueError("BYMONTHDAY doesn't go with FREQ=WEEKLY.")
    return name, tuple(_number(name, each, least, most, signed=signed) for each in value.split(","))


def _day(text: str, frequency: str) -> tuple[int, int]:
    match = _DAY.fullmatch(text)
    which = int(match[1] or 0) if match else 0
    if match is None or (match[1] and not 1 <= abs(which) <= 53):
        raise ValueError(f"BYDAY={text[:40]} is no day. Write MO, or 1MO and -1FR in a month or a year.")
    if which and frequency not in ("MONTHLY", "YEARLY"):
        raise ValueError(f"BYDAY={text} counts within a month or a year: FREQ={frequency} has neither.")
    return _DAYS.index(match[2]), which


def _number(name: str, text: str, least: int, most: int, *, signed: bool = False) -> int:
    bare = text[1:] if signed and text[:1] in ("+", "-") else text
    if not (bare.isascii() and bare.isdigit() and len(bare) <= 6 and least <= int(bare) <= most):
        raise ValueError(f"{name}={text[:40]} is not between {least} and {most}.")
    return int(text)


def _until(text: str, zone: tzinfo | None) -> datetime:
    """A date is inclusive. A time in UTC is what the wall clock shows then."""
    match = _UNTIL.fullmatch(text)
    try:
        if match is None:
            raise ValueError
        day, hours, utc = match.groups()
        if not hours:
            return datetime.combine(datetime.strptime(day, "%Y%m%d"), time.max)  # noqa: DTZ007 - the wall clock's
        found = datetime.strptime(day + hours, "%Y%m%d%H%M%S")  # noqa: DTZ007 - the wall clock's
    except ValueError:
        raise ValueError(f"UNTIL={text[:40]} is no date. Write 20261231 or 20261231T180000.") from None
    if not utc:
        return found
    if zone is None:
        raise ValueError(f"UNTIL={text} is in UTC, and the rest is on the wall clock. Leave out the Z.")
    return clock(found.replace(tzinfo=UTC), zone)


def starts(rule: Recurrence, first: datetime, since: datetime, until: datetime) -> list[datetime]:
    """The starts from `since` to `until`, both included, of a series that begins with `first`."""
    until = min(until, rule.until) if rule.until else until
    if rule.count:
        return [one for one in islice(_walked(rule, first, first, until), rule.count) if one >= since]
    return list(_walked(rule, first, max(since, first), until))


def _walked(rule: Recurrence, first: datetime, since: datetime, until: datetime) -> Iterator[datetime]:
    """Period by period: those of the rule that may hold a start from `since` to `until`."""
    if since > until:
        return
    parts = _stated(rule, first)
    times = [time(*each) for each in product(*(sorted(parts[name]) for name in ("BYHOUR", "BYMINUTE", "BYSECOND")))]
    places = parts.get("BYSETPOS", ())
    for days in _periods(rule, first.date(), since.date(), until.date(), parts):
        found = [datetime.combine(day, at) for day in days if _falls(day, rule, parts) for at in times]
        if places:
            picked = {place - (place > 0) for place in places if -len(found) <= place - (place > 0) < len(found)}
            found = sorted(found[place] for place in picked)
        yield from (one for one in dict.fromkeys(found) if since <= one <= until)


def _stated(rule: Recurrence, first: datetime) -> Mapping[str, tuple[Any, ...]]:
    """The rule's parts with those it takes from the first start (RFC 5545: "derived from the Start Time")."""
    parts = dict(rule.parts)
    for name, value in (("BYHOUR", first.hour), ("BYMINUTE", first.minute), ("BYSECOND", first.second)):
        parts.setdefault(name, (value,))
    if parts.keys() & {"BYDAY", "BYMONTHDAY", "BYYEARDAY", "BYWEEKNO"}:
        return parts
    if rule.frequency == "WEEKLY":
        parts["BYDAY"] = ((first.weekday(), 0),)
    elif rule.frequency in ("MONTHLY", "YEARLY"):
        parts["BYMONTHDAY"] = (first.day,)
        if rule.frequency == "YEARLY":
            parts.setdefault("BYMONTH", (first.month,))
    return parts


def _periods(
    rule: Recurrence, first: date, since: date, until: date, parts: Mapping[str, tuple[Any, ...]]
) -> Iterator[list[date]]:
    """The days of each period (day, week, month or year) of the rule that touches `since` to `until`."""
    if rule.frequency in ("DAILY", "WEEKLY"):
        length = 1 if rule.frequency == "DAILY" else 7
        begin = first - timedelta(days=(first.weekday() - rule.week_starts) % 7 if length == 7 else 0)
        step = length * rule.interval
        day = begin + timedelta(days=(since - begin).days // step * step)
        while day <= until:
            yield [day + timedelta(days=each) for each in range(length)]
            day += timedelta(days=step)
        return
    length = 1 if rule.frequency == "MONTHLY" else 12
    origin = first.year * 12 + (first.month - 1 if length == 1 else 0)
    step = length * rule.interval
    month = origin + (since.year * 12 + since.month - 1 - origin) // step * step
    while month <= until.year * 12 + until.month - 1:
        months = [(month + each) for each in range(length)]
        wanted = parts.get("BYMONTH") or range(1, 13)
        yield [
            date(one // 12, one % 12 + 1, day + 1)
            for one in months
            if one % 12 + 1 in wanted
            for day in range(monthrange(one // 12, one % 12 + 1)[1])
        ]
        month += step


def _falls(day: date, rule: Recurrence, parts: Mapping[str, tuple[Any, ...]]) -> bool:
    """Whether the rule's parts have this day."""
    if "BYMONTH" in parts and day.month not in parts["BYMONTH"]:
        return False
    if "BYMONTHDAY" in parts:
        length = monthrange(day.year, day.month)[1]
        if day.day not in parts["BYMONTHDAY"] and day.day - length - 1 not in parts["BYMONTHDAY"]:
            return False
    if "BYDAY" in parts and not any(
        day.weekday() == weekday and (not which or _which(day, which, rule, parts)) for weekday, which in parts["BYDAY"]
    ):
        return False
    if "BYYEARDAY" in parts:
        length = 365 + isleap(day.year)
        number = day.timetuple().tm_yday
        if number not in parts["BYYEARDAY"] and number - length - 1 not in parts["BYYEARDAY"]:
            return False
    return "BYWEEKNO" not in parts or bool(set(_weeks(day, rule.week_starts)) & set(parts["BYWEEKNO"]))


def _which(day: date, which: int, rule: Recurrence, parts: Mapping[str, tuple[Any, ...]]) -> bool:
    """Whether it is the n-th of its weekday, within the month or, of a yearly rule without BYMONTH, the year."""
    if rule.frequency == "YEARLY" and "BYMONTH" not in parts:
        number, length = day.timetuple().tm_yday, 365 + isleap(day.year)
    else:
        number, length = day.day, monthrange(day.year, day.month)[1]
    return (number - 1) // 7 + 1 == which if which > 0 else (length - number) // 7 + 1 == -which


def _weeks(day: date, week_starts: int) -> tuple[int, int]:
    """The number of its week, and the same counted from the end of the year; week 1 has four days in its year."""
    thursday = day + timedelta(days=3 - (day.weekday() - week_starts) % 7)
    number = (thursday.timetuple().tm_yday - 1) // 7 + 1
    after = (365 + isleap(thursday.year) - thursday.timetuple().tm_yday) // 7 + 1
    return number, -after
