"""The key `calendars`: freezes and windows that are kept elsewhere."""

import re
from typing import Annotated, Literal, Self
from urllib.parse import urlsplit

from pydantic import ConfigDict, Field, model_validator

from maintainer.config.fields import (
    Duration,
    EnvironmentName,
    Flag,
    Globs,
    Section,
    Text,
    Zone,
    described,
)
from maintainer.config.fields import read as reading
from maintainer.config.freeze import Phases, Pierced, Scope
from maintainer.config.secrets import looks_secret
from maintainer.config.spelling import quoted
from maintainer.policy import rulebook as policy
from maintainer.policy.wall_clock import Duration as Span

#: The keys that say where a calendar is.
PLACES = ("file", "url", "url_env", "gitlab")
#: What Google puts into the address of a calendar nobody else may see.
PRIVATE = re.compile(r"/private-[0-9a-f]{8,}", re.IGNORECASE)
LOOPBACK = ("localhost", "127.0.0.1", "::1")
ONE_DAY = Span(1)


def feed(text: str) -> str:
    """The address of a feed, with its query; one that is a secret is refused, and not repeated."""
    try:
        parts = urlsplit(text)
        host, _ = parts.hostname, parts.port
    except ValueError:
        raise ValueError("is no URL. Write https://calendar.example/freezes.ics.") from None
    if "@" in parts.netloc or looks_secret(text) or PRIVATE.search(text):
        raise ValueError(
            "holds a secret, and this file is no place for one. Put the address into an environment variable, and name "
            "that: url_env: TEAM_CALENDAR_URL."
        )
    if parts.scheme == "webcal":
        raise ValueError(f"{quoted(text)}: programs that subscribe make https of webcal. Write https://.")
    if parts.scheme not in ("http", "https") or not host or re.search(r"[\s\\<>\"\x00-\x1f]", text):
        raise ValueError(f"{quoted(text)} is no URL. Write https://calendar.example/freezes.ics.")
    return text


def path(text: str) -> str:
    """A file of the repository, by its path from the root."""
    parts = text.split("/")
    if not text.isprintable() or "\\" in text or len(text) > 500 or {"", ".", ".."} & set(parts):
        raise ValueError(f"{quoted(text)} is no path inside the repository. Write calendars/freezes.ics.")
    return text


def is_safe(url: str, hosts: tuple[str, ...]) -> bool:
    """Whether nobody on the way can change what is read: HTTPS, this machine, or a host we have credentials for."""
    parts = urlsplit(url)
    return parts.scheme == "https" or parts.hostname in LOOPBACK or bool({parts.hostname, parts.netloc} & set(hosts))


Feed = Annotated[
    str,
    reading(feed),
    described(type="string", pattern="^https?://", examples=["https://calendar.example/freezes.ics"]),
]
File = Annotated[str, reading(path), described(type="string", minLength=1, examples=["calendars/freezes.ics"])]


class Source(Section):
    """A calendar that is kept elsewhere, in exactly one place."""

    model_config = ConfigDict(json_schema_extra={"oneOf": [{"required": [place]} for place in PLACES]})

    name: Annotated[Text, Field(max_length=100, description="Its name, as people are told it.")]
    file: Annotated[File | None, Field(description="A file of the repository (iCalendar).")] = None
    url: Annotated[Feed | None, Field(description="The address of a feed (iCalendar) that is no secret.")] = None
    url_env: Annotated[
        EnvironmentName | None, Field(description="The environment variable with a feed's secret address.")
    ] = None
    gitlab: Annotated[Flag, Field(description="The project's own deploy freezes on GitLab.")] = False
    kind: Annotated[
        Literal["freeze", "windows"], Field(description="What its events are: nothing moves in them, or only in them.")
    ] = "freeze"
    only: Annotated[Globs, Field(description="Events whose title matches; one that matches none closes.")] = ()
    max_age: Annotated[
        Duration, Field(description="So old a copy may be that is used while a feed's host doesn't answer.")
    ] = ONE_DAY
    zone: Annotated[Zone | None, Field(description="The zone of its days (default: the site's).")] = None
    applies_to: Annotated[
        Phases | None, Field(min_length=1, description="As of a freeze or a window; GitLab's stop deploys.")
    ] = None
    exempt: Annotated[Pierced, Field(description="What it lets through: as a freeze; of windows nothing.")] = (
        Pierced.model_construct()
    )
    scope: Annotated[Scope, Field(description="What it is about (default: everything).")] = Scope.model_construct()
    lead: Annotated[Duration, Field(description="How long before each event it already holds.")] = Span()
    tail: Annotated[Duration, Field(description="How long after each event it still holds.")] = Span()
    reason: Annotated[str, Field(max_length=500, description="Why.")] = ""

    @model_validator(mode="after")
    def _is_in_one_place(self) -> Self:
        places = [place for place in PLACES if getattr(self, place)]
        if len(places) != 1:
            named = f"names {' and '.join(places)}" if places else "says nowhere where it is"
            raise ValueError(f"{named}. Write one of file, url, url_env, or gitlab: true.")
        if self.gitlab and self.kind == "windows":
            raise ValueError("is GitLab's, which has freezes and no windows. Leave out `kind`.")
        idle = ("only", "zone", "max_age") if self.gitlab else ("max_age",) if self.file else ()
        for key in idle:
            if key in self.model_fields_set:
                whose = "GitLab's own freezes" if self.gitlab else "a file of the repository"
                raise ValueError(f"has `{key}`, which means nothing for {whose}. Leave it out.")
        return self

    @property
    def phases(self) -> frozenset[policy.Phase]:
        """What it stops, or what happens only inside it."""
        usual: tuple[policy.Phase, ...] = ("deploy",) if self.gitlab or self.kind == "windows" else ("merge", "deploy")
        return frozenset(self.applies_to or usual)

    @property
    def exemption(self) -> policy.Exempt:
        """What it lets through: of a freeze what is grave, unless it says otherwise."""
        if self.kind == "windows" and "severities" not in self.exempt.model_fields_set:
            return policy.Exempt(packages=self.exempt.packages)
        return self.exempt.policy
