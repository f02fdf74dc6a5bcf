"""The checks of `verify`: how each is made of the configuration, and what is judged of what it measured.

A check is a module of `maintainer/checks`, a line here, a name in `config/verify.py`, and a page in docs/checks.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from maintainer.checks.base import Check, Site
from maintainer.commands import (
    verify_budgets,
    verify_e2e,
    verify_integrations,
    verify_load,
    verify_security,
    verify_smoke,
    verify_visual,
)
from maintainer.commands.verify_tree import Repository
from maintainer.config.verify import Verify
from maintainer.evidence import Evidence, Verdict


@dataclass(frozen=True, slots=True)
class Given:
    """What a check is made of: what the user wants, the sites, and the machine.

    `root` is the checkout with the change, `environment` where programs and the secrets that the configuration names
    are found; `baseline` says that a site before the change was wanted, whether it is there or not. `changed` are the
    paths of the files that differ between the two, None where that isn't known. `repository` is what looking for
    updates wants.
    """

    verify: Verify
    environment: Mapping[str, str]
    root: Path
    head: Site
    base: Site | None
    baseline: bool
    now: datetime
    changed: frozenset[str] | None = None
    repository: Repository | None = None

    @property
    def guarded(self) -> bool:
        """Whether a site is told who asks, by headers or cookies."""
        return any(site.visitor.identified for site in (self.head, self.base) if site)

    @property
    def before_is_production(self) -> bool:
        """Whether the site before the change is the one that customers see."""
        return self.base is not None and self.base.production


def nothing(_: Given, __: Evidence) -> tuple[Verdict, ...]:
    """What it observed says everything."""
    return ()


class Kind(NamedTuple):
    """How a check is made, or why it is left out; and the verdicts on its numbers, which no observation is."""

    made: Callable[[Given], Check | str]
    judged: Callable[[Given, Evidence], tuple[Verdict, ...]] = nothing


def _smoke(given: Given) -> Check:
    return verify_smoke.configured(given.verify.smoke, given.environment, given.now, given.changed)


def _left_out_of_smoke(given: Given, _: Evidence) -> tuple[Verdict, ...]:
    production = any(site.production for site in (given.head, given.base) if site)
    return tuple(verify_smoke.left_out(given.verify.smoke, production=production))


def _lighthouse(given: Given) -> Check:
    return verify_budgets.configured(
        given.verify,
        given.environment,
        baseline=given.base is not None,
        guarded=given.guarded,
        production=given.before_is_production,
    )


def _budgets(given: Given, evidence: Evidence) -> tuple[Verdict, ...]:
    return verify_budgets.judged(evidence, given.verify, baseline=given.baseline, production=given.before_is_production)


def _integrations(given: Given) -> Check | str:
    return verify_integrations.configured(given.verify, given.environment, given.repository, given.now)


def _relied_upon(given: Given, evidence: Evidence) -> tuple[Verdict, ...]:
    return verify_integrations.judged(evidence, given.verify, baseline=given.baseline)


def _security(given: Given) -> Check:
    return verify_security.configured(given.verify, given.repository)


def _counted(_: Given, evidence: Evidence) -> tuple[Verdict, ...]:
    return tuple(verify_security.judged(evidence))


def _e2e(given: Given) -> Check | str:
    return verify_e2e.configured(given.verify, given.environment, given.root)


def _visual(given: Given) -> Check | str:
    return verify_visual.configured(given.verify, given.environment, given.now, baseline=given.baseline)


def _load(given: Given) -> Check | str:
    return verify_load.configured(given.verify, given.environment, given.root)


def _held(given: Given, evidence: Evidence) -> tuple[Verdict, ...]:
    return verify_load.judged(evidence, given.verify, baseline=given.baseline)


#: In the order they look: what is quick and quiet first, what loads the site last.
KINDS: dict[str, Kind] = {
    "smoke": Kind(_smoke, _left_out_of_smoke),
    "integrations": Kind(_integrations, _relied_upon),
    "security": Kind(_security, _counted),
    "e2e": Kind(_e2e),
    "visual": Kind(_visual),
    "lighthouse": Kind(_lighthouse, _budgets),
    "load": Kind(_load, _held),
}
