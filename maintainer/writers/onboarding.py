"""The proposal that brings maintainer to a site: what was found, what was carried over, what the first run would do."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from maintainer.writers import sanitise
from maintainer.writers.proposal import BODY_LIMIT

#: Characters for each of the two lists; what doesn't fit is counted.
ROOM = 15_000
#: Room for what surrounds the lists.
_SPARE = 2_000


@dataclass(frozen=True, slots=True)
class Behind:
    """One thing another bot's configuration says that has no place here: where, what, why, and what to do instead."""

    where: str
    what: str
    why: str
    instead: str = ""


@dataclass(frozen=True, slots=True)
class Onboarding:
    """What is known when the proposal is written.

    `site` is the kind of site in words, `facts` what it runs on and is built with; `files` the paths this proposal
    adds; `others` the paths of others' configurations, `bots` of those whose bot would propose beside us; `carried`
    what is in force now, each with where it comes from; `behind` what isn't. `preview` is the first plan as our own
    Markdown (`plan_text.markdown`), already safe; `steps` are sentences of ours on what is left to do.
    """

    site: str
    facts: tuple[str, ...] = ()
    files: tuple[str, ...] = ()
    others: tuple[str, ...] = ()
    bots: tuple[str, ...] = ()
    carried: tuple[tuple[str, str], ...] = ()
    behind: tuple[Behind, ...] = ()
    preview: str = ""
    steps: tuple[str, ...] = ()


TITLE = "Set up maintainer"


def body(onboarding: Onboarding) -> str:
    """The Markdown of the proposal, within the forge's limit: what is cut is the preview."""
    parts = [
        f"### {TITLE}",
        "Merging this proposal switches maintainer on. Until then it changes nothing; closing it says no.",
        _found(onboarding),
        _adds(onboarding),
        _carried(onboarding),
        _behind(onboarding.behind),
    ]
    tail = _steps(onboarding)
    head = "\n\n".join(part for part in parts if part)
    room = BODY_LIMIT - len(head) - len(tail) - _SPARE
    return "\n\n".join(part for part in (head, _preview(onboarding.preview, room), tail) if part) + "\n"


def _found(onboarding: Onboarding) -> str:
    facts = " · ".join(sanitise.line(fact) for fact in (onboarding.site, *onboarding.facts) if fact)
    return f"**Found:** {facts or 'nothing that maintainer knows'}"


def _adds(onboarding: Onboarding) -> str:
    return f"**Adds:** {_codes(onboarding.files)}" if onboarding.files else ""


def _codes(names: Iterable[str]) -> str:
    return ", ".join(sanitise.code(name) for name in names)


def _carried(onboarding: Onboarding) -> str:
    if not onboarding.others:
        return ""
    heading = f"**Carried over from {_codes(onboarding.others)}:**"
    if not onboarding.carried:
        return f"{heading} nothing."
    rows = (f"| {sanitise.code(where)} | {sanitise.code(what)} |" for where, what in onboarding.carried)
    return _table(heading, "| from | what it says here |\n|---|---|", list(rows))


def _behind(behind: Sequence[Behind]) -> str:
    if not behind:
        return ""
    rows = []
    for one in behind:
        said = f"{sanitise.line(one.why, 300)} {sanitise.line(one.instead, 300)}".strip()
        rows.append(f"| {sanitise.code(one.where)} | {sanitise.line(one.what)} | {said} |")
    count = "1 thing has" if len(behind) == 1 else f"{len(behind)} things have"
    heading = f"**Not carried over:** {count} no place here."
    return _table(heading, "| where | what | why, and what to do instead |\n|---|---|---|", rows)


def _table(heading: str, columns: str, rows: Sequence[str]) -> str:
    """A table of what fits into `ROOM`, and how much more there is."""
    shown: list[str] = []
    room = ROOM
    for row in rows:
        room -= len(row) + 1
        if room < 0:
            break
        shown.append(row)
    left = len(rows) - len(shown)
    more = f"\n\nand {left} more: `maintainer init` tells them all." if left else ""
    return "\n".join([heading, "", columns, *shown]) + more


def _preview(markdown: str, room: int) -> str:
    if not markdown.strip():
        return ""
    shown = sanitise.shortened(markdown.strip(), max(room, 0))
    return f"<details><summary>What the first run would do</summary>\n\n{shown}\n\n</details>"


def _steps(onboarding: Onboarding) -> str:
    steps = [sanitise.line(step, 400) for step in onboarding.steps]
    if onboarding.bots:
        steps.append(f"Remove {_codes(onboarding.bots)} once this is merged: two bots open two proposals.")
    lines = [f"{number}. {step}" for number, step in enumerate(steps, 1)]
    return "\n".join(["**How to go on:**", "", *lines]) if lines else ""
