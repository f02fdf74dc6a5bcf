"""What waits, why and until when."""

from collections.abc import Iterator
from datetime import datetime
from itertools import groupby

from maintainer.releasing import Held
from maintainer.writers.notes_pieces import Line, capital, joined, told
from maintainer.writers.notes_telling import Telling


def waiting(telling: Telling) -> tuple[str, list[Line]]:
    """The heading for the half page, and what waits by number; one date for all of it is in the heading."""
    say, day, at = telling.words.say, telling.words.day, telling.contents.at
    together = list(_together(telling))
    dates = {until for until, _, _ in together}
    lines = []
    for until, reason, group in together:
        said = joined((telling.words.say_n("{n} update", "{n} updates", len(group)),))
        if why := told(reason, 120):
            said = telling.say("{count} ({why})", count=said, why=why)
        if len(dates) > 1:
            when = say("until {day}", day=day(until, at)) if until else say("nobody knows until when")
            said = joined((when, said), ": ")
        lines.append(telling.line(said, (one.source for one in group)))
    if len(dates) == 1 and (until := together[0][0]):
        return say("Held until {day}", day=day(until, at)), lines
    return say("Held"), lines


def held(telling: Telling) -> list[Line]:
    """What waits by name, under when it may go on and why."""
    words = telling.words
    lines = []
    for until, reason, group in _together(telling):
        when = words.say("until {day}", day=words.moment(until)) if until else words.say("nobody knows until when")
        below = [
            telling.line(telling.referred(capital(told(one.title)), (one.source,)), (one.source,)) for one in group
        ]
        lines.append(telling.line(joined((when, told(reason, 300))), (one.source for one in group), below))
    return lines


def _together(telling: Telling) -> Iterator[tuple[datetime | None, str, list[Held]]]:
    """What waits for the same, the soonest first."""
    for (until, reason), group in groupby(
        sorted(telling.contents.held, key=_when), lambda one: (one.until, one.reason)
    ):
        yield until, reason, list(group)


def _when(one: Held) -> tuple[bool, float, str]:
    return one.until is None, one.until.timestamp() if one.until else 0.0, one.reason
