"""Every package that a lock file names, those too that only other packages ask for.

https://docs.npmjs.com/cli/configuring-npm/package-lock-json, https://github.com/pnpm/spec/tree/master/lockfile,
https://classic.yarnpkg.com/docs/yarn-lock, https://getcomposer.org/doc/01-basic-usage.md,
https://packaging.python.org/en/latest/specifications/ and the pages of uv and Poetry.
"""

import json
import posixpath
import re
import tomllib
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final, NamedTuple

#: The last part of an address in `node_modules`, and what npm calls an alias.
_ALIAS: Final = re.compile(r"npm:((?:@[^/@]+/)?[^/@]+)@(.+)")
_YARN: Final = re.compile(
    r'^"?((?:@[^/@\s]+/)?[^@\s"]+)@(?:npm:((?:@[^/@\s]+/)?[^@\s",]+)@)?[^\r\n]*:\r?\n  version "([^"\r\n]+)"',
    re.MULTILINE,
)
_BERRY: Final = re.compile(r'^  resolution: "((?:@[^/@\s]+/)?[^@\s"]+)@npm:([^":\r\n]+)[^\r\n]*"\r?$', re.MULTILINE)
#: `/name/1.0.0_peer@1`, `/name@1.0.0(peer@1)` and `name@1.0.0`, with a scope or without.
_PNPM: Final = re.compile(r"/?((?:@[^/@]+/)?[^/@]+)[/@](\d[^(_/@\s]*)(?:[(_].*)?")
_PNPM_KEY: Final = re.compile(
    r"^  (?:'([^'\r\n]+)'|([^\s'\"#][^\r\n]*?)):(?: [^\r\n]*)?\r?$((?:\r?\n {4}[^\r\n]*)*)", re.MULTILINE
)


class Locked(NamedTuple):
    """A package by its registry (`npm`, `packagist`, `pypi`), and whether it says that only builds need it."""

    registry: str
    name: str
    version: str
    development: bool = False


def packages(path: str, text: str) -> Iterator[Locked]:
    """Those of one lock file; none of a file that is no lock file or can't be read, which its manager tells."""
    reader = READERS.get(posixpath.basename(path))
    try:
        yield from reader(text.removeprefix("\ufeff")) if reader else ()
    except (ValueError, RecursionError):
        return


def _npm(text: str) -> Iterator[Locked]:
    data = json.loads(text)
    if found := _tables(data, "packages"):
        for folder, one in found:
            name = one.get("name") or folder.rpartition("node_modules/")[2]
            if "node_modules/" in folder and not one.get("link"):
                yield from _known("npm", name, one.get("version"), bool(one.get("dev") or one.get("devOptional")))
    else:
        yield from _nested(data)


def _nested(data: Any) -> Iterator[Locked]:
    """The first format of npm."""
    for stated, one in _tables(data, "dependencies"):
        version = one.get("version")
        alias = _ALIAS.fullmatch(version) if isinstance(version, str) else None
        name, version = (alias[1], alias[2]) if alias else (stated, version)
        yield from _known("npm", name, version, bool(one.get("dev")))
        yield from _nested(one)


def _pnpm(text: str) -> Iterator[Locked]:
    _, _, listed = text.partition("\npackages:")
    for key, plain, body in _PNPM_KEY.findall(re.split(r"^\S", listed, maxsplit=1, flags=re.MULTILINE)[0]):
        if found := _PNPM.fullmatch(key or plain):
            yield Locked("npm", found[1], found[2], "\n    dev: true" in body.replace("\r", ""))


def _yarn(text: str) -> Iterator[Locked]:
    for name, version in _BERRY.findall(text):
        yield Locked("npm", name, version)
    for stated, real, version in _YARN.findall(text):
        yield from _known("npm", real or stated, version, development=False)


def _composer(text: str) -> Iterator[Locked]:
    data = json.loads(text)
    for section in ("packages", "packages-dev"):
        for one in _list(data, section):
            yield from _known("packagist", one.get("name"), one.get("version"), section == "packages-dev")


def _python(text: str) -> Iterator[Locked]:
    for one in _list(tomllib.loads(text), "package"):
        source = one.get("source")
        groups = one.get("groups")
        development = "main" not in groups if isinstance(groups, list) else one.get("category") == "dev"
        if not isinstance(source, dict) or source.keys().isdisjoint({"virtual", "editable", "directory"}):
            yield from _known("pypi", one.get("name"), one.get("version"), development)


def _known(registry: str, name: object, version: object, development: bool) -> Iterator[Locked]:
    """What has a name and a version; addresses stand where something is no release of a registry."""
    if isinstance(name, str) and name and isinstance(version, str) and version and "/" not in version:
        yield Locked(registry, name, version, development)


def _tables(data: Any, name: str) -> list[tuple[str, dict[str, Any]]]:
    found = data.get(name) if isinstance(data, dict) else None
    return [(key, one) for key, one in found.items() if isinstance(one, dict)] if isinstance(found, dict) else []


def _list(data: Any, name: str) -> list[dict[str, Any]]:
    found = data.get(name) if isinstance(data, dict) else None
    return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []


READERS: Final[Mapping[str, Callable[[str], Iterator[Locked]]]] = {
    "package-lock.json": _npm,
    "npm-shrinkwrap.json": _npm,
    "pnpm-lock.yaml": _pnpm,
    "yarn.lock": _yarn,
    "composer.lock": _composer,
    "uv.lock": _python,
    "poetry.lock": _python,
}
