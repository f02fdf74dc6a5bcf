"""The pull requests that are ours, as GitHub lists them: the open ones, and the closed ones by their label."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Literal

from github.Issue import Issue
from github.PullRequest import PullRequest

from maintainer.platforms.branches import OURS, Branches
from maintainer.platforms.github_client import Client
from maintainer.platforms.marks import LABEL
from maintainer.text import description, foreign
from maintainer.text.description import Mark

#: Who has such a relation to a repository may write to it, or may be trusted as if.
TRUSTED = frozenset({"OWNER", "MEMBER", "COLLABORATOR"})


@dataclass(frozen=True, slots=True)
class Pull:
    """A pull request of ours. `mark` is None where its description lost our metadata.

    Of a closed one GitHub's list tells no branches: `branch` is what the metadata says, `base` is empty. `automerge` is
    who switched auto-merge on, empty where it is off.
    """

    number: int
    title: str
    body: str
    state: Literal["open", "closed", "merged"]
    branch: str
    base: str
    labels: frozenset[str]
    created: datetime
    merged: datetime | None = None
    node: str = ""
    automerge: str = ""
    url: str = ""

    @property
    def mark(self) -> Mark | None:
        return description.read(self.body)


class Pulls:
    """Asked for once; what we do ourselves is put down with `put`.

    Ours is an open one whose head is a branch `maintainer/...` of the repository itself, never a fork's, and that has
    our metadata or that we pushed to. Of the closed ones with our label a description alone could be anyone's: it
    counts when its author is a bot (no bot gets to open one here but by an installed App) or may write here.
    """

    def __init__(self, client: Client, branches: Branches) -> None:
        self.client = client
        self._branches = branches
        self._authors: set[str] = set()

    @cached_property
    def open(self) -> dict[int, Pull]:
        """By number, oldest first."""
        listed = self.client.repository.get_pulls(state="open", sort="created", direction="asc")
        return {one.number: self._pull(one) for one in listed if self._is_ours(one)}

    @cached_property
    def closed(self) -> dict[int, Pull]:
        """Closed and merged ones by number, oldest first."""
        listed = self.client.repository.get_issues(labels=[LABEL], state="closed", sort="created", direction="asc")
        return {one.number: _closed(one) for one in listed if is_pull(one) and self._is_believed(one)}

    def fresh(self, number: int) -> Pull:
        """As it is at this moment; known from then on."""
        found = self._pull(self.client.repository.get_pull(number).complete())
        self.put(found)
        return found

    def of_branch(self, branch: str) -> Iterator[Pull]:
        """All there ever were with exactly this branch of the repository itself, newest first, ours or not."""
        repository = self.client.repository
        owner = repository.full_name.partition("/")[0]
        listed = repository.get_pulls(state="all", head=f"{owner}:{branch}", sort="created", direction="desc")
        return (self._pull(one) for one in listed if self._is_here(one) and one.head.ref == branch)

    def put(self, pull: Pull) -> None:
        """Know it as it is now."""
        self.open.pop(pull.number, None)
        self.closed.pop(pull.number, None)
        (self.open if pull.state == "open" else self.closed)[pull.number] = pull

    def _is_here(self, pull: PullRequest) -> bool:
        """Whether its head is in this repository; that of a deleted fork is in none."""
        there = pull.head.repo
        return there is not None and there.full_name == self.client.repository.full_name

    def _is_ours(self, pull: PullRequest) -> bool:
        if not self._is_here(pull) or not pull.head.ref.startswith(OURS):
            return False
        return bool(description.read(pull.body or "") or self._branches.pushed(pull.head.ref))

    def _is_believed(self, issue: Issue) -> bool:
        if description.read(issue.body or "") is None:
            return False
        login = issue.user.login if issue.user else ""
        if login in self._authors or issue.author_association in TRUSTED or (issue.user and issue.user.type == "Bot"):
            return True
        # Who hides a membership looks like a stranger: one of theirs that is looked at whole speaks for all.
        here = self._is_here(self.client.repository.get_pull(issue.number).complete())
        if here and login:
            self._authors.add(login)
        return here

    def _pull(self, pull: PullRequest) -> Pull:
        state: Literal["open", "closed", "merged"] = "open" if pull.state == "open" else "closed"
        return Pull(
            pull.number,
            pull.title,
            pull.body or "",
            "merged" if pull.merged_at else state,
            pull.head.ref,
            pull.base.ref,
            frozenset(label.name for label in pull.labels),
            pull.created_at,
            pull.merged_at,
            pull.node_id,
            foreign.text(pull.auto_merge, "enabled_by", "login") or "?" if pull.auto_merge else "",
            pull.html_url,
        )


def is_pull(issue: Issue) -> bool:
    """By its address: for `pull_request`, which a plain issue doesn't have, PyGithub would ask again each time."""
    return issue.html_url.split("/")[-2:-1] == ["pull"]


def _closed(issue: Issue) -> Pull:
    merged = issue.pull_request.merged_at if issue.pull_request else None
    mark = description.read(issue.body or "")
    return Pull(
        issue.number,
        issue.title,
        issue.body or "",
        "merged" if merged else "closed",
        mark.branch if mark else "",
        "",
        frozenset(label.name for label in issue.labels),
        issue.created_at,
        merged,
        url=issue.html_url,
    )
