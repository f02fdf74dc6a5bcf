"""Our answers beside those of an authority that shares nothing with us: icalendar reads, recurring-ical-events expands.

    compared(drawn, folder) -> (moments asked about, of them closed)       each raises AssertionError with both answers
    followed(drawn, folder) -> changes met

Lead, tail, the half-open ends and what several calendars make together are worked out here, from its expanded events.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import get_args
from zoneinfo import ZoneInfo

import icalendar
import recurring_ical_events

from maintainer.config.load import load
from maintainer.policy.calendar import Subject, closings, opens, timeline, turns
from maintainer.policy.rulebook import Calendar, Phase
from tests.policy.calendars_drawn import Drawn, Part, moments

#: The longest lead or tail that is drawn, and the longest span.
FAR = timedelta(days=20)
INSTANT = timedelta(microseconds=1)
PHASES: tuple[Phase, ...] = get_args(Phase)


@dataclass(frozen=True)
class Expanded:
    part: Part
    since: datetime
    until: datetime


def expanded(case: Drawn) -> list[Expanded]:
    """What the authority has of a calendar, with lead and tail, in UTC."""
    calendar = icalendar.Calendar.from_ical(case.ics)
    found = []
    for event in recurring_ical_events.of(calendar).between(case.since - FAR, case.until + FAR):
        part = case.parts[int(event["UID"])]
        since = moved(moment(event.start, part.zone), part.zone, part.lead, -1)
        until = moved(moment(event.end, part.zone), part.zone, part.tail, 1)
        if since < until:
            found.append(Expanded(part, since, until))
    return found


def moment(when: date, zone: ZoneInfo) -> datetime:
    """A day begins at its zone's midnight."""
    if not isinstance(when, datetime):
        when = datetime(when.year, when.month, when.day, tzinfo=zone)
    return when.astimezone(UTC)


def moved(when: datetime, zone: ZoneInfo, by: tuple[int, timedelta], sign: int) -> datetime:
    """Days by the zone's clock, then elapsed time."""
    days, elapsed = by
    if days:
        shown = when.astimezone(zone).replace(tzinfo=None, fold=0) + sign * timedelta(days=days)
        when = shown.replace(tzinfo=zone).astimezone(UTC)
    return when + sign * elapsed


def held(
    spans: Iterable[Expanded], parts: Iterable[Part], when: datetime, what: str
) -> tuple[dict[str, datetime], bool]:
    """The freezes that hold then, each with its end, and whether all windows are shut."""
    inside = [one for one in spans if one.since <= when < one.until and what in one.part.applies_to]
    frozen: dict[str, datetime] = {}
    for one in inside:
        if one.part.kind == "freeze":
            frozen[one.part.name] = max(one.until, frozen.get(one.part.name, one.until))
    windowed = any(part.kind == "windows" and what in part.applies_to for part in parts)
    return frozen, windowed and not any(one.part.kind == "windows" for one in inside)


def ours(calendar: Calendar, when: datetime, what: Phase) -> tuple[dict[str, datetime], bool]:
    found = closings(calendar, when, Subject(what))
    frozen = {one.name: one.until for one in found if one.kind == "freeze" and one.until}
    assert len(frozen) == sum(one.kind == "freeze" for one in found)
    return frozen, any(one.kind == "windows" for one in found)


def read(case: Drawn, folder: Path) -> Calendar:
    (folder / "maintainer.yml").write_text(case.text)
    return load(folder, {}).rulebook.calendar


def compared(case: Drawn, folder: Path, most: int = 12) -> tuple[int, int]:
    """How many moments were asked about and at how many something was closed; a difference is an error."""
    calendar, spans = read(case, folder), expanded(case)
    asked = closed = 0
    for when in moments(case, ((one.since, one.until) for one in spans), most):
        what = PHASES[(case.seed + asked) % 3] if asked % 3 else "deploy"
        theirs, answer = held(spans, case.parts, when, what), ours(calendar, when, what)
        assert answer == theirs, f"seed {case.seed}, {what} at {when}: {answer}, not {theirs}\n{case.text}\n{case.ics}"
        asked += 1
        closed += bool(theirs[0] or theirs[1])
    return asked, closed


def followed(case: Drawn, folder: Path) -> int:
    """`turns`, `opens` and `timeline` through a whole calendar: how many changes between open and closed there were."""
    calendar, spans = read(case, folder), expanded(case)
    subject = Subject("deploy")
    edges = {edge for one in spans for edge in (one.since, one.until) if case.since < edge < case.until}
    said = f"seed {case.seed}\n{case.text}\n{case.ics}"

    def closed(when: datetime) -> bool:
        frozen, shut = held(spans, case.parts, when, "deploy")
        return bool(frozen) or shut

    stretches = timeline(calendar, case.since, case.until, subject)
    assert (stretches[0].since, stretches[-1].until) == (case.since, case.until), said
    for one, after in pairwise(stretches):
        assert one.until == after.since, said
        assert one.closings != after.closings, said
    for one in stretches:
        inside = (one.since, one.since + (one.until - one.since) / 2, one.until - INSTANT)
        answer = {each.name: each.until for each in one.closings if each.kind == "freeze"}
        shut = any(each.kind == "windows" for each in one.closings)
        for when in (*inside, *(edge for edge in edges if one.since <= edge < one.until)):
            assert (answer, shut) == held(spans, case.parts, when, "deploy"), f"{when} {said}"
            assert (answer, shut) == ours(calendar, when, "deploy"), f"{when} {said}"
    changes = [edge for edge in sorted(edges) if closed(edge) != closed(edge - INSTANT)]
    for when in (case.since, *moments(case, (), 3), *changes[:3], *(each - INSTANT for each in changes[:3])):
        # What comes after the last edge is further than was expanded.
        turn = next((each for each in changes if each > when), None)
        opening = when if not closed(when) else turn
        for found, theirs in ((turns(calendar, when, subject), turn), (opens(calendar, when, subject), opening)):
            assert found == theirs or (theirs is None and (found is None or found >= case.until)), f"{when} {said}"
    return len(changes)
