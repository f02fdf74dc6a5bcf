"""Lighthouse as the configuration wants it, and the verdicts on what it measured."""

from collections.abc import Mapping, Sequence

from maintainer.checks.lighthouse import Lighthouse
from maintainer.checks.lighthouse_program import Program
from maintainer.config.verify import Verify
from maintainer.evidence import Evidence, Verdict
from maintainer.policy.budgets import USUAL, Budget, is_enough, judge


def configured(verify: Verify, environment: Mapping[str, str], *, baseline: bool, guarded: bool) -> Lighthouse:
    """The check with its program, which finds Lighthouse and Chrome by `environment`."""
    wanted = verify.lighthouse
    budgets, paths = _budgets(verify), tuple(page.path for page in verify.pages) or ("/",)
    places = len(paths) * len(wanted.devices)

    def enough(evidence: Evidence, place: str) -> bool:
        return is_enough(evidence, budgets, place, baseline=baseline, places=places)

    return Lighthouse(
        Program(environment, seconds=wanted.run),
        paths=paths,
        devices=wanted.devices,
        fewest=wanted.fewest,
        most=wanted.most,
        enough=enough,
        guarded=guarded,
    )


def judged(evidence: Evidence, verify: Verify, *, baseline: bool) -> tuple[Verdict, ...]:
    """The verdict on every budget of every place."""
    paths = [page.path for page in verify.pages] or ["/"]
    places = [f"{path} on {device}" for path in paths for device in verify.lighthouse.devices]
    return judge(evidence, _budgets(verify), places, baseline=baseline)


def _budgets(verify: Verify) -> Sequence[Budget]:
    return [USUAL, *(one.budget() for one in verify.budgets)]
