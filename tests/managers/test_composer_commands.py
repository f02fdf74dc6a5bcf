"""The real Composer, at a repository on loopback."""

import hashlib
import io
import json
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from maintainer.errors import ToolFailed
from maintainer.managers import composer
from maintainer.model import Command, Dependency, Edit, Manifest, Release, Update
from tests.loopback import Loopback
from tests.managers import laws, tools

PACKAGES: dict[str, dict[str, dict[str, str]]] = {
    "acme/shop": {"9.3.0": {}, "9.4.1": {}, "9.4.2": {"acme/tax": "^2.1"}, "9.5.0": {}, "10.0.0": {}},
    "acme/tax": {"2.0.0": {}, "2.1.0": {}, "3.0.0": {}},
    "acme/blocks": {"1.0.0": {"php": ">=7.4"}, "1.1.0": {}, "1.2.0": {"php": ">=99"}},
}


@pytest.fixture(scope="module")
def repository() -> Iterator[str]:
    """The address of a Composer repository with real archives."""
    with Loopback({}) as server:
        index = {"packages": [], "metadata-url": "/p2/%package%.json", "available-packages": list(PACKAGES)}
        server.answers["/packages.json"] = index
        for name, versions in PACKAGES.items():
            listed = [release(server, name, version, require) for version, require in versions.items()]
            server.answers[f"/p2/{name}.json"] = {"packages": {name: listed}}
            server.answers[f"/p2/{name}~dev.json"] = {"packages": {name: []}}
        yield server.url


def release(server: Loopback, name: str, version: str, require: dict[str, str]) -> dict[str, Any]:
    stated = {"name": name, "version": version, "require": require}
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr(f"{name.replace('/', '-')}/composer.json", json.dumps(stated))
    path = f"/{name}-{version}.zip"
    server.answers[path] = content.getvalue()
    dist = {"type": "zip", "url": server.url + path, "shasum": hashlib.sha1(content.getvalue()).hexdigest()}
    return {**stated, "dist": dist, "version_normalized": f"{version}.0"}


@pytest.fixture
def site(repository: str, tmp_path: Path) -> Path:
    """A repository whose lock file is a little behind."""
    stated = {
        "repositories": [{"type": "composer", "url": repository}, {"packagist.org": False}],
        "require": {"acme/shop": "^9.3", "acme/tax": "^2.0", "php": ">=8.0"},
        "require-dev": {"acme/blocks": "^1.0"},
        "config": {"secure-http": False},
    }
    tools.write(tmp_path, {"composer.json": json.dumps(stated, indent=4)})
    old = ["acme/shop:9.3.0", "acme/tax:2.0.0", "acme/blocks:1.0.0"]
    told = [f"--with={one}" for one in old]
    tools.run(["composer", "update", "--no-install", "--no-interaction", *told], tmp_path, environment(tmp_path))
    return tmp_path


def environment(folder: Path) -> dict[str, str]:
    home = folder.parent / f"{folder.name}-home"
    home.mkdir(exist_ok=True)
    return tools.environment(HOME=str(home), COMPOSER_HOME=str(home))


def found(folder: Path) -> tuple[Manifest, dict[tuple[str, str], Dependency]]:
    manifest = laws.manifest(composer, tools.files(folder), "composer.json")
    listed = laws.dependencies(composer.extract(manifest))
    return manifest, {(one.name, one.section): one for one in listed}


def locked(folder: Path) -> dict[str, str | None]:
    return {name: one.locked for (name, _), one in found(folder)[1].items() if one.role == "package"}


def move(folder: Path, **to: tuple[str, str]) -> None:
    manifest, stated = found(folder)
    known = {name.rpartition("/")[2]: one for (name, _), one in stated.items()}
    updates = [Update(known[name], Release(version), text, "patch") for name, (text, version) in to.items()]
    tools.carry_out(folder, composer.steps(manifest, updates), environment(folder))


def test_a_lock_file_gets_the_release_asked_for_and_no_newer(site: Path) -> None:
    assert locked(site) == {"acme/shop": "9.3.0", "acme/tax": "2.0.0", "acme/blocks": "1.0.0"}
    # Only the lock file moves, though 9.5.0 is allowed too; the rest stays.
    move(site, shop=("^9.3", "9.4.1"))
    assert locked(site) == {"acme/shop": "9.4.1", "acme/tax": "2.0.0", "acme/blocks": "1.0.0"}
    # The constraint moves too; two updates at once.
    move(site, shop=("^10.0", "10.0.0"), blocks=("~1.1.0", "1.1.0"))
    assert locked(site) == {"acme/shop": "10.0.0", "acme/tax": "2.0.0", "acme/blocks": "1.1.0"}
    # What is left is valid: composer.lock belongs to composer.json.
    tools.run(["composer", "validate", "--no-check-publish", "--no-check-all"], site, environment(site))


def test_another_requirement_of_the_root_is_never_moved_along(site: Path) -> None:
    with pytest.raises(ToolFailed, match="acme/tax"):
        move(site, shop=("^9.3", "9.4.2"))
    move(site, shop=("^9.3", "9.4.2"), tax=("^2.0", "2.1.0"))
    assert locked(site)["acme/tax"] == "2.1.0"


def test_a_release_that_this_php_can_not_run_fails(site: Path) -> None:
    with pytest.raises(ToolFailed, match="php"):
        move(site, blocks=("^1.2", "1.2.0"))


def test_what_is_no_package_refreshes_the_lock_file_only(site: Path) -> None:
    before = locked(site)
    move(site, php=(">=7.4", "8.1"))
    assert locked(site) == before
    tools.run(["composer", "validate", "--no-check-publish", "--no-check-all"], site, environment(site))


def test_a_plugin_that_decides_what_is_resolved_is_left_to_a_person() -> None:
    files = {**laws.read(laws.CASES / "composer/flex").files, "composer.lock": "{}"}
    manifest = laws.manifest(composer, files, "composer.json")
    updates = [laws.update(one, {}) for one in laws.dependencies(composer.extract(manifest))]
    with pytest.raises(ToolFailed, match="symfony/flex"):
        composer.steps(manifest, [one for one in updates if one])


def test_without_a_lock_file_in_the_folder_there_is_no_command() -> None:
    text = '{"require": {"acme/shop": "^9.3"}}'
    files = {"composer.lock": "{}", "tools/composer.json": text}
    manifest = laws.manifest(composer, files, "tools/composer.json")
    updates = [laws.update(one, {}) for one in laws.dependencies(composer.extract(manifest))]
    assert [type(step) for step in composer.steps(manifest, [one for one in updates if one])] == [Edit]


def test_the_command_names_the_composer_that_wrote_the_lock_file() -> None:
    files = laws.read(laws.CASES / "composer/bedrock").files
    (command,) = composer.steps(laws.manifest(composer, files, "composer.json"), [])
    assert isinstance(command, Command)
    assert (command.versions, command.writes) == ({"composer": "2"}, ("composer.lock",))


def test_a_name_without_end_is_no_package() -> None:
    text = json.dumps({"require": {"9" * 50_000: "1.0", "a/" + "b-" * 50_000: "1.0", "a/" + "b_-" * 50_000: "1.0"}})
    assert composer.extract(Manifest("composer.json", text)) == []
