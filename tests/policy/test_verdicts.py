"""New against the baseline fails, old is told, and what nothing is known of never passes."""

import itertools

import pytest

from maintainer.evidence import Blind, Evidence, Looked, Measurement, Observation, Outcome, Side, worst
from maintainer.model import Severity
from maintainer.policy.verdicts import MOST_SENTENCES, judge


def seen(
    key: str, side: Side = "head", where: str = "/", severity: Severity = "high", *, told: bool = False
) -> Observation:
    return Observation("smoke", "links", where, key, f"{key} is dead", severity, side, told=told)


def looked(side: Side = "head", where: str = "/", *, relative: bool = False) -> Looked:
    return Looked("smoke", "links", where, side, relative)


DOWN = Blind("environment", "", "it refuses", "Start it", "base", "ready")


def outcome(*parts: Observation | Looked | Blind, baseline: bool = True, where: str = "/") -> tuple[Outcome, str]:
    evidence = Evidence(
        observations=tuple(one for one in parts if isinstance(one, Observation)),
        blind=tuple(one for one in parts if isinstance(one, Blind)),
        looked=tuple(one for one in parts if isinstance(one, Looked)),
    )
    made = [one for one in judge(evidence, ["smoke"], baseline=baseline) if (one.rule, one.where) == ("links", where)]
    assert len(made) == 1
    return made[0].outcome, made[0].reason


BOTH = (looked(), looked("base"))


@pytest.mark.parametrize(
    ("parts", "baseline", "expected", "says"),
    [
        (BOTH, True, "pass", ""),
        ((*BOTH, seen("a")), True, "fail", "a is dead"),
        ((*BOTH, seen("a"), seen("a", "base")), True, "pass", "as before: a is dead"),
        ((*BOTH, seen("a"), seen("b"), seen("a", "base")), True, "fail", "b is dead"),
        ((*BOTH, seen("a"), seen("a", "base", "/other/")), True, "pass", "as before: a is dead"),
        ((*BOTH, seen("a", "base")), True, "pass", ""),
        ((*BOTH, seen("a", told=True)), True, "pass", "a is dead"),
        ((looked(), seen("a")), False, "fail", "a is dead"),
        ((looked(),), False, "pass", ""),
        ((looked(), seen("a")), True, "fail", "a is dead"),  # the page is new
        ((looked(), seen("a"), DOWN), True, "inconclusive", "a is dead; whether that is new is not known"),
        ((looked(), seen("a", severity="critical"), DOWN), True, "fail", "a is dead"),
        ((looked(), DOWN), True, "pass", ""),
        ((looked(relative=True),), False, "skipped", "says something only beside a baseline"),
        ((looked(relative=True), seen("a")), False, "skipped", "says something only beside a baseline"),
        ((looked(relative=True),), True, "skipped", "nothing to compare"),
        ((looked(relative=True), DOWN), True, "inconclusive", "the baseline can't be looked at: it refuses. Start it"),
        (
            (looked(relative=True), looked("base", relative=True), seen("a"), seen("b", "base")),
            True,
            "fail",
            "a is dead (before: b is dead)",
        ),
        (
            (looked(relative=True), looked("base", relative=True), seen("a"), seen("a", "base")),
            True,
            "pass",
            "",
        ),
    ],
    ids=itertools.count(),
)
def test_what_is_seen_is_judged(
    parts: tuple[Observation | Looked | Blind, ...], baseline: bool, expected: Outcome, says: str
) -> None:
    made, reason = outcome(*parts, baseline=baseline)
    assert made == expected
    assert says in reason
    assert bool(reason) == bool(says)


def test_blindness_is_inconclusive_and_says_what_to_do() -> None:
    blind = Blind("smoke", "/cart/", "it hangs", "Raise the time", rule="answers")
    (verdict,) = judge(Evidence(blind=(blind,)), ["smoke"], baseline=False)
    assert (verdict.rule, verdict.where, verdict.outcome) == ("answers", "/cart/", "inconclusive")
    assert verdict.reason == "it hangs. Raise the time"


def test_a_check_that_saw_nothing_is_inconclusive() -> None:
    (verdict,) = judge(Evidence(), ["smoke"], baseline=False)
    assert (verdict.check, verdict.outcome) == ("smoke", "inconclusive")
    number = Measurement("load", "p95", "/", "s", (0.4,))
    assert [one.check for one in judge(Evidence((number,)), ["smoke", "load"], baseline=False)] == ["smoke"]


def test_a_site_that_is_down_is_said_once() -> None:
    down = Blind("environment", "", "it refuses", rule="ready")
    assert [one.check for one in judge(Evidence(blind=(down,)), ["smoke", "load"], baseline=False)] == ["environment"]


def test_many_sentences_are_some_and_a_count() -> None:
    _, reason = outcome(looked(), *(seen(f"/{number}") for number in range(10)))
    assert reason.count("is dead") == MOST_SENTENCES
    assert reason.endswith("; and 7 more")


@pytest.mark.parametrize(
    ("outcomes", "whole"),
    [
        ({"pass"}, "pass"),
        ({"pass", "skipped"}, "pass"),
        ({"pass", "inconclusive"}, "inconclusive"),
        ({"pass", "inconclusive", "fail"}, "fail"),
        ({"skipped"}, "skipped"),
        (set(), "inconclusive"),
    ],
)
def test_the_whole_is_its_worst(outcomes: set[Outcome], whole: Outcome) -> None:
    assert worst(outcomes) == whole
