"""What each package manager gets: its own configuration and credentials, and nothing that runs foreign code.

Sources: the configuration chapters of npm, pnpm, Yarn (1 and later), Composer, uv and Poetry. Variables win over the
project's own files in all of them, so that a repository can't turn scripts back on.
"""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from maintainer.errors import ToolFailed, Unreadable
from maintainer.model import Command
from maintainer.text import yaml_tree
from maintainer.text.composer_plugins import needed
from maintainer.text.tree import Array, Node, Scalar, Table
from maintainer.workspace import uv_projects

#: Where every client looks for the user's configuration, proxies and certificates.
COMMON = (
    r"HOME|USERPROFILE|APPDATA|LOCALAPPDATA|XDG_\w+|NETRC|SSH_AUTH_SOCK|GIT_SSH_COMMAND|GIT_SSL_CAINFO"
    r"|(HTTPS?|ALL|NO)_PROXY|(https?|all|no)_proxy|NODE_EXTRA_CA_CERTS|REQUESTS_CA_BUNDLE|CURL_CA_BUNDLE"
)
NODE = r"npm_config_.+|NPM_CONFIG_.+|NPM_TOKEN|NODE_AUTH_TOKEN"

#: A project's .npmrc could name any program as git or as the shell, and a module for Node to load: hence these three.
NODE_OFF = {
    "npm_config_ignore_scripts": "true",
    "npm_config_git": "git",
    "npm_config_script_shell": "/bin/sh",
    "npm_config_node_options": "--no-warnings",
    "npm_config_audit": "false",
    "npm_config_fund": "false",
    "npm_config_update_notifier": "false",
    "npm_config_progress": "false",
    # Corepack would read its own settings from a project's .corepack.env, those of trust included.
    "COREPACK_ENV_FILE": "0",
    "COREPACK_ENABLE_AUTO_PIN": "0",
}


@dataclass(frozen=True, slots=True)
class PackageManager:
    """`passes` matches the variables it gets of ours, `forced` are set whatever others say, `flags` are put first.

    `check` proves the file `lock` fresh after a run: arguments that must succeed. `reads` are the user's files with
    credentials, from the home folder. `look` (at a command's folder, in a root) raises
    `errors.ToolFailed` for a project that a person must lock.
    """

    passes: str
    forced: Mapping[str, str] = field(default_factory=dict)
    flags: tuple[str, ...] = ()
    lock: str = ""
    check: tuple[str, ...] = ()
    reads: tuple[str, ...] = (".netrc",)
    look: Callable[[Command, Path, Path], None] | None = None
    #: Other versions of it come from the npm registry, or from a Python index (through uv).
    origin: str = ""


def left_to_a_person(what: str, why: str) -> ToolFailed:
    """The error for a lock that only foreign code could write."""
    return ToolFailed(f"{what} {why}. We run no code of a project's dependencies: refresh this lock file by hand.")


def document(path: Path) -> dict[str, Any]:
    """A JSON object from a file, empty when there is none in it."""
    try:
        found = json.loads(path.read_bytes())
    except (OSError, ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def _look_pnpm(_: Command, folder: Path, root: Path) -> None:
    for above in _upwards(folder, root):
        for name in (".pnpmfile.cjs", ".pnpmfile.mjs", "pnpmfile.js"):
            if (above / name).exists():
                raise left_to_a_person("pnpm", f"would run {name} to resolve")
        if re.search(
            rb"(?i)pnpmfile|configDependencies", _bytes(above / ".npmrc") + _bytes(above / "pnpm-workspace.yaml")
        ):
            raise left_to_a_person("pnpm", "would run the hooks that its settings name")


def _look_yarn(_: Command, folder: Path, root: Path) -> None:
    for above in _upwards(folder, root):
        settings = _bytes(above / ".yarnrc.yml").decode("utf-8", "replace")
        try:
            named = yaml_tree.parse_table(settings)
        except Unreadable:
            raise left_to_a_person("Yarn", "has a .yarnrc.yml that can't be read") from None
        if any(key.value == "plugins" and not _empty(child) for key, child in named.items):
            raise left_to_a_person("Yarn", "would load the plugins that .yarnrc.yml names")
        if any(_EXEC.search(text) for text in _texts(named)):
            raise left_to_a_person("Yarn", "would run the generator that .yarnrc.yml names")
    for project in root.rglob("package.json"):
        if _EXEC.search(json.dumps(document(project))):
            raise left_to_a_person("Yarn", f"would run the generator that {project.relative_to(root)} names")


#: A dependency that a script makes (https://yarnpkg.com/protocol/exec), also inside of another protocol.
_EXEC = re.compile(r"(?:^|[\"@])exec(?::|%3A)", re.IGNORECASE)


def _empty(node: Node) -> bool:
    return isinstance(node, Array) and not node.items


def _texts(node: Node) -> Iterator[str]:
    """All keys and values; an alias stands for its node each time."""
    waiting = [node]
    while waiting:
        match waiting.pop():
            case Scalar(value):
                yield value
            case Table(items):
                waiting += [part for pair in items for part in pair]
            case Array(items):
                waiting += items


def _look_yarn_1(_: Command, folder: Path, root: Path) -> None:
    """`--modules-folder` would write packages outside of the worktree, and a `\\` could spell it otherwise."""
    for above in _upwards(folder, root):
        if re.search(rb"modules-folder|cwd|\\", _bytes(above / ".yarnrc")):
            raise left_to_a_person("Yarn", "would install to where .yarnrc says")


def _bytes(file: Path) -> bytes:
    return file.read_bytes() if file.is_file() else b""


def _upwards(folder: Path, root: Path) -> list[Path]:
    """Where the Node tools look for their settings, no further than `root`."""
    return [above for above in (folder, *folder.parents) if above.is_relative_to(root)]


def _look_composer(_: Command, folder: Path, __: Path) -> None:
    project = document(folder / "composer.json")
    config = project.get("config")
    allowed = config.get("allow-plugins") if isinstance(config, dict) else None
    if isinstance(allowed, dict):
        allowed = {name: runs is not False for name, runs in allowed.items()}
    for section in ("require", "require-dev"):
        wanted = project.get(section)
        for name in needed(wanted if isinstance(wanted, dict) else (), True if allowed is None else allowed):
            raise left_to_a_person("Composer", f"needs the plugin {name} to resolve")


#: What .python-version may ask for: anything else may be a file of the repository, which uv would start.
_PYTHON = re.compile(r"(?:(?:c?python|pypy|graalpy)[@-]?)?[<>=~!]*\d[\w.+-]*|#.*|")


def _look_uv(command: Command, folder: Path, root: Path) -> None:
    for above in _upwards(folder, root):
        for name in (".python-version", ".python-versions"):
            lines = _bytes(above / name).decode("utf-8", "replace").splitlines()
            if not all(_PYTHON.fullmatch(line.strip()) for line in lines):
                raise left_to_a_person("uv", f"would start the program that {name} names")
    compiles = command.argv[1:3] == ("pip", "compile")
    if why := uv_projects.built_to_compile(folder, command.argv[3:]) if compiles else uv_projects.built_to_lock(folder):
        raise left_to_a_person("uv", why)


PACKAGE_MANAGERS: Mapping[str, PackageManager] = {
    "npm": PackageManager(NODE, NODE_OFF, reads=(".npmrc",), origin="npm"),
    "pnpm": PackageManager(
        f"{NODE}|PNPM_.+|pnpm_config_.+",
        {**NODE_OFF, "pnpm_config_ignore_scripts": "true", "npm_config_manage_package_manager_versions": "false"},
        flags=("--config.ignore-pnpmfile=true",),
        lock="pnpm-lock.yaml",
        check=("install", "--frozen-lockfile", "--lockfile-only"),
        reads=(".npmrc",),
        look=_look_pnpm,
        origin="npm",
    ),
    "yarn": PackageManager(
        f"{NODE}|YARN_.+",
        {
            **NODE_OFF,
            "YARN_IGNORE_PATH": "1",
            "YARN_ENABLE_SCRIPTS": "0",
            "YARN_ENABLE_CONSTRAINTS_CHECKS": "0",
            "YARN_ENABLE_TELEMETRY": "0",
            "YARN_ENABLE_IMMUTABLE_INSTALLS": "0",
            "YARN_ENABLE_PROGRESS_BARS": "0",
        },
        reads=(".npmrc", ".yarnrc.yml"),
        look=_look_yarn,
        origin="npm",
    ),
    # Yarn 1 heeds neither npm's setting nor the newer Yarn's, and has no way to lock without installing.
    "yarn 1": PackageManager(
        f"{NODE}|YARN_.+",
        {**NODE_OFF, "YARN_IGNORE_PATH": "1", "YARN_IGNORE_SCRIPTS": "true"},
        flags=("--ignore-scripts", "--no-progress"),
        reads=(".npmrc", ".yarnrc"),
        look=_look_yarn_1,
        origin="npm",
    ),
    "composer": PackageManager(
        r"COMPOSER_.+",
        {"COMPOSER_NO_INTERACTION": "1", "COMPOSER_ALLOW_SUPERUSER": "1", "COMPOSER_NO_AUDIT": "1"},
        flags=("--no-plugins", "--no-scripts", "--no-ansi"),
        lock="composer.lock",
        check=("validate", "--no-check-all", "--no-check-publish"),
        reads=(".composer/auth.json", ".config/composer/auth.json", ".netrc"),
        look=_look_composer,
    ),
    "uv": PackageManager(
        r"UV_.+|PIP_.+",
        {
            "UV_NO_BUILD": "1",
            "UV_PYTHON_DOWNLOADS": "never",
            "UV_NO_PROGRESS": "1",
            # A .venv that is committed has a Python of its own, which would be started.
            "UV_PROJECT_ENVIRONMENT": "/nonexistent/venv",
            "UV_SYSTEM_PYTHON": "1",
        },
        lock="uv.lock",
        check=("lock", "--locked"),
        look=_look_uv,
        origin="uv",
    ),
    "poetry": PackageManager(
        r"POETRY_.+|PIP_.+",
        {
            "POETRY_NO_INTERACTION": "1",
            "POETRY_VIRTUALENVS_CREATE": "false",
            "POETRY_VIRTUALENVS_IN_PROJECT": "false",
            "PYTHON_KEYRING_BACKEND": "keyring.backends.null.Keyring",
        },
        flags=("--no-plugins", "--no-ansi"),
        lock="poetry.lock",
        check=("check", "--lock"),
        reads=(".config/pypoetry/auth.toml", ".netrc"),
        origin="uv",
    ),
}


def check_npm_lock(command: Command, folder: Path) -> None:
    """npm has no cheap check of its own: the lock must state what package.json asks for. Raises `errors.ToolFailed`."""
    for path in command.writes:
        name = path.rsplit("/", 1)[-1]
        if name not in ("package-lock.json", "npm-shrinkwrap.json"):
            continue
        lock, project = document(folder / name), document(folder / "package.json")
        if not lock:
            raise ToolFailed(f"npm wrote a {path} that is no JSON object.")
        packages = lock.get("packages")
        root = packages.get("") if isinstance(packages, dict) else None
        for section in ("dependencies", "devDependencies", "optionalDependencies"):
            asked, locked = project.get(section), root.get(section) if isinstance(root, dict) else None
            if isinstance(asked, dict) and isinstance(locked, dict):
                stale = sorted(package for package, spec in locked.items() if asked.get(package, spec) != spec)
                if stale:
                    raise ToolFailed(f"npm left {path} stale: it locks another {stale[0]} than package.json asks for.")
