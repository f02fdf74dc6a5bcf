"""Whether a proposal may be merged, or a commit deployed: all that stands against it, and until when.

    judge(gate, now, weighed, heard) -> Answer
    steady(answer, now, interval) -> bool

The calendar says when, `verify` whether it works, people whether they want it. An override passes what it is allowed to
pass, for as long as it lasts.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from maintainer.policy.calendar import Closing, Subject, closings, opens, turns, unexempt
from maintainer.policy.overrides import Heard, Override, Passes
from maintainer.policy.rulebook import Calendar

#: Changes from open to closed and back that are looked through for the end of an answer.
MOST_TURNS = 200


@dataclass(frozen=True, slots=True)
class Weighed:
    """What is known of the change itself. `subjects` are its parts, each judged by the calendar; at least one.

    `verify` says why what was verified isn't enough, empty where it is or isn't asked for; `approvals` likewise of
    people. `harmless` says why the calendar doesn't matter, of what only adds a freeze to it.
    """

    subjects: tuple[Subject, ...]
    verify: str = ""
    approvals: str = ""
    harmless: str = ""
    #: A freeze that nothing is known of but that it holds now.
    frozen: str = ""


@dataclass(frozen=True, slots=True)
class Reason:
    """One thing that stands against it: `of` says which kind, and so what can pass it."""

    of: Passes
    sentence: str = ""
    closing: Closing | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """`reasons` stand against it; it is open where there are none. `passed` would, but for `override`.

    `until` is when this answer ends as far as the calendar and the override say, None where that isn't known. `pierced`
    are freezes that would hold it, were it not exempt. `refused` says of each claimed override why it doesn't count.
    """

    reasons: tuple[Reason, ...] = ()
    passed: tuple[Reason, ...] = ()
    override: Override | None = None
    until: datetime | None = None
    pierced: tuple[Closing, ...] = ()
    refused: tuple[str, ...] = ()
    harmless: str = ""

    @property
    def open(self) -> bool:
        return not self.reasons


@dataclass(frozen=True, slots=True)
class Gate:
    """The calendar, and what may be passed by an override."""

    calendar: Calendar
    passes: frozenset[Passes] = field(default_factory=frozenset)


def judge(gate: Gate, now: datetime, weighed: Weighed, heard: Heard) -> Answer:
    """The answer at `now` (aware)."""
    held = () if weighed.harmless else _held(gate.calendar, now, weighed.subjects)
    reasons = [Reason("calendar", closing=one) for one in held]
    reasons += [Reason("calendar", weighed.frozen)] if weighed.frozen else []
    reasons += [Reason("verify", weighed.verify)] if weighed.verify else []
    reasons += [Reason("approvals", weighed.approvals)] if weighed.approvals else []
    override = heard.override
    passes = gate.passes if override else frozenset()
    standing = tuple(one for one in reasons if one.of not in passes)
    passed = tuple(one for one in reasons if one.of in passes)
    until = _until(gate, now, weighed, override, reasons)
    if override and not reasons and (closes := _until(gate, now, weighed, None, reasons)) != until:
        # It is open by itself still; but what is posted now stands when that ends.
        assert closes
        passed = tuple(Reason("calendar", closing=one) for one in _held(gate.calendar, closes, weighed.subjects))
    return Answer(
        reasons=standing,
        passed=passed,
        override=override if passed else None,
        until=until,
        pierced=() if held else _held(unexempt(gate.calendar), now, weighed.subjects),
        refused=heard.refused,
        harmless=weighed.harmless,
    )


def _held(calendar: Calendar, now: datetime, subjects: Sequence[Subject]) -> tuple[Closing, ...]:
    """What holds any of them: what travels together waits together."""
    return tuple(dict.fromkeys(one for subject in subjects for one in closings(calendar, now, subject)))


def _until(
    gate: Gate, now: datetime, weighed: Weighed, override: Override | None, reasons: Sequence[Reason]
) -> datetime | None:
    """When the answer ends by itself: an open one when it would close, a closed one when the calendar would open."""
    passes = gate.passes if override else frozenset()
    ends = override.claim.until if override else None
    # Of these nobody knows the end: passed, they are back when the override ends.
    lasting = [one for one in reasons if one.closing is None]
    if any(one.of not in passes for one in lasting):
        return None
    if any(one.of not in passes for one in reasons):
        at = _opens(gate.calendar, now, weighed.subjects)
        return None if at and lasting and ends and ends <= at else at
    at = _closes(gate, now, weighed, ends if "calendar" in passes else None)
    return min(at or ends, ends) if lasting and ends else at


def _opens(calendar: Calendar, now: datetime, subjects: Sequence[Subject]) -> datetime | None:
    """The first moment at which the calendar holds none of them."""
    for _ in range(MOST_TURNS):
        found = [opens(calendar, now, subject) for subject in subjects]
        if any(one is None for one in found):
            return None
        last = max(one for one in found if one is not None)
        if last <= now:
            return now
        now = last
    return None


def _closes(gate: Gate, now: datetime, weighed: Weighed, passed_until: datetime | None) -> datetime | None:
    """The first moment from `now` on at which the calendar holds one of them, and no override passes that."""
    if weighed.harmless:
        return None
    at = now
    for _ in range(MOST_TURNS):
        if _held(gate.calendar, at, weighed.subjects):
            if passed_until is None or at >= passed_until:
                return at
            again = _opens(gate.calendar, at, weighed.subjects)
            at = min(again, passed_until) if again else passed_until
            continue
        found = [turn for subject in weighed.subjects if (turn := turns(gate.calendar, at, subject))]
        if not found:
            return None
        at = min(found)
    return at


def steady(answer: Answer, now: datetime, interval: timedelta) -> bool:
    """Whether it is open, and still will be when the next look may come: what is posted stands until then."""
    return answer.open and (answer.until is None or answer.until > now + interval)
