"""Shards: every site once, balanced, and the same whoever asks."""

import random
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from maintainer.planning.fleet import UNMEASURED, Done, Shard, balanced, left

NAMES = st.lists(st.text("abcdefgh", min_size=1, max_size=4), unique=True, max_size=30)
COSTS = st.dictionaries(
    st.text("abcdefgh", min_size=1, max_size=4), st.floats(allow_nan=True, allow_infinity=True, width=32), max_size=30
)


@settings(max_examples=150, deadline=None)
@given(NAMES, COSTS, st.integers(1, 12), st.randoms(use_true_random=False))
def test_every_site_is_in_one_shard_and_the_order_of_the_input_is_nothing(
    names: list[str], costs: dict[str, float], shards: int, dice: random.Random
) -> None:
    made = balanced(names, costs, shards)
    assert sorted(name for shard in made for name in shard.sites) == sorted(names)
    assert [shard.number for shard in made] == list(range(1, min(shards, len(names)) + 1))
    assert all(shard.sites for shard in made)
    shuffled, other = list(names), list(costs.items())
    dice.shuffle(shuffled)
    dice.shuffle(other)
    assert balanced(shuffled, dict(other), shards) == made


@settings(max_examples=60, deadline=None)
@given(st.lists(st.integers(1, 50), min_size=1, max_size=7), st.integers(1, 3))
def test_the_longest_shard_is_within_grahams_bound(seconds: list[int], shards: int) -> None:
    costs = {f"s{at}": float(one) for at, one in enumerate(seconds)}
    longest = max(shard.seconds for shard in balanced(list(costs), costs, shards))
    best = min(
        max(sum(one for one, to in zip(seconds, chosen, strict=True) if to == shard) for shard in range(shards))
        for chosen in product(range(shards), repeat=len(seconds))
    )
    assert longest <= (4 / 3 - 1 / (3 * shards)) * best + 1e-9


def test_an_unknown_cost_is_the_median() -> None:
    (shard,) = balanced(["a", "b", "c", "new"], {"a": 1, "b": 10, "c": 100}, 1)
    assert shard == Shard(1, ("c", "b", "new", "a"), 121)


def test_without_costs_shards_have_as_many_sites() -> None:
    made = balanced([f"s{n}" for n in range(10)], {}, 4)
    assert [len(shard.sites) for shard in made] == [3, 3, 2, 2]
    assert made[0].seconds == 3 * UNMEASURED


def test_sites_that_cost_nothing_are_spread_too() -> None:
    assert [len(shard.sites) for shard in balanced("abcd", dict.fromkeys("abcd", 0.0), 2)] == [2, 2]


@pytest.mark.parametrize("cost", [-1.0, float("inf"), float("nan")], ids=str)
def test_an_absurd_cost_is_no_cost(cost: float) -> None:
    assert balanced(["a", "b"], {"a": cost, "b": 7.0}, 1)[0].seconds == 14


def test_no_sites_are_no_shards() -> None:
    assert balanced([], {}, 5) == ()


def test_what_is_left_is_what_has_no_result_of_this_plan_and_entry() -> None:
    entries = {"done": "1", "changed": "2", "old": "3", "new": "4"}
    done = {"done": Done("p", "1"), "changed": Done("p", "1"), "old": Done("q", "3"), "gone": Done("p", "9")}
    assert left(entries, "p", done) == ["changed", "old", "new"]
