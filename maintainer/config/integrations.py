"""The key `verify.integrations`: feeds, webhooks and the systems around the shop, and what they are relied upon for."""

import json
import re
from typing import Annotated, Any, Literal, Self

from pydantic import BeforeValidator, Field, PlainValidator, StringConstraints, model_validator

from maintainer.config import environments
from maintainer.config.environments import Named, Status
from maintainer.config.fields import Duration, Section, Text, Texts, described, read
from maintainer.config.secrets import looks_secret
from maintainer.config.spelling import quoted
from maintainer.config.values import address

#: What YAML reads as no text. A schema in a map is read so; one in which that matters is a file.
NUMBER = re.compile(r"-?(?:0|[1-9]\d{0,15})(?:\.\d{1,15})?", re.ASCII)
MOST = 1_000_000_000


def place(text: str) -> str:
    """A path on the site, or an address of another host; secrets are for headers."""
    if text.startswith("/"):
        made = environments.path(text)
        if looks_secret(text):
            raise ValueError("a key stands in the address. Send it in a header: headers, value_env.")
        return made
    bare, _, query = text.partition("?")
    if looks_secret(text):
        raise ValueError("a key stands in the address. Send it in a header: headers, value_env.")
    return address(bare) + ("/" if bare.endswith("/") else "") + (f"?{query}" if query else "")


def amount(text: str) -> int:
    """A whole number, 0 to a billion."""
    if not re.fullmatch(r"0|[1-9]\d{0,9}", text, re.ASCII) or int(text) > MOST:
        raise ValueError(f"{quoted(text)} is no number from 0 to {MOST}. Write 100.")
    return int(text)


def share(text: str) -> float | None:
    """`20%`, or `none` for any."""
    if text == "none":
        return None
    if not re.fullmatch(r"\d{1,3}(?:\.\d{1,3})? ?%", text, re.ASCII) or float(text.rstrip("% ")) > 100:
        raise ValueError(f"{quoted(text)} is no share from 0% to 100%. Write 20%, or none.")
    return float(text.rstrip("% ")) / 100


def latency(text: str) -> float:
    """`800ms` or `2s`, in seconds."""
    match = re.fullmatch(r"(\d{1,6}(?:\.\d{1,3})?) ?(ms|s)", text, re.ASCII)
    made = float(match[1]) / (1000 if match[2] == "ms" else 1) if match else 0
    if not 0 < made <= 600:
        raise ValueError(f"{quoted(text)} is no time from 1ms to 600s. Write 800ms or 2s.")
    return made


def schema(given: Any) -> Any:
    """A path in the repository, or the schema: as JSON, or as a map, in which what looks like a number is one."""
    if isinstance(given, dict):
        return _typed(given)
    if not isinstance(given, str) or not given:
        raise ValueError("is neither a path nor a schema. Write schemas/feed.json, or the schema as a map.")
    if given.lstrip().startswith("{"):
        try:
            return json.loads(given)
        except (ValueError, RecursionError):
            raise ValueError("begins like JSON and is none. Write it in a file and name that.") from None
    return given


def _typed(given: Any) -> Any:
    if isinstance(given, dict):
        return {str(key): _typed(value) for key, value in given.items()}
    if isinstance(given, list | tuple):
        return [_typed(value) for value in given]
    if isinstance(given, str) and (given in ("true", "false", "null") or NUMBER.fullmatch(given)):
        return json.loads(given)
    return given


Amount = Annotated[int, read(amount), described(type="integer", minimum=0, maximum=MOST)]
At = Annotated[str, StringConstraints(max_length=500)]


def _at(given: Any) -> Any:
    """`items: /products` counts there."""
    return {"at": given} if isinstance(given, str) else given


class Items(Section):
    """How much there is of something in the answer."""

    at: Annotated[
        At, Field(description="A JSON pointer to a list, a table or a number; of XML an element; of CSV all rows.")
    ] = ""
    fewest: Annotated[Amount | None, Field(description="How many there are at least.")] = None
    most: Annotated[Amount | None, Field(description="How many there are at most.")] = None
    loses: Annotated[
        float | None,
        read(share),
        described(type="string", pattern=r"^(\d{1,3}(\.\d{1,3})? ?%|none)$", examples=["20%"]),
        Field(description="Which share of the baseline's may be gone; none: any."),
    ] = 0.2


class Fresh(Section):
    """How old the newest of something in the answer is."""

    at: Annotated[
        At,
        Field(
            description="A JSON pointer to a date, * for each of a list; of XML an element, of CSV a column; "
            "empty: the header Last-Modified."
        ),
    ] = ""
    within: Annotated[Duration, Field(description="How old it may be.")]


class Queue(Section):
    """How many messages could not be delivered."""

    at: Annotated[
        At, Field(description="A JSON pointer to a list or a number; of XML the name of an element; empty: all of it.")
    ] = ""
    most: Annotated[Amount, Field(description="How many may be.")] = 0


class Integration(Section):
    """An endpoint, and what it must answer."""

    name: Annotated[Text, Field(max_length=100, description="What it is called in reports.")]
    url: Annotated[
        str,
        read(place),
        described(type="string", pattern=r"^(/(?!/)|https?://)", examples=["/feed/products.xml"]),
        Field(description="A path on the site, or an address of a host under environments.allow."),
    ]
    method: Annotated[Literal["GET", "HEAD", "POST"], Field(description="How it is asked; POST counts as writing.")] = (
        "GET"
    )
    headers: Annotated[tuple[Named, ...], Field(description="What goes along, to that host alone.")] = ()
    body: Annotated[str | None, Field(max_length=65536, description="What is sent, of POST.")] = None
    status: Annotated[Status | None, Field(description="What it must answer; 200 to 299 otherwise.")] = None
    json_schema: Annotated[
        Any,
        PlainValidator(schema),
        described(type=["string", "object"], examples=["schemas/products.json"]),
        Field(description="The JSON Schema of its answer: a file of the repository, or the schema itself."),
    ] = None
    xml: Annotated[Text | None, Field(description="The name of the root element of its answer, such as rss.")] = None
    csv: Annotated[Texts | None, Field(description="The columns that the table it answers has at least.")] = None
    items: Annotated[
        Items | None,
        BeforeValidator(_at, json_schema_input_type=str | Items),
        Field(description="How much there is of something in it."),
    ] = None
    fresh: Annotated[Fresh | None, Field(description="How old it may be.")] = None
    queue: Annotated[Queue | None, Field(description="How many messages may be undelivered.")] = None
    within: Annotated[
        float | None,
        read(latency),
        described(type="string", pattern=r"^\d{1,6}(\.\d{1,3})? ?(ms|s)$", examples=["800ms", "2s"]),
        Field(description="How long the whole answer may take."),
    ] = None

    @model_validator(mode="after")
    def _can_be_asked(self) -> Self:
        if self.body is not None and self.method != "POST":
            raise ValueError(f"body: {self.method} sends none. Write method: POST.")
        forms = [one for one in (self.json_schema, self.xml, self.csv) if one is not None]
        reads = forms or self.items or self.queue or (self.fresh and self.fresh.at)
        if self.method == "HEAD" and reads:
            raise ValueError("method: HEAD is answered without a body, so nothing can be looked at in it. Write GET.")
        if len(forms) > 1:
            raise ValueError("wants one of json_schema, xml and csv: an answer is one of them.")
        return self
