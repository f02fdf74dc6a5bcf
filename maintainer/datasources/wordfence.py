"""Advisories for WordPress from Wordfence Intelligence, for those who have a key.

The whole feed is one answer, asked for once a run. It is asked for only when `registries` gives its base URL, which
configuration does along with the key (a bearer token of that host). Source: Wordfence Intelligence API, version 3.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from maintainer.datasources.wordpress_vulnerabilities import of_wordpress, version_of
from maintainer.errors import ConfigurationError
from maintainer.http import Http
from maintainer.model import Advisory, Dependency
from maintainer.text import cvss, foreign
from maintainer.versions import php

BASE = "https://www.wordfence.com/api/intelligence/v3"
LIMIT = 512 * 1024 * 1024


def advisories(http: Http, dependencies: Sequence[Dependency]) -> Mapping[Dependency, Sequence[Advisory]]:
    """See `base.Advisories`; nothing without a key."""
    wanted: dict[tuple[str, str], list[Dependency]] = {}
    for dependency in dependencies:
        if subject := of_wordpress(dependency):
            wanted.setdefault(subject, []).append(dependency)
    try:
        base = http.base("wordfence")
    except ConfigurationError:
        return {}
    if not wanted:
        return {}
    feed = foreign.table(http.get(f"{base}/vulnerabilities/production", limit=LIMIT).json())
    found: dict[Dependency, list[Advisory]] = {}
    for entry in feed.values():
        for software in foreign.tables(entry, "software"):
            kind, slug = foreign.text(software, "type"), foreign.text(software, "slug")
            for dependency in wanted.get((kind, "" if kind == "core" else slug), ()):
                ranges = list(foreign.table(software, "affected_versions").values())
                if any(_affects(foreign.table(range_), version_of(dependency)) for range_ in ranges):
                    found.setdefault(dependency, []).append(_advisory(entry, software, ranges))
    return found


def _affects(range_: Mapping[str, Any], version: str) -> bool:
    since, until = foreign.text(range_, "from_version"), foreign.text(range_, "to_version")
    if since not in ("", "*"):
        order = php.compare(version, since)
        if order < 0 or (order == 0 and range_.get("from_inclusive") is False):
            return False
    if until not in ("", "*"):
        order = php.compare(version, until)
        if order > 0 or (order == 0 and range_.get("to_inclusive") is False):
            return False
    return True


def _advisory(entry: Mapping[str, Any], software: Mapping[str, Any], ranges: Sequence[object]) -> Advisory:
    cve, id_ = foreign.text(entry, "cve", limit=100), foreign.text(entry, "id", limit=100)
    rated = cvss.of_vector(foreign.text(entry, "cvss", "vector"))
    links = (foreign.url(link) for link in foreign.array(entry, "references"))
    return Advisory(
        cve or id_ or "unnamed",
        foreign.text(entry, "title", limit=300),
        rated if rated != "unknown" else cvss.of_word(foreign.text(entry, "cvss", "rating")),
        (id_,) if cve and id_ else (),
        tuple(_constraint(foreign.table(range_)) for range_ in ranges),
        tuple(filter(None, (foreign.version(fixed) for fixed in foreign.array(software, "patched_versions")))),
        next(filter(None, links), ""),
    )


def _constraint(range_: Mapping[str, Any]) -> str:
    return ",".join(_ends(range_)) or ">=0"


def _ends(range_: Mapping[str, Any]) -> Iterator[str]:
    since, until = foreign.version(range_, "from_version"), foreign.version(range_, "to_version")
    if since and since != "*":
        yield f"{'>' if range_.get('from_inclusive') is False else '>='}{since}"
    if until and until != "*":
        yield f"{'<' if range_.get('to_inclusive') is False else '<='}{until}"
