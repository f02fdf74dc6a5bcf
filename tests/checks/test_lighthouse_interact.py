"""INP in a real browser: a click that blocks is found, one that doesn't is not, and nothing is sent by it."""

import json
import os
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from maintainer.checks.base import Bench, Bounds, Site
from maintainer.checks.browser import Browser
from maintainer.checks.lighthouse import never
from maintainer.checks.lighthouse_interact import MISFIT, PRODUCTION, Interaction, Interactions
from maintainer.errors import ToolFailed
from maintainer.evidence import Evidence, Side, Target, Verdict
from maintainer.http_visit import Identity, Visitor
from maintainer.policy.budgets import USUAL, judge
from tests.loopback import Loopback, Reply, Request, Served

HTML = {"content-type": "text/html"}
DESKTOP = "/product/ on desktop"


def product(milliseconds: int) -> Reply:
    """A page whose scripts work so long on a click; a link of it leads away, and a form is sent."""
    page = f"""<!doctype html><meta name="viewport" content="width=device-width"><title>Mug</title>
        <button id="add">Add to cart</button> <a id="more" href="/more/">More</a>
        <form method="post" action="/orders/"><button id="order">Order</button></form>
        <button id="off" disabled>Sold out</button><p id="cart">0</p>
        <script>
          addEventListener("click", () => {{
            const until = performance.now() + {milliseconds};
            while (performance.now() < until);
            document.querySelector("#cart").textContent += "+";
          }});
        </script>"""
    return Reply(200, page, HTML)


def site(side: Side, server: Loopback, **more: Any) -> Site:
    return Site(Target(side, server.url), Visitor(server.url, environment={}, **more))


@contextmanager
def bench(base: Served, head: Served, folder: Path, **more: Any) -> Iterator[tuple[Bench, Loopback]]:
    with Loopback({"/product/": base}) as before, Loopback({"/product/": head}) as after:
        until = time.monotonic() + 300
        yield Bench(site("head", after, **more), site("base", before, **more), (), Bounds(), folder, until), after


def interactions(*click: str, pairs: int = 1, device: str = "desktop", browser: Browser | None = None) -> Interactions:
    what = (Interaction("/product/", click or ("#add",)),)
    return Interactions(browser or Browser(os.environ), what, (device,), pairs, pairs, never)  # type: ignore[arg-type]


def samples(evidence: Evidence, side: str = "head") -> tuple[float, ...]:
    (found,) = [one.samples for one in evidence.measurements if one.side == side]
    return found


def judged(evidence: Evidence) -> dict[str, Verdict]:
    verdicts = judge(evidence, [USUAL], [DESKTOP], baseline=True, measured=lambda _, metric: metric == "inp")
    return {verdict.rule: verdict for verdict in verdicts}


@pytest.mark.bench  # a dozen looks each, and how sure they are depends on what else the machine does
def test_a_click_that_blocks_the_page_is_found(tmp_path: Path) -> None:
    with bench(product(20), product(300), tmp_path) as (given, _):
        found = judged(interactions(pairs=6).measure(given))
    assert (found["inp"].outcome, found["inp-growth"].outcome) == ("fail", "fail")
    assert found["inp-growth"].reason.startswith("INP got worse (")


@pytest.mark.bench
def test_a_click_that_takes_as_long_as_before_is_not(tmp_path: Path) -> None:
    with bench(product(20), product(20), tmp_path) as (given, _):
        seen = interactions(pairs=6).measure(given)
    assert len(samples(seen)) == len(samples(seen, "base")) == 6
    assert not [verdict.reason for verdict in judged(seen).values() if verdict.outcome == "fail"]


def test_the_longest_of_several_clicks_counts_and_none_leads_away_or_sends_anything(tmp_path: Path) -> None:
    with bench(product(20), product(250), tmp_path) as (given, after):
        seen = interactions("#add", "#more", "#order", device="mobile").measure(given)
    assert seen.blind == ()
    assert samples(seen)[0] >= 250
    assert {(request.method, request.path) for request in after.requests} <= {
        ("GET", "/product/"),
        ("GET", "/favicon.ico"),
    }


def test_base_and_head_are_looked_at_by_turns_each_time_anew(tmp_path: Path) -> None:
    looks: list[str] = []

    def noted(side: str) -> Served:
        def answer(_: Request) -> Reply:
            looks.append(side)
            return product(0)

        return answer

    with bench(noted("B"), noted("H"), tmp_path) as (given, _):
        interactions(pairs=2).measure(given)
    assert "".join(looks) == "BHHB"


def test_the_site_is_told_who_asks(tmp_path: Path) -> None:
    def guarded(request: Request) -> Reply:
        return product(0) if request.headers.get("x-key") == "k" else Reply(403)

    with bench(guarded, guarded, tmp_path, identity=Identity(headers={"x-key": "k"})) as (given, _):
        assert interactions().measure(given).blind == ()


BLIND: Mapping[str, tuple[Served, str, str, Side]] = {
    "sold out": (product(0), "#off", "nothing that can be clicked is at #off", "base"),
    "no selector": (product(0), "p:::", "the browser could not look at the page", "base"),
    "an error": (Reply(503, "<h1>Sorry</h1>", HTML), "#add", "the page answers 503", "head"),
}


@pytest.mark.parametrize("name", BLIND)
def test_what_can_not_be_clicked_is_told(tmp_path: Path, name: str) -> None:
    head, click, reason, side = BLIND[name]
    with bench(product(0), head, tmp_path) as (given, _):
        seen = interactions(click).measure(given)
    (blind,) = seen.blind
    assert seen.measurements == ()
    assert (blind.where, blind.side, blind.rule) == (DESKTOP, side, "clicked")
    assert blind.reason.startswith(reason) and blind.mend


# without a browser


class Answering(Browser):
    """Answers what stands in its environment as JSON instead of starting a program."""

    def run(self, module: str, job: Mapping[str, Any], *, folder: Path, seconds: float) -> dict[str, Any]:
        if "ANSWER" not in self.environment:
            raise ToolFailed("there is no browser. Install one")
        told: dict[str, Any] = json.loads(self.environment["ANSWER"])
        return told


def answering(told: Mapping[str, Any] | None) -> Browser:
    return Answering({"ANSWER": json.dumps(told)} if told else {})


def answered(told: Mapping[str, Any] | None, folder: Path) -> Evidence:
    with bench("", "", folder) as (given, _):
        return interactions(pairs=2, browser=answering(told)).measure(given)


@pytest.mark.parametrize(
    "told",
    [{"pairs": None}, {"pairs": [{"head": 3}], "failed": None}, {"pairs": [], "failed": {"side": "head"}}, {"a": 1}],
    ids=repr,
)
def test_what_is_no_answer_measures_nothing(tmp_path: Path, told: Mapping[str, Any]) -> None:
    seen = answered(told, tmp_path)
    assert (seen.measurements, [one.reason for one in seen.blind]) == ((), [MISFIT])


def test_no_browser_and_too_little_time_are_told(tmp_path: Path) -> None:
    assert [one.reason for one in answered(None, tmp_path).blind] == ["there is no browser. Install one"]
    seen = answered({"pairs": [{"head": 48, "base": 40}], "failed": None}, tmp_path)
    assert samples(seen) == (48,)
    assert [one.reason for one in seen.blind] == ["1 of at least 2 looks were done before the time was over"]


def test_on_production_nothing_is_clicked_unasked(tmp_path: Path) -> None:
    pair = {"head": 48.0, "base": 40.0}
    check = interactions(browser=answering({"pairs": [pair], "failed": None}))
    with bench("", "", tmp_path) as (given, _):
        assert given.base
        customers = replace(given, head=replace(given.head, production=True))
        (blind,) = check.measure(customers).blind
        assert blind.reason == PRODUCTION and "verify.production: [lighthouse]" in blind.mend
        assert samples(replace(check, live=True).measure(customers)) == (48,)
        before = replace(given, base=replace(given.base, production=True))
        assert {one.side for one in check.measure(before).measurements} == {"head"}
