"""Results of sites as files: one a site, written whole or not at all, and read wherever artifacts put them."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from pathlib import Path
from urllib.parse import quote

from maintainer.commands.context import Context
from maintainer.platforms import kept
from maintainer.text import result
from maintainer.text.event import Event
from maintainer.text.result import Result

#: A larger file is no result.
LARGEST = 4 * 1024 * 1024
#: The kind of a fleet's events in history.
KIND = "fleet"


def write(folder: Path, made: Result) -> None:
    """Keep a site's result. Raises `errors.OutsideError` where it can't be written."""
    kept.write(folder / f"{quote(made.site, safe='')}.json", result.text(made).encode())


def read(context: Context, folder: Path) -> dict[str, Result]:
    """The results below a folder by site, of several the latest; what is none is told and left out."""
    found: dict[str, Result] = {}
    for path in sorted(folder.rglob("*.json")):
        try:
            with path.open("rb") as stream:
                one = result.read(stream.read(LARGEST))
            moment = datetime.fromisoformat(one.at)
        except (OSError, ValueError):
            context.say(f"{path} is no result of a site and is left out.")
            continue
        before = found.get(one.site)
        if before is None or datetime.fromisoformat(before.at) <= moment:
            found[one.site] = one
    return found


def costs(results: Mapping[str, Result]) -> dict[str, float]:
    """The seconds each site took; one that failed early says nothing of what it costs."""
    return {name: one.seconds for name, one in results.items() if one.standing}


def events(results: Iterable[Result]) -> list[Event]:
    """What history keeps of a run over the fleet: an event a site, with its cost and its counts."""
    return [
        Event(
            datetime.fromisoformat(one.at),
            one.site,
            KIND,
            {
                "plan": one.plan,
                "story": one.story,
                "seconds": one.seconds,
                "requests": one.requests,
                "exit_code": one.exit_code,
                "counts": dict(one.standing.counts) if one.standing else None,
            },
        )
        for one in results
    ]


def costs_of(history: Iterable[Event]) -> dict[str, float]:
    """The seconds each site took last, as its events tell; later ones go before."""
    known: dict[str, float] = {}
    for event in history:
        seconds = event.data.get("seconds")
        if event.kind == KIND and isinstance(seconds, int | float) and event.data.get("counts"):
            known[event.site] = float(seconds)
    return known
