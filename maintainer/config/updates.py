"""The key `updates`: what may move, when, together with what, and who is asked."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from maintainer.config.fields import (
    Bumps,
    Count,
    Day,
    Duration,
    Flag,
    Glob,
    Globs,
    Paths,
    Readable,
    Roles,
    Section,
    Text,
    Texts,
    Windows,
)
from maintainer.config.names import Datasource, Datasources, Managers
from maintainer.config.names import Scheme as SchemeName
from maintainer.errors import ConfigurationError
from maintainer.managers import custom
from maintainer.model import Strategy
from maintainer.policy.rulebook import Act
from maintainer.policy.wall_clock import Duration as Span


class Matching(Section):
    """What an update must be; conditions that are left out are met."""

    managers: Annotated[
        Managers, Field(description="Managers that found it, such as composer or wordpress_plugin.")
    ] = ()
    datasources: Annotated[Datasources, Field(description="Datasources that publish it, such as npm.")] = ()
    packages: Annotated[Globs, Field(description="Globs over the package's name; ! before one excludes.")] = ()
    paths: Annotated[Paths, Field(description="Globs over the path of the file that states it.")] = ()
    bumps: Annotated[Bumps, Field(description="How far it moves: patch, minor, major, prerelease, digest, other.")] = ()
    roles: Annotated[Roles, Field(description="What it is to the site: a package, a runtime's pin, or support.")] = ()
    sections: Annotated[Texts, Field(description="Parts of the file, such as require-dev or devDependencies.")] = ()

    @property
    def is_limited(self) -> bool:
        """Whether any condition is given."""
        return any(getattr(self, name) for name in Matching.model_fields)


class Rule(Matching):
    """What to do with updates that match; of all matching rules the last that says a thing wins."""

    act: Annotated[
        Act | None, Field(description="propose at once, approve: propose once a person approves, or ignore.")
    ] = None
    group: Annotated[
        Annotated[str, Field(max_length=100)] | None,
        Field(description="Name of the group it travels in; empty: alone, whatever groups say."),
    ] = None
    strategy: Annotated[
        Strategy | None,
        Field(description="bump: raise the constraint; widen: allow more; lock: edit it only where it is in the way."),
    ] = None
    minimum_age: Annotated[Duration | None, Field(description="How long a release must have been out.")] = None
    windows: Annotated[Windows | None, Field(description="Hours in which it is proposed; an empty list: any.")] = None
    allowed: Annotated[
        Annotated[Text, Readable] | None, Field(description="Constraint that a release must meet, such as <9.0.")
    ] = None
    prereleases: Annotated[Flag | None, Field(description="Whether alpha, beta and RC releases count.")] = None
    automerge: Annotated[
        Flag | None, Field(description="Whether its proposal merges itself once all checks pass and nothing is frozen.")
    ] = None
    labels: Annotated[Texts, Field(description="Labels of its proposal.")] = ()
    reviewers: Annotated[Texts, Field(description="Who is asked to review.")] = ()
    assignees: Annotated[Texts, Field(description="Whose task it is.")] = ()
    reason: Annotated[str, Field(max_length=500, description="Why; shown beside every decision it makes.")] = ""

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        effects = set(Rule.model_fields) - set(Matching.model_fields) - {"reason"}
        if not effects & self.model_fields_set:
            raise ValueError(f"changes nothing. Give it one of: {', '.join(sorted(effects))}.")
        return self


class Group(Matching):
    """Updates that travel in one proposal."""

    name: Annotated[Text, Field(max_length=100, description="Its name, as titles and branches show it.")]
    labels: Annotated[Texts, Field(description="Labels of its proposal.")] = ()
    reviewers: Annotated[Texts, Field(description="Who is asked to review.")] = ()
    assignees: Annotated[Texts, Field(description="Whose task it is.")] = ()

    @model_validator(mode="after")
    def _is_limited(self) -> Self:
        if not self.is_limited:
            raise ValueError(f"would take every update. Give it one of: {', '.join(Matching.model_fields)}.")
        return self


class Pin(Section):
    """A package that stays where it is for a while."""

    package: Annotated[Glob, Field(description="The package's name, or a glob.")]
    owner: Annotated[Text, Field(description="Who answers for it: a person or a team.")]
    until: Annotated[Day, Field(description="The last day it holds.")]
    reason: Annotated[str, Field(max_length=500, description="Why it must stay.")] = ""
    allowed: Annotated[
        str, Field(max_length=200, description="Constraint within which it may move nevertheless."), Readable
    ] = ""


class Limits(Section):
    """How much may be asked of reviewers; security counts for neither."""

    per_run: Annotated[Count, Field(description="Proposals one run may open.")] = 5
    open: Annotated[Count, Field(description="Proposals that may be open at once.")] = 10


class Author(Section):
    """The name commits carry, and how they are signed."""

    name: Annotated[Text, Field(max_length=100, description="The name on commits.")] = "maintainer"
    email: Annotated[
        Text, Field(max_length=200, pattern=r"^[^\s<>@]+@[^\s<>@]+$", description="The address on commits.")
    ] = "maintainer@localhost"
    signing: Annotated[
        Literal["none", "ssh", "gpg", "forge"],
        Field(
            description="How commits are signed: with the key in MAINTAINER_SIGNING_KEY (for gpg: its id), or by "
            "GitHub, in the name of its App."
        ),
    ] = "none"


class Custom(Section):
    """A manager of your own: a regular expression that says where a version stands."""

    name: Annotated[Text, Field(max_length=100, pattern="^[a-z][a-z0-9_-]*$", description="Its name, as rules use it.")]
    files: Annotated[Paths, Field(min_length=1, description="Globs over tracked files.")]
    pattern: Annotated[
        Text,
        Field(description="Python's syntax, with groups (?P<version>...) and, at will, package, datasource, scheme."),
    ]
    package: Annotated[Text | None, Field(description="The package's name where it is published.")] = None
    datasource: Annotated[Datasource | None, Field(description="Where it is published.")] = None
    scheme: Annotated[SchemeName | None, Field(description="How its versions are ordered.")] = None
    registries: Annotated[Texts, Field(description="Addresses to ask instead of the usual one.")] = ()

    @model_validator(mode="after")
    def _can_be_used(self) -> Self:
        self.manager()
        return self

    def manager(self) -> custom.Custom:
        """The manager it describes; raises ValueError."""
        try:
            return custom.Custom(
                name=self.name,
                files=self.files,
                pattern=self.pattern,
                package=self.package or "",
                datasource=self.datasource or "",
                scheme=self.scheme or "",
                registries=self.registries,
            )
        except ConfigurationError as error:
            raise ValueError(error.message.removeprefix(f"{self.name}: ")) from None


class Updates(Section):
    """What may move, when, together with what, and who is asked."""

    minimum_age: Annotated[
        Duration, Field(description="How long a release must have been out; one without a date is held.")
    ] = Span(days=3)
    windows: Annotated[Windows, Field(description="Hours in which updates are proposed; an empty list: any.")] = ()
    strategy: Annotated[
        Literal["auto", "bump", "widen", "lock"],
        Field(description="How constraints are edited; auto: only where one is in the way, and then raised."),
    ] = "auto"
    prereleases: Annotated[Flag, Field(description="Whether alpha, beta and RC releases count.")] = False
    eol_horizon: Annotated[
        Duration, Field(description="How long before its end of life a runtime's update becomes urgent.")
    ] = Span(days=90)
    labels: Annotated[Texts, Field(description="Labels of every proposal.")] = ()
    reviewers: Annotated[Texts, Field(description="Who is asked to review every proposal.")] = ()
    assignees: Annotated[Texts, Field(description="Whose task every proposal is.")] = ()
    draft: Annotated[Flag, Field(description="Whether proposals are opened as drafts.")] = False
    milestone: Annotated[str, Field(max_length=200, description="The milestone of every proposal, by its title.")] = ""
    author: Annotated[Author, Field(description="Who commits what is proposed.")] = Author.model_construct()
    limits: Annotated[Limits, Field(description="How much may be asked of reviewers.")] = Limits.model_construct()
    groups: Annotated[tuple[Group, ...], Field(description="Updates that travel together; by name.")] = ()
    rules: Annotated[
        tuple[Rule, ...], Field(description="In order; of all that match, the last that says a thing wins.")
    ] = ()
    pins: Annotated[tuple[Pin, ...], Field(description="Packages that stay where they are; by package.")] = ()
    own: Annotated[Globs, Field(description="Your own plugins and themes, which nobody publishes.")] = ()
    leave: Annotated[Paths, Field(description="Globs over tracked files that are never read.")] = ()
    custom: Annotated[tuple[Custom, ...], Field(description="Managers of your own; by name.")] = ()
