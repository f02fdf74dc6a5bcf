"""The vocabulary of proof: what was measured on a site, what could not be, and what is judged of it.

    Target -> Measurement | Observation | Blind -> Verdict

Numbers are floats in the unit a measurement names; times are seconds unless it says otherwise.
"""

from dataclasses import dataclass
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

    `key` names it so that the same fact on both sides is the same one; `sentence` says it to a person.
    """

    check: str
    rule: str
    where: str
    key: str
    sentence: str
    severity: Severity = "medium"
    side: Side = "head"
    artifacts: tuple[Artifact, ...] = ()


@dataclass(frozen=True, slots=True)
class Blind:
    """What could not be measured, why, and what to do so that it can be."""

    check: str
    where: str
    reason: str
    mend: str = ""
    side: Side = "head"


@dataclass(frozen=True, slots=True)
class Evidence:
    """All that one check saw. `looked` are the places it looked at for each rule: silence there is a pass."""

    measurements: tuple[Measurement, ...] = ()
    observations: tuple[Observation, ...] = ()
    blind: tuple[Blind, ...] = ()
    looked: tuple[tuple[str, str], ...] = ()


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


#: Of several outcomes, the first of these is the whole's.
ORDER: tuple[Outcome, ...] = ("fail", "inconclusive", "pass", "skipped")


def worst(outcomes: set[Outcome]) -> Outcome:
    """The outcome of everything; of nothing it is inconclusive."""
    return next((one for one in ORDER if one in outcomes), "inconclusive")
