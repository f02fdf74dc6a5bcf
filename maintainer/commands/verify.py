"""`maintainer verify`: look at the site with the change, beside the one before it, and judge what is seen."""

import argparse
import time
from collections.abc import Mapping, Sequence
from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path

from maintainer.checks import lighthouse
from maintainer.commands import verify_field, verify_files, verify_posting, verify_report, verify_secrets
from maintainer.commands.context import Context
from maintainer.commands.environment import Sites, production_host, sites
from maintainer.commands.outside import configuration
from maintainer.commands.platform import git_folder
from maintainer.commands.verify_changed import needed
from maintainer.commands.verify_checks import KINDS, Given, Kind
from maintainer.commands.verify_deployments import Forge
from maintainer.commands.verify_likeness import likeness
from maintainer.commands.verify_running import looked
from maintainer.commands.verify_safety import Guard
from maintainer.commands.verify_started import Place
from maintainer.commands.verify_target import Commits, changed, commits, wanted
from maintainer.commands.verify_tree import Repository
from maintainer.config import campaigns
from maintainer.config.environments import Environment, Environments
from maintainer.config.load import Config
from maintainer.config.spelling import nearest, quoted
from maintainer.config.verify import Verify
from maintainer.errors import ConfigurationError
from maintainer.evidence import Outcome, Side, Verdict
from maintainer.policy.verdicts import judge
from maintainer.workspace.checkout import Checkout, open_checkout

#: What nothing is known of is no yes.
EXIT_CODES: Mapping[Outcome, int] = {"fail": 1, "inconclusive": 3, "skipped": 3, "pass": 0}


def main(context: Context, args: argparse.Namespace) -> int:
    """Print the verdicts; 1 when something fails, 3 when something could not be judged and nothing fails."""
    began = time.perf_counter()
    checkout = open_checkout(context.root, context.environment)
    own = configuration(context, checkout.root)
    config = _prepared(context, own)
    checks = chosen(config.whole.verify, args.only, args.skip)
    if args.post:
        verify_posting.refuse_nowhere(context, checkout)
    environments = wanted(config.whole, args.url, args.baseline)
    of = commits(checkout, context.environment, args.against)
    left_out = tuple[Verdict, ...]()
    if args.changed:
        checks, left_out = needed(context, checkout, config.whole.verify, of, checks)
    folder = verify_files.fresh(_folder(context, checkout, of, args.into), KINDS)
    place = _place(context, checkout, config, of, folder)
    with sites(environments, place) if checks else nullcontext(Sites(None, None)) as found:
        baseline = found.base is not None or _base_is_blind(found)
        evidence, judged = found.seen, left_out
        if found.head:
            given = _given(context, config, checkout, of, found, baseline=baseline)
            seen, numbers = looked(given, checks, folder, _guard(context, config, environments, found))
            alike = likeness(config.whole, found, given.changed, context.environment, checkout.root)
            evidence, judged = evidence + seen, (*alike, *numbers, *left_out)
    hidden = verify_secrets.hidden(environments, config.whole.verify, context.environment)
    idle = {verdict.check for verdict in judged if verdict.outcome == "skipped" and verdict.rule == "looked"}
    at_work = [name for name in checks if name not in idle]
    verdicts = verify_report.masked((*judge(evidence, at_work, baseline=baseline), *judged), hidden)
    started = bool(environments.staging and environments.staging.start)
    report = verify_report.report(context, config, args, of, verdicts, dirty=started and of.dirty)
    if found.head and lighthouse.NAME in at_work:
        report = replace(report, field=verify_field.field_data(context, config, checkout.root))
    took = time.perf_counter() - began
    results = verify_report.results(config, report, evidence, found, folder, hidden, took)
    told = verify_report.tell(context, config, checkout, results, folder)
    partial = bool(args.only or args.skip)
    posted = verify_posting.post(context, own, checkout, of, told, partial=partial) if args.post else 0
    return EXIT_CODES[told.outcome] or posted


def _prepared(context: Context, config: Config) -> Config:
    """The configuration as a campaign that is near wants it, which is said."""
    for one in campaigns.near(config, context.now):
        what = [f"a load of {one.peak:g} visitors a second"] if one.peak else []
        what += ["its budgets"] if one.budgets else []
        if what:
            context.say(f"The campaign {one.name} is near: the site is held to {' and '.join(what)}.")
    return campaigns.prepared(config, context.now)


def chosen(verify: Verify, only: Sequence[str], skip: Sequence[str]) -> dict[str, Kind]:
    """The checks that look; what the command line says goes before the file. Raises ConfigurationError."""
    for name in (*only, *skip):
        if name not in KINDS:
            known = ", ".join(KINDS)
            raise ConfigurationError(f"{quoted(name)} is no check.{nearest(name, KINDS)} There are: {known}.")
    those = only or tuple(name for name in KINDS if verify.looks(name))
    made = {name: kind for name, kind in KINDS.items() if name in those and name not in skip}
    if not made:
        raise ConfigurationError("No check is left: verify.skip, or --only and --skip, leave none.")
    return made


def _folder(context: Context, checkout: Checkout, of: Commits, into: str | None) -> Path:
    if into:
        return (context.root / into).absolute()
    if checkout.git is None:
        raise ConfigurationError(f"{checkout.root} is not in git: say with --into where results are left.")
    return git_folder(checkout) / "verify" / (of.head or "no-commit")[:12]


def _place(context: Context, checkout: Checkout, config: Config, of: Commits, folder: Path) -> Place:
    settings = config.whole
    certificates = settings.registries.ca_file
    return Place(
        root=checkout.root,
        folder=folder,
        scratch=git_folder(checkout) / "scratch" if checkout.git else folder,
        outer=context.environment,
        names={"branch": of.branch, "number": of.number, "sha": of.head or ""},
        allowed=frozenset(settings.environments.allow),
        production=production_host(settings.site.production),
        ca=checkout.root / certificates if certificates else None,
        git=checkout.git,
        base=of.base,
        seconds=settings.verify.within.request,
        at_once=settings.verify.bounds.at_once,
        deployed=Forge(context, config, checkout, of),
    )


def _given(context: Context, config: Config, checkout: Checkout, of: Commits, found: Sites, *, baseline: bool) -> Given:
    assert found.head, "there is a site to look at"
    return Given(
        config.whole.verify,
        context.environment,
        checkout.root,
        found.head,
        found.base,
        baseline,
        context.now,
        changed(checkout, of),
        repository=Repository(context, config, checkout, of.base),
    )


def _guard(context: Context, config: Config, environments: Environments, found: Sites) -> Guard:
    staging = environments.staging
    assert staging, "there is a site"
    wanted: dict[Side, Environment] = {"head": staging, "base": environments.baseline or staging}
    return Guard(wanted, context.environment, config.whole.verify.production, found.signs)


def _base_is_blind(found: Sites) -> bool:
    return any(blind.side == "base" for blind in found.seen.blind)
