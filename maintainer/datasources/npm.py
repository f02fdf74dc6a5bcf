"""Packages of npm registries.

The abbreviated packument knows all but times and where the source is: npm's registry documentation,
docs/responses/package-metadata.md. `details` asks for the whole one.
"""

import base64
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any
from urllib.parse import quote

from maintainer.credentials import without_credentials
from maintainer.datasources.repository_url import repository_url
from maintainer.errors import NotFound
from maintainer.http import Answer, Http
from maintainer.model import Archive, Listing, Note, Release, Source
from maintainer.text import foreign

ABBREVIATED = {"accept": "application/vnd.npm.install-v1+json; q=1.0, application/json; q=0.8, */*"}
WHOLE = {"accept": "application/json"}
LARGEST = 128 * 1024 * 1024

_NOTHING: Mapping[str, str] = {}

_NAME = re.compile(r"(?:@[\w~-][\w.~-]*/)?[\w~-][\w.~-]*", re.ASCII)


def releases(http: Http, source: Source) -> Listing:
    """All versions; undated ones from a registry that abbreviates, then `untouched_since` is known."""
    registry = _registry(http, source)
    answer = _ask(http, registry, source.package, ABBREVIATED)
    packument = answer.table()
    times = foreign.table(packument.get("time"))
    versions = foreign.table(packument, "versions")
    found: list[Release] = []
    requirements: dict[str, Mapping[str, str]] = {}
    deprecated = 0
    for version, manifest in versions.items():
        if type(manifest) is not dict or not foreign.version(version):
            continue
        engines = manifest.get("engines")
        node = engines.get("node") if type(engines) is dict else None
        requires = _NOTHING
        if type(node) is str and node:
            # Most releases of a package want the same.
            requires = requirements.get(node) or requirements.setdefault(node, {"node": foreign.text(node)})
        withdrawn = _deprecation(manifest["deprecated"]) if "deprecated" in manifest else ""
        deprecated += bool(withdrawn)
        stated = times.get(version)
        found.append(Release(version, foreign.when(stated) if stated else None, requires, withdrawn=withdrawn))
    if not found:
        raise NotFound(
            f"{without_credentials(registry)} has no version of {source.package} any more: it was unpublished.", answer
        )
    latest = foreign.version(packument, "dist-tags", "latest") or None
    gone = deprecated == len(found)
    note = next((each.withdrawn for each in found if each.version == latest), found[-1].withdrawn)
    return Listing(
        tuple(found),
        latest,
        foreign.when(packument.get("modified")) or foreign.when(times.get("modified")),
        "deprecated" if gone else "active",
        note if gone else "",
        homepage=foreign.url(packument.get("homepage")),
        repository=repository_url(packument.get("repository")),
        registry=without_credentials(registry),
    )


def details(http: Http, source: Source, release: Release) -> Release:
    """With its date, its archive, and where its source is."""
    registry = _registry(http, source)
    answer = _ask(http, registry, source.package, WHOLE)
    packument = answer.table()
    manifest = foreign.table(foreign.table(packument.get("versions")).get(release.version))
    dist = foreign.table(manifest.get("dist"))
    tarball = foreign.url(dist.get("tarball"))
    return replace(
        release,
        published=foreign.when(foreign.table(packument.get("time")).get(release.version)) or release.published,
        archive=Archive(tarball, "package", _digests(dist)) if tarball else None,
        repository=repository_url(manifest.get("repository")) or repository_url(packument.get("repository")),
    )


def notes(http: Http, source: Source, versions: Sequence[str]) -> Sequence[Note]:
    """Nothing: npm registries publish no changelogs; the repository's releases are forge_tags' to tell."""
    return ()


def _registry(http: Http, source: Source) -> str:
    """The source's own registry, else the one of its scope, else the default one (npm documentation, "scope")."""
    if source.registries:
        return source.registries[0].rstrip("/")
    scope, slash, _ = source.package.partition("/")
    if slash:
        return http.base(f"npm:{scope}", lambda: http.base("npm"))
    return http.base("npm")


def _ask(http: Http, registry: str, package: str, headers: Mapping[str, str]) -> Answer:
    if not _NAME.fullmatch(package):
        raise NotFound(f"{package[:100]!r} can be no npm package: that is no name of one.")
    try:
        return http.get(f"{registry}/{quote(package, safe='@')}", headers=headers, limit=LARGEST)
    except NotFound as error:
        raise NotFound(f"{without_credentials(registry)} knows no package {package}.", error.answer) from None


def _deprecation(value: object) -> str:
    """Why it is deprecated; npm takes an empty text for not at all."""
    if value is True:
        return "deprecated"
    return foreign.text(value).strip()


def _digests(dist: Mapping[str, Any]) -> dict[str, str]:
    """What is published of the archive: Subresource Integrity (w3.org/TR/SRI) and the older shasum."""
    digests = {}
    for part in foreign.text(dist.get("integrity")).split():
        algorithm, _, encoded = part.partition("-")
        if algorithm in ("sha256", "sha384", "sha512"):
            try:
                digests[algorithm] = base64.b64decode(encoded.partition("?")[0], validate=True).hex()
            except ValueError:
                continue
    shasum = foreign.text(dist.get("shasum")).lower()
    if re.fullmatch(r"[0-9a-f]{40}", shasum):
        digests["sha1"] = shasum
    return digests
