"""What waits for a person's approval in a repository without a forge, and what was approved: two JSON files."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from pydantic import TypeAdapter

from maintainer import errors
from maintainer.platforms import kept

_Item = TypeVar("_Item")


@dataclass(frozen=True, slots=True)
class Waiting:
    """A change that waits for an approval: `body` is the Markdown of what a person should know before."""

    branch: str
    title: str
    body: str


def waiting(folder: Path) -> Sequence[Waiting]:
    """What waited when the site was last run. Raises `errors.ConfigurationError` for a broken file."""
    return _read(folder / "waiting.json", _WAITING)


def wait(folder: Path, changes: Iterable[Waiting]) -> None:
    """Remember what waits for an approval."""
    kept.write(folder / "waiting.json", kept.dump(_WAITING, list(changes)))


def approved(folder: Path) -> frozenset[str]:
    """The branches of changes a person has approved. Raises as `waiting`."""
    return frozenset(_read(folder / "approved.json", _BRANCHES))


def approve(folder: Path, branch: str) -> None:
    """Remember a person's approval of the change that travels on `branch`."""
    kept.write(folder / "approved.json", kept.dump(_BRANCHES, sorted({*approved(folder), branch})))


def fulfilled(folder: Path, branch: str) -> None:
    """Forget an approval: what was approved is proposed now, and the next major is another question."""
    if branch in (named := approved(folder)):
        kept.write(folder / "approved.json", kept.dump(_BRANCHES, sorted(named - {branch})))


_WAITING = TypeAdapter(list[Waiting])
_BRANCHES = TypeAdapter(list[str])


def _read(path: Path, kind: TypeAdapter[list[_Item]]) -> list[_Item]:
    try:
        return kept.load(kind, path.read_bytes()) if path.is_file() else []
    except ValueError:
        raise errors.ConfigurationError(
            f"{path} is not what maintainer wrote any more. Restore it, or delete it: the next run writes it anew."
        ) from None
