"""Proposals as merge requests of a GitLab project.

GitLab sets labels, people and milestone in the call that opens a merge request, so nothing of it is ever half there.
What a killed run can leave: a branch without a merge request (the next run opens it), a pushed branch whose
description tells of the commit before (`interrupted`: it is refreshed), a closed one whose branch stands (`settle`).
"""

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Literal

from maintainer import errors
from maintainer.model import Identity, Proposal
from maintainer.platforms.base import Draft
from maintainer.platforms.branches import Branches
from maintainer.platforms.gitlab_client import GitlabClient
from maintainer.platforms.gitlab_errors import Refused
from maintainer.platforms.gitlab_people import People
from maintainer.platforms.gitlab_requests import (
    LABEL,
    LONGEST_DESCRIPTION,
    LONGEST_TITLE,
    MergeRequest,
    MergeRequests,
    inert,
    notice,
    shortened,
    titled,
)
from maintainer.text import description
from maintainer.text.description import Mark

#: What makes a merge request a draft (https://docs.gitlab.com/user/project/merge_requests/drafts/).
_DRAFT = re.compile(r"^\s*(?:draft:|\[draft\]|\(draft\))\s*", re.IGNORECASE)

Wanted = Literal["", "interrupted", "rebase", "recreate"]


class GitlabProposals:
    """`Proposals` as merge requests. `branches` are the project's, over git.

    `remarks` are sentences on what GitLab left out without costing a proposal.
    """

    def __init__(self, client: GitlabClient, branches: Branches) -> None:
        self.remarks: list[str] = []
        self._client = client
        self._branches = branches
        self._requests = MergeRequests(client)
        self._people = People(client, self.remarks)

    @property
    def base(self) -> str:
        return self._client.base

    def settle(self) -> None:
        """Close what lost its branch, and remove the untouched branches of what is merged or closed by us."""
        in_use = set()
        for one in self._requests.opened():
            if one.own:
                in_use.add(one.branch)
            if self._is_ours(one) and not self._branches.head(one.branch):
                self._close_without_branch(one)
        for one in self._requests.finished():
            if one.ours and one.branch not in in_use and self._is_done(one) and self._is_left(one):
                self._branches.remove(one.branch)

    def all(self) -> Sequence[Proposal]:
        opened = [one for one in self._requests.opened() if self._is_ours(one)]
        finished = [one for one in self._requests.finished() if one.ours]
        self._branches.fetch({self.base, *(name for one in opened for name in (one.branch, one.base))})
        return sorted((self._proposal(one) for one in [*finished, *opened]), key=lambda one: one.number)

    def merged_since(self, when: datetime) -> Sequence[Proposal]:
        merged = [one for one in self._requests.merged() if one.ours and one.merged and one.merged >= when]
        return [self._proposal(one) for one in sorted(merged, key=lambda one: (one.merged or when, one.number))]

    def open(self, draft: Draft) -> Proposal:
        branch = draft.change.branch
        if there := self._standing(branch, draft.change.identity):
            return there
        self._branches.create(branch, draft.commit)
        people = {
            "assignees": self._people.ids(draft.change.assignees),
            "reviewers": self._people.ids(draft.change.reviewers),
        }
        mark = _mark(draft)
        fields: dict[str, object] = {
            "source_branch": branch,
            "target_branch": draft.base,
            "title": titled(f"Draft: {mark.title}" if draft.draft else mark.title),
            "description": _described(draft.body, mark),
            "labels": list(mark.labels),
            "assignee_ids": people["assignees"],
            "reviewer_ids": people["reviewers"],
        }
        if milestone := self._people.milestone(draft.milestone):
            fields["milestone_id"] = milestone
        try:
            stated = self._requests.create(fields)
        except Refused as refused:
            if refused.status == 409 and (there := self._standing(branch, draft.change.identity)):
                return there
            raise
        made = MergeRequest.of(stated)
        self._people.compare(people, stated, made.number)
        return replace(self._proposal(made), head=draft.commit, pushed=draft.commit)

    def refresh(self, proposal: Proposal, draft: Draft) -> Proposal:
        if (state := self._requests.get(proposal.number).state) != "opened":
            raise errors.StaleEdit(f"!{proposal.number} is {state} meanwhile: it was left as it is.")
        self._branches.move(proposal.branch, proposal.head, draft.commit)
        # As late as can be: what people write meanwhile is kept.
        before = self._requests.get(proposal.number)
        known = before.mark or Mark()
        mark = _mark(draft, known.handled)
        fields: dict[str, object] = {"description": _described(draft.body, mark, before.body)}
        if (title := _retitled(before.title, known.title, mark.title)) != before.title:
            fields["title"] = title
        if before.base != draft.base:
            fields["target_branch"] = draft.base
        # A label someone took away stays away.
        if added := [
            name for name in mark.labels if name not in (*before.labels, *known.labels) or _lost(name, before)
        ]:
            fields["add_labels"] = ",".join(added)
        after = self._requests.edit(proposal.number, fields)
        return replace(self._proposal(after), head=draft.commit, pushed=draft.commit, conflicted=False)

    def close(self, proposal: Proposal, reason: str, successor: str = "", *, ours: bool = True) -> None:
        found = self._requests.get(proposal.number)
        if found.state == "opened":
            notice(self._client, proposal.number, "closed", self._reason(reason, successor, ours))
            found = self._requests.get(proposal.number)
            mark = found.mark or Mark(proposal.identity, proposal.pushed)
            # Not settled: its branch is still to be removed, whoever wanted it closed.
            marked = description.remarked(found.body, replace(mark, closed_by_us=ours, settled=False))
            self._requests.edit(proposal.number, {"state_event": "close", "description": marked})
        elif not self._is_done(found):
            return  # a person closed it meanwhile: the branch is theirs to reopen it
        self._branches.remove(proposal.branch)

    def _standing(self, branch: str, identity: Identity) -> Proposal | None:
        """The open proposal of this branch: another run's, or one whose answer was lost.

        Raises `errors.StaleEdit` for someone else's, and when a person closed exactly this and took our label away,
        so that it is not among `all`.
        """
        found = self._requests.of_branch(branch)
        wanted = {(package, to) for _, package, _, to in identity}
        for one in reversed(found):
            if one.state in ("opened", "locked"):
                if not self._is_ours(one):
                    raise errors.StaleEdit(f"!{one.number} is open for {branch} and is not ours: it is left alone.")
                return self._proposal(one)
            unseen = one.state == "closed" and LABEL not in one.labels and one.mark and not one.mark.closed_by_us
            if unseen and one.mark and wanted == {(package, to) for _, package, _, to in one.mark.identity}:
                raise errors.StaleEdit(
                    f"A person closed the same updates in !{one.number}; a newer version will be proposed."
                )
        return None

    def _is_ours(self, one: MergeRequest) -> bool:
        """Whether an open one is ours: by its description, or because we pushed to its branch."""
        return one.ours and bool(one.mark or self._branches.pushed(one.branch))

    def _is_done(self, one: MergeRequest) -> bool:
        """Whether its branch is of no more use: merged, or closed in our own call."""
        closed = one.state == "closed" and one.mark is not None and (one.mark.closed_by_us or not one.mark.settled)
        return one.state == "merged" or closed

    def _is_left(self, one: MergeRequest) -> bool:
        """Whether what stands under its branch's name is its own last commit, and not already the next one's."""
        own = {one.sha, one.mark.commit if one.mark else ""} - {""}
        head, pushed = self._branches.head(one.branch), self._branches.pushed(one.branch)
        return pushed in own and head in ("", pushed)

    def _close_without_branch(self, one: MergeRequest) -> None:
        """Close one whose branch someone deleted, unless it came back meanwhile."""
        try:
            with self._client.asking(f"show the branch {one.branch}"):
                self._client.project.branches.get(one.branch)
        except errors.NotFound:
            if self._requests.get(one.number).state == "opened":
                notice(self._client, one.number, "closed", self._reason("its branch was deleted", "", ours=False))
                self._requests.edit(one.number, {"state_event": "close"})

    def _reason(self, reason: str, successor: str, ours: bool) -> str:
        heir = next((one for one in self._requests.opened() if one.own and one.branch == successor), None)
        told = f"Closed: {' '.join(reason.split()).rstrip('.')}."
        if successor:
            told += f" !{heir.number} takes its place." if heir else f" `{successor}` takes its place."
        return told if ours else f"{told} What it proposes is not proposed again until there is a newer version."

    def _proposal(self, one: MergeRequest) -> Proposal:
        mark = one.mark or Mark()
        state: Literal["open", "merged", "closed"] = "open"
        head, pushed = self._branches.head(one.branch), self._branches.pushed(one.branch)
        if one.state not in ("opened", "locked"):
            state, head, pushed = "merged" if one.state == "merged" else "closed", one.sha, mark.commit
        elif not head:
            state = "closed"  # its branch was deleted, which GitLab may not have seen
        return Proposal(
            number=one.number,
            branch=one.branch,
            title=one.title,
            identity=mark.identity,
            state=state,
            pushed=pushed,
            head=head,
            base=one.base,
            body=one.body,
            conflicted=state == "open" and self._is_conflicted(one),
            closed_by_us=state == "closed" and mark.closed_by_us and one.state == "closed",
            wanted_anew=self._wanted(one, mark, state == "open", pushed),
            url=one.url,
        )

    def _is_conflicted(self, one: MergeRequest) -> bool:
        """A merge request whose target is gone can't be merged either: GitLab doesn't follow a renamed branch."""
        return not self._branches.head(one.base) or self._branches.conflicts(one.branch, one.base)

    def _wanted(self, one: MergeRequest, mark: Mark, is_open: bool, pushed: str) -> Wanted:
        ticked = {box.verb for box in description.boxes(one.body) if box.ticked and not box.subject}
        if "recreate" in ticked or (not is_open and "retry" in ticked):
            return "recreate"
        if "rebase" in ticked:
            return "rebase"
        return "interrupted" if is_open and (not mark.settled or mark.commit != pushed) else ""


def _mark(draft: Draft, handled: str = "") -> Mark:
    change = draft.change
    labels = tuple(dict.fromkeys((LABEL, *(name.replace(",", " ") for name in change.labels))))
    return Mark(
        identity=change.identity,
        commit=draft.commit,
        title=titled(change.title),
        handled=draft.handled or handled,
        labels=labels,
        reviewers=change.reviewers,
        assignees=change.assignees,
        milestone=draft.milestone,
    )


def _described(body: str, mark: Mark, before: str = "") -> str:
    """The description, of which only ours is cut where it is too long, and in which no line is a quick action."""
    region = inert(body)
    whole = description.compose(region, mark, before)
    if (over := len(whole) - LONGEST_DESCRIPTION) > 0:
        whole = description.compose(shortened(region, max(len(region) - over, 1000)), mark, before)
    return whole


def _retitled(title: str, known: str, wanted: str) -> str:
    """The new title; one a person wrote stays, and so does what they made of it: a draft, or ready."""
    draft = _DRAFT.match(title)
    bare = title[draft.end() :] if draft else title
    if known and bare.strip() != known:
        return title
    return f"{draft[0]}{wanted}"[:LONGEST_TITLE] if draft else wanted


def _lost(name: str, before: MergeRequest) -> bool:
    """Our own label is what we find it by later."""
    return name == LABEL and LABEL not in before.labels
