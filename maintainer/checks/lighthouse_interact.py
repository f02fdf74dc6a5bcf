"""INP: how long a page takes to be painted again after a click, in Chromium, with the change and before it.

    Interactions(browser, ...).measure(bench) -> Evidence

Lighthouse's report of a load has none, as nobody clicks. What is clicked is told in the configuration. The program
(`lighthouse_interact_work`) loads the page anew for each look, base and head by turns (ABBA).
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import cycle, islice
from typing import Any

from maintainer.checks import browser
from maintainer.checks.base import Bench, Site
from maintainer.checks.browser import Browser
from maintainer.checks.lighthouse_program import Device
from maintainer.errors import ToolFailed
from maintainer.evidence import Blind, Evidence, Measurement, Side

NAME = "lighthouse"
#: Under which rule it is told why there is none.
RULE = "clicked"
WORK = "maintainer.checks.lighthouse_interact_work"
#: How much slower the processor is made: https://github.com/GoogleChrome/lighthouse/blob/v12.8.2/core/config/constants.js
SLOWER: Mapping[Device, int] = {"mobile": 4, "desktop": 1}
#: Of the time that is left, so much; a look that has begun may take so many seconds more.
SHARE, SPARE = 0.5, 60.0
MISFIT = "the program that clicks told what is no answer"
PRODUCTION = "something is clicked, and this is production, where customers buy"
ALLOW = "Give it a staging: environments.staging; or allow it there: verify.production: [lighthouse]"

Pairs = list[Mapping[Side, float]]


@dataclass(frozen=True, slots=True)
class Interaction:
    """What is clicked on a page, one after the other: selectors as Playwright has them."""

    path: str
    click: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Interactions:
    """At least `fewest` and at most `most` pairs of each, until `enough` says that more would tell no more.

    On production nothing is clicked unless it is `live`.
    """

    browser: Browser
    interactions: tuple[Interaction, ...]
    devices: tuple[Device, ...]
    fewest: int
    most: int
    enough: Callable[[Evidence, str], bool]
    live: bool = False

    def measure(self, bench: Bench) -> Evidence:
        """All of them, on every device."""
        made = Evidence()
        if bench.head.production and not self.live:
            return Evidence(blind=(Blind(NAME, "", PRODUCTION, ALLOW, rule=RULE),))
        sites = tuple(site for site in bench.sites if self.live or not site.production)
        for one in self.interactions:
            for device in self.devices:
                made += self._place(bench, sites, one, device)
        return made

    def _place(self, bench: Bench, sites: Sequence[Site], one: Interaction, device: Device) -> Evidence:
        place, pairs = f"{one.path} on {device}", Pairs()
        while len(pairs) < self.most:
            wanted = min(self.fewest, self.most - len(pairs))
            try:
                found, failed = self._looked(bench, sites, one, device, wanted)
            except ToolFailed as error:
                return _measured(pairs, place) + _blind(place, error.message)
            pairs += found
            if len(found) < wanted or self.enough(_measured(pairs, place), place):
                break
        made = _measured(pairs, place)
        if len(pairs) >= self.fewest:
            return made
        if failed:
            return made + _blind(place, failed["reason"], failed["mend"], failed["side"])
        reason = f"{len(pairs)} of at least {self.fewest} looks were done before the time was over"
        return made + _blind(place, reason, "Give it more time in verify.within.check, or click on fewer pages")

    def _looked(
        self, bench: Bench, sites: Sequence[Site], one: Interaction, device: Device, wanted: int
    ) -> tuple[Pairs, Any]:
        """So many pairs, and why some failed. Raises `errors.ToolFailed`."""
        sides = [site.side for site in sites]
        seconds = bench.left() * SHARE
        job = {
            "sites": [browser.site(site) for site in sites],
            "path": one.path,
            "click": one.click,
            "device": device,
            "slower": SLOWER[device],
            "seconds": seconds,
            "orders": list(islice(cycle([sides[::-1], sides]), wanted)),
        }
        folder = bench.folder / "lighthouse"
        told = self.browser.run(WORK, job, folder=folder, seconds=min(seconds + SPARE, bench.left()))
        try:
            pairs: Pairs = [{side: float(pair[side]) for side in sides} for pair in told["pairs"]]
            failed = {key: str(told["failed"][key]) for key in ("side", "reason", "mend")} if told["failed"] else None
        except (KeyError, TypeError, ValueError):
            raise ToolFailed(MISFIT) from None
        return pairs, failed


def _measured(pairs: Pairs, place: str) -> Evidence:
    sides = sorted(pairs[0]) if pairs else []
    return Evidence(
        tuple(Measurement(NAME, "inp", place, "ms", tuple(pair[side] for pair in pairs), side) for side in sides)
    )


def _blind(place: str, reason: str, mend: str = "", side: Side = "head") -> Evidence:
    return Evidence(blind=(Blind(NAME, place, reason, mend, side, RULE),))
