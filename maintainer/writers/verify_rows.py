"""What verdicts say to people: one row for each thing that is said, however many rules and places it is said of."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from maintainer.evidence import ORDER, Outcome, Verdict
from maintainer.text.language import ENGLISH, Language
from maintainer.writers.verify_words import MARKS, WORDS, count, duration, metric, value

#: So many places, and rules, are named; the rest is counted.
NAMED = 3
#: What a check that passes is told by, the first that it has; of all others by how much it looked at.
TOLD_BY = ("lcp", "p95", "error_rate")
#: How the reason begins of what is wrong and was so before.
AS_BEFORE = "as before: "
#: Characters of a check's line, and sentences in it.
BRIEF, SENTENCES = 180, 2


@dataclass(frozen=True, slots=True)
class Row:
    """One thing that is said, and the `verdicts` it is said in."""

    outcome: Outcome
    check: str
    rules: str
    where: str
    reason: str
    verdicts: tuple[Verdict, ...] = ()
    #: Every place it is said of.
    places: tuple[str, ...] = ()

    @property
    def mark(self) -> str:
        return MARKS[self.outcome]


def rows(verdicts: Sequence[Verdict], language: Language = ENGLISH) -> list[Row]:
    """What failed first, then what could not be judged, what passed, what was left out; said in that language."""
    alike: dict[tuple[Outcome, str, str], list[Verdict]] = {}
    for verdict in verdicts:
        alike.setdefault((verdict.outcome, verdict.check, verdict.reason), []).append(verdict)
    made = []
    for (outcome, check, reason), group in alike.items():
        rules = ", ".join(dict.fromkeys(verdict.rule for verdict in group))
        where = dict.fromkeys(verdict.where for verdict in group if verdict.where)
        places = tuple(language.say(place, "place") for place in where)
        said = language.say(reason)
        made.append(Row(outcome, check, rules, _named(places, language), said, tuple(group), places))
    return sorted(made, key=lambda row: ORDER.index(row.outcome))


def _named(places: Sequence[str], language: Language) -> str:
    if len(places) <= NAMED:
        return ", ".join(places)
    more = language.say(f"and {len(places) - NAMED + 1} more")
    return f"{', '.join(places[: NAMED - 1])} {more}"


def summary(verdicts: Sequence[Verdict], seconds: float, language: Language = ENGLISH) -> str:
    """`1 fail, 2 inconclusive, 212 pass · 34 places in 3.1 s`."""
    counted = Counter(verdict.outcome for verdict in verdicts)
    say = language.say
    said = ", ".join(say(f"{counted[outcome]} {WORDS[outcome]}") for outcome in ORDER if counted[outcome])
    places = len({verdict.where for verdict in verdicts if verdict.where})
    looked = say(f"{count(places, 'place')} in {duration(seconds)}")
    return f"{said or say('nothing was looked at')} · {looked}"


def brief(check: str, outcome: Outcome, said: Sequence[Row], language: Language = ENGLISH) -> str:
    """A check in some words: why it is no yes, or what the yes is made of; `said` are its rows, in order."""
    worst = [row for row in said if row.outcome == outcome]
    if outcome != "pass":
        reason = worst[0].reason if worst else language.say("nothing is known of it")
        where = f"{worst[0].where}: " if worst and worst[0].where else ""
        more = ", " + language.say(f"and {len(worst) - 1} more") if len(worst) > 1 else ""
        return f"{_cut(where + reason, BRIEF)}{more}"
    verdicts = [verdict for row in worst for verdict in row.verdicts]
    for name in TOLD_BY:
        if told := [one for one in verdicts if one.rule == name and one.value is not None]:
            whole = [one for one in told if not one.where]
            return language.say(_number(max(whole or told, key=lambda one: one.value or 0.0), several=len(told) > 1))
    reasons = list(dict.fromkeys(row.reason for row in worst if row.reason))
    wrong = sum(verdict.reason.startswith(AS_BEFORE) for verdict in verdicts)
    if reasons and len(verdicts) <= len(reasons) + 1 and not wrong:
        return _cut("; ".join(reasons[:SENTENCES]), BRIEF)
    places = {verdict.where for verdict in verdicts if verdict.where}
    seen = count(len(places), "page" if check == "smoke" else "place") if places else count(len(verdicts), "rule")
    return language.say(f"{seen}, {count(wrong, 'fault')} as before" if wrong else seen)


def _number(one: Verdict, *, several: bool) -> str:
    """`LCP 1.9 s (was 1.9 s)`; of several places without one of the whole it is the worst, and says so."""
    was = f" (was {value(one.baseline, one.unit)})" if one.baseline is not None else ""
    where = f" at most, of {one.where}" if several and one.where else ""
    return f"{metric(one.rule)} {value(one.value or 0.0, one.unit)}{was}{where}"


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[: most - 1].rstrip()}…"
