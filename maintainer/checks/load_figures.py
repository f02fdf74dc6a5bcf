"""What the samples of a load say: latencies, the pace, what failed and why; as measurements and facts.

Latency is from the moment a request was meant for to its last byte, in milliseconds. A place is an endpoint, or the
whole of them (empty).
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from maintainer.checks.load_arrivals import Block
from maintainer.checks.load_samples import Kind
from maintainer.evidence import Evidence, Measurement, Observation, Side, Unit

if TYPE_CHECKING:
    from maintainer.checks.load_samples import Samples

CHECK = "load"
#: Slices of time in which drift is looked for, where the load is no pairs of blocks.
SLICES = 20
#: Fewer samples of a slice have no median worth the name.
FEWEST = 4
#: A silence counts when so many answers would have come in it.
MISSING = 5


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A step that is measured: its name, what it must and must not say; `cart` says that it shows the cart."""

    name: str
    must: tuple[str, ...] = ()
    must_not: tuple[str, ...] = ()
    cart: bool = False


@dataclass(frozen=True, slots=True)
class Figures:
    """The samples with what they are of. `steady`: the rate doesn't change, so that time should change nothing."""

    samples: "Samples"
    blocks: Sequence[Block]
    endpoints: Sequence[Endpoint]
    notes: Sequence[Mapping[str, Any]] = ()
    steady: bool = True

    def evidence(self) -> Evidence:
        """All sides."""
        made = Evidence()
        for side in dict.fromkeys(block.side for block in self.blocks if not block.warm):
            made += Evidence(tuple(self._side(side)), tuple(self._causes(side)))
        return made

    def of(self, side: Side) -> "Samples":
        """What is judged of a side, with what could not be sent."""
        import numpy as np

        numbers = [at for at, block in enumerate(self.blocks) if block.side == side and not block.warm]
        return self.samples[np.isin(self.samples["block"], numbers)]

    def _side(self, side: Side) -> Iterator[Measurement]:
        samples = self.of(side)
        sent = samples[samples["kind"] != Kind.HELD]
        for at, where in self._places():
            own = sent if at is None else sent[sent["endpoint"] == at]
            if not len(own):
                continue
            yield _made("latency", where, "ms", latencies(own), side)
            yield _made("failed", where, "count", [float((own["kind"] != Kind.FINE).sum())], side)
            yield from self._parts(side, where, own)
        yield from self._pace(side, samples, sent)
        carts = [at for at, endpoint in enumerate(self.endpoints) if endpoint.cart]
        seen = sent[_in(sent["endpoint"], carts)]
        if len(seen):
            yield _made("cart", "", "share", [float((seen["kind"] == Kind.FINE).mean())], side)
            yield _made("carts", "", "count", [float(len(seen))], side)

    def _places(self) -> Iterator[tuple[int | None, str]]:
        yield None, ""
        yield from ((at, endpoint.name) for at, endpoint in enumerate(self.endpoints))

    def _parts(self, side: Side, where: str, samples: "Samples") -> Iterator[Measurement]:
        """The percentiles of each part of the load, which make pairs with the other side's; and medians over time."""
        import numpy as np

        parts = list(self._cut(side, samples))
        if all(len(part) >= FEWEST for part in parts) and len(parts) > 1:
            for name, share in (("p50", 50), ("p95", 95)):
                values = [float(np.percentile(latencies(part), share)) for part in parts]
                yield _made(f"{name}-parts", where, "ms", values, side)
        slices = list(self._slices(side, samples)) if self.steady else []
        if slices and all(len(part) >= FEWEST for part in slices):
            yield _made("medians", where, "ms", [float(np.median(latencies(part))) for part in slices], side)

    def _cut(self, side: Side, samples: "Samples") -> Iterator["Samples"]:
        """The blocks of a side, or equal stretches of its only one."""
        numbers = [at for at, block in enumerate(self.blocks) if block.side == side and not block.warm]
        if len(numbers) > 1:
            yield from (samples[samples["block"] == number] for number in numbers)
            return
        yield from _sliced(samples, self.blocks[numbers[0]], SLICES)

    def _slices(self, side: Side, samples: "Samples") -> Iterator["Samples"]:
        """Equal stretches of a side's time, an even number of them."""
        numbers = [at for at, block in enumerate(self.blocks) if block.side == side and not block.warm]
        each = max(2, -(-SLICES // len(numbers)))
        for number in numbers:
            own = samples[samples["block"] == number]
            yield from _sliced(own, self.blocks[number], each + each % 2)

    def _pace(self, side: Side, samples: "Samples", sent: "Samples") -> Iterator[Measurement]:
        """How many were meant, sent and answered, how late they were sent, and the longest silence."""
        offered, answered, silences = [], [], []
        for number, block in enumerate(self.blocks):
            if block.side != side or block.warm:
                continue
            own = sent[sent["block"] == number]
            first, last = block.at + block.seconds / 4, block.at + block.seconds
            fine = own[own["kind"] == Kind.FINE]
            offered.append(_between(own["intended"], first, last) / (last - first))
            answered.append(_between(fine["ended"], first, last) / (last - first))
            silences.append(_silence(own, block))
        planned = sum(block.visitors for block in self.blocks if block.side == side and not block.warm)
        begun = int(((samples["step"] == 0) & (samples["kind"] != Kind.HELD)).sum())
        yield _made("offered", "", "per_s", offered, side)
        yield _made("answered", "", "per_s", answered, side)
        length, at = max(silences)
        yield _made("silence", "", "s", [length, at], side)
        yield _made("planned", "", "count", [float(planned)], side)
        yield _made("begun", "", "count", [float(begun)], side)
        if len(sent):
            late = (sent["started"] - sent["intended"]) * 1000
            yield _made("late", "", "ms", late.tolist(), side)
            yield _made("open", "", "count", [float(_open(sent).max())], side)

    def _causes(self, side: Side) -> Iterator[Observation]:
        """What went wrong, the most frequent first; told by the verdicts on errors."""
        import numpy as np

        samples = self.of(side)
        sent = samples[samples["kind"] != Kind.HELD]
        if not len(sent):
            return
        open_then = _open(sent)
        for at, endpoint in enumerate(self.endpoints):
            bad = (sent["endpoint"] == at) & (sent["kind"] != Kind.FINE)
            keys, counts = np.unique(
                np.stack([sent["kind"][bad], sent["status"][bad], sent["detail"][bad]]), axis=1, return_counts=True
            )
            for index in np.argsort(-counts):
                kind, status, detail = (int(one) for one in keys[:, index])
                these = bad & (sent["kind"] == kind) & (sent["status"] == status) & (sent["detail"] == detail)
                sentence = self._said(side, at, endpoint, kind, status, detail) + _crowd(open_then, these, sent)
                times = f"{counts[index]} times: " if counts[index] > 1 else ""
                name = f"{endpoint.name} {kind} {status} {detail}"
                yield Observation(CHECK, "errors", endpoint.name, name, times + sentence, side=side, told=True)

    def _said(self, side: Side, at: int, endpoint: Endpoint, kind: int, status: int, detail: int) -> str:
        example = next(
            (
                str(one["example"])
                for one in self.notes
                if one.get("endpoint") == at and one.get("kind") == kind and one.get("side") == side
            ),
            "",
        )
        match Kind(kind):
            case Kind.STATUS:
                return f"answered {status}"
            case Kind.MISSES:
                lost = "the cart was lost: " if endpoint.cart else ""
                return f"{lost}doesn't say “{endpoint.must[detail]}”"
            case Kind.SAYS:
                lost = "the cart was lost: " if endpoint.cart else ""
                return f"{lost}says “{endpoint.must_not[detail]}”"
            case Kind.PHP:
                return f"PHP: {example}" if example else "PHP's fatal error stands in the answer"
            case Kind.EMPTY:
                return "answered nothing, a white page"
            case Kind.ELSEWHERE:
                return f"leads to {example or 'another host'}, which may not be loaded"
            case Kind.LOOP:
                return "redirects without end"
            case Kind.SILENT:
                return "did not answer in time"
            case Kind.REFUSED:
                return "refused the connection"
            case Kind.NOT_KEPT:
                return f"has no {example or 'value'} to go on with"
            case _:
                return f"broke the connection ({example})" if example else "broke the connection"


def latencies(samples: "Samples") -> Any:
    """From the intended start to the end, in milliseconds."""
    return (samples["ended"] - samples["intended"]) * 1000


def _made(metric: str, where: str, unit: Unit, values: Any, side: Side) -> Measurement:
    return Measurement(CHECK, metric, where, unit, tuple(round(float(value), 3) for value in values), side)


def _in(values: Any, wanted: Sequence[int]) -> Any:
    import numpy as np

    return np.isin(values, wanted)


def _sliced(samples: "Samples", block: Block, pieces: int) -> Iterator["Samples"]:
    length = block.seconds / pieces
    for turn in range(pieces):
        first = block.at + turn * length
        yield samples[(samples["intended"] >= first) & (samples["intended"] < first + length)]


def _between(moments: Any, first: float, last: float) -> int:
    return int(((moments >= first) & (moments < last)).sum())


def _open(sent: "Samples") -> Any:
    """How many requests were open when each was sent, itself included."""
    import numpy as np

    starts, ends = np.sort(sent["started"]), np.sort(sent["ended"])
    begun = np.searchsorted(starts, sent["started"], side="right")
    return begun - np.searchsorted(ends, sent["started"], side="right")


def _crowd(open_then: Any, these: Any, sent: "Samples") -> str:
    """From how many open requests on it fails, where there is such a number."""
    fine = sent["kind"] == Kind.FINE
    same = fine & (sent["endpoint"] == sent["endpoint"][these][0])
    lowest = int(open_then[these].min())
    if these.sum() < 5 or lowest < 4 or not same.any() or (open_then[same] < lowest).mean() < 0.9:
        return ""
    return f"; only where {lowest} or more requests were open at once"


def _silence(own: "Samples", block: Block) -> tuple[float, float]:
    """The longest time without an answer while visitors waited for one, and when it began."""
    import numpy as np

    if len(own) < MISSING:
        return 0.0, 0.0
    ends = np.sort(own["ended"])
    gaps = np.diff(ends)
    order = np.argsort(-gaps)[:5]
    for at in order:
        first, last = ends[at], ends[at + 1]
        waited = _between(own["intended"], first, last)
        before = int(((own["intended"] < first) & (own["ended"] >= last)).sum())
        if waited + before > MISSING:
            return float(gaps[at]), float(first - block.at)
    return 0.0, 0.0
