import io
import json
import os
import shutil
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest

from maintainer.errors import ToolFailed
from maintainer.managers import npm
from maintainer.model import Command, Dependency, Edit, Manifest, Neighbour, Release, Span, Update
from maintainer.workspace.build import build
from maintainer.workspace.toolbox import Toolbox
from tests.loopback import Loopback, Reply
from tests.workspace.repositories import ENVIRONMENT, repository

#: uv comes with the development dependencies.
PATH = f"{Path(__file__).resolve().parents[2] / '.venv/bin'}:{os.environ.get('PATH', '')}"
EVIL = dict.fromkeys(("preinstall", "install", "postinstall", "prepare", "dependencies"), "touch canary")


def toolbox(tmp_path: Path, **more: str) -> Toolbox:
    return Toolbox({**ENVIRONMENT, "PATH": PATH, **more}, tmp_path / "cache", seconds=120)


def site(tmp_path: Path, files: Mapping[str, bytes | dict[str, object]]) -> Path:
    root = tmp_path / "site"
    for path, content in files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_bytes(content if isinstance(content, bytes) else json.dumps(content, indent=2).encode())
    return root


def program(tmp_path: Path, name: str, script: str) -> str:
    """A PATH on which `name` is a shell script."""
    folder = tmp_path / "bin"
    folder.mkdir(exist_ok=True)
    (folder / name).write_text(f"#!/bin/sh\n{script}\n")
    (folder / name).chmod(0o755)
    return f"{folder}:{PATH}"


def package(**more: object) -> dict[str, object]:
    return {"name": "site", "version": "1.0.0", "private": True, "scripts": EVIL, **more}


NPM = Command("npm", ("npm", "install", "--package-lock-only"), "", ("package-lock.json",))


def test_npm_locks_for_real_and_runs_no_scripts(tmp_path: Path) -> None:
    lock = json.dumps({"name": "site", "lockfileVersion": 3, "packages": {"": {"name": "site"}}}).encode()
    files = {
        "package.json": json.dumps(package(dependencies={"is-odd": "2.0.0"})).encode(),
        ".npmrc": b"ignore-scripts=false\ngit=./evil\n",
        "package-lock.json": lock,
    }
    git = repository(tmp_path / "r", files)
    at = files["package.json"].index(b"2.0.0")
    made = build(
        git, git.head(), [Edit("package.json", Span(at, at + 5), "2.0.0", "3.0.0"), NPM], tools=toolbox(tmp_path),
        archives=lambda step, version: None, checksums=lambda step, version: None, scratch=tmp_path / "scratch",
    )  # fmt: skip
    assert made.changed == ("package-lock.json", "package.json")
    locked = json.loads(made.read("package-lock.json"))
    assert locked["packages"]["node_modules/is-odd"]["version"] == "3.0.0"


def test_a_full_npm_install_runs_no_scripts_either(tmp_path: Path) -> None:
    settings = b"ignore-scripts=false\nscript-shell=./evil\nnode-options=--require ./evil.js\n"
    evil = {"evil": b"#!/bin/sh\ntouch canary\n", "evil.js": b"require('fs').writeFileSync('canary', '')"}
    root = site(tmp_path, {"package.json": package(), ".npmrc": settings, **evil})
    (root / "evil").chmod(0o755)
    tools = toolbox(tmp_path, NPM_CONFIG_IGNORE_SCRIPTS="false")
    tools.run(Command("npm", ("npm", "install"), "", ("package-lock.json",)), root)
    assert (root / "package-lock.json").exists() and not (root / "canary").exists()
    tools.run(Command("npm", ("npm", "exec", "--call", "node -e 0 && touch ran"), "", ()), root)
    assert (root / "ran").exists() and not (root / "canary").exists()


def test_pnpm_runs_in_the_version_the_lock_names(tmp_path: Path) -> None:
    root = site(tmp_path, {"package.json": package(packageManager="pnpm@9.1.0", dependencies={"is-number": "7.0.0"})})
    command = Command(
        "pnpm", ("pnpm", "install", "--lockfile-only"), "", ("pnpm-lock.yaml",), versions={"pnpm": "9.1.0+sha512.00"}
    )
    toolbox(tmp_path).run(command, root)
    assert b"is-number@7.0.0" in (root / "pnpm-lock.yaml").read_bytes()
    assert (tmp_path / "cache/pnpm-9.1.0/node_modules/.bin/pnpm").exists()


def test_yarn_1_runs_no_scripts_and_no_committed_yarn(tmp_path: Path) -> None:
    root = site(
        tmp_path,
        {
            "package.json": package(),
            ".yarnrc": b'--install.ignore-scripts false\nignore-scripts false\nyarn-path "./evil.js"\n',
            "evil.js": b"require('fs').writeFileSync('canary', '')",
        },
    )
    toolbox(tmp_path).run(Command("yarn", ("yarn", "install"), "", ("yarn.lock",), versions={"yarn": "1.22.22"}), root)
    assert (root / "yarn.lock").exists() and not (root / "canary").exists()


def test_uv_locks_for_real(tmp_path: Path) -> None:
    project = b'[project]\nname = "site"\nversion = "1"\nrequires-python = ">=3.11"\ndependencies = ["idna==3.4"]\n'
    root = site(tmp_path, {"pyproject.toml": project})
    toolbox(tmp_path).run(Command("uv", ("uv", "lock"), "", ("uv.lock",)), root)
    assert b'name = "idna"\nversion = "3.4"' in (root / "uv.lock").read_bytes()


def test_uv_builds_no_package(tmp_path: Path) -> None:
    root = site(
        tmp_path,
        {
            "pyproject.toml": b'[project]\nname = "site"\ndynamic = ["version"]\nrequires-python = ">=3.11"\n'
            b'[build-system]\nrequires = []\nbuild-backend = "evil"\nbackend-path = ["."]\n',
            "evil.py": b"open('canary', 'w')",
        },
    )
    with pytest.raises(ToolFailed, match="its version is dynamic"):
        toolbox(tmp_path).run(Command("uv", ("uv", "lock"), "", ("uv.lock",)), root)
    member = b'[tool.uv.workspace]\nmembers = ["*"]\n[project]\nname = "a"\nversion = "1"\nrequires-python = ">=3.11"\n'
    inner = (root / "pyproject.toml").read_bytes()
    with pytest.raises(ToolFailed, match="build inner"):
        files = {"pyproject.toml": member, "inner/pyproject.toml": inner}
        toolbox(tmp_path).run(Command("uv", ("uv", "lock"), "", ("uv.lock",)), site(tmp_path, files))
    assert not (root / "canary").exists()


def composer_package(server: str, version: str, php: str) -> dict[str, object]:
    url = f"{server}/acme-{version}.zip"
    return {
        "name": "acme/tool",
        "version": version,
        "require": {"php": php},
        "dist": {"type": "zip", "url": url, "shasum": ""},
        "autoload": {},
    }


@pytest.fixture
def packages() -> Iterator[Loopback]:
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as opened:
        opened.writestr("acme-tool/composer.json", '{"name": "acme/tool"}')
    with Loopback({}) as server:
        versions = {"1.0.0": ">=7.4", "1.1.0": ">=8.1", "1.2.0": ">=8.2"}
        listed = {version: composer_package(server.url, version, php) for version, php in versions.items()}
        server.answers["/packages.json"] = {"packages": {"acme/tool": listed}}
        for version in versions:
            server.answers[f"/acme-{version}.zip"] = Reply(200, archive.getvalue())
        yield server


def composer_json(server: Loopback, **config: object) -> dict[str, object]:
    return {
        "name": "site/site",
        "require": {"acme/tool": "^1.0"},
        "repositories": [{"type": "composer", "url": server.url}, {"packagist.org": False}],
        "config": {"secure-http": False, **config},
        "scripts": {"post-update-cmd": "touch canary", "pre-update-cmd": "touch canary"},
    }


def update(php: str = "") -> Command:
    return Command(
        "composer", ("composer", "update", "--no-install"), "", ("composer.lock",),
        versions={"php": php} if php else {},
    )  # fmt: skip


def locked(root: Path) -> tuple[str, dict[str, object]]:
    lock = json.loads((root / "composer.lock").read_bytes())
    return lock["packages"][0]["version"], lock


@pytest.mark.parametrize(("php", "version"), [("7.4.33", "1.0.0"), ("8.1", "1.1.0"), ("", "1.2.0")])
def test_composer_resolves_for_the_sites_php(tmp_path: Path, packages: Loopback, php: str, version: str) -> None:
    root = site(tmp_path, {"composer.json": composer_json(packages)})
    toolbox(tmp_path, HOME=str(tmp_path)).run(update(php), root)
    found, lock = locked(root)
    assert found == version and "platform-overrides" not in lock
    assert not (root / "canary").exists() and {path.name for path in root.iterdir()} == {
        "composer.json",
        "composer.lock",
    }


def test_a_php_the_project_states_is_left_to_composer(tmp_path: Path, packages: Loopback) -> None:
    root = site(tmp_path, {"composer.json": composer_json(packages, platform={"php": "8.1.0"})})
    toolbox(tmp_path, HOME=str(tmp_path)).run(update("8.1"), root)
    found, lock = locked(root)
    assert found == "1.1.0" and lock["platform-overrides"] == {"php": "8.1.0"}


def test_a_platform_without_php_is_left_to_a_person(tmp_path: Path, packages: Loopback) -> None:
    root = site(tmp_path, {"composer.json": composer_json(packages, platform={"ext-redis": "6.0"})})
    with pytest.raises(ToolFailed, match=r"config\.platform"):
        toolbox(tmp_path, HOME=str(tmp_path)).run(update("7.4"), root)


def test_composer_gets_the_users_credentials(tmp_path: Path, packages: Loopback) -> None:
    served = packages.answers["/packages.json"]
    seen: list[str] = []

    def guarded(request: object) -> object:
        seen.append(getattr(request, "headers").get("authorization", ""))  # noqa: B009
        return served if seen[-1] else Reply(401, "who are you?", {"WWW-Authenticate": 'Basic realm="x"'})

    packages.answers["/packages.json"] = guarded
    root = site(tmp_path, {"composer.json": composer_json(packages)})
    with pytest.raises(ToolFailed, match=r"could not be downloaded|401|authentication"):
        toolbox(tmp_path, HOME=str(tmp_path)).run(update(), root)
    auth = json.dumps({"http-basic": {packages.host: {"username": "shop", "password": "hunter2-secret"}}})
    toolbox(tmp_path, HOME=str(tmp_path), COMPOSER_AUTH=auth).run(update(), root)
    (tmp_path / "home/.composer").mkdir(parents=True)
    (tmp_path / "home/.composer/auth.json").write_text(auth)
    shutil.rmtree(tmp_path / ".cache", ignore_errors=True)
    toolbox(tmp_path, HOME=str(tmp_path / "home")).run(update(), root)
    assert len({value for value in seen if value}) == 1


def test_what_composer_can_not_resolve_changes_nothing_and_says_why(tmp_path: Path, packages: Loopback) -> None:
    project = composer_json(packages) | {"require": {"acme/tool": "^3.0"}}
    root = site(tmp_path, {"composer.json": project})
    with pytest.raises(ToolFailed, match=r"composer failed in the root.*acme/tool"):
        toolbox(tmp_path, HOME=str(tmp_path)).run(update(), root)


YARN = Command("yarn", ("yarn",), "", ())
YARN_1 = Command("yarn", ("yarn",), "", (), versions={"yarn": "1.22.22"})
PNPM = Command("pnpm", ("pnpm", "i"), "", (), versions={"pnpm": "9.1.0"})


@pytest.mark.parametrize(
    ("files", "command", "why"),
    [
        ({"composer.json": {"require": {"symfony/flex": "*"}}}, update(), "symfony/flex"),
        ({"composer.json": {"require-dev": {"Wikimedia/composer-merge-plugin": "*"}}}, update(), "merge-plugin"),
        ({".pnpmfile.cjs": b""}, Command("pnpm", ("pnpm", "i"), "", (), versions={"pnpm": "9.1.0"}), "pnpmfile"),
        ({".pnpmfile.cjs": b"", "a/x": b""}, Command("pnpm", ("pnpm", "i"), "a", ()), "pnpmfile"),
        ({".yarnrc.yml": b"plugins:\n  - ./evil.cjs\n"}, YARN, "plugins"),
        ({".yarnrc.yml": b"a: b\nplugins: [./evil.cjs]\n"}, YARN, "plugins"),
        ({".yarnrc.yml": b'"plugins":\n  - ./evil.cjs\n'}, YARN, "plugins"),
        ({".yarnrc.yml": b"{plugins: [./evil.cjs]}\n"}, YARN, "plugins"),
        ({".yarnrc.yml": b"plugins: # none\n\n # here\n  - ./evil.cjs\n"}, YARN, "plugins"),
        ({".yarnrc.yml": b'"plu\\u0067ins": [./evil.cjs]\n'}, YARN, "plugins"),
        ({".yarnrc.yml": b"plugins: [\n"}, YARN, "can't be read"),
        ({".yarnrc.yml": b"catalog:\n  x: exec:./evil.js\n"}, YARN, "generator"),
        ({".yarnrc.yml": b"defaultProtocol: 'exec:'\n"}, YARN, "generator"),
        ({"package.json": {"dependencies": {"x": "exec:./evil.js"}}}, YARN, "generator that package.json"),
        ({"package.json": {}, "a/package.json": {"resolutions": {"x": "patch:x@exec%3A./e#y"}}}, YARN, "a/package"),
        ({".yarnrc": b'"--modules-folder" "../../../hooks"\n'}, YARN_1, ".yarnrc says"),
        ({".yarnrc": b'"--install.modules\\u002dfolder" "../../../hooks"\n'}, YARN_1, ".yarnrc says"),
        ({".npmrc": b"pnpmfile=./evil.cjs\n"}, PNPM, "hooks"),
        ({".npmrc": b"global-pnpmfile=./evil.cjs\n"}, PNPM, "hooks"),
        ({"pnpm-workspace.yaml": b"globalPnpmfile: ./evil.cjs\n"}, PNPM, "hooks"),
        ({"pnpm-workspace.yaml": b"configDependencies:\n  pnpm-plugin-evil: 1.0.0\n"}, PNPM, "hooks"),
        ({".python-version": b"./evil\n"}, Command("uv", ("uv", "lock"), "", ()), "program that .python-version"),
        ({".python-versions": b"3.11\nevil\n"}, Command("uv", ("uv", "lock"), "", ()), "program that .python-versions"),
    ],
)
def test_what_foreign_code_would_have_to_lock_is_left_to_a_person(
    tmp_path: Path, files: Mapping[str, bytes | dict[str, object]], command: Command, why: str
) -> None:
    path = program(tmp_path, command.tool, f"echo {command.versions.get(command.tool, '9.1.0')}")
    with pytest.raises(ToolFailed, match=f"{why}.*by hand"):
        toolbox(tmp_path, PATH=path).run(command, site(tmp_path, files))


BROUGHT = ("cp", "mv", "sh", "sed", "git", "node")


@pytest.fixture(scope="module", params=["package-lock.json", "yarn.lock"])
def run_of_those_brought(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    """Which of the programs that a repository brings were run while its lock file was made: each leaves its name."""
    lock: str = request.param
    folder = tmp_path_factory.mktemp("brought")
    project: dict[str, object] = {"name": "site", "version": "1.0.0", "dependencies": {"is-odd": "3.0.0"}}
    text = json.dumps({**project, "lockfileVersion": 3, "packages": {"": project}})
    text = text if lock.startswith("package") else '# yarn lockfile v1\n\nis-odd@3.0.0:\n  version "3.0.0"\n'
    evil = {f"node_modules/.bin/{name}": f"#!/bin/sh\n: > {folder}/ran-{name}\n".encode() for name in BROUGHT}
    root = site(folder, {"package.json": project, lock: text.encode(), **evil})
    for path in evil:
        (root / path).chmod(0o755)
    manifest = Manifest("package.json", (root / "package.json").read_text(), (Neighbour(lock, text),))
    found = [one for one in npm.extract(manifest) if isinstance(one, Dependency)]
    steps = npm.steps(manifest, [Update(found[0], Release("3.0.1"), "3.0.0", "patch")])
    (command,) = (step for step in steps if isinstance(step, Command))
    with suppress(ToolFailed):
        toolbox(folder).run(replace(command, versions={"yarn": "1.22.22"}), root)
    return {path.name.removeprefix("ran-") for path in folder.glob("ran-*")}


@pytest.mark.parametrize("name", BROUGHT)
def test_a_program_that_the_repository_brings_is_not_run(run_of_those_brought: set[str], name: str) -> None:
    assert name not in run_of_those_brought


@pytest.mark.parametrize("argv", [("lock",), ("pip", "compile", "a.in", "-o", "a.txt")])
def test_a_python_that_the_repository_brings_is_not_run(tmp_path: Path, argv: tuple[str, ...]) -> None:
    project = b'[project]\nname = "site"\nversion = "1"\nrequires-python = ">=3.9"\n'
    evil = f'#!/bin/sh\ntouch {tmp_path}/canary\nexec python3 "$@"\n'.encode()
    files = {"pyproject.toml": project, "a.in": b"", ".venv/pyvenv.cfg": b"home = /usr/bin\n", ".venv/bin/python": evil}
    root = site(tmp_path, files)
    (root / ".venv/bin/python").chmod(0o755)
    toolbox(tmp_path).run(Command("uv", ("uv", *argv), "", ()), root)
    assert not (tmp_path / "canary").exists()


@pytest.mark.parametrize("tool", ["npm", "pnpm", "yarn", "poetry"])
def test_a_repository_turns_nothing_on_again(tmp_path: Path, tool: str) -> None:
    path = program(tmp_path, tool, 'case "$1" in --version) echo 9.1.0;; *) env > seen; echo "$@" > asked;; esac')
    root = site(tmp_path, {"package.json": package()})
    on = {"YARN_ENABLE_CONSTRAINTS_CHECKS": "1", "yarn_enable_scripts": "1", "COREPACK_ENV_FILE": ".corepack.env"}
    toolbox(tmp_path, PATH=path, **on).run(Command(tool, (tool, "install"), "", ()), root)
    seen = dict(line.split("=", 1) for line in (root / "seen").read_text().splitlines() if "=" in line)
    off = {
        "npm": {"npm_config_ignore_scripts": "true", "COREPACK_ENV_FILE": "0"},
        "pnpm": {"pnpm_config_ignore_scripts": "true", "COREPACK_ENV_FILE": "0"},
        "yarn": {"YARN_ENABLE_SCRIPTS": "0", "YARN_ENABLE_CONSTRAINTS_CHECKS": "0", "COREPACK_ENV_FILE": "0"},
        "poetry": {"POETRY_VIRTUALENVS_CREATE": "false", "POETRY_VIRTUALENVS_IN_PROJECT": "false"},
    }
    assert seen.items() >= off[tool].items()
    assert tool != "pnpm" or (root / "asked").read_text().startswith("--config.ignore-pnpmfile=true")


def test_a_tool_gets_what_it_needs_and_no_other_secret(tmp_path: Path) -> None:
    path = program(tmp_path, "npm", 'case "$1" in --version) echo 10.1.0;; *) env > seen;; esac')
    (tmp_path / ".npmrc").write_text("//npm.example/:_authToken=${COMPANY_TOKEN}\n")
    more = {
        "HOME": str(tmp_path), "NPM_TOKEN": "a", "COMPANY_TOKEN": "b", "npm_config_registry": "https://npm.example/",
        "GITHUB_TOKEN": "x", "AWS_SECRET_ACCESS_KEY": "x", "COMPOSER_AUTH": "x", "NODE_OPTIONS": "x", "LD_PRELOAD": "",
    }  # fmt: skip
    root = site(tmp_path, {"package.json": package()})
    toolbox(tmp_path, PATH=path, **more).run(Command("npm", ("npm", "i"), "", (), environment={"CI": "1"}), root)
    seen = dict(line.split("=", 1) for line in (root / "seen").read_text().splitlines() if "=" in line)
    assert (
        seen.items()
        >= {name: more[name] for name in ("HOME", "NPM_TOKEN", "COMPANY_TOKEN", "npm_config_registry")}.items()
    )
    assert seen["CI"] == "1" and seen["npm_config_ignore_scripts"] == "true"
    assert not {"GITHUB_TOKEN", "AWS_SECRET_ACCESS_KEY", "COMPOSER_AUTH", "NODE_OPTIONS", "LD_PRELOAD"} & seen.keys()


def test_no_secret_is_quoted(tmp_path: Path) -> None:
    script = """case "$1" in --version) echo 10.1.0;; *)
    echo "token $NPM_TOKEN and $FROM_FILE"; printf '\\033[31mred\\033[0m https://u:p4ssw0rd@npm.example/x?api_key=abc123\\n'
    echo '//npm.example/:_authToken=zzzzzz Authorization: Bearer eyJhbGciOi' >&2
    echo "$COMPANY_PASSWORD"; exit 1;; esac"""
    path = program(tmp_path, "npm", script)
    (tmp_path / ".npmrc").write_text("//npm.example/:_authToken=npm_ABCDEF\n")
    (tmp_path / ".composer").mkdir()
    (tmp_path / ".composer/auth.json").write_text('{"bearer": {"satis.example": "bearer-value"}}')
    more = {
        "NPM_TOKEN": "s3cr3t/val",
        "HOME": str(tmp_path),
        "npm_config_x": "npm_ABCDEF",
        "UV_INDEX_PASSWORD": "pw-of-uv",
    }
    script_env = {"FROM_FILE": "npm_ABCDEF bearer-value s3cr3t%2Fval", "COMPANY_PASSWORD": "pw-of-uv"}
    command = Command("npm", ("npm", "install"), "", (), environment=script_env)
    with pytest.raises(ToolFailed) as raised:
        toolbox(tmp_path, PATH=path, **more).run(command, site(tmp_path, {"package.json": package()}))
    said = str(raised.value)
    for secret in (
        "s3cr3t",
        "npm_ABCDEF",
        "bearer-value",
        "p4ssw0rd",
        "abc123",
        "zzzzzz",
        "eyJhbGci",
        "pw-of-uv",
        "\x1b",
    ):
        assert secret not in said
    assert "npm failed in the root" in said and "https://***@npm.example" in said


@pytest.mark.parametrize("version", ["npm:evil", "file:../evil", "--registry=x", "1.0 evil", "^9", "latest", "9.1.0;x"])
def test_a_version_that_is_none_is_never_run(tmp_path: Path, version: str) -> None:
    with pytest.raises(ToolFailed, match="no version"):
        toolbox(tmp_path).run(
            Command("pnpm", ("pnpm", "i"), "", (), versions={"pnpm": version}), site(tmp_path, {"a": b""})
        )


def test_a_missing_tool_and_an_unknown_one_are_named(tmp_path: Path) -> None:
    root = site(tmp_path, {"package.json": package()})
    with pytest.raises(ToolFailed, match="poetry is not installed"):
        toolbox(tmp_path, PATH="/nowhere").run(Command("poetry", ("poetry", "lock"), "", ()), root)
    with pytest.raises(ToolFailed, match="no package manager"):
        toolbox(tmp_path).run(Command("bash", ("bash", "-c", "true"), "", ()), root)
    with pytest.raises(ToolFailed, match="no folder"):
        toolbox(tmp_path).run(Command("npm", ("npm", "i"), "../..", ()), root)


def test_a_stale_lock_after_a_run_is_a_failure(tmp_path: Path, packages: Loopback) -> None:
    lock = {"lockfileVersion": 3, "packages": {"": {"dependencies": {"is-odd": "^2.0.0"}}}}
    files = {"package.json": package(dependencies={"is-odd": "^3.0.0"}), "package-lock.json": lock}
    with pytest.raises(ToolFailed, match="stale"):
        toolbox(tmp_path, PATH=program(tmp_path, "npm", "echo 10.1.0")).run(NPM, site(tmp_path, files))
    (tmp_path / "other").mkdir()
    root = site(tmp_path / "other", {"composer.json": composer_json(packages)})
    tools = toolbox(tmp_path, HOME=str(tmp_path))
    tools.run(update(), root)
    (root / "composer.json").write_text(json.dumps(composer_json(packages) | {"require": {"acme/tool": "^1.1"}}))
    with pytest.raises(ToolFailed, match="not up to date"):
        tools.run(Command("composer", ("composer", "show", "--locked"), "", ("composer.lock",)), root)


def test_a_cache_that_can_not_be_written_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "cache").write_bytes(b"a file")
    root = site(tmp_path, {"package.json": package()})
    with pytest.raises(ToolFailed, match="cache"):
        toolbox(tmp_path).run(Command("pnpm", ("pnpm", "i"), "", (), versions={"pnpm": "9.1.0"}), root)


def test_a_php_that_is_no_version_is_an_error(tmp_path: Path, packages: Loopback) -> None:
    root = site(tmp_path, {"composer.json": composer_json(packages)})
    with pytest.raises(ToolFailed, match="no version of PHP"):
        toolbox(tmp_path, HOME=str(tmp_path)).run(update("8.x"), root)


def test_a_tool_that_hangs_is_ended(tmp_path: Path) -> None:
    tools = Toolbox(
        {"PATH": program(tmp_path, "npm", 'test "$1" = --version && echo 9.0.0 || sleep 60')}, tmp_path, 0.3
    )
    with pytest.raises(ToolFailed, match="not done"):
        tools.run(NPM, site(tmp_path, {"package.json": package()}))
