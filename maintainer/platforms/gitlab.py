"""Proposals as merge requests of a GitLab project.

GitLab sets labels, people and milestone in the call that opens a merge request, so nothing of it is ever half there.
What a killed run can leave: a branch without a merge request (the next run opens it), a pushed branch whose
description tells of the commit before (`interrupted`: it is refreshed), a closed one whose branch stands (`settle`).
"""

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from maintainer import errors
from maintainer.model import Proposal
from maintainer.platforms.base import Draft
from maintainer.platforms.branches import Branches
from maintainer.platforms.gitlab_client import GitlabClient
from maintainer.platforms.gitlab_errors import Refused
from maintainer.platforms.gitlab_people import People
from maintainer.platforms.gitlab_requests import (
    LONGEST_DESCRIPTION,
    LONGEST_TITLE,
    MergeRequest,
    MergeRequests,
    inert,
    notice,
    titled,
)
from maintainer.platforms.marks import LABEL, State, described, is_same, mark_of, wanted_anew
from maintainer.text import description
from maintainer.text.description import Mark
from maintainer.text.inert import sentence

#: What makes a merge request a draft (https://docs.gitlab.com/user/project/merge_requests/drafts/).
_DRAFT = re.compile(r"^\s*(?:draft:|\[draft\]|\(draft\))\s*", re.IGNORECASE)


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
        """Close what lost its branch, take note of what people reopened, remove branches nobody needs any more."""
        in_use = set()
        for one in self._requests.opened():
            if one.own:
                in_use.add(one.branch)
            if not self._is_ours(one):
                continue
            if not self._branches.head(one.branch):
                self._close_without_branch(one)
            elif one.mark and (one.mark.closed_by_us or not one.mark.settled):
                self._remark(one, replace(one.mark, closed_by_us=False, settled=True))
            elif LABEL not in one.labels:
                self._requests.edit(one.number, {"add_labels": LABEL})
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
        """As the protocol says; an open one that another run put on the branch at the same time is used.

        Raises `errors.StaleEdit` also when a person closed the same in a merge request that lost its label: it has it
        again, and the next run keeps to it.
        """
        branch = draft.change.branch
        standing = self._standing(draft)
        self._branches.create(branch, draft.commit)
        try:
            return self._written(standing, draft) if standing else self._created(draft)
        except Refused as refused:
            theirs = self._standing(draft) if refused.status == 409 else 0
            if not theirs:
                raise
            return self._written(theirs, draft)

    def refresh(self, proposal: Proposal, draft: Draft) -> Proposal:
        found = self._requests.get(proposal.number)
        if found.state != "opened":
            raise errors.StaleEdit(f"!{proposal.number} was {found.state} meanwhile: it was left as it is. Run again.")
        self._branches.move(proposal.branch, proposal.head, draft.commit)
        return self._written(proposal.number, draft)

    def close(
        self, proposal: Proposal, reason: str, successor: str = "", *, ours: bool = True, handled: str = ""
    ) -> None:
        found = self._requests.get(proposal.number)
        if found.state == "opened":
            notice(self._client, found.number, "closed", self._reason(reason, successor, ours))
            found = self._requests.get(found.number)
            known = found.mark or Mark(proposal.identity, proposal.branch, proposal.pushed)
            # Not settled: its branch is still to be removed, whoever wanted it closed.
            mark = replace(known, closed_by_us=ours, settled=False, failed=proposal.failed)
            mark = replace(mark, handled=handled or mark.handled)
            self._remark(replace(found, body=description.unticked(found.body)), mark, state_event="close")
        elif not self._is_done(found):
            return  # a person was quicker, and may want the branch
        if all(one.branch != found.branch for one in self._requests.opened() if one.own):
            self._branches.remove(found.branch)

    def allow_again(self, proposal: Proposal) -> None:
        found = self._requests.get(proposal.number)
        if found.mark and found.state == "closed":
            self._remark(found, replace(found.mark, closed_by_us=True))

    def _standing(self, draft: Draft) -> int:
        """The open one on exactly this branch, 0 for none. Raises `errors.StaleEdit`, see `open`."""
        for one in reversed(self._requests.of_branch(draft.change.branch)):
            if one.state == "locked":
                raise errors.StaleEdit(f"!{one.number} is just being merged: nothing was changed. Run again.")
            if one.state == "opened":
                return one.number
            known = one.mark and (LABEL in one.labels or one.mark.closed_by_us)
            same = is_same(draft, titled(draft.change.title), one.mark, one.title)
            if one.state == "closed" and not known and same:
                mark = one.mark or replace(_mark(draft), commit=self._branches.pushed(one.branch))
                self._remark(one, mark, add_labels=LABEL)
                raise errors.StaleEdit(
                    f"A person closed the same in !{one.number} and took its label {LABEL} or our metadata off. Closed "
                    f"stays closed: it is back, and later runs keep to it. To have it anew, reopen !{one.number}."
                )
        return 0

    def _created(self, draft: Draft) -> Proposal:
        """A new one, with all that belongs to it. Raises `Refused` with 409 when there is one."""
        people = {
            "assignees": self._people.ids(draft.change.assignees),
            "reviewers": self._people.ids(draft.change.reviewers),
        }
        mark = _mark(draft)
        fields: dict[str, object] = {
            "source_branch": draft.change.branch,
            "target_branch": draft.base,
            "title": titled(f"Draft: {mark.title}" if draft.draft else mark.title),
            "description": _described(draft.body, mark),
            "labels": [LABEL, *mark.labels],
            "assignee_ids": people["assignees"],
            "reviewer_ids": people["reviewers"],
        }
        if milestone := self._people.milestone(draft.milestone):
            fields["milestone_id"] = milestone
        stated = self._requests.create(fields)
        made = MergeRequest.of(stated)
        self._people.compare(people, stated, made.number)
        return self._proposal(made)

    def _written(self, number: int, draft: Draft) -> Proposal:
        """An open one as the draft has it, but for what people wrote or took away, read as late as can be."""
        found = self._requests.get(number)
        known = found.mark or Mark()
        mark = _mark(draft, known)
        fields: dict[str, object] = {"description": _described(draft.body, mark, found.body)}
        if (title := _retitled(found.title, known.title, mark.title)) != found.title:
            fields["title"] = title
        if found.base != draft.base:
            fields["target_branch"] = draft.base
        added = [LABEL, *(name for name in mark.labels if name not in known.labels)]
        if missing := [name for name in added if name not in found.labels]:
            fields["add_labels"] = ",".join(missing)
        return self._proposal(self._requests.edit(found.number, fields))

    def _remark(self, found: MergeRequest, mark: Mark, **more: str) -> None:
        """Other metadata and no other word of the description, in one call with what `more` changes."""
        self._requests.edit(found.number, {"description": description.remarked(found.body, mark), **more})

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
        heir = next((one.number for one in self._requests.opened() if one.own and one.branch == successor), 0)
        told = f"Closed: {sentence(reason)}." + (f" It goes on in !{heir}." if heir else "")
        return told if ours else f"{told} What it proposes is not proposed again until there is a newer version."

    def _proposal(self, one: MergeRequest) -> Proposal:
        mark = one.mark or Mark()
        state: State = "open" if one.state in ("opened", "locked") else "closed"
        head, pushed = self._branches.head(one.branch), self._branches.pushed(one.branch)
        if one.state == "merged":
            state = "merged"
        elif state == "open" and not head:
            state = "closed"  # its branch was deleted, which GitLab may not have seen
        is_open = state == "open"
        return Proposal(
            number=one.number,
            branch=one.branch,
            title=one.title,
            identity=mark.identity,
            state=state,
            pushed=pushed if is_open else mark.commit,
            head=head if is_open else "",
            base=one.base,
            body=one.body,
            conflicted=is_open and self._is_conflicted(one),
            closed_by_us=one.state == "closed" and mark.closed_by_us,
            wanted_anew=wanted_anew(one.body, one.mark, state, pushed),
            failed=mark.failed and not is_open,
            url=one.url,
            merges=is_open and one.auto_merge and one.merges,
        )

    def _is_conflicted(self, one: MergeRequest) -> bool:
        """A merge request whose target is gone can't be merged either: GitLab doesn't follow a renamed branch."""
        return not self._branches.head(one.base) or self._branches.conflicts(one.branch, one.base)


def _mark(draft: Draft, before: Mark | None = None) -> Mark:
    """GitLab takes labels as one text, parted by commas."""
    mark = mark_of(draft, titled(draft.change.title), before)
    return replace(mark, labels=tuple(name.replace(",", " ") for name in mark.labels))


def _described(body: str, mark: Mark, before: str = "") -> str:
    """The whole description, within GitLab's limit; in ours no line is a quick action."""
    return described(inert(body), mark, before, limit=LONGEST_DESCRIPTION)


def _retitled(title: str, known: str, wanted: str) -> str:
    """The new title; one a person wrote stays, and so does what they made of it: a draft, or ready."""
    draft = _DRAFT.match(title)
    bare = title[draft.end() :] if draft else title
    if known and bare.strip() != known:
        return title
    return f"{draft[0]}{wanted}"[:LONGEST_TITLE] if draft else wanted
