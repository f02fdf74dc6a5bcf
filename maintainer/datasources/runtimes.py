"""Life cycles of runtimes from endoflife.date: `php`, `node`, `python`, `wordpress`, `mysql`, `mariadb`, ...

Source: https://endoflife.date/docs/api/v1/ (and, for mirrors that only have it, the older `/api/<product>.json`).
There is no built-in table: without an answer nothing is known.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from urllib.parse import quote

from maintainer.errors import BadAnswer, NotFound
from maintainer.http import Http
from maintainer.model import Listing, Note, Release, Source
from maintainer.text import foreign

BASE = "https://endoflife.date"

#: Names of ours that the site writes otherwise.
_PRODUCTS = {"node": "nodejs"}


def releases(http: Http, source: Source) -> Listing:
    """The newest version of each release cycle, with the end of the cycle's support."""
    found = cycles(http, source)
    return Listing(found, homepage=f"{BASE}/{_product(source)}", registry="endoflife.date")


def cycles(http: Http, source: Source) -> tuple[Release, ...]:
    """The release cycles, newest first; asked for once a run.

    Raises `errors.BadAnswer` for an answer that has none.
    """
    product = _product(source)
    return http.once(("endoflife", product), lambda: _cycles(http, product))


def details(http: Http, source: Source, release: Release) -> Release:
    """The listing says all."""
    return release


def notes(http: Http, source: Source, versions: Sequence[str]) -> Sequence[Note]:
    """Where the project itself tells of a version, for those that do it at a fixed address."""
    page = _PAGES.get(source.package)
    return tuple(Note(version, "", page.format(version)) for version in versions) if page else ()


_PAGES = {
    "php": "https://www.php.net/ChangeLog-8.php#{}",
    "node": "https://nodejs.org/en/blog/release/v{}",
    "python": "https://docs.python.org/release/{}/whatsnew/changelog.html",
}


def _product(source: Source) -> str:
    return quote(_PRODUCTS.get(source.package, source.package), safe="")


def _cycles(http: Http, product: str) -> tuple[Release, ...]:
    base = http.base("endoflife", BASE)
    try:
        answer = http.get(f"{base}/api/v1/products/{product}/").json()
        listed = [_cycle(entry) for entry in foreign.tables(answer, "result", "releases")]
    except NotFound:
        answer = http.get(f"{base}/api/{product}.json").json()
        listed = [_older_cycle(entry) for entry in foreign.tables(answer)]
    found = tuple(release for release in listed if release)
    if not found:
        raise BadAnswer(f"{base} lists no release cycle of {product}.")
    return found


def _cycle(entry: Mapping[str, Any]) -> Release | None:
    latest = foreign.table(entry, "latest")
    return _release(
        foreign.version(latest, "name") or foreign.version(entry, "name"),
        foreign.when(latest, "date") or foreign.when(entry, "releaseDate"),
        entry.get("eolFrom"),
        ended=entry.get("isEol") is True,
        lts=entry.get("isLts") is True,
        link=foreign.url(latest, "link"),
    )


def _older_cycle(entry: Mapping[str, Any]) -> Release | None:
    lts = entry.get("lts")
    return _release(
        foreign.version(entry, "latest") or foreign.version(entry, "cycle"),
        foreign.when(entry, "latestReleaseDate") or foreign.when(entry, "releaseDate"),
        entry.get("eol"),
        ended=entry.get("eol") is True,
        # A date is when it becomes one (Node's even versions in their first half year).
        lts=lts is True or bool(foreign.when(lts)),
        link=foreign.url(entry, "link"),
    )


def _release(
    version: str, published: datetime | None, until: object, *, ended: bool, lts: bool, link: str
) -> Release | None:
    if not version:
        return None
    end = foreign.when(until)
    # A cycle that has ended, nobody says when: it has by the time of its own last release.
    return Release(version, published, supported_until=end or (published if ended else None), lts=lts, changelog=link)
