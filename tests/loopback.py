"""A real HTTP server on loopback that gives documented answers.

with Loopback({"/a": {"name": "a"}, "/b": lambda request: Reply(503)}) as server:
    Http().get(server.url + "/a")
    assert server.requests[0].path == "/a"
"""

import json
import socket
import ssl
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import TracebackType
from typing import Any


@dataclass(frozen=True)
class Request:
    """`path` without the query; header names in lower case."""

    method: str
    path: str
    query: str
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True)
class Reply:
    """`length` states another Content-Length than the body's."""

    status: int = 200
    body: bytes | str | Any = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    length: int | None = None

    def encoded(self) -> bytes:
        if isinstance(self.body, bytes):
            return self.body
        return (self.body if isinstance(self.body, str) else json.dumps(self.body)).encode()


#: JSON of anything, text, bytes, a Reply, or what makes one of these of a Request.
Served = Any | Reply | Callable[[Request], Any]


class Server(ThreadingHTTPServer):
    """On a free port of loopback; it answers between `begin` and `end`, each connection in a thread."""

    daemon_threads = True
    #: Python's 5 makes the sixth of many threads that connect at once wait a second.
    request_queue_size = 256

    def __init__(self, handler: type[BaseHTTPRequestHandler]) -> None:
        super().__init__(("127.0.0.1", 0), handler)
        self.port: int = self.server_address[1]
        self._accepting = threading.Thread()

    def begin(self) -> None:
        """Raises RuntimeError where it answers already: of two threads that accept, one would outlive `end`."""
        if self._accepting.is_alive():
            raise RuntimeError(f"the server at {self.port} answers already")
        self._accepting = threading.Thread(target=self.serve_forever, args=(0.02,), daemon=True)
        self._accepting.start()

    def pause(self) -> None:
        """Accept nothing more until `begin`."""
        self.shutdown()
        self._accepting.join()

    def end(self) -> None:
        self.pause()
        self.server_close()

    def get_request(self) -> tuple[socket.socket, Any]:
        """A connection to another server is dropped, for its client to try again: it can only be here because this
        one's listener was closed behind its back, and the other's got its number."""
        connection, address = super().get_request()
        if connection.getsockname()[1] != self.port:
            print(f"{self} at {self.port} got a connection to {connection.getsockname()}", file=sys.stderr)
            connection.close()
            raise OSError
        return connection, address


class Loopback:
    """Serves `answers` by path, or by path and query where that is a key; 404 for all else. Both may grow meanwhile.

    With a `certificate` (PEM, key included) it speaks TLS.
    """

    def __init__(self, answers: Mapping[str, Served], certificate: Path | None = None) -> None:
        self.answers = dict(answers)
        self.requests: list[Request] = []
        self._server = Server(self._handler())
        self.port = self._server.port
        self.host = f"127.0.0.1:{self.port}"
        self.url = f"http://{self.host}"
        if certificate:
            context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
            context.load_cert_chain(certificate)
            self._server.socket = context.wrap_socket(self._server.socket, server_side=True)
            self.url = f"https://{self.host}"

    def __enter__(self) -> "Loopback":
        self._server.begin()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.end()

    def paths(self) -> list[str]:
        return [request.path for request in self.requests]

    def reply(self, request: Request) -> Reply:
        self.requests.append(request)
        whole = f"{request.path}?{request.query}"
        served = self.answers.get(whole, self.answers.get(request.path, Reply(404, "not found")))
        if callable(served):
            served = served(request)
        return served if isinstance(served, Reply) else Reply(200, served)

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        owner = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            timeout = 30
            disable_nagle_algorithm = True

            def answer(self) -> None:
                path, _, query = self.path.partition("?")
                length = int(self.headers.get("content-length") or 0)
                headers = {name.lower(): value for name, value in self.headers.items()}
                reply = owner.reply(Request(self.command, path, query, headers, self.rfile.read(length)))
                body = reply.encoded()
                self.send_response(reply.status)
                for name, value in reply.headers.items():
                    self.send_header(name, value)
                self.send_header("content-length", str(len(body) if reply.length is None else reply.length))
                self.end_headers()
                self.wfile.write(body)
                if reply.length is not None:
                    self.close_connection = True

            do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = do_HEAD = answer  # noqa: N815

            def log_message(self, *_: object) -> None:
                pass

        return Handler


@contextmanager
def raw(answer: Callable[[socket.socket], object]) -> Iterator[str]:
    """A server that speaks no HTTP of its own: `answer` gets each connection after its request came."""
    listener = socket.create_server(("127.0.0.1", 0), backlog=64)

    def serve() -> None:
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            with connection:
                connection.recv(65536)
                answer(connection)

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        # Closed alone, its number could be the next server's while the thread still accepts on it.
        listener.shutdown(socket.SHUT_RDWR)
        thread.join(5)
        listener.close()
