"""The authorities, each asked once for a whole batch: one process, JSON in and out."""

import json
import subprocess
from collections.abc import Callable, Sequence
from pathlib import Path

from maintainer.errors import InvalidConstraint, InvalidVersion

SCRIPTS = Path(__file__).parent / "authorities"

#: A verb of the script and its two arguments: `("satisfies", constraint, version)`, `("compare", a, b)`.
Question = tuple[str, str, str]
Answer = bool | int | str


def _ask(argv: list[str], questions: Sequence[Question]) -> list[Answer]:
    done = subprocess.run(argv, input=json.dumps(questions), capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    answers: list[Answer] = json.loads(done.stdout)
    assert len(answers) == len(questions)
    return answers


def php(questions: Sequence[Question]) -> list[Answer]:
    """PHP's `version_compare` and composer/semver; "invalid" where they throw."""
    return _ask(["php", str(SCRIPTS / "ask.php")], questions)


def node(questions: Sequence[Question]) -> list[Answer]:
    """The node-semver inside npm; "invalid" where it knows no version or no range."""
    root = subprocess.run(["npm", "root", "-g"], capture_output=True, text=True, check=True).stdout.strip()
    return _ask(["node", str(SCRIPTS / "ask.js"), f"{root}/npm/node_modules/semver"], questions)


def ours(answer: Callable[[], bool | int]) -> Answer:
    """What we answer, "invalid" where we raise."""
    try:
        return answer()
    except (InvalidVersion, InvalidConstraint):
        return "invalid"


def differences(
    questions: Sequence[Question], authority: Sequence[Answer], ours: Callable[[Question], Answer]
) -> list[tuple[Question, Answer, Answer]]:
    """The questions answered differently, with their answer and ours."""
    found = [(question, theirs, ours(question)) for question, theirs in zip(questions, authority, strict=True)]
    return [row for row in found if row[1] != row[2]]
