"""The keys `freeze` and `windows`: spans of time in which nothing moves, and those in which alone something does."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Annotated, Any, Self, TypeVar
from zoneinfo import ZoneInfo

from pydantic import BeforeValidator, ConfigDict, Field, model_validator

from maintainer.config import values
from maintainer.config.fields import (
    Duration,
    Flag,
    Globs,
    Hours,
    Moment,
    Paths,
    Section,
    Text,
    Texts,
    Zone,
    described,
    listed,
)
from maintainer.config.fields import read as reading
from maintainer.model import Severity
from maintainer.policy import rulebook as policy
from maintainer.policy.globs import any_matches
from maintainer.policy.recurrence import Recurrence, recurrence
from maintainer.policy.rulebook import Phase
from maintainer.policy.series import APART, Series
from maintainer.policy.wall_clock import Duration as Span

Phases = Annotated[tuple[Phase, ...], BeforeValidator(listed, json_schema_input_type=Phase | list[Phase])]
Severities = Annotated[tuple[Severity, ...], BeforeValidator(listed, json_schema_input_type=Severity | list[Severity])]
Moments = Annotated[tuple[Moment, ...], BeforeValidator(listed)]
Repeat = Annotated[
    str,
    reading(lambda text: recurrence(text, ZoneInfo("UTC")) and text),
    described(type="string", pattern="^(RRULE:)?FREQ=", examples=["FREQ=YEARLY", "FREQ=WEEKLY;BYDAY=FR"]),
]
#: What hours by weekday begin in: the Monday all weeks are counted from.
MONDAY = datetime(2001, 1, 1)  # noqa: DTZ001 - the wall clock's
#: The most that something that recurs may last.
LONGEST = timedelta(days=366)
DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")


class Exempt(Section):
    """What is let through."""

    severities: Annotated[Severities, Field(description="Security fixes rated so.")] = ()
    packages: Annotated[Globs, Field(description="Globs over names of packages.")] = ()

    @property
    def policy(self) -> policy.Exempt:
        return policy.Exempt(frozenset(self.severities), self.packages)


class Pierced(Exempt):
    """What a freeze lets through; a rollback always."""

    severities: Annotated[Severities, Field(description="Security fixes rated so.")] = ("high", "critical")


class Scope(Section):
    """What it is about; everything where nothing is said."""

    environments: Annotated[Globs, Field(description="Where is deployed to; of deploys alone.")] = ()
    paths: Annotated[Paths, Field(description="Changes that touch one of these.")] = ()
    managers: Annotated[Texts, Field(description="Changes of what these managers manage.")] = ()
    sites: Annotated[Globs, Field(description="Sites by name, where several share a policy.")] = ()

    @property
    def policy(self) -> policy.Scope:
        return policy.Scope(self.environments, self.paths, self.managers)


class Times(Section):
    """When: `from` and `to`, once or repeated, or `hours` of every week."""

    model_config = ConfigDict(json_schema_extra={"oneOf": [{"required": ["from", "to"]}, {"required": ["hours"]}]})

    name: Annotated[Text, Field(max_length=100, description="Its name, as people are told it.")]
    since: Annotated[Moment | None, Field(alias="from", description="Its first day, or the moment it begins.")] = None
    to: Annotated[Moment | None, Field(description="Its last day, included; or the moment it has ended.")] = None
    hours: Annotated[Hours | None, Field(description="Hours of every week, instead of `from` and `to`.")] = None
    repeat: Annotated[Repeat | None, Field(description="How it recurs: a rule of RFC 5545 (RRULE).")] = None
    excluded: Annotated[
        Moments, Field(alias="except", description="Days, or starts, on which it does not recur (EXDATE).")
    ] = ()
    zone: Annotated[Zone | None, Field(description="The zone of its times (default: the site's).")] = None
    lead: Annotated[
        Duration, Field(description="How long before it already holds: 72h elapsed, 3d by the wall clock.")
    ] = Span()
    tail: Annotated[Duration, Field(description="How long after it still holds.")] = Span()
    scope: Annotated[Scope, Field(description="What it is about (default: everything).")] = Scope.model_construct()
    reason: Annotated[str, Field(max_length=500, description="Why.")] = ""

    @model_validator(mode="after")
    def _has_an_inside(self) -> Self:
        if self.hours:
            if self.since or self.to or self.repeat:
                raise ValueError("has `hours`, which recur every week: leave out `from`, `to` and `repeat`.")
            self._ends_before_it_recurs(timedelta(days=1))
            return self
        if self.since is None or self.to is None:
            lacking = "`to`" if self.since else "`from`" if self.to else "`from` and `to`"
            raise ValueError(f"lacks {lacking}. Write both, or `hours: fri 15:00-24:00` for every week.")
        since, until = self._ends(ZoneInfo("UTC"))
        if _has_offset(self.since) != _has_offset(self.to) and until - since <= APART:
            raise ValueError("has an offset in one of `from` and `to`: write both with it, or both without.")
        if until <= since:
            raise ValueError(f"ends ({self.to}) before it begins ({self.since}). Swap them, or write a later `to`.")
        if self.repeat:
            self._ends_before_it_recurs(until - since)
        if self.excluded and not self.repeat:
            raise ValueError("has `except` without `repeat`: it comes once. Leave one out, or write both.")
        return self

    def concerns(self, site: str) -> bool:
        """Whether it is about this site; a site without a name is every site."""
        return not (self.scope.sites and site) or any_matches(self.scope.sites, (site,))

    def series(self, zone: ZoneInfo) -> Series:
        """Its spans, where the site's zone is `zone`."""
        zone = ZoneInfo(self.zone) if self.zone else zone
        if self.hours:
            rules, since, until = _weekly(self.hours)
        else:
            since, until = self._ends(zone)
            rules = (recurrence(self.repeat, zone),) if self.repeat else ()
        return Series(
            since,
            until,
            zone,
            rules,
            without=frozenset(self.excluded),
            lead=self.lead,
            tail=self.tail,
        )

    def _ends_before_it_recurs(self, length: timedelta) -> None:
        """Thousands of spans that lie over each other say no more than one."""
        if length + self.lead.delta + self.tail.delta > LONGEST:
            raise ValueError(
                "recurs, and lasts longer than a year with its lead and tail. Leave `repeat` out, or make it shorter."
            )

    def _ends(self, zone: ZoneInfo) -> tuple[datetime, datetime]:
        assert self.since is not None and self.to is not None
        return values.begins(self.since, zone), values.ends(self.to, zone)


def _has_offset(given: date | datetime) -> bool:
    return isinstance(given, datetime) and given.tzinfo is not None


def _weekly(hours: policy.Window) -> tuple[tuple[Recurrence, ...], datetime, datetime]:
    days = sorted(hours.days)
    start = MONDAY + timedelta(days=days[0], minutes=hours.since)
    length = hours.until - hours.since
    rule = recurrence(f"FREQ=WEEKLY;BYDAY={','.join(DAYS[day] for day in days)}")
    return (rule,), start, start + timedelta(minutes=length if length > 0 else length + 24 * 60)


class Freeze(Times):
    """A span of time in which nothing moves."""

    applies_to: Annotated[
        Phases, Field(min_length=1, description="What it stops; proposing goes on, marked as held, unless named.")
    ] = ("merge", "deploy")
    exempt: Annotated[Pierced, Field(description="What it lets through.")] = Pierced.model_construct()

    def frozen(self, zone: ZoneInfo) -> policy.Freeze:
        """The freeze as policy reads it, in the site's zone."""
        return _made(policy.Freeze, self, zone)


class Campaign(Freeze):
    """Days that pay the year's bills: nothing moves around them, and the site is made ready for who comes."""

    lead: Annotated[
        Duration, Field(description="How long before it nothing moves: 72h elapsed, 3d by the wall clock.")
    ] = Span(elapsed=timedelta(hours=72))
    freeze: Annotated[Flag, Field(description="Whether it stops what it applies to.")] = True
    prepare: Annotated[
        Duration, Field(description="How long before its lead verify already goes by its peak and its budgets.")
    ] = Span(days=30)
    #: Told whole by `whole.Campaign`: reading them takes longer than reading all else.
    peak: Any = None
    budgets: Any = ()

    def frozen(self, zone: ZoneInfo) -> policy.Freeze:
        return replace(super().frozen(zone), campaign=self.name)


class Window(Times):
    """A span of time in which alone something moves."""

    applies_to: Annotated[Phases, Field(min_length=1, description="What happens only inside it.")] = ("deploy",)
    exempt: Annotated[Exempt, Field(description="What needn't wait for it.")] = Exempt.model_construct()

    def opening(self, zone: ZoneInfo) -> policy.Opening:
        """The window as policy reads it, in the site's zone."""
        return _made(policy.Opening, self, zone)


_Kind = TypeVar("_Kind", policy.Freeze, policy.Opening)


def _made(kind: type[_Kind], one: Freeze | Window, zone: ZoneInfo) -> _Kind:
    return kind(
        name=one.name,
        series=one.series(zone),
        applies_to=frozenset(one.applies_to),
        exempt=one.exempt.policy,
        scope=one.scope.policy,
        reason=one.reason,
    )
