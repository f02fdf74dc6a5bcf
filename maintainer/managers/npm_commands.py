"""How a lock file of npm, pnpm or Yarn comes to hold exactly the releases asked for.

Left alone, every one of these tools takes the newest release that a range allows, which may be too young to be used.
So each is told the version, in the way it has; all four were tried on a package whose range allowed a newer one.

* pnpm 7 to 10: `pnpm update --no-save name@version` resolves that version and writes package.json's own range.
* npm: only `npm install name@version` takes a version, and it rewrites package.json. So package.json is put back and
  a second `npm install` records the author's ranges: what is locked meets them, hence stays. Both run in one
  `npm exec --call`, with the very npm that was started.
* Yarn 1: the same with `yarn upgrade`; then the lock file's new key `name@version` takes the range's place.
* Yarn 2 and later: the lock file's entry is replaced by one that says only the version; `--refresh-lockfile` completes
  it from the registry, and what nothing needs any more is dropped.
"""

import posixpath
import re
import shlex
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final

from maintainer.errors import ToolFailed
from maintainer.managers import npm_locks
from maintainer.managers.npm_locks import Lock
from maintainer.model import Command, Edit, Manifest, Step, Update
from maintainer.text import edits

_EXACT: Final = frozenset({"dependencies", "devDependencies", "optionalDependencies"})
_NPM: Final = ("install", "--package-lock-only", "--ignore-scripts", "--no-audit", "--no-fund")
_PNPM: Final = ("--lockfile-only", "--ignore-scripts")
_YARN: Final = (
    "--ignore-scripts", "--ignore-engines", "--ignore-platform", "--non-interactive", "--no-progress",
)  # fmt: skip
_BERRY: Final = ("install", "--mode=update-lockfile")
_ITSELF: Final = '"$npm_node_execpath" "$npm_execpath"'
#: npm and Yarn put `node_modules/.bin` first, where a repository may have committed a `cp` of its own.
_PATH: Final = 'PATH="${MAINTAINER_PATH:-$PATH}"'


def steps(manifest: Manifest, updates: Sequence[Update], locks: Sequence[Lock]) -> Sequence[Step]:
    """The edits of package.json (and of Yarn's lock file), then one command for each lock file.

    Raises `errors.ToolFailed` where Corepack's hash of a package manager would have to be computed.
    """
    for update in updates:
        _refuse_stale_digest(update)
    asked = _asked(manifest)
    return [
        *edits.replacements(updates),
        *(edit for lock in locks if lock.tool == "berry" for edit in _berry_edits(lock, updates)),
        *(_command(lock, updates, asked) for lock in locks),
    ]


def _refuse_stale_digest(update: Update) -> None:
    dependency = update.dependency
    if dependency.digest and dependency.digest in update.text:
        raise ToolFailed(
            f"{dependency.file}: the hash that Corepack wants beside {dependency.name} {update.release.version} is not "
            f"published: run `corepack use {dependency.name}@{update.release.version}`."
        )


def _asked(manifest: Manifest) -> Mapping[str, str]:
    """The package manager that package.json names, with its version."""
    found = re.search(r'"packageManager"\s*:\s*"(npm|pnpm|yarn)@(\d[\w.-]*)', manifest.text)
    return {found[1]: found[2]} if found else {}


def _command(lock: Lock, updates: Sequence[Update], asked: Mapping[str, str]) -> Command:
    exact = [update for update in updates if _is_exact(update)]
    tool: str = "yarn" if lock.tool == "berry" else lock.tool
    versions = {tool: asked[tool]} if tool in asked else dict(lock.versions)
    environment: dict[str, str] = {"CI": "true", "COREPACK_ENABLE_DOWNLOAD_PROMPT": "0"}
    cwd = lock.folder
    match lock.tool:
        case "npm":
            argv = _npm(lock, exact)
        case "pnpm":
            argv, cwd = _pnpm(exact), posixpath.normpath(posixpath.join(lock.folder, lock.member))
        case "yarn":
            argv = _yarn(lock, exact)
        case "berry":
            argv = (*_BERRY, *(["--refresh-lockfile"] if exact else []))
            environment |= {"YARN_ENABLE_IMMUTABLE_INSTALLS": "false", "YARN_ENABLE_SCRIPTS": "false"}
            environment |= {"YARN_ENABLE_TELEMETRY": "0", "YARN_CHECKSUM_BEHAVIOR": "update"}
    return Command(tool, (tool, *argv), "" if cwd == "." else cwd, (lock.path,), environment, versions)


def _is_exact(update: Update) -> bool:
    """Whether the installer can be told the version: a package of a registry that stands in the lock file."""
    return update.dependency.section in _EXACT and update.dependency.source.datasource == "npm"


def _wanted(update: Update) -> str:
    """`name@version`, or `alias@npm:name@version`."""
    name, package = update.dependency.name, update.dependency.source.package
    return f"{name}@{update.release.version}" if name == package else f"{name}@npm:{package}@{update.release.version}"


def _npm(lock: Lock, exact: Sequence[Update]) -> tuple[str, ...]:
    written = npm_locks.npm_format(lock.text)
    install = (*_NPM, *([f"--lockfile-version={written}"] if written else []))
    if not exact:
        return install
    told = [*install, *([] if lock.member == "." else [f"--workspace={lock.member}"]), *map(_wanted, exact)]
    file = posixpath.normpath(posixpath.join(lock.member, "package.json"))
    return ("exec", "--call", " && ".join((_PATH, *_put_back(file, told), f"{_ITSELF} {shlex.join(install)}")))


def _pnpm(exact: Sequence[Update]) -> tuple[str, ...]:
    if not exact:
        return ("install", *_PNPM, "--no-frozen-lockfile")
    return ("update", *_PNPM, "--no-save", *map(_wanted, exact))


def _yarn(lock: Lock, exact: Sequence[Update]) -> tuple[str, ...]:
    if not exact:
        return ("install", *_YARN)
    moves = lock.member != "."
    script = (
        _PATH,
        # `upgrade` refuses a lock file that lacks any new range of the workspace.
        f"{_ITSELF} {shlex.join(('install', *_YARN))}",
        *([f"cd {shlex.quote(lock.member)}"] if moves else []),
        *_put_back("package.json", ["upgrade", *_YARN, *map(_wanted, exact)]),
        *([f"cd {posixpath.relpath('.', lock.member)}"] if moves else []),
        *_renaming(_settled(update) for update in exact),
        f"{_ITSELF} {shlex.join(('install', *_YARN))}",
    )
    return ("--silent", "exec", "--", "/bin/sh", "-c", " && ".join(script))


def _put_back(path: str, arguments: Sequence[str]) -> tuple[str, ...]:
    """The tool run with `arguments`, and the package.json at `path` as it was before."""
    file = shlex.quote(f"./{path}")
    return (f"cp -p {file} {file}.before", f"{_ITSELF} {shlex.join(arguments)}", f"mv {file}.before {file}")


def _renaming(expressions: Iterable[str]) -> tuple[str, ...]:
    """Keys of yarn.lock changed by a sed script."""
    script = ";".join(filter(None, expressions))
    if not script:
        return ()
    return (f"sed -E {shlex.quote(script)} yarn.lock > yarn.lock.after", "mv yarn.lock.after yarn.lock")


def _settled(update: Update) -> str:
    """The key of the version becomes the key of the range, which until then stood elsewhere."""
    wanted, spec = _wanted(update), _stated(update, update.text)
    if spec == wanted:
        return ""
    return f"{_rename(spec, f'{update.dependency.name}@replaced')};{_rename(wanted, spec)}"


def _rename(old: str, new: str) -> str:
    """One key for another, in extended regular expressions."""
    found = re.sub(r"[].[*^$+?(){}|/\\]", r"\\\g<0>", old)
    put = re.sub(r"[&/\\]", r"\\\g<0>", new)
    return rf's/(^|, )"?{found}"?(, |:$)/\1"{put}"\2/'


def _stated(update: Update, text: str) -> str:
    """`name@range` with the range that package.json has (`text`)."""
    name, package = update.dependency.name, update.dependency.source.package
    return f"{name}@{text}" if name == package else f"{name}@npm:{package}@{text}"


def _berry_edits(lock: Lock, updates: Sequence[Update]) -> Iterator[Edit]:
    """In place of what a range got, an entry that says only the version wanted."""
    for update in filter(_is_exact, updates):
        key = npm_locks.berry_key(_stated(update, update.text))
        yield from npm_locks.berry_edits(lock, update.dependency.source.package, key, update.release.version)
