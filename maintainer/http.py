"""The seam to HTTP: connections kept and shared by threads, retries, a cache, credentials per host."""

import hashlib
import json
import re
import threading
import time
import zlib
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple, TypeVar
from urllib.parse import quote, urljoin, urlsplit

from urllib3 import BaseHTTPResponse  # noqa: TID251 - the seam to HTTP

from maintainer.credentials import DEFAULT_PORTS, Credentials, split_userinfo
from maintainer.errors import AccessDenied, BadAnswer, ConfigurationError, NotFound, Unreachable
from maintainer.http_cache import Cache
from maintainer.http_host import PASSING, Host, Limits
from maintainer.http_pools import Pools
from maintainer.version import VERSION

T = TypeVar("T")

MIB = 1024 * 1024
REDIRECTS = frozenset({301, 302, 303, 307, 308})
MOST_REDIRECTS = 5

#: An answer that trickles in is given up after this many times the silence that is allowed.
PATIENCE = 15

#: A shorter value is a word, and masking it would garble what it stands in.
SHORTEST_SECRET = 4

NOTHING: Mapping[str, str] = {}


@dataclass(frozen=True, slots=True)
class Answer:
    """What a host answered: header names in lower case, the body unpacked, `url` without credentials and query."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    url: str

    def json(self) -> Any:
        """The body as JSON. Raises `errors.BadAnswer`."""
        try:
            return json.loads(self.body)
        except (ValueError, RecursionError):
            kind = self.headers.get("content-type", "no content type")[:60]
            raise BadAnswer(f"{self.url} answered what is no JSON ({len(self.body)} bytes, {kind}).") from None

    def table(self) -> Mapping[str, Any]:
        """The body as a JSON object. Raises `errors.BadAnswer`."""
        found = self.json()
        if not isinstance(found, dict):
            raise BadAnswer(f"{self.url} answered JSON that is no object.")
        return found

    def text(self) -> str:
        return self.body.decode("utf-8", "replace")


class _Place(NamedTuple):
    """Where a request goes: `url` has no credentials, `shown` no query either; `headers` are all that are sent."""

    host: Host
    target: str
    url: str
    shown: str
    headers: Mapping[str, str]


class _Raw(NamedTuple):
    """An answer as it came, the body maybe compressed."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class Http:
    """All HTTP of one run, shared by its threads.

    `bases` are the configured addresses of services, see `base`. `environment` is where proxies (`HTTPS_PROXY`,
    `HTTP_PROXY`, `ALL_PROXY`, `NO_PROXY`) and `SSL_CERT_FILE` are read; `ca` is a PEM file of more certificates to
    trust. `secrets` are what `filled` puts into addresses, by name. No `cache` folder, no cache. `seconds` is how long
    a host may be silent.
    """

    def __init__(
        self,
        *,
        bases: Mapping[str, str | Callable[[], str]] | None = None,
        credentials: Credentials | None = None,
        cache: Path | None = None,
        environment: Mapping[str, str] = NOTHING,
        ca: Path | None = None,
        secrets: Mapping[str, str] = NOTHING,
        retries: int = 3,
        seconds: float = 20,
        per_host: int = 16,
        sleep: Callable[[float], None] = time.sleep,
        clock: Callable[[], float] = time.time,  # noqa: TID251 - only measures how long a host wants us to wait
    ) -> None:
        self._bases = bases or {}
        self._credentials = credentials or Credentials()
        self._secrets = secrets
        self._cache = Cache(cache) if cache else None
        self._pools = Pools(environment, ca, per_host)
        self._limits = Limits(retries, seconds, per_host, sleep, clock)
        self._lock = threading.Lock()
        self._hosts: dict[tuple[str, str, int | None], tuple[Host, bool]] = {}
        self._once: dict[Hashable, Future[Any]] = {}
        self._agent = {"user-agent": f"maintainer/{VERSION}", "accept-encoding": "gzip"}

    def sent(self) -> int:
        """How many requests were sent so far, each further try too."""
        return sum(host.requests for host, _ in list(self._hosts.values()))

    def base(self, name: str, default: str | Callable[[], str] = "") -> str:
        """The base URL of a service, without a slash at its end: the configured one, else the default.

        Raises `errors.ConfigurationError` when there is neither.
        """
        return self.all_bases(name, default)[0]

    def all_bases(self, name: str, default: str | Callable[[], str] = "") -> Sequence[str]:
        """As `base`, for a service that may be at several addresses, separated by spaces: those to ask first, first."""
        stated = self._bases.get(name) or default
        found = stated if isinstance(stated, str) else self.once(("base", name), stated)
        if not found.strip():
            raise ConfigurationError(
                f"No address is known for {name}: set registries.urls.{name} in maintainer.yml, or the environment "
                f"variable MAINTAINER_{name.upper().replace('-', '_')}_URL."
            )
        return [url.rstrip("/") for url in found.split()]

    def filled(self, url: str) -> str:
        """The address with each `{NAME}` replaced by the secret of that name, for a call only: never keep or show it.

        Raises `errors.ConfigurationError` for a secret nobody set.
        """

        def secret(match: re.Match[str]) -> str:
            value = self._secrets.get(match[1], "")
            if not value:
                raise ConfigurationError(
                    f"The address of {urlsplit(url).hostname} wants the key {match[1]}: set that environment variable."
                )
            return quote(value, safe="")

        return re.sub(r"\{([A-Z][A-Z0-9_]*)\}", secret, url)

    def masked(self, text: str) -> str:
        """The text with the value of each secret as its `{NAME}` again: what comes from outside may repeat it."""
        for name, value in self._secrets.items():
            for spelled in {value, quote(value, safe="")} if len(value) >= SHORTEST_SECRET else ():
                text = text.replace(spelled, f"{{{name}}}")
        return text

    def once(self, key: Hashable, find: Callable[[], T]) -> T:
        """What `find` returns or raises, found once a run: threads that ask meanwhile wait for the first one."""
        with self._lock:
            first = key not in self._once
            future: Future[T] = self._once.setdefault(key, Future())
        if first:
            try:
                future.set_result(find())
            except BaseException as error:
                future.set_exception(error)
        return future.result()

    def get(self, url: str, *, headers: Mapping[str, str] = NOTHING, limit: int = 64 * MIB) -> Answer:
        """A 2xx answer of at most `limit` bytes, from the cache while that is still right; redirects are followed.

        Raises `errors.NotFound` (404 and 410), `AccessDenied` (both with the `answer`), `Unreachable`, `BadAnswer`.
        """
        return self._follow(url, headers, lambda place: self._get(place, limit))

    def post(self, url: str, body: object, *, headers: Mapping[str, str] = NOTHING, idempotent: bool = False) -> Answer:
        """The 2xx answer to a body, sent as JSON. It is sent again after a failure only when `idempotent`.

        Raises as `get` does.
        """
        place = self._place(url, {"content-type": "application/json", "accept": "application/json", **headers})
        data = json.dumps(body).encode()
        raw = place.host.exchange("POST", place.target, place.headers, data, self._reader(place), again=idempotent)
        return _answer(place, _unpacked(raw, place, 64 * MIB))

    def send(self, method: str, url: str, *, headers: Mapping[str, str] = NOTHING, body: bytes | None = None) -> Answer:
        """The answer to any request, as it is: also a redirect, a refusal (401, 403) or an error of the caller's.

        For clients that say themselves who they are; ours adds no credentials. A GET is always asked for, by condition
        where an answer is kept. What changes nothing when it is repeated is tried again, a POST only when the host
        refused it for its limits. Raises `errors.Unreachable` and `BadAnswer`.
        """
        place = self._place(url, {**headers, "cache-control": "no-cache"} if method == "GET" else headers, own=True)
        if method == "GET":
            raw = self._get(place, 64 * MIB)
        else:
            read = self._reader(place)
            raw = place.host.exchange(method, place.target, place.headers, body, read, again=method != "POST")
            raw = _unpacked(raw, place, 64 * MIB)
        if raw.status in PASSING or raw.status >= 500:
            raise _failing(place, raw.status)
        return Answer(raw.status, raw.headers, raw.body, place.shown)

    def download(self, url: str, into: Path, *, limit: int, headers: Mapping[str, str] = NOTHING) -> dict[str, str]:
        """Write what `url` answers to the file `into`; its hex digests by hashlib's names.

        Raises as `get` does; `into` is then incomplete or absent.
        """
        digests: dict[str, str] = {}

        def fetch(place: _Place) -> _Raw:
            def read(response: BaseHTTPResponse) -> _Raw:
                if response.status != 200:
                    return self._reader(place, MIB)(response)
                hashes = [hashlib.new(name, usedforsecurity=False) for name in ("sha256", "sha512", "sha1", "md5")]
                with into.open("wb") as file:
                    for chunk in self._chunks(response, place, limit):
                        file.write(chunk)
                        for each in hashes:
                            each.update(chunk)
                digests.update({each.name: each.hexdigest() for each in hashes})
                return _Raw(200, _headers(response), b"")

            plain = {**place.headers, "accept-encoding": "identity"}
            return place.host.exchange("GET", place.target, plain, None, read, again=True)

        answer = self._follow(url, headers, fetch)
        if not digests:
            raise BadAnswer(f"{answer.url} answered {answer.status} and no file.")
        return digests

    def _follow(self, url: str, headers: Mapping[str, str], fetch: Callable[[_Place], _Raw]) -> Answer:
        """The answer at the end of redirects. What the caller adds, but for `accept`, stays with the first host."""
        place = self._place(url, headers)
        for _ in range(MOST_REDIRECTS + 1):
            raw = fetch(place)
            location = raw.headers.get("location", "")
            if raw.status not in REDIRECTS or not location:
                return _answer(place, raw)
            before = place
            place = self._place(_joined(before.url, location), headers)
            if place.host is not before.host:
                headers = {name: value for name, value in headers.items() if name.lower() == "accept"}
                place = self._place(place.url, headers)
            if before.url.startswith("https:") and not place.url.startswith("https:"):
                raise BadAnswer(f"{before.shown} redirects from HTTPS to plain HTTP, which is not followed.")
        raise BadAnswer(f"{place.shown} redirects more than {MOST_REDIRECTS} times.")

    def _get(self, place: _Place, limit: int) -> _Raw:
        read = self._reader(place, limit)
        cache = self._cache
        if cache is None:
            raw = place.host.exchange("GET", place.target, place.headers, None, read, again=True)
            return _unpacked(raw, place, limit)
        key = cache.key(place.url, place.headers)
        entry = cache.find(key)
        now = self._limits.clock()
        if entry and entry.fresh(now) and place.headers.get("cache-control") != "no-cache":
            return _unpacked(_Raw(200, entry.headers, entry.body), place, limit)
        asked = {**place.headers, **entry.conditions} if entry else place.headers
        raw = place.host.exchange("GET", place.target, asked, None, read, again=True)
        if raw.status == 304 and entry:
            raw = _Raw(200, {**entry.headers, **_renewed(raw.headers)}, entry.body)
            if not entry.lives_on(raw.headers):
                return _unpacked(raw, place, limit)
        unpacked = _unpacked(raw, place, limit)
        if raw.status == 200:
            cache.store(key, raw.headers, raw.body, now)
        return unpacked

    def _reader(self, place: _Place, limit: int = 64 * MIB) -> Callable[[BaseHTTPResponse], _Raw]:
        def read(response: BaseHTTPResponse) -> _Raw:
            return _Raw(response.status, _headers(response), b"".join(self._chunks(response, place, limit)))

        return read

    def _chunks(self, response: BaseHTTPResponse, place: _Place, limit: int) -> Iterator[bytes]:
        """The body as it comes in. Raises `errors.BadAnswer` once it is over the limit, or trickles without end."""
        deadline = time.monotonic() + PATIENCE * self._limits.seconds
        left = limit
        while chunk := response.read1(256 * 1024):
            left -= len(chunk)
            if left < 0:
                raise _too_large(place, limit)
            if time.monotonic() > deadline:
                raise BadAnswer(f"{place.shown} answers too slowly: given up after {left} of its bytes.")
            yield chunk

    def _place(self, url: str, headers: Mapping[str, str], *, own: bool = False) -> _Place:
        """Take a URL apart, and find who we are there, unless the caller says it of its `own`; what it sends wins.

        Raises `errors.BadAnswer`.
        """
        try:
            bare, stated = split_userinfo(url)
            scheme, address, path, query, _ = urlsplit(bare)
            parts = urlsplit(bare)
            name, port = parts.hostname, parts.port
        except ValueError:
            scheme, name = "", None
        if not name or scheme not in DEFAULT_PORTS:
            raise BadAnswer("An address that does not begin with http:// or https:// and a host can't be fetched.")
        host, absolute = self._host(scheme, name, port)
        ours = stated.headers if stated else NOTHING if own else self._credentials.headers(scheme, name, port, path)
        sent = {**self._agent, **ours, **{name.lower(): value for name, value in headers.items()}}
        target = f"{path or '/'}?{query}" if query else path or "/"
        whole = f"{scheme}://{address}{target}"
        return _Place(host, whole if absolute else target, whole, self.masked(f"{scheme}://{address}{path}"), sent)

    def _host(self, scheme: str, name: str, port: int | None) -> tuple[Host, bool]:
        key = (scheme, name, port)
        known = self._hosts.get(key)
        if known is None:
            opener, absolute = self._pools.opener(scheme, name, port)
            shown = name if port in (None, DEFAULT_PORTS[scheme]) else f"{name}:{port}"
            with self._lock:
                known = self._hosts.setdefault(key, (Host(shown, opener, self._limits), absolute))
        return known


def _headers(response: BaseHTTPResponse) -> dict[str, str]:
    return {name.lower(): value for name, value in response.headers.items()}


def _renewed(headers: Mapping[str, str]) -> dict[str, str]:
    """What a 304 says anew (RFC 9110, 15.4.5)."""
    return {name: headers[name] for name in ("etag", "last-modified", "cache-control") if name in headers}


def _joined(base: str, location: str) -> str:
    try:
        return urljoin(base, location)
    except ValueError:
        return ""


def _unpacked(raw: _Raw, place: _Place, limit: int) -> _Raw:
    """The body without its gzip; a bomb stops at the limit. Raises `errors.BadAnswer`."""
    coding = raw.headers.get("content-encoding", "identity").strip().lower()
    if coding in ("identity", "") or not raw.body:
        return raw
    if coding not in ("gzip", "x-gzip", "deflate"):
        raise BadAnswer(f"{place.shown} answered in the encoding {coding[:20]!r}, which was not asked for.")
    left, parts = raw.body, []
    room = limit
    try:
        while left:
            unpacker = zlib.decompressobj(zlib.MAX_WBITS + 32)
            part = unpacker.decompress(left, room + 1)
            room -= len(part)
            if room < 0:
                raise _too_large(place, limit)
            if not unpacker.eof:
                raise zlib.error
            parts.append(part)
            left = unpacker.unused_data.lstrip(b"\0")
    except zlib.error:
        raise BadAnswer(f"{place.shown} answered with damaged gzip data.") from None
    return raw._replace(body=b"".join(parts))


def _too_large(place: _Place, limit: int) -> BadAnswer:
    return BadAnswer(f"{place.shown} answers more than the {limit // MIB or 1} MiB that are read of it.")


def _answer(place: _Place, raw: _Raw) -> Answer:
    """The answer, or what its status means."""
    answer = Answer(raw.status, raw.headers, raw.body, place.shown)
    status = raw.status
    if 200 <= status < 300:
        return answer
    if status in (404, 410):
        raise NotFound(f"{place.shown} does not exist ({status}).", answer)
    if status in (401, 403, 407):
        known = "refuses the credentials it was given" if _has_credentials(place) else "wants credentials"
        raise AccessDenied(
            f"{place.host.name} {known} ({status}) for {place.shown}. Set them as its own client reads them "
            "(.npmrc, COMPOSER_AUTH, pip's index URL, .netrc).",
            answer,
        )
    if status in PASSING or status >= 500:
        raise _failing(place, status)
    raise BadAnswer(f"{place.shown} answered {status}, which can't be used.")


def _failing(place: _Place, status: int) -> Unreachable:
    return Unreachable(f"{place.host.name} answered {status} for {place.shown}. Try again later.")


def _has_credentials(place: _Place) -> bool:
    return not place.headers.keys() <= {"user-agent", "accept-encoding", "accept", "content-type"}
