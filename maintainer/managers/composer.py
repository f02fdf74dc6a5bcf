"""Composer: composer.json, and what composer.lock says.

https://getcomposer.org/doc/04-schema.md. Plugins of Composer do not run, so what one of them would have to decide
(which packages there are at all, as symfony/flex and the merge plugin do) is left to a person.

The lock file gets exactly the release asked for: `composer update a/b --with a/b:9.4.2` adds that constraint for one
run. `--with-dependencies` lets what it needs move along, from Composer 2.7 on only as far as it must.
"""

import json
import posixpath
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from maintainer.errors import ToolFailed
from maintainer.managers import composer_repositories
from maintainer.model import Command, Dependency, Finding, Found, Manifest, Neighbour, Role, Source, Step, Update
from maintainer.text import edits, json_tree
from maintainer.text.composer_plugins import needed
from maintainer.text.tree import Scalar, Table
from maintainer.versions import composer as scheme

NAME: Final = "composer"
FILES: tuple[str, ...] = ("**/composer.json",)
BESIDE: tuple[str, ...] = ("composer.lock",)

_SECTIONS: Final = ("require", "require-dev")
#: Composer's own pattern, with one character a repetition: `(-?x+)*` would take forever on a long name without a slash.
_PACKAGE: Final = re.compile(r"[a-z0-9](?:[_.-]?[a-z0-9])*/[a-z0-9](?:(?:[_.]|-{1,2})?[a-z0-9])*", re.IGNORECASE)
_BRANCH: Final = re.compile(r"(?<![\w.-])dev-|-dev\b", re.IGNORECASE)
_FLAGS: Final = (
    "--no-install", "--no-scripts", "--no-plugins", "--no-interaction", "--no-ansi", "--no-progress",
    # What this machine lacks the site may have; PHP itself is never ignored.
    "--ignore-platform-req=ext-*", "--ignore-platform-req=lib-*",
)  # fmt: skip
_ENVIRONMENT: Final = {"COMPOSER_ALLOW_SUPERUSER": "1", "COMPOSER_NO_AUDIT": "1", "COMPOSER_MINIMAL_CHANGES": "1"}


@dataclass(frozen=True, slots=True)
class _Locked:
    """A package of composer.lock: `origin` is its source's address, or `path`; `php` what it requires of PHP."""

    version: str
    origin: str
    php: str


def extract(manifest: Manifest) -> Sequence[Found]:
    """Every constraint, the platform's PHP, and a finding for a plugin that decides what is resolved."""
    tree = json_tree.parse_table(manifest.text)
    lock = _lock(manifest)
    locked = _packages(lock.text) if lock else {}
    return [*_plugins(manifest, tree), *_dependencies(manifest, tree, locked)]


def steps(manifest: Manifest, updates: Sequence[Update]) -> Sequence[Step]:
    """The edits, then one run of Composer when there is a lock file.

    Raises `errors.ToolFailed` when a plugin would have to run for it.
    """
    lock = _lock(manifest)
    if lock is None:
        return edits.replacements(updates)
    for finding in _plugins(manifest, json_tree.parse_table(manifest.text)):
        raise ToolFailed(f"{manifest.path}: {finding.sentence}")
    packages = [update for update in updates if update.dependency.role == "package"]
    names = [update.dependency.name.lower() for update in packages]
    told = [f"--with={name}:{update.release.version}" for name, update in zip(names, packages, strict=True)]
    arguments = (*names, *told, "--with-dependencies") if packages else ("--lock",)
    version = re.search(r'"plugin-api-version"\s*:\s*"(\d+)', lock.text)
    return [
        *edits.replacements(updates),
        Command(
            tool="composer",
            argv=("composer", "update", *arguments, *_FLAGS),
            cwd=posixpath.dirname(manifest.path),
            writes=(lock.path,),
            environment=_ENVIRONMENT,
            versions={"composer": version[1]} if version else {},
        ),
    ]


def _lock(manifest: Manifest) -> Neighbour | None:
    """The lock file, which Composer takes from the same folder only."""
    found = manifest.neighbour("composer.lock")
    return found if found and posixpath.dirname(found.path) == posixpath.dirname(manifest.path) else None


def _dependencies(manifest: Manifest, tree: Table, locked: Mapping[str, _Locked]) -> Iterator[Dependency]:
    for section in _SECTIONS:
        for key, value in tree.scalars(section):
            name = key.value
            if name.lower() == "php":
                yield from _stated(manifest, "php", name, value, Source("runtimes", "php"), role="support")
            elif _PACKAGE.fullmatch(name):
                known = locked.get(name.lower())
                source = composer_repositories.source(tree, name.lower(), known.origin if known else "")
                if source:
                    yield from _stated(manifest, section, name, value, source, known)
    for key, value in tree.scalars("config", "platform"):
        if key.value == "php" and scheme.is_version(value.value):
            yield from _stated(manifest, "php", "php", value, Source("runtimes", "php"), role="pin")


def _stated(
    manifest: Manifest,
    section: str,
    name: str,
    value: Scalar,
    source: Source,
    locked: _Locked | None = None,
    role: Role = "package",
) -> Iterator[Dependency]:
    """A constraint, where one stands that an update could move: no branch, no `*`, no `self.version`."""
    text = value.value
    if not value.quoted or manifest.text[slice(*value.at)] != text:
        return
    if not scheme.is_constraint(text) or not any(map(str.isdigit, text)) or _BRANCH.search(text):
        return
    yield Dependency(
        manager=NAME,
        file=manifest.path,
        name=name,
        source=source,
        scheme="runtime" if role == "pin" else "composer",
        at=value.at,
        text=text,
        constraint=text,
        current=locked.version if locked else scheme.pinned(text) or scheme.lowest(text),
        locked=locked.version if locked else None,
        role=role,
        section=section,
        requires={"php": locked.php} if locked and locked.php else {},
    )


def _plugins(manifest: Manifest, tree: Table) -> Iterator[Finding]:
    required = [key for section in _SECTIONS for key, _ in tree.scalars(section)]
    switch = tree.get("config", "allow-plugins")
    allowed = (
        {key.value: value.value != "false" for key, value in switch.items if isinstance(value, Scalar)}
        if isinstance(switch, Table)
        else not (isinstance(switch, Scalar) and switch.value == "false")
    )
    for name in needed((key.value for key in required), allowed):
        places = [key for key in required if key.value == name]
        yield Finding(
            kind="composer-plugin",
            file=manifest.path,
            subject=name,
            sentence=(
                f"{name} decides which packages Composer resolves, and plugins do not run here: "
                "update the packages of this file by hand, with `composer update`."
            ),
            line=edits.line_of(manifest.text, places[0].at.start),
        )


@lru_cache(maxsize=4)
def _packages(text: str) -> Mapping[str, _Locked]:
    """The packages of a composer.lock by name; none when it can't be read (Composer will say so)."""
    try:
        data = json.loads(text.removeprefix("\ufeff"))
    except (ValueError, RecursionError):
        return {}
    listed = [one for section in ("packages", "packages-dev") for one in _items(data, section)]
    return {
        name.lower(): _Locked(
            version,
            "path" if _text(one, "dist", "type") == "path" else _text(one, "source", "url"),
            _text(one, "require", "php"),
        )
        for one in listed
        if (name := _text(one, "name")) and (version := _text(one, "version"))
    }


def _items(data: object, name: str) -> list[object]:
    found = data.get(name) if isinstance(data, dict) else None
    return found if isinstance(found, list) else []


def _text(data: object, *path: str) -> str:
    for name in path:
        data = data.get(name) if isinstance(data, dict) else None
    return data if isinstance(data, str) else ""
