"""A site as a member of a fleet: what it is given from outside its own repository, and what it isn't.

Everyone who can write to a site's repository can say in its configuration where tokens are sent. So a member's
environment holds only what the inventory gives it, and what speaks to the forge for all sites is kept apart from it.
"""

import os
import tempfile
import threading
from collections.abc import Callable, Hashable, Mapping
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import Any

from maintainer.config.load import Central
from maintainer.credentials import Credentials
from maintainer.errors import AccessDenied, NotFound
from maintainer.http import MIB, NOTHING, Answer, Http

#: Bytes of answers that are kept for other sites; what comes after is asked for by each.
MOST_KEPT = 4 * 1024 * MIB


@dataclass(frozen=True, slots=True)
class Member:
    """`forge` are the variables its forge is found and spoken to with; its own configuration can't name them."""

    central: Central
    lookups: "Lookups"
    forge: Mapping[str, str] = field(repr=False)


class Lookups:
    """Look-ups shared by the sites of a shard: one `Http` for all whose surroundings are the same.

    What one site's registry says is never told to a site that would ask another one. `credentials` go with every
    look-up: the fleet's own, each for its host alone.
    """

    def __init__(self, credentials: Credentials) -> None:
        self._credentials = credentials
        self._opened: list[tuple[object, Shared]] = []
        self._lock = threading.Lock()

    def open(self, surroundings: object, credentials: Credentials, **more: Any) -> Http:
        """The `Http` of these surroundings, which are compared; `more` is for a new one."""
        with self._lock:
            for known, http in self._opened:
                if known == surroundings:
                    return http
            made = Shared(credentials=credentials + self._credentials, **more)
            self._opened.append((surroundings, made))
            return made

    def sent(self) -> int:
        """How many requests were sent so far."""
        return sum(http.sent() for _, http in self._opened)


@dataclass(frozen=True, slots=True)
class _Kept:
    """An answer whose body lies in the file, at `at`."""

    status: int
    headers: Mapping[str, str]
    url: str
    at: int
    size: int


class Shared(Http):
    """Asks each question once; the answers lie in a file without a name, not in memory."""

    def __init__(self, **surroundings: Any) -> None:
        super().__init__(**surroundings)
        self._asked: dict[Hashable, Future[_Kept | Answer]] = {}
        self._asking = threading.Lock()
        self._bodies = tempfile.TemporaryFile()  # noqa: SIM115 - as long as the shard
        self._size = 0

    def get(self, url: str, *, headers: Mapping[str, str] = NOTHING, limit: int = 64 * MIB) -> Answer:
        key = ("GET", url, tuple(sorted(headers.items())), limit)
        return self._first(key, lambda: super(Shared, self).get(url, headers=headers, limit=limit))

    def post(self, url: str, body: object, *, headers: Mapping[str, str] = NOTHING, idempotent: bool = False) -> Answer:
        def ask() -> Answer:
            return super(Shared, self).post(url, body, headers=headers, idempotent=idempotent)

        return self._first(("POST", url, tuple(sorted(headers.items())), repr(body)), ask) if idempotent else ask()

    def _first(self, key: Hashable, ask: Callable[[], Answer]) -> Answer:
        """What `ask` returned or raised to whoever asked this first; a passing failure is asked after again."""
        with self._asking:
            mine = key not in self._asked
            future = self._asked.setdefault(key, Future())
        if mine:
            try:
                future.set_result(self._kept(ask()))
            except BaseException as error:
                if not isinstance(error, NotFound | AccessDenied):
                    with self._asking:
                        self._asked.pop(key)
                future.set_exception(error)
        found = future.result()
        if isinstance(found, Answer):
            return found
        body = os.pread(self._bodies.fileno(), found.size, found.at)
        return Answer(found.status, found.headers, body, found.url)

    def _kept(self, answer: Answer) -> _Kept | Answer:
        size = len(answer.body)
        with self._asking:
            at = self._size
            if at + size > MOST_KEPT:
                return answer
            self._size += size
        written = 0
        while written < size:
            written += os.pwrite(self._bodies.fileno(), answer.body[written:], at + written)
        return _Kept(answer.status, answer.headers, answer.url, at, size)
