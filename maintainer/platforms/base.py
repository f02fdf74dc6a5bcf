"""What a platform is: where proposals live, and where a site's people are told. Two narrow ports."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol

from maintainer.model import Change, Proposal

#: What became of a deployment: `replaced` where a newer one stands in its place.
Deployed = Literal["pending", "success", "failure", "replaced"]

#: What the checks of a commit say together: `none` where nobody checks it, `pending` also where they say nothing of it.
Checks = Literal["none", "pending", "success", "failure"]


@dataclass(frozen=True, slots=True)
class Draft:
    """What is written on a forge: the change, the Markdown a reviewer reads, the commit its branch shall be at.

    `base` is the branch it is for. `milestone` is a milestone's title, empty for none. `handled` is the id of the
    comment that asked for it, so that it is not done twice (`text.description.Mark.handled`).
    """

    change: Change
    body: str
    commit: str
    base: str
    at: datetime
    draft: bool = False
    milestone: str = ""
    handled: str = ""
    #: Whether the forge is to sign the commit.
    signed_there: bool = False


@dataclass(frozen=True, slots=True)
class Asked:
    """What a person with write access asked of a proposal, by a checkbox or a comment.

    `by` is who, empty where the forge doesn't tell (a checkbox). `id` is the comment's, empty for a checkbox.
    """

    number: int
    verb: str
    by: str = ""
    id: str = ""


def unheeded(number: int, by: str) -> str:
    """That someone asked for something who may not."""
    return f"#{number}: what {by} asks for in a comment is not heeded: only people who may write to the repository are."


@dataclass(frozen=True, slots=True)
class Status:
    """A verdict on a commit, under a name that is posted anew each time. `state` is never "neutral".

    A forge that keeps verdicts by pipeline puts it into `pipeline`, an id; where that is 0, into the newest one of the
    commit on `branch`; where that is empty, into the newest one of the commit.
    """

    commit: str
    name: str
    state: Literal["pending", "success", "failure"]
    sentence: str
    url: str = ""
    #: What stands is known to say something else: it isn't looked at once more.
    anew: bool = False
    pipeline: int = 0
    branch: str = ""


@dataclass(frozen=True, slots=True)
class Annotation:
    """A sentence about a line of a file, shown beside a change."""

    path: str
    line: int
    level: Literal["notice", "warning", "failure"]
    title: str
    sentence: str


@dataclass(frozen=True, slots=True)
class Issue:
    """An issue we keep: `body` as it is now, with what people wrote and ticked."""

    number: int
    title: str
    body: str
    url: str = ""
    open: bool = True


@dataclass(frozen=True, slots=True)
class Published:
    """A release of the site on its forge. `commit` is empty where the forge doesn't tell it."""

    tag: str
    title: str
    body: str
    commit: str = ""
    url: str = ""
    draft: bool = False
    prerelease: bool = False


@dataclass(frozen=True, slots=True)
class Ability:
    """Whether the token at hand can do one thing, and if not, why and what to do."""

    what: str
    able: bool | None
    sentence: str = ""


@dataclass(frozen=True, slots=True)
class Deployment:
    """A commit in an environment: `url` is where it can be looked at, empty where nobody said; `words` are theirs."""

    environment: str
    state: Deployed
    url: str = ""
    words: str = ""


class Deployments(Protocol):
    """Where commits were deployed to, as the forge was told."""

    def of(self, commit: str) -> Sequence[Deployment]:
        """Newest first. Raises `errors.OutsideError`."""


class Proposals(Protocol):
    """A forge's proposals. Every call is safe to repeat after a kill at any point.

    All raise `errors.OutsideError` when the forge fails or refuses, with what is missing and where to set it.
    """

    @property
    def base(self) -> str:
        """The branch new changes are for."""

    @property
    def remarks(self) -> Sequence[str]:
        """What the forge left out so far and a proposal stands without: a reviewer it doesn't know, a milestone."""

    def settle(self) -> None:
        """Finish what a killed run left, and remember what people did."""

    def all(self) -> Sequence[Proposal]:
        """Open, merged and closed ones that are ours, oldest first."""

    def open(self, draft: Draft) -> Proposal:
        """Put the branch at the commit and open a proposal for it.

        Raises `errors.StaleEdit` when the branch exists and isn't ours.
        """

    def refresh(self, proposal: Proposal, draft: Draft) -> Proposal:
        """Move the branch from the head `proposal` tells to the new commit, and rewrite title and body.

        Raises `errors.StaleEdit` when someone moved the branch meanwhile.
        """

    def close(
        self, proposal: Proposal, reason: str, successor: str = "", *, ours: bool = True, handled: str = ""
    ) -> None:
        """Close it with a reason and remove its branch, unless someone else moved it. `successor` is a branch.

        Not `ours`: a person asked for it, by the comment `handled` or a box, and what it proposed stays closed.
        """

    def allow_again(self, proposal: Proposal) -> None:
        """A person wants what was closed in it after all: from now on it stands in nobody's way."""

    def merged_since(self, when: datetime) -> Sequence[Proposal]:
        """Ours that were merged at or after `when`, oldest first."""


class Board(Protocol):
    """Where people are told, on a forge. Errors as for `Proposals`; every call is safe to repeat."""

    def comment(self, number: int, key: str, body: str) -> None:
        """The one living comment of this key on a proposal: written once, then edited in place, when it changed."""

    def status(self, status: Status, annotations: Sequence[Annotation] = ()) -> None:
        """Post a status; as a check with annotations where the token can."""

    def checks(self, proposals: Iterable[Proposal]) -> Mapping[int, Checks]:
        """What the checks of each proposal's head say, by number; ours (`maintainer/...`) are not counted."""

    @property
    def base_checks(self) -> Checks:
        """What the checks that proposals have too say of the base branch's head.

        It is told along by `checks`, of which there must have been a call; "none" where that asked of no proposal.
        """

    def asked(self, proposals: Sequence[Proposal]) -> Sequence[Asked]:
        """What people who may write asked of these and was not done yet: by boxes, then by comments, oldest first."""

    @property
    def unheeded(self) -> Sequence[str]:
        """What others asked for in comments, as `asked` found it: a sentence each."""

    def automerge(self, proposal: Proposal, on: bool) -> str:
        """Have the forge merge it once all it requires is met, or take that back; a sentence when it can't."""

    def issue(self, label: str) -> Issue | None:
        """The oldest open issue of ours with this label; of several, the younger ones are closed and lose the label.

        Where none is open, the last one a person closed.
        """

    def write_issue(self, label: str, title: str, body: str, before: Issue | None) -> Issue:
        """Open it, or edit it when it still says what `before` says.

        Raises `errors.StaleEdit` when someone edited it meanwhile: read it again.
        """

    def abilities(self) -> Sequence[Ability]:
        """What the token at hand can do, asked without changing anything."""
