"""What visitors have, told beside what was measured: it is production's, as it is, and no verdict is made of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from maintainer.evidence import Experience, FieldData
from maintainer.text.language import ENGLISH, Language
from maintainer.writers import sanitise
from maintainer.writers.verify_words import metric, value

#: In this order.
METRICS = ("lcp", "inp", "cls", "fcp", "ttfb")
TITLE = "What visitors have"
#: What the numbers are.
BASIS = "Three of four visits by Chrome on a phone were no worse than this. It is no verdict."


@dataclass(frozen=True, slots=True)
class Table:
    """In words: `days` is of the visits, a row the place and a number for each of `columns`, `–` for none."""

    days: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, tuple[str, ...]], ...]
    missing: str


def document(field: FieldData | None) -> dict[str, Any] | None:
    """For programs; null where nobody asked."""
    if field is None:
        return None
    return {
        "origin": field.origin,
        "device": "mobile",
        "places": [
            {
                "where": one.where,
                "first": one.first.isoformat(),
                "last": one.last.isoformat(),
                "p75": dict(one.p75),
            }
            for one in field.experiences
        ],
        "missing": field.missing,
    }


def table(field: FieldData) -> Table:
    """For people."""
    rows = tuple((one.where, tuple(_said(one.p75, name) for name in METRICS)) for one in field.experiences)
    return Table(_days(field.experiences), tuple(map(metric, METRICS)), rows, field.missing)


def markdown(field: FieldData | None, language: Language = ENGLISH) -> str:
    """Folded away, after the verdicts; empty where nobody asked."""
    if field is None:
        return ""
    say, shown = language.say, table(field)
    lines = ["", f"<details><summary>{say(TITLE)}</summary>", ""]
    if shown.rows:
        lines += [f"| {say(shown.days)} | {' | '.join(shown.columns)} |", "|---|" + "---|" * len(shown.columns)]
        for where, numbers in shown.rows:
            place = sanitise.code(where) if where else say("the whole site")
            lines.append(f"| {place} | {' | '.join(language.number(one) for one in numbers)} |")
        lines += ["", say(BASIS), ""]
    if shown.missing:
        lines.append(f"{say('Not known')}: {sanitise.line(say(shown.missing), 600)}")
    return "\n".join([*lines, "", "</details>", ""])


def _said(p75: Mapping[str, float], name: str) -> str:
    return value(p75[name], "" if name == "cls" else "ms") if name in p75 else "–"


def _days(experiences: tuple[Experience, ...]) -> str:
    """`24 Oct to 20 Nov 2026`: all places are of the same days, or nearly."""
    if not experiences:
        return ""
    first, last = min(one.first for one in experiences), max(one.last for one in experiences)
    return f"{_day(first, last)} to {last.day} {last:%b %Y}"


def _day(first: date, last: date) -> str:
    return f"{first.day} {first:%b}" if first.year == last.year else f"{first.day} {first:%b %Y}"
