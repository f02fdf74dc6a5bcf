"""What lets the product be installed for real without an index: pip finds its dependencies installed already."""

import os
import shutil
import site
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]

#: What is installed from: all that the action's folder, or a fetched tag, must hold.
PRODUCT = (
    "maintainer", "policies", "workflows", "templates", "action.yml", "pyproject.toml", "requirements-run.lock",
    "requirements-verify.lock", "README.md", "LICENSE",
)  # fmt: skip


def environment(folder: Path) -> dict[str, str]:
    """The variables of a machine that has the packages of our virtualenv, but not us; `folder` is where they lie."""
    packages = folder / "packages"
    packages.mkdir(parents=True)
    for path in Path(site.getsitepackages()[0]).iterdir():
        if "maintainer" not in path.name:
            (packages / path.name).symlink_to(path)
    home = folder / "home"
    home.mkdir()
    return {
        "PATH": os.pathsep.join([f"{sys.base_prefix}/bin", "/usr/local/bin", "/usr/bin", "/bin"]),
        "HOME": str(home),
        "PYTHONPATH": str(packages),
        "PIP_NO_INDEX": "1",
        "PIP_NO_CACHE_DIR": "1",
    }


def product(into: Path) -> Path:
    """A copy of the product, as a tag of it would be."""
    into.mkdir(parents=True)
    for name in PRODUCT:
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, into / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(ROOT / name, into / name)
    return into


def wheel(into: Path) -> Path:
    """The product's wheel."""
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(into)]
    subprocess.run(build, cwd=ROOT, capture_output=True, check=True)
    (made,) = into.glob("*.whl")
    return made
