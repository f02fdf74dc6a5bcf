"""Verdicts for programs: the JSON of `maintainer verify --format json`, a stable seam with a published schema."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from maintainer.evidence import FieldData, Measurement, Verdict
from maintainer.writers import verify_field


@dataclass(frozen=True, slots=True)
class Report:
    """All that was judged: of which commit (`-dirty` where files differ from it), beside which, by which configuration.

    `config` is a digest of what was wanted, `at` is aware. `field` is what visitors have, where anybody asked.
    """

    head: str | None
    base: str | None
    config: str
    at: datetime
    verdicts: tuple[Verdict, ...]
    field: FieldData | None = None


def text(report: Report) -> str:
    """The whole document, `schema: 1` (docs/schemas/verify.schema.json)."""
    return json.dumps(document(report), separators=(",", ":")) + "\n"


def document(report: Report) -> dict[str, Any]:
    """The document as plain values."""
    return {
        "schema": 1,
        "head": report.head,
        "base": report.base,
        "config": report.config,
        "at": report.at.isoformat(),
        "verdicts": [_verdict(verdict) for verdict in report.verdicts],
        "field": verify_field.document(report.field),
    }


def _verdict(verdict: Verdict) -> dict[str, Any]:
    return {
        "check": verdict.check,
        "rule": verdict.rule,
        "where": verdict.where,
        "value": verdict.value,
        "unit": verdict.unit,
        "limit": verdict.limit,
        "baseline": verdict.baseline,
        "samples": verdict.samples,
        "verdict": verdict.outcome,
        "reason": verdict.reason,
        "artifacts": [{"path": artifact.path, "what": artifact.what} for artifact in verdict.artifacts],
    }


def measurements(made: Sequence[Measurement]) -> str:
    """All numbers, judged or not, as a JSON list, one measurement a line."""
    rows = (
        {
            "check": one.check,
            "metric": one.metric,
            "where": one.where,
            "side": one.side,
            "unit": one.unit,
            "samples": one.samples,
        }
        for one in made
    )
    return "[\n" + ",\n".join(json.dumps(row, separators=(",", ":")) for row in rows) + "\n]\n"
