"""Python: requirements and constraints files, and pyproject.toml with the lock files of uv and Poetry."""

from collections.abc import Sequence
from typing import Final, Protocol

from maintainer.managers import pyproject, python_locks, requirements
from maintainer.model import Found, Manifest, Step, Update

NAME: Final = "pip"
FILES: tuple[str, ...] = (
    "**/*requirements*.txt",
    "**/requirements/*.txt",
    "**/*constraints*.txt",
    "**/pyproject.toml",
)
BESIDE: tuple[str, ...] = python_locks.FILES


def extract(manifest: Manifest) -> Sequence[Found]:
    """Every specifier that an update could move."""
    return _format(manifest).extract(manifest)


def steps(manifest: Manifest, updates: Sequence[Update]) -> Sequence[Step]:
    """The edits, and what refreshes lock files and compiled requirements."""
    return _format(manifest).steps(manifest, updates)


def _format(manifest: Manifest) -> "_Format":
    return pyproject if manifest.path.endswith(".toml") else requirements


class _Format(Protocol):
    """What reads and moves one kind of file."""

    def extract(self, manifest: Manifest) -> Sequence[Found]: ...

    def steps(self, manifest: Manifest, updates: Sequence[Update]) -> Sequence[Step]: ...
