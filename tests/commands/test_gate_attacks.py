"""Nobody gets past the gate who may not: attempts on both forges' stand-ins, over real git and the real clients; and
those who may, each with its record."""

import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.commands.gate_attempts import ATTEMPTS, CONFIGURATIONS, FROZEN, SECOND, Attempt
from tests.commands.gate_stage import FILES, Guarded, guarded
from tests.commands.stage import FORGES, Forge

ALL = [(name, one) for name, attempts in ATTEMPTS.items() for one in attempts]


class Tried:
    """All attempts of a configuration, made; and the gate has looked."""

    def __init__(self, site: Guarded, attempts: list[Attempt]) -> None:
        self.site = site
        self.numbers = {one.what: one.act(site) for one in attempts}
        self.code, out, _ = site.gate("--all", "--post", "--format", "json")
        self.answers = {one["proposal"]: one for one in json.loads(out)["proposals"]}


@pytest.fixture(scope="module")
def tried(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[Forge, str], Tried]]:
    """Each configuration's once, on each forge."""
    known: dict[tuple[Forge, str], Tried] = {}
    with ExitStack() as stack:

        def made(forge: Forge, name: str) -> Tried:
            if (forge, name) not in known:
                files = {**FILES, "maintainer.yml": CONFIGURATIONS[name].encode()}
                folder: Path = tmp_path_factory.mktemp(f"{forge}-{name}")
                known[forge, name] = Tried(stack.enter_context(guarded(forge, folder, files)), ATTEMPTS[name])
            return known[forge, name]

        yield made


@pytest.mark.parametrize("forge", FORGES)
@pytest.mark.parametrize(("name", "one"), ALL, ids=[f"{name}-{one.act.__name__}" for name, one in ALL])
def test_nobody_gets_past(forge: Forge, name: str, one: Attempt, tried: Callable[[Forge, str], Tried]) -> None:
    there = tried(forge, name)
    site, number = there.site, there.numbers[one.what]
    document = there.answers[number]
    if ALL.index((name, one)) % len(FORGES) == FORGES.index(forge):
        code, again = site.asked(number)
        assert (code, again["open"]) == (1, False)
    assert not document["open"]
    said = [document["sentence"], *document["refused"], *(reason["sentence"] for reason in document["reasons"])]
    assert one.why in "\n".join(said), said
    assert site.events(number=number) == []
    if forge == "gitlab" and one.what.endswith("fork's proposal"):
        return  # its commit is in no branch of the project, so it takes no status there
    state, sentence = site.posted(number)
    assert (state, sentence.startswith("closed")) == ("failure", True)


def test_there_are_attempts_enough_and_each_is_another() -> None:
    assert len(ALL) >= 25 and len({(name, one.what) for name, one in ALL}) == len(ALL)
    assert FROZEN in ATTEMPTS and SECOND in ATTEMPTS
