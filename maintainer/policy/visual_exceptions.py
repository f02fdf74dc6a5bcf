"""What is not compared, and what was approved: each by a person, and until a day.

applying(entries, path, device, today) -> those that hold there
expired(entries, today)                -> those whose last day has been
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import TypeVar

from maintainer.policy.globs import path_matches


@dataclass(frozen=True, slots=True)
class Mask:
    """A part of pages: what a selector matches, or its edges in pixels (left, top, right, bottom)."""

    selector: str | None
    edges: tuple[int, int, int, int] | None
    pages: tuple[str, ...]
    devices: tuple[str, ...]
    owner: str
    until: date

    @property
    def what(self) -> str:
        """Which mask it is, in words."""
        return f"the mask of {self.selector or 'a rectangle'} ({self.owner})"


@dataclass(frozen=True, slots=True)
class Approval:
    """A difference, by the digest of what was there and what is there now."""

    digest: str
    pages: tuple[str, ...]
    devices: tuple[str, ...]
    by: str
    until: date

    @property
    def what(self) -> str:
        """Which approval it is, in words."""
        return f"the approval of {self.digest} ({self.by})"


Entry = TypeVar("Entry", Mask, Approval)


def applying(entries: Iterable[Entry], path: str, device: str | None, today: date) -> tuple[Entry, ...]:
    """Those that hold on a page today; on a device, or on any with None."""
    return tuple(
        one
        for one in entries
        if one.until >= today
        and (not one.pages or path_matches(one.pages, path.partition("?")[0]))
        and (not one.devices or device is None or device in one.devices)
    )


def expired(entries: Iterable[Mask | Approval], today: date) -> tuple[str, ...]:
    """What to say of each whose last day has been."""
    return tuple(
        f"{one.what} ended on {one.until.isoformat()} and no longer holds" for one in entries if one.until < today
    )
