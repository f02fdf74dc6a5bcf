"""Whether uv would have to build a project of this repository, which runs its build backend.

`--no-build` covers packages from an index only: the project itself, its workspace members and its path sources are
built whenever their metadata is not all in `pyproject.toml` (https://docs.astral.sh/uv/concepts/projects/).
"""

import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

#: What uv needs for a lock; any other dynamic field is not asked for.
NEEDED = frozenset({"version", "dependencies", "optional-dependencies", "requires-python", "name"})
#: More projects than this are no site.
MOST = 300


def built(folder: Path) -> str:
    """The first project that uv would build, and why, as the rest of a sentence; empty when there is none."""
    waiting, seen = [folder], set[Path]()
    while waiting and len(seen) < MOST:
        project = waiting.pop().resolve()
        if project in seen or not project.is_dir():
            continue
        seen.add(project)
        document = _document(project / "pyproject.toml")
        why = _why(document, project == folder.resolve())
        if why:
            return f"would build {project.name} to lock, because {why}"
        waiting += _related(project, _table(document, "tool", "uv"))
    return ""


def _why(document: dict[str, Any], is_root: bool) -> str:
    project = _table(document, "project")
    if not project:
        return "" if is_root else "its pyproject.toml has no [project] table"
    packaged = "build-system" in document or _table(document, "tool", "uv").get("package") is True
    dynamic = project.get("dynamic")
    asked = [name for name in dynamic if name in NEEDED] if isinstance(dynamic, list) else []
    return f"its {asked[0]} is dynamic" if asked and packaged else ""


def _related(project: Path, settings: dict[str, Any]) -> Iterator[Path]:
    members = _table(settings, "workspace").get("members")
    for pattern in members if isinstance(members, list) else ():
        try:
            yield from (found for found in sorted(project.glob(pattern)) if found.is_dir())
        except (NotImplementedError, TypeError, ValueError, IndexError):
            continue  # uv will say what is wrong with it
    for source in _table(settings, "sources").values():
        for one in source if isinstance(source, list) else (source,):
            if isinstance(one, dict) and isinstance(one.get("path"), str) and "\0" not in one["path"]:
                yield project / one["path"]


def _document(file: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(file.read_bytes().decode("utf-8", "replace"))
    except (OSError, ValueError, RecursionError):
        return {}


def _table(document: dict[str, Any], *path: str) -> dict[str, Any]:
    found: Any = document
    for name in path:
        found = found.get(name) if isinstance(found, dict) else None
    return found if isinstance(found, dict) else {}
