"""What tokens may do on the fake GitHub, by API and by git, and how it speaks HTTP."""

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
import requests
from github import Auth, GithubException, GithubIntegration, InputGitTreeElement

from tests.forges.github import GithubFake
from tests.forges.github_client import BRANCH, FILES, client, cloned, git, proposal, refused, site
from tests.forges.github_faults import primary_limit, secondary_limit, unavailable
from tests.forges.github_rights import Kind
from tests.forges.github_world import Protection
from tests.forges.server import Dropped
from tests.loopback import Reply


@pytest.fixture
def forge(tmp_path: Path) -> Iterator[GithubFake]:
    with GithubFake(tmp_path) as forge:
        forge.add_repository("shop/site", FILES)
        yield forge


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


@pytest.mark.parametrize(
    ("reply", "status"),
    [(secondary_limit(), 403), (secondary_limit(None, 429), 429), (primary_limit(1), 403), (unavailable(503), 503)],
    ids=["secondary", "without a time", "primary", "a page"],
)
def test_github_refuses_for_a_while(forge: GithubFake, reply: Reply, status: int) -> None:
    forge.fault("GET", "/pulls", reply, times=2)
    headers = {"Authorization": f"token {forge.token()}"}
    found = [requests.get(f"{forge.url}/repos/shop/site/pulls", headers=headers, timeout=5).status_code for _ in "123"]
    assert found == [status, status, 200]


def test_what_the_fake_lacks_is_a_complaint(tmp_path: Path) -> None:
    with pytest.raises(AssertionError, match="GET /zen: this fake has no such endpoint"), GithubFake(tmp_path) as forge:
        requests.get(f"{forge.url}/zen", timeout=5)
