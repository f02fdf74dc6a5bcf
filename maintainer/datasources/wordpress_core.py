"""WordPress itself on wordpress.org: offers, the standing of every version, checksums.

Source: https://codex.wordpress.org/WordPress.org_API (version-check 1.7, stable-check 1.0, checksums 1.0).
"""

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

from maintainer.datasources import runtimes
from maintainer.errors import BadAnswer, NotFound, OutsideError
from maintainer.http import Http
from maintainer.model import Archive, Listing, Release, Source
from maintainer.text import foreign

API = "https://api.wordpress.org"
DOWNLOADS = "https://downloads.wordpress.org"

_MD5 = re.compile(r"[0-9a-f]{32}")
_SHA1 = re.compile(r"\s*([0-9a-f]{40})\b", re.I)


def releases(http: Http, locale: str) -> Listing:
    """Every version since 2.0, each branch's newest with what the branch requires; insecure ones as withdrawn."""
    base = http.base("wordpress-api", API)
    query = f"?{urlencode({'locale': locale})}" if locale else ""
    answer = http.get(f"{base}/core/version-check/1.7/{query}").json()
    offers = [offer for offer in foreign.tables(answer, "offers") if foreign.version(offer, "version")]
    translated = [offer for offer in offers if offer.get("locale") == (locale or "en_US")]
    offers = translated or offers
    if not offers:
        raise BadAnswer("wordpress.org's version check offers no version of WordPress.")
    standing = http.get(f"{base}/core/stable-check/1.0/").json()
    needs = {branch(foreign.version(offer, "version")): _requires(offer) for offer in offers}
    found: dict[str, Release] = {}
    for stated, standing_of_it in foreign.table(standing).items():
        version = foreign.version(stated)
        insecure = "wordpress.org marks it insecure" if standing_of_it == "insecure" else ""
        if version:
            found[version] = Release(
                version,
                requires=needs.get(branch(version), {}),
                archive=_archive(http, version, locale),
                changelog=page(version),
                withdrawn=insecure,
            )
    for offer in offers:
        version = foreign.version(offer, "version")
        full = foreign.url(offer, "packages", "full") or foreign.url(offer, "download")
        archive = Archive(moved(http, full), "wordpress") if full else _archive(http, version, locale)
        known = found.get(version, Release(version, changelog=page(version)))
        found[version] = replace(known, requires=_requires(offer), archive=archive)
    current = [foreign.version(offer, "version") for offer in offers if offer.get("response") in ("upgrade", "latest")]
    return Listing(
        tuple(found.values()),
        current[0] if current else None,
        homepage="https://wordpress.org/",
        repository="https://github.com/WordPress/WordPress",
        registry="wordpress.org",
    )


def details(http: Http, release: Release) -> Release:
    """The archive's published SHA-1, and its date: the checksum file's, or the life cycle's of this version."""
    digests, published = {}, release.published
    if release.archive:
        try:
            answer = http.get(f"{release.archive.url}.sha1", limit=4096)
        except NotFound:
            answer = None
        stated = _SHA1.match(answer.text()) if answer else None
        if answer and stated:
            digests["sha1"] = stated[1].lower()
            published = published or foreign.when(answer.headers.get("last-modified"))
    if published is None:
        try:
            cycles = runtimes.cycles(http, Source("runtimes", "wordpress"))
        except OutsideError:
            cycles = ()
        published = next((known.published for known in cycles if known.version == release.version), None)
    archive = replace(release.archive, digests=digests) if release.archive else None
    return replace(release, published=published, archive=archive)


def checksums(http: Http, locale: str, version: str) -> Mapping[str, frozenset[str]] | None:
    """MD5 of every file, `wp-content` included. Raises `errors.BadAnswer` for an answer that can't be trusted."""
    query = urlencode({"version": version, "locale": locale or "en_US"})
    answer = http.get(f"{http.base('wordpress-api', API)}/core/checksums/1.0/?{query}").json()
    # Without a locale the API nests them under the version; with a version it doesn't know they are `false`.
    files = foreign.table(answer, "checksums", version) or foreign.table(answer, "checksums")
    for path, digest in files.items():
        if not is_inside(path) or not isinstance(digest, str) or not _MD5.fullmatch(digest):
            raise BadAnswer(f"wordpress.org's checksums of WordPress {version} can't be read at {path[:80]!r}.")
    return {path: frozenset({digest}) for path, digest in files.items()} or None


def page(version: str) -> str:
    """What wordpress.org says of a version: 6.5.5 is at `version-6-5-5`, 6.5 at `version-6-5`."""
    name = re.sub(r"[^0-9a-z]+", "-", version.lower())
    return f"https://wordpress.org/documentation/wordpress-version/version-{name}/"


def moved(http: Http, url: str) -> str:
    """An address of wordpress.org's downloads on the mirror that is configured for them."""
    base = http.base("wordpress-downloads", DOWNLOADS)
    return base + url.removeprefix(DOWNLOADS) if url.startswith(f"{DOWNLOADS}/") else url


def is_inside(path: str) -> bool:
    """Whether a path of a checksum list stays in its folder."""
    return bool(path) and not path.startswith("/") and "\\" not in path and ".." not in path.split("/")


def _archive(http: Http, version: str, locale: str) -> Archive:
    folder = f"{locale}/" if locale else ""
    return Archive(moved(http, f"{DOWNLOADS}/release/{folder}wordpress-{version}.zip"), "wordpress")


def _requires(offer: Mapping[str, Any]) -> dict[str, str]:
    stated = {"php": foreign.version(offer, "php_version"), "mysql": foreign.version(offer, "mysql_version")}
    return {name: f">={version}" for name, version in stated.items() if version}


def branch(version: str) -> str:
    """6.5 for 6.5.5 and 6.5-RC1."""
    return ".".join(re.split(r"[.-]", version)[:2])
