"""The authorities, each asked once for a whole batch: one process, JSON in and out."""

import json
import subprocess
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent / "authorities"

#: A question: `["compare", a, b]`, `["satisfies", constraint, version]`, and what else a script knows.
Question = Sequence[str]


def _ask(argv: list[str], questions: Sequence[Question]) -> list[Any]:
    done = subprocess.run(argv, input=json.dumps(list(questions)), capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    answers = json.loads(done.stdout)
    assert len(answers) == len(questions)
    return list(answers)


def php(questions: Sequence[Question]) -> list[Any]:
    """PHP's `version_compare` and composer/semver; "invalid" where they throw."""
    return _ask(["php", str(FOLDER / "ask.php")], questions)


@lru_cache
def _npm_root() -> str:
    return subprocess.run(["npm", "root", "-g"], capture_output=True, text=True, check=True).stdout.strip()


def node(questions: Sequence[Question]) -> list[Any]:
    """npm's own node-semver; "invalid" where it knows no version or no range."""
    return _ask(["node", str(FOLDER / "ask.js"), f"{_npm_root()}/npm/node_modules/semver"], questions)
