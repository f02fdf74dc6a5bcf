"""What a manager is: where versions stand in one kind of file, and what changes them."""

from collections.abc import Sequence
from typing import Protocol

from maintainer.model import Found, Manifest, Step, Update


class Manager(Protocol):
    """A module of this room; it reads text and returns values, nothing else."""

    @property
    def FILES(self) -> tuple[str, ...]:  # noqa: N802 - a module's constant
        """Globs over tracked paths: `*` stays within a folder, `**/` is any number of folders, none included."""

    @property
    def BESIDE(self) -> tuple[str, ...]:  # noqa: N802
        """File names wanted as neighbours, taken from the file's folder or the nearest one above it.

        A name with a slash (`inc/version.php`) is looked for in the file's own folder only.
        """

    def extract(self, manifest: Manifest) -> Sequence[Found]:
        """Every version the file states, in the order of the file.

        Raises `errors.Unreadable` for a file that is not what its name says, with the line where there is one; the
        caller knows which file it is.
        """

    def steps(self, manifest: Manifest, updates: Sequence[Update]) -> Sequence[Step]:
        """What makes `manifest` say `updates` (all of this file), edits first, then at most one command a lock file."""
