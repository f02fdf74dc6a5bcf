"""When visitors arrive, what they do, and the record that is kept of it."""

from itertools import islice, pairwise

import numpy as np
import pytest

from maintainer.checks.load_arrivals import Block, Segment, Shape, arrivals, blocks, shaped, turns
from maintainer.checks.load_knee import Tried, search
from maintainer.checks.load_samples import SIZE, packed, read


def test_a_constant_rate_is_evenly_spaced() -> None:
    assert list(arrivals(shaped("constant", 4, 2, 1))) == [0, 0.25, 0.5, 0.75, 1, 1.25, 1.5, 1.75]


@pytest.mark.parametrize("shape", ["constant", "ramp", "spike", "soak", "peak"])
def test_as_many_come_as_the_rate_adds_up_to(shape: Shape) -> None:
    segments = shaped(shape, 7.3, 40, 3)
    times = list(arrivals(segments))
    assert len(times) == Block("head", 0, segments).visitors
    assert times[0] == 0
    assert times[-1] < 40
    assert all(later > earlier for earlier, later in pairwise(times))
    # In each quarter as many as the rate has area there.
    for quarter in range(4):
        seen = sum(10 * quarter <= at < 10 * quarter + 10 for at in times)
        area = sum(rate_at(segments, 10 * quarter + at / 100) / 100 for at in range(1000))
        assert seen == pytest.approx(area, abs=1.5)


def rate_at(segments: tuple[Segment, ...], at: float) -> float:
    for one in segments:
        if at <= one.seconds:
            return one.first + (one.last - one.first) * at / one.seconds
        at -= one.seconds
    return 0.0


def test_a_spike_and_a_peak_are_multiples_of_the_rate() -> None:
    assert Block("head", 0, shaped("spike", 5, 60, 4)).peak == 20
    assert Block("head", 0, shaped("peak", 5, 60, 3)).peak == 15
    assert Block("head", 0, shaped("ramp", 5, 60, 3)).peak == 5


def test_both_sides_take_turns_and_neither_is_always_first() -> None:
    made = blocks(shaped("constant", 10, 8, 1), ("base", "head"), pairs=4, warm_up=1, pause=0.5)
    warm, rest = made[:2], made[2:]
    assert [one.side for one in warm] == ["base", "head"]
    assert "".join(one.side[0] for one in rest) == "hbbhhbbh"
    assert all(one.warm for one in warm)
    assert not any(one.warm for one in rest)
    assert {one.seconds for one in rest} == {2}
    assert all(later.at >= earlier.at + earlier.seconds + 0.5 for earlier, later in pairwise(made))


def test_one_side_alone_is_one_block() -> None:
    (one,) = blocks(shaped("constant", 10, 8, 1), ("head",), pairs=4)
    assert (one.at, one.seconds, one.visitors) == (0, 8, 80)


def test_turns_keep_to_the_weights_at_any_time() -> None:
    taken = list(islice(turns([3, 1]), 400))
    assert taken[:4] == [0, 0, 1, 0]
    assert all(taken[at : at + 8].count(1) == 2 for at in range(0, 400, 8))


def test_samples_are_read_as_they_were_packed_in_the_order_they_were_meant() -> None:
    later = packed(1, 2, 3, 4, 5, 404, 4_000_000_000, 2.5, 2.75, 3.125)
    earlier = packed(65535, 255, 0, 0, 0, 200, 0, 1.5, 1.5, 1.75)
    samples = read(later + earlier + b"cut")
    assert len(later) == SIZE == 36
    assert samples["intended"].tolist() == [1.5, 2.5]
    assert samples[1].tolist() == (1, 2, 3, 4, 5, 404, 4_000_000_000, 2.5, 2.75, 3.125)
    assert len(read(b"")) == 0


@pytest.mark.parametrize(
    ("capacity", "tried"),
    [(10, [1, 2, 4, 8, 16, 12, 10]), (3, [1, 2, 4, 3, 3.5]), (100, [1, 2, 4, 8, 16, 20]), (0.5, [1])],
)
def test_the_knee_is_searched_by_doubling_and_halving(capacity: float, tried: list[float]) -> None:
    rates = [one.rate for one in search(lambda rate: Tried(rate, 0, rate <= capacity), 1, 20)]
    assert rates == pytest.approx(tried)
    assert np.isfinite(rates).all()
