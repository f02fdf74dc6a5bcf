"""The laws of `Proposals`."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from maintainer import errors
from maintainer.text import description
from tests.platforms.contract import BOXES, BRANCH, Laws, Place

law = Laws()
VUE = "maintainer/npm-vue"


@law()
def at_first_there_is_nothing(place: Place) -> None:
    run = place.run()
    run.proposals.settle()
    assert (list(run.proposals.all()), list(run.proposals.remarks)) == ([], [])
    assert run.proposals.base == "main"


@law()
def what_was_opened_is_shown_to_every_later_run(place: Place) -> None:
    draft = place.draft(labels=("dependencies",))
    opened = place.run().proposals.open(draft)
    seen = place.run().one()
    assert (seen.number, seen.state, seen.branch, seen.base) == (opened.number, "open", BRANCH, "main")
    assert (seen.identity, seen.title) == (draft.change.identity, draft.change.title)
    assert seen.pushed == seen.head == draft.commit == place.refs()[BRANCH]
    assert "### react 2.0.0" in seen.body
    assert (seen.wanted_anew, seen.conflicted, seen.closed_by_us, seen.failed) == ("", False, False, False)


@law()
def what_opening_answers_is_what_a_later_run_sees(place: Place) -> None:
    assert place.opened() == place.run().one()


@law()
def opened_twice_it_is_one(place: Place) -> None:
    draft = place.draft()
    first = place.run().proposals.open(draft)
    try:
        again = place.run().proposals.open(draft)
    except errors.StaleEdit:
        pass  # a refusal is as good: nothing is doubled
    else:
        assert again.number == first.number
    assert place.run().one() == first


@law()
def several_are_told_oldest_first(place: Place) -> None:
    for package in ("react", "vue", "axios"):
        place.opened(package=package)
    found = place.run().proposals.all()
    assert [one.number for one in found] == sorted(one.number for one in found)
    assert [one.identity[0][1] for one in found] == ["react", "vue", "axios"]


@law()
def more_than_a_page_of_them_is_told(place: Place) -> None:
    place.crowd(101)
    found = place.run().proposals.all()
    assert [one.number for one in found] == list(range(1, 102))
    assert len({one.identity for one in found}) == 101


@law()
def a_branch_someone_made_is_never_taken(place: Place) -> None:
    theirs = place.push(BRANCH, {"notes.txt": "mine"})
    with pytest.raises(errors.StaleEdit):
        place.opened()
    assert place.refs()[BRANCH] == theirs
    assert [one for one in place.run().proposals.all() if one.state == "open"] == []


@law()
def a_description_at_the_limit_keeps_its_boxes_and_what_is_remembered(place: Place) -> None:
    draft = place.draft(body="\n".join(["### react", *(f"line {at} of a changelog" for at in range(60_000)), BOXES]))
    place.run().proposals.open(draft)
    seen = place.run().one()
    assert (seen.identity, seen.pushed, seen.wanted_anew) == (draft.change.identity, draft.commit, "")
    assert [box.verb for box in description.boxes(seen.body)] == ["recreate", "rebase", "ignore"]


@law()
def refreshed_it_keeps_its_number_and_says_the_new(place: Place) -> None:
    first = place.opened()
    newer = place.draft("2.1.0")
    place.run().proposals.refresh(first, newer)
    seen = place.run().one()
    assert (seen.number, seen.title, seen.identity) == (first.number, newer.change.title, newer.change.identity)
    assert seen.head == seen.pushed == newer.commit == place.refs()[BRANCH]
    assert "### react 2.1.0" in seen.body and "### react 2.0.0" not in seen.body


@law()
def refreshed_to_what_it_says_it_stays(place: Place) -> None:
    place.opened()
    draft = place.draft("2.1.0")
    run = place.run()
    run.proposals.refresh(run.one(), draft)
    before = place.run().one()
    place.run().proposals.refresh(before, draft)
    assert place.run().one() == before


@law()
def commits_pushed_on_top_are_never_overwritten(place: Place) -> None:
    _never_overwritten(place, lambda: place.push(BRANCH, {"notes.txt": "mine"}))


@law()
def an_amended_commit_is_never_overwritten(place: Place) -> None:
    _never_overwritten(place, lambda: place.push(BRANCH, {"package.json": "mine"}, amend=True))


@law()
def a_replaced_branch_is_never_overwritten(place: Place) -> None:
    _never_overwritten(place, lambda: place.push(BRANCH, {"notes.txt": "mine"}, onto="main"))


def _never_overwritten(place: Place, touch: Callable[[], str]) -> None:
    first = place.opened()
    theirs = touch()
    seen = place.run().one()
    assert (seen.head, seen.pushed) == (theirs, first.pushed)
    with pytest.raises(errors.StaleEdit):
        place.run().proposals.refresh(first, place.draft("2.1.0"))
    assert place.refs()[BRANCH] == theirs
    place.run().proposals.close(seen, "no longer needed")
    assert place.refs()[BRANCH] == theirs


@law()
def a_branch_that_moves_after_it_was_read_is_not_overwritten(place: Place) -> None:
    place.opened()
    run = place.run()
    seen = run.one()
    draft = place.draft("2.1.0")
    theirs = place.push(BRANCH, {"notes.txt": "mine"})
    with pytest.raises(errors.StaleEdit):
        run.proposals.refresh(seen, draft)
    assert place.refs()[BRANCH] == theirs


@law()
def a_conflict_with_the_base_is_told(place: Place) -> None:
    place.opened()
    place.opened(package="vue")
    place.push("main", {"package.json": "by hand"})
    assert [(one.branch, one.conflicted) for one in place.run().proposals.all()] == [(BRANCH, True), (VUE, False)]


@law()
def closed_by_us_it_is_gone_and_blocks_nothing(place: Place) -> None:
    place.run().proposals.close(place.opened(), "no longer needed")
    seen = place.run().one()
    assert (seen.state, seen.closed_by_us, seen.head) == ("closed", True, "")
    assert BRANCH not in place.refs()
    again = place.opened()
    assert again.state == "open" and place.refs()[BRANCH] == again.head


@law()
def closed_twice_it_is_closed_once(place: Place) -> None:
    first = place.opened()
    place.run().proposals.close(first, "no longer needed")
    before = place.run().one()
    place.run().proposals.close(first, "no longer needed")
    assert place.run().one() == before


@law()
def closed_on_a_persons_word_it_stays_refused(place: Place) -> None:
    place.run().proposals.close(place.opened(), "ignored, as asked", ours=False)
    for _ in range(2):
        run = place.run()
        run.proposals.settle()
        seen = run.one()
        assert (seen.state, seen.closed_by_us) == ("closed", False)
    assert BRANCH not in place.refs()


@law()
def closed_by_a_person_it_stays_refused(place: Place) -> None:
    place.opened()
    place.close(1)
    for _ in range(2):
        run = place.run()
        run.proposals.settle()
        seen = run.one()
        assert (seen.state, seen.closed_by_us, seen.identity[0][1]) == ("closed", False, "react")


@law()
def allowed_again_it_blocks_nothing(place: Place) -> None:
    place.run().proposals.close(place.opened(), "ignored, as asked", ours=False)
    run = place.run()
    run.proposals.allow_again(run.one())
    seen = place.run().one()
    assert (seen.state, seen.closed_by_us, seen.wanted_anew) == ("closed", True, "")


@law()
def a_deleted_branch_closes_it(place: Place) -> None:
    place.opened()
    place.delete_branch(BRANCH)
    run = place.run()
    run.proposals.settle()
    seen = place.run().one()
    assert (seen.state, seen.closed_by_us, seen.head) == ("closed", False, "")


@law()
def merged_is_merged(place: Place) -> None:
    place.opened()
    place.merge(1)
    run = place.run()
    run.proposals.settle()
    seen = place.run().one()
    assert (seen.state, seen.identity[0][1:]) == ("merged", ("react", "1.0.0", "2.0.0"))


@law("people")
def merged_by_squashing_it_is_merged(place: Place) -> None:
    place.opened()
    place.merge(1, "squash")
    assert place.run().one().state == "merged"


@law()
def merged_since_tells_those_merged_by_then(place: Place) -> None:
    place.opened()
    place.opened(package="vue")
    place.merge(1)
    place.run().proposals.settle()
    run = place.run()
    when = place.draft(package="axios").at
    assert [one.number for one in run.proposals.merged_since(when - timedelta(days=1))] == [1]
    assert list(run.proposals.merged_since(when + timedelta(days=1))) == []


@law()
def settling_again_changes_nothing(place: Place) -> None:
    for package in ("react", "vue", "axios", "sass"):
        place.opened(package=package)
    place.merge(1)
    place.close(2)
    run = place.run()
    found = {one.number: one for one in run.proposals.all()}
    assert sorted(found) == [1, 2, 3, 4]
    run.proposals.close(found[3], "no longer needed")
    place.run().proposals.settle()
    before, refs = place.run().proposals.all(), place.refs()
    assert place.writes(lambda: place.run().proposals.settle()) == []
    assert (place.run().proposals.all(), place.refs()) == (before, refs)
    assert [one.state for one in before] == ["merged", "closed", "closed", "open"]


@law("people")
def what_belongs_to_it_is_put_on_it(place: Place) -> None:
    place.opened(labels=("dependencies", "js"))
    shown = place.shown()
    assert (shown.title, shown.state, shown.base) == ("react 1 → 2.0.0", "open", "main")
    assert shown.labels == {"maintainer", "dependencies", "js"}
    assert "### react 2.0.0" in shown.body and shown.comments == ()


@law("people")
def what_the_forge_does_not_know_is_remarked_on_and_costs_nothing(place: Place) -> None:
    run = place.run()
    run.proposals.open(place.draft(reviewers=("nobody-here",), assignees=("nobody-there",), milestone="Never"))
    told = " ".join(run.proposals.remarks)
    assert all(name in told for name in ("nobody-here", "nobody-there", "Never"))
    assert place.shown().state == "open" and place.run().one().wanted_anew == ""


@law("people")
def a_draft_is_one(place: Place) -> None:
    place.opened(draft=True)
    assert place.shown().draft
    assert place.run().one().state == "open"


@law("people")
def what_people_wrote_survives_a_refresh(place: Place) -> None:
    first = place.opened(labels=("dependencies", "js"))
    place.edit(1, title="React, please", body=f"Read the notes!\n\n{place.shown().body}\nThanks")
    place.label(1, "urgent")
    place.unlabel(1, "js")
    place.run().proposals.refresh(first, place.draft("2.1.0", labels=("dependencies", "js", "minor")))
    shown = place.shown()
    assert shown.title == "React, please"
    assert shown.body.startswith("Read the notes!") and "Thanks" in shown.body
    assert "### react 2.1.0" in shown.body and "### react 2.0.0" not in shown.body
    assert shown.labels == {"maintainer", "dependencies", "minor", "urgent"}


@law("people")
def an_emptied_description_is_written_anew(place: Place) -> None:
    first = place.opened()
    place.edit(1, body="")
    seen = place.run().one()
    assert (seen.number, seen.head, seen.pushed) == (1, first.head, first.head)
    newer = place.draft("2.1.0")
    place.run().proposals.refresh(seen, newer)
    again = place.run().one()
    assert (again.identity, again.wanted_anew) == (newer.change.identity, "")


@law("people")
def a_ticked_box_is_a_wish_until_it_is_done(place: Place) -> None:
    place.opened()
    for words in ("rebase", "recreate"):
        place.tick(1, f"{words} this")
        seen = place.run().one()
        assert seen.wanted_anew == words
        place.run().proposals.refresh(seen, place.draft("2.1.0"))
        assert place.run().one().wanted_anew == ""


@law("people")
def a_lost_label_is_put_back(place: Place) -> None:
    place.opened()
    place.unlabel(1, "maintainer")
    place.run().proposals.settle()
    assert "maintainer" in place.shown().labels


@law("people")
def closing_says_why_and_where_it_goes_on_once(place: Place) -> None:
    first = place.opened()
    place.opened(package="vue")
    for _ in range(2):
        place.run().proposals.close(first, "superseded by vue", VUE)
    (said,) = place.shown(1).comments
    assert "superseded by vue" in said and ("#2" in said or "!2" in said)
    assert place.shown(1).state == "closed" and place.shown(2).comments == ()


@law("people")
def a_reason_notifies_nobody(place: Place) -> None:
    place.run().proposals.close(place.opened(), "ignored by @ada, see #1 and !1\n/reopen")
    (said,) = place.shown(1).comments
    assert "@ada" not in said and "#1" not in said and "!1" not in said and "\n/reopen" not in said


@law("people")
def reopened_by_a_person_it_is_theirs_to_close(place: Place) -> None:
    first = place.opened()
    place.run().proposals.close(first, "no longer needed")
    place.restore(BRANCH, first.head)
    place.reopen(1)
    place.run().proposals.settle()
    seen = place.run().one()
    assert (seen.state, seen.closed_by_us, seen.head) == ("open", False, first.head)
    place.close(1)
    assert not place.run().one().closed_by_us
