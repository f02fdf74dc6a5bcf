"""How each move came about: the versions on its way, and the commits and proposals that made it.

A commit is a source when what it states of the subject differs from what each of its parents states. Versions on the
way are those of the first parents' line: what the branch itself stood at. Where a manifest changed more often than it
may be read, stretches of its history are compared, and a commit of a stretch in which the subject changed is a source.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from maintainer import catalog
from maintainer.changes import Range, Source
from maintainer.commands.release_trees import Read, Trees
from maintainer.commands.scan import scan
from maintainer.errors import Unreadable
from maintainer.managers.base import Manager
from maintainer.model import Dependency
from maintainer.planning.moved import Move, passed, proposals
from maintainer.planning.places import Subject, subjects, version
from maintainer.releasing import Merge, Moved
from maintainer.workspace.git import Git
from maintainer.workspace.passage import Step, blobs_at, touching

#: So many states of manifests are read at once: they have lock files beside them.
_PIECE = 16
#: So many stretches of manifests are compared in all; those that changed least often get what they need first.
STRETCHES = 500

#: A manifest, by its manager and path.
_Unit = tuple[str, str]
#: What a manifest states at a commit of what moved in it; None where it can't be read.
_State = Mapping[Subject, Sequence[Dependency]] | None
#: The places that state what moved, before the range and after it.
_Ends = tuple[Mapping[Subject, Sequence[Dependency]], Mapping[Subject, Sequence[Dependency]]]
#: The paths that a manifest is read from, and which blob each was, empty where there was none.
_Files = tuple[tuple[str, str], ...]


class _Stretch(NamedTuple):
    """Commits that touched a manifest, newest first: `after` is what it came to by them, `before` what it was."""

    commits: tuple[str, ...]
    after: str
    before: tuple[str, ...]


@dataclass(slots=True)
class _History:
    """What became of each manifest, newest first; its files and what it stated at the ends of each stretch."""

    stretches: dict[_Unit, tuple[_Stretch, ...]] = field(default_factory=dict)
    files: dict[_Unit, dict[str, _Files]] = field(default_factory=dict)
    states: dict[_Unit, dict[str, _State]] = field(default_factory=dict)


def with_sources(
    git: Git,
    history: Range,
    found: Sequence[Move],
    trees: Trees,
    managers: Mapping[str, Manager],
    merges: Sequence[Merge],
) -> tuple[Move, ...]:
    """The moves with what they are known from, at least one source each, and the versions between their ends."""
    if not found:
        return ()
    line = _first_parents(history)
    known = _history(git, history, _units(found, trees), line)
    _read(git, known, _moving(found), managers)
    order = {one.sha: number for number, one in enumerate(history.commits)}
    last = Source("commit", history.head)
    moved = frozenset(move.subject for move in found)
    ends = _indexed(trees.before, moved), _indexed(trees.after, moved)
    return tuple(_with_sources(move, known, line, order, ends, merges, last) for move in found)


def _units(found: Sequence[Move], trees: Trees) -> dict[_Unit, tuple[str, ...]]:
    """The paths that each manifest is read from: itself, and what lies beside it at either end."""
    units: dict[_Unit, tuple[str, ...]] = {}
    for place in (place for move in found for place in move.places):
        key = place.manager, place.file
        beside = [near.path for manifest in trees.manifests.get(key, ()) for near in manifest.beside]
        units[key] = tuple(dict.fromkeys((place.file, *beside)))
    return units


def _moving(found: Iterable[Move]) -> dict[_Unit, frozenset[Subject]]:
    """What moved in each manifest."""
    moving: dict[_Unit, set[Subject]] = {}
    for move in found:
        for place in move.places:
            moving.setdefault((place.manager, place.file), set()).add(move.subject)
    return {unit: frozenset(moved) for unit, moved in moving.items()}


def _history(git: Git, history: Range, units: Mapping[_Unit, tuple[str, ...]], line: frozenset[str]) -> _History:
    """Without what was stated: which file had it is known."""
    known = _History()
    steps = touching(git, history.base, history.head, {path for paths in units.values() for path in paths})
    touched: dict[str, list[tuple[int, Step]]] = {}
    for at, step in enumerate(steps):
        for path in step.paths:
            touched.setdefault(path, []).append((at, step))
    mine = {unit: dict(sorted(one for path in paths for one in touched.get(path, ()))) for unit, paths in units.items()}
    left = STRETCHES
    for number, unit in enumerate(sorted(units, key=lambda unit: len(mine[unit]))):
        known.stretches[unit] = _stretches([*mine[unit].values()], left // (len(units) - number), line)
        left -= len(known.stretches[unit])
    shas = {
        unit: tuple(dict.fromkeys(sha for one in stretches for sha in (one.after, *one.before)))
        for unit, stretches in known.stretches.items()
    }
    blobs = blobs_at(git, ((sha, path) for unit, wanted in shas.items() for sha in wanted for path in units[unit]))
    for unit, wanted in shas.items():
        known.files[unit] = {sha: tuple((path, blobs.get((sha, path), "")) for path in units[unit]) for sha in wanted}
    return known


def _stretches(steps: Sequence[Step], most: int, line: frozenset[str]) -> tuple[_Stretch, ...]:
    """Each step by itself, unless there are more than `most`: then about as many stretches of the branch's own line."""
    if len(steps) <= most:
        return tuple(_Stretch((step.sha,), step.sha, step.parents) for step in steps)
    parts: list[list[Step]] = [[]]
    for step in steps:
        if len(parts[-1]) >= len(steps) / max(most, 1) and step.sha in line:
            parts.append([])
        parts[-1].append(step)
    made = []
    for part in parts:
        own = [step for step in part if step.sha in line] or part
        made.append(_Stretch(tuple(step.sha for step in part), own[0].sha, own[-1].parents[:1]))
    return tuple(made)


def _read(
    git: Git, known: _History, moving: Mapping[_Unit, frozenset[Subject]], managers: Mapping[str, Manager]
) -> None:
    """What was stated, each state of a manifest read once."""
    states = [(unit, files) for unit, at in known.files.items() for files in dict.fromkeys(at.values())]
    stated: dict[tuple[_Unit, _Files], _State] = {}
    for at in range(0, len(states), _PIECE):
        piece = states[at : at + _PIECE]
        contents = git.blobs(dict.fromkeys(blob for _, files in piece for _, blob in files if blob))
        for unit, files in piece:
            stated[unit, files] = _stated(unit, files, contents, managers, moving[unit])
    for unit, at_commits in known.files.items():
        known.states[unit] = {sha: stated[unit, files] for sha, files in at_commits.items()}


def _stated(
    unit: _Unit,
    files: _Files,
    contents: Mapping[str, bytes],
    managers: Mapping[str, Manager],
    wanted: frozenset[Subject],
) -> _State:
    name, path = unit
    texts: dict[str, bytes | Unreadable] = {
        file: contents.get(blob, Unreadable(f"{file}: missing or too large.")) for file, blob in files if blob
    }
    read = scan(Read(tuple(texts), texts), {name: managers[name]})
    if any(problem.where == path for problem in read.problems):
        return None
    return _indexed((one for one in read.dependencies if one.file == path and one.role != "support"), wanted)


def _indexed(places: Iterable[Dependency], wanted: frozenset[Subject]) -> dict[Subject, list[Dependency]]:
    """The places that state each subject."""
    found: dict[Subject, list[Dependency]] = {}
    for one in places:
        for subject in wanted.intersection(subjects(one)):
            found.setdefault(subject, []).append(one)
    return found


def _with_sources(
    move: Move,
    known: _History,
    line: frozenset[str],
    order: Mapping[str, int],
    ends: _Ends,
    merges: Sequence[Merge],
    last: Source,
) -> Move:
    """`order` is that of the range's commits, `last` the source of what no commit of them did."""
    commits: dict[str, None] = {}
    stood: list[Dependency] = []
    for unit in dict.fromkeys((place.manager, place.file) for place in move.places):
        states = known.states[unit]
        for one in known.stretches[unit]:
            if _changes(move, states, one):
                commits |= dict.fromkeys(one.commits)
        for one in reversed(known.stretches[unit]):
            if one.after in line:
                stood += _of(move, states.get(one.after))
    moved: Moved = replace(move.moved, between=passed(move, _without_constant(move, stood, ends), catalog.SCHEMES))
    shas = sorted(commits, key=lambda sha: order.get(sha, len(order)))
    sources = (*proposals(move, merges), *(Source("commit", sha) for sha in shas))
    return replace(move, moved=replace(moved, sources=sources or (last,)))


def _changes(move: Move, states: Mapping[str, _State], stretch: _Stretch) -> bool:
    """Whether a commit states something of the subject that none of its parents does."""
    after = states.get(stretch.after)
    if after is None:
        return False
    before = [states.get(sha) for sha in stretch.before] or [{}]
    mine = _versions(_of(move, after))
    return all(one is None or _versions(_of(move, one)) != mine for one in before)


def _of(move: Move, state: _State) -> Sequence[Dependency]:
    return state.get(move.subject, ()) if state else ()


def _versions(places: Iterable[Dependency]) -> list[tuple[str, str]]:
    return sorted((version(one), one.digest or "") for one in places)


def _without_constant(move: Move, stood: Iterable[Dependency], ends: _Ends) -> Iterator[Dependency]:
    """What stood in its files on the way, but for versions that stand there at both ends: those are another's."""
    files = {place.file for place in move.places}
    before, after = ({version(one) for one in end.get(move.subject, ()) if one.file in files} for end in ends)
    yield from (one for one in stood if version(one) not in before & after)


def _first_parents(history: Range) -> frozenset[str]:
    """The commits of the range on the line of first parents: what the branch itself was at."""
    parents = {one.sha: one.parents for one in history.commits}
    found, sha = set[str](), history.head
    while sha in parents and sha not in found:
        found.add(sha)
        sha = parents[sha][0] if parents[sha] else ""
    return frozenset(found)
