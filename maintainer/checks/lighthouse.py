"""Lighthouse: how long pages take and what they weigh, with the change and before it, side by side on this machine.

    Lighthouse(program, ...).measure(bench) -> Evidence

A place is a page on a device. Each is run in pairs, base and head right after each other, which first by turns (ABBA),
one run at a time, until `enough` says that more would tell no more. A pair during which the machine's speed drifted is
thrown away. TTFB is measured by plain requests in between: Lighthouse's own is of one request.
"""

import re
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from statistics import median
from typing import ClassVar

from maintainer.checks.base import Bench, Site
from maintainer.checks.lighthouse_interact import Interactions
from maintainer.checks.lighthouse_program import Device, Program
from maintainer.checks.lighthouse_report import Run, Unusable, unit
from maintainer.errors import ToolFailed
from maintainer.evidence import Artifact, Blind, Evidence, Looked, Measurement, Observation, Side
from maintainer.http_visit import Missed

NAME = "lighthouse"
WRITES = False
#: Of the benchmark index between the two runs of a pair; Lighthouse's own advice, docs/variability.md there.
DRIFT = 0.15
#: Plain requests for one TTFB.
PLAIN = 3
#: So many runs of a place may fail before it is given up. At least so many pairs may be thrown away, or half of all.
PATIENCE = 3
SPARE = 4
DEVICES: tuple[Device, ...] = ("mobile", "desktop")

Pair = dict[Side, Run]
#: Of what was seen so far, and a place in it: whether more runs would tell no more.
Enough = Callable[[Evidence, str], bool]


def never(_: Evidence, __: str) -> bool:
    """As many runs as are allowed."""
    return False


@dataclass(frozen=True, slots=True)
class Lighthouse:
    """The check. At least `fewest` and at most `most` pairs of each page on each device; without a baseline: runs.

    `paths` are the pages; without any the configuration's, else the home page. `guarded` says that the site wants
    headers or cookies: Lighthouse would send them to every host the page talks to, so it isn't given them. What is
    clicked goes first, as it takes less time.
    """

    NAME: ClassVar[str] = NAME
    WRITES: ClassVar[bool] = WRITES

    program: Program
    paths: tuple[str, ...] = ()
    devices: tuple[Device, ...] = DEVICES
    fewest: int = 7
    most: int = 20
    enough: Enough = never
    guarded: bool = False
    clicked: Interactions | None = None

    def measure(self, bench: Bench) -> Evidence:
        """All that is clicked, and all that is loaded, one after the other."""
        made = self.clicked.measure(bench) if self.clicked else Evidence()
        return made + self._loaded(bench)

    def _loaded(self, bench: Bench) -> Evidence:
        """What stops one place and stops all is told once: a missing program, for instance."""
        if self.guarded:
            return Evidence(blind=(Blind(NAME, "", GUARDED, GUARDED_MEND),))
        made = Evidence()
        for path in self.paths or tuple(page.path for page in bench.pages) or ("/",):
            for device in self.devices:
                try:
                    made += self._place(bench, path, device)
                except ToolFailed as error:
                    return made + Evidence(blind=(Blind(NAME, "", error.message, INSTALL),))
        return made

    def _place(self, bench: Bench, path: str, device: Device) -> Evidence:
        """One page on one device. Raises `errors.ToolFailed` when Lighthouse can't be started."""
        place = _Place(f"{path} on {device}")
        if blind := [found for site in bench.sites if (found := _answers(site, path, place.name))]:
            return Evidence(blind=tuple(blind))
        spare = max(SPARE, self.most // 2)
        while len(place.pairs) < self.most and place.thrown < spare and place.failed < PATIENCE:
            if bench.left() <= place.longest * len(bench.sites):
                break
            self._pair(bench, path, device, place)
            if len(place.pairs) >= self.fewest and self.enough(place.evidence(), place.name):
                break
        return place.evidence() + Evidence(blind=tuple(self._shortage(place))) + _kept(place, bench)

    def _pair(self, bench: Bench, path: str, device: Device, place: "_Place") -> None:
        """The two runs of a pair, and its TTFB; nothing is kept of one that failed or drifted."""
        order = bench.sites if len(place.pairs) % 2 else tuple(reversed(bench.sites))
        pair: Pair = {}
        for site in order:
            began = time.monotonic()
            try:
                pair[site.side] = self.program.run(site.address(path), device, bench.left())
            except Unusable as unusable:
                place.failed += 1
                place.last = Blind(NAME, place.name, unusable.reason, unusable.mend, site.side)
                return
            finally:
                place.longest = max(place.longest, time.monotonic() - began)
        first_bytes = {site.side: _first_byte(site, path) for site in order}
        speeds = [run.speed for run in pair.values()]
        if max(speeds) > min(speeds) * (1 + DRIFT):
            place.thrown += 1
            return
        place.pairs.append(pair)
        place.first_bytes.append({side: value for side, value in first_bytes.items() if value is not None})

    def _shortage(self, place: "_Place") -> Iterator[Blind]:
        """Why there are fewer pairs than are needed to say anything."""
        if len(place.pairs) >= self.fewest:
            return
        pairs = f"{len(place.pairs)} of at least {self.fewest} runs could be used"
        if place.last and place.failed >= PATIENCE:
            yield place.last
        elif place.thrown:
            reason = f"{pairs}: the machine's speed drifted by more than {DRIFT:.0%} during {place.thrown} others"
            yield Blind(NAME, place.name, reason, "Run it on a machine that does nothing else meanwhile")
        else:
            mend = "Give it more time in verify.within.check, or name fewer pages"
            yield Blind(NAME, place.name, f"{pairs} before the time was over", mend)


GUARDED = "the site wants headers or cookies, which Lighthouse would send to every host that the page talks to"
GUARDED_MEND = "Let this machine in by its address"
INSTALL = "Install it: npm install --global lighthouse@12, with Node 20 or newer and Chrome or Chromium"


@dataclass(slots=True)
class _Place:
    """What was seen of a page on a device so far."""

    name: str
    pairs: list[Pair] = field(default_factory=list)
    first_bytes: list[dict[Side, float]] = field(default_factory=list)
    thrown: int = 0
    failed: int = 0
    longest: float = 0.0
    last: Blind | None = None

    def evidence(self) -> Evidence:
        """The samples of both sides: the same index is the same pair, which has both or is left out."""
        made = Evidence()
        if not self.pairs:
            return made
        sides = tuple(sorted(self.pairs[0]))
        names = dict.fromkeys(name for pair in self.pairs for run in pair.values() for name in run.metrics)
        measured = {
            name: [pair for pair in self.pairs if all(name in run.metrics for run in pair.values())] for name in names
        }
        ttfb = [values for values in self.first_bytes if len(values) == len(sides)]
        for side in sides:
            samples = {name: [pair[side].metrics[name] for pair in pairs] for name, pairs in measured.items()}
            samples["ttfb"] = [values[side] for values in ttfb]
            made += Evidence(
                tuple(
                    Measurement(NAME, name, self.name, unit(name), tuple(values), side)
                    for name, values in samples.items()
                    if values
                )
            )
            made += self._third_parties(side)
        return made

    def _third_parties(self, side: Side) -> Evidence:
        """Who else the page talks to: with the change in at least half of the runs, before it in any."""
        runs = [pair[side] for pair in self.pairs]
        if not all("third_parties" in run.metrics for run in runs):
            return Evidence()
        hosts = {name: host for run in runs for name, host in run.third_parties.items()}
        often = len(runs) / 2 if side == "head" else 1
        usual = [name for name in sorted(hosts) if sum(name in run.third_parties for run in runs) >= often]
        return Evidence(
            observations=tuple(
                Observation(NAME, "third-parties", self.name, name, _talks(name, hosts[name]), side=side)
                for name in usual
            ),
            looked=(Looked(NAME, "third-parties", self.name, side, relative=True),),
        )


def _talks(name: str, host: str) -> str:
    return f"talks to {host}" if name == host else f"talks to {name} ({host})"


def _answers(site: Site, path: str, place: str) -> Blind | None:
    """Why a page needn't be run. Asked first, also so that caches are warm on both sides."""
    seen = site.visitor.visit(site.address(path))
    if isinstance(seen, Missed):
        return Blind(NAME, place, seen.sentence, "See that the site runs and that this machine reaches it", site.side)
    if seen.status >= 400:
        mend = "Let this machine in" if seen.status in (401, 403) else "Open the page: it answers an error"
        return Blind(NAME, place, f"the page answers {seen.status}", mend, site.side)
    return None


def _first_byte(site: Site, path: str) -> float | None:
    """The median TTFB of a few plain requests, in milliseconds; None where one of them fails."""
    seen = [site.visitor.visit(site.address(path)) for _ in range(PLAIN)]
    usable = [one.first_byte * 1000 for one in seen if not isinstance(one, Missed) and one.status < 400]
    return median(usable) if len(usable) == PLAIN else None


def _kept(place: _Place, bench: Bench) -> Evidence:
    """Lighthouse's report of the run in the middle, on each side."""
    found: list[Artifact] = []
    for side in sorted(place.pairs[0]) if place.pairs else ():
        run = _middle([pair[side] for pair in place.pairs])
        name = re.sub(r"[^A-Za-z0-9]+", "-", f"{place.name} {side}").strip("-")
        path = bench.folder / "lighthouse" / f"{name[-100:]}.json"
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(run.report)
        except OSError as error:
            return Evidence(
                blind=(Blind(NAME, place.name, f"its report can't be kept: {error.strerror}", "Make room"),)
            )
        words = f"Lighthouse {run.version} of {place.name} {'with the change' if side == 'head' else 'before it'}"
        found.append(Artifact(path.relative_to(bench.folder).as_posix(), f"{words}, {run.browser}"))
    samples = tuple(float(len(place.pairs)) for _ in found[:1])
    return Evidence(
        (Measurement(NAME, "pairs", place.name, "count", samples, artifacts=tuple(found)),) if found else ()
    )


def _middle(runs: Sequence[Run]) -> Run:
    ordered = sorted(runs, key=lambda run: run.metrics.get("lcp", run.metrics.get("fcp", 0.0)))
    return ordered[(len(ordered) - 1) // 2]
