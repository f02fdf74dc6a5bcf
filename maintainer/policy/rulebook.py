"""What the user wants, as the values policy reads; `config` makes them, nothing here reads a file."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Literal

from maintainer.model import Bump, Limits, Role, Strategy

Act = Literal["propose", "approve", "ignore"]
#: What a freeze may stop.
Phase = Literal["propose", "merge", "deploy"]


@dataclass(frozen=True, slots=True)
class Window:
    """Wall-clock hours in which updates are proposed: weekdays 0 (Monday) to 6, minutes of the day, half open.

    `until <= since` runs over midnight into the next day.
    """

    days: frozenset[int]
    since: int
    until: int


@dataclass(frozen=True, slots=True)
class Rule:
    """Matches an update when every given condition does; of all matching rules the last that says a thing wins.

    `packages` and `paths` are globs (`!` before one excludes). None and empty mean "says nothing of it".
    """

    managers: tuple[str, ...] = ()
    datasources: tuple[str, ...] = ()
    packages: tuple[str, ...] = ()
    paths: tuple[str, ...] = ()
    bumps: tuple[Bump, ...] = ()
    roles: tuple[Role, ...] = ()
    sections: tuple[str, ...] = ()
    act: Act | None = None
    group: str | None = None
    strategy: Strategy | None = None
    minimum_age: timedelta | None = None
    windows: tuple[Window, ...] | None = None
    allowed: str | None = None
    prereleases: bool | None = None
    automerge: bool | None = None
    labels: tuple[str, ...] = ()
    reviewers: tuple[str, ...] = ()
    assignees: tuple[str, ...] = ()
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Pin:
    """A package that stays where it is until `until` (inclusive), because `owner` says so."""

    package: str
    owner: str
    until: date
    reason: str = ""
    allowed: str = ""


@dataclass(frozen=True, slots=True)
class Freeze:
    """A span of time in which nothing moves: `since` (lead included) to `until` (tail included), half open, aware."""

    name: str
    since: datetime
    until: datetime
    applies_to: frozenset[Phase] = frozenset({"merge", "deploy"})
    exempt_severities: frozenset[str] = frozenset({"high", "critical"})
    exempt_packages: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Rulebook:
    """Everything policy asks: rules in order, pins, freezes, limits, and what a person has approved."""

    rules: tuple[Rule, ...] = ()
    pins: tuple[Pin, ...] = ()
    freezes: tuple[Freeze, ...] = ()
    limits: Limits = field(default_factory=Limits)
    timezone: str = "UTC"
    eol_horizon: timedelta = timedelta(days=90)
    #: Calendars that can't be read: a freeze for automation, with the sentence that says why.
    unreadable: tuple[str, ...] = ()
    #: Branches of changes a person has approved.
    approved: frozenset[str] = frozenset()
    labels: tuple[str, ...] = ()
    #: What the site runs where the repository doesn't say it: `php`, `node`, `wordpress`, `woocommerce` -> version.
    runs: Mapping[str, str] = field(default_factory=dict)
