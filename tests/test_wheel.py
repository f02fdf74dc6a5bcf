"""The installed package has with it what it reads: policies and workflows."""

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel's content, built without a network."""
    folder = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    done = subprocess.run(build, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    (wheel,) = folder.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder / "site")
    return folder / "site"


def test_it_finds_its_policies_and_workflows(installed: Path, tmp_path: Path) -> None:
    (tmp_path / "maintainer.yml").write_text("extends: [ecommerce, strict]\n")
    (tmp_path / ".github" / "workflows").mkdir(parents=True)
    (tmp_path / ".github" / "workflows" / "test.yml").write_text("on: push\n")
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(installed)}
    code = "import sys, maintainer.cli as c; print(c.__file__); sys.exit(c.main())"
    for argv, says in ((["config", "check"], "policies default, ecommerce, strict"), (["init"], "Forge: GitHub")):
        command = [sys.executable, "-c", code, *argv]
        done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True)
        assert (done.returncode, done.stderr) == (0, "")
        assert done.stdout.startswith(str(installed))
        assert says in done.stdout
    assert (tmp_path / ".github" / "workflows" / "maintainer.yml").is_file()


def test_it_speaks_every_language(installed: Path) -> None:
    for catalogue in (ROOT / "maintainer").rglob("*.po"):
        assert (installed / catalogue.relative_to(ROOT)).read_bytes() == catalogue.read_bytes()
    assert list(installed.rglob("maintainer.po"))


def test_it_holds_nothing_else(installed: Path) -> None:
    assert sorted(path.name for path in installed.iterdir() if not path.name.endswith(".dist-info")) == ["maintainer"]
    assert {path.parent.name for path in installed.rglob("*.yml")} >= {"_policies", "github", "gitlab"}
