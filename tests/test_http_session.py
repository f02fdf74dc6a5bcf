"""The forges' SDKs speak through `Http`: its cache, its retries, its sentences, and nobody's credentials but theirs."""

import base64
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from requests import Session

from maintainer import errors
from maintainer.credentials import Credential, Credentials, bearer
from maintainer.http import Http
from maintainer.http_session import session
from tests.loopback import Loopback, Reply, Request

TOKEN = "ghp_S3cretOfTheForge"


def opened(server: Loopback, cache: Path | None = None) -> Session:
    ambient = Credentials([Credential(server.host, bearer("of-a-look-up"))])
    return session(Http(credentials=ambient, cache=cache, sleep=lambda _: None))


def tagged(request: Request) -> Reply:
    headers = {"etag": '"1"', "cache-control": "private, max-age=60"}
    if request.headers.get("if-none-match") == '"1"':
        return Reply(304, headers=headers)
    return Reply(200, [1, 2], headers)


def test_a_list_is_asked_for_each_time_and_answered_from_the_cache_when_nothing_changed(tmp_path: Path) -> None:
    with Loopback({"/pulls": tagged}) as server:
        for _ in range(2):
            answer = opened(server, tmp_path).get(server.url + "/pulls", headers={"Authorization": f"token {TOKEN}"})
            assert (answer.status_code, answer.json()) == (200, [1, 2])
        assert [request.headers.get("if-none-match") for request in server.requests] == [None, '"1"']
    kept = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
    assert TOKEN.encode() not in kept and b"/pulls" not in kept


def test_who_we_are_is_the_clients_to_say() -> None:
    with Loopback({"/user": {"login": "bot"}}) as server:
        opened(server).get(server.url + "/user", headers={"PRIVATE-TOKEN": TOKEN})
        opened(server).get(server.url + "/user")
        seen = [(r.headers.get("private-token"), r.headers.get("authorization")) for r in server.requests]
    assert seen == [(TOKEN, None), (None, None)]


def failing_once(status: int, **headers: str) -> Callable[[Request], Reply]:
    replies = [Reply(status, b"{}", headers)]
    return lambda request: replies.pop() if replies else Reply(201, {"number": 1})


@pytest.mark.parametrize(
    ("method", "status", "headers", "calls"),
    [
        ("POST", 502, {}, 1),
        ("POST", 503, {"retry-after": "0"}, 1),
        ("POST", 429, {"retry-after": "0"}, 2),
        ("POST", 429, {}, 2),
        ("POST", 403, {"retry-after": "0"}, 2),
        ("PATCH", 502, {}, 2),
        ("DELETE", 500, {}, 2),
    ],
)
def test_what_may_have_happened_is_not_done_twice(
    method: str, status: int, headers: dict[str, str], calls: int
) -> None:
    with Loopback({"/pulls": failing_once(status, **headers)}) as server:
        try:
            answer = opened(server).request(method, server.url + "/pulls", data="{}")
            assert answer.status_code == 201
        except errors.Unreachable as error:
            assert calls == 1 and str(status) in str(error)
        assert len(server.requests) == calls


def test_a_refusal_is_the_callers_to_read_and_an_outage_a_sentence() -> None:
    answers = {"/no": Reply(403, {"message": "Resource not accessible"}), "/down": Reply(503)}
    with Loopback(answers) as server:
        assert opened(server).get(server.url + "/no").json() == {"message": "Resource not accessible"}
        with pytest.raises(errors.Unreachable, match="answered 503"):
            opened(server).get(server.url + "/down")
    with pytest.raises(errors.Unreachable, match="refuses the connection"):
        opened(server).get(server.url + "/no")


def test_the_body_goes_out_and_the_environment_stays_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://proxy.example:1")
    echoed = {"/echo": lambda request: {"sent": base64.b64encode(request.body).decode()}}
    with Loopback(echoed) as server:
        answer = opened(server).post(server.url + "/echo", json={"title": "Zażółć"})
    assert json.loads(base64.b64decode(answer.json()["sent"])) == {"title": "Zażółć"}
