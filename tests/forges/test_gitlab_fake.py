"""The fake GitLab, asked by the real python-gitlab and the real git."""

import os
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any

import gitlab
import pytest
import requests
from gitlab.v4.objects import Project as RestProject

from maintainer.process import Finished, minimal, run
from tests.forges.gitlab import GitlabFake, throttled
from tests.forges.gitlab_world import DEVELOPER, REPORTER, Freeze, Milestone
from tests.forges.server import Dropped
from tests.loopback import Reply

TOKEN = "glpat-project"
FILES = {"a.txt": "a\n", "CODEOWNERS": "* @ada\n"}


@pytest.fixture
def forge(tmp_path: Path) -> Iterator[GitlabFake]:
    with GitlabFake(tmp_path / "gitlab") as made:
        made.add_repository("shop", "site", FILES)
        made.token(TOKEN, kind="project", project="shop/site", level=DEVELOPER)
        yield made


def client(forge: GitlabFake, token: str = TOKEN, **more: Any) -> gitlab.Gitlab:
    return gitlab.Gitlab(forge.origin, private_token=token, retry_transient_errors=False, **more)


def site(forge: GitlabFake, token: str = TOKEN) -> RestProject:
    return client(forge, token).projects.get("shop/site")


def opened(forge: GitlabFake, branch: str = "maintainer/a", **more: Any) -> Any:
    """A branch with a commit, and a merge request for it by the project's token."""
    forge.person("ada").push(branch, {f"{branch.replace('/', '-')}.txt": "new\n"})
    asked = {"title": "A change", "source_branch": branch, "target_branch": "main"} | more
    return site(forge).mergerequests.create(asked)


def refused(call: Any, status: int) -> Any:
    """What the error says, which must have this status."""
    with pytest.raises(gitlab.GitlabError) as caught:
        call()
    assert caught.value.response_code == status
    return caught.value.error_message


def git(folder: Path, *argv: str) -> Finished:
    folder.mkdir(exist_ok=True)
    person = {f"GIT_{who}_{what}": "bot" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
    alone = {"GIT_CONFIG_GLOBAL": "/dev/null", "GIT_TERMINAL_PROMPT": "0", "LC_ALL": "C"}
    return run(["git", *argv], cwd=folder, environment=minimal(os.environ, **person, **alone))


def address(forge: GitlabFake, token: str = TOKEN, user: str = "oauth2", path: str = "shop/site") -> str:
    return f"http://{user}:{token}@{forge.host}/{path}.git"


# Merge requests


def test_a_merge_request_lives(forge: GitlabFake) -> None:
    milestone = Milestone(forge.world.id(), 1, "Autumn")
    forge.project().milestones.append(milestone)
    ada = forge.user("ada")
    mr = opened(forge, description="Text", labels=["maintainer", "php"], assignee_ids=[ada.id], reviewer_ids=[ada.id])
    assert (mr.iid, mr.state, mr.labels, mr.draft) == (1, "opened", ["maintainer", "php"], False)
    assert mr.author["username"].startswith("project_")
    assert (mr.detailed_merge_status, mr.has_conflicts, mr.changes_count) == ("mergeable", False, "1")
    mr.title, mr.description, mr.milestone_id = "Draft: Another", "New text", milestone.id
    mr.labels = ["maintainer"]
    mr.save()
    mr = site(forge).mergerequests.get(1)
    assert (mr.title, mr.draft, mr.detailed_merge_status) == ("Draft: Another", True, "draft_status")
    assert (mr.labels, mr.milestone["title"], mr.reviewers[0]["username"]) == (["maintainer"], "Autumn", "ada")
    site(forge).mergerequests.update(1, {"add_labels": "held", "remove_labels": "maintainer", "assignee_ids": [0]})
    mr = site(forge).mergerequests.get(1)
    assert (mr.labels, mr.assignees) == (["held"], [])
    site(forge).mergerequests.update(1, {"state_event": "close"})
    assert site(forge).mergerequests.get(1).closed_by["username"].startswith("project_")
    site(forge).mergerequests.update(1, {"state_event": "reopen"})
    assert forge.state()["merge_requests"][0]["state"] == "opened"


def test_only_one_is_open_for_a_branch(forge: GitlabFake) -> None:
    opened(forge)
    again = {"title": "Again", "source_branch": "maintainer/a", "target_branch": "main"}
    create = site(forge).mergerequests.create
    said = refused(lambda: create(again), 409)
    assert said == ["Another open merge request already exists for this source branch: !1"]
    forge.person("ada").close(1)
    assert create(again).iid == 2
    assert refused(lambda: site(forge).mergerequests.update(1, {"state_event": "reopen"}), 409)


@pytest.mark.parametrize(
    ("more", "status", "said"),
    [
        ({"title": ""}, 400, {"title": ["can't be blank"]}),
        ({"title": "x" * 256}, 400, {"title": ["is too long (maximum is 255 characters)"]}),
        (
            {"description": "x" * 1_048_577},
            400,
            {"description": ["is too long (maximum is 1048576 characters)"]},
        ),
        ({"source_branch": "a..b"}, 400, {"source_branch": ["is invalid"]}),
        ({"source_branch": "main"}, 422, ["You can't use same project/branch for source and target"]),
    ],
    ids=["blank", "title", "description", "branch", "same"],
)
def test_what_is_invalid_is_refused(forge: GitlabFake, more: Any, status: int, said: Any) -> None:
    assert refused(lambda: opened(forge, **more), status) == said
    assert forge.project().merge_requests == []


def test_lists_are_filtered_and_paged(forge: GitlabFake) -> None:
    for number in range(5):
        opened(forge, f"maintainer/{number}", labels=["maintainer"] if number else [])
    ada = forge.person("ada")
    ada.close(1)
    ada.merge(2)
    rest = site(forge).mergerequests
    assert [mr.iid for mr in rest.list(state="opened", get_all=True, per_page=2)] == [5, 4, 3]
    assert [mr.iid for mr in rest.list(state="merged")] == [2]
    assert [mr.iid for mr in rest.list(labels=["maintainer"], sort="asc", get_all=True)] == [2, 3, 4, 5]
    assert [mr.iid for mr in rest.list(source_branch="maintainer/3")] == [4]
    assert [mr.iid for mr in rest.list(order_by="updated_at", per_page=1, get_all=False)] == [2]
    since = rest.get(5).updated_at
    assert [mr.iid for mr in rest.list(updated_after=since, get_all=True)] == [5, 2, 1]
    answer = requests.get(
        f"{forge.url}/projects/shop%2Fsite/merge_requests?per_page=2&page=2",
        headers={"PRIVATE-TOKEN": TOKEN},
        timeout=9,
    )
    heads = {
        name: answer.headers[name] for name in ("x-page", "x-next-page", "x-prev-page", "x-total", "x-total-pages")
    }
    assert heads == {"x-page": "2", "x-next-page": "3", "x-prev-page": "1", "x-total": "5", "x-total-pages": "3"}
    assert answer.links["next"]["url"].startswith(f"{forge.url}/projects/shop%2Fsite/merge_requests?")


def test_merging_is_gits(forge: GitlabFake) -> None:
    mr = opened(forge)
    head = mr.sha
    forge.project().protected[0].merge = DEVELOPER
    assert refused(lambda: mr.merge(sha="0" * 40), 409) == f"SHA does not match HEAD of source branch: {head}"
    done = mr.merge(should_remove_source_branch=True)
    assert done["state"] == "merged"
    repository = forge.project().repository
    assert repository.sha("main") == done["merge_commit_sha"]
    assert repository.is_ancestor(head, "main")
    assert "maintainer/a" not in repository.branches()
    assert refused(lambda: mr.merge(), 405) == "405 Method Not Allowed"


def test_a_conflict_is_gits(forge: GitlabFake) -> None:
    ada = forge.person("ada")
    mr = opened(forge)
    ada.push("main", {"maintainer-a.txt": "theirs\n"})
    mr = site(forge).mergerequests.get(mr.iid)
    assert (mr.has_conflicts, mr.merge_status, mr.detailed_merge_status) == (True, "cannot_be_merged", "conflict")
    forge.project().protected[0].merge = DEVELOPER
    assert refused(lambda: mr.merge(), 422) == "Branch cannot be merged"


def test_merging_needs_the_right_to_merge(forge: GitlabFake) -> None:
    assert refused(opened(forge).merge, 401) == "401 Unauthorized"


def test_auto_merge_waits_for_the_pipeline(forge: GitlabFake) -> None:
    project = forge.project()
    project.protected[0].merge, project.only_allow_merge_if_pipeline_succeeds = DEVELOPER, True
    ada = forge.person("ada")
    mr = opened(forge)
    assert refused(lambda: mr.merge(), 405)
    ada.pipeline("maintainer/a", "running")
    assert site(forge).mergerequests.get(1).detailed_merge_status == "ci_still_running"
    waiting = mr.merge(auto_merge=True, sha=mr.sha)
    assert (waiting["state"], waiting["merge_when_pipeline_succeeds"]) == ("opened", True)
    ada.pipeline("maintainer/a", "failed")
    assert site(forge).mergerequests.get(1).detailed_merge_status == "ci_must_pass"
    mr.cancel_merge_when_pipeline_succeeds()
    mr.merge(merge_when_pipeline_succeeds=True)
    ada.push("maintainer/a", {"b.txt": "b\n"})
    assert not site(forge).mergerequests.get(1).merge_when_pipeline_succeeds, "a push ends it"
    mr.merge(auto_merge=True)
    ada.pipeline("maintainer/a", "success")
    assert site(forge).mergerequests.get(1).state == "merged"


def test_auto_merge_without_a_pipeline_is_not_taken(forge: GitlabFake) -> None:
    forge.project().protected[0].merge = DEVELOPER
    assert refused(lambda: opened(forge).merge(auto_merge=True), 405)


def test_people_merge_by_pushing_the_target(forge: GitlabFake) -> None:
    opened(forge)
    merged = forge.person("ada").merge_by_hand("main", "maintainer/a")
    mr = site(forge).mergerequests.get(1)
    assert (mr.state, mr.merged_by["username"], mr.merge_commit_sha) == ("merged", "ada", merged)


def test_people_change_what_stands(forge: GitlabFake) -> None:
    first, ada = opened(forge).sha, forge.person("ada")
    ada.draft(1)
    assert site(forge).mergerequests.get(1).title == "Draft: A change"
    ada.draft(1, False)
    ada.label(1, add=("urgent",))
    ada.assign(1, "ada")
    amended = ada.push("maintainer/a", {"maintainer-a.txt": "by hand\n"}, amend=True)
    mr = site(forge).mergerequests.get(1)
    assert (mr.title, mr.labels, mr.assignee["username"], mr.sha) == ("A change", ["urgent"], "ada", amended)
    ada.point("maintainer/a", first)
    assert site(forge).mergerequests.get(1).sha == first
    notes = [note.body for note in mr.notes.list(sort="asc") if note.system]
    assert [note.split("\n")[0] for note in notes] == ["added 1 commit", "added 1 commit"]


def test_a_lost_source_branch_closes(forge: GitlabFake) -> None:
    head = opened(forge).sha
    forge.person("ada").delete_branch("maintainer/a")
    mr = site(forge).mergerequests.get(1)
    assert (mr.state, mr.closed_by["username"], mr.sha) == ("closed", "ada", head)
    assert [note.body for note in mr.notes.list() if note.system] == ["deleted the `maintainer/a` branch"]
    assert site(forge).mergerequests.update(1, {"state_event": "reopen"})["state"] == "closed"


def test_a_renamed_default_branch_retargets_nothing(forge: GitlabFake) -> None:
    opened(forge)
    forge.person("ada").rename_branch("main", "trunk")
    assert site(forge).default_branch == "trunk"
    mr = site(forge).mergerequests.get(1)
    assert (mr.state, mr.target_branch, mr.detailed_merge_status) == ("opened", "main", "commits_status")
    site(forge).mergerequests.update(1, {"target_branch": "trunk"})
    assert site(forge).mergerequests.get(1).detailed_merge_status == "mergeable"


def test_a_forks_merge_request_says_so(forge: GitlabFake) -> None:
    fork = forge.fork("shop/site", "grace/site")
    grace = forge.person("grace", "grace/site")
    grace.push("maintainer/a", {"b.txt": "b\n"})
    mr = grace.open("maintainer/a", into="shop/site")
    found = site(forge).mergerequests.get(mr.iid)
    assert (found.source_project_id, found.target_project_id) == (fork.id, forge.project("shop/site").id)
    assert found.detailed_merge_status == "mergeable"
    assert forge.person("ada").merge(mr.iid)
    assert forge.project("shop/site").repository.read("main", "b.txt") == b"b\n"


def test_a_status_that_is_not_known_yet_is_checking(forge: GitlabFake) -> None:
    forge.checks_take = 2
    opened(forge)
    seen = [site(forge).mergerequests.get(1).detailed_merge_status for _ in range(2)]
    assert seen == ["checking", "mergeable"]


def test_two_at_once_open_one(forge: GitlabFake) -> None:
    forge.person("ada").push("maintainer/a", {"b.txt": "b\n"})
    asked = {"title": "A change", "source_branch": "maintainer/a", "target_branch": "main"}
    both = threading.Barrier(2)
    forge.before_write = lambda _: both.wait(9)

    def create() -> int:
        try:
            return int(site(forge).mergerequests.create(asked).iid)
        except gitlab.GitlabError as error:
            return int(error.response_code or 0)

    with ThreadPoolExecutor(2) as pool:
        done = [pool.submit(create), pool.submit(create)]
    assert sorted(one.result() for one in done) == [1, 409]


# Notes, issues, text


def test_notes_and_emoji(forge: GitlabFake) -> None:
    mr = opened(forge)
    note = mr.notes.create({"body": "Living"})
    note.body = "Edited"
    note.save()
    mr.notes.get(note.id).awardemojis.create({"name": "eyes"})
    forge.person("ada").comment(1, "/maintainer rebase\nplease")
    assert [one.body for one in mr.notes.list(sort="asc")] == ["Edited", "/maintainer rebase\nplease"]
    assert mr.notes.list(sort="asc")[1].author["username"] == "ada"
    assert [award.name for award in mr.notes.get(note.id).awardemojis.list()] == ["eyes"]
    theirs = forge.project().merge_requests[0].notes[-1]
    assert refused(lambda: mr.notes.update(theirs.id, {"body": "x"}), 403) == "403 Forbidden"
    assert refused(lambda: mr.notes.create({"body": " "}), 400)


def test_quick_actions_in_foreign_text_are_carried_out(forge: GitlabFake) -> None:
    quoted = "Changelog\n```\n/close\n```\n"
    assert opened(forge, description=quoted).state == "opened"
    assert forge.quick_actions == []
    mr = opened(forge, "maintainer/b", description="Changelog\n/close\n/label ~hostile\nend")
    assert (mr.state, mr.labels, mr.description) == ("closed", ["hostile"], "Changelog\nend")
    assert [action.split(" ", 1)[1] for action in forge.quick_actions] == ["/close", "/label ~hostile"]


def test_issues(forge: GitlabFake) -> None:
    issues = site(forge).issues
    made = issues.create({"title": "Dashboard", "description": "- [ ] retry a", "labels": ["maintainer-dashboard"]})
    forge.person("ada").check(forge.project().issues[0], "retry a")
    found = issues.list(labels=["maintainer-dashboard"], state="opened")
    assert [(one.iid, one.description) for one in found] == [(made.iid, "- [x] retry a")]
    found[0].state_event = "close"
    found[0].save()
    assert issues.list(state="opened") == []
    assert refused(lambda: issues.create({"title": ""}), 400) == {"title": ["can't be blank"]}


# Users, projects, groups


def test_who_and_where(forge: GitlabFake) -> None:
    forge.user("ada", DEVELOPER)
    forge.user("eve", 0)
    rest = client(forge)
    rest.auth()
    assert rest.user and rest.user.bot
    assert rest.version()[0] == "18.5.0"
    assert [user.username for user in rest.users.list(username="ada")] == ["ada"]
    project = site(forge)
    assert (project.default_branch, project.archived, project.merge_method) == ("main", False, "merge")
    assert project.permissions["project_access"]["access_level"] == DEVELOPER
    levels = {user.username: user.id for user in forge.world.users}
    assert project.members_all.get(levels["ada"]).access_level == DEVELOPER
    assert refused(lambda: project.members_all.get(levels["eve"]), 404) == "404 Not found"
    assert project.files.raw("CODEOWNERS", ref="main") == b"* @ada\n"
    assert refused(lambda: project.files.raw("nothing", ref="main"), 404) == "404 File Not Found"
    assert [one.name for one in project.protectedbranches.list()] == ["main"]
    forge.project().freezes.append(Freeze(1, "0 23 * * 5", "0 8 * * 1", "Europe/Berlin"))
    periods = client(forge).http_get(f"/projects/{project.id}/freeze_periods")
    assert isinstance(periods, list)
    assert periods[0]["cron_timezone"] == "Europe/Berlin"


def test_a_group_has_projects_below_it(forge: GitlabFake) -> None:
    forge.add_repository("shop/sites", "one", topics=["maintained"])
    forge.add_repository("shop/sites", "two", archived=True)
    forge.add_repository("other", "three")
    forge.token("glpat-group", kind="group", group="shop", level=DEVELOPER)
    group = client(forge, "glpat-group").groups.get("shop")

    def paths(**filters: Any) -> list[str]:
        listed = group.projects.list(get_all=True, per_page=1, order_by="path", sort="asc", **filters)
        return [one.path_with_namespace for one in listed]

    assert paths() == ["shop/site"]
    assert paths(include_subgroups=True) == ["shop/site", "shop/sites/one", "shop/sites/two"]
    assert paths(include_subgroups=True, archived=False, topic="maintained") == ["shop/sites/one"]
    keyset = client(forge, "glpat-group").projects.list(
        pagination="keyset", order_by="id", per_page=1, iterator=True, membership=True
    )
    assert len(list(keyset)) == 3
    assert refused(lambda: client(forge, "glpat-group").projects.get("other/three"), 404) == "404 Project Not Found"


def test_a_status_goes_to_a_pipeline(forge: GitlabFake) -> None:
    mr, ada = opened(forge), forge.person("ada")
    commit = site(forge).commits.get(mr.sha)

    def post(**where: Any) -> Any:
        made = commit.statuses.create({"state": "failed", "name": "gate", **where})
        return made.pipeline_id, made.ref

    branch, own = ada.pipeline(mr.source_branch, "success"), ada.run(mr.iid, "success")
    ref = f"refs/merge-requests/{mr.iid}/head"
    assert post() == (own.id, ref), "the newest"
    assert post(ref=mr.source_branch) == (branch.id, mr.source_branch)
    assert post(pipeline_id=branch.id) == (branch.id, mr.source_branch)
    external, named = post(ref="other")
    assert external not in (branch.id, own.id) and named == "other"
    assert [one.pipeline_id for one in commit.statuses.list(pipeline_id=own.id)] == [own.id]
    assert len(commit.statuses.list()) == 3, "the newest of each pipeline"
    wrong: tuple[dict[str, Any], ...] = ({"pipeline_id": 999}, {"pipeline_id": own.id, "ref": "other"})
    for where in wrong:
        assert "Pipeline for pipeline_id" in refused(partial(post, **where), 404)


def test_statuses_pipelines_and_graphql(forge: GitlabFake) -> None:
    mr = opened(forge)
    commit = site(forge).commits.get(mr.sha)
    commit.statuses.create({"state": "pending", "name": "maintainer/release-age", "description": "3 days"})
    again = {"state": "pending", "name": "maintainer/release-age"}
    assert "Cannot transition status" in refused(lambda: commit.statuses.create(again), 400)
    mr.notes.create({"body": "Hello"})
    forge.person("ada").push("maintainer/a", {"b.txt": "b\n"})
    forge.person("ada").pipeline("maintainer/a", "failed")
    query = """
        query open($path: ID!, $after: String) {
          project(fullPath: $path) {
            mergeRequests(state: opened, first: 100, after: $after) {
              pageInfo { hasNextPage endCursor }
              nodes {
                iid title sourceBranch diffHeadSha detailedMergeStatus conflicts draft
                headPipeline { status }
                labels { nodes { title } }
                notes(last: 5) { nodes { body system author { username bot } } }
              }
            }
          }
        }"""
    answer = requests.post(
        forge.graphql_url,
        json={"query": query, "variables": {"path": "shop/site"}},
        headers={"Authorization": f"Bearer {TOKEN}"},
        timeout=9,
    ).json()
    [node] = answer["data"]["project"]["mergeRequests"]["nodes"]
    assert (node["iid"], node["detailedMergeStatus"], node["headPipeline"]) == ("1", "MERGEABLE", {"status": "FAILED"})
    assert [(note["system"], note["author"]["bot"]) for note in node["notes"]["nodes"]] == [
        (False, True),
        (True, False),
    ]
    assert node["diffHeadSha"] == forge.project().repository.sha("maintainer/a") != mr.sha


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("{ nonsense }", "Field 'nonsense' doesn't exist on type 'Query'"),
        (
            '{ project(fullPath: "shop/site") { mergeRequests(nonsense: 1) { count } } }',
            "Field 'mergeRequests' doesn't accept argument 'nonsense'",
        ),
        (
            '{ project(fullPath: "shop/site") { mergeRequests { nodes { notes { nodes { '
            + " ".join(f"x{number}: body" for number in range(60))
            + " } } } } } }",
            "Query has complexity of 253, which exceeds max complexity of 250",
        ),
    ],
    ids=["field", "argument", "complexity"],
)
def test_graphql_refuses(forge: GitlabFake, query: str, said: str) -> None:
    headers = {"Authorization": f"Bearer {TOKEN}"}
    answer = requests.post(forge.graphql_url, json={"query": query}, headers=headers, timeout=9)
    assert (answer.status_code, [error["message"] for error in answer.json()["errors"]]) == (200, [said])


def test_releases_tags_and_branches(forge: GitlabFake) -> None:
    project = site(forge)
    project.tags.create({"tag_name": "v1", "ref": "main"})
    assert refused(lambda: project.tags.create({"tag_name": "v1", "ref": "main"}), 400) == "Tag v1 already exists"
    project.releases.create({"tag_name": "v1", "name": "One", "description": "Notes"})
    project.releases.create({"tag_name": "v2", "ref": "main", "description": ""})
    assert [release.tag_name for release in project.releases.list()] == ["v2", "v1"]
    create = project.releases.create
    assert refused(lambda: create({"tag_name": "v1", "description": ""}), 409) == "Release already exists"
    assert refused(lambda: create({"tag_name": "v3", "description": ""}), 422) == "Ref is not specified"
    project.branches.create({"branch": "x", "ref": "main"})
    assert project.branches.get("x").protected is False
    project.branches.delete("x")
    assert refused(lambda: project.branches.get("x"), 404) == "404 Branch Not Found"


def test_files_of_a_release_are_links_and_packages(forge: GitlabFake) -> None:
    project = site(forge)
    release = project.releases.create({"tag_name": "v1", "ref": "main", "description": ""})
    upload = project.generic_packages.upload
    for data in (b"one", b"two"):
        assert upload("release", "v1", "notes.html", data=data).message == "201 Created"
    assert refused(lambda: upload("release", "v 1", "notes.html", data=b"x"), 400) == "package_version is invalid"
    assert project.generic_packages.download("release", "v1", "notes.html") == b"two"
    (package,) = project.packages.list(package_name="rel", package_version="v1")
    first, second = package.package_files.list()
    assert (first.file_name, first.size, first.id < second.id) == ("notes.html", 3, True)
    assert refused(lambda: package.package_files.delete(first.id), 403) == "403 Forbidden"
    url = f"{forge.url}/projects/1/packages/generic/release/v1/notes.html"
    link = release.links.create({"name": "Notes", "url": url, "direct_asset_path": "/notes.html"})
    assert link.direct_asset_url == f"{forge.origin}/shop/site/-/releases/v1/downloads/notes.html"
    taken = refused(lambda: release.links.create({"name": "Notes", "url": f"{url}x"}), 400)
    assert taken == {"name": ["has already been taken"]}
    assert [one["name"] for one in project.releases.get("v1").assets["links"]] == ["Notes"]
    release.links.delete(link.id)
    assert release.links.list() == []


def test_a_milestone_is_closed_and_opened(forge: GitlabFake) -> None:
    project = site(forge)
    made = project.milestones.create({"title": "1.0"})
    project.milestones.update(made.id, {"state_event": "close"})
    assert [one.title for one in project.milestones.list(state="active")] == []
    project.milestones.update(made.id, {"state_event": "activate"})
    assert [one.state for one in project.milestones.list(title="1.0")] == ["active"]


# What a token may not do


def test_tokens_that_are_wrong(forge: GitlabFake) -> None:
    assert refused(lambda: site(forge, "nonsense"), 401) == "401 Unauthorized"
    forge.token("glpat-read", kind="project", project="shop/site", scopes=("read_api",))
    rest = site(forge, "glpat-read")
    with pytest.raises(gitlab.GitlabError) as caught:
        rest.issues.create({"title": "x"})
    assert caught.value.response_code == 403
    assert b'"error": "insufficient_scope"' in (caught.value.response_body or b"")
    forge.token("glpat-old", user="maintainer").expired = True
    with pytest.raises(gitlab.GitlabAuthenticationError) as refusal:
        site(forge, "glpat-old")
    assert b'"invalid_token"' in (refusal.value.response_body or b"")
    with pytest.raises(gitlab.GitlabGetError) as hidden:
        gitlab.Gitlab(forge.origin).projects.get("shop/site")
    assert hidden.value.response_code == 404


def test_a_jobs_token_reads_merge_requests_and_makes_releases_only(forge: GitlabFake) -> None:
    opened(forge)
    forge.token("glcbt-job", kind="job", user="ada", project="shop/site")
    rest = gitlab.Gitlab(forge.origin, job_token="glcbt-job")
    project = rest.projects.get(forge.project().id, lazy=True)
    assert [mr.iid for mr in project.mergerequests.list()] == [1]
    asked = {"title": "x", "source_branch": "b", "target_branch": "main"}
    assert refused(lambda: project.mergerequests.create(asked), 401) == "401 Unauthorized"
    assert project.releases.create({"tag_name": "v1", "ref": "main", "description": ""}).tag_name == "v1"
    assert refused(lambda: rest.projects.get("shop/site"), 404)


def test_a_reporter_opens_nothing(forge: GitlabFake) -> None:
    forge.token("glpat-reporter", kind="project", project="shop/site", level=REPORTER)
    asked = {"title": "x", "source_branch": "b", "target_branch": "main"}
    assert refused(lambda: site(forge, "glpat-reporter").mergerequests.create(asked), 403) == "403 Forbidden"


def test_an_archived_project_is_read_only(forge: GitlabFake, tmp_path: Path) -> None:
    opened(forge)
    forge.project().archived = True
    assert site(forge).archived is True
    assert refused(lambda: site(forge).mergerequests.update(1, {"title": "x"}), 403) == "403 Forbidden"
    git(tmp_path / "clone", "clone", "--quiet", address(forge), ".")
    pushed = git(tmp_path / "clone", "push", "origin", "HEAD:refs/heads/x")
    assert b"You can't push code to an archived project." in pushed.err


def test_a_moved_project_redirects_readers(forge: GitlabFake) -> None:
    old = client(forge).projects.get("shop/site", lazy=True)
    forge.rename("shop/site", "shop/shop")
    assert site(forge).path_with_namespace == "shop/shop"
    said = refused(lambda: old.issues.create({"title": "x"}), 405)
    assert said == "Non GET methods are not allowed for moved projects"


# Git


def test_git_pushes_reach_merge_requests(forge: GitlabFake, tmp_path: Path) -> None:
    mr, clone = opened(forge), tmp_path / "clone"
    assert git(clone, "clone", "--quiet", address(forge), ".").code == 0
    git(clone, "switch", "--quiet", "maintainer/a")
    git(clone, "commit", "--quiet", "--allow-empty", "--message", "Ours")
    new = git(clone, "rev-parse", "HEAD").text.strip()
    refs = ["refs/heads/maintainer/a", "refs/maintainer/pushed/maintainer/a"]
    stale = git(clone, "push", "--atomic", f"--force-with-lease={refs[0]}:{'0' * 39}1", "origin", f"{new}:{refs[0]}")
    assert stale.code == 1
    leases = [f"--force-with-lease={refs[0]}:{mr.sha}", f"--force-with-lease={refs[1]}:"]
    pushed = git(clone, "push", "--atomic", *leases, "origin", *(f"{new}:{ref}" for ref in refs))
    assert pushed.code == 0, pushed.err
    assert site(forge).mergerequests.get(1).sha == new
    refusal = git(clone, "push", "origin", f"{new}:refs/heads/main")
    assert b"GitLab: You are not allowed to push code to protected branches on this project." in refusal.err


@pytest.mark.parametrize(
    ("kind", "more", "user", "said"),
    [
        ("personal", {"scopes": ("read_repository",)}, "any", b"You are not allowed to upload code."),
        ("project", {"level": REPORTER}, "any", b"You are not allowed to push code to this project."),
        ("job", {}, "gitlab-ci-token", b"You are not allowed to upload code."),
        ("job", {}, "somebody", b"Authentication failed"),
    ],
    ids=["scope", "role", "job", "job-user"],
)
def test_git_refuses(forge: GitlabFake, tmp_path: Path, kind: str, more: Any, user: str, said: bytes) -> None:
    forge.token("other", kind=kind, project="shop/site", **more)
    git(tmp_path / "clone", "clone", "--quiet", address(forge), ".")
    pushed = git(tmp_path / "clone", "push", address(forge, "other", user), "HEAD:refs/heads/x")
    assert pushed.code == 128
    assert said in pushed.err
    assert "x" not in forge.project().repository.branches()


# The wire


def test_requests_are_conditional(forge: GitlabFake) -> None:
    opened(forge)
    url, headers = f"{forge.url}/projects/shop%2Fsite/merge_requests", {"PRIVATE-TOKEN": TOKEN}
    first = requests.get(url, headers=headers, timeout=9)
    headers["If-None-Match"] = first.headers["etag"]
    again = requests.get(url, headers=headers, timeout=9)
    assert (again.status_code, again.content) == (304, b"")
    assert [asked.conditional for asked in forge.api_requests()[-2:]] == [False, True]
    forge.person("ada").edit(1, title="Other")
    assert requests.get(url, headers=headers, timeout=9).status_code == 200


def test_faults(forge: GitlabFake) -> None:
    url, headers = f"{forge.url}/projects/shop%2Fsite", {"PRIVATE-TOKEN": TOKEN}

    def ask() -> requests.Response:
        return requests.get(url, headers=headers, timeout=9)

    forge.fault("GET", "/projects/", throttled(7))
    limited = ask()
    assert (limited.status_code, limited.headers["retry-after"]) == (429, "7")
    forge.fault("GET", "/projects/", Reply(502, "<html>"), after=1)
    assert [ask().status_code for _ in range(3)] == [200, 502, 200]
    for what in ("reset", "half"):
        forge.fault("*", "/projects/", what)
        with pytest.raises(requests.RequestException):
            ask()
    forge.rate_limit = 600
    assert ask().headers["ratelimit-limit"] == "600"


def test_a_write_dies_before_it_or_after_it(forge: GitlabFake) -> None:
    seen: list[str] = []
    forge.before_write = seen.append
    issues = site(forge).issues
    forge.fault("POST", "/issues", "lost")
    with pytest.raises(requests.RequestException):
        issues.create({"title": "Once"})
    assert [issue.title for issue in forge.project().issues] == ["Once"]
    assert seen == [f"POST /projects/{forge.project().id}/issues"]

    def dies(_: str) -> None:
        raise Dropped

    forge.before_write = dies
    with pytest.raises(requests.RequestException):
        issues.create({"title": "Twice"})
    assert len(forge.project().issues) == 1


def test_states_are_equal_whenever_they_were_made(tmp_path: Path) -> None:
    states = []
    for name in ("one", "two"):
        with GitlabFake(tmp_path / name) as forge:
            forge.add_repository("shop", "site", FILES)
            forge.token(TOKEN, kind="project", project="shop/site")
            if name == "two":
                forge.project().repository.made += 7
            head = opened(forge).sha
            site(forge).mergerequests.update(1, {"description": f"Written for {head}"})
            states.append(forge.state())
    assert states[0] == states[1]
    assert states[0]["merge_requests"][0]["description"].startswith("Written for <")
