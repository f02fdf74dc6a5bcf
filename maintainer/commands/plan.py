"""`maintainer plan`: what is outdated, what may move now and why, and what `run` would do. Changes nothing."""

import argparse
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial
from zoneinfo import ZoneInfo

from maintainer import errors
from maintainer.commands import by_hand, reports
from maintainer.commands.context import Context
from maintainer.commands.decisions import Decisions, Previews, decisions
from maintainer.commands.elsewhere import everywhere
from maintainer.commands.outside import configuration, configured_managers, open_http
from maintainer.commands.platform import Platform, git_folder, heeded, looked_at, open_platform
from maintainer.commands.progress import progress
from maintainer.commands.survey import Survey, problems_of, survey
from maintainer.config.load import Config
from maintainer.http import Http
from maintainer.model import Change, Plan, Problem, Proposal
from maintainer.planning import bisect, group
from maintainer.planning.reconcile import reconcile
from maintainer.platforms.local import LocalProposals
from maintainer.policy.globs import path_matches
from maintainer.policy.wording import in_words
from maintainer.workspace.checkout import Checkout, Files, Without, open_checkout
from maintainer.writers import plan_json, plan_rows


@dataclass(frozen=True, slots=True)
class Planned:
    """A plan with all that went into it, for those who carry it out; `wanted` are the changes that may move now."""

    plan: Plan
    survey: Survey
    decisions: Decisions
    config: Config
    checkout: Checkout
    platform: Platform | None
    http: Http
    wanted: tuple[Change, ...] = ()


def main(context: Context, args: argparse.Namespace) -> int:  # noqa: ARG001 - every command's signature
    """Print the plan; the exit code is that of the worst problem."""
    began = time.perf_counter()
    planned = make(context)
    if planned.checkout.git is None:
        context.say(f"{planned.checkout.root} is no git repository: all files found there were read.")
    shown(context, planned, time.perf_counter() - began)
    return errors.worst({problem.exit_code for problem in planned.plan.problems})


def make(context: Context, checkout: Checkout | None = None, *, committed: bool = False) -> Planned:
    """The plan for the working tree; or, `committed`, for the commit changes are built on, once what a killed run left
    is finished and what people asked for by then is done."""
    checkout = checkout or open_checkout(context.root, context.environment)
    config = configuration(context, checkout.root)
    http = open_http(context, config, checkout.root)
    platform = open_platform(context, config, checkout, http)
    if platform:
        platform = _settled(platform, checkout) if committed else looked_at(platform)
    existing: Sequence[Proposal] = platform.existing if platform else ()
    read: Files = checkout.at(platform.base) if platform and committed else checkout
    config = everywhere(context, config, checkout.root, read.read, http)
    rulebook = replace(config.rulebook, approved=_approved(platform, existing))
    leave = config.settings.updates.leave
    files = Without(read, partial(path_matches, leave)) if leave else read
    managers = configured_managers(config)
    previews = Previews(rulebook, context.now)
    with progress(context) as tick:
        known = survey(files, http, managers, config, tick, previews.see)
        made = decisions(known, http, previews, rulebook, context.now, config.file)
        made = by_hand.refused(made, known.scan)
        if checkout.git and platform:
            changed = by_hand.modified(made.looked, known.scan, managers, checkout.git, http)
            made = by_hand.held(made, changed)
    decided = [one for looked in made.looked for one in looked.updates]
    silent = {(one.dependency.file, one.dependency.name): one.problem for one in made.looked if one.problem}
    silent |= {(problem.where, ""): problem.sentence for problem in known.scan.problems}
    failed = [bisect.held(proposal.identity) for proposal in existing if proposal.failed]
    wanted = bisect.parted(group.changes(decided), failed)
    actions = reconcile(wanted, existing, decided=decided, unknown=silent, limits=rulebook.limits)
    problems = (*known.problems, *problems_of(known.lookup, known.scan.dependencies), *made.problems)
    problems += tuple(Problem(config.file, "calendars", one) for one in rulebook.calendar.unreadable)
    plan = Plan(tuple(made.looked), tuple(dict.fromkeys(made.findings)), actions, tuple(dict.fromkeys(problems)))
    return Planned(plan, known, made, config, checkout, platform, http, wanted)


def _settled(platform: Platform, checkout: Checkout) -> Platform:
    """The platform once nothing is half done. Raises `errors.ConfigurationError` on a proposal's own branch."""
    assert checkout.git
    if platform.board is None:
        _refuse_a_proposals_branch(checkout.git.branch(), platform.local)
    platform.proposals.settle()
    return heeded(looked_at(platform))


def _refuse_a_proposals_branch(branch: str | None, proposals: LocalProposals) -> None:
    """What a proposal brings is not outdated on its own branch: planned from there, it would be closed."""
    for record in proposals.records():
        if record.branch == branch and record.state == "open":
            raise errors.ConfigurationError(
                f"{branch} is the branch of proposal #{record.number}: `git switch {record.base}`, then run again."
            )


def _approved(platform: Platform | None, existing: Sequence[Proposal]) -> frozenset[str]:
    """What a person has approved: by name, or because it was and is open now."""
    named = platform.approved if platform else frozenset()
    return named | {bisect.whole(proposal.branch) for proposal in existing if proposal.state == "open"}


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
        plan_text.terminal(
            headline(context, planned),
            rows,
            summary,
            width=context.width,
            colour=context.colour,
            answer=plan_text.TICK if planned.platform and planned.platform.board else plan_text.APPROVE,
        )
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
