"""The knee of a site: the rate up to which it keeps its latency, found by trying rates.

    search(holds, first, most) -> the rates that were tried

The rate doubles until the site breaks; then the gap between what held and what broke is halved, twice.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from typing import ClassVar

from maintainer.checks.base import Bench, Site
from maintainer.checks.load import NAME, WRITES, Load
from maintainer.checks.load_arrivals import Block, Segment
from maintainer.checks.load_figures import CHECK, latencies
from maintainer.checks.load_program import AROUND
from maintainer.checks.load_samples import Kind
from maintainer.evidence import Blind, Evidence, Measurement

HALVINGS = 2
#: A rate is not held either when more than so many requests fail, or fewer of the visitors could be sent.
FAILED, SENT = 0.05, 0.98


@dataclass(frozen=True, slots=True)
class Knee:
    """The rates to try, in visitors a second, for how many seconds each, and the p95 in milliseconds to keep."""

    first: float
    most: float
    seconds: float
    p95: float


@dataclass(frozen=True, slots=True)
class Tried:
    """A rate, the p95 it had in milliseconds, and whether it was held."""

    rate: float
    p95: float
    held: bool


class OutOfTime(Exception):
    """There is no time for another rate, or the machine can't load so much."""


@dataclass(frozen=True, slots=True)
class LoadAndKnee:
    """The check: the load and, where nothing hinders it, the search for the knee."""

    NAME: ClassVar[str] = NAME
    WRITES: ClassVar[bool] = WRITES

    load: Load
    knee: Knee

    def measure(self, bench: Bench) -> Evidence:
        """Both. Raises `errors.ToolFailed` where Locust can't be started."""
        made = self.load.measure(bench)
        return made if made.blind else made + found(self.load, self.knee, bench)


def search(at: Callable[[float], Tried], first: float, most: float) -> Iterator[Tried]:
    """The rates that are tried, each as it is; ends where the highest holds."""
    held, rate = 0.0, first
    while True:
        tried = at(rate)
        yield tried
        if not tried.held:
            break
        held = rate
        if rate >= most:
            return
        rate = min(most, rate * 2)
    broken = rate
    for _ in range(HALVINGS if held else 0):
        tried = at((held + broken) / 2)
        yield tried
        held, broken = (tried.rate, broken) if tried.held else (held, tried.rate)


def found(load: Load, knee: Knee, bench: Bench) -> Evidence:
    """The knee of each site, head first."""
    made = Evidence()
    for site in bench.sites:
        rates: list[Tried] = []
        why: tuple[Blind, ...] = ()
        most = min(knee.most, load.cap / load.requests)
        try:
            rates.extend(search(partial(_tried, load, knee, bench, site), knee.first, most))
        except OutOfTime as error:
            why = (Blind(CHECK, "", str(error), "Give it more time, or a narrower search", site.side, "knee"),)
        columns = {
            "knee-rate": [one.rate for one in rates],
            "knee-p95": [one.p95 for one in rates],
            "knee-held": [float(one.held) for one in rates],
        }
        made += Evidence(
            tuple(
                Measurement(CHECK, name, "", "ms" if name == "knee-p95" else "", tuple(values), site.side)
                for name, values in columns.items()
                if values
            ),
            blind=why,
        )
    return made


def _tried(load: Load, knee: Knee, bench: Bench, site: Site, rate: float) -> Tried:
    import numpy as np

    segments = (Segment(knee.seconds, rate, rate),)
    plan = (Block(site.side, 0.0, segments),)
    if bench.left() < knee.seconds + AROUND:
        raise OutOfTime("there is no time to try more rates")
    once = replace(load, segments=segments)
    left = once.program.run(once.job((site,), plan), knee.seconds, bench.left())
    halted = left.halted()
    if left.ended or (halted and halted[0] != "errors"):
        raise OutOfTime(f"the load at {rate:.3g} visitors a second was cut short")
    sent = left.samples[left.samples["kind"] != Kind.HELD]
    begun = int((sent["step"] == 0).sum())
    if not halted and begun < SENT * plan[0].visitors:
        raise OutOfTime(f"this machine can't send {rate:.3g} visitors a second")
    p95 = float(np.percentile(latencies(sent), 95))
    fine = float((sent["kind"] == Kind.FINE).mean())
    return Tried(rate, round(p95, 1), p95 <= knee.p95 and fine >= 1 - FAILED)
