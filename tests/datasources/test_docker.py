import hashlib
import json
from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from maintainer import errors
from maintainer.credentials import Credential, Credentials, basic
from maintainer.datasources import docker
from maintainer.http import Http
from maintainer.model import Release, Source
from tests.loopback import Loopback, Reply, Request

PHP = Source("docker", "php")
DIGEST = "sha256:" + "a" * 64


def http_of(server: Loopback, credentials: Credentials | None = None) -> Http:
    return Http(bases={"docker": server.url, "docker-hub": server.url}, credentials=credentials, retries=0)


def guarded(answer: Callable[[Request], object], scope: str, *, basic_too: bool = False) -> dict[str, object]:
    """A registry with the token flow: `/token` sells tokens, the rest wants one."""

    def serve(request: Request) -> object:
        if request.headers.get("authorization") != "Bearer T0ken":
            port = request.headers["host"].rpartition(":")[2]
            realm = f'Bearer realm="http://127.0.0.1:{port}/token",service="registry.example",scope="{scope}"'
            return Reply(401, {"errors": []}, {"www-authenticate": realm})
        return answer(request)

    def token(request: Request) -> object:
        assert request.query == f"service=registry.example&scope={scope.replace(':', '%3A').replace('/', '%2F')}"
        if basic_too and not request.headers.get("authorization", "").startswith("Basic "):
            return Reply(401)
        return {"token": "T0ken", "expires_in": 300}

    return {"serve": serve, "/token": token}


def test_an_official_image_is_in_library_and_its_token_is_bought_once() -> None:
    registry = guarded(
        lambda request: {"name": "library/php", "tags": ["8.2-fpm", "8.3", "bad tag", 5]}, "repository:library/php:pull"
    )
    with Loopback({"/v2/library/php/tags/list": registry["serve"], "/token": registry["/token"]}) as server:
        http = http_of(server)
        listing = docker.releases(http, PHP)
        docker.releases(http, PHP)
        assert server.paths().count("/token") == 1
    assert [release.version for release in listing.releases] == ["8.2-fpm", "8.3"]


def test_a_token_that_ran_out_is_bought_anew() -> None:
    sold = 0

    def token(request: Request) -> object:
        nonlocal sold
        sold += 1
        return {"access_token": f"T{sold}"}

    def tags(request: Request) -> object:
        if request.headers.get("authorization") != f"Bearer T{valid}":
            return Reply(401, "", {"www-authenticate": f'Bearer realm="{server.url}/token"'})
        return {"tags": ["8"]}

    valid = 1
    with Loopback({"/v2/library/php/tags/list": tags, "/token": token}) as server:
        http = http_of(server)
        assert docker.releases(http, PHP).releases
        valid = 2
        assert docker.releases(http, PHP).releases


def test_an_image_that_no_token_opens_is_private_or_does_not_exist() -> None:
    def denied(request: Request) -> Reply:
        return Reply(401, "", {"www-authenticate": f'Bearer realm="{server.url}/token",error="insufficient_scope"'})

    with Loopback({"/v2/acme/gone/tags/list": denied, "/token": {"token": "T0ken"}}) as server:
        with pytest.raises(errors.AccessDenied, match="private, or does not exist") as refused:
            docker.releases(http_of(server), Source("docker", "acme/gone"))
        assert "T0ken" not in str(refused.value)


def test_pages_are_followed_within_the_registry_and_bounded() -> None:
    def endless(request: Request) -> Reply:
        page = int(request.query.rpartition("=")[2]) if "last=" in request.query else 0
        link = f'</v2/library/php/tags/list?n=1000&last={page + 1}>; rel="next"'
        return Reply(200, {"tags": [f"8.{page}"]}, {"link": link})

    with Loopback({"/v2/library/php/tags/list": endless}) as server:
        assert len(docker.releases(http_of(server), PHP).releases) == docker.PAGES


@pytest.mark.parametrize(
    "link", ['<http://127.0.0.1:9/v2/x>; rel="next"', "</other>; rel=next", "<>; rel=next", "next"]
)
def test_a_link_to_elsewhere_is_not_followed(link: str) -> None:
    with Loopback({"/v2/library/php/tags/list": Reply(200, {"tags": ["8"]}, {"link": link})}) as server:
        assert len(docker.releases(http_of(server), PHP).releases) == 1
        assert len(server.requests) <= docker.PAGES + 1


def test_docker_hub_tells_digest_and_date_without_counting_a_pull() -> None:
    answer = {"name": "8.3", "digest": DIGEST, "tag_last_pushed": "2024-11-22T03:04:05.123Z", "images": []}
    with Loopback({"/v2/repositories/library/php/tags/8.3": answer}) as server:
        release = docker.details(http_of(server), PHP, Release("8.3"))
    assert release.digest == DIGEST
    assert release.published == datetime(2024, 11, 22, 3, 4, 5, 123000, tzinfo=UTC)


def test_a_private_registry_gets_its_credentials_and_gives_digest_and_date() -> None:
    image = json.dumps({"config": {"digest": "sha256:" + "c" * 64}})
    child = "sha256:" + "b" * 64
    index = json.dumps(
        {
            "manifests": [
                {"digest": DIGEST, "platform": {"architecture": "arm64"}},
                {"digest": child, "platform": {"architecture": "amd64"}},
            ]
        }
    )
    answers = {
        "/v2/team/app/tags/list": {"tags": ["1.2.3"]},
        "/v2/team/app/manifests/1.2.3": index,
        f"/v2/team/app/manifests/{child}": image,
        "/v2/team/app/blobs/sha256:" + "c" * 64: {"created": "2024-05-06T07:08:09.123456789Z"},
    }
    registry = guarded(lambda request: answers[request.path], "repository:team/app:pull", basic_too=True)
    with Loopback({**dict.fromkeys(answers, registry["serve"]), "/token": registry["/token"]}) as server:
        credentials = Credentials([Credential(server.host, basic("me", "secret"))])
        source = Source("docker", f"{server.host}/team/app")
        http = http_of(server, credentials)
        assert [release.version for release in docker.releases(http, source).releases] == ["1.2.3"]
        release = docker.details(http, source, Release("1.2.3"))
    assert release.digest == f"sha256:{hashlib.sha256(index.encode()).hexdigest()}"
    assert release.published is not None
    assert release.published.date().isoformat() == "2024-05-06"


def test_an_image_from_the_epoch_is_undated() -> None:
    answers = {
        "/v2/app/manifests/1": {"config": {"digest": DIGEST}},
        f"/v2/app/blobs/{DIGEST}": {"created": "1970-01-01T00:00:00Z"},
    }
    with Loopback(answers) as server:
        assert docker.details(http_of(server), Source("docker", f"{server.host}/app"), Release("1")).published is None


def test_refused_credentials_are_a_clear_error_without_them() -> None:
    with Loopback({"/v2/library/php/tags/list": Reply(401, "", {"www-authenticate": 'Basic realm="x"'})}) as server:
        credentials = Credentials([Credential(server.host, basic("me", "s3cret"))])
        with pytest.raises(errors.AccessDenied) as denied:
            docker.releases(http_of(server, credentials), PHP)
    assert "s3cret" not in str(denied.value)


@pytest.mark.parametrize(
    "name", ["../x", "UPPER/case", "a b", "", "registry.example/", "ghcr.io/x/../../y", "x/v2/?n=1"]
)
def test_what_is_no_image_is_not_asked_for(name: str) -> None:
    with Loopback({}) as server:
        with pytest.raises(errors.NotFound):
            docker.releases(http_of(server), Source("docker", name))
        assert not server.requests


@pytest.mark.parametrize(
    "name", ["docker.io/library/php", "docker.io/php", "library/php", "index.docker.io/library/php"]
)
def test_docker_hub_has_many_names(name: str) -> None:
    with Loopback({"/v2/library/php/tags/list": {"tags": ["8"]}}) as server:
        assert docker.releases(http_of(server), Source("docker", name)).releases == (Release("8"),)
