from datetime import UTC, datetime

import pytest

from maintainer import errors
from maintainer.datasources import runtimes
from maintainer.http import Http
from maintainer.model import Source
from tests.loopback import Loopback

PHP = Source("runtimes", "php")

NEW = {
    "schema_version": "1.2.0",
    "result": {
        "name": "php",
        "releases": [
            {
                "name": "8.3", "releaseDate": "2023-11-23", "isLts": False, "isEol": False, "eolFrom": "2027-12-31",
                "latest": {"name": "8.3.14", "date": "2024-11-21", "link": "https://www.php.net/ChangeLog-8.php#8.3.14"},
            },
            {"name": "5.6", "isEol": True, "eolFrom": "2018-12-31", "latest": {"name": "5.6.40", "date": "2019-01-10"}},
            {"name": "4", "isEol": True, "eolFrom": None, "latest": {"name": "4.4.9", "date": "2008-08-07"}},
        ],
    },
}  # fmt: skip
OLD = [
    {"cycle": "22", "lts": "2024-10-29", "eol": "2027-04-30", "latest": "22.11.0", "latestReleaseDate": "2024-10-29"},
    {"cycle": "21", "lts": False, "eol": "2024-06-01", "latest": "21.7.3", "latestReleaseDate": "2024-04-10"},
    {"cycle": "0.10", "lts": False, "eol": True, "latest": "0.10.48", "latestReleaseDate": "2016-10-18"},
    {"cycle": 18, "lts": True, "eol": False, "latest": "18.20.5"},
]


def http_of(server: Loopback) -> Http:
    return Http(bases={"endoflife": server.url}, retries=0)


def test_each_cycle_gives_its_newest_version_its_beginning_and_the_end_of_its_support() -> None:
    with Loopback({"/api/v1/products/php/": NEW}) as server:
        http = http_of(server)
        listing = runtimes.releases(http, PHP)
        assert runtimes.cycles(http, PHP) == listing.releases
        assert len(server.requests) == 1
    newest, first, older, _, oldest, _ = listing.releases
    assert (first.version, first.published) == ("8.3", datetime(2023, 11, 23, tzinfo=UTC))
    assert first.supported_until == newest.supported_until
    assert (newest.version, newest.published) == ("8.3.14", datetime(2024, 11, 21, tzinfo=UTC))
    assert newest.supported_until == datetime(2027, 12, 31, tzinfo=UTC)
    assert newest.changelog == "https://www.php.net/ChangeLog-8.php#8.3.14"
    assert older.supported_until == datetime(2018, 12, 31, tzinfo=UTC)
    assert oldest.supported_until == datetime(2008, 8, 7, tzinfo=UTC)


def test_a_mirror_with_the_older_form_serves_as_well() -> None:
    with Loopback({"/api/nodejs.json": OLD}) as server:
        listing = runtimes.releases(http_of(server), Source("runtimes", "node"))
    found = {release.version: release for release in listing.releases}
    assert list(found) == ["22.11.0", "22", "21.7.3", "21", "0.10.48", "0.10", "18.20.5", "18"]
    assert [name for name, release in found.items() if release.lts] == ["22.11.0", "22", "18.20.5", "18"]
    assert found["0.10.48"].supported_until == datetime(2016, 10, 18, tzinfo=UTC)
    assert found["18"].supported_until is None


def test_a_cycle_whose_newest_version_is_its_first_is_one_release() -> None:
    cycle = {"name": "6.7", "releaseDate": "2024-11-12", "latest": {"name": "6.7", "date": "2024-11-12"}}
    with Loopback({"/api/v1/products/wordpress/": {"result": {"releases": [cycle]}}}) as server:
        (release,) = runtimes.releases(http_of(server), Source("runtimes", "wordpress")).releases
    assert (release.version, release.published) == ("6.7", datetime(2024, 11, 12, tzinfo=UTC))


def test_shopify_tells_which_versions_of_its_api_it_supports() -> None:
    versions = [
        {"handle": "2024-10", "supported": True},
        {"handle": "2025-01", "supported": True},
        {"handle": "2025-04", "supported": False},
        {"handle": "unstable", "supported": False},
        {"handle": 5, "supported": True},
    ]
    with Loopback({"/api": {"data": {"publicApiVersions": versions}}}) as server:
        http = Http(bases={"shopify": server.url + "/api"}, retries=0)
        newest, older = runtimes.releases(http, Source("runtimes", "shopify-api")).releases
        assert "publicApiVersions" in server.requests[0].body.decode()
    assert (newest.version, newest.published) == ("2025-01", datetime(2025, 1, 1, 17, tzinfo=UTC))
    assert older.supported_until == datetime(2025, 10, 1, 17, tzinfo=UTC)


def test_shopify_without_versions_is_a_bad_answer() -> None:
    with Loopback({"/api": {"errors": ["no"]}}) as server, pytest.raises(errors.BadAnswer):
        runtimes.releases(Http(bases={"shopify": server.url + "/api"}, retries=0), Source("runtimes", "shopify-api"))


@pytest.mark.parametrize(
    "answer", [{}, {"result": {"releases": []}}, {"result": {"releases": [5, {"name": None}]}}, [], "{"]
)
def test_an_answer_without_cycles_is_bad(answer: object) -> None:
    with Loopback({"/api/v1/products/php/": answer}) as server, pytest.raises(errors.BadAnswer):
        runtimes.releases(http_of(server), PHP)


def test_a_version_has_its_page_at_its_own_project() -> None:
    (note,) = runtimes.notes(Http(retries=0), PHP, ["7.4.33"])
    assert note.url == "https://www.php.net/ChangeLog-7.php#7.4.33"
    assert not runtimes.notes(Http(retries=0), Source("runtimes", "mysql"), ["8.0"])


def test_nothing_is_known_without_an_answer() -> None:
    with pytest.raises(errors.Unreachable):
        runtimes.releases(Http(bases={"endoflife": "http://127.0.0.1:9"}, retries=0), PHP)
