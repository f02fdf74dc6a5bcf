"""Packages of Python indexes: the Simple API in JSON or HTML (PEP 503, 592, 629, 691, 700, 792), and PyPI's JSON API.

Of several indexes the first that knows the package is right, so that a public package never takes the place of a
private one: what pip's and uv's users name beside the default index comes before it.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, Literal
from urllib.parse import quote

from maintainer.credentials import without_credentials
from maintainer.datasources.repository_url import repository_url
from maintainer.datasources.simple_page import Files, by_version, files
from maintainer.errors import NotFound, OutsideError
from maintainer.http import Http
from maintainer.model import Listing, Note, Release, Source
from maintainer.text import foreign

ACCEPT = {"accept": "application/vnd.pypi.simple.v1+json, application/vnd.pypi.simple.v1+html; q=0.2, text/html; q=0.1"}

#: What PEP 792's states mean to who builds on a project.
STATES: Mapping[str, Literal["active", "closed", "abandoned", "deprecated"]] = {
    "archived": "abandoned",
    "deprecated": "deprecated",
    "quarantined": "closed",
}

#: Labels of a project's addresses, by packaging.python.org's well-known ones.
REPOSITORY = ("source", "repository", "sourcecode", "github")
CHANGELOG = ("changelog", "changes", "whatsnew", "history", "releasenotes")

_NAME = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?")


def releases(http: Http, source: Source) -> Listing:
    """All versions; an index that tells no times is helped out by its JSON API, where it has one."""
    index, page = _page(http, source)
    stated = foreign.table(page, "project-status")
    state = STATES.get(foreign.text(stated, "status"), "active")
    versions = by_version(page, source.package)
    about: Mapping[str, Any] = {}
    if all(each.published is None for each in versions.values()):
        about = _about(http, index, source.package)
    requirements: dict[str, Mapping[str, str]] = {"": {}}
    found = tuple(
        Release(
            version,
            each.published or _uploaded(about, version),
            requirements.setdefault(each.python, {"python": each.python}),
            withdrawn=each.withdrawn,
        )
        for version, each in versions.items()
    )
    return Listing(
        found,
        status=state,
        status_note=foreign.text(stated, "reason") if state != "active" else "",
        homepage=foreign.url(about, "info", "home_page"),
        repository=_repository(about),
        registry=without_credentials(index),
    )


def details(http: Http, source: Source, release: Release) -> Release:
    """With the digests of its files, and what the JSON API tells of it where the index has one."""
    index, page = _page(http, source)
    own = by_version(page, source.package, hashes=True).get(release.version, Files())
    about = _about(http, index, source.package)
    addresses = _addresses(about)
    return replace(
        release,
        published=own.published or release.published or _uploaded(about, release.version),
        changelog=next((found for label in CHANGELOG if (found := foreign.url(addresses.get(label)))), ""),
        hashes=tuple(sorted(own.hashes)),
        repository=_repository(about),
    )


def notes(http: Http, source: Source, versions: Sequence[str]) -> Sequence[Note]:
    """Nothing: indexes publish no changelogs; the repository's releases are forge_tags' to tell."""
    return ()


def _page(http: Http, source: Source) -> tuple[str, Mapping[str, Any]]:
    """The first index that knows the package, and what it answered, as PEP 691's JSON."""
    if not _NAME.fullmatch(source.package):
        raise NotFound(f"{source.package[:100]!r} can be no Python package: that is no name of one (PEP 508).")
    name = re.sub(r"[-_.]+", "-", source.package).lower()
    # An empty address among the registries is the default one: "beside it" is how pip's and uv's files name others.
    stated = [index for each in source.registries for index in ((each,) if each else http.all_bases("pypi"))]
    indexes = stated or http.all_bases("pypi")
    for base in (base for index in indexes for base in _simple(index)):
        try:
            answer = http.get(f"{base}/{name}/", headers=ACCEPT)
        except NotFound:
            continue
        is_json = "json" in answer.headers.get("content-type", "")
        page = answer.table() if is_json else {"files": files(answer.text())}
        if page.get("files") or page.get("versions"):
            return base, page
    asked = " and ".join(without_credentials(index) for index in indexes)
    raise NotFound(f"{asked} knows no package {source.package}.")


def _simple(index: str) -> Sequence[str]:
    """Where an index may have its Simple API: an address without a path is a root or a whole PyPI."""
    index = index.rstrip("/")
    return (index, f"{index}/simple") if index.count("/") == 2 else (index,)


def _about(http: Http, index: str, package: str) -> Mapping[str, Any]:
    """What the JSON API says of the package, nothing where there is none (PyPI documentation, "JSON API")."""
    base = http.base("pypi-json", index.removesuffix("/simple"))
    try:
        return http.get(f"{base}/pypi/{quote(package)}/json").table()
    except OutsideError:
        return {}


def _uploaded(about: Mapping[str, Any], version: str) -> datetime | None:
    """When the first file of a version came, by the JSON API."""
    uploads = foreign.tables(about, "releases", version)
    if foreign.text(about, "info", "version") == version:
        uploads = foreign.tables(about, "urls")
    times = (foreign.when(file, "upload_time_iso_8601") for file in uploads)
    return min((time for time in times if time), default=None)


def _addresses(about: Mapping[str, Any]) -> dict[str, object]:
    """The project's addresses by label, normalised as packaging.python.org says of well-known ones."""
    stated = foreign.table(about, "info", "project_urls")
    return {re.sub(r"[^a-z]", "", label.lower()): address for label, address in stated.items()}


def _repository(about: Mapping[str, Any]) -> str:
    addresses = _addresses(about)
    homes = [addresses.get(label) for label in (*REPOSITORY, "homepage")]
    return next((found for home in (*homes, foreign.text(about, "info", "home_page")) if (found := _hosted(home))), "")


def _hosted(value: object) -> str:
    """The address of a repository on a forge: the first two parts of its path."""
    found = re.match(
        r"(https://(?:github\.com|gitlab\.com|codeberg\.org|bitbucket\.org)/[\w.-]+/[\w.-]+)", foreign.text(value)
    )
    return repository_url(found[1]) if found else ""
