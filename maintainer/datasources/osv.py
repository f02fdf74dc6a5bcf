"""Advisories of OSV for npm, PyPI and Packagist.

Sources: https://google.github.io/osv.dev/post-v1-querybatch/, https://ossf.github.io/osv-schema/.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import quote

from maintainer.errors import BadAnswer, NotFound
from maintainer.http import Http
from maintainer.model import Advisory, Dependency, Severity
from maintainer.text import cvss, foreign

BASE = "https://api.osv.dev"
ECOSYSTEMS = {"npm": "npm", "pypi": "PyPI", "packagist": "Packagist"}

#: Queries in one request at most, pages of one batch at most, and advisories fetched at once.
BATCH = 1000
PAGES = 20
AT_ONCE = 8

#: Package (name and ecosystem) and version.
_Query = tuple[str, str, str]


def advisories(http: Http, dependencies: Sequence[Dependency]) -> Mapping[Dependency, Sequence[Advisory]]:
    """See `base.Advisories`; packages of other ecosystems, and without an exact version, are not asked for."""
    users: dict[_Query, list[Dependency]] = {}
    for dependency in dependencies:
        if query := _query(dependency):
            users.setdefault(query, []).append(dependency)
    found = _found(http, list(users))
    ids = sorted({id_ for listed in found.values() for id_ in listed})
    with ThreadPoolExecutor(AT_ONCE, thread_name_prefix="osv") as pool:
        known = dict(zip(ids, pool.map(lambda id_: _vulnerability(http, id_), ids), strict=True))
    result: dict[Dependency, Sequence[Advisory]] = {}
    for query, listed in found.items():
        entries = [entry for id_ in sorted(listed) if (entry := known[id_])]
        for dependency in users[query] if entries else ():
            result[dependency] = list(_distinct(_advisory(entry, query, dependency.scheme) for entry in entries))
    return result


def _query(dependency: Dependency) -> _Query | None:
    ecosystem = ECOSYSTEMS.get(dependency.source.datasource)
    version = dependency.locked or dependency.current or ""
    if not ecosystem or not version[:1].isalnum() or dependency.role != "package":
        return None
    return ecosystem, dependency.source.package, version.removeprefix("v") if ecosystem == "Packagist" else version


def _found(http: Http, queries: Sequence[_Query]) -> dict[_Query, set[str]]:
    """The ids of what affects each package; packages with more than a page of them are asked for again."""
    url = f"{http.base('osv', BASE)}/v1/querybatch"
    found: dict[_Query, set[str]] = {}
    for start in range(0, len(queries), BATCH):
        asked = [(query, "") for query in queries[start : start + BATCH]]
        for _ in range(PAGES):
            body = {"queries": [_body(query, token) for query, token in asked]}
            results = foreign.array(http.post(url, body, idempotent=True).json(), "results")
            if len(results) != len(asked):
                raise BadAnswer(f"OSV answered {len(results)} results to {len(asked)} queries.")
            further = []
            for (query, _token), result in zip(asked, results, strict=True):
                ids = (foreign.text(entry, "id", limit=200) for entry in foreign.tables(result, "vulns"))
                found.setdefault(query, set()).update(filter(None, ids))
                if token := foreign.text(result, "next_page_token"):
                    further.append((query, token))
            asked = further
            if not asked:
                break
    return found


def _body(query: _Query, token: str) -> dict[str, object]:
    ecosystem, name, version = query
    body: dict[str, object] = {"package": {"ecosystem": ecosystem, "name": name}, "version": version}
    return body | {"page_token": token} if token else body


def _vulnerability(http: Http, id_: str) -> Mapping[str, Any]:
    """What OSV knows of an id, empty for one that was withdrawn meanwhile."""
    url = f"{http.base('osv', BASE)}/v1/vulns/{quote(id_, safe='')}"
    try:
        entry = foreign.table(http.once(("osv", id_), lambda: http.get(url)).json())
    except NotFound:
        return {}
    return {} if entry.get("withdrawn") else entry or {"id": id_}


def _advisory(entry: Mapping[str, Any], query: _Query, scheme: str) -> Advisory:
    ecosystem, name, _ = query
    affected: list[str] = []
    fixed: list[str] = []
    for part in foreign.tables(entry, "affected"):
        package = foreign.table(part, "package")
        if package.get("ecosystem") != ecosystem or _folded(package.get("name")) != _folded(name):
            continue
        for range_ in foreign.tables(part, "ranges"):
            if range_.get("type") in ("SEMVER", "ECOSYSTEM"):
                affected += _constraints(foreign.tables(range_, "events"), scheme)
                fixed += filter(None, (foreign.version(event, "fixed") for event in foreign.tables(range_, "events")))
    links = [foreign.url(link) for kind in ("ADVISORY", "WEB") for link in _references(entry, kind)]
    id_ = foreign.text(entry, "id", limit=200)
    return Advisory(
        id_,
        foreign.text(entry, "summary", limit=300) or foreign.text(entry, "details", limit=300).split("\n")[0],
        _severity(entry),
        tuple(filter(None, (foreign.text(alias, limit=200) for alias in foreign.array(entry, "aliases")))),
        tuple(dict.fromkeys(affected)),
        tuple(dict.fromkeys(fixed)),
        next(filter(None, links), f"https://osv.dev/vulnerability/{quote(id_, safe='')}"),
    )


def _constraints(events: Iterable[Mapping[str, Any]], scheme: str) -> Iterator[str]:
    """`>=1.0,<1.2` for each introduction with what ended it; events come in the order of versions."""
    between = " " if scheme == "npm" else ","
    since: str | None = None
    for event in events:
        if introduced := foreign.version(event, "introduced"):
            since = introduced
        until = foreign.version(event, "fixed")
        last = foreign.version(event, "last_affected")
        if since is not None and (until or last):
            end = f"<{until}" if until else f"<={last}"
            yield end if since == "0" else f">={since}{between}{end}"
            since = None
    if since is not None:
        yield f">={since}"


def _severity(entry: Mapping[str, Any]) -> Severity:
    """The database's own word, else by the CVSS 3 vector."""
    word = cvss.of_word(foreign.text(entry, "database_specific", "severity"))
    if word != "unknown":
        return word
    rated = (cvss.of_vector(foreign.text(stated, "score")) for stated in foreign.tables(entry, "severity"))
    return next((rating for rating in rated if rating != "unknown"), "unknown")


def _references(entry: Mapping[str, Any], kind: str) -> Iterator[object]:
    return (link.get("url") for link in foreign.tables(entry, "references") if link.get("type") == kind)


def _distinct(listed: Iterable[Advisory]) -> Iterator[Advisory]:
    """One advisory where several databases tell of the same, the one that knows its severity first."""
    seen: set[str] = set()
    for advisory in sorted(listed, key=lambda advisory: advisory.severity == "unknown"):
        names = {advisory.id, *advisory.aliases}
        if seen.isdisjoint(names):
            yield advisory
        seen |= names


def _folded(name: object) -> str:
    """PyPI's names are one in many spellings (PEP 503); the others' have no two that differ so."""
    return str(name).lower().replace("_", "-").replace(".", "-")
