"""Budgets: what a page may weigh and how long it may take, and how much worse the change may make it.

    judge(measurements, budgets, places, baseline=True) -> verdicts
    is_enough(measurements, budgets, place, ...)        -> whether more runs would tell no more

A place is a page on a device, "/shop/ on mobile". Of all budgets that match it the last that names a metric wins.
Bytes and counts are facts: their median over the limit is a fail. Timings vary: they fail when all of the interval of
their median is over the limit, pass when all of it is within, else they are inconclusive. What grew is told by
`statistics.compare`, for all timings of all places together. What was not measured is inconclusive, never a pass.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from math import inf

from maintainer.evidence import Blind, Evidence, Outcome, Side, Verdict
from maintainer.policy import statistics
from maintainer.policy.globs import path_matches
from maintainer.policy.metrics import METRICS, Metric, against_limit, compared, grown, said

CHECK = "lighthouse"
#: While more pairs may follow, worse is what has a tenth of the chance: looking often would raise more false alarms
#: (Haybittle 1971, doi.org/10.1259/0007-1285-44-526-793; Peto 1976).
INTERIM = 10
NO_BASELINE = "says something only beside a baseline, and none is configured (environments.baseline)"
#: Of a metric that is measured apart from the others: under which rule it is told why it wasn't.
APART: Mapping[str, str] = {"inp": "clicked"}
NO_PAIRS = "there are not as many runs before the change as with it, so they are no pairs"


@dataclass(frozen=True, slots=True)
class Growth:
    """By how much a metric may get worse than the baseline: a share of it and, of facts, an amount in its unit."""

    share: float = 0.0
    amount: float = 0.0

    def bound(self, base: float, *, least: bool = False) -> float:
        """The worst value that is allowed: the greatest or, of what must not fall, the least."""
        worse = base * self.share + self.amount
        return base - worse if least else base + worse


@dataclass(frozen=True, slots=True)
class Budget:
    """Limits for pages and devices, by the metric's name; None takes a limit of an earlier budget away.

    `pages` are globs over paths, none: all. Of a score the limit is the least it must reach. What is over `warn` and
    within the limit passes with a word.
    """

    pages: tuple[str, ...] = ()
    devices: tuple[str, ...] = ()
    limits: Mapping[str, float | None] = field(default_factory=dict)
    warn: Mapping[str, float | None] = field(default_factory=dict)
    growth: Mapping[str, Growth | None] = field(default_factory=dict)

    def fits(self, place: str) -> bool:
        """Whether it is for this page on this device."""
        page, _, device = place.rpartition(" on ")
        wanted = tuple(re.sub(r"^(!?)/+", r"\1", glob).rstrip("/") for glob in self.pages)
        path = page.partition("?")[0].strip("/")
        return (not wanted or path_matches(wanted, path)) and (not self.devices or device in self.devices)


#: Core Web Vitals' "good" at https://web.dev/articles/vitals; TBT stands for INP where nothing is clicked.
USUAL = Budget(
    limits={"lcp": 2500, "cls": 0.1, "tbt": 200, "ttfb": 500, "inp": 200},
    warn={"ttfb": 200},
    growth={
        "lcp": Growth(share=0.1),
        "tbt": Growth(share=0.1),
        "ttfb": Growth(share=0.1),
        "cls": Growth(share=0.2),
        "inp": Growth(share=0.2),
        "bytes": Growth(amount=200_000),
        "bytes_script": Growth(amount=50_000),
    },
)


def for_place(budgets: Iterable[Budget], place: str) -> Budget:
    """What all budgets that match say together."""
    limits: dict[str, float | None] = {}
    warn: dict[str, float | None] = {}
    growth: dict[str, Growth | None] = {}
    for budget in budgets:
        if budget.fits(place):
            limits |= budget.limits
            warn |= budget.warn
            growth |= budget.growth
    return Budget(limits=limits, warn=warn, growth=growth)


#: Of a place and the name of a metric: whether it is measured there.
Measured = Callable[[str, str], bool]


def everything(_: str, __: str) -> bool:
    """Every metric in every place."""
    return True


def judge(
    evidence: Evidence,
    budgets: Sequence[Budget],
    places: Sequence[str],
    *,
    baseline: bool,
    alpha: float = statistics.ALPHA,
    measured: Measured = everything,
) -> tuple[Verdict, ...]:
    """The verdict on every limit of every place; `baseline` says whether there is a site to compare with.

    A measurement that is negative or not finite is one that is missing.
    """
    seen = _Seen.of(evidence)
    made: list[Verdict] = []
    series: dict[str, statistics.Series] = {}
    for place in places:
        budget = for_place(budgets, place)
        for name, limit in budget.limits.items():
            if limit is not None and measured(place, name):
                made.append(_absolute(seen, place, METRICS[name], limit, budget.warn.get(name)))
        for name, growth in budget.growth.items():
            if growth is None or not measured(place, name):
                continue
            metric, key = METRICS[name], f"{name} {place}"
            base, head = seen.samples("base", place, name), seen.samples("head", place, name)
            if not baseline:
                made.append(_verdict(place, metric, "skipped", NO_BASELINE, growth=True))
            elif not base or not head:
                made.append(_verdict(place, metric, "inconclusive", seen.why(place, metric, bool(head)), growth=True))
            elif not metric.varies or metric.least:
                made.append(_grown(place, metric, base, head, growth))
            elif len(base) != len(head):
                made.append(_verdict(place, metric, "inconclusive", NO_PAIRS, growth=True))
            else:
                tolerated = max(growth.share, metric.floor)
                series[key] = statistics.Series(base, head, metric.grain, tolerated, metric.floor)
    for key, comparison in statistics.compare(series, alpha).items():
        name, _, place = key.partition(" ")
        made.append(_compared(place, METRICS[name], series[key], comparison))
    order = {place: index for index, place in enumerate(places)}
    return tuple(sorted(made, key=lambda verdict: order[verdict.where]))


def is_enough(
    evidence: Evidence,
    budgets: Sequence[Budget],
    place: str,
    *,
    baseline: bool,
    places: int = 1,
    measured: Measured = everything,
) -> bool:
    """Whether more runs of this place, one of so many, would tell no more than these do."""
    alpha = statistics.ALPHA / max(INTERIM, places)
    verdicts = judge(evidence, budgets, [place], baseline=baseline, alpha=alpha, measured=measured)
    return all(verdict.outcome != "inconclusive" for verdict in verdicts)


@dataclass(frozen=True, slots=True)
class _Seen:
    """The samples by side, place and metric, and why some are missing."""

    measured: Mapping[tuple[Side, str, str], tuple[float, ...]]
    blind: tuple[Blind, ...]

    @classmethod
    def of(cls, evidence: Evidence) -> "_Seen":
        measured = {
            (one.side, one.where, one.metric): one.samples
            for one in evidence.measurements
            if one.check == CHECK and one.samples and all(0 <= value < inf for value in one.samples)
        }
        return cls(measured, tuple(one for one in evidence.blind if one.check in (CHECK, "environment")))

    def samples(self, side: Side, place: str, metric: str) -> tuple[float, ...]:
        return self.measured.get((side, place, metric), ())

    def why(self, place: str, metric: Metric, of_base: bool) -> str:
        """Why there are no samples."""
        side: Side = "base" if of_base else "head"
        before = " of the site before the change" if of_base else ""
        rule = APART.get(metric.name, "")
        for one in self.blind:
            about = one.rule == rule or one.check != CHECK
            if about and one.side == side and one.where in (place, ""):
                return ". ".join(filter(None, (f"{metric.words}{before} was not measured: {one.reason}", one.mend)))
        return f"{metric.words}{before} was not measured: Lighthouse's report doesn't have it"


def _absolute(seen: _Seen, place: str, metric: Metric, limit: float, warn: float | None) -> Verdict:
    """A limit of its own, whatever it was before."""
    head = seen.samples("head", place, metric.name)
    base = seen.samples("base", place, metric.name)
    before = statistics.percentile(base, 0.5) if base else None
    if not head:
        return _verdict(place, metric, "inconclusive", seen.why(place, metric, False), limit=limit, baseline=before)
    found = statistics.interval(head)
    low, high = (found.low, found.high) if metric.varies else (found.value, found.value)
    over, within = (high < limit, low >= limit) if metric.least else (low > limit, high <= limit)
    outcome: Outcome = "fail" if over else "pass" if within else "inconclusive"
    reason = against_limit(metric, outcome, found, limit, len(head), before)
    if outcome == "pass" and warn is not None and found.value > warn:
        reason += f"; over the {said(metric, warn)} from which it is worth a look"
    return _verdict(place, metric, outcome, reason, value=found.value, limit=limit, baseline=before, samples=len(head))


def _grown(place: str, metric: Metric, base: Sequence[float], head: Sequence[float], growth: Growth) -> Verdict:
    """A fact against the fact before the change."""
    before, after = statistics.percentile(base, 0.5), statistics.percentile(head, 0.5)
    bound = growth.bound(before, least=metric.least)
    outcome: Outcome = "fail" if (after < bound if metric.least else after > bound) else "pass"
    return _verdict(
        place,
        metric,
        outcome,
        grown(metric, before, after, bound, failed=outcome == "fail"),
        value=after,
        limit=bound,
        baseline=before,
        samples=len(head),
        growth=True,
    )


def _compared(place: str, metric: Metric, series: statistics.Series, found: statistics.Comparison) -> Verdict:
    """A timing against the same timing before the change, by pairs."""
    outcomes: Mapping[str, Outcome] = {"worse": "fail", "fine": "pass", "unknown": "inconclusive"}
    before, after = statistics.percentile(series.base, 0.5), statistics.percentile(series.head, 0.5)
    return _verdict(
        place,
        metric,
        outcomes[found.answer],
        compared(metric, found, before, after, series.tolerated),
        value=after,
        limit=before * (1 + series.tolerated),
        baseline=before,
        samples=found.pairs,
        growth=True,
    )


def _verdict(
    place: str,
    metric: Metric,
    outcome: Outcome,
    reason: str,
    *,
    value: float | None = None,
    limit: float | None = None,
    baseline: float | None = None,
    samples: int = 0,
    growth: bool = False,
) -> Verdict:
    rule = f"{metric.name}-growth" if growth else metric.name
    return Verdict(CHECK, rule, place, outcome, reason, value, metric.unit, limit, baseline, samples)
