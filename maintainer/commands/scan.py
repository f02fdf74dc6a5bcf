"""From a checkout to what its files state: each tracked file goes to the managers that know its kind."""

import posixpath
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from maintainer import errors
from maintainer.managers.base import Manager
from maintainer.model import Dependency, Finding, Found, Manifest, Neighbour, Problem, Span
from maintainer.text.globs import matcher
from maintainer.workspace.checkout import Files, decode

#: Other people's code, committed: what stands in these folders is not the site's to update.
FOREIGN_FOLDERS = frozenset({"vendor", "node_modules", "bower_components", ".git"})

NOTHING = matcher(())


@dataclass(slots=True)
class Scan:
    """What the files state. `manifests` has the file behind each dependency, by (manager, path)."""

    manifests: dict[tuple[str, str], Manifest] = field(default_factory=dict)
    dependencies: list[Dependency] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    def add(self, other: "Scan") -> None:
        self.manifests |= other.manifests
        self.dependencies += other.dependencies
        self.findings += other.findings
        self.problems += other.problems


def scan(files: Files, managers: Mapping[str, Manager], leave: Callable[[str], bool] = NOTHING) -> Scan:
    """Read every tracked file a manager wants, except those `leave` is true of.

    A file that can't be read costs that file: it becomes a problem, and the rest goes on. A place is extracted by one
    manager only, the first of `managers` that states it. Raises `errors.ToolFailed` for a commit git can't read.
    """
    reader = _Reader(files)
    result = Scan()
    taken: set[tuple[str, Span]] = set()
    for name, manager in managers.items():
        wanted = matcher(manager.FILES)
        paths = [path for path in reader.paths if wanted(path) and not _is_foreign(path) and not leave(path)]
        for path, data in files.read_many(paths):
            try:
                manifest = reader.manifest(path, data, manager.BESIDE)
                found = _extract(manager, manifest)
            except errors.MaintainerError as error:
                result.problems.append(Problem(path, name, str(error), error.exit_code))
                continue
            _collect(result, taken, name, manifest, found)
    result.dependencies = list(one_for_each_root(result.dependencies))
    return result


def _is_foreign(path: str) -> bool:
    return not FOREIGN_FOLDERS.isdisjoint(path.split("/")[:-1])


def _extract(manager: Manager, manifest: Manifest) -> Sequence[Found]:
    try:
        return manager.extract(manifest)
    except RecursionError:
        raise errors.Unreadable(f"{manifest.path}: nested too deeply to be a file people wrote.") from None
    except errors.Unreadable as error:
        raise errors.Unreadable(f"{manifest.path}: {error}") from None


def _collect(result: Scan, taken: set[tuple[str, Span]], name: str, manifest: Manifest, found: Sequence[Found]) -> None:
    line, counted = 1, 0
    for item in found:
        if isinstance(item, Finding):
            result.findings.append(item)
            continue
        place = (item.file, item.at)
        if place in taken:
            continue
        taken.add(place)
        if item.at.start < counted:
            line, counted = 1, 0
        line += manifest.text.count("\n", counted, item.at.start)
        counted = item.at.start
        result.dependencies.append(replace(item, line=line))
        result.manifests[name, manifest.path] = manifest


def one_for_each_root(dependencies: Iterable[Dependency]) -> Iterator[Dependency]:
    """Committed code counts once, by its main file: the one named like its folder, else the first.

    WordPress reads the header of every PHP file in a plugin's folder.
    """
    chosen: dict[str, Dependency] = {}
    for dependency in dependencies:
        if not dependency.committed:
            continue
        known = chosen.get(dependency.root)
        if known is None or (_is_main(dependency) and not _is_main(known)):
            chosen[dependency.root] = dependency
    for dependency in dependencies:
        if not dependency.committed or chosen[dependency.root] is dependency:
            yield dependency


def _is_main(dependency: Dependency) -> bool:
    stem = posixpath.basename(dependency.file).removesuffix(".php")
    return stem == posixpath.basename(dependency.root.removesuffix(".php"))


class _Reader:
    """Texts of tracked files; a neighbour many files share is read once."""

    def __init__(self, files: Files) -> None:
        self._files = files
        self.paths = files.tracked()
        self._known = frozenset(self.paths)
        self._neighbours: dict[str, Neighbour] = {}

    def manifest(self, path: str, data: bytes | errors.Unreadable, beside: Sequence[str]) -> Manifest:
        """A file that was read, with its neighbours. Raises `errors.Unreadable`."""
        if isinstance(data, errors.Unreadable):
            raise data
        folder = posixpath.dirname(path)
        near = (self._near(folder, name) for name in beside)
        return Manifest(path, decode(data, path), tuple(n for n in near if n and n.path != path))

    def _near(self, folder: str, name: str) -> Neighbour | None:
        while True:
            path = posixpath.join(folder, name)
            if path in self._known:
                return self._neighbour(path)
            if not folder or "/" in name:
                return None
            folder = posixpath.dirname(folder)

    def _neighbour(self, path: str) -> Neighbour:
        if path not in self._neighbours:
            self._neighbours[path] = Neighbour(path, decode(self._files.read(path), path))
        return self._neighbours[path]
