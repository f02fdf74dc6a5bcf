"""Each picture in the documentation is made by the tests, is small, and is shown somewhere."""

import struct
from pathlib import Path

import pytest

from tests.docs_images import IMAGES, PICTURES, report, taken
from tests.test_docs import PAGES

#: GitHub takes a whole picture of a page; so much is enough for one.
LARGEST = 200_000


def size(path: Path) -> tuple[int, int]:
    """Width and height (https://www.w3.org/TR/png-3/#11IHDR)."""
    data = path.read_bytes()
    assert data.startswith(b"\x89PNG\r\n\x1a\n")
    width, height = struct.unpack(">II", data[16:24])
    return width, height


def test_each_picture_has_a_maker() -> None:
    assert sorted(path.name for path in IMAGES.iterdir()) == [f"{name}.png" for name in PICTURES]


@pytest.mark.parametrize("name", PICTURES)
def test_a_picture_is_as_large_as_its_maker_makes_it(name: str) -> None:
    assert size(IMAGES / f"{name}.png") == (PICTURES[name].width, PICTURES[name].height)
    assert 5_000 < (IMAGES / f"{name}.png").stat().st_size < LARGEST


@pytest.mark.parametrize("name", PICTURES)
def test_a_picture_is_shown_and_described(name: str) -> None:
    shown = [line for page in PAGES.values() for line in page.splitlines() if f"images/{name}.png)" in line]
    assert shown
    assert all(line.startswith("![") and not line.startswith("![]") for line in shown)


def test_a_picture_is_taken(tmp_path: Path) -> None:
    taken(["report"], tmp_path)
    assert size(tmp_path / "report.png") == (1080, 1150)
    assert "must not go live" in report(tmp_path).read_text(encoding="utf-8")
