"""Verdicts in Markdown: a proposal's living comment, a step summary."""

from collections.abc import Sequence

from maintainer.evidence import Outcome, Verdict, concluded, worst
from maintainer.writers import sanitise
from maintainer.writers.verify_rows import NAMED, Row, brief, rows
from maintainer.writers.verify_words import MARKS, SAYS

#: A comment holds 65,536 characters on GitHub; so many rows are read by anybody.
MOST = 60
#: What is not looked at at all is told in one line, so many of it.
LEFT_OUT = 8


def markdown(sites: Sequence[str], verdicts: Sequence[Verdict], summary: str, report: str = "") -> str:
    """The whole comment: verdict first, then why; what passed and what was left out is folded away.

    `sites` are the addresses that were looked at, with the change and before it, as many as there are; `report` is the
    address of the page, or of where it is found.
    """
    said = rows(verdicts)
    outcome = concluded(verdicts)
    where = " beside ".join(sanitise.code(site) for site in sites)
    lines = [f"### {MARKS[outcome]} Verified: {outcome}", "", " ".join(filter(None, (SAYS[outcome], where))), ""]
    link = f" · [full report]({report})" if report else ""
    checks = list(dict.fromkeys(row.check for row in said))
    lines += [f"**Looked at:** {' · '.join(_checks(checks, said)) or 'nothing'}{link}", ""]
    left_out = [row for row in said if row.outcome == "skipped" and row.rules == "looked"]
    if left_out:
        lines += [f"**Not looked at:** {_left_out(left_out)}", ""]
    first = [row for row in said if row.outcome in ("fail", "inconclusive")]
    rest = [row for row in said if row.outcome not in ("fail", "inconclusive") and row not in left_out]
    lines += _table(first[:MOST])
    if len(first) > MOST:
        lines += [f"And {len(first) - MOST} more, in the results.", ""]
    if rest:
        lines += ["<details><summary>What passed and what was left out</summary>", "", *_table(rest[:MOST])]
        lines += [f"And {len(rest) - MOST} more, in the results.", ""] if len(rest) > MOST else []
        lines += ["</details>", ""]
    return "\n".join([*lines, sanitise.line(summary, 400)]) + "\n"


def _checks(checks: Sequence[str], said: Sequence[Row]) -> list[str]:
    """`✔ smoke 34 pages`: of a check that fails the table says why."""
    told = []
    for check in checks:
        own = [row for row in said if row.check == check]
        outcomes: set[Outcome] = {row.outcome for row in own} - {"skipped"}
        if outcomes:
            outcome = worst(outcomes)
            words = {"fail": " fails", "inconclusive": " inconclusive"}.get(outcome) or f" {brief(check, outcome, own)}"
            told.append(f"{MARKS[outcome]} {sanitise.line(check + words)}")
    return told


def _left_out(left_out: Sequence[Row]) -> str:
    told = [f"{sanitise.line(row.check)} ({sanitise.line(row.reason)})" for row in left_out[:LEFT_OUT]]
    return " · ".join([*told, f"{len(left_out) - LEFT_OUT} more"] if len(left_out) > LEFT_OUT else told)


def _table(said: Sequence[Row]) -> list[str]:
    if not said:
        return []
    lines = ["| | check | where | what |", "|---|---|---|---|"]
    for row in said:
        check = sanitise.line(f"{row.check}: {row.rules}")
        lines.append(f"| {row.mark} {row.outcome} | {check} | {_places(row)} | {sanitise.line(row.reason, 900)} |")
    return [*lines, ""]


def _places(row: Row) -> str:
    """Each as code; of many the first, and how many more."""
    shown = row.places if len(row.places) <= NAMED else row.places[: NAMED - 1]
    more = f" and {len(row.places) - len(shown)} more" if len(shown) < len(row.places) else ""
    return ", ".join(sanitise.code(place) for place in shown) + more
