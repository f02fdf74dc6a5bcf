"""Who we are to which host. Values of headers are secrets: they are in no `repr` and no message."""

import base64
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from urllib.parse import unquote, urlsplit

DEFAULT_PORTS = {"http": 80, "https": 443}
LOOPBACK = ("127.0.0.1", "localhost", "::1")


@dataclass(frozen=True, slots=True)
class Credential:
    """Headers for one host: `registry.example`, or with a port that is not the scheme's, `registry.example:8443`.

    They go to paths below `path` only, and over plain HTTP only to loopback or when `plain` allows it.
    `any_port` is what a .netrc means: the machine, whatever the port.
    """

    host: str
    headers: Mapping[str, str] = field(repr=False, hash=False)
    path: str = "/"
    any_port: bool = False
    plain: bool = False

    def covers(self, scheme: str, host: str, port: int | None, path: str) -> bool:
        if scheme != "https" and not self.plain and host not in LOOPBACK:
            return False
        with_port = host if port in (None, DEFAULT_PORTS.get(scheme)) else f"{host}:{port}"
        if self.host != with_port and not (self.any_port and self.host == host):
            return False
        prefix = self.path.rstrip("/")
        return path == prefix or path.startswith(prefix + "/")


class Credentials:
    """Of several that cover a URL the longest path wins, then the earlier one."""

    def __init__(self, entries: Iterable[Credential] = ()) -> None:
        self.entries = tuple(entries)

    def __add__(self, other: "Credentials") -> "Credentials":
        return Credentials(self.entries + other.entries)

    def headers(self, scheme: str, host: str, port: int | None, path: str) -> Mapping[str, str]:
        """What to add to a request to this address, nothing for an unknown one."""
        fitting = [entry for entry in self.entries if entry.covers(scheme, host, port, path or "/")]
        return max(fitting, key=lambda entry: len(entry.path.rstrip("/"))).headers if fitting else {}


def basic(user: str, password: str) -> Mapping[str, str]:
    """Headers of HTTP Basic authentication (RFC 7617, UTF-8)."""
    return {"authorization": "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()}


def bearer(token: str) -> Mapping[str, str]:
    """Headers of a bearer token (RFC 6750)."""
    return {"authorization": f"Bearer {token}"}


def split_userinfo(url: str) -> tuple[str, Credential | None]:
    """The URL without `user:password@`, and that as a credential for all of its host.

    Raises ValueError when it is no URL.
    """
    parts = urlsplit(url)
    userinfo, at, address = parts.netloc.rpartition("@")
    if not at:
        return url, None
    user, _, password = userinfo.partition(":")
    port = parts.port
    host = parts.hostname or ""
    if port is not None and port != DEFAULT_PORTS.get(parts.scheme):
        host = f"{host}:{port}"
    headers = basic(unquote(user), unquote(password))
    return parts._replace(netloc=address).geturl(), Credential(host, headers, plain=parts.scheme == "http")


def without_credentials(url: str) -> str:
    """The URL as a message may show it: no userinfo, no query."""
    try:
        return split_userinfo(url)[0].partition("?")[0]
    except ValueError:
        return "an address that is none"
