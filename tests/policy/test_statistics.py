from math import inf, isinf

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from maintainer.policy.statistics import (
    ALPHA,
    EXACT,
    Comparison,
    Series,
    compare,
    holm,
    interval,
    least_pairs,
    percentile,
)
from tests.policy import noise

TIMES = st.floats(min_value=50, max_value=60_000)


def runs(least: int = 1, most: int = 12) -> st.SearchStrategy[tuple[list[float], list[float]]]:
    return st.lists(st.tuples(TIMES, TIMES), min_size=least, max_size=most).map(
        lambda made: ([base for base, _ in made], [head for _, head in made])
    )


def one(base: list[float], head: list[float], alpha: float = ALPHA, **more: float) -> Comparison:
    return compare({"lcp": Series(base, head, **more)}, alpha)["lcp"]


# what a decision is


def test_every_pair_slower_is_worse() -> None:
    found = one([1000.0] * 10, [1200.0 + step for step in range(10)])
    assert found.answer == "worse"
    assert found.ratio == pytest.approx(1.2045, abs=0.001)
    assert found.low <= found.ratio <= found.high
    assert found.chance == 2**-10


def test_the_same_numbers_are_fine() -> None:
    assert one([1000.0] * 10, [1000.0] * 10) == Comparison("fine", 1.0, 1.0, 1.0, 1.0, 10)


def test_slower_by_less_than_the_floor_is_fine_however_certain() -> None:
    assert one([1000.0] * 20, [1029.0] * 20).answer == "fine"
    assert one([1000.0] * 20, [1031.0] * 20).answer == "worse"


def test_what_is_noisy_is_unknown() -> None:
    assert one([1000, 2000, 1500, 900, 1800, 1000, 2500], [2000, 1000, 900, 1500, 1000, 1900, 1000]).answer == "unknown"


def test_nothing_measured_is_unknown() -> None:
    assert one([], []) == Comparison("unknown", 1.0, 0.0, inf, 1.0, 0)


@given(runs(3, 3))
def test_three_against_three_never_make_it_worse_or_fine(made: tuple[list[float], list[float]]) -> None:
    assert one(*made).answer == "unknown"


@pytest.mark.parametrize("metrics", [1, 3, 12])
def test_no_number_of_slow_runs_below_the_least_pairs_is_proof(metrics: int) -> None:
    least = least_pairs(metrics)

    def answers(pairs: int) -> set[str]:
        series = {f"m{number}": Series([1000.0] * pairs, [9000.0] * pairs) for number in range(metrics)}
        return {found.answer for found in compare(series).values()}

    assert "worse" not in answers(least - 1)
    assert answers(least) == {"worse"}


def test_the_least_pairs_are_these() -> None:
    assert [least_pairs(metrics) for metrics in (0, 1, 2, 3, 6, 24)] == [6, 6, 7, 8, 9, 11]


def test_zero_is_compared_by_its_grain() -> None:
    nothing, little, much = [0.0] * 10, [3.0] * 10, [150.0] * 10
    assert one(nothing, little, grain=50, tolerated=0.1).answer == "worse"
    assert one(nothing, [1.0] * 10, grain=50).answer == "fine"
    assert one(nothing, much, grain=50).ratio == pytest.approx(4)
    assert one(nothing, nothing).answer == "fine"


@pytest.mark.parametrize(
    ("base", "head", "more"),
    [
        ([1.0, 2.0], [1.0], {}),
        ([-1.0], [1.0], {}),
        ([float("nan")], [1.0], {}),
        ([1.0], [inf], {}),
        ([1.0], [1.0], {"tolerated": 0.01}),
    ],
    ids=["no partner", "negative", "not a number", "infinite", "tolerance below the floor"],
)
def test_what_can_be_no_measurement_is_refused(base: list[float], head: list[float], more: dict[str, float]) -> None:
    with pytest.raises(ValueError, match="lcp: "):
        one(base, head, **more)


# laws


@given(runs(), st.floats(min_value=0.01, max_value=100))
def test_the_unit_doesnt_matter(made: tuple[list[float], list[float]], factor: float) -> None:
    before = one(*made)
    base, head = ([value * factor for value in side] for side in made)
    after = one(base, head)
    assert [after.ratio, after.low, after.high] == pytest.approx([before.ratio, before.low, before.high])


@given(runs())
def test_the_sides_swapped_turn_the_ratio_over(made: tuple[list[float], list[float]]) -> None:
    base, head = made
    there, back = one(base, head), one(head, base)
    assert there.ratio * back.ratio == pytest.approx(1)
    if there.low and not isinf(there.high):
        assert there.low * back.high == pytest.approx(1)


@given(runs())
def test_the_ratio_lies_in_its_interval(made: tuple[list[float], list[float]]) -> None:
    found = one(*made)
    assert found.low <= found.ratio * (1 + 1e-9)
    assert found.high >= found.ratio * (1 - 1e-9)


@given(runs())
def test_the_order_of_the_pairs_doesnt_matter(made: tuple[list[float], list[float]]) -> None:
    order = sorted(range(len(made[0])), key=lambda at: made[1][at])
    base, head = ([side[at] for at in order] for side in made)
    assert one(base, head).answer == one(*made).answer
    assert one(base, head).ratio == pytest.approx(one(*made).ratio)


@given(runs(), st.floats(min_value=1.0, max_value=3.0))
def test_a_slower_head_is_never_called_better(made: tuple[list[float], list[float]], factor: float) -> None:
    base, head = made
    rank = {"fine": 0, "unknown": 1, "worse": 2}
    slower = one(base, [value * factor for value in head])
    assert rank[slower.answer] >= rank[one(base, head).answer]


@settings(max_examples=30)
@given(runs(8, 12), st.integers(min_value=1, max_value=40))
def test_more_metrics_make_none_of_them_worse(made: tuple[list[float], list[float]], others: int) -> None:
    still = {f"m{number}": Series([1000.0] * 8, [1000.0] * 8) for number in range(others)}
    together = compare({"lcp": Series(*made)} | still)["lcp"]
    if one(*made).answer != "worse":
        assert together.answer != "worse"
    assert together.ratio == one(*made).ratio


def test_what_is_drawn_by_lot_says_what_all_subsets_say() -> None:
    """One pair more than are taken whole: the chance is close to the true one."""
    rng = np.random.default_rng(5)
    for pairs in (EXACT, EXACT + 1):
        base, head = noise.pairs(noise.CALM.series(rng, 2 * pairs)[0], 0.06)
        found = compare({"lcp": Series(np.exp(base).tolist(), np.exp(head).tolist())})["lcp"]
        gaps = np.asarray(head - base) - np.log(1.03)
        signs = rng.choice([-1.0, 1.0], (200_000, pairs))
        flipped = float(np.mean(signs @ np.abs(gaps) >= gaps.sum() - 1e-12))
        assert found.chance == pytest.approx(flipped, rel=0.15, abs=0.003)


def test_the_same_runs_say_the_same_again() -> None:
    rng = np.random.default_rng(6)
    base, head = np.exp(noise.BUSY.series(rng, 40, 2)).tolist()
    assert one(base, head) == one(base, head)


# several tests together


def test_holms_steps_are_those_of_the_textbook() -> None:
    assert holm({"a": 0.01, "b": 0.04, "c": 0.03, "d": 0.005}, 0.05) == {"a", "d"}
    assert holm({"a": 0.001, "b": 0.02, "c": 0.024, "d": 0.05}, 0.05) == {"a"}
    assert holm({"a": 0.01, "b": 0.02, "c": 0.03}, 0.05) == {"a", "b", "c"}
    assert holm({}, 0.05) == frozenset()


@given(st.dictionaries(st.text(max_size=3), st.floats(min_value=0, max_value=1), max_size=8))
def test_holm_lies_between_bonferroni_and_no_correction(chances: dict[str, float]) -> None:
    standing = holm(chances, 0.05)
    assert {name for name, chance in chances.items() if chance <= 0.05 / len(chances)} <= standing
    assert all(chances[name] <= 0.05 + 1e-9 for name in standing)


# how often it is wrong, and how often it finds what is there


def found_worse(machine: noise.Machine, slower: float, pairs: int, times: int) -> float:
    """How often one metric is called worse, of so many comparisons of it alone."""
    rng = np.random.default_rng(11)
    base, head = np.exp(noise.pairs(machine.series(rng, 2 * pairs, times), slower))
    found = compare({str(at): Series(base[at].tolist(), head[at].tolist()) for at in range(times)})
    return sum(comparison.chance <= ALPHA for comparison in found.values()) / times


@pytest.mark.parametrize("machine", noise.MACHINES)
@pytest.mark.parametrize("pairs", [6, 10, 20])
def test_an_unchanged_site_is_called_worse_in_two_of_a_hundred_at_most(machine: str, pairs: int) -> None:
    assert found_worse(noise.MACHINES[machine], 0.0, pairs, 1000) <= 0.02


@pytest.mark.parametrize(("machine", "most"), [("calm", 0.02), ("moody", 0.03), ("busy", 0.03)])
def test_exactly_at_the_floor_the_false_alarms_are_those_that_were_asked_for(machine: str, most: float) -> None:
    """The law itself. Neighbouring pairs of a moody machine are a little alike, which costs half a percent."""
    times = 2000
    assert found_worse(noise.MACHINES[machine], 0.03, 10, times) <= most + 2 * (most / times) ** 0.5


@pytest.mark.parametrize(
    ("machine", "slower", "pairs", "least"),
    [("calm", 0.2, 10, 0.75), ("calm", 0.2, 20, 0.97), ("calm", 0.3, 10, 0.97), ("moody", 0.2, 10, 0.97)],
)
def test_what_is_slower_is_found(machine: str, slower: float, pairs: int, least: float) -> None:
    assert found_worse(noise.MACHINES[machine], slower, pairs, 400) >= least


def test_one_recorded_series_raises_no_false_alarm_in_a_thousand_resamplings() -> None:
    """One series of 96 runs of an unchanged site, 1,000 verdicts over three of its metrics."""
    rng = np.random.default_rng(12)
    recorded = noise.BUSY.series(rng, 96, 3)
    alarms = 0
    for _ in range(1000):
        sides = [noise.pairs(noise.resampled(row.tolist(), 20, rng)) for row in recorded]
        found = compare({str(at): Series(*np.exp(side).tolist()) for at, side in enumerate(sides)})
        alarms += any(comparison.answer == "worse" for comparison in found.values())
    assert alarms <= 20


# single numbers


@given(st.lists(TIMES, min_size=1, max_size=60), st.floats(min_value=0, max_value=1))
def test_a_percentile_is_numpys(samples: list[float], share: float) -> None:
    assert percentile(samples, share) == pytest.approx(float(np.quantile(samples, share)))


def test_no_samples_have_no_percentile() -> None:
    with pytest.raises(ValueError, match="no samples"):
        percentile([], 0.5)


@pytest.mark.parametrize(
    ("count", "share", "ranks"),
    [
        (4, 0.5, (None, None)),
        (5, 0.5, (1, 5)),
        (8, 0.5, (2, 7)),
        (10, 0.5, (2, 9)),
        (20, 0.5, (6, 15)),
        (58, 0.95, (52, None)),
        (59, 0.95, (53, 59)),
        (1, 0.5, (None, None)),
    ],
)
def test_the_interval_is_between_the_samples_that_the_sign_test_names(
    count: int, share: float, ranks: tuple[int | None, int | None]
) -> None:
    found = interval([float(rank) for rank in range(1, count + 1)], share)
    assert (None if isinf(found.low) else int(found.low), None if isinf(found.high) else int(found.high)) == ranks


def test_with_many_samples_the_ranks_are_those_of_the_exact_binomial_or_one_further_out() -> None:
    count = 12_000
    below, chance, exact = 0, 1, 0
    for successes in range(count):
        below += chance
        if below * 20 > 2**count:
            exact = successes
            break
        chance = chance * (count - successes) // (successes + 1)
    found = interval([float(rank) for rank in range(1, count + 1)])
    assert exact - 1 <= found.low <= exact
    assert count + 1 - exact <= found.high <= count + 3 - exact


@pytest.mark.parametrize("share", [0.5, 0.95])
def test_an_interval_misses_the_truth_as_seldom_as_it_says(share: float) -> None:
    rng = np.random.default_rng(13)
    times, truth = 500, -float(np.log1p(-share))
    found = [interval(row, share) for row in rng.exponential(1, (times, 80)).tolist()]
    allowed = 0.05 + 3 * (0.05 / times) ** 0.5
    assert sum(one.low > truth for one in found) / times <= allowed
    assert sum(one.high < truth for one in found) / times <= allowed


@given(st.lists(TIMES, min_size=1, max_size=200))
def test_the_value_lies_in_its_interval(samples: list[float]) -> None:
    found = interval(samples)
    assert found.low <= found.value <= found.high
