"""Lighthouse as the configuration wants it, and the verdicts on what it measured."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from maintainer.checks import lighthouse
from maintainer.checks.browser import Browser
from maintainer.checks.lighthouse import Enough, Lighthouse
from maintainer.checks.lighthouse_interact import Interaction, Interactions
from maintainer.checks.lighthouse_program import Program
from maintainer.config.verify import Verify
from maintainer.evidence import Evidence, Verdict
from maintainer.policy.budgets import USUAL, Budget, is_enough, judge

INP = "inp"
UNCLICKED = (
    "INP has a budget, and nothing is clicked there. Name the page and what is clicked in verify.lighthouse.interact, "
    "or take the budget away"
)
PRODUCTION = "there is nothing to compare it with: the baseline is production, and something is clicked"


def configured(
    verify: Verify, environment: Mapping[str, str], *, baseline: bool, guarded: bool, production: bool = False
) -> Lighthouse:
    """The check with its programs, which find Lighthouse and the browser by `environment`.

    `production` says that the baseline is what customers see.
    """
    wanted, places, budgets = verify.lighthouse, _Places.of(verify), _budgets(verify)
    live = lighthouse.NAME in verify.production

    def enough(*, clicks: bool, beside: bool) -> Enough:
        def told(evidence: Evidence, place: str) -> bool:
            return is_enough(
                evidence,
                budgets,
                place,
                baseline=beside,
                places=len(places.all()),
                measured=lambda _, metric: (metric == INP) is clicks,
            )

        return told

    interactions = tuple(Interaction(one.page, one.click) for one in wanted.interact)
    clicked = Interactions(
        Browser(environment),
        interactions,
        wanted.devices,
        wanted.fewest,
        wanted.most,
        enough(clicks=True, beside=baseline and (live or not production)),
        live,
    )
    return Lighthouse(
        Program(environment, seconds=wanted.run),
        paths=_paths(verify),
        devices=wanted.devices,
        fewest=wanted.fewest,
        most=wanted.most,
        enough=enough(clicks=False, beside=baseline),
        guarded=guarded,
        clicked=clicked if interactions else None,
    )


def judged(evidence: Evidence, verify: Verify, *, baseline: bool, production: bool = False) -> tuple[Verdict, ...]:
    """The verdict on every budget of every place."""
    places = _Places.of(verify)
    verdicts = judge(evidence, _budgets(verify), places.all(), baseline=baseline, measured=places.measured)
    if baseline and production and lighthouse.NAME not in verify.production:
        verdicts = tuple(
            replace(one, outcome="skipped", reason=PRODUCTION) if one.rule == f"{INP}-growth" else one
            for one in verdicts
        )
    return (*verdicts, *_unclicked(verify, places))


@dataclass(frozen=True, slots=True)
class _Places:
    """Pages on devices: those that are loaded, and those where something is clicked."""

    loaded: tuple[str, ...]
    clicked: tuple[str, ...]

    @classmethod
    def of(cls, verify: Verify) -> "_Places":
        def on_devices(paths: Iterable[str]) -> tuple[str, ...]:
            return tuple(f"{path} on {device}" for path in paths for device in verify.lighthouse.devices)

        return cls(on_devices(_paths(verify)), on_devices(one.page for one in verify.lighthouse.interact))

    def all(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys((*self.loaded, *self.clicked)))

    def measured(self, place: str, metric: str) -> bool:
        return place in (self.clicked if metric == INP else self.loaded)


def _unclicked(verify: Verify, places: _Places) -> Iterator[Verdict]:
    """A budget for INP that is about no click would never be judged."""
    for one in (budget.budget() for budget in verify.budgets):
        wants = one.limits.get(INP) is not None or one.growth.get(INP) is not None
        if wants and not any(one.fits(place) for place in places.clicked):
            yield Verdict(lighthouse.NAME, INP, ", ".join(one.pages), "inconclusive", UNCLICKED)


def _paths(verify: Verify) -> tuple[str, ...]:
    return tuple(page.path for page in verify.pages) or ("/",)


def _budgets(verify: Verify) -> Sequence[Budget]:
    return [USUAL, *(one.budget() for one in verify.budgets)]
