"""Matching names and paths against globs, `!` before one excludes.

any_matches(globs, names) -> bool         packages: `*` is anything, slashes too; case doesn't matter
path_matches(globs, path) -> bool         paths: as `text.globs`; a folder with a slash at its end is all in it
"""

import re
from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache

from maintainer.errors import ConfigurationError
from maintainer.text.globs import matcher


def any_matches(globs: tuple[str, ...], names: Sequence[str]) -> bool:
    """Whether one of the names is included, and none is excluded; only exclusions include all else."""
    included, excluded = _names(globs)
    folded = [_folded(name) for name in names]
    return any(map(included, folded)) and not any(map(excluded, folded))


def path_matches(globs: tuple[str, ...], path: str) -> bool:
    """Whether the path is included and not excluded."""
    included, excluded = _paths(globs)
    return included(path) and not excluded(path)


def _folded(name: str) -> str:
    # Globs keep `*` within a folder; names have none, so what separates folders is taken out of the way.
    return name.casefold().replace("/", "\0")


@lru_cache(maxsize=1024)
def _names(globs: tuple[str, ...]) -> tuple[Callable[[str], bool], Callable[[str], bool]]:
    return _pair(globs, lambda glob: _folded(re.sub(r"\*+", "*", glob)))


@lru_cache(maxsize=1024)
def _paths(globs: tuple[str, ...]) -> tuple[Callable[[str], bool], Callable[[str], bool]]:
    return _pair(globs, lambda glob: f"{glob}**" if glob.endswith("/") else glob)


def _pair(globs: Iterable[str], prepared: Callable[[str], str]) -> tuple[Callable[[str], bool], Callable[[str], bool]]:
    excluded = [prepared(glob[1:]) for glob in globs if glob.startswith("!")]
    included = [prepared(glob) for glob in globs if not glob.startswith("!")]
    try:
        return matcher(included or ["**"]), matcher(excluded)
    except re.error as error:
        raise ConfigurationError(f"{', '.join(globs)}: no glob ({error}). `[` needs a `]`, ranges ascend.") from None
