"""The notes in a real browser: they fit a phone, a desk and paper, in every language, with every sign, for everyone."""

import base64
import json
import re
import unicodedata
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from shutil import which
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Browser, Page, sync_playwright
from pypdf import PdfReader

from maintainer.errors import ConfigurationError
from maintainer.writers.notes_brand import CONTRAST, MOST_LOGO, Brand, contrast, logo
from maintainer.writers.notes_document import document
from maintainer.writers.notes_html import html
from maintainer.writers.notes_pieces import Tone
from maintainer.writers.words import Words
from tests.workflows.offline import ROOT
from tests.writers.notes_scene import scene
from tests.writers.results import png

AXE = ROOT / ".cache/npm/node_modules/axe-core/axe.min.js"
LOGO = logo(png(120, 40, (10, 10, 60, 30, (20, 90, 160))))
BRAND = Brand("Studio Północ", LOGO, "#7a1f3d", "Studio Północ · pomoc@studio.example")
#: A phone, a desk; and A4 without its margins, in CSS pixels.
PHONE, DESK, PAPER = 390, 1280, 665
WIDE = """() => [...document.querySelectorAll('body, body *')].filter((one) => {
    const style = getComputedStyle(one);
    return style.display !== 'inline' && one.clientWidth && one.scrollWidth > one.clientWidth + 1;
}).map((one) => one.tagName + '.' + one.className + ': ' + one.textContent.slice(0, 60))"""


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=which("chromium") or which("google-chrome"), args=["--no-sandbox"]
        )
        yield browser
        browser.close()


def made(language: str, name: str = "rich", tone: Tone = "technical", brand: Brand | None = BRAND) -> str:
    words = Words(language, ZoneInfo("Europe/Warsaw"))
    return html(document(scene(name, language), words, tone), words, brand)


def opened(chromium: Browser, folder: Path, text: str, width: int, **more: Any) -> tuple[Page, list[str]]:
    """The page from a file, and all that it asked for or complained of."""
    (folder / "notes.html").write_text(text, encoding="utf-8")
    page = chromium.new_context(viewport={"width": width, "height": 900}, **more).new_page()
    said: list[str] = []
    page.on("console", lambda one: said.append(one.text))
    page.on("pageerror", lambda one: said.append(str(one)))
    page.on("request", lambda one: None if one.url.startswith(("file:", "data:")) else said.append(one.url))
    page.goto((folder / "notes.html").as_uri())
    return page, said


@pytest.mark.parametrize("language", ["en", "pl"])
@pytest.mark.parametrize(("width", "scheme"), [(PHONE, "light"), (PHONE, "dark"), (DESK, "light"), (DESK, "dark")])
def test_it_fits_is_accessible_and_asks_for_nothing(
    chromium: Browser, tmp_path: Path, width: int, scheme: str, language: str
) -> None:
    """By axe-core's rules, with all that is folded open."""
    page, said = opened(chromium, tmp_path, made(language), width, color_scheme=scheme)
    page.evaluate("document.querySelectorAll('details').forEach((one) => one.open = true)")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.evaluate(WIDE) == []
    page.evaluate(AXE.read_text())
    found = page.evaluate("axe.run()")["violations"]
    assert [(one["id"], [node["target"] for node in one["nodes"]]) for one in found] == []
    assert said == []
    assert page.evaluate("document.documentElement.lang") == language


@pytest.mark.parametrize("language", ["en", "pl"])
@pytest.mark.parametrize("name", ["rich", "empty", "first"])
def test_on_paper_everything_is_there_within_its_width(
    chromium: Browser, tmp_path: Path, name: str, language: str
) -> None:
    page, _ = opened(chromium, tmp_path, made(language, name), PAPER)
    page.emulate_media(media="print")
    assert page.evaluate("document.documentElement.scrollWidth") <= PAPER
    assert page.evaluate(WIDE) == []
    for folded in page.locator("details > ul").all():
        box = folded.bounding_box()
        assert box and box["height"] > 10
    links = page.evaluate("[...document.querySelectorAll('a[href^=http]')].map((one) => one.href)")
    told = page.locator(".addresses li").all_inner_texts()
    assert sorted(set(links)) == sorted(told)
    # The half page is one page, the details begin on the next.
    pages = len(re.findall(rb"/Type /Page\b", page.pdf(prefer_css_page_size=True)))
    assert (pages >= 3) if name == "rich" else (pages <= 2)


def close(text: str) -> str:
    """Without spaces and ligatures, which a PDF has where its fonts want them."""
    return "".join(unicodedata.normalize("NFKC", text).split())


@pytest.mark.parametrize("language", ["en", "pl"])
@pytest.mark.parametrize("name", ["rich", "empty", "first"])
def test_a_pdf_has_all_that_is_said_and_no_heading_alone(
    chromium: Browser, tmp_path: Path, name: str, language: str
) -> None:
    """As somebody prints it who has folded nothing open; what a font lacks can't be read back."""
    page, _ = opened(chromium, tmp_path, made(language, name), DESK)
    pages = [one.extract_text() for one in PdfReader(BytesIO(page.pdf(format="A4"))).pages]
    page.emulate_media(media="print")
    page.evaluate("document.querySelectorAll('details').forEach((one) => one.open = true)")
    read = close("".join(pages))
    assert [line for line in page.locator("body").inner_text().splitlines() if close(line) not in read] == []
    headings = {close(one) for one in page.locator("h2").all_inner_texts()}
    for number, text in enumerate(pages, 1):
        lines = [close(line) for line in text.splitlines()]
        lines.remove(f"{number}/{len(pages)}")
        assert lines[-1] not in headings, lines[-3:]


@pytest.mark.parametrize("language", ["en", "pl"])
def test_no_glyph_is_missing(chromium: Browser, tmp_path: Path, language: str) -> None:
    """A sign no font has is drawn as the same box as one that nobody has."""
    page, _ = opened(chromium, tmp_path, made(language), DESK)
    page.evaluate("document.querySelectorAll('details').forEach((one) => one.open = true)")
    icons = "[...document.querySelectorAll('.icon')].map((one) => getComputedStyle(one, '::before').content).join('')"
    signs = sorted(set(page.locator("body").inner_text() + page.evaluate(icons)) - set(" \n\t\xa0"))
    missing = page.evaluate(
        """(signs) => {
            const drawn = (sign) => {
                const canvas = Object.assign(document.createElement('canvas'), {width: 48, height: 48});
                const context = canvas.getContext('2d');
                context.font = '32px ' + getComputedStyle(document.body).fontFamily;
                context.fillText(sign, 4, 38);
                return [context.measureText(sign).width, ...context.getImageData(0, 0, 48, 48).data].join();
            };
            const none = drawn('\\u{10ffff}'), blank = drawn(' ');
            return signs.filter((sign) => [none, blank].includes(drawn(sign)));
        }""",
        signs,
    )
    assert missing == []
    assert {"✔", "◌", "→"} <= set(signs) and ("ł" in signs or language == "en")


def test_headings_are_in_order_and_every_section_is_linked(chromium: Browser, tmp_path: Path) -> None:
    page, _ = opened(chromium, tmp_path, made("en"), DESK)
    assert page.locator("h1").all_inner_texts() == ["Sklep Kubki 2026.48"]
    headings = [one.strip() for one in page.locator("h2").all_inner_texts()]
    assert headings[:3] == ["Security", "To do", "To watch"]
    for link in page.locator("nav a").all():
        assert page.locator(link.get_attribute("href") or "").count() == 1
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "To the details"


def test_the_half_page_is_the_first_screen(chromium: Browser, tmp_path: Path) -> None:
    page, _ = opened(chromium, tmp_path, made("pl", tone="client"), DESK)
    box = page.locator(".required").bounding_box()
    assert box and box["y"] + box["height"] < 600
    said = page.locator(".summary").inner_text()
    assert "zamyka CVE-2026-1234 (wysokie)" in said and "Wstrzymane do 1 grudnia" in said.replace("\xa0", " ")
    quiet, _ = opened(chromium, tmp_path, made("pl", "empty"), DESK)
    assert quiet.locator(".required").inner_text().split() == ["Trzeba", "zrobić", "Nic."]


# brand


@pytest.mark.parametrize("colour", ["#000000", "#ffffff", "#7a1f3d", "#ffd400", "#767676", "#808080", "#00a0e0"])
def test_text_on_any_colour_can_be_read(colour: str) -> None:
    assert contrast(colour, Brand(colour=colour).ink) >= CONTRAST


def test_every_grey_has_an_ink() -> None:
    assert (
        min(contrast(f"#{n:02x}{n:02x}{n:02x}", Brand(colour=f"#{n:02x}{n:02x}{n:02x}").ink) for n in range(256)) > 4.5
    )


@pytest.mark.parametrize("colour", ["red", "#fff", "#12345g", "#123456;}", "url(x)", ""])
def test_what_is_no_colour_is_refused(colour: str) -> None:
    with pytest.raises(ConfigurationError, match=r"brand\.colour: .*Write it as #17324d"):
        Brand(colour=colour)


@pytest.mark.parametrize(
    ("uri", "says"),
    [
        ("https://agency.example/logo.png", "only a PNG, JPEG or WebP"),
        ("data:image/svg+xml;base64,PHN2Zz4=", "only a PNG, JPEG or WebP"),
        ('data:image/png;base64,AAAA" onerror="x', "only a PNG, JPEG or WebP"),
        ("data:image/png;base64,AAAAA", "no base64"),
        ("data:image/png;base64," + base64.b64encode(b"<svg onload=x>").decode(), "says it is image/png"),
        ("data:image/jpeg;base64," + base64.b64encode(b"\xff\xd8\xff" + bytes(MOST_LOGO)).decode(), "are too many"),
    ],
    ids=["address", "svg", "quote", "base64", "not-png", "large"],
)
def test_a_logo_that_cannot_be_shown_safely_is_refused(uri: str, says: str) -> None:
    with pytest.raises(ConfigurationError, match=says):
        Brand(logo=uri)


def test_a_picture_becomes_a_logo_by_what_it_is() -> None:
    assert LOGO.startswith("data:image/png;base64,") and LOGO in made("en")
    assert logo(b"RIFF\0\0\0\0WEBPVP8 ").startswith("data:image/webp;")
    with pytest.raises(ConfigurationError, match="SVG can hold scripts"):
        logo(b"<svg xmlns='http://www.w3.org/2000/svg'/>")


def test_no_line_ends_after_a_number_or_a_letter_alone() -> None:
    told = made("pl")
    assert "<strong>5</strong>\xa0poprawek" in told and "zmiana w\xa0<strong>WooCommerce</strong>" in told
    assert "6\xa0aktualizacji" in told and "płatności i\xa0podatki w\xa0nowych" in told
    assert "share of declined payments and tax" in made("en")


def test_the_style_is_the_one_the_policy_names() -> None:
    told = made("en")
    assert "script" not in re.sub(r"<style>.*?</style>", "", told, flags=re.DOTALL).replace("default-src", "")
    assert json.dumps(re.findall(r"style-src '(sha256-[^']+)'", told)).count("sha256-") == 1
    assert "unsafe-inline" not in told
