"""The lifecycle of proposals on both forges: what becomes of those that ended."""

from pathlib import Path

import pytest

from tests.commands import situations_ended
from tests.commands.play import play
from tests.commands.situations import Situation
from tests.commands.stage import FORGES, Forge

SITUATIONS = [*situations_ended.closed.situations, *situations_ended.merged.situations]


@pytest.mark.parametrize("forge", FORGES)
@pytest.mark.parametrize("situation", SITUATIONS, ids=lambda one: one.name)
def test_ended(tmp_path: Path, forge: Forge, situation: Situation) -> None:
    """As the table says; and once all is done, another run changes nothing."""
    with play(forge, tmp_path) as site:
        situation.act(site)
        site.settled()
