from collections.abc import Mapping

import pytest

from maintainer.evidence import Blind, Evidence, Measurement, Side, Unit, Verdict
from maintainer.policy.budgets import USUAL, Budget, Growth, for_place, is_enough, judge
from maintainer.policy.metrics import METRICS, said

SHOP = "/shop/ on mobile"
LIMITS = Budget(limits={"lcp": 2500, "bytes_script": 300_000, "score_seo": 0.9}, warn={"lcp": 2000})


def seen(samples: Mapping[str, list[float]], side: Side = "head", place: str = SHOP) -> Evidence:
    return Evidence(
        tuple(
            Measurement("lighthouse", name, place, METRICS[name].unit, tuple(values), side)
            for name, values in samples.items()
        )
    )


def only(budget: Budget, evidence: Evidence, *, baseline: bool = False, place: str = SHOP) -> Verdict:
    (verdict,) = judge(evidence, [budget], [place], baseline=baseline)
    return verdict


# limits


@pytest.mark.parametrize(
    ("samples", "outcome"),
    [
        ([2400.0] * 5, "pass"),
        ([2600.0] * 5, "fail"),
        ([2500.0] * 5, "pass"),
        ([2300, 2350, 2400, 2450, 2600], "inconclusive"),
        ([2300, 2600, 2600, 2700, 2800], "inconclusive"),
        ([9000.0] * 4, "inconclusive"),
        ([100.0], "inconclusive"),
        ([], "inconclusive"),
        ([float("nan")] * 5, "inconclusive"),
        ([-1.0] * 5, "inconclusive"),
        # One wild run among many changes nothing.
        ([2400.0] * 9 + [30_000.0], "pass"),
    ],
)
def test_a_timing_fails_only_where_its_interval_is_over_the_limit(samples: list[float], outcome: str) -> None:
    verdict = only(Budget(limits={"lcp": 2500}), seen({"lcp": samples}))
    assert (verdict.outcome, verdict.rule, verdict.limit) == (outcome, "lcp", 2500)


@pytest.mark.parametrize(
    ("metric", "limit", "samples", "outcome"),
    [
        ("bytes_script", 300_000, [300_001.0], "fail"),
        ("bytes_script", 300_000, [300_000.0], "pass"),
        ("bytes_script", 300_000, [290_000.0, 290_000.0, 900_000.0], "pass"),
        ("requests", 0, [0.0], "pass"),
        ("requests", 0, [1.0], "fail"),
        ("score_seo", 0.9, [0.9], "pass"),
        ("score_seo", 0.9, [0.89], "fail"),
        ("score_seo", 0.9, [], "inconclusive"),
        ("score_performance", 0.9, [0.8] * 5, "fail"),
        ("score_performance", 0.9, [0.85, 0.88, 0.9, 0.95, 0.99], "inconclusive"),
    ],
)
def test_a_fact_is_judged_by_its_median(metric: str, limit: float, samples: list[float], outcome: str) -> None:
    assert only(Budget(limits={metric: limit}), seen({metric: samples})).outcome == outcome


@pytest.mark.parametrize("metric", METRICS)
def test_nothing_measured_is_never_a_pass(metric: str) -> None:
    budget = Budget(limits={metric: 1.0}, growth={metric: Growth(share=0.1)})
    verdicts = judge(Evidence(), [budget], [SHOP], baseline=True)
    assert [verdict.outcome for verdict in verdicts] == ["inconclusive", "inconclusive"]
    assert all("was not measured" in verdict.reason for verdict in verdicts)


def test_why_nothing_was_measured_is_said() -> None:
    blind = Blind("lighthouse", SHOP, "Chrome did not start", "Install it")
    verdict = only(Budget(limits={"lcp": 2500}), Evidence(blind=(blind,)))
    assert verdict.reason == "LCP was not measured: Chrome did not start. Install it"


def test_what_is_missing_before_the_change_alone_is_told_as_that() -> None:
    blind = Blind("lighthouse", SHOP, "the page answers 503", side="base")
    verdict = only(
        Budget(growth={"lcp": Growth(share=0.1)}), seen({"lcp": [1.0]}) + Evidence(blind=(blind,)), baseline=True
    )
    assert verdict.outcome == "inconclusive"
    assert verdict.reason == "LCP of the site before the change was not measured: the page answers 503"


def test_runs_without_their_partners_are_no_pairs() -> None:
    evidence = seen({"lcp": [1000.0] * 10}) + seen({"lcp": [1000.0] * 9}, "base")
    assert only(Budget(growth={"lcp": Growth(share=0.1)}), evidence, baseline=True).outcome == "inconclusive"


def test_the_sentence_says_what_it_is_may_be_must_be_and_was() -> None:
    evidence = seen({"lcp": [3100, 2900, 3000, 3200, 3300]}) + seen({"lcp": [2200.0] * 5}, "base")
    assert only(Budget(limits={"lcp": 2500}), evidence).reason == (
        "LCP is 3.10 s (2.90 s to 3.30 s by 5 runs): over the 2.50 s that are allowed. Before the change it was 2.20 s"
    )


def test_what_is_worth_a_look_passes_with_a_word() -> None:
    verdict = only(Budget(limits={"ttfb": 500}, warn={"ttfb": 200}), seen({"ttfb": [300.0] * 5}))
    assert verdict.outcome == "pass"
    assert verdict.reason.endswith("; over the 200 ms from which it is worth a look")


# growth


def grown(metric: str, growth: Growth, base: list[float], head: list[float]) -> Verdict:
    return only(Budget(growth={metric: growth}), seen({metric: base}, "base") + seen({metric: head}), baseline=True)


@pytest.mark.parametrize(
    ("growth", "head", "outcome"),
    [
        (Growth(amount=50_000), 270_000, "pass"),
        (Growth(amount=50_000), 270_001, "fail"),
        (Growth(share=0.1), 242_000, "pass"),
        (Growth(share=0.1), 242_001, "fail"),
        (Growth(), 220_000, "pass"),
        (Growth(), 220_001, "fail"),
        (Growth(), 1000, "pass"),
    ],
)
def test_a_fact_may_grow_by_so_much(growth: Growth, head: float, outcome: str) -> None:
    assert grown("bytes_script", growth, [220_000.0], [head]).outcome == outcome


@pytest.mark.parametrize(("head", "outcome"), [(0.95, "pass"), (0.9, "pass"), (0.85, "pass"), (0.84, "fail")])
def test_a_score_may_fall_by_so_much(head: float, outcome: str) -> None:
    assert grown("score_accessibility", Growth(amount=0.05), [0.9], [head]).outcome == outcome


def test_the_sentence_on_a_fact_says_by_how_much_it_grew() -> None:
    assert grown("bytes_script", Growth(amount=50_000), [220_000.0], [320_000.0]).reason == (
        "The weight of scripts is 320 kB, 100 kB more than before the change (220 kB); 270 kB at most are allowed"
    )


def test_a_page_that_got_slower_for_sure_fails() -> None:
    verdict = grown("lcp", Growth(share=0.1), [2000.0 + run for run in range(10)], [2500.0 + run for run in range(10)])
    assert (verdict.outcome, verdict.rule, verdict.samples) == ("fail", "lcp-growth", 10)
    assert verdict.reason.startswith("LCP got worse (2.00 s before the change, 2.50 s with it, +25 % to +25 %, by 10")


def test_the_same_page_passes_and_a_noisy_one_is_inconclusive() -> None:
    growth = Growth(share=0.1)
    assert grown("lcp", growth, [2000.0] * 7, [2001.0] * 7).outcome == "pass"
    noisy = [1000, 3000, 1500, 2500, 900, 2800, 2000.0]
    verdict = grown("lcp", growth, noisy, noisy[::-1])
    assert verdict.outcome == "inconclusive"
    assert "too noisy" in verdict.reason


def test_layout_that_shifts_where_none_did_fails() -> None:
    usual = USUAL.growth["cls"]
    assert usual is not None
    assert grown("cls", usual, [0.0] * 10, [0.15] * 10).outcome == "fail"
    assert grown("cls", usual, [0.0] * 10, [0.005] * 10).outcome == "pass"


@pytest.mark.parametrize(("base", "head", "outcome"), [(48, 64, "pass"), (20, 300, "fail"), (200, 296, "fail")])
def test_after_a_click_two_frames_more_are_nobodys_concern(base: float, head: float, outcome: str) -> None:
    usual = USUAL.growth["inp"]
    assert usual is not None
    assert grown("inp", usual, [base] * 10, [head] * 10).outcome == outcome


def test_why_nothing_was_clicked_is_told_of_inp_alone() -> None:
    budget = Budget(limits={"lcp": 2500, "inp": 200})
    blind = (Blind("lighthouse", "", "there is no Lighthouse"), Blind("lighthouse", SHOP, "no button", rule="clicked"))
    lcp, inp = judge(Evidence(blind=blind), [budget], [SHOP], baseline=False)
    assert (lcp.reason, inp.reason) == (
        "LCP was not measured: there is no Lighthouse",
        "INP was not measured: no button",
    )


def test_only_what_is_measured_in_a_place_is_judged_there() -> None:
    budget = Budget(limits={"lcp": 2500, "inp": 200}, growth={"inp": Growth(share=0.2)})
    verdicts = judge(Evidence(), [budget], [SHOP], baseline=True, measured=lambda _, metric: metric != "inp")
    assert [verdict.rule for verdict in verdicts] == ["lcp"]


def test_growth_says_nothing_without_a_baseline() -> None:
    verdict = only(Budget(growth={"lcp": Growth(share=0.1)}), seen({"lcp": [1.0]}))
    assert verdict.outcome == "skipped"
    assert "environments.baseline" in verdict.reason


def test_all_timings_of_all_places_are_judged_together() -> None:
    """What proves something of one page alone is not enough among many."""
    growth = Budget(growth={"lcp": Growth(share=0.1)})
    places = [f"/{number}/ on mobile" for number in range(12)]
    slower = seen({"lcp": [1000.0] * 7}, "base", places[0]) + seen({"lcp": [1300.0] * 7}, "head", places[0])
    assert only(growth, slower, baseline=True, place=places[0]).outcome == "fail"
    still = slower
    for place in places[1:]:
        still += seen({"lcp": [1000.0] * 7}, "base", place) + seen({"lcp": [1000.0] * 7}, "head", place)
    first, *others = judge(still, [growth], places, baseline=True)
    assert first.outcome == "inconclusive"
    assert {verdict.outcome for verdict in others} == {"pass"}


# whether more runs are needed


def test_more_runs_are_wanted_while_anything_is_unknown() -> None:
    budget = Budget(limits={"lcp": 2500})
    assert not is_enough(Evidence(), [budget], SHOP, baseline=False)
    assert not is_enough(seen({"lcp": [2450, 2400, 2600, 2500, 2300]}), [budget], SHOP, baseline=False)
    assert is_enough(seen({"lcp": [2450.0] * 5}), [budget], SHOP, baseline=False)


def test_a_first_look_asks_for_more_certainty_than_the_last() -> None:
    budget = Budget(growth={"lcp": Growth(share=0.1)})

    def slower(pairs: int) -> Evidence:
        return seen({"lcp": [1000.0] * pairs}, "base") + seen({"lcp": [1300.0] * pairs})

    assert only(budget, slower(8), baseline=True).outcome == "fail"
    assert not is_enough(slower(8), [budget], SHOP, baseline=True)
    assert is_enough(slower(9), [budget], SHOP, baseline=True)
    assert not is_enough(slower(9), [budget], SHOP, baseline=True, places=24)


# which budget is for which page


@pytest.mark.parametrize(
    ("pages", "place", "fits"),
    [
        ((), "/ on mobile", True),
        (("/",), "/ on mobile", True),
        (("/",), "/shop/ on mobile", False),
        (("/shop/",), "/shop on mobile", True),
        (("/shop/*",), "/shop/bread/ on mobile", True),
        (("/shop/*",), "/shop/bread/?size=2 on desktop", True),
        (("/shop/*",), "/shop/bread/white/ on mobile", False),
        (("/shop/**",), "/shop/bread/white/ on mobile", True),
        (("!/checkout/",), "/checkout/ on mobile", False),
        (("!/checkout/",), "/shop/ on mobile", True),
    ],
)
def test_pages_are_matched_by_their_path(pages: tuple[str, ...], place: str, fits: bool) -> None:
    assert Budget(pages=pages).fits(place) is fits


def test_a_budget_can_be_for_one_device() -> None:
    assert Budget(devices=("desktop",)).fits("/ on desktop")
    assert not Budget(devices=("desktop",)).fits("/ on mobile")


def test_of_all_budgets_that_match_the_last_that_names_a_metric_wins() -> None:
    shop = Budget(pages=("/shop/",), limits={"lcp": 1500, "tbt": None})
    merged = for_place([USUAL, shop], SHOP)
    assert (merged.limits["lcp"], merged.limits["tbt"], merged.limits["cls"]) == (1500, None, 0.1)
    verdicts = judge(Evidence(), [USUAL, shop], [SHOP], baseline=False)
    assert "tbt" not in {verdict.rule for verdict in verdicts}


def test_the_usual_budget_is_the_fields_own() -> None:
    assert USUAL.limits == {"lcp": 2500, "cls": 0.1, "tbt": 200, "ttfb": 500, "inp": 200}
    assert USUAL.warn == {"ttfb": 200}


def test_verdicts_come_place_by_place() -> None:
    places = ["/b on mobile", "/a on mobile"]
    verdicts = judge(Evidence(), [LIMITS, USUAL], places, baseline=True)
    assert list(dict.fromkeys(verdict.where for verdict in verdicts)) == places


@pytest.mark.parametrize(
    ("metric", "value", "text"),
    [
        ("lcp", 2510, "2.51 s"),
        ("lcp", 180.4, "180 ms"),
        ("cls", 0.1034, "0.103"),
        ("bytes", 1_254_000, "1.25 MB"),
        ("bytes", 310_400, "310.4 kB"),
        ("requests", 80, "80"),
        ("score_seo", 0.92, "92 of 100"),
    ],
)
def test_values_are_said_as_people_write_them(metric: str, value: float, text: str) -> None:
    assert said(METRICS[metric], value) == text


def test_every_unit_is_one_of_evidence() -> None:
    units: set[Unit] = {metric.unit for metric in METRICS.values()}
    assert units == {"ms", "", "score", "bytes", "count"}
