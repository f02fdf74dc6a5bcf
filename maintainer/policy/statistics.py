"""Whether the change made it slower: pairs of runs, side by side, and what they can prove.

    compare({"lcp of /": Series(base, head)}) -> {"lcp of /": Comparison("worse", ratio=1.22, low=1.11, ...)}
    percentile(samples, 0.95)                 -> the number
    interval(samples, 0.5)                    -> the number, and the range in which the true one lies

Run i of the base and run i of the head are a pair, made one after the other on one machine, which of them first by
turns (ABBA). What the machine does slowly hits both and cancels in the logarithm of their ratio. If the change did
nothing, either of a pair could as well have been the slower: the log-ratio is symmetric about 0. No more is assumed.

The interval is made of random subsets (J. A. Hartigan, Using subsample values as typical values, 1969,
doi.org/10.1080/01621459.1969.10501057): the means of all subsets of the pairs, sorted, cut the line into pieces, and
each piece holds the true value with the same probability. That is exact for any number of pairs. Below 20 pairs the
percentile and BCa bootstrap are too narrow; docs/checks/lighthouse.md has the comparison. It also says by itself what
too few pairs are: n of them reach a chance of 1 in 2**n at best, so three against three decide nothing.

numpy and statistics are imported when they are needed: only a verification does.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from math import ceil, exp, inf, isfinite, lgamma, log, log1p, log2, sqrt
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from numpy import float64
    from numpy.typing import NDArray

#: Slower by less than this share is nobody's concern, however certain.
FLOOR = 0.03
#: The chance of calling any metric of a run worse that isn't.
ALPHA = 0.02
#: The chance of calling a metric fine that is slower than tolerated.
MISSED = 0.05
#: What an interval misses on each side: of a comparison, and of a single number.
OUTSIDE_OF_RATIO = 0.025
OUTSIDE_OF_NUMBER = 0.05
#: All subsets of up to so many pairs are taken; of more pairs as many subsets, by lot. The lot is always the same.
EXACT = 15
CELLS = 4_000_000
SEED = 1969

#: `worse`: slower than the floor, for sure. `fine`: not slower than tolerated, for sure. Else more pairs are needed.
Answer = Literal["worse", "fine", "unknown"]

_TINY = 1e-9
_EVEN = 1e-12


@dataclass(frozen=True, slots=True)
class Series:
    """The runs of one metric: `base[i]` and `head[i]` are a pair. Greater is worse.

    `grain` is a difference nobody notices, in the metric's unit. It is added to both sides, so that 0 has a logarithm
    and 0 to 3 ms is no leap. `tolerated` is the share by which it may get slower; one up to `floor` is never worse.
    """

    base: Sequence[float]
    head: Sequence[float]
    grain: float = 0.0
    tolerated: float = 0.1
    floor: float = FLOOR


@dataclass(frozen=True, slots=True)
class Comparison:
    """What the pairs say: the `ratio` of head to base (1.2 is a fifth slower), which lies between `low` and `high`.

    `chance` is that of such pairs if the head were slower by just the floor. `low` is 0 and `high` infinite where
    the pairs are too few for 95 %.
    """

    answer: Answer
    ratio: float
    low: float
    high: float
    chance: float
    pairs: int


@dataclass(frozen=True, slots=True)
class Interval:
    """A number, and the range in which the true one lies; infinite on a side where the samples are too few."""

    low: float
    value: float
    high: float


def compare(metrics: Mapping[str, Series], alpha: float = ALPHA, missed: float = MISSED) -> dict[str, Comparison]:
    """What the pairs of each metric prove.

    `alpha` is for all of them together, by Holm's procedure: ten metrics raise no more false alarms than one.
    `missed` is for each. Raises ValueError for what can be no measurement: negative, not finite, a run without its
    partner, a tolerance below the floor.
    """
    found: dict[str, Comparison] = {}
    for pairs in {_pairs(name, series) for name, series in metrics.items()}:
        found |= _compared({name: one for name, one in metrics.items() if len(one.base) == pairs}, pairs, missed)
    worse = holm({name: one.chance for name, one in found.items()}, alpha)
    return {name: replace(found[name], answer="worse") if name in worse else found[name] for name in metrics}


def holm(chances: Mapping[str, float], alpha: float) -> frozenset[str]:
    """The tests that stand together: the smallest chance of m within alpha / m, the next within alpha / (m - 1), ...

    S. Holm, A simple sequentially rejective multiple test procedure, 1979, jstor.org/stable/4615733.
    """
    standing: set[str] = set()
    for rank, name in enumerate(sorted(chances, key=lambda one: (chances[one], one))):
        if chances[name] > alpha / (len(chances) - rank) + _EVEN:
            break
        standing.add(name)
    return frozenset(standing)


def least_pairs(metrics: int, alpha: float = ALPHA) -> int:
    """How many pairs it takes to prove one of so many metrics worse; with fewer none ever is."""
    return ceil(log2(max(metrics, 1) / alpha) - _EVEN)


def percentile(samples: Sequence[float], share: float) -> float:
    """The number below which `share` of the samples lie, between neighbours in proportion (Hyndman and Fan's 7th).

    Raises ValueError without samples.
    """
    if not samples:
        raise ValueError("no samples have no percentile.")
    ordered = sorted(samples)
    at = share * (len(ordered) - 1)
    below = min(int(at), len(ordered) - 1)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (ordered[above] - ordered[below]) * (at - below)


def interval(samples: Sequence[float], share: float = 0.5, outside: float = OUTSIDE_OF_NUMBER) -> Interval:
    """A percentile with the samples it lies between, missed with a probability of at most `outside` on each side.

    By the binomial distribution of how many samples lie below it: true for any distribution, if the samples don't
    depend on each other. The median takes five samples for both sides at 5 %, the 95th percentile 59.
    """
    ordered, count = sorted(samples), len(samples)
    value = percentile(ordered, share)
    spread = sqrt(count * share * (1 - share))
    if spread > 50:
        from statistics import NormalDist

        reach = NormalDist().inv_cdf(1 - outside) * spread
        first, last = int(count * share - reach), ceil(count * share + reach) + 1
    else:
        first, last = _ranks(count, share, outside)
    return Interval(
        ordered[first - 1] if first >= 1 else -inf,
        value,
        ordered[last - 1] if last <= count else inf,
    )


@lru_cache(maxsize=256)
def _ranks(count: int, share: float, outside: float) -> tuple[int, int]:
    """The ranks, from 1, of the samples around the percentile; 0 and `count` + 1 where there is none."""
    below, first, last = 0.0, 0, count + 1
    for successes in range(count + 1):
        chance = lgamma(count + 1) - lgamma(successes + 1) - lgamma(count - successes + 1)
        below += exp(chance + successes * log(share) + (count - successes) * log1p(-share))
        if below <= outside + _EVEN:
            first = successes + 1
        if 1 - below <= outside + _EVEN:
            last = min(last, successes + 1)
    return first, last


def _pairs(name: str, series: Series) -> int:
    """How many pairs there are; raises ValueError for what can be no measurement."""
    if len(series.base) != len(series.head):
        raise ValueError(f"{name}: {len(series.base)} runs of the base, {len(series.head)} of the head. Give pairs.")
    if not all(isfinite(value) and value >= 0 for side in (series.base, series.head) for value in side):
        raise ValueError(f"{name}: a measurement is negative or no number.")
    if series.tolerated < series.floor:
        raise ValueError(f"{name}: less is tolerated than the {series.floor:.0%} that are never called worse.")
    return len(series.base)


def _compared(metrics: Mapping[str, Series], pairs: int, missed: float) -> dict[str, Comparison]:
    """Metrics with so many pairs each, all at once; nothing is called worse here."""
    if pairs == 0:
        return dict.fromkeys(metrics, Comparison("unknown", 1.0, 0.0, inf, 1.0, 0))
    import numpy as np

    several = list(metrics.values())
    grains = np.array([[max(one.grain, _TINY)] for one in several])
    base = np.array([one.base for one in several], dtype=float) + grains
    head = np.array([one.head for one in several], dtype=float) + grains
    differences = np.log(head / base)
    means = np.sort(differences @ _subsets(pairs), axis=1)
    pieces = means.shape[1] + 1
    outside = int(OUTSIDE_OF_RATIO * pieces)
    found: dict[str, Comparison] = {}
    for name, one, row, mean in zip(metrics, several, means, differences.mean(axis=1), strict=True):
        not_slower = 1 + int(np.searchsorted(row, log1p(one.floor) + _EVEN, side="right"))
        not_milder = pieces - int(np.searchsorted(row, log1p(one.tolerated) - _EVEN, side="left"))
        found[name] = Comparison(
            answer="fine" if not_milder <= missed * pieces + _EVEN else "unknown",
            ratio=exp(mean),
            low=exp(row[outside - 1]) if outside else 0.0,
            high=exp(row[pieces - 1 - outside]) if outside else inf,
            chance=not_slower / pieces,
            pairs=pairs,
        )
    return found


@lru_cache(maxsize=8)
def _subsets(pairs: int) -> "NDArray[float64]":
    """Subsets of the pairs, none empty: a column each, which times the values of all pairs is their mean."""
    import numpy as np

    chosen: NDArray[Any]
    if pairs <= EXACT:
        chosen = np.arange(1, 2**pairs)[None, :] >> np.arange(pairs)[:, None] & 1
    else:
        wanted = min(2**EXACT, max(2**12, CELLS // pairs)) - 1
        chosen = np.random.default_rng(SEED).integers(0, 2, (pairs, wanted))
        # One in 2**16 draws or fewer is empty; it counts as all of them.
        chosen[:, ~chosen.any(axis=0)] = 1
    weights: NDArray[float64] = chosen / chosen.sum(axis=0)
    return weights
