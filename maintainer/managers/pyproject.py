"""pyproject.toml: PEP 621, PEP 735, build requirements (PEP 518), and the tables of uv and Poetry.

https://packaging.python.org/en/latest/specifications/pyproject-toml/, https://docs.astral.sh/uv/reference/settings/,
https://python-poetry.org/docs/pyproject/
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from maintainer.managers import python_locks, python_requirement
from maintainer.managers.python_locks import Lock
from maintainer.managers.python_requirement import REQUIREMENT, Places, address, normalised, ordered
from maintainer.model import Dependency, Manifest, Span, Step, Update
from maintainer.text import edits, toml_tree
from maintainer.text.tree import Array, Node, Scalar, Table

#: What an installed project needs stands in the lock file; what only builds it does not.
_BUILD: Final = "build-system.requires"
_ELSEWHERE: Final = ("path", "git", "url", "workspace", "file")


def extract(manifest: Manifest) -> list[Dependency]:
    """Every specifier, and the Pythons the project supports, in the order of the file."""
    tree = toml_tree.parse(manifest.text)
    locks = python_locks.covering(manifest)
    return sorted(_found(manifest, tree, locks[0] if locks else None), key=lambda one: one.at)


def steps(manifest: Manifest, updates: Sequence[Update]) -> Sequence[Step]:
    """The edits, then one command for each lock file."""
    locked = [one for one in updates if one.dependency.role == "package" and one.dependency.section != _BUILD]
    told = [step for lock in python_locks.covering(manifest) for step in python_locks.tell(lock, locked)]
    return [*edits.replacements(updates), *told]


def _found(manifest: Manifest, tree: Table, lock: Lock | None) -> Iterator[Dependency]:
    places = _places(tree)
    for section, node in _lists(tree):
        for one in node.items if isinstance(node, Array) else ():
            if isinstance(one, Scalar):
                yield from _requirement(manifest, section, one, places, lock)
    yield from _python(manifest, "python", tree.scalar("project", "requires-python"))
    for section, table in _poetry(tree):
        for key, node in table.items:
            for constraint in _constraints(node):
                if normalised(key.value) == "python":
                    yield from _python(manifest, key.value, constraint)
                else:
                    yield from _poetry_package(manifest, section, key.value, node, constraint, places, lock)


def _lists(tree: Table) -> Iterator[tuple[str, Node]]:
    """The lists of requirements, with what the format calls them."""
    named = (
        (_BUILD, ("build-system", "requires")),
        ("project.dependencies", ("project", "dependencies")),
        ("tool.uv.dev-dependencies", ("tool", "uv", "dev-dependencies")),
        ("tool.uv.constraint-dependencies", ("tool", "uv", "constraint-dependencies")),
        ("tool.uv.override-dependencies", ("tool", "uv", "override-dependencies")),
    )
    for section, path in named:
        if node := tree.get(*path):
            yield section, node
    for section, table in (
        ("project.optional-dependencies", tree.table("project", "optional-dependencies")),
        ("dependency-groups", tree.table("dependency-groups")),
    ):
        yield from ((f"{section}.{key.value}", node) for key, node in (table.items if table else ()))


def _requirement(
    manifest: Manifest, section: str, node: Scalar, places: Places, lock: Lock | None
) -> Iterator[Dependency]:
    start, end = node.at
    if not node.quoted or manifest.text[start:end] != node.value:
        return
    start += len(node.value) - len(node.value.lstrip())
    found = REQUIREMENT.match(manifest.text, start, end)
    if found:
        name, at = found["name"], Span(*found.span("constraint"))
        locked = lock.locked(name) if lock and section != _BUILD else None
        one = python_requirement.dependency(manifest, section, name, at, places, locked)
        if one:
            yield one


def _python(manifest: Manifest, name: str, node: Scalar | None) -> Iterator[Dependency]:
    if node and node.quoted and manifest.text[slice(*node.at)] == node.value:
        one = python_requirement.python(manifest, name, node.at)
        if one:
            yield one


def _poetry(tree: Table) -> Iterator[tuple[str, Table]]:
    """Poetry's own tables of packages."""
    poetry = tree.table("tool", "poetry")
    for section in ("dependencies", "dev-dependencies"):
        if poetry and (table := poetry.table(section)):
            yield f"tool.poetry.{section}", table
    groups = poetry.table("group") if poetry else None
    for key, group in groups.items if groups else ():
        if isinstance(group, Table) and (table := group.table("dependencies")):
            yield f"tool.poetry.group.{key.value}.dependencies", table


def _constraints(node: Node) -> Iterator[Scalar]:
    """The constraint of a package, or those for several Pythons."""
    match node:
        case Scalar():
            yield node
        case Array():
            for one in node.items:
                yield from _constraints(one)
        case Table():
            version = node.scalar("version")
            if version and not any(node.get(name) for name in _ELSEWHERE):
                yield version


def _poetry_package(
    manifest: Manifest, section: str, name: str, node: Node, constraint: Scalar, places: Places, lock: Lock | None
) -> Iterator[Dependency]:
    if not constraint.quoted or manifest.text[slice(*constraint.at)] != constraint.value:
        return
    source = node.text("source") if isinstance(node, Table) else ""
    named = _poetry_indexes(places, source) if source else places
    one = python_requirement.dependency(
        manifest, section, name, constraint.at, named, lock.locked(name) if lock else None
    )
    if one:
        yield one


def _poetry_indexes(places: Places, source: str) -> Places:
    """Where a package is that names its source."""
    return Places(places.named.get(f"source {source}") or (), {})


def _places(tree: Table) -> Places:
    """The indexes of uv and of Poetry; packages that uv takes from elsewhere come from no index."""
    indexes = {index.text("name"): index for index in _tables(tree.get("tool", "uv", "index"))}
    named: dict[str, tuple[str, ...] | None] = {}
    sources = tree.table("tool", "uv", "sources")
    for key, node in sources.items if sources else ():
        tables = _tables(node)
        index = next((indexes.get(one.text("index")) for one in tables), None)
        url = address(index.text("url")) if index else None
        named[normalised(key.value)] = (url,) if url else None
    extra = [address(one.text("url")) for one in indexes.values() if not (_is(one, "explicit") or _is(one, "default"))]
    default = [address(one.text("url")) for one in indexes.values() if _is(one, "default")]
    poetry, primary = _poetry_sources(tree)
    named |= {f"source {name}": (url,) if url else () for name, url in poetry.items()}
    return Places(primary or ordered([url for url in extra if url], next(iter(default), None)), named)


def _poetry_sources(tree: Table) -> tuple[Mapping[str, str], tuple[str, ...]]:
    """Poetry's sources by name (PyPI's address is empty), and those that are asked for every package."""
    named: dict[str, str] = {}
    first: list[str] = []
    after: list[str] = []
    for one in _tables(tree.get("tool", "poetry", "source")):
        name, url = one.text("name"), address(one.text("url")) or ""
        if not url and name.lower() != "pypi":
            continue
        named[name] = url
        match one.text("priority"):
            case "explicit":
                pass
            case "supplemental" | "secondary":
                after.append(url)
            case _:
                first.append(url)
    if not first and not after:
        return named, ()
    return named, tuple(dict.fromkeys((*(first or [""]), *after)))


def _tables(node: Node | None) -> list[Table]:
    items = node.items if isinstance(node, Array) else (node,)
    return [one for one in items if isinstance(one, Table)]


def _is(table: Table, name: str) -> bool:
    return table.text(name) == "true"
