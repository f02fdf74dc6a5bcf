import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from maintainer import catalog
from tests.managers import laws

CASES = [pytest.param(case, id=str(case)) for case in laws.cases()]


@pytest.mark.parametrize("case", CASES)
def test_a_manager_finds_what_is_expected(case: laws.Case) -> None:
    laws.finds_what_is_expected(case)


@pytest.mark.parametrize("case", CASES)
def test_an_update_is_read_back_and_undone_to_the_byte(case: laws.Case) -> None:
    laws.updates_are_read_back(case, case.files)


@pytest.mark.parametrize("case", CASES)
def test_line_endings_change_nothing_and_survive(case: laws.Case) -> None:
    laws.says_the_same_with_crlf(case)


@pytest.mark.parametrize("case", CASES)
def test_damage_ends_in_values_or_a_clear_error(case: laws.Case) -> None:
    manager = catalog.MANAGERS[case.manager]
    paths = case.paths()
    if not paths:
        return
    victims = [
        (path, victim)
        for path in paths
        for victim in (path, *(near.path for near in laws.manifest(manager, case.files, path).beside))
    ]

    @settings(max_examples=40, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    @given(st.randoms(use_true_random=False), st.sampled_from(victims))
    def damaged(random, place) -> None:  # type: ignore[no-untyped-def]
        laws.survives(case, laws.garbage(random.randrange), *place)

    damaged()


@pytest.mark.parametrize("name", sorted(catalog.MANAGERS))
def test_every_manager_has_cases(name: str) -> None:
    assert any((laws.CASES / name).glob("*/expected.json"))
