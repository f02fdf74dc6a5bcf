"""The lifecycle of proposals on both forges: what the world does to them."""

from pathlib import Path

import pytest

from tests.commands import situations_world
from tests.commands.play import play
from tests.commands.situations import Situation
from tests.commands.stage import FORGES, Forge

PARTS = (
    situations_world.base,
    situations_world.versions,
    situations_world.groups,
    situations_world.limits,
    situations_world.held,
)


@pytest.mark.parametrize("forge", FORGES)
@pytest.mark.parametrize("situation", [one for part in PARTS for one in part.situations], ids=lambda one: one.name)
def test_world(tmp_path: Path, forge: Forge, situation: Situation) -> None:
    """As the table says; and once all is done, another run changes nothing."""
    with play(forge, tmp_path) as site:
        situation.act(site)
        site.settled()
