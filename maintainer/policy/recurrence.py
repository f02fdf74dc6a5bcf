"""Rules by which something recurs: RFC 5545, section 3.3.10, on the wall clock.

    recurrence(text) -> Recurrence                      raises ValueError with what to write instead
    starts(rule, first, since, until) -> list[datetime]

All datetimes here are naive: what a clock on the wall shows. Only the periods that are asked for are looked at, so a
rule that began long ago, or that never comes true, costs no more than another. (python-dateutil walks from the first
start on, and for a rule that never comes true to the year 9999.)
"""

import re
from calendar import isleap, monthrange
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from functools import lru_cache
from itertools import islice, product
from math import prod
from typing import Any

from maintainer.policy.wall_clock import instant

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
#: Nothing here is decided by the minute: a rule that starts more often in a day is one by mistake, or made to be slow.
MOST_A_DAY = 24
DAY = timedelta(days=1)
#: More than there are in all years.
MONTHS = 12 * 10_000
EXAMPLE = "Write FREQ=WEEKLY;BYDAY=FR, say (RFC 5545, RRULE)."


@dataclass(frozen=True, slots=True)
class Recurrence:
    """A rule. `until` is the last wall-clock time a start may have, `count` how many there are; 0 means no end.

    Where UNTIL is in UTC, `moment` is the same as an aware one in the zone of the series, and that is what counts.
    """

    frequency: str
    interval: int = 1
    count: int = 0
    until: datetime | None = None
    moment: datetime | None = None
    #: Numbers by the part's name, sorted; of BYDAY (weekday, which): `(("BYDAY", ((4, -1),)),)` is the last Friday.
    parts: tuple[tuple[str, tuple[Any, ...]], ...] = ()
    #: The first day of a week, Monday is 0.
    week_starts: int = 0


def recurrence(text: str, zone: tzinfo | None = None) -> Recurrence:
    """The rule in `text`, with or without `RRULE:` before it; `zone` is that of the series, for an UNTIL in UTC."""
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
    until, moment = _until(given.pop("UNTIL"), zone) if "UNTIL" in given else (None, None)
    week_starts = given.pop("WKST", "MO")
    if week_starts not in _DAYS:
        raise ValueError(f"WKST={week_starts[:40]} is no day. Write one of {', '.join(_DAYS)}.")
    parts = dict(_part(name, value, frequency) for name, value in given.items())
    if "BYWEEKNO" in parts and any(which for _, which in parts.get("BYDAY", ())):
        raise ValueError("a BYDAY with a number doesn't go with BYWEEKNO. Write MO, not 1MO.")
    if prod(len(parts.get(name, (0,))) for name in ("BYHOUR", "BYMINUTE", "BYSECOND")) > MOST_A_DAY:
        raise ValueError(f"starts more than {MOST_A_DAY} times a day. Write one longer span instead.")
    return Recurrence(frequency, interval, count, until, moment, tuple(sorted(parts.items())), _DAYS.index(week_starts))


def _part(name: str, value: str, frequency: str) -> tuple[str, tuple[Any, ...]]:
    if name == "BYDAY":
        return name, tuple(sorted({_day(each, frequency) for each in value.split(",")}))
    if name not in _NUMBERS:
        raise ValueError(f"{name[:40]} is no part of a rule. {EXAMPLE}")
    least, most, signed = _NUMBERS[name]
    if name == "BYWEEKNO" and frequency != "YEARLY":
        raise ValueError("BYWEEKNO belongs to FREQ=YEARLY alone.")
    if name == "BYYEARDAY" and frequency != "YEARLY":
        raise ValueError("BYYEARDAY belongs to FREQ=YEARLY alone.")
    if name == "BYMONTHDAY" and frequency == "WEEKLY":
        raise ValueError("BYMONTHDAY doesn't go with FREQ=WEEKLY.")
    return name, tuple(sorted({_number(name, each, least, most, signed=signed) for each in value.split(",")}))


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


def _until(text: str, zone: tzinfo | None) -> tuple[datetime, datetime | None]:
    """A date is inclusive. A time in UTC is a moment, all others are on the wall clock."""
    match = _UNTIL.fullmatch(text)
    try:
        if match is None:
            raise ValueError
        day, hours, utc = match.groups()
        if not hours:
            return datetime.combine(datetime.strptime(day, "%Y%m%d"), time.max), None  # noqa: DTZ007 - the wall clock's
        found = datetime.strptime(day + hours, "%Y%m%d%H%M%S")  # noqa: DTZ007 - the wall clock's
    except ValueError:
        raise ValueError(f"UNTIL={text[:40]} is no date. Write 20261231 or 20261231T180000.") from None
    if not utc:
        return found, None
    if zone is None:
        raise ValueError(f"UNTIL={text} is in UTC, and the rest is on the wall clock. Leave out the Z.")
    moment = found.replace(tzinfo=UTC).astimezone(zone)
    return moment.replace(tzinfo=None), moment


def starts(rule: Recurrence, first: datetime, since: datetime, until: datetime) -> list[datetime]:
    """The starts from `since` to `until`, both included, of a series that begins with `first`."""
    if rule.until:
        # Where clocks are set back, a later time on the wall may be an earlier moment.
        until = min(until, rule.until + DAY if rule.moment else rule.until)
    found = list(_walked(rule, first, max(since, first), until))
    if found and rule.count:
        last = _counted(rule, first, until.year)
        return [one for one in found if one <= last]
    if found and rule.moment:
        zone = rule.moment.tzinfo or UTC
        return [one for one in found if instant(one, zone) <= rule.moment]
    return found


@lru_cache(maxsize=8192)
def _counted(rule: Recurrence, first: datetime, year: int) -> datetime:
    """The last start that COUNT has, or the end of `year` where there are more."""
    end = datetime(year, 12, 31, 23, 59, 59)  # noqa: DTZ001 - the wall clock's
    if rule.frequency == "DAILY" and not rule.parts:
        return min(end, first + min((rule.count - 1) * rule.interval * DAY, end - first)) if first < end else end
    return next(islice(_walked(rule, first, first, end), rule.count - 1, None), end)


def _walked(rule: Recurrence, first: datetime, since: datetime, until: datetime) -> Iterator[datetime]:
    """Period by period: those of the rule that may hold a start from `since` to `until`, in order."""
    if since > until:
        return
    parts = _stated(rule, first)
    times = [time(*each) for each in product(*(parts[name] for name in ("BYHOUR", "BYMINUTE", "BYSECOND")))]
    places = parts.get("BYSETPOS", ())
    least, most = since.toordinal(), until.toordinal()
    for days in _periods(rule, first, since, until, parts):
        # Days outside can be left aside, but where places among all of a period are counted.
        asked = (date.fromordinal(day) for day in days if places or least <= day <= most)
        found = [datetime.combine(day, at) for day in asked if _falls(day, rule, parts) for at in times]
        if places:
            picked = {place - (place > 0) for place in places if -len(found) <= place - (place > 0) < len(found)}
            found = sorted({found[place] for place in picked})
        for one in found:
            if since <= one <= until:
                yield one


def _stated(rule: Recurrence, first: datetime) -> Mapping[str, tuple[Any, ...]]:
    """The rule's parts with those it takes from the first start (RFC 5545: "derived from the Start Time")."""
    parts = dict(rule.parts)
    for name, value in (("BYHOUR", first.hour), ("BYMINUTE", first.minute), ("BYSECOND", first.second)):
        parts.setdefault(name, (value,))
    if not parts.keys().isdisjoint(("BYDAY", "BYMONTHDAY", "BYYEARDAY", "BYWEEKNO")):
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
) -> Iterator[Iterable[int]]:
    """Of each period (day, week, month or year) of the rule that touches `since` to `until` the days that may be in
    it, in order, as ordinals."""
    if rule.frequency in ("DAILY", "WEEKLY"):
        length = 1 if rule.frequency == "DAILY" else 7
        begin = first.toordinal() - ((first.weekday() - rule.week_starts) % 7 if length == 7 else 0)
        step = length * rule.interval
        for day in range(begin + (since.toordinal() - begin) // step * step, until.toordinal() + 1, step):
            yield range(day, day + length)
        return
    length = 1 if rule.frequency == "MONTHLY" else 12
    origin = _month(first) if length == 1 else first.year * 12
    step = length * rule.interval
    least, most = (0, MONTHS) if "BYSETPOS" in parts else (_month(since), _month(until))
    for begin in range(origin + (_month(since) - origin) // step * step, _month(until) + 1, step):
        yield [
            day
            for month in range(max(begin, least), min(begin + length, most + 1))
            if "BYMONTH" not in parts or month % 12 + 1 in parts["BYMONTH"]
            for day in _days(month, parts.get("BYMONTHDAY"))
        ]


def _month(day: date) -> int:
    """Months counted through all years."""
    return day.year * 12 + day.month - 1


def _days(month: int, wanted: tuple[int, ...] | None) -> Iterable[int]:
    """The days of a month, or those wanted, from its end where negative; as ordinals."""
    first = date(month // 12, month % 12 + 1, 1).toordinal()
    length = monthrange(month // 12, month % 12 + 1)[1]
    if wanted is None:
        return range(first, first + length)
    return sorted({first + (day - 1 if day > 0 else length + day) for day in wanted if abs(day) <= length})


def _falls(day: date, rule: Recurrence, parts: Mapping[str, tuple[Any, ...]]) -> bool:
    """Whether the rule's parts have this day."""
    if "BYMONTH" in parts and day.month not in parts["BYMONTH"]:
        return False
    if "BYMONTHDAY" in parts and day.day not in parts["BYMONTHDAY"]:
        length = monthrange(day.year, day.month)[1]
        if day.day - length - 1 not in parts["BYMONTHDAY"]:
            return False
    if "BYDAY" in parts:
        own = [which for weekday, which in parts["BYDAY"] if weekday == day.weekday()]
        if not any(not which or _which(day, which, rule, parts) for which in own):
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
