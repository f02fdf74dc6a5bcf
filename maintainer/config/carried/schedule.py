"""Schedules of other bots as hours of ours: Renovate's cron and text, Dependabot's intervals.

https://docs.renovatebot.com/key-concepts/scheduling/: five fields, of which the first is `*`; and the older text,
`after 10pm and before 5am every weekday`, in which both hours are of the same day. Ours are weekdays and hours; days of
the month, weeks and months have no place.
"""

import re
from collections.abc import Iterable, Sequence

from maintainer.config.values import DAYS

_FULL = {f"{name}day": index for index, name in enumerate(("mon", "tues", "wednes", "thurs", "fri", "satur", "sun"))}
_NAMES = {**_FULL, **{name: index for index, name in enumerate(DAYS)}, "tues": 1, "wednes": 2, "thur": 3, "thurs": 3}
_WORDS = {**{name: (index,) for name, index in _NAMES.items()}, "weekday": tuple(range(5)), "weekend": (5, 6)}
_HOUR = re.compile(r"(\d{1,2})(?::00)? ?(am|pm)?", re.ASCII)
_BOUND = re.compile(r"(after|before) (\d{1,2}(?::00)? ?(?:am|pm)?)", re.ASCII)
_RANGE = re.compile(r"(\*|\d{1,2}|[a-z]{3})(?:-(\d{1,2}|[a-z]{3}))?(?:/(\d{1,2}))?", re.ASCII)
ALWAYS = ("at any time", "", "* * * * *")
LONGEST = 200

_MONTHLY = "days of the month, weeks and months have no place in hours; the workflow's own cron has them."


class NotHours(ValueError):
    """A schedule that weekdays and hours can't say; the text says why."""


def windows(schedule: Sequence[str]) -> tuple[list[str], list[tuple[str, str]]]:
    """The hours any of these schedules leave, and the schedules that can't be said, each with why.

    No hours and nothing unsaid: any time.
    """
    said: list[str] = []
    unsaid: list[tuple[str, str]] = []
    if any(text.strip().lower() in ALWAYS for text in schedule):
        return [], []
    for text in schedule:
        try:
            said += of_text(text)
        except NotHours as error:
            unsaid.append((text, str(error)))
    return list(dict.fromkeys(said)), unsaid


def of_text(text: str) -> list[str]:
    """The hours of one schedule of Renovate's, cron or words; raises NotHours."""
    plain = " ".join(text.lower().split())
    if len(plain) > LONGEST:
        raise NotHours("it is very long.")
    fields = plain.split()
    if len(fields) == 5 and re.fullmatch(r"[\d*,/a-z-]+", "".join(fields)) and not fields[0].isalpha():
        return of_cron(fields)
    return _of_words(plain)


def of_cron(fields: Sequence[str]) -> list[str]:
    """The hours of a cron line of five fields, whose minutes are `*`; raises NotHours."""
    minutes, hours, of_month, months, weekdays = fields
    if minutes != "*":
        raise NotHours("hours here begin at the full hour: write * for the minutes.")
    if of_month != "*" or months != "*":
        raise NotHours(_MONTHLY)
    return hours_of(cron_days(weekdays), _listed(hours, 0, 23, {}))


def cron_days(text: str) -> list[int]:
    """Weekdays of a cron field, 0 (Monday) to 6; raises NotHours."""
    names = {name: (index + 1) % 7 for index, name in enumerate(DAYS)}
    return sorted({(day - 1) % 7 for day in _listed(text, 0, 7, names)})


def _listed(text: str, first: int, last: int, names: dict[str, int]) -> list[int]:
    found: set[int] = set()
    for part in text.split(","):
        match = _RANGE.fullmatch(part)
        if match is None:
            raise NotHours("it is no schedule that can be read.")
        begin, end, step = match.groups()
        try:
            since = first if begin == "*" else names[begin] if begin in names else int(begin)
            until = (names[end] if end in names else int(end)) if end else last if begin == "*" or step else since
        except ValueError:
            raise NotHours("it is no schedule that can be read.") from None
        if names and end and until == 0:
            until = 7
        if not (first <= since <= until <= last) or step == "0":
            raise NotHours("its numbers are out of range.")
        found.update(range(since, until + 1, int(step or 1)))
    return sorted(found)


def _of_words(text: str) -> list[str]:
    """`after 10pm and before 5am every weekday`, `on friday and saturday`, `before 5am on monday`."""
    bounds = dict(_BOUND.findall(text))
    rest = _BOUND.sub(" ", text)
    if re.search(r"\b(?:months?|weeks?|years?|quarters?|first|day of)\b", rest):
        raise NotHours(_MONTHLY)
    days: set[int] = set()
    for word in re.findall(r"[a-z0-9:]+", rest):
        name = word if word in _WORDS else word.removesuffix("s")
        if name in _WORDS:
            days.update(_WORDS[name])
        elif word not in ("on", "every", "and", "the"):
            raise NotHours("it is no schedule that can be read.")
    if not days and not bounds:
        raise NotHours("it is no schedule that can be read.")
    since = _clock(bounds["after"]) if "after" in bounds else 0
    until = _clock(bounds["before"]) if "before" in bounds else 24
    over_midnight = len(bounds) == 2 and since >= until
    hours = [*range(until), *range(since, 24)] if over_midnight else range(since, until)
    return hours_of(days or range(7), hours)


def _clock(text: str) -> int:
    match = _HOUR.fullmatch(text)
    hour, half = (int(match[1]), match[2]) if match else (99, None)
    if half:
        if not 1 <= hour <= 12:
            raise NotHours("its hours are out of range.")
        return hour % 12 + (12 if half == "pm" else 0)
    if hour > 24:
        raise NotHours("its hours are out of range.")
    return hour


def hours_of(days: Iterable[int], hours: Iterable[int]) -> list[str]:
    """Windows of ours: these full hours on these weekdays."""
    named = _days(sorted(set(days)))
    spans: list[list[int]] = []
    for hour in sorted(set(hours)):
        if spans and spans[-1][1] == hour:
            spans[-1][1] = hour + 1
        else:
            spans.append([hour, hour + 1])
    if not named or not spans:
        raise NotHours("it never opens.")
    if spans == [[0, 24]]:
        return [named]
    return [f"{named} {since:02}:00-{until:02}:00" for since, until in spans]


def _days(days: Sequence[int]) -> str:
    if len(days) == 7:
        return "daily"
    if len(days) > 2 and list(days) == list(range(days[0], days[-1] + 1)):
        return f"{DAYS[days[0]]}-{DAYS[days[-1]]}"
    return ",".join(DAYS[day] for day in days)
