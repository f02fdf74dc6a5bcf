"""The key `environments`: where a proposal can be looked at, where the same site before it, and how to get there."""

import re
from typing import Annotated, Any, Self

from pydantic import BeforeValidator, Field, model_validator

from maintainer.config.fields import EnvironmentName, Host, Section, Text, described, read
from maintainer.config.spelling import quoted
from maintainer.config.values import address

PLACEHOLDERS = ("branch", "number", "sha", "port")
SPAN = re.compile(r"(\d{1,5})(s|m|h)", re.ASCII)
SECONDS = {"s": 1, "m": 60, "h": 3600}
LONGEST = 24 * 3600


def template(text: str) -> str:
    """An address in which `{branch}`, `{number}`, `{sha}` and, of a site that is started here, `{port}` may stand."""
    filled = text
    for name in PLACEHOLDERS:
        filled = filled.replace(f"{{{name}}}", "1")
    if re.search(r"[{}]", filled):
        raise ValueError(f"{quoted(text)}: only {', '.join(f'{{{name}}}' for name in PLACEHOLDERS)} may stand here.")
    address(filled)
    return text.rstrip("/")


def seconds(text: str) -> float:
    """A span of time that a program may take: `30s`, `5m`, `1h`."""
    match = SPAN.fullmatch(text)
    made = int(match[1]) * SECONDS[match[2]] if match else 0
    if not 0 < made <= LONGEST:
        raise ValueError(f"{quoted(text)} is no span from 1s to 24h. Write 30s, 5m or 1h.")
    return float(made)


def path(text: str) -> str:
    """A path on the site, with its query."""
    if not text.startswith("/") or text.startswith("//") or re.search(r"[\s\\\x00-\x1f#]", text):
        raise ValueError(f"{quoted(text)} is no path. Write it from the first slash: /checkout/.")
    return text


Template = Annotated[
    str,
    read(template),
    described(type="string", pattern="^https?://", examples=["https://pr-{number}.staging.example.org"]),
]
Seconds = Annotated[
    float, read(seconds), described(type="string", pattern=r"^\d{1,5}[smh]$", examples=["30s", "5m", "1h"])
]
#: A program and its arguments: no shell reads it, so that nothing in a branch's name is a command.
Argv = tuple[Text, ...]
PagePath = Annotated[str, read(path), described(type="string", pattern=r"^/(?!/)", examples=["/checkout/"])]


def status(text: str) -> int:
    """A status code of HTTP."""
    if not re.fullmatch(r"[1-5]\d\d", text, re.ASCII):
        raise ValueError(f"{quoted(text)} is no status. Write a number such as 200.")
    return int(text)


Status = Annotated[int, read(status), described(type="integer", minimum=100, maximum=599)]


class Named(Section):
    """A header, cookie or parameter: what it says is written here, or in a variable of the environment."""

    name: Annotated[Text, Field(max_length=200, pattern=r"^[A-Za-z0-9_.-]+$", description="Its name.")]
    value: Annotated[
        str | None, Field(max_length=2000, pattern=r"^[\x20-\x7e]*$", description="What it says, where that is public.")
    ] = None
    value_env: Annotated[EnvironmentName | None, Field(description="The variable that holds what it says.")] = None

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if (self.value is None) == (self.value_env is None):
            raise ValueError("wants either value, or value_env for what nobody may read.")
        return self


class BasicAuth(Section):
    """The user and password the site's web server asks for (RFC 7617)."""

    user_env: Annotated[EnvironmentName, Field(description="The variable that holds the user.")]
    password_env: Annotated[EnvironmentName, Field(description="The variable that holds the password.")]


class Ready(Section):
    """When a site is there to be looked at."""

    path: Annotated[PagePath, Field(description="The page that is asked for.")] = "/"
    status: Annotated[Status | None, Field(description="What it answers then; anything below 500 otherwise.")] = None
    within: Annotated[Seconds, Field(description="How long to wait for that.")] = 60.0


class Environment(Section):
    """A running site: at an address, or started here for the time it is looked at."""

    url: Annotated[
        Template | None, Field(description="Where it is; {branch}, {number}, {sha} and {port} are filled in.")
    ] = None
    start: Annotated[
        Argv, Field(description="The program that serves it, an argument an item; {port} is a free one.")
    ] = ()
    prepare: Annotated[Argv, Field(description="A program that runs to its end before, such as a migration.")] = ()
    stop: Annotated[Argv, Field(description="A program that ends it; what is left then is ended anyhow.")] = ()
    pass_env: Annotated[
        tuple[EnvironmentName, ...], Field(description="Variables that these programs get beside PATH and the like.")
    ] = ()
    ready: Annotated[Ready, Field(description="When it is there to be looked at.")] = Ready()
    headers: Annotated[tuple[Named, ...], Field(description="What every request to it carries.")] = ()
    cookies: Annotated[tuple[Named, ...], Field(description="Cookies of every request to it.")] = ()
    basic_auth: Annotated[BasicAuth | None, Field(description="What its web server asks for.")] = None
    bypass: Annotated[
        Named | None,
        Field(description="A parameter of the first visit, whose cookies are kept, such as WooCommerce's woo-share."),
    ] = None

    @model_validator(mode="after")
    def _is_somewhere(self) -> Self:
        if not self.url and not self.start:
            raise ValueError("wants a url, or start: the program that serves it.")
        if not self.start and (self.stop or self.prepare or self.pass_env):
            raise ValueError("has stop, prepare or pass_env, and nothing that is started here.")
        if "{port}" in (self.url or "") and not self.start:
            raise ValueError("url: {port} is the port of a site that is started here.")
        return self


def _at(given: Any) -> Any:
    """`staging: https://…` is a site at that address."""
    return {"url": given} if isinstance(given, str) else given


Somewhere = Annotated[Environment, BeforeValidator(_at, json_schema_input_type=str | Environment)]


class Environments(Section):
    """The sites that are looked at, and which hosts may be asked."""

    staging: Annotated[Somewhere | None, Field(description="The site with the change.")] = None
    baseline: Annotated[
        Somewhere | None,
        Field(description="The same site before it; of a staging that is started here, the same at the merge base."),
    ] = None
    allow: Annotated[tuple[Host, ...], Field(description="Other hosts that may be asked, such as the shop's CDN.")] = ()
