"""Package managers, run to refresh lock files: the version the lock names, the user's credentials, no foreign code."""

import re
import secrets
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path

from maintainer import process
from maintainer.errors import ToolFailed
from maintainer.model import Command
from maintainer.process import Finished, minimal
from maintainer.workspace import composer_home, redaction
from maintainer.workspace.package_managers import COMMON, PACKAGE_MANAGERS, PackageManager, check_npm_lock

#: What a repository may ask for as a version: nothing that npm or uv would take for a file, an alias or an option.
VERSION = re.compile(r"\d+(\.\d+){0,2}(-[0-9A-Za-z.]+)?")
STATED = re.compile(rb"\d+(?:\.\d+)+[0-9A-Za-z.-]*")


class Toolbox:
    """Runs the package managers of `package_managers.PACKAGE_MANAGERS` with what they need of `environment`.

    `cache` is a folder that stays, for versions of tools that this machine doesn't have.
    """

    def __init__(self, environment: Mapping[str, str], cache: Path, seconds: float = 600) -> None:
        self.outer = environment
        self.cache = cache
        self.seconds = seconds
        self._found: dict[tuple[str, str], tuple[tuple[str, ...], str]] = {}

    def run(self, command: Command, root: Path) -> None:
        """Run a command in the worktree at `root`, then prove its lock fresh.

        Raises `errors.ToolFailed`: the tool is missing, failed, took too long, left the lock stale, or would have to
        run foreign code.
        """
        if command.tool not in PACKAGE_MANAGERS:
            raise ToolFailed(f"{command.tool} is no package manager that we can run.")
        folder = (root / command.cwd).resolve()
        if not folder.is_dir() or not folder.is_relative_to(root.resolve()):
            raise ToolFailed(f"{command.tool}: {command.cwd!r} is no folder of the repository.")
        launcher, version = self._launcher(command.tool, command.versions.get(command.tool, ""))
        rules = PACKAGE_MANAGERS.get(f"{command.tool} {version.split('.', 1)[0]}") or PACKAGE_MANAGERS[command.tool]
        if rules.look:
            rules.look(command, folder, root.resolve())
        with tempfile.TemporaryDirectory(prefix="maintainer-") as private:
            environment = self._environment(rules, command.environment)
            overridden = command.tool == "composer" and self._make_composer_home(
                Path(private) / "composer", folder, environment, command.versions.get("php", "")
            )
            lock = folder / "composer.lock"
            before = lock.read_bytes() if overridden and lock.is_file() else b""
            self._must(command, (*launcher, *rules.flags, *command.argv[1:]), folder, environment)
            if overridden:
                composer_home.without_override(lock, before)
            self._check(command, rules, launcher, folder, environment)

    def _must(self, command: Command, argv: tuple[str, ...], folder: Path, environment: Mapping[str, str]) -> None:
        done = self._run(argv, folder, environment)
        if done.code != 0:
            raise ToolFailed(
                f"{command.tool} failed in {command.cwd or 'the root'}, so nothing was changed. It said: "
                f"{self._said(done)}. Run `{' '.join(command.argv)}` there by hand to see all of it."
            )

    def _check(
        self,
        command: Command,
        rules: PackageManager,
        launcher: tuple[str, ...],
        folder: Path,
        environment: Mapping[str, str],
    ) -> None:
        if command.tool == "npm":
            check_npm_lock(command, folder)
        if not any(path.rsplit("/", 1)[-1] == rules.lock for path in command.writes):
            return
        done = self._run((*launcher, *rules.flags, *rules.check), folder, environment)
        # Composer's `validate` also fails for what was wrong in composer.json before.
        if done.code != 0 and (command.tool != "composer" or b"lock file" in done.out + done.err):
            raise ToolFailed(
                f"{command.tool} ran, but the lock file in {command.cwd or 'the root'} is not up to date with its "
                f"manifest. It said: {self._said(done)}."
            )

    def _run(self, argv: tuple[str, ...], folder: Path, environment: Mapping[str, str]) -> Finished:
        return process.run(argv, cwd=folder, environment=environment, seconds=self.seconds, limit=1024 * 1024)

    def _said(self, done: Finished) -> str:
        hidden = redaction.secrets(self.outer, self._credential_files())
        return redaction.quotable(done.out + b"\n" + done.err, hidden) or f"nothing (exit code {done.code})"

    def _credential_files(self) -> list[Path]:
        names = sorted({name for rules in PACKAGE_MANAGERS.values() for name in rules.reads})
        files = [Path(self.outer["HOME"]) / name for name in names] if self.outer.get("HOME") else []
        composer = composer_home.users_home(self.outer)
        return [*files, self._npmrc(), *([composer / "auth.json"] if composer else [])]

    def _environment(self, rules: PackageManager, more: Mapping[str, str]) -> dict[str, str]:
        passes = re.compile(f"{COMMON}|{rules.passes}")
        passed = {name: value for name, value in self.outer.items() if passes.fullmatch(name)}
        passed |= self._named_in_npmrc() if rules.origin == "npm" else {}
        asked = minimal(self.outer) | passed | dict(more) | {"NO_COLOR": "1", "GIT_TERMINAL_PROMPT": "0"}
        # For scripts of ours that a tool runs: it may have put folders of the repository before the others.
        asked["MAINTAINER_PATH"] = asked.get("PATH", "")
        ours = {name.lower() for name in rules.forced}
        return {name: value for name, value in asked.items() if name.lower() not in ours} | dict(rules.forced)

    def _named_in_npmrc(self) -> dict[str, str]:
        """The variables that the user's own .npmrc refers to (`${TOKEN}`)."""
        file = self._npmrc()
        text = file.read_bytes().decode("utf-8", "replace") if file.is_file() else ""
        names = re.findall(r"\$\{([A-Za-z_][A-Za-z0-9_]*)\??\}", text)
        return {name: self.outer[name] for name in names if name in self.outer}

    def _npmrc(self) -> Path:
        return Path(self.outer.get("NPM_CONFIG_USERCONFIG") or Path(self.outer.get("HOME") or "/") / ".npmrc")

    def _launcher(self, tool: str, wanted: str) -> tuple[tuple[str, ...], str]:
        """What starts the tool, and its version: the installed one when it will do, else one that does."""
        wanted = wanted.split("+", 1)[0].removeprefix("v")
        if wanted and not VERSION.fullmatch(wanted):
            raise ToolFailed(f"{tool}: {wanted[:80]!r} is no version that can be run.")
        if (tool, wanted) not in self._found:
            self._found[tool, wanted] = self._find(tool, wanted)
        return self._found[tool, wanted]

    def _find(self, tool: str, wanted: str) -> tuple[tuple[str, ...], str]:
        environment = self._environment(PACKAGE_MANAGERS[tool], {})
        path = shutil.which(tool, path=environment.get("PATH"))
        installed = self._version(path, environment) if path else ""
        if path and _same(tool, installed, wanted):
            return (path,), installed
        origin = PACKAGE_MANAGERS[tool].origin
        if wanted and origin == "npm" and shutil.which("npm", path=environment.get("PATH")):
            return (str(self._from_npm(tool, wanted)),), wanted
        uv = shutil.which("uv", path=environment.get("PATH"))
        if wanted and origin == "uv" and uv:
            exact = wanted if wanted.count(".") >= 2 else f"{wanted}.*"
            return (uv, "tool", "run", "--no-build", "--from", f"{tool}=={exact}", tool), wanted
        if not path:
            raise ToolFailed(f"{tool} is not installed. `maintainer doctor` says how to get it.")
        raise ToolFailed(f"The lock file is of {tool} {wanted}, and this machine has {installed}: install that one.")

    def _version(self, path: str, environment: Mapping[str, str]) -> str:
        with tempfile.TemporaryDirectory(prefix="maintainer-") as nowhere:
            stated = STATED.search(self._run((path, "--version"), Path(nowhere), environment).out)
        return stated[0].decode() if stated else ""

    def _from_npm(self, tool: str, version: str) -> Path:
        """A package manager installed from the user's npm registry into our cache, scripts off."""
        program = self.cache / f"{tool}-{version}" / "node_modules/.bin" / tool
        if program.exists():
            return program
        modern = tool == "yarn" and int(version.split(".", 1)[0]) > 1
        package = f"{'@yarnpkg/cli-dist' if modern else tool}@{version}"
        rules = PACKAGE_MANAGERS["npm"]
        command = Command("npm", ("npm", "install", "--no-save", "--no-package-lock", package), "", ())
        fresh = self.cache / f"new-{secrets.token_hex(6)}"
        try:
            fresh.mkdir(parents=True)
            (fresh / "package.json").write_bytes(b"{}")
            self._must(command, command.argv, fresh, self._environment(rules, {}))
            shutil.rmtree(self.cache / f"{tool}-{version}", ignore_errors=True)
            fresh.rename(self.cache / f"{tool}-{version}")
        except OSError as error:
            raise ToolFailed(f"{tool} {version} can't be kept in the cache {self.cache}: {error.strerror}.") from None
        finally:
            shutil.rmtree(fresh, ignore_errors=True)
        return program

    def _make_composer_home(self, home: Path, folder: Path, environment: dict[str, str], php: str) -> bool:
        """Composer's private home, put into `environment`; whether it overrides the PHP to resolve for."""
        environment["COMPOSER_CACHE_DIR"] = composer_home.cache(self.outer, self.cache / "composer")
        environment["COMPOSER_HOME"] = str(home)

        def here() -> str:
            program = shutil.which("php", path=environment.get("PATH"))
            return self._run((program, "-r", "echo PHP_VERSION;"), folder, environment).text if program else ""

        return composer_home.make_home(home, folder, self.outer, php, here)


def _same(tool: str, installed: str, wanted: str) -> bool:
    """Whether the installed tool writes the lock that the wanted one would; of Composer the major tells."""
    if tool == "composer":
        installed, wanted = installed.split(".", 1)[0], wanted.split(".", 1)[0]
    return not wanted or f"{installed}.".startswith(f"{wanted}.")
