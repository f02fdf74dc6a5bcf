"""The pictures that are kept: before, after, and what differs; each as a small PNG.

kept(before, after, spots, marks, hidden, into) -> the paths of `….before.png`, `….after.png`, `….difference.png`
"""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from maintainer.checks.visual_shots import Edges

if TYPE_CHECKING:
    from numpy import bool_, uint8
    from numpy.typing import NDArray
    from PIL.Image import Image

RED = (214, 0, 53)
BLUE = (70, 110, 180)
#: What is equal is pale: so much of its colour is left.
PALE = 0.25
#: Stripes of what was left out are so far apart, in pixels.
STRIPES = 8
COLOURS = 128


def kept(
    before: "NDArray[uint8]",
    after: "NDArray[uint8]",
    spots: Sequence[Edges],
    marks: "NDArray[bool_]",
    hidden: "NDArray[bool_]",
    into: Path,
) -> tuple[Path, Path, Path]:
    """Write them beside each other; `into` is their path without `.before.png`. Raises OSError."""
    from PIL import Image

    into.parent.mkdir(parents=True, exist_ok=True)
    pictures = (
        ("before", Image.fromarray(before)),
        ("after", Image.fromarray(after)),
        ("difference", _difference(after, spots, marks, hidden)),
    )
    paths = []
    for name, picture in pictures:
        path = into.with_name(f"{into.name}.{name}.png")
        small = picture.quantize(COLOURS, method=Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE)
        small.save(path, optimize=True)
        paths.append(path)
    return paths[0], paths[1], paths[2]


def _difference(
    after: "NDArray[uint8]", spots: Sequence[Edges], marks: "NDArray[bool_]", hidden: "NDArray[bool_]"
) -> "Image":
    """The page, pale; what differs in red, with a frame around each spot; what was left out is striped blue."""
    import numpy as np
    from PIL import Image, ImageDraw

    height, width = marks.shape
    pale = np.full((height, width, 3), 255, dtype=np.float32)
    grey = after[:height, :width].mean(axis=2, keepdims=True)
    pale[: grey.shape[0], : grey.shape[1]] = 255 - (255 - grey) * PALE
    rows, columns = np.ogrid[:height, :width]
    pale[hidden & ((rows + columns) % STRIPES < 2)] = BLUE
    pale[marks] = RED
    picture = Image.fromarray(pale.astype(np.uint8))
    draw = ImageDraw.Draw(picture)
    for left, top, right, bottom in spots:
        draw.rectangle((left - 4, top - 4, right + 3, bottom + 3), outline=RED, width=2)
    return picture
