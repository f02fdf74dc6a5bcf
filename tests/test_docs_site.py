"""The documentation site: every page has its place, every link leads somewhere, nothing is asked of another host."""

import re
import subprocess
from collections.abc import Iterator
from http.server import SimpleHTTPRequestHandler
from pathlib import Path
from shutil import which
from typing import Any

import pytest
from playwright.sync_api import Browser, Request, sync_playwright

from tests.docs_dialect import LINK, rendered
from tests.docs_site import FENCED, LEFT_OUT, PROGRAM, ROOT, fetched, led, navigation, places, settings, site
from tests.loopback import Server

PLACED = places()
AXE = ROOT / ".cache/npm/node_modules/axe-core/axe.min.js"
GRAVE = ("serious", "critical")
#: One page of each kind: the first, prose with tables and lists, a generated one, one of commands and answers.
PAGES = ("index", "gate", "policies", "tutorial")


# the pages, before they are rendered


def test_every_page_has_one_place_in_the_navigation() -> None:
    listed = list(navigation(settings()["nav"]))
    pages = sorted(there for there in PLACED.values() if there.endswith(".md"))
    assert sorted(listed) == pages, "a new page is added to nav in docs/mkdocs.yml"


def test_what_is_left_out_is_there() -> None:
    assert all((ROOT / path).is_file() for path in LEFT_OUT)


@pytest.mark.parametrize("path", [path for path in PLACED if path.endswith(".md")])
def test_every_link_leads_to_what_the_site_has(path: str) -> None:
    page = led((ROOT / path).read_text(encoding="utf-8"), path, PLACED)
    there = Path(PLACED[path])
    for part in FENCED.split(page)[::2]:
        for _, _, target in LINK.findall(part):
            if not re.match(r"https?:|#", target):
                assert (Path("/") / there.parent / target.partition("#")[0]).resolve().as_posix()[1:] in PLACED.values()


def test_a_link_is_led_to_where_its_target_stands() -> None:
    page = (
        "[a](docs/gate.md#deploys) [b](policies/strict.yml) [c](maintainer/cli.py) [d](CHANGELOG.md)\n"
        "[e](workflows/github/gate.yml) `[f](docs/gate.md)` [`g`](docs/plan.md) ![h](docs/images/freeze.png) [i](#a)"
    )
    assert led(page, "CONTRIBUTING.md", PLACED) == (
        "[a](../gate.md#deploys) [b](../policies.md#strict) c [d](changelog.md)\n"
        "[e](../workflows/github/gate.yml) `[f](docs/gate.md)` [`g`](../plan.md) ![h](../images/freeze.png) [i](#a)"
    )


def test_lists_are_indented_as_the_renderer_wants_it() -> None:
    page = "It says:\n* one\n  more\n\n  ```yml\n  a:\n    - b\n  ```\n\n  1. first\n     of one\n* two\n\nEnd\n"
    assert rendered(page) == (
        "It says:\n\n* one\n    more\n\n    ```yml\n    a:\n      - b\n    ```\n\n    1. first\n        of one\n"
        "* two\n\nEnd\n"
    )


def test_what_is_no_list_stays_as_it_is() -> None:
    page = "# A\n\nb *c*\nd - e\n\n| f |\n|---|\n| - g |\n\n```sh\n- h\n  i\n```\n"
    assert rendered(page) == page


# the renderer


def locked(name: str) -> dict[str, set[str]]:
    """The versions of each package in a lock file."""
    found: dict[str, set[str]] = {}
    for package, version in re.findall(
        r"^([\w.-]+)==([\w.]+)", (ROOT / name).read_text(encoding="utf-8"), re.MULTILINE
    ):
        found.setdefault(package, set()).add(version)
    return found


def test_the_renderer_is_locked_as_everything_else() -> None:
    site, all_else = locked("requirements-docs.lock"), locked("requirements.lock")
    assert "zensical" in site
    assert "zensical" not in all_else, "the site's renderer is no part of the product's environment"
    assert {
        package: site[package] for package in site.keys() & all_else.keys() if site[package] - all_else[package]
    } == {}
    text = (ROOT / "requirements-docs.lock").read_text(encoding="utf-8")
    assert text.count("--hash=sha256:") >= len(site)
    assert "://" not in text
    assert "--index" not in text


# the site


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site, as `make docs` builds it."""
    assert PROGRAM.exists(), "The renderer isn't there: run `make docs` once."
    return site(tmp_path_factory.mktemp("site") / "stage")


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=which("chromium"), args=["--no-sandbox"])
        yield browser
        browser.close()


def test_it_has_every_page(built: Path) -> None:
    pages = {path.relative_to(built).as_posix() for path in built.rglob("*.html")}
    assert pages == {there.removesuffix(".md") + ".html" for there in PLACED.values() if there.endswith(".md")} | {
        "404.html"
    }


def test_a_broken_link_ends_the_build(tmp_path: Path) -> None:
    (tmp_path / "pages").mkdir()
    for name, text in (("index", "[a](b.md#gone) [c](d.md)\n"), ("b", "# B\n")):
        (tmp_path / "pages" / f"{name}.md").write_text(text)
    (tmp_path / "mkdocs.yml").write_text("site_name: a\ndocs_dir: pages\n")
    argv: list[str | Path] = [PROGRAM, "build", "--strict", "--config-file", tmp_path / "mkdocs.yml"]
    done = subprocess.run(argv, capture_output=True, text=True, env={"NO_COLOR": "1"}, check=False)
    assert done.returncode != 0
    assert "2 issues found" in done.stdout + done.stderr


def test_nothing_is_fetched_from_elsewhere(built: Path) -> None:
    assert fetched(built) == set()


def test_what_would_be_fetched_is_found(tmp_path: Path) -> None:
    (tmp_path / "a.html").write_text(
        '<a href="https://link.example"></a><link rel="canonical" href="https://me.example">'
        '<script src="//script.example/a.js"></script><link rel="stylesheet" href="https://style.example/a.css">'
    )
    (tmp_path / "a.css").write_text("@font-face{src:url('https://font.example/a.woff')}")
    assert fetched(tmp_path) == {"//script.example/a.js", "https://style.example/a.css", "https://font.example/a.woff"}


@pytest.mark.parametrize(("width", "scheme"), [(390, "light"), (1280, "dark")])
def test_it_fits_and_is_accessible(built: Path, chromium: Browser, width: int, scheme: Any) -> None:
    context = chromium.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme)
    page = context.new_page()
    said: list[str] = []

    def asked(request: Request) -> None:
        if not request.url.startswith(("file:", "data:", "blob:", "about:")):
            said.append(request.url)

    page.on("request", asked)
    page.on("pageerror", lambda error: said.append(str(error)))
    for name in PAGES:
        page.goto((built / f"{name}.html").as_uri())
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), name
        page.evaluate(AXE.read_text())
        found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
        grave = [(fault["id"], fault["nodes"][0]["html"]) for fault in found["violations"] if fault["impact"] in GRAVE]
        assert (name, grave) == (name, [])
    assert said == []
    context.close()


#: What is cut off, or has to be moved to be read: at a desk that is no block of code.
UNREAD = """(desk) => {
    const page = document.documentElement, found = page.scrollWidth > page.clientWidth ? [page] : [];
    const scrolls = (one) => ['auto', 'scroll'].includes(getComputedStyle(one).overflowX);
    const moves = (one) => one && (scrolls(one) || moves(one.parentElement));
    for (const one of document.querySelectorAll('.md-content *')) {
        if (!one.clientWidth) continue;
        if (one.getBoundingClientRect().right > page.clientWidth + 1 && !moves(one)) found.push(one);
        if (one.scrollWidth <= one.clientWidth + 1) continue;
        one.scrollLeft = one.scrollWidth;
        const end = one.scrollLeft + one.clientWidth >= one.scrollWidth - 1;
        if (scrolls(one) ? !end || desk && one.tagName === 'CODE' : getComputedStyle(one).overflowX !== 'visible') {
            found.push(one);
        }
    }
    return found.map((one) => `${one.tagName}: ${one.textContent.trim().slice(0, 80)}`);
}"""


def test_nothing_is_cut_off_on_any_page(built: Path, chromium: Browser) -> None:
    page = chromium.new_page()
    cut = {}
    for path in sorted(built.rglob("*.html")):
        page.set_viewport_size({"width": 1280, "height": 900})
        page.goto(path.as_uri())
        found = page.evaluate(UNREAD, True)
        page.set_viewport_size({"width": 390, "height": 900})
        cut[path.relative_to(built).as_posix()] = found + page.evaluate(UNREAD, False)
    page.close()
    assert {name: found for name, found in cut.items() if found} == {}


@pytest.mark.parametrize("served", [True, False], ids=["served", "from a disk"])
def test_the_search_finds(built: Path, chromium: Browser, served: bool) -> None:
    class Files(SimpleHTTPRequestHandler):
        def __init__(self, *args: Any) -> None:
            super().__init__(*args, directory=str(built))

        def log_message(self, *args: Any) -> None:
            pass

    server = Server(Files)
    server.begin()
    page = chromium.new_page()
    try:
        page.goto(f"http://127.0.0.1:{server.port}/gate.html" if served else (built / "gate.html").as_uri())
        page.click(".md-search__button")
        page.locator("input[role=combobox]").type("black friday", delay=20)
        page.get_by_text("Black Friday week", exact=True).first.click()
        page.wait_for_url("**/freeze.html*")
    finally:
        page.close()
        server.end()
