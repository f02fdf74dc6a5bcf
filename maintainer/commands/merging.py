"""What merges itself: by rule, through the forge's own auto-merge, and taken back when a freeze begins."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from maintainer import errors
from maintainer.commands.plan import Planned
from maintainer.commands.platform import Platform
from maintainer.model import Change, Problem, Proposal
from maintainer.planning.reconcile import is_touched
from maintainer.platforms.base import Checks
from maintainer.policy import automerge


def checked(platform: Platform, standing: Sequence[Proposal]) -> Mapping[int, Checks]:
    """What the checks of each proposal say, by number; of a commit that this run pushed nothing is known yet."""
    heads = {one.number: one.head for one in platform.existing}
    same = (one.number for one in standing if heads.get(one.number) == one.head)
    return {number: platform.checks[number] for number in same if number in platform.checks}


def merge(planned: Planned, standing: Sequence[Proposal], now: datetime) -> Iterator[Problem]:
    """Switch the forge's auto-merge on for each open proposal that may merge itself now; what it refuses.

    What we switched on is taken back once a rule, the checks, a freeze, the hours or a person's push stand against it.
    What people switched on is theirs.
    """
    platform = planned.platform
    assert platform and platform.board
    wanted = {change.branch: change for change in planned.wanted}
    said_of = checked(platform, standing)
    for proposal in standing:
        change = wanted.get(proposal.branch)
        may = bool(change and _by_itself(planned, proposal, change))
        if change and may:
            checks = said_of.get(proposal.number, "none")
            may = not automerge.refusal(change.updates, planned.config.rulebook, now, checks)
        if proposal.state != "open" or may == proposal.merges:
            continue
        code = 0
        try:
            said = platform.board.automerge(proposal, may)
        except errors.MaintainerError as error:
            said, code = str(error), error.exit_code
        if said:
            yield Problem(proposal.branch, proposal.title, f"It can't merge itself: {said}", code)


def _by_itself(planned: Planned, proposal: Proposal, change: Change) -> bool:
    """Whether it is ours as it stands, says what is wanted, and a rule speaks for all of it."""
    ours = not is_touched(proposal) and proposal.identity == change.identity
    return ours and automerge.wanted(change.updates, planned.config.rulebook)
