"""The fake GitHub's GraphQL: what it answers is what was asked; auto-merge, drafts and signed commits."""

import base64
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

from tests.forges import graphql
from tests.forges.github import GithubFake
from tests.forges.github_world import Protection

BRANCH = "maintainer/npm-is-odd"
CHECKS = """
query checks($owner: String!, $name: String!, $size: Int = 100, $after: String) {
  repository(owner: $owner, name: $name) {
    pullRequests(states: [OPEN], first: $size, after: $after) {
      pageInfo { hasNextPage endCursor }
      nodes {
        number id headRefName mergeable
        commits(last: 1) { nodes { commit { oid ...rollup } } }
      }
    }
  }
}
fragment rollup on Commit {
  statusCheckRollup { state contexts(first: 10) { nodes {
    __typename
    ... on CheckRun { called: name conclusion }
    ... on StatusContext { called: context state }
  } } }
}
"""
PULL = "mutation($id: ID!) { %s(input: {pullRequestId: $id}) { pullRequest { isDraft state } } }"


@pytest.fixture
def forge(tmp_path: Path) -> Iterator[GithubFake]:
    with GithubFake(tmp_path) as forge:
        forge.add_repository("shop/site", {"a.txt": "a\n"})
        ada = forge.person("ada")
        ada.push(BRANCH, {"a.txt": "b\n"})
        ada.open_pull(BRANCH)
        yield forge


def asked(forge: GithubFake, query: str, token: str = "", **variables: Any) -> dict[str, Any]:
    headers = {"Authorization": f"bearer {token or forge.token()}"}
    sent = {"query": query, "variables": variables}
    reply = requests.post(forge.graphql_url, json=sent, headers=headers, timeout=5)
    assert reply.status_code == 200
    data: dict[str, Any] = reply.json()
    return data


def mutated(forge: GithubFake, name: str, token: str = "") -> str:
    """What it refused with; empty when it was done."""
    data = asked(forge, PULL % name, token, id=f"PR_{forge.repository().issues[1].id:08d}")
    return "; ".join(f"{error['type']}: {error['message']}" for error in data.get("errors", []))


def test_one_query_tells_the_checks_of_all_open_pull_requests(forge: GithubFake) -> None:
    ada = forge.person("ada")
    ada.status(BRANCH, "success", "ci/tests")
    ada.check_run(BRANCH, "failure", "verify")
    found = asked(forge, CHECKS, owner="shop", name="site")["data"]["repository"]["pullRequests"]["nodes"]
    assert [(one["number"], one["headRefName"], one["mergeable"]) for one in found] == [(1, BRANCH, "MERGEABLE")]
    commit = found[0]["commits"]["nodes"][0]["commit"]
    assert commit["oid"] == forge.repository().git.sha(BRANCH)
    assert commit["statusCheckRollup"] == {
        "state": "FAILURE",
        "contexts": {
            "nodes": [
                {"__typename": "CheckRun", "called": "verify", "conclusion": "FAILURE"},
                {"__typename": "StatusContext", "called": "ci/tests", "state": "SUCCESS"},
            ]
        },
    }


def test_lists_come_in_pages(forge: GithubFake) -> None:
    ada = forge.person("ada")
    for at in range(3):
        ada.push(f"maintainer/{at}", {"a.txt": f"{at}"})
        ada.open_pull(f"maintainer/{at}")
    numbers, after = [], None
    for _ in range(2):
        data = asked(forge, CHECKS, owner="shop", name="site", size=2, after=after)
        page = data["data"]["repository"]["pullRequests"]
        numbers += [one["number"] for one in page["nodes"]]
        after = page["pageInfo"]["endCursor"]
    assert (numbers, page["pageInfo"]["hasNextPage"]) == ([1, 2, 3, 4], False)


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("{ viewer { logi } }", "Field 'logi' doesn't exist on type 'User'"),
        ("{ viewer }", "Field must have selections (field 'viewer' has no selections)"),
        (
            '{ repository(owner: "shop", name: "gone") { id } }',
            "Could not resolve to a Repository with the name",
        ),
        (
            '{ repository(owner: "shop", name: "site") { pullRequests { nodes { id } } } }',
            "You must provide a `first`",
        ),
        ("{ viewer { login }", "Parse error: unexpected end of document"),
        ("query($id: ID!) { node(id: $id) { id } }", "Variable $id of a non-null type was provided invalid value"),
    ],
    ids=["field", "selection", "repository", "page", "syntax", "variable"],
)
def test_what_can_t_be_answered_is_an_error(forge: GithubFake, query: str, said: str) -> None:
    assert said in asked(forge, query)["errors"][0]["message"]


def test_a_fine_grained_token_can_t_read_check_runs(forge: GithubFake) -> None:
    forge.person("ada").check_run(BRANCH, "success")
    data = asked(forge, CHECKS, forge.token(kind="fine-grained"), owner="shop", name="site")
    commit = data["data"]["repository"]["pullRequests"]["nodes"][0]["commits"]["nodes"][0]["commit"]
    assert commit["statusCheckRollup"] == {"state": "SUCCESS", "contexts": {"nodes": [None]}}
    assert data["errors"][0]["type"] == "FORBIDDEN"
    assert data["errors"][0]["path"][-3:] == ["contexts", "nodes", 0]


def test_auto_merge_waits_for_what_protects_the_base(forge: GithubFake) -> None:
    repository, ada = forge.repository(), forge.person("ada")
    assert "Auto merge is not allowed for this repository" in mutated(forge, "enablePullRequestAutoMerge")
    repository.allow_auto_merge = True
    assert "Protected branch rules not configured" in mutated(forge, "enablePullRequestAutoMerge")
    repository.protected["main"] = Protection(checks=("ci/tests",))
    read = forge.token(permissions={"contents": "read", "pull_requests": "write"})
    assert mutated(forge, "enablePullRequestAutoMerge", read) == "FORBIDDEN: Resource not accessible by integration"
    assert mutated(forge, "enablePullRequestAutoMerge") == ""
    assert forge.automerge() == []
    ada.status(BRANCH, "pending")
    assert forge.automerge() == []
    ada.status(BRANCH, "success")
    assert forge.automerge() == [1]
    assert (forge.state()["pulls"][0]["state"], repository.git.read("main", "a.txt")) == ("merged", b"b\n")


def test_auto_merge_refuses_what_could_be_merged_at_once(forge: GithubFake) -> None:
    forge.repository().allow_auto_merge = True
    forge.repository().protected["main"] = Protection(checks=("ci/tests",))
    forge.person("ada").status(BRANCH, "success")
    assert "Pull request is in clean status" in mutated(forge, "enablePullRequestAutoMerge")
    assert "Can't disable auto-merge" in mutated(forge, "disablePullRequestAutoMerge")


def test_drafts_are_turned_by_graphql_alone(forge: GithubFake) -> None:
    told: list[str] = []
    forge.after_write = told.append
    assert mutated(forge, "convertPullRequestToDraft") == ""
    assert forge.state()["pulls"][0]["draft"]
    assert mutated(forge, "markPullRequestReadyForReview") == ""
    assert not forge.state()["pulls"][0]["draft"]
    assert told == ["graphql convertPullRequestToDraft", "graphql markPullRequestReadyForReview"]


def test_a_commit_by_graphql_is_signed_and_refused_when_stale(forge: GithubFake) -> None:
    query = """mutation($input: CreateCommitOnBranchInput!) {
      createCommitOnBranch(input: $input) { commit { oid signature { isValid } } ref { name } } }"""
    git = forge.repository().git
    given = {
        "branch": {"repositoryNameWithOwner": "shop/site", "branchName": BRANCH},
        "expectedHeadOid": git.sha(BRANCH),
        "message": {"headline": "Update"},
        "fileChanges": {
            "additions": [{"path": "b/c.txt", "contents": base64.b64encode(b"c\n").decode()}],
            "deletions": [{"path": "a.txt"}],
        },
    }
    made = asked(forge, query, input=given)["data"]["createCommitOnBranch"]
    assert made == {"commit": {"oid": git.sha(BRANCH), "signature": {"isValid": True}}, "ref": {"name": BRANCH}}
    assert list(git.files(BRANCH)) == ["b/c.txt"]
    assert asked(forge, query, input=given)["errors"][0]["type"] == "STALE_DATA"


def test_directives_and_defaults_choose() -> None:
    root = {"one": 1, "two": lambda arguments: arguments.get("by", 0) * 2, "many": [{"n": 1}, {"n": 2}]}
    query = "query q($on: Boolean = false) { one @include(if: $on) again: two(by: 4) many @skip(if: $on) { n } }"
    assert graphql.answer(query, {}, root) == {"data": {"again": 8, "many": [{"n": 1}, {"n": 2}]}}
    assert graphql.answer(query, {"on": True}, root) == {"data": {"one": 1, "again": 8}}
