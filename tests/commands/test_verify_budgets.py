"""`maintainer verify --only lighthouse`, with a program in Lighthouse's place."""

import io
import json
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from maintainer import cli
from tests.checks.lighthouse_fake import Fake, Step
from tests.loopback import Loopback

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


def verify(root: Path, plan: Sequence[Step], *argv: str, **environment: str) -> tuple[int, list[dict[str, Any]]]:
    fake = Fake(root / "bin", plan)
    (root / "maintainer.yml").write_text(SETTINGS)
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
