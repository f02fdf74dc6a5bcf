"""What waits for a person's approval in a repository without a forge, and what was approved: two JSON files."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from pydantic import TypeAdapter, ValidationError

from maintainer import errors

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
    _write(folder / "waiting.json", _WAITING.dump_json(list(changes), indent=1))


def approved(folder: Path) -> frozenset[str]:
    """The branches of changes a person has approved. Raises as `waiting`."""
    return frozenset(_read(folder / "approved.json", _BRANCHES))


def approve(folder: Path, branch: str) -> None:
    """Remember a person's approval of the change that travels on `branch`."""
    _write(folder / "approved.json", _BRANCHES.dump_json(sorted({*approved(folder), branch}), indent=1))


def fulfilled(folder: Path, branch: str) -> None:
    """Forget an approval: what was approved is proposed now, and the next major is another question."""
    if branch in (named := approved(folder)):
        _write(folder / "approved.json", _BRANCHES.dump_json(sorted(named - {branch}), indent=1))


_WAITING = TypeAdapter(list[Waiting])
_BRANCHES = TypeAdapter(list[str])


def _read(path: Path, kind: TypeAdapter[list[_Item]]) -> list[_Item]:
    try:
        return kind.validate_json(path.read_bytes()) if path.is_file() else []
    except ValidationError:
        raise errors.ConfigurationError(
            f"{path} is not what maintainer wrote any more. Restore it, or delete it: the next run writes it anew."
        ) from None


def _write(path: Path, data: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_suffix(".new")
    beside.write_bytes(data)
    beside.replace(path)
