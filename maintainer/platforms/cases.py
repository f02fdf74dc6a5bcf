"""What a gate judges: every open proposal, anyone's, with what people said of it. A third narrow port to a forge."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol

#: The name our answer is posted under.
GATE = "gate"


@dataclass(frozen=True, slots=True)
class Remark:
    """A comment: `by` is its author's login, `at` when it was written; `edited` whether its words changed since."""

    id: str
    by: str
    at: datetime
    body: str
    edited: bool = False
    bot: bool = False


@dataclass(frozen=True, slots=True)
class Labelled:
    """A label that stands now: `by` and `at` are who put it there last under this very name, None where not known."""

    name: str
    by: str | None = None
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Approval:
    """A review that approves and was neither dismissed nor taken back. `commit` is what was reviewed, empty where the
    forge doesn't tell."""

    by: str
    at: datetime
    commit: str = ""


@dataclass(frozen=True, slots=True)
class Told:
    """What the newest verdict `maintainer/gate` on the head says."""

    state: Literal["pending", "success", "failure"]
    sentence: str


@dataclass(frozen=True, slots=True)
class Case:
    """A proposal to the base branch. `fork` says that its head is in another repository."""

    number: int
    title: str
    author: str
    branch: str
    head: str
    base: str
    state: Literal["open", "merged", "closed"] = "open"
    fork: bool = False
    draft: bool = False
    labels: tuple[Labelled, ...] = ()
    remarks: tuple[Remark, ...] = ()
    approvals: tuple[Approval, ...] = ()
    told: Told | None = None
    url: str = ""


class Cases(Protocol):
    """Errors as for `base.Proposals`. What people said is told as it is; whether it counts is the gate's to judge."""

    def open(self) -> Sequence[Case]:
        """All open ones to the base branch, oldest first, by as few requests as the forge allows."""

    def case(self, number: int) -> Case:
        """One of them, in whatever state it is. Raises `errors.NotFound`."""

    def of(self, commit: str) -> Sequence[Case]:
        """Those whose merge brought this commit of the base branch."""

    def pushed(self, case: Case) -> datetime | None:
        """When the head came to be the head, by the forge's own clock; None where it doesn't tell."""

    def writes(self, login: str) -> bool:
        """Whether this person may write to the repository."""

    def belongs(self, login: str, team: str) -> bool:
        """Whether this person is in the team or group, `@org/team` (`@group/sub` on GitLab).

        Raises `errors.AccessDenied` where the token may not know.
        """
