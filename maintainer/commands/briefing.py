"""What is written in a proposal, gathered: the publishers' words, why now, what was and wasn't verified."""

import posixpath
import re
from collections.abc import Iterator, Sequence
from functools import cmp_to_key

from maintainer import catalog, errors
from maintainer.commands.making import Made
from maintainer.commands.plan import Planned
from maintainer.model import Allow, Change, Decided, Listing, Note, Source, Update
from maintainer.planning.assessment import assess, sentences
from maintainer.policy.compatibility import check
from maintainer.writers.proposal import Brief

#: Of more releases than this only the newest are told: nobody reads the others.
MOST_NOTES = 30
_DB_VERSION = re.compile(r"\$wp_db_version\s*=\s*(\d+)")
_GITHUB = re.compile(r"https?://(?:www\.)?github\.com/([\w.-]+/[\w.-]+?)(?:\.git)?(?:[/#?].*)?$")


def brief(planned: Planned, made: Made, base: str) -> Brief:
    """All that is known of a finished change. Notes that can't be had are said to be missing, and cost nothing else."""
    change = made.change
    missing: list[str] = []
    notes = {name: found for name, found in _all_notes(planned, change, missing) if found}
    return Brief(
        change=change,
        why=tuple(dict.fromkeys(_why(planned, change))),
        notes=notes,
        files=made.built.changed,
        checked=made.checked,
        unchecked=(*_unchecked(planned, change), *made.unchecked, *missing),
        database=_database(planned, made, base),
        assessment=tuple(_assessed(change, notes)),
    )


def _why(planned: Planned, change: Change) -> Iterator[str]:
    reasons = {
        (one.update.dependency, one.update.release.version): one.decision.reason
        for one in _decided(planned)
        if isinstance(one.decision, Allow)
    }
    for update in change.updates:
        if reason := reasons.get((update.dependency, update.release.version)):
            yield reason if len(change.updates) == 1 else f"{update.dependency.name}: {reason}"


def _decided(planned: Planned) -> Iterator[Decided]:
    return (one for looked in planned.plan.dependencies for one in looked.updates)


def _all_notes(planned: Planned, change: Change, missing: list[str]) -> Iterator[tuple[str, Sequence[Note]]]:
    told = set()
    for update in change.updates:
        source = update.dependency.source
        if (source, update.release.version) in told:
            continue
        told.add((source, update.release.version))
        try:
            yield update.dependency.name, _notes(planned, update)
        except errors.MaintainerError as error:
            missing.append(f"the changelog of {update.dependency.name} could not be read: {error}")


def _notes(planned: Planned, update: Update) -> Sequence[Note]:
    """The notes of every version after the current one up to the new one, from its datasource or its repository."""
    source = update.dependency.source
    datasource = catalog.DATASOURCES[source.datasource]
    listing = planned.survey.lookup.listings.get(source, Listing(()))
    versions = _between(update, [release.version for release in listing.releases])
    found = datasource.notes(planned.http, source, versions)
    if found or source.datasource in ("wordpress", "forge-tags"):
        return found
    release = update.release
    known = release.repository or listing.repository
    known = known or datasource.details(planned.http, source, release).repository or listing.homepage
    repository = _GITHUB.match(known)
    if repository is None:
        return ()
    elsewhere = Source("forge-tags", f"github:{repository[1]}")
    tags = [*versions, *(f"v{version}" for version in versions)]
    return catalog.DATASOURCES[elsewhere.datasource].notes(planned.http, elsewhere, tags)


def _between(update: Update, versions: Sequence[str]) -> list[str]:
    scheme = catalog.SCHEMES[update.dependency.scheme]
    current, to = update.dependency.current or "", update.release.version
    if not scheme.is_version(current):
        return [to]
    known = [v for v in versions if scheme.is_version(v)]
    inside = [v for v in known if scheme.compare(v, current) > 0 and scheme.compare(v, to) <= 0]
    return sorted(set(inside) | {to}, key=cmp_to_key(scheme.compare), reverse=True)[:MOST_NOTES]


def _unchecked(planned: Planned, change: Change) -> Iterator[str]:
    if not planned.config.settings.site.staging:
        yield "the site itself: no staging is configured, so nothing was tried on it"
    else:
        yield "the site itself: nothing was tried on staging yet"
    for update in change.updates:
        unknown = check(update.release.requires, planned.survey.facts, catalog.SCHEMES).unchecked
        if unknown:
            yield f"{update.dependency.name} needs {', '.join(unknown)}: what this site runs is not known"


def _database(planned: Planned, made: Made, base: str) -> str:
    """Whether the database changes: core and WooCommerce say so in their code, others don't."""
    said = [_database_of(planned, made, base, update) for update in made.change.updates if update.dependency.root]
    if not said:
        return "unknown; nothing of this change is WordPress code."
    return " ".join(dict.fromkeys(said))


def _database_of(planned: Planned, made: Made, base: str, update: Update) -> str:
    dependency = update.dependency
    git = planned.checkout.git
    assert git
    if dependency.manager == "wordpress_core":
        old = _DB_VERSION.search(git.run("show", f"{base}:{dependency.file}", check=False).text)
        new = _DB_VERSION.search(made.built.read(dependency.file).decode("utf-8", "replace"))
        if old and new and old[1] == new[1]:
            return f"no change in WordPress {update.release.version} ($wp_db_version stays {old[1]})."
        if old and new:
            return f"WordPress changes it, from {old[1]} to {new[1]}: it can't be taken back without a backup."
    if dependency.name == "woocommerce" and dependency.manager == "wordpress_plugin":
        return _woocommerce(made, update)
    return f"unknown: {dependency.name} does not say whether it changes it."


def _woocommerce(made: Made, update: Update) -> str:
    """WooCommerce lists its database updates by version (`WC_Install::$db_updates`)."""
    path = posixpath.join(update.dependency.root, "includes/class-wc-install.php")
    try:
        code = made.built.read(path).decode("utf-8", "replace")
    except errors.Unreadable:
        return "unknown: WooCommerce's list of database updates was not found."
    listed = code.partition("$db_updates")[2].partition(");")[0]
    scheme = catalog.SCHEMES["wordpress"]
    current = update.dependency.current or ""
    newer = [v for v in re.findall(r"'(\d+\.\d+\.\d+)'\s*=>", listed) if scheme.compare(v, current) > 0]
    if newer:
        return f"WooCommerce updates it ({', '.join(newer)}): it can't be taken back without a backup."
    return f"no change in WooCommerce {update.release.version}, by its own list of database updates."


def _assessed(change: Change, notes: dict[str, Sequence[Note]]) -> Iterator[str]:
    for update in change.updates:
        if update.bump == "major" and update.dependency.role == "package":
            assessment = assess(update, notes.get(update.dependency.name, ()))
            yield from sentences(assessment)
