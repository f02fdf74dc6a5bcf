"""Visitors who sign in and keep what they are told, other machines, and the site's own locustfile."""

import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from maintainer.checks.load import Journey, Load, Step
from maintainer.checks.load_arrivals import Segment
from maintainer.checks.load_own import OwnLoad
from maintainer.checks.load_program import Program, Workers
from maintainer.errors import ToolFailed
from maintainer.http_visit import Identity, free_port
from maintainer.policy.load import Wanted, judge
from tests.checks.certificates import signed
from tests.checks.load_shop import Shop, bench, site
from tests.loopback import Reply, Request

ROOT = Path(__file__).parents[2]
HOME = (Journey("home", (Step("home", "/"),)),)


def load(journeys: tuple[Journey, ...], rate: float = 20, seconds: float = 1) -> Load:
    return Load(Program(os.environ), journeys, (Segment(seconds, rate, rate),), cap=1000)


def test_a_visitor_keeps_cookies_and_what_it_is_told(tmp_path: Path) -> None:
    seen: list[Request] = []

    def answers(_: Shop, request: Request) -> Reply | None:
        seen.append(request)
        match request.method, request.path:
            case "POST", "/login/":
                return Reply(302, "", {"location": "/account/", "set-cookie": "session=ann; HttpOnly; Path=/"})
            case "GET", "/account/":
                return Reply(200, '<input name="nonce" value="n1"><p>Hello</p>', {"x-token": "t/1"})
            case "POST", "/api/":
                return Reply(200, {"ok": True})
        return None

    steps = (
        Step("sign in", "/login/", "POST", {"log": "{user}", "pwd": "{password}"}, must=("Hello",), keep={
            "nonce": {"pattern": 'name="nonce" value="(\\w+)"'}, "token": {"header": "x-token"},
        }),
        Step("order", "/api/?t={token}", "POST", json='{"id": "{product}"}', headers={"x-n": "{nonce}"}),
    )  # fmt: skip
    feeds = {"user": ("ann", "bob"), "password": ("p&=ß",), "product": ('12"', "15")}
    check = replace(load((Journey("order", steps),), rate=4), feeds=feeds)
    with Shop(answers) as shop:
        there = site("head", shop, identity=Identity({"x-ci": "abc"}, {"stage": "1"}))
        made = check.measure(bench(there, None, tmp_path))
    assert (made.blind, made.observations) == ((), ())
    first = [one for one in seen if one.path == "/login/"]
    assert {one.body for one in first} == {
        b"log=ann&pwd=p%26%3D%C3%9F",
        b"log=bob&pwd=p%26%3D%C3%9F",
    }
    orders = [one for one in seen if one.path == "/api/"]
    assert len(orders) == 4
    assert {one.body for one in orders} == {b'{"id": "12\\""}', b'{"id": "15"}'}
    for one in orders:
        assert one.query == "t=t%2F1"
        assert one.headers["cookie"] == "stage=1; session=ann"
        assert (one.headers["x-ci"], one.headers["x-n"], one.headers["content-type"]) == (
            "abc",
            "n1",
            "application/json",
        )


def test_a_private_authority_is_trusted_where_it_is_named(tmp_path: Path) -> None:
    authority = signed("authority", authority=True)
    (tmp_path / "ca.pem").write_bytes(authority.pem())
    certificate = signed("shop", authority).file(tmp_path / "shop.pem")
    with Shop(certificate=certificate) as shop:
        trusted = site("head", shop, ca=tmp_path / "ca.pem")
        made = load(HOME).measure(bench(trusted, None, tmp_path))
        assert (made.blind, made.observations, len(shop.log)) == ((), (), 21)
        (blind,) = load(HOME).measure(bench(site("head", shop), None, tmp_path)).blind
    assert "not there to be loaded" in blind.reason


def test_a_worker_elsewhere_loads_what_it_may(tmp_path: Path) -> None:
    port = free_port()
    program = Program(os.environ, workers=Workers(1, port, within=30))
    with Shop() as shop:
        argv = [sys.executable, "-m", "maintainer.checks.load_worker", f"127.0.0.1:{port}", "--hosts", shop.host]
        with subprocess.Popen(argv, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as worker:
            try:
                check = replace(load(HOME, seconds=2), program=program)
                made = check.measure(bench(site("head", shop), None, tmp_path))
                worker.wait(20)
            finally:
                worker.kill()
        asked = len(shop.log)
    assert made.blind == ()
    # All came from there, and one visit to see whether anybody is at home.
    assert asked == 41


def test_workers_that_do_not_come_are_told(tmp_path: Path) -> None:
    program = Program(os.environ, workers=Workers(1, free_port(), within=1))
    with Shop() as shop:
        with pytest.raises(ToolFailed, match="the workers did not come"):
            replace(load(HOME), program=program).measure(bench(site("head", shop), None, tmp_path))
        assert len(shop.log) == 1


OWN = """\
import os
from locust import HttpUser, constant, task


class Visitor(HttpUser):
    wait_time = constant(0.1)

    def on_start(self):
        self.broken()

    @task(3)
    def home(self):
        self.client.get("/", name="home", headers={"x-given": os.environ["SHOP_KEY"]})

    @task(1)
    def broken(self):
        self.client.get("/broken/", name="broken")
"""


def test_the_sites_own_locustfile_is_recorded(tmp_path: Path) -> None:
    (tmp_path / "locustfile.py").write_text(OWN)
    check = OwnLoad(Program(os.environ), tmp_path / "locustfile.py", 3, 3.0, {"SHOP_KEY": "k"})
    with Shop() as base, Shop(lambda _, request: Reply(500) if request.path == "/broken/" else None) as head:
        made = check.measure(bench(site("head", head), site("base", base), tmp_path))
        asked = [path for _, _, path in head.log]
    assert made.blind == ()
    samples = {(one.where, one.side): one.samples for one in made.measurements if one.metric == "latency"}
    # A request that was open at the end may be in one record and not in the other.
    assert abs(len(samples["home", "head"]) - asked.count("/")) <= 3
    assert abs(len(samples["", "head"]) - len(asked)) <= 3
    verdicts = judge(made, Wanted(fewest=10), baseline=True)
    found = {(one.rule, one.where): one.reason for one in verdicts if one.outcome == "fail"}
    assert "answered 500" in found["errors", "broken"]
    assert ("errors", "home") not in found
    assert {one.sentence[:16] for one in made.observations if one.rule == "arrivals"} == {"its own locustfi"}
