"""What a release requires against what the site runs."""

import pytest

from maintainer.model import Dependency, Listing
from maintainer.policy.compatibility import (
    Blocker,
    Checked,
    Coming,
    Facts,
    Unmet,
    allows,
    blockers,
    check,
    lift,
)
from tests.planning.values import SCHEMES, dependency, listing, release


@pytest.mark.parametrize(
    ("requirement", "needs", "version", "expected"),
    [
        ("php", "7.4", "8.1.2", True),
        ("php", "8.2", "8.1.2", False),
        ("php", "8.1", "8.1", True),
        ("php", "8.1.5", "8.1", True),
        ("php", "8.1.5", "8.1.2", False),
        ("php", "7.4+", "8.1", True),
        ("php", ">=7.4", "7.3.33", False),
        ("php", "^7.4 || ^8.0", "8.3.1", True),
        ("php", "^7.4 || ^8.0", "7.3.1", False),
        ("php", ">=7.4 <8.2", "8.2.0", False),
        ("php", ">=7.4 <8.2", "8.1", True),
        ("php", "8.1.*", "8.1.27", True),
        ("php", "8.1.*", "8.2", False),
        ("php", "~8.1.0", "8.2.1", False),
        ("php", "", "8.2", True),
        ("php", "*", "8.2", True),
        ("php", "PHP seven or so", "8.2", None),
        ("php", ">=7.4", "the newest", None),
        ("node", ">=18", "20.1.0", True),
        ("node", "^18 || ^20", "22", False),
        ("node", "18", "18.4.0", True),
        ("node", "18", "20", False),
        ("python", ">=3.9,<3.13", "3.11", True),
        ("python", ">=3.9,<3.13", "3.13", False),
        ("wordpress", "6.4", "6.4", True),
        ("wordpress", "6.5", "6.4.5", False),
        ("wordpress", "6.5", "6.5-beta1", False),
        ("woocommerce", "9.0", "9.4.2", True),
        ("plugin:acf", "", "1.0", True),
        ("mysql", "5.5.5", "8.0.36", True),
    ],
)
def test_one_requirement(requirement: str, needs: str, version: str, expected: bool | None) -> None:
    assert allows(requirement, needs, version, SCHEMES) is expected


def test_every_environment_has_to_do() -> None:
    facts = Facts(php=("8.3", "8.1"))
    assert check({"php": "8.2"}, facts, SCHEMES) == Checked((Unmet("php", "8.2", "8.1"),))
    assert check({"php": "<8.2"}, facts, SCHEMES).unmet == (Unmet("php", "<8.2", "8.3"),)


def test_what_is_not_known_is_not_checked_and_told() -> None:
    said = check({"php": "8.2", "node": ">=18", "wordpress": "no idea"}, Facts(wordpress="6.4"), SCHEMES)
    assert said == Checked((), ("php", "node", "wordpress"))


def test_plugins_are_checked_where_the_repository_holds_them() -> None:
    needs = {"plugin:woocommerce": ""}
    assert check(needs, Facts(), SCHEMES).unchecked == ("plugin:woocommerce",)
    assert check(needs, Facts(plugins={}), SCHEMES).unmet == (Unmet("plugin:woocommerce", "", ""),)
    assert check(needs, Facts(plugins={"woocommerce": "9.4"}), SCHEMES) == Checked()
    assert check(needs, Facts(plugins={}), SCHEMES, already=needs).unchecked == ("plugin:woocommerce",)


def test_woocommerce_is_the_plugin_and_matters_only_where_it_is_there() -> None:
    assert check({"woocommerce": "9.5"}, Facts(plugins={"woocommerce": "9.4.2"}), SCHEMES).unmet
    assert check({"woocommerce": "9.5"}, Facts(plugins={"other": "1"}), SCHEMES) == Checked()


@pytest.mark.parametrize(
    ("unmet", "words"),
    [
        (Unmet("php", ">=8.2", "8.1"), "PHP 8.2"),
        (Unmet("php", "8.2", "8.1"), "PHP 8.2"),
        (Unmet("php", "<8.0", "8.1"), "PHP <8.0"),
        (Unmet("plugin:acf", "", ""), "the plugin acf"),
        (Unmet("wordpress", "6.5", "6.4"), "WordPress 6.5"),
    ],
)
def test_a_requirement_in_words(unmet: Unmet, words: str) -> None:
    assert unmet.needed == words


def test_another_proposal_lifts_only_what_it_meets() -> None:
    coming = {"php": Coming("8.3", "PHP 8.1 → 8.3")}
    assert lift(Unmet("php", "8.2", "8.1"), coming, SCHEMES) == "PHP 8.1 → 8.3"
    assert lift(Unmet("php", "8.4", "8.1"), coming, SCHEMES) == ""
    assert lift(Unmet("wordpress", "6.5", "6.4"), coming, SCHEMES) == ""


def installed(needs: str, *releases: tuple[str, str]) -> tuple[Dependency, Listing]:
    one = dependency("Old Slider", "2.1", requires={"php": needs} if needs else {})
    return one, listing(*(release(version, requires={"php": php}) for version, php in releases))


def test_what_forbids_a_runtime() -> None:
    old = installed("<8.2", ("2.1", "<8.2"), ("2.2", ">=7.4 <8.2"))
    (found,) = blockers("php", "8.2", [old, installed(">=7.4"), installed("")], SCHEMES)
    assert found == Blocker("Old Slider", "2.1", "<8.2", "php", "8.2")
    assert found.sentence == "Old Slider 2.1: no release for PHP 8.2+"


def test_a_blocker_that_has_a_way_out_names_it() -> None:
    (found,) = blockers("php", "8.2", [installed("<8.2", ("2.2", "<8.2"), ("3.0", ">=8.0"))], SCHEMES)
    assert found.sentence == "Old Slider 2.1 allows only <8.2: update it to 3.0 first"


def test_what_the_listing_says_of_the_installed_version_counts() -> None:
    assert blockers("php", "8.2", [installed("", ("2.1", "<8.2"))], SCHEMES)
    assert not blockers("php", "8.2", [(dependency(), None)], SCHEMES)
