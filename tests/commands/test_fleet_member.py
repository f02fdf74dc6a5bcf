"""Look-ups shared by sites: one question once, answers whole, and nothing between sites that would ask otherwise."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from maintainer.commands import fleet_member
from maintainer.commands.fleet_member import Lookups
from maintainer.credentials import Credential, Credentials, bearer
from maintainer.errors import NotFound, Unreachable
from maintainer.http import Http
from tests.loopback import Loopback, Reply, Request


def opened(lookups: Lookups, surroundings: object = "same", token: str = "") -> Http:
    mine = [Credential("127.0.0.1", bearer(token), any_port=True)] if token else []
    return lookups.open(surroundings, Credentials(mine), environment={}, retries=0)


def test_many_threads_of_many_sites_ask_once_and_read_it_whole() -> None:
    bodies = {f"/{n}": bytes([n]) * (n * 10_000) for n in range(1, 20)}
    with Loopback(bodies) as server:
        lookups = Lookups(Credentials())
        asked = [path for path in bodies for _ in range(20)]
        with ThreadPoolExecutor(32) as pool:
            got = list(pool.map(lambda path: opened(lookups).get(server.url + path).body, asked))
        assert got == [bodies[path] for path in asked]
        assert sorted(server.paths()) == sorted(bodies)
        assert lookups.sent() == len(bodies)


def test_headers_are_part_of_the_question() -> None:
    with Loopback({"/a": lambda request: request.headers.get("accept", "")}) as server:
        http = opened(Lookups(Credentials()))
        assert [http.get(f"{server.url}/a", headers={"accept": word}).text() for word in "xyx"] == ["x", "y", "x"]
        assert len(server.requests) == 2


def test_other_surroundings_are_other_questions() -> None:
    with Loopback({"/a": lambda request: request.headers.get("authorization", "nobody")}) as server:
        lookups = Lookups(Credentials())
        words = [("one", "s3cret"), ("two", ""), ("one", "s3cret")]
        got = [opened(lookups, known, token).get(f"{server.url}/a").text() for known, token in words]
        assert got == ["Bearer s3cret", "nobody", "Bearer s3cret"]
        assert len(server.requests) == 2


def test_the_fleets_credentials_are_for_their_host_alone() -> None:
    with Loopback({"/a": lambda request: request.headers.get("authorization", "nobody")}) as server:
        for host, said in (("127.0.0.1", "Bearer fleet"), ("api.github.example", "nobody")):
            fleets = Credentials([Credential(host, bearer("fleet"), any_port=True)])
            assert opened(Lookups(fleets)).get(f"{server.url}/a").text() == said


def test_what_does_not_exist_is_not_asked_for_again_and_what_passes_is() -> None:
    def down_once(request: Request) -> Reply:
        return Reply(200, b"up") if server.paths().count("/down") > 1 else Reply(503)

    with Loopback({"/down": down_once}) as server:
        http = opened(Lookups(Credentials()))
        for _ in range(2):
            with pytest.raises(NotFound) as caught:
                http.get(f"{server.url}/none")
            assert caught.value.answer.status == 404
        with pytest.raises(Unreachable):
            http.get(f"{server.url}/down")
        assert http.get(f"{server.url}/down").body == b"up"
        assert server.paths() == ["/none", "/down", "/down"]


def test_equal_batches_are_one_and_what_changes_something_is_none() -> None:
    with Loopback({"/q": {"ok": True}}) as server:
        http = opened(Lookups(Credentials()))
        for body in ({"a": 1}, {"a": 1}, {"a": 2}):
            assert http.post(f"{server.url}/q", body, idempotent=True).json() == {"ok": True}
        assert len(server.requests) == 2
        for _ in range(2):
            http.post(f"{server.url}/q", {"a": 1})
        assert len(server.requests) == 4


def test_when_no_more_can_be_kept_each_site_asks(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(fleet_member, "MOST_KEPT", 10)
    with Loopback({"/a": b"x" * 8, "/b": b"y" * 8}) as server:
        http = opened(Lookups(Credentials()))
        assert [http.get(server.url + path).body for path in ("/a", "/b", "/a", "/b")] == [b"x" * 8, b"y" * 8] * 2
