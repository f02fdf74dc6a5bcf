"""The kinds of fields the settings are made of: how each is read from text, and what editors are told of it.

Everything arrives as text, list or map, as the file has it (`yaml_file`); a field says what it means.
"""

from collections.abc import Callable
from contextlib import suppress
from datetime import date, datetime
from typing import Annotated, Any, TypeVar

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    PlainValidator,
    StringConstraints,
    WithJsonSchema,
)

from maintainer.config import values
from maintainer.config.spelling import quoted
from maintainer.errors import ConfigurationError, InvalidConstraint, InvalidVersion
from maintainer.model import Bump, Role
from maintainer.policy.globs import any_matches, path_matches
from maintainer.policy.rulebook import Window
from maintainer.policy.wall_clock import Duration as Span
from maintainer.versions import composer, docker, npm, pep440, runtime, wordpress

Value = TypeVar("Value")
MAX_TEXT = 2000


class Section(BaseModel):
    """A map of the configuration; a key it doesn't know is an error."""

    # Built when first used: of most sections only what the whole settings take over of them ever is. A default is made
    # by `model_construct`, which uses nothing.
    model_config = ConfigDict(extra="forbid", frozen=True, arbitrary_types_allowed=True, defer_build=True)


def read(function: Callable[[str], Value]) -> PlainValidator:
    """A validator that reads one text."""

    def one(given: Any) -> Value:
        if not isinstance(given, str):
            raise ValueError(f"{kind(given)}. Write one value.")
        return function(given)

    return PlainValidator(one)


def kind(given: object) -> str:
    """What was written, in words."""
    if isinstance(given, dict):
        return "is a map"
    return "is a list" if isinstance(given, list | tuple) else "is a single value"


def listed(given: Any) -> Any:
    """One text where a list is wanted is a list of one."""
    return (given,) if isinstance(given, str) else given


def described(**schema: Any) -> WithJsonSchema:
    return WithJsonSchema(schema)


def count(text: str) -> int:
    """A whole number, 0 to 1000."""
    if not (text.isascii() and text.isdigit()) or (len(text) > 1 and text[0] == "0") or int(text[:5]) > 1000:
        raise ValueError(f"{quoted(text)} is no number from 0 to 1000. Write 5.")
    return int(text)


def flag(text: str) -> bool:
    """`true` or `false`; YAML 1.1's yes, no, on and off mean different things to different readers."""
    if text in ("true", "false"):
        return text == "true"
    meant = {"yes": "true", "on": "true", "no": "false", "off": "false"}.get(text.lower())
    raise ValueError(f"{quoted(text)} is neither true nor false. Write {meant or 'true or false'}.")


def version(text: str) -> str:
    """A version, as written."""
    if not values.VERSION.fullmatch(text):
        raise ValueError(f"{quoted(text)} is no version. Write it in quotes, such as '8.2'.")
    return text


def glob(text: str) -> str:
    """A glob; `!` before it excludes."""
    if not text.removeprefix("!").strip() or len(text) > 500:
        raise ValueError(f"{quoted(text)} is no glob. Write acme/* or woocommerce; ! before it excludes.")
    try:
        any_matches((text,), ())
        path_matches((text,), "")
    except ConfigurationError as error:
        raise ValueError(error.message) from None
    return text


def constraint(text: str) -> str:
    """A constraint that at least one scheme can read; which one is meant is the dependency's to say."""
    for scheme in (composer, docker, npm, pep440, runtime, wordpress):
        with suppress(InvalidConstraint, InvalidVersion):
            scheme.satisfies(text, "1.0.0")
            return text
    raise ValueError(f"{quoted(text)} is no constraint in any scheme. Write it as the manifest would, such as <9.0.")


Text = Annotated[str, StringConstraints(min_length=1, max_length=MAX_TEXT)]
Texts = Annotated[tuple[Text, ...], BeforeValidator(listed, json_schema_input_type=Text | list[Text])]
Glob = Annotated[str, read(glob), described(type="string", minLength=1, examples=["acme/*", "!woocommerce"])]
Globs = Annotated[tuple[Glob, ...], BeforeValidator(listed, json_schema_input_type=Glob | list[Glob])]
PathGlob = Annotated[str, read(glob), described(type="string", minLength=1, examples=["wp-content/themes/**"])]
Paths = Annotated[tuple[PathGlob, ...], BeforeValidator(listed, json_schema_input_type=PathGlob | list[PathGlob])]
Count = Annotated[int, read(count), described(type="integer", minimum=0, maximum=1000)]
Flag = Annotated[bool, read(flag), described(type="boolean")]
Duration = Annotated[
    Span,
    read(values.duration),
    described(
        type="string",
        pattern=r"^((\d+w)?(\d+d)?(\d+h)?(\d+m)?|P(\d+W)?(\d+D)?(T(\d+H)?(\d+M)?(\d+S)?)?)$",
        minLength=2,
        examples=["72h", "3d", "PT72H"],
    ),
]
Moment = Annotated[
    date | datetime,
    read(values.moment),
    described(
        type="string",
        pattern=r"^\d{4}-\d\d-\d\d([T ]\d\d:\d\d(:\d\d)?(Z|[+-]\d\d:\d\d)?)?$",
        examples=["2026-11-23", "2026-11-23T18:00"],
    ),
]
Day = Annotated[date, read(values.day), described(type="string", pattern=r"^\d{4}-\d\d-\d\d$", examples=["2026-12-31"])]
Hours = Annotated[Window, read(values.window), described(type="string", examples=["mon-fri 09:00-17:00", "sat,sun"])]
Windows = Annotated[tuple[Hours, ...], BeforeValidator(listed, json_schema_input_type=Hours | list[Hours])]
Zone = Annotated[str, read(values.zone), described(type="string", examples=["Europe/Warsaw", "UTC"])]
Address = Annotated[
    str, read(values.address), described(type="string", pattern="^https?://", examples=["https://www.example.org"])
]
ManifestAddress = Annotated[
    str,
    read(values.manifest_address),
    described(type="string", pattern="^https?://", examples=["https://vendor.example/{package}.json?key={key}"]),
]
Host = Annotated[str, read(values.host), described(type="string", examples=["satis.example.org"])]
EnvironmentName = Annotated[
    str,
    read(values.environment_name),
    described(type="string", pattern="^[A-Z][A-Z0-9_]*$", examples=["ACME_TOKEN"]),
]
#: Lengths are the field's to bound, before a scheme reads it.
Readable = AfterValidator(constraint)
Version = Annotated[str, read(version), described(type="string", examples=["8.2"])]

Bumps = Annotated[tuple[Bump, ...], BeforeValidator(listed, json_schema_input_type=Bump | list[Bump])]
Roles = Annotated[tuple[Role, ...], BeforeValidator(listed, json_schema_input_type=Role | list[Role])]
