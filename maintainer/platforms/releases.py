"""Where a site's releases are published: a fourth narrow port to a forge, beside `Proposals`, `Board` and `Cases`.

Errors as for `base.Proposals`. Every call is safe to repeat after a kill at any point.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from maintainer.changes import Source
from maintainer.platforms.base import Published
from maintainer.releasing import Merge


@dataclass(frozen=True, slots=True)
class Asset:
    """A file of a release: `name` as people download it, `data` its bytes, `kind` its media type."""

    name: str
    data: bytes
    kind: str = "application/octet-stream"


@dataclass(frozen=True, slots=True)
class Flagged:
    """An open issue with a label that was asked for."""

    title: str
    source: Source


class Releases(Protocol):
    """A forge's releases, and what they are told from."""

    def published(self, tag: str) -> Published | None:
        """The release of this tag, a draft among them."""

    def publish(self, release: Published) -> Published:
        """Make or edit the release of a tag; the forge makes no tag, which was pushed before."""

    def assets(self, tag: str) -> Sequence[str]:
        """The names of the files of a release."""

    def attach(self, tag: str, asset: Asset) -> str:
        """Put a file beside a release, in place of one of its name with other bytes; its address."""

    def close_milestone(self, title: str) -> str:
        """Close the open milestone of this title; its address, empty where there is none."""

    def merged(self, since: datetime) -> Sequence[Merge]:
        """All proposals, anyone's, merged into the base branch at or after `since` (aware), oldest first.

        By as few requests as the forge allows: one for each hundred.
        """

    def flagged(self, label: str) -> Sequence[Flagged]:
        """Open issues with this label, oldest first; the first hundred."""

    def commit_url(self, sha: str) -> str:
        """Where a commit can be looked at, empty where there is no such place (local)."""

    def issue_url(self, reference: str) -> str:
        """Where what a message refers to (`#12`, `shop/site#12`, `!12`) can be looked at, empty where nobody knows."""

    def compare_url(self, base: str, head: str) -> str:
        """Where all between two tags or commits can be looked at, empty where there is no such place."""
