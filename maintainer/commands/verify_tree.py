"""What the repository holds, as far as security goes: known advisories, changed third-party code, a bill of materials.

Both commits are read, the one with the change and the one before it, so that what was so before is told and no more.
"""

import posixpath
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial

from maintainer import catalog, errors
from maintainer.checks.base import Bench
from maintainer.checks.security import NAME
from maintainer.commands.context import Context
from maintainer.commands.facts import installed
from maintainer.commands.lookup import Lookup, ask_advisories, at_once, look_up
from maintainer.commands.outside import configured_managers, open_http
from maintainer.commands.scan import FOREIGN_FOLDERS, Scan, scan
from maintainer.commands.survey import COMMITTED, third_party
from maintainer.config.load import Config
from maintainer.evidence import Artifact, Blind, Evidence, Looked, Measurement, Observation, Side
from maintainer.http import Http
from maintainer.managers import locked
from maintainer.managers.base import Manager
from maintainer.model import Advisory, Dependency, Problem, Release, Source, Span, Unpack, Update
from maintainer.policy.globs import path_matches
from maintainer.text import inert
from maintainer.workspace import compare
from maintainer.workspace.checkout import Checkout, Files, Without

SBOM = "sbom.cdx.json"
COMPARED, LISTED = "files-compared", "components"
#: So many files of a package are told of.
MOST = 200
FETCH = "Fetch all of the history (fetch-depth: 0), or name what to compare with: --against"


@dataclass(frozen=True, slots=True)
class Repository:
    """The checkout with the configuration that reads it; `base` is the commit before the change, None where there is
    none."""

    context: Context
    config: Config
    checkout: Checkout
    base: str | None


@dataclass(frozen=True, slots=True)
class _Tree:
    """What one side's files state."""

    side: Side
    commit: str | None
    files: Files = field(repr=False)
    scan: Scan = field(repr=False)

    @property
    def packages(self) -> list[Dependency]:
        return [one for one in self.scan.dependencies if one.role == "package" and one.current]


def evidence(repository: Repository, bench: Bench) -> Evidence:
    """What both commits hold. What can't be had from outside costs itself."""
    checkout, config = repository.checkout, repository.config
    try:
        http = open_http(repository.context, config, checkout.root)
        managers = configured_managers(config)
        trees = [*_trees(repository, managers, http)]
    except errors.MaintainerError as error:
        return Evidence(blind=(Blind(NAME, "", error.message, "", "head", "advisories"),))
    head = trees[0]
    if not head.scan.dependencies and not head.scan.problems:
        return Evidence()
    made = _advisories(trees, http, bench)
    made += _checksums(trees, checkout, managers, http)
    return made + _materials(repository, head, bench)


def _trees(repository: Repository, managers: Mapping[str, Manager], http: Http) -> Iterator[_Tree]:
    """The side with the change, and the one before it where it is known."""
    checkout, leave = repository.checkout, repository.config.settings.updates.leave
    commit = checkout.git.commit("HEAD") if checkout.git else None
    sides: list[tuple[Side, str | None]] = [("head", commit)]
    sides += [("base", repository.base)] if commit and repository.base else []
    known = Lookup()
    for side, at in sides:
        read: Files = checkout.at(at) if at else checkout
        files = Without(read, partial(path_matches, leave)) if leave else read
        yield _Tree(side, at, files, _scanned(files, managers, http, known))


def _scanned(files: Files, managers: Mapping[str, Manager], http: Http, known: Lookup) -> Scan:
    """What files state, but for those inside other people's code, as `plan` reads them; `known` grows."""
    first = {name: manager for name, manager in managers.items() if name in COMMITTED}
    rest = {name: manager for name, manager in managers.items() if name not in COMMITTED}
    found = scan(files, first)
    asked = known.listings.keys() | known.failures.keys()
    new = [one for one in found.dependencies if one.source not in asked]
    answered = look_up(http, catalog.DATASOURCES, catalog.SCHEMES, new)
    known.listings |= answered.listings
    known.failures |= answered.failures
    found.add(scan(files, rest, third_party(found.dependencies, known, files.tracked())))
    return found


def _advisories(trees: Sequence[_Tree], http: Http, bench: Bench) -> Evidence:
    """Known vulnerabilities of what each side holds. A source that is down leaves nothing looked at."""
    packages = list(dict.fromkeys(one for tree in trees for one in tree.packages))
    known, problems = ask_advisories(http, catalog.ADVISORIES, packages)
    made = Evidence(blind=tuple(_unknown(trees, problems)))
    for tree in trees:
        seen = [_open(one, advisory, tree.side) for one in tree.packages for advisory in known.get(one, ())]
        places = dict.fromkeys(one.file for one in tree.packages) if not problems else {}
        places |= dict.fromkeys(one.where for one in seen)
        looked = tuple(Looked(NAME, "advisories", place, tree.side) for place in places)
        made += Evidence(observations=tuple(seen), looked=looked)
        if tree.side == "head" and len(trees) == 1 and tree.commit and bench.base:
            made += Evidence(blind=tuple(_not_before(dict.fromkeys(one.where for one in seen))))
    return made


def _open(package: Dependency, advisory: Advisory, side: Side) -> Observation:
    weight = "" if advisory.severity == "unknown" else f" ({advisory.severity})"
    fixed = f"; fixed in {', '.join(advisory.fixed[:3])}" if advisory.fixed else "; no version mends it yet"
    says = inert.subject(advisory.summary, 200).rstrip(".")
    sentence = (
        f"{package.name} {package.current} has {inert.subject(advisory.id, 60)}{weight}{f': {says}' if says else ''}"
    )
    key = f"{package.source.package} {advisory.id}"
    return Observation(NAME, "advisories", package.file, key, sentence + fixed, advisory.severity, side)


def _unknown(trees: Sequence[_Tree], problems: Iterable[Problem]) -> Iterator[Blind]:
    for problem in problems:
        yield Blind(NAME, problem.where, problem.sentence.rstrip("."), "Run it again later", "head", "advisories")
    for tree in trees:
        for problem in tree.scan.problems:
            yield Blind(NAME, problem.where, problem.sentence.rstrip("."), "", tree.side, "advisories")


def _not_before(places: Iterable[str]) -> Iterator[Blind]:
    for place in places:
        yield Blind(NAME, place, "the commit before the change is not known here", FETCH, "base", "advisories")


def _checksums(trees: Sequence[_Tree], checkout: Checkout, managers: Mapping[str, Manager], http: Http) -> Evidence:
    """Third-party code that is not what its publisher released; of the base, only what differs at the head."""
    made, differing = Evidence(), set[str]()
    for tree in trees:
        committed = [one for one in tree.scan.dependencies if one.committed]
        if tree.side == "base":
            committed = [one for one in committed if _where(one) in differing]
        if committed and not (checkout.git and tree.commit):
            reason = "there is no commit to compare with what was published"
            blind = Blind(NAME, "", reason, "Commit the site's files", tree.side, "checksums")
            return made + Evidence(blind=(blind,))
        found = _compared(tree, committed, checkout, managers, http)
        differing = {one.where for one in found.observations}
        made += found
    return made


def _compared(
    tree: _Tree, committed: Sequence[Dependency], checkout: Checkout, managers: Mapping[str, Manager], http: Http
) -> Evidence:
    steps = {one: step for one in committed if (step := _step(one, tree.scan, managers))}

    def ask(one: Dependency) -> Mapping[str, frozenset[str]] | None:
        published = catalog.CHECKSUMS.get(one.source.datasource)
        try:
            return published.checksums(http, one.source, steps[one].installed) if published else None
        except errors.NotFound:
            return None

    made = Evidence()
    for one, published in at_once(ask, steps):
        where = _where(one)
        if isinstance(published, errors.MaintainerError):
            reason = f"its published checksums can't be had: {published.message.rstrip('.')}"
            made += Evidence(blind=(Blind(NAME, where, reason, "Run it again later", tree.side, "checksums"),))
            continue
        if published:
            assert checkout.git and tree.commit, "only a commit is compared"
            entries = compare.installed(checkout.git, tree.commit, steps[one])
            compared = compare.with_checksums(checkout.git, steps[one], entries, published)
            seen = tuple(_differences(one, compared, where, tree.side))
            made += Evidence(observations=seen, looked=(Looked(NAME, "checksums", where, tree.side),))
        count = float(len(published or ()))
        made += Evidence((Measurement(NAME, COMPARED, where, "count", (count,), tree.side),))
    return made


def _step(one: Dependency, found: Scan, managers: Mapping[str, Manager]) -> Unpack | None:
    """What would replace the code by that of its own version: it says which files are meant."""
    same = Update(one, Release(one.current or ""), one.text, "none")
    steps = managers[one.manager].steps(found.manifests[one.manager, one.file], [same])
    return next((step for step in steps if isinstance(step, Unpack)), None)


def _differences(one: Dependency, compared: compare.Comparison, where: str, side: Side) -> Iterator[Observation]:
    of = f"the published {one.current}"
    kinds = (
        (compared.modified, f"differs from {of}"),
        (compared.added, f"is no file of {of}"),
        (compared.missing, f"of {of} is missing"),
    )
    for paths, says in kinds:
        for path in paths[:MOST]:
            key = f"{where}/{path} {says.split()[0]}"
            yield Observation(NAME, "checksums", where, key, f"{path} {says}", "high", side)


def _where(one: Dependency) -> str:
    return one.root or "WordPress"


def _locked(files: Files) -> Iterator[Dependency]:
    """What lock files name, whoever asks for it."""
    paths = [path for path in files.tracked() if posixpath.basename(path) in locked.READERS]
    for path, data in files.read_many(path for path in paths if FOREIGN_FOLDERS.isdisjoint(path.split("/"))):
        if isinstance(data, bytes):
            for one in locked.packages(path, data.decode("utf-8", "replace")):
                source, section = Source(one.registry, one.name), "dev" if one.development else ""
                yield Dependency(
                    "lock file", path, one.name, source, "", Span(0, 0), one.version, one.version, section=section
                )


def _materials(repository: Repository, head: _Tree, bench: Bench) -> Evidence:
    """The bill of materials, beside the other results."""
    try:
        from maintainer.writers import sbom  # what it is written with is an extra
    except ImportError:
        mend = "Install it: pip install 'maintainer[verify]'"
        reason = "the bill of materials can't be written: cyclonedx-python-lib is missing"
        return Evidence(blind=(Blind(NAME, "", reason, mend, "head", "sbom"),))
    parts = [sbom.Part(one, installed(one)) for one in head.scan.dependencies if one.role != "support"]
    parts += [sbom.Part(one, one.text) for one in _locked(head.files)]
    site = repository.config.settings.site
    name = site.name or (site.production or "").partition("://")[2].partition("/")[0] or repository.checkout.root.name
    made = sbom.text(parts, name=name, version=head.commit or "", at=repository.context.now)
    folder = bench.folder / NAME
    folder.mkdir(parents=True, exist_ok=True)
    (folder / SBOM).write_text(made, encoding="utf-8", errors="replace")
    count = len({sbom.purl(one).to_string() for one in parts})
    artifact = Artifact(f"{NAME}/{SBOM}", "the bill of materials (CycloneDX 1.6)")
    return Evidence((Measurement(NAME, LISTED, "", "count", (float(count),), artifacts=(artifact,)),))
