"""The curves of a load, second by second, for reports: `load/curves.json`.

{"head": {"second": [...], "offered": [...], "answered": [...], "failed": [...], "p50": [...], "p95": [...],
"open": [...]}, "base": {...}}; latencies in milliseconds, None where nothing was asked. Seconds are of the side's own
load, its blocks one after the other.
"""

import json
from pathlib import Path
from typing import Any

from maintainer.checks.load_figures import Figures, latencies
from maintainer.checks.load_samples import Kind
from maintainer.evidence import Artifact, Side

FILE = "load/curves.json"


def drawn(figures: Figures, folder: Path) -> Artifact:
    """Write the curves below the report's folder."""
    made = {side: _curve(figures, side) for side in sorted({block.side for block in figures.blocks})}
    path = folder / FILE
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(made), encoding="utf-8")
    return Artifact(FILE, "the load, second by second")


def _curve(figures: Figures, side: Side) -> dict[str, list[Any]]:
    import numpy as np

    columns = ("second", "offered", "answered", "failed", "p50", "p95", "open")
    curve: dict[str, list[Any]] = {name: [] for name in columns}
    before = 0
    for number, block in enumerate(figures.blocks):
        if block.side != side or block.warm:
            continue
        own = figures.samples[(figures.samples["block"] == number) & (figures.samples["kind"] != Kind.HELD)]
        length = int(np.ceil(block.seconds))
        for second in range(length):
            first = block.at + second
            meant = own[(own["intended"] >= first) & (own["intended"] < first + 1)]
            ended = own[(own["ended"] >= first) & (own["ended"] < first + 1)]
            percentiles = np.percentile(latencies(meant), (50, 95)).round(1).tolist() if len(meant) else [None, None]
            waiting = int(((own["intended"] < first + 1) & (own["ended"] >= first + 1)).sum())
            failed = int((ended["kind"] != Kind.FINE).sum())
            values = (before + second, len(meant), len(ended) - failed, failed, *percentiles, waiting)
            for name, value in zip(columns, values, strict=True):
                curve[name].append(value)
        before += length
    return curve
