"""uv.lock and poetry.lock: what they say, and how they come to hold exactly the release asked for.

Both are written by machines, so packages are found by their lines. uv is told the version for one run
(`--upgrade-package name==version`). Poetry takes no version without writing it into pyproject.toml; but it keeps what
the lock file says, so that is told the version first, and `poetry lock` asks the index for the rest of it.
https://docs.astral.sh/uv/concepts/projects/layout/#the-lockfile, https://python-poetry.org/docs/cli/#lock
"""

import posixpath
import re
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Final, NamedTuple

from maintainer.managers.python_requirement import normalised
from maintainer.model import Command, Edit, Manifest, Neighbour, Span, Update

FILES: Final[tuple[str, ...]] = ("uv.lock", "poetry.lock")

_PACKAGE: Final = re.compile(r'^\[\[package\]\]\r?\nname = "([^"\r\n]+)"\r?\nversion = "([^"\r\n]+)"', re.MULTILINE)
_MEMBER: Final = re.compile(r'^source = \{ (?:editable|virtual|directory) = "([^"\r\n]+)" \}', re.MULTILINE)
_POETRY: Final = re.compile(r"\A[^\r\n]*by Poetry (\d+\.\d+)")
_FORMAT: Final = re.compile(r'^lock-version = "(\d+)\.(\d+)"', re.MULTILINE)


class Lock(NamedTuple):
    """A lock file that covers a pyproject.toml."""

    path: str
    text: str

    @property
    def is_poetry(self) -> bool:
        return self.path.endswith("poetry.lock")

    def locked(self, name: str) -> str | None:
        """The version of a package; None when it has none, or several (for several Pythons)."""
        found = _versions(self.text).get(normalised(name), ())
        return found[0] if len(found) == 1 else None


def covering(manifest: Manifest) -> list[Lock]:
    """The lock files that know this pyproject.toml: Poetry's in its folder, uv's there or in its workspace's."""
    folder = posixpath.dirname(manifest.path)
    near = (found for name in FILES if (found := manifest.neighbour(name)))
    return [Lock(one.path, one.text) for one in near if _covers(one, folder)]


def _covers(lock: Neighbour, folder: str) -> bool:
    member = posixpath.relpath(f"/{folder}", f"/{posixpath.dirname(lock.path)}")
    return member == "." or (lock.path.endswith("uv.lock") and member in _MEMBER.findall(lock.text))


def tell(lock: Lock, updates: Sequence[Update]) -> Iterator[Edit | Command]:
    """What brings the lock file to the releases of these updates, of packages that stand in it."""
    folder = posixpath.dirname(lock.path)
    if not lock.is_poetry:
        told = (f"--upgrade-package={normalised(one.dependency.name)}=={one.release.version}" for one in updates)
        yield Command("uv", ("uv", "lock", *told), folder, (lock.path,))
        return
    wanted = {normalised(one.dependency.name): one.release.version for one in updates}
    for found in _PACKAGE.finditer(lock.text):
        version = wanted.get(normalised(found[1]))
        if version and version != found[2] and lock.locked(found[1]):
            yield Edit(lock.path, Span(*found.span(2)), found[2], version)
    versions = _poetry(lock.text)
    # Until version 2, `lock` meant: take the newest of everything.
    keep = ("--no-update",) if versions.get("poetry", "").startswith("1") else ()
    yield Command("poetry", ("poetry", "lock", *keep, "--no-interaction"), folder, (lock.path,), versions=versions)


def _poetry(text: str) -> Mapping[str, str]:
    """The Poetry that wrote a lock file."""
    said, written = _POETRY.match(text), _FORMAT.search(text)
    if said:
        return {"poetry": said[1]}
    if written:
        return {"poetry": "2" if (int(written[1]), int(written[2])) >= (2, 1) else "1"}
    return {}


@lru_cache(maxsize=4)
def _versions(text: str) -> Mapping[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for name, version in _PACKAGE.findall(text):
        found[normalised(name)] = (*found.get(normalised(name), ()), version)
    return found
