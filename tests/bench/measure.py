"""Whole programs, timed: wall-clock seconds and peak resident memory, children included."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).parent
ROOT = HERE.parent.parent


@dataclass(frozen=True)
class Measured:
    seconds: float
    mebibytes: float
    code: int


def measured(argv: Sequence[str | Path], cwd: Path, environment: Mapping[str, str], out: Path) -> Measured:
    """One run of a program; its output goes to `out`."""
    with out.open("wb") as stdout, out.with_suffix(".err").open("wb") as stderr:
        began = time.perf_counter()
        child = subprocess.Popen(
            [str(word) for word in argv], cwd=cwd, env=dict(environment), stdout=stdout, stderr=stderr
        )
        _, status, usage = os.wait4(child.pid, 0)
        seconds = time.perf_counter() - began
    child.returncode = os.waitstatus_to_exitcode(status)
    return Measured(seconds, usage.ru_maxrss / 1024, child.returncode)


def best(argv: Sequence[str | Path], cwd: Path, environment: Mapping[str, str], out: Path, runs: int = 3) -> Measured:
    """The quickest of some runs, with the most memory any of them took: machines are shared and noisy."""
    all_runs = [measured(argv, cwd, environment, out) for _ in range(runs)]
    quickest = min(all_runs, key=lambda one: one.seconds)
    return Measured(quickest.seconds, max(one.mebibytes for one in all_runs), quickest.code)


@contextmanager
def registry(packages: int, latency: float = 0) -> Iterator[int]:
    """The port of a loopback registry that knows this many packages."""
    with subprocess.Popen(
        [sys.executable, HERE / "registry.py", str(packages), str(latency)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as server:
        assert server.stdout and server.stdin
        try:
            yield int(server.stdout.readline())
        finally:
            server.stdin.close()
            server.wait(10)
