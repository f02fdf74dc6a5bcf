"""The pictures in docs/images, all of them made here: `make docs-images`, or `python -m tests.docs_images NAME ...`.

Each is a page that the product writes, as a browser shows it. The demo has to be there for `proposal`.
"""

import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from shutil import which
from tempfile import TemporaryDirectory
from typing import NamedTuple
from zoneinfo import ZoneInfo

from playwright.sync_api import sync_playwright

from maintainer.writers.notes_document import document
from maintainer.writers.notes_html import html
from maintainer.writers.verify_html import page
from maintainer.writers.words import Words
from tests.commands.test_freeze_docs import whole
from tests.docs_tutorial import PAGE, reader
from tests.writers.notes_scene import scene
from tests.writers.results import results

ROOT = Path(__file__).parent.parent
IMAGES = ROOT / "docs/images"


class Picture(NamedTuple):
    """What makes the page, in a folder that it is given; and how much of it is seen, in CSS pixels."""

    made: Callable[[Path], Path]
    width: int
    height: int


def proposal(folder: Path) -> Path:
    """The demo's plugin, as a reviewer sees it."""
    pages = sorted((ROOT / ".demo/site/.git/maintainer/pages").glob("*.html"))
    found = [path for path in pages if "<h1>sqlite-database-integration " in path.read_text(encoding="utf-8")]
    if not found:
        sys.exit("The demo isn't there: run `make demo` first.")
    return found[0]


def report(folder: Path) -> Path:
    """A run of verify that says no."""
    path = folder / "report.html"
    path.write_text(page(results(), "Europe/Warsaw"), encoding="utf-8")
    return path


def freeze(folder: Path) -> Path:
    """The calendar of docs/freeze.md."""
    path = folder / "freeze.html"
    whole(folder).say("list", "--page", str(path))
    return path


def tutorial(folder: Path) -> Path:
    """The proposal of docs/tutorial.md, after its third step."""
    text = PAGE.read_text(encoding="utf-8").partition("\n## 4.")[0]
    with reader(folder) as one:
        one.plays(text)
        return next((one.here / ".git/maintainer/pages").glob("1*.html"))


def notes(folder: Path) -> Path:
    """The release notes of a shop."""
    path = folder / "notes.html"
    words = Words("en", ZoneInfo("Europe/Warsaw"))
    path.write_text(html(document(scene("rich", "en"), words, "client"), words), encoding="utf-8")
    return path


PICTURES: Mapping[str, Picture] = {
    "freeze": Picture(freeze, 1180, 1145),
    "notes": Picture(notes, 1080, 860),
    "proposal": Picture(proposal, 1080, 860),
    "report": Picture(report, 1080, 1150),
    "tutorial": Picture(tutorial, 1080, 790),
}


def taken(names: Sequence[str], into: Path) -> None:
    """Take pictures by name."""
    with sync_playwright() as playwright, TemporaryDirectory() as folder:
        browser = playwright.chromium.launch(executable_path=which("chromium"), args=["--no-sandbox"])
        for name in names:
            picture = PICTURES[name]
            (Path(folder) / name).mkdir()
            window = browser.new_page(viewport={"width": picture.width, "height": picture.height})
            window.goto(picture.made(Path(folder) / name).as_uri())
            window.screenshot(path=into / f"{name}.png")
            window.close()
        browser.close()


if __name__ == "__main__":
    taken(sys.argv[1:] or list(PICTURES), IMAGES)
