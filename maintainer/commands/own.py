"""Proposals that are no updates: one that sets maintainer up, those that change the calendar.

No run renews or closes them: whoever asked for one asks again.
"""

from dataclasses import dataclass

from maintainer.commands.context import Context
from maintainer.commands.platform import Platform
from maintainer.config.load import Config
from maintainer.model import Change, Proposal
from maintainer.planning.reconcile import THEIRS, is_touched
from maintainer.platforms.base import Draft
from maintainer.workspace.git import Git


@dataclass(frozen=True, slots=True)
class Own:
    """What is proposed: `tree` is that of its one commit, on the platform's base."""

    title: str
    branch: str
    tree: str
    body: str


def newest(platform: Platform, branch: str) -> Proposal | None:
    """The newest proposal of that branch."""
    found = [one for one in platform.proposals.all() if one.branch == branch]
    return found[-1] if found else None


def put(context: Context, config: Config, platform: Platform, git: Git, own: Own, standing: Proposal | None) -> str:
    """Open it, or renew `standing` where that is open and nobody changed it; the sentence that says what became of it.

    Raises `errors.StaleEdit` and `errors.OutsideError` as the platform does.
    """
    renewed = standing is not None and standing.state == "open"
    if standing and renewed:
        if is_touched(standing):
            return f"#{standing.number}: {THEIRS}.\n"
        same = git.line("rev-parse", f"{standing.head}^{{tree}}") == own.tree
        if same and not standing.conflicted and standing.wanted_anew != "interrupted":
            return f"#{standing.number} is up to date{at(standing)}\n"
    author = config.settings.updates.author
    commit = git.commit_tree(own.tree, [platform.base], f"{own.title}\n", context.now, author.name, author.email)
    draft = Draft(Change(own.title, own.branch, ()), own.body, commit, platform.branch, context.now)
    if standing and renewed:
        made = platform.proposals.refresh(standing, draft)
        return f"refreshed #{made.number}{at(made)}\n"
    made = platform.proposals.open(draft)
    return f"opened #{made.number} {own.title}{at(made)}\n"


def at(proposal: Proposal) -> str:
    """Where it is, to end a sentence with."""
    return f": {proposal.url}" if proposal.url else f" on the branch {proposal.branch}"
