"""The real npm, pnpm and Yarn, at the registry they are configured for."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

import pytest

from maintainer.errors import ToolFailed
from maintainer.managers import locked, npm
from maintainer.model import Command, Dependency, Manifest, Release, Step, Update
from tests.managers import laws, tools

ROOT = {
    "name": "root",
    "private": True,
    "workspaces": ["packages/*"],
    "dependencies": {"semver": "^7.3.0"},
}
MEMBER = {
    "name": "a",
    "version": "1.0.0",
    "dependencies": {"odd": "npm:is-odd@^3.0.0", "semver": ">=7.3.0 <8"},
    "devDependencies": {"@types/semver": "^7.3.0"},
    "engines": {"node": ">=18"},
}
FILES = {
    "package.json": json.dumps(ROOT, indent=4) + "\n",
    "packages/a/package.json": json.dumps(MEMBER) + "\n",
    "pnpm-workspace.yaml": "packages: ['packages/*']\n",
}


class Tool(NamedTuple):
    install: tuple[str, ...]
    lock: str
    start: Mapping[str, str]


TOOLS = {
    "npm": Tool(("npm", "install", "--package-lock-only"), "package-lock.json", {}),
    "pnpm": Tool(("pnpm", "install", "--lockfile-only"), "pnpm-lock.yaml", {}),
    "yarn": Tool(("yarn", "install", "--ignore-scripts"), "yarn.lock", {}),
    "berry": Tool(("yarn", "install", "--mode=update-lockfile"), "yarn.lock", {"yarn.lock": ""}),
}
PACKAGES = {"pnpm": "pnpm@9.15.9", "yarn": "yarn@1.22.22", "berry": "@yarnpkg/cli-dist@4.9.1"}


@pytest.fixture(scope="module")
def env(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, str]]:
    """The environment in which each tool is found, the real tools being installed first."""
    home = tmp_path_factory.mktemp("tools")
    registry = tools.run(["npm", "config", "get", "registry"], home, tools.environment()).strip()
    more = {"YARN_NPM_REGISTRY_SERVER": registry, "YARN_REGISTRY": registry, "YARN_ENABLE_TELEMETRY": "0"}
    more["YARN_CACHE_FOLDER"] = more["YARN_GLOBAL_FOLDER"] = str(home / "cache")
    for name, package in PACKAGES.items():
        tools.write(home / name, {"package.json": "{}"})
        tools.run(["npm", "install", "--ignore-scripts", "--no-audit", package], home / name, tools.environment())
    berry = home / "berry/node_modules/.bin/yarn"
    berry.parent.mkdir(exist_ok=True)
    berry.unlink(missing_ok=True)
    berry.write_text(f'#!/bin/sh\nexec node {home}/berry/node_modules/@yarnpkg/cli-dist/bin/yarn.js "$@"\n')
    berry.chmod(0o755)
    return {name: tools.environment(home / name / "node_modules/.bin", **more) for name in TOOLS}


def found(folder: Path, path: str) -> tuple[Manifest, dict[str, Dependency]]:
    manifest = laws.manifest(npm, tools.files(folder), path)
    return manifest, {one.name: one for one in laws.dependencies(npm.extract(manifest))}


def move(folder: Path, path: str, to: Mapping[str, tuple[str, str]], env: Mapping[str, str]) -> dict[str, Dependency]:
    """Update packages of a package.json to (text, version) and read it again."""
    manifest, stated = found(folder, path)
    updates = [Update(stated[name], Release(version), text, "patch") for name, (text, version) in to.items()]
    tools.carry_out(folder, npm.steps(manifest, updates), env)
    return found(folder, path)[1]


def test_all_that_a_lock_file_names_is_read(env: dict[str, dict[str, str]], tmp_path: Path) -> None:
    """The four tools lock the same, as npm itself lists it."""
    named = {}
    for name, tool in TOOLS.items():
        tools.write(tmp_path / name, {**FILES, **tool.start})
        tools.run(tool.install, tmp_path / name, env[name] | {"CI": ""})
        text = (tmp_path / name / tool.lock).read_text()
        named[name] = {(one.name, one.version) for one in locked.packages(tool.lock, text)}
    listed = json.loads(tools.run(("npm", "query", "*", "--package-lock-only"), tmp_path / "npm", env["npm"]))
    assert named["npm"] == {(one["name"], one["version"]) for one in listed if "node_modules" in one["location"]}
    assert named == dict.fromkeys(TOOLS, named["npm"])
    assert "is-number" in {name for name, _ in named["npm"]}, "only is-odd asks for it"


@pytest.mark.parametrize("name", TOOLS)
def test_a_lock_file_gets_the_release_asked_for_and_no_newer(
    name: str, env: dict[str, dict[str, str]], tmp_path: Path
) -> None:
    tool = TOOLS[name]
    tools.write(tmp_path, {**FILES, **tool.start})
    tools.run(tool.install, tmp_path, env[name] | {"CI": ""})
    newest = found(tmp_path, "package.json")[1]["semver"].locked
    assert newest not in (None, "7.5.2")

    # The range stays, only the lock file moves; an alias, a scope, a range with blanks.
    to = {"odd": ("^3.0.0", "3.0.0"), "semver": (">=7.3.0 <8", "7.5.1"), "@types/semver": ("^7.3.0", "7.3.9")}
    after = move(tmp_path, "packages/a/package.json", to, env[name])
    assert {one: after[one].locked for one in to} == {"odd": "3.0.0", "semver": "7.5.1", "@types/semver": "7.3.9"}
    assert found(tmp_path, "package.json")[1]["semver"].locked == newest

    # The range moves too.
    after = move(tmp_path, "package.json", {"semver": ("~7.5.0", "7.5.2")}, env[name])
    assert (after["semver"].text, after["semver"].locked) == ("~7.5.0", "7.5.2")
    # (npm makes one of two copies where a range allows both.)
    assert found(tmp_path, "packages/a/package.json")[1]["semver"].locked in ("7.5.1", "7.5.2")

    # And is what an installation from scratch would take: the tool finds nothing to add.
    locked = (tmp_path / tool.lock).read_text()
    tools.run(tool.install, tmp_path, env[name] | {"CI": ""})
    assert (tmp_path / tool.lock).read_text() == locked

    # What is no package of the lock file only needs it refreshed.
    after = move(tmp_path, "packages/a/package.json", {"node": (">=18 || >=20", "20.0.0")}, env[name])
    assert after["semver"].locked in ("7.5.1", "7.5.2")


@pytest.mark.parametrize("name", TOOLS)
def test_several_package_json_of_a_workspace_move_together(
    name: str, env: dict[str, dict[str, str]], tmp_path: Path
) -> None:
    tool = TOOLS[name]
    tools.write(tmp_path, {**FILES, **tool.start})
    tools.run(tool.install, tmp_path, env[name] | {"CI": ""})
    steps: list[Step] = []
    for path in ("package.json", "packages/a/package.json"):
        manifest, stated = found(tmp_path, path)
        steps += npm.steps(manifest, [Update(stated["semver"], Release("7.5.2"), "~7.5.1", "patch")])
    tools.carry_out(tmp_path, list(dict.fromkeys(steps)), env[name])
    for path in ("package.json", "packages/a/package.json"):
        semver = found(tmp_path, path)[1]["semver"]
        assert (semver.text, semver.locked) == ("~7.5.1", "7.5.2")


def test_a_catalog_of_pnpm_gets_the_release_asked_for(env: dict[str, dict[str, str]], tmp_path: Path) -> None:
    workspace = "packages: ['packages/*']\ncatalog:\n  semver: ^7.3.0\n  is-odd: ^3.0.0\n"
    member = {"name": "a", "dependencies": {"semver": "catalog:", "is-odd": "catalog:default"}}
    stated = {"package.json": json.dumps({"devDependencies": {"semver": "catalog:"}})}
    tools.write(tmp_path, {**stated, "pnpm-workspace.yaml": workspace, "packages/a/package.json": json.dumps(member)})
    tools.run(TOOLS["pnpm"].install, tmp_path, env["pnpm"] | {"CI": ""})
    for text, version in (("^7.3.0", "7.5.1"), ("~7.5.1", "7.5.2")):
        after = move(tmp_path, "pnpm-workspace.yaml", {"semver": (text, version)}, env["pnpm"])
        assert (after["semver"].text, after["semver"].locked) == (text, version)
        lock = (tmp_path / "pnpm-lock.yaml").read_text()
        assert lock.count(f"version: {version}") == 3
        assert f"semver@{version}:" in lock and "lru-cache" in lock


def test_every_lock_file_has_one_command() -> None:
    case = laws.read(laws.CASES / "npm/npm_workspaces")
    for path, cwd in (("package.json", ""), ("packages/a/package.json", "")):
        manifest = laws.manifest(npm, case.files, path)
        updates = [laws.update(one, {}) for one in laws.dependencies(npm.extract(manifest))]
        commands = [step for step in npm.steps(manifest, [one for one in updates if one]) if isinstance(step, Command)]
        assert [(one.tool, one.cwd, one.writes) for one in commands] == [("npm", cwd, ("package-lock.json",))]
    outside = laws.manifest(npm, case.files, "elsewhere/package.json")
    updates = [laws.update(one, {}) for one in laws.dependencies(npm.extract(outside))]
    assert not [step for step in npm.steps(outside, [one for one in updates if one]) if isinstance(step, Command)]


@pytest.mark.parametrize(
    ("case", "path", "versions"),
    [
        ("pnpm_workspace", "package.json", {"pnpm": "9.15.9"}),
        ("pnpm_workspace", "packages/a/package.json", {"pnpm": "9"}),
        ("pnpm_six", "package.json", {"pnpm": "8"}),
        ("yarn_classic", "package.json", {"yarn": "1"}),
        ("yarn_berry", "package.json", {"yarn": "4"}),
    ],
)
def test_the_tool_is_the_one_the_lock_file_names(case: str, path: str, versions: dict[str, str]) -> None:
    manifest = laws.manifest(npm, laws.read(laws.CASES / "npm" / case).files, path)
    commands = [step for step in npm.steps(manifest, []) if isinstance(step, Command)]
    assert [dict(command.versions) for command in commands] == [versions]


def test_a_hash_that_is_not_published_is_never_left_stale() -> None:
    manifest = Manifest("package.json", '{"packageManager": "pnpm@9.1.0+sha512.00"}')
    (pnpm,) = laws.dependencies(npm.extract(manifest))
    with pytest.raises(ToolFailed, match=r"corepack use pnpm@9\.2\.0"):
        npm.steps(manifest, [Update(pnpm, Release("9.2.0"), "9.2.0+sha512.00", "minor")])


@pytest.mark.parametrize("path", ["shop/package.json", "shop/theme/package.json"])
def test_a_lock_file_that_is_not_written_here_is_never_left_behind(path: str) -> None:
    manifest = laws.manifest(npm, laws.read(laws.CASES / "npm/bun").files, path)
    (stated,) = laws.dependencies(npm.extract(manifest))
    with pytest.raises(ToolFailed, match=r"shop/bun\.lock .* `bun update`"):
        npm.steps(manifest, [Update(stated, Release("9.0.0"), "^9.0.0", "major")])
