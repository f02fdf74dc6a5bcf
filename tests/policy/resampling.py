"""Series of runs of an unchanged page, drawn from again and again: what would be judged of them."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.random import Generator

from maintainer.evidence import Evidence, Measurement, Side
from maintainer.policy.budgets import Budget, Growth, is_enough, judge
from tests.policy import noise

PLACE = "/ on mobile"
METRICS = ("lcp", "fcp", "si")
BUDGET = [Budget(growth=dict.fromkeys(METRICS, Growth(share=0.1)))]
FEWEST, MOST = 7, 20


@dataclass(frozen=True)
class Rates:
    """Shares: of false alarms of any metric, of what is judged of LCP; and how many pairs it took on average."""

    alarms: float
    fail: float
    passed: float
    inconclusive: float
    pairs: float

    def __str__(self) -> str:
        said = f"fail {self.fail:.1%}, pass {self.passed:.1%}, inconclusive {self.inconclusive:.1%}"
        return f"{said}; false alarms {self.alarms:.1%}; {self.pairs:.1f} pairs"


def rates(series: noise.Floats, slower: float, times: int, rng: Generator) -> Rates:
    """What is judged when the head's LCP is slower by a share, and nothing else is: `times` draws in blocks."""
    outcomes, pairs, alarms = [], [], 0
    for _ in range(times):
        at = noise.resampled(list(range(series.shape[1])), 2 * MOST, rng).astype(int)
        judged, needed = verdicts(series[:, at], slower)
        outcomes.append(judged["lcp-growth"])
        alarms += "fail" in [one for rule, one in judged.items() if slower == 0 or rule != "lcp-growth"]
        pairs.append(needed)
    of = {one: outcomes.count(one) / times for one in ("fail", "pass", "inconclusive")}
    return Rates(alarms / times, of["fail"], of["pass"], of["inconclusive"], float(np.mean(pairs)))


def verdicts(runs: noise.Floats, slower: float) -> tuple[dict[str, str], int]:
    """What is judged of three metrics whose runs these are, the first slower by a share; and after how many pairs."""
    base, head = noise.pairs(runs - runs.mean(axis=1, keepdims=True))
    head[0] += np.log1p(slower)
    sides: Mapping[Side, noise.Floats] = {"base": base, "head": head}
    for pairs in range(FEWEST, MOST + 1):
        evidence = Evidence(
            tuple(
                Measurement("lighthouse", name, PLACE, "ms", tuple((2000 * np.exp(rows[at, :pairs])).tolist()), side)
                for side, rows in sides.items()
                for at, name in enumerate(METRICS)
            )
        )
        if is_enough(evidence, BUDGET, PLACE, baseline=True):
            break
    judged = judge(evidence, BUDGET, [PLACE], baseline=True)
    return {verdict.rule: verdict.outcome for verdict in judged}, pairs
