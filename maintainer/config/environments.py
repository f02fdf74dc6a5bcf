"""The key `environments`: where a proposal can be looked at, where the same site before it, and how to get there."""

import re
from typing import Annotated, Any, Literal, Self

from pydantic import BeforeValidator, Field, model_validator

from maintainer.config.fields import EnvironmentName, Flag, Glob, Globs, Host, Section, Text, described, read
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


class Migrate(Section):
    """What a site that is started here does before it is looked at, so that its database fits its files."""

    preset: Annotated[
        Literal["wordpress"],
        Field(description="The database of core, of each site of a network and of WooCommerce; then the due cron."),
    ]
    php: Annotated[Argv, Field(min_length=1, description="The site's PHP, an argument an item.")] = ("php",)
    path: Annotated[
        Text,
        Field(max_length=500, description="Where wp-load.php lies, from the repository's root; web/wp of Bedrock."),
    ] = "."
    within: Annotated[Seconds, Field(description="How long it may take.")] = 300.0


def _preset(given: Any) -> Any:
    """`migrate: wordpress` is that preset as it is."""
    return {"preset": given} if isinstance(given, str) else given


class Safe(Section):
    """What can do no harm on a staging, as its owner states: no check writes there before all of it is known."""

    mail: Annotated[Literal["none"] | None, Field(description="No mail leaves it: none is sent, or all is caught.")] = (
        None
    )
    webhooks: Annotated[Literal["none"] | None, Field(description="It tells nobody what happens in it.")] = None
    renewals: Annotated[Literal["none"] | None, Field(description="It renews no subscription.")] = None
    payments: Annotated[
        Literal["test", "none"] | None, Field(description="Its gateways are in test mode, or there are none.")
    ] = None


class WooCommerce(Section):
    """A key of WooCommerce's REST API; one that only reads will do."""

    key_env: Annotated[EnvironmentName, Field(description="The variable that holds the consumer key.")]
    secret_env: Annotated[EnvironmentName, Field(description="The variable that holds the consumer secret.")]


class Environment(Section):
    """A running site: at an address, or started here for the time it is looked at."""

    url: Annotated[
        Template | None, Field(description="Where it is; {branch}, {number}, {sha} and {port} are filled in.")
    ] = None
    deployment: Annotated[
        Glob | None,
        Field(
            description="It is where the forge says that the commit was deployed to, in an environment of this name; "
            "'*' for any."
        ),
    ] = None
    start: Annotated[
        Argv, Field(description="The program that serves it, an argument an item; {port} is a free one.")
    ] = ()
    prepare: Annotated[Argv, Field(description="A program that runs to its end before, such as a migration.")] = ()
    stop: Annotated[Argv, Field(description="A program that ends it; what is left then is ended anyhow.")] = ()
    migrate: Annotated[
        Migrate | None,
        BeforeValidator(_preset, json_schema_input_type=Literal["wordpress"] | Migrate | None),
        Field(description="What is done once it is ready, before anything is looked at."),
    ] = None
    pass_env: Annotated[
        tuple[EnvironmentName, ...], Field(description="Variables that these programs get beside PATH and the like.")
    ] = ()
    ready: Annotated[Ready, Field(description="When it is there to be looked at.")] = Ready()
    headers: Annotated[tuple[Named, ...], Field(description="What every request to it carries.")] = ()
    cookies: Annotated[tuple[Named, ...], Field(description="Cookies of every request to it.")] = ()
    basic_auth: Annotated[BasicAuth | None, Field(description="What its web server asks for.")] = None
    safe: Annotated[Safe, Field(description="What can do no harm there, for checks that write.")] = Safe()
    woocommerce: Annotated[
        WooCommerce | None, Field(description="By which its gateways and webhooks are seen before a check writes.")
    ] = None
    bypass: Annotated[
        Named | None,
        Field(description="A parameter of the first visit, whose cookies are kept, such as WooCommerce's woo-share."),
    ] = None

    @model_validator(mode="after")
    def _is_somewhere(self) -> Self:
        if not self.url and not self.start and not self.deployment:
            raise ValueError("wants a url, a deployment, or start: the program that serves it.")
        if self.deployment and (self.url or self.start):
            raise ValueError("is where the forge deployed it to (deployment), or at url, or started here: not several.")
        if not self.start and (self.stop or self.prepare or self.migrate or self.pass_env):
            raise ValueError("has stop, prepare, migrate or pass_env, and nothing that is started here.")
        if "{port}" in (self.url or "") and not self.start:
            raise ValueError("url: {port} is the port of a site that is started here.")
        return self


def _at(given: Any) -> Any:
    """`staging: https://…` is a site at that address."""
    return {"url": given} if isinstance(given, str) else given


Somewhere = Annotated[Environment, BeforeValidator(_at, json_schema_input_type=str | Environment)]


class Likeness(Section):
    """How a staging is compared with `site.production`, beside which a verdict on it means something."""

    compare: Annotated[Flag, Field(description="Whether production is asked which versions it shows.")] = True
    may_differ: Annotated[
        Globs, Field(description="What may differ: php, wordpress, woocommerce, plugin/akismet, theme/*.")
    ] = ()


class Environments(Section):
    """The sites that are looked at, and which hosts may be asked."""

    staging: Annotated[Somewhere | None, Field(description="The site with the change.")] = None
    baseline: Annotated[
        Somewhere | None,
        Field(description="The same site before it; of a staging that is started here, the same at the merge base."),
    ] = None
    allow: Annotated[tuple[Host, ...], Field(description="Other hosts that may be asked, such as the shop's CDN.")] = ()
    production: Annotated[
        Likeness, Field(description="What staging may differ in from the site customers see, beside the change.")
    ] = Likeness()
