"""How each move came about: the versions on its way, and the commits and proposals that made it.

A commit is a source when what it states of the subject differs from what each of its parents states. Versions on the
way are those of the first parents' line: what the branch itself stood at.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from maintainer import catalog
from maintainer.changes import Range, Source
from maintainer.commands.release_trees import Read, Trees
from maintainer.commands.scan import scan
from maintainer.errors import Unreadable
from maintainer.managers.base import Manager
from maintainer.model import Dependency
from maintainer.planning.moved import Move, passed, proposals
from maintainer.planning.places import is_about, version
from maintainer.releasing import Merge, Moved
from maintainer.workspace.git import Git
from maintainer.workspace.passage import Place, Step, blobs_at, touching

#: So many states of manifests are read in all, those first that changed least often. Of one beyond that, every commit
#: that touched it is a source, and no version on the way is known.
READS = 400
#: So many files of commits are looked for in all.
LOOKS = 20_000

#: A manifest, by its manager and path.
_Unit = tuple[str, str]
#: What a manifest states at a commit; None where it can't be read.
_State = tuple[Dependency, ...] | None


@dataclass(slots=True)
class _History:
    """What became of each manifest: the steps that touched it, newest first, and what it stated at their commits."""

    steps: dict[_Unit, tuple[Step, ...]] = field(default_factory=dict)
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
    known = _history(git, history, _units(found, trees), managers)
    line = _first_parents(history)
    return tuple(_with_sources(move, history, known, line, trees, merges) for move in found)


def _units(found: Sequence[Move], trees: Trees) -> dict[_Unit, tuple[str, ...]]:
    """The paths that each manifest is read from: itself, and what lies beside it at either end."""
    units: dict[_Unit, tuple[str, ...]] = {}
    for place in (place for move in found for place in move.places):
        key = place.manager, place.file
        beside = [near.path for manifest in trees.manifests.get(key, ()) for near in manifest.beside]
        units[key] = tuple(dict.fromkeys((place.file, *beside)))
    return units


def _history(
    git: Git, history: Range, units: Mapping[_Unit, tuple[str, ...]], managers: Mapping[str, Manager]
) -> _History:
    known = _History()
    steps = touching(git, history.base, history.head, {path for paths in units.values() for path in paths})
    touched: dict[str, list[Step]] = {}
    for step in steps:
        for path in step.paths:
            touched.setdefault(path, []).append(step)
    place = {step.sha: number for number, step in enumerate(steps)}
    for unit, paths in units.items():
        mine = {step.sha: step for path in paths for step in touched.get(path, ())}
        known.steps[unit] = tuple(sorted(mine.values(), key=lambda step: place[step.sha]))
    looked: dict[_Unit, list[Place]] = {}
    left = LOOKS
    for unit in sorted(units, key=lambda unit: len(known.steps[unit])):
        commits = dict.fromkeys(sha for step in known.steps[unit] for sha in (step.sha, *step.parents))
        left -= len(commits) * len(units[unit])
        if left >= 0:
            looked[unit] = [(sha, path) for sha in commits for path in units[unit]]
    blobs = blobs_at(git, (one for places in looked.values() for one in places))
    _read(git, known, {unit: (units[unit], places) for unit, places in looked.items()}, blobs, managers)
    return known


def _read(
    git: Git,
    known: _History,
    looked: Mapping[_Unit, tuple[tuple[str, ...], Sequence[Place]]],
    blobs: Mapping[Place, str],
    managers: Mapping[str, Manager],
) -> None:
    """Each state of a manifest once, as long as there are reads left."""
    left = READS
    wanted: dict[_Unit, dict[str, tuple[str, ...]]] = {}
    for unit, (paths, places) in looked.items():
        at = {sha: tuple(blobs.get((sha, path), "") for path in paths) for sha, _ in places}
        left -= len(set(at.values()))
        if left >= 0:
            wanted[unit] = at
    contents = git.blobs({blob for at in wanted.values() for state in at.values() for blob in state if blob})
    for unit, at in wanted.items():
        paths = looked[unit][0]
        stated = {
            state: _stated(unit, dict(zip(paths, state, strict=True)), contents, managers) for state in {*at.values()}
        }
        known.states[unit] = {sha: stated[state] for sha, state in at.items()}


def _stated(
    unit: _Unit, files: Mapping[str, str], contents: Mapping[str, bytes], managers: Mapping[str, Manager]
) -> _State:
    name, path = unit
    texts: dict[str, bytes | Unreadable] = {
        file: contents.get(blob, Unreadable(f"{file}: missing or too large.")) for file, blob in files.items() if blob
    }
    read = scan(Read(tuple(texts), texts), {name: managers[name]})
    if any(problem.where == path for problem in read.problems):
        return None
    return tuple(one for one in read.dependencies if one.file == path and one.role != "support")


def _with_sources(
    move: Move,
    history: Range,
    known: _History,
    line: frozenset[str],
    trees: Trees,
    merges: Sequence[Merge],
) -> Move:
    units = dict.fromkeys((place.manager, place.file) for place in move.places)
    commits: dict[str, None] = {}
    stood: list[Dependency] = []
    for unit in units:
        for step in known.steps[unit]:
            if unit not in known.states or _changes(move, known.states[unit], step):
                commits[step.sha] = None
    order = {one.sha: number for number, one in enumerate(history.commits)}
    for unit in units:
        steps = [step for step in known.steps[unit] if step.sha in line] if unit in known.states else []
        for step in reversed(steps):
            stood += _of(move, known.states[unit].get(step.sha))
    moved: Moved = replace(move.moved, between=passed(move, _without_constant(move, stood, trees), catalog.SCHEMES))
    move = replace(move, moved=moved)
    shas = sorted(commits, key=lambda sha: order.get(sha, len(order)))
    sources = (*proposals(move, merges), *(Source("commit", sha) for sha in shas))
    return replace(move, moved=replace(moved, sources=sources or (Source("commit", history.head),)))


def _changes(move: Move, states: Mapping[str, _State], step: Step) -> bool:
    """Whether a commit states something of the subject that none of its parents does."""
    after = states.get(step.sha)
    if after is None:
        return False
    parents = [states.get(parent) for parent in step.parents] or [()]
    mine = _versions(_of(move, after))
    return all(before is None or _versions(_of(move, before)) != mine for before in parents)


def _of(move: Move, state: _State) -> Sequence[Dependency]:
    return [one for one in state or () if is_about(move.subject, one)]


def _versions(places: Iterable[Dependency]) -> list[tuple[str, str]]:
    return sorted((version(one), one.digest or "") for one in places)


def _without_constant(move: Move, stood: Sequence[Dependency], trees: Trees) -> Iterator[Dependency]:
    """What stood in its files on the way, but for versions that stand there at both ends: those are another's."""
    files = {place.file for place in move.places}
    ends = [
        {version(one) for one in side if one.file in files and is_about(move.subject, one)}
        for side in (trees.before, trees.after)
    ]
    yield from (one for one in stood if version(one) not in ends[0] & ends[1])


def _first_parents(history: Range) -> frozenset[str]:
    """The commits of the range on the line of first parents: what the branch itself was at."""
    parents = {one.sha: one.parents for one in history.commits}
    found, sha = set[str](), history.head
    while sha in parents and sha not in found:
        found.add(sha)
        sha = parents[sha][0] if parents[sha] else ""
    return frozenset(found)
