"""Proposals on GitHub: pull requests whose branches and descriptions are all that is remembered."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from maintainer import errors
from maintainer.model import Proposal
from maintainer.platforms.base import Draft
from maintainer.platforms.branches import OURS, Branches
from maintainer.platforms.github_client import Client
from maintainer.platforms.github_comments import Comments
from maintainer.platforms.github_errors import Refused
from maintainer.platforms.github_pulls import Pull, Pulls
from maintainer.platforms.github_signing import signed
from maintainer.platforms.github_wishes import Wishes
from maintainer.platforms.marks import LABEL, described, is_same, mark_of, wanted_anew
from maintainer.text import description, inert
from maintainer.text.description import Mark

#: GitHub takes 65,536 characters; the rest is for metadata that is written anew.
LONGEST_BODY = 65_000
LONGEST_TITLE = 256


class GithubProposals:
    """`Proposals` on GitHub: pull requests, with `branches` the same repository spoken to by git.

    What a kill leaves is told by three things: a branch without a pull request (`open` uses it), a description that is
    not `settled` (`settle` does the rest of opening), one that speaks of another commit than the one we pushed last
    (`all` says `interrupted`, so that it is refreshed).

    A ticked box in a description, an open or a closed one's, is told as `wanted_anew`; what else people ask for is
    `GithubBoard.asked`. Only who may write to the repository can tick it: the description is ours.
    """

    def __init__(self, client: Client, branches: Branches) -> None:
        self.pulls = Pulls(client, branches)
        self.comments = Comments(client)
        self._client = client
        self._branches = branches
        self._wishes = Wishes(client)

    @property
    def base(self) -> str:
        """The default branch. Raises `errors.ConfigurationError` for an archived repository."""
        return self._client.repository.default_branch

    @property
    def remarks(self) -> Sequence[str]:
        return self._wishes.refused

    def settle(self) -> None:
        """Finish what was cut off, take note of what people reopened, label what lost its label."""
        for pull in list(self.pulls.open.values()):
            mark = pull.mark
            pushed = self._branches.pushed(pull.branch)
            if mark and (mark.closed_by_us or not (mark.settled or pushed)):
                # Who reopens what we closed wants it as it is: without a commit of ours it is theirs.
                self._remark(pull.number, replace(mark, closed_by_us=False, commit="", settled=True))
            elif mark and not mark.settled and mark.commit == pushed:
                self._finish(pull.number, mark)
            elif LABEL not in pull.labels:
                self._wishes.label(pull.number, [LABEL])
        used = {pull.branch for pull in self.pulls.open.values()}
        for pull in self.pulls.closed.values():
            if pull.branch.startswith(OURS) and pull.branch not in used and self._is_left_over(pull):
                self._branches.remove(pull.branch)

    def all(self) -> Sequence[Proposal]:
        opened = self.pulls.open.values()
        self._branches.fetch({self.base, *(one.base for one in opened), *(one.branch for one in opened)})
        known = {**self.pulls.closed, **self.pulls.open}
        return [self._proposal(known[number]) for number in sorted(known)]

    def merged_since(self, when: datetime) -> Sequence[Proposal]:
        merged = (one for one in self.pulls.closed.values() if one.merged and one.merged >= when)
        return [self._proposal(one) for one in sorted(merged, key=lambda one: one.number)]

    def open(self, draft: Draft) -> Proposal:
        """As the protocol says; an open one that another run put on the branch at the same time is used.

        Raises `errors.StaleEdit` also when a person closed the same in a pull request that lost its label: it has it
        again, and the next run keeps to it.
        """
        standing = self._standing(draft)
        draft = self._signed(draft)
        self._branches.create(draft.change.branch, draft.commit)
        return self._written(standing or self._created(draft), draft)

    def refresh(self, proposal: Proposal, draft: Draft) -> Proposal:
        found = self.pulls.fresh(proposal.number)
        if found.state != "open":
            raise errors.StaleEdit(f"#{proposal.number} was {found.state} meanwhile: it was left as it is. Run again.")
        draft = self._signed(draft)
        self._branches.move(found.branch, proposal.head, draft.commit)
        return self._written(proposal.number, draft)

    def close(
        self, proposal: Proposal, reason: str, successor: str = "", *, ours: bool = True, handled: str = ""
    ) -> None:
        found = self.pulls.fresh(proposal.number)
        if found.state == "open":
            heir = next((one.number for one in self.pulls.open.values() if one.branch == successor), 0)
            told = f"Closed: {inert.sentence(reason)}." + (f" It goes on in #{heir}." if heir else "")
            self.comments.write(found.number, "closed", told)
            mark = found.mark or Mark(proposal.identity, found.branch, proposal.pushed)
            # Not settled: its branch is still to be removed, whoever wanted it closed.
            mark = replace(mark, closed_by_us=ours, failed=proposal.failed, settled=False)
            mark = replace(mark, handled=handled or mark.handled)
            body = description.remarked(description.unticked(found.body), mark)
            self._edit(found, replace(found, body=body, state="closed"))
        elif found.state == "closed":
            return  # a person was quicker, and may want the branch
        if all(one.branch != found.branch for one in self.pulls.open.values()):
            self._branches.remove(found.branch)

    def allow_again(self, proposal: Proposal) -> None:
        found = self.pulls.closed.get(proposal.number)
        if found and found.mark:
            self._remark(proposal.number, replace(found.mark, closed_by_us=True))

    def _standing(self, draft: Draft) -> int:
        """The open pull request on exactly this branch, 0 for none. Raises `errors.StaleEdit`, see `open`."""
        for pull in self.pulls.of_branch(draft.change.branch):
            if pull.state == "open":
                return pull.number
            mark = pull.mark
            unknown = pull.state == "closed" and pull.number not in self.pulls.closed
            if unknown and is_same(draft, _title(draft), mark, pull.title) and not (mark and mark.closed_by_us):
                self._wishes.label(pull.number, _new([LABEL], pull.labels))
                if mark is None:
                    pushed = self._branches.pushed(pull.branch)
                    self._remark(pull.number, replace(mark_of(draft, _title(draft)), commit=pushed))
                raise errors.StaleEdit(
                    f"A person closed the same in #{pull.number} and took its label {LABEL} or our metadata off. "
                    "Closed stays closed: it is back, and later runs keep to it. To have it anew, reopen that one."
                )
        return 0

    def _signed(self, draft: Draft) -> Draft:
        """With the commit GitHub made of ours, where it is to sign."""
        if not draft.signed_there:
            return draft
        commit, refused = signed(self._client, self._branches, draft.change.branch, draft.commit)
        self._wishes.refused += [refused] if refused and refused not in self._wishes.refused else []
        return replace(draft, commit=commit)

    def _created(self, draft: Draft) -> int:
        """A new one, not settled yet; or the one that another run opened a moment ago."""
        branch = draft.change.branch
        body = described(draft.body, replace(mark_of(draft, _title(draft)), settled=False), limit=LONGEST_BODY)
        create = self._client.repository.create_pull
        try:
            try:
                made = create(draft.base, branch, title=_title(draft), body=body, draft=draft.draft)
            except Refused as error:
                if not draft.draft or "draft" not in error.said.lower():
                    raise
                self._wishes.refused.append("Draft pull requests are not available in this repository: it is no draft.")
                made = create(draft.base, branch, title=_title(draft), body=body)
        except Refused as error:
            if "already exists" not in error.said:
                raise
            theirs = next((one.number for one in self.pulls.of_branch(branch) if one.state == "open"), 0)
            if not theirs:
                raise
            return theirs
        return made.number

    def _finish(self, number: int, mark: Mark) -> None:
        """Do what belongs to opening, then say that it is settled."""
        self._wishes.label(number, [LABEL, *mark.labels])
        self._wishes.review(number, mark.reviewers)
        self._wishes.assign(number, mark.assignees)
        self._wishes.milestone(number, mark.milestone)
        self._remark(number, replace(mark, settled=True))

    def _written(self, number: int, draft: Draft) -> Proposal:
        """An open one as the draft has it, but for what people wrote or took away. The description comes last."""
        found = self.pulls.fresh(number)
        if found.state != "open":
            raise errors.StaleEdit(f"#{number} was {found.state} meanwhile: its text was left as it is. Run again.")
        before = found.mark or Mark()
        known = before if before.settled else Mark()
        mark = mark_of(draft, _title(draft), before)
        self._wishes.label(number, _new([LABEL, *mark.labels], (*known.labels, *found.labels)))
        self._wishes.review(number, _new(mark.reviewers, known.reviewers))
        self._wishes.assign(number, _new(mark.assignees, known.assignees))
        self._wishes.milestone(number, mark.milestone if mark.milestone != known.milestone else "")
        body = described(draft.body, mark, found.body, limit=LONGEST_BODY)
        edited = bool(before.title) and found.title != before.title
        title = found.title if edited else mark.title
        self._edit(found, replace(found, title=title, body=body, base=draft.base))
        return self._proposal(self.pulls.open[number])

    def _remark(self, number: int, mark: Mark) -> None:
        """Other metadata, and no other word of the description."""
        found = self.pulls.fresh(number)
        self._edit(found, replace(found, body=description.remarked(found.body, mark)))

    def _edit(self, pull: Pull, wanted: Pull) -> None:
        """One call for all that differs."""
        differs: dict[str, Any] = {
            name: getattr(wanted, name)
            for name in ("title", "body", "base", "state")
            if getattr(wanted, name) != getattr(pull, name)
        }
        if differs:
            self._client.repository.get_pull(pull.number).edit(**differs)
            self.pulls.put(wanted)

    def _is_left_over(self, pull: Pull) -> bool:
        """Whether its branch still stands where we pushed it for this one, and nobody needs it."""
        head, pushed, mark = self._branches.head(pull.branch), self._branches.pushed(pull.branch), pull.mark
        done = pull.state == "merged" or (mark is not None and (mark.closed_by_us or not mark.settled))
        return bool(pushed and mark and mark.commit == pushed) and (not head or (done and head == pushed))

    def _proposal(self, pull: Pull) -> Proposal:
        mark = pull.mark or Mark()
        is_open = pull.state == "open"
        # A description is anyone's to write: of an open one only the ref beside its branch tells what we pushed.
        pushed = self._branches.pushed(pull.branch) if is_open else mark.commit
        base = pull.base if self._branches.head(pull.base) else self.base
        return Proposal(
            number=pull.number,
            branch=pull.branch,
            title=pull.title,
            identity=mark.identity,
            state=pull.state,
            pushed=pushed,
            head=self._branches.head(pull.branch) if is_open else "",
            base=pull.base,
            body=pull.body,
            conflicted=is_open and self._branches.conflicts(pull.branch, base),
            closed_by_us=mark.closed_by_us,
            failed=mark.failed and pull.state != "open",
            wanted_anew=wanted_anew(pull.body, pull.mark, pull.state, pushed),
            url=pull.url,
            merges=is_open and bool(pull.automerge) and pull.automerge == self._client.login,
        )


def _new(wanted: Iterable[str], known: Iterable[str]) -> list[str]:
    return [one for one in dict.fromkeys(wanted) if one not in known]


def _title(draft: Draft) -> str:
    """As GitHub keeps it. A merge makes it a commit's subject, where it would close issues and notify people."""
    return inert.subject(draft.change.title, LONGEST_TITLE) or draft.change.branch
