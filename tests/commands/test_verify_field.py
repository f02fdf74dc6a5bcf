"""What visitors have, by the Chrome UX Report: told beside the verdicts, judged by nobody, and the key stays ours.

Answers are as https://developer.chrome.com/docs/crux/api has them.
"""

import io
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from maintainer import cli
from maintainer.writers.verify_field import BASIS
from tests.checks.lighthouse_fake import Fake
from tests.loopback import Loopback, Reply, Request, Served

NOW = datetime(2026, 11, 21, 8, tzinfo=UTC)
SCHEMA = json.loads((Path(__file__).parents[2] / "docs/schemas/verify.schema.json").read_bytes())
KEY = "AIza" + "k3y-of-the-shop" * 2
QUERY = "/v1/records:queryRecord"
SETTINGS = """\
site: {production: https://shop.example}
verify:
  pages: [/, "/shop/?sort=price", /cart/]
  lighthouse: {devices: mobile, fewest: 5, most: 5, crux_key_env: CRUX_API_KEY}
"""
HOME = SETTINGS.replace('[/, "/shop/?sort=price", /cart/]', "[/]")
FEW = {"error": {"code": 404, "message": "chrome ux report data not found", "status": "NOT_FOUND"}}
REFUSED = {"error": {"code": 400, "message": f"API key not valid: {KEY}", "status": "INVALID_ARGUMENT"}}


def record(lcp: object = 2130, cls: object = "0.05", **more: object) -> dict[str, Any]:
    """An answer: CLS is a number in a text, TTFB here is not known."""
    metrics = {
        "largest_contentful_paint": {"percentiles": {"p75": lcp}},
        "interaction_to_next_paint": {"percentiles": {"p75": 180}},
        "cumulative_layout_shift": {"percentiles": {"p75": cls}},
        "first_contentful_paint": {"percentiles": {"p75": 1200}},
    }
    period = {
        "firstDate": {"year": 2026, "month": 10, "day": 23},
        "lastDate": {"year": 2026, "month": 11, "day": 19},
    }
    whole = {"key": {"formFactor": "PHONE"}, "metrics": metrics, "collectionPeriod": period}
    return {"record": {**whole, **more}}


def answers(pages: Mapping[str, Served]) -> Served:
    """Those of the report by what is asked about: an origin or an address."""

    def answer(request: Request) -> Served:
        asked = json.loads(request.body)
        return pages.get(asked.get("url") or asked["origin"], Reply(404, FEW))

    return answer


def verify(
    root: Path, served: Served, settings: str = SETTINGS, key: str = KEY
) -> tuple[int, dict[str, Any], Path, Loopback]:
    fake = Fake(root / "bin")
    (root / "maintainer.yml").write_text(settings)
    out, err = io.StringIO(), io.StringIO()
    site = dict.fromkeys(("/", "/shop/", "/cart/"), "<h1>Shop</h1>")
    with Loopback(site) as staging, Loopback({QUERY: served}) as crux:
        argv = ["-C", str(root), "--format", "json", "verify", "--into", "results", "--only", "lighthouse"]
        given = fake.environment(CRUX_API_KEY=key, MAINTAINER_CRUX_URL=crux.url)
        code = cli.run([*argv, "--url", staging.url], environment=given, now=NOW, out=out, err=err)
    assert out.getvalue(), err.getvalue()
    told = json.loads(out.getvalue())
    Draft202012Validator(SCHEMA, format_checker=Draft202012Validator.FORMAT_CHECKER).validate(told)
    for path in (root / "results").rglob("*"):
        assert path.is_dir() or KEY.encode() not in path.read_bytes(), path
    assert KEY not in out.getvalue() + err.getvalue()
    return code, told, root / "results", crux


def test_what_visitors_have_is_told_of_the_site_and_of_the_pages_that_are_looked_at(tmp_path: Path) -> None:
    pages = {"https://shop.example": record(), "https://shop.example/shop/": record(lcp=3400, cls="0.25")}
    code, told, folder, crux = verify(tmp_path, answers(pages))
    assert code == 0
    whole, shop = told["field"]["places"]
    assert whole == {
        "where": "",
        "first": "2026-10-23",
        "last": "2026-11-19",
        "p75": {"lcp": 2130, "inp": 180, "cls": 0.05, "fcp": 1200},
    }
    assert (shop["where"], shop["p75"]["lcp"], shop["p75"]["cls"]) == ("/shop/", 3400, 0.25)
    assert told["field"]["missing"].startswith("/, /cart/: too few visitors")
    markdown, page = (folder / "summary.md").read_text(), (folder / "report.html").read_text()
    assert "\n\n<details><summary>What visitors have</summary>\n\n" in markdown
    assert "| 23 Oct to 19 Nov 2026 | LCP | INP | CLS | FCP | TTFB |" in markdown
    assert "| the whole site | 2.13 s | 180 ms | 0.05 | 1.2 s | – |" in markdown
    assert "| `/shop/` | 3.4 s | 180 ms | 0.25 | 1.2 s | – |" in markdown
    assert BASIS in markdown and BASIS in page
    assert '<th scope="row">/shop/</th><td class="n">3.4 s</td>' in page
    assert not any(one["rule"] == "inp" or "field" in one["rule"] for one in told["verdicts"])
    assert [json.loads(one.body)["formFactor"] for one in crux.requests] == ["PHONE"] * 4


def test_the_key_goes_in_a_header_alone(tmp_path: Path) -> None:
    _, _, _, crux = verify(tmp_path, answers({"https://shop.example": record()}), key=f"{KEY}\n")
    for asked in crux.requests:
        assert asked.headers["x-goog-api-key"] == KEY
        assert asked.query == "" and KEY not in asked.body.decode()


NO_KEY = HOME.replace(", crux_key_env: CRUX_API_KEY", "")
NO_PRODUCTION = HOME.partition("\n")[2]
MISSING: dict[str, tuple[Served, str, str, str]] = {
    "too few visitors": (Reply(404, FEW), HOME, KEY, "too few visitors use Chrome on a phone there to be counted."),
    "a wrong key": (Reply(400, REFUSED), HOME, KEY, "refuses the key (400)"),
    "a key for something else": (Reply(403, REFUSED), HOME, KEY, "refuses the key (403)"),
    "no key": (record(), HOME, "", "the variable CRUX_API_KEY holds no key."),
    "a key of two lines": (record(), HOME, "a\r\nx-other: b", "the variable CRUX_API_KEY holds no key."),
    "no production": (record(), NO_PRODUCTION, KEY, "is not said in site.production."),
    "too often": (Reply(429, FEW, {"retry-after": "1"}), HOME, KEY, "answered 429"),
    "broken": (Reply(500, "x"), HOME, KEY, "answered 500"),
    "elsewhere": (Reply(302, "", {"location": "https://else.example/"}), HOME, KEY, "no JSON"),
    "another page": (Reply(404, "<h1>Not found</h1>"), HOME, KEY, "no JSON"),
    "rubbish": (Reply(200, "<h1>Welcome</h1>"), HOME, KEY, "no JSON"),
    "a list": ([], HOME, KEY, "JSON that is no object"),
    "nothing in it": ({}, HOME, KEY, "a record that can't be used"),
    "no numbers": (record(metrics={"largest_contentful_paint": 3}), HOME, KEY, "a record that can't be used"),
    "no days": (record(collectionPeriod={"firstDate": {"year": 2026}}), HOME, KEY, "a record that can't be used"),
}


@pytest.mark.parametrize("name", MISSING)
def test_without_it_a_sentence_says_why_and_no_verdict_changes(tmp_path: Path, name: str) -> None:
    served, settings, key, sentence = MISSING[name]
    code, told, folder, _ = verify(tmp_path, served, settings, key)
    assert code == 0
    assert {one["verdict"] for one in told["verdicts"]} == {"pass", "skipped"}
    assert told["field"]["places"] == []
    assert sentence in told["field"]["missing"]
    assert "Not known" in (folder / "summary.md").read_text()
    assert "Not known" in (folder / "report.html").read_text()


def test_where_no_key_is_named_nobody_asks_and_nothing_is_told(tmp_path: Path) -> None:
    code, told, folder, crux = verify(tmp_path, record(), NO_KEY)
    assert (code, told["field"], crux.requests) == (0, None, [])
    assert "What visitors have" not in (folder / "summary.md").read_text()
    assert "What visitors have" not in (folder / "report.html").read_text()


@pytest.mark.parametrize("lcp", ["NaN", "inf", -1, True, None, {}, "1e999", "fast"], ids=repr)
def test_what_is_no_number_is_left_out(tmp_path: Path, lcp: object) -> None:
    _, told, _, _ = verify(tmp_path, answers({"https://shop.example": record(lcp=lcp)}), HOME)
    assert told["field"]["places"][0]["p75"] == {"inp": 180, "cls": 0.05, "fcp": 1200}


def test_what_was_known_before_it_broke_is_told(tmp_path: Path) -> None:
    pages = {"https://shop.example": record(), "https://shop.example/": Reply(503)}
    _, told, _, crux = verify(tmp_path, answers(pages), HOME)
    assert [one["where"] for one in told["field"]["places"]] == [""]
    assert "answered 503" in told["field"]["missing"]
    assert len(crux.requests) == 2
