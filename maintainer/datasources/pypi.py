"""Packages of Python indexes: the Simple API in JSON or HTML (PEP 503, 592, 629, 691, 700, 792), and PyPI's JSON API.

Of several indexes the first that knows the package is right, so that a public package never takes the place of a
private one: what pip's and uv's users name beside the default index comes before it.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Literal
from urllib.parse import quote

from maintainer.credentials import without_credentials
from maintainer.datasources.repository_url import repository_url
from maintainer.datasources.simple_page import files
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

_ARCHIVES = (".tar.gz", ".zip", ".tar.bz2", ".tgz", ".tar.xz", ".tar.z", ".tar")
_NAME = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?")


def releases(http: Http, source: Source) -> Listing:
    """All versions; an index that tells no times is helped out by its JSON API, where it has one."""
    index, page = _page(http, source)
    stated = foreign.table(page, "project-status")
    state = STATES.get(foreign.text(stated, "status"), "active")
    versions = _by_version(page, source.package)
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
    own = _by_version(page, source.package, hashes=True).get(release.version, _Files())
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


@dataclass(slots=True)
class _Files:
    """What the files of one version say together."""

    published: datetime | None = None
    python: str = ""
    yanked: str = ""
    files: int = 0
    gone: int = 0
    hashes: list[str] = field(default_factory=list)

    @property
    def withdrawn(self) -> str:
        if not self.files:
            return "no file of it is left"
        return self.yanked if self.files == self.gone else ""


def _page(http: Http, source: Source) -> tuple[str, Mapping[str, Any]]:
    """The first index that knows the package, and what it answered, as PEP 691's JSON."""
    if not _NAME.fullmatch(source.package):
        raise NotFound(f"{source.package[:100]!r} can be no Python package: that is no name of one (PEP 508).")
    name = re.sub(r"[-_.]+", "-", source.package).lower()
    indexes = source.registries or http.all_bases("pypi")
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
    """What the JSON API says of the package, nothing where there is none (docs.pypi.org/api/json)."""
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


def _by_version(page: Mapping[str, Any], package: str, *, hashes: bool = False) -> dict[str, _Files]:
    """The files by the version their names say; versions are spelled as `versions` (PEP 700) does, where it is."""
    listed = page.get("versions")
    found = (
        {version: _Files() for version in listed if foreign.version(version) == version} if type(listed) is list else {}
    )
    spelling = _spellings(found)
    entries = page.get("files")
    known: dict[str, str] = {}
    prefixes = (f"{package}-", re.sub(r"[-_.]", "_", package).lower() + "-")
    for entry in entries if type(entries) is list else ():
        if type(entry) is not dict or type(name := entry.get("filename")) is not str:
            continue
        stated = _version_of(name, package, prefixes)
        version = known.get(stated)
        if version is None:
            version = known[stated] = stated if stated in found else spelling(stated) if foreign.version(stated) else ""
        if not version:
            continue
        each = found.get(version)
        if each is None:
            each = found[version] = _Files()
        each.files += 1
        each.python = each.python or foreign.text(entry.get("requires-python"))
        yanked = entry.get("yanked", False)
        if yanked is not False and yanked is not None:
            each.gone += 1
            each.yanked = foreign.text(yanked) or each.yanked or "yanked"
        if (time := foreign.when(entry.get("upload-time"))) and (each.published is None or time < each.published):
            each.published = time
        if hashes and re.fullmatch(r"[0-9a-f]{64}", digest := foreign.text(entry, "hashes", "sha256")):
            each.hashes.append(digest)
    return found


def _spellings(versions: Mapping[str, _Files]) -> Callable[[str], str]:
    """How `versions` spells the version of a file's name: the same by PEP 440, as files normalise it."""
    from packaging.version import InvalidVersion, Version

    def normal(version: str) -> str:
        try:
            return str(Version(version))
        except InvalidVersion:
            return version

    listed: dict[str, str] = {}

    def spell(version: str) -> str:
        if not listed and versions:
            listed.update({normal(each): each for each in list(versions)})
        return listed.setdefault(normal(version), normal(version))

    return spell


def _version_of(filename: str, package: str, prefixes: tuple[str, ...]) -> str:
    """The version in the name of a wheel, an egg or a source archive; empty for another file.

    `prefixes` are how the package's name is usually written there.
    """
    if filename.endswith((".whl", ".egg")):
        parts = filename[:-4].split("-")
        return parts[1] if len(parts) > 2 or (filename.endswith(".egg") and len(parts) == 2) else ""
    ending = next((ending for ending in _ARCHIVES if filename.endswith(ending)), None)
    if ending is None:
        return ""
    stem = filename[: -len(ending)]
    length = len(package)
    if (
        stem.startswith(prefixes)
        or re.sub(r"[-_.]", "-", stem[: length + 1]).lower() == re.sub(r"[-_.]", "-", f"{package}-").lower()
    ):
        return stem[length + 1 :]
    return stem.rpartition("-")[2] if "-" in stem else ""


def _hosted(value: object) -> str:
    """The address of a repository on a forge: the first two parts of its path."""
    found = re.match(
        r"(https://(?:github\.com|gitlab\.com|codeberg\.org|bitbucket\.org)/[\w.-]+/[\w.-]+)", foreign.text(value)
    )
    return repository_url(found[1]) if found else ""
