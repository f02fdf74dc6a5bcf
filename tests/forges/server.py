"""What the forges' fakes share: HTTP on loopback, a request log, faults, callbacks around each write, ETags.

A forge is a subclass that answers requests:

    class SomeFake(ForgeServer):
        def answer(self, request: Request) -> Reply: ...
"""

import hashlib
import re
import socket
import struct
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler
from types import TracebackType
from typing import Literal, Self

from tests.loopback import Reply, Request, Server

NOW = datetime(2026, 11, 21, 8, tzinfo=UTC)
WRITES = frozenset({"POST", "PUT", "PATCH", "DELETE"})
#: `reset`: the connection ends before anything is done; `lost`: all is done, then it ends; `slow`: the answer comes
#: late; `half`: half of the answer comes, then the connection ends.
Failing = Literal["reset", "lost", "slow", "half"]


class Dropped(Exception):
    """Raised in a callback: the connection ends here, without an answer."""


@dataclass(frozen=True)
class Asked:
    """A request that was answered; `status` 0 stands for a connection that ended. `path` has no query."""

    method: str
    path: str
    query: str
    status: int
    conditional: bool

    @property
    def of_git(self) -> bool:
        return ".git/" in self.path


@dataclass
class Fault:
    method: str
    path: re.Pattern[str]
    what: Reply | Failing
    times: int
    after: int
    seconds: float


class _Server(Server):
    def handle_error(self, request: object, client_address: object) -> None:
        """A client that didn't wait for its answer is no error of the forge's."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)  # type: ignore[arg-type]


class ForgeServer:
    """Answers from when it is entered. `host` is `127.0.0.1:port`; `origin` has the scheme too.

    `before_write` and `after_write` are called for each write with what it is, before anything is done and once all is
    done (`POST /repos/shop/site/pulls`, `push shop/site refs/heads/a refs/heads/b`); `after_write` only for those that
    succeeded. What they raise ends the connection. They may ask the forge: no lock is held.
    `now` is the forge's clock: it moves by a second with each write, and as a test sets it.
    """

    def __init__(self) -> None:
        self.requests: list[Asked] = []
        self.before_write: Callable[[str], object] = lambda _: None
        self.after_write: Callable[[str], object] = lambda _: None
        self.now = NOW
        #: Held while a request of the API is answered.
        self.lock = threading.RLock()
        self._faults: list[Fault] = []
        self.server = _Server(_handler(self))
        self.host = f"127.0.0.1:{self.server.port}"
        self.origin = f"http://{self.host}"

    def __enter__(self) -> Self:
        self.server.begin()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.server.end()

    def answer(self, request: Request) -> Reply:
        """The answer of the forge. Raises `Dropped` to end the connection without one."""
        raise NotImplementedError

    def tick(self) -> str:
        """The time of a write: ISO 8601 in UTC with a Z, whole seconds."""
        self.now += timedelta(seconds=1)
        return stamp(self.now)

    def wait(self, until: datetime) -> None:
        """The clock goes on: what is written next is written at `until`."""
        with self.lock:
            assert until - timedelta(seconds=1) >= self.now, f"{until} is before what was written last"
            self.now = until - timedelta(seconds=1)

    def fault(
        self, method: str, path: str, what: Reply | Failing, *, times: int = 1, after: int = 0, seconds: float = 5
    ) -> None:
        """Fail the next `times` requests of a method (`*`: any) whose path and query match, once `after` of them went.

        `path` is a regular expression, searched for in what follows the host. Git's own requests can fail as well.
        `seconds` is how late a `slow` answer is.
        """
        self._faults.append(Fault(method, re.compile(path), what, times, after, seconds))

    def api_requests(self) -> list[Asked]:
        """Without those of git."""
        return [asked for asked in self.requests if not asked.of_git]

    def reply(self, request: Request) -> Reply:
        """The answer with the faults that were ordered. Raises `Dropped`."""
        fault = self._failing(request)
        try:
            reply = self._faulty(request, fault) if fault else self.answer(request)
        except Exception:
            self._log(request, 0)
            raise
        self._log(request, reply.status)
        return reply

    def _faulty(self, request: Request, fault: Fault) -> Reply:
        if isinstance(fault.what, Reply):
            return fault.what
        if fault.what == "reset":
            raise Dropped
        if fault.what == "slow":
            time.sleep(fault.seconds)
        reply = self.answer(request)
        if fault.what == "lost":
            raise Dropped
        if fault.what == "half":
            body = reply.encoded()
            return replace(reply, body=body[: len(body) // 2], length=max(len(body), 2))
        return reply

    def _failing(self, request: Request) -> Fault | None:
        where = f"{request.path}?{request.query}" if request.query else request.path
        with self.lock:
            for fault in self._faults:
                if fault.times and fault.method in ("*", request.method) and fault.path.search(where):
                    if fault.after:
                        fault.after -= 1
                        continue
                    fault.times -= 1
                    return fault
        return None

    def _log(self, request: Request, status: int) -> None:
        conditional = "if-none-match" in request.headers or "if-modified-since" in request.headers
        self.requests.append(Asked(request.method, request.path, request.query, status, conditional))


def stamp(when: datetime) -> str:
    return when.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def tagged(request: Request, reply: Reply) -> Reply:
    """A reply to a GET with its ETag; 304 without a body when the client has this one."""
    if request.method != "GET" or reply.status != 200:
        return reply
    tag = f'W/"{hashlib.sha256(reply.encoded()).hexdigest()[:32]}"'
    headers = {"ETag": tag, "Cache-Control": "max-age=0, private, must-revalidate", **reply.headers}
    given = [one.strip().removeprefix("W/") for one in request.headers.get("if-none-match", "").split(",")]
    if tag.removeprefix("W/") in given:
        return Reply(304, b"", headers)
    return replace(reply, headers=headers)


def _handler(forge: ForgeServer) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        timeout = 30
        disable_nagle_algorithm = True

        def answer(self) -> None:
            path, _, query = self.path.partition("?")
            headers = {name.lower(): value for name, value in self.headers.items()}
            try:
                reply = forge.reply(Request(self.command, path, query, headers, self._body()))
            except Dropped:
                self._reset()
                return
            except Exception:
                self._reset()
                raise
            body = reply.encoded()
            self.send_response(reply.status)
            for name, value in reply.headers.items():
                self.send_header(name, value)
            if reply.status not in (204, 304):
                self.send_header("Content-Length", str(len(body) if reply.length is None else reply.length))
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(body)
            if reply.length is not None:
                self.close_connection = True

        do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = do_HEAD = answer  # noqa: N815

        def _body(self) -> bytes:
            """Whole, also when it comes in chunks."""
            if self.headers.get("transfer-encoding", "").lower() != "chunked":
                return self.rfile.read(int(self.headers.get("content-length") or 0))
            body = b""
            while size := int(self.rfile.readline().split(b";")[0], 16):
                body += self.rfile.read(size)
                self.rfile.readline()
            while self.rfile.readline().strip():
                pass
            return body

        def _reset(self) -> None:
            """End the connection so that the client sees a reset."""
            self.close_connection = True
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self.connection.close()

        def log_message(self, *_: object) -> None:
            pass

    return Handler
