"""End to end: do customers still get through, from the product to the order, as guests and with an account?

    E2E(Browser(environment), flows).measure(bench) -> Evidence

A flow is gone through once for each device and user (`Place`), in a browser of its own. One that fails is done anew
with fresh data: a pass then is told as flaky. One that fails again is done on the baseline too, so that what was so
before is known. What a flow makes is cleaned up after it, whatever became of it, even when its browser died.
"""

import re
import secrets
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar

from maintainer.checks import browser, e2e_steps, e2e_values, e2e_words, smoke_gate
from maintainer.checks.base import Bench, Site
from maintainer.checks.browser import Browser
from maintainer.checks.e2e_flow import Flow, Place
from maintainer.checks.e2e_program import Program
from maintainer.checks.e2e_trace import mask
from maintainer.errors import ToolFailed
from maintainer.evidence import Artifact, Blind, Evidence, Looked, Measurement, Observation

NAME = "e2e"
WRITES = True
PROGRAM = "maintainer.checks.e2e_work"
#: Seconds for the browser to start and end, and for the cleanup.
AROUND, CLEANING = 30.0, 60.0
LETTERS = "bcdfghjkmnpqrstvwxz"
#: The kinds of steps, as rules.
RULES = ("completes", "total", "server", "cleaned")
RAISE = "Raise verify.within.check, or give fewer flows, devices and users"


def letters() -> str:
    """Fresh data: eight letters that make no word, so that a name may have them."""
    return "".join(secrets.choice(LETTERS) for _ in range(8))


@dataclass(frozen=True, slots=True)
class E2E:
    """The check. `without` are flows that can't be gone through, by name with reason and mend; `program` the site's own
    tests.
    """

    NAME: ClassVar[str] = NAME
    WRITES: ClassVar[bool] = WRITES

    browser: Browser
    flows: tuple[Flow, ...]
    without: tuple[tuple[str, str, str], ...] = ()
    program: Program | None = None
    fresh: Callable[[], str] = field(default=letters, repr=False)

    def measure(self, bench: Bench) -> Evidence:
        """All flows, one after the other, on the site with the change; on the baseline those that fail there."""
        made = Evidence(blind=tuple(Blind(NAME, *one) for one in self.without))
        for flow in self.flows:
            for place in flow.places():
                made += self._place(place, bench)
        return made + (self.program.measure(bench) if self.program else Evidence())

    def _place(self, place: Place, bench: Bench) -> Evidence:
        made, failed = self._tried(place, bench.head, bench)
        if failed and bench.base:
            made += self._tried(place, bench.base, bench)[0]
        return made

    def _tried(self, place: Place, site: Site, bench: Bench) -> tuple[Evidence, bool]:
        """The flow on one site, anew where it fails; and whether it failed."""
        if blind := _closed(place, site):
            return Evidence(blind=(blind,)), False
        earlier: list[Way] = []
        for attempt in range(place.flow.retries + 1):
            needs = place.flow.seconds if attempt == 0 else earlier[-1].seconds
            if bench.left() < min(needs, 30.0) + AROUND:
                if earlier:
                    break
                reason = "the time was over before it was gone through"
                return Evidence(blind=(Blind(NAME, place.name, reason, RAISE, site.side),)), False
            try:
                way = self._once(place, site, bench, attempt)
            except ToolFailed as error:
                reason, _, mend = error.message.partition(". ")
                return Evidence(blind=(Blind(NAME, place.name, reason, mend, site.side),)), False
            if way.failed and way.failed["kind"] == "unreachable" and (blind := _closed(place, site)):
                return Evidence(blind=(blind,)), False  # it went down meanwhile
            earlier.append(way)
            if not way.failed:
                break
        return _evidence(place, site, earlier), bool(earlier[-1].failed or earlier[-1].uncleaned)

    def _once(self, place: Place, site: Site, bench: Bench, attempt: int) -> "Way":
        """Once through, and cleaned up after. Raises `errors.ToolFailed` when the browser can't, or died."""
        job = self._job(place, site, attempt)
        folder = bench.folder / NAME
        seconds = min(place.flow.seconds, max(10.0, bench.left() - AROUND))
        try:
            answer = self.browser.run(
                PROGRAM, {**job, "seconds": seconds}, folder=folder, seconds=seconds + CLEANING + AROUND
            )
        except ToolFailed:
            if place.flow.cleanup:  # an order may be there
                self.browser.run(PROGRAM, {**job, "only_cleanup": True}, folder=folder, seconds=CLEANING + AROUND)
            raise
        for one in answer["artifacts"]:
            if one["file"].endswith(".zip"):
                mask(folder / one["file"], _secrets(place.flow, site))
        return Way(
            failed=answer["failed"],
            uncleaned=answer["uncleaned"],
            kinds=tuple(answer["kinds"]),
            cleaned=answer["cleaned"],
            seconds=answer["seconds"],
            steps=answer["steps"],
            rescued=tuple(answer["rescued"]),
            notes=tuple(answer["notes"]),
            artifacts=(
                *(Artifact(f"{NAME}/{one['file']}", one["what"]) for one in answer["artifacts"]),
                *e2e_steps.kept(answer, folder, job["name"], _title(place, site)),
            ),
            variables=answer["variables"],
        )

    def _job(self, place: Place, site: Site, attempt: int) -> dict[str, Any]:
        flow, fresh = place.flow, self.fresh()
        given = {"fresh": fresh, "email": f"verify-{fresh}@example.com", "user_kind": place.user}
        for name, value in flow.given.items():  # one may name others, and those others
            given[name] = e2e_values.known(e2e_values.known(value, {**flow.given, **given}), given)
        short = re.sub(r"[^a-z0-9]+", "-", f"{place.name} {site.side} {attempt + 1}".lower()).strip("-")
        return {
            "sites": [browser.site(site)],
            "device": place.device,
            "user": place.user,
            "steps": list(flow.steps),
            "cleanup": list(flow.cleanup),
            "variables": given,
            "secrets": dict(flow.secrets),
            "locale": flow.locale,
            "step_seconds": flow.step_seconds,
            "seconds": flow.seconds,
            "keep": sorted(flow.keep),
            "name": short[-120:],
        }


@dataclass(frozen=True, slots=True)
class Way:
    """What became of going through a flow once: the facts of what failed, if anything did."""

    failed: Mapping[str, Any] | None
    uncleaned: Mapping[str, Any] | None
    kinds: tuple[str, ...]
    cleaned: bool
    seconds: float
    steps: int
    rescued: tuple[Mapping[str, str], ...]
    notes: tuple[str, ...]
    artifacts: tuple[Artifact, ...]
    variables: Mapping[str, str]

    @property
    def rule(self) -> str:
        """The rule that its failed step is of."""
        kind = self.failed["kind"] if self.failed else ""
        return {"total": "total", "api": "server"}.get(kind, "completes")


def _title(place: Place, site: Site) -> str:
    return place.name if site.side == "head" else f"{place.name}, before the change"


def _closed(place: Place, site: Site) -> Blind | None:
    """Why the site can't be gone through at all: it is down, or lets nobody in."""
    home = site.visitor.visit(site.address("/"))
    blind = smoke_gate.closed(home, site)
    return Blind(NAME, place.name, blind.reason, blind.mend, site.side) if blind else None


def _evidence(place: Place, site: Site, ways: list[Way]) -> Evidence:
    last = ways[-1]
    end = last.rule if last.failed else "completes"
    rules = list(dict.fromkeys([end, *(rule for rule in RULES[1:3] if rule in last.kinds)]))
    if any(way.cleaned for way in ways):
        rules.append("cleaned")
    return Evidence(
        measurements=_measured(place, site, ways),
        observations=tuple(_observed(place, site, ways)),
        looked=tuple(Looked(NAME, rule, place.name, site.side) for rule in rules),
    )


def _measured(place: Place, site: Site, ways: list[Way]) -> tuple[Measurement, ...]:
    took = tuple(way.seconds for way in ways if not way.failed)
    kept = ways[-1].artifacts
    times = (Measurement(NAME, "duration", place.name, "s", took, site.side, kept),) if took else ()
    flaky = float(len(ways) > 1 and not ways[-1].failed)
    return (*times, Measurement(NAME, "flaky", place.name, "count", (flaky,), site.side))


def _observed(place: Place, site: Site, ways: list[Way]) -> Iterator[Observation]:
    last = ways[-1]
    if last.failed:
        times = f", {len(ways)} times" if len(ways) > 1 else ""
        yield _observation(place, site, last, last.rule, last.failed, f"fails{times} at ")
    elif len(ways) > 1:
        first = ways[0]
        assert first.failed, "only what failed is done anew"
        said = f"flaky: it passed when done anew, and failed before at {e2e_words.sentence(first.failed)}"
        yield Observation(
            NAME, "completes", place.name, f"{place.name} flaky", said, "low", site.side, first.artifacts, told=True
        )
    for way in ways:
        if way.uncleaned:
            yield _observation(place, site, way, "cleaned", way.uncleaned, "what it made is not cleaned up: ")
            break
    if not last.failed and (order := last.variables.get("order")):
        total = last.variables.get("total", "")
        yield _told(place, site, f"order {order}" + (f", {total} in all" if total else ""))
    for one in {one["by"]: one for way in ways for one in way.rescued}.values():
        yield _told(place, site, f"{one['instead_of']} is not there; {one['by']} was taken instead")
    for note in last.notes:
        yield _told(place, site, note)


def _told(place: Place, site: Site, said: str) -> Observation:
    return Observation(NAME, "completes", place.name, f"{place.name} {said}", said, "low", site.side, told=True)


def _observation(place: Place, site: Site, way: Way, rule: str, facts: Mapping[str, Any], before: str) -> Observation:
    said = before + e2e_words.sentence(facts)
    key = f"{place.name} {e2e_words.key(facts)}"
    return Observation(NAME, rule, place.name, key, said, e2e_words.severity(facts), site.side, way.artifacts)


def _secrets(flow: Flow, site: Site) -> tuple[str, ...]:
    """What must not stand in a trace."""
    identity = site.visitor.identity
    return (*flow.secrets.values(), *identity.headers.values(), *identity.cookies.values())
