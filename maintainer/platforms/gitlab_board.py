"""Where people are told on a GitLab: notes, commit statuses, issues, and what they ask for in comments."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from maintainer import errors
from maintainer.model import Proposal
from maintainer.platforms.base import Ability, Annotation, Asked, Checks, Issue, Status, unheeded
from maintainer.platforms.gitlab_abilities import abilities
from maintainer.platforms.gitlab_checks import Seen, look
from maintainer.platforms.gitlab_client import GitlabClient
from maintainer.platforms.gitlab_errors import Refused
from maintainer.platforms.gitlab_people import Members
from maintainer.platforms.gitlab_requests import (
    LONGEST_DESCRIPTION,
    MergeRequest,
    iid,
    inert,
    is_notice,
    notice,
    titled,
)
from maintainer.platforms.marks import edited, is_ours, plain, shortened
from maintainer.platforms.verdicts import named
from maintainer.text import foreign
from maintainer.text.description import VERBS, asked_in, boxes, read
from maintainer.text.inert import subject

#: Ours -> GitLab's (https://docs.gitlab.com/api/commits/#set-commit-pipeline-status).
_STATES = {"pending": "pending", "success": "success", "failure": "failed"}
#: What GitLab shows of a status.
_LONGEST_SENTENCE = 255


class GitlabBoard:
    """`Board` on a GitLab project."""

    def __init__(self, client: GitlabClient) -> None:
        self._client = client
        self._seen: dict[int, Seen] = {}
        self._base_checks: Checks | None = None
        self._members = Members(client)
        self.unheeded: list[str] = []

    def comment(self, number: int, key: str, body: str) -> None:
        seen = self._seen.get(number, Seen()).comments
        if not any(is_notice(one.body, key, body) and one.author == self._client.me["id"] for one in seen):
            self._seen.pop(number, None)
            notice(self._client, number, key, body)

    def status(self, status: Status, annotations: Sequence[Annotation] = ()) -> None:  # noqa: ARG002 - see below
        """Post a status of a commit, where it doesn't say so already.

        It is a job of a pipeline: of the one it names, else of the newest of the commit (and the branch), else of a new
        one for statuses alone. GitLab takes annotations only from a job that runs, as its Code Quality report.
        """
        name = named(status.name)
        fields = {
            "name": name,
            "description": subject(status.sentence, _LONGEST_SENTENCE),
            "target_url": status.url or None,
        }
        state = _STATES[status.state]
        where: dict[str, Any] = {"ref": status.branch} if status.branch else {}
        where = {"pipeline_id": status.pipeline} if status.pipeline else where
        with self._client.asking("post a commit status"):
            commit = self._client.project.commits.get(status.commit, lazy=True)
            listed = () if status.anew else commit.statuses.list(get_all=True, name=name, **where)
            posted = [one.attributes for one in listed]
        # An older GitLab lists those of every pipeline, whichever is asked for.
        same = [one for one in posted if one.get("name") == name and where.items() <= one.items()]
        if same and (same[-1].get("status"), {name: same[-1].get(name) for name in fields}) == (state, fields):
            return
        try:
            with self._client.asking("post a commit status"):
                said = {name: value for name, value in fields.items() if value}
                commit.statuses.create({"state": state} | said | where)
        except (Refused, errors.NotFound) as refused:
            # Pending already, with another sentence: GitLab refuses to say so again.
            if isinstance(refused, Refused) and "Cannot transition status" in refused.said and refused.status == 400:
                return
            if not status.pipeline or (isinstance(refused, Refused) and refused.status != 400):
                raise
            # The pipeline is gone.
            self.status(replace(status, pipeline=0))

    def checks(self, proposals: Iterable[Proposal]) -> Mapping[int, Checks]:
        numbers = [one.number for one in proposals if one.state == "open"]
        seen = self._look(numbers)
        return {number: seen[number].checks for number in numbers}

    @property
    def base_checks(self) -> Checks:
        return self._base_checks or "none"

    def asked(self, proposals: Sequence[Proposal]) -> Sequence[Asked]:
        """By ticked boxes first, which only people who may edit a description can tick, then by comments."""
        found = [
            Asked(one.number, box.verb)
            for one in proposals
            for box in boxes(one.body)
            if box.ticked and not box.subject
        ]
        seen = self._look([one.number for one in proposals])
        wishes: list[tuple[int, Asked]] = []
        for one in proposals:
            mark = read(one.body)
            handled = int(mark.handled) if mark and mark.handled.isdecimal() else 0
            for comment in seen[one.number].comments:
                if comment.id <= handled or "<!-- maintainer:comment " in comment.body:
                    continue
                verbs = [box.verb for box in asked_in(comment.body) if box.verb in VERBS]
                if not verbs:
                    continue
                if self._members.writes(comment.author):
                    wishes += [(comment.id, Asked(one.number, verb, comment.by, str(comment.id))) for verb in verbs]
                elif (said := unheeded(one.number, comment.by)) not in self.unheeded:
                    self.unheeded.append(said)
        return [*found, *(wish for _, wish in sorted(wishes, key=lambda wish: wish[0]))]

    def automerge(self, proposal: Proposal, on: bool) -> str:
        if self._seen.get(proposal.number, Seen()).auto_merge is on:
            return ""
        self._seen.pop(proposal.number, None)
        what, standing = f"merge !{proposal.number} once its checks pass", ""
        try:
            with self._client.asking(what, "Maintainer"):
                found = self._client.project.mergerequests.get(proposal.number)
                now = MergeRequest.of(found.attributes)
                standing = foreign.text(found.attributes, "detailed_merge_status", limit=40).replace("_", " ")
                if now.state != "opened" or now.auto_merge == on:
                    return ""
                if on:
                    # Both names: an older GitLab that knew only the second would merge at once.
                    more = {"auto_merge": True, "merge_when_pipeline_succeeds": True, "sha": proposal.head}
                    found.manager.gitlab.http_put(f"{found.manager.path}/{proposal.number}/merge", post_data=more)
                else:
                    found.cancel_merge_when_pipeline_succeeds()
        except Refused as refused:
            return _unmergeable(proposal.number, refused, standing, on)
        except errors.AccessDenied as denied:
            return str(denied)
        return ""

    def issue(self, label: str) -> Issue | None:
        if self._client.project.attributes.get("issues_enabled") is False:
            return None
        listed = self._issues(label)
        issues = [one for one in listed if one.open]
        for younger in issues[1:]:
            self._close_issue(younger.number, issues[0].number, label)
        return issues[0] if issues else listed[-1] if listed else None

    def write_issue(self, label: str, title: str, body: str, before: Issue | None) -> Issue:
        """See `Board.write_issue`. GitLab has no edit on condition: what is edited is read again right before."""
        text = shortened(inert(body), LONGEST_DESCRIPTION)
        fields: dict[str, Any] = {"title": titled(title), "description": text}
        if before is None:
            if self._client.project.attributes.get("issues_enabled") is False:
                raise errors.AccessDenied(
                    f"{self._client.path} has issues switched off on GitLab, so no dashboard can be kept: switch them "
                    "on in its settings."
                )
            if known := [one for one in self._issues(label) if one.open]:
                raise edited(known[0].number)
            with self._client.asking("open an issue", "Reporter"):
                made = _issue(self._client.project.issues.create(fields | {"labels": [label]}).attributes)
            first = self.issue(label)
            if first and first.number != made.number:
                raise edited(first.number)
            return made
        with self._client.asking(f"show the issue #{before.number}", "Reporter"):
            now = _issue(self._client.project.issues.get(before.number).attributes)
        if not now.open or (plain(now.body), now.title) != (plain(before.body), before.title):
            raise edited(before.number)
        if (now.title, plain(now.body)) == (fields["title"], plain(text)):
            return now
        with self._client.asking(f"edit the issue #{before.number}", "Reporter"):
            return _issue(self._client.project.issues.update(before.number, fields))

    def abilities(self) -> Sequence[Ability]:
        return abilities(self._client)

    def _look(self, numbers: Sequence[int]) -> Mapping[int, Seen]:
        """The query's answers, each asked for once a run."""
        if missing := [number for number in numbers if number not in self._seen]:
            found, base = look(self._client, missing)
            self._seen |= dict.fromkeys(missing, Seen()) | found
            # The first look is at all of them; a later one knows fewer names of jobs.
            self._base_checks = self._base_checks or base
        return self._seen

    def _issues(self, label: str) -> list[Issue]:
        """Those that are ours, oldest first."""
        with self._client.asking("list its issues", "Reporter"):
            found = self._client.project.issues.list(get_all=True, labels=[label], order_by="created_at", sort="asc")
            listed = [one.attributes for one in found]
        return sorted((_issue(one) for one in listed if self._is_ours(one)), key=lambda one: one.number)

    def _is_ours(self, stated: Mapping[str, Any]) -> bool:
        """Whether an issue has our region or metadata, and its author may write.

        Guests label the issues they open, and edit them for ever: https://docs.gitlab.com/user/permissions/.
        """
        issue, author = _issue(stated), foreign.table(stated, "author").get("id")
        if not is_ours(issue.body):
            return False
        return author == self._client.me["id"] or (isinstance(author, int) and self._members.writes(author))

    def _close_issue(self, number: int, instead: int, label: str) -> None:
        with self._client.asking(f"close the issue #{number}", "Reporter"):
            found = self._client.project.issues.get(number, lazy=True)
            found.notes.create({"body": f"Closed: #{instead} has the same."})
            self._client.project.issues.update(number, {"state_event": "close", "remove_labels": label})


def _unmergeable(number: int, refused: Refused, standing: str, on: bool) -> str:
    """Why GitLab doesn't (https://docs.gitlab.com/api/merge_requests/#merge-a-merge-request)."""
    if not on:
        return f"!{number} could not be taken back from merging: {refused.said}."
    if refused.status == 409:
        return f"!{number} was not set to merge: its branch moved meanwhile."
    if standing == "mergeable":
        return (
            f"!{number} was not set to merge: GitLab merges by itself only what a pipeline runs for, and there is none."
        )
    return f"!{number} was not set to merge: GitLab says {refused.status} ({refused.said}), as it stands: {standing}."


def _issue(stated: Mapping[str, Any]) -> Issue:
    return Issue(
        number=iid(stated),
        title=foreign.text(stated, "title"),
        body=foreign.text(stated, "description", limit=LONGEST_DESCRIPTION),
        url=foreign.url(stated, "web_url"),
        open=foreign.text(stated, "state") == "opened",
    )
