"""The laws of `Board`."""

from typing import Literal

import pytest

from maintainer import errors
from maintainer.platforms.base import Annotation, Asked, Status
from maintainer.text import description
from maintainer.text.description import Mark
from tests.platforms.contract import BRANCH, Laws, Place

law = Laws()
LABEL = "maintainer-dashboard"


def region(words: str) -> str:
    return description.compose(words, Mark())


@law("board")
def a_comment_lives_is_written_once_and_edited_in_place(place: Place) -> None:
    place.opened()
    said = [("verify", "a"), ("verify", "a"), ("gate", "b"), ("verify", "c"), ("gate", "b")]
    writes = [len(place.writes(lambda k=key, t=text: place.run().told.comment(1, k, t))) for key, text in said]  # type: ignore[misc]
    assert writes == [1, 0, 1, 1, 0]
    assert [text.split("\n")[0] for text in place.shown().comments] == ["c", "b"]


@law("board")
def a_comment_of_someone_else_is_never_edited(place: Place) -> None:
    place.opened()
    place.comment(1, "mine\n\n<!-- maintainer:comment verify -->")
    place.run().told.comment(1, "verify", "ours")
    assert [text.split("\n")[0] for text in place.shown().comments] == ["mine", "ours"]


@law("board")
def a_comment_longer_than_the_forge_takes_is_cut(place: Place) -> None:
    place.opened()
    for _ in range(2):
        place.run().told.comment(1, "verify", "words " * 300_000)
    (said,) = place.shown().comments
    assert said.startswith("words") and said.endswith("<!-- maintainer:comment verify -->")


@law("board")
def a_status_is_posted_once_and_replaced_by_what_comes_after(place: Place) -> None:
    head = place.opened().head
    board = place.run().told
    states: tuple[Literal["pending", "success", "failure"], ...] = ("pending", "failure", "success")
    for state in states:
        status = Status(head, "maintainer/gate", state, f"It is {state}.", "https://shop.example/gate")
        assert len(place.writes(lambda: board.status(status))) == 1  # noqa: B023 - called at once
        assert place.writes(lambda: board.status(status)) == []  # noqa: B023
        assert list(place.verdicts(head)) == [("maintainer/gate", state)]


@law("board")
def annotations_cost_nothing_where_they_can_not_be_shown(place: Place) -> None:
    head = place.opened().head
    told = [Annotation("package.json", at, "warning", "react", "is old") for at in range(120)]
    place.run().told.status(Status(head, "maintainer/gate", "failure", "120 things are wrong"), told)
    assert list(place.verdicts(head)) == [("maintainer/gate", "failure")]


@law("board")
def nobody_checks_what_nobody_checks(place: Place) -> None:
    assert _checks(place, place.opened().number) == "none"


@law("board")
def what_others_check_is_told(place: Place) -> None:
    number = place.opened().number
    states: tuple[Literal["pending", "success", "failure"], ...] = ("pending", "success", "failure")
    for said in states:
        place.checked(BRANCH, said)
        assert _checks(place, number) == said


@law("board")
def our_own_verdict_is_no_check(place: Place) -> None:
    opened = place.opened()
    place.run().told.status(Status(opened.head, "maintainer/gate", "failure", "closed"))
    assert _checks(place, opened.number) == "none"


def _checks(place: Place, number: int) -> str:
    run = place.run()
    return dict(run.told.checks(run.proposals.all()))[number]


@law("board")
def who_may_write_is_heard(place: Place) -> None:
    place.opened()
    place.comment(1, "/maintainer rebase")
    ((asked),) = _asked(place)
    assert (asked.number, asked.verb, asked.by) == (1, "rebase", "ada") and asked.id


@law("board")
def who_may_only_read_is_not_heard(place: Place) -> None:
    place.opened()
    place.comment(1, "/maintainer recreate", by="mallory")
    assert _asked(place) == []


@law("board")
def only_a_line_of_its_own_asks_for_something(place: Place) -> None:
    place.opened()
    for text in ("please /maintainer rebase", "> /maintainer rebase", "`/maintainer rebase`", "/maintainer explode"):
        place.comment(1, text)
    assert _asked(place) == []


@law("board")
def what_was_asked_is_told_until_it_is_done_oldest_first(place: Place) -> None:
    place.opened()
    place.opened(package="vue")
    place.comment(2, "/maintainer rebase")
    place.comment(1, "/maintainer recreate")
    asked = _asked(place)
    assert [(one.number, one.verb) for one in asked] == [(2, "rebase"), (1, "recreate")]
    run = place.run()
    second = run.proposals.all()[1]
    run.proposals.refresh(second, place.draft("2.0.1", "vue", handled=asked[0].id))
    assert [(one.number, one.verb) for one in _asked(place)] == [(1, "recreate")]


@law("board")
def a_ticked_box_asks_too(place: Place) -> None:
    place.opened()
    place.tick(1, "ignore this")
    assert _asked(place) == [Asked(1, "ignore")]


def _asked(place: Place) -> list[Asked]:
    run = place.run()
    return list(run.told.asked(run.proposals.all()))


@law("board")
def the_forge_merges_by_itself_what_something_holds_back(place: Place) -> None:
    place.opened()
    place.held_back()
    assert _automerge(place, on=True) == ""
    assert place.writes(lambda: _automerge(place, on=True)) == []
    assert _automerge(place, on=False) == ""
    assert place.writes(lambda: _automerge(place, on=False)) == []
    assert place.shown().state == "open"


@law("board")
def where_nothing_holds_back_it_says_why_it_does_not_merge_by_itself(place: Place) -> None:
    place.opened()
    assert len(_automerge(place, on=True)) > 20
    assert place.shown().state == "open"


def _automerge(place: Place, on: bool) -> str:
    run = place.run()
    return run.told.automerge(run.one(), on)


@law("board")
def an_issue_is_opened_once_and_edited_in_place(place: Place) -> None:
    assert place.run().told.issue(LABEL) is None
    made = place.run().told.write_issue(LABEL, "Dashboard", region("one"), None)
    found = place.run().told.issue(LABEL)
    assert found and (found.number, found.title, found.open) == (made.number, "Dashboard", True)
    now = place.run().told.write_issue(LABEL, "Dashboard", region("two"), found)
    shown = place.issue(made.number)
    assert now.number == made.number and "two" in shown.body and "one" not in shown.body
    assert LABEL in shown.labels
    assert place.writes(lambda: place.run().told.write_issue(LABEL, "Dashboard", region("two"), now)) == []


@law("board")
def an_issue_someone_edited_is_not_overwritten(place: Place) -> None:
    before = place.run().told.write_issue(LABEL, "Dashboard", region("one"), None)
    place.edit_issue(before.number, f"mine\n\n{before.body}")
    with pytest.raises(errors.StaleEdit):
        place.run().told.write_issue(LABEL, "Dashboard", region("two"), before)
    assert place.issue(before.number).body.startswith("mine")


@law("board")
def an_issue_someone_closed_is_not_written(place: Place) -> None:
    before = place.run().told.write_issue(LABEL, "Dashboard", region("one"), None)
    place.close_issue(before.number)
    found = place.run().told.issue(LABEL)
    assert found is None or (found.number, found.open) == (before.number, False)
    with pytest.raises(errors.StaleEdit):
        place.run().told.write_issue(LABEL, "Dashboard", region("two"), before)
    assert place.issue(before.number).state == "closed"


@law("board")
def there_is_no_second_issue(place: Place) -> None:
    first = place.run().told.write_issue(LABEL, "Dashboard", region("one"), None)
    with pytest.raises(errors.StaleEdit):
        place.run().told.write_issue(LABEL, "Dashboard", region("two"), None)
    double = place.open_issue("Dashboard", region("three"), LABEL)
    persons = place.open_issue("About the dashboard", "Where is it?", LABEL)
    found = place.run().told.issue(LABEL)
    assert found and found.number == first.number
    assert [place.issue(number).state for number in (first.number, double, persons)] == ["open", "closed", "open"]


@law("board")
def what_the_token_can_do_is_asked_without_leaving_anything(place: Place) -> None:
    place.opened()
    before, refs = place.shown(), place.refs()
    assert place.run().told.abilities()
    assert (place.shown(), place.refs()) == (before, refs)
    assert place.run().one().wanted_anew == ""
