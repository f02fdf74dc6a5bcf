"""What a pull request is given beside its text: labels, reviewers, assignees, a milestone. What GitHub refuses of it
is a sentence: the pull request stands."""

from collections.abc import Iterable, Sequence

from maintainer import errors
from maintainer.platforms.github_client import Client
from maintainer.platforms.github_errors import Refused
from maintainer.platforms.marks import LABEL

_REFUSALS = (Refused, errors.NotFound, errors.AccessDenied)


class Wishes:
    """`refused` are sentences on what GitHub didn't do, each once. Every call may be repeated."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self.refused: list[str] = []

    def label(self, number: int, labels: Sequence[str]) -> None:
        """Add them; GitHub makes those that don't exist. Ours is none that may be refused: by it all is found again."""
        if not labels:
            return
        issue = self._client.repository.get_issue(number)
        try:
            issue.add_to_labels(*labels)
        except Refused as refusal:
            if LABEL in labels:
                issue.add_to_labels(LABEL)
            self._remark(f"#{number} was not labelled with all of {', '.join(labels)}. {refusal}")

    def review(self, number: int, reviewers: Iterable[str]) -> None:
        """Ask users (`ada`) and teams (`@shop/owners`). GitHub refuses all for one: then each is asked alone."""
        wanted = [name.removeprefix("@") for name in reviewers]
        for name in wanted:
            if "@" in name:
                self._remark(f"{name} can't be asked for a review of #{number}: GitHub asks by login, not by address.")
        wanted = [name for name in wanted if "@" not in name]
        if not wanted:
            return
        try:
            self._ask(number, wanted)
        except _REFUSALS as error:
            for name in wanted:
                try:
                    if len(wanted) == 1:
                        raise error
                    self._ask(number, [name])
                except _REFUSALS as refusal:
                    self._remark(f"@{name} was not asked to review #{number}. {refusal}")

    def assign(self, number: int, assignees: Iterable[str]) -> None:
        """GitHub leaves out who can't be assigned, without a word."""
        wanted = [name.removeprefix("@") for name in assignees]
        if not wanted:
            return
        issue = self._client.repository.get_issue(number)
        try:
            issue.add_to_assignees(*wanted)
        except _REFUSALS as refusal:
            self._remark(f"#{number} was not assigned to {', '.join(wanted)}. {refusal}")
            return
        known = {user.login.casefold() for user in issue.assignees}
        for name in wanted:
            if name.casefold() not in known:
                self._remark(f"#{number} can't be assigned to {name}: only people with access to the repository can.")

    def milestone(self, number: int, title: str) -> None:
        """The open milestone of this title, if there is one."""
        if not title:
            return
        repository = self._client.repository
        try:
            found = next((one for one in repository.get_milestones(state="open") if one.title == title), None)
            if found is None:
                self._remark(f"There is no open milestone {title!r} in {repository.full_name}: #{number} has none.")
            else:
                repository.get_issue(number).edit(milestone=found)
        except _REFUSALS as refusal:
            self._remark(f"#{number} was not put into the milestone {title!r}. {refusal}")

    def _ask(self, number: int, names: Sequence[str]) -> None:
        teams = [name.rpartition("/")[2] for name in names if "/" in name]
        users = [name for name in names if "/" not in name]
        self._client.repository.get_pull(number).create_review_request(users, teams)

    def _remark(self, sentence: str) -> None:
        if sentence not in self.refused:
            self.refused.append(sentence)
