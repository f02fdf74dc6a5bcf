"""The page of a run in a real browser: it fits, is accessible, needs nothing from outside, and nothing in it runs."""

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from shutil import which
from typing import Any, NamedTuple

import pytest
from playwright.sync_api import Browser, Dialog, Page, Request, sync_playwright

from maintainer.evidence import Artifact, Measurement, Outcome, Verdict
from maintainer.writers.verify_html import page
from maintainer.writers.verify_language import language
from maintainer.writers.verify_view import Results
from tests.workflows.offline import ROOT
from tests.writers.results import results

AXE = ROOT / ".cache/npm/node_modules/axe-core/axe.min.js"


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=which("chromium") or which("google-chrome"), args=["--no-sandbox"]
        )
        yield browser
        browser.close()


class Opened(NamedTuple):
    """A page, and all that it asked for or complained of."""

    page: Page
    said: list[str]


def opened(
    chromium: Browser, folder: Path, made: Results, width: int = 1280, spoken: str = "en", **more: Any
) -> Opened:
    """The page from a file, as a person opens it."""
    text = page(made, "Europe/Warsaw", language(spoken))
    (folder / "report.html").write_text(text, encoding="utf-8", errors="backslashreplace")
    shown = chromium.new_context(viewport={"width": width, "height": 900}, **more).new_page()
    said: list[str] = []

    def dismissed(dialog: Dialog) -> None:
        said.append(f"a dialog: {dialog.message}")
        dialog.dismiss()

    def asked(request: Request) -> None:
        if not request.url.startswith(("file:", "data:")):
            said.append(request.url)

    shown.on("console", lambda one: said.append(one.text))
    shown.on("pageerror", lambda one: said.append(str(one)))
    shown.on("dialog", dismissed)
    shown.on("request", asked)
    shown.goto((folder / "report.html").as_uri())
    return Opened(shown, said)


@pytest.mark.parametrize(
    ("width", "scheme", "spoken"), [(400, "light", "en"), (1280, "dark", "en"), (400, "dark", "pl")]
)
def test_it_is_accessible_fits_and_asks_for_nothing(
    chromium: Browser, tmp_path: Path, width: int, scheme: str, spoken: str
) -> None:
    """By axe-core's rules, with all that is folded open."""
    shown, said = opened(chromium, tmp_path, results(), width, spoken, color_scheme=scheme)
    assert shown.evaluate("document.documentElement.scrollWidth") <= width
    shown.evaluate("document.querySelectorAll('details').forEach((one) => one.open = true)")
    assert shown.evaluate("document.documentElement.scrollWidth") <= width
    shown.evaluate(AXE.read_text())
    found = shown.evaluate("axe.run()")["violations"]
    assert [(one["id"], [node["target"] for node in one["nodes"]]) for one in found] == []
    assert said == []


def test_the_verdict_is_first_and_then_why(chromium: Browser, tmp_path: Path) -> None:
    shown = opened(chromium, tmp_path, results()).page
    assert shown.title() == "✘ Sklep Kubki: fail"
    assert "This must not go live as it is." in shown.inner_text("h1")
    headings = shown.locator("h2").all_inner_texts()
    assert headings[0] == "Why"
    assert headings[1].startswith("What could not be judged")
    assert shown.locator("section[aria-labelledby=why] .card").count() == 3
    assert "09:00 CET" in shown.inner_text("header")
    for link in shown.locator("nav a").all():
        target = link.get_attribute("href") or ""
        assert shown.locator(f"h2{target}").count() == 1


def test_the_slider_goes_by_keyboard_and_is_two_pictures_without_script(chromium: Browser, tmp_path: Path) -> None:
    shown = opened(chromium, tmp_path, results()).page
    slider = shown.locator(".slider input")
    slider.focus()
    before = shown.locator(".pair").evaluate("(one) => one.style.getPropertyValue('--at')")
    shown.keyboard.press("Home")
    assert before == "50%"
    assert shown.locator(".pair").evaluate("(one) => one.style.getPropertyValue('--at')") == "0%"
    assert slider.get_attribute("aria-valuetext") == "0 % before"
    still = opened(chromium, tmp_path, results(), java_script_enabled=False).page
    assert still.locator(".pair img").count() == 2
    assert not still.locator(".slider").is_visible()
    boxes = [one.bounding_box() for one in still.locator(".pair img").all()]
    assert boxes[0] and boxes[1] and boxes[0]["x"] + boxes[0]["width"] <= boxes[1]["x"]


def test_on_paper_everything_is_open(chromium: Browser, tmp_path: Path) -> None:
    shown = opened(chromium, tmp_path, results()).page
    closed = shown.locator("details:not([open])").count()
    shown.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert shown.locator("details:not([open])").count() == 0 < closed
    shown.evaluate("dispatchEvent(new Event('afterprint'))")
    assert shown.locator("details:not([open])").count() == closed


TAGS = (
    "<script>alert(1)</script><img src=x onerror=alert(1)>\"'><svg onload=alert(1)> javascript:alert(1) {{ 7*7 }} "
    "</style></script><style>*{display:none}</style>\u202e\x07<base href=https://evil.example/>"
)


def hostile() -> Results:
    """Hostile words wherever they come from outside."""
    outcomes: tuple[Outcome, ...] = ("fail", "inconclusive", "pass", "skipped")
    request = {"url": f"https://a.example/{TAGS}", "networkRequestTime": 0, "networkEndTime": 9, "resourceType": TAGS}
    frames = [{"timing": n, "data": f'data:image/png;base64,AAAA" onerror=alert(1) {n}'} for n in (1, 2)]
    audits = {
        "network-requests": {"details": {"items": [request]}},
        "screenshot-thumbnails": {"details": {"items": frames}},
    }
    series = [{"name": TAGS, "points": [[0, 1], [1, 2]]}]
    curves = {"title": TAGS, "x": {"label": TAGS}, "y": {"label": TAGS, "unit": TAGS}, "series": series}
    steps = {"title": TAGS, "steps": [{"name": TAGS, "said": TAGS, "outcome": TAGS}]}
    picture = b"\x89PNG\r\n\x1a\n" + b"\0" * 20
    files = {
        "lighthouse/x.json": json.dumps({"lighthouseVersion": "12", "audits": audits}).encode(),
        "e2e/x.steps.json": json.dumps(steps).encode(),
        "x/x.curves.json": json.dumps(curves).encode(),
        f"visual/{TAGS}-before.png": picture,
        f"visual/{TAGS}-after.png": picture,
    }
    artifacts = tuple(Artifact(path, TAGS) for path in (*files, f"smoke/{TAGS}.html"))
    verdicts = [Verdict("smoke", TAGS, TAGS, outcome, TAGS, 1.0, "ms", 2.0, 3.0, 2, artifacts) for outcome in outcomes]
    return replace(
        results(),
        report=replace(results().report, verdicts=tuple(verdicts)),
        site=TAGS,
        measurements=(
            Measurement("smoke", TAGS, TAGS, "ms", (1.0, 2.0)),
            Measurement("smoke", TAGS, TAGS, "ms", (1.0, 3.0), "base"),
        ),
        files=files,
        names=(TAGS,),
    )


def test_hostile_words_are_words(chromium: Browser, tmp_path: Path) -> None:
    shown, said = opened(chromium, tmp_path, hostile())
    shown.evaluate("document.querySelectorAll('details').forEach((one) => one.open = true)")
    assert not [one for one in said if "evil.example" in one or one.startswith("a dialog")]
    assert shown.locator("script").count() == 1 == shown.locator("style").count()
    assert (
        shown.locator("base").count()
        == shown.locator("svg[onload]").count()
        == shown.locator("img[onerror]").count()
        == 0
    )
    assert shown.locator("h1").is_visible()
    links = shown.evaluate("[...document.querySelectorAll('a')].map((one) => one.getAttribute('href'))")
    assert [link for link in links if not link.startswith(("#", "./", "https://"))] == []
    assert "{{ 7*7 }}" in shown.content() and "\u202e" not in shown.content()


def test_an_address_that_is_none_is_no_link(chromium: Browser, tmp_path: Path) -> None:
    shown = opened(chromium, tmp_path, replace(results(), head="javascript:alert(1)", base="")).page
    assert shown.locator("header a").count() == 0
    assert "javascript:alert(1)" in shown.inner_text("header")


def test_nothing_at_all_is_no_yes(chromium: Browser, tmp_path: Path) -> None:
    shown = opened(chromium, tmp_path, Results(replace(results().report, verdicts=()))).page
    assert shown.title() == "◌ Site: inconclusive"
    assert "this is no yes" in shown.inner_text("h1")


def test_a_thousand_places_are_a_page_still() -> None:
    many = [Verdict("smoke", f"rule-{n % 30}", f"/{n}/", "pass", f"as before: {n}") for n in range(1000)]
    many += [Verdict("smoke", "php", f"/{n}/", "fail", f"warning {n}") for n in range(500)]
    numbers = [
        Measurement("load", f"m{n}", f"/{m}/", "ms", tuple(map(float, range(200))))
        for n in range(5)
        for m in range(100)
    ]
    made = page(replace(results(), report=replace(results().report, verdicts=tuple(many)), measurements=tuple(numbers)))
    assert len(made) < 1_500_000
    assert "And 470 more, under each check." in made
