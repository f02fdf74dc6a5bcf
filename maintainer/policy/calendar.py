"""When things may move: freezes, maintenance windows, and calendars that can't be read.

    closings(calendar, now, subject) -> tuple[Closing, ...]          empty: open
    timeline(calendar, since, until, subject) -> list[Stretch]
    opens(calendar, now, subject) -> datetime | None
    turns(calendar, now, subject) -> datetime | None

Open is what no freeze holds, and where a calendar has windows, what is inside one of them; of several calendars all
must be open. What can't be read closes everything.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Literal, NamedTuple

from maintainer.policy.globs import any_matches, path_matches
from maintainer.policy.rulebook import Calendar, Exempt, Freeze, Opening, Phase, Scope
from maintainer.policy.series import Series, Span

INSTANT = timedelta(microseconds=1)
#: So far ahead is looked for what comes next, in steps: what is beyond ten years is not in sight.
HORIZONS = tuple(timedelta(days=days) for days in (2, 16, 60, 120, 240, 480, 960, 1920, 3660))
#: Nor is what comes after so many spans.
MOST_SPANS = 40_000


#: Windows of which one has to be open; never empty.
Group = Sequence[Opening]


@dataclass(frozen=True, slots=True)
class Subject:
    """What wants to move, as far as it is known: what isn't known is in the scope of everything, and exempt of nothing.

    `severities` are those of the advisories it fixes, `names` its package's, `paths` what it changes, `managers` who
    manages that. `environment` is where to, of a deploy.
    """

    what: Phase
    severities: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    paths: tuple[str, ...] = ()
    managers: tuple[str, ...] = ()
    environment: str = ""
    rollback: bool = False


@dataclass(frozen=True, slots=True)
class Closing:
    """One thing that holds a subject: a freeze with its span, windows that are all shut, or what can't be read.

    `until` is None where that can't be told. `calendar` is the calendar's name, empty for the configuration's own.
    """

    kind: Literal["freeze", "windows", "unreadable"]
    name: str
    until: datetime | None = None
    since: datetime | None = None
    reason: str = ""
    calendar: str = ""
    campaign: str = ""


@dataclass(frozen=True, slots=True)
class Stretch:
    """A span through which the same things hold a subject; open where nothing does."""

    since: datetime
    until: datetime
    closings: tuple[Closing, ...] = ()


def closings(calendar: Calendar, now: datetime, subject: Subject) -> tuple[Closing, ...]:
    """What holds the subject at `now` (aware): freezes first, the one that ends last before the others."""
    if subject.rollback:
        return ()
    if calendar.unreadable:
        return tuple(Closing("unreadable", sentence) for sentence in calendar.unreadable)
    freezes, windows = _concerning(calendar, subject)
    held = [(one, span) for one in freezes for span in one.series.between(now, now + INSTANT)]
    coming = [(own, _begins(own, now)) for own in windows]
    return (*_frozen(held), *(_shut(own, when) for own, when in coming if when != now))


def timeline(calendar: Calendar, since: datetime, until: datetime, subject: Subject) -> list[Stretch]:
    """From `since` to `until` (aware) without gaps, in order."""
    since, until = since.astimezone(UTC), until.astimezone(UTC)
    if subject.rollback or calendar.unreadable:
        return [Stretch(since, until, closings(calendar, since, subject))]
    freezes, windows = _concerning(calendar, subject)
    shut = [_shut(own) for own in windows]
    found: list[Stretch] = []
    for state in _states(_spans(freezes, windows, since, until), len(windows), since, until):
        held = (*_frozen(state.frozen), *(shut[at] for at in state.shut))
        if found and found[-1].closings == held:
            found[-1] = replace(found[-1], until=state.until)
        else:
            found.append(Stretch(state.since, state.until, held))
    return found


def opens(calendar: Calendar, now: datetime, subject: Subject) -> datetime | None:
    """The first moment from `now` on at which nothing holds it; None where that is not in sight."""
    return next((since for since, closed in _answers(calendar, now, subject) if not closed), None)


def turns(calendar: Calendar, now: datetime, subject: Subject) -> datetime | None:
    """When open next turns to closed, or closed to open; None where that is not in sight."""
    answers = _answers(calendar, now, subject)
    first = next(answers)[1]
    return next((since for since, closed in answers if closed != first), None)


class _State(NamedTuple):
    """From `since` to `until` these freezes hold, and no window of these groups is open, by their places."""

    since: datetime
    until: datetime
    frozen: Collection[tuple[Freeze, Span]]
    shut: Collection[int]


def _answers(calendar: Calendar, now: datetime, subject: Subject) -> Iterator[tuple[datetime, bool]]:
    """From when on the subject is held, and from when on it isn't, as far as is looked; the first is `now`."""
    now = now.astimezone(UTC)
    if subject.rollback or calendar.unreadable:
        yield now, not subject.rollback
        return
    freezes, windows = _concerning(calendar, subject)
    looked_at = 0
    for since, until in pairwise((now, *(now + horizon for horizon in HORIZONS))):
        spans = _spans(freezes, windows, since, until)
        for state in _states(spans, len(windows), since, until):
            yield state.since, bool(state.frozen or state.shut)
        looked_at += len(spans)
        if looked_at > MOST_SPANS:
            return


def _spans(
    freezes: Iterable[Freeze], windows: Iterable[Group], since: datetime, until: datetime
) -> list[tuple[Freeze | int, Span]]:
    """Those of freezes, and those of windows by the place of their group."""
    placed = [(at, one.series) for at, group in enumerate(windows) for one in group]
    concerning: list[tuple[Freeze | int, Series]] = [*((one, one.series) for one in freezes), *placed]
    return [(one, span) for one, series in concerning for span in series.between(since, until)]


def _states(
    spans: Iterable[tuple[Freeze | int, Span]], groups: int, since: datetime, until: datetime
) -> Iterator[_State]:
    """Between each two moments at which anything begins or ends."""
    changes: dict[datetime, list[tuple[bool, Freeze | int, Span]]] = {since: [], until: []}
    for one, span in spans:
        changes.setdefault(max(span.since, since), []).append((True, one, span))
        changes.setdefault(min(span.until, until), []).append((False, one, span))
    frozen: dict[tuple[int, Span], tuple[Freeze, Span]] = {}
    inside = Counter[int]()
    for start, end in pairwise(sorted(changes)):
        for begins, one, span in changes[start]:
            if isinstance(one, int):
                inside[one] += 1 if begins else -1
            elif begins:
                frozen[id(one), span] = one, span
            else:
                frozen.pop((id(one), span), None)
        yield _State(start, end, frozen.values(), [at for at in range(groups) if not inside[at]])


def _begins(windows: Iterable[Opening], now: datetime) -> datetime | None:
    """When the first of these windows is open from `now` on; None where that is not in the next ten years."""
    since = now
    for until in (now + horizon for horizon in HORIZONS):
        coming = None
        for one in windows:
            for span in one.series.between(since, until):
                if span.since <= now:
                    return now
                coming = min(coming, span.since) if coming else span.since
        if coming:
            return coming
        since = until
    return None


def _frozen(held: Iterable[tuple[Freeze, Span]]) -> list[Closing]:
    """One for each freeze: of spans that overlap, the one that ends last."""
    last = {id(freeze): (freeze, span) for freeze, span in sorted(held, key=lambda one: one[1].until)}
    named = sorted(last.values(), key=lambda one: one[0].name)
    return [
        Closing("freeze", one.name, span.until, span.since, one.reason, one.calendar, one.campaign)
        for one, span in sorted(named, key=lambda one: one[1].until, reverse=True)
    ]


def _names(windows: Iterable[Opening]) -> str:
    names = list(dict.fromkeys(one.name for one in windows))
    return ", ".join(names[:3]) + (f" and {len(names) - 3} more" if len(names) > 3 else "")


def _concerning(calendar: Calendar, subject: Subject) -> tuple[list[Freeze], list[Group]]:
    """What says anything of the subject: the freezes, and groups of windows, of each of which one has to be open.

    To what needn't wait for one window a calendar is open, as it is to all others inside that window.
    """
    freezes = [one for one in calendar.freezes if _applies(one, subject) and not _exempt(one.exempt, subject)]
    windows: dict[str, list[Opening]] = {}
    for one in calendar.openings:
        if _applies(one, subject):
            windows.setdefault(one.calendar, []).append(one)
    waits = [own for own in windows.values() if not any(_exempt(one.exempt, subject) for one in own)]
    return freezes, [group for own in waits for group in _groups(own, subject)]


def _groups(windows: Sequence[Opening], subject: Subject) -> list[Group]:
    """The windows of one calendar that apply. Where it isn't known which of them are about the subject, it is open only
    where it would be for all that the subject may be."""
    surely = [one for one in windows if _within(one.scope, subject, unknown=False)]
    if surely:
        return [surely]
    scoped: dict[Scope, list[Opening]] = {}
    for one in windows:
        scoped.setdefault(one.scope, []).append(one)
    return list(scoped.values())


def _shut(windows: Group, until: datetime | None = None) -> Closing:
    return Closing("windows", _names(windows), until, calendar=windows[0].calendar)


def _applies(one: Freeze | Opening, subject: Subject) -> bool:
    return subject.what in one.applies_to and _within(one.scope, subject)


def _within(scope: Scope, subject: Subject, *, unknown: bool = True) -> bool:
    """Whether a scope has it; `unknown` is what counts where that isn't known.

    Environments are a deploy's: what is merged is on its way to all of them.
    """
    environments = scope.environments if subject.what == "deploy" else ()
    there = any_matches(environments, (subject.environment,)) if subject.environment else unknown
    touched = any(path_matches(scope.paths, path) for path in subject.paths) if subject.paths else unknown
    managed = not set(scope.managers).isdisjoint(subject.managers) if subject.managers else unknown
    return (not environments or there) and (not scope.paths or touched) and (not scope.managers or managed)


def _exempt(exempt: Exempt, subject: Subject) -> bool:
    if not exempt.severities.isdisjoint(subject.severities):
        return True
    return bool(exempt.packages and subject.names) and any_matches(exempt.packages, subject.names)


def unexempt(calendar: Calendar) -> Calendar:
    """The same with nothing exempt: what a subject pierces is what holds it here alone."""
    nothing = Exempt()
    return replace(
        calendar,
        freezes=tuple(replace(one, exempt=nothing) for one in calendar.freezes),
        openings=tuple(replace(one, exempt=nothing) for one in calendar.openings),
    )
