"""What the program that shoots pages answers: pictures, what stands on them, or why there is none."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from maintainer.evidence import Side

if TYPE_CHECKING:
    from numpy import uint8
    from numpy.typing import NDArray

Device = Literal["desktop", "mobile"]
#: Of the site's address and path, so much is told.
LONGEST = 200
#: As wide as any page that isn't broken, and as tall as may be asked for.
WIDEST = 8000
TALLEST = 32_000

Edges = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class Shot:
    """A page as it looked once: height x width x 3 bytes of sRGB, a pixel for a pixel of CSS.

    `elements` is what the page said stands on it, not yet read. `masked` are the boxes (left, top, right, bottom) of
    each selector that is left out; None for what is no selector. `used` says of each selector of the job whether it was
    there, None again for what is none. `whole` is the page's height, of which the picture may be a part. `refused` are
    hosts that had something to show and may not be asked.
    """

    side: Side
    device: Device
    picture: "NDArray[uint8]" = field(repr=False)
    status: int
    led: str
    whole: int
    elements: Sequence[Any] = field(repr=False)
    masked: Mapping[str, Sequence[Edges] | None]
    used: Mapping[str, bool | None]
    failed: tuple[str, ...]
    refused: tuple[str, ...]
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class NoShot:
    """Why there is no picture, and what to do."""

    side: Side
    device: Device
    reason: str
    mend: str


def read(told: Any, side: Side, device: Device, file: Path) -> Shot | NoShot:
    """One shot of the program's answer, with the picture it left."""
    import numpy as np
    from PIL import Image

    again = "Run it again; when it stays so, install maintainer anew"
    if not isinstance(told, dict):
        return NoShot(side, device, "the program that shoots pages told nothing of this one", again)
    if "error" in told:
        return NoShot(side, device, str(told["error"]), str(told.get("mend", "")))
    try:
        with Image.open(file, formats=("PNG",)) as opened:
            if opened.width > WIDEST or opened.height > TALLEST:
                return NoShot(side, device, f"the page is {opened.width} px wide", "Open it: is its layout broken?")
            picture = np.asarray(opened.convert("RGB"))
        return Shot(
            side,
            device,
            picture,
            status=int(told["status"]),
            led=str(told["led"])[:LONGEST],
            whole=int(told["whole"]),
            elements=list(told["elements"]),
            masked={str(name): _edges(boxes) for name, boxes in told["masked"].items()},
            used={str(name): None if seen is None else bool(seen) for name, seen in told["used"].items()},
            failed=_texts(told["failed"]),
            refused=_texts(told["refused"]),
            notes=_texts(told["notes"]),
        )
    except OSError as error:
        return NoShot(side, device, f"the picture can't be read: {error.strerror or 'it is no PNG'}", again)
    except (KeyError, TypeError, ValueError, AttributeError):
        return NoShot(side, device, "the program that shoots pages told what is no answer", again)


def _edges(boxes: Any) -> Sequence[Edges] | None:
    if boxes is None:
        return None
    return [(float(left), float(top), float(right), float(bottom)) for left, top, right, bottom in boxes]


def _texts(told: Any) -> tuple[str, ...]:
    return tuple(str(one)[:LONGEST] for one in told)
