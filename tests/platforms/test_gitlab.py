"""Proposals as merge requests, on the fake GitLab over real git."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest

from maintainer import errors
from maintainer.model import Proposal
from maintainer.platforms.gitlab_people import People
from maintainer.text import description
from tests.forges.gitlab import GitlabFake
from tests.forges.gitlab_world import Milestone
from tests.platforms.gitlab_site import BRANCH, TOKEN, Site

HEAD, PUSHED = f"refs/heads/{BRANCH}", f"refs/maintainer/pushed/{BRANCH}"


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    with GitlabFake(tmp_path / "forge") as forge:
        forge.add_repository("shop", "site", {"package.json": "1.0.0", "readme.md": "a shop\n"})
        forge.token(TOKEN, kind="project", project="shop/site")
        yield Site(forge, tmp_path)


def test_an_opened_proposal_has_all_in_two_writes(site: Site) -> None:
    for name in ("ada", "grace"):
        site.forge.user(name)
    draft = site.draft(labels=("dependencies",), assignees=("@ada",), reviewers=("grace",))
    opened = []
    told = site.writes(lambda: opened.append(site.run().proposals.open(draft)))
    assert told == [f"push shop/site {HEAD} {PUSHED}", f"POST /projects/{site.project.id}/merge_requests"]
    found = site.mr()
    assert site.refs() == {HEAD: draft.commit, PUSHED: draft.commit}
    assert (found.title, found.target_branch, found.labels) == (
        "react 1 → 2.0.0",
        "main",
        ["dependencies", "maintainer"],
    )
    assert ([user.username for user in found.assignees], [user.username for user in found.reviewers]) == (
        ["ada"],
        ["grace"],
    )
    (seen,) = site.run().proposals.all()
    assert (seen.state, seen.identity, seen.pushed, seen.head) == (
        "open",
        draft.change.identity,
        draft.commit,
        draft.commit,
    )
    assert (seen.wanted_anew, seen.conflicted, seen.closed_by_us) == ("", False, False)
    assert seen.number == opened[0].number == 1
    assert seen.url.endswith("/shop/site/-/merge_requests/1")


def test_a_refreshed_proposal_keeps_what_people_made_of_it(site: Site) -> None:
    first = site.opened(labels=("dependencies", "js"))
    ada = site.forge.person("ada")
    ada.edit(1, text=f"Deploy on Monday.\n\n{site.mr().description}\n\nAgreed with Grace.")
    ada.label(1, add=("urgent",), remove=("js",))
    draft = site.draft("2.1.0", labels=("dependencies", "js", "npm"))
    run = site.run()
    after = run.proposals.refresh(run.one(), draft)
    found = site.mr()
    assert found.title == "react 1 → 2.1.0"
    assert found.labels == ["dependencies", "maintainer", "npm", "urgent"]
    assert found.description and found.description.startswith("Deploy on Monday.\n\n<!-- maintainer:begin -->")
    assert "### react 2.1.0" in found.description and "2.0.0" not in found.description
    assert "Agreed with Grace." in found.description
    assert site.refs() == {HEAD: draft.commit, PUSHED: draft.commit}
    assert (after.number, after.identity, after.wanted_anew) == (first.number, draft.change.identity, "")
    seen = site.run().one()
    assert (seen.pushed, seen.head, seen.wanted_anew) == (draft.commit, draft.commit, "")


@pytest.mark.parametrize(
    ("made", "after"),
    [
        ("react 1 → 2.0.0", "react 1 → 2.1.0"),
        ("Draft: react 1 → 2.0.0", "Draft: react 1 → 2.1.0"),
        ("[draft] react 1 → 2.0.0", "[draft] react 1 → 2.1.0"),
        ("React for the new shop", "React for the new shop"),
        ("Draft: React for the new shop", "Draft: React for the new shop"),
    ],
)
def test_a_title_a_person_wrote_stays_and_so_does_a_draft(site: Site, made: str, after: str) -> None:
    site.opened()
    site.forge.person("ada").edit(1, title=made)
    run = site.run()
    run.proposals.refresh(run.one(), site.draft("2.1.0"))
    assert site.mr().title == after
    # It is still theirs at the next refresh.
    run = site.run()
    run.proposals.refresh(run.one(), site.draft("2.2.0"))
    assert site.mr().title == after.replace("2.1.0", "2.2.0")


def test_what_a_person_wrote_into_our_region_is_kept_folded(site: Site) -> None:
    site.opened()
    ada = site.forge.person("ada")
    ada.edit(1, text=(site.mr().description or "").replace("### react 2.0.0", "### react 2.0.0\n\nAsk Grace first."))
    run = site.run()
    run.proposals.refresh(run.one(), site.draft("2.1.0"))
    text = site.mr().description or ""
    assert text.count("Ask Grace first.") == 1 and "<details>" in text
    assert len(description.boxes(text)) == 3


def test_a_description_that_lost_our_metadata_is_written_anew(site: Site) -> None:
    draft = site.draft()
    site.run().proposals.open(draft)
    site.forge.person("ada").edit(1, text="I like it shorter.")
    seen = site.run().one()
    assert (seen.wanted_anew, seen.identity) == ("interrupted", ())
    site.run().proposals.refresh(seen, draft)
    after = site.run().one()
    assert (after.wanted_anew, after.identity) == ("", draft.change.identity)
    assert after.body.startswith("I like it shorter.")


@pytest.mark.parametrize(
    ("ticked", "wanted"),
    [("rebase", "rebase"), ("recreate", "recreate"), ("ignore", "")],
    ids=lambda value: value or "none",
)
def test_a_ticked_box_asks_for_it_anew_and_is_unticked_by_that(site: Site, ticked: str, wanted: str) -> None:
    site.opened()
    site.forge.person("ada").check(1, f"{ticked} this")
    run = site.run()
    seen = run.one()
    assert seen.wanted_anew == wanted
    assert [(one.verb, one.by) for one in run.board.asked([seen])] == [(ticked, "")]
    run.proposals.refresh(seen, site.draft())
    assert site.run().one().wanted_anew == ""


def test_a_pushed_branch_whose_description_lags_behind_was_cut_off(site: Site) -> None:
    site.opened()
    draft = site.draft("2.1.0")
    run = site.run()
    run.branches.move(BRANCH, run.one().head, draft.commit)
    assert site.run().one().wanted_anew == "interrupted"


def test_who_else_pushes_is_seen_and_never_overwritten(site: Site) -> None:
    first = site.opened()
    before = site.run()
    stale = before.one()
    theirs = site.forge.person("ada").push(BRANCH, {"package.json": "by hand"}, amend=True)
    seen = site.run().one()
    assert (seen.pushed, seen.head) == (first.pushed, theirs)
    with pytest.raises(errors.StaleEdit, match="Someone moved"):
        before.proposals.refresh(stale, site.draft("2.1.0"))
    site.run().proposals.close(seen, "nothing wants it")
    site.run().proposals.settle()
    assert site.refs()[HEAD] == theirs and site.mr().state == "closed"


def test_closing_says_why_and_removes_the_branch(site: Site) -> None:
    site.opened()
    site.opened("3.0.0", "vue")
    run = site.run()
    told = site.writes(lambda: run.proposals.close(run.proposals.all()[0], "in a group now", "maintainer/npm-vue"))
    at = f"/projects/{site.project.id}/merge_requests/1"
    assert told == [f"POST {at}/notes", f"PUT {at}", f"push shop/site {HEAD} {PUSHED}"]
    assert site.notes() == ["Closed: in a group now. It goes on in !2.\n\n<!-- maintainer:comment closed -->"]
    assert HEAD not in site.refs() and PUSHED not in site.refs()
    closed = site.run().proposals.all()[0]
    assert (closed.state, closed.closed_by_us) == ("closed", True)


def test_what_a_person_wants_closed_counts_as_closed_by_them(site: Site) -> None:
    site.opened()
    ada = site.forge.person("ada")
    ada.check(1, "ignore this")
    wish = ada.comment(1, "/maintainer ignore")
    run = site.run()
    run.proposals.close(run.one(), "ignored, as asked by @ada", ours=False, handled=str(wish.id))
    closed = site.run().one()
    assert site.run().board.asked([closed]) == [], "when it is reopened, nothing is asked any more"
    assert (closed.state, closed.closed_by_us, closed.wanted_anew) == ("closed", False, "")
    assert "until there is a newer version" in site.notes()[1]
    assert site.refs() == {}


@pytest.mark.parametrize("how", ["closed", "merged"])
def test_what_ended_meanwhile_is_not_touched(site: Site, how: str) -> None:
    site.opened()
    run = site.run()
    seen = run.one()
    ada = site.forge.person("ada")
    ada.close(1) if how == "closed" else ada.merge(1)
    with pytest.raises(errors.StaleEdit, match=f"!1 was {how} meanwhile"):
        run.proposals.refresh(seen, site.draft("2.1.0"))
    assert not site.writes(lambda: run.proposals.close(seen, "outdated")) or how == "merged"
    assert site.notes() == []
    assert (site.mr().state, site.run().one().closed_by_us) == (how, False)


def test_what_a_person_closed_and_reopened_is_open(site: Site) -> None:
    site.opened()
    ada = site.forge.person("ada")
    ada.close(1)
    closed = site.run().one()
    assert (closed.state, closed.closed_by_us) == ("closed", False)
    site.run().proposals.settle()
    assert HEAD in site.refs(), "a branch is needed to reopen"
    ada.reopen(1)
    seen = site.run().one()
    assert (seen.state, seen.wanted_anew) == ("open", "")


def test_what_we_closed_and_a_person_reopened_is_theirs_to_close(site: Site) -> None:
    first = site.opened()
    run = site.run()
    run.proposals.close(run.one(), "outdated")
    ada = site.forge.person("ada")
    ada.point(BRANCH, first.head)
    ada.reopen(1)
    assert site.mr().state == "opened"
    site.run().proposals.settle()
    assert site.writes(lambda: site.run().proposals.settle()) == []
    assert (site.run().one().state, site.run().one().closed_by_us) == ("open", False)
    ada.close(1)
    site.run().proposals.settle()
    seen = site.run().one()
    assert (seen.state, seen.closed_by_us, site.refs()[HEAD]) == ("closed", False, first.head)


def test_what_a_person_closed_can_be_allowed_again(site: Site) -> None:
    draft = site.draft()
    site.run().proposals.open(draft)
    site.forge.person("ada").close(1)
    run = site.run()
    run.proposals.allow_again(run.one())
    assert (site.run().one().state, site.run().one().closed_by_us) == ("closed", True)
    assert site.run().proposals.open(draft).number == 2
    assert [one.state for one in site.run().proposals.all()] == ["closed", "open"]


def test_a_box_ticked_in_a_closed_one_asks_for_it_anew(site: Site) -> None:
    site.opened()
    ada = site.forge.person("ada")
    ada.check(1, "recreate this")
    ada.close(1)
    assert site.run().one().wanted_anew == "recreate"
    run = site.run()
    run.proposals.allow_again(run.one())
    assert site.run().one().wanted_anew == ""


def test_our_label_comes_back(site: Site) -> None:
    site.opened()
    site.forge.person("ada").label(1, remove=("maintainer",))
    site.run().proposals.settle()
    assert site.mr().labels == ["maintainer"]


def test_that_checks_had_failed_is_remembered(site: Site) -> None:
    site.opened()
    run = site.run()
    run.proposals.close(replace(run.one(), failed=True), "its checks failed")
    assert site.run().one().failed


def test_one_that_is_just_being_merged_is_left_alone(site: Site) -> None:
    site.opened()
    site.mr().state = "locked"
    with pytest.raises(errors.StaleEdit, match="!1 is just being merged"):
        site.opened("2.1.0")


@pytest.mark.parametrize("left_open", [False, True])
def test_a_deleted_branch_means_a_person_closed_it(site: Site, left_open: bool) -> None:
    site.opened()
    site.forge.person("ada").delete_branch(BRANCH)
    if left_open:
        site.mr().state = "opened"
    run = site.run()
    assert (run.one().state, run.one().closed_by_us) == ("closed", False)
    site.run().proposals.settle()
    assert site.mr().state == "closed"
    assert [note.startswith("Closed: its branch was deleted.") for note in site.notes()] == [True] * left_open
    assert site.writes(lambda: site.run().proposals.settle()) == []
    assert (site.run().one().state, site.run().one().closed_by_us) == ("closed", False)


def test_a_branch_that_came_back_is_not_closed(site: Site) -> None:
    site.opened()
    run = site.run()
    run.branches.fetch(["main"])  # what this run knows of branches is older than what follows
    site.opened("3.0.0", "vue")
    run.proposals.settle()
    assert [mr.state for mr in site.project.merge_requests] == ["opened", "opened"]


def test_the_branch_of_a_merged_proposal_is_removed_unless_the_next_one_has_it(site: Site) -> None:
    site.opened()
    site.forge.person("ada").merge(1)
    site.run().proposals.settle()
    assert site.refs() == {}
    (merged,) = site.run().proposals.all()
    assert merged.state == "merged"
    site.opened("2.1.0")
    site.run().proposals.settle()
    assert set(site.refs()) == {HEAD, PUSHED}
    site.forge.person("ada").merge(2, squash=True)
    again = site.draft("2.2.0")
    run = site.run()
    run.branches.create(BRANCH, again.commit)  # another run is just opening it
    site.run().proposals.settle()
    assert site.refs() == {HEAD: again.commit, PUSHED: again.commit}


def test_merged_since(site: Site) -> None:
    for number, package in enumerate(("react", "vue", "svelte"), 1):
        site.opened("2.0.0", package)
        site.forge.person("ada").merge(number)
    site.forge.person("ada").push("maintainer/by-hand", {"x": "1"})
    when = site.mr(2).merged
    assert when
    found = site.run().proposals.merged_since(datetime.fromisoformat(when))
    assert [(one.number, one.state) for one in found] == [(2, "merged"), (3, "merged")]


@pytest.mark.parametrize("target", ["main", "gone"])
def test_forks_are_never_ours_whatever_they_say(site: Site, target: str) -> None:
    draft = site.draft()
    site.run().proposals.open(draft)
    fork = site.forge.fork("shop/site", "mallory/site")
    mallory = site.forge.person("mallory", "mallory/site", level=10)
    mallory.push("maintainer/npm-vue", {"x": "evil"})
    forged = mallory.open("maintainer/npm-vue", target, "vue 1 → 2", site.mr().description or "", into="shop/site")
    forged.labels = ["maintainer"]
    mallory.push(BRANCH, {"x": "evil"})
    mallory.open(BRANCH, "main", "react", site.mr().description or "", into="shop/site")
    assert [one.number for one in site.run().proposals.all()] == [1]
    site.run().proposals.settle()
    site.forge.person("ada").close(2)
    assert [one.number for one in site.run().proposals.all()] == [1]
    assert fork.repository.branches()["maintainer/npm-vue"]


def test_a_forged_mark_on_a_persons_branch_makes_it_theirs(site: Site) -> None:
    site.opened()
    grace = site.forge.person("grace")
    theirs = grace.push("maintainer/npm-vue", {"x": "1"})
    grace.open("maintainer/npm-vue", "main", "vue", site.mr().description or "")
    seen = site.run().proposals.all()[1]
    assert (seen.state, seen.pushed, seen.head) == ("open", "", theirs)
    with pytest.raises(errors.StaleEdit, match="is not as we pushed it"):
        site.opened("4.0.0", "vue")
    run = site.run()
    run.proposals.close(run.proposals.all()[1], "nothing wants it")
    assert site.project.repository.branches()["maintainer/npm-vue"] == theirs


def test_branches_of_people_are_not_taken(site: Site) -> None:
    site.forge.person("grace").push(BRANCH, {"x": "1"})
    with pytest.raises(errors.StaleEdit, match="exists and is not as we pushed it"):
        site.opened()
    site.forge.person("grace").open(BRANCH, "main")
    with pytest.raises(errors.StaleEdit, match="exists and is not as we pushed it"):
        site.opened()
    assert site.run().proposals.all() == []


@pytest.mark.parametrize(("version", "proposed"), [("2.0.0", False), ("2.1.0", True)])
def test_closed_stays_closed_when_the_label_is_taken_away(site: Site, version: str, proposed: bool) -> None:
    site.opened()
    ada = site.forge.person("ada")
    ada.close(1)
    ada.label(1, remove=("maintainer",))
    assert site.run().proposals.all() == []
    if proposed:
        assert site.opened(version).number == 2
    else:
        with pytest.raises(errors.StaleEdit, match="A person closed the same in !1 and took its label"):
            site.opened(version)
        assert len(site.project.merge_requests) == 1
        assert [one.state for one in site.run().proposals.all()] == ["closed"]


@pytest.mark.parametrize("at", ["push", "POST"])
def test_of_two_runs_at_once_one_opens_it(site: Site, at: str) -> None:
    """The other one comes when the first is about to push, and when it is about to open."""
    draft, other = site.draft(), site.draft()
    first, second = site.run(), site.run()
    outcome: list[object] = []

    def meanwhile(what: str) -> None:
        if what.startswith(at):
            site.forge.before_write = lambda _: None
            outcome.append(_tried(lambda: second.proposals.open(other)))

    site.forge.before_write = meanwhile
    outcome.append(_tried(lambda: first.proposals.open(draft)))
    (mr,) = site.project.merge_requests
    assert site.refs() == {HEAD: mr.sha, PUSHED: mr.sha}
    assert len(outcome) == 2 and 1 in outcome
    assert all(isinstance(one, errors.StaleEdit) or one == 1 for one in outcome), outcome


def _tried(act: Callable[[], Proposal]) -> object:
    try:
        return act().number
    except errors.MaintainerError as error:
        return error


def test_a_renamed_default_branch_is_followed(site: Site) -> None:
    site.opened()
    site.forge.person("ada").rename_branch("main", "trunk")
    run = site.run()
    seen = run.one()
    assert (run.proposals.base, seen.base, seen.conflicted) == ("trunk", "main", True)
    run.proposals.refresh(seen, site.draft("2.0.0"))
    after = site.run().one()
    assert (after.base, after.conflicted, site.mr().target_branch) == ("trunk", False, "trunk")


def test_conflicts_are_gits(site: Site) -> None:
    site.opened()
    site.opened("3.0.0", "vue")
    site.forge.person("ada").push("main", {"package.json": "1.0.1"})
    assert [one.conflicted for one in site.run().proposals.all()] == [True, False]


def test_a_milestone_and_people_that_are_not_there_cost_a_remark(site: Site) -> None:
    site.project.milestones.append(Milestone(900, 1, "December"))
    site.forge.user("ada")
    run = site.run()
    run.proposals.open(site.draft(milestone="December", reviewers=("ada", "@nobody", "@shop/owners")))
    run.proposals.open(site.draft("3.0.0", "vue", milestone="March", reviewers=("nobody",)))
    assert site.mr().milestone and [user.username for user in site.mr().reviewers] == ["ada"]
    assert site.mr(2).milestone is None
    told = "\n".join(run.proposals.remarks)
    assert len(run.proposals.remarks) == 3
    assert all(name in told for name in ("'nobody'", "'shop/owners'", "'March'")) and "ada" not in told


def test_people_gitlab_leaves_out_are_named(site: Site) -> None:
    ada, grace = site.forge.user("ada"), site.forge.user("grace")
    remarks: list[str] = []
    people = People(site.run().client, remarks)
    ids = people.ids(["ada", "grace"])
    assert ids == [ada.id, grace.id]
    stated = {"reviewers": [{"id": ada.id}], "assignees": [{"id": ada.id}]}
    people.compare({"reviewers": ids, "assignees": ids[:1]}, stated, 7)
    (told,) = remarks
    assert told.startswith("!7: GitLab left out of its reviewers: grace.")


def test_a_draft_is_opened_as_one(site: Site) -> None:
    site.opened(draft=True)
    assert site.mr().draft and site.mr().title == "Draft: react 1 → 2.0.0"
    run = site.run()
    run.proposals.refresh(run.one(), site.draft("2.1.0"))
    assert site.mr().title == "Draft: react 1 → 2.1.0"


HOSTILE = "/close\n/label ~evil\n   /title Owned\n/assign @mallory\n\n```\n/merge\n\nfixed\n/target_branch evil"


def test_quick_actions_in_what_we_write_are_inert(site: Site) -> None:
    site.forge.user("mallory")
    site.opened(body=HOSTILE)
    run = site.run()
    run.proposals.refresh(run.one(), site.draft("2.1.0", body=HOSTILE.replace("\n", "\r\n")))
    run.board.comment(1, "verify", HOSTILE)
    run.board.comment(1, "verify", HOSTILE + "\n/close")
    issue = run.board.write_issue("maintainer-dashboard", "Dashboard", HOSTILE, None)
    run.board.write_issue("maintainer-dashboard", "Dashboard", HOSTILE + "\n/close", issue)
    run.proposals.close(run.one(), "ends\n/reopen\nhere of @types/node, see #1")
    assert site.forge.quick_actions == []
    assert "evil" not in [label.name for label in site.project.labels]
    assert (site.mr().title, site.mr().target_branch) == ("react 1 → 2.1.0", "main")


def test_a_description_is_never_too_long_and_peoples_part_is_not_cut(site: Site) -> None:
    site.opened(body="x" * 2_000_000)
    assert len(site.mr().description or "") <= 1_048_576
    theirs = "y" * 900_000
    site.forge.person("ada").edit(1, text=f"{theirs}\n\n{site.mr().description}"[:1_048_000])
    run = site.run()
    run.proposals.refresh(run.one(), site.draft("2.1.0", body="z" * 300_000))
    text = site.mr().description or ""
    assert theirs in text and len(text) <= 1_048_576 and "(shortened: " in text
    assert site.run().one().wanted_anew == ""


def test_a_title_is_one_line_and_names_nobody(site: Site) -> None:
    package = "@types/node"
    draft = site.draft(package="node")
    title = f"{package} 1 → 2\n/close {'x' * 300}"
    site.run().proposals.open(replace(draft, change=replace(draft.change, title=title)))
    assert site.mr().title.startswith("@\u200btypes/node 1 → 2 /close") and len(site.mr().title) == 255
    run = site.run()
    run.proposals.refresh(
        run.one(), replace(site.draft(package="node"), change=replace(draft.change, title="node 1 → 3"))
    )
    assert site.mr().title == "node 1 → 3", "we knew our own title again"
