"""The life of proposals: people win, closed stays closed, and doing it twice changes nothing."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from maintainer.model import (
    Action,
    Allow,
    Ask,
    Change,
    Close,
    Decided,
    Decision,
    Deny,
    Hold,
    Leave,
    Limits,
    Open,
    Proposal,
    Refresh,
    Release,
    Update,
)
from maintainer.planning.group import changes
from maintainer.planning.reconcile import is_touched, reconcile
from tests.planning.values import advisory, npm_package, proposal

ENDLESS = Limits(1000, 1000)


def of(name: str, to: str = "1.1.0", group: str = "", decision: Decision | None = None, **more: Any) -> Decided:
    bump = more.pop("bump", "minor")
    one = npm_package(name, "1.0.0", current="1.0.0")
    return Decided(Update(one, Release(to), to, bump, more.pop("advisories", ())), decision or Allow(), group)


def entry(name: str, to: str = "1.1.0") -> tuple[str, str, str, str]:
    return ("package.json", name, "1.0.0", to)


def acted(decided: Sequence[Decided], existing: Sequence[Proposal] = (), **more: Any) -> tuple[Action, ...]:
    return reconcile(changes(decided), existing, decided=decided, **{"limits": ENDLESS} | more)


def one(decided: Sequence[Decided], existing: Sequence[Proposal] = (), **more: Any) -> Action:
    (action,) = acted(decided, existing, **more)
    return action


A = "maintainer/npm-a"
TOOLS = "maintainer/tools"
THEIRS = "b" * 40
ANEW = ("", "interrupted", "rebase", "recreate")


def test_what_is_wanted_is_opened() -> None:
    action = one([of("a")])
    assert isinstance(action, Open)
    assert action.change.branch == A


def test_what_is_up_to_date_is_left() -> None:
    assert one([of("a")], [proposal(1, A, [entry("a")])]) == Leave(proposal(1, A, [entry("a")]), "up to date")


def test_a_newer_version_refreshes_in_place() -> None:
    action = one([of("a", "1.2.0")], [proposal(1, A, [entry("a")])])
    assert isinstance(action, Refresh)
    assert (action.proposal.number, action.reason) == (1, "now: a 1.0.0 → 1.2.0")


def test_a_conflict_or_a_wish_refreshes() -> None:
    for more in ({"conflicted": True}, {"wanted_anew": "rebase"}, {"wanted_anew": "interrupted"}):
        assert isinstance(one([of("a")], [proposal(1, A, [entry("a")], **more)]), Refresh)


def test_a_person_may_ask_for_a_branch_they_changed_to_be_made_anew() -> None:
    theirs = proposal(1, A, [entry("a")], head=THEIRS, wanted_anew="recreate")
    assert isinstance(one([of("a")], [theirs]), Refresh)
    assert isinstance(one([], [theirs]), Leave)


def test_a_branch_a_person_changed_is_theirs() -> None:
    for more in ({}, {"conflicted": True}, {"wanted_anew": "rebase"}, {"wanted_anew": "interrupted"}):
        theirs = proposal(1, A, [entry("a")], head=THEIRS, **more)
        for decided in ([of("a", "1.2.0")], [of("a", decision=Deny("ignored"))], []):
            action = one(decided, [theirs])
            assert isinstance(action, Leave)
            assert "a person changed its branch" in action.reason


def test_what_a_person_closed_stays_closed_until_there_is_a_newer_version() -> None:
    closed = proposal(7, A, [entry("a")], "closed")
    action = one([of("a")], [closed])
    assert isinstance(action, Leave)
    assert "a person closed it in #7" in action.reason
    assert isinstance(one([of("a", "1.2.0")], [closed]), Open)


def test_it_stays_closed_inside_later_groups() -> None:
    closed = proposal(7, A, [entry("a")], "closed")
    action = one([of("a", group="tools"), of("b", group="tools")], [closed])
    assert isinstance(action, Open)
    assert [update.dependency.name for update in action.change.updates] == ["b"]
    assert action.change.title == "tools (npm): b 1.0.0 → 1.1.0"


def test_a_closed_group_closes_each_of_its_updates() -> None:
    closed = proposal(7, TOOLS, [entry("a"), entry("b")], "closed")
    actions = acted([of("a"), of("b"), of("c")], [closed])
    assert [type(action) for action in actions] == [Leave, Leave, Open]


def test_what_we_closed_or_what_was_merged_blocks_nothing() -> None:
    for before in (
        proposal(7, A, [entry("a")], "closed", closed_by_us=True),
        proposal(7, A, [entry("a")], "merged"),
        proposal(7, A, [entry("a")], "closed", wanted_anew="recreate"),
    ):
        assert isinstance(one([of("a")], [before]), Open)


def test_the_last_word_counts() -> None:
    first = proposal(7, A, [entry("a")], "closed", wanted_anew="recreate")
    assert isinstance(one([of("a")], [first, proposal(8, A, [entry("a")], "closed")]), Leave)


def test_nothing_outdated_any_more_is_closed() -> None:
    action = one([], [proposal(1, A, [entry("a")])])
    assert action == Close(proposal(1, A, [entry("a")]), "nothing of it is outdated on main any more")


def test_what_a_rule_ignores_is_closed_with_the_rule() -> None:
    action = one([of("a", decision=Deny("ignored by a rule"))], [proposal(1, A, [entry("a")])])
    assert isinstance(action, Close)
    assert action.reason == "ignored by a rule"


def test_what_only_waits_is_left_open_with_the_reason() -> None:
    for waits in (Hold("frozen by Black Week"), Ask("major")):
        action = one([of("a", "1.2.0", decision=waits)], [proposal(1, A, [entry("a")])])
        assert action == Leave(proposal(1, A, [entry("a")]), waits.reason)


def test_an_open_major_is_not_kept_by_the_flow_that_waits() -> None:
    major = proposal(1, f"{A}-major", [entry("a", "2.0.0")])
    assert isinstance(one([of("a", decision=Hold("frozen"))], [major]), Close)


def test_a_group_whose_member_waits_is_left_whole() -> None:
    group = proposal(1, TOOLS, [entry("a"), entry("b")])
    members = [of("a", group="tools", decision=Hold("outside its update windows")), of("b", group="tools")]
    assert one(members, [group]) == Leave(group, "outside its update windows")
    denied = [of("a", group="tools", decision=Deny("ignored")), of("b", group="tools")]
    assert isinstance(one(denied, [group]), Refresh)


def test_a_dissolved_group_names_its_successor() -> None:
    actions = acted([of("a"), of("b")], [proposal(1, TOOLS, [entry("a"), entry("b")])])
    assert [type(action) for action in actions] == [Open, Open, Close]
    assert isinstance(actions[2], Close)
    assert actions[2].successor == A


def test_a_registry_that_is_down_closes_and_shrinks_nothing() -> None:
    unknown = {("package.json", "a"): "satis.example answered 401"}
    alone = one([], [proposal(1, A, [entry("a")])], unknown=unknown)
    assert isinstance(alone, Leave)
    assert "satis.example answered 401" in alone.reason
    group = one([of("b", group="tools")], [proposal(1, TOOLS, [entry("a"), entry("b")])], unknown=unknown)
    assert isinstance(group, Leave)
    unread = one([], [proposal(1, A, [entry("a")])], unknown={("package.json", ""): "no JSON"})
    assert isinstance(unread, Leave)


def test_what_a_person_holds_on_another_branch_is_not_proposed_twice() -> None:
    theirs = proposal(1, TOOLS, [entry("a"), entry("b")], head=THEIRS)
    first, second = acted([of("a")], [theirs])
    assert isinstance(first, Leave)
    assert "#1 holds it" in first.reason
    assert isinstance(second, Leave)
    fix = acted([of("a", "1.1.1", advisories=(advisory(),))], [theirs])
    assert isinstance(fix[0], Open)


def test_limits_hold_what_is_not_security() -> None:
    members = [of(name) for name in "abcd"] + [of("z", advisories=(advisory(),))]
    actions = acted(members, limits=Limits(2, 10))
    assert [type(action) for action in actions] == [Open, Open, Open, Leave, Leave]
    assert isinstance(actions[0], Open)
    assert actions[0].change.security
    assert isinstance(actions[3], Leave)
    assert "at most 2" in actions[3].reason
    waiting = acted(members[:2], [proposal(1, "maintainer/x", [entry("x")], head=THEIRS)], limits=Limits(5, 2))
    assert [type(action) for action in waiting] == [Open, Leave, Leave]
    closing = acted(members[:2], [proposal(1, "maintainer/x", [entry("x")])], limits=Limits(5, 2))
    assert [type(action) for action in closing] == [Open, Open, Close]


def test_open_security_proposals_take_no_place() -> None:
    fix = of("z", advisories=(advisory(),))
    existing = [proposal(1, "maintainer/npm-z", [entry("z")])]
    assert [type(action) for action in acted([fix, of("a")], existing, limits=Limits(5, 1))] == [Leave, Open]


def test_two_changes_never_get_one_branch() -> None:
    one, two = changes([of("a")]), changes([of("a", "1.2.0")])
    assert [type(action) for action in reconcile((*one, *two), [])] == [Open, Leave]


def test_two_proposals_of_one_branch_are_left_to_a_person() -> None:
    both = [proposal(1, A, [entry("a")]), proposal(2, A, [entry("a")])]
    assert [type(action) for action in acted([of("a")], both)] == [Leave, Leave]


# A model forge, to say what must hold whatever happened before.

ENTRIES = st.builds(entry, st.sampled_from("abc"), st.sampled_from(["1.1.0", "1.2.0"]))
BRANCHES = st.sampled_from([A, "maintainer/npm-b", "maintainer/npm-c", TOOLS, "maintainer/old", f"{A}-major"])
DECISIONS = st.sampled_from([Allow(), Allow(), Allow(), Hold("h"), Ask("a"), Deny("d")])
DECIDED = st.lists(
    st.builds(
        of,
        st.sampled_from("abc"),
        st.sampled_from(["1.1.0", "1.2.0"]),
        st.sampled_from(["", "tools"]),
        DECISIONS,
        bump=st.sampled_from(["minor", "minor", "major"]),
        advisories=st.sampled_from([(), (), (advisory(),)]),
    ),
    max_size=5,
    unique_by=lambda member: (member.update.dependency.name, member.update.bump),
)


@st.composite
def forges(draw: st.DrawFn) -> list[Proposal]:
    made: list[Proposal] = []
    for number in range(1, draw(st.integers(0, 5)) + 1):
        branch = draw(BRANCHES)
        state = draw(st.sampled_from(["open", "open", "merged", "closed"]))
        if state == "open" and any(other.branch == branch and other.state == "open" for other in made):
            state = "closed"
        identity = draw(st.lists(ENTRIES, min_size=1, max_size=3, unique_by=lambda e: e[1]))
        flags = st.fixed_dictionaries({"conflicted": st.booleans(), "wanted_anew": st.sampled_from(ANEW)})
        head = draw(st.sampled_from(["a" * 40, "a" * 40, THEIRS]))
        ours = state == "closed" and draw(st.booleans())
        made.append(proposal(number, branch, identity, state, head=head, closed_by_us=ours, **draw(flags)))
    return made


def applied(actions: Sequence[Action], forge: Sequence[Proposal]) -> list[Proposal]:
    """What the forge holds afterwards."""
    held = {proposal.number: proposal for proposal in forge}
    for action in actions:
        match action:
            case Open(change):
                number = max(held, default=0) + 1
                held[number] = proposal(number, change.branch, change.identity)
            case Refresh(change, old):
                held[old.number] = replace(
                    old, identity=change.identity, conflicted=False, wanted_anew="", head=old.pushed
                )
            case Close(old):
                held[old.number] = replace(old, state="closed", closed_by_us=True)
            case Leave():
                pass
    return list(held.values())


@settings(max_examples=400)
@given(DECIDED, forges(), st.booleans())
def test_the_laws_of_the_lifecycle(decided: list[Decided], forge: list[Proposal], silent: bool) -> None:
    unknown = {("package.json", "c"): "down"} if silent else {}
    actions = acted(decided, forge, unknown=unknown)
    after = applied(actions, forge)

    again = acted(decided, after, unknown=unknown)
    assert all(isinstance(action, Leave) for action in again), "done twice is done once"
    for action in actions:
        if isinstance(action, Refresh | Close):
            asked = isinstance(action, Refresh) and action.proposal.wanted_anew == "recreate"
            assert asked or not is_touched(action.proposal), "a person's branch is only left"
            assert action.proposal.state == "open"
    open_branches = [proposal.branch for proposal in after if proposal.state == "open"]
    assert len(set(open_branches)) == len(open_branches), "no branch has two open proposals"
    closed = _closed_for_good(forge)
    for action in actions:
        if isinstance(action, Open | Refresh):
            pairs = {(package, to) for _, package, _, to in action.change.identity}
            assert not pairs & closed, "what a person closed does not come back"
    subjects = [id(_subject(action)) for action in actions]
    assert len(set(subjects)) == len(subjects)
    left = {_subject(action).number for action in actions if isinstance(_subject(action), Proposal)}
    assert left == {proposal.number for proposal in forge if proposal.state == "open"}, "every open one has its action"


def _subject(action: Action) -> Any:
    match action:
        case Open(change):
            return change
        case Leave(subject):
            return subject
        case Refresh(_, old) | Close(old):
            return old


def _closed_for_good(forge: Sequence[Proposal]) -> set[tuple[str, str]]:
    last: dict[tuple[str, str], bool] = {}
    for held in forge:
        if held.state == "closed" and not held.closed_by_us:
            last |= {(package, to): bool(held.wanted_anew) for _, package, _, to in held.identity}
    return {pair for pair, anew in last.items() if not anew}


@given(DECIDED, forges(), st.integers(0, 3), st.integers(0, 3))
def test_limits_are_kept_and_in_the_end_all_is_done(
    decided: list[Decided], forge: list[Proposal], per_run: int, at_once: int
) -> None:
    limits = Limits(per_run, at_once)
    actions = acted(decided, forge, limits=limits)
    opened: list[Change] = [a.change for a in actions if isinstance(a, Open) and not a.change.security]
    assert len(opened) <= per_run
    exempt = {change.branch for change in changes(decided) if change.security}
    counted = [proposal.branch for proposal in applied(actions, forge) if proposal.state == "open"]
    before = [proposal.branch for proposal in forge if proposal.state == "open"]
    assert len(set(counted) - exempt) <= max(at_once, len(set(before) - exempt))
    for _ in range(6):
        forge = applied(acted(decided, forge, limits=Limits(1, 1000)), forge)
    assert all(isinstance(action, Leave) for action in acted(decided, forge))
