"""What the user wants, as the values policy reads; `config` makes them, nothing here reads a file."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Literal

from maintainer.model import Bump, Limits, Role, Strategy
from maintainer.policy.series import Series

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
class Scope:
    """What a freeze or a window is about: all where nothing is said. Globs (`!` before one excludes)."""

    environments: tuple[str, ...] = ()
    paths: tuple[str, ...] = ()
    managers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Exempt:
    """What is let through: fixes of advisories rated so, and packages by globs over their names."""

    severities: frozenset[str] = frozenset()
    packages: tuple[str, ...] = ()


ANYTHING, NOTHING = Scope(), Exempt()
GRAVE = Exempt(frozenset({"high", "critical"}))


@dataclass(frozen=True, slots=True)
class Freeze:
    """Spans of time in which nothing moves, but for what is exempt. A rollback always is.

    `calendar` is the name of the calendar that has it, empty for the configuration itself; `campaign` the one that
    implies it.
    """

    name: str
    series: Series
    applies_to: frozenset[Phase] = frozenset({"merge", "deploy"})
    exempt: Exempt = GRAVE
    scope: Scope = ANYTHING
    reason: str = ""
    calendar: str = ""
    campaign: str = ""


@dataclass(frozen=True, slots=True)
class Opening:
    """A maintenance window: what it applies to moves inside it alone, or inside another of the same calendar."""

    name: str
    series: Series
    applies_to: frozenset[Phase] = frozenset({"deploy"})
    exempt: Exempt = NOTHING
    scope: Scope = ANYTHING
    reason: str = ""
    calendar: str = ""


@dataclass(frozen=True, slots=True)
class Calendar:
    """All that says when things may move. `unreadable` are sentences, one for each source that can't be read: what
    it would forbid isn't known, so everything is."""

    freezes: tuple[Freeze, ...] = ()
    openings: tuple[Opening, ...] = ()
    unreadable: tuple[str, ...] = ()


UNBOUND = Calendar()


@dataclass(frozen=True, slots=True)
class Rulebook:
    """Everything policy asks: rules in order, pins, the calendar, limits, and what a person has approved."""

    rules: tuple[Rule, ...] = ()
    pins: tuple[Pin, ...] = ()
    calendar: Calendar = UNBOUND
    limits: Limits = field(default_factory=Limits)
    timezone: str = "UTC"
    eol_horizon: timedelta = timedelta(days=90)
    #: Branches of changes a person has approved.
    approved: frozenset[str] = frozenset()
    labels: tuple[str, ...] = ()
    #: What the site runs where the repository doesn't say it: `php`, `node`, `wordpress`, `woocommerce` -> version.
    runs: Mapping[str, str] = field(default_factory=dict)
