"""The top-level keys of `maintainer.yml` that finding and proposing updates goes by, and what spans several of them."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from maintainer.config.calendars import Source, is_safe
from maintainer.config.fields import Address, Section, Text, Texts, Version, Zone
from maintainer.config.freeze import Campaign, Freeze, Window
from maintainer.config.gate import Gate
from maintainer.config.names import MANAGERS
from maintainer.config.registries import Registries
from maintainer.config.spelling import nearest, quoted
from maintainer.config.updates import Matching, Updates

#: Keys whose meaning is settled and whose work is not done yet.
LATER = (
    "guard",
    "watch",
    "report",
    "notify",
)


class Site(Section):
    """What the site is, where the repository doesn't say it."""

    name: Annotated[Text | None, Field(max_length=100, description="Its name; the host of production otherwise.")] = (
        None
    )
    production: Annotated[Address | None, Field(description="Where customers see it.")] = None
    staging: Annotated[
        Address | None, Field(description="Where a proposal can be looked at; {number} is the proposal's.")
    ] = None
    timezone: Annotated[Zone, Field(description="The zone dates, windows and freezes are meant in.")] = "UTC"
    php: Annotated[Version | None, Field(description="The PHP version it runs on.")] = None
    node: Annotated[Version | None, Field(description="The Node version it runs on.")] = None
    python: Annotated[Version | None, Field(description="The Python version it runs on.")] = None
    mysql: Annotated[Version | None, Field(description="The MySQL version it runs on.")] = None
    mariadb: Annotated[Version | None, Field(description="The MariaDB version it runs on.")] = None
    wordpress: Annotated[Version | None, Field(description="The WordPress version it runs.")] = None
    woocommerce: Annotated[Version | None, Field(description="The WooCommerce version it runs.")] = None
    version_url: Annotated[
        Address | None, Field(description="Where production tells the versions it runs, as JSON.")
    ] = None


#: Those of `whole.Whole`.
LOOKING = ("environments", "verify", "changelog", "release")


class Settings(Section):
    """What the user wants of this site, but for how it is looked at: that is in `whole.Whole`."""

    extends: Annotated[
        Texts, Field(description="Policies to build on, later ones over earlier; default is beneath.")
    ] = ()
    language: Annotated[
        Literal["en", "pl"], Field(description="The language of what verify tells people; all else is English.")
    ] = "en"
    site: Annotated[Site, Field(description="What the site is.")] = Site.model_construct()
    updates: Annotated[Updates, Field(description="What may move, when, with what, and who is asked.")] = (
        Updates.model_construct()
    )
    freeze: Annotated[tuple[Freeze, ...], Field(description="Spans of time in which nothing moves; by name.")] = ()
    windows: Annotated[
        tuple[Window, ...], Field(description="Spans of time in which alone something is deployed; by name.")
    ] = ()
    calendars: Annotated[
        tuple[Source, ...], Field(description="Freezes and windows that are kept elsewhere; by name.")
    ] = ()
    campaigns: Annotated[
        tuple[Campaign, ...], Field(description="Days for which the site is made ready and left alone; by name.")
    ] = ()
    gate: Annotated[Gate, Field(description="What holds a proposal back, and who may let it through.")] = (
        Gate.model_construct()
    )
    registries: Annotated[Registries, Field(description="Where to ask, and under which names keys are found.")] = (
        Registries.model_construct()
    )

    @model_validator(mode="after")
    def _calendars_are_safe(self) -> Self:
        hosts = tuple(host.host for host in self.registries.hosts)
        for index, source in enumerate(self.calendars):
            if source.url and not is_safe(source.url, hosts):
                raise ValueError(
                    f"calendars[{index}].url: {quoted(source.url)} is plain HTTP: who is on the way could open what is "
                    "closed. Write https://, or name the host under registries.hosts."
                )
        return self

    @model_validator(mode="after")
    def _managers_exist(self) -> Self:
        known = (*MANAGERS, *(made.name for made in self.updates.custom))
        for made in self.updates.custom:
            if made.name in MANAGERS:
                raise ValueError(f"updates.custom: {quoted(made.name)} is a manager of ours. Choose another name.")
        places: tuple[tuple[str, tuple[Matching, ...]], ...] = (
            ("groups", self.updates.groups),
            ("rules", self.updates.rules),
        )
        for place, matchings in places:
            for index, matching in enumerate(matchings):
                for name in matching.managers:
                    if name not in known:
                        raise ValueError(
                            f"updates.{place}[{index}].managers: {quoted(name)} is no manager.{nearest(name, known)} "
                            f"Allowed: {', '.join(known)}."
                        )
        return self
