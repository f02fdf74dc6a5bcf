"""What a run keeps in the git folder: any name git can track, and a sentence where nothing can be written."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.commands.site import Site, packument, site

CAFE = os.fsdecode(b"caf\xe9/package.json")


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Site]:
    with site(tmp_path) as made:
        yield made


def test_a_file_whose_name_is_not_utf_8_is_updated_like_any_other(shop: Site) -> None:
    shop.write({CAFE: b'{"dependencies": {"is-odd": "3.0.0", "sass": "1.70.0"}}'})
    for _ in range(2):
        code, out, err = shop.maintainer("run")
        assert (code, "Traceback" in err) == (0, False), (out, err)
    assert b'"is-odd": "3.0.1"' in shop.git("show", f"maintainer/npm-is-odd:{CAFE}").out
    for verb in (["list"], ["list", "--format", "json"], ["show", "maintainer/npm-is-odd"]):
        assert shop.maintainer("proposals", *verb)[0] == 0
    shop.server.answers["/is-odd"] = packument("is-odd", "3.0.0", "3.0.1", "3.1.0")
    assert shop.maintainer("run")[0] == 0
    assert b'"is-odd": "3.1.0"' in shop.git("show", f"maintainer/npm-is-odd:{CAFE}").out


@pytest.mark.parametrize("taken", ["proposals", "pages", "waiting.json"])
def test_where_nothing_can_be_written_a_sentence_says_so(shop: Site, taken: str) -> None:
    folder = shop.root / ".git/maintainer"
    folder.mkdir()
    if taken.endswith(".json"):
        (folder / taken).mkdir()
    else:
        (folder / taken).write_bytes(b"in the way")
    code, out, err = shop.maintainer("run")
    assert code == 3
    assert "neither full nor read-only" in " ".join((err + out).split())
    assert "Traceback" not in err


def test_a_git_folder_that_can_not_be_written_refuses_every_verb_that_writes(shop: Site) -> None:
    assert shop.maintainer("run")[0] == 0
    folder = shop.root / ".git/maintainer"
    (folder / "lock").unlink()
    (folder / "lock").mkdir()
    for verb in (["run"], ["proposals", "discard", "1"], ["proposals", "approve", "maintainer/npm-sass-major"]):
        code, _, err = shop.maintainer(*verb)
        assert (code, err.count("\n")) == (3, 1)
        assert "can't be written: Is a directory" in err
