"""How often the verdict on timings is wrong, how often it finds what is there, how fast it is; and the real Lighthouse.

The tables are those of docs/checks/lighthouse.md.
"""

import json
import os
import shutil
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

import numpy as np
import pytest

from maintainer.checks.base import Bench, Bounds, Site
from maintainer.checks.lighthouse import Lighthouse
from maintainer.checks.lighthouse_program import Program
from maintainer.evidence import Side, Target
from maintainer.http_visit import Visitor
from maintainer.policy.budgets import Budget, Growth, judge
from maintainer.policy.statistics import FLOOR, Series, compare
from tests.loopback import Loopback, Reply
from tests.policy import noise
from tests.policy.resampling import METRICS, PLACE, rates

pytestmark = pytest.mark.bench

ROOT = Path(__file__).parent.parent.parent


def test_a_thousand_pairs_of_fifty_metrics_are_judged_within_a_second() -> None:
    runs = np.exp(np.random.default_rng(1).normal(7, 0.1, (50, 2, 1000))).tolist()
    series = {f"m{at}": Series(base, head) for at, (base, head) in enumerate(runs)}
    began = time.perf_counter()
    compare(series)
    taken = time.perf_counter() - began
    print(f"\n1,000 pairs x 50 metrics: {taken * 1000:.0f} ms")
    assert taken < 1


# the whole verdict: pairs until they are enough, three metrics together


def test_false_alarms_and_what_is_found_in_runs_that_were_recorded() -> None:
    """`record_lighthouse.py` made them, two thirds on a quiet machine, the others while it was busy with other work."""
    recorded = json.loads((Path(__file__).parent / "lighthouse_runs.json").read_bytes())
    series = np.log(np.array([recorded[name] for name in METRICS]))
    assert series.shape[1] >= 80
    told("recorded", series, np.random.default_rng(7), 0.9)


@pytest.mark.parametrize(("machine", "least"), [("calm", 0.9), ("moody", 0.9), ("busy", 0.7)])
def test_false_alarms_and_what_is_found(machine: str, least: float) -> None:
    """One series of 96 runs of an unchanged page is resampled in blocks, as the recorded one is."""
    rng = np.random.default_rng(21)
    told(machine, noise.MACHINES[machine].series(rng, 96, len(METRICS)), rng, least)


def told(machine: str, series: noise.Floats, rng: np.random.Generator, least: float) -> None:
    print()
    for slower, times in ((0.0, 1000), (0.1, 200), (0.2, 200), (0.3, 200)):
        found = rates(series, slower, times, rng)
        print(f"{machine} {slower:+.0%}: {found}")
        assert found.alarms <= 0.02
        if slower == 0.3:
            assert found.fail >= least


# the kinds of interval, side by side


def lower_bounds(gaps: noise.Floats, rng: np.random.Generator) -> Mapping[str, noise.Floats]:
    """The lower bound of each kind, missed in 2.5 % if it is right; a row of log-ratios each."""
    rows, pairs = gaps.shape
    counts = rng.multinomial(pairs, [1 / pairs] * pairs, 2000).astype(float)
    means = gaps @ counts.T / pairs
    mean, deviation = gaps.mean(axis=1), gaps.std(axis=1)
    spread = np.sqrt(np.maximum(gaps**2 @ counts.T / pairs - means**2, 1e-12))
    studentised = (means - mean[:, None]) / spread
    left_out = mean[:, None] - gaps
    skew = (left_out**3).sum(axis=1) / (6 * (left_out**2).sum(axis=1) ** 1.5) * -1
    ordered, normal = np.sort(means, axis=1), -1.959964
    bias = np.array([_quantile(share) for share in (means < mean[:, None]).mean(axis=1)])
    at = [_share(b + (b + normal) / (1 - a * (b + normal))) for a, b in zip(skew, bias, strict=True)]
    bca = ordered[np.arange(rows), np.clip((np.array(at) * 2000).astype(int), 0, 1999)]
    one_by_one = {str(row): Series([1.0] * pairs, np.exp(gaps[row]).tolist()) for row in range(rows)}
    return {
        "percentile": np.quantile(means, 0.025, axis=1),
        "BCa": bca,
        "bootstrap-t": mean - np.quantile(studentised, 0.975, axis=1) * deviation,
        "subsets": np.log(np.maximum([one.low for one in compare(one_by_one).values()], 1e-9)),
    }


def _share(value: float) -> float:
    from statistics import NormalDist

    return NormalDist().cdf(value)


def _quantile(share: float) -> float:
    from statistics import NormalDist

    return NormalDist().inv_cdf(min(max(share, 0.0005), 0.9995))


@pytest.mark.parametrize("machine", ["calm", "busy"])
@pytest.mark.parametrize("pairs", [6, 8, 10, 15, 20])
def test_which_interval_misses_the_truth_how_often(machine: str, pairs: int) -> None:
    rng = np.random.default_rng(31)
    base, head = noise.pairs(noise.MACHINES[machine].series(rng, 2 * pairs, 2000))
    misses = {}
    for name, bound in lower_bounds(np.asarray(head - base), rng).items():
        power = float((bound + np.log(1.2) > np.log1p(FLOOR)).mean())
        misses[name] = float((bound > 0).mean())
        print(
            f"\n{machine}, {pairs} pairs, {name}: misses the truth {misses[name]:.1%}, finds +20 % {power:.0%}", end=""
        )
    assert misses["subsets"] <= 0.035


# the real one


@pytest.fixture
def shop() -> Iterator[tuple[Loopback, Loopback]]:
    """The same page twice; the head's has 100 kB of script more, which keeps the browser busy."""
    body = "<p>Bread and butter. Salt and pepper.</p>" * 40
    page = (
        "<!doctype html><html lang=en><title>Shop</title><meta name=viewport content='width=device-width'>"
        f"<script src=/shop.js></script><h1>Shop</h1>{body}"
    )
    plain = "document.title='Shop';"
    heavy = f"{plain}for(let t=performance.now();performance.now()-t<150;);/*{'x' * 100_000}*/"
    script = {"content-type": "text/javascript"}
    with (
        Loopback({"/": Reply(200, page, {"content-type": "text/html"}), "/shop.js": Reply(200, plain, script)}) as base,
        Loopback({"/": Reply(200, page, {"content-type": "text/html"}), "/shop.js": Reply(200, heavy, script)}) as head,
    ):
        yield base, head


def test_the_real_lighthouse_sees_what_the_script_weighs(shop: tuple[Loopback, Loopback], tmp_path: Path) -> None:
    base, head = site("base", shop[0]), site("head", shop[1])
    path = f"{ROOT / '.cache/npm/node_modules/.bin'}:{os.environ['PATH']}"
    program = Program({"PATH": path, "CHROME_PATH": "/usr/bin/chromium"})
    bench = Bench(head, base, (), Bounds(), tmp_path, time.monotonic() + 300)
    began = time.perf_counter()
    check = Lighthouse(program, devices=("mobile",), fewest=1, most=8, enough=lambda *_: True)
    found = check.measure(bench)
    print(f"\na pair of runs: {time.perf_counter() - began:.1f} s")
    assert found.blind == ()
    samples = {(one.metric, one.side): one.samples[0] for one in found.measurements}
    for (metric, side), value in samples.items():
        print(f"{side} {metric}: {value:g}")
    assert samples["bytes_script", "head"] - samples["bytes_script", "base"] == pytest.approx(100_060, abs=200)
    assert samples["tbt", "head"] > samples["tbt", "base"]
    budget = [Budget(growth={"bytes_script": Growth(amount=50_000)})]
    (verdict,) = judge(found, budget, [PLACE], baseline=True)
    assert verdict.outcome == "fail"
    assert "100.1 kB more than before the change" in verdict.reason


def test_the_real_lighthouse_without_a_browser_measures_nothing(
    shop: tuple[Loopback, Loopback], tmp_path: Path
) -> None:
    # Node and a shell are found there, and no browser.
    for name in ("node", "env", "sh", "bash", "which", "mktemp"):
        (tmp_path / name).symlink_to(shutil.which(name) or "/nowhere")
    (tmp_path / "lighthouse").symlink_to(ROOT / ".cache/npm/node_modules/.bin/lighthouse")
    program = Program({"PATH": str(tmp_path)})
    bench = Bench(site("head", shop[1]), None, (), Bounds(), tmp_path, time.monotonic() + 300)
    (blind,) = Lighthouse(program, devices=("mobile",), fewest=1, most=1).measure(bench).blind
    print(f"\n{blind.reason}. {blind.mend}")
    assert "there is no Chrome" in blind.reason or "Chrome did not start" in blind.reason


def site(side: Side, server: Loopback) -> Site:
    return Site(Target(side, server.url), Visitor(server.url, environment={}))
