"""Loads of a small shop: what is wrong with it is found and named, and what can't be known is said."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from maintainer.checks.base import Site
from maintainer.checks.load import STOP, SWITCH, Abort, Journey, Load, Step
from maintainer.checks.load_arrivals import Segment
from maintainer.checks.load_program import Program, Workers
from maintainer.errors import ToolFailed
from maintainer.evidence import Evidence, Verdict
from maintainer.http_visit import Identity
from maintainer.policy.load import Wanted, judge
from tests.checks.load_shop import Shop, bench, site
from tests.loopback import Reply, Request

ROOT = Path(__file__).parents[2]
HOME, PRODUCT = Step("home", "/"), Step("product", "/product/?id={product}")
ADD = Step("add", "/add/", "POST", {"id": "{product}"})
CART = Step("cart", "/cart/", must=("Blue mug",), must_not=("Your cart is empty",), cart=True)
BROWSE, BUY = Journey("browse", (HOME, PRODUCT), 3), Journey("buy", (ADD, CART))
FEEDS = {"product": ("12", "15")}
#: Fewer requests than a real load needs.
FEW = Wanted(fewest=20)
#: On a machine that has too much to do the generator is late: what then is judged is for other tests.
OWN_HEALTH = ("cpu", "late")


def load(*journeys: Journey, rate: float = 20, seconds: float = 3, pairs: int = 1, processes: int = 1) -> Load:
    return Load(
        Program(os.environ, processes=processes),
        journeys or (BROWSE, BUY),
        (Segment(seconds, rate, rate),),
        feeds=FEEDS,
        pairs=pairs,
        cap=1000,
    )


def judged(evidence: Evidence, wanted: Wanted = FEW, *, baseline: bool = False) -> list[Verdict]:
    """The verdicts, were the machine that loads a quiet one."""
    quiet = tuple(one for one in evidence.measurements if one.metric not in OWN_HEALTH)
    return list(judge(replace(evidence, measurements=quiet), wanted, baseline=baseline))


def failed(verdicts: list[Verdict]) -> dict[tuple[str, str], str]:
    return {(one.rule, one.where): one.reason for one in verdicts if one.outcome == "fail"}


def values(evidence: Evidence, metric: str, where: str = "", side: str = "head") -> tuple[float, ...]:
    return next(
        (one.samples for one in evidence.measurements if (one.metric, one.where, one.side) == (metric, where, side)), ()
    )


# what is found


def test_a_sound_shop_beside_itself_fails_nothing(tmp_path: Path) -> None:
    with Shop() as base, Shop() as head:
        made = load(pairs=2, seconds=4).measure(bench(site("head", head), site("base", base), tmp_path))
        paths = [path for _, _, path in head.log]
    assert (made.blind, made.observations) == ((), ())
    verdicts = judged(made, baseline=True)
    assert failed(verdicts) == {}
    passed = {(one.rule, one.where) for one in verdicts if one.outcome == "pass"}
    assert {("errors", ""), ("errors", "cart"), ("cart", ""), ("throughput", "")} <= passed
    # 80 visitors on each side, three of four browse; of the head's first request nobody knows.
    assert len(values(made, "latency", "home")) == 60
    assert len(values(made, "latency", "cart", "base")) == 20
    assert paths.count("/product/") == 60
    assert '"base": {"second": [0, 1' in (tmp_path / "load/curves.json").read_text()


def breaks(_: Shop, request: Request) -> Reply | None:
    match request.path:
        case "/fatal/":
            said = (
                "<br />\n<b>Fatal error</b>:  Uncaught Error: no tax() in <b>/srv/tax.php</b> on line <b>12</b><br />"
            )
            return Reply(200, f"<html>{said}</html>")
        case "/white/":
            return Reply(200, "")
        case "/away/":
            return Reply(302, "", {"location": "https://www.shop.example/"})
        case "/round/":
            return Reply(302, "", {"location": "/round/"})
        case "/broken/":
            return Reply(500, "<html>no</html>")
        case "/shop/":
            return Reply(200, "<html>nothing to see</html>")
        case "/cart/":
            return Reply(200, "<html>Your cart is empty</html>")
    return None


FAULTS = {
    "/fatal/": "PHP: Fatal error: Uncaught Error: no tax() in /srv/tax.php on line",
    "/white/": "answered nothing, a white page",
    "/away/": "leads to www.shop.example, which may not be loaded",
    "/round/": "redirects without end",
    "/broken/": "answered 500",
    "/shop/": "doesn't say “12 mugs”",
    "/cart/": "the cart was lost: doesn't say “Blue mug”",
}


def test_what_answers_wrongly_is_named_with_its_cause(tmp_path: Path) -> None:
    steps = {path: Step(path, path, must=("12 mugs",) if path == "/shop/" else ()) for path in FAULTS}
    steps["/cart/"] = replace(CART, name="/cart/")
    journeys = (Journey("sound", (HOME,)), *(Journey(path, (step,)) for path, step in steps.items()))
    check = replace(load(*journeys, rate=40, seconds=2), abort=Abort(grace=60))
    with Shop(breaks) as shop:
        found = failed(judged(check.measure(bench(site("head", shop), None, tmp_path))))
    for path, cause in FAULTS.items():
        assert cause in found["errors", path]
    assert ("errors", "home") not in found
    assert "10 of 10 carts did not hold what was put in" in found["cart", ""]


def test_errors_that_begin_with_the_crowd_name_its_size(tmp_path: Path) -> None:
    def crowded(shop: Shop, _: Request) -> Reply | None:
        many = shop.open > 8
        time.sleep(0.3)
        return Reply(500, "no") if many else None

    grows = (Segment(3, 5, 5), Segment(1.5, 60, 60))
    check = replace(load(Journey("home", (HOME,))), segments=grows, abort=Abort(grace=60))
    with Shop(crowded) as shop:
        found = failed(judged(check.measure(bench(site("head", shop), None, tmp_path))))
    assert "answered 500; only where" in found["errors", "home"]
    assert "or more requests were open at once" in found["errors", "home"]


def test_a_slower_product_is_told_apart(tmp_path: Path) -> None:
    def slow(_: Shop, request: Request) -> None:
        time.sleep(0.4 if request.path == "/product/" else 0)

    check = load(BROWSE, pairs=8, seconds=4)
    with Shop() as base, Shop(slow) as head:
        made = check.measure(bench(site("head", head), site("base", base), tmp_path))
    found = failed(judged(made, baseline=True))
    assert "p50 of product got worse" in found["p50-growth", "product"]
    assert "only product did" in found["p50-growth", "product"]


def test_a_stall_is_found_and_its_waiting_counted(tmp_path: Path) -> None:
    began: list[float] = []

    def stalled(shop: Shop, _: Request) -> None:
        if len(shop.log) >= 30:
            began.append(time.monotonic())
            time.sleep(max(0.0, began[0] + 2.5 - time.monotonic()))

    with Shop(stalled) as shop:
        check = load(Journey("home", (HOME,)), seconds=6)
        made = check.measure(bench(site("head", shop), None, tmp_path))
    waits = values(made, "latency", "home")
    assert (
        "nothing was answered while visitors waited"
        in failed(judged(made, Wanted(fewest=20, silence=1.0)))["stall", ""]
    )
    assert max(waits) > 1500
    # As many as came in that time waited, each less than the one before: none was left out.
    assert sum(wait > 500 for wait in waits) >= 20


def test_a_leak_is_found(tmp_path: Path) -> None:
    def leaks(shop: Shop, _: Request) -> None:
        time.sleep(min(1.0, len(shop.log) * 0.002))

    with Shop(leaks) as shop:
        made = load(Journey("home", (HOME,)), rate=20, seconds=8).measure(bench(site("head", shop), None, tmp_path))
    assert "something fills up or leaks" in failed(judged(made))["drift", ""]


def test_a_ceiling_is_found(tmp_path: Path) -> None:
    one = threading.Lock()

    def alone(_: Shop, __: Request) -> None:
        with one:
            time.sleep(0.05)

    with Shop(alone) as shop:
        made = load(Journey("home", (HOME,)), rate=40, seconds=3).measure(bench(site("head", shop), None, tmp_path))
    found = failed(judged(made))
    assert "is its ceiling: 40 came" in found["throughput", ""]
    assert ("drift", "") not in found


def test_several_processes_share_the_visitors(tmp_path: Path) -> None:
    with Shop() as shop:
        made = load(processes=2, rate=40, seconds=2).measure(bench(site("head", shop), None, tmp_path))
        paths = [path for _, _, path in shop.log]
    assert made.blind == ()
    assert values(made, "begun") == values(made, "planned") == (80,)
    assert len(values(made, "latency", "product")) == paths.count("/product/") == 60


# what can't be known


def blind(check: Load, where: Site, folder: Path) -> str:
    (one,) = check.measure(bench(where, None, folder)).blind
    return one.reason


def test_nothing_is_loaded_that_may_not_be(tmp_path: Path) -> None:
    switch = tmp_path / "stop"
    switch.touch()
    with Shop() as shop:
        there, secret = site("head", shop), Identity({"x-ci": "abc"})
        assert "production" in blind(load(), site("head", shop, production=True), tmp_path)
        assert blind(replace(load(), environment={SWITCH: "off"}), there, tmp_path) == f"{SWITCH} is off"
        assert "kill switch is on" in blind(replace(load(), environment={STOP: str(switch)}), there, tmp_path)
        assert "and the cap is 39" in blind(replace(load(), cap=39), there, tmp_path)
        assert "s are left" in load(seconds=300).measure(bench(there, None, tmp_path)).blind[0].reason
        many = replace(load(), program=Program({}, workers=Workers(2)))
        assert "not told" in blind(many, site("head", shop, identity=secret), tmp_path)
        assert shop.log == []


def test_a_site_that_is_not_there_is_not_loaded(tmp_path: Path) -> None:
    with Shop() as shop:
        there = site("head", shop)
    assert "the site is not there to be loaded" in blind(load(), there, tmp_path)


def test_a_site_that_goes_away_is_no_pass(tmp_path: Path) -> None:
    def gone(shop: Shop, _: Request) -> Reply | None:
        if len(shop.log) == 30:
            threading.Thread(target=lambda: shop.__exit__(None, None, None)).start()
        return Reply(200, "cut", length=900) if len(shop.log) >= 30 else None

    shop = Shop(gone).__enter__()
    made = replace(load(rate=20), abort=Abort(grace=60)).measure(bench(site("head", shop), None, tmp_path))
    assert "the site stopped answering" in made.blind[0].reason
    # What nobody answered is no error of the change's: it is not known why it went.
    assert {one.outcome for one in judged(made)} <= {"inconclusive", "skipped"}


def test_too_many_errors_end_it(tmp_path: Path) -> None:
    check = replace(load(Journey("home", (HOME,)), rate=20, seconds=30), abort=Abort(0.5, grace=2, fewest=20))
    with Shop(lambda *_: Reply(503, "no")) as shop:
        made = check.measure(bench(site("head", shop), None, tmp_path))
    assert len(shop.log) < 400  # of 600 that were to come
    assert "too much failed, so it was ended after" in made.blind[0].reason
    verdicts = judged(made)
    assert "times: answered 503" in failed(verdicts)["errors", ""]
    assert [one.rule for one in verdicts if one.outcome == "pass"] == []


def test_the_kill_switch_ends_it(tmp_path: Path) -> None:
    switch = tmp_path / "stop"

    def pulled(shop: Shop, _: Request) -> None:
        if len(shop.log) == 20:
            switch.touch()

    check = replace(load(rate=20, seconds=30), environment={STOP: str(switch)})
    with Shop(pulled) as shop:
        made = check.measure(bench(site("head", shop), None, tmp_path))
    assert len(shop.log) < 400  # of 600 that were to come
    assert "the kill switch ended it" in made.blind[0].reason
    assert [one for one in judged(made) if one.outcome == "pass"] == []


ORPHAN = """\
import os, sys, time
from pathlib import Path
from maintainer.checks.load import Journey, Load, Step
from maintainer.checks.load_arrivals import Segment
from maintainer.checks.load_program import Program
from maintainer.checks.base import Bench, Bounds, Site
from maintainer.evidence import Target
from maintainer.http_visit import Visitor
url = sys.argv[1]
there = Site(Target("head", url), Visitor(url, environment={}))
check = Load(Program(os.environ), (Journey("home", (Step("home", "/"),)),), (Segment(60, 20, 20),))
check.measure(Bench(there, None, (), Bounds(), Path(sys.argv[2]), time.monotonic() + 200))
"""


def test_nobody_is_loaded_for_a_run_that_is_gone(tmp_path: Path) -> None:
    with Shop() as shop:
        with subprocess.Popen([sys.executable, "-c", ORPHAN, shop.url, str(tmp_path)], cwd=ROOT) as run:
            wait_until(lambda: len(shop.log) > 20)
            run.send_signal(signal.SIGKILL)
        wait_until(lambda: still(shop))


def still(shop: Shop) -> bool:
    before = len(shop.log)
    time.sleep(0.5)
    return len(shop.log) == before


def wait_until(true: Callable[[], bool], seconds: float = 30) -> None:
    until = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < until
        time.sleep(0.05)


# the program


def test_locust_that_is_missing_is_told() -> None:
    for argv, reason in (
        (("no-such-locust",), "could not be started"),
        ((sys.executable, "-m", "locust_that_is_not_there"), "Locust is not installed"),
        ((sys.executable, "-c", "raise OSError('No space left on device')"), "the disk is full"),
        ((sys.executable, "-c", "raise SystemExit('ValueError: rubbish')"), "ValueError: rubbish"),
        ((sys.executable, "-c", "print('ready')"), "sent nothing"),
    ):
        with pytest.raises(ToolFailed, match=reason):
            Program(os.environ, argv=argv).run({}, 1, 30)


KILLED = """\
import os, pathlib, sys
from maintainer.checks.load_samples import packed
job = pathlib.Path(sys.argv[sys.argv.index("--job") + 1])
assert "s3cret" in job.read_text() and "s3cret" not in " ".join(sys.argv) + str(dict(os.environ))
assert job.stat().st_mode & 0o077 == 0
with (job.parent / "samples").open("wb") as file:
    for at in range(30):
        file.write(packed(0, 0, 0, 0, 0, 200, 9, at / 20, at / 20, at / 20 + 0.01))
    file.write(b"half a sample")
(job.parent / "notes").write_text('{"cpu": 0.1, "worker": 0}\\n{"cp')
os.kill(os.getpid(), 9)
"""


def test_a_killed_locust_leaves_what_it_saw_and_no_pass(tmp_path: Path) -> None:
    program = Program(os.environ, argv=(sys.executable, "-c", KILLED))
    with Shop() as shop:
        there = site("head", shop, identity=Identity({"x-ci": "s3cret"}))
        made = replace(load(), program=program).measure(bench(there, None, tmp_path))
    assert [one.reason for one in made.blind] == ["Locust was ended by signal 9"]
    assert len(values(made, "latency", "home")) == 30
    verdicts = judged(made)
    assert verdicts
    assert {one.outcome for one in verdicts} <= {"inconclusive", "skipped"}


def test_the_program_loads_no_host_but_those_it_is_given(tmp_path: Path) -> None:
    with Shop() as shop:
        check = load(rate=10, seconds=1)
        there = site("head", shop)
        job = check.job((there,), check.plan(bench(there, None, tmp_path)))
        left = check.program.run({**job, "hosts": ["other.example"]}, 1, 60)
        assert shop.log == []
    assert left.halted() == ("broken", 0.0)
    assert any("may not be loaded" in str(note.get("said")) for note in left.notes)
