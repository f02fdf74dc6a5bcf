import gzip
import hashlib
import socket
import ssl
import subprocess
import sys
import threading
import zlib
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from email.utils import formatdate
from pathlib import Path

import pytest

from maintainer.credentials import Credential, Credentials, basic, bearer
from maintainer.errors import AccessDenied, BadAnswer, ConfigurationError, MaintainerError, NotFound, Unreachable
from maintainer.http import Http
from tests.loopback import Loopback, Reply, Request, raw

SECRET = "s3cr3t-t0ken"

#: Addresses that were connected to, as the interpreter itself tells.
CONNECTED: list[tuple[str, int]] = []


def _audit(event: str, arguments: tuple[object, ...]) -> None:
    if event == "socket.connect" and isinstance(arguments[1], tuple):
        CONNECTED.append(arguments[1][:2])


sys.addaudithook(_audit)


class Slept:
    """A `sleep` that remembers instead."""

    def __init__(self) -> None:
        self.seconds: list[float] = []

    def __call__(self, seconds: float) -> None:
        self.seconds.append(seconds)


def refused_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def in_turn(*replies: object) -> Callable[[Request], object]:
    """One after another, the last one for ever."""
    left = list(replies)
    return lambda _: left.pop(0) if len(left) > 1 else left[0]


# --- answers ---------------------------------------------------------------------------------------------------------


def test_an_answer_has_lower_case_headers_and_an_address_without_query() -> None:
    with Loopback({"/a": Reply(200, {"name": "a"}, {"X-Thing": "1"})}) as server:
        answer = Http().get(server.url + "/a?token=" + SECRET)
        assert (answer.status, answer.json(), answer.headers["x-thing"]) == (200, {"name": "a"}, "1")
        assert answer.url == server.url + "/a"
        assert server.requests[0].query == "token=" + SECRET
        assert server.requests[0].headers["user-agent"].startswith("maintainer/")


def test_connections_are_kept() -> None:
    with Loopback({"/a": "a"}) as server:
        http = Http()
        for _ in range(5):
            http.get(server.url + "/a")
        assert CONNECTED.count(("127.0.0.1", server.port)) == 1


@pytest.mark.parametrize(
    ("status", "error"),
    [
        (404, NotFound),
        (410, NotFound),
        (401, AccessDenied),
        (403, AccessDenied),
        (400, BadAnswer),
        (418, BadAnswer),
        (304, BadAnswer),
        (500, Unreachable),
        (501, Unreachable),
        (503, Unreachable),
    ],
)
def test_a_status_means_an_error(status: int, error: type[MaintainerError]) -> None:
    with Loopback({"/a": Reply(status, "" if status == 304 else "no")}) as server, pytest.raises(error) as caught:
        Http(sleep=Slept()).get(server.url + "/a?key=" + SECRET)
    assert server.host in str(caught.value)
    assert SECRET not in str(caught.value)


def test_what_is_not_found_carries_the_answer() -> None:
    with Loopback({"/a": Reply(404, {"error": "closed"})}) as server, pytest.raises(NotFound) as caught:
        Http().get(server.url + "/a")
    assert caught.value.answer.json() == {"error": "closed"}


@pytest.mark.parametrize("body", [b"<html>", b"", b'{"a": ', b"\xff\xfe", b"[" * 100_000, b"9" * 10_000])
def test_what_is_no_json_is_a_bad_answer(body: bytes) -> None:
    with Loopback({"/a": body}) as server, pytest.raises(BadAnswer, match=r"no JSON"):
        Http().get(server.url + "/a").json()


def test_json_that_is_no_object_is_a_bad_answer() -> None:
    with Loopback({"/a": [1]}) as server, pytest.raises(BadAnswer, match="no object"):
        Http().get(server.url + "/a").table()


@pytest.mark.parametrize(
    "url", ["file:///etc/passwd", "ftp://a.example/", "/a", "", "http://", "http://[::1", "http://a:x/"]
)
def test_only_http_addresses_are_fetched(url: str) -> None:
    with pytest.raises(BadAnswer):
        Http().get(url)


# --- bodies ----------------------------------------------------------------------------------------------------------


def test_gzip_is_asked_for_and_unpacked() -> None:
    packed = gzip.compress(b'{"a":') + gzip.compress(b"1}")
    with Loopback({"/a": Reply(200, packed, {"content-encoding": "gzip"})}) as server:
        assert Http().get(server.url + "/a").json() == {"a": 1}
        assert server.requests[0].headers["accept-encoding"] == "gzip"


def test_a_gzip_bomb_stops_at_the_limit() -> None:
    bomb = gzip.compress(b"\0" * 50_000_000)
    with (
        Loopback({"/a": Reply(200, bomb, {"content-encoding": "gzip"})}) as server,
        pytest.raises(BadAnswer, match="more than the 1 MiB"),
    ):
        Http().get(server.url + "/a", limit=1024 * 1024)


@pytest.mark.parametrize("body", [b"not gzip", gzip.compress(b"a" * 1000, mtime=0)[:-9], zlib.compress(b"a")[:-1]])
def test_damaged_gzip_is_a_bad_answer(body: bytes) -> None:
    with Loopback({"/a": Reply(200, body, {"content-encoding": "gzip"})}) as server, pytest.raises(BadAnswer):
        Http().get(server.url + "/a")


def test_an_encoding_not_asked_for_is_a_bad_answer() -> None:
    with Loopback({"/a": Reply(200, b"x", {"content-encoding": "br"})}) as server, pytest.raises(BadAnswer, match="br"):
        Http().get(server.url + "/a")


def test_a_huge_answer_is_cut_off() -> None:
    with Loopback({"/a": b"x" * 3_000_000}) as server, pytest.raises(BadAnswer, match="more than"):
        Http().get(server.url + "/a", limit=1024 * 1024)


def test_an_endless_answer_is_cut_off() -> None:
    def endless(connection: socket.socket) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n")
        try:
            while True:
                connection.sendall(b"x" * 100_000)
        except OSError:
            pass

    with raw(endless) as url, pytest.raises(BadAnswer, match="more than"):
        Http().get(url + "/a", limit=1024 * 1024)


def test_a_truncated_answer_is_asked_for_again() -> None:
    with Loopback({"/a": in_turn(Reply(200, b"half", length=8), b"complete")}) as server:
        assert Http(sleep=Slept()).get(server.url + "/a").body == b"complete"
        assert len(server.requests) == 2


def test_answers_truncated_for_ever_make_a_host_unreachable() -> None:
    with Loopback({"/a": Reply(200, b"half", length=8)}) as server, pytest.raises(Unreachable, match="4 tries"):
        Http(sleep=Slept()).get(server.url + "/a")
    assert len(server.requests) == 4


def test_what_is_no_http_makes_a_host_unreachable() -> None:
    with raw(lambda connection: connection.sendall(b"SSH-2.0-x\r\n\r\n")) as url, pytest.raises(Unreachable):
        Http(sleep=Slept()).get(url + "/a")


# --- trying again ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("status", [500, 502, 503, 504, 408, 429])
def test_a_passing_failure_is_tried_again_after_a_growing_random_time(status: int) -> None:
    slept = Slept()
    with Loopback({"/a": in_turn(Reply(status), Reply(status), "fine")}) as server:
        assert Http(sleep=slept).get(server.url + "/a").text() == "fine"
    assert len(slept.seconds) == 2
    assert slept.seconds[0] <= 0.5
    assert slept.seconds[1] <= 1


def test_retry_after_is_obeyed_in_seconds_and_as_a_date() -> None:
    slept = Slept()
    replies = in_turn(
        Reply(429, headers={"Retry-After": "7"}),
        Reply(503, headers={"Retry-After": formatdate(1_000_030, usegmt=True)}),
        "fine",
    )
    with Loopback({"/a": replies}) as server:
        http = Http(sleep=slept, clock=lambda: 1_000_000)
        assert http.get(server.url + "/a").text() == "fine"
    assert [round(seconds) for seconds in slept.seconds] == [7, 30]


@pytest.mark.parametrize("stated", ["soon", "-5", "99999999999999999999", "Mon, 99 Foo", "²"])
def test_an_odd_retry_after_breaks_nothing(stated: str) -> None:
    with Loopback(
        {"/a": in_turn(Reply(429, headers={"Retry-After": stated.encode().decode("latin-1")}), "fine")}
    ) as server:
        try:
            assert Http(sleep=Slept()).get(server.url + "/a").text() == "fine"
        except Unreachable as error:
            assert "no more requests" in str(error)


@pytest.mark.parametrize(
    ("status", "headers"),
    [
        (429, {"Retry-After": "3600"}),
        (403, {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "1003600"}),
        (429, {"RateLimit-Remaining": "0", "RateLimit-Reset": "3600"}),
    ],
)
def test_a_limit_that_lasts_is_said_and_not_waited_for(status: int, headers: dict[str, str]) -> None:
    slept = Slept()
    with Loopback({"/a": Reply(status, headers=headers)}) as server:
        http = Http(sleep=slept, clock=lambda: 1_000_000_000)
        headers = {name: value.replace("1003600", "1000003600") for name, value in headers.items()}
        server.answers["/a"] = Reply(status, headers=headers)
        for _ in range(3):
            with pytest.raises(Unreachable, match=r"no more requests for 60 min"):
                http.get(server.url + "/a")
        assert len(server.requests) == 1
    assert slept.seconds == []


def test_one_broken_package_leaves_its_host_usable() -> None:
    with Loopback({"/bad": Reply(500), "/good": "fine"}) as server:
        http = Http(sleep=Slept(), retries=0)
        for _ in range(6):
            with pytest.raises(Unreachable, match="500"):
                http.get(server.url + "/bad")
            assert http.get(server.url + "/good").text() == "fine"


def test_a_host_that_fails_whatever_is_asked_is_left_alone() -> None:
    with Loopback({"/bad": Reply(503)}) as server:
        http = Http(sleep=Slept(), retries=1)
        for _ in range(10):
            with pytest.raises(Unreachable):
                http.get(server.url + "/bad")
        assert len(server.requests) == 6


def test_a_silent_host_is_given_up() -> None:
    release = threading.Event()

    def silent(_: socket.socket) -> None:
        release.wait(5)

    with raw(silent) as url:
        http = Http(sleep=Slept(), seconds=0.1)
        with pytest.raises(Unreachable, match="did not answer"):
            http.get(url + "/a")
        with pytest.raises(Unreachable):
            http.get(url + "/a")
        release.set()


def test_posts_are_sent_once_unless_they_may_be_repeated() -> None:
    with Loopback({"/a": in_turn(Reply(503), {"done": True})}) as server:
        with pytest.raises(Unreachable):
            Http(sleep=Slept()).post(server.url + "/a", {"n": 1})
        assert len(server.requests) == 1
        assert Http(sleep=Slept()).post(server.url + "/a", {"n": 1}, idempotent=True).json() == {"done": True}
        assert server.requests[1].body == b'{"n": 1}'
        assert server.requests[1].headers["content-type"] == "application/json"


# --- hosts that are down ---------------------------------------------------------------------------------------------


def test_a_host_that_refuses_is_left_alone_once_that_is_known() -> None:
    port = refused_port()
    slept = Slept()
    http = Http(sleep=slept)

    def attempt(number: int) -> str:
        try:
            http.get(f"http://127.0.0.1:{port}/{number}")
        except Unreachable as error:
            return str(error)
        raise AssertionError

    with ThreadPoolExecutor(16) as pool:
        messages = set(pool.map(attempt, range(100)))
    assert CONNECTED.count(("127.0.0.1", port)) <= 16, "as many as ask before the first is refused"
    assert messages == {
        f"127.0.0.1:{port} refuses the connection. Check the address, the network and the proxy; it is not asked again."
    }
    assert slept.seconds == []


def test_a_name_that_does_not_resolve_is_down_for_the_run() -> None:
    http = Http(sleep=Slept())
    for _ in range(2):
        with pytest.raises(Unreachable, match=r"registry\.invalid does not resolve"):
            http.get("http://registry.invalid/a")


def test_one_host_that_is_down_costs_no_other() -> None:
    with Loopback({"/a": "a"}) as server:
        http = Http()
        with pytest.raises(Unreachable):
            http.get(f"http://127.0.0.1:{refused_port()}/a")
        assert http.get(server.url + "/a").text() == "a"


def test_as_many_calls_as_allowed_go_to_one_host_at_once() -> None:
    state = {"now": 0, "most": 0}
    lock = threading.Lock()
    full = threading.Barrier(8, timeout=10)

    def busy(_: Request) -> str:
        with lock:
            state["now"] += 1
            state["most"] = max(state["most"], state["now"])
        full.wait()
        with lock:
            state["now"] -= 1
        return "a"

    with Loopback({"/warm": "a", "/a": busy}) as server:
        http = Http(per_host=8)
        http.get(server.url + "/warm")
        with ThreadPoolExecutor(24) as pool:
            list(pool.map(lambda _: http.get(server.url + "/a"), range(24)))
    assert state["most"] == 8


# --- redirects and credentials ---------------------------------------------------------------------------------------


def test_redirects_are_followed_to_a_limit() -> None:
    answers: dict[str, object] = {f"/{n}": Reply(302, headers={"location": f"/{n + 1}"}) for n in range(7)}
    with Loopback(answers | {"/7": "end"}) as server:
        assert Http().get(server.url + "/2").text() == "end"
        with pytest.raises(BadAnswer, match="more than 5 times"):
            Http().get(server.url + "/1")


@pytest.mark.parametrize("location", ["file:///etc/passwd", "http://[", "ftp://x/", "//"])
def test_a_redirect_to_elsewhere_than_http_is_a_bad_answer(location: str) -> None:
    with Loopback({"/a": Reply(302, headers={"location": location})}) as server, pytest.raises(BadAnswer):
        Http().get(server.url + "/a")


def test_credentials_stay_with_their_host() -> None:
    with Loopback({"/a": "other"}) as other:
        with Loopback({"/a": Reply(307, headers={"location": other.url + "/a"})}) as server:
            http = Http(credentials=Credentials([Credential(server.host, bearer(SECRET))]))
            assert http.get(server.url + "/a", headers={"X-Key": SECRET, "Accept": "text/x"}).text() == "other"
            assert server.requests[0].headers["authorization"] == "Bearer " + SECRET
        assert SECRET not in str(other.requests[0].headers)
        assert other.requests[0].headers["accept"] == "text/x"


def test_the_other_hosts_own_credentials_are_used_there() -> None:
    with (
        Loopback({"/a": "other"}) as other,
        Loopback({"/a": Reply(302, headers={"location": other.url + "/a"})}) as server,
    ):
        http = Http(credentials=Credentials([Credential(other.host, {"x-own": "1"})]))
        http.get(server.url + "/a")
        assert other.requests[0].headers["x-own"] == "1"


def test_credentials_cover_a_path_and_what_is_below() -> None:
    credentials = Credentials(
        [
            Credential("registry.example", bearer("all")),
            Credential("registry.example", bearer("team"), "/team/"),
            Credential("registry.example:8443", bearer("port")),
            Credential("machine.example", bearer("netrc"), any_port=True),
        ]
    )

    def sent(scheme: str, host: str, port: int | None, path: str) -> str | None:
        return credentials.headers(scheme, host, port, path).get("authorization")

    assert sent("https", "registry.example", None, "/x") == "Bearer all"
    assert sent("https", "registry.example", 443, "/team/x") == "Bearer team"
    assert sent("https", "registry.example", None, "/teamwork") == "Bearer all"
    assert sent("https", "registry.example", 8443, "/") == "Bearer port"
    assert sent("https", "machine.example", 8443, "") == "Bearer netrc"
    assert sent("http", "registry.example", None, "/x") is None
    assert sent("https", "evil-registry.example", None, "/x") is None


def test_userinfo_of_an_address_is_sent_and_not_shown() -> None:
    with Loopback({}) as server, pytest.raises(NotFound) as caught:
        Http().get(f"http://me:{SECRET}@{server.host}/a")
    assert server.requests[0].headers["authorization"] == basic("me", SECRET)["authorization"]
    assert SECRET not in str(caught.value)
    assert SECRET not in repr(caught.value.answer)


def test_a_refusal_says_whether_credentials_were_sent() -> None:
    with Loopback({"/a": Reply(401)}) as server:
        with pytest.raises(AccessDenied, match="wants credentials"):
            Http().get(server.url + "/a")
        http = Http(credentials=Credentials([Credential(server.host, bearer(SECRET))]))
        with pytest.raises(AccessDenied, match="refuses the credentials") as caught:
            http.get(server.url + "/a")
        assert SECRET not in str(caught.value)


def test_secrets_have_no_repr() -> None:
    assert SECRET not in repr(Credential("registry.example", bearer(SECRET)))


# --- the cache -------------------------------------------------------------------------------------------------------


def conditional(request: Request) -> Reply:
    if request.headers.get("if-none-match") == '"1"':
        return Reply(304, headers={"etag": '"1"'})
    return Reply(200, {"n": 1}, {"etag": '"1"', "content-type": "application/json"})


def test_an_answer_that_did_not_change_is_not_sent_again(tmp_path: Path) -> None:
    with Loopback({"/a": conditional}) as server:
        first = Http(cache=tmp_path).get(server.url + "/a")
        again = Http(cache=tmp_path).get(server.url + "/a")
        assert first.json() == again.json() == {"n": 1}
        assert again.status == 200
        assert again.headers["content-type"] == "application/json"
        assert server.requests[1].headers["if-none-match"] == '"1"'


def test_last_modified_is_a_condition_too(tmp_path: Path) -> None:
    day = "Wed, 21 Oct 2015 07:28:00 GMT"
    seen = in_turn(Reply(200, "a", {"last-modified": day}), Reply(304))
    with Loopback({"/a": seen}) as server:
        for _ in range(2):
            assert Http(cache=tmp_path).get(server.url + "/a").text() == "a"
        assert server.requests[1].headers["if-modified-since"] == day


def test_a_fresh_answer_is_not_asked_for_but_for_ten_minutes_at_most(tmp_path: Path) -> None:
    now = [1000.0]
    with Loopback({"/a": Reply(200, "a", {"cache-control": "public, max-age=86400"})}) as server:
        http = Http(cache=tmp_path, clock=lambda: now[0])
        http.get(server.url + "/a")
        now[0] += 590
        http.get(server.url + "/a")
        assert len(server.requests) == 1
        now[0] += 20
        http.get(server.url + "/a")
        assert len(server.requests) == 2


def test_freshness_is_renewed_by_a_304(tmp_path: Path) -> None:
    now = [1000.0]
    headers = {"etag": '"1"', "cache-control": "max-age=60"}
    with Loopback({"/a": in_turn(Reply(200, "a", headers), Reply(304, headers=headers))}) as server:
        http = Http(cache=tmp_path, clock=lambda: now[0])
        for seconds in (0, 70, 10):
            now[0] += seconds
            assert http.get(server.url + "/a").text() == "a"
        assert len(server.requests) == 2


@pytest.mark.parametrize(
    "headers", [{"etag": '"1"', "cache-control": "no-store"}, {"etag": '"1"', "vary": "*"}, {"x-nothing": "to ask by"}]
)
def test_what_must_not_or_cannot_be_kept_is_not(tmp_path: Path, headers: dict[str, str]) -> None:
    with Loopback({"/a": Reply(200, "a", headers)}) as server:
        Http(cache=tmp_path).get(server.url + "/a")
    assert [path for path in tmp_path.rglob("*") if path.is_file() and path.name != "key"] == []


def test_answers_to_different_credentials_and_accepts_are_kept_apart(tmp_path: Path) -> None:
    def own(request: Request) -> Reply:
        who = request.headers.get("authorization", "") + request.headers.get("accept", "")
        return Reply(200, who, {"cache-control": "max-age=600"})

    with Loopback({"/a": own}) as server:
        seen = []
        for token, accept in [("one", "x"), ("two", "x"), ("one", "y"), ("one", "x")]:
            http = Http(cache=tmp_path, credentials=Credentials([Credential(server.host, bearer(token))]))
            seen.append(http.get(server.url + "/a", headers={"accept": accept}).text())
        assert seen == ["Bearer onex", "Bearer twox", "Bearer oney", "Bearer onex"]
        assert len(server.requests) == 3


def test_the_cache_tells_no_address_and_no_token_and_is_private(tmp_path: Path) -> None:
    folder = tmp_path / "cache"
    with Loopback({"/secret-package": Reply(200, "body", {"etag": '"1"'})}) as server:
        http = Http(cache=folder, credentials=Credentials([Credential(server.host, bearer(SECRET))]))
        http.get(f"{server.url}/secret-package?token={SECRET}")
    files = [path for path in folder.rglob("*") if path.is_file()]
    assert len(files) == 2
    for path in files:
        assert path.stat().st_mode & 0o777 == 0o600
        assert path.parent.stat().st_mode & 0o077 == 0
        content = path.read_bytes()
        assert SECRET.encode() not in content
        assert b"secret-package" not in content
        assert hashlib.sha256(SECRET.encode()).hexdigest().encode() not in content


@pytest.mark.parametrize(
    "damage", [b"", b"{}\n", b"[]\nx", b"\x00\xff", b'{"until": "x", "headers": {}, "check": 0}\n']
)
def test_a_damaged_entry_is_fetched_anew(tmp_path: Path, damage: bytes) -> None:
    with Loopback({"/a": conditional}) as server:
        Http(cache=tmp_path).get(server.url + "/a")
        for path in tmp_path.rglob("??/*"):
            path.write_bytes(damage)
        assert Http(cache=tmp_path).get(server.url + "/a").json() == {"n": 1}
        assert "if-none-match" not in server.requests[1].headers


def test_a_body_that_was_changed_on_disk_is_fetched_anew(tmp_path: Path) -> None:
    with Loopback({"/a": conditional}) as server:
        Http(cache=tmp_path).get(server.url + "/a")
        for path in tmp_path.rglob("??/*"):
            path.write_bytes(path.read_bytes().replace(b'"n"', b'"m"'))
        assert Http(cache=tmp_path).get(server.url + "/a").json() == {"n": 1}


def test_a_folder_that_can_not_be_written_costs_nothing(tmp_path: Path) -> None:
    (tmp_path / "cache").write_text("a file")
    with Loopback({"/a": conditional}) as server:
        assert Http(cache=tmp_path / "cache").get(server.url + "/a").json() == {"n": 1}


def test_the_cache_stays_within_its_size(tmp_path: Path) -> None:
    from maintainer.http_cache import PRUNE_EVERY, Cache

    cache = Cache(tmp_path, limit=200_000)
    for number in range(PRUNE_EVERY + 1):
        cache.store(cache.key(str(number), {}), {"etag": "1"}, b"x" * 1000, 0)
    kept = sum(path.stat().st_size for path in tmp_path.rglob("??/*"))
    assert 0 < kept <= 200_000
    assert cache.find(cache.key(str(PRUNE_EVERY), {}))


# --- downloads -------------------------------------------------------------------------------------------------------


def test_a_download_is_written_and_digested(tmp_path: Path) -> None:
    content = bytes(range(256)) * 5000
    with Loopback({"/a.zip": content, "/old": Reply(301, headers={"location": "/a.zip"})}) as server:
        digests = Http().download(server.url + "/old", tmp_path / "a.zip", limit=2_000_000)
        assert (tmp_path / "a.zip").read_bytes() == content
        assert digests["sha256"] == hashlib.sha256(content).hexdigest()
        assert digests["md5"] == hashlib.md5(content).hexdigest()
        assert sorted(digests) == ["md5", "sha1", "sha256", "sha512"]
        assert server.requests[0].headers["accept-encoding"] == "identity"


def test_a_truncated_download_is_started_anew(tmp_path: Path) -> None:
    with Loopback({"/a": in_turn(Reply(200, b"ha", length=4), b"half")}) as server:
        digests = Http(sleep=Slept()).download(server.url + "/a", tmp_path / "a", limit=100)
    assert (tmp_path / "a").read_bytes() == b"half"
    assert digests["sha1"] == hashlib.sha1(b"half").hexdigest()


def test_a_download_over_its_limit_is_a_bad_answer(tmp_path: Path) -> None:
    with Loopback({"/a": b"x" * 5000}) as server, pytest.raises(BadAnswer):
        Http().download(server.url + "/a", tmp_path / "a", limit=4999)


def test_a_download_that_does_not_exist_is_not_found(tmp_path: Path) -> None:
    with Loopback({}) as server, pytest.raises(NotFound):
        Http().download(server.url + "/a", tmp_path / "a", limit=4999)


# --- addresses, proxies, TLS -----------------------------------------------------------------------------------------


def test_a_configured_base_goes_before_the_default() -> None:
    asked = []

    def lazily() -> str:
        asked.append(1)
        return "https://lazy.example/ https://second.example"

    http = Http(bases={"packagist": "https://mirror.example/composer/", "pypi": lazily, "empty": ""})
    assert http.base("packagist", "https://usual.example") == "https://mirror.example/composer"
    assert http.base("docker", "https://usual.example/") == "https://usual.example"
    assert asked == []
    assert http.base("pypi", "") == "https://lazy.example"
    assert http.all_bases("pypi") == ["https://lazy.example", "https://second.example"]
    assert asked == [1]
    with pytest.raises(ConfigurationError, match="MAINTAINER_PYPI_JSON_URL"):
        http.base("pypi-json", "")


def test_once_is_once_for_all_threads() -> None:
    calls: list[int] = []
    start = threading.Barrier(8)
    http = Http()

    def find() -> int:
        calls.append(1)
        return 7

    def ask(_: int) -> int:
        start.wait()
        return http.once("key", find)

    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(ask, range(8))) == [7] * 8
    assert calls == [1]


def test_what_once_raises_is_raised_for_all() -> None:
    http = Http()

    def find() -> int:
        raise NotFound("no such thing")

    for _ in range(2):
        with pytest.raises(NotFound):
            http.once("key", find)


def test_a_proxy_is_used_but_not_for_what_no_proxy_names() -> None:
    with Loopback({"http://packages.example/a": "by proxy"}) as proxy, Loopback({"/a": "direct"}) as server:
        environment = {
            "http_proxy": f"http://me:{SECRET}@{proxy.host}",
            "NO_PROXY": "localhost, 127.0.0.0/8,.intern.example",
        }
        http = Http(environment=environment)
        assert http.get("http://packages.example/a").text() == "by proxy"
        assert proxy.requests[0].headers["proxy-authorization"] == basic("me", SECRET)["authorization"]
        assert http.get(server.url + "/a").text() == "direct"


def test_a_proxy_that_is_down_is_said() -> None:
    http = Http(environment={"HTTPS_PROXY": f"http://127.0.0.1:{refused_port()}"}, sleep=Slept())
    with pytest.raises(Unreachable, match=r"registry\.example can't be reached through the proxy"):
        http.get("https://registry.example/a")


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("tls") / "own.pem"
    asked = "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=localhost"
    named = "subjectAltName=DNS:localhost,IP:127.0.0.1"
    subprocess.run(
        ["openssl", *asked.split(), "-addext", named, "-keyout", str(path), "-out", str(path) + ".crt"],
        check=True,
        capture_output=True,
    )
    path.write_bytes(path.read_bytes() + Path(str(path) + ".crt").read_bytes())
    return path


def test_tls_trusts_the_system_and_a_ca_of_ones_own(certificate: Path) -> None:
    with Loopback({"/plain": "a"}) as plain:
        location = {"location": plain.url + "/plain"}
        with Loopback({"/a": "safe", "/down": Reply(302, headers=location)}, certificate=certificate) as server:
            for http in (Http(ca=certificate), Http(environment={"SSL_CERT_FILE": str(certificate)})):
                assert http.get(server.url + "/a").text() == "safe"
            with pytest.raises(Unreachable, match="SSL_CERT_FILE"):
                Http(sleep=Slept()).get(server.url + "/a")
            with pytest.raises(BadAnswer, match="HTTPS to plain HTTP"):
                Http(ca=certificate).get(server.url + "/down")
        assert plain.requests == []


def test_a_ca_file_that_holds_none_is_a_configuration_error(tmp_path: Path) -> None:
    (tmp_path / "ca.pem").write_text("nothing")
    with pytest.raises(ConfigurationError, match=r"ca\.pem"):
        Http(ca=tmp_path / "ca.pem").get("https://registry.invalid/a")


def test_ssl_context_verifies_by_default() -> None:
    from maintainer.http_pools import Pools

    context = Pools({}, None, 1).trust
    assert context.verify_mode == ssl.CERT_REQUIRED
    assert context.check_hostname
