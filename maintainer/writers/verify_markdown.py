"""Verdicts in Markdown: a proposal's living comment, a step summary."""

from collections.abc import Mapping, Sequence

from maintainer.evidence import Outcome, Verdict, concluded, worst
from maintainer.text.language import ENGLISH, Language
from maintainer.writers import sanitise
from maintainer.writers.verify_rows import NAMED, Row, brief, rows
from maintainer.writers.verify_words import MARKS, SAYS

#: A comment holds 65,536 characters on GitHub; so many rows are read by anybody.
MOST = 60
#: What is said of a check that doesn't pass: the table says why.
NO_PASS: Mapping[Outcome, str] = {"fail": "fails", "inconclusive": "inconclusive"}
#: What is not looked at at all is told in one line, so many of it.
LEFT_OUT = 8


def markdown(
    sites: Sequence[str], verdicts: Sequence[Verdict], summary: str, report: str = "", language: Language = ENGLISH
) -> str:
    """The whole comment: verdict first, then why; what passed and what was left out is folded away.

    `sites` are the addresses that were looked at, with the change and before it, as many as there are; `report` is the
    address of the page, or of where it is found.
    """
    say = language.say
    said = rows(verdicts, language)
    outcome = concluded(verdicts)
    where = f" {say('beside')} ".join(sanitise.code(site) for site in sites)
    title = f"### {MARKS[outcome]} {say('Verified')}: {say(outcome)}"
    lines = [title, "", " ".join(filter(None, (say(SAYS[outcome]), where))), ""]
    link = f" · [{say('full report')}]({report})" if report else ""
    checks = list(dict.fromkeys(row.check for row in said))
    looked = " · ".join(_checks(checks, said, language)) or say("nothing")
    lines += [f"**{say('Looked at:')}** {looked}{link}", ""]
    left_out = [row for row in said if row.outcome == "skipped" and row.rules == "looked"]
    if left_out:
        lines += [f"**{say('Not looked at:')}** {_left_out(left_out, language)}", ""]
    first = [row for row in said if row.outcome in ("fail", "inconclusive")]
    rest = [row for row in said if row.outcome not in ("fail", "inconclusive") and row not in left_out]
    lines += _table(first[:MOST], language)
    if len(first) > MOST:
        lines += [say(f"And {len(first) - MOST} more, in the results."), ""]
    if rest:
        folded = say("What passed and what was left out")
        lines += [f"<details><summary>{folded}</summary>", "", *_table(rest[:MOST], language)]
        lines += [say(f"And {len(rest) - MOST} more, in the results."), ""] if len(rest) > MOST else []
        lines += ["</details>", ""]
    return "\n".join([*lines, sanitise.line(summary, 400)]) + "\n"


def _checks(checks: Sequence[str], said: Sequence[Row], language: Language) -> list[str]:
    """`✔ smoke 34 pages`: of a check that fails the table says why."""
    told = []
    for check in checks:
        own = [row for row in said if row.check == check]
        outcomes: set[Outcome] = {row.outcome for row in own} - {"skipped"}
        if outcomes:
            outcome = worst(outcomes)
            looked = f"{language.say(check, 'check')} {brief(check, outcome, own, language)}"
            words = looked if outcome == "pass" else language.say(f"{check} {NO_PASS[outcome]}")
            told.append(f"{MARKS[outcome]} {sanitise.line(words)}")
    return told


def _left_out(left_out: Sequence[Row], language: Language) -> str:
    told = [
        f"{sanitise.line(language.say(row.check, 'check'))} ({sanitise.line(row.reason)})"
        for row in left_out[:LEFT_OUT]
    ]
    more = language.say(f"{len(left_out) - LEFT_OUT} more")
    return " · ".join([*told, more] if len(left_out) > LEFT_OUT else told)


def _table(said: Sequence[Row], language: Language) -> list[str]:
    if not said:
        return []
    say = language.say
    lines = [f"| | {say('check')} | {say('where')} | {say('what')} |", "|---|---|---|---|"]
    for row in said:
        check = sanitise.line(f"{say(row.check, 'check')}: {row.rules}")
        outcome, places = f"{row.mark} {say(row.outcome)}", _places(row, language)
        lines.append(f"| {outcome} | {check} | {places} | {sanitise.line(row.reason, 900)} |")
    return [*lines, ""]


def _places(row: Row, language: Language) -> str:
    """Each as code; of many the first, and how many more."""
    shown = row.places if len(row.places) <= NAMED else row.places[: NAMED - 1]
    more = f" {language.say(f'and {len(row.places) - len(shown)} more')}" if len(shown) < len(row.places) else ""
    return ", ".join(sanitise.code(place) for place in shown) + more
