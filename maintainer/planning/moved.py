"""What moved between two trees: A -> B -> C is A -> C, because only the ends are compared.

    moves(before, after, schemes, named) -> tuple[Move, ...]
    passed(move, stood, schemes) -> tuple[str, ...]           the versions on the way
    proposals(move, merges) -> tuple[Source, ...]

The same move of one package in several files is one; different moves of it (a monorepo) are one each. A runtime moves
as one over all files, by its cycle (8.1 -> 8.3) where the files are not equally precise. Declarations of support move
nothing, nor does a constraint while its locked version stays (see `planning/places`).
"""

import posixpath
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import get_args

from maintainer.changes import Source
from maintainer.errors import InvalidVersion
from maintainer.model import Bump, Dependency
from maintainer.planning.cycle import cycle, shown
from maintainer.planning.group import RUNTIMES
from maintainer.planning.places import (
    Pair,
    Schemes,
    Subject,
    by_subject,
    line,
    order,
    pairs,
    same_line,
    version,
)
from maintainer.releasing import Merge, Moved, Part

#: Managers of what only builds and tests the site.
WORKSHOP = frozenset({"github_actions", "gitlab_ci", "wp_env"})
#: Sections that say so by their whole name, and words that say so within the name of a section or a requirements file.
_DEVELOPERS = frozenset({"devDependencies", "build-system", "tools"})
_WORDS = re.compile(r"(?:^|[-_.])(?:dev|development|tests?|testing|lint|linting|docs?|ci)(?:$|[-_.])", re.IGNORECASE)
#: PEP 735: groups are never part of what is built.
_GROUPS = "dependency-groups"

_PARTS: Sequence[Part] = get_args(Part)
_NAMES: Mapping[Subject, str] = {
    ("core", ""): "WordPress",
    ("runtimes", "shopify-api"): "Shopify API",
    **{("runtimes", name): text for name, text in RUNTIMES.items()},
}

#: A name for people where a file has one (a plugin's header); empty where not.
Named = Callable[[Dependency], str]


@dataclass(frozen=True, slots=True)
class Move:
    """A `Moved` with the places that state it, of either tree."""

    moved: Moved
    subject: Subject
    before: tuple[Dependency, ...]
    after: tuple[Dependency, ...]

    @property
    def places(self) -> tuple[Dependency, ...]:
        return self.before + self.after


def moves(
    before: Sequence[Dependency],
    after: Sequence[Dependency],
    schemes: Schemes,
    named: Named = lambda _: "",
) -> tuple[Move, ...]:
    """Every move between two trees, without sources; core, plugins and themes first, each by name."""
    old, new = dict(by_subject(before)), dict(by_subject(after))
    found = [
        move
        for subject in dict.fromkeys((*old, *new))
        for move in _of_subject(subject, pairs(old.get(subject, ()), new.get(subject, ()), schemes), schemes, named)
    ]
    return tuple(sorted(found, key=_standing))


def moved(
    before: Sequence[Dependency], after: Sequence[Dependency], schemes: Schemes, named: Named = lambda _: ""
) -> tuple[Moved, ...]:
    """As `moves`, without the places."""
    return tuple(move.moved for move in moves(before, after, schemes, named))


def passed(move: Move, stood: Iterable[Dependency], schemes: Schemes) -> tuple[str, ...]:
    """Of the places as they stood on the way, oldest first, the versions between the ends, in the words of the ends."""
    ends = {move.moved.before, move.moved.after, *(_told(move, place, schemes) for place in move.places)}
    texts = dict.fromkeys(_told(move, place, schemes) for place in stood)
    return tuple(text for text in texts if text not in ends)


def _told(move: Move, place: Dependency, schemes: Schemes) -> str:
    if move.moved.part != "runtime" or not (found := line(place, schemes)):
        return version(place)
    return shown(_cycle(move.subject[1], found) if move.moved.bump in ("major", "other", "none") else found)


def proposals(move: Move, merges: Iterable[Merge]) -> tuple[Source, ...]:
    """The merged proposals of which an update is on the way of a move."""
    names = {place.name for place in move.places}
    files = {place.file for place in move.places}
    starts = {*_texts(move.before), *move.moved.between}
    ends = {*_texts(move.after), *move.moved.between}
    return tuple(
        Source("proposal", str(merge.number), merge.url)
        for merge in merges
        if any(
            file in files and name in names and (since in starts or to in ends)
            for file, name, since, to in merge.identity
        )
    )


def _texts(places: Iterable[Dependency]) -> set[str]:
    return {text for one in places for text in (one.current, one.constraint) if text}


def _standing(move: Move) -> tuple[int, str, str, str, tuple[str, ...]]:
    one = move.moved
    return _PARTS.index(one.part), one.name.casefold(), one.package, f"{one.before} {one.after}", one.files


def _of_subject(subject: Subject, changed: Sequence[Pair], schemes: Schemes, named: Named) -> Iterator[Move]:
    groups: dict[tuple[Subject, object], list[Pair]] = {}
    for pair in changed:
        if not _is_pin(pair):
            groups.setdefault((subject, _way(pair)), []).append(pair)
        elif not (pair[0] and pair[1] and same_line(pair[0], pair[1], schemes)):
            groups.setdefault((subject, _runtime_way(subject[1], pair, schemes)), []).append(pair)
        elif image := _image_around(pair):
            groups.setdefault((("docker", image), _way(pair)), []).append(pair)
    for (what, _), members in groups.items():
        if what[0] == "runtimes" and _is_pin(members[0]):
            yield _runtime(what, members, schemes)
        else:
            yield _package(what, members, schemes, named)


def _is_pin(pair: Pair) -> bool:
    return any(one is not None and one.role == "pin" for one in pair)


def _image_around(pair: Pair) -> str:
    """The image that changed around a runtime that stayed: another variant, or the same tag built anew."""
    one, two = pair
    if one and two and one.scheme == two.scheme == "docker" and one.source == two.source:
        return one.source.package
    return ""


def _way(pair: Pair) -> tuple[str, str]:
    return (version(pair[0]) if pair[0] else "", version(pair[1]) if pair[1] else "")


def _package(subject: Subject, members: Sequence[Pair], schemes: Schemes, named: Named) -> Move:
    """One move of a package from one version to another, in whatever files."""
    before, after = _way(members[0])
    first, last = members[0]
    bump: Bump = "none"
    backwards = False
    if first and last:
        backwards = (order(first, last, schemes) or 0) > 0
        bump = "digest" if before == after else "other" if backwards else _bump(first, last, schemes)
    return _made(subject, members, before, after, bump, backwards, named)


def _bump(first: Dependency, last: Dependency, schemes: Schemes) -> Bump:
    for name in sorted({first.scheme, last.scheme}):
        try:
            return schemes[name].bump(version(first), version(last))
        except InvalidVersion:
            continue
    return "other"


def _runtime_way(runtime: str, pair: Pair, schemes: Schemes) -> object:
    """What places that move together have in common: the newer end, in its cycle when that is what moves."""
    ends = [line(one, schemes) if one else () for one in pair]
    cycles = [_cycle(runtime, end) for end in ends]
    if not any(ends):
        return _way(pair)
    newer = max((0, 1), key=ends.__getitem__)
    return newer, None in pair, *(ends[newer] if cycles[0] == cycles[1] else cycles[newer])


def _runtime(subject: Subject, members: Sequence[Pair], schemes: Schemes) -> Move:
    """One move of a runtime over all files; of several older ends the oldest is told."""
    sides = [[one for pair in members if (one := pair[side])] for side in (0, 1)]
    lines = [sorted({line(one, schemes) for one in side}) for side in sides]
    oldest = [found[0] if found else () for found in lines]
    cycles = [_cycle(subject[1], found) for found in oldest]
    told = cycles if cycles[0] != cycles[1] else oldest
    before, after = (_shown(*each) for each in zip(sides, lines, told, strict=True))
    bump: Bump = "none"
    backwards = all(oldest) and oldest[0] > oldest[1]
    if sides[0] and sides[1]:
        known = all(oldest) and not backwards
        bump = "other" if not known else "major" if cycles[0] != cycles[1] else _within(before, after, schemes)
    return _made(subject, members, before, after, bump, backwards, lambda _: "")


def _within(before: str, after: str, schemes: Schemes) -> Bump:
    try:
        return schemes["runtime"].bump(before, after)
    except InvalidVersion:
        return "other"


def _cycle(runtime: str, numbers: tuple[int, ...]) -> tuple[int, ...]:
    known = cycle(runtime, shown(numbers)) if runtime in RUNTIMES else None
    return known or numbers


def _shown(places: Sequence[Dependency], lines: Sequence[tuple[int, ...]], several: tuple[int, ...]) -> str:
    """The numbers where all places state the same ones, else `several`; what has none as it is written."""
    found = lines[0] if len(lines) == 1 else several
    return shown(found) or next((one.constraint for one in places), "")


def _made(
    subject: Subject, members: Sequence[Pair], before: str, after: str, bump: Bump, backwards: bool, named: Named
) -> Move:
    sides = [sorted((one for pair in members if (one := pair[side])), key=_where) for side in (0, 1)]
    places = [*sides[1], *sides[0]]
    part = _part(subject, places[0])
    told = Moved(
        part,
        _name(subject, places, named),
        subject[1] if part == "runtime" else places[0].source.package,
        places[0].manager,
        before,
        after,
        bump,
        (),
        tuple(sorted({one.file for one in places})),
        downgrade=backwards,
        development=all(_is_development(one) for one in places),
    )
    return Move(told, subject, tuple(sides[0]), tuple(sides[1]))


def _where(dependency: Dependency) -> tuple[str, int]:
    return dependency.file, dependency.at.start


def _part(subject: Subject, place: Dependency) -> Part:
    match subject:
        case ("core", _):
            return "core"
        case ("plugin", _):
            return "plugin"
        case ("theme", _):
            return "theme"
        case ("runtimes", name) if name in RUNTIMES:
            return "runtime"
        case ("docker", _):
            return "image"
    if place.manager == "wp_env" and place.section in ("plugins", "themes"):
        return "plugin" if place.section == "plugins" else "theme"
    return "action" if place.manager in ("github_actions", "gitlab_ci") else "package"


def _name(subject: Subject, places: Sequence[Dependency], named: Named) -> str:
    if subject[0] in ("plugin", "theme"):
        return next(filter(None, map(named, places)), subject[1])
    return _NAMES.get(subject) or places[0].name


def _is_development(place: Dependency) -> bool:
    """Whether only developers use it, by the manager, the section, or the name of a requirements file."""
    if place.manager in WORKSHOP or place.section in _DEVELOPERS or place.section.startswith(_GROUPS):
        return True
    named = posixpath.basename(place.file) if place.manager == "pip" else ""
    return bool(_WORDS.search(place.section) or _WORDS.search(named))
