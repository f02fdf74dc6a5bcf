"""`maintainer plan`: what is outdated, what may move now and why, and what `run` would do. Changes nothing."""

import argparse
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from zoneinfo import ZoneInfo

from maintainer import errors
from maintainer.commands import by_hand, reports
from maintainer.commands.context import Context
from maintainer.commands.decisions import Decisions, Previews, decisions
from maintainer.commands.outside import configuration, configured_managers, open_http
from maintainer.commands.progress import progress
from maintainer.commands.survey import Survey, problems_of, survey
from maintainer.config.load import Config
from maintainer.http import Http
from maintainer.model import Plan, Proposal
from maintainer.planning import group
from maintainer.planning.reconcile import reconcile
from maintainer.platforms.approvals import approved
from maintainer.platforms.local import LocalProposals
from maintainer.policy.globs import path_matches
from maintainer.policy.wording import in_words
from maintainer.workspace.checkout import Checkout, Files, Without, open_checkout
from maintainer.writers import plan_json, plan_rows

#: Where a repository keeps what is ours, inside its git folder.
FOLDER = "maintainer"


@dataclass(frozen=True, slots=True)
class Planned:
    """A plan with all that went into it, for those who carry it out."""

    plan: Plan
    survey: Survey
    decisions: Decisions
    config: Config
    checkout: Checkout
    proposals: LocalProposals | None
    http: Http


def main(context: Context, args: argparse.Namespace) -> int:  # noqa: ARG001 - every command's signature
    """Print the plan; the exit code is that of the worst problem."""
    began = time.perf_counter()
    planned = make(context, lambda checkout: checkout)
    if planned.checkout.git is None:
        context.say(f"{planned.checkout.root} is no git repository: all files found there were read.")
    shown(context, planned, time.perf_counter() - began)
    return errors.worst({problem.exit_code for problem in planned.plan.problems})


def make(context: Context, files_of: Callable[[Checkout], Files]) -> Planned:
    """The plan for `files_of` the checkout: its working tree, or the commit changes are built on."""
    checkout = open_checkout(context.root, context.environment)
    config = configuration(context, checkout.root)
    http = open_http(context, config, checkout.root)
    proposals = local_proposals(context, checkout)
    existing: Sequence[Proposal] = proposals.all() if proposals else ()
    rulebook = replace(config.rulebook, approved=_approved(checkout, existing))
    leave = config.settings.updates.leave
    files = Without(files_of(checkout), partial(path_matches, leave)) if leave else files_of(checkout)
    managers = configured_managers(config)
    previews = Previews(rulebook, context.now)
    with progress(context) as tick:
        known = survey(files, http, managers, config, tick, previews.see)
        made = decisions(known, http, previews, rulebook, context.now, config.file)
        made = by_hand.refused(made, known.scan)
        if checkout.git and proposals:
            changed = by_hand.modified(made.looked, known.scan, managers, checkout.git, http)
            made = by_hand.held(made, changed)
    decided = [one for looked in made.looked for one in looked.updates]
    silent = {(one.dependency.file, one.dependency.name): one.problem for one in made.looked if one.problem}
    silent |= {(problem.where, ""): problem.sentence for problem in known.scan.problems}
    actions = reconcile(group.changes(decided), existing, decided=decided, unknown=silent, limits=rulebook.limits)
    problems = (*known.problems, *problems_of(known.lookup, known.scan.dependencies), *made.problems)
    plan = Plan(tuple(made.looked), tuple(dict.fromkeys(made.findings)), actions, tuple(dict.fromkeys(problems)))
    return Planned(plan, known, made, config, checkout, proposals, http)


def _approved(checkout: Checkout, existing: Sequence[Proposal]) -> frozenset[str]:
    """What a person has approved: by name, or because it was and is open now."""
    named = approved(git_folder(checkout)) if checkout.git else frozenset()
    return named | {proposal.branch for proposal in existing if proposal.state == "open"}


def git_folder(checkout: Checkout) -> Path:
    """Where the records are kept: in the git folder all worktrees share."""
    assert checkout.git
    return (checkout.root / checkout.git.line("rev-parse", "--git-common-dir")).resolve() / FOLDER


def local_proposals(context: Context, checkout: Checkout) -> LocalProposals | None:
    """The proposals kept in the repository, None where there is none or it has no commit yet."""
    git = checkout.git
    if git is None or git.commit("HEAD") is None:
        return None
    return LocalProposals(git, git_folder(checkout), git.branch() or git.head(), context.now)


def shown(context: Context, planned: Planned, seconds: float) -> None:
    """Write the plan in the format that was asked for, and the reports where they were."""
    if context.format == "json":
        context.out.write(plan_json.text(planned.plan))
        if not context.reports:
            return
    from maintainer.writers import plan_text  # rich takes time to import, and JSON has no use for it

    zone = ZoneInfo(planned.config.rulebook.timezone)
    rows = plan_rows.rows(planned.plan, zone)
    summary = plan_rows.summary(rows, planned.plan, seconds)
    if context.reports:
        markdown = plan_text.markdown(headline(context, planned), rows, summary)
        reports.write(context.reports, planned.plan, rows, markdown)
    if context.format == "json":
        return
    if context.format == "markdown":
        context.out.write(plan_text.markdown(headline(context, planned), rows, summary))
        return
    context.out.write(
        plan_text.terminal(headline(context, planned), rows, summary, width=context.width, colour=context.colour)
    )


def headline(context: Context, planned: Planned) -> str:
    """`shop.example.pl · WordPress 6.4.5 · WooCommerce 9.4.2 · PHP 8.1 (security support ends in 41 days)`."""
    facts = planned.survey.facts
    site = planned.config.settings.site
    host = (site.production or "").partition("://")[2].partition("/")[0]
    parts = [site.name or host or planned.checkout.root.name]
    parts += [f"WordPress {facts.wordpress}"] if facts.wordpress else []
    parts += [f"WooCommerce {facts.woocommerce}"] if facts.woocommerce else []
    for name, versions in (("PHP", facts.php), ("Node", facts.node)):
        if versions:
            ends = next((r.supported_until for r in planned.decisions.runtimes if r.name == name.lower()), None)
            left = ends - context.now if ends else None
            near = left is not None and left <= planned.config.rulebook.eol_horizon
            until = "" if left is None or not near else f"security support ends in {in_words(left)}"
            if left is not None and left.total_seconds() <= 0:
                until = f"without security support for {in_words(-left)}"
            parts.append(f"{name} {' and '.join(versions)}" + (f" ({until})" if until else ""))
    return " · ".join(parts)
