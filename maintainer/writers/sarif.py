"""Verdicts as SARIF 2.1.0, for code scanning and editors.

https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html. A fail is a result of the kind `fail`. What is
inconclusive has the kind `open` ("insufficient information", 3.27.9), whose level is `none`; so that nobody takes the
run for complete, it is told as a notification too, and the execution was not successful. What passed is no result: some
readers show every result as a finding.
"""

import hashlib
import json
from collections.abc import Callable, Sequence
from datetime import UTC
from typing import Any
from urllib.parse import quote

from maintainer.evidence import Verdict
from maintainer.version import VERSION
from maintainer.writers import sanitise
from maintainer.writers.verify_json import Report
from maintainer.writers.verify_places import Place
from maintainer.writers.verify_words import CHECKS, metric

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
#: GitHub takes 25,000 results of a run (https://docs.github.com/code-security/reference/code-scanning/sarif-support).
MOST = 5000


def sarif(report: Report, place: Callable[[Verdict], Place]) -> str:
    """The whole log, one run; `place` says where in the repository a verdict stands."""
    told = [verdict for verdict in report.verdicts if verdict.outcome in ("fail", "inconclusive")][:MOST]
    ids = list(dict.fromkeys(_rule(verdict) for verdict in told))
    blind = [verdict for verdict in told if verdict.outcome == "inconclusive"]
    invocation: dict[str, Any] = {"executionSuccessful": not blind, "endTimeUtc": _utc(report)}
    if blind:
        invocation["toolExecutionNotifications"] = [_notification(verdict) for verdict in blind]
    run = {
        "tool": {
            "driver": {
                "name": "maintainer verify",
                "semanticVersion": VERSION,
                "rules": [_described(verdict_id, told) for verdict_id in ids],
            }
        },
        "automationDetails": {"id": "maintainer/verify/"},
        "columnKind": "unicodeCodePoints",
        "originalUriBaseIds": {"SRCROOT": {"description": {"text": "The repository of the site."}}},
        "invocations": [invocation],
        "results": [_result(verdict, ids, place(verdict)) for verdict in told],
    }
    return json.dumps({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}, indent=1) + "\n"


def _utc(report: Report) -> str:
    """A moment as 3.9 wants it: UTC, with a Z."""
    return f"{report.at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


def _rule(verdict: Verdict) -> str:
    return f"{verdict.check}/{verdict.rule}"


def _described(rule: str, told: Sequence[Verdict]) -> dict[str, Any]:
    check, _, name = rule.partition("/")
    asks = CHECKS.get(check, "")
    found = next(verdict for verdict in told if _rule(verdict) == rule)
    limited = " The value over its limit, or worse than before the change, fails." if found.value is not None else ""
    text = f"{asks}{limited} What it sees and what it can't see: docs/checks/{check}.md of maintainer.".strip()
    return {
        "id": rule,
        "name": "".join(part.capitalize() for part in rule.replace("/", "-").replace("_", "-").split("-")),
        "shortDescription": {"text": f"{check}: {metric(name)}"},
        "fullDescription": {"text": asks or f"{check}: {metric(name)}"},
        "help": {"text": text, "markdown": text},
        "defaultConfiguration": {"level": "error"},
        "properties": {"tags": ["maintainer", check], "problem.severity": "error"},
    }


def _result(verdict: Verdict, ids: Sequence[str], place: Place) -> dict[str, Any]:
    rule = _rule(verdict)
    where = f"{sanitise.plain(verdict.where)}: " if verdict.where else ""
    fails = verdict.outcome == "fail"
    uri = {"uri": quote(place.path), "uriBaseId": "SRCROOT"}
    return {
        "ruleId": rule,
        "ruleIndex": ids.index(rule),
        "kind": "fail" if fails else "open",
        "level": "error" if fails else "none",
        "message": {"text": where + sanitise.plain(verdict.reason or verdict.rule)},
        "locations": [
            {
                "physicalLocation": {"artifactLocation": uri, "region": {"startLine": place.line}},
                "logicalLocations": [{"fullyQualifiedName": sanitise.plain(verdict.where) or "the whole site"}],
            }
        ],
        "partialFingerprints": {"maintainerVerdict/v1": _fingerprint(verdict)},
    }


def _notification(verdict: Verdict) -> dict[str, Any]:
    where = f" {sanitise.plain(verdict.where)}" if verdict.where else ""
    return {
        "level": "warning",
        "message": {"text": f"Not judged, {_rule(verdict)}{where}: {sanitise.plain(verdict.reason)}"},
    }


def _fingerprint(verdict: Verdict) -> str:
    """The same for the same rule and place in every run."""
    parts = "\0".join((verdict.check, verdict.rule, verdict.where))
    return hashlib.sha256(parts.encode("utf-8", "surrogateescape")).hexdigest()
