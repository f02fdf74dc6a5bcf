"""Charts of what was measured, as positions: the page draws them as inline SVG and writes their words as HTML.

Positions are percent of the drawing, from its left and from its top, so that it stretches to any width while its words
keep their size. Every chart says in words what it shows.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import ceil, floor, isfinite, log10
from statistics import median

from maintainer.evidence import Measurement, Unit
from maintainer.writers.verify_words import metric, value

#: More samples than this are drawn as a distribution, fewer as one dot each.
DOTS = 80
BINS = 48
#: A curve has so many points at most: the rest is drawn between them.
POINTS = 400

#: The end of a series' name whose like is there with the change: it is drawn the same way, and paler.
BEFORE = " before"
SIDES = {"base": "before", "head": "with the change"}


@dataclass(frozen=True, slots=True)
class Tick:
    """A mark on an axis: where, and what it says."""

    at: float
    text: str


@dataclass(frozen=True, slots=True)
class Lane:
    """The samples of one side: an SVG path of dots or of a distribution, the median, and the words."""

    side: str
    label: str
    path: str
    dots: bool
    median: float
    words: str


@dataclass(frozen=True, slots=True)
class Strip:
    """The samples of a metric in a place, before and with the change, over one scale."""

    title: str
    where: str
    words: str
    lanes: tuple[Lane, ...]
    ticks: tuple[Tick, ...]
    limit: Tick | None = None


@dataclass(frozen=True, slots=True)
class Series:
    """Numbers over time or over something else, x rising; `side` says which site they are of, empty for neither."""

    name: str
    points: tuple[tuple[float, float], ...]
    side: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """A drawn series: `style` is a number for colour and dashes, the same for both sides of one thing."""

    name: str
    path: str
    style: int
    side: str


@dataclass(frozen=True, slots=True)
class Curves:
    """Series over one pair of axes."""

    title: str
    words: str
    x: str
    y: str
    lines: tuple[Line, ...]
    x_ticks: tuple[Tick, ...]
    y_ticks: tuple[Tick, ...]
    limit: Tick | None = None


def strip(made: Sequence[Measurement], limit: float | None = None) -> Strip | None:
    """One metric in one place, of one side or both; None where there is nothing that varies."""
    ordered = sorted((one for one in made if len(finite(one.samples)) > 1), key=lambda one: one.side)
    every = [sample for one in ordered for sample in finite(one.samples)]
    if not every or min(every) == max(every):
        return None
    first = ordered[0]
    shown = [*every, limit] if limit is not None and limit <= 3 * max(every) else every
    low, high = _spread(min(shown), max(shown))
    lanes = tuple(_lane(one, low, high) for one in ordered)
    drawn = limit is not None and low <= limit <= high
    name = metric(first.metric)
    said = ", ".join(f"{lane.label} {lane.words}" for lane in lanes)
    bound = f"; the limit is {value(limit, first.unit)}" if limit is not None else ""
    return Strip(
        title=name,
        where=first.where,
        words=f"{name} of {first.where or 'the site'}: {said}{bound}",
        lanes=lanes,
        ticks=ticks(low, high, first.unit, 4),
        limit=Tick(_part(limit, low, high), value(limit, first.unit)) if limit is not None and drawn else None,
    )


def curves(
    title: str,
    series: Iterable[Series],
    *,
    x: str = "time",
    x_unit: Unit = "s",
    y: str = "",
    y_unit: Unit = "",
    limit: float | None = None,
) -> Curves | None:
    """Series as lines; None where there is no point to draw. A gap in time is drawn as one."""
    drawn = [Series(one.name, _points(one.points), one.side) for one in series]
    drawn = [one for one in drawn if one.points]
    if not drawn:
        return None
    across = [at for one in drawn for at, _ in one.points]
    up = [number for one in drawn for _, number in one.points]
    left, right = min(across), max(max(across), min(across) + 1e-9)
    top = max(up) if limit is None or limit > 3 * max(up) else max(*up, limit)
    low, high = _spread(min(0.0, *up), top or 1.0)
    low = 0.0 if min(up) >= 0 else low
    names = list(dict.fromkeys(one.name.removesuffix(BEFORE) for one in drawn))
    lines = tuple(
        Line(one.name, _path(one.points, left, right, low, high), names.index(one.name.removesuffix(BEFORE)), one.side)
        for one in drawn
    )
    said = "; ".join(
        f"{one.name}: {value(min(ys), y_unit)} to {value(max(ys), y_unit)}, {value(median(ys), y_unit)} in the middle"
        for one in drawn
        if (ys := [number for _, number in one.points])
    )
    bound = Tick(100 - _part(limit, low, high), value(limit, y_unit)) if limit is not None and limit <= high else None
    return Curves(
        title=title,
        words=f"{title}: {said}",
        x=x,
        y=y,
        lines=lines,
        x_ticks=ticks(left, right, x_unit, 5),
        y_ticks=tuple(Tick(100 - one.at, one.text) for one in ticks(low, high, y_unit, 4)),
        limit=bound,
    )


def ticks(low: float, high: float, unit: Unit, wanted: int) -> tuple[Tick, ...]:
    """Round numbers between two bounds, about as many as are wanted."""
    scale = 60.0 if unit == "s" and high - low > 240 else 1.0
    step = _round_step((high - low) / wanted / scale) * scale
    step = max(step, 1.0) if unit == "count" else step
    if step <= 0 or not isfinite(step):
        return (Tick(0, value(low, unit)),)
    first = ceil(low / step - 1e-9)
    last = floor(high / step + 1e-9)
    return tuple(Tick(_part(step * n, low, high), value(round(step * n, 12), unit)) for n in range(first, last + 1))


def finite(samples: Iterable[float]) -> list[float]:
    """The numbers that can be drawn."""
    return [sample for sample in samples if isfinite(sample)]


def _lane(one: Measurement, low: float, high: float) -> Lane:
    samples = sorted(finite(one.samples))
    middle = median(samples)
    dots = len(samples) <= DOTS
    between = f"{value(samples[0], one.unit)} to {value(samples[-1], one.unit)}, {len(samples)} samples"
    return Lane(
        side=one.side,
        label=SIDES[one.side],
        path=_dots(samples, low, high) if dots else _distribution(samples, low, high),
        dots=dots,
        median=_part(middle, low, high),
        words=f"{value(middle, one.unit)} ({between})",
    )


def _dots(samples: Sequence[float], low: float, high: float) -> str:
    """A line of no length each, which a round end makes a dot; those that would lie on each other are stacked."""
    columns: dict[int, int] = {}
    parts = []
    for sample in samples:
        at = _part(sample, low, high)
        column = round(at / 1.6)
        height = columns[column] = columns.get(column, -1) + 1
        up = 50 + (18 * ((height + 1) // 2) * (-1 if height % 2 else 1) if height < 5 else 0)
        parts.append(f"M{at:.2f} {up}h0")
    return "".join(parts)


def _distribution(samples: Sequence[float], low: float, high: float) -> str:
    """How many samples are around each value, as an area on both sides of the middle."""
    bins = [0] * BINS
    for sample in samples:
        bins[min(int((sample - low) / (high - low) * BINS), BINS - 1)] += 1
    most = max(bins)
    # By the root: what is rare, such as a long tail, stays visible.
    heights = [46 * (one / most) ** 0.5 for one in bins]
    width = 100 / BINS
    upper = [f"{(n + 0.5) * width:.2f} {50 - height:.1f}" for n, height in enumerate(heights)]
    lower = [f"{(n + 0.5) * width:.2f} {50 + height:.1f}" for n, height in reversed(list(enumerate(heights)))]
    return f"M{' L'.join([*upper, *lower])}Z"


def _points(points: Sequence[tuple[float, float]]) -> tuple[tuple[float, float], ...]:
    """At most `POINTS`: of each stretch the highest stays, so that no peak is lost."""
    usable = sorted(point for point in points if isfinite(point[0]) and isfinite(point[1]))
    if len(usable) <= POINTS:
        return tuple(usable)
    size = len(usable) / POINTS
    stretches = (usable[int(n * size) : int((n + 1) * size)] for n in range(POINTS))
    return tuple(max(stretch, key=lambda point: point[1]) for stretch in stretches if stretch)


def _path(points: Sequence[tuple[float, float]], left: float, right: float, low: float, high: float) -> str:
    spaces = sorted(later[0] - earlier[0] for earlier, later in pairwise(points))
    gap = 6 * spaces[len(spaces) // 2] if spaces else 0
    parts, before = [], None
    for at, number in points:
        pen = "M" if before is None or (gap and at - before > gap) else "L"
        parts.append(f"{pen}{_part(at, left, right):.2f} {100 - _part(number, low, high):.2f}")
        before = at
    return "".join(parts) if len(parts) > 1 else f"{parts[0]}h0"


def _part(number: float, low: float, high: float) -> float:
    return round((number - low) / (high - low) * 100, 2) if high > low else 50.0


def _spread(low: float, high: float) -> tuple[float, float]:
    """The bounds with a little room, never below zero for what never is."""
    room = (high - low) * 0.06 or abs(high) * 0.06 or 1.0
    return (max(0.0, low - room) if low >= 0 else low - room), high + room


def _round_step(step: float) -> float:
    """1, 2 or 5 times a power of ten."""
    if step <= 0 or not isfinite(step):
        return 0.0
    power: float = 10.0 ** floor(log10(step))
    return next(factor * power for factor in (1.0, 2.0, 5.0, 10.0) if factor * power >= step * 0.999)
