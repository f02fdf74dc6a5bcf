"""`--reports DIR`: what CI reads of a run, beside the log. docs/action.md and docs/gitlab.md say who reads what.

    summary.md         the plan in Markdown: GitHub's step summary, a merge request's note
    plan.json          the plan for programs (docs/schemas/plan.schema.json)
    annotations.txt    GitHub's workflow commands
    codequality.json   GitLab's Code Quality report
    outputs.env        counts and verdict, NAME=value a line: GITHUB_OUTPUT, GitLab's dotenv report

A folder that is begun has the last two from the start, so that CI finds them whatever happens.
"""

import os
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from maintainer.errors import ConfigurationError
from maintainer.evidence import ORDER, Verdict
from maintainer.model import Open, Plan, Refresh
from maintainer.writers import annotations, plan_json, sanitise
from maintainer.writers.plan_rows import Row

FILES = ("summary.md", "plan.json", "annotations.txt", "codequality.json", "outputs.env")

#: GitHub takes a MiB of a step's summary; a character has four bytes at most.
LONGEST_SUMMARY = 250_000

#: What an exit code says, as checks say it; every other code is `fail`.
VERDICTS = {0: "pass", 3: "inconclusive"}


def begin(folder: Path) -> None:
    """Make the folder and take away what an earlier run left. Raises ConfigurationError where that can't be."""
    if folder.is_symlink():
        raise ConfigurationError(f"--reports: {folder} is a link. Name a folder, so that nothing is written elsewhere.")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name in FILES:
            (folder / name).unlink(missing_ok=True)
        _write(folder, "codequality.json", annotations.gitlab(()))
        _write(folder, "outputs.env", "")
    except OSError as error:
        raise ConfigurationError(f"--reports: {error.filename or folder} can't be used: {error.strerror}.") from None


def write(folder: Path, plan: Plan, rows: Sequence[Row], markdown: str) -> None:
    """What a plan has to say; `markdown` is the whole of it for people, `rows` what its counts are taken of."""
    found = annotations.annotations(plan)
    count = Counter(row.status for row in rows)
    _write(folder, "summary.md", sanitise.shortened(markdown, LONGEST_SUMMARY))
    _write(folder, "plan.json", plan_json.text(plan))
    _write(folder, "annotations.txt", annotations.github(found))
    _write(folder, "codequality.json", annotations.gitlab(found))
    _append(
        folder,
        PROPOSED=sum(isinstance(action, Open | Refresh) for action in plan.actions),
        APPROVALS=count["approve"],
        HELD=count["held"],
        FAILED=len({(problem.sentence, problem.subject) for problem in plan.problems}),
    )


def verified(
    folder: Path, markdown: str, found: Sequence[annotations.Annotation], verdicts: Sequence[Verdict], results: Path
) -> None:
    """What `verify` has to say; `results` is the folder with all of it."""
    count = Counter(verdict.outcome for verdict in verdicts)
    _write(folder, "summary.md", sanitise.shortened(markdown, LONGEST_SUMMARY))
    _write(folder, "annotations.txt", annotations.github(found))
    _write(folder, "codequality.json", annotations.gitlab(found))
    _append(folder, RESULTS=sanitise.plain(str(results)), **{f"VERIFIED_{name.upper()}": count[name] for name in ORDER})


def released(folder: Path, tag: str) -> None:
    """The tag that `release` released."""
    _append(folder, RELEASED=sanitise.plain(tag))


def end(folder: Path, code: int, message: str = "") -> None:
    """How the command ended. A `message` is what a person must know of it: it is annotated and summed up."""
    if not (folder / "outputs.env").is_file():
        return  # it was never begun
    if message:
        with (folder / "annotations.txt").open("a", encoding="utf-8", errors="backslashreplace") as stream:
            stream.write(annotations.command("error", message, title="maintainer"))
        with (folder / "summary.md").open("a", encoding="utf-8", errors="backslashreplace") as stream:
            stream.write(f"**maintainer ended with exit code {code}.** {sanitise.line(message, 2_000)}\n")
    _append(folder, EXIT_CODE=code, VERDICT=VERDICTS.get(code, "fail"))


def _append(folder: Path, **outputs: int | str) -> None:
    with (folder / "outputs.env").open("a", encoding="utf-8") as stream:
        stream.writelines(f"MAINTAINER_{name}={value}\n" for name, value in outputs.items())


def _write(folder: Path, name: str, text: str) -> None:
    """Into a file of our own making, never through a link that the repository put there."""
    (folder / name).unlink(missing_ok=True)
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL
    with os.fdopen(os.open(folder / name, flags, 0o644), "w", encoding="utf-8", errors="backslashreplace") as stream:
        stream.write(text)
