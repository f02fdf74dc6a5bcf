"""Where people are told on GitHub, and heard: comments, statuses and checks, auto-merge, issues."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from maintainer import errors
from maintainer.model import Proposal
from maintainer.platforms.base import Ability, Annotation, Asked, Checks, Issue, Status, unheeded
from maintainer.platforms.github import GithubProposals
from maintainer.platforms.github_abilities import ACTIONS_BOT, abilities
from maintainer.platforms.github_checks import Verdicts
from maintainer.platforms.github_client import Client
from maintainer.platforms.github_dashboard import Dashboard
from maintainer.platforms.github_errors import Refused
from maintainer.platforms.github_people import People
from maintainer.platforms.github_pulls import Pull
from maintainer.text import description

#: Comments older than this, to the start of their month, are not looked for wishes: the address stays the same, and
#: with it the cache's answer.
MEMORY = timedelta(days=60)

_ENABLE = """mutation automerge($id: ID!, $head: GitObjectID, $method: PullRequestMergeMethod) {
  enablePullRequestAutoMerge(input: {pullRequestId: $id, expectedHeadOid: $head, mergeMethod: $method}) {
    clientMutationId } }"""
_DISABLE = """mutation automerge($id: ID!) {
  disablePullRequestAutoMerge(input: {pullRequestId: $id}) { clientMutationId } }"""


class GithubBoard:
    """`Board` on GitHub, of the repository whose `proposals` these are."""

    def __init__(self, client: Client, proposals: GithubProposals, now: datetime) -> None:
        self._client = client
        self._pulls = proposals.pulls
        self._comments = proposals.comments
        self._now = now
        self._verdicts = Verdicts(client)
        self._dashboard = Dashboard(client)
        self._people = People(client)
        self.unheeded: list[str] = []

    def comment(self, number: int, key: str, body: str) -> None:
        self._comments.write(number, key, body)

    def status(self, status: Status, annotations: Sequence[Annotation] = ()) -> None:
        """As a check with annotations where the token can, else as a status; nothing where it is posted already."""
        self._verdicts.post(status, annotations)

    def checks(self, proposals: Iterable[Proposal]) -> Mapping[int, Checks]:
        """By one query for two dozen of them; a commit that has more than 30 checks costs one more for each 30."""
        return self._verdicts.read(one.number for one in proposals if one.state == "open")

    @property
    def base_checks(self) -> Checks:
        return self._verdicts.base

    def asked(self, proposals: Sequence[Proposal]) -> Sequence[Asked]:
        """By ticked boxes first (all proposals), then by comments on open ones.

        One request for all comments since the oldest open proposal, at most some months; one more for each person who
        asks. A comment counts until the description's metadata has its id as `handled`.
        """
        ticked = [(one, box) for one in proposals for box in description.boxes(one.body) if box.ticked]
        found = [Asked(one.number, box.verb) for one, box in ticked if not box.subject]
        listened = {one.number: self._pulls.open[one.number] for one in proposals if one.number in self._pulls.open}
        if not listened:
            return found
        earliest = (self._now - MEMORY).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
        oldest = min(pull.created for pull in listened.values())
        for comment in self._comments.since(max(oldest, earliest)):
            pull = listened.get(comment.number)
            boxes = list(description.asked_in(comment.body)) if pull and not comment.key else []
            handled = pull.mark.handled[:20] if pull and pull.mark else ""
            if not boxes or comment.id <= int(handled if handled.isdecimal() else 0):
                continue
            if self._people.writes(comment.login):
                found += [Asked(comment.number, box.verb, comment.login, str(comment.id)) for box in boxes]
            elif (said := unheeded(comment.number, comment.login)) not in self.unheeded:
                self.unheeded.append(said)
        return found

    def automerge(self, proposal: Proposal, on: bool) -> str:
        """GitHub's own auto-merge, which keeps to the branch's protection.

        Where GitHub has nothing to wait for it takes no auto-merge, and is asked to merge this very commit at once.
        """
        pull = self._pulls.open.get(proposal.number) or self._pulls.fresh(proposal.number)
        if bool(pull.automerge) == on or pull.state != "open":
            return ""
        if not on:
            self._client.graphql(_DISABLE, id=pull.node)
            return ""
        repository = self._client.repository
        if self._client.login == ACTIONS_BOT:
            return (
                "GitHub starts no workflow, and so no deploy, for what GITHUB_TOKEN merges: use a GitHub App or a "
                "personal access token (docs/github.md#tokens)."
            )
        if repository.raw_data.get("allow_auto_merge") is False:
            return f"{repository.full_name} has auto-merge switched off: Settings > General > Allow auto-merge."
        known = (("allow_merge_commit", "MERGE"), ("allow_squash_merge", "SQUASH"), ("allow_rebase_merge", "REBASE"))
        method = next((name for flag, name in known if repository.raw_data.get(flag, True)), "MERGE")
        try:
            try:
                self._client.graphql(_ENABLE, id=pull.node, head=proposal.head, method=method)
            except Refused as refusal:
                # All that is required is met. An administrator's token, too, gets no further than GitHub's word here.
                if "clean status" not in refusal.said:
                    return _no_automerge(refusal, proposal.base)
                self._merge(pull, proposal.head, method)
        except (Refused, errors.AccessDenied) as refusal:
            return str(refusal)
        return ""

    def issue(self, label: str) -> Issue | None:
        return self._dashboard.read(label)

    def write_issue(self, label: str, title: str, body: str, before: Issue | None) -> Issue:
        return self._dashboard.write(label, title, body, before)

    def abilities(self) -> Sequence[Ability]:
        return abilities(self._client)

    def _merge(self, pull: Pull, head: str, method: str) -> None:
        """Merge it as it is at `head`, or not at all.

        https://docs.github.com/en/rest/pulls/pulls#merge-a-pull-request
        """
        self._client.repository.get_pull(pull.number).merge(merge_method=method.lower(), sha=head)
        self._pulls.put(replace(pull, state="merged", merged=self._now))


def _no_automerge(refusal: Refused, base: str) -> str:
    if "unstable status" in refusal.said or "not configured" in refusal.said:
        return (
            f"GitHub merges by itself only what something required holds back: protect {base} with a required check. "
            f"It says: {refusal.said}."
        )
    return str(refusal)
