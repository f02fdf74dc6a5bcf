"""Where two pictures of a page differ for a person who looks at them: pixels in, regions out.

changed(before, after)    -> a picture of yes and no: these pixels look different
regions(changed)          -> the spots they form, with how dense each is; a lone speck is none
restless(pictures)        -> the pixels that differ although nothing was changed
digest(before, after, …)  -> the name of exactly this difference

A picture is an array of height x width x 3 bytes (sRGB), with one pixel for one pixel of CSS. Two pictures of
different heights are compared as if the shorter one went on in no colour at all.

Colours are compared in OKLab, where equal distances look equally different (https://bottosson.github.io/posts/oklab/).
A pixel is not compared with one pixel but with what is around it: edges that were smoothed another way, or drawn one
pixel further, take their colours from their neighbours, and keep the mean of these. numpy is imported when needed.
"""

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from numpy import bool_, float32, uint8
    from numpy.typing import NDArray

    Picture = NDArray[uint8]
    Marks = NDArray[bool_]

#: The distance in OKLab that can just be told (https://www.w3.org/TR/css-color-4/#GM-jnd).
NOTICEABLE = 0.02
#: Of the contrast around it, a pixel is off by so much at least: half of a stroke's colour is what another way of
#: smoothing takes away.
SHARP = 0.5
#: Of what a pixel is off, so much is left in the mean around it: a stroke drawn half a pixel further takes its colour
#: along.
LEFT = 0.2
#: A window of so many pixels square holds at least so many that changed, else it is a speck.
WINDOW = 16
FEWEST = 8
#: Pixels in the same or a neighbouring cell of so many pixels square belong together.
CELL = 12
#: What moves by itself is left out with so many pixels around it.
MARGIN = 2
_STRIP = 256
#: From linear sRGB to the cones, and from the cube roots of these to L, a and b; a row is one channel of what goes in.
_TO_CONES = (
    (0.4122214708, 0.2119034982, 0.0883024619),
    (0.5363325363, 0.6806995451, 0.2817188376),
    (0.0514459929, 0.1073969566, 0.6299787005),
)
_TO_LAB = (
    (0.2104542553, 1.9779984951, 0.0259040371),
    (0.7936177850, -2.4285922050, 0.7827717662),
    (-0.0040720468, 0.4505937099, -0.8086757660),
)


@dataclass(frozen=True, slots=True, order=True)
class Box:
    """A rectangle of a page in pixels of CSS, from its upper left corner; `right` and `bottom` are outside."""

    left: float
    top: float
    right: float
    bottom: float

    @property
    def width(self) -> float:
        return max(0.0, self.right - self.left)

    @property
    def height(self) -> float:
        return max(0.0, self.bottom - self.top)

    @property
    def area(self) -> float:
        return self.width * self.height

    def shared(self, other: "Box") -> float:
        """The area that both have."""
        across = min(self.right, other.right) - max(self.left, other.left)
        down = min(self.bottom, other.bottom) - max(self.top, other.top)
        return max(0.0, across) * max(0.0, down)

    def holds(self, other: "Box", slack: float = 0) -> bool:
        """Whether all of the other lies in it."""
        return (
            self.left <= other.left + slack
            and self.top <= other.top + slack
            and self.right >= other.right - slack
            and self.bottom >= other.bottom - slack
        )

    def slices(self, *, margin: int = 0) -> tuple[slice, slice]:
        """The rows and columns of a picture that it touches."""
        rows = slice(max(0, int(self.top) - margin), max(0, -int(-self.bottom // 1) + margin))
        return rows, slice(max(0, int(self.left) - margin), max(0, -int(-self.right // 1) + margin))


@dataclass(frozen=True, slots=True)
class Region:
    """A spot that changed: where, how many pixels of it, and how many of its densest window, as a share."""

    box: Box
    pixels: int
    densest: float


def changed(before: "Picture", after: "Picture") -> "Marks":
    """Which pixels look different, as tall and wide as the larger picture.

    What only one of them has is different.
    """
    import numpy as np

    height, width = (min(before.shape[axis], after.shape[axis]) for axis in (0, 1))
    found = np.ones(tuple(max(before.shape[axis], after.shape[axis]) for axis in (0, 1)), dtype=bool)
    found[:height, :width] = False
    raw = (before[:height, :width] != after[:height, :width]).any(axis=2)
    for top in range(0, height, _STRIP):
        strip = raw[top : top + _STRIP]
        columns = np.flatnonzero(strip.any(axis=0))
        if not len(columns):
            continue
        # Four more pixels on each side: what is compared has neighbours.
        up, down = max(0, top - 4), min(height, top + _STRIP + 4)
        left, right = max(0, int(columns[0]) - 4), min(width, int(columns[-1]) + 5)
        one, two = before[up:down, left:right], after[up:down, left:right]
        differs = _off(one, two)[top - up : top - up + strip.shape[0]]
        found[top : top + strip.shape[0], left:right] |= differs & strip[:, left:right]
    return found


def _off(one: "Picture", two: "Picture") -> "Marks":
    """Where either picture is off what is around the pixel in the other, and the means are off too."""
    import numpy as np

    low_one, high_one = _around(one, np.minimum), _around(one, np.maximum)
    low_two, high_two = _around(two, np.minimum), _around(two, np.maximum)
    off = np.maximum(_distance(one, np.clip(one, low_two, high_two)), _distance(two, np.clip(two, low_one, high_one)))
    found: Marks = off >= NOTICEABLE
    contrast = _distance(np.minimum(low_one, low_two)[found], np.maximum(high_one, high_two)[found])
    means = _distance(_mean(one)[found], _mean(two)[found])
    found[found] = (off[found] >= contrast * SHARP) & (means >= off[found] * LEFT)
    return found


def _around(picture: "Picture", extreme: Any) -> "Picture":
    """The least or greatest of the three by three pixels around each, a channel at a time."""
    found = picture.copy()
    extreme(found[1:], picture[:-1], out=found[1:])
    extreme(found[:-1], picture[1:], out=found[:-1])
    whole = found.copy()
    extreme(whole[:, 1:], found[:, :-1], out=whole[:, 1:])
    extreme(whole[:, :-1], found[:, 1:], out=whole[:, :-1])
    return whole


def _mean(picture: "Picture") -> "Picture":
    """The mean of the five by five pixels around each, by the weights 1 4 6 4 1: what moves a little stays in it."""
    import numpy as np

    padded = np.pad(picture.astype(np.uint32), ((2, 2), (2, 2), (0, 0)), mode="edge")
    rows = padded[:-4] + 4 * padded[1:-3] + 6 * padded[2:-2] + 4 * padded[3:-1] + padded[4:]
    whole = rows[:, :-4] + 4 * rows[:, 1:-3] + 6 * rows[:, 2:-2] + 4 * rows[:, 3:-1] + rows[:, 4:]
    made: Picture = (whole >> 8).astype(np.uint8)
    return made


def _distance(one: "Picture", two: "Picture") -> "NDArray[float32]":
    """The distance of colours, pixel by pixel."""
    import numpy as np

    found = np.zeros(one.shape[:-1], dtype=np.float32)
    where = (one != two).any(axis=-1)
    if where.any():
        apart = oklab(one[where]) - oklab(two[where])
        found[where] = np.sqrt((apart * apart).sum(axis=-1))
    return found


def oklab(colours: "Picture") -> "NDArray[float32]":
    """Bytes of sRGB, in the last axis, as L (0 to 1), a and b."""
    import numpy as np

    levels = np.arange(256) / 255
    linear = np.where(levels <= 0.04045, levels / 12.92, ((levels + 0.055) / 1.055) ** 2.4).astype(np.float32)
    to_cones = np.array(_TO_CONES, dtype=np.float32)
    to_lab = np.array(_TO_LAB, dtype=np.float32)
    made: NDArray[float32] = np.cbrt(linear[colours] @ to_cones) @ to_lab
    return made


def regions(marks: "Marks", fewest: int = FEWEST) -> tuple[Region, ...]:
    """The spots that marked pixels form, from top to bottom, without specks."""
    import numpy as np

    if not marks.any():
        return ()
    rows, columns = np.nonzero(marks)
    density = _windows(marks)
    spots: dict[tuple[int, int], list[tuple[int, int]]] = {}
    cells = np.unique(np.stack([rows // CELL, columns // CELL], axis=1), axis=0)
    for component in _components([(int(row), int(column)) for row, column in cells]):
        spots[component[0]] = component
    found = []
    for component in spots.values():
        box = _box(component)
        part = _cut(marks, component, box)
        at_row, at_column = np.nonzero(part)
        top, left = int(box.top), int(box.left)
        tight = Box(
            float(left + at_column.min()),
            float(top + at_row.min()),
            float(left + at_column.max() + 1),
            float(top + at_row.max() + 1),
        )
        most = int(density[top + at_row, left + at_column].max())
        if most >= fewest:
            found.append(Region(tight, len(at_row), most / WINDOW**2))
    return tuple(sorted(found, key=lambda region: (region.box.top, region.box.left)))


def _windows(marks: "Marks") -> "NDArray[Any]":
    """For each pixel, how many are marked in the window around it."""
    import numpy as np

    half = WINDOW // 2
    padded = np.pad(marks, ((half, half), (half, half)))
    sums = np.zeros((padded.shape[0] + 1, padded.shape[1] + 1), dtype=np.int32)
    sums[1:, 1:] = padded.cumsum(axis=0, dtype=np.int32).cumsum(axis=1, dtype=np.int32)
    height, width = marks.shape
    ends, starts = slice(WINDOW, WINDOW + height), slice(0, height)
    right, left = slice(WINDOW, WINDOW + width), slice(0, width)
    counted: NDArray[Any] = sums[ends, right] - sums[starts, right] - sums[ends, left] + sums[starts, left]
    return counted


def _components(cells: Sequence[tuple[int, int]]) -> Iterator[list[tuple[int, int]]]:
    """Cells that touch each other, by a side or a corner."""
    left = set(cells)
    for cell in cells:
        if cell not in left:
            continue
        left.discard(cell)
        component, next_ones = [cell], [cell]
        while next_ones:
            row, column = next_ones.pop()
            for near in [(row + down, column + across) for down in (-1, 0, 1) for across in (-1, 0, 1)]:
                if near in left:
                    left.discard(near)
                    component.append(near)
                    next_ones.append(near)
        yield component


def _box(component: Sequence[tuple[int, int]]) -> Box:
    rows, columns = zip(*component, strict=True)
    low, high = min(columns) * CELL, (max(columns) + 1) * CELL
    return Box(float(low), float(min(rows) * CELL), float(high), float((max(rows) + 1) * CELL))


def _cut(marks: "Marks", component: Sequence[tuple[int, int]], box: Box) -> "Marks":
    """The marks in a component's own cells; another one may lie in the same box."""
    import numpy as np

    top, left = int(box.top), int(box.left)
    mine = np.zeros((int(box.height) // CELL, int(box.width) // CELL), dtype=bool)
    rows, columns = np.array(component).T
    mine[rows - top // CELL, columns - left // CELL] = True
    whole = mine.repeat(CELL, axis=0).repeat(CELL, axis=1)
    part = marks[top : int(box.bottom), left : int(box.right)]
    cut: Marks = part & whole[: part.shape[0], : part.shape[1]]
    return cut


def restless(pictures: Sequence["Picture"]) -> "Marks":
    """The pixels in which pictures of the same site differ at all, with a margin around them."""
    import numpy as np

    first = pictures[0]
    found = np.zeros(tuple(max(one.shape[axis] for one in pictures) for axis in (0, 1)), dtype=bool)
    for other in pictures[1:]:
        height, width = (min(first.shape[axis], other.shape[axis]) for axis in (0, 1))
        differs = np.ones_like(found)
        differs[:height, :width] = (first[:height, :width] != other[:height, :width]).any(axis=2)
        taller = tuple(max(first.shape[axis], other.shape[axis]) for axis in (0, 1))
        differs[taller[0] :] = differs[:, taller[1] :] = False
        found |= differs
    return grown(found, MARGIN)


def grown(marks: "Marks", by: int) -> "Marks":
    """The marks, and all pixels up to so many away from one."""
    made = marks
    for _ in range(by):
        wider = made.copy()
        wider[1:] |= made[:-1]
        wider[:-1] |= made[1:]
        made = wider.copy()
        made[:, 1:] |= wider[:, :-1]
        made[:, :-1] |= wider[:, 1:]
    return made


def covered(shape: tuple[int, int], boxes: Iterable[Box]) -> "Marks":
    """The pixels of a picture that lie in any of the boxes."""
    import numpy as np

    made = np.zeros(shape, dtype=bool)
    for box in boxes:
        made[box.slices()] = True
    return made


def digest(before: "Picture", after: "Picture", box: Box, left_out: "Marks") -> str:
    """The name of exactly this difference, wherever on a page it is: what was there and what is there now.

    Pixels that are left out don't count.
    """
    import numpy as np

    told = hashlib.sha256()
    rows, columns = box.slices()
    hidden = left_out[rows, columns]
    for picture in (before, after):
        part = picture[rows, columns].copy()
        mask = hidden[: part.shape[0], : part.shape[1]]
        part[mask] = 0
        told.update(f"{part.shape[0]} {part.shape[1]} ".encode())
        told.update(np.ascontiguousarray(part).tobytes())
    return told.hexdigest()[:12]
