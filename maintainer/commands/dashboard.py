"""The end of a run on a forge: the issue that shows all."""

from collections.abc import Sequence
from dataclasses import replace
from zoneinfo import ZoneInfo

from maintainer import errors
from maintainer.commands import plan
from maintainer.commands.assessments import assessed
from maintainer.commands.context import Context
from maintainer.commands.merging import checked
from maintainer.commands.plan import Planned
from maintainer.commands.platform import DASHBOARD, Platform
from maintainer.model import Allow, Ask, Decided, Proposal
from maintainer.planning import bisect, group, reconcile
from maintainer.platforms.base import Board, Issue
from maintainer.text import description
from maintainer.writers import dashboard

#: So often it is read again when people edit it meanwhile.
TRIES = 3
#: Characters of its description: GitHub takes 65,536, GitLab more.
LONGEST = 65_000


def tell(context: Context, planned: Planned, standing: Sequence[Proposal]) -> str:
    """Write the dashboard, with the proposals as they are now; where to look at it.

    Raises `errors.OutsideError` when the forge doesn't take it.
    """
    platform = planned.platform
    assert platform and platform.board
    seen = dashboard.Seen(
        planned.plan,
        standing,
        checked(platform, standing),
        _waiting(planned, standing),
        platform.approved,
        plan.headline(context, planned),
        "!" if platform.name == "gitlab" else "#",
    )
    region = dashboard.region(seen, ZoneInfo(planned.config.rulebook.timezone), context.now)
    return _written(platform, platform.board, region)


def _written(platform: Platform, board: Board, region: str) -> str:
    """Where to look. What people do to it meanwhile is read again and kept: what they tick, for the next run."""
    before, heeded = platform.dashboard, _ticked(platform.dashboard)
    for last in (False,) * (TRIES - 1) + (True,):
        if before and not before.open:
            return f"the dashboard was closed by a person: reopen {before.url} to have it kept again"
        mark = description.Mark(title=dashboard.TITLE)
        body = description.compose(region, mark, before.body if before else "", limit=LONGEST)
        if before and _same(before.body, body):
            return f"look at: {before.url}"
        try:
            title = before.title if before else dashboard.TITLE
            return f"look at: {board.write_issue(DASHBOARD, title, body, before).url}"
        except errors.StaleEdit:
            if last:
                raise
            before = board.issue(DASHBOARD)
            region = description.tick(region, _ticked(before) - heeded)
    raise AssertionError("the last try returns or raises")


def _ticked(issue: Issue | None) -> set[tuple[str, str]]:
    """What the ticked boxes of the dashboard ask for."""
    return {(box.verb, box.subject) for box in description.boxes(issue.body if issue else "") if box.ticked}


def _same(before: str, now: str) -> bool:
    """Whether it says the same but for when it was seen, so that a run that changes nothing writes nothing."""
    return _undated(before) == _undated(now)


def _undated(body: str) -> str:
    known = description.read(body)
    text = description.remarked(body, description.Mark()) if known else body
    return "\n".join(line for line in text.replace("\r\n", "\n").split("\n") if not line.startswith("Seen "))


def standing(existing: Sequence[Proposal], done: Sequence[tuple[str, Proposal]]) -> list[Proposal]:
    """The proposals as they are after this run."""
    now = {one.number: one for one in existing}
    for verb, one in done:
        now[one.number] = replace(one, state="closed", closed_by_us=True) if verb == "closed" else one
    return [one for _, one in sorted(now.items())]


def _waiting(planned: Planned, standing: Sequence[Proposal]) -> list[tuple[str, str, Sequence[str]]]:
    """Branch and title of each change that waits for an approval, and what a person should know before.

    An approved one stays until it is proposed. What a person closed is asked for where it can be had back.
    """
    assert planned.platform
    approved = planned.platform.approved - {bisect.whole(one.branch) for one in standing if one.state == "open"}
    refused = reconcile.refused(standing)
    asked: dict[str, list[Decided]] = {}
    for one in (one for looked in planned.plan.dependencies for one in looked.updates):
        branch, pair = group.branch_of(one), (one.update.dependency.name, one.update.release.version)
        waits = isinstance(one.decision, Ask) or (isinstance(one.decision, Allow) and branch in approved)
        if waits and pair not in refused:
            asked.setdefault(branch, []).append(one)
    return [(branch, *_asking(planned, members)) for branch, members in asked.items()]


def _asking(planned: Planned, members: Sequence[Decided]) -> tuple[str, Sequence[str]]:
    change = group.change(members)
    reasons = dict.fromkeys(one.decision.reason for one in members if isinstance(one.decision, Ask))
    return change.title, [*reasons, *assessed(planned, change, {})]
