"""GraphQL's mutations: https://docs.github.com/en/graphql/reference/mutations"""

import base64
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from tests.forges import graphql
from tests.forges.github_changes import noticed
from tests.forges.github_commits import signatures
from tests.forges.github_json import node_number
from tests.forges.github_mergeable import mergeable_state
from tests.forges.github_rights import Needs, Token, permit, visible
from tests.forges.github_rights import Refused as RestRefused
from tests.forges.github_world import AutoMerge, Issue, Pull, Repository

if TYPE_CHECKING:
    from tests.forges.github import GithubFake

Given = Mapping[str, Any]
#: A pull request of a repository, or the SHA of a new commit.
Result = tuple[Repository, Issue] | str


def _permit(forge: "GithubFake", token: Token, repository: Repository, *permissions: str) -> None:
    for permission in permissions:
        try:
            permit(forge.world, token, repository, Needs(permission, "write"))
        except RestRefused as refused:
            raise graphql.Refused(str(refused), "FORBIDDEN") from None


def _pull(forge: "GithubFake", token: Token, given: Given) -> tuple[Repository, Issue, Pull]:
    """The one of `pullRequestId`, which the token may change and merge. Raises `graphql.Refused`."""
    number = node_number(given.get("pullRequestId", ""))
    for repository in forge.world.repositories.values():
        for issue, pull in repository.pulls():
            if issue.id == number and visible(forge.world, token, repository):
                _permit(forge, token, repository, "pull_requests:write", "contents:write")
                return repository, issue, pull
    said = f"Could not resolve to a node with the global id of '{given.get('pullRequestId')}'"
    raise graphql.Refused(said, "NOT_FOUND")


def enable_auto_merge(forge: "GithubFake", token: Token, given: Given) -> Result:
    """Only where something holds a merge back that can still come: GitHub merges nothing at once this way."""
    repository, issue, pull = _pull(forge, token, given)
    state = mergeable_state(repository, issue, pull)[1]
    if not repository.allow_auto_merge:
        raise graphql.Refused("Pull request Auto merge is not allowed for this repository", "UNPROCESSABLE")
    if issue.state == "closed":
        raise graphql.Refused("Pull request is closed", "UNPROCESSABLE")
    if pull.base not in repository.protected:
        said = "Pull request Protected branch rules not configured for this branch"
        raise graphql.Refused(said, "UNPROCESSABLE")
    if given.get("expectedHeadOid") not in (None, pull.sha):
        raise graphql.Refused("Pull request Expected head SHA didn't match actual head SHA.", "UNPROCESSABLE")
    if state in ("clean", "unstable"):
        raise graphql.Refused(f"Pull request Pull request is in {state} status", "UNPROCESSABLE")
    method = (given.get("mergeMethod") or "MERGE").lower()
    pull.auto_merge = AutoMerge(token.login, method, forge.tick())
    return repository, issue


def disable_auto_merge(forge: "GithubFake", token: Token, given: Given) -> Result:
    repository, issue, pull = _pull(forge, token, given)
    if pull.auto_merge is None:
        raise graphql.Refused("Pull request Can't disable auto-merge for this pull request.", "UNPROCESSABLE")
    pull.auto_merge = None
    return repository, issue


def to_draft(forge: "GithubFake", token: Token, given: Given) -> Result:
    repository, issue, pull = _pull(forge, token, given)
    pull.draft, issue.updated = True, forge.tick()
    return repository, issue


def ready_for_review(forge: "GithubFake", token: Token, given: Given) -> Result:
    repository, issue, pull = _pull(forge, token, given)
    pull.draft, issue.updated = False, forge.tick()
    return repository, issue


def commit_on_branch(forge: "GithubFake", token: Token, given: Given) -> Result:
    """A signed commit of whole files onto a branch that is at `expectedHeadOid`."""
    name, branch = given["branch"]["repositoryNameWithOwner"], given["branch"]["branchName"]
    repository = forge.world.repository(name)
    if repository is None or not visible(forge.world, token, repository):
        raise graphql.Refused(f"Could not resolve to a Repository with the name '{name}'.", "NOT_FOUND")
    _permit(forge, token, repository, "contents:write")
    git = repository.git
    head = git.sha(f"refs/heads/{branch}")
    if head is None:
        raise graphql.Refused(f"Could not resolve to a Ref with the name '{branch}'.", "NOT_FOUND")
    if head != given["expectedHeadOid"]:
        said = f'Expected branch to point to "{given["expectedHeadOid"]}" but it did not. Pull and try again.'
        raise graphql.Refused(said, "STALE_DATA")
    files = given.get("fileChanges") or {}
    changes: dict[str, tuple[str, str] | None] = {one["path"]: None for one in files.get("deletions") or ()}
    for one in files.get("additions") or ():
        changes[one["path"]] = ("100644", git.stored("blob", base64.b64decode(one["contents"])))
    message = "\n\n".join(part for part in (given["message"]["headline"], given["message"].get("body")) if part)
    sha = git.commit_object(git.changed_tree(head, changes), [head], message, *signatures(forge.world, token, {}))
    git.update_ref(f"refs/heads/{branch}", sha, head)
    repository.signed.add(sha)
    noticed(forge.world, repository, token.login)
    return sha


MUTATIONS: dict[str, Callable[["GithubFake", Token, Given], Result]] = {
    "enablePullRequestAutoMerge": enable_auto_merge,
    "disablePullRequestAutoMerge": disable_auto_merge,
    "convertPullRequestToDraft": to_draft,
    "markPullRequestReadyForReview": ready_for_review,
    "createCommitOnBranch": commit_on_branch,
}
