"""The metrics of a page: their names, units and words, and how verdicts say them.

Times are milliseconds, sizes bytes as they cross the network, scores 0 to 1.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from math import inf, isinf
from typing import Literal

from maintainer.evidence import Outcome, Unit
from maintainer.policy.statistics import FLOOR, Comparison, Interval


@dataclass(frozen=True, slots=True)
class Metric:
    """One metric. What `varies` from run to run is judged by intervals, anything else by its median.

    `least`: the greater the better. `grain` and `floor` are those of `statistics.Series`.
    """

    name: str
    words: str
    unit: Unit
    varies: bool = False
    least: bool = False
    grain: float = 0.0
    floor: float = FLOOR


Kind = Literal["script", "stylesheet", "image", "font", "document", "media", "other"]
_KINDS: Mapping[Kind, str] = {
    "script": "scripts",
    "stylesheet": "stylesheets",
    "image": "images",
    "font": "fonts",
    "document": "documents",
    "media": "media",
    "other": "other files",
}
_ALL = (
    Metric("lcp", "LCP", "ms", varies=True),
    Metric("fcp", "FCP", "ms", varies=True),
    Metric("si", "Speed Index", "ms", varies=True),
    Metric("tbt", "TBT", "ms", varies=True, grain=50),
    Metric("ttfb", "TTFB", "ms", varies=True, grain=20),
    # Told in steps of 8 ms, and 200 ms are good: a frame or two more is nobody's concern.
    Metric("inp", "INP", "ms", varies=True, grain=200, floor=0.1),
    # Worse by 0.01 or less is nobody's concern.
    Metric("cls", "CLS", "", varies=True, grain=0.1, floor=0.1),
    Metric("score_performance", "The performance score", "score", varies=True, least=True),
    Metric("score_accessibility", "The accessibility score", "score", least=True),
    Metric("score_best_practices", "The best-practices score", "score", least=True),
    Metric("score_seo", "The SEO score", "score", least=True),
    Metric("bytes", "The page's weight", "bytes"),
    Metric("bytes_third_party", "The weight of third parties", "bytes"),
    *(Metric(f"bytes_{kind}", f"The weight of {words}", "bytes") for kind, words in _KINDS.items()),
    Metric("requests", "The number of requests", "count"),
    Metric("requests_third_party", "The number of requests to third parties", "count"),
    *(Metric(f"requests_{kind}", f"The number of {words}", "count") for kind, words in _KINDS.items()),
    Metric("third_parties", "The number of third parties", "count"),
)
METRICS: Mapping[str, Metric] = {metric.name: metric for metric in _ALL}


def said(metric: Metric, value: float) -> str:
    """A value as people write it: 2.51 s, 180 ms, 1.25 MB, 310 kB."""
    match metric.unit:
        case "ms":
            return f"{value / 1000:.2f} s" if value >= 1000 else f"{value:.0f} ms"
        case "bytes":
            return f"{value / 1e6:.2f} MB" if value >= 1e6 else f"{value / 1000:.4g} kB"
        case "count":
            return f"{value:g}"
        case _:
            return f"{value:.3g}" if metric.unit == "" else f"{value * 100:.0f} of 100"


def against_limit(
    metric: Metric, outcome: Outcome, found: Interval, limit: float, samples: int, before: float | None
) -> str:
    """The sentence on a limit: what it is, what it may be, what it must be, and what it was."""
    runs = "1 run" if samples == 1 else f"{samples} runs"
    spread = f" ({_range(metric, found)} by {runs})" if metric.varies else f" ({runs})"
    bound = f"the {said(metric, limit)} that {'it must reach' if metric.least else 'are allowed'}"
    match outcome:
        case "fail":
            verdict = f"{'below' if metric.least else 'over'} {bound}"
        case "pass":
            verdict = f"{'at least' if metric.least else 'within'} {bound}"
        case _ if isinf(found.low) and isinf(found.high):
            verdict = f"too few runs to tell whether it keeps to {bound}. Allow more runs"
        case _:
            verdict = f"too close to {bound} to tell. Allow more runs, or run it on a quieter machine"
    was = f". Before the change it was {said(metric, before)}" if before is not None and outcome != "pass" else ""
    return f"{metric.words} is {said(metric, found.value)}{spread}: {verdict}{was}"


def grown(metric: Metric, before: float, after: float, bound: float, *, failed: bool) -> str:
    """The sentence on a fact against the fact before the change."""
    if after == before:
        return f"{metric.words} is {said(metric, after)}, as before the change"
    more = "less" if after < before else "more"
    change = f"{said(metric, abs(after - before))} {more} than before the change ({said(metric, before)})"
    over = f"; {said(metric, bound)} at {'least' if metric.least else 'most'} are allowed" if failed else ""
    return f"{metric.words} is {said(metric, after)}, {change}{over}"


def compared(metric: Metric, found: Comparison, before: float, after: float, tolerated: float) -> str:
    """The sentence on a timing against the same before the change."""
    pairs = "1 pair" if found.pairs == 1 else f"{found.pairs} pairs"
    seen = f"{said(metric, before)} before the change, {said(metric, after)} with it"
    between = "" if isinf(found.high) else f", {_share(found.low)} to {_share(found.high)}"
    basis = f"({seen}{between}, by {pairs} of runs)"
    match found.answer:
        case "worse":
            return f"{metric.words} got worse {basis}"
        case "fine":
            return f"{metric.words} did not get worse by {tolerated:.0%} {basis}"
        case "unknown":
            wish = "Allow more runs, or run it on a quieter machine"
            return f"{metric.words}: too noisy to tell whether it got worse by {tolerated:.0%} {basis}. {wish}"


def _share(ratio: float) -> str:
    return f"{(ratio - 1) * 100:+.0f} %"


def _range(metric: Metric, found: Interval) -> str:
    low = "" if found.low == -inf else said(metric, found.low)
    high = "" if found.high == inf else said(metric, found.high)
    return f"{low or 'anything'} to {high or 'anything'}"
