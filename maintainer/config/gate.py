"""The key `gate`: what a proposal needs before it may be merged, and who may let one through that lacks it."""

from datetime import timedelta
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field

from maintainer.config.fields import Count, Duration, Section, Text, Texts, listed
from maintainer.policy.overrides import Passes, Terms
from maintainer.policy.wall_clock import Duration as Span

Passing = Annotated[tuple[Passes, ...], BeforeValidator(listed, json_schema_input_type=Passes | list[Passes])]


class Overrides(Section):
    """How people who may let a proposal through a closed gate."""

    by: Annotated[
        Texts,
        Field(description="Logins and teams (`@shop/owners`) who may; else who owns maintainer.yml (CODEOWNERS)."),
    ] = ()
    label: Annotated[
        Text, Field(max_length=50, description="The label that asks for one; it needs a reason beside.")
    ] = "freeze-override"
    urgent: Annotated[
        Texts, Field(description="Labels of a priority that are reason enough, such as P1: production down.")
    ] = ("P1",)
    lasts: Annotated[Duration, Field(description="How long one lasts where nothing is said.")] = Span(
        elapsed=timedelta(hours=2)
    )
    longest: Annotated[Duration, Field(description="The longest anyone may ask for.")] = Span(
        elapsed=timedelta(hours=24)
    )
    approvals: Annotated[Count, Field(description="How many more people who may have to agree.")] = 0
    passes: Annotated[
        Passing, Field(description="What one passes: the calendar, what verify found, approvals that lack.")
    ] = ("calendar",)

    @property
    def terms(self) -> Terms:
        return Terms(
            self.label, self.urgent, self.lasts.delta, self.longest.delta, self.approvals, frozenset(self.passes)
        )


class Gate(Section):
    """What a proposal needs before it may be merged."""

    verify: Annotated[
        Literal["auto", "required", "off"],
        Field(description="Whether verify has to have passed on its commit; auto: on a forge, where staging is named."),
    ] = "auto"
    approvals: Annotated[Count, Field(description="How many people have to have approved its commit.")] = 0
    interval: Annotated[
        Duration, Field(description="How often the gate looks at open proposals; an answer is posted so far ahead.")
    ] = Span(elapsed=timedelta(minutes=30))
    overrides: Annotated[Overrides, Field(description="Who may let one through, and how.")] = (
        Overrides.model_construct()
    )
