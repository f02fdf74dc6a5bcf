"""A run on GitHub that is killed anywhere is finished by the next one; and what a quiet run costs."""

import itertools
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from maintainer import errors
from maintainer.model import Close, Leave, Open, Refresh
from maintainer.planning.reconcile import reconcile
from maintainer.platforms.base import Annotation, Draft, Status
from tests.forges.github import GithubFake
from tests.forges.server import Dropped
from tests.platforms.github_site import BRANCH, Site

DASHBOARD = "maintainer-dashboard"


@contextmanager
def a_site(folder: Path) -> Iterator[Site]:
    folder.mkdir()
    with GithubFake(folder / "forge") as forge:
        forge.add_repository("shop/site", {"package.json": "1.0.0"})
        forge.person("ada")
        yield Site(forge, folder)


def maintain(site: Site, wanted: Sequence[Draft]) -> None:
    """A run: what `maintainer run` does with these changes."""
    run = site.run()
    run.proposals.settle()
    by_branch = {draft.change.branch: draft for draft in wanted}
    standing = run.proposals.all()
    run.board.checks(standing)
    for action in reconcile([draft.change for draft in wanted], standing):
        match action:
            case Open(change):
                run.proposals.open(by_branch[change.branch])
            case Refresh(change, proposal, _):
                run.proposals.refresh(proposal, by_branch[change.branch])
            case Close(proposal, reason, successor):
                run.proposals.close(proposal, reason, successor)
            case Leave():
                pass
    text = f"<!-- maintainer:begin -->\n{len(wanted)} wanted\n<!-- maintainer:end -->"
    run.board.write_issue(DASHBOARD, "Dashboard", text, run.board.issue(DASHBOARD))
    lines = [Annotation("package.json", at, "warning", "old", f"line {at}") for at in range(1, 61)]
    for proposal in run.proposals.all():
        if proposal.state == "open":
            run.board.status(Status(proposal.head, "verify", "failure", "too slow"), lines)


def opens(site: Site) -> list[Draft]:
    return [site.draft("2.0.0", labels=("js",), reviewers=("ada",), assignees=("ada",))]


def refreshes(site: Site) -> list[Draft]:
    return [site.draft("2.1.0", labels=("js", "minor"), reviewers=("ada",), assignees=("ada",))]


def closes(site: Site) -> list[Draft]:
    return []


def merged(site: Site) -> list[Draft]:
    site.forge.person("ada").merge(1)
    return []


def deleted(site: Site) -> list[Draft]:
    site.forge.person("ada").delete_branch(BRANCH)
    return []


def superseded(site: Site) -> list[Draft]:
    branch = "maintainer/group-js"
    return [site.draft("2.0.0", branch=branch, title="js")]


Scenario = Callable[[Site], list[Draft]]
SCENARIOS = (opens, refreshes, closes, merged, deleted, superseded)


def begun(site: Site, scenario: Scenario) -> Callable[[], list[Draft]]:
    """The state before the scenario; then what is wanted in it, made anew for each run."""
    if scenario is not opens:
        maintain(site, opens(site))
    if scenario in (merged, deleted):
        scenario(site)
        return list
    return lambda: scenario(site)


def killed(site: Site, wanted: Sequence[Draft], at: int) -> bool:
    """Run, and be killed after the write of this number, which is before the next; False when there are not so many."""
    count, hit = itertools.count(), []

    def kill(what: str) -> None:
        if next(count) == at:
            hit.append(what)
            site.forge.fault("*", ".", "reset", times=10**9)
            raise Dropped

    site.forge.after_write = kill
    with suppress(errors.MaintainerError):
        maintain(site, wanted)
    site.forge.after_write = lambda _: None
    site.forge._faults.clear()
    return bool(hit)


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda one: one.__name__)
def test_a_run_killed_at_any_write_is_finished_by_the_next(tmp_path: Path, scenario: Scenario) -> None:
    with a_site(tmp_path / "undisturbed") as site:
        wanted = begun(site, scenario)
        writes = len(site.writes(lambda: maintain(site, wanted())))
        expected = site.forge.state()
        assert site.writes(lambda: maintain(site, wanted())) == [], "a second run has nothing to do"
    assert writes
    for at in range(writes):
        with a_site(tmp_path / str(at)) as site:
            wanted = begun(site, scenario)
            assert killed(site, wanted(), at)
            maintain(site, wanted())
            assert site.forge.state() == expected, f"killed at write {at}"


def test_a_quiet_run_over_thirty_proposals_is_cheap(tmp_path: Path) -> None:
    with a_site(tmp_path / "site") as site:
        site.cache = tmp_path / "cache"
        run = site.run()
        for number in range(30):
            run.proposals.open(site.draft(package=f"p{number}"))
        for number in range(1, 31):
            site.forge.person("ada").comment(number, "Thanks!")
            run.board.comment(number, "verify", "too slow")
            run.board.status(Status(run.proposals.pulls.open[number].mark.commit, "verify", "failure", "too slow"))  # type: ignore[union-attr]
        text = "<!-- maintainer:begin --> all <!-- maintainer:end -->"
        run.board.write_issue(DASHBOARD, "Dashboard", text, None)
        for _ in range(2):
            site.forge.requests.clear()
            run = site.run()
            run.proposals.settle()
            seen = run.proposals.all()
            assert len(seen) == 30 and not any(one.wanted_anew or one.conflicted for one in seen)
            assert set(run.board.checks(seen).values()) == {"none"}
            assert run.board.asked(seen) == []
            for one in seen:
                run.board.comment(one.number, "verify", "too slow")
                run.board.status(Status(one.head, "verify", "failure", "too slow"))
            issue = run.board.issue(DASHBOARD)
            run.board.write_issue(DASHBOARD, "Dashboard", text, issue)
        requests = site.forge.api_requests()
        assert len(site.forge.requests) <= 15
        assert {one.path for one in requests if one.status != 304} == {"/api/graphql"}
        assert len(requests) == 8
