"""What people do to our merge requests, by accident or not, and what becomes of them then."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from maintainer import errors
from maintainer.model import Proposal
from maintainer.text import description
from tests.forges.gitlab import GitlabFake
from tests.platforms.gitlab_site import BRANCH, TOKEN, Site

HEAD, PUSHED = f"refs/heads/{BRANCH}", f"refs/maintainer/pushed/{BRANCH}"


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    with GitlabFake(tmp_path / "forge") as forge:
        forge.add_repository("shop", "site", {"package.json": "1.0.0", "readme.md": "a shop\n"})
        forge.token(TOKEN, kind="project", project="shop/site")
        yield Site(forge, tmp_path)


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
