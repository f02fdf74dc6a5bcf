"""How connections are made: whom TLS trusts, and which proxy leads where."""

import ssl
import threading
from collections.abc import Mapping
from functools import cached_property
from ipaddress import ip_address, ip_network
from pathlib import Path
from typing import Protocol, TypeVar
from urllib.parse import unquote, urlsplit

from urllib3 import BaseHTTPResponse, PoolManager, ProxyManager, Retry, Timeout, make_headers  # noqa: TID251 - the seam to HTTP

from maintainer.errors import ConfigurationError
from maintainer.http_names import Names, by_name

Manager = TypeVar("Manager", bound=PoolManager)


class Opener(Protocol):
    """One request without any second try: what urllib3's pools and managers share."""

    def __call__(
        self,
        method: str,
        url: str,
        *,
        body: bytes | None,
        headers: Mapping[str, str],
        retries: Retry,
        redirect: bool,
        timeout: Timeout,
        preload_content: bool,
        decode_content: bool,
    ) -> BaseHTTPResponse: ...


class Pools:
    """Connections by host, at most `at_once` of them kept for each. `environment` as for `Http`."""

    def __init__(self, environment: Mapping[str, str], ca: Path | None, at_once: int) -> None:
        self._environment = environment
        self._ca = ca
        self._at_once = at_once
        self._proxied: dict[str, ProxyManager] = {}
        self._names = Names()
        self._lock = threading.Lock()

    def opener(self, scheme: str, host: str, port: int | None) -> tuple[Opener, bool]:
        """What opens requests to a host, and whether it wants the whole URL rather than its path."""
        proxy = self.proxy(scheme, host)
        if not proxy:
            if scheme == "http":
                return self._plain.connection_from_host(host, port, scheme).urlopen, False
            return self._secure.connection_from_host(host, port, scheme).urlopen, False
        with self._lock:
            if proxy not in self._proxied:
                self._proxied[proxy] = self._proxy_manager(proxy)
            return self._proxied[proxy].urlopen, True

    @cached_property
    def _plain(self) -> PoolManager:
        return self._named(PoolManager(maxsize=self._at_once, num_pools=1000))

    @cached_property
    def _secure(self) -> PoolManager:
        return self._named(PoolManager(maxsize=self._at_once, num_pools=1000, ssl_context=self.trust))

    def _named(self, manager: Manager) -> Manager:
        by_name(manager, self._names)
        return manager

    @cached_property
    def trust(self) -> ssl.SSLContext:
        """The system's certificates, or SSL_CERT_FILE's, and `ca`'s."""
        stated = self._environment.get("SSL_CERT_FILE")
        try:
            context = ssl.create_default_context(cafile=stated if stated and Path(stated).is_file() else None)
            if self._ca:
                context.load_verify_locations(cafile=self._ca)
        except (OSError, ValueError):
            raise ConfigurationError(
                f"{self._ca or 'SSL_CERT_FILE'} holds no certificates that can be read. Give a file in PEM format."
            ) from None
        return context

    def proxy(self, scheme: str, host: str) -> str:
        """The proxy for this host, empty for none: by curl's variables, the lower-case name first."""
        if self._bypassed(host):
            return ""
        names = [f"{scheme}_proxy", "all_proxy"]
        stated = next((value for name in names if (value := self._variable(name))), "")
        return stated if "://" in stated or not stated else f"http://{stated}"

    def _bypassed(self, host: str) -> bool:
        """By NO_PROXY: names and their subdomains, addresses, networks, `*`."""
        for entry in self._variable("no_proxy").replace(" ", ",").split(","):
            name = entry.strip().lower().removeprefix("*.").removeprefix(".")
            if not name:
                continue
            if name == "*" or host == name or host.endswith("." + name):
                return True
            if "/" in name:
                try:
                    if ip_address(host) in ip_network(name, strict=False):
                        return True
                except ValueError:
                    continue
        return False

    def _variable(self, name: str) -> str:
        return self._environment.get(name) or self._environment.get(name.upper()) or ""

    def _proxy_manager(self, proxy: str) -> ProxyManager:
        try:
            parts = urlsplit(proxy)
            user, password = unquote(parts.username or ""), unquote(parts.password or "")
            bare = parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl()
            headers = make_headers(proxy_basic_auth=f"{user}:{password}") if user else None
            manager = ProxyManager(bare, maxsize=self._at_once, proxy_headers=headers, ssl_context=self.trust)
        except ValueError:
            raise ConfigurationError("HTTPS_PROXY or HTTP_PROXY is no http:// or https:// address.") from None
        return self._named(manager)
