"""Charts: positions that fit the drawing, words for what is drawn, and nothing drawn of nothing."""

import math
import re

import pytest

from maintainer.evidence import Measurement
from maintainer.writers.verify_charts import BEFORE, DOTS, POINTS, Series, curves, strip, ticks
from maintainer.writers.verify_words import duration, metric, value


def made(*samples: float, side: str = "head", unit: str = "ms") -> Measurement:
    return Measurement("lighthouse", "lcp", "/ on mobile", unit, samples, "head" if side == "head" else "base")  # type: ignore[arg-type]


def numbers(path: str) -> list[float]:
    return [float(one) for one in re.findall(r"-?\d+(?:\.\d+)?", path)]


def test_both_sides_stand_over_one_scale_and_the_limit_too() -> None:
    drawn = strip([made(2600, 2700, 2800), made(2000, 2100, 2200, side="base")], 2500)
    assert drawn
    before, after = drawn.lanes
    assert (before.label, after.label) == ("before", "with the change")
    assert drawn.limit and before.median < drawn.limit.at < after.median
    assert drawn.words == (
        "LCP of / on mobile: before 2.1 s (2 s to 2.2 s, 3 samples), with the change 2.7 s (2.6 s to 2.8 s, 3 samples)"
        "; the limit is 2.5 s"
    )


@pytest.mark.parametrize("samples", [(), (5.0,), (5.0, 5.0), (math.nan, math.inf)], ids=str)
def test_what_does_not_vary_is_no_chart(samples: tuple[float, ...]) -> None:
    assert strip([made(*samples)]) is None


def test_a_limit_far_away_does_not_squeeze_the_samples() -> None:
    drawn = strip([made(10, 12)], 100_000)
    assert drawn and drawn.limit is None
    assert numbers(drawn.lanes[0].path)[0] < 10


@pytest.mark.parametrize("count", [DOTS, DOTS + 1, 20_000])
def test_everything_is_within_the_drawing(count: int) -> None:
    drawn = strip([made(*(float(n * n) for n in range(count)))])
    assert drawn
    (lane,) = drawn.lanes
    assert lane.dots == (count <= DOTS)
    assert len(lane.path) < 5000
    assert all(-1 <= number <= 101 for number in numbers(lane.path))
    assert all(0 <= tick.at <= 100 for tick in drawn.ticks)
    assert f"{count} samples" in lane.words


def test_a_peak_of_a_long_curve_is_kept() -> None:
    points = tuple((float(n), 1000.0 if n == 7001 else 10.0) for n in range(10_000))
    drawn = curves("Latency", [Series("p95", points)], y_unit="ms")
    assert drawn
    (line,) = drawn.lines
    assert line.path.count("L") < POINTS
    assert min(numbers(line.path)[1::2]) < 10
    assert "10 ms to 1 s" in drawn.words


def test_a_gap_in_time_is_no_line() -> None:
    points = (*((float(n), 1.0) for n in range(10)), *((float(n), 1.0) for n in range(100, 110)))
    drawn = curves("Rate", [Series("answered", points)])
    assert drawn and drawn.lines[0].path.count("M") == 2


def test_both_sides_of_a_thing_are_drawn_alike() -> None:
    points = ((0.0, 1.0), (1.0, 2.0))
    series = [Series("p50", points), Series("p95", points), Series("p95" + BEFORE, points, "base")]
    drawn = curves("Latency", series)
    assert drawn and [line.style for line in drawn.lines] == [0, 1, 1]


def test_nothing_is_no_chart() -> None:
    assert curves("Latency", [Series("p95", ()), Series("p50", ((0.0, math.nan),))]) is None


def test_one_point_is_one_dot() -> None:
    drawn = curves("Latency", [Series("p95", ((3.0, 7.0),))])
    assert drawn and drawn.lines[0].path.endswith("h0")


@pytest.mark.parametrize(
    ("low", "high", "unit", "said"),
    [
        (0, 1000, "ms", ["0 ms", "500 ms", "1 s"]),
        (0, 600, "s", ["0 s", "5 min", "10 min"]),
        (0, 4, "s", ["0 s", "2 s", "4 s"]),
        (0, 1, "share", ["0 %", "50 %", "100 %"]),
        (0.07, 0.09, "", ["0.07", "0.08", "0.09"]),
    ],
)  # fmt: skip
def test_ticks_are_round_numbers(low: float, high: float, unit: str, said: list[str]) -> None:
    assert [tick.text for tick in ticks(low, high, unit, 2)] == said  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("number", "unit", "said"),
    [
        (2510, "ms", "2.51 s"), (180, "ms", "180 ms"), (0.25, "s", "250 ms"), (90, "s", "1.5 min"),
        (1_250_000, "bytes", "1.25 MB"), (310_000, "bytes", "310 kB"), (12, "bytes", "12 B"), (0.005, "share", "0.5 %"),
        (0.93, "score", "93 of 100"), (39.61, "per_s", "39.6/s"), (12_345, "count", "12\u202f345"), (0.1, "", "0.1"),
        (math.nan, "ms", "?"), (0, "bytes", "0 B"),
    ],
)  # fmt: skip
def test_numbers_are_said_as_people_write_them(number: float, unit: str, said: str) -> None:
    assert value(number, unit) == said  # type: ignore[arg-type]


def test_metrics_and_times_have_words() -> None:
    assert [metric(name) for name in ("lcp", "lcp-growth", "bytes_script", "cold-ttfb")] == [
        "LCP",
        "LCP growth",
        "script bytes",
        "cold ttfb",
    ]
    assert [duration(one) for one in (0.85, 3.14, 245, 3720, 7200)] == [
        "850 ms",
        "3.14 s",
        "4 min 5 s",
        "1 h 2 min",
        "2 h",
    ]
