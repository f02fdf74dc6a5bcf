"""Commits that only moved a part of the site: the part is told, so they need not be told beside it."""

import posixpath
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from maintainer.changes import OTHER, Changed, Entry, LeftOut
from maintainer.releasing import Moved

#: Types of commits under which people put updates; what has another type is told by its author.
_TYPES = frozenset({OTHER, "chore", "build", "deps"})
#: Scopes that bots and people give such commits, whatever their type: `fix(deps): ...`.
_SCOPES = frozenset({"deps", "deps-dev", "dependencies"})
#: Files that a package manager writes along, beside the one that states the version.
_BESIDE = re.compile(
    r".*lock.*|package\.json|composer\.json|pyproject\.toml|requirements[\w.-]*\.(?:txt|in)", re.IGNORECASE
)


def movers(moved: Iterable[Moved]) -> dict[str, list[Moved]]:
    """What each commit moved, by its hash."""
    found: dict[str, list[Moved]] = {}
    for one in moved:
        for source in one.sources:
            if source.kind == "commit":
                found.setdefault(source.id, []).append(one)
    return found


def retold(changed: Changed, of: Mapping[str, Sequence[Moved]], paths: Mapping[str, Sequence[str]]) -> Changed:
    """Without the entries whose every commit only changed files of parts that it moved. Nothing that breaks is dropped.

    `of` is as `movers` has it, `paths` are the files that those commits changed.
    """
    if not of:
        return changed
    kept: list[Entry] = []
    left = list(changed.left_out)
    for entry in changed.entries:
        shas = [source for source in entry.sources if source.kind == "commit"]
        updates = entry.type in _TYPES or any(scope.lower() in _SCOPES for scope in entry.scopes)
        only = bool(shas) and all(_only(of.get(one.id, ()), paths.get(one.id, ())) for one in shas)
        if updates and only and not entry.breaking:
            left += [LeftOut(one, "restated") for one in shas]
        else:
            kept.append(entry)
    return replace(changed, entries=tuple(kept), left_out=tuple(left))


def _only(parts: Sequence[Moved], paths: Sequence[str]) -> bool:
    files = {file for part in parts for file in part.files}
    folders = {posixpath.dirname(file) for file in files}
    # A plugin's or theme's code is its folder; core has many, and files beside them.
    code = [posixpath.dirname(file) for part in parts if part.part in ("plugin", "theme") for file in part.files]
    roots = tuple(f"{folder}/" for folder in code if posixpath.basename(folder) not in ("", "plugins", "mu-plugins"))
    core = any(part.part == "core" for part in parts)
    return bool(parts and paths) and all(
        path in files
        or path.startswith(roots)
        or (posixpath.dirname(path) in folders and _BESIDE.fullmatch(posixpath.basename(path)))
        or (core and "wp-content/" not in path and "wp-" in path)
        for path in paths
    )
