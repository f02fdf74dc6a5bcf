"""Where composer.json says its packages come from.

https://getcomposer.org/doc/05-repositories.md, https://getcomposer.org/doc/articles/repository-priorities.md
"""

import posixpath
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from maintainer.model import Source
from maintainer.text.tree import Array, Node, Scalar, Table

#: What Composer asks last unless told not to (its documentation, "packagist.org").
PACKAGIST: Final = "https://repo.packagist.org"
_DISABLED: Final = frozenset({"packagist.org", "packagist"})
_VCS: Final = frozenset({"vcs", "git", "github", "gitlab", "git-bitbucket", "hg", "svn", "bitbucket"})
_REPOSITORY: Final = re.compile(
    r"(?:(?:https?|ssh|git)://)?(?:[^@/\s]+@)?([\w.-]+)(?::\d+/|[:/])([\w./~-]+?)(?:\.git)?/?", re.ASCII
)
_FORGES: Final = {"github.com": "github", "gitlab.com": "gitlab"}


@dataclass(frozen=True, slots=True)
class _Repository:
    """`only` and `exclude` are globs over package names; `url` is empty for a package written out in composer.json."""

    kind: str
    url: str
    only: tuple[str, ...]
    exclude: tuple[str, ...]

    def may_have(self, package: str) -> bool:
        if self.only:
            return _matches(self.only, package)
        return not _matches(self.exclude, package)


def source(tree: Table, package: str, locked_from: str) -> Source | None:
    """Where to look for `package`, None for one that stands in the repository itself or in one we can't list.

    `locked_from` is the source's address in composer.lock (`path` for a package from a folder), empty when unknown.
    """
    if locked_from == "path":
        return None
    registries: list[str] = []
    for one in _repositories(tree):
        if not one.may_have(package):
            continue
        if one.kind == "composer":
            registries.append(one.url)
        elif _is_in(one, package, locked_from):
            forge, path = _place(one.url)
            return Source("forge-tags", f"{forge}:{path}") if one.kind in _VCS and forge else None
    default = [] if any(registry == PACKAGIST for registry in registries) else _packagist(tree)
    if not registries and default == [PACKAGIST]:
        return Source("packagist", package)
    registries += default
    return Source("packagist", package, tuple(registries)) if registries else None


def _is_in(repository: _Repository, package: str, locked_from: str) -> bool:
    """Whether a repository that holds few packages holds this one: as locked, else by its name."""
    if repository.kind in _VCS:
        place = _place(repository.url)
        return bool(place[1]) and (
            place == _place(locked_from)
            if locked_from
            else place[1].lower().endswith(f"/{package}") or place[1].lower() == package
        )
    if repository.kind == "path":
        return posixpath.basename(repository.url.rstrip("/")) == package.partition("/")[2]
    return repository.kind == "package" and repository.url == package


def _place(url: str) -> tuple[str, str]:
    """The forge (empty for one we don't know) and the path of a repository."""
    found = _REPOSITORY.fullmatch(url)
    return (_FORGES.get(found[1].lower(), ""), found[2]) if found else ("", "")


def _repositories(tree: Table) -> Iterator[_Repository]:
    for name, node in _listed(tree):
        if not isinstance(node, Table) or name in _DISABLED:
            continue
        kind, url = node.text("type"), node.text("url")
        only, exclude = _texts(node.get("only")), _texts(node.get("exclude"))
        if kind == "package":
            for written in _packages(node.get("package")):
                yield _Repository(kind, written.text("name").lower(), only, exclude)
        elif kind == "composer":
            if address := _address(url):
                yield _Repository(kind, address, only, exclude)
        else:
            yield _Repository(kind, url, only, exclude)


def _packagist(tree: Table) -> list[str]:
    """The default repository's address, or the one put in its place, or nothing when it is switched off."""
    for name, node in _listed(tree):
        if name in _DISABLED:
            address = _address(node.text("url")) if isinstance(node, Table) else ""
            return [address] if address else []
        if isinstance(node, Table) and any(
            key.value in _DISABLED and isinstance(value, Scalar) and value.value == "false" for key, value in node.items
        ):
            return []
    return [PACKAGIST]


def _listed(tree: Table) -> Iterator[tuple[str, Node]]:
    """Repositories with their names; in a list they have none."""
    node = tree.get("repositories")
    if isinstance(node, Array):
        yield from (("", one) for one in node.items)
    elif isinstance(node, Table):
        yield from ((key.value, one) for key, one in node.items)


def _packages(node: Node | None) -> list[Table]:
    listed = node.items if isinstance(node, Array) else (node,)
    return [one for one in listed if isinstance(one, Table)]


def _address(url: str) -> str:
    """An address over HTTP without credentials, empty for what is none."""
    found = re.fullmatch(r"(https?://)(?:[^/@\s]*@)?([^/@\s]+(?:/[^\s]*)?)", url)
    return (found[1] + found[2]).rstrip("/") if found else ""


def _texts(node: Node | None) -> tuple[str, ...]:
    items = node.items if isinstance(node, Array) else ()
    return tuple(one.value for one in items if isinstance(one, Scalar))


def _matches(globs: tuple[str, ...], package: str) -> bool:
    return any(_like(glob.lower(), package) for glob in globs)


def _like(glob: str, package: str) -> bool:
    """Composer's globs: `*` is anything. By hand: as a regular expression many stars can take forever."""
    first, *others = glob.split("*")
    if not others:
        return package == glob
    last = others.pop()
    at, end = len(first), len(package) - len(last)
    if at > end or not package.startswith(first) or not package.endswith(last):
        return False
    for part in others:
        found = package.find(part, at, end)
        if found < 0:
            return False
        at = found + len(part)
    return True
