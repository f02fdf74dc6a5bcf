"""The key `freeze`: spans of time in which nothing moves."""

from typing import Annotated, Self
from zoneinfo import ZoneInfo

from pydantic import BeforeValidator, Field, model_validator

from maintainer.config.fields import Duration, Globs, Moment, Section, Text, listed
from maintainer.config.values import Duration as Span
from maintainer.config.values import ends, starts
from maintainer.model import Severity
from maintainer.policy.rulebook import Freeze as Frozen
from maintainer.policy.rulebook import Phase

Phases = Annotated[tuple[Phase, ...], BeforeValidator(listed, json_schema_input_type=Phase | list[Phase])]
Severities = Annotated[tuple[Severity, ...], BeforeValidator(listed, json_schema_input_type=Severity | list[Severity])]


class Exempt(Section):
    """What a freeze lets through."""

    severities: Annotated[Severities, Field(description="Security fixes rated so.")] = ("high", "critical")
    packages: Annotated[Globs, Field(description="Globs over names of packages.")] = ()


class Freeze(Section):
    """A span of time in which nothing moves."""

    name: Annotated[Text, Field(max_length=100, description="Its name, as people are told it.")]
    since: Annotated[Moment, Field(alias="from", description="Its first day, or the moment it begins.")]
    to: Annotated[Moment, Field(description="Its last day, included; or the moment it has ended.")]
    lead: Annotated[
        Duration, Field(description="How long before it already holds: 72h elapsed, 3d by the wall clock.")
    ] = Span()
    tail: Annotated[Duration, Field(description="How long after it still holds.")] = Span()
    applies_to: Annotated[
        Phases, Field(min_length=1, description="What it stops; proposing goes on, marked as held, unless named.")
    ] = ("merge", "deploy")
    exempt: Annotated[Exempt, Field(description="What it lets through.")] = Exempt.model_construct()
    reason: Annotated[str, Field(max_length=500, description="Why.")] = ""

    @model_validator(mode="after")
    def _has_an_inside(self) -> Self:
        utc = ZoneInfo("UTC")
        if ends(self.to, utc) <= starts(self.since, utc):
            raise ValueError(f"ends ({self.to}) before it begins ({self.since}). Swap them, or write a later `to`.")
        return self

    def frozen(self, zone: ZoneInfo) -> Frozen:
        """The span as policy reads it, in the site's zone."""
        return Frozen(
            name=self.name,
            since=self.lead.before(starts(self.since, zone), zone),
            until=self.tail.after(ends(self.to, zone), zone),
            applies_to=frozenset(self.applies_to),
            exempt_severities=frozenset(self.exempt.severities),
            exempt_packages=self.exempt.packages,
        )
