"""A plan for programs: the JSON of `maintainer plan --format json`, a stable seam with a published schema."""

import json
from typing import Any, assert_never

from maintainer.model import (
    Action,
    Allow,
    Ask,
    Change,
    Close,
    Decided,
    Decision,
    Deny,
    Finding,
    Hold,
    Leave,
    Looked,
    Open,
    Plan,
    Problem,
    Refresh,
)


def text(plan: Plan) -> str:
    """The whole document, `schema: 1` (docs/schemas/plan.schema.json)."""
    return json.dumps(document(plan), separators=(",", ":")) + "\n"


def document(plan: Plan) -> dict[str, Any]:
    """The document as plain values."""
    return {
        "schema": 1,
        "dependencies": [_dependency(looked) for looked in plan.dependencies],
        "findings": [_finding(finding) for finding in plan.findings],
        "actions": [_action(action) for action in plan.actions],
        "problems": [_problem(problem) for problem in plan.problems],
    }


def _dependency(looked: Looked) -> dict[str, Any]:
    dependency = looked.dependency
    return {
        "manager": dependency.manager,
        "file": dependency.file,
        "line": dependency.line,
        "name": dependency.name,
        "source": dependency.source.datasource,
        "package": dependency.source.package,
        "scheme": dependency.scheme,
        "role": dependency.role,
        "section": dependency.section,
        "constraint": dependency.constraint,
        "locked": dependency.locked,
        "current": dependency.current,
        "latest": looked.latest,
        "updates": [_update(decided) for decided in looked.updates],
        "problem": looked.problem or None,
    }


def _update(decided: Decided) -> dict[str, Any]:
    update = decided.update
    word, reason, until = decision(decided.decision)
    return {
        "to": update.release.version,
        "text": update.text,
        "bump": update.bump,
        "decision": word,
        "reason": reason,
        "until": until,
        "published": update.release.published.isoformat() if update.release.published else None,
        "advisories": [
            {
                "id": advisory.id,
                "aliases": list(advisory.aliases),
                "severity": advisory.severity,
                "summary": advisory.summary,
                "url": advisory.url,
            }
            for advisory in update.advisories
        ],
        "group": decided.group or None,
    }


def decision(made: Decision) -> tuple[str, str, str | None]:
    """`(allow|ask|hold|deny, reason, until)`; `until` is ISO 8601 or None."""
    match made:
        case Allow(reason):
            return "allow", reason, None
        case Ask(reason):
            return "ask", reason, None
        case Hold(reason, until):
            return "hold", reason, until.isoformat() if until else None
        case Deny(reason):
            return "deny", reason, None
        case other:
            assert_never(other)


def _finding(finding: Finding) -> dict[str, Any]:
    return {
        "kind": finding.kind,
        "file": finding.file,
        "line": finding.line,
        "subject": finding.subject,
        "severity": finding.severity,
        "sentence": finding.sentence,
    }


def _problem(problem: Problem) -> dict[str, Any]:
    return {
        "where": problem.where,
        "subject": problem.subject,
        "sentence": problem.sentence,
        "exit_code": problem.exit_code,
    }


def _action(action: Action) -> dict[str, Any]:
    match action:
        case Open(change):
            return {"action": "open", "reason": ""} | _change(change)
        case Refresh(change, proposal, reason):
            return {"action": "refresh", "reason": reason, "proposal": proposal.number} | _change(change)
        case Close(proposal, reason, successor):
            return {
                "action": "close",
                "reason": reason,
                "proposal": proposal.number,
                "branch": proposal.branch,
                "title": proposal.title,
                "successor": successor or None,
            }
        case Leave(subject, reason):
            if isinstance(subject, Change):
                return {"action": "leave", "reason": reason} | _change(subject)
            return {
                "action": "leave",
                "reason": reason,
                "proposal": subject.number,
                "branch": subject.branch,
                "title": subject.title,
            }
        case other:
            assert_never(other)


def _change(change: Change) -> dict[str, Any]:
    return {
        "branch": change.branch,
        "title": change.title,
        "group": change.group or None,
        "updates": [
            {"file": file, "package": package, "from": since, "to": to} for file, package, since, to in change.identity
        ],
    }
