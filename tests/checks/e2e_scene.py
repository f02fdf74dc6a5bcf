"""A scene for tests of flows: the configuration as a file has it, a site, and what is judged of it."""

import os
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, cast

from maintainer.checks.base import Bench, Bounds, Site
from maintainer.checks.browser import Browser
from maintainer.checks.browser_session import Session, session
from maintainer.checks.e2e import E2E
from maintainer.checks.e2e_work import main
from maintainer.commands import verify_e2e
from maintainer.config import validation
from maintainer.config.yaml_file import parse
from maintainer.evidence import Evidence, Side, Target, Verdict
from maintainer.http_visit import Identity, Visitor
from maintainer.policy.verdicts import judge

SECRETS = {
    "SHOP_USER": "ada@shop.example",
    "SHOP_PASSWORD": "pass-word-1",
    "STAFF_USER": "boss@shop.example",
    "STAFF_PASSWORD": "boss-word-1",
}


@dataclass(frozen=True)
class Seen:
    """What was seen, and what is judged of it."""

    evidence: Evidence
    verdicts: tuple[Verdict, ...]

    def said(self, outcome: str) -> list[tuple[str, str, str]]:
        return [(one.rule, one.where, one.reason) for one in self.verdicts if one.outcome == outcome]

    def outcomes(self) -> dict[str, str]:
        return {one.rule: one.outcome for one in self.verdicts}


@dataclass(frozen=True)
class Shared:
    """One Chromium for many flows, in this process: what a test of many of them has not the time to start anew."""

    session: Session

    def run(self, _: str, job: Mapping[str, Any], *, folder: Path, seconds: float) -> dict[str, Any]:
        folder.mkdir(parents=True, exist_ok=True)
        return main(self.session, {**job, "folder": str(folder)})


@contextmanager
def shared() -> Iterator[Browser]:
    """It asks loopback alone."""
    job = {
        "browser": {"executable": Browser(os.environ).executable(), "sandbox": os.geteuid() != 0},
        "sites": [{"url": "http://127.0.0.1", "allowed": []}],
    }
    with session(job) as opened:
        yield cast(Browser, Shared(opened))


def check(yaml: str, browser: Browser | None = None, **environment: str) -> E2E:
    """The check that a configuration's `verify` makes."""
    settings = validation.whole(parse(yaml.encode(), "maintainer.yml"))
    made = verify_e2e.configured(settings.verify, {**os.environ, **SECRETS, **environment}, Path())
    assert isinstance(made, E2E)
    return replace(made, browser=browser) if browser else made


def site(url: str, side: Side = "head", headers: Mapping[str, str] | None = None) -> Site:
    return Site(Target(side, url), Visitor(url, environment={}, identity=Identity(headers or {})))


def gone_through(made: E2E, folder: Path, head: Site, base: Site | None = None, seconds: float = 300) -> Seen:
    """All flows of it."""
    evidence = made.measure(Bench(head, base, (), Bounds(), folder, time.monotonic() + seconds))
    return Seen(evidence, judge(evidence, ["e2e"], baseline=base is not None))
