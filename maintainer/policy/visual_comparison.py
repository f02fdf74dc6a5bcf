"""A page before a change and with it: what a person who looks at both would see, in words.

    compare(before, after) -> Compared

Each side is shot several times. What differs among the shots of one side moves by itself and is left out, the whole
element with it: the next shot may show anything there. What then differs from side to side is told by the elements
that stand there, and has a digest by which a person can approve exactly that.
"""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from maintainer.policy import visual_words
from maintainer.policy.visual import MARGIN, Box, Region, changed, covered, digest, regions, restless
from maintainer.policy.visual_elements import Change, Element, changes, matched

if TYPE_CHECKING:
    from maintainer.policy.visual import Marks, Picture

#: An element that moves by itself is left out whole, unless it is more of the page than this.
LARGEST_RESTLESS = 0.2
#: So many pixels of an element differ at least, else the change is somewhere else.
TOUCHED = 4
#: So much of a spot lies in an element that is named for it.
INSIDE = 0.8
MOST_PICTURES = 80


@dataclass(frozen=True, slots=True)
class Shot:
    """A picture of a page, what stands on it from its outermost element on, and the boxes that are to be left out.

    `failed` are the files the page could not load, as sentences.
    """

    picture: "Picture"
    elements: tuple[Element, ...] = ()
    masked: tuple[Box, ...] = ()
    failed: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Difference:
    """What became of one place, or of several that belong together: in words, by its digest, and where."""

    sentence: str
    digest: str
    boxes: tuple[Box, ...]


@dataclass(frozen=True, slots=True)
class Compared:
    """The differences, the most important first, and the files that only the page with the change can't load.

    `left_out` is the share of the page that wasn't compared, `restless` that of what moves by itself; `marks` are the
    pixels that differ, `hidden` those that were left out. `heights` are all that were seen on each side.
    """

    differences: tuple[Difference, ...]
    failed: tuple[str, ...]
    left_out: float
    restless: float
    marks: "Marks"
    hidden: "Marks"
    heights: tuple[tuple[int, ...], tuple[int, ...]]


def compare(before: Sequence[Shot], after: Sequence[Shot]) -> Compared:
    """All shots of both sides; at least one of each. Raises ValueError without."""
    if not before or not after:
        raise ValueError("a comparison wants a picture of each side.")
    was, now = before[0], after[0]
    marks = changed(was.picture, now.picture)
    shape = (marks.shape[0], marks.shape[1])
    moving = _moving(before, shape) | _moving(after, shape)
    hidden = moving | covered(shape, [box for shot in (*before, *after) for box in shot.masked])
    pairs = matched(was.elements, now.elements)
    became = [change for change in changes(was.elements, now.elements, pairs) if not _left_out(change, hidden)]
    became += _other_pictures(was, now, pairs, became)
    _mark_texts(marks, was.picture, now.picture, became)
    marks &= ~hidden
    return Compared(
        _differences(was, now, marks, hidden, became),
        tuple(
            sorted({text for shot in after for text in shot.failed} - {one for shot in before for one in shot.failed})
        ),
        float(hidden.mean()) if hidden.size else 0.0,
        float(moving.mean()) if moving.size else 0.0,
        marks,
        hidden,
        (_heights(before), _heights(after)),
    )


def _heights(shots: Sequence[Shot]) -> tuple[int, ...]:
    return tuple(sorted({shot.picture.shape[0] for shot in shots}))


def _moving(shots: Sequence[Shot], shape: tuple[int, int]) -> "Marks":
    """What moves by itself on one side, whole elements where they aren't most of the page."""
    import numpy as np

    found = np.zeros(shape, dtype=bool)
    if len(shots) < 2:
        return found
    seen = restless([shot.picture for shot in shots])
    height, width = min(shape[0], seen.shape[0]), min(shape[1], seen.shape[1])
    found[:height, :width] = seen[:height, :width]
    most = shape[0] * shape[1] * LARGEST_RESTLESS
    boxes = []
    standing = [one for shot in shots for one in shot.elements if one.box.area <= most]
    for region in regions(found, 1):
        around = [one for one in standing if one.box.holds(region.box, MARGIN + 1)]
        if around:
            least = min(around, key=lambda one: one.box.area)
            boxes += [one.box for one in standing if (one.path, one.identity) == (least.path, least.identity)]
    return found | covered(shape, boxes)


def _left_out(change: Change, hidden: "Marks") -> bool:
    return any(hidden[box.slices()].mean() > 0.5 for box in change.boxes if hidden[box.slices()].size)


def _other_pictures(was: Shot, now: Shot, pairs: Mapping[int, int], known: Sequence[Change]) -> Iterator[Change]:
    """Pictures that show something else though their address is the same; where they stand doesn't matter."""
    told = {id(change.was) for change in known if change.what != "moved"}
    new = [change.now.box for change in known if change.what == "new" and change.now]
    pictures = [(was.elements[one], now.elements[two]) for one, two in pairs.items()]
    for one, two in [pair for pair in pictures if pair[0].kind == "picture"][:MOST_PICTURES]:
        if id(one) in told or two.broken or any(box.shared(two.box) > 0 for box in new):
            continue
        first, second = was.picture[one.box.slices()], now.picture[two.box.slices()]
        if first.shape == second.shape and first.size and regions(changed(first, second)):
            yield Change("picture", one, two)


def _mark_texts(marks: "Marks", was: "Picture", now: "Picture", became: Sequence[Change]) -> None:
    """A text that says something else is a difference, even of a few pixels: 19,98 is no 19,99."""
    height, width = min(was.shape[0], now.shape[0]), min(was.shape[1], now.shape[1])
    for change in became:
        if change.what == "text" and change.now:
            rows, columns = change.now.box.slices()
            place = slice(rows.start, min(rows.stop, height)), slice(columns.start, min(columns.stop, width))
            marks[place] |= (was[place] != now[place]).any(axis=2)


def _differences(
    was: Shot, now: Shot, marks: "Marks", hidden: "Marks", became: Sequence[Change]
) -> tuple[Difference, ...]:
    """Spots, with what became of the elements there. What moved alike, or is of one element, is one difference."""
    texts = [box for change in became if change.what == "text" for box in change.boxes]
    spots = [spot for spot in regions(marks, 1) if _counts(spot, texts)]
    counted = marks.cumsum(axis=0, dtype="int32").cumsum(axis=1, dtype="int32")
    own = list(range(len(spots)))
    touched: list[tuple[Change, int]] = []
    alike: dict[object, int] = {}
    for change in became:
        if sum(_within(counted, box) for box in change.boxes) < TOUCHED:
            continue
        there = [at for at, spot in enumerate(spots) if any(spot.box.shared(box) > 0 for box in change.boxes)]
        if not there:
            continue
        touched.append((change, there[0]))
        with_it = alike.setdefault(visual_words.direction(change) or len(touched), there[0])
        for at in (*there[1:], with_it):
            _join(own, there[0], at)
    groups: dict[int, list[Region]] = {}
    for at, spot in enumerate(spots):
        groups.setdefault(_first(own, at), []).append(spot)
    found: list[tuple[int, Difference]] = []
    for name, members in groups.items():
        mine = [change for change, at in touched if _first(own, at) == name]
        said = visual_words.sentences(mine) or tuple(dict.fromkeys(_unexplained(was, now, spot) for spot in members))
        told = hashlib.sha256()
        for one in sorted(digest(was.picture, now.picture, spot.box, hidden) for spot in members):
            told.update(one.encode())
        worth = max(map(visual_words.weight, mine), default=0)
        boxes = tuple(spot.box for spot in members)
        found.append((worth, Difference("; ".join(said), told.hexdigest()[:12], boxes)))
    return tuple(one for _, one in sorted(found, key=lambda pair: -pair[0]))


def _counts(spot: Region, texts: Sequence[Box]) -> bool:
    """Whether a spot is dense enough to be seen, or is of a text that says something else."""
    from maintainer.policy.visual import FEWEST, WINDOW

    return spot.densest * WINDOW**2 >= FEWEST or any(spot.box.shared(box) > 0 for box in texts)


def _within(counted: "Marks", box: Box) -> int:
    """How many marked pixels lie in a box, by their sums from the upper left corner."""
    height, width = counted.shape
    rows, columns = box.slices()
    low, high = min(rows.start, height) - 1, min(rows.stop, height) - 1
    left, right = min(columns.start, width) - 1, min(columns.stop, width) - 1

    def upto(row: int, column: int) -> int:
        return int(counted[row, column]) if row >= 0 and column >= 0 else 0

    return upto(high, right) - upto(low, right) - upto(high, left) + upto(low, left)


def _join(own: list[int], one: int, two: int) -> None:
    own[_first(own, two)] = _first(own, one)


def _first(own: list[int], at: int) -> int:
    while own[at] != at:
        own[at] = own[own[at]]
        at = own[at]
    return at


def _unexplained(was: Shot, now: Shot, spot: Region) -> str:
    """A spot where nothing happened to any element: what stands there looks different."""
    height = min(was.picture.shape[0], now.picture.shape[0])
    if spot.box.top >= height - 1:
        longer = now.picture.shape[0] - was.picture.shape[0]
        return f"the page is {abs(longer)} px {'longer' if longer > 0 else 'shorter'}"
    there = [
        one
        for one in (*now.elements, *was.elements)
        if one.box.shared(spot.box) >= spot.box.area * INSIDE and one.box.area < was.picture[..., 0].size / 2
    ]
    if there:
        return f"{visual_words.named(min(there, key=lambda one: one.box.area))} looks different"
    wide = f"{spot.box.width:.0f} x {spot.box.height:.0f} px"
    return (
        f"a spot of {wide}, {spot.box.top:.0f} px from the top and {spot.box.left:.0f} from the left, looks different"
    )
