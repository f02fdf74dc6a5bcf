"""What the managers read of both ends of a range.

As `plan` reads a tree, and: plugins and themes that their author's own server updates count as well, since what moved
is told whoever moved it.
"""

import posixpath
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial

from maintainer import catalog
from maintainer.commands.bought import STATED, Informed
from maintainer.commands.lookup import Lookup, look_up
from maintainer.commands.scan import FOREIGN_FOLDERS, Scan, scan
from maintainer.commands.survey import COMMITTED, third_party
from maintainer.errors import Unreadable
from maintainer.http import Http
from maintainer.managers.base import Manager
from maintainer.model import Dependency, Finding, Found, Manifest, Source
from maintainer.policy.globs import path_matches
from maintainer.releasing import Gap
from maintainer.text.globs import matcher
from maintainer.text.headers import headers
from maintainer.workspace.checkout import Checkout, Files, Snapshot

#: Findings on what is there and states no version that can be told: it was neither added nor removed.
_VEILS = frozenset({"own-code", "own-updates", "no-version", "child-theme", "development-build", "unlabelled-pin",
                    "composed-version"})  # fmt: skip
_HEADERS = {"wordpress_plugin": "Plugin Name", "wordpress_theme": "Theme Name"}


@dataclass(frozen=True, slots=True)
class Trees:
    """Both ends. What can't be compared, because a side can't be read, is on neither and in `missing`."""

    before: tuple[Dependency, ...]
    after: tuple[Dependency, ...]
    manifests: Mapping[tuple[str, str], Sequence[Manifest]]
    missing: tuple[Gap, ...] = ()

    def named(self, dependency: Dependency) -> str:
        """A plugin's or theme's name from its header, empty for anything else."""
        header = _HEADERS.get(dependency.manager, "")
        known = self.manifests.get((dependency.manager, dependency.file), ()) if header else ()
        found = (headers(manifest.text, header).get(header) for manifest in reversed(known))
        return next((one.value for one in found if one), "")


@dataclass(frozen=True, slots=True)
class Read:
    """Files whose contents are at hand, for `scan`; all others are only known to be there."""

    paths: tuple[str, ...]
    texts: Mapping[str, bytes | Unreadable]

    def tracked(self) -> tuple[str, ...]:
        return self.paths

    def read(self, path: str) -> bytes:
        found = self.texts.get(path, Unreadable(f"{path}: was not read."))
        if isinstance(found, Unreadable):
            raise found
        return found

    def read_many(self, paths: Iterable[str]) -> Iterator[tuple[str, bytes | Unreadable]]:
        yield from ((path, self.texts.get(path, Unreadable(f"{path}: was not read."))) for path in paths)


def anyones(managers: Mapping[str, Manager]) -> dict[str, Manager]:
    """These managers, those of committed code whoever updates it."""
    return {
        name: Informed(one, partial(_whosever, STATED[name])) if name in STATED else one
        for name, one in managers.items()
    }


def _whosever(stated: Callable[[Manifest], Dependency | None], manifest: Manifest, found: Found) -> Found:
    """Code that its author's own server updates as any other."""
    code = stated(manifest) if isinstance(found, Finding) and found.kind == "own-updates" else None
    if code is None:
        return found
    slug = posixpath.basename(code.root).removesuffix(".php")
    return replace(code, name=slug, source=Source("vendors", slug))


def trees(
    checkout: Checkout,
    base: str,
    head: str,
    managers: Mapping[str, Manager],
    http: Http | None,
    leave: tuple[str, ...] = (),
) -> Trees | None:
    """Both ends as `managers` read them, but for paths that match `leave`; None when no file they want differs.

    `base` is empty where nothing was before. Without `http` all committed code of others is taken for published: what
    it brings along is not the site's.
    """
    git = checkout.git
    differ = git.changed_files(base, head) if git and base else checkout.at(head).tracked()
    wanted = _wanted(managers, partial(path_matches, leave) if leave else lambda _: False)
    changed = [path for path in differ if wanted(path)]
    if not changed:
        return None
    known = Lookup()
    sides = [_scanned(_loaded(checkout, commit, wanted), managers, changed, http, known) for commit in (base, head)]
    blind = {(problem.subject, problem.where): problem.sentence for side in sides for problem in side.problems}
    veiled = [frozenset(_veils(side)) for side in sides]
    before, after = (
        tuple(
            one
            for one in side.dependencies
            if (one.manager, one.file) not in blind
            and one.scheme in catalog.SCHEMES  # which a file may name, for a configured manager
            and not _is_veiled(one, veiled[1 - number])
        )
        for number, side in enumerate(sides)
    )
    manifests = {key: [side.manifests[key] for side in sides if key in side.manifests] for side in sides
                 for key in side.manifests}  # fmt: skip
    unread = (Gap("moved", sentence, (where,)) for (_, where), sentence in blind.items())
    return Trees(before, after, manifests, tuple(dict.fromkeys(unread)))


def _wanted(managers: Mapping[str, Manager], leave: Callable[[str], bool]) -> Callable[[str], bool]:
    """Whether a manager reads a path, for itself or beside another."""
    files = matcher(tuple(pattern for manager in managers.values() for pattern in manager.FILES))
    beside = {name.rpartition("/")[2] for manager in managers.values() for name in manager.BESIDE}

    def is_wanted(path: str) -> bool:
        folder, _, name = path.rpartition("/")
        inside = not folder or FOREIGN_FOLDERS.isdisjoint(folder.split("/"))
        return inside and (name in beside or files(path)) and not leave(path)

    return is_wanted


def _loaded(checkout: Checkout, commit: str, wanted: Callable[[str], bool]) -> Read:
    if not commit:
        return Read((), {})
    snapshot: Snapshot = checkout.at(commit)
    paths = snapshot.tracked()
    return Read(paths, dict(snapshot.read_many([path for path in paths if wanted(path)])))


def _scanned(
    files: Read, managers: Mapping[str, Manager], changed: Sequence[str], http: Http | None, known: Lookup
) -> Scan:
    """What files state, but for those inside other people's code; `known` grows by what decides whose it is."""
    readable: Files = replace(files, paths=tuple(path for path in files.paths if path in files.texts))
    first = {name: manager for name, manager in managers.items() if name in COMMITTED}
    rest = {name: manager for name, manager in managers.items() if name not in COMMITTED}
    found = scan(readable, first)
    if http:
        asked = known.listings.keys() | known.failures.keys()
        others = _wanted(rest, lambda _: False)
        inside = [path for path in changed if others(path)]
        roots = {one.root for one in found.dependencies if any(path.startswith(f"{one.root}/") for path in inside)}
        new = [one for one in found.dependencies if one.root in roots and one.source not in asked]
        answered = look_up(http, catalog.DATASOURCES, catalog.SCHEMES, new)
        known.listings |= answered.listings
        known.failures |= answered.failures
    found.add(scan(readable, rest, third_party(found.dependencies, known, files.paths)))
    return found


def _veils(side: Scan) -> Iterator[tuple[str, str]]:
    yield from ((one.file, one.subject) for one in side.findings if one.kind in _VEILS)


def _is_veiled(dependency: Dependency, veils: frozenset[tuple[str, str]]) -> bool:
    """Whether the other side has it, and can't tell its version."""
    if dependency.committed:
        return any(file == dependency.file for file, _ in veils)
    return (dependency.file, dependency.name) in veils
