"""The fake GitHub's pull requests, issues and checks behave as documented, with the real PyGithub."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from github import GithubException

from tests.forges.github import GithubFake
from tests.forges.github_client import BRANCH, FILES, client, proposal, refused, site
from tests.forges.github_rights import Refused


@pytest.fixture
def forge(tmp_path: Path) -> Iterator[GithubFake]:
    with GithubFake(tmp_path) as forge:
        forge.add_repository("shop/site", FILES)
        yield forge


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
    listed = [pull.raw_data for pull in site(forge).get_pulls()]
    assert [(pull["head"]["repo"], pull["head"]["label"]) for pull in listed] == [(None, f"eve:{BRANCH}")]
    assert site(forge).get_pull(number).raw_data["head"]["repo"] is None


def test_two_at_once_open_one_pull_request(forge: GithubFake) -> None:
    forge.person("ada").push(BRANCH, {"a.txt": "b"})
    repository = site(forge)

    def opened(_: int) -> int:
        try:
            return repository.create_pull(base="main", head=BRANCH, title="T").number
        except GithubException as error:
            return error.status

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(opened, range(4))) == [1, 422, 422, 422]


def test_mergeable_is_unknown_while_it_is_worked_out(forge: GithubFake) -> None:
    forge.repository().mergeability_known = False
    data = proposal(forge).raw_data
    assert (data["mergeable"], data["mergeable_state"]) == (None, "unknown")


def test_workflows_open_pull_requests_only_where_allowed(forge: GithubFake) -> None:
    forge.repository().actions_may_open = False
    forge.person("ada").push(BRANCH, {"a.txt": "b"})
    open_pull = site(forge, forge.token(kind="actions")).create_pull
    said = "GitHub Actions is not permitted to create or approve pull requests."
    assert refused(open_pull, base="main", head=BRANCH, title="T") == (403, said)


def test_commits_and_reviews_of_a_pull_request(forge: GithubFake) -> None:
    pull, ada = proposal(forge), forge.person("ada")
    ada.push(BRANCH, {"b.txt": "by hand"}, "By hand")
    ada.approve(1)
    assert [one.commit.message for one in pull.get_commits()] == ["A change by hand", "By hand"]
    assert [(one.user.login, one.state) for one in pull.get_reviews()] == [("ada", "APPROVED")]


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
