"""What the site's history says of the changes of a range: what was measured on them, and what was let through.

`docs/history.md` says what an event's data hold; one that holds something else says nothing.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any, cast, get_args

from maintainer.changes import Source
from maintainer.evidence import Outcome, Unit
from maintainer.planning.joined import proposed
from maintainer.releasing import Figure, Known, Merge, Passed, Proof, Watch
from maintainer.text import foreign
from maintainer.text.event import Event

_OUTCOMES: tuple[Outcome, ...] = get_args(Outcome)
_UNITS: tuple[Unit, ...] = get_args(Unit)
#: Figures of one proof; the rest is in history.
_MOST = 200


def proofs(events: Iterable[Event], merges: Iterable[Merge], heads: Collection[str]) -> tuple[Proof, ...]:
    """The last look at what each proposal was merged with, and at each of these commits; oldest first.

    A look at another commit of a proposal proves nothing of what was merged.
    """
    wanted = {one.head: one for one in merges if one.head} | dict.fromkeys(heads)
    found: dict[str, Proof] = {}
    for event in sorted(events, key=lambda one: one.at):
        if event.head not in wanted:
            continue
        if event.kind == "verified" and (proof := _proof(event, wanted[event.head])):
            found[event.head] = proof
        elif event.kind == "measured" and (known := found.get(event.head)) and event.at == known.at:
            figures = (*known.figures, *_figures(event.data))[:_MOST]
            found[event.head] = Proof(
                known.verdict, known.counts, known.checks, known.at, known.source, known.proposal, figures
            )
    return tuple(sorted(found.values(), key=lambda one: one.at))


def passed(events: Iterable[Event], merges: Iterable[Merge]) -> tuple[Passed, ...]:
    """The overrides by which these proposals went through a closed gate, to be merged or released, oldest first."""
    numbers = {one.number: one for one in merges}
    found: dict[object, Passed] = {}
    for event in sorted(events, key=lambda one: one.at):
        merge = numbers.get(event.proposal or 0)
        if event.kind != "overridden" or merge is None:
            continue
        data = event.data
        by, reason = foreign.text(data, "by", limit=200), foreign.text(data, "reason", limit=2000)
        at, until = _moment(data, "at") or event.at, _moment(data, "until")
        if by and reason:
            agreed = ", ".join(_texts(data, "agreed"))
            source = Source("event", f"overridden {event.at.isoformat()}", merge.url)
            found[event.proposal, by, at] = Passed(by, reason, at, _texts(data, "passed"), source, agreed, until)
    return tuple(found.values())


def unproven(proofs: Iterable[Proof], merges: Iterable[Merge]) -> tuple[tuple[Known, ...], tuple[Watch, ...]]:
    """What went in although it failed, and what to watch as it could not be seen."""
    titles = {one.number: one for one in merges}
    known, watch = [], []
    for proof in proofs:
        merge = titles.get(proof.proposal or 0)
        sources = (proof.source, proposed(merge)) if merge else (proof.source,)
        subject = merge.title if merge else ""
        if proof.verdict == "fail":
            known.append(Known(subject, sources, "failed"))
        elif proof.verdict == "inconclusive":
            watch.append(Watch("unverified", subject, sources))
    return tuple(known), tuple(watch)


def _proof(event: Event, merge: Merge | None) -> Proof | None:
    verdict = event.data.get("verdict")
    if verdict not in _OUTCOMES:
        return None
    counts = foreign.table(event.data, "counts")
    number = merge.number if merge else event.proposal
    return Proof(
        cast("Outcome", verdict),
        {one: count for one in _OUTCOMES if type(count := counts.get(one)) is int and count >= 0},
        _texts(event.data, "checks"),
        event.at,
        Source("measurement", f"verified {event.head}", merge.url if merge else ""),
        number,
    )


def _figures(data: Mapping[str, Any]) -> Iterator[Figure]:
    for row in foreign.array(data, "medians"):
        match row:
            case [str(check), str(metric), str(where), str(unit), int() | float() as value, before] if (
                unit in _UNITS and not isinstance(value, bool)
            ):
                old = float(before) if isinstance(before, int | float) and not isinstance(before, bool) else None
                yield Figure(check, metric, where, unit, float(value), old)


def _texts(data: Mapping[str, Any], key: str) -> tuple[str, ...]:
    return tuple(one[:500] for one in foreign.array(data, key) if isinstance(one, str))[:50]


def _moment(data: Mapping[str, Any], key: str) -> datetime | None:
    try:
        at = datetime.fromisoformat(foreign.text(data, key, limit=50))
    except ValueError:
        return None
    return at if at.tzinfo else None
