"""`init --propose`: one proposal that sets maintainer up, on every platform, and people's word about it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.commands.site import FILES, Site, site
from tests.commands.stage import FORGES, Stage, stage

BRANCH = "maintainer/onboarding"
RENOVATE = (
    b'{\n  "extends": ["config:recommended"],\n  "ignoreDeps": ["sass"],\n  "hostRules": [{"token": "s3cret"}]\n}\n'
)


@pytest.fixture(params=FORGES)
def forge(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Stage]:
    with stage(request.param, tmp_path, {**FILES, "renovate.json": RENOVATE}) as made:
        yield made


def proposals(made: Stage) -> list[dict[str, str]]:
    state = made.state()
    listed: list[dict[str, str]] = state["pulls"] if made.kind == "github" else state["merge_requests"]
    return listed


def described(made: Stage) -> str:
    return proposals(made)[0]["body" if made.kind == "github" else "description"]


def test_it_shows_what_was_found_carried_over_and_would_be_done(forge: Stage) -> None:
    assert "opened #1 Set up maintainer" in forge.maintainer("init", "--propose")[1]
    text = described(forge)
    assert "WordPress" in text and "`renovate.json`" in text and "s3cret" not in text
    assert "shop-cart" in text and "1.4.0" in text, "the preview of the first run"
    assert "hostRules" in text, "what isn't carried over is listed"
    files = forge.repository.files(f"refs/heads/{BRANCH}")
    assert "maintainer.yml" in files and set(FILES) < set(files)
    assert b"sass" in (forge.repository.read(f"refs/heads/{BRANCH}", "maintainer.yml") or b"")


def test_done_twice_is_done_once_and_a_run_leaves_it_alone(forge: Stage) -> None:
    forge.maintainer("init", "--propose")
    before = forge.state()
    assert "up to date" in forge.maintainer("init", "--propose")[1]
    assert forge.state() == before
    forge.maintainer("run")
    assert forge.maintainer("run")[0] == 0
    assert proposals(forge)[0]["state"] in ("open", "opened")
    forge.person().merge(1)
    assert "nothing to set up" in forge.maintainer("init", "--propose")[1]


def test_a_persons_word_holds(forge: Stage) -> None:
    forge.maintainer("init", "--propose")
    forge.person().push(BRANCH, {"maintainer.yml": "extends: [ecommerce]\n"})
    assert "theirs" in forge.maintainer("init", "--propose")[1]
    assert forge.repository.read(f"refs/heads/{BRANCH}", "maintainer.yml") == b"extends: [ecommerce]\n"
    forge.person().close(1)
    assert "closed stays closed" in forge.maintainer("init", "--propose")[1]
    assert len(proposals(forge)) == 1


def test_what_is_there_is_not_overwritten_and_a_new_base_is_followed(forge: Stage) -> None:
    forge.maintainer("init", "--propose")
    workflow = ".github/workflows/maintainer.yml"
    forge.person().push("main", {workflow: "name: ours\n", "readme.md": "Hello\n"})
    assert "refreshed #1" in forge.maintainer("init", "--propose")[1]
    assert forge.repository.read(f"refs/heads/{BRANCH}", workflow) == b"name: ours\n"
    assert forge.repository.read(f"refs/heads/{BRANCH}", "readme.md") == b"Hello\n"


def test_without_a_forge_it_is_a_branch(tmp_path: Path) -> None:
    with site(tmp_path) as here:
        _in_a_repository(here)


def _in_a_repository(here: Site) -> None:
    code, out, err = here.maintainer("init", "--propose")
    assert (code, err) == (0, "") and f"on the branch {BRANCH}" in out
    assert "extends" in here.git("show", f"{BRANCH}:maintainer.yml").text
    assert here.git("status", "--porcelain").text == ""
    assert "up to date" in here.maintainer("init", "--propose")[1]
    assert here.maintainer("run")[0] == 0
    assert "Set up maintainer" in here.maintainer("proposals", "list")[1]
    here.maintainer("proposals", "discard", BRANCH)
    assert "closed stays closed" in here.maintainer("init", "--propose")[1]
