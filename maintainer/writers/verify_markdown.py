"""Verdicts in Markdown: a proposal's living comment, a step summary."""

from collections.abc import Sequence

from maintainer.evidence import Outcome
from maintainer.writers import sanitise
from maintainer.writers.verify_rows import Row
from maintainer.writers.verify_words import MARKS, SAYS

SAYS: dict[Outcome, str] = {
    "pass": "Nothing that was looked at is worse than before.",
    "fail": "This must not go live as it is.",
    "inconclusive": "Not everything could be looked at, so this is no yes.",
    "skipped": "Nothing was looked at, so this is no yes.",
}
#: A comment holds 65,536 characters on GitHub; so many rows are read by anybody.
MOST = 60


def markdown(headline: str, outcome: Outcome, rows: Sequence[Row], summary: str) -> str:
    """The whole comment: verdict first, then why; what passed and what was left out is folded away."""
    lines = [f"### {MARKS[outcome]} Verified: {outcome}", "", f"{SAYS[outcome]} {sanitise.line(headline, 400)}", ""]
    first = [row for row in rows if row.outcome in ("fail", "inconclusive")]
    rest = [row for row in rows if row.outcome not in ("fail", "inconclusive")]
    lines += _table(first[:MOST])
    if len(first) > MOST:
        lines += [f"And {len(first) - MOST} more, in the results.", ""]
    if rest:
        lines += ["<details><summary>What passed and what was left out</summary>", "", *_table(rest[:MOST])]
        lines += ["</details>", ""]
    return "\n".join([*lines, sanitise.line(summary, 400)]) + "\n"


def _table(rows: Sequence[Row]) -> list[str]:
    if not rows:
        return []
    lines = ["| | check | where | what |", "|---|---|---|---|"]
    for row in rows:
        check = sanitise.line(f"{row.check}: {row.rules}")
        where = ", ".join(sanitise.code(place) for place in row.where.split(", ")) if row.where else ""
        lines.append(f"| {row.mark} {row.outcome} | {check} | {where} | {sanitise.line(row.reason, 900)} |")
    return [*lines, ""]
