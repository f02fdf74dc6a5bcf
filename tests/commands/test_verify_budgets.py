"""`maintainer verify --only lighthouse`, with a program in Lighthouse's place."""

import io
import json
import os
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from maintainer import cli
from maintainer.commands.verify_budgets import PRODUCTION, judged
from maintainer.config.verify import Verify
from maintainer.evidence import Evidence, Measurement, Side
from tests.checks.lighthouse_fake import Fake, Step
from tests.loopback import Loopback, Reply

HTML = {"content-type": "text/html"}
NOW = datetime(2026, 11, 21, 8, tzinfo=UTC)
SETTINGS = """\
verify:
  pages: [/, /shop/]
  lighthouse: {devices: mobile, fewest: 7, most: 9}
  budgets:
    - limits: {requests: 3}
    - pages: /shop/
      limits: {requests: none}
"""


def verify(
    root: Path, plan: Sequence[Step], *argv: str, settings: str = SETTINGS, **environment: str
) -> tuple[int, list[dict[str, Any]]]:
    fake = Fake(root / "bin", plan)
    (root / "maintainer.yml").write_text(settings)
    out, err = io.StringIO(), io.StringIO()
    whole = ["-C", str(root), "verify", "--into", "results", "--format", "json", *argv]
    code = cli.run(whole, environment=fake.environment(**environment), now=NOW, out=out, err=err)
    assert out.getvalue(), err.getvalue()
    return code, json.loads(out.getvalue())["verdicts"]


@pytest.fixture
def sites() -> Any:
    answers = {"/": "<h1>Shop</h1>", "/shop/": "<h1>All</h1>"}
    with Loopback(answers) as base, Loopback(answers) as head:
        yield base, head


def outcomes(verdicts: list[dict[str, Any]], outcome: str) -> set[tuple[str, str]]:
    return {(one["rule"], one["where"]) for one in verdicts if one["verdict"] == outcome}


def test_a_slower_page_and_one_request_too_many_fail(tmp_path: Path, sites: tuple[Loopback, Loopback]) -> None:
    base, head = sites
    plan = [{"slower": {str(head.port): 1.5}}]
    code, verdicts = verify(tmp_path, plan, "--only", "lighthouse", "--url", head.url, "--baseline", base.url)
    assert code == 1
    assert outcomes(verdicts, "fail") == {
        ("lcp-growth", "/ on mobile"),
        ("lcp-growth", "/shop/ on mobile"),
        ("requests", "/ on mobile"),
    }
    assert ("cls", "/ on mobile") in outcomes(verdicts, "pass")


def test_it_looks_only_where_it_is_asked_to(tmp_path: Path, sites: tuple[Loopback, Loopback]) -> None:
    _, verdicts = verify(tmp_path, [{}], "--url", sites[1].url)
    looked = {one["check"] for one in verdicts if one["verdict"] != "skipped"}
    assert "smoke" in looked and "lighthouse" not in looked


def test_a_program_that_breaks_is_no_pass(tmp_path: Path, sites: tuple[Loopback, Loopback]) -> None:
    code, verdicts = verify(tmp_path, [{"exit": 1}], "--only", "lighthouse", "--url", sites[1].url)
    assert code == 3
    assert outcomes(verdicts, "pass") == outcomes(verdicts, "fail") == set()
    assert ("lcp", "/ on mobile") in outcomes(verdicts, "inconclusive")


# what is clicked

CLICKED = """\
verify:
  lighthouse: {devices: desktop, fewest: 1, most: 1, interact: [{page: /mug/, click: "#add"}]}
  budgets: [{pages: /mug/, limits: {inp: 100ms}}]
"""


def test_inp_is_measured_where_something_is_clicked(tmp_path: Path) -> None:
    mug = Reply(200, "<button id=add>Add</button><script>add.onclick = () => add.disabled = 1</script>", HTML)
    with Loopback({"/": "<h1>Shop</h1>", "/mug/": mug}) as site:
        argv = ["--only", "lighthouse", "--url", site.url]
        _, verdicts = verify(tmp_path, [{}], *argv, settings=CLICKED, CHROME_PATH=os.environ.get("CHROME_PATH", ""))
    (inp,) = [one for one in verdicts if one["rule"] == "inp"]
    assert (inp["where"], inp["limit"], inp["samples"]) == ("/mug/ on desktop", 100, 1)
    assert {one["where"] for one in verdicts if one["rule"] == "lcp"} == {"/ on desktop"}
    measured = json.loads((tmp_path / "results/measurements.json").read_bytes())
    (samples,) = [one["samples"] for one in measured if one["metric"] == "inp"]
    assert samples[0] >= 16


WANTED = {
    "lighthouse": {"devices": "desktop", "interact": [{"page": "/mug/", "click": "#add"}]},
    "budgets": [{"pages": "/mug/", "growth": {"inp": "20%"}}],
}


def seen(base: float | None, head: float) -> Evidence:
    sides: dict[Side, float | None] = {"base": base, "head": head}
    return Evidence(
        tuple(
            Measurement("lighthouse", "inp", "/mug/ on desktop", "ms", (value,) * 9, side)
            for side, value in sides.items()
            if value is not None
        )
    )


def told(wanted: dict[str, Any], evidence: Evidence, *, production: bool = False) -> dict[tuple[str, str], Any]:
    verdicts = judged(evidence, Verify.model_validate(wanted), baseline=True, production=production)
    return {(one.rule, one.where): one for one in verdicts if one.rule.startswith("inp")}


def test_inp_is_judged_there_and_nowhere_else() -> None:
    found = told(WANTED, seen(48, 304))
    assert {key: one.outcome for key, one in found.items()} == {
        ("inp", "/mug/ on desktop"): "fail",
        ("inp-growth", "/mug/ on desktop"): "fail",
    }
    assert {one.outcome for one in told(WANTED, seen(48, 48)).values()} == {"pass"}


def test_where_the_baseline_is_production_nothing_is_clicked_to_compare_with() -> None:
    found = told(WANTED, seen(None, 48), production=True)
    growth = found["inp-growth", "/mug/ on desktop"]
    assert (growth.outcome, growth.reason) == ("skipped", PRODUCTION)
    assert found["inp", "/mug/ on desktop"].outcome == "pass"
    assert told({**WANTED, "production": "lighthouse"}, seen(48, 304), production=True)[
        "inp-growth", "/mug/ on desktop"
    ].outcome == ("fail")


def test_a_budget_for_inp_without_a_click_is_no_pass() -> None:
    (verdict,) = told({"budgets": [{"pages": "/cart/", "limits": {"inp": "200ms"}}]}, Evidence()).values()
    assert (verdict.outcome, verdict.where) == ("inconclusive", "/cart/")
    assert "verify.lighthouse.interact" in verdict.reason
    assert told({"budgets": [{"limits": {"lcp": "2s"}}]}, Evidence()) == {}
