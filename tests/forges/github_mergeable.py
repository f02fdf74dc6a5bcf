"""Whether a pull request can be merged, by git and by what its base branch is protected with."""

from functools import lru_cache
from pathlib import Path

from tests.forges.github_world import Issue, Protection, Pull, Repository
from tests.forges.repository import BareRepository, Conflict

#: How a check run's conclusion counts: https://docs.github.com/en/graphql/reference/enums#statusstate
_PASSED = frozenset({"success", "neutral", "skipped"})


def states(repository: Repository, sha: str) -> dict[str, str]:
    """Each check of a commit (status contexts and check runs): `success`, `failure` or `pending`. The newest counts."""
    found = {}
    for status in repository.statuses:
        if status.sha == sha:
            found[status.context] = "failure" if status.state == "error" else status.state
    for run in repository.checks:
        if run.sha == sha:
            done = "success" if run.conclusion in _PASSED else "failure"
            found[run.name] = done if run.status == "completed" else "pending"
    return found


def blocked(repository: Repository, issue: Issue, pull: Pull) -> str:
    """Why the protection of its base refuses a merge, in GitHub's words; empty when it doesn't."""
    rules = repository.protected.get(pull.base, Protection())
    known = states(repository, pull.sha)
    missing = [check for check in rules.checks if known.get(check) != "success"]
    if len(missing) == 1:
        found = known.get(missing[0], "expected").replace("failure", "failing")
        return f'Required status check "{missing[0]}" is {found}.'
    if missing:
        return f"{len(missing)} of {len(rules.checks)} required status checks have not succeeded."
    if len(repository.approvers(issue.number)) < rules.approvals:
        return f"At least {rules.approvals} approving review is required by reviewers with write access."
    return ""


def conflicted(repository: Repository, pull: Pull) -> bool:
    base = repository.git.sha(f"refs/heads/{pull.base}")
    return base is None or _conflicts(repository.git.path, base, pull.sha)


@lru_cache(maxsize=4096)
def _conflicts(path: Path, base: str, head: str) -> bool:
    try:
        return bool(BareRepository(path).conflicts(base, head))
    except Conflict:
        return True


def mergeable_state(repository: Repository, issue: Issue, pull: Pull) -> tuple[bool | None, str]:
    """`mergeable` and `mergeable_state` (https://docs.github.com/en/graphql/reference/enums#mergestatestatus)."""
    if issue.state == "closed" or not repository.mergeability_known:
        return None, "unknown"
    if conflicted(repository, pull):
        return False, "dirty"
    if pull.draft:
        return True, "draft"
    if blocked(repository, issue, pull):
        return True, "blocked"
    return True, "unstable" if set(states(repository, pull.sha).values()) - {"success"} else "clean"
