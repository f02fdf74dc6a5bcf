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


def test_each_cycle_gives_its_newest_version_and_the_end_of_its_support() -> None:
    with Loopback({"/api/v1/products/php/": NEW}) as server:
        http = http_of(server)
        listing = runtimes.releases(http, PHP)
        assert runtimes.cycles(http, PHP) == listing.releases
        assert len(server.requests) == 1
    newest, older, oldest = listing.releases
    assert (newest.version, newest.published) == ("8.3.14", datetime(2024, 11, 21, tzinfo=UTC))
    assert newest.supported_until == datetime(2027, 12, 31, tzinfo=UTC)
    assert newest.changelog == "https://www.php.net/ChangeLog-8.php#8.3.14"
    assert older.supported_until == datetime(2018, 12, 31, tzinfo=UTC)
    assert oldest.supported_until == datetime(2008, 8, 7, tzinfo=UTC)


def test_a_mirror_with_the_older_form_serves_as_well() -> None:
    with Loopback({"/api/nodejs.json": OLD}) as server:
        listing = runtimes.releases(http_of(server), Source("runtimes", "node"))
    assert [(release.version, release.lts) for release in listing.releases] == [
        ("22.11.0", True),
        ("21.7.3", False),
        ("0.10.48", False),
        ("18.20.5", True),
    ]
    assert listing.releases[2].supported_until == datetime(2016, 10, 18, tzinfo=UTC)
    assert listing.releases[3].supported_until is None


@pytest.mark.parametrize(
    "answer", [{}, {"result": {"releases": []}}, {"result": {"releases": [5, {"name": None}]}}, [], "{"]
)
def test_an_answer_without_cycles_is_bad(answer: object) -> None:
    with Loopback({"/api/v1/products/php/": answer}) as server, pytest.raises(errors.BadAnswer):
        runtimes.releases(http_of(server), PHP)


def test_nothing_is_known_without_an_answer() -> None:
    with pytest.raises(errors.Unreachable):
        runtimes.releases(Http(bases={"endoflife": "http://127.0.0.1:9"}, retries=0), PHP)
