"""Processes that should have been ended."""

import time
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path


def gone(pids: Iterable[int], within: float = 30) -> bool:
    """Whether none of them lives any more, or will in a moment."""
    left, until = list(pids), time.monotonic() + within
    while any(map(alive, left)) and time.monotonic() < until:
        time.sleep(0.02)
    return not any(map(alive, left))


def alive(pid: int) -> bool:
    """A zombie, which its new parent hasn't buried yet, is not."""
    with suppress(OSError):
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    return False
