"""The vocabulary of proof: what was measured on a site, what could not be, and what is judged of it.

    Target, Page -> Measurement | Observation | Blind, and where was Looked -> Verdict

Numbers are floats in the unit a measurement names; times are seconds unless it says otherwise. `where` is a place on
the site: a path with its query, the name of a flow, or empty for the whole of it.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal

from maintainer.model import Severity

#: Inconclusive (no data, too few samples, a tool that broke) is never shown or counted as pass.
Outcome = Literal["pass", "fail", "inconclusive", "skipped"]

#: Which of the two sites: with the change, or the same one before it.
Side = Literal["head", "base"]

Unit = Literal["s", "ms", "bytes", "count", "share", "score", "per_s", ""]


@dataclass(frozen=True, slots=True)
class Target:
    """A site that is looked at: `url` has no credentials and no slash at its end."""

    side: Side
    url: str


@dataclass(frozen=True, slots=True)
class Page:
    """A page the configuration names: what it must answer (`status` None: anything below 400), say and not say."""

    path: str
    status: int | None = None
    must: tuple[str, ...] = ()
    must_not: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Artifact:
    """A file a check left, by its path from the report's folder, and what it is in words."""

    path: str
    what: str


@dataclass(frozen=True, slots=True)
class Measurement:
    """A number seen one or more times: `metric` of `where` (a page's path, an endpoint, a flow), on one side."""

    check: str
    metric: str
    where: str
    unit: Unit
    samples: tuple[float, ...]
    side: Side = "head"
    artifacts: tuple[Artifact, ...] = ()


@dataclass(frozen=True, slots=True)
class Observation:
    """A fact that was seen and is no number: a PHP notice, a dead link, a header that is gone.

    `key` names it, so that the same fact on both sides is the same one wherever it was met; what is another fact in
    another place has the place in its key. `sentence` says it to a person, without the place. What is `told` alone
    is worth a word and fails nothing.
    """

    check: str
    rule: str
    where: str
    key: str
    sentence: str
    severity: Severity = "medium"
    side: Side = "head"
    artifacts: tuple[Artifact, ...] = ()
    told: bool = False


@dataclass(frozen=True, slots=True)
class Looked:
    """A place was looked at for a rule: no observation there is a pass.

    A `relative` rule says something only beside a baseline: that staging is `noindex` is no news.
    """

    check: str
    rule: str
    where: str
    side: Side = "head"
    relative: bool = False


@dataclass(frozen=True, slots=True)
class Blind:
    """What could not be looked at, why, and what to do so that it can be. `rule` is empty for all of them."""

    check: str
    where: str
    reason: str
    mend: str = ""
    side: Side = "head"
    rule: str = ""


@dataclass(frozen=True, slots=True)
class Evidence:
    """All that was seen, on both sides. Of a rule and a place that are not in `looked`, nothing is known."""

    measurements: tuple[Measurement, ...] = ()
    observations: tuple[Observation, ...] = ()
    blind: tuple[Blind, ...] = ()
    looked: tuple[Looked, ...] = ()

    def __add__(self, other: "Evidence") -> "Evidence":
        return Evidence(
            self.measurements + other.measurements,
            self.observations + other.observations,
            self.blind + other.blind,
            self.looked + other.looked,
        )


@dataclass(frozen=True, slots=True)
class Verdict:
    """What is judged of one rule in one place: the value against the limit, beside the baseline, in one sentence."""

    check: str
    rule: str
    where: str
    outcome: Outcome
    reason: str
    value: float | None = None
    unit: Unit = ""
    limit: float | None = None
    baseline: float | None = None
    samples: int = 0
    artifacts: tuple[Artifact, ...] = ()


@dataclass(frozen=True, slots=True)
class Experience:
    """What three of four visits to a page were no worse than, to any page where `where` is empty.

    `p75` is by metric (lcp, inp, cls, fcp, ttfb), times in ms. The days are the first and the last of the visits.
    """

    where: str
    p75: Mapping[str, float]
    first: date
    last: date


@dataclass(frozen=True, slots=True)
class FieldData:
    """What visitors of production have on their phones. `missing` says why some or all of it isn't known."""

    origin: str
    experiences: tuple[Experience, ...] = ()
    missing: str = ""


#: Of several outcomes, the first of these is the whole's.
ORDER: tuple[Outcome, ...] = ("fail", "inconclusive", "pass", "skipped")


def worst(outcomes: set[Outcome]) -> Outcome:
    """The outcome of everything; of nothing it is inconclusive."""
    return next((one for one in ORDER if one in outcomes), "inconclusive")


#: The check under whose name it is told how the sites came to be there.
ENVIRONMENT = "environment"


def concluded(verdicts: Iterable[Verdict]) -> Outcome:
    """The outcome of a run: that a site is there and as it should be is no yes by itself."""
    return worst({one.outcome for one in verdicts if one.check != ENVIRONMENT or one.outcome != "pass"})
