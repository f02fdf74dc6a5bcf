"""pnpm-workspace.yaml: catalogs, which give a range a name, and overrides (https://pnpm.io/catalogs).

No command of pnpm takes a version for a catalog. So the lock file is told first, wherever it states the range and what
that got; `pnpm install --fix-lockfile` then asks the registry for the rest. Tried with pnpm 9 and 10.
"""

from collections.abc import Iterator, Sequence
from typing import Final

from maintainer.managers.npm_locks import Line, Lock, yaml_lines
from maintainer.model import Command, Edit, Step, Update
from maintainer.text import edits
from maintainer.text.tree import Scalar, Table

FILE: Final = "pnpm-workspace.yaml"


def stated(tree: Table) -> Iterator[tuple[str, str, Scalar]]:
    """Section, package and range of each entry."""
    for section, table in _catalogs(tree):
        yield from ((section, key.value, value) for key, value in table.scalars())
    yield from (("overrides", key.value, value) for key, value in tree.scalars("overrides"))


def _catalogs(tree: Table) -> Iterator[tuple[str, Table]]:
    if default := tree.table("catalog"):
        yield "catalog", default
    named = tree.table("catalogs")
    for key, table in named.items if named else ():
        if isinstance(table, Table):
            yield f"catalogs.{key.value}", table


def locked(lock: Lock, section: str, name: str) -> str | None:
    """What a catalog's package got."""
    wanted = ("catalogs", _name(section), name, "version")
    return next((line.value for line in yaml_lines(lock.text) if line.path == wanted), None) or None


def steps(updates: Sequence[Update], lock: Lock | None) -> Sequence[Step]:
    """The edits of the file and of its lock file, and pnpm's run."""
    if lock is None:
        return edits.replacements(updates)
    lines = list(yaml_lines(lock.text))
    told = [edit for update in updates for edit in _tell(lock, lines, update)]
    argv = ("pnpm", "install", "--lockfile-only", "--ignore-scripts", "--no-frozen-lockfile", "--fix-lockfile")
    environment = {"CI": "true", "COREPACK_ENABLE_DOWNLOAD_PROMPT": "0"}
    run = Command("pnpm", argv, lock.folder, (lock.path,), environment, lock.versions)
    return [*edits.replacements(updates), *told, run]


def _tell(lock: Lock, lines: Sequence[Line], update: Update) -> Iterator[Edit]:
    dependency = update.dependency
    catalog, name = _name(dependency.section), dependency.name
    if dependency.section == "overrides" or not dependency.locked:
        return
    users = {
        line.path[:-1]
        for line in lines
        if line.path[-1] == "specifier" and _refers(line.value, catalog) and name in line.path
    }
    here = ("catalogs", catalog, name)
    for line in lines:
        if line.path == (*here, "specifier"):
            yield _put(lock, line, update.text)
        elif line.path[-1] == "version" and (line.path[:-1] in users or line.path[:-1] == here):
            # What stands behind the version (`9.4.2(react@18.2.0)`) is for pnpm to find again.
            yield _put(lock, line, update.release.version)


def _put(lock: Lock, line: Line, value: str) -> Edit:
    return Edit(lock.path, line.at, lock.text[slice(*line.at)], value if value.isalnum() else f"'{value}'")


def _refers(specifier: str, catalog: str) -> bool:
    return specifier in ((f"catalog:{catalog}", "catalog:") if catalog == "default" else (f"catalog:{catalog}",))


def _name(section: str) -> str:
    return section.removeprefix("catalogs.") if section.startswith("catalogs.") else "default"
