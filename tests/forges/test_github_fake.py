"""The fake GitHub as its documentation says GitHub behaves, with the real PyGithub and the real git."""

import os
import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import requests
from github import Auth, Github, GithubException, GithubIntegration, InputGitTreeElement
from github.PullRequest import PullRequest
from github.Repository import Repository

from maintainer.process import Finished, minimal, run
from tests.forges.github import GithubFake
from tests.forges.github_rights import Kind, Refused
from tests.forges.github_world import Protection
from tests.forges.server import Dropped
from tests.loopback import Reply

FILES = {"a.txt": "a\n", "b.txt": "b\n"}
BRANCH = "maintainer/npm-is-odd"


@pytest.fixture
def forge(tmp_path: Path) -> Iterator[GithubFake]:
    with GithubFake(tmp_path) as forge:
        forge.add_repository("shop/site", FILES)
        yield forge


def client(forge: GithubFake, token: str = "") -> Github:
    auth = Auth.Token(token or forge.token())
    quick: dict[str, Any] = {"seconds_between_requests": None, "seconds_between_writes": None, "retry": None}
    return Github(auth=auth, base_url=forge.url, **quick)


def site(forge: GithubFake, token: str = "") -> Repository:
    return client(forge, token).get_repo("shop/site")


def proposal(forge: GithubFake, branch: str = BRANCH, file: str = "a.txt") -> PullRequest:
    """A pull request of ours that changes a file."""
    forge.person("ada").push(branch, {file: f"{branch}\n"})
    return site(forge).create_pull(base="main", head=branch, title="Update is-odd", body="From 3 to 4.")


def refused(call: Callable[..., Any], *arguments: Any, **named: Any) -> tuple[int, str]:
    """Status and words of a refusal: the message, and the errors' behind it."""
    with pytest.raises(GithubException) as caught:
        call(*arguments, **named)
    data = caught.value.data
    errors = data.get("errors") or []
    said = [error.get("message") or f"{error.get('field')} {error['code']}" for error in errors]
    return caught.value.status, ": ".join([data["message"], *said])


def git(forge: GithubFake, folder: Path, *argv: str, token: str = "") -> Finished:
    folder.mkdir(exist_ok=True)
    environment = {"GIT_CONFIG_GLOBAL": "/dev/null", "GIT_TERMINAL_PROMPT": "0", "LC_ALL": "C"}
    if token:
        environment |= {"GIT_CONFIG_COUNT": "1", "GIT_CONFIG_KEY_0": f"url.http://x:{token}@{forge.host}/.insteadOf"}
        environment |= {"GIT_CONFIG_VALUE_0": f"{forge.git_url}/"}
    who = {f"GIT_{role}_{what}": "ada" for role in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
    return run(["git", *argv], cwd=folder, environment=minimal(os.environ, **environment, **who))


def cloned(forge: GithubFake, folder: Path, token: str) -> str:
    """Clone the site and commit a change; the URL it came from."""
    url = f"{forge.git_url}/shop/site.git"
    done = git(forge, folder.parent, "clone", "--quiet", url, folder.name, token=token)
    assert done.code == 0, done.err
    (folder / "a.txt").write_text("pushed\n")
    git(forge, folder, "commit", "--all", "--quiet", "--message", "Update is-odd")
    return url


# Pull requests


def test_a_pull_request_is_made_of_a_branch(forge: GithubFake) -> None:
    pull = proposal(forge)
    assert (pull.number, pull.state, pull.mergeable, pull.mergeable_state) == (1, "open", True, "clean")
    assert (pull.head.label, pull.base.ref) == (f"shop:{BRANCH}", "main")
    assert pull.user.login == "maintainer-app[bot]" and pull.user.type == "Bot"
    assert [file.filename for file in pull.get_files()] == ["a.txt"]
    assert forge.state()["pulls"][0]["title"] == "Update is-odd"


@pytest.mark.parametrize(
    ("base", "head", "said"),
    [
        ("main", BRANCH, f"Validation Failed: A pull request already exists for shop:{BRANCH}."),
        ("main", "same", "Validation Failed: No commits between main and same"),
        ("gone", "other", "Validation Failed: base invalid"),
        ("main", "gone", "Validation Failed: head invalid"),
    ],
)
def test_what_can_be_no_pull_request_is_told(forge: GithubFake, base: str, head: str, said: str) -> None:
    proposal(forge)
    ada = forge.person("ada")
    ada.point("same", "main")
    ada.push("other", {"b.txt": "c"})
    assert refused(site(forge).create_pull, base=base, head=head, title="T") == (422, said)
    assert len(forge.state()["pulls"]) == 1


def test_a_body_has_a_longest_length(forge: GithubFake) -> None:
    pull = proposal(forge)
    status, said = refused(pull.edit, body="x" * 65537)
    assert status == 422 and "maximum is 65536 characters" in said
    pull.edit(body="x" * 65536)


def test_pull_requests_are_listed_by_page_state_head_and_base(forge: GithubFake) -> None:
    numbers = [proposal(forge, f"maintainer/{at}").number for at in range(5)]
    repository = site(forge)
    repository.get_pull(2).edit(state="closed")
    quick = client(forge)
    quick.per_page = 2
    paged = quick.get_repo("shop/site").get_pulls(state="all", sort="created", direction="asc")
    assert [pull.number for pull in paged] == numbers
    assert sum(asked.path.endswith("/pulls") and asked.method == "GET" for asked in forge.requests) == 3
    assert [pull.number for pull in repository.get_pulls(state="closed")] == [2]
    assert [pull.number for pull in repository.get_pulls(head="shop:maintainer/3")] == [4]
    assert repository.get_pulls(base="other").totalCount == 0


def test_a_push_moves_a_pull_request_and_a_deleted_branch_closes_it(forge: GithubFake) -> None:
    pull, ada = proposal(forge), forge.person("ada")
    head = ada.push(BRANCH, {"a.txt": "by hand\n"})
    assert site(forge).get_pull(1).head.sha == head
    ada.delete_branch(BRANCH)
    pull.update()
    assert (pull.state, pull.merged) == ("closed", False)
    status, said = refused(pull.edit, state="open")
    assert status == 422 and "cannot be reopened" in said


def test_what_arrives_in_the_base_by_a_push_is_merged(forge: GithubFake) -> None:
    proposal(forge)
    commit = forge.person("ada").merge_by_hand("main", BRANCH)
    pull = site(forge).get_pull(1)
    assert (pull.state, pull.merged, pull.merge_commit_sha) == ("closed", True, commit)
    assert pull.merged_by.login == "ada"


def test_a_head_that_is_emptied_by_force_closes_its_pull_request(forge: GithubFake) -> None:
    proposal(forge)
    forge.person("ada").point(BRANCH, "main")
    pull = site(forge).get_pull(1)
    assert (pull.state, pull.merged) == ("closed", False)


def test_conflicts_are_those_of_git(forge: GithubFake) -> None:
    pull = proposal(forge)
    forge.person("ada").push("main", {"a.txt": "otherwise\n"})
    pull.update()
    assert (pull.mergeable, pull.mergeable_state) == (False, "dirty")
    assert refused(pull.merge) == (405, "Pull Request is not mergeable")


@pytest.mark.parametrize("method", ["merge", "squash", "rebase"])
def test_a_merge_lands_in_the_base_once(forge: GithubFake, method: str) -> None:
    pull = proposal(forge)
    status, _ = refused(pull.merge, sha="0" * 40)
    assert status == 409
    assert pull.merge(merge_method=method).merged
    repository = forge.repository()
    assert repository.git.read("main", "a.txt") == f"{BRANCH}\n".encode()
    assert pull.is_merged()
    assert refused(pull.merge)[0] == 405


def test_a_merged_branch_is_deleted_where_the_repository_says_so(forge: GithubFake) -> None:
    forge.repository().delete_branch_on_merge = True
    pull = proposal(forge)
    forge.person("ada").merge(pull.number)
    assert BRANCH not in forge.repository().git.branches()
    pull.update()
    assert pull.merged


def test_a_renamed_default_branch_takes_its_pull_requests_along(forge: GithubFake) -> None:
    pull = proposal(forge)
    forge.person("ada").rename_branch("main", "trunk")
    pull.update()
    assert (pull.state, pull.base.ref) == ("open", "trunk")
    assert site(forge).default_branch == "trunk"


def test_a_fork_s_pull_request_outlives_the_fork(forge: GithubFake) -> None:
    forge.repository().private = False
    eve = forge.person("eve", "read")
    fork = eve.fork()
    eve.at(fork).push(BRANCH, {"a.txt": "evil\n"})
    number = eve.open_pull(BRANCH, fork=fork)
    pull = site(forge).get_pull(number)
    assert (pull.head.repo.full_name, pull.head.label, pull.mergeable) == ("eve/site", f"eve:{BRANCH}", True)
    eve.delete_fork(fork)
    pull = site(forge).get_pull(number)
    assert pull.head.repo is None and pull.state == "open"


def test_reviewers_are_collaborators(forge: GithubFake) -> None:
    pull = proposal(forge)
    forge.person("ada")
    pull.create_review_request(reviewers=["ada"])
    assert [user.login for user in pull.get_review_requests()[0]] == ["ada"]
    status, said = refused(pull.create_review_request, reviewers=["nobody"])
    assert status == 422 and "Reviews may only be requested from collaborators" in said
    pull.delete_review_request(reviewers=["ada"])
    assert forge.state()["pulls"][0]["reviewers"] == []


def test_a_closed_pull_request_is_reopened_unless_its_branch_was_replaced(forge: GithubFake) -> None:
    proposal(forge)
    ada = forge.person("ada")
    ada.close(1)
    ada.reopen(1)
    assert forge.state()["pulls"][0]["state"] == "open"
    ada.close(1)
    ada.push(BRANCH, {"a.txt": "anew"}, onto="main")
    with pytest.raises(Refused, match="Validation Failed"):
        ada.reopen(1)


# Issues


def test_pull_requests_are_issues_too(forge: GithubFake) -> None:
    repository = site(forge)
    pull = proposal(forge)
    pull.add_to_labels("maintainer", "Security")
    issue = repository.create_issue("Dashboard", body="- [ ] approve it", labels=["maintainer-dashboard"])
    assert issue.number == 2
    found = repository.get_issues(labels=["Maintainer"], state="all")
    assert [(one.number, one.pull_request is not None) for one in found] == [(1, True)]
    assert [label.name for label in repository.get_labels()] == ["maintainer", "maintainer-dashboard", "Security"]
    assert refused(repository.create_label, "MAINTAINER", "ff0000")[1] == "Validation Failed: name already_exists"
    pull.remove_from_labels("security")
    assert refused(pull.remove_from_labels, "security") == (404, "Label does not exist")
    assert forge.state()["pulls"][0]["labels"] == ["maintainer"]
    forge.person("ada").check(2, "approve it")
    assert repository.get_issue(2).body == "- [x] approve it"
    issue.edit(state="closed", state_reason="not_planned")
    assert repository.get_issue(2).state_reason == "not_planned"


def test_assignees_and_milestones(forge: GithubFake) -> None:
    forge.person("ada")
    pull, repository = proposal(forge), site(forge)
    pull.add_to_assignees("ada", "nobody")
    milestone = repository.create_milestone("June")
    pull.as_issue().edit(milestone=milestone)
    assert refused(repository.create_milestone, "June")[0] == 422
    issue = repository.get_issue(1)
    assert ([user.login for user in issue.assignees], issue.milestone.title) == (["ada"], "June")


def test_comments_are_told_since_when(forge: GithubFake) -> None:
    pull, ada = proposal(forge), forge.person("ada")
    ours = pull.create_issue_comment("ours")
    ada.comment(1, "/maintainer rebase")
    ours.edit("ours, later")
    repository = site(forge)
    assert [comment.body for comment in repository.get_issues_comments()] == ["ours, later", "/maintainer rebase"]
    since = forge.now
    ada.comment(1, "later still")
    ordered = repository.get_issues_comments(since=since, sort="updated", direction="asc")
    assert [comment.body for comment in ordered] == ["ours, later", "later still"]
    assert [comment.user.login for comment in pull.get_issue_comments()][1:] == ["ada", "ada"]


@pytest.mark.parametrize(
    ("role", "told"),
    [("admin", "admin"), ("maintain", "write"), ("write", "write"), ("triage", "read"), ("none", "none")],
)
def test_what_a_person_may_do_is_told_in_four_words(forge: GithubFake, role: str, told: str) -> None:
    forge.person("eve", role)
    assert site(forge).get_collaborator_permission("eve") == told
    assert site(forge).get_collaborator_role_name("eve") == role


# Statuses and checks


def test_the_newest_status_of_a_context_counts(forge: GithubFake) -> None:
    pull = proposal(forge)
    commit = site(forge).get_commit(pull.head.sha)
    assert commit.get_combined_status().state == "pending"
    commit.create_status("failure", context="maintainer/verify", description="2 of 9 failed")
    commit.create_status("success", context="maintainer/verify")
    forge.person("ada").status(BRANCH, "success")
    assert commit.get_combined_status().state == "success"
    assert [status.state for status in commit.get_statuses()] == ["success", "success", "failure"]
    status, said = refused(commit.create_status, "success", description="x" * 141)
    assert status == 422 and "too long" in said


def test_only_apps_write_check_runs(forge: GithubFake) -> None:
    sha = proposal(forge).head.sha
    output: dict[str, Any] = {"title": "Slower", "summary": "by 9 %", "annotations": [
        {"path": "a.txt", "start_line": 1, "end_line": 1, "annotation_level": "warning", "message": "here"}
    ]}  # fmt: skip
    check = site(forge).create_check_run("verify", sha, output=output)
    check.edit(conclusion="neutral", output=output)
    found = list(site(forge).get_commit(sha).get_check_runs())
    assert [(one.name, one.status, one.conclusion, one.output.annotations_count) for one in found] == [
        ("verify", "completed", "neutral", 2)
    ]
    assert [one.message for one in found[0].get_annotations()] == ["here", "here"]
    classic, fine = forge.token(kind="pat"), forge.token(kind="fine-grained")
    assert refused(site(forge, classic).create_check_run, "x", sha) == (403, "You must authenticate via a GitHub App.")
    assert refused(site(forge, fine).create_check_run, "x", sha)[0] == 403


# Tokens


def test_a_token_that_is_unknown_or_expired_is_bad(forge: GithubFake) -> None:
    assert refused(site, forge, "ghp_nonsense") == (401, "Bad credentials")
    expired = forge.token(kind="fine-grained", expires=forge.now + timedelta(seconds=2))
    site(forge, expired)
    forge.now += timedelta(minutes=1)
    assert refused(site, forge, expired) == (401, "Bad credentials")


KINDS: list[tuple[Kind, str]] = [
    ("actions", "Resource not accessible by integration"),
    ("app", "Resource not accessible by integration"),
    ("fine-grained", "Resource not accessible by personal access token"),
]


@pytest.mark.parametrize(("kind", "said"), KINDS)
def test_a_missing_permission_is_named_in_a_header(forge: GithubFake, kind: Kind, said: str) -> None:
    proposal(forge)
    given = {"contents": "write", "pull_requests": "read", "issues": "read"}
    repository = site(forge, forge.token(kind=kind, permissions=given))
    pull = repository.get_pull(1)
    assert refused(pull.edit, title="Mine") == (403, said)
    with pytest.raises(GithubException) as caught:
        pull.create_issue_comment("hello")
    accepted = (caught.value.headers or {}).get("x-accepted-github-permissions", "")
    assert accepted == "issues=write; pull_requests=write"


def test_a_classic_token_without_its_scope_finds_nothing(forge: GithubFake) -> None:
    token = forge.token("ada", "pat", scopes=["public_repo"])
    assert refused(site, forge, token) == (404, "Not Found")
    forge.repository().private = False
    assert site(forge, token).permissions.push
    answer = requests.get(f"{forge.url}/user", headers={"Authorization": f"token {token}"}, timeout=5)
    assert (answer.json()["login"], answer.headers["X-OAuth-Scopes"]) == ("ada", "public_repo")


def test_nobody_sees_what_is_private(forge: GithubFake) -> None:
    forge.add_repository("shop/open", private=False)
    assert requests.get(f"{forge.url}/repos/shop/site", timeout=5).status_code == 404
    assert requests.get(f"{forge.url}/repos/shop/open", timeout=5).status_code == 200
    other = forge.token(kind="actions", repositories=["shop/open"])
    assert refused(site, forge, other) == (404, "Not Found")
    reader = forge.token("eve", "pat")
    forge.person("eve", "none")
    assert refused(site, forge, reader) == (404, "Not Found")


def test_a_workflow_s_token_is_nobody(forge: GithubFake) -> None:
    mine = client(forge, forge.token(kind="actions")).get_user()
    assert refused(lambda: mine.login) == (403, "Resource not accessible by integration")


def test_an_archived_repository_is_read_only(forge: GithubFake) -> None:
    pull = proposal(forge)
    forge.person("ada").archive()
    assert site(forge).archived
    assert refused(pull.edit, title="No") == (403, "Repository was archived so is read-only.")


def test_an_app_gets_tokens_for_its_installation(forge: GithubFake) -> None:
    forge.add_repository("shop/blog", topics=["site"])
    app = forge.app(permissions={"contents": "write", "pull_requests": "write"}, repositories=["shop/site"])
    integration = GithubIntegration(auth=Auth.AppAuth(app.id, app.key), base_url=forge.url)
    installation = integration.get_repo_installation("shop", "site")
    token = integration.get_access_token(installation.id)
    assert token.permissions["contents"] == "write"
    assert site(forge, token.token).full_name == "shop/site"
    assert refused(client(forge, token.token).get_repo, "shop/blog") == (404, "Not Found")
    with pytest.raises(GithubException):
        GithubIntegration(auth=Auth.AppAuth(app.id + 1, app.key), base_url=forge.url).get_installations()[0]
    forge.now += timedelta(hours=1, minutes=1)
    assert refused(site, forge, token.token) == (401, "Bad credentials")


def test_an_organisation_lists_its_repositories(forge: GithubFake) -> None:
    for name in ("blog", "docs"):
        forge.add_repository(f"shop/{name}", topics=["fleet"])
    answer = requests.get(
        f"{forge.url}/orgs/shop/repos?per_page=2", headers={"Authorization": f"Bearer {forge.token()}"}, timeout=5
    )
    assert [one["name"] for one in answer.json()] == ["docs", "blog"]
    assert answer.json()[0]["topics"] == ["fleet"]
    assert re.search(r'page=2>; rel="next"', answer.headers["Link"]) and 'rel="last"' in answer.headers["Link"]


# Git, by API and by push


def test_objects_and_refs_are_git_s(forge: GithubFake) -> None:
    repository = site(forge)
    main = repository.get_git_ref("heads/main").object.sha
    base = repository.get_git_commit(main)
    tree = repository.create_git_tree([InputGitTreeElement("a.txt", "100644", "blob", content="new\n")], base.tree)
    commit = repository.create_git_commit("Update", tree, [base])
    assert commit.verification.verified
    assert repository.create_git_ref(f"refs/heads/{BRANCH}", commit.sha).object.sha == commit.sha
    assert refused(repository.create_git_ref, f"refs/heads/{BRANCH}", commit.sha) == (422, "Reference already exists")
    repository.create_git_ref(f"refs/maintainer/pushed/{BRANCH}", commit.sha)
    assert [ref.ref for ref in repository.get_git_matching_refs("maintainer/")] == [f"refs/maintainer/pushed/{BRANCH}"]
    other = repository.create_git_commit("Other", tree, [])
    ref = repository.get_git_ref(f"heads/{BRANCH}")
    assert refused(ref.edit, other.sha) == (422, "Update is not a fast forward")
    ref.edit(other.sha, force=True)
    ref.delete()
    assert refused(repository.get_git_ref, f"heads/{BRANCH}") == (404, "Not Found")
    person = site(forge, forge.token("ada", "pat"))
    assert not person.create_git_commit("Mine", tree, [base]).verification.verified


def test_files_are_read_and_written(forge: GithubFake) -> None:
    forge.person("ada").push("main", {".github/CODEOWNERS": "* @ada\n"})
    repository = site(forge)
    found = repository.get_contents(".github/CODEOWNERS")
    assert not isinstance(found, list) and found.decoded_content == b"* @ada\n"
    listed = repository.get_contents("")
    assert isinstance(listed, list)
    assert [(one.name, one.type) for one in listed] == [(".github", "dir"), ("a.txt", "file"), ("b.txt", "file")]
    assert refused(repository.get_contents, "gone.txt") == (404, "Not Found")
    made = repository.update_file("a.txt", "Edit", "edited\n", next(one.sha for one in listed if one.name == "a.txt"))
    assert forge.repository().git.read(made["commit"].sha, "a.txt") == b"edited\n"
    assert refused(repository.update_file, "a.txt", "Edit", "x", "0" * 40)[0] == 409
    assert [commit.commit.message for commit in repository.get_commits(path="a.txt")] == ["Edit", "The site"]


def test_a_push_is_git_s(forge: GithubFake, tmp_path: Path) -> None:
    token = forge.token()
    url = cloned(forge, tmp_path / "clone", token)
    refs = [f"HEAD:refs/heads/{BRANCH}", f"HEAD:refs/maintainer/pushed/{BRANCH}"]
    written: list[str] = []
    forge.before_write = written.append
    done = git(forge, tmp_path / "clone", "push", "--atomic", url, *refs, token=token)
    assert done.code == 0, done.err
    assert written == [f"push shop/site refs/heads/{BRANCH} refs/maintainer/pushed/{BRANCH}"]
    pull = site(forge).create_pull(base="main", head=BRANCH, title="T")
    assert forge.state()["refs"][f"refs/heads/{BRANCH}"] == forge.state()["refs"][f"refs/maintainer/pushed/{BRANCH}"]
    (tmp_path / "clone/a.txt").write_text("again\n")
    git(forge, tmp_path / "clone", "commit", "--all", "--amend", "--no-edit")
    assert git(forge, tmp_path / "clone", "push", "--force", url, refs[0], token=token).code == 0
    before = pull.head.sha
    pull.update()
    assert pull.head.sha != before


@pytest.mark.parametrize(
    ("kind", "change", "said"),
    [
        ("app", "main", b"GH006: Protected branch update failed for refs/heads/main"),
        ("actions", "workflow", b"refusing to allow a GitHub App to create or update workflow"),
        ("pat", "workflow", b"refusing to allow a Personal Access Token to create or update workflow"),
        ("actions", "read", b"denied to github-actions[bot]"),
        ("app", "archived", b"This repository was archived so it is read-only."),
    ],
)
def test_what_a_push_may_not_do(forge: GithubFake, tmp_path: Path, kind: Kind, change: str, said: bytes) -> None:
    read = {"contents": "read"} if change == "read" else None
    token = forge.token(kind=kind, scopes=["repo"], permissions=read)
    url = cloned(forge, tmp_path / "clone", token)
    forge.repository().protected["main"] = Protection()
    if change == "workflow":
        (tmp_path / "clone/.github/workflows").mkdir(parents=True)
        (tmp_path / "clone/.github/workflows/ci.yml").write_text("on: push\n")
        git(forge, tmp_path / "clone", "add", "--all")
        git(forge, tmp_path / "clone", "commit", "--quiet", "--message", "CI")
    forge.repository().archived = change == "archived"
    before = forge.state()["refs"]
    into = "main" if change == "main" else BRANCH
    done = git(forge, tmp_path / "clone", "push", url, f"HEAD:refs/heads/{into}", token=token)
    assert done.code and said in done.err
    assert forge.state()["refs"] == before


# Releases


def test_a_release_makes_its_tag_when_published(forge: GithubFake, tmp_path: Path) -> None:
    repository = site(forge)
    draft = repository.create_git_release("v1", "One", "Notes", draft=True)
    assert repository.get_tags().totalCount == 0
    (tmp_path / "log.txt").write_text("log")
    draft.upload_asset(str(tmp_path / "log.txt"), label="The log")
    draft.update_release("One", "Notes", draft=False)
    assert [tag.name for tag in repository.get_tags()] == ["v1"]
    assert [asset.name for asset in repository.get_release("v1").get_assets()] == ["log.txt"]
    assert refused(repository.create_git_release, "v1", "One", "")[1] == "Validation Failed: tag_name already_exists"


# HTTP


def test_what_has_not_changed_is_told_and_costs_nothing(forge: GithubFake) -> None:
    proposal(forge)
    headers = {"Authorization": f"Bearer {forge.token()}"}
    first = requests.get(f"{forge.url}/repos/shop/site/pulls", headers=headers, timeout=5)
    headers["If-None-Match"] = first.headers["ETag"]
    second = requests.get(f"{forge.url}/repos/shop/site/pulls", headers=headers, timeout=5)
    assert (second.status_code, second.content) == (304, b"")
    assert forge.requests[-1].conditional
    forge.person("ada").edit(1, title="Other")
    third = requests.get(f"{forge.url}/repos/shop/site/pulls", headers=headers, timeout=5)
    assert third.status_code == 200
    assert int(third.headers["X-RateLimit-Remaining"]) == int(first.headers["X-RateLimit-Remaining"]) - 1


def test_faults_come_as_ordered(forge: GithubFake) -> None:
    pull = proposal(forge)
    limited = Reply(403, {"message": "You have exceeded a secondary rate limit."}, {"Retry-After": "1"})
    forge.fault("POST", r"/issues/1/comments$", limited)
    assert refused(pull.create_issue_comment, "one")[0] == 403
    pull.create_issue_comment("two")
    forge.fault("POST", r"/issues/1/comments$", "lost")
    with pytest.raises(requests.ConnectionError):
        pull.create_issue_comment("three")
    assert [comment.body for comment in forge.person("ada").comments(1)] == ["two", "three"]


def test_writes_are_told_before_and_after(forge: GithubFake) -> None:
    pull = proposal(forge)
    told: list[str] = []
    forge.before_write = lambda what: told.append(f"before {what}")
    forge.after_write = lambda what: told.append(f"after {what}")
    pull.edit(title="One")
    assert told == ["before PATCH /repos/shop/site/pulls/1", "after PATCH /repos/shop/site/pulls/1"]

    def dropped(_: str) -> None:
        raise Dropped

    forge.before_write = dropped
    with pytest.raises(requests.ConnectionError):
        pull.edit(title="Two")
    assert forge.state()["pulls"][0]["title"] == "One"


def test_the_state_names_no_sha_and_no_port(forge: GithubFake) -> None:
    pull = proposal(forge)
    pull.create_issue_comment(f"{forge.git_url}/x at {pull.head.sha}")
    state = forge.state()
    assert state["pulls"][0]["comments"][0]["body"].startswith("https://github.example/x at <")
    assert pull.head.sha not in str(state) and forge.host not in str(state)


def test_github_s_own_description_judges(tmp_path: Path) -> None:
    with pytest.raises(AssertionError, match="state: 'shut' is not one of"), GithubFake(tmp_path) as forge:
        forge.add_repository("shop/site", FILES)
        assert refused(proposal(forge).edit, state="shut")[0] == 422
