"""Runs as a machine makes them: noise, slow drift, runs that something else disturbed; a change at will.

A run is a factor on the page's true time. Neighbours are alike: the machine's mood lasts for some runs.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.random import Generator

Floats = np.ndarray[Any, np.dtype[np.float64]]


@dataclass(frozen=True)
class Machine:
    """`noise` of a run (0.1: 10 %), the `likeness` of neighbours, and the share of runs that are `disturbed`."""

    noise: float = 0.1
    likeness: float = 0.0
    disturbed: float = 0.0

    def series(self, rng: Generator, runs: int, rows: int = 1) -> Floats:
        """Rows of logarithms of factors, in the order of time."""
        fresh = rng.normal(0, self.noise, (rows, runs))
        made = fresh.copy()
        for run in range(1, runs):
            made[:, run] = self.likeness * made[:, run - 1] + np.sqrt(1 - self.likeness**2) * fresh[:, run]
        hit = rng.random((rows, runs)) < self.disturbed
        return made + np.where(hit, np.log1p(rng.uniform(0.3, 1.0, (rows, runs))), 0.0)


CALM = Machine()
MOODY = Machine(likeness=0.6)
BUSY = Machine(likeness=0.6, disturbed=0.05)
MACHINES: Mapping[str, Machine] = {"calm": CALM, "moody": MOODY, "busy": BUSY}


def pairs(series: Floats, slower: float = 0.0) -> tuple[Floats, Floats]:
    """A row of factors in the order of time as base and head in turns (ABBA), the head slower by a share."""
    first, second = series[..., 0::2], series[..., 1::2]
    turned = np.arange(first.shape[-1]) % 2 == 1
    return np.where(turned, second, first), np.where(turned, first, second) + np.log1p(slower)


def resampled(recorded: Sequence[float], runs: int, rng: Generator, block: int = 8) -> Floats:
    """As many runs drawn from a recorded series in blocks, so that neighbours stay alike; the record is a circle."""
    starts = rng.integers(0, len(recorded), -(-runs // block))
    at = (starts[:, None] + np.arange(block)).ravel()[:runs] % len(recorded)
    drawn: Floats = np.asarray(recorded, dtype=float)[at]
    return drawn
