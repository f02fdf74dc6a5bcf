"""The seam to HTTP for looking at a site: every answer is an answer, an error page too; nothing is retried or cached.

Only allowed hosts are asked. What a visitor is given to say who it is goes to the site's own host alone.
"""

import socket  # noqa: TID251 - the seam to HTTP
import ssl
import time
import zlib
from collections.abc import Iterable, Mapping
from contextlib import closing, suppress
from copy import copy
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from http.cookies import CookieError, SimpleCookie
from pathlib import Path
from typing import Any, Literal
from urllib.parse import quote, urlencode, urljoin, urlsplit

from urllib3 import BaseHTTPResponse, Retry, Timeout  # noqa: TID251 - the seam to HTTP
from urllib3.exceptions import (  # noqa: TID251 - the seam to HTTP
    HTTPError,
    NameResolutionError,
    NewConnectionError,
    ProtocolError,
    SSLError,
    TimeoutError,
)

from maintainer.credentials import DEFAULT_PORTS
from maintainer.http_pools import Pools
from maintainer.version import VERSION

REDIRECTS = frozenset({301, 302, 303, 307, 308})
MOST_REDIRECTS = 5
ONCE = Retry(total=False, redirect=False, respect_retry_after_header=False)

#: Nobody answers; no answer in time; what answers is not HTTP; a certificate nobody should trust; a host that may not
#: be asked; redirects without end.
Failing = Literal["down", "silent", "garbled", "untrusted", "elsewhere", "loop"]

#: What OpenSSL finds wrong with a certificate, by its number (X509_V_ERR_* in x509_vfy.h).
UNTRUSTED: Mapping[int, str] = {
    9: "its certificate is not valid yet",
    10: "its certificate has expired",
    18: "its certificate is signed by itself",
    19: "its certificates end in one that is signed by itself and that nobody trusts",
    20: "its certificate leads to no authority that is trusted: it sends no intermediate certificate, or its authority "
    "is a private one",
    23: "its certificate was revoked",
    62: "its certificate is for another host",
    64: "its certificate is for another address",
}


@dataclass(frozen=True, slots=True)
class Seen:
    """An answer: header names in lower case, `body` unpacked and cut where `whole` is false.

    `url` is where it came from at last, `hops` how many redirects lead there; `first_byte` are the seconds from the
    last request to its headers. `cookies` are its Set-Cookie headers.
    """

    status: int
    headers: Mapping[str, str]
    body: bytes
    url: str
    first_byte: float
    hops: int = 0
    whole: bool = True
    cookies: tuple[str, ...] = field(default=(), repr=False)

    @property
    def type(self) -> str:
        """The media type, in lower case."""
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()

    def text(self) -> str:
        return self.body.decode("utf-8", "replace")


@dataclass(frozen=True, slots=True)
class Missed:
    """No answer; `sentence` says why, `url` where."""

    kind: Failing
    sentence: str
    url: str


@dataclass(frozen=True, slots=True)
class Certificate:
    """What a trusted host shows: when it begins and ends, and who vouches for it."""

    begins: datetime
    ends: datetime
    issuer: str


@dataclass(frozen=True, slots=True)
class Identity:
    """What each request to the site's own host carries."""

    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    cookies: Mapping[str, str] = field(default_factory=dict, repr=False)


@dataclass(frozen=True, slots=True)
class Asking:
    """What is sent beside who asks. It may be secret: it goes to the address it is meant for alone."""

    method: str = "GET"
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    body: bytes | None = field(default=None, repr=False)

    @property
    def writes(self) -> bool:
        """Whether asking may change something (RFC 9110, section 9.2.1)."""
        return self.method not in ("GET", "HEAD")


PLAINLY = Asking()


class Visitor:
    """Looks at the site at `url`; `allowed` are other hosts that may be asked (`cdn.example`, `127.0.0.1:8080`).

    `environment` and `ca` as for `Http`; `seconds` is the time for one request, to its last byte.
    """

    def __init__(
        self,
        url: str,
        *,
        allowed: frozenset[str] = frozenset(),
        identity: Identity | None = None,
        environment: Mapping[str, str],
        ca: Path | None = None,
        seconds: float = 20,
        at_once: int = 4,
    ) -> None:
        self.url = url.rstrip("/")
        self.host = host_of(url)
        self.asked = 0
        self.ca = ca
        self._allowed = allowed | {self.host}
        self._identity = identity or Identity()
        self._cookies = dict(self._identity.cookies)
        self._pools = Pools(environment, ca, at_once)
        self._seconds = seconds

    def may_ask(self, url: str) -> bool:
        """Whether this address is on a host that may be asked."""
        return urlsplit(url).scheme in DEFAULT_PORTS and host_of(url) in self._allowed

    @property
    def allowed(self) -> frozenset[str]:
        """The hosts that may be asked, its own among them."""
        return self._allowed

    @property
    def identity(self) -> Identity:
        """What each request to the site's own host carries, with the cookies that letting one in gave. It is secret."""
        return Identity(self._identity.headers, dict(self._cookies))

    @property
    def identified(self) -> bool:
        """Whether the site is told who asks, by headers or cookies."""
        return bool(self._identity.headers or self._cookies)

    def own(self, url: str) -> bool:
        """Whether this address is on the site itself."""
        return host_of(url) == self.host

    def enter(self, name: str, value: str) -> Seen | Missed:
        """A first visit with a parameter that lets one in; the cookies it gives are kept."""
        return self._visit(f"{self.url}/?{quote(name)}={quote(value, safe='')}", 64 * 1024, keep=True)

    def visit(self, url: str, *, limit: int = 2 * 1024 * 1024, seconds: float | None = None) -> Seen | Missed:
        """What stands at an address of http or https, redirects followed as far as they may be; `limit` in bytes."""
        return self._visit(url, limit, seconds=seconds)

    def send(self, url: str, asking: Asking, *, limit: int, seconds: float | None = None) -> Seen | Missed:
        """What an address answers to this. What writes is sent once, and a redirect of it is the answer."""
        if not asking.writes:
            return self._visit(url, limit, seconds=seconds, asking=asking)
        if not self.may_ask(url):
            return Missed("elsewhere", f"leads to {host_of(url) or 'no host'}, which may not be asked", url)
        return self._once(url, limit, seconds or self._seconds, asking)

    def carrying(self, headers: Mapping[str, str]) -> "Visitor":
        """A visitor whose requests to the site's own host carry these too."""
        other = copy(self)
        other._identity = Identity({**self._identity.headers, **headers}, self._identity.cookies)
        return other

    def signed_in(self, url: str, form: Mapping[str, str]) -> tuple["Visitor", Seen] | Missed:
        """A visitor with the cookies of the form at `url` and of the answer to it, and that answer, not followed.

        The form goes to the site's own host alone. This writes: a site keeps a session of it.
        """
        if not self.own(url):
            return Missed("elsewhere", f"{host_of(url)} is not the site itself", url)
        other = copy(self)
        other._cookies = dict(self._cookies)
        shown = other._visit(url, 64 * 1024, keep=True)
        if isinstance(shown, Missed):
            return shown
        filled = Asking("POST", {"content-type": "application/x-www-form-urlencoded"}, urlencode(form).encode())
        answer = other._once(url, 256 * 1024, self._seconds, filled)
        if isinstance(answer, Missed):
            return answer
        other._keep(answer.cookies)
        return other, answer

    def certificate(self) -> Certificate | Missed | None:
        """The site's, None of one that is spoken to in plain text, or by a proxy."""
        parts = urlsplit(self.url)
        host = parts.hostname or ""
        if parts.scheme != "https" or self._pools.proxy(parts.scheme, host):
            return None
        try:
            with (
                socket.create_connection((host, parts.port or 443), timeout=min(10.0, self._seconds)) as plain,
                self._pools.trust.wrap_socket(plain, server_hostname=host) as secure,
            ):
                stated: Any = secure.getpeercert() or {}
        except ssl.SSLError as error:
            return _untrusted(error, self.url)
        except OSError:
            return Missed("down", f"{self.host} broke the connection", self.url)
        begins, ends = (
            datetime.fromtimestamp(ssl.cert_time_to_seconds(stated[name]), UTC) for name in ("notBefore", "notAfter")
        )
        issuer = dict(pair for pairs in stated.get("issuer", ()) for pair in pairs)
        return Certificate(begins, ends, issuer.get("organizationName") or issuer.get("commonName") or "")

    def _visit(
        self, url: str, limit: int, *, keep: bool = False, seconds: float | None = None, asking: Asking = PLAINLY
    ) -> Seen | Missed:
        meant = _origin(url)
        for hop in range(MOST_REDIRECTS + 1):
            if not self.may_ask(url):
                return Missed("elsewhere", f"leads to {host_of(url) or 'no host'}, which may not be asked", url)
            sent = asking if _origin(url) == meant else replace(asking, headers={})
            seen = self._once(url, limit, seconds or self._seconds, sent)
            if isinstance(seen, Missed):
                return seen
            if keep and self.own(url):
                self._keep(seen.cookies)
            location = seen.headers.get("location", "")
            if seen.status not in REDIRECTS or not location:
                return replace(seen, url=url, hops=hop)
            try:
                url = urljoin(url, location).partition("#")[0]
                urlsplit(url)
            except ValueError:
                return Missed("garbled", "redirects to what is no address", url)
        return Missed("loop", f"redirects more than {MOST_REDIRECTS} times", url)

    def _once(self, url: str, limit: int, seconds: float, asking: Asking) -> Seen | Missed:
        """One answer, asked a second time where a kept connection had been closed meanwhile; what writes only once."""
        for last in (False, True):
            try:
                return self._ask(url, limit, seconds, asking)
            except ProtocolError as error:
                if last or asking.writes or "BadStatusLine" in repr(error):
                    return _missed(error, url, seconds)
            except (HTTPError, OSError, ValueError) as error:
                return _missed(error, url, seconds)
        raise AssertionError("the second time returns")

    def _ask(self, url: str, limit: int, seconds: float, asking: Asking) -> Seen:
        parts = urlsplit(url)
        opener, absolute = self._pools.opener(parts.scheme, parts.hostname or "", parts.port)
        target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        headers = {"user-agent": f"maintainer/{VERSION}", "accept": "*/*", "accept-encoding": "identity"}
        if self.own(url):
            headers |= {name.lower(): value for name, value in self._identity.headers.items()}
            if self._cookies:
                headers["cookie"] = "; ".join(f"{name}={value}" for name, value in self._cookies.items())
        headers |= {name.lower(): value for name, value in asking.headers.items()}
        self.asked += 1
        began = time.perf_counter()
        response = opener(
            asking.method,
            f"{parts.scheme}://{parts.netloc}{target}" if absolute else target,
            body=asking.body,
            headers=headers,
            retries=ONCE,
            redirect=False,
            timeout=Timeout(connect=min(10.0, seconds), read=seconds),
            preload_content=False,
            decode_content=False,
        )
        first = time.perf_counter() - began
        named = {name.lower(): value for name, value in response.headers.items()}
        body, whole = _body(response, limit, began + seconds)
        cookies = tuple(response.headers.getlist("set-cookie"))
        return Seen(response.status, named, _unpacked(body, named, limit), url, first, 0, whole, cookies)

    def _keep(self, stated: Iterable[str]) -> None:
        for one in stated:
            with suppress(CookieError):
                self._cookies |= {name: morsel.value for name, morsel in SimpleCookie(one).items()}


def host_of(url: str) -> str:
    """The host of an address as an allow-list writes it: without the usual port; empty where there is none."""
    try:
        parts = urlsplit(url)
        name, port = parts.hostname or "", parts.port
    except ValueError:
        return ""
    name = f"[{name}]" if ":" in name else name
    return name if port in (None, DEFAULT_PORTS.get(parts.scheme)) else f"{name}:{port}"


def _origin(url: str) -> tuple[str, str]:
    return urlsplit(url).scheme, host_of(url)


def free_port() -> int:
    """A port of loopback that nothing listens on now."""
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        found: int = probe.getsockname()[1]
        return found


def _body(response: BaseHTTPResponse, limit: int, until: float) -> tuple[bytes, bool]:
    """At most `limit` bytes. Raises urllib3's `TimeoutError` for one that trickles."""
    parts, left, whole = [], limit, False
    try:
        while left > 0:
            chunk = response.read1(min(left, 64 * 1024))
            if not chunk:
                whole = True
                break
            parts.append(chunk)
            left -= len(chunk)
            if time.perf_counter() > until:
                raise TimeoutError("it trickles")
    finally:
        if not whole:
            response.close()
        response.release_conn()
    return b"".join(parts), whole


def _unpacked(body: bytes, headers: Mapping[str, str], limit: int) -> bytes:
    """The body of a server that packs it unasked; as it came where it can't be unpacked."""
    if headers.get("content-encoding", "").lower() not in ("gzip", "x-gzip", "deflate"):
        return body
    try:
        return zlib.decompressobj(zlib.MAX_WBITS | 32).decompress(body, limit)
    except zlib.error:
        return body


def _missed(error: Exception, url: str, seconds: float) -> Missed:
    shown = host_of(url)
    match error:
        case NameResolutionError():
            return Missed("down", f"{shown} does not resolve", url)
        case NewConnectionError():
            return Missed("down", f"{shown} refuses the connection", url)
        case SSLError():
            return _untrusted(error.args[0] if error.args else error, url)
        case TimeoutError():
            return Missed("silent", f"did not answer within {seconds:.0f} s", url)
        case ProtocolError() if "BadStatusLine" in repr(error) or "LineTooLong" in repr(error):
            return Missed("garbled", f"{shown} answers something that is no HTTP", url)
        case ProtocolError() | OSError():
            return Missed("down", f"{shown} broke the connection", url)
        case _:
            return Missed("garbled", f"{shown} answers something that can't be read", url)


def _untrusted(error: object, url: str) -> Missed:
    """Why TLS could not be spoken."""
    shown = host_of(url)
    if not isinstance(error, ssl.SSLCertVerificationError):
        return Missed("down", f"{shown} can't be spoken to over TLS", url)
    said = UNTRUSTED.get(error.verify_code, f"its certificate can't be verified ({error.verify_message[:100]})")
    return Missed("untrusted", f"{shown} is not to be trusted: {said}", url)
