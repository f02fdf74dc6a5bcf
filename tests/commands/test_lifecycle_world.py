"""The lifecycle of proposals on both forges: what the world does to them."""

from pathlib import Path

import pytest

from tests.commands import situations_world
from tests.commands.play import play
from tests.commands.situations import Situation
from tests.commands.stage import FORGES, Forge

#: What is told in the forge's words, or happens on it, is played on both.
BOTH = [
    (forge, one)
    for part in (situations_world.base, situations_world.groups)
    for one in part.situations
    for forge in FORGES
]
#: What registries say and people configure is the same to both: each is played on one of them in turn, and by
#: `make bench` on the other.
ONE = [
    pytest.param(forge, one, marks=[pytest.mark.bench] if at % 2 == turn else [])
    for part in (situations_world.versions, situations_world.limits, situations_world.held)
    for at, one in enumerate(part.situations)
    for turn, forge in enumerate(FORGES)
]


@pytest.mark.parametrize(
    ("forge", "situation"), [*BOTH, *ONE], ids=lambda one: one if isinstance(one, str) else one.name
)
def test_world(tmp_path: Path, forge: Forge, situation: Situation) -> None:
    """As the table says; and once all is done, another run changes nothing."""
    with play(forge, tmp_path) as site:
        situation.act(site)
        site.settled()
