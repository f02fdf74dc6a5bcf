"""The dashboard: one issue that shows all of a site's maintenance, and takes a person's word by boxes to tick.

    region(Seen(...), zone) -> str       our region of the issue's description, Markdown

What comes from outside is made safe; nothing notifies anybody.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, tzinfo

from maintainer.model import Allow, Ask, Finding, Plan, Proposal
from maintainer.text.description import box
from maintainer.writers import sanitise
from maintainer.writers.plan_rows import Row, rows
from maintainer.writers.proposal import advisory_text

TITLE = "Maintenance of this site"

#: More of a kind than this is only counted: a forge limits a description's length.
MOST = 60

MARKS: Mapping[str, str] = {
    "success": "✔ checks pass",
    "failure": "✘ checks fail",
    "pending": "◌ checks run",
}

#: How a plan says that a person closed an update (`planning/reconcile`), before the number.
REFUSED = "a person closed it in #"

#: The rows of a plan that stand here as they are, by heading.
SECTIONS: Mapping[str, Callable[[Row], bool]] = {
    "Waits its turn": lambda row: row.status == "waits" and REFUSED not in row.note,
    "Held": lambda row: row.status == "held" and not row.note.startswith("pinned"),
    "Pinned": lambda row: row.status == "held" and row.note.startswith("pinned"),
    "Needs a hand": lambda row: row.status == "by hand" and row.moves != "vulnerable",
    "Failed": lambda row: row.status == "unknown",
    "Ignored": lambda row: row.status == "ignored",
    "Good to know": lambda row: row.status == "known" and row.moves != "eol",
}


@dataclass(frozen=True, slots=True)
class Seen:
    """What is shown: `checks` by proposal number, `ticked` approvals, which stay so.

    `sign` is how the forge writes a proposal's number. `waiting` are branch, title and what a person should know
    before an approval, in our sentences.
    """

    plan: Plan
    proposals: Sequence[Proposal] = ()
    checks: Mapping[int, str] = field(default_factory=dict)
    waiting: Sequence[tuple[str, str, Sequence[str]]] = ()
    ticked: frozenset[str] = frozenset()
    headline: str = ""
    sign: str = "#"


def region(seen: Seen, zone: tzinfo, now: datetime) -> str:
    """All sections that have something to say, those that want a person first."""
    told = rows(seen.plan, zone)
    open_ones = sorted((one for one in seen.proposals if one.state == "open"), key=lambda one: one.number)
    parts = [
        sanitise.line(seen.headline, 300),
        _section("Vulnerable", list(dict.fromkeys(_security(seen.plan)))),
        _section("Waits for your approval", [_asks(*one, seen.ticked) for one in seen.waiting], "have it proposed"),
        _section("Open", [_open(one, seen) for one in open_ones], "have it made anew"),
        _section("End of life", [_finding(one) for one in seen.plan.findings if one.kind == "eol"]),
        *(_section(heading, _rows(told, heading, open_ones)) for heading in SECTIONS),
        _section(
            "Closed by a person, ignored until there is a newer version", _refused(seen), "have it proposed again"
        ),
        f"Seen {now.astimezone(zone):%Y-%m-%d %H:%M} ({zone}). The next run does what is ticked. Write above or below "
        "this part: it is written anew each time.",
    ]
    return "\n\n".join(part for part in parts if part)


def _section(heading: str, lines: Sequence[str], wish: str = "") -> str:
    """A list under a heading; `wish` is what ticking one of it asks for."""
    if not lines:
        return ""
    shown = list(lines[:MOST])
    if len(lines) > MOST:
        shown.append(f"- and {len(lines) - MOST} more")
    return "\n\n".join([f"### {heading}", *([f"Tick one to {wish}."] if wish else []), "\n".join(shown)])


def _security(plan: Plan) -> Iterator[str]:
    """What can be attacked now: with what mends it, whether that is proposed yet or not, then what nothing mends."""
    for one in (one for looked in plan.dependencies for one in looked.updates if one.update.advisories):
        dependency = one.update.dependency
        moves = f"{dependency.current or dependency.constraint} → {one.update.release.version}"
        fixes = [advisory_text(each) for each in one.update.advisories]
        waits = [] if isinstance(one.decision, Allow) else [one.decision.reason]
        yield _row(Row("SECURITY", dependency.name, moves, " · ".join([*fixes, *waits])))
    yield from (_finding(one) for one in plan.findings if one.kind == "vulnerable")


def _finding(finding: Finding) -> str:
    return f"- **{sanitise.line(finding.subject)}** · {sanitise.line(finding.sentence, 400)}"


def _open(proposal: Proposal, seen: Seen) -> str:
    notes = [MARKS[said]] if (said := seen.checks.get(proposal.number, "none")) in MARKS else []
    notes += ["conflicts"] if proposal.conflicted else []
    notes += ["changed by a person"] if proposal.head != proposal.pushed else []
    title = sanitise.line(proposal.title)
    linked = f"[{title}]({proposal.url})" if proposal.url else title
    said = " · ".join([f"{seen.sign}{proposal.number} {linked}", *notes])
    return box("rebase", said, str(proposal.number))


def _asks(branch: str, title: str, known: Sequence[str], ticked: frozenset[str]) -> str:
    lines = [box("approve", sanitise.line(title), branch, ticked=branch in ticked)]
    return "\n".join([*lines, *(f"  - {sanitise.line(sentence, 2_000)}" for sentence in known)])


def _rows(told: Iterable[Row], heading: str, open_ones: Sequence[Proposal]) -> list[str]:
    titles = {one.title for one in open_ones}
    return [_row(row) for row in told if SECTIONS[heading](row) and row.name not in titles]


def _row(row: Row) -> str:
    parts = [f"**{sanitise.line(row.name)}**", sanitise.line(row.moves), sanitise.line(row.note, 400)]
    return "- " + " · ".join(part for part in parts if part)


def _refused(seen: Seen) -> list[str]:
    """What would be proposed or asked for, had a person not closed it: each with a box to have it back."""
    updates = [
        one for looked in seen.plan.dependencies for one in looked.updates if isinstance(one.decision, Allow | Ask)
    ]
    wanted = {(one.update.dependency.name, one.update.release.version) for one in updates}
    wanted -= {pair for one in seen.proposals if one.state == "open" for pair in _pairs(one)}
    closed = [one for one in seen.proposals if one.state == "closed" and not one.closed_by_us]
    return [
        box("retry", f"{seen.sign}{one.number} {sanitise.line(one.title)}", str(one.number))
        for one in closed
        if wanted & _pairs(one)
    ]


def _pairs(proposal: Proposal) -> set[tuple[str, str]]:
    return {(package, to) for _, package, _, to in proposal.identity}
