"""The fake GitHub's state as plain data, the same for two runs that ended the same.

Commits have other SHAs in each run (they hold the time): they are named by their tree and subject. Ids and times are
left out, addresses of the server stand as `https://github.example`.
"""

import re
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from tests.forges.github_mergeable import states
from tests.forges.github_world import Issue, Repository

if TYPE_CHECKING:
    from tests.forges.github import GithubFake

_SHA = re.compile(r"\b[0-9a-f]{40}\b")


def dumped(forge: "GithubFake", repository: Repository) -> dict[str, Any]:
    """`pulls` and `issues` in order of their numbers, each with its comments; `refs` (but GitHub's own), `releases`,
    `milestones`.
    """
    names = _Names(forge, repository)
    shown = [_issue(repository, names, issue) for issue in repository.issues.values()]
    refs = {ref: names.commit(sha) for ref, sha in repository.git.refs().items() if not ref.startswith("refs/pull/")}
    return {
        "default_branch": repository.default_branch,
        "refs": refs,
        "pulls": [one for one in shown if "head" in one],
        "issues": [one for one in shown if "head" not in one],
        "statuses": sorted(
            [names.commit(one.sha), one.context, one.state, one.description or ""] for one in repository.statuses
        ),
        "checks": sorted(
            [names.commit(one.sha), one.name, one.conclusion or one.status, one.title or ""]
            for one in repository.checks
        ),
        "releases": [
            {
                "tag": one.tag,
                "name": one.name,
                "body": one.body and names.text(one.body),
                "draft": one.draft,
                "assets": sorted([one.name, one.state, sha256(one.data).hexdigest()] for one in one.assets),
            }
            for one in repository.releases
        ],
        "milestones": [[one.title, one.state] for one in repository.milestones.values()],
    }


#: Commits don't change: their names are kept over all states of a process.
_COMMITS: dict[str, str] = {}


class _Names:
    def __init__(self, forge: "GithubFake", repository: Repository) -> None:
        self.forge = forge
        self.git = repository.git

    def commit(self, sha: str) -> str:
        """`tree subject`, or `gone` for a commit that the repository doesn't have."""
        if sha not in _COMMITS:
            if not self.git.has(sha, "commit"):
                return "gone"
            found = self.git.commit_of(sha)
            _COMMITS[sha] = f"{found.tree[:12]} {found.message.partition(chr(10))[0]}"
        return _COMMITS[sha]

    def text(self, text: str) -> str:
        shown = _SHA.sub(lambda match: f"<{self.commit(match.group())}>", text)
        return shown.replace(self.forge.origin, "https://github.example").replace(self.forge.host, "github.example")


def _issue(repository: Repository, names: _Names, issue: Issue) -> dict[str, Any]:
    shown: dict[str, Any] = {
        "number": issue.number,
        "state": "merged" if issue.pull and issue.pull.merged else issue.state,
        "title": issue.title,
        "body": names.text(issue.body or ""),
        "author": issue.author,
        "labels": sorted(issue.labels),
        "assignees": sorted(issue.assignees),
        "milestone": issue.milestone,
        "comments": [
            {"author": one.author, "body": names.text(one.body)}
            for one in repository.comments
            if one.issue == issue.number
        ],
    }
    if issue.pull:
        pull = issue.pull
        shown |= {
            "head": pull.head,
            "repository": pull.head_repository,
            "base": pull.base,
            "commit": names.commit(pull.sha),
            "draft": pull.draft,
            "reviewers": sorted(pull.reviewers),
            "auto_merge": pull.auto_merge and pull.auto_merge.method,
            "checks": states(repository, pull.sha),
        }
    return shown
