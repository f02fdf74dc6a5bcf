from typing import Any

import pytest

from maintainer.credentials import Credential, Credentials, bearer
from maintainer.datasources import wordfence, wordpress_vulnerabilities
from maintainer.http import Http
from maintainer.model import Dependency, Source, Span
from tests.loopback import Loopback, Request


def dependency(package: str, version: str, datasource: str = "wordpress") -> Dependency:
    source = Source(datasource, package)
    return Dependency("m", "f", package, source, "wordpress", Span(0, 1), version, version, version)


FORM = dependency("plugin:contact-form-7", "5.3.1")


def operator(**more: str | None) -> dict[str, Any]:
    nothing = {"min_version": None, "min_operator": None, "max_version": None, "max_operator": None}
    return {**nothing, "unfixed": "0", "closed": "0", **more}


def entry(**more: str | None) -> dict[str, Any]:
    return {
        "uuid": "u" * 64,
        "name": "Contact Form 7 [contact-form-7] < 5.3.2",
        "description": None,
        "operator": operator(**more),
        "source": [
            {"id": "JVNDB-1", "link": "https://a.example", "description": "", "date": "2020-12-17"},
            {"id": "CVE-2020-35489", "link": "https://b.example", "description": "Upload of any file."},
        ],
        "impact": {"cvss": {"version": "3.1", "score": "10.0", "severity": "c"}, "cwe": []},
    }


def answer(*entries: object) -> dict[str, object]:
    return {"error": 0, "message": None, "data": {"name": "x", "vulnerability": list(entries)}}


def http_of(server: Loopback) -> Http:
    nowhere = "http://127.0.0.1:9"
    return Http(bases={"wordpress-vulnerabilities": server.url, "wordpress-api": nowhere}, retries=0)


def test_an_advisory_of_a_plugin() -> None:
    fixed = entry(max_version="5.3.2", max_operator="lt")
    with Loopback({"/plugin/contact-form-7/": answer(fixed, fixed)}) as server:
        (advisory,) = wordpress_vulnerabilities.advisories(http_of(server), [FORM])[FORM]
    assert (advisory.id, advisory.severity) == ("CVE-2020-35489", "critical")
    assert advisory.aliases == ("JVNDB-1", "u" * 64)
    assert (advisory.affected, advisory.fixed) == (("<5.3.2",), ("5.3.2",))
    assert advisory.summary == "Contact Form 7 [contact-form-7] < 5.3.2: Upload of any file."
    assert advisory.url == "https://a.example"


@pytest.mark.parametrize(
    ("bounds", "affected", "fixed"),
    [
        ({"max_version": "5.3.1", "max_operator": "le"}, ("<=5.3.1",), ()),
        ({"max_version": "5.3.1", "max_operator": "lt"}, None, ()),
        (
            {"min_version": "5.0", "min_operator": "ge", "max_version": "5.4", "max_operator": "lt"},
            (">=5.0,<5.4",),
            ("5.4",),
        ),
        ({"min_version": "5.3.1", "min_operator": "gt", "max_version": "5.4", "max_operator": "lt"}, None, ()),
        ({"unfixed": "1", "closed": "1"}, (">=0",), ()),
        ({"max_version": "5.10", "max_operator": "lt"}, ("<5.10",), ("5.10",)),
    ],
)
def test_bounds_are_read_as_php_compares(
    bounds: dict[str, str], affected: tuple[str, ...] | None, fixed: tuple[str, ...]
) -> None:
    with Loopback({"/plugin/contact-form-7/": answer(entry(**bounds))}) as server:
        found = wordpress_vulnerabilities.advisories(http_of(server), [FORM])
    if affected is None:
        assert found == {}
        return
    (advisory,) = found[FORM]
    assert (advisory.affected, advisory.fixed) == (affected, fixed)
    assert ("closed it" in advisory.summary) == ("closed" in bounds)


def test_what_fixes_core_is_asked_of_later_versions() -> None:
    def listed(*ids: str) -> dict[str, object]:
        return answer(*({"name": "x", "source": [{"id": id_}], "impact": []} for id_ in ids))

    offers = [{"version": version, "response": "upgrade", "locale": "en_US"} for version in ("6.5.5", "6.4.5")]
    answers = {
        "/core/6.4.4/": listed("CVE-1", "CVE-2", "CVE-3"),
        "/core/6.4.5/": listed("CVE-2", "CVE-3"),
        "/core/6.5.5/": listed("CVE-3"),
        "/core/version-check/1.7/": {"offers": offers},
        "/core/stable-check/1.0/": {},
    }
    core = dependency("core", "6.4.4")
    with Loopback(answers) as server:
        http = Http(bases={"wordpress-vulnerabilities": server.url, "wordpress-api": server.url}, retries=0)
        found = wordpress_vulnerabilities.advisories(http, [core])[core]
    assert [(one.id, one.affected, one.fixed) for one in found] == [
        ("CVE-1", (">=6.4.4,<6.4.5",), ("6.4.5",)),
        ("CVE-2", (">=6.4.4,<6.5.5",), ("6.5.5",)),
        ("CVE-3", (">=6.4.4",), ()),
    ]


def test_core_is_asked_for_by_version_and_mirrors_count_as_their_plugins() -> None:
    core = dependency("core", "6.4.4")
    composer_core = dependency("roots/wordpress", "6.4.4", "packagist")
    mirrored = dependency("wpackagist-plugin/contact-form-7", "v5.3.1", "packagist")
    other = dependency("acme/plugin", "1.0", "packagist")
    answers = {
        "/core/6.4.4/": answer({"name": "6.4.4", "source": [{"id": "CVE-1"}], "impact": []}),
        "/plugin/contact-form-7/": answer(entry(max_version="5.3.2", max_operator="lt")),
        "/theme/storefront/": {"error": 1, "message": "no", "data": {"vulnerability": None}},
    }
    with Loopback(answers) as server:
        asked = [
            core,
            composer_core,
            mirrored,
            other,
            dependency("theme:storefront", "4.5"),
            dependency("plugin:none", "1"),
        ]
        found = wordpress_vulnerabilities.advisories(http_of(server), asked)
        assert sorted(server.paths()) == [
            "/core/6.4.4/",
            "/plugin/contact-form-7/",
            "/plugin/none/",
            "/theme/storefront/",
        ]
    assert set(found) == {core, composer_core, mirrored}
    assert found[core][0].affected == (">=6.4.4",)


RANGE = {"from_version": "*", "from_inclusive": True, "to_version": "5.3.1", "to_inclusive": True}
CORE_RANGE = {"from_version": "6.4", "to_version": "6.4.4", "to_inclusive": False}
FORMS = {
    "type": "plugin",
    "slug": "contact-form-7",
    "affected_versions": {"* - 5.3.1": RANGE},
    "patched_versions": ["5.3.2"],
}
FEED = {
    "aaaa": {
        "id": "aaaa",
        "title": "Contact Form 7 <= 5.3.1 - Upload",
        "cve": "CVE-2020-35489",
        "cvss": {"vector": "CVSS:3.1/AV:N/AC:L/PR:N/UI:R/S:U/C:N/I:L/A:N", "rating": "Medium"},
        "references": ["https://feed.example/aaaa"],
        "software": [FORMS, {"type": "core", "slug": "wordpress", "affected_versions": {"x": CORE_RANGE}}],
    },
    "bbbb": 5,
}


def test_the_keyed_feed_is_asked_for_once_with_its_key() -> None:
    def feed(request: Request) -> object:
        assert request.headers["authorization"] == "Bearer k3y"
        return FEED

    with Loopback({"/vulnerabilities/production": feed}) as server:
        http = Http(
            bases={"wordfence": server.url},
            credentials=Credentials([Credential(server.host, bearer("k3y"))]),
            retries=0,
        )
        newer = dependency("plugin:contact-form-7", "5.3.2")
        core = dependency("core:pl_PL", "6.4.4")
        found = wordfence.advisories(http, [FORM, newer, core])
        assert len(server.requests) == 1
    assert set(found) == {FORM}
    (advisory,) = found[FORM]
    assert (advisory.id, advisory.severity, advisory.aliases) == ("CVE-2020-35489", "medium", ("aaaa",))
    assert (advisory.affected, advisory.fixed) == (("<=5.3.1",), ("5.3.2",))


def test_without_a_key_the_feed_is_not_asked_for() -> None:
    assert wordfence.advisories(Http(retries=0), [FORM]) == {}
