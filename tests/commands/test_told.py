"""What `plan`, `run` and `proposals` tell a person at a terminal."""

import io
from collections.abc import Iterator
from pathlib import Path

import pytest

from maintainer import cli
from maintainer.writers import plan_text
from tests.commands.site import NOW, Site, packument, site

CART = "maintainer/wordpress-plugin-shop-cart"


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Site]:
    with site(tmp_path) as made:
        yield made


def lines(out: str) -> list[list[str]]:
    return [line.split() for line in out.splitlines()]


def test_a_run_says_what_it_did_and_where_to_look(shop: Site) -> None:
    _, out, _ = shop.maintainer("run")
    told = lines(out)
    opened = {line[2] for line in told if line[:1] == ["opened"]}
    assert opened == {CART, "maintainer/npm-is-odd", "maintainer/ci-actions"}
    assert out.splitlines()[-1].startswith("look with: maintainer proposals list")
    assert Path(out.split()[-1]).is_file()
    shop.server.answers["/is-odd"] = packument("is-odd", "3.0.0", "3.0.1", "3.1.0")
    (again,) = [line for line in lines(shop.maintainer("run")[1]) if line[:1] == ["refreshed"]]
    assert again[2] == "maintainer/npm-is-odd"


def test_what_asks_says_how_to_answer(shop: Site) -> None:
    assert plan_text.APPROVE in shop.maintainer("plan")[1]
    shop.maintainer("run")
    for wanted in ("1", "sass"):
        code, _, err = shop.maintainer("proposals", "approve", wanted)
        assert code == 2
        assert err.endswith("Waiting:\n  maintainer/npm-sass-major\n")


def test_a_branch_in_a_list_is_whole_at_any_width() -> None:
    branch = f"maintainer/{'long-' * 8}name"
    rows = [("#1", "open", "A title of more than a few words, which folds", branch, "and a reason of some length")]
    for width in (20, 80, 200):
        assert branch in plan_text.table(rows, width=width, colour=False, whole=3)
    at80 = plan_text.table(rows, width=80, colour=False, whole=3)
    assert "…" not in at80
    assert max(map(len, at80.splitlines())) <= max(80, len(branch) + plan_text.NARROWEST)


def test_a_folder_without_git_is_read_and_nothing_found_is_no_all_clear(tmp_path: Path, shop: Site) -> None:
    empty = tmp_path / "elsewhere"
    empty.mkdir()
    out, err = io.StringIO(), io.StringIO()
    code = cli.run(["-C", str(empty), "plan"], environment=shop.environment, now=NOW, out=out, err=err)
    assert code == 0
    assert "is no git repository" in err.getvalue()
    assert "is this the site's repository?" in out.getvalue()
    assert "up to date" not in out.getvalue()
