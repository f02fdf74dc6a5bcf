"""Proposals as pull requests, on the fake GitHub over real git."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from maintainer import errors
from maintainer.text import description
from tests.forges.github import GithubFake
from tests.platforms.github_site import BRANCH, HEAD, PUSHED, Site


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    with GithubFake(tmp_path / "forge") as forge:
        forge.add_repository("shop/site", {"package.json": "1.0.0", "readme.md": "a shop\n"})
        yield Site(forge, tmp_path)


def test_an_opened_proposal_has_all_that_belongs_to_it(site: Site) -> None:
    for login in ("ada", "grace"):
        site.forge.person(login)
    draft = site.draft(labels=("dependencies",), assignees=("@ada",), reviewers=("grace",))
    opened = site.run().proposals.open(draft)
    assert site.refs() == {HEAD: draft.commit, PUSHED: draft.commit}
    issue, pull = site.issue(), site.pull()
    assert (issue.title, pull.base, issue.labels) == ("react 1 → 2.0.0", "main", ["maintainer", "dependencies"])
    assert (issue.assignees, pull.reviewers) == (["ada"], ["grace"])
    seen = site.run().one()
    assert seen == opened
    assert (seen.state, seen.identity, seen.pushed, seen.head) == (
        "open",
        draft.change.identity,
        draft.commit,
        draft.commit,
    )
    assert (seen.wanted_anew, seen.conflicted, seen.closed_by_us) == ("", False, False)
    assert seen.url.endswith("/shop/site/pull/1")


def test_opening_writes_in_an_order_that_can_be_taken_up_again(site: Site) -> None:
    site.forge.person("ada")
    draft = site.draft(labels=("js",), reviewers=("ada",), assignees=("ada",))
    assert site.writes(lambda: site.run().proposals.open(draft)) == [
        f"push shop/site {HEAD} {PUSHED}",
        "POST /repos/shop/site/pulls",
        "POST /repos/shop/site/issues/1/labels",
        "POST /repos/shop/site/pulls/1/requested_reviewers",
        "POST /repos/shop/site/issues/1/assignees",
        "PATCH /repos/shop/site/pulls/1",
    ]


def test_a_refreshed_proposal_keeps_what_people_made_of_it(site: Site) -> None:
    first = site.opened(labels=("dependencies", "js"))
    ada = site.forge.person("ada")
    ada.edit(1, title="React, please", body=f"Read the notes!\n\n{site.issue().body}\nThanks")
    ada.label(1, "urgent")
    ada.unlabel(1, "js")
    newer = site.draft("2.1.0", labels=("dependencies", "js", "minor"))
    site.run().proposals.refresh(first, newer)
    issue = site.issue()
    assert issue.title == "React, please"
    body = issue.body or ""
    assert body.startswith("Read the notes!") and "### react 2.1.0" in body and "### react 2.0.0" not in body
    assert "Thanks" in body
    assert sorted(issue.labels) == ["dependencies", "maintainer", "minor", "urgent"]
    seen = site.run().one()
    assert (seen.head, seen.identity, seen.title) == (newer.commit, newer.change.identity, "React, please")
    assert site.refs() == {HEAD: newer.commit, PUSHED: newer.commit}


def test_an_untouched_title_follows_and_boxes_are_unticked(site: Site) -> None:
    first = site.opened()
    site.forge.person("ada").check(1, "rebase this")
    assert site.run().one().wanted_anew == "rebase"
    site.run().proposals.refresh(first, site.draft("2.1.0"))
    assert site.issue().title == "react 1 → 2.1.0"
    assert site.run().one().wanted_anew == ""


def test_a_closed_proposal_says_why_where_it_goes_on_and_leaves_no_branch(site: Site) -> None:
    site.opened()
    run = site.run()
    (first,) = run.proposals.all()
    run.proposals.open(site.draft("3.0.0", "vue"))
    told = site.writes(lambda: run.proposals.close(first, "superseded by maintainer/npm-vue", "maintainer/npm-vue"))
    assert told == [
        "POST /repos/shop/site/issues/1/comments",
        "PATCH /repos/shop/site/pulls/1",
        f"push shop/site {HEAD} {PUSHED}",
    ]
    assert site.comments() == [
        "Closed: superseded by maintainer/npm-vue. It goes on in #2.\n\n<!-- maintainer:comment closed -->"
    ]
    closed, standing = site.run().proposals.all()
    assert (closed.state, closed.closed_by_us, closed.branch) == ("closed", True, BRANCH)
    assert standing.branch == "maintainer/npm-vue"
    assert set(site.refs()) == {ref.replace("react", "vue") for ref in (HEAD, PUSHED)}


def test_what_a_person_had_us_ignore_stays_closed(site: Site) -> None:
    site.run().proposals.close(site.opened(), "ignored, as asked by @ada", ours=False)
    seen = site.run().one()
    assert (seen.state, seen.closed_by_us) == ("closed", False)
    assert site.refs() == {}
    assert "@\u200bada" in site.comments()[0]


def test_what_is_allowed_again_blocks_nothing(site: Site) -> None:
    site.opened()
    ada = site.forge.person("ada")
    ada.check(1, "recreate this")
    ada.close(1)
    run = site.run()
    assert run.one().wanted_anew == "recreate"
    run.proposals.allow_again(run.one())
    seen = site.run().one()
    assert (seen.state, seen.closed_by_us, seen.wanted_anew) == ("closed", True, "")


def test_merged_since_tells_the_merged_ones_of_then(site: Site) -> None:
    site.opened()
    site.forge.person("ada").merge(1)
    when = site.forge.now
    assert [one.number for one in site.run().proposals.merged_since(when)] == [1]
    assert site.run().one().state == "merged"
    site.forge.tick()
    assert site.run().proposals.merged_since(site.forge.now) == []


def test_a_merged_ones_untouched_branch_is_removed_by_the_next_run(site: Site) -> None:
    site.opened()
    site.forge.person("ada").merge(1)
    site.run().proposals.settle()
    assert site.refs() == {}


def test_what_a_person_closed_keeps_its_branch(site: Site) -> None:
    site.opened()
    site.forge.person("ada").close(1)
    site.run().proposals.settle()
    assert set(site.refs()) == {HEAD, PUSHED}
    assert (site.run().one().state, site.run().one().closed_by_us) == ("closed", False)


def test_a_person_who_deletes_the_branch_closes_it(site: Site) -> None:
    site.opened()
    site.forge.person("ada").delete_branch(BRANCH)
    site.run().proposals.settle()
    seen = site.run().one()
    assert (seen.state, seen.closed_by_us) == ("closed", False)
    assert site.refs() == {}


def test_a_reopened_one_of_ours_is_a_persons_to_close(site: Site) -> None:
    site.opened()
    commit = site.pull().sha
    run = site.run()
    run.proposals.close(run.one(), "no longer needed")
    ada = site.forge.person("ada")
    ada.point(BRANCH, commit)
    ada.reopen(1)
    site.run().proposals.settle()
    seen = site.run().one()
    assert (seen.state, seen.closed_by_us, seen.head, seen.pushed) == ("open", False, commit, ""), "it is theirs"
    site.run().proposals.refresh(seen, site.draft("2.1.0"))
    ada.close(1)
    assert not site.run().one().closed_by_us


def amended(site: Site) -> None:
    site.forge.person("ada").push(BRANCH, {"package.json": "mine"}, amend=True)


def pushed_on(site: Site) -> None:
    site.forge.person("ada").push(BRANCH, {"more.txt": "mine"})


def replaced(site: Site) -> None:
    site.forge.person("ada").push(BRANCH, {"more.txt": "mine"}, onto="main")


@pytest.mark.parametrize("touch", [amended, pushed_on, replaced], ids=lambda one: one.__name__)
def test_a_branch_someone_moved_is_theirs(site: Site, touch: Callable[[Site], None]) -> None:
    first = site.opened()
    touch(site)
    theirs = site.pull().sha
    seen = site.run().one()
    assert (seen.head, seen.pushed) == (theirs, first.pushed)
    with pytest.raises(errors.StaleEdit, match="Someone moved"):
        site.run().proposals.refresh(first, site.draft("2.1.0"))
    with pytest.raises(errors.StaleEdit, match="not as we pushed it"):
        site.run().proposals.open(site.draft("2.1.0"))
    site.run().proposals.close(seen, "no longer needed")
    assert site.refs()[HEAD] == theirs


def test_a_conflict_is_found_by_git(site: Site) -> None:
    site.opened()
    site.opened(package="vue")
    site.forge.person("ada").push("main", {"package.json": "by hand"})
    assert [(one.number, one.conflicted) for one in site.run().proposals.all()] == [(1, True), (2, False)]


def test_a_renamed_default_branch_is_the_new_base(site: Site) -> None:
    site.opened()
    site.forge.person("ada").rename_branch("main", "trunk")
    run = site.run()
    assert (run.proposals.base, run.one().base, run.one().conflicted) == ("trunk", "trunk", False)


def test_another_base_is_put_right_by_a_refresh(site: Site) -> None:
    first = site.opened()
    ada = site.forge.person("ada")
    ada.push("next", {"x": "y"}, onto="main")
    ada.edit(1, base="next")
    assert site.run().one().base == "next"
    site.run().proposals.refresh(first, site.draft("2.1.0"))
    assert site.run().one().base == "main"


def test_a_draft_is_one(site: Site) -> None:
    site.opened(draft=True)
    assert site.pull().draft


def mark_of(site: Site, **fields: object) -> str:
    pairs = (("package.json", "react", "1.0.0", "2.0.0"),)
    return description.compose("Ours?", description.Mark(pairs, BRANCH, **fields))  # type: ignore[arg-type]


def test_a_fork_is_never_ours_whatever_its_description_says(site: Site) -> None:
    mallory = site.forge.person("mallory", "read")
    fork = mallory.fork()
    mallory.at(fork).push(BRANCH, {"package.json": "evil"})
    number = mallory.open_pull(BRANCH, body=mark_of(site), fork=fork)
    assert site.run().proposals.all() == []
    site.forge.person("ada").label(number, "maintainer")
    mallory.close(number)
    assert site.run().proposals.all() == []
    assert site.run().proposals.open(site.draft()).number == number + 1


def test_the_pull_request_of_a_deleted_fork_is_passed_over(site: Site) -> None:
    mallory = site.forge.person("mallory", "read")
    fork = mallory.fork()
    mallory.at(fork).push(BRANCH, {"package.json": "evil"})
    mallory.open_pull(BRANCH, body=mark_of(site), fork=fork)
    mallory.delete_fork(fork)
    assert site.run().proposals.all() == []


def test_a_pull_request_by_hand_is_not_ours(site: Site) -> None:
    ada = site.forge.person("ada")
    ada.push("maintainer/by-hand", {"a": "b"})
    ada.push("feature", {"a": "b"})
    ada.open_pull("maintainer/by-hand")
    ada.open_pull("feature", body=mark_of(site))
    assert site.run().proposals.all() == []


@pytest.mark.parametrize(
    "body",
    ["", "gone", "<!-- maintainer:identity {} -->", "<!-- maintainer:identity {broken -->", "\r\n"],
    ids=["empty", "replaced", "no-identity", "broken", "blank"],
)
def test_a_description_that_lost_our_metadata_is_written_anew(site: Site, body: str) -> None:
    first = site.opened()
    site.forge.person("ada").edit(1, body=body)
    seen = site.run().one()
    assert (seen.identity, seen.pushed, seen.wanted_anew) == ((), first.pushed, "interrupted")
    newer = site.draft("2.1.0")
    site.run().proposals.refresh(seen, newer)
    assert site.run().one().identity == newer.change.identity


def test_a_closed_one_whose_metadata_is_gone_still_blocks_what_it_was(site: Site) -> None:
    site.opened()
    ada = site.forge.person("ada")
    ada.edit(1, body="no")
    ada.close(1)
    assert site.run().proposals.all() == []
    with pytest.raises(errors.StaleEdit, match="A person closed the same in #1"):
        site.run().proposals.open(site.draft())


def test_a_closed_one_that_lost_its_label_is_remembered_again(site: Site) -> None:
    site.opened()
    ada = site.forge.person("ada")
    ada.close(1)
    ada.unlabel(1, "maintainer")
    assert site.run().proposals.all() == []
    with pytest.raises(errors.StaleEdit, match="Closed stays closed"):
        site.run().proposals.open(site.draft())
    assert site.run().one().state == "closed"
    assert site.run().proposals.open(site.draft("2.1.0")).number == 2


def test_an_open_one_gets_its_label_back(site: Site) -> None:
    site.opened()
    site.forge.person("ada").unlabel(1, "maintainer")
    site.run().proposals.settle()
    assert site.issue().labels == ["maintainer"]
    assert site.writes(lambda: site.run().proposals.settle()) == []


def test_one_that_was_closed_or_merged_meanwhile_is_left(site: Site) -> None:
    first = site.opened()
    run = site.run()
    assert run.one().state == "open"
    site.forge.person("ada").close(1)
    with pytest.raises(errors.StaleEdit, match="#1 was closed meanwhile"):
        run.proposals.refresh(first, site.draft("2.1.0"))
    run.proposals.close(first, "no longer needed")
    assert site.comments() == []
    assert not site.run().one().closed_by_us


def test_two_runs_at_once_open_one_proposal(site: Site) -> None:
    first, second = site.run(), site.run()
    assert not first.proposals.all() and not second.proposals.all()
    first.proposals.open(site.draft())
    with pytest.raises(errors.StaleEdit, match="Someone moved"):
        second.proposals.open(site.draft())
    assert len(site.run().proposals.all()) == 1


def test_a_proposal_that_another_run_opened_a_moment_ago_is_used(site: Site) -> None:
    draft = site.draft()
    run = site.run()
    run.branches.create(BRANCH, draft.commit)

    def other(what: str) -> None:
        if what == "POST /repos/shop/site/pulls" and not site.repository.issues:
            site.forge.before_write = lambda _: None
            site.opened()

    site.forge.before_write = other
    assert run.proposals.open(site.draft("2.1.0")).number == 1
    (seen,) = site.run().proposals.all()
    assert seen.number == 1


def test_an_archived_repository_is_refused_before_anything_is_done(site: Site) -> None:
    site.forge.person("ada").archive()
    with pytest.raises(errors.ConfigurationError, match="shop/site is archived on GitHub"):
        _ = site.run().proposals.base


def test_a_title_no_forge_takes_as_it_is(site: Site) -> None:
    title = "react\n1 → 2 \udcff " + "x" * 300
    site.opened(title=title)
    assert len(site.issue().title) == 256 and "\n" not in site.issue().title
    assert site.run().one().wanted_anew == ""
    site.run().proposals.refresh(site.run().one(), site.draft("2.1.0"))
    assert site.issue().title == "react 1 → 2.1.0"


def test_peoples_words_are_never_what_is_cut(site: Site) -> None:
    first = site.opened()
    words = "Read this. " * 3000
    site.forge.person("ada").edit(1, body=f"{words}\n\n{site.issue().body}")
    folded = "<details><summary>Notes</summary>\n\n" + "a line of notes\n" * 3000 + "\n</details>"
    site.run().proposals.refresh(first, site.draft("2.1.0", body=f"### react\n\n{folded}\n\n- [ ] recreate"))
    body = site.issue().body or ""
    assert len(body) <= 65_536 and words.strip() in body and "shortened" in body and "a line of notes" not in body
    assert site.mark().identity == site.draft("2.1.0").change.identity


def unknown_reviewer(site: Site) -> dict[str, Any]:
    site.forge.person("ada")
    return {"reviewers": ("ada", "nobody", "@shop/owners", "grace@shop.example")}


def unknown_assignee(site: Site) -> dict[str, Any]:
    site.forge.person("ada")
    return {"assignees": ("ada", "nobody")}


def unknown_milestone(site: Site) -> dict[str, Any]:
    return {"milestone": "2027"}


@pytest.mark.parametrize(
    ("wishes", "remarks"),
    [
        (unknown_reviewer, ["by login, not by address", "@nobody was not asked", "@shop/owners was not asked"]),
        (unknown_assignee, ["can't be assigned to nobody"]),
        (unknown_milestone, ["no open milestone '2027'"]),
    ],
    ids=["reviewer", "assignee", "milestone"],
)
def test_what_github_refuses_beside_it_costs_no_proposal(
    site: Site, wishes: Callable[[Site], dict[str, Any]], remarks: list[str]
) -> None:
    draft = site.draft(**wishes(site))
    run = site.run()
    run.proposals.open(draft)
    told = run.proposals.remarks
    assert len(told) == len(remarks)
    for sentence, expected in zip(told, remarks, strict=True):
        assert expected in sentence
    assert site.run().one().wanted_anew == ""
    assert site.pull().reviewers == (["ada"] if draft.change.reviewers else [])
    assert site.issue().assignees == (["ada"] if draft.change.assignees else [])


def test_a_tick_to_ignore_it_that_was_set_while_we_ran_is_not_lost(site: Site) -> None:
    site.opened()
    run = site.run()
    seen = run.one()
    for words in ("ignore this", "rebase this"):
        site.forge.person("ada").check(1, words)
    run.proposals.refresh(seen, site.draft("2.1.0"))
    run = site.run()
    assert [one.verb for one in run.board.asked(run.proposals.all())] == ["ignore"]
    assert run.one().wanted_anew == ""
