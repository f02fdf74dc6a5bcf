"""The lines of an iCalendar (RFC 5545, section 3.1) as the components they make up, whole or not at all.

    parse(data) -> Component                            raises ValueError with what is wrong and what to do

Readers of calendars are lenient: they mend, skip, and take what is left. Here a line that can't be read is an error:
what it would have said isn't known.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from functools import lru_cache

from icalendar.parser import Contentline

#: More is no calendar of freezes.
LARGEST = 4 * 1024 * 1024
MOST_EVENTS = 5_000
#: What is read of a calendar, of its events and its zones; of all else only that it is a line.
READ = frozenset(
    (
        *("BEGIN", "END", "METHOD", "CALSCALE", "VERSION", "X-WR-TIMEZONE"),
        *("UID", "SEQUENCE", "STATUS", "SUMMARY", "DTSTART", "DTEND", "DURATION"),
        *("RECURRENCE-ID", "RRULE", "EXRULE", "RDATE", "EXDATE"),
        *("TZID", "TZOFFSETFROM", "TZOFFSETTO"),
    )
)
#: A name that is nearly one of these is a mistake; all others of the standards are further away.
MEANT = ("DTSTART", "DTEND", "DURATION", "RRULE", "RDATE", "EXDATE", "RECURRENCE-ID", "STATUS", "SEQUENCE", "SUMMARY")
_LINE = re.compile(r"([A-Za-z0-9-]+)[;:]", re.ASCII)
FEED = "Give the address of the feed itself (it ends in .ics, mostly)."


@dataclass(frozen=True, slots=True)
class Property:
    """`DTSTART;TZID=Europe/Warsaw:20261127T150000`: names in upper case, `line` where it begins, from 1."""

    name: str
    params: Mapping[str, str]
    value: str
    line: int


@dataclass(frozen=True, slots=True)
class Component:
    """What stands between a BEGIN and its END, as far as it is read: `properties`, and the `parts` inside."""

    name: str
    line: int
    properties: list[Property] = field(default_factory=list)
    parts: list["Component"] = field(default_factory=list)

    def every(self, name: str) -> list[Property]:
        return [one for one in self.properties if one.name == name]

    def one(self, name: str) -> Property | None:
        """The property of this name. Raises ValueError where it stands there twice."""
        found = self.every(name)
        if len(found) > 1:
            raise ValueError(f"line {found[1].line}: {name} stands there twice. Keep one.")
        return found[0] if found else None

    def value(self, name: str, default: str = "") -> str:
        found = self.one(name)
        return found.value.strip() if found else default


def parse(data: bytes) -> Component:
    """The calendar, its events and its zones."""
    calendar: Component | None = None
    stack: list[Component] = []
    events = 0
    for line, text in _unfolded(_text(data)):
        one = _property(text, line)
        if calendar and not stack:
            raise ValueError(
                f"line {line}: goes on after its END:VCALENDAR. Put one calendar into a file, and no more."
            )
        if one and one.name == "BEGIN":
            inner = Component(one.value.strip().upper(), line)
            if stack:
                stack[-1].parts.append(inner)
            elif inner.name != "VCALENDAR":
                raise ValueError(f"line {line}: begins with {inner.name[:40]}, not with a VCALENDAR. {FEED}")
            calendar = calendar or inner
            stack.append(inner)
            events += inner.name == "VEVENT"
            if events > MOST_EVENTS:
                raise ValueError(f"has more than {MOST_EVENTS} events. Keep freezes in a calendar of their own.")
        elif not stack:
            raise ValueError(f"line {line}: doesn't begin with BEGIN:VCALENDAR. {FEED}")
        elif one and one.name == "END":
            begun = stack.pop()
            ended = one.value.strip().upper()
            if ended != begun.name:
                raise ValueError(
                    f"line {line}: END:{ended[:40]} ends the {begun.name[:40]} of line {begun.line}. It was cut, or "
                    "put together by hand: export it anew."
                )
        elif one:
            stack[-1].properties.append(one)
    if stack or calendar is None:
        raise ValueError("ends in the middle, without its END:VCALENDAR: it was cut short. Fetch or export it anew.")
    return calendar


def _text(data: bytes) -> str:
    if len(data) > LARGEST:
        raise ValueError(f"is larger than {LARGEST >> 20} MiB. Keep freezes in a calendar of their own.")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise ValueError("is not UTF-8. Save or export it as UTF-8.") from None
    begin = text.lstrip()[:1]
    if not begin:
        raise ValueError("is empty. Export it anew, or correct its address.")
    if "\0" in text:
        raise ValueError("has bytes of a binary file in it. Export it anew, as iCalendar (.ics).")
    if begin == "<":
        raise ValueError(f"is a web page or XML, no calendar: its address may have changed, or want a login. {FEED}")
    if begin in "{[":
        raise ValueError(f"is JSON, no iCalendar. {FEED}")
    return text


def _unfolded(text: str) -> Iterator[tuple[int, str]]:
    """The lines that aren't empty, each with its number, with those that go on with a space or a tab put together."""
    parts: list[str] = []
    begun = 0
    for number, line in enumerate(text.removesuffix("\r").replace("\r\n", "\n").split("\n"), 1):
        if "\r" in line:
            raise ValueError(f"line {number}: has a line end that is none (CR alone). Export it anew.")
        if line[:1] in (" ", "\t") and parts:
            parts.append(line[1:])
        elif line.strip():
            if parts:
                yield begun, "".join(parts)
            parts, begun = [line], number
    if parts:
        yield begun, "".join(parts)


@lru_cache(maxsize=256)
def _misspelt(name: str) -> str:
    """Which of the names that are read this may be meant for: one that isn't read would silently be left out."""
    near = () if name.startswith("X-") else get_close_matches(name[:40], MEANT, n=1, cutoff=0.8)
    return near[0] if near else ""


def _property(text: str, line: int) -> Property | None:
    """The property in a line, None for one that says nothing of what is read."""
    match = _LINE.match(text)
    if match is None:
        raise ValueError(f"line {line}: is no line of an iCalendar ({text[:30]!r}). Export it anew.")
    name = match[1].upper()
    if name not in READ and (meant := _misspelt(name)):
        raise ValueError(f"line {line}: {name[:40]} is no property. Did you mean {meant}?")
    try:
        _, params, value = Contentline(text).parts()  # type: ignore[no-untyped-call]
    except ValueError:
        raise ValueError(f"line {line}: {name[:40]} can't be read ({text[:60]!r}). Export it anew.") from None
    if name not in READ:
        return None
    plain = {key.upper(): each if isinstance(each, str) else ",".join(each) for key, each in params.items()}
    return Property(name, plain, value, line)
