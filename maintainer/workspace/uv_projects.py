"""Whether uv would have to build a project of this repository, which runs its build backend or setup.py.

`--no-build` covers packages from an index only: the project itself, its workspace members and its path sources are
built whenever their metadata is not all in `pyproject.toml` (https://docs.astral.sh/uv/concepts/projects/).
"""

import re
import tomllib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

#: What uv needs for a lock; any other dynamic field is not asked for.
NEEDED = frozenset({"version", "dependencies", "optional-dependencies", "requires-python", "name"})
#: More projects than this are no site.
MOST = 300


#: `-r other.in`, `-c limits.txt` and their long forms; `-e folder`; anything else.
_LINE = re.compile(
    r"\s*(?:(?P<more>-r|--requirements?|-c|--constraints?)|(?P<editable>-e|--editable))?[ \t=]*(?P<rest>.*)"
)
_URL = re.compile(r"(?!file:)[A-Za-z][\w+.-]*:")


def built_to_lock(folder: Path) -> str:
    """The first project that `uv lock` would build, and why, as the rest of a sentence; empty when there is none."""
    return _built([folder], folder)


def built_to_compile(folder: Path, arguments: Sequence[str]) -> str:
    """The same of `uv pip compile`, whose sources are among `arguments`."""
    waiting, seen = [folder / name for name in arguments if not name.startswith("-")], set[Path]()
    local = []
    while waiting and len(seen) < MOST:
        file = waiting.pop()
        if file in seen or not file.is_file():
            continue
        seen.add(file)
        if file.suffix == ".toml":
            local.append(file.parent)
        elif file.name in ("setup.py", "setup.cfg"):
            return f"would run {file.name}"
        else:
            more, projects = _required(file)
            waiting += more
            local += projects
    return _built(local, None)


def _required(file: Path) -> tuple[list[Path], list[Path]]:
    """What a requirements file includes, and the projects of this machine it asks for."""
    more, projects = [], []
    for line in file.read_bytes().decode("utf-8", "replace").replace("\0", "").splitlines():
        found = _LINE.fullmatch(re.split(r"(?:^|\s)#|\s;", line)[0])
        named = found["rest"].split(" @ ")[-1].strip().strip("\"'") if found else ""
        if not found or not named or named.startswith("-") or _URL.match(named):
            continue
        path = re.sub(r"^file:(//)?|\[[^]]*\]$", "", named)
        if found["more"]:
            more.append(file.parent / path)
        elif (found["editable"] or named.startswith((".", "file:")) or "/" in named) and not path.endswith(".whl"):
            projects.append(file.parent / path)
    return more, projects


def _built(waiting: list[Path], root: Path | None) -> str:
    """`root` need not be a project itself."""
    seen = set[Path]()
    while waiting and len(seen) < MOST:
        project = waiting.pop().resolve()
        if project in seen or (root and not project.is_dir()):
            continue
        seen.add(project)
        document = _document(project / "pyproject.toml")
        why = _why(document, root is not None and project == root.resolve())
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
