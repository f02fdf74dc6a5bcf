"""Where a site's releases are published: a fourth narrow port to a forge, beside `Proposals`, `Board` and `Cases`.

Errors as for `base.Proposals`. Every call is safe to repeat after a kill at any point.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Protocol

from maintainer import errors
from maintainer.changes import Source
from maintainer.platforms.base import Published
from maintainer.releasing import Merge

#: Forges rename files that are called otherwise, or don't take them.
_NAME = re.compile(r"(?!.*\.\.)[A-Za-z0-9](?:[A-Za-z0-9._+-]{0,198}[A-Za-z0-9])?")
_KIND = re.compile(r"[a-z]+/[A-Za-z0-9.+-]+(?:; ?charset=[A-Za-z0-9-]+)?")


@dataclass(frozen=True, slots=True)
class Asset:
    """A file of a release: `name` as people download it, `data` its bytes, `kind` its media type.

    Raises `errors.ConfigurationError` for a name or a kind that not every forge keeps, and for an empty file.
    """

    name: str
    data: bytes
    kind: str = "application/octet-stream"

    def __post_init__(self) -> None:
        if not _NAME.fullmatch(self.name):
            raise errors.ConfigurationError(
                f"A file of a release can't be called {self.name[:100]!r}: forges would rename it. Use letters, "
                "digits, single dots, hyphens and underscores, and begin and end with a letter or a digit."
            )
        if not _KIND.fullmatch(self.kind):
            raise errors.ConfigurationError(f"{self.name}: {self.kind[:100]!r} is no media type, such as text/html.")
        if not self.data:
            raise errors.ConfigurationError(f"{self.name} is empty: no forge takes it as a file of a release.")

    @property
    def digest(self) -> str:
        """Its SHA-256 in hexadecimal."""
        return sha256(self.data).hexdigest()


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
        """Make or edit the release of a tag; the forge makes no tag, which was pushed before.

        What is published already stays so, whatever `draft` says. Raises `errors.NotFound` where there is no such tag,
        which a draft doesn't need, and `errors.ConfigurationError` for a draft where the forge has none.
        """

    def assets(self, tag: str) -> Sequence[str]:
        """The names of the files of a release, sorted; none where there is no release."""

    def attach(self, tag: str, asset: Asset) -> str:
        """Put a file beside a release, in place of one of its name with other bytes; its address, empty for local.

        Raises `errors.NotFound` where there is no release of this tag.
        """

    def close_milestone(self, title: str) -> str:
        """Close the milestone of this title, where it is open; its address, empty where there is none."""

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


def no_tag(tag: str, where: str) -> errors.NotFound:
    """That a release can't be published."""
    return errors.NotFound(f"There is no tag {tag} in {where}: push it first, then publish its release again.")


def no_release(tag: str, where: str) -> errors.NotFound:
    """That nothing can be put beside a release."""
    return errors.NotFound(f"There is no release of the tag {tag} in {where}: publish it before its files.")
