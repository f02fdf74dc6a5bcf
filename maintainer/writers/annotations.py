"""What a plan has to say of lines of files: GitHub's workflow commands and GitLab's Code Quality report.

https://docs.github.com/actions/reference/workflow-commands-for-github-actions
https://docs.gitlab.com/ci/testing/code_quality/#code-quality-report-format
"""

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from maintainer.model import Plan, Problem, Severity
from maintainer.writers import plan_rows, sanitise

Level = Literal["error", "warning", "notice"]
LEVELS: tuple[Level, ...] = ("error", "warning", "notice")

#: GitHub shows so many of a level and step.
MOST = 10

#: How grave GitLab calls what is this bad: blocker, critical, major, minor or info.
GRAVE: dict[Severity, str] = {
    "critical": "critical",
    "high": "major",
    "medium": "minor",
    "unknown": "minor",
    "low": "info",
}


@dataclass(frozen=True, slots=True)
class Annotation:
    """A sentence about a line; `file` is from the repository's root, empty where it is about none.

    `subject` is what it is about; with `kind` and `file` it stays the same from run to run, unlike the sentence.
    """

    level: Level
    kind: str
    file: str
    line: int
    subject: str
    sentence: str
    severity: Severity


def annotations(plan: Plan) -> list[Annotation]:
    """Problems first, then what asks for a person, then what is only to be known."""
    found = [*_problems(plan), *_vulnerable(plan), *_findings(plan)]
    return sorted(dict.fromkeys(found), key=lambda one: LEVELS.index(one.level))


def _problems(plan: Plan) -> Iterator[Annotation]:
    """One for each thing that is broken, however many packages it costs, as in the plan's table."""
    files = {looked.dependency.file for looked in plan.dependencies}
    alike: dict[str, dict[str, Problem]] = {}
    for problem in plan.problems:
        alike.setdefault(problem.sentence, {}).setdefault(problem.subject, problem)
    for sentence, subjects in alike.items():
        first, *others = subjects.values()
        file = first.where if first.where in files else ""
        subject = f"{first.subject} and {len(others)} more" if others else first.subject
        yield Annotation("error", "problem", file, 1, subject, sentence, "high")


def _vulnerable(plan: Plan) -> Iterator[Annotation]:
    """One for each place with a known vulnerability that an update fixes."""
    for looked in plan.dependencies:
        for decided in looked.updates:
            update, dependency = decided.update, looked.dependency
            if update.advisories:
                fixed = ", ".join(sorted({advisory.id for advisory in update.advisories}))
                said = f"{dependency.current or dependency.constraint} is vulnerable ({fixed})"
                sentence = f"{said}. {update.release.version} fixes it."
                worst = min((advisory.severity for advisory in update.advisories), key=list(GRAVE).index)
                yield Annotation(
                    "warning", "vulnerable", dependency.file, dependency.line, dependency.name, sentence, worst
                )
                break


def _findings(plan: Plan) -> Iterator[Annotation]:
    for finding in plan.findings:
        asks = finding.kind in plan_rows.BY_HAND or finding.severity in ("critical", "high")
        level: Level = "warning" if asks else "notice"
        yield Annotation(
            level, finding.kind, finding.file, finding.line, finding.subject, finding.sentence, finding.severity
        )


# GitHub


def github(found: Iterable[Annotation]) -> str:
    """One workflow command a line, ten of each level at most."""
    count: Counter[Level] = Counter()
    lines = []
    for one in found:
        count[one.level] += 1
        if count[one.level] <= MOST:
            where = {"file": one.file, "line": str(one.line)} if one.file else {}
            lines.append(command(one.level, one.sentence, **where, title=one.subject))
    return "".join(lines)


def command(level: Level, message: str, **properties: str) -> str:
    """One line for GitHub's runner; nothing in it can end it, begin another, or be read as part of its grammar."""
    stated = ",".join(f"{name}={_escaped(text, (':', ','))}" for name, text in properties.items())
    return f"::{level}{f' {stated}' if stated else ''}::{_escaped(message)}\n"


def _escaped(text: str, more: Sequence[str] = ()) -> str:
    """Escaped as the runner undoes it; `%` first."""
    plain = sanitise.plain(text)
    for character in ("%", "\r", "\n", *more):
        plain = plain.replace(character, f"%{ord(character):02X}")
    return plain


# GitLab


def gitlab(found: Iterable[Annotation]) -> str:
    """The Code Quality report: a JSON list of what stands in a file."""
    seen: Counter[tuple[str, ...]] = Counter()
    issues = []
    for one in found:
        if not one.file:
            continue
        key = (one.kind, one.file, one.subject)
        seen[key] += 1
        issues.append(
            {
                "description": sanitise.plain(f"{one.subject}: {one.sentence}"),
                "check_name": f"maintainer:{one.kind}",
                "fingerprint": _fingerprint(*key, str(seen[key])),
                "severity": GRAVE[one.severity],
                "location": {"path": one.file, "lines": {"begin": one.line}},
            }
        )
    return json.dumps(issues, indent=1) + "\n"


def _fingerprint(*parts: str) -> str:
    """The same for the same thing in every run, so that GitLab tells what is new."""
    return hashlib.sha256("\0".join(parts).encode("utf-8", "surrogateescape")).hexdigest()
