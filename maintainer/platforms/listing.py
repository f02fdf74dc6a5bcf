"""The repositories of an organisation or group: what a forge lists, and what a file lists in its place."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from maintainer.errors import ConfigurationError

#: A larger file lists no owner's repositories.
LARGEST = 16 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Repository:
    """A repository as its forge lists it: `path` as `acme/shop`, `branch` its default one."""

    path: str
    branch: str = ""
    topics: tuple[str, ...] = ()
    archived: bool = False
    fork: bool = False


class Listing(Protocol):
    """Who knows an owner's repositories."""

    def lists(self, owner: str, topics: Sequence[str], archived: bool) -> Sequence[Repository]:
        """The repositories of an organisation, user or group (`acme`, `acme/shops`) that have all these topics.

        A group's subgroups are its own. Archived ones are left out unless asked for, and those without a commit
        where the forge tells. Raises `errors.OutsideError` when the forge fails or refuses, with what is missing.
        """


class FileListing:
    """A JSON file: `[{"path": "acme/shop", "branch": "main", "topics": [], "archived": false, "fork": false}, ...]`.

    For a forge that nobody may ask from here, and for tests. Raises `errors.ConfigurationError`.
    """

    def __init__(self, path: Path) -> None:
        self._path = path

    def lists(self, owner: str, topics: Sequence[str], archived: bool) -> Sequence[Repository]:
        found = [self._repository(at, one) for at, one in enumerate(self._read())]
        return matching(found, owner, topics, archived)

    def _read(self) -> list[Any]:
        try:
            with self._path.open("rb") as stream:
                made = json.loads(stream.read(LARGEST))
        except OSError as error:
            raise ConfigurationError(f"{self._path}: can't be read: {error.strerror}.") from None
        except (ValueError, RecursionError):
            raise ConfigurationError(f"{self._path}: is no JSON. Write a list of repositories.") from None
        if not isinstance(made, list):
            raise ConfigurationError(f"{self._path}: is no list. Write a list of repositories.")
        return made

    def _repository(self, at: int, one: Any) -> Repository:
        stated = one if isinstance(one, dict) else {}
        path, branch, topics = stated.get("path"), stated.get("branch", ""), stated.get("topics", [])
        texts = isinstance(path, str) and isinstance(branch, str) and isinstance(topics, list)
        if not texts or not all(isinstance(topic, str) for topic in topics):
            raise ConfigurationError(
                f'{self._path}: item {at} is no repository. Write {{"path": "acme/shop", "topics": ["shop"]}}.'
            )
        assert isinstance(path, str)
        archived, fork = stated.get("archived") is True, stated.get("fork") is True
        return Repository(path, branch, tuple(topics), archived, fork)


def matching(found: Sequence[Repository], owner: str, topics: Sequence[str], archived: bool) -> Sequence[Repository]:
    """Those below the owner that have all topics, by path; archived ones only when asked for."""
    wanted = {topic.casefold() for topic in topics}
    below = f"{owner.casefold()}/"
    chosen = [
        one
        for one in found
        if one.path.casefold().startswith(below)
        and wanted <= {topic.casefold() for topic in one.topics}
        and (archived or not one.archived)
    ]
    return sorted(chosen, key=lambda one: one.path)
