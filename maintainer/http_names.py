"""Connections whose host's name is resolved once a run.

Every connection asks for its host's addresses, A and AAAA, and a run opens dozens at once: more than some resolvers
and firewalls let through (Kubernetes and small routers drop such bursts), and who is dropped waits five seconds.
"""

import socket  # noqa: TID251 - the seam to HTTP
import threading
from collections.abc import Callable
from typing import Any

from urllib3 import HTTPConnectionPool, HTTPSConnectionPool, PoolManager  # noqa: TID251
from urllib3.connection import HTTPConnection, HTTPSConnection  # noqa: TID251
from urllib3.exceptions import ConnectTimeoutError, NameResolutionError, NewConnectionError  # noqa: TID251
from urllib3.util.connection import allowed_gai_family  # noqa: TID251

#: Names that are asked for at the same time.
AT_ONCE = 4

Ask = Callable[[str], tuple[str, ...]]


def _ask(name: str) -> tuple[str, ...]:
    found = socket.getaddrinfo(name, None, allowed_gai_family(), socket.SOCK_STREAM)
    return tuple(dict.fromkeys(str(address[0]) for *_, address in found))


class Names:
    """The addresses of hosts, in the resolver's order; a name that does not resolve is asked for again."""

    def __init__(self, ask: Ask = _ask) -> None:
        self._ask = ask
        self._slots = threading.BoundedSemaphore(AT_ONCE)
        self._lock = threading.Lock()
        self._asking: dict[str, threading.Lock] = {}
        self._known: dict[str, tuple[str, ...]] = {}

    def addresses(self, name: str) -> tuple[str, ...]:
        """Raises what the resolver raises."""
        with self._lock:
            asking = self._asking.setdefault(name, threading.Lock())
        with asking:
            if name not in self._known:
                with self._slots:
                    self._known[name] = self._ask(name)
            return self._known[name]


def by_name(manager: PoolManager, names: Names) -> None:
    """Let `names` resolve what the manager connects to."""

    def connect(connection: Any, one: Callable[[], socket.socket]) -> socket.socket:
        """Try each address, as urllib3 does; it looks at this attribute for where to connect, and at nothing else."""
        stated = connection._dns_host
        try:
            addresses = names.addresses(stated.strip("[]"))
        except UnicodeError:
            return one()  # what can be no name is urllib3's to refuse
        except OSError as error:
            raise NameResolutionError(connection.host, connection, error) from error  # type: ignore[arg-type]
        failed: NewConnectionError | ConnectTimeoutError | None = None
        try:
            for address in addresses:
                connection._dns_host = address
                try:
                    return one()
                except (NewConnectionError, ConnectTimeoutError) as error:
                    failed = error
        finally:
            connection._dns_host = stated
        raise failed or NewConnectionError(connection, "it has no address")

    class Plain(HTTPConnection):
        def _new_conn(self) -> socket.socket:
            return connect(self, super()._new_conn)

    class Secure(HTTPSConnection):
        def _new_conn(self) -> socket.socket:
            return connect(self, super()._new_conn)

    class PlainPool(HTTPConnectionPool):
        ConnectionCls = Plain

    class SecurePool(HTTPSConnectionPool):
        ConnectionCls = Secure

    manager.pool_classes_by_scheme = {"http": PlainPool, "https": SecurePool}
