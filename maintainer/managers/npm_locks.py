"""What the lock files of npm, pnpm and Yarn say: which version each package.json beside or below them got.

Lock files are written by machines, so the parts we need are found by their lines; nothing of them is kept.
https://docs.npmjs.com/cli/configuring-npm/package-lock-json, https://github.com/pnpm/spec/tree/master/lockfile,
https://classic.yarnpkg.com/docs/yarn-lock
"""

import json
import posixpath
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final, Literal, NamedTuple

from maintainer.model import Edit, Manifest, Span

Tool = Literal["npm", "pnpm", "yarn", "berry"]

#: Lock files by name; of several in one folder the first tells what is locked.
FILES: Final[tuple[str, ...]] = ("npm-shrinkwrap.json", "package-lock.json", "pnpm-lock.yaml", "yarn.lock")

#: A lock file we can tell, and not write. https://bun.com/docs/pm/lockfile
BUN: Final = "bun.lock"

#: The tool's major that writes a format.
_PNPM: Final = {"5": "7", "6": "8", "9": "9"}
_BERRY: Final = {"4": "2", "5": "2", "6": "3"}

_YARN_ENTRY: Final = re.compile(r'^("?[^\s#].*?):\r?\n  version:? "?([^"\r\n]+)"?\r?$', re.MULTILINE)
_YARN_KEY: Final = re.compile(r'"?((?:[^",]|,(?! ))+)"?(?:, |$)')
_YAML_LINE: Final = re.compile(
    r"^( *)(?:'([^'\r\n]*)'|\"([^\"\r\n]*)\"|([^\s'\"#][^\r\n]*?)):(?: +(?! )([^\r\n]*))?\r?$", re.MULTILINE
)
_BERRY_KEY: Final = re.compile(r'^"([^"\r\n]+)":', re.MULTILINE)
_PNPM_VERSION: Final = re.compile(r"(?:(\d[^(_/@\s]*)|/?(?:@[^/@():]+/)?[^/@():]+[/@](\d[^(_\s]*))(?:[(_].*)?")
_SECTIONS: Final = frozenset({"dependencies", "devDependencies", "optionalDependencies"})


@dataclass(frozen=True, slots=True)
class Lock:
    """A lock file that covers a package.json: `member` is that one's folder, seen from the lock file's (`.`: the same).

    `versions` says which version of the tool it asks for, as far as its format tells (`{"pnpm": "9"}`).
    """

    tool: Tool
    path: str
    text: str
    member: str
    versions: Mapping[str, str]

    @property
    def folder(self) -> str:
        return posixpath.dirname(self.path)

    def locked(self, name: str, spec: str) -> str | None:
        """The version that `name` with `spec`, as package.json writes them, got."""
        match self.tool:
            case "npm":
                return _npm_locked(_npm(self.text), self.member, name)
            case "pnpm":
                return _pnpm(self.text).get(self.member, {}).get(name)
            case _:
                return _yarn(self.text).get(descriptor(self.tool, name, spec))


def descriptor(tool: Tool, name: str, spec: str) -> str:
    """What a yarn.lock calls it."""
    return berry_key(f"{name}@{spec}") if tool == "berry" else f"{name}@{spec}"


def covering(manifest: Manifest, specs: Iterable[tuple[str, str]]) -> list[Lock]:
    """The lock files of the nearest folder that cover the manifest, the one that tells first in front."""
    folder = posixpath.dirname(manifest.path)
    near = [
        lock
        for name in FILES
        if (found := manifest.neighbour(name)) and (lock := _lock(found.path, found.text, folder))
    ]
    covers = [lock for lock in near if lock.member == "." or _has_member(lock, specs)]
    nearest = max((len(lock.folder) for lock in covers), default=0)
    return [lock for lock in covers if len(lock.folder) == nearest]


def bun(manifest: Manifest) -> str:
    """The path of Bun's lock file that covers the manifest, empty when none does."""
    found = manifest.neighbour(BUN)
    if found is None:
        return ""
    member = posixpath.relpath(f"/{posixpath.dirname(manifest.path)}", f"/{posixpath.dirname(found.path)}")
    known = member == "." or re.search(rf'^ +"{re.escape(member)}": ?\{{', found.text, re.MULTILINE)
    return found.path if known else ""


def _lock(path: str, text: str, folder: str) -> Lock:
    name = posixpath.basename(path)
    member = posixpath.relpath(f"/{folder}", f"/{posixpath.dirname(path)}")
    if name == "pnpm-lock.yaml":
        version = re.search(r"^lockfileVersion: '?(\d+)", text, re.MULTILINE)
        major = _PNPM.get(version[1]) if version else None
        return Lock("pnpm", path, text, member, {"pnpm": major} if major else {})
    if name == "yarn.lock":
        version = re.search(r"^__metadata:\r?\n  version: \"?(\d+)", text, re.MULTILINE)
        if not version:
            return Lock("yarn", path, text, member, {"yarn": "1"})
        return Lock("berry", path, text, member, {"yarn": _BERRY.get(version[1], "4")})
    return Lock("npm", path, text, member, {})


def _has_member(lock: Lock, specs: Iterable[tuple[str, str]]) -> bool:
    """Whether a lock file above knows this package.json at all: a nested project need not be a workspace of it."""
    match lock.tool:
        case "npm":
            return lock.member in _npm(lock.text)
        case "pnpm":
            return lock.member in _pnpm(lock.text)
        case "berry":
            return any(key.endswith(f"@workspace:{lock.member}") for key in _yarn(lock.text))
    known = _yarn(lock.text)
    return any(descriptor("yarn", name, spec) in known for name, spec in specs)


def npm_format(text: str) -> int:
    """The `lockfileVersion` of a package-lock.json, 0 when it doesn't say."""
    found = re.search(r'"lockfileVersion"\s*:\s*([1-3])\b', text)
    return int(found[1]) if found else 0


@lru_cache(maxsize=4)
def _npm(text: str) -> Mapping[str, str]:
    """Folder -> version, of `packages` or, in the first format, of the top level of `dependencies`."""
    try:
        data = json.loads(text.removeprefix("\ufeff"))
    except (ValueError, RecursionError):
        return {}
    packages, old = _member(data, "packages"), _member(data, "dependencies")
    if packages:
        return {folder: _text(one, "version") for folder, one in packages.items()}
    return {f"node_modules/{name}": _first_format(_text(one, "version")) for name, one in old.items()}


def _first_format(version: str) -> str:
    """Of `1.2.3`, and of `npm:real@1.2.3` for an alias; nothing of an address, which states no version."""
    found = re.fullmatch(r"(?:npm:(?:@[^/@]+/)?[^/@]+@)?(\d[^/:@\s]*)", version)
    return found[1] if found else ""


def _npm_locked(folders: Mapping[str, str], member: str, name: str) -> str | None:
    """The nearest `node_modules` above the member that has it, as Node looks it up."""
    places = [f"{member}/node_modules/{name}"] if member != "." else []
    return next((version for place in (*places, f"node_modules/{name}") if (version := folders.get(place))), None)


def _member(data: Any, name: str) -> dict[str, Any]:
    found = data.get(name) if isinstance(data, dict) else None
    return found if isinstance(found, dict) else {}


def _text(data: Any, name: str) -> str:
    found = data.get(name) if isinstance(data, dict) else None
    return found if isinstance(found, str) else ""


@lru_cache(maxsize=4)
def _pnpm(text: str) -> Mapping[str, Mapping[str, str]]:
    """Member -> name -> version, of `importers` or, where there is only the root, of the top level."""
    importers: dict[str, dict[str, str]] = {}
    for path, value, _ in yaml_lines(text):
        if path[0] == "importers" and len(path) > 1:
            member, path = path[1], path[2:]
        elif path[0] in _SECTIONS:
            member = "."
        else:
            continue
        known = importers.setdefault(member, {})
        stated = len(path) == 2 or (len(path) == 3 and path[2] == "version")
        if stated and path[0] in _SECTIONS and (version := _pnpm_version(value)):
            known[path[1]] = version
    return importers


def _pnpm_version(value: str) -> str | None:
    """`9.4.2`, `9.4.2(react@18.2.0)`, `9.4.2_react@18.2.0`, `/real/9.4.2`, `/real@9.4.2`, `real@9.4.2`."""
    found = _PNPM_VERSION.fullmatch(value)
    return found[1] or found[2] if found else None


class Line(NamedTuple):
    """A key with its path and the value on its line, which stands at `at` (quotes included)."""

    path: tuple[str, ...]
    value: str
    at: Span


def yaml_lines(text: str) -> Iterator[Line]:
    """The lines of a pnpm-lock.yaml as far as its packages: pnpm writes block style only."""
    end = re.search(r"^packages:", text, re.MULTILINE)
    path: list[tuple[int, str]] = []
    for found in _YAML_LINE.finditer(text, 0, end.start() if end else len(text)):
        depth = len(found[1])
        while path and path[-1][0] >= depth:
            path.pop()
        if len(path) > 8:
            return
        path.append((depth, found[2] or found[3] or found[4] or ""))
        value = (found[5] or "").rstrip()
        start = found.start(5) if value else found.end()
        yield Line(tuple(name for _, name in path), value.strip("'\""), Span(start, start + len(value)))


@lru_cache(maxsize=4)
def _yarn(text: str) -> Mapping[str, str]:
    """Descriptor -> version."""
    return {key: entry[2].strip() for entry in _YARN_ENTRY.finditer(text) for key in _YARN_KEY.findall(entry[1])}


def berry_key(stated: str) -> str:
    """The key of `name@range` in a yarn.lock of Yarn 2 and later, which writes the protocol out."""
    return stated if "@npm:" in stated else "@npm:".join(stated.rsplit("@", 1))


def berry_edits(lock: Lock, package: str, key: str, version: str) -> Iterator[Edit]:
    """The entry of `key` anew, with a version and nothing else; one that is there keeps its other keys.

    What nothing refers to any more, Yarn drops.
    """
    for entry in _BERRY_KEY.finditer(lock.text):
        start = entry.start(1)
        for stated in entry[1].split(", "):
            if stated == key:
                unused = f"{key.rpartition('@npm:')[0]}@npm:0.0.0-replaced"
                yield Edit(lock.path, Span(start, start + len(key)), key, unused)
            start += len(stated) + len(", ")
    end = len(lock.text)
    stub = (
        f'\n"{key}":\n  version: {version}\n  resolution: "{package}@npm:{version}"\n'
        "  languageName: node\n  linkType: hard\n"
    )
    yield Edit(lock.path, Span(end, end), "", stub)
