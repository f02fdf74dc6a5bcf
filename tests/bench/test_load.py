"""What a load must reach: the truth of latency, its own speed, that of its verdict. docs/checks/load.md has them."""

import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from statistics import median

import numpy as np
import pytest

from maintainer.checks.base import Site
from maintainer.checks.load import Journey, Load, Step
from maintainer.checks.load_arrivals import Segment
from maintainer.checks.load_knee import Knee, found
from maintainer.checks.load_program import Program
from maintainer.checks.load_samples import Kind
from maintainer.evidence import Evidence, Measurement, Side, Target
from maintainer.http_visit import Visitor
from maintainer.policy.load import Limit, Wanted, judge
from tests.checks.load_shop import PAGE, Shop, bench, site
from tests.loopback import Reply, Request
from tests.policy import noise

pytestmark = pytest.mark.bench

ROOT = Path(__file__).parents[2]
HOME = (Journey("home", (Step("home", "/"),)),)
PLAIN = """\
from locust import FastHttpUser, constant, task


class Visitor(FastHttpUser):
    wait_time = constant(0)

    @task
    def home(self):
        self.client.get("/")
"""


def stalls(shop: Shop, _: Request) -> Reply | None:
    """3 s in 12 s nothing is answered."""
    at = (time.monotonic() - shop.began) % 12
    if 5 <= at < 8:
        time.sleep(8 - at)
    return None


@pytest.mark.parametrize("rate", [20, 50])
def test_the_95th_percentile_with_a_stall_is_the_true_one(tmp_path: Path, rate: int) -> None:
    with Shop(stalls) as shop:
        load = Load(Program(os.environ), HOME, (Segment(24, rate, rate),), cap=500)
        found = load.measure(bench(site("head", shop), None, tmp_path))
        # Before the load there was one visit, to see whether anybody is there.
        log = sorted(shop.log)[1:]
    assert found.blind == ()
    # Sent at that pace, the i-th was meant for i / rate after a beginning before which none came.
    began = min(came - at / rate for at, (came, _, _) in enumerate(log))
    true = [answered - (began + at / rate) for at, (_, answered, _) in enumerate(log)]
    (measured,) = (one.samples for one in found.measurements if (one.metric, one.where) == ("latency", "home"))
    assert len(measured) == len(true) == 24 * rate
    for share in (50, 95, 99):
        print(
            f"\n{rate}/s, p{share}: {np.percentile(measured, share):.1f} ms; by the server's log "
            f"{1000 * np.percentile(true, share):.1f} ms",
            end="",
        )
    assert np.percentile(measured, 95) == pytest.approx(1000 * np.percentile(true, 95), rel=0.05)


@pytest.fixture
def server() -> Iterator[str]:
    argv = [sys.executable, "-m", "tests.bench.load_server"]
    with subprocess.Popen(argv, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as child:
        assert child.stdout
        assert child.stdin
        yield f"http://127.0.0.1:{child.stdout.readline().strip()}"
        child.stdin.close()


def plain(url: str, folder: Path, seconds: int, users: int) -> float:
    """Requests a second of Locust's own fastest user."""
    (folder / "locustfile.py").write_text(PLAIN)
    argv = [sys.executable, "-m", "locust", "--headless", "--only-summary", "--host", url, "--json-file", "told"]
    argv += ["--users", str(users), "--spawn-rate", "1000", "--run-time", f"{seconds}s"]
    subprocess.run(argv, cwd=folder, check=True, capture_output=True, timeout=seconds + 60)
    (told,) = json.loads((folder / "told.json").read_text())
    assert told["num_failures"] == 0
    return float(told["num_requests"]) / seconds


def ours(url: str, folder: Path, seconds: int, users: int, rate: float) -> float:
    """Requests a second of ours, at a rate that is too high for it."""
    load = Load(Program(os.environ), HOME, (Segment(seconds, rate, rate),), cap=10**6, open=users)
    where = Site(Target("head", url), Visitor(url, environment={}))
    left = load.program.run(load.job((where,), load.plan(bench(where, None, folder))), seconds, 120)
    sent = left.samples[left.samples["kind"] != Kind.HELD]
    assert (sent["kind"] == Kind.FINE).all()
    return float((sent["ended"] <= seconds).sum()) / seconds


def test_it_loads_as_fast_as_locust_by_itself(server: str, tmp_path: Path) -> None:
    seconds, users = 6, 50
    rates: list[tuple[float, float]] = []
    for _ in range(3):
        alone = plain(server, tmp_path, seconds, users)
        rates.append((alone, ours(server, tmp_path, seconds, users, alone * 1.3)))
        print(f"\nplain FastHttpUser {rates[-1][0]:.0f}/s, ours {rates[-1][1]:.0f}/s", end="")
    assert median(with_ours / alone for alone, with_ours in rates) >= 0.95


def test_a_thousand_samples_of_fifty_metrics_are_judged_within_a_second() -> None:
    rng = np.random.default_rng(3)
    sides: tuple[Side, ...] = ("head", "base")
    made: list[Measurement] = []
    for where in ["", *(f"step {at}" for at in range(49))]:
        for side in sides:
            latency = tuple(rng.lognormal(4, 0.3, 1000).tolist())
            made.append(Measurement("load", "latency", where, "ms", latency, side))
            made.append(Measurement("load", "failed", where, "count", (0.0,), side))
            parts = tuple(rng.lognormal(4, 0.05, 12).tolist())
            made += [Measurement("load", f"{name}-parts", where, "ms", parts, side) for name in ("p50", "p95")]
            made.append(Measurement("load", "medians", where, "ms", tuple(rng.lognormal(4, 0.05, 20).tolist()), side))
    began = time.perf_counter()
    verdicts = judge(Evidence(tuple(made)), Wanted([Limit(p50=500, p95=500, p99=900, errors=0.01)]), baseline=True)
    taken = time.perf_counter() - began
    print(f"\n1,000 samples x 50 places, {len(verdicts)} verdicts: {taken * 1000:.0f} ms")
    assert taken < 1


@pytest.mark.parametrize("machine", ["calm", "moody", "busy"])
def test_false_alarms_and_what_is_found(machine: str) -> None:
    """Ten pairs of blocks of six endpoints and the whole; the medians of a block vary less than a request does."""
    rng = np.random.default_rng(7)
    places = ["", *(f"step {at}" for at in range(6))]
    print()
    for slower, times in ((0.0, 1000), (0.2, 200), (0.5, 200)):
        alarms = caught = unsure = 0
        for _ in range(times):
            base, head = noise.pairs(noise.MACHINES[machine].series(rng, 20, len(places) + 1))
            head[[0, 1, -1]] += np.log1p(slower)
            made: list[Measurement] = []
            sides: list[tuple[Side, noise.Floats]] = [("base", base), ("head", head)]
            for side, rows in sides:
                for at, where in enumerate(places):
                    made += [
                        Measurement("load", "latency", where, "ms", (300.0,) * 200, side),
                        Measurement("load", "p50-parts", where, "ms", tuple((300 * np.exp(rows[at])).tolist()), side),
                    ]
                made.append(Measurement("load", "p95-parts", "", "ms", tuple((900 * np.exp(rows[-1])).tolist()), side))
            verdicts = judge(Evidence(tuple(made)), Wanted(), baseline=True)
            growth = {(one.rule, one.where): one.outcome for one in verdicts if one.rule.endswith("-growth")}
            changed = {("p50-growth", ""), ("p50-growth", "step 0"), ("p95-growth", "")} if slower else set()
            alarms += any(growth[key] == "fail" for key in growth.keys() - changed)
            caught += growth["p50-growth", "step 0"] == "fail"
            unsure += growth["p50-growth", "step 0"] == "inconclusive"
        print(
            f"{machine} {slower:+.0%}: false alarms {alarms / times:.1%}, the endpoint found {caught / times:.0%}, "
            f"unsure {unsure / times:.0%}"
        )
        assert alarms / times <= 0.02


def test_the_knee_is_between_what_held_and_what_broke(tmp_path: Path) -> None:
    one = threading.Lock()

    def alone(_: Shop, __: Request) -> Reply:
        with one:
            time.sleep(0.1)
        return Reply(200, PAGE)

    load = Load(Program(os.environ), HOME, (Segment(1, 1, 1),), cap=1000)
    with Shop(alone) as shop:
        made = found(load, Knee(2, 40, 3.0, 700), bench(site("head", shop), None, tmp_path, 200))
    assert made.blind == ()
    some = Measurement("load", "latency", "", "ms", (5.0,) * 200)
    verdicts = judge(made + Evidence((some,)), Wanted(knee=30), baseline=False)
    (verdict,) = (each for each in verdicts if each.rule == "knee")
    # Its ceiling is ten a second; half of that it surely holds, and twice of that surely not.
    assert verdict.outcome == "fail"
    assert verdict.value is not None
    assert 2 <= verdict.value < 20
    assert "visitors a second and breaks at" in verdict.reason
