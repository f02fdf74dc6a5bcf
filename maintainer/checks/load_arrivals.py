"""When visitors arrive: an open arrival rate, planned beforehand and kept whatever the site does.

Rates are visitors a second, times seconds from the beginning. Visitors are spread evenly; a rate that changes does so
steadily. What a visitor does is told by turns, so that every stretch of time has the mix that is wanted.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import ceil, sqrt
from typing import Literal

from maintainer.evidence import Side

Shape = Literal["constant", "ramp", "spike", "soak", "peak"]
_EVEN = 1e-9


@dataclass(frozen=True, slots=True)
class Segment:
    """A stretch of time in which the rate goes steadily from `first` to `last`."""

    seconds: float
    first: float
    last: float

    @property
    def visitors(self) -> float:
        return self.seconds * (self.first + self.last) / 2


@dataclass(frozen=True, slots=True)
class Block:
    """What one side is given, from `at` on. What is seen while it is `warm`ed up is not judged."""

    side: Side
    at: float
    segments: tuple[Segment, ...]
    warm: bool = False

    @property
    def seconds(self) -> float:
        return sum(segment.seconds for segment in self.segments)

    @property
    def visitors(self) -> int:
        """How many arrive."""
        return ceil(sum(segment.visitors for segment in self.segments) - _EVEN)

    @property
    def peak(self) -> float:
        """The highest rate."""
        return max(max(segment.first, segment.last) for segment in self.segments)


def shaped(shape: Shape, rate: float, seconds: float, times: float) -> tuple[Segment, ...]:
    """The rate over the time: `times` is the height of a spike or of a campaign's peak, as a multiple of the rate."""
    high = rate * times
    match shape:
        case "constant" | "soak":
            return (Segment(seconds, rate, rate),)
        case "ramp":
            return (Segment(seconds * 0.75, 0, rate), Segment(seconds * 0.25, rate, rate))
        case "spike":
            return (
                Segment(seconds * 0.4, rate, rate),
                Segment(seconds * 0.2, high, high),
                Segment(seconds * 0.4, rate, rate),
            )
        case "peak":
            return (
                Segment(seconds * 0.25, rate, high),
                Segment(seconds * 0.5, high, high),
                Segment(seconds * 0.25, high, rate),
            )


def blocks(
    segments: Sequence[Segment], sides: Sequence[Side], *, pairs: int = 1, warm_up: float = 0, pause: float = 0
) -> tuple[Block, ...]:
    """Both sides by turns, which of them first changing (base, head, head, base): what the machine does hits both.

    With `pairs` over 1 the segments are cut into as many pieces. `pause` lets a side come to rest before the other's
    turn; `warm_up` is at the first rate.
    """
    made: list[Block] = []
    at = 0.0

    def add(side: Side, piece: tuple[Segment, ...], warm: bool = False) -> None:
        nonlocal at
        made.append(Block(side, at, piece, warm))
        at += sum(segment.seconds for segment in piece) + (pause if len(sides) > 1 or warm else 0)

    if warm_up:
        for side in sides:
            rate = segments[0].first or segments[0].last
            add(side, (Segment(warm_up, rate, rate),), warm=True)
    for turn, piece in enumerate(_cut(tuple(segments), pairs if len(sides) > 1 else 1)):
        for side in sides if turn % 2 else tuple(reversed(sides)):
            add(side, piece)
    return tuple(made)


def _cut(segments: tuple[Segment, ...], pieces: int) -> Iterator[tuple[Segment, ...]]:
    """Equal pieces of a constant rate; any other shape is one."""
    if pieces == 1 or len(segments) > 1:
        yield segments
        return
    (whole,) = segments
    for _ in range(pieces):
        yield (Segment(whole.seconds / pieces, whole.first, whole.last),)


def arrivals(segments: Sequence[Segment]) -> Iterator[float]:
    """When each visitor arrives: visitor k when the rate's sum over the time has reached k."""
    began, before, number = 0.0, 0.0, 0
    for segment in segments:
        while number < before + segment.visitors - _EVEN:
            yield began + _reached(segment, number - before)
            number += 1
        began += segment.seconds
        before += segment.visitors


def _reached(segment: Segment, visitors: float) -> float:
    """After how many seconds so many have arrived: r t + (s - r) t^2 / 2T = n."""
    slope = (segment.last - segment.first) / segment.seconds
    if visitors <= 0:
        return 0.0
    if abs(slope) < _EVEN:
        return visitors / segment.first
    return (sqrt(max(0.0, segment.first**2 + 2 * slope * visitors)) - segment.first) / slope


def turns(weights: Sequence[float]) -> Iterator[int]:
    """Whose turn it is, for ever: each in proportion to its weight, spread as evenly as can be."""
    credit = [0.0] * len(weights)
    total = sum(weights)
    while True:
        credit = [one + weight for one, weight in zip(credit, weights, strict=True)]
        chosen = max(range(len(credit)), key=credit.__getitem__)
        credit[chosen] -= total
        yield chosen
