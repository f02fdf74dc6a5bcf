"""What publishers say of the versions between two releases, found wherever they say it."""

import re
from collections.abc import Mapping, Sequence
from functools import cmp_to_key

from maintainer import catalog, errors
from maintainer.commands.plan import Planned
from maintainer.model import Change, Listing, Note, Source, Update

#: Of more releases than this only the newest are told: nobody reads the others.
MOST = 30
_GITHUB = re.compile(r"https?://(?:www\.)?github\.com/([\w.-]+/[\w.-]+?)(?:\.git)?(?:[/#?].*)?$")


def told(planned: Planned, change: Change, missing: list[str]) -> Mapping[str, Sequence[Note]]:
    """The notes on each package of a change; those that can't be had become sentences in `missing`."""
    found: dict[str, Sequence[Note]] = {}
    asked = set()
    for update in change.updates:
        source = update.dependency.source
        if (source, update.release.version) in asked:
            continue
        asked.add((source, update.release.version))
        try:
            if notes := _notes(planned, update):
                found[update.dependency.name] = notes
        except errors.MaintainerError as error:
            missing.append(f"the changelog of {update.dependency.name} could not be read: {error}")
    return found


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
    return sorted(set(inside) | {to}, key=cmp_to_key(scheme.compare), reverse=True)[:MOST]
