"""What the gate answers, for people: a line for a status, some for a terminal, Markdown for a proposal; and as JSON.

line(answer, told) -> str
text(answer, told, format) -> str
lines(answer, told) -> list[str]
document(answer, told) -> dict
comment(answer, told) -> str
"""

import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from maintainer.commands import freeze_words
from maintainer.commands.context import Format
from maintainer.policy.calendar import Closing
from maintainer.policy.gate import Answer, Reason
from maintainer.policy.overrides import Terms
from maintainer.policy.rulebook import UNBOUND, Calendar, Phase
from maintainer.policy.wording import in_words
from maintainer.text.inert import sentence as inert
from maintainer.text.inert import shown


@dataclass(frozen=True, slots=True)
class Told:
    """About what is answered, and when. `zone` is the site's, `ahead` how far an answer has to hold to be posted.

    `who` says who may override, empty where nobody may.
    """

    what: Phase
    now: datetime
    zone: ZoneInfo
    calendar: Calendar = UNBOUND
    ahead: timedelta = timedelta()
    number: int | None = None
    head: str = ""
    environment: str = ""
    terms: Terms | None = None
    who: str = ""


def at(when: datetime, told: Told) -> str:
    """A moment with its zone."""
    return f"{freeze_words.when(when, told.zone, told.now)} ({told.zone})"


def line(answer: Answer, told: Told) -> str:
    """One line, the most important first: forges cut it at 140 characters."""
    if not answer.open:
        until = f" until {at(answer.until, told)}" if answer.until else ""
        more = f" (and {len(answer.reasons) - 1} more)" if len(answer.reasons) > 1 else ""
        return f"closed{until}: {_short(answer.reasons[0], told)}{more}"
    if answer.until and answer.until <= told.now + told.ahead:
        why = "the override ends" if answer.override else "it closes"
        return f"closed ahead: {why} {at(answer.until, told)}, before the next look"
    if answer.override:
        claim = answer.override.claim
        return f"open until {at(claim.until, told)}: override by {claim.by}: {claim.reason}"
    if answer.harmless:
        return f"open: {answer.harmless}"
    if answer.pierced:
        return f"open: exempt from {', '.join(one.name for one in answer.pierced)}"
    return f"open until {at(answer.until, told)}" if answer.until else "open: nothing holds it"


def _short(reason: Reason, told: Told) -> str:
    match reason.closing:
        case None:
            return reason.sentence
        case Closing(kind="freeze") as one:
            return f"{one.name} freezes {freeze_words.THINGS[told.what]}"
        case Closing(kind="windows") as one:
            return f"outside its windows ({one.name})"
        case one:
            return one.name


def lines(answer: Answer, told: Told) -> list[str]:
    """The whole answer: what, why, what next."""
    found = [f"gate · {line(answer, told)}"]
    found += [_long(reason, told) for reason in answer.reasons]
    found += [f"Passed by the override: {_long(reason, told)}" for reason in answer.passed]
    if answer.override:
        found.append(_override(answer, told))
    if answer.open and answer.pierced and not answer.passed:
        held = "which holds all that isn't until"
        found += [f"It is exempt from {one.name}, {held} {_end(one, told)}." for one in answer.pierced]
    found += answer.refused
    if any(reason.of in _passes(told) for reason in answer.reasons):
        found.append(_how(told))
    return found


def _long(reason: Reason, told: Told) -> str:
    if reason.closing is None:
        return _ended(reason.sentence)
    return freeze_words.closing(reason.closing, told.what, told.calendar, told.zone, told.now)


def _end(one: Closing, told: Told) -> str:
    return at(one.until, told) if one.until else "an end nobody knows"


def _override(answer: Answer, told: Told) -> str:
    assert answer.override
    claim, agreed = answer.override.claim, answer.override.agreed
    with_whom = f", agreed by {', '.join(agreed)}" if agreed else ""
    return f"Overridden by {claim.by} ({claim.how}){with_whom} until {at(claim.until, told)}: {_ended(claim.reason)}"


def _passes(told: Told) -> frozenset[str]:
    return told.terms.passes if told.terms else frozenset()


def _how(told: Told) -> str:
    assert told.terms
    if not told.who:
        return "Nobody may override it: name people under gate.overrides.by, or own maintainer.yml in CODEOWNERS."
    second = f" {told.terms.seconds} more of them must agree." if told.terms.seconds else ""
    return (
        f"To override: comment `/maintainer override` with a reason, or label {told.terms.label} and comment "
        f"`/maintainer reason` with it; {told.who} may.{second} It is for this commit, lasts "
        f"{in_words(told.terms.lasts)} and is recorded."
    )


def _ended(text: str) -> str:
    return text if text.endswith((".", "!", "?")) else f"{text}."


def text(answer: Answer, told: Told, form: Format) -> str:
    """The whole answer in the format that was asked for."""
    match form:
        case "json":
            return json.dumps(document(answer, told)) + "\n"
        case "markdown":
            return shown(comment(answer, told)) + "\n"
        case "text":
            return shown("\n".join(lines(answer, told))) + "\n"


def comment(answer: Answer, told: Told) -> str:
    """What the proposal is told when somebody asks for an override: whether it counts, and the record of it."""
    head = f"**Gate:** {inert(line(answer, told), 500)}"
    return "\n\n".join([head, *(f"- {inert(one, 1000)}" for one in lines(answer, told)[1:])])


def document(answer: Answer, told: Told) -> dict[str, Any]:
    """The answer for programs, `schema: 1` (docs/schemas/gate.schema.json)."""
    claim = answer.override.claim if answer.override else None
    return {
        "schema": 1,
        "at": _iso(told.now),
        "what": told.what,
        "environment": told.environment,
        "proposal": told.number,
        "head": told.head,
        "open": answer.open,
        "until": _iso(answer.until),
        "sentence": line(answer, told),
        "reasons": [_reason(reason, told) for reason in answer.reasons],
        "passed": [_reason(reason, told) for reason in answer.passed],
        "pierced": [one.name for one in answer.pierced],
        "override": claim
        and {
            "by": claim.by,
            "how": claim.how,
            "reason": claim.reason,
            "at": _iso(claim.at),
            "until": _iso(claim.until),
            "agreed": list(answer.override.agreed if answer.override else ()),
        },
        "refused": list(answer.refused),
    }


def _reason(reason: Reason, told: Told) -> dict[str, Any]:
    one = reason.closing
    return {
        "of": reason.of,
        "kind": one.kind if one else reason.of,
        "name": one.name if one else "",
        "calendar": one.calendar if one else "",
        "since": _iso(one.since) if one else None,
        "until": _iso(one.until) if one else None,
        "sentence": _long(reason, told),
    }


def _iso(when: datetime | None) -> str | None:
    return when.astimezone(UTC).isoformat() if when else None
