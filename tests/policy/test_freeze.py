"""Date ranges in which nothing moves."""

from datetime import timedelta

from maintainer.policy.freeze import holding, thaws
from maintainer.policy.rulebook import Freeze
from tests.planning.values import NOW

DAY = timedelta(days=1)


def freeze(name: str, since: int, until: int, **more: frozenset[str] | tuple[str, ...]) -> Freeze:
    return Freeze(name, NOW + since * DAY, NOW + until * DAY, **more)  # type: ignore[arg-type]


def test_a_freeze_is_half_open() -> None:
    one = freeze("a", 0, 1)
    assert holding([one], NOW, "merge") is one
    assert holding([one], NOW + DAY, "merge") is None
    assert holding([one], NOW - timedelta(microseconds=1), "merge") is None


def test_a_freeze_holds_what_it_applies_to() -> None:
    assert holding([freeze("a", 0, 1)], NOW, "propose") is None
    assert holding([freeze("a", 0, 1, applies_to=frozenset({"propose"}))], NOW, "propose") is not None


def test_the_one_that_ends_last_is_named() -> None:
    found = holding([freeze("long", -9, 9), freeze("short", -1, 1)], NOW, "merge")
    assert found is not None
    assert found.name == "long"


def test_it_thaws_after_the_last_of_a_chain() -> None:
    chain = [freeze("c", 5, 8), freeze("a", -1, 2), freeze("b", 2, 5), freeze("later", 9, 10)]
    assert thaws(chain, NOW, "merge") == NOW + 8 * DAY
    assert thaws(chain, NOW + 8 * DAY, "merge") is None


def test_severities_and_packages_may_be_exempt() -> None:
    one = freeze("a", 0, 1, exempt_packages=("stripe*",))
    assert holding([one], NOW, "merge", ["critical"]) is None
    assert holding([one], NOW, "merge", ["medium", "unknown"]) is one
    assert holding([one], NOW, "merge", names=["Stripe-Gateway"]) is None
    assert holding([one], NOW, "merge", names=["paypal"]) is one
