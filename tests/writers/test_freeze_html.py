"""The page of the coming days in a real browser: it fits, is accessible, asks for nothing, and nothing in it runs."""

from collections.abc import Iterator
from pathlib import Path
from shutil import which
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from maintainer.writers.freeze_html import Standing, page
from tests.workflows.offline import ROOT
from tests.writers.calendars import full

AXE = ROOT / ".cache/npm/node_modules/axe-core/axe.min.js"
NOW = (
    Standing("propose", True, "open until Tue 22 Dec 00:00"),
    Standing("merge and deploy", False, "closed until Wed 2 Dec 00:00", ("Black Week freezes <b>merges</b>.",)),
)


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=which("chromium") or which("google-chrome"), args=["--no-sandbox"]
        )
        yield browser
        browser.close()


def opened(chromium: Browser, folder: Path, width: int = 1280, **more: Any) -> tuple[Page, list[str]]:
    """The page from a file, and all that it asked for or complained of."""
    (folder / "freeze.html").write_text(page(full(), NOW, "Sklep <i>Kubki</i>"), encoding="utf-8")
    shown = chromium.new_context(viewport={"width": width, "height": 900}, **more).new_page()
    said: list[str] = []
    shown.on("console", lambda one: said.append(one.text))
    shown.on("pageerror", lambda one: said.append(str(one)))
    shown.on("dialog", lambda one: said.append(one.message))
    shown.on("request", lambda one: said.extend({one.url} - {shown.url, (folder / "freeze.html").as_uri()}))
    shown.goto((folder / "freeze.html").as_uri())
    return shown, said


@pytest.mark.parametrize(("width", "scheme"), [(320, "light"), (400, "dark"), (1280, "light"), (1280, "dark")])
def test_it_is_accessible_fits_and_asks_for_nothing(chromium: Browser, tmp_path: Path, width: int, scheme: str) -> None:
    shown, said = opened(chromium, tmp_path, width, color_scheme=scheme)
    assert shown.evaluate("document.documentElement.scrollWidth") <= width
    shown.evaluate(AXE.read_text())
    found = shown.evaluate("axe.run()")["violations"]
    assert [(one["id"], [node["target"] for node in one["nodes"]]) for one in found] == []
    assert said == []


def test_what_is_from_outside_is_only_text(chromium: Browser, tmp_path: Path) -> None:
    shown, said = opened(chromium, tmp_path)
    assert said == [] and shown.locator("script").count() == 0
    assert "Sklep <i>Kubki</i>" in shown.inner_text("h1")
    assert "\u202e" not in shown.content()
    assert "★ <script>alert(1)</script>" in shown.inner_text(".lanes")


def test_a_day_says_what_it_shows(chromium: Browser, tmp_path: Path) -> None:
    shown, _ = opened(chromium, tmp_path)
    cell = shown.locator("td:has(time[datetime='2026-12-04'])")
    assert cell.get_attribute("title") == "00:00–15:00 open; 15:00–24:00 freeze: Fridays"
    bars = cell.locator(".bar i")
    widths = [box["width"] for box in (one.bounding_box() for one in bars.all()) if box]
    assert [one.get_attribute("class") for one in bars.all()] == ["open-k", "freeze-k"]
    assert widths[0] / sum(widths) == pytest.approx(15 / 24, abs=0.03)
    assert shown.locator("[aria-current=date]").inner_text() == "18"
    assert shown.locator("td:has(time[datetime='2026-11-20'])").inner_text().endswith("★ Black Week")


def test_lead_freeze_and_tail_lie_where_they_are(chromium: Browser, tmp_path: Path) -> None:
    shown, _ = opened(chromium, tmp_path)
    track = shown.locator(".lanes > li", has_text="Black Week").locator(".track").first
    whole = track.bounding_box()
    assert whole
    found = {}
    for part in ("lead-k", "freeze-k", "tail-k"):
        box = track.locator(f".{part}").bounding_box()
        assert box
        found[part] = ((box["x"] - whole["x"]) / whole["width"] * 90, box["width"] / whole["width"] * 90)
    assert found["lead-k"] == pytest.approx((2, 3), abs=0.1)
    assert found["freeze-k"] == pytest.approx((5, 8), abs=0.1)
    assert found["tail-k"] == pytest.approx((13, 1), abs=0.1)


def test_it_prints_on_a4(chromium: Browser, tmp_path: Path) -> None:
    shown, _ = opened(chromium, tmp_path)
    shown.emulate_media(media="print")
    shown.set_viewport_size({"width": 688, "height": 970})
    assert shown.evaluate("document.documentElement.scrollWidth") <= 688
    printed = shown.pdf(format="A4")
    assert printed.startswith(b"%PDF") and 1 <= printed.count(b"/Type /Page\n") <= 3
