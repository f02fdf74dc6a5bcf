"""Whatever a host answers: values, or an error of ours."""

import json
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from maintainer.datasources import (
    docker,
    forge_tags,
    osv,
    runtimes,
    vendors,
    wordfence,
    wordpress,
    wordpress_vulnerabilities,
)
from maintainer.datasources.base import Advisories, Datasource
from maintainer.errors import MaintainerError
from maintainer.http import Http
from maintainer.model import Archive, Dependency, Release, Source, Span
from tests.loopback import Loopback, Reply

SERVICES = [
    "wordpress-api",
    "wordpress-downloads",
    "wordpress-svn",
    "wordpress-theme-svn",
    "endoflife",
    "docker",
    "docker-hub",
    "github",
    "gitlab",
    "osv",
    "wordpress-vulnerabilities",
    "wordfence",
    "shopify",
]
WORDS = """1.0 2.0 closed plugin x core SEMVER npm en_US upgrade 2024-05-02 https://x.example/x.zip lt 0 <h4>1.0</h4>
    CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H sha256:{a} \ud800 {nines}""".format(
    a="a" * 64, nines="9" * 400
).split()
KEYS = [
    "error",
    "version",
    "versions",
    "download_link",
    "last_updated",
    "sections",
    "changelog",
    "requires",
    "requires_plugins",
    "offers",
    "packages",
    "full",
    "locale",
    "response",
    "checksums",
    "files",
    "md5",
    "translations",
    "language",
    "package",
    "result",
    "releases",
    "name",
    "latest",
    "date",
    "eolFrom",
    "cycle",
    "eol",
    "tags",
    "digest",
    "images",
    "manifests",
    "config",
    "created",
    "token",
    "commit",
    "sha",
    "id",
    "body",
    "tag_name",
    "results",
    "vulns",
    "affected",
    "ranges",
    "events",
    "introduced",
    "fixed",
    "type",
    "severity",
    "score",
    "aliases",
    "references",
    "url",
    "data",
    "vulnerability",
    "operator",
    "max_version",
    "max_operator",
    "source",
    "impact",
    "cvss",
    "software",
    "slug",
    "affected_versions",
    "new_version",
    "summary",
    "1.0",
    "2.0",
    "../x",
    "x",
]
ANSWERS = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 5) | st.floats() | st.sampled_from(WORDS),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(KEYS), inner, max_size=6),
    max_leaves=25,
)
BROKEN = (
    b"",
    b"{",
    b"[" * 100_000,
    b"null",
    b"[[]]",
    b"\xff",
    b'{"error": "closed"}',
    b"9" * 5000,
    b'{"a": %b}' % (b"9" * 5000),
)

Way = Callable[[Http], Any]


def ways(server: Loopback) -> Iterator[Way]:
    """Every way in which these datasources are asked."""
    asked: list[tuple[Datasource, str]] = [
        (wordpress, "plugin:x"),
        (wordpress, "theme:x"),
        (wordpress, "core"),
        (runtimes, "php"),
        (runtimes, "shopify-api"),
        (docker, "php"),
        (docker, f"{server.host}/x"),
        (forge_tags, "github:x/x"),
        (forge_tags, "gitlab:x/x"),
        (vendors, "x"),
    ]
    release = Release("1.0", archive=Archive(server.url + "/x.zip"), digest="a" * 40)
    for module, package in asked:
        source = Source("any", package, (server.url + "/m",) if package == "x" else ())
        yield partial(module.releases, source=source)
        yield partial(module.details, source=source, release=release)
        yield partial(module.notes, source=source, versions=["1.0", "2.0"])
    for package in ("plugin:x", "core"):
        source = Source("wordpress", package)
        yield partial(wordpress.checksums, source=source, version="1.0")
        yield partial(wordpress.translations, source=source, version="1.0", locales=["x"])
    dependencies = [
        Dependency("m", "f", name, Source(datasource, name), "npm", Span(0, 1), "1.0", "1.0", "1.0")
        for datasource, name in (("npm", "x"), ("wordpress", "plugin:x"), ("wordpress", "core"))
    ]
    known: tuple[Advisories, ...] = (osv, wordpress_vulnerabilities, wordfence)
    for each in known:
        yield partial(each.advisories, dependencies=dependencies)


@pytest.mark.parametrize("status", [200, 404])
def test_any_answer_is_values_or_a_clear_error(status: int) -> None:
    answer = Reply(status)

    class Same(dict[str, Any]):
        def get(self, key: str, default: object = None) -> Reply:
            return answer

    def ask(way: Way, body: bytes) -> None:
        nonlocal answer
        answer = Reply(status, body)
        try:
            way(Http(bases=dict.fromkeys(SERVICES, server.url), retries=0))
        except MaintainerError as error:
            assert str(error)

    with Loopback({}) as server:
        server.answers = Same()
        known = list(ways(server))

        @settings(max_examples=200, deadline=None, database=None, suppress_health_check=list(HealthCheck))
        @given(ANSWERS, st.data())
        def any_answer(value: object, data: st.DataObject) -> None:
            ask(data.draw(st.sampled_from(known)), json.dumps(value).encode())

        any_answer()
        for way in known:
            for body in BROKEN:
                ask(way, body)
