"""Whatever a registry answers: values, or an error of ours."""

import json
from collections.abc import Callable, Iterator
from functools import partial
from itertools import count
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from maintainer.datasources import npm, packagist, pypi
from maintainer.errors import MaintainerError
from maintainer.http import Http
from maintainer.model import Listing, Release, Source
from tests.loopback import Loopback, Reply, Request

WORDS = ["1.0", "2.0", "dev-main", "latest", "php", ">=8", "__unset", "/p2/%package%.json", "2024-05-02T00:00:00Z"]
WORDS += [
    "https://x.example/x.zip",
    "x-1.0.tar.gz",
    "x-1.0-py3-none-any.whl",
    "archived",
    "sha512-AA==",
    "a" * 64,
    "\ud800",
]
KEYS = [
    "versions", "time", "modified", "dist-tags", "latest", "engines", "node", "deprecated", "dist", "tarball", "shasum",
    "integrity", "repository", "url", "homepage", "files", "filename", "hashes", "sha256", "requires-python", "yanked",
    "upload-time", "project-status", "status", "info", "project_urls", "urls", "releases", "upload_time_iso_8601",
    "packages", "metadata-url", "providers-url", "provider-includes", "providers", "includes", "providers-lazy-url",
    "available-packages", "available-package-patterns", "minified", "a/x", "version", "require", "php", "abandoned",
    "source", "support", "1.0", "2.0",
]  # fmt: skip
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 5) | st.floats() | st.sampled_from(WORDS),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(KEYS), inner, max_size=6),
    max_leaves=25,
)
DOCUMENTS = st.dictionaries(st.sampled_from(KEYS), VALUES, max_size=8)
KINDS = ["application/json", "application/vnd.pypi.simple.v1+json", "text/html"]


@pytest.fixture(scope="module")
def server() -> Iterator[Loopback]:
    with Loopback({}) as server:
        yield server


def asked(server: Loopback, at: str) -> None:
    """Look everything up there; only errors of ours may come out."""
    ways: list[tuple[Any, str]] = [
        (npm, "x"),
        (npm, "@a/x"),
        (pypi, "x"),
        (packagist, "a/x"),
        (packagist, "wp-plugin/x"),
    ]
    services = ("npm", "pypi", "packagist", "wpackagist", "wp-packages", "wordpress-api")
    http = Http(bases=dict.fromkeys(services, server.url + at), retries=0)
    for datasource, package in ways:
        source = Source("any", package)
        calls: list[Callable[[], object]] = [
            partial(datasource.releases, http, source),
            partial(datasource.details, http, source, Release("1.0")),
        ]
        for call in calls:
            try:
                found = call()
            except MaintainerError:
                continue
            assert isinstance(found, Listing | Release)
            for release in found.releases if isinstance(found, Listing) else [found]:
                assert isinstance(release.version, str)
                assert all(isinstance(text, str) for text in [*release.requires, *release.requires.values()])
                assert isinstance(release.withdrawn, str)


NUMBERS = count()


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(documents=st.lists(DOCUMENTS, min_size=1, max_size=3), kind=st.sampled_from(KINDS))
def test_whatever_is_answered_is_a_value_or_an_error_of_ours(server: Loopback, documents: list[Any], kind: str) -> None:
    bodies = [json.dumps(document).encode() for document in documents]
    turn = count()

    class Anything(dict[str, Any]):
        def get(self, key: str, default: object = None) -> Callable[[Request], Reply]:
            return lambda _: Reply(200, bodies[next(turn) % len(bodies)], {"content-type": kind})

    server.answers = Anything()
    asked(server, f"/{next(NUMBERS)}")


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"[" * 100_000, b"null", b"\xff", b"9" * 5000, b'{"versions": %b}' % (b"9" * 5000), b"<a href=//[>"],
)
def test_a_broken_document_is_an_error_of_ours(server: Loopback, body: bytes) -> None:
    class Broken(dict[str, Any]):
        def get(self, key: str, default: object = None) -> bytes:
            return body

    server.answers = Broken()
    asked(server, f"/{next(NUMBERS)}")
