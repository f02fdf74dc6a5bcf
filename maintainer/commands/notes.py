"""What publishers say of the versions between two releases, found wherever they say it."""

import re
from collections.abc import Mapping, Sequence
from functools import cmp_to_key
from typing import TYPE_CHECKING

from maintainer import catalog, errors
from maintainer.http import Http
from maintainer.model import Change, Dependency, Listing, Note, Release, Source

if TYPE_CHECKING:
    from maintainer.commands.plan import Planned

#: Of more releases than this only the newest are told: nobody reads the others.
MOST = 30
_GITHUB = re.compile(r"https?://(?:www\.)?github\.com/([\w.-]+/[\w.-]+?)(?:\.git)?(?:[/#?].*)?$")


def told(planned: "Planned", change: Change, missing: list[str]) -> Mapping[str, Sequence[Note]]:
    """The notes on each package of a change; those that can't be had became sentences in `missing`."""
    found: dict[str, Sequence[Note]] = {}
    asked = set()
    for update in change.updates:
        dependency = update.dependency
        if (dependency.source, update.release.version) in asked:
            continue
        asked.add((dependency.source, update.release.version))
        listing = planned.survey.lookup.listings.get(dependency.source, Listing(()))
        try:
            if notes := passed(planned.http, dependency, update.release, listing):
                found[dependency.name] = notes
        except errors.MaintainerError as error:
            missing.append(f"the changelog of {dependency.name} could not be read: {error}")
    return found


def passed(http: Http, dependency: Dependency, release: Release, listing: Listing) -> Sequence[Note]:
    """The notes of every version after the dependency's current one up to a release, from its datasource or its
    repository. `listing` is what is published of it. Raises as `datasources.base.Datasource`."""
    source = dependency.source
    datasource = catalog.DATASOURCES[source.datasource]
    versions = between(dependency, release.version, [one.version for one in listing.releases])
    found = datasource.notes(http, source, versions)
    if found or source.datasource in ("wordpress", "forge-tags"):
        return found
    known = release.repository or listing.repository
    known = known or datasource.details(http, source, release).repository or listing.homepage
    repository = _GITHUB.match(known)
    if repository is None:
        return ()
    elsewhere = Source("forge-tags", f"github:{repository[1]}")
    tags = [*versions, *(f"v{version}" for version in versions)]
    return catalog.DATASOURCES[elsewhere.datasource].notes(http, elsewhere, tags)


def between(dependency: Dependency, to: str, versions: Sequence[str]) -> list[str]:
    """Of these versions those after the current one up to `to`, which is among them, newest first."""
    scheme = catalog.SCHEMES[dependency.scheme]
    current = dependency.current or ""
    if not scheme.is_version(current):
        return [to]
    known = [v for v in versions if scheme.is_version(v)]
    inside = [v for v in known if scheme.compare(v, current) > 0 and scheme.compare(v, to) <= 0]
    return sorted(set(inside) | {to}, key=cmp_to_key(scheme.compare), reverse=True)[:MOST]
