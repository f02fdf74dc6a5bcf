"""Proposals as merge requests, on the fake GitLab over real git."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest

from maintainer.platforms.gitlab_people import People
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


def test_that_checks_had_failed_is_remembered(site: Site) -> None:
    site.opened()
    run = site.run()
    run.proposals.close(replace(run.one(), failed=True), "its checks failed")
    assert site.run().one().failed


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
