"""Load: does the shop keep its pace while customers arrive, and is it as quick as before the change?

    Load(program, journeys, ...).measure(bench) -> Evidence

Visitors arrive on a clock (an open arrival rate): a site that stalls is asked on, and every request's time counts from
the moment it was meant for. Both sites are loaded by one program, in blocks by turns.
"""

import secrets
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Literal
from urllib.parse import urlsplit

from maintainer.checks.base import Bench, Site
from maintainer.checks.load_arrivals import Block, Segment, blocks
from maintainer.checks.load_curves import drawn
from maintainer.checks.load_figures import CHECK, Endpoint, Figures
from maintainer.checks.load_program import AROUND, Left, Program
from maintainer.checks.load_samples import Kind
from maintainer.evidence import Blind, Evidence, Measurement, Side
from maintainer.http_visit import Missed

if TYPE_CHECKING:
    from maintainer.checks.load_samples import Samples

NAME = CHECK
WRITES = True
#: The variable that forbids any load here, by `off`, and the one that names a file whose being there ends a load.
SWITCH, STOP = "MAINTAINER_LOAD", "MAINTAINER_LOAD_STOP"
#: So many requests without any answer at the end of a load are a site that is gone.
GONE = 10

Method = Literal["GET", "POST", "PUT", "DELETE"]
#: Of what is kept of an answer for later steps: a header's name, or a pattern whose first group it is.
Kept = Mapping[Literal["header", "pattern"], str]


@dataclass(frozen=True, slots=True)
class Step:
    """One request of a visitor, measured under its name; `{feed}` in texts stands for a value of that feed.

    `think` are the seconds until the next step. `status` None: anything below 400.
    """

    name: str
    path: str
    method: Method = "GET"
    form: Mapping[str, str] = field(default_factory=dict, repr=False)
    json: str | None = None
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    status: int | None = None
    must: tuple[str, ...] = ()
    must_not: tuple[str, ...] = ()
    keep: Mapping[str, Kept] = field(default_factory=dict)
    think: float = 0.0
    cart: bool = False


@dataclass(frozen=True, slots=True)
class Journey:
    """What a visitor does; the weight is against the other journeys'."""

    name: str
    steps: tuple[Step, ...]
    weight: float = 1.0


@dataclass(frozen=True, slots=True)
class Abort:
    """A load ends when over a share of the last seconds' requests fail, after a grace and with so many requests."""

    share: float = 0.5
    grace: float = 10.0
    fewest: int = 20


@dataclass(frozen=True, slots=True)
class Load:
    """The check. `segments` is the rate over the time, in `pairs` blocks by turns where both sites are loaded.

    `cap` are the requests a second that are never passed, `open` those that may wait at a time, `seconds` the time
    for one. `production` says that customers' site may be loaded too. `environment` is where the switches are.
    """

    NAME: ClassVar[str] = NAME
    WRITES: ClassVar[bool] = WRITES

    program: Program
    journeys: tuple[Journey, ...]
    segments: tuple[Segment, ...]
    feeds: Mapping[str, Sequence[str]] = field(default_factory=dict, repr=False)
    pairs: int = 1
    warm_up: float = 0.0
    cap: int = 50
    open: int = 500
    seconds: float = 20.0
    abort: Abort = Abort()
    production: bool = False
    environment: Mapping[str, str] = field(default_factory=dict, repr=False)

    def measure(self, bench: Bench) -> Evidence:
        """Load the sites, head and base by turns. Raises `errors.ToolFailed` where Locust can't be started."""
        plan = self.plan(bench)
        if blind := self.refused(bench, plan):
            return Evidence(blind=(blind,))
        left = self.program.run(self.job(bench.sites, plan), _end(plan), bench.left())
        samples, gone = _while_there(left.samples, plan)
        figures = Figures(samples, plan, self.endpoints, left.notes, steady=self._steady)
        made = figures.evidence() + Evidence((_cpu(left),), blind=(*gone, *_cut_short(left)))
        artifact = drawn(figures, bench.folder)
        return Evidence(tuple(_with(one, artifact) for one in made.measurements), made.observations, made.blind)

    @property
    def endpoints(self) -> tuple[Endpoint, ...]:
        """Every step by its name, once."""
        named: dict[str, Endpoint] = {}
        for journey in self.journeys:
            for step in journey.steps:
                named.setdefault(step.name, Endpoint(step.name, step.must, step.must_not, step.cart))
        return tuple(named.values())

    @property
    def requests(self) -> float:
        """How many requests a visitor makes, in the mean."""
        total = sum(journey.weight for journey in self.journeys)
        return sum(journey.weight * len(journey.steps) for journey in self.journeys) / total

    @property
    def longest(self) -> float:
        """How long the slowest visitor thinks, in all."""
        return max(sum(step.think for step in journey.steps) for journey in self.journeys)

    @property
    def _steady(self) -> bool:
        return all(segment.first == segment.last == self.segments[0].first for segment in self.segments)

    def plan(self, bench: Bench) -> tuple[Block, ...]:
        """The blocks; between two there is time for the last visitors to finish."""
        sides: tuple[Side, ...] = ("base", "head") if bench.base else ("head",)
        pause = 0.5 + min(10.0, self.longest)
        return blocks(self.segments, sides, pairs=self.pairs, warm_up=self.warm_up, pause=pause)

    def refused(self, bench: Bench, plan: Sequence[Block]) -> Blind | None:
        """Why nothing may, or can, be loaded."""
        if any(site.production for site in bench.sites) and not self.production:
            return Blind(NAME, "", "it would load production, where customers buy", "Give it a staging")
        if self.environment.get(SWITCH, "").lower() == "off":
            return Blind(NAME, "", f"{SWITCH} is off", "Unset it where loads are wanted again")
        stop = self.environment.get(STOP, "")
        if stop and Path(stop).exists():
            return Blind(NAME, "", f"the kill switch is on: {STOP} names a file that exists", "Remove that file")
        if self.program.workers and any(site.visitor.identified for site in bench.sites):
            return Blind(NAME, "", GUARDED, "Let these machines in by their addresses, or load from this one alone")
        peak = max(block.peak for block in plan) * self.requests
        if peak > self.cap:
            reason = f"{peak:.4g} requests a second are wanted at the most, and the cap is {self.cap}"
            return Blind(NAME, "", reason, "Lower verify.load.rate, or raise verify.load.cap")
        if (needed := _end(plan) + AROUND) > bench.left():
            reason = f"the load takes {needed:.0f} s, and {bench.left():.0f} s are left"
            return Blind(NAME, "", reason, "Raise verify.within.check and verify.within.all, or load shorter")
        for site in bench.sites:
            seen = site.visitor.visit(site.address(self.first))
            if isinstance(seen, Missed):
                return Blind(NAME, "", f"the site is not there to be loaded: {seen.sentence}", "", site.side)
        return None

    @property
    def first(self) -> str:
        """A path to see whether somebody is there."""
        paths = [step.path for journey in self.journeys for step in journey.steps if step.method == "GET"]
        return next((path for path in paths if "{" not in path), "/")

    def job(self, sites: Sequence[Site], plan: Sequence[Block]) -> dict[str, Any]:
        """What the program is told. It holds secrets, and names the only hosts that may be loaded."""
        numbers = {endpoint.name: at for at, endpoint in enumerate(self.endpoints)}
        return {
            "sites": {site.side: _site(site) for site in sites},
            "hosts": [urlsplit(site.target.url).netloc.lower() for site in sites],
            "journeys": [
                {"weight": journey.weight, "steps": [_step(step, numbers) for step in journey.steps]}
                for journey in self.journeys
            ],
            "feeds": {name: list(values) for name, values in self.feeds.items()},
            "run": secrets.token_hex(4),
            "blocks": [
                {
                    "side": block.side,
                    "at": block.at,
                    "segments": [(one.seconds, one.first, one.last) for one in block.segments],
                }
                for block in plan
            ],
            "seconds": self.seconds,
            "longest": self.longest,
            "open": self.open,
            "cap": self.cap,
            "stop": self.environment.get(STOP, ""),
            "abort": {"share": self.abort.share, "grace": self.abort.grace, "fewest": self.abort.fewest},
        }


GUARDED = "the site wants headers or cookies, which workers elsewhere are not told"


def _site(site: Site) -> dict[str, Any]:
    identity = site.visitor.identity
    return {
        "url": site.target.url,
        "headers": dict(identity.headers),
        "cookies": dict(identity.cookies),
        "ca": str(site.visitor.ca.absolute()) if site.visitor.ca else None,
    }


def _step(step: Step, numbers: Mapping[str, int]) -> dict[str, Any]:
    return {
        "endpoint": numbers[step.name],
        "method": step.method,
        "path": step.path,
        "form": dict(step.form),
        "json": step.json,
        "headers": dict(step.headers),
        "status": step.status,
        "must": list(step.must),
        "must_not": list(step.must_not),
        "keep": {name: dict(kept) for name, kept in step.keep.items()},
        "think": step.think,
    }


def _end(plan: Sequence[Block]) -> float:
    return max(block.at + block.seconds for block in plan)


def _cpu(left: Left) -> Measurement:
    return Measurement(NAME, "cpu", "", "share", left.cpu())


def _with(measurement: Measurement, artifact: Any) -> Measurement:
    return replace(measurement, artifacts=(artifact,)) if measurement.metric == "latency" else measurement


def _while_there(samples: "Samples", plan: Sequence[Block]) -> tuple["Samples", tuple[Blind, ...]]:
    """The samples without those of a site that was gone by then, and why."""
    import numpy as np

    blind = []
    for side in dict.fromkeys(block.side for block in plan):
        numbers = [at for at, block in enumerate(plan) if block.side == side]
        own = np.isin(samples["block"], numbers) & (samples["kind"] != Kind.HELD)
        lost = own & np.isin(samples["kind"], (Kind.REFUSED, Kind.BROKEN))
        answered = samples["intended"][own & ~lost]
        last = float(answered.max()) if len(answered) else -1.0
        gone = lost & (samples["intended"] > last)
        if gone.sum() >= GONE:
            samples = samples[~gone]
            if last < 0:
                reason = "a visit was answered, and not one request of the load"
                mend = "Is it behind a proxy, which a load doesn't use, or does it refuse who asks so often?"
            else:
                reason = f"the site stopped answering {last:.0f} s into the load, and did not come back"
                mend = "Did the load end it? See its log, and try a lower verify.load.rate"
            blind.append(Blind(NAME, "", reason, mend, side))
    return samples, tuple(blind)


def _cut_short(left: Left) -> Iterator[Blind]:
    """Why the load is less than it should be, and whose fault that is."""
    halted = left.halted()
    if not len(left.samples) and not halted and not left.ended:
        yield Blind(NAME, "", "not one request was sent", "Raise verify.load.rate or duration")
    match halted:
        case ("stop", at):
            yield Blind(NAME, "", f"the kill switch ended it after {at:.0f} s", f"Remove the file {STOP} names")
        case ("errors", at):
            reason = f"too much failed, so it was ended after {at:.0f} s"
            yield Blind(NAME, "", reason, "What failed is told beside this", rule="whole")
        case ("broken", _):
            said = next((str(one["said"]) for one in left.notes if "said" in one), "")
            yield Blind(NAME, "", f"the program that loads broke: {said}", "Run it again, and tell us if it stays so")
        case (_, at):
            yield Blind(NAME, "", f"nobody waited for it any more after {at:.0f} s", "Run it again")
        case None if left.ended:
            yield Blind(NAME, "", left.ended, "Run it again; has the machine memory enough?")
