"""npm, pnpm and Yarn: package.json, and what its lock file says.

https://docs.npmjs.com/cli/configuring-npm/package-json; `resolutions`: https://yarnpkg.com/configuration/manifest;
`pnpm.overrides`: https://pnpm.io/settings#overrides; `volta`: https://docs.volta.sh/advanced/workspaces;
`packageManager`: https://nodejs.org/api/packages.html#packagemanager
"""

import posixpath
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Final

from maintainer.errors import ToolFailed
from maintainer.managers import npm_catalogs, npm_commands, npm_locks, npm_specs
from maintainer.managers.npm_locks import Lock
from maintainer.model import Dependency, Finding, Found, Manifest, Role, Source, Span, Step, Update
from maintainer.text import json_tree, yaml_tree
from maintainer.text.tree import Scalar, Table
from maintainer.versions import npm as scheme

NAME: Final = "npm"
FILES: tuple[str, ...] = ("**/package.json", f"**/{npm_catalogs.FILE}")
BESIDE: tuple[str, ...] = (*npm_locks.FILES, npm_locks.BUN, ".npmrc", ".yarnrc.yml")

#: The sections whose packages an installer puts into the lock file, and the one that only says what it bears with.
_SECTIONS: Final[Mapping[str, Role]] = {
    "dependencies": "package",
    "devDependencies": "package",
    "optionalDependencies": "package",
    "peerDependencies": "support",
}
_OVERRIDES: Final = (("overrides",), ("resolutions",), ("pnpm", "overrides"))
_PACKAGE_MANAGERS: Final = frozenset({"npm", "pnpm", "yarn"})
_PACKAGE_MANAGER: Final = re.compile(r"(npm|pnpm|yarn)@(\d[^+\s]*)(?:\+(\S+))?")
#: The package an override is about: the last of a path or chain (`a/b`, `a>b`, `**/b`), its range left off.
_OVERRIDDEN: Final = re.compile(rf"(?:.*?[/>])??({npm_specs.NAME.pattern})(?:@[^/>]*)?", re.ASCII | re.IGNORECASE)
_ADDRESS: Final = re.compile(r"https?://[^\s@${}]+")
_REGISTRY: Final = re.compile(
    r"^[ \t]*(?:(@[\w.~-]+):)?registry[ \t]*=[ \t]*[\"']?(https?://[^\s\"';#]+)", re.MULTILINE
)


def extract(manifest: Manifest) -> Sequence[Found]:
    """Every range, pin and supported engine of a package.json; the ranges that pnpm's catalogs name."""
    if manifest.path.endswith(npm_catalogs.FILE):
        return [*_catalogued(manifest)]
    tree = json_tree.parse_table(manifest.text)
    return [*_left(manifest, tree), *_found(manifest, tree)]


def steps(manifest: Manifest, updates: Sequence[Update]) -> Sequence[Step]:
    """The edits, then one command for each lock file, which ends with exactly the releases asked for.

    Raises `errors.ToolFailed` when a lock file would be left behind.
    """
    if manifest.path.endswith(npm_catalogs.FILE):
        return npm_catalogs.steps(updates, _catalog_lock(manifest))
    tree = json_tree.parse_table(manifest.text)
    for finding in _left(manifest, tree):
        raise ToolFailed(f"{manifest.path}: {finding.sentence}")
    return npm_commands.steps(manifest, updates, _locks(manifest, tree))


def _locks(manifest: Manifest, tree: Table) -> list[Lock]:
    specs = [(key.value, value.value) for section in _SECTIONS for key, value in tree.scalars(section)]
    return npm_locks.covering(manifest, specs)


def _left(manifest: Manifest, tree: Table) -> Iterator[Finding]:
    """What to say of a lock file that no tool of ours writes."""
    path = "" if _locks(manifest, tree) else npm_locks.bun(manifest)
    if path and any(tree.table(section) for section in _SECTIONS):
        sentence = f"{path} locks its packages, and Bun does not run here: update them by hand, with `bun update`."
        yield Finding("foreign-lock", manifest.path, posixpath.basename(path), sentence)


def _found(manifest: Manifest, tree: Table) -> Iterator[Dependency]:
    locks = _locks(manifest, tree)
    registries = _registries(manifest)
    for section, role in _SECTIONS.items():
        for key, value in tree.scalars(section):
            locked = locks[0].locked(key.value, value.value) if locks else None
            yield from _spec(manifest, registries, section, key.value, value, locked, role)
    for path in _OVERRIDES:
        for name, value in _overrides(tree.table(*path), ""):
            yield from _spec(manifest, registries, ".".join(path), name, value)
    for key, value in tree.scalars("engines"):
        yield from _tool(manifest, registries, "engines", key.value, value, "support")
    for key, value in tree.scalars("volta"):
        yield from _tool(manifest, registries, "volta", key.value, value, "package")
    yield from _package_manager(manifest, registries, tree.scalar("packageManager"))


def _catalogued(manifest: Manifest) -> Iterator[Dependency]:
    tree = yaml_tree.parse(manifest.text)
    lock = _catalog_lock(manifest)
    registries = _registries(manifest)
    for section, name, value in npm_catalogs.stated(tree) if isinstance(tree, Table) else ():
        locked = npm_catalogs.locked(lock, section, name) if lock and section != "overrides" else None
        found = _OVERRIDDEN.fullmatch(name)
        if found:
            yield from _spec(manifest, registries, section, found[1], replace(value, quoted=True), locked)


def _catalog_lock(manifest: Manifest) -> Lock | None:
    locks = npm_locks.covering(manifest, ())
    return next((lock for lock in locks if lock.tool == "pnpm" and lock.member == "."), None)


def _spec(
    manifest: Manifest,
    registries: Mapping[str, str],
    section: str,
    name: str,
    value: Scalar,
    locked: str | None = None,
    role: Role = "package",
) -> Iterator[Dependency]:
    """A package's range, where there is one."""
    if not npm_specs.NAME.fullmatch(name) or not _plain(manifest, value):
        return
    spec = npm_specs.read(name, value.value)
    if spec:
        source = _npm(spec.package, registries) if spec.datasource == "npm" else Source(spec.datasource, spec.package)
        at = Span(value.at.start + spec.start, value.at.start + spec.start + len(spec.constraint))
        yield _dependency(manifest, section, name, source, at, spec.constraint, locked=locked, role=role)


def _overrides(table: Table | None, parent: str) -> Iterator[tuple[str, Scalar]]:
    """Packages and what they are forced to; npm nests them, and `.` is the parent itself."""
    for key, value in table.items if table else ():
        found = _OVERRIDDEN.fullmatch(key.value)
        name = parent if key.value == "." else found[1] if found else ""
        if isinstance(value, Table):
            yield from _overrides(value, name)
        elif isinstance(value, Scalar):
            yield name, value


def _tool(
    manifest: Manifest, registries: Mapping[str, str], section: str, name: str, value: Scalar, role: Role
) -> Iterator[Dependency]:
    """Node itself or a package manager, pinned (`volta`) or supported (`engines`)."""
    text = value.value
    if not _plain(manifest, value) or not scheme.is_constraint(text) or not any(map(str.isdigit, text)):
        return
    if name == "node":
        role, versions = ("support", "npm") if role == "support" else ("pin", "runtime")
        yield _dependency(
            manifest, "node", name, Source("runtimes", "node"), value.at, text, role=role, versions=versions
        )
    elif name in _PACKAGE_MANAGERS:
        source = _npm(_published(name, text), registries)
        yield _dependency(manifest, section, name, source, value.at, text, role=role)


def _package_manager(manifest: Manifest, registries: Mapping[str, str], value: Scalar | None) -> Iterator[Dependency]:
    """`pnpm@9.1.0`, perhaps with the hash of what Corepack downloads."""
    found = _PACKAGE_MANAGER.fullmatch(value.value) if value and _plain(manifest, value) else None
    if value and found and scheme.is_version(found[2]):
        name, version, digest = found.groups()
        at = Span(value.at.start + found.start(2), value.at.end)
        source = _npm(_published(name, version), registries)
        yield _dependency(manifest, "packageManager", name, source, at, version, digest=digest)


def _published(name: str, version: str) -> str:
    """Yarn from version 2 on is published under another name."""
    lowest = scheme.lowest(version) or version
    return "@yarnpkg/cli-dist" if name == "yarn" and not lowest.lstrip("v=").startswith(("0.", "1.")) else name


def _dependency(
    manifest: Manifest,
    section: str,
    name: str,
    source: Source,
    at: Span,
    constraint: str,
    *,
    locked: str | None = None,
    digest: str | None = None,
    role: Role = "package",
    versions: str = "npm",
) -> Dependency:
    return Dependency(
        manager=NAME,
        file=manifest.path,
        name=name,
        source=source,
        scheme=versions,
        at=at,
        text=manifest.text[slice(*at)],
        constraint=constraint,
        current=locked or npm_specs.lowest(constraint),
        locked=locked,
        digest=digest,
        role=role,
        section=section,
    )


def _plain(manifest: Manifest, value: Scalar) -> bool:
    """Whether the file writes the string as it is meant, so that a part of it can be replaced."""
    return value.quoted and manifest.text[slice(*value.at)] == value.value


def _npm(package: str, registries: Mapping[str, str]) -> Source:
    scope = package.partition("/")[0] if package.startswith("@") else ""
    registry = registries.get(scope) or registries.get("")
    return Source("npm", package, (registry,) if registry else ())


def _registries(manifest: Manifest) -> Mapping[str, str]:
    """Scope (empty: all else) -> registry, as the project says; no addresses with variables or credentials.

    https://docs.npmjs.com/cli/using-npm/scope, https://yarnpkg.com/configuration/yarnrc#npmScopes
    """
    npmrc, yarnrc = manifest.neighbour(".npmrc"), manifest.neighbour(".yarnrc.yml")
    found: list[tuple[str, str]] = _REGISTRY.findall(npmrc.text) if npmrc else []
    for path, value, _ in npm_locks.yaml_lines(yarnrc.text) if yarnrc else ():
        if path == ("npmRegistryServer",):
            found.append(("", value))
        elif len(path) == 3 and path[::2] == ("npmScopes", "npmRegistryServer"):
            found.append((f"@{path[1]}", value))
    return {scope: url for scope, url in found if _ADDRESS.fullmatch(url)}
