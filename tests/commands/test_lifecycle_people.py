"""The lifecycle of proposals on both forges: what people do to them."""

from pathlib import Path

import pytest

from tests.commands import situations_people
from tests.commands.play import play
from tests.commands.situations import Situation
from tests.commands.stage import FORGES, Forge

SITUATIONS = [
    one
    for part in (situations_people.branch, situations_people.text, situations_people.asking)
    for one in part.situations
]


@pytest.mark.parametrize("forge", FORGES)
@pytest.mark.parametrize("situation", SITUATIONS, ids=lambda one: one.name)
def test_people(tmp_path: Path, forge: Forge, situation: Situation) -> None:
    """As the table says; and once all is done, another run changes nothing."""
    with play(forge, tmp_path) as site:
        situation.act(site)
        site.settled()
