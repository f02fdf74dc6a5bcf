"""What a quiet run asks of a forge: few requests, most of them answered with "not modified", whatever was closed."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from maintainer.text import description
from maintainer.text.description import Mark
from tests.commands.forge_scene import Scene, Story, run, scene
from tests.commands.stage import FORGES, Forge
from tests.forges.github_world import Pull
from tests.forges.gitlab_world import MergeRequest
from tests.forges.server import Asked

CLOSED = 200


def closed(made: Scene, package: str) -> None:
    """A proposal of another time: every other one was closed by a person."""
    forge, branch = made.site.forge, f"maintainer/npm-{package}"
    at = int(package.rpartition("-")[2])
    identity = ((f"{package}/package.json", package, "0.1.0", "0.2.0"),)
    mark = Mark(identity, branch, "0" * 40, f"{package} 0.1.0 → 0.2.0", closed_by_us=at % 2 == 0)
    body = description.compose(f"### {mark.title}\n\n" + "Something about it. " * 100, mark)
    if made.site.kind == "github":
        repository = forge.repository()
        head = repository.git.sha("main")
        pull = Pull(repository.full_name, branch, head, "main", head)
        issue = forge.new_issue(repository, mark.title, body, "maintainer-app[bot]", pull)
        issue.state, issue.closed, issue.labels = "closed", issue.updated, ["maintainer"]
        forge.person("ada").label(issue.number, "maintainer")
        return
    project = forge.project()
    author = next(token.user for token in forge.world.tokens.values())
    now, number = forge.tick(), len(project.merge_requests) + 1
    head = project.repository.branches()["main"]
    project.merge_requests.append(
        MergeRequest(
            forge.world.id(),
            number,
            project,
            author,
            mark.title,
            body,
            now,
            now,
            "closed",
            ["maintainer"],
            closed=now,
            source_project=project,
            source_branch=branch,
            target_branch="main",
            sha=head,
            start_sha=head,
        )
    )


def quiet(forge: Forge, folder: Path, proposals: int) -> Sequence[Asked]:
    """The requests of a run over so many open proposals and `CLOSED` others, where nothing is to be done."""
    packages = tuple(f"pk-{at}" for at in range(proposals))
    with scene(forge, folder, Story(packages)) as moment:
        for at in range(CLOSED):
            closed(moment, f"old-{at}")
        site = moment.site
        for _ in range(2):
            assert run(site)[0] == 0
        before = site.state()
        site.forge.requests.clear()
        assert run(site)[0] == 0
        assert site.state() == before
        listed = before["pulls" if forge == "github" else "merge_requests"]
        assert sum(one["state"].startswith("open") for one in listed) == proposals
        assert len(listed) == proposals + CLOSED
        return list(site.forge.requests)


def counted(forge: Forge, proposals: int, requests: Sequence[Asked]) -> tuple[int, int]:
    """How many there were of the API, and how many of these said "not modified"; printed too."""
    api = [one for one in requests if not one.of_git]
    unchanged = [one for one in api if one.status == 304]
    git = len(requests) - len(api)
    print(
        f"\n{forge}, {proposals} open and {CLOSED} closed: {len(api)} requests, {len(unchanged)} of them 304, "
        f"{git} of git"
    )
    for one in api:
        print(f"  {one.status} {one.method} {one.path}?{one.query}")
    return len(api), len(unchanged)


@pytest.mark.parametrize("forge", FORGES)
def test_a_quiet_run_over_thirty_proposals_is_cheap(tmp_path: Path, forge: Forge) -> None:
    requests = quiet(forge, tmp_path, 30)
    api, unchanged = counted(forge, 30, requests)
    assert api <= 15
    assert unchanged > api / 2
    assert len(requests) - api <= 10
    assert all(one.status == 304 or one.path == "/api/graphql" for one in requests if not one.of_git)


@pytest.mark.bench
@pytest.mark.parametrize("forge", FORGES)
def test_a_quiet_run_over_a_hundred_proposals_costs_no_more_for_each(tmp_path: Path, forge: Forge) -> None:
    requests = quiet(forge, tmp_path, 100)
    api, unchanged = counted(forge, 100, requests)
    assert api <= 15
    assert unchanged > api / 2
