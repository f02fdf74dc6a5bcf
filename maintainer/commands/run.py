"""`maintainer run`: carry out the plan. Each change on its own branch, proposed; one that fails costs only itself."""

import argparse
import time
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from maintainer import errors
from maintainer.commands import assessments, briefing, dashboard, making, merging, outcomes, pages, plan
from maintainer.commands.context import Context
from maintainer.commands.outside import configured_managers, open_tools
from maintainer.commands.plan import Planned
from maintainer.commands.platform import Platform, git_folder, pause
from maintainer.commands.progress import progress
from maintainer.managers.base import Manager
from maintainer.model import Action, Change, Close, Finding, Leave, Open, Plan, Problem, Proposal, Refresh
from maintainer.platforms.approvals import fulfilled, wait
from maintainer.platforms.base import Draft
from maintainer.platforms.local import alone
from maintainer.policy import owners
from maintainer.text import inert
from maintainer.workspace.build import Tools
from maintainer.workspace.checkout import Checkout, decode, open_checkout
from maintainer.workspace.history import Here, History
from maintainer.workspace.signing import Signing, signing
from maintainer.writers import proposal


def main(context: Context, args: argparse.Namespace) -> int:  # noqa: ARG001 - every command's signature
    """Open, refresh and close proposals as planned; print what was done. Of two runs at a time the second refuses."""
    checkout = open_checkout(context.root, context.environment)
    if checkout.git is None:
        raise errors.ConfigurationError(f"{checkout.root} is not in git: `git init`, commit the site, and run again.")
    checkout.git.head()
    with alone(git_folder(checkout)):
        return _carried_out(context, checkout)


def _carried_out(context: Context, checkout: Checkout) -> int:
    began = time.perf_counter()
    planned = plan.make(context, checkout, committed=True)
    platform = planned.platform
    assert platform, "main refuses what is not in git"
    signs = planned.config.settings.updates.author.signing
    with progress(context) as tick, signing(signs, context.environment) as sign:
        done = _Run(context, planned, platform, sign)
        step = tick("making changes", len(planned.plan.actions))
        for action in planned.plan.actions:
            done.act(action)
            step()
    planned = replace(planned, plan=done.plan())
    if platform.board is None:
        planned, look = _kept_here(context, planned, dashboard.standing(platform.existing, done.done))
    else:
        planned, look = _told_there(context, planned, dashboard.standing(platform.existing, done.done))
    plan.shown(context, planned, time.perf_counter() - began)
    if context.format == "text":
        _told(context, done.done, look)
    return errors.worst({problem.exit_code for problem in planned.plan.problems})


def _kept_here(context: Context, planned: Planned, standing: Sequence[Proposal]) -> tuple[Planned, str]:
    """Keep what waits for an approval, what the gate goes by, and the pages; the plan with what could not be kept, and
    where to look."""
    wait(git_folder(planned.checkout), assessments.waiting(planned))
    git, author = planned.checkout.git, planned.config.settings.updates.author
    assert git
    history = History(git, Here(git), pause, author.name, author.email)
    problems = (*planned.plan.problems, *outcomes.record(planned, standing, history, context.now))
    planned = replace(planned, plan=replace(planned.plan, problems=problems))
    index = pages.write(context, planned)
    return planned, f"look with: maintainer proposals list, or in a browser at {index}"


def _told_there(context: Context, planned: Planned, standing: Sequence[Proposal]) -> tuple[Planned, str]:
    """Have merge itself what may, and keep the dashboard; the plan with what the forge refused, and where to look."""
    assert planned.platform
    problems = [*planned.plan.problems, *merging.merge(planned, standing, context.now)]
    assert planned.platform.history
    problems += outcomes.record(planned, standing, planned.platform.history, context.now)
    remarks = [*planned.platform.proposals.remarks, *(board.unheeded if (board := planned.platform.board) else ())]
    problems += [Problem("", "proposal", remark, 0) for remark in remarks]
    planned = replace(planned, plan=replace(planned.plan, problems=tuple(problems)))
    try:
        return planned, dashboard.tell(context, planned, standing)
    except errors.MaintainerError as error:
        told = Problem("", "dashboard", str(error), error.exit_code)
        return replace(planned, plan=replace(planned.plan, problems=(*problems, told))), "the dashboard was not written"


def _told(context: Context, done: Sequence[tuple[str, Proposal]], look: str) -> None:
    """What was done, and where to look at it."""
    from maintainer.writers import plan_text  # as `plan.shown`

    rows = [(verb, f"#{one.number}", one.branch, one.title) for verb, one in done]
    table = plan_text.table(rows, width=context.width, colour=context.colour, whole=2)
    context.out.write(f"\n{table}" if rows else "\n")
    context.out.write(f"{look}\n")


class _Run:
    """Acts, and keeps what went wrong."""

    def __init__(self, context: Context, planned: Planned, platform: Platform, sign: Signing | None) -> None:
        self._sign = sign
        self._context = context
        self._planned = planned
        self._platform = platform
        self._proposals = platform.proposals
        self._base = platform.base
        self._handled = {one.number: one.id for one in platform.asked}
        self._managers: dict[str, Manager] = dict(configured_managers(planned.config))
        self._tools: Tools = open_tools(context)
        self._problems: list[Problem] = []
        self._findings: list[Finding] = []
        self._failed: list[Action] = []
        #: What was done to which proposal: `opened`, `refreshed`, `closed`.
        self.done: list[tuple[str, Proposal]] = []

    def act(self, action: Action) -> None:
        """Carry out one action; a failure is kept and costs nothing else."""
        try:
            match action:
                case Open(change):
                    self.done.append(("opened", self._proposals.open(self._draft(change))))
                    fulfilled(self._platform.folder, change.branch)
                case Refresh(change, existing, _):
                    self.done.append(("refreshed", self._proposals.refresh(existing, self._draft(change, existing))))
                case Close(existing, reason, successor):
                    if successor in self._lacking():
                        self._failed.append(action)  # it stands until its successor does
                        return
                    self._proposals.close(existing, reason, successor)
                    self.done.append(("closed", existing))
                case Leave():
                    pass
        except errors.LocallyModified as error:
            self._failed.append(action)
            assert not isinstance(action, Close | Leave)
            dependency = action.change.updates[0].dependency
            self._findings.append(
                Finding("modified", dependency.file, dependency.name, str(error), "medium", dependency.line)
            )
        except errors.MaintainerError as error:
            self._failed.append(action)
            title = action.change.title if isinstance(action, Open | Refresh) else "proposal"
            branch = action.change.branch if isinstance(action, Open | Refresh) else ""
            self._problems.append(Problem(branch, title, str(error), error.exit_code))

    def _lacking(self) -> set[str]:
        """The branches of changes that could not be proposed."""
        return {action.change.branch for action in self._failed if isinstance(action, Open | Refresh)}

    def _draft(self, change: Change, existing: Proposal | None = None) -> Draft:
        """What is proposed. The same change on the same base is the same commit, whoever makes it and when: two runs
        at once, or one after a killed one, push nothing twice. What people asked to have anew differs from what stands.
        """
        made = making.make(self._planned, self._managers, change, self._base, self._tools)
        body = proposal.body(briefing.brief(self._planned, made, self._base))
        git = self._planned.checkout.git
        assert git
        identity = proposal.digest(made.change.identity)
        message = f"{inert.subject(made.change.title)}\n\nMaintainer-Identity: {identity}\n"
        updates = self._planned.config.settings.updates
        who, when = updates.author, git.date(self._base)
        if existing is not None and existing.wanted_anew in ("rebase", "recreate"):
            when = git.date(existing.head) + timedelta(seconds=1)
        commit = git.commit_tree(made.built.tree, [self._base], message, when, who.name, who.email, self._sign)
        change = replace(made.change, reviewers=made.change.reviewers or self._owners(made.built.changed))
        handled = self._handled.get(existing.number, "") if existing else ""
        return Draft(
            change,
            body,
            commit,
            self._platform.branch,
            self._context.now,
            draft=updates.draft,
            milestone=updates.milestone,
            handled=handled,
            signed_there=who.signing == "forge",
        )

    def _owners(self, paths: Sequence[str]) -> tuple[str, ...]:
        files = self._planned.checkout.at(self._base)
        place = next((place for place in owners.PLACES if place in files.listed), None)
        return owners.owners(decode(files.read(place), place), paths) if place else ()

    def plan(self) -> Plan:
        """The plan with what carrying it out brought to light."""
        before = self._planned.plan
        return replace(
            before,
            actions=tuple(action for action in before.actions if action not in self._failed),
            findings=(*before.findings, *self._findings),
            problems=(*before.problems, *self._problems),
        )
