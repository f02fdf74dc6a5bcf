"""A shop's calendar for a week, as the gate reads it; and what it says of a proposal, from spans written down by hand.

may(world, number, when) -> bool
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from zoneinfo import ZoneInfo

ZONE = ZoneInfo("Europe/Warsaw")


def local(text: str) -> datetime:
    """A moment by the shop's clock: `10-29 15:00`; of the hour that comes twice the first."""
    return datetime.strptime(f"2027-{text}", "%Y-%m-%d %H:%M").replace(tzinfo=ZONE).astimezone(UTC)


CONFIGURATION = """\
site: {name: shop, timezone: Europe/Warsaw}
gate:
  interval: 30m
  verify: required
  overrides: {by: [lena]}
freeze:
  - name: Weekend
    from: 2027-10-29T15:00
    to: 2027-11-01T08:00
    repeat: FREQ=WEEKLY
    scope: {paths: ["**", "!clock/**"]}
  - name: Nights
    from: 2027-10-26T22:00
    to: 2027-10-27T06:00
    repeat: FREQ=DAILY
    scope: {paths: [theme/**]}
    exempt: {severities: []}
  - name: The clock is set back
    from: 2027-10-31T01:30
    to: 2027-10-31T02:30
    scope: {paths: [clock/**]}
windows:
  - name: Office hours
    hours: mon-fri 09:00-16:00
    applies_to: merge
    scope: {paths: [catalogue/**]}
calendars:
  - name: team
    url: FEED
    exempt: {packages: [pay-*]}
"""
EMERGENCY = """\
  - name: Emergency
    from: 2027-10-28T17:00
    to: 2027-10-28T23:00
    exempt: {severities: []}
windows:"""
CALENDAR = """\
BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//shop.example//EN
BEGIN:VEVENT
UID:1@shop.example
DTSTAMP:20270101T000000Z
SUMMARY:Launch
DTSTART;TZID=Europe/Warsaw:20271027T130000
DTEND;TZID=Europe/Warsaw:20271027T150000
END:VEVENT
BEGIN:VEVENT
UID:2@shop.example
DTSTAMP:20270101T000000Z
SUMMARY:Stocktaking
DTSTART;TZID=Europe/Warsaw:20271101T103000
DTEND;TZID=Europe/Warsaw:20271101T120000
RRULE:FREQ=DAILY;COUNT=2
END:VEVENT
BEGIN:VEVENT
UID:3@shop.example
DTSTAMP:20270101T000000Z
SUMMARY:Called off
STATUS:CANCELLED
DTSTART;TZID=Europe/Warsaw:20271102T130000
DTEND;TZID=Europe/Warsaw:20271102T180000
END:VEVENT
END:VCALENDAR
""".replace("\n", "\r\n")

GRAVE = frozenset({"high", "critical"})
NONE: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Proposal:
    """As the world knows it. `folder` is what it touches; `fixes` are severities; `overrides` are (asked, ends)."""

    number: int
    branch: str
    folder: str
    head: str
    fixes: frozenset[str] = NONE
    package: str = ""
    fork: bool = False
    verified: bool = True
    #: Whether it can have a status: GitLab takes none of a commit that only a fork has.
    told: bool = True
    overrides: tuple[tuple[datetime, datetime], ...] = ()

    @property
    def kind(self) -> tuple[str, frozenset[str], bool]:
        """All that the calendar goes by."""
        return self.folder, self.fixes, self.package.startswith("pay-")


@dataclass(frozen=True)
class World:
    """What holds at a moment. `proposals` are the open ones by number."""

    proposals: Mapping[int, Proposal] = field(default_factory=dict)
    broken: bool = False
    unreadable: bool = False
    emergency: bool = False


class Held:
    """One thing that closes: its spans, and whom it spares."""

    def __init__(self, spans: Sequence[tuple[str, str]], spares: frozenset[str] = GRAVE, package: bool = False) -> None:
        self.spans = [(local(since), local(until)) for since, until in spans]
        self._spares, self._package = spares, package

    def holds(self, kind: tuple[str, frozenset[str], bool], when: datetime) -> bool:
        _, fixes, pays = kind
        spared = bool(fixes & self._spares) or (self._package and pays)
        return not spared and any(since <= when < until for since, until in self.spans)


WEEKEND = Held([("10-29 15:00", "11-01 08:00")])
NIGHTS = Held(
    [(f"{day} 22:00", f"{after} 06:00") for day, after in (
        ("10-26", "10-27"), ("10-27", "10-28"), ("10-28", "10-29"), ("10-29", "10-30"), ("10-30", "10-31"),
        ("10-31", "11-01"), ("11-01", "11-02"), ("11-02", "11-03"))],
    NONE,
)  # fmt: skip
CLOCK = Held([("10-31 01:30", "10-31 02:30")])
OFFICE = [
    (local(f"{day} 09:00"), local(f"{day} 16:00")) for day in ("10-27", "10-28", "10-29", "11-01", "11-02", "11-03")
]
TEAM = Held(
    [("10-27 13:00", "10-27 15:00"), ("11-01 10:30", "11-01 12:00"), ("11-02 10:30", "11-02 12:00")], GRAVE, True
)
ALERT = Held([("10-28 17:00", "10-28 23:00")], NONE)


@cache
def held(kind: tuple[str, frozenset[str], bool], emergency: bool, when: datetime) -> bool:
    """Whether the calendar holds it."""
    folder = kind[0]
    if folder == "catalogue" and not any(since <= when < until for since, until in OFFICE):
        return True
    found = [TEAM, *([ALERT] if emergency else []), CLOCK if folder == "clock" else WEEKEND]
    found += [NIGHTS] if folder == "theme" else []
    return any(one.holds(kind, when) for one in found)


def may(world: World, number: int, when: datetime) -> bool:
    """Whether it may be merged then, were the world to stay as it is."""
    one = world.proposals[number]
    if world.broken or not one.verified or not one.told:
        return False
    if not one.fork and any(asked <= when < ends for asked, ends in one.overrides):
        return True
    return not world.unreadable and not held(one.kind, world.emergency, when)
