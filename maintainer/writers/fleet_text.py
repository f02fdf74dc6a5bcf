"""A fleet's summary for a terminal, for a step summary, and for programs."""

import json
from typing import Any

from maintainer.text.result import COUNTS
from maintainer.writers import plan_text, sanitise
from maintainer.writers.fleet_rows import MARKS, WORDS, Row, Summary

HEAD = ("", "site", "", "vulnerable", "behind", "held", "approve", "look at first")
#: A step summary takes 1 MiB; so many rows of it are enough for any of them.
MOST_ROWS = 500


def terminal(summary: Summary, *, width: int, colour: bool) -> str:
    """The table a person reads, and a sentence."""
    rows = [HEAD, *(_cells(row) for row in summary.rows)]
    table = plan_text.table(rows, width=width, colour=colour) if summary.rows else ""
    told = [f"{one.severity}: {one.name} on {_sites(one.sites)}{_mends(one.to)}" for one in summary.vulnerable]
    lines = [*told, ""] if told else []
    return table + "\n" + "\n".join(map(_printable, [*lines, f"{summary.sentence()} · {work(summary)}"])) + "\n"


def markdown(summary: Summary) -> str:
    """The same for a step summary or an issue."""
    lines = [f"**{sanitise.line(summary.sentence(), 400)}**", ""]
    if summary.rows:
        lines += [
            "| | site | | vulnerable | behind | held | for approval | look at first |",
            "|---|---|---|--:|--:|--:|--:|---|",
        ]
        for row in summary.rows[:MOST_ROWS]:
            mark, name, state, *counts, note = _cells(row)
            cells = [mark, sanitise.line(name), state, *counts, sanitise.line(note, 300)]
            lines.append(f"| {' | '.join(cells)} |")
        lines += (
            [f"\n{len(summary.rows) - MOST_ROWS} more sites are not shown."] if len(summary.rows) > MOST_ROWS else []
        )
        lines.append("")
    if summary.vulnerable:
        lines += ["| severity | package | on | mended by |", "|---|---|---|---|"]
        for one in summary.vulnerable[:MOST_ROWS]:
            to = ", ".join(map(sanitise.line, one.to)) or "nothing yet"
            lines.append(f"| {one.severity} | {sanitise.line(one.name)} | {sanitise.line(_sites(one.sites))} | {to} |")
        lines.append("")
    return "\n".join([*lines, sanitise.line(work(summary))]) + "\n"


def document(summary: Summary) -> dict[str, Any]:
    """The summary as plain values (docs/schemas/fleet.schema.json)."""
    return {
        "schema": 1,
        "kind": "summary",
        "states": dict(summary.states),
        "totals": dict(summary.totals),
        "seconds": round(summary.seconds, 1),
        "requests": summary.requests,
        "sites": [
            {
                "site": row.site,
                "repository": row.result.repository if row.result else "",
                "state": row.state,
                "note": row.note,
                "counts": {name: row.result.count(name) for name in COUNTS} if row.result else {},
            }
            for row in summary.rows
        ],
        "vulnerable": [
            {
                "name": one.name,
                "severity": one.severity,
                "advisories": list(one.advisories),
                "to": list(one.to),
                "sites": list(one.sites),
            }
            for one in summary.vulnerable
        ],
        "held": [
            {"name": one.name, "to": one.to, "reason": one.reason, "until": one.until or None, "sites": list(one.sites)}
            for one in summary.held
        ],
    }


def text(summary: Summary) -> str:
    return json.dumps(document(summary), separators=(",", ":")) + "\n"


def work(summary: Summary) -> str:
    """`212 dependencies in 40 s of work, 310 requests`."""
    return (
        f"{summary.totals['dependencies']} dependencies in {summary.seconds:.0f} s of work, {summary.requests} requests"
    )


def _cells(row: Row) -> tuple[str, ...]:
    counts = [row.result.count(name) if row.result else 0 for name in ("vulnerable", "behind", "held", "approve")]
    return (MARKS[row.state], row.site, WORDS[row.state], *(str(count or "") for count in counts), row.note)


def _sites(names: tuple[str, ...]) -> str:
    first = ", ".join(names[:3])
    return first if len(names) <= 3 else f"{first} and {len(names) - 3} more"


def _mends(to: tuple[str, ...]) -> str:
    return f" → {', '.join(to[:3])}" if to else ", and nothing mends it yet"


def _printable(line: str) -> str:
    return "".join(character for character in line if character.isprintable())
