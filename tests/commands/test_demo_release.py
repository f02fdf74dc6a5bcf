"""The demo's sale and its release, told on a small site instead of a real WordPress."""

import io
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from maintainer.commands import demo_gate, demo_release
from maintainer.commands.context import Context
from tests.commands.site import NOW, Site, packument, site

PACKAGES = ("is-odd", "is-even", "is-ten", "is-two", "is-six")
FILES = {
    **{f"{name}/package.json": f'{{"dependencies": {{"{name}": "3.0.0"}}}}\n'.encode() for name in PACKAGES},
    "maintainer.yml": b"""site: {name: shop.example, timezone: Europe/Warsaw}
updates: {limits: {per_run: 20, open: 20}}
release: {notes: {languages: [en, pl]}}
""",
}


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Site]:
    """A site with a release, and a local proposal for each of its packages."""
    with site(tmp_path, FILES) as made:
        made.server.answers |= {f"/{name}": packument(name, "3.0.0", "3.0.1") for name in PACKAGES}
        made.git("tag", "v2026.36")
        code, out, err = made.maintainer("run")
        assert code == 0, (out, err)
        yield made


def test_a_sale_holds_everything_and_what_was_let_through_is_released(shop: Site, tmp_path: Path) -> None:
    out, err = io.StringIO(), io.StringIO()
    context = Context(shop.root, shop.environment, NOW + timedelta(minutes=1), out, err)
    into = tmp_path / "demo"
    into.mkdir()

    picture = demo_gate.shown(context, into)
    said = out.getvalue()
    assert "Winter sale" in picture.read_text()
    gate = said.partition("$ maintainer gate --all")[2].partition("--- A person")[0]
    assert gate.count("Winter sale freezes merges") == len(PACKAGES)
    again = said.partition(f"$ maintainer gate --number {demo_gate.LET_THROUGH}")[2]
    assert "open" in again.splitlines()[2] and demo_gate.WHY in said

    out.truncate(0), out.seek(0)
    page = demo_release.shown(context, into)
    said = out.getvalue()
    tags = shop.git("tag", "--list").text.split()
    (tag,) = set(tags) - {"v2026.36"}
    assert f"released shop.example {tag.removeprefix('v')}" in said
    assert said.index("Trzeba zrobić") > said.index("To do:")
    assert {path.name for path in page.parent.iterdir()} >= {"release-notes.en.html", "release-notes.pl.html"}
    assert page.read_text().count("3.0.1") > 0
    moved = [name for name in PACKAGES if '"3.0.1"' in shop.git("show", f"{tag}:{name}/package.json").text]
    assert len(moved) == 2, "the first proposal, and the one that a person answers for"
