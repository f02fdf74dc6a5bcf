"""Advisories for WordPress, its plugins and themes from the open database of wpvulnerability.net.

Source: https://vulnerability.wpsysadmin.com/ (one address for each plugin and theme, and for each version of core).
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cmp_to_key
from typing import Any
from urllib.parse import quote

from maintainer.datasources import wordpress_core
from maintainer.errors import NotFound, OutsideError
from maintainer.http import Http
from maintainer.model import Advisory, Dependency, Severity
from maintainer.text import cvss, foreign
from maintainer.versions import php

BASE = "https://www.wpvulnerability.net"
AT_ONCE = 8

#: Composer packages that are WordPress' own, or mirrors of wordpress.org.
_MIRRORS = {
    "wpackagist-plugin/": "plugin", "wp-plugin/": "plugin", "wpackagist-theme/": "theme", "wp-theme/": "theme",
}  # fmt: skip
_CORE = (
    "roots/wordpress", "roots/wordpress-full", "roots/wordpress-no-content",
    "johnpbloch/wordpress", "johnpbloch/wordpress-core",
)  # fmt: skip
_OPERATORS = {"gt": ">", "ge": ">=", "lt": "<", "le": "<=", "eq": "=="}
_DECIMAL = re.compile(r"\d{1,2}(?:\.\d{1,3})?", re.A)


def advisories(http: Http, dependencies: Sequence[Dependency]) -> Mapping[Dependency, Sequence[Advisory]]:
    """See `base.Advisories`."""
    wanted = {dependency: subject for dependency in dependencies if (subject := of_wordpress(dependency))}

    def known(dependency: Dependency) -> Sequence[Advisory]:
        kind, slug = wanted[dependency]
        version = version_of(dependency)
        entries = _of_core(http, version) if kind == "core" else _known(http, kind, slug, version)
        return tuple(_affecting(entries, version))

    with ThreadPoolExecutor(AT_ONCE, thread_name_prefix="wpvulnerability") as pool:
        found = zip(wanted, pool.map(known, wanted), strict=True)
        return {dependency: listed for dependency, listed in found if listed}


def of_wordpress(dependency: Dependency) -> tuple[str, str] | None:
    """`plugin`, `theme` or `core`, and the slug; None for what is no part of WordPress, or has no exact version."""
    package = dependency.source.package
    if not version_of(dependency)[:1].isdigit() or dependency.role != "package":
        return None
    if dependency.source.datasource in ("wordpress", "vendors"):
        kind, colon, slug = package.partition(":")
        return (kind, slug) if colon and kind != "core" else ("core", "") if kind == "core" else ("plugin", package)
    if package in _CORE:
        return "core", ""
    return next(
        ((kind, package[len(prefix) :]) for prefix, kind in _MIRRORS.items() if package.startswith(prefix)), None
    )


def version_of(dependency: Dependency) -> str:
    """The exact version in use, without Composer's `v`."""
    return (dependency.locked or dependency.current or "").removeprefix("v")


def _known(http: Http, kind: str, slug: str, version: str) -> Sequence[Mapping[str, Any]]:
    """Vulnerabilities of all versions of a plugin or theme; of core those of one version."""
    path = quote(version if kind == "core" else slug, safe="")
    url = f"{http.base('wordpress-vulnerabilities', BASE)}/{kind}/{path}/"
    try:
        answer = http.once(("wpvulnerability", kind, path), lambda: http.get(url)).json()
    except NotFound:
        return ()
    return tuple(foreign.tables(answer, "data", "vulnerability"))


def _of_core(http: Http, version: str) -> Sequence[Mapping[str, Any]]:
    """As `_known`, each with the lowest release that is not affected: asked of the newest of its branch, then of all.

    Where those can't be told, every later version counts as affected.
    """
    entries = _known(http, "core", "", version)
    if all(foreign.table(entry, "operator") for entry in entries):
        return entries
    try:
        later = [one for one in _later(http, version) if php.compare(one, version) > 0]
        still = {one: {_names(entry) for entry in _known(http, "core", "", one)} for one in later}
    except OutsideError:
        still = {}
    open_ended = {"min_version": version, "min_operator": "ge"}
    bounded = []
    for entry in entries:
        fixed = next((one for one, names in still.items() if _names(entry) not in names), "")
        ended = {**open_ended, "max_version": fixed, "max_operator": "lt"}
        bounded.append({**entry, "operator": foreign.table(entry, "operator") or (ended if fixed else open_ended)})
    return bounded


def _later(http: Http, version: str) -> Sequence[str]:
    """The newest release of a version's branch, and the newest of all."""
    listing = http.once(("wordpress", "core"), lambda: wordpress_core.releases(http, ""))
    branch = wordpress_core.branch(version)
    own = [release.version for release in listing.releases if wordpress_core.branch(release.version) == branch]
    newest = max(own, key=cmp_to_key(php.compare), default="")
    return [one for one in dict.fromkeys((newest, listing.recommended)) if one]


def _names(entry: Mapping[str, Any]) -> frozenset[str]:
    return frozenset(foreign.text(source, "id") for source in foreign.tables(entry, "source"))


def _affecting(entries: Sequence[Mapping[str, Any]], version: str) -> Iterator[Advisory]:
    seen = set()
    for entry in entries:
        bounds = _bounds(foreign.table(entry, "operator"))
        if not all(_holds(version, operator, bound) for operator, bound in bounds):
            continue
        advisory = _advisory(entry, bounds)
        if advisory.id not in seen:
            seen.add(advisory.id)
            yield advisory


def _bounds(operator: Mapping[str, Any]) -> list[tuple[str, str]]:
    """`[(">=", "1.0"), ("<", "1.2")]`; empty when every version is affected."""
    bounds = []
    for end, usual in (("min", ">="), ("max", "<=")):
        if version := foreign.version(operator, f"{end}_version"):
            stated = foreign.text(operator, f"{end}_operator").strip().lower()
            bounds.append((_OPERATORS.get(stated, usual), version))
    return bounds


def _holds(version: str, operator: str, bound: str) -> bool:
    order = php.compare(version, bound)
    match operator:
        case ">":
            return order > 0
        case ">=":
            return order >= 0
        case "<":
            return order < 0
        case "<=":
            return order <= 0
        case _:
            return order == 0


def _advisory(entry: Mapping[str, Any], bounds: Sequence[tuple[str, str]]) -> Advisory:
    sources = list(foreign.tables(entry, "source"))
    names = [name for source in sources if (name := foreign.text(source, "id", limit=200))]
    names.sort(key=lambda name: not name.startswith("CVE-"))
    names.append(foreign.text(entry, "uuid", limit=200) or foreign.text(entry, "name", limit=200) or "unnamed")
    title = foreign.text(entry, "name", limit=300)
    says = next(filter(None, (foreign.text(source, "description", limit=300) for source in sources)), "")
    operator = foreign.table(entry, "operator")
    if foreign.text(operator, "unfixed") == "1" or operator.get("unfixed") is True:
        says = f"{says} No release fixes it.".strip()
    if foreign.text(operator, "closed") == "1" or operator.get("closed") is True:
        says = f"{says} wordpress.org has closed it.".strip()
    links = (foreign.url(source, "link") for source in sources)
    return Advisory(
        names[0],
        f"{title}: {says}" if title and says else title or says,
        _severity(entry),
        tuple(dict.fromkeys(name for name in names[1:] if name != names[0])),
        (",".join(f"{operator}{bound}" for operator, bound in bounds) or ">=0",),
        tuple(bound for operator, bound in bounds if operator == "<"),
        next(filter(None, links), ""),
    )


def _severity(entry: Mapping[str, Any]) -> Severity:
    """By the vector, the score or the letter of `impact.cvss`, which PHP writes as `[]` when there is none."""
    impact = foreign.table(entry, "impact", "cvss")
    for version in (impact, foreign.table(entry, "impact", "cvss3"), foreign.table(entry, "impact", "cvss4")):
        rated = cvss.of_vector(foreign.text(version, "vector"))
        if rated == "unknown":
            rated = cvss.of_word(foreign.text(version, "severity"))
        if rated == "unknown" and (score := foreign.text(version, "score")):
            rated = cvss.severity(float(score)) if _DECIMAL.fullmatch(score) else "unknown"
        if rated != "unknown":
            return rated
    return "unknown"
