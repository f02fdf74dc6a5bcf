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


@pytest.mark.parametrize(
    ("place", "environment"),
    [
        (".git/config", {}),
        ("home/.gitconfig", {}),
        ("home/.config/git/config", {}),
        ("home/elsewhere/git/config", {"XDG_CONFIG_HOME": "{home}/elsewhere"}),
        ("home/mine", {"GIT_CONFIG_GLOBAL": "{home}/mine"}),
        ("", {"GIT_AUTHOR_EMAIL": "ann@shop.example"}),
        ("", {"EMAIL": "ann@shop.example"}),
    ],
)
def test_an_override_is_by_whom_commits_here_are_by(tmp_path: Path, place: str, environment: dict[str, str]) -> None:
    with site(tmp_path) as shop:
        shop.maintainer("run")
        home = Path(shop.environment["HOME"])
        asked = ("proposals", "override", "1", "--reason", "the checkout is down")
        code, _, err = shop.maintainer(*asked)
        assert code == 2 and "git config user.email you@shop.example" in err
        if place:
            file = shop.root / place if place.startswith(".git/") else home / place.removeprefix("home/")
            file.parent.mkdir(parents=True, exist_ok=True)
            with file.open("a") as opened:
                opened.write("[user]\n\temail = ann@shop.example\n")
        shop.environment |= {name: value.format(home=home) for name, value in environment.items()}
        assert shop.maintainer(*asked)[0] == 0
        assert '"by":"ann@shop.example"' in (shop.root / ".git/maintainer/said.json").read_text().replace(": ", ":")
