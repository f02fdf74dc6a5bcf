"""One contract, and all that keep it: both forges' fakes, a repository without a forge, and another's GitHub."""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pytest

from maintainer import errors
from tests.forges.github import GithubFake
from tests.forges.gitlab import GitlabFake
from tests.platforms import contract_board, contract_proposals, contract_releases, gitlab_site
from tests.platforms.contract import Law, Place
from tests.platforms.contract_emulate import DEFECTS, EmulatePlace, Running, running
from tests.platforms.contract_places import FILES, GithubPlace, GitlabPlace, LocalPlace

LAWS = [*contract_proposals.law.all, *contract_board.law.all, *contract_releases.law.all]
PLACES: dict[str, type[Place]] = {
    "github": GithubPlace,
    "gitlab": GitlabPlace,
    "local": LocalPlace,
    "emulate": EmulatePlace,
}
#: Why a place is not asked to keep a law, by what the law needs.
LACKS = {"people": "local has no pages people write on", "board": "local has no board"}
CASES = [(place, law) for law in LAWS for place, kind in PLACES.items() if law.needs in kind.has]


@pytest.fixture(scope="module")
def emulate(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with running(tmp_path_factory.mktemp("emulate")) as one:
        yield one


@contextmanager
def github(folder: Path) -> Iterator[Place]:
    with GithubFake(folder / "forge") as forge:
        forge.add_repository("shop/site", FILES)
        yield GithubPlace(forge, folder)


@contextmanager
def gitlab(folder: Path) -> Iterator[Place]:
    with GitlabFake(folder / "forge") as forge:
        forge.add_repository("shop", "site", FILES)
        forge.token(gitlab_site.TOKEN, kind="project", project="shop/site")
        yield GitlabPlace(forge, folder)


@contextmanager
def local(folder: Path) -> Iterator[Place]:
    yield LocalPlace(folder)


@pytest.mark.parametrize(("place", "law"), CASES, ids=[f"{place}-{law.name}" for place, law in CASES])
def test_the_law_holds(place: str, law: Law, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    if place == "emulate":
        site: AbstractContextManager[Place] = request.getfixturevalue("emulate").site(tmp_path)
    else:
        site = {"github": github, "gitlab": gitlab, "local": local}[place](tmp_path)
    with site as there:
        if place == "emulate" and law.name in DEFECTS:
            with pytest.raises((AssertionError, errors.MaintainerError)):
                law.holds(there)
        else:
            law.holds(there)


def test_what_a_place_is_not_asked_for_has_a_reason() -> None:
    left_out = [(place, law.needs) for law in LAWS for place in PLACES if (place, law) not in CASES]
    assert {place for place, _ in left_out} == {"local"}
    assert {needs for _, needs in left_out} == set(LACKS)


def test_every_defect_of_emulate_is_of_a_law() -> None:
    assert DEFECTS.keys() <= {law.name for law in LAWS}
    assert len(DEFECTS) < len(LAWS) / 2
