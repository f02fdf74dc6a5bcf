"""Integrations: do feeds, webhooks and the systems around the shop still answer what they are relied upon for?

Endpoints on the site are asked on both sides; those of others once. What stands in an answer is in no sentence: it may
be customers'. Numbers (latency, items, age, depth) are measured here and judged by policy.
"""

import time
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from maintainer.checks.base import Bench, Site
from maintainer.checks.integrations_answer import LIMIT, NAME, Answer, Endpoint, unknown, wrong
from maintainer.evidence import Blind, Evidence, Looked, Measurement
from maintainer.http_visit import Missed, Seen, host_of

WRITES = False
#: What is slower than it may be is asked again, where that changes nothing.
TRIES = 3


@dataclass(frozen=True, slots=True)
class Integrations:
    """The check. `now` is the time ages are counted to; `unusable` is why some endpoints are not asked.

    `production` is the host of customers' site: what writes goes there only where `may_write`.
    """

    NAME: ClassVar[str] = NAME
    WRITES: ClassVar[bool] = WRITES

    endpoints: tuple[Endpoint, ...]
    now: datetime
    unusable: tuple[Blind, ...] = ()
    production: str = ""
    may_write: bool = False

    def measure(self, bench: Bench) -> Evidence:
        """All endpoints, one after the other: at once they would slow each other down."""
        made = Evidence(blind=self.unusable)
        for endpoint in self.endpoints:
            for site in bench.sites if endpoint.local else (bench.head,):
                made += self._one(endpoint, site, bench)
        return made

    def _one(self, endpoint: Endpoint, site: Site, bench: Bench) -> Evidence:
        url = site.address(endpoint.url) if endpoint.local else endpoint.url
        if endpoint.asking.writes and not self.may_write and self._is_production(url, site):
            if site.side == "base":
                return Evidence()
            reason = f"it writes ({endpoint.asking.method}), and that is production, where customers buy"
            return unknown(endpoint, site.side, reason, "Name a staging or a sandbox, or allow it: verify.production")
        if not site.visitor.may_ask(url):
            host = host_of(url)
            return unknown(endpoint, site.side, f"{host} may not be asked", f"Name it: environments.allow: [{host}]")
        if not bench.left():
            return unknown(endpoint, site.side, "the time was over before it was asked", "Raise verify.within.check")
        seconds, seen = self._asked(endpoint, url, site, bench)
        if isinstance(seen, Missed):
            return _missed(endpoint, seen, site)
        took = Measurement(NAME, "latency", endpoint.name, "s", seconds, site.side)
        return Evidence((took,)) + Answer(endpoint, seen, site.side, self.now).evidence()

    def _is_production(self, url: str, site: Site) -> bool:
        return host_of(url) == self.production if self.production else site.production and site.visitor.own(url)

    def _asked(self, endpoint: Endpoint, url: str, site: Site, bench: Bench) -> tuple[tuple[float, ...], Seen | Missed]:
        """How long the whole answer took, each time it was asked for, and the last one."""
        took: list[float] = []
        while True:
            began = time.perf_counter()
            seen = site.visitor.send(url, endpoint.asking, limit=LIMIT, seconds=_patience(endpoint))
            took.append(time.perf_counter() - began)
            enough = endpoint.slow is None or took[-1] <= endpoint.slow or endpoint.asking.writes
            if enough or isinstance(seen, Missed) or len(took) >= TRIES or bench.left() <= took[-1]:
                return tuple(took), seen


def _patience(endpoint: Endpoint) -> float | None:
    return max(20.0, 2 * endpoint.slow) if endpoint.slow else None


def _missed(endpoint: Endpoint, missed: Missed, site: Site) -> Evidence:
    """On the site it is the site's fault. Elsewhere it may be the network between us."""
    if missed.kind == "elsewhere":
        mend = "Name that host under environments.allow, or the address it leads to"
        return unknown(endpoint, site.side, f"it {missed.sentence}", mend)
    if not endpoint.local and missed.kind in ("down", "silent"):
        return unknown(endpoint, site.side, f"no answer: {missed.sentence}", "Is it up, and can this machine reach it?")
    fault = wrong(endpoint, site.side, "answers", missed.kind, f"gives no answer: {missed.sentence}")
    return Evidence(observations=(fault,), looked=(Looked(NAME, "answers", endpoint.name, site.side),))
