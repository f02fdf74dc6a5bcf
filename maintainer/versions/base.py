"""What a version scheme is: how one ecosystem orders its versions and reads and writes its constraints."""

from collections.abc import Iterable
from typing import Protocol

from maintainer.model import Bump, Strategy


class Scheme(Protocol):
    """A module of this room; every text is as a file or a registry writes it."""

    def compare(self, a: str, b: str) -> int:
        """Negative, 0 or positive as `a` is older than, equal to or newer than `b`; raises InvalidVersion."""

    def satisfies(self, constraint: str, version: str) -> bool:
        """Whether the constraint allows the version; raises InvalidVersion and InvalidConstraint."""

    def is_version(self, text: str) -> bool:
        """Whether the text is one version; cheap, never raises."""

    def is_prerelease(self, version: str) -> bool:
        """Whether its publisher calls it unstable (alpha, beta, RC, dev, a branch); raises InvalidVersion."""

    def newest(self, versions: Iterable[str]) -> str | None:
        """The highest by the scheme (the first of equals), ignoring texts that are no version."""

    def bump(self, a: str, b: str) -> Bump:
        """What moving from `a` to `b` is.

        `prerelease` whenever `b` is one, `patch` for an end of the same release's pre-releases and for post-releases,
        `other` for a way back or what can't be ordered.
        """

    def rewrite(self, constraint: str, version: str, strategy: Strategy) -> str:
        """The constraint, in its author's style, moved so that it allows the version.

        `lock` changes only what doesn't allow it, `widen` forbids nothing that was allowed, `bump` makes the version
        the lower bound. Raises InvalidConstraint with the reason where no faithful text exists.
        """

    def pinned(self, constraint: str) -> str | None:
        """The version, when the constraint names exactly one."""

    def lowest(self, constraint: str) -> str | None:
        """The lower bound as written, None when there is none."""
