"""What stands against a change, what passes it, and until when the answer holds."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from maintainer.policy.calendar import Subject
from maintainer.policy.gate import Answer, Gate, Weighed, judge, steady
from maintainer.policy.overrides import Claim, Heard, Override, Passes
from maintainer.policy.rulebook import Calendar, Exempt, Freeze, Opening, Scope
from maintainer.policy.series import Series

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
ALL: frozenset[Passes] = frozenset({"calendar", "verify", "approvals"})
CALENDAR: frozenset[Passes] = frozenset({"calendar"})
VERIFY: frozenset[Passes] = frozenset({"verify"})
NOTHING: frozenset[Passes] = frozenset()
PLAIN = Subject("merge")
NAMED = Subject("merge", names=("a",), paths=("docs/a",))
FIX = Subject("merge", severities=("high",))


def at(minutes: float) -> datetime:
    return NOON + timedelta(minutes=minutes)


def freeze(since: float, until: float, name: str = "", **more: Any) -> Freeze:
    applies = frozenset[Any]({"merge"})
    return Freeze(name or f"{since}-{until}", Series.once(at(since), at(until)), applies_to=applies, **more)


def opening(since: float, until: float) -> Opening:
    return Opening(f"{since}-{until}", Series.once(at(since), at(until)), applies_to=frozenset({"merge"}))


def overridden(until: float, since: float = -1) -> Heard:
    return Heard(Override(Claim("ada", at(since), at(until), "the checkout is down", "comment")))


def asked(
    *closed: Freeze | Opening,
    weighed: Weighed = Weighed((PLAIN,)),  # noqa: B008 - a value
    heard: Heard = Heard(),  # noqa: B008
    passes: frozenset[Passes] = CALENDAR,
    now: datetime = NOON,
    unreadable: tuple[str, ...] = (),
) -> Answer:
    freezes = tuple(one for one in closed if isinstance(one, Freeze))
    openings = tuple(one for one in closed if isinstance(one, Opening))
    return judge(Gate(Calendar(freezes, openings, unreadable), passes), now, weighed, heard)


LONG = freeze(-60, 600, "long")


@pytest.mark.parametrize(
    ("answer", "is_open", "until"),
    [
        (asked(), True, None),
        (asked(LONG), False, 600),
        (asked(freeze(30, 60)), True, 30),
        (asked(freeze(-60, 0)), True, None),
        (asked(LONG, freeze(500, 700)), False, 700),
        # Inside windows alone
        (asked(opening(-60, 20)), True, 20),
        (asked(opening(20, 40)), False, 20),
        (asked(opening(20, 40), freeze(0, 30)), False, 30),
        (asked(opening(-60, -20)), False, None),
        # An override ends inside the freeze, after it, or before it
        (asked(LONG, heard=overridden(90)), True, 90),
        (asked(freeze(-60, 30), heard=overridden(90)), True, None),
        (asked(freeze(10, 20), heard=overridden(90)), True, None),
        (asked(freeze(10, 200), heard=overridden(90)), True, 90),
        (asked(freeze(100, 200), heard=overridden(90)), True, 100),
        (asked(freeze(90, 200), heard=overridden(90)), True, 90),
        (asked(freeze(-5, 20), freeze(60, 80), heard=overridden(90)), True, None),
        (asked(freeze(-5, 20), freeze(60, 120), heard=overridden(90)), True, 90),
        (asked(opening(-60, 20), opening(60, 120), heard=overridden(90)), True, 120),
        (asked(opening(-60, 20), opening(100, 120), heard=overridden(90)), True, 90),
        (asked(unreadable=("no calendar",), heard=overridden(90)), True, 90),
        (asked(unreadable=("no calendar",)), False, None),
        # What an override may not pass
        (asked(LONG, heard=overridden(90), passes=NOTHING), False, 600),
        (asked(LONG, heard=overridden(90), passes=VERIFY), False, 600),
        (asked(weighed=Weighed((PLAIN,), verify="no"), heard=overridden(90)), False, None),
        (asked(LONG, weighed=Weighed((PLAIN,), verify="no"), heard=overridden(90)), False, None),
        (asked(LONG, weighed=Weighed((PLAIN,), approvals="no"), heard=overridden(90)), False, None),
        (asked(LONG, weighed=Weighed((PLAIN,), verify="no")), False, None),
        # What comes back with its end
        (asked(weighed=Weighed((PLAIN,), verify="no"), heard=overridden(90), passes=ALL), True, 90),
        (asked(weighed=Weighed((PLAIN,), approvals="no"), heard=overridden(90), passes=ALL), True, 90),
        (asked(LONG, weighed=Weighed((PLAIN,), "no", "no"), heard=overridden(90), passes=ALL), True, 90),
        (asked(freeze(20, 30), weighed=Weighed((PLAIN,), "no"), heard=overridden(90), passes=VERIFY), True, 20),
        # The calendar opens before it ends, or after
        (asked(freeze(-9, 30), weighed=Weighed((PLAIN,), "no"), heard=overridden(90), passes=VERIFY), False, 30),
        (asked(LONG, weighed=Weighed((PLAIN,), "no"), heard=overridden(90), passes=VERIFY), False, None),
        # GitLab's own freeze, whose end nobody knows
        (asked(weighed=Weighed((PLAIN,), frozen="GitLab's")), False, None),
        (asked(LONG, weighed=Weighed((PLAIN,), frozen="GitLab's")), False, None),
        (asked(weighed=Weighed((PLAIN,), frozen="GitLab's"), heard=overridden(90)), True, 90),
        (asked(LONG, weighed=Weighed((PLAIN,), frozen="GitLab's"), heard=overridden(90)), True, 90),
        # What only adds a freeze
        (asked(LONG, weighed=Weighed((PLAIN,), harmless="it only adds a freeze")), True, None),
        (asked(LONG, weighed=Weighed((PLAIN,), verify="no", harmless="it only adds a freeze")), False, None),
        (asked(LONG, weighed=Weighed((PLAIN,), frozen="GitLab's", harmless="it only adds a freeze")), False, None),
        # Parts of one change
        (asked(LONG, weighed=Weighed((FIX,))), True, None),
        (asked(LONG, weighed=Weighed((FIX, PLAIN))), False, 600),
        (asked(LONG, freeze(600, 660, exempt=Exempt()), weighed=Weighed((FIX, PLAIN))), False, 660),
        (asked(freeze(30, 60, exempt=Exempt()), weighed=Weighed((FIX, PLAIN))), True, 30),
        (asked(freeze(0, 60, exempt=Exempt(packages=("a",))), weighed=Weighed((NAMED,))), True, None),
        (asked(freeze(0, 60, exempt=Exempt(packages=("a",))), weighed=Weighed((PLAIN,))), False, 60),
        (asked(freeze(0, 60, scope=Scope(paths=("shop/**",))), weighed=Weighed((NAMED,))), True, None),
        (asked(freeze(0, 60, scope=Scope(paths=("shop/**",))), weighed=Weighed((PLAIN,))), False, 60),
    ],
)  # fmt: skip
def test_the_answer_and_its_end(answer: Answer, is_open: bool, until: float | None) -> None:
    assert (answer.open, answer.until) == (is_open, None if until is None else at(until))


def test_what_is_exempt_says_what_it_pierces() -> None:
    answer = asked(LONG, weighed=Weighed((FIX,)))
    assert [one.name for one in answer.pierced] == ["long"] and not answer.override
    assert asked(LONG).pierced == () and asked(weighed=Weighed((FIX,))).pierced == ()


def test_an_override_is_told_with_what_it_passes_and_nothing_else() -> None:
    weighed = Weighed((PLAIN,), verify="verify fails", approvals="one lacks")
    answer = asked(LONG, weighed=weighed, heard=overridden(90), passes=frozenset({"calendar", "verify"}))
    assert [one.of for one in answer.passed] == ["calendar", "verify"]
    assert [one.of for one in answer.reasons] == ["approvals"]
    assert answer.override is not None and not answer.open


def test_an_override_nothing_needs_is_not_told() -> None:
    assert asked(heard=overridden(90)).override is None
    assert asked(freeze(100, 200), heard=overridden(90)).override is None


def test_an_override_of_what_comes_is_told_before() -> None:
    """What is posted now stands when the freeze has begun, so it is recorded now."""
    answer = asked(freeze(10, 200, "soon"), heard=overridden(90))
    assert answer.override and [one.closing.name for one in answer.passed if one.closing] == ["soon"]
    assert answer.open and steady(answer, NOON, timedelta(minutes=30))


def test_claims_that_dont_count_are_handed_on() -> None:
    assert asked(heard=Heard(refused=("No.",))).refused == ("No.",)


@pytest.mark.parametrize(
    ("answer", "minutes", "expected"),
    [
        (asked(), 30, True),
        (asked(LONG), 30, False),
        (asked(freeze(31, 60)), 30, True),
        (asked(freeze(30, 60)), 30, False),
        (asked(freeze(29, 60)), 30, False),
        (asked(freeze(29, 60)), 0, True),
        (asked(LONG, heard=overridden(30)), 30, False),
        (asked(LONG, heard=overridden(31)), 30, True),
        (asked(freeze(-60, 10)), 30, False),
    ],
)
def test_open_is_posted_where_it_still_is_at_the_next_look(answer: Answer, minutes: int, expected: bool) -> None:
    assert steady(answer, NOON, timedelta(minutes=minutes)) is expected


# Whatever the calendar

_SPANS = st.tuples(st.integers(-100, 300), st.integers(1, 120)).map(lambda one: (one[0], one[0] + one[1]))
_FREEZES = st.builds(
    lambda span, exempt: freeze(*span, exempt=Exempt(frozenset({"high"})) if exempt else Exempt()),
    _SPANS,
    st.booleans(),
)
_CLOSED = st.lists(_FREEZES | _SPANS.map(lambda span: opening(*span)), max_size=5)
_WEIGHED = st.builds(
    Weighed,
    st.sampled_from([(PLAIN,), (FIX,), (PLAIN, FIX)]),
    st.sampled_from(["", "no"]),
    st.sampled_from(["", "no"]),
    st.sampled_from(["", "", "harmless"]),
    st.sampled_from(["", "", "frozen"]),
)
_HEARD = st.none() | st.integers(1, 200)
_PASSES = st.sets(st.sampled_from(sorted(ALL))).map(frozenset)


@given(_CLOSED, _WEIGHED, _HEARD, _PASSES)
def test_an_answer_ends_exactly_when_it_says(
    closed: list[Freeze | Opening], weighed: Weighed, heard: int | None, passes: frozenset[Passes]
) -> None:
    def answer(minute: float) -> Answer:
        counts = Heard() if heard is None or minute >= heard else overridden(heard)
        return asked(*closed, weighed=weighed, heard=counts, passes=passes, now=at(minute))

    first = answer(0)
    edges = {float(minute) for one in closed for minute in _edges(one)} | {float(heard or 0), 600.0}
    moments = sorted(near for edge in edges for near in (edge - 0.001, edge, edge + 0.001) if near >= 0)
    end = None if first.until is None else (first.until - NOON) / timedelta(minutes=1)
    assert all(answer(minute).open == first.open for minute in moments if end is None or minute < end)
    assert end is None or answer(end).open != first.open


def _edges(one: Freeze | Opening) -> tuple[float, float]:
    span = next(one.series.between(at(-1000), at(1000)))
    return (span.since - NOON) / timedelta(minutes=1), (span.until - NOON) / timedelta(minutes=1)


@given(_CLOSED, _WEIGHED, st.integers(1, 200), _PASSES)
def test_an_override_only_ever_opens_what_it_may_pass(
    closed: list[Freeze | Opening], weighed: Weighed, heard: int, passes: frozenset[Passes]
) -> None:
    without = asked(*closed, weighed=weighed, passes=passes)
    with_it = asked(*closed, weighed=weighed, heard=overridden(heard), passes=passes)
    assert {one.of for one in with_it.reasons} == {one.of for one in without.reasons} - passes
    assert with_it.open >= without.open
    assert not with_it.passed or with_it.override
    assert with_it.override is None or (with_it.passed and {one.of for one in with_it.passed} <= passes)
