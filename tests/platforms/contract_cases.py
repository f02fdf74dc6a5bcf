"""The laws of `Cases`, said once for both forges.

A `Scene` is a forge with people who act on it; a law is a function of one. `mallory` may not write, all others may.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta

import pytest

from maintainer import errors
from maintainer.cases import Case, Labelled, Pushed
from maintainer.platforms.base import Status
from maintainer.platforms.cases import Cases

#: A day at which something happens.
MONDAY = datetime(2026, 11, 23, 9, tzinfo=UTC)
OVERRIDE = "freeze-override"


class Scene(ABC):
    """`number` is a proposal's; `by` is who does it."""

    #: The bar for 200 open proposals, in requests, the repository's own among them.
    most: int

    @abstractmethod
    def cases(self, *labels: str) -> Cases:
        """Of a run that begins now."""

    @abstractmethod
    def post(self, status: Status) -> None:
        """As our board posts it."""

    @abstractmethod
    def wait(self, until: datetime) -> None:
        """What is done next is done at `until`."""

    @abstractmethod
    def push(self, branch: str, text: str = "", by: str = "ada", onto: str | None = None) -> str: ...

    @abstractmethod
    def point(self, branch: str, commit: str, by: str = "ada") -> None: ...

    @abstractmethod
    def propose(self, branch: str, by: str = "ada", base: str = "main") -> int: ...

    @abstractmethod
    def propose_from_fork(self, by: str) -> int: ...

    @abstractmethod
    def close(self, number: int) -> None: ...

    @abstractmethod
    def merge(self, number: int) -> str:
        """The commit that the base branch is at then."""

    @abstractmethod
    def comment(self, number: int, text: str, by: str = "ada") -> Callable[[str, str], None]:
        """How to edit it: with a text, by somebody."""

    @abstractmethod
    def label(self, number: int, name: str, by: str = "ada") -> None: ...

    @abstractmethod
    def unlabel(self, number: int, name: str, by: str = "ada") -> None: ...

    @abstractmethod
    def rename_label(self, old: str, new: str) -> None: ...

    @abstractmethod
    def approve(self, number: int, by: str) -> None: ...

    @abstractmethod
    def take_back(self, number: int, by: str) -> None:
        """An approval."""

    @abstractmethod
    def join(self, login: str, team: str) -> None: ...

    @abstractmethod
    def requests(self) -> int: ...

    def verdict(self, case: Case, state: str, sentence: str) -> None:
        """As the gate posts it."""
        place = {"pipeline": case.pipeline, "branch": "" if case.fork else case.branch}
        self.post(Status(case.head, "gate", state, sentence, **place))  # type: ignore[arg-type]

    def proposed(self, branch: str = "change", by: str = "ada") -> int:
        self.push(branch, branch, by)
        return self.propose(branch, by)

    def one(self, *labels: str) -> Case:
        (found,) = self.cases(*labels).open()
        return found


LAWS: list[Callable[[Scene], None]] = []


def law(holds: Callable[[Scene], None]) -> Callable[[Scene], None]:
    LAWS.append(holds)
    return holds


def numbers(cases: Sequence[Case]) -> list[int]:
    return [one.number for one in cases]


@law
def open_ones_to_the_base_branch_are_told_oldest_first(scene: Scene) -> None:
    scene.push("release", "r")
    scene.push("other", "o")
    first, second, third = (scene.proposed(name) for name in "abc")
    scene.propose("other", base="release")
    scene.close(second)
    assert numbers(scene.cases().open()) == [first, third]


@law
def a_case_is_told_whole(scene: Scene) -> None:
    head = scene.push("change", "x", "bob")
    number = scene.propose("change", "bob")
    case = scene.one()
    assert (case.number, case.author, case.branch, case.head) == (number, "bob", "change", head)
    assert (case.base, case.state, case.fork, case.draft, case.told) == ("main", "open", False, False, None)
    assert scene.cases().case(number) == case
    assert case.url.endswith(f"/{number}")


@law
def a_fork_is_told_as_one(scene: Scene) -> None:
    scene.propose_from_fork("mallory")
    case = scene.one()
    assert (case.author, case.fork) == ("mallory", True)


@law
def one_that_is_not_there_is_an_error(scene: Scene) -> None:
    with pytest.raises(errors.NotFound):
        scene.cases().case(99)


@law
def one_is_told_in_whatever_state(scene: Scene) -> None:
    merged, closed = scene.proposed("a"), scene.proposed("b")
    scene.merge(merged)
    scene.close(closed)
    cases = scene.cases()
    assert [cases.case(one).state for one in (merged, closed)] == ["merged", "closed"]


@law
def a_remark_tells_who_when_and_whether_it_was_edited(scene: Scene) -> None:
    number = scene.proposed()
    scene.wait(MONDAY)
    scene.comment(number, "as it was", "bob")
    edit = scene.comment(number, "harmless", "ada")
    edit("/maintainer override production is down", "bob")
    first, second = scene.one().remarks
    assert (first.by, first.at, first.body, first.edited, first.bot) == ("bob", MONDAY, "as it was", False, False)
    assert (second.by, second.edited) == ("ada", True)
    assert first.id and first.id != second.id


@law
def no_remark_is_lost_among_very_many(scene: Scene) -> None:
    number = scene.proposed()
    for count in range(230):
        scene.comment(number, f"remark {count}")
    assert [one.body for one in scene.one().remarks] == [f"remark {count}" for count in range(230)]


@law
def a_label_tells_who_put_it_there_last(scene: Scene) -> None:
    number = scene.proposed()
    scene.label(number, OVERRIDE, "mallory")
    scene.unlabel(number, OVERRIDE, "bob")
    scene.wait(MONDAY)
    scene.label(number, OVERRIDE, "bob")
    scene.label(number, "other", "bob")
    assert set(scene.one(OVERRIDE).labels) >= {Labelled(OVERRIDE, "bob", MONDAY)}
    assert {one.name: one.by for one in scene.one().labels} == {OVERRIDE: None, "other": None}


@law
def a_label_that_was_taken_off_is_not_told(scene: Scene) -> None:
    number = scene.proposed()
    scene.label(number, OVERRIDE)
    scene.unlabel(number, OVERRIDE)
    assert scene.one(OVERRIDE).labels == ()


@law
def nobody_put_a_label_there_that_was_renamed(scene: Scene) -> None:
    number = scene.proposed()
    scene.label(number, "docs", "bob")
    scene.rename_label("docs", OVERRIDE)
    assert scene.one(OVERRIDE).labels == (Labelled(OVERRIDE),)
    scene.unlabel(number, OVERRIDE)
    scene.label(number, OVERRIDE, "bob")
    assert scene.one(OVERRIDE).labels[0].by == "bob"


@law
def a_label_is_not_mistaken_for_one_that_had_its_name(scene: Scene) -> None:
    number = scene.proposed()
    scene.label(number, OVERRIDE, "bob")
    scene.label(number, "docs", "mallory")
    scene.rename_label(OVERRIDE, "old")
    scene.rename_label("docs", OVERRIDE)
    assert Labelled(OVERRIDE) in scene.one(OVERRIDE).labels


@law
def no_labelling_is_lost_among_very_many(scene: Scene) -> None:
    number = scene.proposed()
    scene.label(number, OVERRIDE, "bob")
    for _ in range(60):
        scene.label(number, "again", "ada")
        scene.unlabel(number, "again", "ada")
    scene.unlabel(number, OVERRIDE)
    scene.wait(MONDAY)
    scene.label(number, OVERRIDE, "ada")
    assert scene.one(OVERRIDE).labels == (Labelled(OVERRIDE, "ada", MONDAY),)


@law
def approvals_that_stand_are_told(scene: Scene) -> None:
    number = scene.proposed()
    scene.approve(number, "carol")
    scene.wait(MONDAY)
    scene.approve(number, "bob")
    scene.take_back(number, "carol")
    (approval,) = scene.one().approvals
    assert (approval.by, approval.at) == ("bob", MONDAY)


@law
def the_verdict_on_the_head_is_told_as_it_was_posted(scene: Scene) -> None:
    number = scene.proposed()
    for state, sentence in (("failure", "Frozen until Monday."), ("success", "Open."), ("failure", "Frozen again.")):
        case = scene.cases().case(number)
        scene.verdict(case, state, sentence)
        told = scene.one().told
        assert told and (told.state, told.sentence) == (state, sentence)
    scene.push("change", "more")
    assert scene.one().told is None


@law
def each_of_two_with_one_head_is_told_its_verdict(scene: Scene) -> None:
    head = scene.push("a", "x")
    scene.point("b", head)
    for branch in "ab":
        scene.propose(branch)
    for state, sentence in (("failure", "Frozen."), ("success", "Open.")):
        for case in scene.cases().open():
            scene.verdict(case, state, sentence)
        told = [one.told for one in scene.cases().open()]
        assert [(one.state, one.sentence) for one in told if one] == [(state, sentence)] * 2


@law
def other_verdicts_are_none_of_the_gate(scene: Scene) -> None:
    number = scene.proposed()
    scene.post(Status(scene.cases().case(number).head, "verify", "success", "Fine."))
    assert scene.one().told is None


@law
def a_push_is_told_by_the_clock_of_the_forge(scene: Scene) -> None:
    number = scene.proposed()
    scene.wait(MONDAY)
    scene.push("change", "more", "bob")
    cases = scene.cases()
    assert cases.pushed(cases.case(number)) == Pushed(MONDAY, "bob")


@law
def a_head_that_comes_back_counts_from_then(scene: Scene) -> None:
    first = scene.push("change", "x")
    number = scene.propose("change")
    scene.push("change", "y")
    scene.wait(MONDAY)
    scene.point("change", first, "bob")
    cases = scene.cases()
    assert cases.pushed(cases.case(number)) == Pushed(MONDAY, "bob")


@law
def of_a_head_that_is_gone_no_push_is_told(scene: Scene) -> None:
    number = scene.proposed()
    cases = scene.cases()
    case = cases.case(number)
    unknown = Case(number, case.title, case.author, case.branch, "0" * 40, case.base)
    assert cases.pushed(unknown) is None


@law
def a_commit_tells_what_it_was_merged_by(scene: Scene) -> None:
    merged, _ = scene.proposed("a"), scene.proposed("b")
    commit = scene.merge(merged)
    cases = scene.cases()
    assert numbers(cases.of(commit)) == [merged]
    assert cases.of(cases.open()[0].head) == []


@law
def who_may_write_is_told_whatever_the_case(scene: Scene) -> None:
    scene.comment(scene.proposed(by="ada"), "Please", by="mallory")
    cases = scene.cases()
    assert [cases.writes(who) for who in ("ada", "ADA", "mallory", "nobody-at-all", "")] == [True, True, *[False] * 3]


@law
def who_is_in_a_team_is_told_whatever_the_case(scene: Scene) -> None:
    scene.join("bob", "@shop/owners")
    cases = scene.cases()
    asked = ("bob", "BOB", "ada", "nobody-at-all", "")
    assert [cases.belongs(who, "@shop/owners") for who in asked] == [True, True, False, False, False]
    assert cases.belongs("bob", "@Shop/Owners")
    scene.proposed(by="ada")
    assert not scene.cases().belongs("ada", "@shop/owners")


@law
def a_team_that_is_not_there_is_no_answer(scene: Scene) -> None:
    scene.proposed(by="bob")
    with pytest.raises(errors.AccessDenied, match="nowhere/owners"):
        scene.cases().belongs("bob", "@nowhere/owners")


@law
def two_hundred_are_told_by_few_requests(scene: Scene) -> None:
    head = scene.push("crowd", "x")
    for count in range(200):
        scene.point(f"p{count}", head)
        number = scene.propose(f"p{count}")
        scene.comment(number, "Fine?")
        if count % 20 == 0:
            scene.label(number, OVERRIDE, "bob")
    before = scene.requests()
    cases = scene.cases(OVERRIDE).open()
    assert numbers(cases) == sorted(numbers(cases))
    assert (len(cases), sum(one.labels != () for one in cases)) == (200, 10)
    assert {label.by for one in cases for label in one.labels} == {"bob"}
    assert scene.requests() - before <= scene.most


@law
def a_week_can_be_acted_out(scene: Scene) -> None:
    number = scene.proposed()
    days = [MONDAY + timedelta(days=day) for day in range(7)]
    for day in days:
        scene.wait(day)
        scene.comment(number, f"{day:%A}", "bob")
    assert [one.at for one in scene.one().remarks] == days
