"""What holds a subject, by tables: freezes, windows, scopes, exemptions, several calendars, what can't be read."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from maintainer.policy.calendar import Closing, Stretch, Subject, closings, opens, timeline, turns, unexempt
from maintainer.policy.recurrence import recurrence
from maintainer.policy.rulebook import Calendar, Exempt, Freeze, Opening, Scope
from maintainer.policy.series import Series

DEPLOY, MERGE = Subject("deploy"), Subject("merge")
MOMENT = timedelta(microseconds=1)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def once(since: str, until: str) -> Series:
    return Series.once(at(since), at(until))


def freeze(name: str, since: str = "2026-11-20", until: str = "2026-11-30", **more: object) -> Freeze:
    return Freeze(name, once(since, until), **more)  # type: ignore[arg-type]


def window(name: str, since: str, until: str, **more: object) -> Opening:
    return Opening(name, once(since, until), **more)  # type: ignore[arg-type]


def held(calendar: Calendar, when: str, subject: Subject = DEPLOY) -> list[str]:
    return [one.name for one in closings(calendar, at(when), subject)]


def test_nothing_holds_where_nothing_is_said() -> None:
    now = at("2026-11-21")
    assert closings(Calendar(), now, DEPLOY) == ()
    assert opens(Calendar(), now, DEPLOY) == now
    assert turns(Calendar(), now, DEPLOY) is None
    assert timeline(Calendar(), now, now + timedelta(days=90), DEPLOY) == [Stretch(now, now + timedelta(days=90))]


def test_a_freeze_holds_from_its_first_instant_to_right_before_its_last() -> None:
    calendar, since, until = Calendar((freeze("a", reason="sale"),)), at("2026-11-20"), at("2026-11-30")
    assert closings(calendar, since, DEPLOY) == (Closing("freeze", "a", until, since, "sale"),)
    assert closings(calendar, until - MOMENT, DEPLOY)
    assert not closings(calendar, since - MOMENT, DEPLOY)
    assert not closings(calendar, until, DEPLOY)
    assert turns(calendar, since - MOMENT, DEPLOY) == since
    assert turns(calendar, since, DEPLOY) == until == opens(calendar, since, DEPLOY)
    assert opens(calendar, since - MOMENT, DEPLOY) == since - MOMENT


def test_an_answer_is_the_same_in_any_zone() -> None:
    calendar = Calendar((freeze("a"),))
    there = at("2026-11-21T12:00").astimezone(ZoneInfo("Asia/Kolkata"))
    assert closings(calendar, there, DEPLOY) == closings(calendar, at("2026-11-21T12:00"), DEPLOY)
    assert turns(calendar, there, DEPLOY) == at("2026-11-30")
    assert timeline(calendar, there, there + timedelta(days=1), DEPLOY)[0].since == there


def test_the_freeze_that_ends_last_is_told_first() -> None:
    calendar = Calendar(
        (freeze("b"), freeze("short", until="2026-11-22"), freeze("a"), freeze("long", until="2026-12-24"))
    )
    assert held(calendar, "2026-11-21") == ["long", "a", "b", "short"]


def test_a_chain_of_freezes_opens_once_at_its_end() -> None:
    chain = Calendar(
        (
            freeze("one", "2026-11-20", "2026-11-25"),
            freeze("two", "2026-11-24", "2026-11-28"),
            freeze("three", "2026-11-28", "2026-12-01"),  # no instant between
            freeze("four", "2026-12-02", "2026-12-03"),
        )
    )
    for now in map(at, ("2026-11-20", "2026-11-26", "2026-11-27T23:59:59")):
        assert opens(chain, now, DEPLOY) == turns(chain, now, DEPLOY) == at("2026-12-01")
    assert turns(chain, at("2026-12-01"), DEPLOY) == at("2026-12-02")
    assert [bool(one.closings) for one in timeline(chain, at("2026-11-19"), at("2026-12-04"), DEPLOY)] == [
        *(False, True, True, True, True, False, True, False)
    ]


def test_occurrences_that_overlap_are_one_freeze() -> None:
    rule = recurrence("FREQ=DAILY;COUNT=4")
    series = Series(datetime.fromisoformat("2026-11-20"), datetime.fromisoformat("2026-11-22T12:00"), UTC, (rule,))
    calendar = Calendar((Freeze("daily", series),))
    (closing,) = closings(calendar, at("2026-11-22T06:00"), DEPLOY)
    assert (closing.since, closing.until) == (at("2026-11-22"), at("2026-11-24T12:00"))
    assert opens(calendar, at("2026-11-20"), DEPLOY) == at("2026-11-25T12:00")
    assert all(len(one.closings) == 1 for one in timeline(calendar, at("2026-11-20"), at("2026-11-25"), DEPLOY))


def test_the_same_freeze_twice_is_told_twice_and_ends_once() -> None:
    twins = Calendar((freeze("a"), freeze("a")))
    assert held(twins, "2026-11-21") == ["a", "a"]
    assert opens(twins, at("2026-11-21"), DEPLOY) == at("2026-11-30")
    one = freeze("a")
    assert opens(Calendar((one, one)), at("2026-11-21"), DEPLOY) == at("2026-11-30")


NIGHTS = (
    window("monday", "2026-11-23T02:00", "2026-11-23T04:00"),
    window("tuesday", "2026-11-24T02:00", "2026-11-24T04:00"),
)


def test_windows_of_a_calendar_are_a_union() -> None:
    calendar = Calendar(openings=NIGHTS)
    assert closings(calendar, at("2026-11-23"), DEPLOY) == (
        Closing("windows", "monday, tuesday", at("2026-11-23T02:00")),
    )
    assert held(calendar, "2026-11-23T02:00") == []
    assert held(calendar, "2026-11-24T03:59:59") == []
    assert closings(calendar, at("2026-11-23T04:00"), DEPLOY)[0].until == at("2026-11-24T02:00")
    assert closings(calendar, at("2026-11-24T04:00"), DEPLOY) == (Closing("windows", "monday, tuesday"),)
    assert opens(calendar, at("2026-11-24T04:00"), DEPLOY) is None
    assert turns(calendar, at("2026-11-24T02:00"), DEPLOY) == at("2026-11-24T04:00")


def test_windows_say_nothing_of_what_they_do_not_apply_to() -> None:
    assert held(Calendar(openings=NIGHTS), "2026-11-23", MERGE) == []
    merging = tuple(replace(one, applies_to=frozenset({"merge"})) for one in NIGHTS)
    assert held(Calendar(openings=merging), "2026-11-23", MERGE) == ["monday, tuesday"]
    assert held(Calendar(openings=merging), "2026-11-23", DEPLOY) == []


def test_many_windows_are_told_by_three_names() -> None:
    many = tuple(window(f"w{number}", "2027-01-01", "2027-01-02") for number in range(5))
    assert held(Calendar(openings=many), "2026-11-23") == ["w0, w1, w2 and 2 more"]
    assert held(Calendar(openings=many[:3]), "2026-11-23") == ["w0, w1, w2"]


def test_of_several_calendars_all_must_be_open() -> None:
    hosting = window("hosting", "2026-11-23T03:00", "2026-11-23T05:00", calendar="hosting")
    team = freeze("team", "2026-11-23T03:30", "2026-11-23T03:45", calendar="team")
    calendar = Calendar((team,), (*NIGHTS, hosting))
    assert held(calendar, "2026-11-23T01:00") == ["monday, tuesday", "hosting"]
    assert held(calendar, "2026-11-23T02:30") == ["hosting"]
    assert held(calendar, "2026-11-23T03:00") == []
    assert held(calendar, "2026-11-23T03:30") == ["team"]
    assert held(calendar, "2026-11-23T04:00") == ["monday, tuesday"]
    assert [one.calendar for one in closings(calendar, at("2026-11-23T01:00"), DEPLOY)] == ["", "hosting"]
    opened = [one for one in timeline(calendar, at("2026-11-23"), at("2026-11-25"), DEPLOY) if not one.closings]
    assert [(f"{one.since:%H:%M}", f"{one.until:%H:%M}") for one in opened] == [("03:00", "03:30"), ("03:45", "04:00")]
    assert opens(calendar, at("2026-11-23T01:00"), DEPLOY) == at("2026-11-23T03:00")


def test_what_cannot_be_read_closes_all_but_a_rollback() -> None:
    calendar = Calendar(openings=NIGHTS, unreadable=("a: is HTML.", "b: is empty."))
    now, later = at("2026-11-23T03:00"), at("2026-12-01")
    told = (Closing("unreadable", "a: is HTML."), Closing("unreadable", "b: is empty."))
    for what in (DEPLOY, MERGE, Subject("propose"), Subject("merge", severities=("critical",))):
        assert closings(calendar, now, what) == told
        assert opens(calendar, now, what) is turns(calendar, now, what) is None
        assert timeline(calendar, now, later, what) == [Stretch(now, later, told)]
    back = Subject("deploy", rollback=True)
    assert closings(calendar, now, back) == ()
    assert opens(calendar, now, back) == now
    assert turns(calendar, now, back) is None
    assert timeline(calendar, now, later, back) == [Stretch(now, later)]


SCOPES: dict[str, tuple[Scope, Subject, bool]] = {
    "everything": (Scope(), DEPLOY, True),
    "its environment": (Scope(environments=("prod*",)), Subject("deploy", environment="production"), True),
    "another environment": (Scope(environments=("prod*",)), Subject("deploy", environment="staging"), False),
    "all environments but one": (Scope(environments=("!staging",)), Subject("deploy", environment="staging"), False),
    "an unknown environment": (Scope(environments=("prod*",)), DEPLOY, True),
    "merging goes to all environments": (Scope(environments=("prod*",)), Subject("merge", environment="staging"), True),
    "a path": (Scope(paths=("wp-content/**",)), Subject("merge", paths=("README.md", "wp-content/a/b.php")), True),
    "another path": (Scope(paths=("wp-content/**",)), Subject("merge", paths=("README.md",)), False),
    "unknown paths": (Scope(paths=("wp-content/**",)), MERGE, True),
    "a manager": (Scope(managers=("composer", "npm")), Subject("merge", managers=("npm", "docker")), True),
    "another manager": (Scope(managers=("composer",)), Subject("merge", managers=("npm",)), False),
    "unknown managers": (Scope(managers=("composer",)), MERGE, True),
    "all at once": (
        Scope(("production",), ("src/*",), ("npm",)),
        Subject("deploy", paths=("src/a",), managers=("npm",), environment="production"),
        True,
    ),
    "all but one": (
        Scope(("production",), ("src/*",), ("npm",)),
        Subject("deploy", paths=("doc/a",), managers=("npm",), environment="production"),
        False,
    ),
}


@pytest.mark.parametrize("name", SCOPES)
def test_a_scope(name: str) -> None:
    scope, subject, within = SCOPES[name]
    closed = bool(held(Calendar((freeze("a", scope=scope),)), "2026-11-21", subject))
    shut = bool(
        held(
            Calendar(
                openings=(window("w", "2027-01-01", "2027-01-02", scope=scope, applies_to=frozenset({subject.what})),)
            ),
            "2026-11-21",
            subject,
        )
    )
    assert (closed, shut) == (within, within)


EXEMPT: dict[str, tuple[Exempt, Subject, bool]] = {
    "nothing": (Exempt(), Subject("merge", severities=("critical",), names=("acme/shop",)), False),
    "a severity": (Exempt(frozenset({"high", "critical"})), Subject("merge", severities=("low", "high")), True),
    "another severity": (Exempt(frozenset({"high", "critical"})), Subject("merge", severities=("medium",)), False),
    "an unknown severity": (Exempt(frozenset({"high"})), MERGE, False),
    "a package": (Exempt(packages=("acme/*",)), Subject("merge", names=("acme/shop",)), True),
    "another package": (Exempt(packages=("acme/*",)), Subject("merge", names=("other/shop",)), False),
    "an unknown package": (Exempt(packages=("*",)), MERGE, False),
    "a rollback": (Exempt(), Subject("merge", rollback=True), True),
}


@pytest.mark.parametrize("name", EXEMPT)
def test_what_is_exempt(name: str) -> None:
    exempt, subject, through = EXEMPT[name]
    calendar = Calendar((freeze("a", exempt=exempt),))
    assert bool(held(calendar, "2026-11-21", subject)) != through
    assert held(unexempt(calendar), "2026-11-21", subject) == ([] if subject.rollback else ["a"])
    waiting = Calendar(
        openings=(window("w", "2027-01-01", "2027-01-02", applies_to=frozenset({"merge"}), exempt=exempt),)
    )
    assert bool(held(waiting, "2026-11-21", subject)) != through


def test_grave_security_fixes_pierce_a_freeze_where_nothing_else_is_said() -> None:
    calendar = Calendar((freeze("a"),))
    assert [held(calendar, "2026-11-21", Subject("merge", severities=(one,))) for one in ("critical", "high")] == [
        [],
        [],
    ]
    assert held(calendar, "2026-11-21", Subject("merge", severities=("medium", "low", "unknown"))) == ["a"]
    assert held(Calendar(openings=NIGHTS), "2026-11-21", Subject("deploy", severities=("critical",)))


def test_what_need_not_wait_for_one_window_waits_for_none_of_its_calendar() -> None:
    urgent, subject = Exempt(frozenset({"critical"})), Subject("deploy", severities=("critical",))
    calendar = Calendar(openings=(replace(NIGHTS[0], exempt=urgent), NIGHTS[1]))
    for when in ("2026-11-23T01:00", "2026-11-23T03:00", "2026-11-24T03:00"):
        assert held(calendar, when, subject) == []
    other = replace(NIGHTS[0], exempt=urgent, calendar="hosting")
    assert held(Calendar(openings=(other, NIGHTS[1])), "2026-11-23T01:00", subject) == ["tuesday"]


def test_a_freeze_applies_to_what_it_says() -> None:
    calendar = Calendar((freeze("a", applies_to=frozenset({"propose"})), freeze("b")))
    assert held(calendar, "2026-11-21", Subject("propose")) == ["a"]
    assert held(calendar, "2026-11-21", MERGE) == held(calendar, "2026-11-21", DEPLOY) == ["b"]


def test_a_change_years_ahead_is_found_and_one_beyond_ten_is_not() -> None:
    now = at("2026-11-21")
    assert turns(Calendar((freeze("a", "2035-01-01T00:00:01", "2035-02-01"),)), now, DEPLOY) == at(
        "2035-01-01T00:00:01"
    )
    assert turns(Calendar((freeze("a", "2037-01-01", "2037-02-01"),)), now, DEPLOY) is None
    assert opens(Calendar((freeze("a", "2026-01-01", "2035-02-01"),)), now, DEPLOY) == at("2035-02-01")
    far = window("w", "2034-01-01", "2034-01-02")
    assert closings(Calendar(openings=(far,)), now, DEPLOY)[0].until == at("2034-01-01")


def test_an_exact_step_of_looking_ahead_is_no_change() -> None:
    now = at("2026-11-21")
    for days in (2, 16, 60, 120):
        edge = now + timedelta(days=days)
        spans = Calendar((Freeze("a", Series.once(now, edge)), Freeze("b", Series.once(edge, edge + MOMENT))))
        assert opens(spans, now, DEPLOY) == edge + MOMENT


def test_a_timeline_has_the_spans_that_reach_over_its_ends() -> None:
    since, until = at("2026-11-24"), at("2026-11-26")
    (stretch,) = timeline(Calendar((freeze("a"),)), since, until, DEPLOY)
    assert stretch == Stretch(since, until, (Closing("freeze", "a", at("2026-11-30"), at("2026-11-20")),))


def test_windows_that_follow_each_other_are_one_stretch_that_never_turns() -> None:
    daily = (recurrence("FREQ=DAILY"),)
    morning, noon, night = map(datetime.fromisoformat, ("2026-01-01", "2026-01-01T12:00", "2026-01-02"))
    halves = (Series(morning, noon, UTC, daily), Series(noon, night, UTC, daily))
    calendar = Calendar(openings=tuple(Opening(f"half {number}", half) for number, half in enumerate(halves)))
    now, later = at("2026-11-21"), at("2027-02-21")
    assert timeline(calendar, now, later, DEPLOY) == [Stretch(now, later)]
    assert turns(calendar, now, DEPLOY) is None
    assert opens(calendar, now, DEPLOY) == now


@pytest.mark.parametrize(
    ("environment", "openings"),
    [
        ("production", {"2026-11-21T03": [], "2026-11-21T12": ["nights"]}),
        ("staging", {"2026-11-21T03": ["days"], "2026-11-21T12": []}),
        ("preview", {"2026-11-21T03": [], "2026-11-21T12": []}),
        # It may be either: it goes where both may.
        ("", {"2026-11-21T03": ["days"], "2026-11-21T12": ["nights"]}),
    ],
)
def test_where_to_nobody_knows_goes_when_it_may_go_anywhere(environment: str, openings: dict[str, list[str]]) -> None:
    nights = window("nights", "2026-11-21T00", "2026-11-21T06", scope=Scope(environments=("production",)))
    days = window("days", "2026-11-21T08", "2026-11-21T18", scope=Scope(environments=("staging",)))
    for when, names in openings.items():
        assert held(Calendar(openings=(nights, days)), when, Subject("deploy", environment=environment)) == names
    alone = Calendar(openings=(nights,))
    assert held(alone, "2026-11-21T03", Subject("deploy", environment=environment)) == []


def test_a_window_for_all_is_needed_where_another_may_not_be_about_it() -> None:
    everyones = window("everyone's", "2026-11-21T10", "2026-11-21T12")
    nights = window("nights", "2026-11-21T00", "2026-11-21T06", scope=Scope(environments=("production",)))
    both = Calendar(openings=(everyones, nights))
    assert held(both, "2026-11-21T03", Subject("deploy", environment="production")) == []
    assert held(both, "2026-11-21T03") == ["everyone's"]
    assert held(both, "2026-11-21T11") == []
