"""What a platform is: where proposals live. Two narrow ports; this one is enough to open, renew and close them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from maintainer.model import Change, Proposal


@dataclass(frozen=True, slots=True)
class Draft:
    """What is written on a forge: the change, the Markdown a reviewer reads, the commit its branch shall be at."""

    change: Change
    body: str
    commit: str
    base: str
    at: datetime


class Proposals(Protocol):
    """A forge's proposals. Every call is safe to repeat after a kill at any point."""

    def all(self) -> Sequence[Proposal]:
        """Open, merged and closed ones that are ours, oldest first."""

    def open(self, draft: Draft) -> Proposal:
        """Put the branch at the commit and open a proposal for it.

        Raises `errors.StaleEdit` when the branch exists and isn't ours.
        """

    def refresh(self, proposal: Proposal, draft: Draft) -> Proposal:
        """Move the branch from the last commit we pushed to the new one, and rewrite title and body.

        Raises `errors.StaleEdit` when someone else moved the branch meanwhile.
        """

    def close(self, proposal: Proposal, reason: str, successor: str = "") -> None:
        """Close it with a reason and remove its branch, unless someone else moved it."""
