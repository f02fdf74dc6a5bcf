"""A load by the site's own locustfile, one site after the other.

    OwnLoad(program, file, ...).measure(bench) -> Evidence

Its users are its own: they wait for an answer before they ask on, and which hosts they ask is theirs to keep to. The
switches and the recorder are ours.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import ClassVar

from maintainer.checks.base import Bench, Site
from maintainer.checks.load import NAME, STOP, SWITCH, WRITES
from maintainer.checks.load_arrivals import Block, Segment
from maintainer.checks.load_curves import drawn
from maintainer.checks.load_figures import Endpoint, Figures
from maintainer.checks.load_program import AROUND, Left, Program
from maintainer.evidence import Blind, Evidence, Looked, Measurement, Observation

CLOSED = (
    "its own locustfile waits for each answer before it asks on, so a stall delays its requests and is not counted in "
    "them: latencies are from the start of each request"
)
#: Of its own users nobody planned how many requests they make, nor when.
UNPLANNED = ("planned", "begun", "late", "offered", "answered")
GUARDED = "the site wants headers or cookies, and its own locustfile is not told them"


@dataclass(frozen=True, slots=True)
class OwnLoad:
    """The check: so many `users` for so many `seconds`. `given` are the variables that the locustfile finds."""

    NAME: ClassVar[str] = NAME
    WRITES: ClassVar[bool] = WRITES

    program: Program
    file: Path
    users: int
    seconds: float
    given: Mapping[str, str] = field(default_factory=dict, repr=False)
    environment: Mapping[str, str] = field(default_factory=dict, repr=False)

    def measure(self, bench: Bench) -> Evidence:
        """Load each site. Raises `errors.ToolFailed` where Locust can't be started."""
        if blind := self._refused(bench):
            return Evidence(blind=(blind,))
        made = Evidence()
        for site in reversed(bench.sites):
            made += self._site(bench, site)
        return made

    def _refused(self, bench: Bench) -> Blind | None:
        stop = self.environment.get(STOP, "")
        needed = (self.seconds + AROUND) * len(bench.sites)
        if not self.file.is_file():
            return Blind(NAME, "", f"there is no {self.file.name}", "Correct verify.load.locustfile")
        if self.environment.get(SWITCH, "").lower() == "off" or (stop and Path(stop).exists()):
            return Blind(NAME, "", "a switch forbids loads here", f"Unset {SWITCH}, and remove the file {STOP} names")
        if any(site.visitor.identified for site in bench.sites):
            return Blind(NAME, "", GUARDED, "Let this machine in by its address, or use journeys")
        if needed > bench.left():
            reason = f"the load takes {needed:.0f} s, and {bench.left():.0f} s are left"
            return Blind(NAME, "", reason, "Raise verify.within.check and verify.within.all, or load shorter")
        return None

    def _site(self, bench: Bench, site: Site) -> Evidence:
        job = {"duration": self.seconds, "block": 0, "side": site.side, "stop": self.environment.get(STOP, "")}
        users = ["--users", str(self.users), "--spawn-rate", str(max(1, self.users // 3))]
        arguments = ["--host", site.target.url, *users]
        left = self.program.run_own(self.file, job, arguments, self.given, bench.left())
        block = Block(site.side, 0.0, (Segment(self.seconds, 0.0, 0.0),))
        figures = Figures(left.samples, (block,), _names(left), left.notes, steady=False)
        folder = bench.folder / "load" / site.side
        artifact = replace(drawn(figures, folder), path=f"load/{site.side}/load/curves.json")
        seen = figures.evidence()
        kept = [one for one in seen.measurements if one.metric not in UNPLANNED]
        return Evidence(
            (
                *(replace(one, artifacts=(artifact,)) if one.metric == "latency" else one for one in kept),
                Measurement(NAME, "cpu", "", "share", left.cpu(), site.side),
            ),
            (*seen.observations, Observation(NAME, "arrivals", "", CLOSED, CLOSED, side=site.side, told=True)),
            tuple(_cut_short(left, site)),
            (Looked(NAME, "arrivals", "", site.side),),
        )


def _names(left: Left) -> tuple[Endpoint, ...]:
    named = {int(one["number"]): str(one["name"]) for one in left.notes if "name" in one}
    return tuple(Endpoint(named.get(at, "others")) for at in range(max(named, default=-1) + 1))


def _cut_short(left: Left, site: Site) -> list[Blind]:
    halted = left.halted()
    if halted:
        reason = f"the kill switch ended it after {halted[1]:.0f} s"
        return [Blind(NAME, "", reason, f"Remove the file {STOP} names", site.side)]
    if left.ended:
        return [Blind(NAME, "", left.ended, "Run it again; has the machine memory enough?", site.side)]
    if not len(left.samples):
        return [Blind(NAME, "", "not one request was sent", "Run the locustfile by hand", site.side)]
    return []
