"""A run on GitLab that is killed anywhere is finished by the next one; and what a quiet run costs."""

import itertools
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from maintainer import errors
from maintainer.model import Close, Leave, Open, Refresh
from maintainer.planning.reconcile import reconcile
from maintainer.platforms.base import Draft
from maintainer.text import description
from maintainer.text.description import Mark
from tests.forges.gitlab import GitlabFake
from tests.forges.server import Dropped
from tests.platforms.gitlab_site import BRANCH, TOKEN, Site

#: The label of the dashboard.
DASHBOARD = "maintainer-dashboard"
ALL = description.compose("all", Mark())


@contextmanager
def a_site(folder: Path) -> Iterator[Site]:
    folder.mkdir()
    with GitlabFake(folder / "forge") as forge:
        forge.add_repository("shop", "site", {"package.json": "1.0.0"})
        forge.token(TOKEN, kind="project", project="shop/site")
        forge.user("ada")
        yield Site(forge, folder)


def maintain(site: Site, wanted: Sequence[Draft]) -> None:
    """A run: what `maintainer run` does with these changes."""
    run = site.run()
    run.proposals.settle()
    by_branch = {draft.change.branch: draft for draft in wanted}
    for action in reconcile([draft.change for draft in wanted], run.proposals.all()):
        match action:
            case Open(change):
                run.proposals.open(by_branch[change.branch])
            case Refresh(change, proposal, _):
                run.proposals.refresh(proposal, by_branch[change.branch])
            case Close(proposal, reason, successor):
                run.proposals.close(proposal, reason, successor)
            case Leave():
                pass
    run.board.write_issue(
        DASHBOARD, "Dashboard", description.compose(f"{len(wanted)} wanted", Mark()), run.board.issue(DASHBOARD)
    )


def opens(site: Site) -> list[Draft]:
    return [site.draft("2.0.0", labels=("js",), reviewers=("ada",), assignees=("ada",))]


def refreshes(site: Site) -> list[Draft]:
    return [site.draft("2.1.0", labels=("js",), reviewers=("ada",), assignees=("ada",))]


def closes(site: Site) -> list[Draft]:
    return []


def merged(site: Site) -> list[Draft]:
    site.forge.person("ada").merge(1)
    return []


def lost_its_branch(site: Site) -> list[Draft]:
    site.forge.person("ada").delete_branch(BRANCH)
    site.mr().state = "opened"
    return []


Scenario = Callable[[Site], list[Draft]]


def begun(site: Site, scenario: Scenario) -> Callable[[], list[Draft]]:
    """The state before the scenario; then what is wanted in it, made anew for each run."""
    if scenario is not opens:
        maintain(site, opens(site))
    scenario(site)
    again = scenario if scenario in (opens, refreshes) else closes
    return lambda: again(site)


def killed(site: Site, wanted: Sequence[Draft], at: int, *, done: bool) -> bool:
    """Run, and be killed before or after the write of this number; False when there are not so many."""
    count, hit = itertools.count(), []

    def kill(what: str) -> None:
        if next(count) == at:
            hit.append(what)
            site.forge.fault("*", ".", "reset", times=10**9)
            raise Dropped

    if done:
        site.forge.after_write = kill
    else:
        site.forge.before_write = kill
    with suppress(errors.MaintainerError):
        maintain(site, wanted)
    site.forge.before_write = site.forge.after_write = lambda _: None
    site.forge._faults.clear()
    return bool(hit)


@pytest.mark.parametrize("done", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("scenario", [opens, refreshes, closes, merged, lost_its_branch], ids=lambda one: one.__name__)
def test_a_run_killed_at_any_write_is_finished_by_the_next(tmp_path: Path, scenario: Scenario, done: bool) -> None:
    with a_site(tmp_path / "undisturbed") as site:
        wanted = begun(site, scenario)
        writes = len(site.writes(lambda: maintain(site, wanted())))
        expected = site.forge.state()
        assert site.writes(lambda: maintain(site, wanted())) == [], "a second run has nothing to do"
    assert writes
    for at in range(writes):
        with a_site(tmp_path / str(at)) as site:
            wanted = begun(site, scenario)
            assert killed(site, wanted(), at, done=done)
            maintain(site, wanted())
            assert site.forge.state() == expected, f"killed at write {at}"


@pytest.mark.parametrize("scenario", [opens, refreshes, closes], ids=lambda one: one.__name__)
def test_two_runs_at_once_leave_what_one_leaves(tmp_path: Path, scenario: Scenario) -> None:
    """The second one is through while the first is about to do each of its writes."""
    with a_site(tmp_path / "undisturbed") as site:
        wanted = begun(site, scenario)
        writes = len(site.writes(lambda: maintain(site, wanted())))
        expected = site.forge.state()
    for at in range(writes):
        with a_site(tmp_path / str(at)) as site:
            wanted = begun(site, scenario)
            first, second, count = wanted(), wanted(), itertools.count()

            def meanwhile(_: str, at: int = at, count: Iterator[int] = count, second: list[Draft] = second) -> None:
                if next(count) == at:
                    site.forge.before_write = lambda _: None
                    maintain(site, second)

            site.forge.before_write = meanwhile
            with suppress(errors.StaleEdit):
                maintain(site, first)
            maintain(site, wanted())
            state = site.forge.state()
            # A second dashboard can't be unmade: it is closed.
            state["issues"] = [issue for issue in state["issues"] if issue["state"] == "opened"]
            assert state == expected, f"the other came at write {at}"


def test_a_quiet_run_over_thirty_proposals_is_cheap(tmp_path: Path) -> None:
    with a_site(tmp_path / "site") as site:
        site.cache = tmp_path / "cache"
        run = site.run()
        for number in range(30):
            run.proposals.open(site.draft(package=f"p{number}"))
        for number in range(1, 31):
            site.forge.person("ada").comment(number, "Thanks!")
        run.board.write_issue(DASHBOARD, "Dashboard", ALL, None)
        for _ in range(2):
            site.forge.requests.clear()
            run = site.run()
            run.proposals.settle()
            seen = run.proposals.all()
            assert len(seen) == 30 and not any(one.wanted_anew or one.conflicted for one in seen)
            assert set(run.board.checks(seen).values()) == {"none"}
            assert run.board.asked(seen) == []
            issue = run.board.issue(DASHBOARD)
            run.board.write_issue(DASHBOARD, "Dashboard", ALL, issue)
        requests = site.forge.api_requests()
        assert len(site.forge.requests) <= 15
        assert [one.path for one in requests if one.status != 304] == ["/api/graphql"]
        assert len(requests) == 8
