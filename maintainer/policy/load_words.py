"""The sentences of a load's verdicts: what was seen, what may be, and where to look."""

from collections.abc import Sequence
from math import inf, isinf

from maintainer.evidence import Outcome
from maintainer.policy.statistics import Comparison, Interval

NO_BASELINE = "says something only beside a baseline, and none is configured (environments.baseline)"
#: So many causes are in one reason; the rest is counted.
MOST = 3
#: Milliseconds below which shares of a time say little.
CLEAR = 100


def time(milliseconds: float) -> str:
    """A span as people write it: 2.51 s, 180 ms."""
    return f"{milliseconds / 1000:.2f} s" if milliseconds >= 1000 else f"{milliseconds:.0f} ms"


def share(value: float) -> str:
    return f"{value * 100:.3g} %"


def _of(where: str) -> str:
    return f"of {where}" if where else "of all requests"


def over(
    name: str, where: str, outcome: Outcome, found: Interval, limit: float, samples: int, before: float | None
) -> str:
    """A percentile against its limit."""
    low = "" if found.low == -inf else time(found.low)
    high = "" if found.high == inf else time(found.high)
    seen = f"{name} {_of(where)} is {time(found.value)} ({low or 'anything'} to {high or 'anything'} by {samples})"
    bound = f"the {time(limit)} that are allowed"
    match outcome:
        case "fail":
            verdict = f"over {bound}"
        case "pass" if found.high > limit:
            return f"{seen}: even the slowest was within {bound}"
        case "pass":
            return f"{seen}: within {bound}"
        case _:
            verdict = f"too few requests to tell whether it keeps to {bound}. Load longer, or more"
    was = f". Before the change it was {time(before)}" if before is not None else ""
    return f"{seen}: {verdict}{was}"


def errors(
    failed: int, total: int, limit: float, outcome: Outcome, causes: Sequence[tuple[str, str]], before: float | None
) -> str:
    """What failed, and of what."""
    if failed == 0:
        few = ", too few to tell. Load longer, or more" if outcome == "inconclusive" else ""
        return f"none of {total} requests failed{few}"
    told = [f"{where} {sentence}".strip() for where, sentence in causes[:MOST]]
    more = f"; and {len(causes) - MOST} other causes" if len(causes) > MOST else ""
    bound = f"{share(limit)} are allowed"
    doubt = ", too few to be sure: load longer, or more" if outcome == "inconclusive" else ""
    was = f". Before the change {share(before)} failed" if before is not None and outcome != "pass" else ""
    why = f": {'; '.join(told)}{more}" if told else ""
    return f"{share(failed / total)} failed ({failed} of {total} requests; {bound}{doubt}){why}{was}"


def answered(came: float, went: float, waiting: float, before: float | None, outcome: Outcome, failed: float) -> str:
    """The pace that was asked for, and the one that was kept."""
    if outcome == "pass":
        return f"{went:.3g} requests a second were answered of the {came:.3g} that came"
    was = f". Before the change it was {before:.3g}" if before is not None else ""
    if failed > 0 and waiting < 2 * came:
        return f"only {went:.3g} requests a second were answered well of the {came:.3g} that came{was}"
    queue = f"; up to {waiting:.0f} waited at once, and the queue grows"
    return f"{went:.3g} requests a second is its ceiling: {came:.3g} came{queue}. Add capacity, or find what waits{was}"


def carts(lost: int, total: int, wanted: float, before: float | None, causes: Sequence[str]) -> str:
    """How many carts held what was put in."""
    if not lost:
        return f"all {total} carts held what was put in"
    why = f": {causes[0]}" if causes else ""
    was = f". Before the change {share(before)} held it" if before is not None else ""
    return f"{lost} of {total} carts did not hold what was put in; {share(wanted)} must{why}{was}"


def silent(length: float, at: float, limit: float, before: float | None, outcome: Outcome) -> str:
    """The longest time without any answer."""
    if outcome == "fail":
        was = f". Before the change it was {before:.1f} s at most" if before is not None else ""
        return (
            f"for {length:.1f} s nothing was answered while visitors waited, {at:.0f} s into its load: a stall, such "
            f"as a lock, a full pool of workers or a restart; {limit:.3g} s are allowed{was}"
        )
    if length > limit:
        return f"as before: for {length:.1f} s nothing was answered while visitors waited ({before:.1f} s before)"
    return f"no stall over {limit:.3g} s"


def drifted(
    where: str, outcome: Outcome, first: float, second: float, found: Comparison, *, also: bool, at_once: bool
) -> str:
    """Latency over the time of a steady load; `at_once` says that it rose in a step."""
    seen = f"the median {_of(where)} went from {time(first)} in the first half to {time(second)} in the second"
    if also:
        return f"as before: {seen}, at the same rate"
    if at_once:
        return f"{seen}, at once and not steadily: the site, or the machine. Load longer, or beside a baseline"
    match outcome:
        case "fail":
            return f"{seen}, at the same rate: something fills up or leaks, such as memory, sessions or a table"
        case "pass":
            return f"{seen}: it does not grow while the load lasts"
    high = "" if isinf(found.high) else f" (by {share(found.high - 1)} at most)"
    return f"{seen}{high}: too noisy to tell whether it grows. Load longer"


def compared(
    name: str, where: str, found: Comparison, before: float, after: float, tolerated: float, worse: Sequence[str]
) -> str:
    """A percentile against the same before the change; `worse` are the endpoints that are, where others are not."""
    between = "" if isinf(found.high) or before < CLEAR else f", {_signed(found.low)} to {_signed(found.high)}"
    basis = f"({time(before)} before the change, {time(after)} with it{between}, by {found.pairs} pairs of stretches)"
    match found.answer:
        case "worse":
            alone = f"; only {', '.join(worse)} did: look at what it alone does, such as a slow query" if worse else ""
            return f"{name} {_of(where)} got worse {basis}{alone}"
        case "fine":
            return f"{name} {_of(where)} did not get worse by {tolerated:.0%} {basis}"
        case "unknown":
            return (
                f"{name} {_of(where)}: too noisy to tell whether it got worse by {tolerated:.0%} {basis}. Load longer, "
                "or from a quieter machine"
            )


def knee(held: float, broke: float | None, least: float | None, before: float | None, outcome: Outcome) -> str:
    """Up to which rate latency is kept."""
    was = f"; before the change up to {before:.3g}" if before is not None else ""
    wanted = f" {least:.3g} must be held." if least is not None and outcome != "pass" else ""
    if broke is None:
        more = " Search further (verify.load.knee.most)" if outcome == "inconclusive" else ""
        return f"it holds {held:.3g} visitors a second, the most that was tried{was}.{wanted}{more}".rstrip(".")
    if held == 0:
        return f"it breaks at {broke:.3g} visitors a second, the least that was tried{was}.{wanted}".rstrip(".")
    more = " Search in smaller steps" if outcome == "inconclusive" else ""
    return f"it holds {held:.3g} visitors a second and breaks at {broke:.3g}{was}.{wanted}{more}".rstrip(".")


def late(what: str, value: float) -> str:
    """Why the machine that loads is not to be believed."""
    mend = "Give it more processes (verify.load.processes), a quieter machine, or a lower rate"
    match what:
        case "busy":
            return f"the generator used {share(value)} of its core. {mend}"
        case "achieved":
            return f"only {share(value)} of the visitors could be sent, and 98 % must. {mend}"
        case _:
            return f"the generator started one request in a hundred {time(value)} late or more. {mend}"


def _signed(ratio: float) -> str:
    return f"{(ratio - 1) * 100:+.0f} %"
