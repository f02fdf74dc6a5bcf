"""When things may move: freezes, maintenance windows, and calendars that can't be read.

    closings(calendar, now, subject) -> tuple[Closing, ...]          empty: open
    timeline(calendar, since, until, subject) -> list[Stretch]
    opens(calendar, now, subject) -> datetime | None
    turns(calendar, now, subject) -> datetime | None

Open is what no freeze holds, and where a calendar has windows, what is inside one of them; of several calendars all
must be open. What can't be read closes everything.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Literal

from maintainer.policy.globs import any_matches, path_matches
from maintainer.policy.rulebook import Calendar, Exempt, Freeze, Opening, Phase, Scope
from maintainer.policy.series import Span

INSTANT = timedelta(microseconds=1)
#: So far ahead is looked for the next change, in steps: what is beyond is "not in ten years".
HORIZONS = tuple(timedelta(days=days) for days in (2, 16, 128, 1024, 3660))


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
    held = [
        _frozen(freeze, span)
        for freeze in calendar.freezes
        if _concerns(freeze, subject)
        for span in freeze.series.between(now, now + INSTANT)
    ]
    held.sort(key=lambda one: (one.until, one.name), reverse=True)
    windows = [one for one in calendar.openings if _concerns(one, subject)]
    inside = {one.calendar for one in windows if any(one.series.between(now, now + INSTANT))}
    shut = dict.fromkeys(one.calendar for one in windows if one.calendar not in inside)
    return (*held, *(_shut(name, windows, now) for name in shut))


def timeline(calendar: Calendar, since: datetime, until: datetime, subject: Subject) -> list[Stretch]:
    """From `since` to `until` (aware) without gaps, in order."""
    since, until = since.astimezone(UTC), until.astimezone(UTC)
    if subject.rollback:
        return [Stretch(since, until)]
    if calendar.unreadable:
        return [Stretch(since, until, closings(calendar, since, subject))]
    return list(_joined(_swept(calendar, since, until, subject)))


def opens(calendar: Calendar, now: datetime, subject: Subject) -> datetime | None:
    """The first moment from `now` on at which nothing holds it; None where that is not in the next ten years."""
    return _first(calendar, now, subject, closed=False)


def turns(calendar: Calendar, now: datetime, subject: Subject) -> datetime | None:
    """When open next turns to closed, or closed to open; None as for `opens`."""
    return _first(calendar, now, subject, closed=not closings(calendar, now, subject))


def _first(calendar: Calendar, now: datetime, subject: Subject, *, closed: bool) -> datetime | None:
    if calendar.unreadable and not subject.rollback:
        return None
    for horizon in HORIZONS:
        for stretch in timeline(calendar, now, now + horizon, subject):
            if bool(stretch.closings) == closed:
                return stretch.since
    return None


def _swept(calendar: Calendar, since: datetime, until: datetime, subject: Subject) -> Iterator[Stretch]:
    """Elementary stretches: between two moments at which anything begins or ends."""
    windows = [one for one in calendar.openings if _concerns(one, subject)]
    freezes = [one for one in calendar.freezes if _concerns(one, subject)]
    both: list[Freeze | Opening] = [*freezes, *windows]
    spans = [(span, one) for one in both for span in one.series.between(since, until)]
    begin = sorted(spans, key=lambda each: each[0].since)
    moments = sorted({since, until, *(t for span, _ in spans for t in span if since < t < until)})
    active: list[tuple[Span, Freeze | Opening]] = []
    at = 0
    for start, end in pairwise(moments):
        active = [each for each in active if each[0].until > start]
        while at < len(begin) and begin[at][0].since <= start:
            if begin[at][0].until > start:
                active.append(begin[at])
            at += 1
        held = [_frozen(one, span) for span, one in active if isinstance(one, Freeze)]
        held.sort(key=lambda one: (one.until, one.name), reverse=True)
        inside = {one.calendar for _, one in active if isinstance(one, Opening)}
        shut = dict.fromkeys(one.calendar for one in windows if one.calendar not in inside)
        named = (Closing("windows", _names(name, windows), calendar=name) for name in shut)
        yield Stretch(start, end, (*held, *named))


def _joined(stretches: Iterable[Stretch]) -> Iterator[Stretch]:
    last: Stretch | None = None
    for one in stretches:
        if last and last.closings == one.closings:
            last = replace(last, until=one.until)
            continue
        if last:
            yield last
        last = one
    if last:
        yield last


def _frozen(freeze: Freeze, span: Span) -> Closing:
    return Closing("freeze", freeze.name, span.until, span.since, freeze.reason, freeze.calendar, freeze.campaign)


def _shut(calendar: str, windows: Sequence[Opening], now: datetime) -> Closing:
    """That no window of this calendar is open, and when the next one is."""
    own = [one for one in windows if one.calendar == calendar]
    for horizon in HORIZONS:
        coming = [span.since for one in own for span in one.series.between(now, now + horizon)]
        if coming:
            return Closing("windows", _names(calendar, windows), min(coming), calendar=calendar)
    return Closing("windows", _names(calendar, windows), calendar=calendar)


def _names(calendar: str, windows: Sequence[Opening]) -> str:
    names = list(dict.fromkeys(one.name for one in windows if one.calendar == calendar))
    return ", ".join(names[:3]) + (f" and {len(names) - 3} more" if len(names) > 3 else "")


def _concerns(one: Freeze | Opening, subject: Subject) -> bool:
    """Whether it says anything of the subject: it applies, has it in its scope, and doesn't exempt it."""
    return subject.what in one.applies_to and _within(one.scope, subject) and not _exempt(one.exempt, subject)


def _within(scope: Scope, subject: Subject) -> bool:
    """Environments are a deploy's: what is merged is on its way to all of them."""
    somewhere = scope.environments and subject.what == "deploy" and subject.environment
    if somewhere and not any_matches(scope.environments, (subject.environment,)):
        return False
    if scope.paths and subject.paths and not any(path_matches(scope.paths, path) for path in subject.paths):
        return False
    return not (scope.managers and subject.managers) or not set(scope.managers).isdisjoint(subject.managers)


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
