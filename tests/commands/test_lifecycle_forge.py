"""The lifecycle of proposals on both forges: strangers, the forge itself, the dashboard, checks, and automerge."""

from pathlib import Path

import pytest

from tests.commands import situations_forge
from tests.commands.play import play
from tests.commands.situations import Situation
from tests.commands.stage import FORGES, Forge

PARTS = (
    situations_forge.strangers,
    situations_forge.forge,
    situations_forge.dashboard,
    situations_forge.red,
    situations_forge.itself,
)


@pytest.mark.parametrize("forge", FORGES)
@pytest.mark.parametrize("situation", [one for part in PARTS for one in part.situations], ids=lambda one: one.name)
def test_forge(tmp_path: Path, forge: Forge, situation: Situation) -> None:
    """As the table says; and once all is done, another run changes nothing."""
    with play(forge, tmp_path) as site:
        situation.act(site)
        site.settled()
