"""What a plan says to people: one row for each thing that moves, waits or is broken."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import Literal

from maintainer.model import (
    Allow,
    Ask,
    Change,
    Close,
    Decided,
    Deny,
    Finding,
    Hold,
    Leave,
    Looked,
    Plan,
    Problem,
    Update,
)
from maintainer.writers.proposal import advisory_text

Status = Literal["SECURITY", "propose", "waits", "approve", "held", "ignored", "by hand", "known", "unknown", "close"]

#: The order in which a person wants to read them.
ORDER: tuple[Status, ...] = (
    "SECURITY", "propose", "waits", "approve", "held", "by hand", "unknown", "close", "known", "ignored",
)  # fmt: skip

NOTHING_FOUND = "nothing that maintainer knows was found here: is this the site's repository?"

#: Groups that are one runtime each, as people call it.
RUNTIMES = {"php": "PHP", "node": "Node", "python": "Python"}

#: Findings that ask for a person's hand, unlike those that just say how things are.
BY_HAND = frozenset(
    {"modified", "closed", "composer-plugin", "foreign-lock", "unlabelled-pin", "template-override", "vulnerable"}
)


@dataclass(frozen=True, slots=True)
class Row:
    status: Status
    name: str
    moves: str
    note: str


def rows(plan: Plan, zone: tzinfo) -> list[Row]:
    """All rows, in the order of `ORDER`; the same move in several files is one row."""
    every = [
        *_changes(plan),
        *_decisions(plan.dependencies, zone),
        *_problems(plan.problems),
        *(_finding(finding) for finding in plan.findings),
    ]
    unique = list(dict.fromkeys(every))
    return sorted(unique, key=lambda row: ORDER.index(row.status))


def _changes(plan: Plan) -> Iterator[Row]:
    notes = {
        (decided.update.dependency.file, decided.update.dependency.name, decided.update.release.version): decided
        for looked in plan.dependencies
        for decided in looked.updates
    }
    for action in plan.actions:
        if isinstance(action, Close):
            yield Row("close", action.proposal.title, "", action.reason)
            continue
        change = action.subject if isinstance(action, Leave) else action.change
        if not isinstance(change, Change):
            yield Row("known", change.title, "", action.reason if isinstance(action, Leave) else "")
            continue
        status: Status = "waits" if isinstance(action, Leave) else "SECURITY" if change.security else "propose"
        reason = "" if not hasattr(action, "reason") else action.reason
        yield _change(status, change, reason, notes)


def _change(status: Status, change: Change, reason: str, notes: dict[tuple[str, str, str], Decided]) -> Row:
    names = {update.dependency.name for update in change.updates}
    first = change.updates[0]
    runtime = RUNTIMES.get(change.group.removesuffix("-major"), "")
    if len(names) > 1 and not runtime:
        listed = ", ".join(sorted(names)[:4]) + (f" and {len(names) - 4} more" if len(names) > 4 else "")
        return Row(status, change.group or change.title, f"{len(names)} updates", _joined(listed, reason))
    decided = notes.get((first.dependency.file, first.dependency.name, first.release.version))
    allowed = decided.decision.reason if decided and isinstance(decided.decision, Allow) else ""
    advisories = " · ".join(dict.fromkeys(advisory_text(a) for u in change.updates for a in u.advisories))
    since, to = first.dependency.current or first.dependency.constraint, first.release.version
    if runtime:
        return Row(status, runtime, f"{_numbers(since)} → {_numbers(to)}", _joined(_with_bump(first, allowed), reason))
    files = f"{len(change.updates)} files" if len(change.updates) > 1 else ""
    said = _joined(advisories, _with_bump(first, allowed), files, reason)
    return Row(status, first.dependency.name, f"{since} → {to}", said)


def _with_bump(update: Update, reason: str) -> str:
    """The reason, and how far it moves unless the reason says so."""
    return reason if update.bump in reason else _joined(update.bump, reason)


def _decisions(dependencies: Iterable[Looked], zone: tzinfo) -> Iterator[Row]:
    runtimes: dict[tuple[Status, str, bool], Row] = {}
    for decided in (decided for looked in dependencies for decided in looked.updates):
        update = decided.update
        said = _said(decided, zone)
        if said is None:
            continue
        since, to = update.dependency.current or update.dependency.constraint, update.release.version
        if decided.group not in RUNTIMES:
            yield Row(said[0], update.dependency.name, f"{since} → {to}", said[1])
            continue
        # One change over many files: how exactly each of them writes it is for the proposal.
        row = Row(said[0], RUNTIMES[decided.group], f"{_numbers(since)} → {_numbers(to)}", said[1])
        known = runtimes.setdefault((said[0], decided.group, update.bump == "major"), row)
        if len(row.moves) < len(known.moves):
            runtimes[said[0], decided.group, update.bump == "major"] = row
    yield from runtimes.values()


def _said(decided: Decided, zone: tzinfo) -> tuple[Status, str] | None:
    """The status and the words of what doesn't move now."""
    match decided.decision:
        case Ask(reason):
            return "approve", _with_bump(decided.update, reason)
        case Hold(reason, until):
            return "held", _joined(reason, _until(until, zone))
        case Deny(reason):
            return "ignored", reason
        case Allow():
            return None


def _numbers(version: str) -> str:
    found = re.match(r"[vV^~>=\s]*(\d+(?:\.\d+)*)", version)
    return found[1] if found else version


def _until(until: datetime | None, zone: tzinfo) -> str:
    return f"until {until.astimezone(zone):%a %d %b %H:%M}" if until else ""


def _problems(problems: Iterable[Problem]) -> Iterator[Row]:
    """One row for each thing that is broken, however many packages it costs."""
    alike: dict[str, dict[str, Problem]] = {}
    for problem in problems:
        alike.setdefault(problem.sentence, {}).setdefault(problem.subject, problem)
    for sentence, subjects in alike.items():
        first, *others = subjects.values()
        if others:
            yield Row("unknown", f"{first.subject} and {len(others)} more", "", sentence)
        else:
            yield Row("unknown", first.subject, first.where, sentence)


def _finding(finding: Finding) -> Row:
    status: Status = "by hand" if finding.kind in BY_HAND else "known"
    return Row(status, finding.subject, finding.kind, finding.sentence)


def _joined(*parts: str) -> str:
    return " · ".join(dict.fromkeys(part for part in parts if part))


def summary(shown: Sequence[Row], plan: Plan, seconds: float) -> str:
    """`1 security, 10 to propose, 2 wait for approval, 1 held · 212 dependencies in 3.1 s`."""
    count = Counter(row.status for row in shown)
    # What is broken has one row; what it costs is what counts.
    count["unknown"] = len({(problem.sentence, problem.subject) for problem in plan.problems})
    said: tuple[tuple[Status, str], ...] = (
        ("SECURITY", "security"), ("propose", "to propose"), ("waits", "wait their turn"),
        ("approve", "for approval"), ("held", "held"), ("by hand", "by hand"), ("unknown", "unknown"),
    )  # fmt: skip
    counts = ", ".join(f"{count[status]} {words}" for status, words in said if count[status])
    total = f"{len(plan.dependencies)} dependenc{'y' if len(plan.dependencies) == 1 else 'ies'} in {seconds:.1f} s"
    fine = "everything is up to date" if plan.dependencies else NOTHING_FOUND
    return f"{counts or fine} · {total}"
