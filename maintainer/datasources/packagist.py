"""Packages of Composer repositories: packagist, mirrors, private ones; and wordpress.org's plugins and themes there.

Repositories are canonical, as for Composer: the first that has a package is right.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

from maintainer.credentials import without_credentials
from maintainer.datasources import wordpress
from maintainer.datasources.composer_repository import Version, is_branch, versions
from maintainer.datasources.repository_url import repository_url
from maintainer.errors import NotFound, OutsideError
from maintainer.http import Http
from maintainer.model import Archive, Listing, Note, Release, Source
from maintainer.text import foreign

PACKAGIST = "https://repo.packagist.org"
ALSO_PACKAGIST = (PACKAGIST, "https://packagist.org", "http://packagist.org", "http://repo.packagist.org")

#: The same slug at two mirrors: vendors for plugins and themes, the service's name, its address.
MIRRORS = (
    ({"plugin": "wpackagist-plugin", "theme": "wpackagist-theme"}, "wpackagist", "https://wpackagist.org"),
    ({"plugin": "wp-plugin", "theme": "wp-theme"}, "wp-packages", "https://repo.wp-packages.org"),
)

_NAME = re.compile(r"[a-z0-9](?:[a-z0-9_.-]*[a-z0-9])?/[a-z0-9](?:[a-z0-9_.-]*[a-z0-9])?")


def releases(http: Http, source: Source) -> Listing:
    """All tagged versions, or branches when there is no tag; a slug of wordpress.org from whichever mirror answers."""
    failures: list[OutsideError] = []
    for address, package in _places(http, source):
        try:
            return _listing(address, versions(http, address, package))
        except NotFound as error:
            failures.append(error)
        except OutsideError as error:
            if not _slug(source.package):
                raise
            failures.append(error)
    if slug := _slug(source.package):
        try:
            return wordpress.releases(http, Source("wordpress", f"{slug.kind}:{slug.name}"))
        except OutsideError as error:
            failures.append(error)
    raise next((error for error in failures if not isinstance(error, NotFound)), failures[0])


def details(http: Http, source: Source, release: Release) -> Release:
    """With its archive, and the digest of that where the repository states one."""
    for address, package in _places(http, source):
        try:
            found = versions(http, address, package)
        except OutsideError:
            continue
        stated = next((each for each in found if each.get("version") == release.version), None)
        if stated is None:
            continue
        dist = foreign.table(stated.get("dist"))
        url, shasum = foreign.url(dist.get("url")), foreign.text(dist.get("shasum")).lower()
        digests = {"sha1": shasum} if re.fullmatch(r"[0-9a-f]{40}", shasum) else {}
        return replace(
            release,
            published=foreign.when(stated.get("time")) or release.published,
            archive=Archive(url, digests=digests) if url else release.archive,
            repository=_repository(stated),
        )
    return release


def notes(http: Http, source: Source, versions: Sequence[str]) -> Sequence[Note]:
    """Nothing: Composer repositories publish no changelogs; the repository's releases are forge_tags' to tell."""
    return ()


def _places(http: Http, source: Source) -> Iterator[tuple[str, str]]:
    """Repositories to ask in order, each with the package's name there."""
    package = source.package.lower()
    if not _NAME.fullmatch(package):
        raise NotFound(f"{source.package[:100]!r} can be no Composer package: that is no vendor/name.")
    slug = _slug(package)
    mirrors = {address: http.base(service, address) for _, service, address in MIRRORS}
    packagist = http.base("packagist", PACKAGIST)
    asked: list[str] = []
    for stated in source.registries or (() if slug else (PACKAGIST,)):
        address = stated.rstrip("/")
        # A mirror of wordpress.org has nothing else: when it is down, that must not cost other packages.
        if slug or address not in mirrors:
            asked.append(mirrors.get(address) or (packagist if address in ALSO_PACKAGIST else address))
            yield asked[-1], package
    if slug:
        for vendors, _, address in sorted(MIRRORS, key=lambda mirror: slug.vendor not in mirror[0].values()):
            if mirrors[address] not in asked or vendors[slug.kind] != slug.vendor:
                yield mirrors[address], f"{vendors[slug.kind]}/{slug.name}"


def _slug(package: str) -> "_Slug | None":
    """The slug of a package of wordpress.org under the name one of its mirrors gives it."""
    vendor, _, name = package.lower().partition("/")
    kinds = (kind for vendors, _, _ in MIRRORS for kind, known in vendors.items() if known == vendor)
    return next((_Slug(kind, vendor, name) for kind in kinds), None)


class _Slug(NamedTuple):
    """`kind` is `plugin` or `theme`."""

    kind: str
    vendor: str
    name: str


def _listing(address: str, found: Sequence[Version]) -> Listing:
    stated = [(foreign.version(each.get("version")), each) for each in found]
    tagged = [(version, each) for version, each in stated if version and not is_branch(version)]
    requirements: dict[str, Mapping[str, str]] = {"": {}}
    result: list[Release] = []
    for version, each in tagged or stated:
        if version:
            php = foreign.text(foreign.table(each.get("require")).get("php"))
            requires = requirements.setdefault(php, {"php": php})
            result.append(Release(version, foreign.when(each.get("time")), requires))
    newest = max(tagged or stated, key=lambda pair: foreign.text(pair[1].get("time")), default=("", {}))[1]
    abandoned = newest.get("abandoned") or False
    return Listing(
        tuple(result),
        status="abandoned" if abandoned else "active",
        replacement=foreign.text(abandoned),
        homepage=foreign.url(newest.get("homepage")),
        repository=_repository(newest),
        registry=without_credentials(address),
    )


def _repository(stated: Version) -> str:
    return repository_url(stated.get("source")) or repository_url(foreign.table(stated.get("support")).get("source"))
