"""Whether an integration is quick, full, fresh and drained enough: its numbers against limits and the baseline."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from maintainer.evidence import Evidence, Measurement, Outcome, Side, Verdict

CHECK = "integrations"
MINUTE, HOUR, DAY = 60, 3600, 24 * 3600

#: By metric, endpoint and side.
Numbers = Mapping[tuple[str, str, Side], Measurement]


@dataclass(frozen=True, slots=True)
class Limits:
    """What is wanted of the endpoint `name`; None: not looked at. Times are seconds, `loses` is a share.

    `compared` says that it is on the site, so that there is one before the change.
    """

    name: str
    latency: float | None = None
    items: bool = False
    fewest: int | None = None
    most: int | None = None
    loses: float | None = None
    fresh: float | None = None
    queue: int | None = None
    compared: bool = True


def judge(evidence: Evidence, limits: Sequence[Limits], *, baseline: bool) -> Iterator[Verdict]:
    """The verdicts on all numbers that are wanted; of an endpoint that could not be asked, none."""
    numbers = {(one.metric, one.where, one.side): one for one in evidence.measurements if one.check == CHECK}
    told = {(one.rule, one.where) for one in evidence.looked if one.check == CHECK and one.side == "head"}
    for wanted in limits:
        if ("latency", wanted.name, "head") not in numbers:
            continue  # why there is no answer is told already
        for rule in _rules(wanted):
            seen = numbers.get((rule, wanted.name, "head"))
            if seen:
                yield _judged(wanted, seen, numbers, baseline=baseline)
            elif (rule, wanted.name) not in told:
                reason = "not known: there was no answer that can be read"
                yield Verdict(CHECK, rule, wanted.name, "inconclusive", reason)


def _rules(wanted: Limits) -> Iterator[str]:
    if wanted.latency is not None:
        yield "latency"
    if wanted.items:
        yield "items"
    if wanted.fresh is not None:
        yield "fresh"
    if wanted.queue is not None:
        yield "queue"


def _judged(wanted: Limits, seen: Measurement, numbers: Numbers, *, baseline: bool) -> Verdict:
    match seen.metric:
        case "latency":
            return _latency(wanted.latency or 0, seen)
        case "fresh":
            return _fresh(wanted.fresh or 0, seen)
        case "queue":
            return _queue(wanted.queue or 0, seen)
        case _:
            return _items(wanted, seen, numbers.get(("items", wanted.name, "base")), baseline=baseline)


def _verdict(
    seen: Measurement, outcome: Outcome, reason: str, limit: float | None = None, base: float | None = None
) -> Verdict:
    value, samples = min(seen.samples), len(seen.samples)
    return Verdict(CHECK, seen.metric, seen.where, outcome, reason, value, seen.unit, limit, base, samples)


def _latency(limit: float, seen: Measurement) -> Verdict:
    """By the quickest answer: it was asked for again while it was too slow."""
    best = min(seen.samples)
    often = f", at best of {len(seen.samples)} times," if len(seen.samples) > 1 else ""
    said = f"answers{often} in {_seconds(best)}"
    if best > limit:
        return _verdict(seen, "fail", f"{said}; it may take {_seconds(limit)}", limit)
    return _verdict(seen, "pass", said, limit)


def _items(wanted: Limits, seen: Measurement, base: Measurement | None, *, baseline: bool) -> Verdict:
    count, before = seen.samples[0], base.samples[0] if base else None
    has = "has " + (f"{count:.0f} item{'' if count == 1 else 's'}" if count else "no items")
    if wanted.fewest is not None and count < wanted.fewest:
        return _verdict(seen, "fail", f"{has}, and should have at least {wanted.fewest}", wanted.fewest, before)
    if wanted.most is not None and count > wanted.most:
        return _verdict(seen, "fail", f"{has}, and should have at most {wanted.most}", wanted.most, before)
    if before is not None:
        return _lost(wanted.loses, seen, has, before)
    if wanted.fewest is not None or wanted.most is not None:
        return _verdict(seen, "pass", has, wanted.most if wanted.fewest is None else wanted.fewest)
    if not wanted.compared:
        return _verdict(seen, "skipped", f"{has}; it is no part of the site, so name a limit: items.fewest")
    if baseline:
        return _verdict(seen, "inconclusive", f"{has}; what the baseline has is not known")
    return _verdict(seen, "skipped", f"{has}; whether some are lost says only a baseline (environments.baseline)")


def _lost(may: float | None, seen: Measurement, has: str, before: float) -> Verdict:
    """Beside the baseline."""
    count = seen.samples[0]
    least = before * (1 - may) if may is not None else 0
    if count < least:
        reason = f"{has}, {1 - count / before:.0%} fewer than the baseline's {before:.0f}; it may lose {may:.0%}"
        return _verdict(seen, "fail", reason, least, before)
    return _verdict(seen, "pass", has if count == before else f"{has}; before {before:.0f}", least, before)


def _fresh(limit: float, seen: Measurement) -> Verdict:
    age = seen.samples[0]
    if age > limit:
        return _verdict(seen, "fail", f"is {_span(age)} old, and may be {_span(limit)}: what fills it?", limit)
    return _verdict(seen, "pass", f"is {_span(age)} old", limit)


def _queue(limit: int, seen: Measurement) -> Verdict:
    depth = seen.samples[0]
    said = f"{depth:.0f} could not be delivered"
    if depth > limit:
        return _verdict(seen, "fail", f"{said}, and at most {limit} may wait: see why they fail", limit)
    return _verdict(seen, "pass", said, limit)


def _seconds(value: float) -> str:
    return f"{value * 1000:.0f} ms" if value < 1 else f"{value:.2g} s" if value < 10 else f"{value:.0f} s"


def _span(value: float) -> str:
    """`3.5 days`, `26 hours`."""
    for length, name in ((DAY, "days"), (HOUR, "hours"), (MINUTE, "minutes")):
        if value >= 2 * length:
            return f"{value / length:.1f}".removesuffix(".0") + f" {name}"
    return f"{value:.0f} seconds"
