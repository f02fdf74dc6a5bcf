"""What may merge itself: only by a rule, only when all pass, never in a freeze."""

from datetime import UTC, datetime, timedelta

import pytest

from maintainer.model import Update
from maintainer.policy.automerge import refusal, wanted
from maintainer.policy.rulebook import Calendar, Rule, Rulebook, Window
from tests.planning.values import advisory, dependency, freeze, frozen, npm_package, update

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)  # a Tuesday
PATCH = update("1.0.1", "patch", npm_package("a", "1.0.0"))
TRUSTED = Rule(managers=("npm",), bumps=("patch", "minor"), automerge=True)


def book(*rules: Rule, **more: object) -> Rulebook:
    return Rulebook(rules=rules, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("rules", "updates", "expected"),
    [
        ((), [PATCH], False),
        ((TRUSTED,), [], False),
        ((TRUSTED,), [PATCH], True),
        ((TRUSTED,), [PATCH, update("9.4.4", "patch", dependency())], False),
        ((TRUSTED,), [update("2.0.0", "major", npm_package("a", "1.0.0"))], False),
        ((Rule(automerge=True),), [update("2.0.0", "major", npm_package("a", "1.0.0"))], False),
        ((Rule(bumps=("major",), automerge=True),), [update("2.0.0", "major", npm_package("a", "1.0.0"))], True),
        ((TRUSTED, Rule(packages=("a",), automerge=False)), [PATCH], False),
        ((Rule(packages=("a",), automerge=False), TRUSTED), [PATCH], True),
    ],
)
def test_a_rule_must_say_so_for_each_update(rules: tuple[Rule, ...], updates: list[Update], expected: bool) -> None:
    assert wanted(updates, book(*rules)) is expected
    assert (refusal(updates, book(*rules), NOW, "success") == "") is expected


@pytest.mark.parametrize("checks", ["none", "pending", "failure"])
def test_only_what_passed_merges_itself(checks: str) -> None:
    assert refusal([PATCH], book(TRUSTED), NOW, checks)  # type: ignore[arg-type]


def test_a_freeze_of_merging_stops_it_and_severity_pierces() -> None:
    calendar = frozen(freeze("Black Week", NOW - timedelta(days=1), NOW + timedelta(days=1)))
    assert refusal([PATCH], book(TRUSTED, calendar=calendar), NOW, "success") == "frozen by Black Week"
    fix = update("1.0.1", "patch", npm_package("a", "1.0.0"), advisories=(advisory("critical"),))
    assert refusal([fix], book(TRUSTED, calendar=calendar), NOW, "success") == ""
    assert refusal([PATCH, fix], book(TRUSTED, calendar=calendar), NOW, "success")
    assert refusal([PATCH], book(TRUSTED, calendar=calendar), NOW + timedelta(days=1), "success") == ""


def test_an_unreadable_calendar_is_a_freeze() -> None:
    assert "can't be read" in refusal(
        [PATCH], book(TRUSTED, calendar=Calendar(unreadable=("a.ics is gone.",))), NOW, "success"
    )


def test_windows_hold_it_on_the_sites_clock() -> None:
    office = Window(frozenset(range(5)), 9 * 60, 17 * 60)
    rules = book(TRUSTED, Rule(windows=(office,)), timezone="Europe/Warsaw")
    assert refusal([PATCH], rules, NOW, "success") == ""
    assert refusal([PATCH], rules, NOW.replace(hour=16, minute=0), "success") == "outside its update windows"
