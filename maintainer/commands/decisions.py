"""From what is known of a site to what may move: every dependency looked at by planning and policy."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import partial
from itertools import groupby

from maintainer import catalog
from maintainer.commands.lookup import Lookup, detail
from maintainer.commands.noticed import noticed
from maintainer.commands.survey import Survey, failed
from maintainer.http import Http
from maintainer.model import (
    Advisory,
    Allow,
    Ask,
    Decided,
    Deny,
    Dependency,
    Finding,
    Hold,
    Listing,
    Looked,
    Problem,
    Release,
    Source,
    Update,
)
from maintainer.planning import group, runtime
from maintainer.planning.candidate import look
from maintainer.planning.group import RUNTIMES
from maintainer.policy.compatibility import Coming, Facts, blockers
from maintainer.policy.decide import decide
from maintainer.policy.rulebook import Rulebook
from maintainer.policy.rules import effective

#: Where a dependency stands: one for each.
Place = tuple[str, int, str]

LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)
#: A release that must wait may give way to an older one whose details are missing too: so often do we look again.
ROUNDS = 3


@dataclass(slots=True)
class Decisions:
    """What is decided of each dependency, and what was noticed on the way."""

    looked: list[Looked] = field(default_factory=list)
    runtimes: list[runtime.Runtime] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


class Previews:
    """What would be decided if a dependency had no advisory, found while other packages are still looked up."""

    def __init__(self, rulebook: Rulebook, now: datetime) -> None:
        self._rulebook = rulebook
        self._now = now
        self._looked: dict[Place, Looked] = {}

    def see(self, dependency: Dependency, listing: Listing, facts: Facts) -> None:
        """Look at one; threads may."""
        if dependency.role == "package":
            asked = _Asked(facts, self._rulebook, self._now)
            self._looked[_place(dependency)] = _looked(dependency, listing, asked, {}, ())

    def known(self, survey: Survey) -> dict[Place, Looked]:
        """Those that are right with all that is known by now."""
        unsafe = {_place(dependency) for dependency in survey.advisories}
        return {place: looked for place, looked in self._looked.items() if place not in unsafe}


def decisions(
    survey: Survey, http: Http, previews: Previews, rulebook: Rulebook, now: datetime, file: str
) -> Decisions:
    """Decide everything. `file` is the configuration that pins stand in."""
    deciding = _Deciding(survey, rulebook, now, previews.known(survey))
    problems = deciding.complete(http)
    made = deciding.all()
    made.problems += problems
    made.findings += noticed(survey, made.looked, made.runtimes, rulebook, now, file)
    return made


class _Deciding:
    """The questions to policy, with all they need filled in."""

    def __init__(self, survey: Survey, rulebook: Rulebook, now: datetime, looked: dict[Place, Looked]) -> None:
        self._survey = survey
        self._lookup: Lookup = survey.lookup
        self._rulebook = rulebook
        self._now = now
        self._looked = looked

    def complete(self, http: Http) -> list[Problem]:
        """Ask for what listings leave out of the releases that matter, until nothing is missing."""
        problems: list[Problem] = []
        asked: set[tuple[Source, str]] = set()
        pending = self._survey.scan.dependencies
        for again in range(ROUNDS):
            stale = pending if again else [one for one in pending if _place(one) not in self._looked]
            self._looked |= {_place(dependency): self._look(dependency, {}) for dependency in stale}
            wanted = {
                (decided.update.dependency.source, decided.update.release.version): decided.update.release
                for dependency in pending
                for decided in self._worth_details(dependency)
                if _lacks(decided)
            }
            wanted = {key: release for key, release in wanted.items() if key not in asked}
            if not wanted:
                break
            asked |= wanted.keys()
            known, failures = detail(
                http, catalog.DATASOURCES, ((source, release) for (source, _), release in wanted.items())
            )
            problems += failures
            self._put(known)
            renewed = {source for source, _ in wanted}
            pending = [one for one in pending if one.source in renewed]
        return problems

    def all(self) -> Decisions:
        """Each dependency decided, runtimes together; what other proposals would bring is known to all."""
        made = Decisions()
        made.runtimes = [plan for name in RUNTIMES if (plan := self._runtime(name)) is not None]
        moving: dict[Place, list[Decided]] = {}
        for decided in (decided for plan in made.runtimes for decided in plan.decided):
            moving.setdefault(_place(decided.update.dependency), []).append(decided)
        coming = dict(self._coming(made.runtimes))
        for dependency in self._survey.scan.dependencies:
            looked = self._looked[_place(dependency)]
            if coming and any(isinstance(one.decision, Hold) and one.update.release.requires for one in looked.updates):
                looked = self._look(dependency, coming)
            own = tuple(moving.get(_place(dependency), ()))
            latest = looked.latest or _newest(self._lookup.listings.get(dependency.source), dependency)
            problem = failed(dependency, self._lookup)
            made.looked.append(Looked(dependency, latest, own or looked.updates, problem))
        return made

    def _worth_details(self, dependency: Dependency) -> Iterator[Decided]:
        """What is shown, what moves with a runtime, and what could go if only its date were known."""
        shown = self._looked[_place(dependency)].updates
        yield from shown
        yield from self._images(dependency)
        listing = self._lookup.listings.get(dependency.source)
        waits = any(isinstance(one.decision, Hold | Deny) for one in shown)
        if waits and listing and not listing.untouched_since and any(r.published is None for r in listing.releases):
            hoped = self._look(dependency, {}, replace(listing, untouched_since=LONG_AGO))
            for one in hoped.updates:
                if one.update.release.published is None and isinstance(one.decision, Allow | Ask):
                    yield replace(one, decision=Hold("its date is not known"))

    def _look(self, dependency: Dependency, coming: Mapping[str, Coming], listing: Listing | None = None) -> Looked:
        listing = listing or self._lookup.listings.get(dependency.source)
        if listing is None:
            return Looked(dependency)
        return _looked(dependency, listing, self._asked, coming, self._survey.advisories.get(dependency, ()))

    @property
    def _asked(self) -> "_Asked":
        return _Asked(self._survey.facts, self._rulebook, self._now)

    def _runtime(self, name: str) -> runtime.Runtime | None:
        """The one update of a runtime, None when nothing is known of it."""
        places = [d for d in self._survey.scan.dependencies if d.section == name and d.role in ("pin", "support")]
        listing = next((found for d in places if (found := self._cycles(d.source, name))), None)
        if listing is None:
            listing = self._lookup.listings.get(Source("runtimes", name))
        if not places or listing is None:
            return None
        installed = [
            (d, self._lookup.listings.get(d.source)) for d in self._survey.scan.dependencies if d.role == "package"
        ]
        return runtime.plan(
            name,
            places,
            listing,
            self._now,
            images=self._lookup.listings,
            schemes=catalog.SCHEMES,
            decide=lambda update, of: self._asked.decider(None, {})(update, group=of),
            blocked=lambda version: [one.sentence for one in blockers(name, version, installed, catalog.SCHEMES)],
            horizon=self._rulebook.eol_horizon,
        )

    def _cycles(self, source: Source, name: str) -> Listing | None:
        return self._lookup.listings.get(source) if source == Source("runtimes", name) else None

    def _images(self, dependency: Dependency) -> Sequence[Decided]:
        """The moves of an image pin, whose tags' digests may be wanted."""
        if dependency.role != "pin" or not dependency.digest:
            return ()
        plan = self._runtime(dependency.section) if dependency.section in RUNTIMES else None
        return [one for one in plan.decided if one.update.dependency == dependency] if plan else ()

    def _coming(self, runtimes: Iterable[runtime.Runtime]) -> Iterator[tuple[str, Coming]]:
        for plan in runtimes:
            if plan.target:
                yield plan.name, Coming(plan.target, plan.title)
        for dependency in self._survey.scan.dependencies:
            if not dependency.committed:
                continue
            may = [d for d in self._looked[_place(dependency)].updates if isinstance(d.decision, Allow | Ask)]
            if may:
                name = "wordpress" if dependency.manager == "wordpress_core" else f"plugin:{dependency.name}"
                brings = Coming(may[-1].update.release.version, group.title([may[-1].update]))
                yield name, brings
                if name == "plugin:woocommerce":
                    yield "woocommerce", brings

    def _put(self, known: Mapping[tuple[Source, str], Release]) -> None:
        for source, pairs in groupby(sorted(known, key=repr), key=lambda key: key[0]):
            new = {version: known[source, version] for _, version in pairs}
            listing = self._lookup.listings[source]
            releases = tuple(new.get(release.version, release) for release in listing.releases)
            self._lookup.listings[source] = replace(listing, releases=releases)


@dataclass(frozen=True, slots=True)
class _Asked:
    """What policy is asked with."""

    facts: Facts
    rulebook: Rulebook
    now: datetime

    def decider(self, listing: Listing | None, coming: Mapping[str, Coming]) -> Callable[..., Decided]:
        return partial(
            decide,
            rulebook=self.rulebook,
            now=self.now,
            facts=self.facts,
            schemes=catalog.SCHEMES,
            untouched_since=listing.untouched_since if listing else None,
            coming=coming,
            branch_of=_branch_of,
        )


def _place(dependency: Dependency) -> Place:
    return dependency.file, dependency.at.start, dependency.manager


def _looked(
    dependency: Dependency,
    listing: Listing,
    asked: _Asked,
    coming: Mapping[str, Coming],
    advisories: Sequence[Advisory],
) -> Looked:
    return look(
        dependency,
        listing,
        catalog.SCHEMES[dependency.scheme],
        decide=asked.decider(listing, coming),
        strategy=lambda bump: effective(dependency, bump, asked.rulebook).strategy,
        prereleases=effective(dependency, None, asked.rulebook).prereleases,
        advisories=advisories,
    )


def _branch_of(update: Update, named: str) -> str:
    return group.branch_of(Decided(update, Allow(), named))


def _lacks(decided: Decided) -> bool:
    """Whether a release's details could change what is decided, or what is written."""
    update = decided.update
    if update.dependency.digest and not (update.release.digest or update.release.hashes):
        return True
    if update.release.published is not None:
        return False
    return isinstance(decided.decision, Hold) or update.dependency.source.datasource == "wordpress"


def _newest(listing: Listing | None, dependency: Dependency) -> str | None:
    """What is newest of a place that `look` leaves to others: a runtime."""
    if listing is None:
        return None
    scheme = catalog.SCHEMES[dependency.scheme]
    stable = (
        r.version for r in listing.releases if scheme.is_version(r.version) and not scheme.is_prerelease(r.version)
    )
    return listing.recommended or scheme.newest(stable)
