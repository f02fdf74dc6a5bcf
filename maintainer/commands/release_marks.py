"""What the outside knows of moves: vulnerabilities, ends of support, publishers' notes.

What can't be had costs its marks, and is said once for each service.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime

from maintainer import catalog, errors
from maintainer.commands.lookup import ask_advisories, at_once, look_up
from maintainer.commands.notes import passed
from maintainer.http import Http
from maintainer.model import Advisory, Dependency, Listing, Note, Release, Source
from maintainer.planning.cycle import Cycle, cycle, cycles
from maintainer.planning.group import RUNTIMES
from maintainer.planning.moved import Move
from maintainer.planning.places import version
from maintainer.planning.security import affected
from maintainer.releasing import Gap

#: Parts of which publishers tell something; of images and runtimes there are addresses only.
_NOTED = frozenset({"core", "plugin", "theme", "package", "action"})

_Advisories = Mapping[Dependency, tuple[Advisory, ...]]


def marked(found: Sequence[Move], http: Http, now: datetime) -> tuple[tuple[Move, ...], tuple[Gap, ...]]:
    """The moves with what is known of them outside, and what could not be had."""
    places = [place for move in found for place in move.places if place.role == "package" and place.current]
    advisories, problems = ask_advisories(http, catalog.ADVISORIES, places) if places else ({}, [])
    missing = [Gap("advisories", problem.sentence) for problem in problems]
    lives = _lives(found, http, missing)
    notes = _notes(found, http, missing)
    made = (_marked(move, advisories, notes.get(number, ())) for number, move in enumerate(found))
    return tuple(_with_ends(move, lives, now) for move in made), tuple(missing)


def _marked(move: Move, advisories: _Advisories, notes: Sequence[Note]) -> Move:
    before, after = (_distinct(advisories, side) for side in (move.before, move.after))
    still = {name for one in after for name in (one.id, *one.aliases)}
    gone = tuple(one for one in before if still.isdisjoint((one.id, *one.aliases)))
    return replace(move, moved=replace(move.moved, fixes=gone, open=after, notes=tuple(notes)))


def _distinct(advisories: _Advisories, places: Iterable[Dependency]) -> tuple[Advisory, ...]:
    """Those that concern the very version of one of the places."""
    told = ((place, one) for place in places for one in advisories.get(place, ()))
    return tuple({one.id: one for place, one in told if _concerns(one, place)}.values())


def _concerns(advisory: Advisory, place: Dependency) -> bool:
    return affected(version(place), advisory, catalog.SCHEMES[place.scheme])


def _lives(found: Sequence[Move], http: Http, missing: list[Gap]) -> Mapping[str, Sequence[Cycle]]:
    """The release cycles of the runtimes that moved, by name."""
    names = dict.fromkeys(move.moved.package for move in found if move.moved.part == "runtime")
    asked = at_once(lambda name: catalog.DATASOURCES["runtimes"].releases(http, Source("runtimes", name)), names)
    known: dict[str, Sequence[Cycle]] = {}
    for name, answer in asked:
        if isinstance(answer, errors.MaintainerError):
            missing.append(Gap("support", str(answer), (RUNTIMES[name],)))
        else:
            known[name] = cycles(name, answer)
    return known


def _with_ends(move: Move, lives: Mapping[str, Sequence[Cycle]], now: datetime) -> Move:
    told = move.moved
    if told.part != "runtime" or told.package not in lives:
        return move
    before, after = (_end(lives[told.package], told.package, text) for text in (told.before, told.after))
    supported = after if after and after > now else None
    ended = before if before and before <= now else None
    return replace(move, moved=replace(told, supported=supported, ended=ended))


def _end(known: Sequence[Cycle], name: str, text: str) -> datetime | None:
    numbers = cycle(name, text)
    end = next((one.supported_until for one in known if one.numbers == numbers), None)
    return end.replace(tzinfo=UTC) if end and end.tzinfo is None else end


def _notes(found: Sequence[Move], http: Http, missing: list[Gap]) -> Mapping[int, Sequence[Note]]:
    """The publishers' words on the versions passed, by the number of the move; none on a way back."""
    wanted = {number: pair for number, move in enumerate(found) if (pair := _noted(move))}
    lookup = look_up(http, catalog.DATASOURCES, catalog.SCHEMES, [since for since, _ in wanted.values()])
    failed: dict[str, list[tuple[str, errors.MaintainerError]]] = {}

    def ask(number: int) -> Sequence[Note]:
        since, to = wanted[number]
        if failure := lookup.failures.get(since.source):
            raise failure
        listing = lookup.listings.get(since.source, Listing(()))
        release = next((one for one in listing.releases if one.version == to), Release(to))
        return passed(http, since, release, listing)

    told: dict[int, Sequence[Note]] = {}
    for number, answer in at_once(ask, wanted):
        source = wanted[number][0].source
        if not isinstance(answer, errors.MaintainerError):
            told[number] = answer
        elif not isinstance(answer, errors.NotFound):
            # What its directory doesn't know is bought or the site's own: nobody tells of it.
            failed.setdefault(source.datasource, []).append((found[number].moved.name, answer))
    missing += map(_gap, failed.values())
    return told


def _noted(move: Move) -> tuple[Dependency, str] | None:
    """What the notes are asked of, as it was before, and the version it came to."""
    told = move.moved
    if not (move.before and move.after) or told.downgrade or told.part not in _NOTED or told.bump == "digest":
        return None
    last = move.after[0]
    scheme = catalog.SCHEMES[last.scheme]
    asks = last.source.datasource in catalog.DATASOURCES
    if not asks or not scheme.is_version(version(last)) or _is_nobodys(last.source):
        return None
    # Where it is published now, from the version it had: it may have come from elsewhere.
    return replace(last, current=version(move.before[0])), version(last)


def _is_nobodys(source: Source) -> bool:
    """Whether it is bought of someone whose address nobody configured."""
    return source.datasource == "vendors" and not source.registries


def _gap(failed: Sequence[tuple[str, errors.MaintainerError]]) -> Gap:
    """One for a whole datasource, with the first of its errors."""
    return Gap("publishers", str(failed[0][1]), tuple(dict.fromkeys(name for name, _ in failed)))
