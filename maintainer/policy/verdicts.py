"""What is judged of what was seen: new against the baseline fails, old is told, nothing seen is no pass."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from maintainer.evidence import Artifact, Blind, Evidence, Looked, Observation, Outcome, Verdict

#: So many sentences are in one reason; the rest is counted.
MOST_SENTENCES = 3

NO_BASELINE = "says something only beside a baseline, and none is configured (environments.baseline)"
NOT_THERE = "there is nothing to compare it with: the baseline doesn't have this place"

Place = tuple[str, str, str]


@dataclass(slots=True)
class _Base:
    """What is known of the site before the change."""

    looked: set[Place] = field(default_factory=set)
    places: set[tuple[str, str]] = field(default_factory=set)
    keys: set[tuple[str, str, str]] = field(default_factory=set)
    seen: dict[Place, list[Observation]] = field(default_factory=dict)
    blind: dict[tuple[str, str], Blind] = field(default_factory=dict)


def judge(evidence: Evidence, checks: Sequence[str], *, baseline: bool) -> tuple[Verdict, ...]:
    """The verdicts of all `checks` that were to look, in their order, for each rule and place; `baseline` says that
    there was to be one.

    A check that looked at nothing and says no reason is inconclusive.
    """
    base = _base(evidence)
    head = [looked for looked in evidence.looked if looked.side == "head"]
    seen: dict[Place, list[Observation]] = {}
    for one in evidence.observations:
        if one.side == "head":
            seen.setdefault((one.check, one.rule, one.where), []).append(one)
    made = [_blind(blind) for blind in evidence.blind]
    made += [_looked(one, seen.get((one.check, one.rule, one.where), []), base, baseline) for one in head]
    made += _silent(checks, made, evidence)
    order = {name: index for index, name in enumerate(checks)}
    return tuple(sorted(dict.fromkeys(made), key=lambda verdict: order.get(verdict.check, -1)))


def _base(evidence: Evidence) -> _Base:
    base = _Base()
    for looked in evidence.looked:
        if looked.side == "base":
            base.looked.add((looked.check, looked.rule, looked.where))
            base.places.add((looked.check, looked.where))
    for one in evidence.observations:
        if one.side == "base":
            base.keys.add((one.check, one.rule, one.key))
            base.seen.setdefault((one.check, one.rule, one.where), []).append(one)
    for blind in evidence.blind:
        if blind.side == "base":
            base.blind.setdefault((blind.check, blind.where), blind)
    return base


def _looked(looked: Looked, seen: Sequence[Observation], base: _Base, baseline: bool) -> Verdict:
    check, rule, where = place = looked.check, looked.rule, looked.where
    faults = [one for one in seen if not one.told]
    new = [one for one in faults if (check, rule, one.key) not in base.keys]
    blind = None if (check, where) in base.places else base.blind.get((check, where)) or _whole(base, check)
    if looked.relative and not baseline:
        return _verdict(looked, "skipped", NO_BASELINE, seen)
    if looked.relative and place not in base.looked:
        if blind:
            return _verdict(looked, "inconclusive", _before(blind), seen)
        return _verdict(looked, "skipped", NOT_THERE, seen)
    if new and blind and baseline and not any(one.severity == "critical" for one in new):
        return _verdict(looked, "inconclusive", f"{_sentences(new)}; whether that is new is not known", seen)
    if new:
        was = [one for one in base.seen.get(place, []) if not one.told] if looked.relative else []
        before = f" (before: {_sentences(was)})" if was else ""
        return _verdict(looked, "fail", _sentences(new) + before, seen)
    told = [one for one in seen if one.told]
    parts = [f"as before: {_sentences(faults)}"] if faults and not looked.relative else []
    parts += [_sentences(told)] if told else []
    return _verdict(looked, "pass", "; ".join(parts), seen)


def _whole(base: _Base, check: str) -> Blind | None:
    """Why nothing of the baseline could be looked at."""
    return base.blind.get((check, "")) or base.blind.get(("environment", ""))


def _verdict(looked: Looked, outcome: Outcome, reason: str, seen: Sequence[Observation]) -> Verdict:
    artifacts: dict[Artifact, None] = {artifact: None for one in seen for artifact in one.artifacts}
    return Verdict(looked.check, looked.rule, looked.where, outcome, reason, artifacts=tuple(artifacts))


def _sentences(seen: Sequence[Observation]) -> str:
    unique = list(dict.fromkeys(one.sentence for one in seen))
    rest = f"; and {len(unique) - MOST_SENTENCES} more" if len(unique) > MOST_SENTENCES else ""
    return "; ".join(unique[:MOST_SENTENCES]) + rest


def _blind(blind: Blind) -> Verdict:
    reason = _before(blind) if blind.side == "base" else ". ".join(filter(None, (blind.reason, blind.mend)))
    return Verdict(blind.check, blind.rule or "looked", blind.where, "inconclusive", reason)


def _before(blind: Blind) -> str:
    return ". ".join(filter(None, (f"the baseline can't be looked at: {blind.reason}", blind.mend)))


def _silent(checks: Sequence[str], made: Sequence[Verdict], evidence: Evidence) -> Iterator[Verdict]:
    heard = {verdict.check for verdict in made} | {one.check for one in evidence.measurements if one.samples}
    down = any(verdict.check == "environment" for verdict in made)
    for check in checks:
        if check not in heard and not down:
            reason = "it looked at nothing. Name pages under verify.pages, or run it alone to see why"
            yield Verdict(check, "looked", "", "inconclusive", reason)
