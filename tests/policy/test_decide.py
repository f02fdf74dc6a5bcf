"""The order of reasons, and each reason."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from maintainer.model import Allow, Ask, Decided, Decision, Deny, Hold, Update
from maintainer.policy.compatibility import Coming, Facts
from maintainer.policy.decide import decide
from maintainer.policy.rulebook import Calendar, Freeze, Pin, Rule, Rulebook, Window
from tests.planning import values
from tests.planning.values import LONG_AGO, NOW, SCHEMES, advisory, dependency, frozen, release, update

IGNORED = Rule(packages=("woocommerce",), act="ignore", reason="sold")
PIN = Pin("woocommerce", "@anna", date(2026, 12, 24), "tax plugin")
MONDAYS = Rule(windows=(Window(frozenset({0}), 8 * 60, 10 * 60),))
WARSAW = "Europe/Warsaw"


def freeze(*what: Any, **more: Any) -> Freeze:
    return values.freeze("Black Week", NOW - timedelta(days=1), NOW + timedelta(days=9), *what, **more)


def decision(one: Update, book: Rulebook | None = None, **more: Any) -> Decision:
    return whole(one, book or Rulebook(), **more).decision


def whole(one: Update, book: Rulebook, **more: Any) -> Decided:
    return decide(one, book, NOW, facts=more.pop("facts", Facts()), schemes=SCHEMES, **more)


def aged(hours: float | None, **more: Any) -> Update:
    return update(release=release("9.4.4", None if hours is None else timedelta(hours=hours), **more))


def test_an_old_patch_flows() -> None:
    assert decision(update()) == Allow("patch · 30 days old")


def test_each_reason_gives_way_to_the_one_before_it() -> None:
    """Everything is against this update; taking the first reason away shows the next."""
    against: dict[str, Any] = {"bump": "major"}
    needs = {"php": "8.2"}
    young: dict[str, Any] = {"version": "10.0.0", "age": timedelta(hours=14)}
    one = update(release=release(**young, withdrawn="it loses orders", requires=needs), **against)
    rules, pins, freezes = (IGNORED, MONDAYS), (PIN,), (freeze("propose"),)
    facts = Facts(php=("8.1",))

    def said(one: Update, rules: Any, pins: Any, freezes: Any, facts: Facts) -> Decision:
        return decision(one, Rulebook(rules=rules, pins=pins, calendar=frozen(*freezes), timezone=WARSAW), facts=facts)

    first = said(one, rules, pins, freezes, facts)
    assert isinstance(first, Deny) and "ignored by a rule (sold)" in first.reason
    second = said(one, rules[1:], pins, freezes, facts)
    assert isinstance(second, Deny) and "it loses orders" in second.reason
    one = update(release=release(**young, requires=needs), **against)
    third = said(one, rules[1:], pins, freezes, facts)
    assert isinstance(third, Hold) and "pinned by @anna until 2026-12-24 (tax plugin)" in third.reason
    assert third.until == datetime(2026, 12, 24, 23, 0, tzinfo=UTC)
    fourth = said(one, rules[1:], (), freezes, facts)
    assert fourth == Hold("major · needs PHP 8.2, the site runs 8.1")
    one = update(release=release(**young), **against)
    assert said(one, rules[1:], (), freezes, facts) == Hold("frozen by Black Week", NOW + timedelta(days=9))
    assert said(one, rules[1:], (), (), facts) == Hold(
        "released 14 hours ago, minimum age is 3 days", NOW + timedelta(hours=58)
    )
    one = update(release=release("10.0.0"), **against)
    assert said(one, rules[1:], (), (), facts) == Hold(
        "outside its update windows", datetime(2026, 11, 23, 7, 0, tzinfo=UTC)
    )
    assert said(one, (), (), (), facts) == Ask("major: assessed and approved separately")


@pytest.mark.parametrize(
    ("hours", "untouched_since", "expected"),
    [
        (72, None, Allow("patch · 3 days old")),
        (71.99, None, Hold("released 2 days ago, minimum age is 3 days", NOW + timedelta(hours=0.01))),
        (None, LONG_AGO, Allow("patch · 100 days old")),
        (
            None,
            NOW - timedelta(hours=5),
            Hold("released perhaps only 5 hours ago, minimum age is 3 days", NOW + timedelta(hours=67)),
        ),
        (-10, None, Hold("released 1 minute ago, minimum age is 3 days", NOW + timedelta(hours=82))),
    ],
)
def test_minimum_age(hours: float | None, untouched_since: datetime | None, expected: Decision) -> None:
    assert decision(aged(hours), untouched_since=untouched_since) == expected


def test_an_undated_release_is_held_without_an_end() -> None:
    said = decision(aged(None))
    assert isinstance(said, Hold)
    assert said.until is None
    assert "no release date" in said.reason


def test_an_expired_pin_no_longer_holds_and_holds_on_its_last_day() -> None:
    def until(day: date) -> Decision:
        return decision(update(), Rulebook(pins=(Pin("WooCommerce", "@anna", day),), timezone=WARSAW))

    assert isinstance(until(NOW.date()), Hold)
    assert isinstance(until(NOW.date() - timedelta(days=1)), Allow)


def test_a_pin_lets_pass_what_it_allows() -> None:
    book = Rulebook(pins=(Pin("woocommerce", "@anna", date(2027, 1, 1), allowed="<9.5"),))
    assert isinstance(decision(update(), book), Allow)
    assert isinstance(decision(update("9.5.0", "minor"), book), Hold)


def test_a_requirement_names_the_proposal_that_would_lift_it() -> None:
    one = update(release=release("10.9.0", requires={"php": ">=8.2"}), bump="major")
    coming = {"php": Coming("8.3", "PHP 8.1 → 8.3")}
    said = decision(one, facts=Facts(php=("8.3", "8.1")), coming=coming)
    assert said == Hold('major · needs PHP 8.2: see "PHP 8.1 → 8.3"')
    too_little = decision(one, facts=Facts(php=("7.4",)), coming={"php": Coming("8.1", "PHP 7.4 → 8.1")})
    assert too_little == Hold("major · needs PHP 8.2, the site runs 7.4")


@pytest.mark.parametrize("severity", ["low", "medium", "high", "critical", "unknown"])
def test_security_skips_age_and_windows_and_pierces_a_freeze_only_where_exempt(severity: Any) -> None:
    one = update(release=release("9.4.4", timedelta(hours=1)), advisories=(advisory(severity),))
    assert isinstance(decision(one, Rulebook(rules=(MONDAYS,))), Allow)
    said = decision(one, Rulebook(calendar=frozen(freeze("propose"))))
    assert isinstance(said, Allow if severity in ("high", "critical") else Hold)
    assert "CVE-2026-1234" in said.reason


def test_a_security_fix_in_a_major_is_still_asked_for() -> None:
    said = decision(update("10.0.0", "major", advisories=(advisory(),)))
    assert said == Ask("major · fixes CVE-2026-1234 (high): assessed and approved separately")


def test_an_unreadable_calendar_holds_all_automation() -> None:
    book = Rulebook(calendar=Calendar(unreadable=("https://calendar.example/shop.ics answered 404.",)))
    for one in (update(), update(advisories=(advisory("critical"),))):
        said = decision(one, book)
        assert isinstance(said, Hold)
        assert said.until is None
        assert "answered 404" in said.reason


def test_a_freeze_of_merges_holds_no_proposal_and_is_told() -> None:
    book = Rulebook(calendar=frozen(freeze("merge", "deploy")), timezone=WARSAW)
    assert decision(update(), book) == Allow("patch · 30 days old · held at merge by Black Week until Mon 30 Nov 13:00")
    assert decision(update(advisories=(advisory(),)), book) == Allow(
        "fixes CVE-2026-1234 (high) · patch · 30 days old · pierces Black Week"
    )


def test_freezes_that_follow_each_other_hold_to_the_last_end() -> None:
    later = values.freeze("Christmas", NOW + timedelta(days=8), NOW + timedelta(days=40), "propose")
    said = decision(update(), Rulebook(calendar=frozen(freeze("propose"), later)))
    assert said == Hold("frozen by Black Week", NOW + timedelta(days=40))


def test_approval_is_by_branch() -> None:
    def branch_of(one: Update, group: str) -> str:
        return f"maintainer/{group or one.dependency.name}"

    book = Rulebook(approved=frozenset({"maintainer/woocommerce"}))
    one = update("10.0.0", "major")
    assert isinstance(decision(one, book, branch_of=branch_of), Allow)
    assert isinstance(decision(one, book, branch_of=branch_of, group="php"), Ask)
    assert isinstance(decision(one, book), Ask)


def test_a_rule_may_ask_for_approval_or_allow_majors_by_name() -> None:
    ask = Rulebook(rules=(Rule(act="approve", reason="the tax plugin"),))
    assert decision(update(), ask) == Ask("a rule asks for approval first (the tax plugin)")
    assert isinstance(decision(update("10.0.0", "major"), Rulebook(rules=(Rule(act="propose"),))), Ask)
    named = Rulebook(rules=(Rule(act="propose", bumps=("major",)),))
    assert isinstance(decision(update("10.0.0", "major"), named), Allow)


def test_what_cant_be_ordered_is_asked() -> None:
    assert isinstance(decision(update("trunk", "other")), Ask)


def test_a_rule_may_allow_some_versions_only() -> None:
    book = Rulebook(rules=(Rule(packages=("woo*",), allowed="<9.5", reason="tax"),))
    assert isinstance(decision(update(), book), Allow)
    assert decision(update("9.5.0", "minor"), book) == Deny("a rule allows only <9.5 (tax)")
    broken = Rulebook(rules=(Rule(allowed="certainly not"),))
    said = decision(update(of=dependency(scheme="npm")), broken)
    assert said == Deny("a rule allows only certainly not, which can't be read: write a range like >=9 <10")


@pytest.mark.parametrize(
    ("scheme", "allowed", "version", "expected"),
    [
        ("wordpress", "<10", "9.9", True),
        ("wordpress", "9.x", "9.9", True),
        ("wordpress", "9.4", "9.5", False),
        ("wordpress", "^9", "10.0", False),
        ("wordpress", ">=9.4, <9.6", "9.5.0", True),
        ("docker", "<9", "8.4-oracle", True),
        ("docker", "<9", "9.1-oracle", False),
        ("docker", "8.x", "8.4.2", True),
        ("npm", "^9.0.0", "9.9.0", True),
        ("composer", "^9.0 || ^10.0", "10.1.0", True),
        ("pep440", "<10", "9.9", True),
        ("pep440", "9.x", "9.9", True),
    ],
)
def test_people_write_ranges_in_one_language(scheme: str, allowed: str, version: str, expected: bool) -> None:
    one = update(of=dependency(scheme=scheme), release=release(version))
    said = decision(one, Rulebook(rules=(Rule(allowed=allowed),)))
    assert isinstance(said, Allow if expected else Deny)


def test_who_and_what_travels_along() -> None:
    book = Rulebook(
        rules=(Rule(group="shop", labels=("deps",), reviewers=("anna",)), Rule(labels=("woo", "deps"))),
        labels=("maintainer",),
    )
    said = whole(update(), book)
    assert (said.group, said.labels, said.reviewers) == ("shop", ("maintainer", "deps", "woo"), ("anna",))


TIMES = st.integers(-20_000, 20_000).map(lambda hours: NOW + timedelta(hours=hours))
REQUIRES: Mapping[str, Any] = {"php": st.sampled_from(["7.4", ">=8.2", "rubbish", ""])}


@given(
    published=st.none() | TIMES,
    untouched=st.none() | TIMES,
    freezes=st.lists(st.tuples(TIMES, TIMES), max_size=3),
    bump=st.sampled_from(["patch", "minor", "major", "digest", "other", "prerelease"]),
    requires=st.fixed_dictionaries({}, optional=dict(REQUIRES)),
    secure=st.booleans(),
    windows=st.lists(
        st.builds(
            Window,
            st.frozensets(st.integers(0, 6)),
            st.integers(0, 1439),
            st.integers(0, 1440),
        ),
        max_size=2,
    ),
)
def test_a_hold_ends_in_the_future_and_then_no_longer_for_its_reason(
    published: datetime | None,
    untouched: datetime | None,
    freezes: list[tuple[datetime, datetime]],
    bump: Any,
    requires: dict[str, str],
    secure: bool,
    windows: list[Window],
) -> None:
    one = Update(
        dependency(),
        release("9.9.9", None, requires=requires),
        "9.9.9",
        bump,
        (advisory("low"),) if secure else (),
    )
    one = Update(one.dependency, type(one.release)("9.9.9", published, requires), "9.9.9", bump, one.advisories)
    book = Rulebook(
        rules=(Rule(windows=tuple(windows)),),
        calendar=frozen(*(values.freeze("f", a, b, "propose") for a, b in freezes)),
        timezone=WARSAW,
    )
    facts = Facts(php=("8.1",))
    said = decide(one, book, NOW, facts=facts, schemes=SCHEMES, untouched_since=untouched).decision
    assert said.reason
    if isinstance(said, Hold) and said.until is not None:
        assert said.until.tzinfo is not None
        assert said.until > NOW
        then = decide(one, book, said.until, facts=facts, schemes=SCHEMES, untouched_since=untouched).decision
        assert then.reason != said.reason or (isinstance(then, Hold) and then.until != said.until)
