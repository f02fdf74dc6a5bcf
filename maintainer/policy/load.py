"""What a load may do to a shop: limits for latency and errors, its pace, and what the change made worse.

    judge(evidence, wanted, baseline=True) -> verdicts

A place is an endpoint, or empty for the whole. A percentile fails when all of its interval is over the limit, passes
when all of it is within; else more samples are needed. What got worse is told by `statistics.compare` over blocks that
base and head were given by turns. A load that was cut short, or whose generator could not keep up, passes nothing.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from math import sqrt

from maintainer.evidence import Evidence, Observation, Outcome, Side, Unit, Verdict
from maintainer.policy import statistics
from maintainer.policy.load_words import (
    NO_BASELINE,
    answered,
    carts,
    compared,
    drifted,
    errors,
    knee,
    late,
    over,
    silent,
)
from maintainer.policy.statistics import Series

CHECK = "load"
SHARES: Mapping[str, float] = {"p50": 0.5, "p95": 0.95, "p99": 0.99}
#: What may grow, with the milliseconds nobody notices of it; the tail is compared of the whole alone, since a stretch
#: has too few requests of an endpoint to know its tail.
GROWN: Mapping[str, float] = {"p50": 20.0, "p95": 50.0}
#: The share below which slower is nobody's concern: of growth, of drift.
FLOOR = 0.05
DRIFT_FLOOR, DRIFT = 0.2, 0.5
#: A generator is healthy that begins so large a share of its visitors, starts 99 of 100 requests within so many
#: milliseconds of when they were meant, and uses less of its core.
ACHIEVED, LATE, BUSY = 0.98, 100.0, 0.9


@dataclass(frozen=True, slots=True)
class Limit:
    """For endpoints by name, none: all and the whole. Milliseconds, `errors` a share; None: what earlier ones say."""

    endpoints: tuple[str, ...] = ()
    p50: float | None = None
    p95: float | None = None
    p99: float | None = None
    errors: float | None = None


#: Half a percent of errors is where an alert is due; two seconds is where people leave.
USUAL = Limit(p95=2000, errors=0.005)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is judged. `pace` is the share of requests that must be answered as they come, `cart` that of carts that
    hold what was put in, `silence` the longest stall in seconds, `growth` by how much each percentile may grow. `knee`
    is the rate that must be held."""

    limits: Sequence[Limit] = (USUAL,)
    growth: Mapping[str, float] = field(default_factory=lambda: dict.fromkeys(GROWN, 0.2))
    pace: float = 0.95
    cart: float = 0.995
    silence: float = 2.0
    fewest: int = 100
    knee: float | None = None

    def limit(self, where: str) -> Limit:
        """What all limits say of a place together."""
        found: dict[str, float | None] = dict.fromkeys(("p50", "p95", "p99", "errors"))
        for one in self.limits:
            if not one.endpoints or where in one.endpoints:
                found |= {name: value for name in found if (value := getattr(one, name)) is not None}
        return Limit((), **found)


def judge(evidence: Evidence, wanted: Wanted, *, baseline: bool) -> tuple[Verdict, ...]:
    """The verdict on every limit of every place; `baseline` says whether there was to be a site to compare with."""
    seen = _Seen.of(evidence)
    if not seen.samples("latency", ""):
        return ()
    sick = tuple(_sick(seen))
    made = [_verdict("generator", "", "inconclusive", reason) for reason in sick]
    places = [""] + [where for where in seen.places if where]
    for where in places:
        made += _limits(seen, where, wanted)
    pace = list(_pace(seen, wanted))
    made += [*pace, *_carts(seen, wanted), *_silence(seen, wanted)]
    if all(one.outcome == "pass" for one in pace):  # a queue that grows makes everything slower, which is no leak
        made += _drift(seen)
    made += _growth(seen, places, wanted, baseline)
    made += _knee(seen, wanted)
    return tuple(_trusted(one, bool(sick), seen) for one in made)


@dataclass(frozen=True, slots=True)
class _Seen:
    """The measurements by metric, place and side; the causes of errors; why the load is less than it should be."""

    measured: Mapping[tuple[str, str, Side], tuple[float, ...]]
    causes: tuple[Observation, ...]
    cut: str
    places: tuple[str, ...]

    @classmethod
    def of(cls, evidence: Evidence) -> "_Seen":
        own = [one for one in evidence.measurements if one.check == CHECK]
        cut = next((one.reason for one in evidence.blind if one.check == CHECK), "")
        places = tuple(dict.fromkeys(one.where for one in own if one.metric == "latency" and one.side == "head"))
        causes = tuple(one for one in evidence.observations if one.check == CHECK and one.rule == "errors")
        return cls({(one.metric, one.where, one.side): one.samples for one in own}, causes, cut, places)

    def samples(self, metric: str, where: str, side: Side = "head") -> tuple[float, ...]:
        return self.measured.get((metric, where, side), ())

    def first(self, metric: str, where: str, side: Side = "head") -> float | None:
        return next(iter(self.samples(metric, where, side)), None)


def _trusted(verdict: Verdict, sick: bool, seen: _Seen) -> Verdict:
    """What a sick generator or half a load can't say: a pass; nor, of a sick one, that something took long."""
    fact = verdict.rule in ("errors", "cart")
    if sick and verdict.outcome in ("pass", "fail") and not (fact and verdict.outcome == "fail"):
        return _with(
            verdict, "inconclusive", f"the generator could not keep up, so this is not known: {verdict.reason}"
        )
    if seen.cut and verdict.outcome == "pass":
        return _with(verdict, "inconclusive", f"only until it was ended ({seen.cut}): {verdict.reason}")
    return verdict


def _sick(seen: _Seen) -> Iterator[str]:
    """Why the machine that loads is not to be believed."""
    cpu = seen.samples("cpu", "")
    if cpu and statistics.percentile(cpu, 0.5) > BUSY:
        yield late("busy", statistics.percentile(cpu, 0.5))
    sides: tuple[Side, ...] = ("head", "base")
    for side in sides:
        planned, begun = seen.first("planned", "", side), seen.first("begun", "", side)
        if planned and begun is not None and begun < ACHIEVED * planned and not seen.cut:
            yield late("achieved", begun / planned)
            return
    lateness = [*seen.samples("late", ""), *seen.samples("late", "", "base")]
    if lateness and statistics.percentile(lateness, 0.99) > LATE:
        yield late("late", statistics.percentile(lateness, 0.99))


def _limits(seen: _Seen, where: str, wanted: Wanted) -> Iterator[Verdict]:
    limit, samples = wanted.limit(where), seen.samples("latency", where)
    before = seen.samples("latency", where, "base")
    for name, share in SHARES.items():
        bound: float | None = getattr(limit, name)
        if bound is None:
            continue
        found = statistics.interval(samples, share)
        within = found.high <= bound or (max(samples) <= bound and len(samples) >= 1 / (1 - share))
        outcome: Outcome = "fail" if found.low > bound else "pass" if within else "inconclusive"
        if where == "" and len(samples) < wanted.fewest:
            outcome = "inconclusive"
        was = statistics.percentile(before, share) if before else None
        reason = over(name, where, outcome, found, bound, len(samples), was)
        yield _verdict(name, where, outcome, reason, found.value, "ms", bound, was, len(samples))
    if limit.errors is not None:
        yield _errors(seen, where, limit.errors, wanted)


def _errors(seen: _Seen, where: str, limit: float, wanted: Wanted) -> Verdict:
    """The share that failed: over the limit for sure, within it, or too few to tell."""
    total, failed = len(seen.samples("latency", where)), seen.first("failed", where) or 0.0
    base, before = len(seen.samples("latency", where, "base")), seen.first("failed", where, "base")
    rate = failed / total
    outcome: Outcome = "pass" if rate <= limit else "fail" if _least(int(failed), total) > limit else "inconclusive"
    if where == "" and total < wanted.fewest and outcome == "pass":
        outcome = "inconclusive"
    causes = [
        (one.where if where == "" else "", one.sentence)
        for one in seen.causes
        if one.side == "head" and where in ("", one.where)
    ]
    was = before / base if before is not None and base else None
    reason = errors(int(failed), total, limit, outcome, causes, was)
    return _verdict("errors", where, outcome, reason, rate, "share", limit, was, total)


def _least(failed: int, total: int) -> float:
    """The least share that so many failures are likely of (5 %), by the samples' own ranks."""
    if failed == 0:
        return 0.0
    z = 1.645
    share = failed / total
    middle, spread = share + z * z / (2 * total), z * sqrt((share * (1 - share) + z * z / (4 * total)) / total)
    return (middle - spread) / (1 + z * z / total)


def _pace(seen: _Seen, wanted: Wanted) -> Iterator[Verdict]:
    """Whether what came was answered as it came: a queue that grows is a ceiling."""
    offered, done = seen.samples("offered", ""), seen.samples("answered", "")
    if not offered or not sum(offered):
        return
    came, went = sum(offered) / len(offered), sum(done) / len(done)
    was = seen.samples("answered", "", "base")
    before = sum(was) / len(was) if was else None
    outcome: Outcome = "fail" if went < wanted.pace * came else "pass"
    reason = answered(came, went, seen.first("open", "") or 0, before, outcome, seen.first("failed", "") or 0)
    yield _verdict("throughput", "", outcome, reason, went, "per_s", came * wanted.pace, before, len(done))


def _carts(seen: _Seen, wanted: Wanted) -> Iterator[Verdict]:
    share, total = seen.first("cart", ""), seen.first("carts", "")
    if share is None or not total:
        return
    lost = round((1 - share) * total)
    allowed = 1 - wanted.cart
    outcome: Outcome = (
        "pass" if 1 - share <= allowed else "fail" if _least(lost, int(total)) > allowed else "inconclusive"
    )
    before = seen.first("cart", "", "base")
    causes = [one.sentence for one in seen.causes if one.side == "head" and "cart was lost" in one.sentence]
    reason = carts(lost, int(total), wanted.cart, before, causes)
    yield _verdict("cart", "", outcome, reason, share, "share", wanted.cart, before, int(total))


def _silence(seen: _Seen, wanted: Wanted) -> Iterator[Verdict]:
    """A stall: nothing is answered while visitors wait."""
    found = seen.samples("silence", "")
    if len(found) != 2:
        return
    length, at = found
    before = seen.first("silence", "", "base")
    stalled = length > wanted.silence
    outcome: Outcome = "fail" if stalled and (before is None or before < 0.8 * wanted.silence) else "pass"
    reason = silent(length, at, wanted.silence, before, outcome)
    yield _verdict("stall", "", outcome, reason, length, "s", wanted.silence, before, 1)


def _drift(seen: _Seen) -> Iterator[Verdict]:
    """Whether latency grew from the first half to the second, where the rate did not: a leak, for instance."""
    halves = {side: _halves(seen, side) for side in ("head", "base")}
    head = halves["head"]
    if not head:
        return
    compared = statistics.compare(head)
    before = statistics.compare(halves["base"]) if halves["base"] else {}
    for where, found in compared.items():
        was = before.get(where)
        also = was is not None and was.answer == "worse"
        outcome: Outcome = "fail" if found.answer == "worse" else "pass" if found.answer == "fine" else "inconclusive"
        if also:
            outcome = "pass"
        if where and outcome == "inconclusive":
            continue
        at_once = outcome == "fail" and was is None and not _steadily(head[where])
        if at_once:
            outcome = "inconclusive"
        first, second = _medians(head[where])
        reason = drifted(where, outcome, first, second, found, also=also, at_once=at_once)
        yield _verdict("drift", where, outcome, reason, second, "ms", None, first, 2 * found.pairs)


def _steadily(series: Series) -> bool:
    """Whether it grows within each half too, rather than at once in between: then it may be the machine."""
    half = len(series.base) // 2
    return all(
        statistics.percentile(one[half:], 0.5) > (1 + FLOOR) * statistics.percentile(one[:half], 0.5)
        for one in (series.base, series.head)
    )


def _halves(seen: _Seen, side: str) -> dict[str, Series]:
    made: dict[str, Series] = {}
    for (metric, where, of), values in seen.measured.items():
        half = len(values) // 2
        if metric == "medians" and of == side and half:
            made[where] = Series(values[:half], values[half : 2 * half], GROWN["p50"], DRIFT, DRIFT_FLOOR)
    return made


def _growth(seen: _Seen, places: Sequence[str], wanted: Wanted, baseline: bool) -> Iterator[Verdict]:
    """What got worse than before the change, all places and percentiles together."""
    series: dict[str, Series] = {}
    for where in places:
        for name, share in wanted.growth.items():
            if where and name != "p50":
                continue
            base, head = (seen.samples(f"{name}-parts", where, side) for side in ("base", "head"))
            if not baseline:
                yield _verdict(f"{name}-growth", where, "skipped", NO_BASELINE)
            elif base and len(base) == len(head):
                series[f"{name} {where}"] = Series(base, head, GROWN[name], max(share, FLOOR), FLOOR)
            elif where == "":
                reason = "there are too few requests to compare with the site before the change. Load longer, or more"
                yield _verdict(f"{name}-growth", where, "inconclusive", reason)
    found = statistics.compare(series)
    worse = {key.partition(" ")[2] for key, one in found.items() if one.answer == "worse"} - {""}
    others = [where for where in places if where and where not in worse]
    for key, one in found.items():
        name, _, where = key.partition(" ")
        before, after = _medians(series[key])
        outcome: Outcome = "fail" if one.answer == "worse" else "pass" if one.answer == "fine" else "inconclusive"
        alone = outcome == "fail" and bool(others)
        reason = compared(name, where, one, before, after, series[key].tolerated, sorted(worse) if alone else ())
        yield _verdict(
            f"{name}-growth",
            where,
            outcome,
            reason,
            after,
            "ms",
            before * (1 + series[key].tolerated),
            before,
            one.pairs,
        )


def _knee(seen: _Seen, wanted: Wanted) -> Iterator[Verdict]:
    """The rate up to which latency is kept, where it was looked for."""
    held, broke = _gap(seen, "head")
    if held is None:
        return
    before = _gap(seen, "base")[0]
    least = wanted.knee
    outcome: Outcome = "fail" if held == 0 else "pass"
    if least is not None and held < least:
        outcome = "fail" if broke is not None and broke <= least else "inconclusive"
    reason = knee(held, broke, least, before, outcome)
    yield _verdict("knee", "", outcome, reason, held, "per_s", least, before, len(seen.samples("knee-rate", "")))


def _gap(seen: _Seen, side: Side) -> tuple[float | None, float | None]:
    """The highest rate that was held, 0 for none, and the lowest that was not; None where none was tried."""
    tried = list(zip(seen.samples("knee-rate", "", side), seen.samples("knee-held", "", side), strict=False))
    if not tried:
        return None, None
    broke = min((rate for rate, held in tried if not held), default=None)
    return max((rate for rate, held in tried if held and (broke is None or rate < broke)), default=0.0), broke


def _medians(series: Series) -> tuple[float, float]:
    return statistics.percentile(series.base, 0.5), statistics.percentile(series.head, 0.5)


def _verdict(
    rule: str,
    where: str,
    outcome: Outcome,
    reason: str,
    value: float | None = None,
    unit: Unit = "",
    limit: float | None = None,
    baseline: float | None = None,
    samples: int = 0,
) -> Verdict:
    return Verdict(CHECK, rule, where, outcome, reason, value, unit, limit, baseline, samples)


def _with(verdict: Verdict, outcome: Outcome, reason: str) -> Verdict:
    return replace(verdict, outcome=outcome, reason=reason)
