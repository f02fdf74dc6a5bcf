"""The issue that shows all: found by its label, edited only when it still says what was read."""

from collections.abc import Sequence

from github.Issue import Issue as GithubIssue

from maintainer.platforms.base import Issue
from maintainer.platforms.github_client import Client
from maintainer.platforms.github_pulls import is_pull
from maintainer.platforms.marks import edited, is_ours, plain


class Dashboard:
    """GitHub has no edit on condition: what is edited is read again right before."""

    def __init__(self, client: Client) -> None:
        self._client = client

    def read(self, label: str) -> Issue | None:
        """The oldest open one, else the last that a person closed.

        Younger open ones that are ours, from two runs that opened one at once, are closed and lose the label.
        """
        listed = self._listed(label)
        found = [one for one in listed if one.state == "open"]
        for double in found[1:]:
            others = [one.name for one in double.labels if one.name != label]
            double.edit(state="closed", state_reason="not_planned", labels=others)
        return _issue(found[0]) if found else _issue(listed[-1]) if listed else None

    def write(self, label: str, title: str, body: str, before: Issue | None) -> Issue:
        """See `Board.write_issue`."""
        if before is None:
            return self._opened(label, title, body)
        now = self._client.repository.get_issue(before.number).complete()
        if now.state != "open" or plain(now.body) != plain(before.body) or now.title != before.title:
            raise edited(before.number)
        if (now.title, plain(now.body)) != (title, plain(body)):
            now.edit(title=title, body=body)
        return _issue(now)

    def _opened(self, label: str, title: str, body: str) -> Issue:
        if known := [one for one in self._listed(label) if one.state == "open"]:
            raise edited(known[0].number)
        made = self._client.repository.create_issue(title, body=body, labels=[label])
        if not any(one.name == label for one in made.labels):
            made.add_to_labels(label)  # who may not push may not label either: GitHub says nothing and leaves it out
        first = self.read(label)
        if first and first.number != made.number:
            raise edited(first.number)
        return _issue(made)

    def _listed(self, label: str) -> Sequence[GithubIssue]:
        """Those that have our region or metadata, oldest first."""
        repository = self._client.repository
        listed = repository.get_issues(labels=[label], state="all", sort="created", direction="asc")
        return [one for one in listed if not is_pull(one) and is_ours(one.body or "")]


def _issue(one: GithubIssue) -> Issue:
    return Issue(one.number, one.title, one.body or "", one.html_url, one.state == "open")
