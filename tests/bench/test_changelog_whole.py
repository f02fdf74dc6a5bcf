"""The whole command over a long history whose proposals a forge knows: time, memory, and how both grow."""

import os
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.bench import changelog_forge, commit_history
from tests.bench.changelog_forge import EACH
from tests.bench.measure import ROOT
from tests.workspace.repositories import ENVIRONMENT

pytestmark = pytest.mark.bench

SIZES = (12_500, 25_000, 50_000)
#: Pull requests that GitHub tells in one answer.
PAGE = 100


class Took(NamedTuple):
    """`work` is of the processor, git's included; `mebibytes` the most that one process held."""

    wall: float
    work: float
    mebibytes: float


def test_a_long_history_with_its_proposals_is_told_in_time(tmp_path: Path) -> None:
    took: dict[int, Took] = {}
    print(f"\n{'commits':>9}{'proposals':>11}{'wall':>9}{'work':>9}{'MiB':>6}{'requests':>10}{'lines':>8}")
    for size in SIZES:
        history, site = tmp_path / f"history-{size}", tmp_path / f"site-{size}"
        commit_history.written(history, size)
        subprocess.run(["git", "clone", "-q", "--no-checkout", history, site], check=True)
        with changelog_forge.serving(tmp_path / f"forge-{size}", history) as forge:
            environment = {**ENVIRONMENT, **forge.environment, "HOME": str(tmp_path)}
            # The first run is the forge's, which works its answers out; it tells how many there were.
            out = tmp_path / "told"
            told(site, environment, out)
            requests = forge.requests()
            runs = [told(site, environment, out) for _ in range(3)]
            # Into the file, and once more, which has nothing to change.
            kept = [told(site, environment, tmp_path / "kept", "--offline") for _ in range(2)]
        took[size] = Took(*(best(each) for best, each in zip((min, min, max), zip(*runs, strict=True), strict=True)))
        lines = out.read_text().splitlines()
        count = sum(line.startswith("- ") for line in lines)
        print(
            f"{size:>9}{size // EACH:>11}{took[size].wall:>7.2f} s{took[size].work:>7.2f} s"
            f"{took[size].mebibytes:>6.0f}{requests:>10}{count:>8}"
            f"   kept {kept[0].work:.2f} s, again {kept[1].work:.2f} s, {kept[1].mebibytes:.0f} MiB"
        )
        assert (site / "CHANGELOG.md").read_text().count("\n- ") == count
        assert (tmp_path / "kept").read_text().startswith("CHANGELOG.md tells all that changed")
        # Each proposal was asked for once, a page at a time, and its words are where they belong.
        assert requests <= size // EACH // PAGE + 20
        assert count > size // 2
        assert sum("/pull/" in line for line in lines) > size // EACH // 4
        assert any("number 520 is rounded ([#520](" in line for line in lines)
        again = kept[1]
    # Of a machine that others use too, the work is what is ours.
    least, most = took[SIZES[0]], took[SIZES[-1]]
    assert max(most.work, again.work) <= 5
    assert max(most.mebibytes, again.mebibytes) <= 200
    assert most.work <= 1.3 * SIZES[-1] / SIZES[0] * least.work


def told(site: Path, environment: Mapping[str, str], out: Path, *options: str) -> Took:
    """One run of the command, which prints what there is to tell unless other options are given."""
    argv = [sys.executable, "-m", "maintainer", "-C", str(site), "changelog", *(options or ("--print", "--offline"))]
    with out.open("wb") as stdout, out.with_suffix(".err").open("wb") as stderr:
        began = time.perf_counter()
        child = subprocess.Popen(argv, cwd=ROOT, env=dict(environment), stdout=stdout, stderr=stderr)
        _, status, usage = os.wait4(child.pid, 0)
        seconds = time.perf_counter() - began
    child.returncode = os.waitstatus_to_exitcode(status)
    assert child.returncode == 0, out.with_suffix(".err").read_text()
    return Took(seconds, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024)
