"""One host as this run knows it: whether it answers at all, how many calls it gets at once, when to try again."""

import random
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import TypeVar

from urllib3 import BaseHTTPResponse, Retry, Timeout  # noqa: TID251 - the seam to HTTP
from urllib3.exceptions import (  # noqa: TID251 - the seam to HTTP
    HTTPError,
    LocationParseError,
    NameResolutionError,
    NewConnectionError,
    ProxyError,
    SSLError,
    TimeoutError,
)

from maintainer.errors import BadAnswer, Unreachable
from maintainer.http_pools import Opener

T = TypeVar("T")

#: Statuses that may be another one a moment later.
PASSING = frozenset({408, 429, 500, 502, 503, 504})

#: Those of them, and 403 with a time to wait, that say: too many calls, this one was not carried out.
LIMITED = frozenset({403, 429})

#: Seconds we wait because a host asks for it; more than that is for another run.
LONGEST_WAIT = 60.0

#: Seconds of backoff: a random time up to FIRST, then up to twice that, never over LONGEST (full jitter).
FIRST_BACKOFF, LONGEST_BACKOFF = 0.5, 8.0

#: Calls in a row that failed for good, with no answer in between, after which a host is left alone.
HOPELESS = 3

ONCE = Retry(total=False, redirect=False, respect_retry_after_header=False)


@dataclass(frozen=True, slots=True)
class Limits:
    """How a host is treated: `retries` after a first try, `seconds` without a byte, `at_once` calls."""

    retries: int
    seconds: float
    at_once: int
    sleep: Callable[[float], None]
    clock: Callable[[], float]


class Host:
    """A scheme, host and port. `name` is how messages call it."""

    def __init__(self, name: str, opener: Opener, limits: Limits) -> None:
        self.name = name
        self.limits = limits
        self.down = ""
        self.requests = 0
        self._open = opener
        self._slots = threading.BoundedSemaphore(limits.at_once)
        self._counting = threading.Lock()
        self._proven = False
        self._timeout = Timeout(connect=min(10.0, limits.seconds), read=limits.seconds)
        self._failures = 0
        self._not_before = 0.0

    def exchange(
        self,
        method: str,
        target: str,
        headers: Mapping[str, str],
        body: bytes | None,
        read: Callable[[BaseHTTPResponse], T],
        *,
        again: bool,
    ) -> T:
        """What `read` makes of the answer, of whatever status; `again` allows to repeat the call whatever happened.

        Without it only a call that was refused for the host's limits is repeated: nothing came of it.

        Raises `errors.Unreachable`, and what `read` raises that is no failure of the connection.
        """
        tries = 1 + self.limits.retries
        for left in reversed(range(tries)):
            asked, reason = None, ""
            try:
                with self._slots:
                    self._wait()
                    response = self._try(method, target, headers, body)
                    status = response.status
                    if status not in PASSING and status != 403:
                        self._failures = 0
                        return _consume(response, read)
                    asked = self._asked_to_wait(response)
                    if status == 403 and asked is None:
                        return _consume(response, read)
                    if not left or not (again or status in LIMITED):
                        self._count_failure(f"answers {status}")
                        return _consume(response, read)
                    response.close()
            except TimeoutError:
                reason = f"did not answer within {self.limits.seconds:.0f} s"
            except HTTPError as error:
                if isinstance(error, LocationParseError):
                    raise BadAnswer(f"{self.name} is no usable address.") from None
                reason = "broke the connection"
            if reason and not (left and again):
                self._count_failure(reason)
                tried = _times(tries - left)
                raise Unreachable(f"{self.name} {reason}{tried}. Try again later, or check the network.")
            if asked is None:
                longest = min(LONGEST_BACKOFF, FIRST_BACKOFF * 2 ** (tries - 1 - left))
                self.limits.sleep(random.uniform(0, longest))  # noqa: S311 - spreads load, guards nothing
        raise AssertionError("the last try returns or raises")

    def _try(self, method: str, target: str, headers: Mapping[str, str], body: bytes | None) -> BaseHTTPResponse:
        """One try; none at all once the host is known not to answer."""
        if self.down:
            raise Unreachable(self.down)
        with self._counting:
            self.requests += 1
        try:
            response = self._open(
                method,
                target,
                body=body,
                headers=headers,
                retries=ONCE,
                redirect=False,
                timeout=self._timeout,
                preload_content=False,
                decode_content=False,
            )
        except (NewConnectionError, ProxyError) as error:
            raise self._leave(_refusal(error)) from None
        except SSLError as error:
            if self._proven and "CERTIFICATE" not in str(error):
                raise
            raise self._leave("can't be spoken to over TLS; does it need a CA of your own? Set SSL_CERT_FILE") from None
        except TimeoutError:
            if not self._proven:
                self._failures += 1
                if self._failures >= HOPELESS - 1:
                    raise self._leave(f"did not answer within {self.limits.seconds:.0f} s, twice") from None
            raise
        self._proven = True
        return response

    def _leave(self, reason: str) -> Unreachable:
        """The host counts as down for the rest of this run."""
        self.down = f"{self.name} {reason}. Check the address, the network and the proxy; it is not asked again."
        return Unreachable(self.down)

    def _count_failure(self, reason: str) -> None:
        self._failures += 1
        if self._failures >= HOPELESS:
            self._leave(f"{reason}, whatever is asked")

    def _wait(self) -> None:
        """As long as the host asked all of us to."""
        if self._not_before and (seconds := self._not_before - time.monotonic()) > 0:
            self.limits.sleep(seconds)

    def _asked_to_wait(self, response: BaseHTTPResponse) -> float | None:
        """Seconds the host wants us to wait, None when it doesn't say.

        `Retry-After` (RFC 9110) or the limits of GitHub and GitLab. Raises `errors.Unreachable` for more than
        LONGEST_WAIT.
        """
        seconds = _seconds(response.headers, self.limits.clock())
        if seconds is None:
            return None
        if seconds > LONGEST_WAIT:
            response.close()
            self.down = (
                f"{self.name} allows no more requests for {_span(seconds)}. Give it credentials with a higher limit, "
                "or run again then."
            )
            raise Unreachable(self.down)
        self._not_before = time.monotonic() + seconds
        return seconds


def _seconds(headers: Mapping[str, str], now: float) -> float | None:
    stated = headers.get("retry-after", "").strip()
    try:
        if stated.isdigit():
            return float(stated[:9])
        if stated:
            return max(0.0, parsedate_to_datetime(stated).timestamp() - now)
        for prefix in ("x-ratelimit", "ratelimit"):
            if headers.get(f"{prefix}-remaining", "").strip() == "0":
                reset = float(headers.get(f"{prefix}-reset", "")[:12])
                return max(0.0, reset - now if reset > 10**8 else reset)
    except (ValueError, OverflowError):
        pass
    return None


def _consume(response: BaseHTTPResponse, read: Callable[[BaseHTTPResponse], T]) -> T:
    """Only a connection whose answer was read to its end can be used again."""
    whole = False
    try:
        result = read(response)
        whole = True
        return result
    finally:
        if not whole:
            response.close()
        response.release_conn()


def _refusal(error: Exception) -> str:
    if isinstance(error, ProxyError):
        return "can't be reached through the proxy"
    if isinstance(error, NameResolutionError):
        return "does not resolve"
    return "refuses the connection"


def _times(tries: int) -> str:
    return f" ({tries} tries)" if tries > 1 else ""


def _span(seconds: float) -> str:
    return f"{seconds / 60:.0f} min" if seconds < 5400 else f"{seconds / 3600:.1f} h"
