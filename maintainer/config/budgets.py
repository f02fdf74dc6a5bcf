"""The keys `verify.budgets`, what pages may weigh and how long they may take, and `verify.lighthouse`, how that is
measured."""

import re
from collections.abc import Callable, Mapping
from typing import Annotated, Any, Literal, Self

from pydantic import BeforeValidator, Field, PlainValidator, model_validator

from maintainer.config.environments import PagePath, Seconds
from maintainer.config.fields import EnvironmentName, Paths, Section, Texts, described, kind, listed, read
from maintainer.config.spelling import nearest, quoted
from maintainer.policy import budgets
from maintainer.policy.budgets import Growth
from maintainer.policy.metrics import METRICS, Metric

Device = Literal["mobile", "desktop"]
Devices = Annotated[tuple[Device, ...], BeforeValidator(listed, json_schema_input_type=Device | list[Device])]

NUMBER = r"(\d{1,9}(?:\.\d{1,6})?)"
#: How an amount of each unit is written: the suffixes with their factors, and an example.
WRITTEN: Mapping[str, tuple[Mapping[str, float], str]] = {
    "ms": ({"ms": 1, "s": 1000}, "2.5s or 300ms"),
    "bytes": ({"B": 1, "kB": 1000, "MB": 1_000_000, "KiB": 1024, "MiB": 1_048_576}, "300kB or 1.5MB"),
    "count": ({"": 1}, "20"),
    "score": ({"": 1}, "0.9"),
    "": ({"": 1}, "0.1"),
}
NONE = "none"


def amount(metric: Metric, text: str) -> float:
    """An amount of a metric in its own unit. Raises ValueError."""
    factors, example = WRITTEN[metric.unit]
    match = re.fullmatch(rf"{NUMBER} ?([A-Za-z]*)", text, re.ASCII)
    if match is None or match[2] not in factors:
        raise ValueError(f"{quoted(text)} is no amount of it. Write {example}, or {NONE}.")
    made = float(match[1]) * factors[match[2]]
    if metric.unit == "score" and made > 1:
        raise ValueError(f"{quoted(text)} is no score. Write a number from 0 to 1, such as 0.9.")
    return made


def growth(metric: Metric, text: str) -> Growth:
    """By how much a metric may get worse: a share, or an amount of a fact. Raises ValueError."""
    if match := re.fullmatch(rf"{NUMBER} ?%", text, re.ASCII):
        share = float(match[1]) / 100
        if metric.varies and share < metric.floor:
            raise ValueError(f"{quoted(text)}: less than {metric.floor:.0%} of a timing can't be told from none.")
        return Growth(share=share)
    if metric.varies:
        raise ValueError(f"{quoted(text)} is no share, and a timing grows by shares. Write 10%, or {NONE}.")
    return Growth(amount=amount(metric, text))


def _by_metric(one: Callable[[Metric, str], Any]) -> PlainValidator:
    """A validator of a map from metrics to what `one` reads; `none` is None."""

    def read_all(given: Any) -> dict[str, Any]:
        if not isinstance(given, dict):
            raise ValueError(f"{kind(given)}. Write a map from metrics to amounts: lcp: 2.5s.")
        made: dict[str, Any] = {}
        for name, text in given.items():
            if name not in METRICS:
                raise ValueError(f"{quoted(str(name))} is no metric.{nearest(str(name), METRICS)}")
            if not isinstance(text, str):
                raise ValueError(f"{name}: {kind(text)}. Write one value.")
            try:
                made[name] = None if text == NONE else one(METRICS[name], text)
            except ValueError as error:
                raise ValueError(f"{name}: {error}") from None
        return made

    return PlainValidator(read_all)


def _schema(pattern: str, example: Mapping[str, str]) -> Any:
    value = {"anyOf": [{"type": "string", "pattern": pattern}, {"type": "number", "minimum": 0}]}
    return described(
        type="object", propertyNames={"enum": list(METRICS)}, additionalProperties=value, examples=[dict(example)]
    )


_AMOUNT = rf"^({NUMBER} ?(ms|s|B|kB|MB|KiB|MiB)?|{NONE})$"
_GROWTH = rf"^({NUMBER} ?(%|B|kB|MB|KiB|MiB)?|{NONE})$"
Amounts = Annotated[
    dict[str, float | None],
    _by_metric(amount),
    _schema(_AMOUNT, {"lcp": "2.5s", "bytes_script": "300kB"}),
]
Growths = Annotated[
    dict[str, Growth | None],
    _by_metric(growth),
    _schema(_GROWTH, {"lcp": "10%", "bytes_script": "50kB"}),
]


class Budget(Section):
    """Limits for pages; of all budgets that match a page, the last that names a metric wins."""

    pages: Annotated[Paths, Field(description="Globs over paths of pages, such as /product/*; empty: all.")] = ()
    devices: Annotated[Devices, Field(description="On which devices; empty: on all.")] = ()
    limits: Annotated[
        Amounts,
        Field(default_factory=dict, description="What each metric may be at most, a score at least; none: anything."),
    ]
    warn: Annotated[
        Amounts, Field(default_factory=dict, description="From where on a metric within its limit is worth a word.")
    ]
    growth: Annotated[
        Growths,
        Field(default_factory=dict, description="By how much each may get worse than before the change; none: by any."),
    ]

    def budget(self) -> budgets.Budget:
        """The budget as policy knows it."""
        return budgets.Budget(self.pages, self.devices, self.limits, self.warn, self.growth)


def runs(text: str) -> int:
    """A number of pairs of runs, 1 to 50."""
    if not re.fullmatch(r"[1-9]\d?", text, re.ASCII) or int(text) > 50:
        raise ValueError(f"{quoted(text)} is no number of runs from 1 to 50. Write 7.")
    return int(text)


Runs = Annotated[int, read(runs), described(type="integer", minimum=1, maximum=50)]


class Interact(Section):
    """What is clicked on a page, so that INP is measured."""

    page: Annotated[PagePath, Field(description="The page's path, with its query.")]
    click: Annotated[Texts, Field(min_length=1, description="Selectors of what is clicked, one after the other.")]


class Lighthouse(Section):
    """How budgets are measured."""

    devices: Annotated[Devices, Field(min_length=1, description="Which devices are played.")] = ("mobile", "desktop")
    fewest: Annotated[Runs, Field(description="Pairs of runs of each page and device, at least.")] = 7
    most: Annotated[Runs, Field(description="Pairs of runs while something is unknown, at most.")] = 20
    run: Annotated[Seconds, Field(description="How long one run may take.")] = 120.0
    interact: Annotated[
        tuple[Interact, ...], Field(description="What is clicked on which page, so that INP is measured; by page.")
    ] = ()
    crux_key_env: Annotated[
        EnvironmentName | None,
        Field(description="The variable with a key for the Chrome UX Report, which tells what visitors have."),
    ] = None

    @model_validator(mode="after")
    def _ascends(self) -> Self:
        if self.fewest > self.most:
            raise ValueError(f"at least {self.fewest} runs are more than at most {self.most}. Raise most.")
        return self

    @model_validator(mode="after")
    def _clicks_once(self) -> Self:
        pages = [one.page for one in self.interact]
        if twice := next((page for page in pages if pages.count(page) > 1), ""):
            raise ValueError(f"interact names {quoted(twice)} twice. Write all that is clicked there into one.")
        return self
