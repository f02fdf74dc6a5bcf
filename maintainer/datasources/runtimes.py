"""Life cycles of `php`, `node`, `python`, `wordpress`, `mysql`, `mariadb` and whatever else endoflife.date has.

`shopify-api` it has not: Shopify itself tells that.

Source: https://endoflife.date/docs/api/v1/ (and, for mirrors that only have it, the older `/api/<product>.json`).
There is no built-in table: without an answer nothing is known.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any
from urllib.parse import quote

from maintainer.datasources import shopify_versions
from maintainer.errors import BadAnswer, NotFound
from maintainer.http import Http
from maintainer.model import Listing, Note, Release, Source
from maintainer.text import foreign

BASE = "https://endoflife.date"

#: Names of ours that the site writes otherwise.
_PRODUCTS = {"node": "nodejs"}


def releases(http: Http, source: Source) -> Listing:
    """Of each release cycle the newest version and, as its beginning, one named like the cycle (`8.3`)."""
    if source.package == "shopify-api":
        page = "https://shopify.dev/docs/api/usage/versioning"
        return Listing(cycles(http, source), homepage=page, registry="Shopify")
    return Listing(cycles(http, source), homepage=f"{BASE}/{_product(source)}", registry="endoflife.date")


def cycles(http: Http, source: Source) -> tuple[Release, ...]:
    """The release cycles, newest first, each with the end of its support; asked for once a run.

    Raises `errors.BadAnswer` for an answer that has none.
    """
    if source.package == "shopify-api":
        return http.once("shopify-api", lambda: shopify_versions.versions(http))
    product = _product(source)
    return http.once(("endoflife", product), lambda: _cycles(http, product))


def details(http: Http, source: Source, release: Release) -> Release:
    """The listing says all."""
    return release


def notes(http: Http, source: Source, versions: Sequence[str]) -> Sequence[Note]:
    """Where the project itself tells of a version, for those that do it at a fixed address."""
    page = _PAGES.get(source.package)
    majors = {version: version.split(".")[0] for version in versions}
    return tuple(Note(version, "", page.format(version, majors[version])) for version in versions) if page else ()


_PAGES = {
    "php": "https://www.php.net/ChangeLog-{1}.php#{0}",
    "node": "https://nodejs.org/en/blog/release/v{}",
    "python": "https://docs.python.org/release/{}/whatsnew/changelog.html",
    "shopify-api": "https://shopify.dev/changelog?filter=api&api_version={}",
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
    found = {release.version: release for pair in listed for release in pair}
    if not found:
        raise BadAnswer(f"{base} lists no release cycle of {product}.")
    return tuple(found.values())


def _cycle(entry: Mapping[str, Any]) -> Iterator[Release]:
    latest = foreign.table(entry, "latest")
    return _releases(
        (foreign.version(entry, "name"), foreign.when(entry, "releaseDate")),
        (foreign.version(latest, "name"), foreign.when(latest, "date")),
        entry.get("eolFrom"),
        ended=entry.get("isEol") is True,
        lts=entry.get("isLts") is True,
        link=foreign.url(latest, "link"),
    )


def _older_cycle(entry: Mapping[str, Any]) -> Iterator[Release]:
    lts = entry.get("lts")
    return _releases(
        (foreign.version(entry, "cycle"), foreign.when(entry, "releaseDate")),
        (foreign.version(entry, "latest"), foreign.when(entry, "latestReleaseDate")),
        entry.get("eol"),
        ended=entry.get("eol") is True,
        # A date is when it becomes one (Node's even versions in their first half year).
        lts=lts is True or bool(foreign.when(lts)),
        link=foreign.url(entry, "link"),
    )


def _releases(
    first: tuple[str, datetime | None],
    latest: tuple[str, datetime | None],
    until: object,
    *,
    ended: bool,
    lts: bool,
    link: str,
) -> Iterator[Release]:
    """The newest first; a cycle that has ended, nobody says when, had by the time of its own last release."""
    end = foreign.when(until) or (latest[1] or first[1] if ended else None)
    for version, published in dict((first, latest)[::-1]).items():
        if version:
            yield Release(version, published, supported_until=end, lts=lts, changelog=link)
