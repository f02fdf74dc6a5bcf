"""A base branch that fails by itself: then a failing group is nobody's fault, and isn't parted."""

from pathlib import Path

import pytest

from tests.commands.play import Play, play
from tests.commands.situations_forge import TOOLING, part
from tests.commands.stage import FORGES, Forge
from tests.forges.github_people import Person as GithubPerson


def base_checked(site: Play, passed: bool) -> None:
    """The checks that proposals have ran on where the base branch is now."""
    ada, base = site.ada(), site.git.default_branch
    if isinstance(ada, GithubPerson):
        ada.check_run(base, "success" if passed else "failure")
    else:
        ada.pipeline(base, "success" if passed else "failed")


@pytest.mark.parametrize("forge", FORGES)
def test_a_group_is_parted_only_where_the_base_branch_is_green(tmp_path: Path, forge: Forge) -> None:
    with play(forge, tmp_path) as site:
        site.newer("sass", "1.70.1")
        site.newer("stylelint", "16.0.1")
        site.run(f"open {TOOLING}")
        site.checks(TOOLING, False)
        base_checked(site, False)
        site.run(f"leave {TOOLING}")
        assert "checks fail" in site.section("Open")
        base_checked(site, True)
        site.run(f"close {TOOLING}", f"open {part('sass')}", f"open {part('stylelint')}")
        site.settled()
