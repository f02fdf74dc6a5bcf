from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from maintainer.datasources import pypi
from maintainer.errors import AccessDenied, BadAnswer, NotFound, Unreachable
from maintainer.http import Http
from maintainer.model import Listing, Release, Source
from tests.loopback import Loopback, Reply

JSON = "application/vnd.pypi.simple.v1+json"


@pytest.fixture
def server() -> Iterator[Loopback]:
    with Loopback({}) as server:
        yield server


def file(name: str, **more: Any) -> dict[str, Any]:
    return {"filename": name, "url": f"https://files.example/{name}", "hashes": {}, **more}


def page(*files: Any, **more: Any) -> Reply:
    return Reply(
        200, {"meta": {"api-version": "1.1"}, "name": "thing", "files": list(files), **more}, {"content-type": JSON}
    )


def html(*anchors: str) -> Reply:
    body = "<!DOCTYPE html><html><body>" + "<br>".join(anchors) + "</body></html>"
    return Reply(200, body, {"content-type": "text/html; charset=utf-8"})


def look(server: Loopback, package: str = "thing", index: str = "/simple") -> Listing:
    return pypi.releases(Http(bases={"pypi": server.url + index}, retries=0), Source("pypi", package))


def test_versions_times_and_pythons_come_in_one_request(server: Loopback) -> None:
    server.answers["/simple/thing/"] = page(
        file("thing-1.0.tar.gz", **{"upload-time": "2024-01-02T00:00:00.5Z", "requires-python": ">=3.8"}),
        file("thing-1.0-py3-none-any.whl", **{"upload-time": "2024-01-01T00:00:00Z", "requires-python": ">=3.8"}),
        file("thing-1.1.tar.gz", **{"upload-time": "2024-02-01T00:00:00Z"}),
        versions=["1.0", "1.1"],
    )
    listing = look(server)
    assert [(release.version, release.requires) for release in listing.releases] == [
        ("1.0", {"python": ">=3.8"}),
        ("1.1", {}),
    ]
    assert listing.releases[0].published == datetime(2024, 1, 1, tzinfo=UTC)
    assert listing.registry == server.url + "/simple"
    assert len(server.requests) == 1
    assert server.requests[0].headers["accept"].startswith(JSON)


def test_names_are_normalised(server: Loopback) -> None:
    server.answers["/simple/my-thing-x/"] = page(file("My_Thing.X-1.0.tar.gz"), file("my_thing_x-2.0.tar.gz"))
    assert [release.version for release in look(server, "My_Thing.-X").releases] == ["1.0", "2.0"]


@pytest.mark.parametrize(
    ("name", "version"),
    [
        ("thing-1.0.tar.gz", "1.0"),
        ("thing-1.0.post1-py2.py3-none-any.whl", "1.0.post1"),
        ("thing-1.0+cu118-1-cp311-cp311-manylinux_2_17_x86_64.whl", "1.0+cu118"),
        ("thing-1!2.0.zip", "1!2.0"),
        ("thing-1.0-rc1.tar.gz", "1.0rc1"),
        ("thing-1.0.tar.bz2", "1.0"),
        ("thing-1.0-py3.8.egg", "1.0"),
        ("Thing-1.0.tgz", "1.0"),
    ],
)
def test_a_version_is_read_off_a_file_name(server: Loopback, name: str, version: str) -> None:
    server.answers["/simple/thing/"] = page(file(name))
    assert [release.version for release in look(server).releases] == [version]


def test_files_belong_to_versions_by_pep_440_not_by_spelling(server: Loopback) -> None:
    when = {"upload-time": "2024-01-02T00:00:00Z"}
    server.answers["/simple/thing/"] = page(
        file("thing-1.0rc1.tar.gz", **when), file("thing-1.0.0-py3-none-any.whl", **when), versions=["1.0-rc1", "1.0.0"]
    )
    assert [(r.version, r.published is not None, r.withdrawn) for r in look(server).releases] == [
        ("1.0-rc1", True, ""),
        ("1.0.0", True, ""),
    ]


def test_a_release_is_withdrawn_when_all_its_files_are(server: Loopback) -> None:
    server.answers["/simple/thing/"] = page(
        file("thing-1.0.tar.gz", yanked="it deletes things"),
        file("thing-1.0-py3-none-any.whl", yanked=True),
        file("thing-1.1.tar.gz", yanked="half"),
        file("thing-1.1-py3-none-any.whl", yanked=False),
        file("thing-1.2.tar.gz", yanked=True),
        file("thing-1.4.tar.gz", yanked=""),
        versions=["1.0", "1.1", "1.2", "1.3", "1.4"],
    )
    found = {release.version: release.withdrawn for release in look(server).releases}
    assert found == {
        "1.0": "it deletes things",
        "1.1": "",
        "1.2": "yanked",
        "1.3": "no file of it is left",
        "1.4": "yanked",
    }


def test_the_html_form_says_the_same(server: Loopback) -> None:
    server.answers["/simple/thing/"] = html(
        '<a href="../../packages/thing-1.0.tar.gz#sha256=' + "a" * 64 + '" data-requires-python="&gt;=3.8">x</a>',
        '<a href="https://files.example/thing-1.1-py3-none-any.whl?x=1" data-yanked="broken">thing</a>',
        '<a href="thing-1.2%2Blocal.tar.gz" data-yanked>thing</a>',
        '<A HREF="/other.txt">x</A><a>y</a><a href="http://[">z</a>',
    )
    listing = look(server)
    assert [(r.version, dict(r.requires), r.withdrawn) for r in listing.releases] == [
        ("1.0", {"python": ">=3.8"}, ""),
        ("1.1", {}, "broken"),
        ("1.2+local", {}, "yanked"),
    ]


def test_the_json_api_tells_times_the_index_does_not(server: Loopback) -> None:
    server.answers["/simple/thing/"] = html('<a href="thing-1.0.tar.gz">x</a>', '<a href="thing-1.1.tar.gz">x</a>')
    server.answers["/pypi/thing/json"] = {
        "info": {
            "version": "1.1",
            "home_page": "https://thing.example/",
            "project_urls": {"Source Code": "https://github.com/acme/thing/tree/main"},
        },
        "urls": [{"upload_time_iso_8601": "2024-03-01T00:00:00Z"}],
        "releases": {"1.0": [{"upload_time_iso_8601": "2024-01-01T00:00:00Z"}, 5], "1.1": None},
    }
    listing = look(server)
    assert [release.published for release in listing.releases] == [
        datetime(2024, 1, 1, tzinfo=UTC),
        datetime(2024, 3, 1, tzinfo=UTC),
    ]
    assert (listing.homepage, listing.repository) == ("https://thing.example/", "https://github.com/acme/thing")


def test_details_have_the_digests_of_all_files_and_the_changelog(server: Loopback) -> None:
    server.answers["/simple/thing/"] = page(
        file("thing-1.0.tar.gz", hashes={"sha256": "b" * 64, "md5": "c" * 32}),
        file("thing-1.0-py3-none-any.whl", hashes={"sha256": "a" * 64}),
        file("thing-1.1.tar.gz", hashes={"sha256": "d" * 64}),
    )
    server.answers["/pypi/thing/json"] = {
        "info": {
            "project_urls": {
                "Change-Log": "https://thing.example/changes",
                "Homepage": "https://github.com/acme/thing",
                "Funding": "https://github.com/sponsors/acme",
            }
        }
    }
    http = Http(bases={"pypi": server.url + "/simple"})
    release = pypi.details(http, Source("pypi", "thing"), Release("1.0"))
    assert release.hashes == ("a" * 64, "b" * 64)
    assert release.changelog == "https://thing.example/changes"
    assert release.repository == "https://github.com/acme/thing"


def test_an_index_without_a_json_api_is_enough(server: Loopback) -> None:
    server.answers["/simple/thing/"] = html('<a href="thing-1.0.tar.gz">x</a>')
    assert look(server).releases[0].published is None
    release = Release("1.0")
    assert pypi.details(Http(bases={"pypi": server.url + "/simple"}), Source("pypi", "thing"), release) == release


def test_the_first_index_that_knows_a_package_is_right(server: Loopback) -> None:
    server.answers |= {
        "/private/own/": page(file("own-1.0.tar.gz")),
        "/private/empty/": html(),
        "/simple/own/": page(file("own-9.0.tar.gz")),
        "/simple/empty/": page(file("empty-2.0.tar.gz")),
        "/simple/thing/": page(file("thing-2.0.tar.gz")),
    }
    http = Http(bases={"pypi": f"{server.url}/private {server.url}/simple"})

    def versions(source: Source) -> list[str]:
        return [release.version for release in pypi.releases(http, source).releases]

    assert versions(Source("pypi", "own")) == ["1.0"]
    assert versions(Source("pypi", "thing")) == ["2.0"]
    assert versions(Source("pypi", "empty")) == ["2.0"]
    assert versions(Source("pypi", "own", (server.url + "/simple/",))) == ["9.0"]


@pytest.mark.parametrize(("status", "error"), [(401, AccessDenied), (503, Unreachable)])
def test_an_index_that_can_not_tell_does_not_make_way_for_the_next(
    server: Loopback, status: int, error: type[Exception]
) -> None:
    server.answers |= {"/private/own/": Reply(status), "/simple/own/": page(file("own-9.0.tar.gz"))}
    http = Http(bases={"pypi": f"{server.url}/private {server.url}/simple"}, retries=0)
    with pytest.raises(error):
        pypi.releases(http, Source("pypi", "own"))


def test_an_address_without_a_path_may_be_a_root_or_a_whole_pypi(server: Loopback) -> None:
    server.answers["/thing/"] = page(file("thing-1.0.tar.gz"))
    server.answers["/simple/other/"] = page(file("other-1.0.tar.gz"))
    assert look(server, "thing", "").registry == server.url
    assert look(server, "other", "").registry == server.url + "/simple"


@pytest.mark.parametrize(
    ("status", "means"),
    [("archived", "abandoned"), ("quarantined", "closed"), ("deprecated", "deprecated"), ("x", "active")],
)
def test_a_projects_status_is_told(server: Loopback, status: str, means: str) -> None:
    stated = {"project-status": {"status": status, "reason": "we stopped"}}
    server.answers["/simple/thing/"] = page(file("thing-1.0.tar.gz"), **stated)
    listing = look(server)
    assert listing.status == means
    assert listing.status_note == ("we stopped" if means != "active" else "")


def test_an_unknown_package_is_not_found(server: Loopback) -> None:
    with pytest.raises(NotFound, match="knows no package thing"):
        look(server)


@pytest.mark.parametrize("name", ["", "..", "../x", "a/b", "-a", "a b", "a?b"])
def test_what_is_no_name_is_never_asked_for(server: Loopback, name: str) -> None:
    with pytest.raises(NotFound):
        look(server, name)
    assert server.requests == []


@pytest.mark.parametrize("body", ["[]", "null", '{"files": ', "5"])
def test_json_of_another_form_is_a_bad_answer(server: Loopback, body: str) -> None:
    server.answers["/simple/thing/"] = Reply(200, body, {"content-type": JSON})
    with pytest.raises(BadAnswer):
        look(server)


def test_odd_values_within_are_left_out(server: Loopback) -> None:
    server.answers["/simple/thing/"] = page(
        None,
        "x",
        {"filename": 5},
        file("thing.whl"),
        file("thing-$(id).tar.gz"),
        file("readme.txt"),
        file("thing-1.0.tar.gz", yanked=None, hashes=[1], **{"upload-time": 5, "requires-python": ["x"]}),
        versions=[None, 5, "1.0", "a b"],
        **{"project-status": "archived"},
    )
    listing = look(server)
    assert [(r.version, r.published, r.requires, r.withdrawn) for r in listing.releases] == [("1.0", None, {}, "")]
    assert pypi.notes(Http(), Source("pypi", "thing"), ["1.0"]) == ()
