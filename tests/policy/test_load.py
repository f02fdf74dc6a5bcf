"""The verdicts on a load: what fails, what passes, and what nobody can tell."""

from dataclasses import replace

import numpy as np
import pytest

from maintainer.evidence import Blind, Evidence, Measurement, Observation, Side, Unit, Verdict
from maintainer.policy.load import USUAL, Limit, Wanted, judge

WANTED = Wanted([USUAL, Limit(p99=3000), Limit(("cart",), p95=300)])


def made(metric: str, values: object, where: str = "", side: Side = "head", unit: Unit = "ms") -> Measurement:
    return Measurement(
        "load", metric, where, unit, tuple(np.atleast_1d(np.asarray(values, dtype=float)).tolist()), side
    )


def sound(side: Side = "head", seed: int = 1, slower: float = 1.0, samples: int = 1000) -> list[Measurement]:
    """A load of two endpoints that is as it should be."""
    rng = np.random.default_rng(seed)
    both: list[Measurement] = []
    for where in ("", "home", "cart"):
        factor = slower if where in ("", "cart") else 1.0
        both += [
            made("latency", rng.lognormal(4.5, 0.4, samples) * factor, where, side),
            made("failed", 0, where, side, "count"),
            made("p50-parts", rng.lognormal(4.5, 0.03, 10) * factor, where, side),
            made("p95-parts", rng.lognormal(5.1, 0.06, 10) * factor, where, side),
            made("medians", rng.lognormal(4.5, 0.05, 20), where, side),
        ]
    return [
        *both,
        made("offered", [20.0] * 10, "", side, "per_s"),
        made("answered", [20.0] * 10, "", side, "per_s"),
        made("silence", [0.2, 3.0], "", side, "s"),
        made("planned", samples, "", side, "count"),
        made("begun", samples, "", side, "count"),
        made("late", np.full(samples, 2.0), "", side),
        made("open", 4, "", side, "count"),
        made("cart", 1.0, "", side, "share"),
        made("carts", 200, "", side, "count"),
    ]


def judged(
    *changed: Measurement, baseline: bool = False, blind: str = "", causes: tuple[str, ...] = ()
) -> list[Verdict]:
    """The verdicts on a sound load but for what is `changed`."""
    key = {(one.metric, one.where, one.side) for one in changed}
    rest = [*sound(), *(sound("base", 2) if baseline else [])]
    kept = [one for one in rest if (one.metric, one.where, one.side) not in key]
    evidence = Evidence(
        (*kept, *changed),
        tuple(Observation("load", "errors", "cart", cause, cause, told=True) for cause in causes),
        (Blind("load", "", blind),) if blind else (),
    )
    return list(judge(evidence, WANTED, baseline=baseline))


def outcomes(verdicts: list[Verdict], outcome: str) -> dict[tuple[str, str], str]:
    return {(one.rule, one.where): one.reason for one in verdicts if one.outcome == outcome}


def test_a_sound_load_passes() -> None:
    verdicts = judged()
    assert outcomes(verdicts, "fail") == outcomes(verdicts, "inconclusive") == {}
    assert set(outcomes(verdicts, "skipped")) == {("p50-growth", one) for one in ("", "home", "cart")} | {
        ("p95-growth", "")
    }
    assert {
        ("p95", ""),
        ("p99", "home"),
        ("errors", "cart"),
        ("throughput", ""),
        ("stall", ""),
        ("drift", "home"),
    } <= set(outcomes(verdicts, "pass"))


def test_the_last_limit_that_names_an_endpoint_counts() -> None:
    limits = {one.where: one.limit for one in judged() if one.rule == "p95"}
    assert limits == {"": 2000, "home": 2000, "cart": 300}


def test_nothing_measured_is_no_verdict_and_no_pass() -> None:
    assert judge(Evidence(), WANTED, baseline=False) == ()


def test_a_percentile_over_its_limit_fails_and_close_to_it_nobody_knows() -> None:
    over = outcomes(judged(made("latency", np.linspace(100, 4000, 1000))), "fail")
    assert over["p95", ""].startswith("p95 of all requests is 3.81 s (")
    assert "over the 2.00 s that are allowed" in over["p95", ""]
    close = judged(made("latency", np.linspace(100, 2105, 1000)))
    assert "too few requests to tell" in outcomes(close, "inconclusive")["p95", ""]


def test_few_requests_pass_an_endpoint_when_even_the_slowest_is_within() -> None:
    assert "even the slowest" in outcomes(judged(made("latency", [90.0] * 25, "cart")), "pass")["p95", "cart"]
    assert ("p95", "cart") in outcomes(judged(made("latency", [90.0] * 19, "cart")), "inconclusive")
    assert ("p95", "cart") in outcomes(judged(made("latency", [90.0] * 24 + [301], "cart")), "inconclusive")
    assert ("p95", "") in outcomes(judged(made("latency", [90.0] * 99)), "inconclusive")
    assert ("errors", "") in outcomes(judged(made("latency", [90.0] * 99)), "inconclusive")


@pytest.mark.parametrize(
    ("failed", "outcome"), [(0, "pass"), (5, "pass"), (7, "inconclusive"), (12, "fail"), (1000, "fail")]
)
def test_errors_fail_when_they_are_surely_too_many(failed: int, outcome: str) -> None:
    (one,) = (each for each in judged(made("failed", failed)) if (each.rule, each.where) == ("errors", ""))
    assert one.outcome == outcome


def test_errors_name_their_causes() -> None:
    verdicts = judged(made("failed", 40, "cart"), made("failed", 40), causes=("39 times: answered 500", "says “empty”"))
    whole = outcomes(verdicts, "fail")["errors", ""]
    assert whole == (
        "4 % failed (40 of 1000 requests; 0.5 % are allowed): cart 39 times: answered 500; cart says “empty”"
    )
    assert ("errors", "home") in outcomes(verdicts, "pass")


def test_a_ceiling_fails_and_is_no_leak() -> None:
    slower = made("medians", np.linspace(100, 3000, 20))
    found = outcomes(
        judged(made("answered", [12.0] * 10, unit="per_s"), made("open", 90, unit="count"), slower), "fail"
    )
    assert found["throughput", ""].startswith("12 requests a second is its ceiling: 20 came; up to 90 waited at once")
    assert ("drift", "") not in found


def test_lost_carts_fail() -> None:
    found = outcomes(judged(made("cart", 0.9, unit="share"), causes=("the cart was lost: says “empty”",)), "fail")
    assert found["cart", ""] == (
        "20 of 200 carts did not hold what was put in; 99.5 % must: the cart was lost: says “empty”"
    )


def test_a_stall_fails_unless_it_was_there_before() -> None:
    stall = made("silence", [3.0, 5.0], unit="s")
    assert (
        "for 3.0 s nothing was answered while visitors waited, 5 s into" in outcomes(judged(stall), "fail")["stall", ""]
    )
    before = made("silence", [3.1, 2.0], "", "base", "s")
    assert outcomes(judged(stall, before, baseline=True), "pass")["stall", ""].startswith("as before: for 3.0 s")


def test_a_leak_fails_unless_it_was_there_before() -> None:
    leak = made("medians", np.linspace(100, 400, 20), "cart")
    assert "something fills up or leaks" in outcomes(judged(leak), "fail")["drift", "cart"]
    before = made("medians", np.linspace(100, 390, 20), "cart", "base")
    assert "as before" in outcomes(judged(leak, before, baseline=True), "pass")["drift", "cart"]


def test_a_step_halfway_is_no_leak_for_sure() -> None:
    step = made("medians", [100.0] * 10 + [300.0] * 10, "cart")
    assert "at once and not steadily" in outcomes(judged(step), "inconclusive")["drift", "cart"]
    # Beside a baseline that kept its pace it was not the machine.
    assert ("drift", "cart") in outcomes(judged(step, baseline=True), "fail")


def test_what_got_slower_is_told_apart() -> None:
    slower = [replace(one) for one in sound("head", 3, slower=1.6)]
    found = outcomes(judged(*slower, baseline=True), "fail")
    assert set(found) == {("p50-growth", ""), ("p95-growth", ""), ("p50-growth", "cart")}
    assert "only cart did: look at what it alone does, such as a slow query" in found["p50-growth", ""]


@pytest.mark.parametrize("seed", range(40))
def test_an_unchanged_shop_raises_no_alarm(seed: int) -> None:
    verdicts = judged(*sound("head", 2 * seed + 10), *sound("base", 2 * seed + 11), baseline=True)
    assert outcomes(verdicts, "fail") == {}


def test_milliseconds_nobody_notices_are_no_growth() -> None:
    parts = [(name, side, value) for name in ("p50", "p95") for side, value in (("base", 1.0), ("head", 2.0))]
    quick = [made(f"{name}-parts", np.full(10, value), "", side) for name, side, value in parts]  # type: ignore[arg-type]
    assert {("p50-growth", ""), ("p95-growth", "")} <= set(outcomes(judged(*quick, baseline=True), "pass"))


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        (made("begun", 979, unit="count"), "only 97.9 % of the visitors could be sent"),
        (made("late", [1.0] * 950 + [400.0] * 50), "started one request in a hundred 400 ms late or more"),
        (made("cpu", [0.99] * 10, unit="share"), "used 99 % of its core"),
    ],
    ids=["achieved", "late", "busy"],
)
def test_a_generator_that_cannot_keep_up_says_nothing_of_the_site(changed: Measurement, reason: str) -> None:
    slow = made("latency", np.full(1000, 9000.0))
    verdicts = judged(changed, slow, made("failed", 100))
    assert reason in outcomes(verdicts, "inconclusive")["generator", ""]
    assert outcomes(verdicts, "pass") == {}
    # An error is one, whoever was slow.
    assert set(outcomes(verdicts, "fail")) == {("errors", "")}


def test_a_load_that_was_cut_short_passes_nothing() -> None:
    verdicts = judged(made("failed", 100, "cart"), blind="it was ended after 9 s")
    assert outcomes(verdicts, "pass") == {}
    assert set(outcomes(verdicts, "fail")) == {("errors", "cart")}
    assert "it was ended after 9 s" in outcomes(verdicts, "inconclusive")["p95", ""]


@pytest.mark.parametrize(
    ("least", "held", "outcome", "reason"),
    [
        (None, [1, 1, 1, 0, 0, 1], "pass", "it holds 5 visitors a second and breaks at 6; before the change up to 4"),
        (4.0, [1, 1, 1, 0, 0, 1], "pass", "it holds 5 visitors a second and breaks at 6"),
        (5.5, [1, 1, 1, 0, 0, 1], "inconclusive", "5.5 must be held. Search in smaller steps"),
        (6.0, [1, 1, 1, 0, 0, 1], "fail", "it holds 5 visitors a second and breaks at 6"),
        (10.0, [1, 1, 1, 1, 1, 1], "inconclusive", "it holds 8 visitors a second, the most that was tried"),
        (None, [0], "fail", "it breaks at 1 visitors a second, the least that was tried"),
    ],
)
def test_the_knee_is_told_and_held_to_what_is_wanted(
    least: float | None, held: list[float], outcome: str, reason: str
) -> None:
    rates = [1, 2, 4, 8, 6, 5][: len(held)]
    tried = (made("knee-rate", rates), made("knee-held", held))
    before = (made("knee-rate", [1, 2, 4, 8], "", "base"), made("knee-held", [1, 1, 1, 0], "", "base"))
    evidence = Evidence((*sound(), *tried, *before))
    (one,) = (each for each in judge(evidence, replace(WANTED, knee=least), baseline=True) if each.rule == "knee")
    assert one.outcome == outcome
    assert reason in one.reason
