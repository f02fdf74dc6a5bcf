from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

import pytest

from maintainer.datasources import npm
from maintainer.errors import BadAnswer, NotFound
from maintainer.http import Http
from maintainer.model import Release, Source
from tests.loopback import Loopback, Request


@pytest.fixture
def server() -> Iterator[Loopback]:
    with Loopback({}) as server:
        yield server


def packument(*versions: str, **more: Any) -> dict[str, Any]:
    manifests: dict[str, Any] = {version: {"name": "thing", "version": version, "dist": {}} for version in versions}
    return {"name": "thing", "dist-tags": {"latest": versions[-1]}, "versions": manifests, **more}


def look(server: Loopback, package: str = "thing", **bases: str) -> Any:
    return npm.releases(Http(bases={"npm": server.url, **bases}), Source("npm", package))


def test_the_abbreviated_packument_is_asked_for_once(server: Loopback) -> None:
    document = packument("1.0.0", "1.1.0", modified="2024-02-27T16:27:13.411Z")
    document["versions"]["1.1.0"]["engines"] = {"node": ">=18", "npm": ">=9"}
    server.answers["/thing"] = document
    listing = look(server)
    assert [release.version for release in listing.releases] == ["1.0.0", "1.1.0"]
    assert listing.recommended == "1.1.0"
    assert listing.untouched_since == datetime(2024, 2, 27, 16, 27, 13, 411000, UTC)
    assert listing.releases[1].requires == {"node": ">=18"}
    assert listing.releases[0].requires == {}
    assert listing.releases[0].published is None
    assert listing.registry == server.url
    assert len(server.requests) == 1
    assert server.requests[0].headers["accept"].startswith("application/vnd.npm.install-v1+json")


def test_times_are_taken_when_the_registry_gives_them(server: Loopback) -> None:
    server.answers["/thing"] = packument(
        "1.0.0", time={"created": "x", "modified": "2024-05-05T00:00:00Z", "1.0.0": "2024-05-04T10:00:00.000Z"}
    )
    listing = look(server)
    assert listing.releases[0].published == datetime(2024, 5, 4, 10, tzinfo=UTC)
    assert listing.untouched_since == datetime(2024, 5, 5, tzinfo=UTC)


def test_details_tell_the_date_the_archive_and_the_source(server: Loopback) -> None:
    document = packument("1.0.0", repository={"type": "git", "url": "git+https://github.com/acme/thing.git"})
    document["time"] = {"1.0.0": "2024-05-04T10:00:00.000Z"}
    document["versions"]["1.0.0"]["dist"] = {
        "tarball": "https://npm.example/thing/-/thing-1.0.0.tgz",
        "shasum": "a" * 40,
        "integrity": "sha512-" + "A" * 86 + "==",
    }
    server.answers["/thing"] = document
    release = npm.details(Http(bases={"npm": server.url}), Source("npm", "thing"), Release("1.0.0"))
    assert release.published == datetime(2024, 5, 4, 10, tzinfo=UTC)
    assert release.repository == "https://github.com/acme/thing"
    assert release.archive is not None
    assert release.archive.folder == "package"
    assert release.archive.digests == {"sha1": "a" * 40, "sha512": "0" * 128}
    assert server.requests[0].headers["accept"] == "application/json"


def test_a_scoped_name_is_one_part_of_the_path_and_goes_to_its_scopes_registry(server: Loopback) -> None:
    def named(request: Request) -> Mapping[str, Any]:
        return packument("1.0.0")

    server.answers |= {"/@acme%2Fthing": named, "/own/@acme%2Fthing": packument("2.0.0")}
    assert look(server, "@acme/thing").recommended == "1.0.0"
    assert look(server, "@acme/thing", **{"npm:@acme": server.url + "/own/"}).recommended == "2.0.0"
    source = Source("npm", "@acme/thing", (server.url + "/own",))
    assert npm.releases(Http(), source).recommended == "2.0.0"


def test_a_deprecated_version_is_withdrawn(server: Loopback) -> None:
    document = packument("1.0.0", "1.0.1", "1.0.2", "1.0.3")
    for version, stated in [("1.0.0", "use 1.0.1"), ("1.0.1", ""), ("1.0.2", True), ("1.0.3", False)]:
        document["versions"][version]["deprecated"] = stated
    server.answers["/thing"] = document
    listing = look(server)
    assert [release.withdrawn for release in listing.releases] == ["use 1.0.1", "", "deprecated", ""]
    assert listing.status == "active"


def test_a_package_whose_every_version_is_deprecated_is(server: Loopback) -> None:
    document = packument("1.0.0", "1.1.0")
    document["versions"]["1.0.0"]["deprecated"] = "old"
    document["versions"]["1.1.0"]["deprecated"] = "use other-thing"
    server.answers["/thing"] = document
    listing = look(server)
    assert (listing.status, listing.status_note) == ("deprecated", "use other-thing")


def test_an_unpublished_package_is_not_found(server: Loopback) -> None:
    server.answers["/thing"] = {"name": "thing", "time": {"unpublished": {"time": "2024-01-01T00:00:00Z"}}}
    with pytest.raises(NotFound, match="unpublished"):
        look(server)


def test_an_unknown_package_is_not_found(server: Loopback) -> None:
    with pytest.raises(NotFound, match=r"knows no package thing"):
        look(server)


@pytest.mark.parametrize(
    "name", ["", ".", "..", "../x", "a/b", "@a", "@a/", "@a/b/c", "a b", "a?b", "@a/../b", ".hidden"]
)
def test_what_is_no_name_is_never_asked_for(server: Loopback, name: str) -> None:
    with pytest.raises(NotFound):
        look(server, name)
    assert server.requests == []


@pytest.mark.parametrize("answer", [[], None, "text", 5, b"<html>", b"{"])
def test_an_answer_of_another_form_is_a_bad_answer(server: Loopback, answer: object) -> None:
    server.answers["/thing"] = answer
    with pytest.raises(BadAnswer):
        look(server)


def test_odd_values_within_are_left_out(server: Loopback) -> None:
    server.answers["/thing"] = {
        "versions": {
            "1.0.0": {"engines": [">=1"], "deprecated": {"x": 1}},
            "1.1.0": {"engines": {"node": 18}, "deprecated": 1},
            "1.2.0": None,
            "$(id)": {},
            "2.0.0": {"engines": {"node": None}},
        },
        "time": {"1.0.0": 5, "1.1.0": "yesterday", "2.0.0": "2024-01-01T00:00:00Z"},
        "dist-tags": ["latest"],
        "modified": {"x": "y"},
        "homepage": "javascript:alert(1)",
        "repository": ["x"],
    }
    listing = look(server)
    assert [release.version for release in listing.releases] == ["1.0.0", "1.1.0", "2.0.0"]
    assert listing.recommended is None
    assert (listing.homepage, listing.repository, listing.untouched_since) == ("", "", None)
    details = npm.details(Http(bases={"npm": server.url}), Source("npm", "thing"), listing.releases[0])
    assert details.archive is None


def test_there_are_no_notes(server: Loopback) -> None:
    assert npm.notes(Http(), Source("npm", "thing"), ["1.0.0"]) == ()
