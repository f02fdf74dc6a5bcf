"""A visitor of the load: goes through the steps of a journey with cookies of its own, and looks at what is answered.

    Visit(shop, journey, number).go(record)

Runs inside Locust's processes. Connections are kept and shared, as a browser's are; nobody but the site itself is
asked. A visitor whose step fails gives up, as people do.
"""

import errno
import json
import re
import ssl
import zlib
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from time import monotonic
from typing import Any, NamedTuple
from urllib.parse import quote, urlencode, urljoin, urlsplit

import gevent  # type: ignore[import-untyped]  # it has no types
from gevent.socket import gaierror  # type: ignore[import-untyped]
from geventhttpclient import HTTPClient
from geventhttpclient.response import HTTPParseError

from maintainer.checks.load_samples import Kind

REDIRECTS = frozenset({301, 302, 303, 307, 308})
MOST_REDIRECTS = 5
PHP = re.compile(
    rb"(?:Fatal|Parse) error(?:</b>)?:\s.{0,2000}? on line\s|wp-die-message|critical error on this website", re.S
)
HINTS = (b"atal error", b"arse error", b"wp-die-message", b"critical error")
#: This machine's: too many files or ports are open.
OWN_LIMITS = frozenset({errno.EMFILE, errno.ENFILE, errno.EADDRNOTAVAIL})
HOLE = re.compile(r"\{(\w+)\}")
USER_AGENT = "maintainer-load"


class Outcome(NamedTuple):
    """How a request ended; `said` is what was seen, for people."""

    kind: Kind
    detail: int = 0
    status: int = 0
    size: int = 0
    said: str = ""


#: Given which step it is, the outcome, and the moments it was intended, started and ended.
Record = Callable[[int, Outcome, float, float, float], None]


class Answer(NamedTuple):
    status: int
    headers: Any
    body: bytes


class Shop:
    """One of the sites: `hosts` are those that may be loaded, of which its own must be one. Raises ValueError."""

    def __init__(self, site: Mapping[str, Any], job: Mapping[str, Any]) -> None:
        parts = urlsplit(site["url"])
        if parts.netloc.lower() not in job["hosts"] or parts.scheme not in ("http", "https"):
            raise ValueError(f"{parts.netloc or 'no host'} may not be loaded")
        secure = parts.scheme == "https"
        self.url = site["url"]
        self.origin = (parts.scheme, parts.netloc.lower())
        self.prefix = parts.path.rstrip("/")
        self.headers = {"user-agent": USER_AGENT, "accept": "*/*", "accept-encoding": "gzip"}
        self.headers |= {name.lower(): value for name, value in site["headers"].items()}
        self.cookies = dict(site["cookies"])
        self.seconds = float(job["seconds"])
        self.client = HTTPClient(
            parts.hostname or "",
            parts.port or (443 if secure else 80),
            ssl=secure,
            ssl_context_factory=lambda **_: _trust(site["ca"]),
            concurrency=int(job["open"]) + 8,
            connection_timeout=self.seconds,
            network_timeout=self.seconds,
            block_size=64 * 1024,
        )
        # It asks anew as often as there may be connections; once is for a kept one that was closed meanwhile.
        self.client._connection_pool.size = 0


def _trust(ca: str | None) -> ssl.SSLContext:
    """The system's certificates, or SSL_CERT_FILE's, and `ca`'s."""
    context = ssl.create_default_context()
    if ca:
        context.load_verify_locations(cafile=ca)
    return context


@dataclass(slots=True)
class Visit:
    """One visitor, the `number`th; `values` are what stands for the names in braces."""

    shop: Shop
    steps: list[dict[str, Any]]
    values: dict[str, str]
    cookies: dict[str, str] = field(default_factory=dict)

    def go(self, intended: float, record: Record, may_send: Callable[[], bool]) -> None:
        """All steps, the first meant for that moment, each next one for when it has been thought about enough."""
        self.cookies = dict(self.shop.cookies)
        for number, step in enumerate(self.steps):
            if not may_send():
                record(number, Outcome(Kind.HELD), intended, intended, intended)
                return
            started = monotonic()
            try:
                with gevent.Timeout(self.shop.seconds):
                    outcome = self._step(step)
            except gevent.Timeout:
                outcome = Outcome(Kind.SILENT)
            except (TimeoutError, gevent.socket.timeout):
                outcome = Outcome(Kind.SILENT)
            except (ConnectionRefusedError, gaierror) as error:
                outcome = Outcome(Kind.REFUSED, said=type(error).__name__)
            except OSError as error:
                short = error.errno in OWN_LIMITS
                outcome = Outcome(Kind.HELD if short else Kind.BROKEN, said=f"{type(error).__name__}: {error}")
            except (HTTPParseError, ValueError) as error:
                outcome = Outcome(Kind.BROKEN, said=f"{type(error).__name__}: {error}")
            ended = monotonic()
            record(number, outcome, intended, started, ended)
            if outcome.kind is not Kind.FINE:
                return
            intended = ended
            if think := step["think"]:
                intended += think
                sleep_until(intended)

    def _step(self, step: Mapping[str, Any]) -> Outcome:
        method, path, body = step["method"], self._filled(step["path"], quoted=True), b""
        headers = {name: self._filled(value) for name, value in step["headers"].items()}
        if step["form"]:
            body = urlencode({name: self._filled(value) for name, value in step["form"].items()}).encode()
            headers["content-type"] = "application/x-www-form-urlencoded"
        elif step["json"] is not None:
            body = self._filled(step["json"], as_json=True).encode()
            headers["content-type"] = "application/json"
        path = self.shop.prefix + path
        for _ in range(MOST_REDIRECTS + 1):
            answer = self._ask(method, path, body, headers)
            if answer.status not in REDIRECTS or answer.status == step["status"]:
                return self._looked(step, answer)
            location = answer.headers.get("location")
            if not isinstance(location, str):
                return self._looked(step, answer)
            there = urlsplit(urljoin(f"{self.shop.origin[0]}://{self.shop.origin[1]}{path}", location))
            if (there.scheme, there.netloc.lower()) != self.shop.origin:
                return Outcome(Kind.ELSEWHERE, 0, answer.status, 0, there.netloc)
            path = (there.path or "/") + (f"?{there.query}" if there.query else "")
            if answer.status not in (307, 308) and method != "HEAD":
                method, body = "GET", b""
                headers.pop("content-type", None)
        return Outcome(Kind.LOOP, 0, answer.status)

    def _ask(self, method: str, path: str, body: bytes, headers: Mapping[str, str]) -> Answer:
        sent = {**self.shop.headers, **headers}
        if self.cookies:
            sent["cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        response = self.shop.client.request(method, path, body, sent)
        try:
            content = response.read()
        finally:
            response.release()
        stated = response.get("set-cookie")
        if stated:
            self._keep_cookies(stated if isinstance(stated, list) else [stated])
        if response.get("content-encoding") == "gzip":
            with suppress(zlib.error):
                content = zlib.decompressobj(zlib.MAX_WBITS | 16).decompress(content)
        return Answer(response.get_code(), response, content)

    def _keep_cookies(self, stated: list[str]) -> None:
        for one in stated:
            first, *attributes = one.split(";")
            name, _, value = first.strip().partition("=")
            if any(attribute.strip().lower() == "max-age=0" for attribute in attributes) or value == "deleted":
                self.cookies.pop(name, None)
            elif name:
                self.cookies[name] = value

    def _looked(self, step: Mapping[str, Any], answer: Answer) -> Outcome:
        """Whether the answer is what it should be: a 200 with a fatal error or an empty cart is none."""
        status, body = answer.status, answer.body
        size = min(len(body), 2**32 - 1)
        if any(hint in body for hint in HINTS) and (found := PHP.search(body)):
            return Outcome(Kind.PHP, 0, status, size, _plain(found[0]))
        if status != step["status"] if step["status"] else status >= 400:
            return Outcome(Kind.STATUS, 0, status, size)
        if not body and step["method"] == "GET" and status == 200:
            return Outcome(Kind.EMPTY, 0, status, size)
        for at, wanted in enumerate(step["must"]):
            if self._filled(wanted).encode() not in body:
                return Outcome(Kind.MISSES, at, status, size)
        for at, unwanted in enumerate(step["must_not"]):
            if unwanted.encode() in body:
                return Outcome(Kind.SAYS, at, status, size)
        for name, where in step["keep"].items():
            kept = answer.headers.get(where["header"]) if "header" in where else _found(where["pattern"], body)
            if not isinstance(kept, str):
                return Outcome(Kind.NOT_KEPT, 0, status, size, name)
            self.values[name] = kept
        return Outcome(Kind.FINE, 0, status, size)

    def _filled(self, text: str, *, quoted: bool = False, as_json: bool = False) -> str:
        """The text with what stands for the names in braces; a name nobody knows is left as it is."""

        def value(hole: re.Match[str]) -> str:
            known = self.values.get(hole[1])
            if known is None:
                return hole[0]
            return quote(known, safe="") if quoted else json.dumps(known)[1:-1] if as_json else known

        return HOLE.sub(value, text) if "{" in text else text


def sleep_until(moment: float) -> None:
    """Not a moment less: gevent counts from when its loop last looked at the clock, which may be a while ago."""
    while (left := moment - monotonic()) > 0:
        gevent.sleep(left)


def _found(pattern: str, body: bytes) -> str | None:
    match = re.search(pattern, body.decode("utf-8", "replace"))
    return match[1] if match else None


def _plain(said: bytes) -> str:
    """PHP's message without markup, in one line."""
    return " ".join(re.sub(r"<[^>]*>", "", said[:600].decode("utf-8", "replace")).split())[:200]
