"""What a gate judges: every open proposal, anyone's, with what people said of it. A third narrow port to a forge."""

from collections.abc import Sequence
from typing import Protocol

from maintainer.cases import Case, Pushed


class Cases(Protocol):
    """Errors as for `base.Proposals`. What people said is told as it is; whether it counts is the gate's to judge."""

    def open(self) -> Sequence[Case]:
        """All open ones to the base branch, oldest first, by as few requests as the forge allows."""

    def case(self, number: int) -> Case:
        """One of them, in whatever state it is. Raises `errors.NotFound`."""

    def of(self, commit: str) -> Sequence[Case]:
        """Those whose merge brought this commit of the base branch."""

    def pushed(self, case: Case) -> Pushed | None:
        """When the head came to be the head, and by whom; None where the forge doesn't tell."""

    def writes(self, login: str) -> bool:
        """Whether this person may write to the repository."""

    def belongs(self, login: str, team: str) -> bool:
        """Whether this person is in the team or group, `@org/team` (`@group/sub` on GitLab).

        Raises `errors.AccessDenied` where the token may not know.
        """
