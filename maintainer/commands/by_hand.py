"""What is left to a person: code that someone changed here, and locks that only other programs can refresh.

Changed code is known before anything is tried, from published checksums alone. What is compared is the commit that is
checked out, as `run` would. Where no checksums are published or can be had, nothing is said: `run` compares with the
archive.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from maintainer import catalog, errors
from maintainer.commands.decisions import Decisions
from maintainer.commands.lookup import at_once
from maintainer.commands.scan import Scan
from maintainer.http import Http
from maintainer.managers.base import Manager
from maintainer.model import Allow, Ask, Dependency, Finding, Hold, Looked, Manifest, Unpack
from maintainer.workspace import compare
from maintainer.workspace.checkout import decode
from maintainer.workspace.git import Entry, Git

#: So many files are named; who wants all asks git.
MOST_NAMED = 5


@dataclass(frozen=True, slots=True)
class Changed:
    """What differs from the published version, in the words of a plan."""

    reason: str
    files: tuple[str, ...]

    def finding(self, dependency: Dependency) -> Finding:
        named = ", ".join(self.files[:MOST_NAMED]) + (" …" if len(self.files) > MOST_NAMED else "")
        sentence = (
            f"{self.reason} ({named}). An update would lose that: move the changes elsewhere and restore the files, or "
            "update it by hand."
        )
        return Finding("modified", dependency.file, dependency.name, sentence, "medium", dependency.line)


def modified(
    looked: Iterable[Looked], scan: Scan, managers: Mapping[str, Manager], git: Git, http: Http
) -> dict[Dependency, Changed]:
    """What someone changed, of the committed code that has an update to offer."""
    steps: dict[Dependency, Unpack] = {}
    for one in looked:
        dependency = one.dependency
        offered = [each.update for each in one.updates if isinstance(each.decision, Allow | Ask)]
        if dependency.committed and offered and dependency.source.datasource in catalog.CHECKSUMS:
            manifest = scan.manifests[dependency.manager, dependency.file]
            unpacks = managers[dependency.manager].steps(manifest, offered[:1])
            steps.update((dependency, step) for step in unpacks if isinstance(step, Unpack))

    def ask(dependency: Dependency) -> Mapping[str, frozenset[str]] | None:
        step = steps[dependency]
        return catalog.CHECKSUMS[step.source.datasource].checksums(http, step.source, step.installed)

    base = git.head() if steps else ""
    found = {}
    for dependency, published in at_once(ask, steps):
        if not published or isinstance(published, errors.MaintainerError):
            continue
        entries = compare.installed(git, base, steps[dependency])
        if _committed(dependency, entries.values(), managers[dependency.manager], git):
            compared = compare.with_checksums(git, steps[dependency], entries, published)
            if compared.differing:
                found[dependency] = _changed(dependency, compared.differing)
    return found


def held(made: Decisions, changed: Mapping[Dependency, Changed]) -> Decisions:
    """The same, with every update of changed code that could move held for a person."""
    if not changed:
        return made
    looked = [_held(one, changed[one.dependency].reason) if one.dependency in changed else one for one in made.looked]
    findings = [change.finding(dependency) for dependency, change in changed.items()]
    return replace(made, looked=looked, findings=[*made.findings, *findings])


#: Findings about a file whose lock we don't refresh, and so don't change the file either.
REFUSED = {
    "foreign-lock": "its lock file is another program's",
    "composer-plugin": "a Composer plugin would have to run",
}


def refused(made: Decisions, scan: Scan) -> Decisions:
    """The same, with the updates of files we leave alone held for a person, so that none takes another's turn."""
    reasons = {one.file: f"left to a person: {REFUSED[one.kind]}" for one in scan.findings if one.kind in REFUSED}
    if not reasons:
        return made
    looked = [
        _held(one, reasons[one.dependency.file])
        if one.dependency.file in reasons and one.dependency.role == "package"
        else one
        for one in made.looked
    ]
    return replace(made, looked=looked)


def _held(looked: Looked, reason: str) -> Looked:
    hold = Hold(reason)
    moving = (replace(one, decision=hold) if isinstance(one.decision, Allow | Ask) else one for one in looked.updates)
    return replace(looked, updates=tuple(moving))


def _committed(dependency: Dependency, entries: Iterable[Entry], manager: Manager, git: Git) -> bool:
    """Whether the commit has the version that was read: the working tree may be ahead of it."""
    shas = [entry.sha for entry in entries if entry.path == dependency.file]
    for data in git.blobs(shas).values():
        try:
            stated = manager.extract(Manifest(dependency.file, decode(data, dependency.file)))
        except errors.Unreadable:
            return False
        return any(isinstance(one, Dependency) and one.current == dependency.current for one in stated)
    return False


def _changed(dependency: Dependency, files: tuple[str, ...]) -> Changed:
    differ, them = ("1 file differs", "it") if len(files) == 1 else (f"{len(files)} files differ", "them")
    return Changed(f"{differ} from the published {dependency.current}: someone changed {them} here", files)
