"""The dashboard, and what happens while a run is at work."""

from pathlib import Path

import pytest

from tests.commands.play import play
from tests.commands.stage import FORGES, Forge


@pytest.mark.parametrize("kind", FORGES)
def test_a_box_ticked_while_a_run_is_at_work_is_the_next_runs(tmp_path: Path, kind: Forge) -> None:
    with play(kind, tmp_path) as site:
        site.newer("is-odd", "3.0.1")
        site.run("open npm-is-odd")
        site.newer("sass", "1.70.1")
        site.during("", lambda: site.tick_board("rebase 1"))
        site.run("leave npm-is-odd", "open theme-tooling")
        assert [line[:5] for line in site.section("Open").splitlines() if "maintainer:do" in line] == ["- [x]", "- [ ]"]
        site.run("refresh npm-is-odd", "leave theme-tooling")
        assert "[x]" not in site.board()


@pytest.mark.parametrize("kind", FORGES)
def test_what_checks_said_of_another_commit_is_not_told_of_this_one(tmp_path: Path, kind: Forge) -> None:
    with play(kind, tmp_path) as site:
        site.newer("is-odd", "3.0.1")
        site.run("open npm-is-odd")
        site.checks("npm-is-odd", True)
        site.run("leave npm-is-odd")
        assert "checks pass" in site.section("Open")
        site.newer("is-odd", "3.0.1", "3.0.2")
        site.run("refresh npm-is-odd")
        assert "3.0.2" in site.section("Open") and "checks pass" not in site.section("Open")
