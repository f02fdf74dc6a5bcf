import json
from typing import Any

import pytest

from maintainer import errors
from maintainer.datasources import osv
from maintainer.http import Http
from maintainer.model import Advisory, Dependency, Source, Span
from tests.loopback import Loopback, Reply, Request

MARKED = {
    "id": "GHSA-aaaa",
    "summary": "Prototype pollution",
    "aliases": ["CVE-2024-0001"],
    "database_specific": {"severity": "MODERATE"},
    "references": [{"type": "WEB", "url": "https://a.example"}, {"type": "ADVISORY", "url": "https://b.example"}],
    "affected": [
        {
            "package": {"ecosystem": "npm", "name": "marked"},
            "ranges": [
                {"type": "SEMVER", "events": [{"introduced": "0"}, {"fixed": "4.0.10"}]},
                {"type": "SEMVER", "events": [{"introduced": "5.0.0"}, {"last_affected": "5.1.0"}]},
                {"type": "GIT", "events": [{"introduced": "0"}, {"fixed": "abc"}]},
            ],
        },
        {"package": {"ecosystem": "npm", "name": "other"}, "ranges": [{"type": "SEMVER", "events": [{"fixed": "9"}]}]},
    ],
}
PYSEC = {"id": "PYSEC-1", "aliases": ["CVE-2024-0002", "GHSA-bbbb"], "details": "Bad.\nVery."}
GHSA = {
    "id": "GHSA-bbbb",
    "aliases": ["CVE-2024-0002"],
    "severity": [{"type": "CVSS_V3", "score": "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"}],
    "affected": [
        {
            "package": {"ecosystem": "PyPI", "name": "Flask_Thing"},
            "ranges": [{"type": "ECOSYSTEM", "events": [{"introduced": "1.0"}, {"fixed": "1.2"}, {"introduced": "2"}]}],
        }
    ],
}


def dependency(datasource: str, name: str, version: str | None, scheme: str = "npm", **more: Any) -> Dependency:
    source = Source(datasource, name)
    return Dependency("npm", "package.json", name, source, scheme, Span(0, 1), "x", "x", version, **more)


def served(vulns: dict[str, object], results: dict[str, list[str]]) -> dict[str, Any]:
    """OSV with these advisories, and their ids by package name."""

    def batch(request: Request) -> object:
        queries = json.loads(request.body)["queries"]
        return {"results": [{"vulns": [{"id": i} for i in results.get(q["package"]["name"], [])]} for q in queries]}

    return {"/v1/querybatch": batch, **{f"/v1/vulns/{id_}": entry for id_, entry in vulns.items()}}


def http_of(server: Loopback) -> Http:
    return Http(bases={"osv": server.url}, retries=0)


def test_an_advisory_says_what_is_affected_and_what_fixes_it_in_the_scheme() -> None:
    marked = dependency("npm", "marked", "^4.0.0", locked="4.0.9")
    with Loopback(served({"GHSA-aaaa": MARKED}, {"marked": ["GHSA-aaaa"]})) as server:
        found = osv.advisories(http_of(server), [marked, dependency("npm", "fine", "1.0.0")])
        query = json.loads(server.requests[0].body)["queries"][0]
    assert query == {"package": {"ecosystem": "npm", "name": "marked"}, "version": "4.0.9"}
    assert found == {
        marked: [
            Advisory(
                "GHSA-aaaa",
                "Prototype pollution",
                "medium",
                ("CVE-2024-0001",),
                ("<4.0.10", ">=5.0.0 <=5.1.0"),
                ("4.0.10",),
                "https://b.example",
            )
        ]
    }


def test_the_same_vulnerability_in_two_databases_is_one_advisory() -> None:
    flask = dependency("pypi", "flask-thing", "1.1", "pep440")
    answers = served({"PYSEC-1": PYSEC, "GHSA-bbbb": GHSA}, {"flask-thing": ["PYSEC-1", "GHSA-bbbb"]})
    with Loopback(answers) as server:
        (advisory,) = osv.advisories(http_of(server), [flask])[flask]
    assert (advisory.id, advisory.severity) == ("GHSA-bbbb", "critical")
    assert advisory.affected == (">=1.0,<1.2", ">=2")
    assert advisory.url == "https://osv.dev/vulnerability/GHSA-bbbb"


def test_batches_are_bounded_pages_are_followed_and_each_advisory_is_fetched_once() -> None:
    sizes: list[int] = []

    def batch(request: Request) -> object:
        queries = json.loads(request.body)["queries"]
        sizes.append(len(queries))
        return {
            "results": [
                {"vulns": [{"id": "GHSA-aaaa"}]} if "page_token" in query else {"next_page_token": "more"}
                for query in queries
            ]
        }

    many = [dependency("packagist", f"acme/p{number}", "v1.0.0", "composer") for number in range(1200)]
    with Loopback({"/v1/querybatch": batch, "/v1/vulns/GHSA-aaaa": MARKED}) as server:
        found = osv.advisories(http_of(server), many)
        assert server.paths().count("/v1/vulns/GHSA-aaaa") == 1
        assert json.loads(server.requests[0].body)["queries"][0]["version"] == "1.0.0"
    assert sizes == [1000, 1000, 200, 200]
    assert len(found) == 1200


def test_what_was_withdrawn_is_left_out() -> None:
    marked = dependency("npm", "marked", "4.0.9")
    gone = {**MARKED, "withdrawn": "2024-01-01T00:00:00Z"}
    with Loopback(served({"GHSA-aaaa": gone}, {"marked": ["GHSA-aaaa", "GHSA-missing"]})) as server:
        assert osv.advisories(http_of(server), [marked]) == {}


def test_only_packages_of_known_ecosystems_with_a_version_are_asked_for() -> None:
    others = [dependency("docker", "php", "8"), dependency("npm", "x", None), dependency("npm", "y", "*")]
    with Loopback({}) as server:
        assert osv.advisories(http_of(server), others) == {}
        assert not server.requests


@pytest.mark.parametrize("answer", [{}, {"results": []}, [], Reply(200, "x"), {"results": [5, 6]}])
def test_an_answer_that_does_not_match_the_question_is_bad(answer: object) -> None:
    with Loopback({"/v1/querybatch": answer}) as server, pytest.raises(errors.BadAnswer):
        osv.advisories(http_of(server), [dependency("npm", "marked", "4.0.9")])
