"""The record of a load: every request with the moment it was meant for, in a compact file.

A histogram such as Locust's rounds to two digits, and knows nothing of the moment a request should have started. Both
programs that load and the one that judges use this format: 36 bytes a sample, little-endian, one after the other.
"""

import struct
from collections.abc import Callable
from enum import IntEnum
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from numpy import void
    from numpy.typing import NDArray

    Samples = NDArray[void]


class Kind(IntEnum):
    """How a request ended. `HELD` was never sent: too many were open, or the cap was reached."""

    FINE = 0
    STATUS = 1
    MISSES = 2
    SAYS = 3
    PHP = 4
    EMPTY = 5
    ELSEWHERE = 6
    LOOP = 7
    SILENT = 8
    REFUSED = 9
    BROKEN = 10
    NOT_KEPT = 11
    HELD = 12


#: Block, endpoint, which step of the visitor's, kind, which text of the step, status, bytes; intended, started and
#: ended, in seconds.
FORMAT = "<HBBBBHI3d"
SIZE = struct.calcsize(FORMAT)
FIELDS = [
    ("block", "<u2"),
    ("endpoint", "u1"),
    ("step", "u1"),
    ("kind", "u1"),
    ("detail", "u1"),
    ("status", "<u2"),
    ("size", "<u4"),
    ("intended", "<f8"),
    ("started", "<f8"),
    ("ended", "<f8"),
]

#: The bytes of one sample, of its fields in their order.
packed: Callable[..., bytes] = struct.Struct(FORMAT).pack


def read(data: bytes) -> "Samples":
    """The samples, in the order they were intended; what a killed program left unfinished at the end is left out."""
    import numpy as np

    types: Any = FIELDS
    samples = np.frombuffer(data[: len(data) // SIZE * SIZE], dtype=np.dtype(types))
    return samples[np.argsort(samples["intended"], kind="stable")]
