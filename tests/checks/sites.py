"""Two shops on loopback as a check is given them."""

import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

from maintainer.checks.base import Bench, Bounds, Site
from maintainer.evidence import Evidence, Outcome, Page, Side, Target, Verdict
from maintainer.http_visit import Visitor
from maintainer.policy.verdicts import judge
from tests.loopback import Loopback, Served
from tests.shops.shop import serving


def site(server: Loopback, side: Side, *, production: bool = False, allowed: Sequence[str] = ()) -> Site:
    visitor = Visitor(server.url, environment={}, seconds=2, allowed=frozenset(allowed))
    return Site(Target(side, server.url), visitor, production)


@contextmanager
def bench(
    folder: Path,
    head: Mapping[str, Served] | Loopback,
    base: Mapping[str, Served] | Loopback | None = None,
    *,
    pages: Sequence[Page] = (),
    seconds: float = 30,
    production: bool = False,
    allowed: Sequence[str] = (),
) -> Iterator[Bench]:
    """The shops that give these answers, until the end; or those that answer already."""
    with ExitStack() as stack:
        servers = [
            one if isinstance(one, Loopback) else stack.enter_context(serving(one))
            for one in (head, base)
            if one is not None
        ]
        sides: tuple[Side, Side] = ("head", "base")
        sites = [
            site(server, side, production=production, allowed=allowed)
            for server, side in zip(servers, sides, strict=False)
        ]
        before = sites[1] if len(sites) > 1 else None
        yield Bench(sites[0], before, tuple(pages), Bounds(), folder, time.monotonic() + seconds)


def judged(evidence: Evidence, check: str, *, baseline: bool = True) -> tuple[Verdict, ...]:
    return judge(evidence, [check], baseline=baseline)


def said(verdicts: Sequence[Verdict], outcome: Outcome) -> list[tuple[str, str, str]]:
    return [(one.rule, one.where, one.reason) for one in verdicts if one.outcome == outcome]
