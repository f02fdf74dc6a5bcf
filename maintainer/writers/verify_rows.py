"""What verdicts say to people: one row for each thing that is said, however many rules and places it is said of."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from maintainer.evidence import ORDER, Outcome, Verdict

MARKS: Mapping[Outcome, str] = {"pass": "✔", "fail": "✘", "inconclusive": "◌", "skipped": "–"}
WORDS: Mapping[Outcome, str] = {"pass": "pass", "fail": "fail", "inconclusive": "inconclusive", "skipped": "skipped"}

#: So many places, and rules, are named; the rest is counted.
NAMED = 3


@dataclass(frozen=True, slots=True)
class Row:
    outcome: Outcome
    check: str
    rules: str
    where: str
    reason: str

    @property
    def mark(self) -> str:
        return MARKS[self.outcome]


def rows(verdicts: Sequence[Verdict]) -> list[Row]:
    """What failed first, then what could not be judged, what passed, what was left out."""
    alike: dict[tuple[Outcome, str, str], list[Verdict]] = {}
    for verdict in verdicts:
        alike.setdefault((verdict.outcome, verdict.check, verdict.reason), []).append(verdict)
    made = [
        Row(
            outcome,
            check,
            ", ".join(dict.fromkeys(verdict.rule for verdict in group)),
            _named(list(dict.fromkeys(verdict.where for verdict in group if verdict.where))),
            reason,
        )
        for (outcome, check, reason), group in alike.items()
    ]
    return sorted(made, key=lambda row: ORDER.index(row.outcome))


def _named(places: Sequence[str]) -> str:
    if len(places) <= NAMED:
        return ", ".join(places)
    return f"{', '.join(places[: NAMED - 1])} and {len(places) - NAMED + 1} more"


def summary(verdicts: Sequence[Verdict], seconds: float) -> str:
    """`1 fail, 2 inconclusive, 212 pass · 34 places in 3.1 s`."""
    count = Counter(verdict.outcome for verdict in verdicts)
    said = ", ".join(f"{count[outcome]} {WORDS[outcome]}" for outcome in ORDER if count[outcome])
    places = len({verdict.where for verdict in verdicts if verdict.where})
    return f"{said or 'nothing was looked at'} · {places} place{'' if places == 1 else 's'} in {seconds:.1f} s"
