"""What git-cliff, commitizen and python-semantic-release tell of a history, as they come, without a configuration.

A tool's answer is (what it tells, whether something breaks, all it printed). Each has a virtual environment of its own
outside the repository, made once.
"""

import json
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path

from tests.planning.histories import START

#: (type, text) of what is told, whether it says that something breaks, and the whole text.
Told = tuple[set[tuple[str, str]], bool, str]

PLACE = Path(tempfile.gettempdir()) / "maintainer-bench-changelogs"
#: The headlines of all three, by the beginning of their words.
TYPES = {"feat": "feat", "fix": "fix", "bug fix": "fix", "perf": "perf", "refactor": "refactor", "revert": "revert"}
_REMOTE = "[semantic_release.remote]\ntype = 'github'\nignore_token_for_push = true\n"


def installed(package: str) -> Path | None:
    """The folder of a package's programs; None where it can't be had."""
    home = PLACE / package
    if not (home / "ready").exists():
        subprocess.run([sys.executable, "-m", "venv", "--clear", home], check=True)
        asked = [str(home / "bin/pip"), "install", "--quiet", "--disable-pip-version-check", package]
        if subprocess.run(asked, capture_output=True).returncode:
            return None
        (home / "ready").touch()
    return home / "bin"


def kind(headline: str) -> str:
    words = re.sub(r"<!--.*?-->|[^a-z ]", "", headline.lower()).strip()
    return next((one for begin, one in TYPES.items() if words.startswith(begin)), "")


def words(text: str) -> str:
    """The text as all of them can write it: without links, numbers and capitals."""
    text = re.sub(r"\(\[.*", "", text, flags=re.DOTALL)
    return re.sub(r"(?:\s*\((?:\w+ )?[#!]\d+\))+$", "", text.strip()).strip(" .").lower()


def cliff(programs: Path, root: Path, base: str) -> Told:
    out = _ran([programs / "git-cliff", "--offline", "--context", *([f"{base}..HEAD"] if base else [])], root)
    commits = [commit for release in json.loads(out) for commit in release["commits"]]
    told = {
        (kind(one["group"]), words(one["message"])) for one in commits if one["conventional"] and kind(one["group"])
    }
    shown = "\n".join(one["message"] for one in commits)
    return told, any(one["breaking"] for one in commits), shown


def commitizen(programs: Path, root: Path, base: str) -> Told:
    del base  # it takes what no tag has, by itself
    return _markdown(_ran([programs / "cz", "changelog", "--dry-run", "--unreleased-version", "Unreleased"], root))


def semantic_release(programs: Path, root: Path, base: str) -> Told:
    del base
    _ran(["git", "remote", "add", "origin", "https://github.example/shop/site.git"], root)
    (root / "releaserc.toml").write_text("[semantic_release]\n" + _REMOTE)
    _ran([programs / "semantic-release", "-c", "releaserc.toml", "changelog"], root)
    return _markdown((root / "CHANGELOG.md").read_text())


def _markdown(text: str) -> Told:
    """What stands below the headlines of what is not yet released."""
    newest = re.split(r"^## ", text, flags=re.MULTILINE)[1:2]
    told: set[tuple[str, str]] = set()
    breaks = False
    for part in re.split(r"^### ", newest[0] if newest else "", flags=re.MULTILINE)[1:]:
        headline, _, below = part.partition("\n")
        breaks |= "breaking" in headline.lower()
        for bullet in re.split(r"^- ", below, flags=re.MULTILINE)[1:]:
            line = re.sub(r"^\*\*.*?\*\*: ", "", " ".join(bullet.split()))
            if kind(headline):
                told.add((kind(headline), words(line)))
    return told, breaks, newest[0] if newest else ""


def _ran(argv: list[str | Path], root: Path) -> str:
    environment = {"PATH": os.environ["PATH"], "HOME": os.devnull, "LC_ALL": "C.UTF-8", "NO_COLOR": "1",
                   "GIT_CONFIG_GLOBAL": os.devnull, "SOURCE_DATE_EPOCH": str(START)}  # fmt: skip
    done = subprocess.run([str(word) for word in argv], cwd=root, env=environment, capture_output=True, text=True)
    assert done.stdout or done.returncode == 0, done.stderr
    return done.stdout


TOOLS: Mapping[str, Callable[[Path, Path, str], Told]] = {
    "git-cliff": cliff,
    "commitizen": commitizen,
    "python-semantic-release": semantic_release,
}
