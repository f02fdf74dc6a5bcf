"""What people should know beside updates."""

from datetime import date, timedelta
from typing import Any

import pytest

from maintainer.policy.findings import ahead, end_of_life, expired_pins, unfixed, unmaintained
from maintainer.policy.rulebook import Pin, Rulebook
from tests.planning.values import NOW, SCHEMES, advisory, dependency, listing, release

YEAR = timedelta(days=365)


@pytest.mark.parametrize(
    ("status", "severity", "words"),
    [("abandoned", "medium", "abandoned"), ("deprecated", "medium", "deprecated"), ("closed", "high", "closed it")],
)
def test_nobody_should_build_on_it(status: Any, severity: str, words: str) -> None:
    said = unmaintained(dependency(), listing(status=status, status_note="moved", replacement="other/one"), NOW)
    assert said is not None
    assert (said.kind, said.severity) == (status, severity)
    assert words in said.sentence
    assert "(moved)" in said.sentence
    assert "Move to other/one." in said.sentence


def test_two_years_without_a_release_are_told() -> None:
    old = listing(release("1", 4 * YEAR), release("2", 3 * YEAR))
    said = unmaintained(dependency(), old, NOW)
    assert said is not None
    assert (said.kind, said.sentence.split(".")[0]) == ("stale", "woocommerce: no release for 3 years")
    assert unmaintained(dependency(), listing(release("1", 4 * YEAR), release("2", YEAR)), NOW) is None


def test_without_all_dates_only_what_the_registry_says_counts() -> None:
    undated = (release("1", 4 * YEAR), release("2", None))
    assert unmaintained(dependency(), listing(*undated), NOW) is None
    assert unmaintained(dependency(), listing(*undated, untouched_since=NOW - 3 * YEAR), NOW) is not None
    assert unmaintained(dependency(), listing(), NOW) is None


def test_the_end_of_a_runtime() -> None:
    def said(days: int) -> str | None:
        found = end_of_life("php", dependency("php", "8.1"), NOW + timedelta(days=days), NOW, timedelta(days=90))
        return f"{found.severity}: {found.sentence}" if found else None

    assert said(41) == "medium: PHP 8.1: security support ends in 41 days. Plan the move now."
    assert said(-41) == "high: PHP 8.1 has had no security support for 41 days. Move to a supported version."
    assert said(91) is None
    assert end_of_life("php", dependency(), None, NOW, YEAR) is None


def test_expired_pins_are_told_from_the_day_after_on() -> None:
    book = Rulebook(pins=(Pin("a", "@anna", date(2026, 11, 20)), Pin("b", "@anna", date(2026, 11, 21))))
    (found,) = expired_pins(book, NOW, "maintainer.yml")
    assert (found.subject, found.file) == ("a", "maintainer.yml")
    assert "2026-11-20" in found.sentence
    assert "@anna" in found.sentence


def test_production_ahead_of_git() -> None:
    found = ahead(dependency(), "9.4.10", SCHEMES["wordpress"])
    assert found is not None
    assert "production runs 9.4.10, git has 9.4.2" in found.sentence
    for same_or_older in ("9.4.2", "9.4.1"):
        assert ahead(dependency(), same_or_older, SCHEMES["wordpress"]) is None
    assert ahead(dependency(scheme="npm"), "<html>", SCHEMES["npm"]) is None


def test_vulnerable_without_a_fix_worst_first() -> None:
    low, worst = advisory("low", id="GHSA-0"), advisory("critical", aliases=())
    found = unfixed(dependency(), [low, worst])
    assert [one.severity for one in found] == ["critical", "low"]
    assert "GHSA-1 (critical): A hole. No release fixes it" in found[0].sentence
