"""What is to be done so that the forge holds the wanted changes, and people's word is kept.

    reconcile(wanted, existing, *, decided=(), unknown={}, limits=Limits()) -> tuple[Action, ...]

* A branch someone touched (`head != pushed`) is theirs: it is only ever left.
* What a person closed stays closed: each (package, to) of it is left out of later changes, in groups too, until
  there is a newer version or someone asks for it anew. What we closed ourselves, or what was merged, blocks nothing.
* An open proposal is refreshed when its content differs from what is wanted, when it conflicts, or when it is asked
  for anew; left when it is up to date, or when its updates only wait (a freeze, a window, a registry that is down);
  closed when nothing wants it any more.
* Security comes first and counts for no limit.

Doing the actions and asking again gives only `Leave`, unless limits kept changes waiting.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from maintainer.model import (
    Action,
    Allow,
    Change,
    Close,
    Decided,
    Deny,
    Identity,
    Leave,
    Limits,
    Open,
    Proposal,
    Refresh,
)
from maintainer.planning.branch import MAJOR
from maintainer.planning.group import branch_of, without
from maintainer.planning.limits import limited

#: (file, package) of a dependency -> why nothing is known of it now; (file, "") for all of a file.
Unknown = Mapping[tuple[str, str], str]
_NOTHING: Unknown = {}

THEIRS = "a person changed its branch: it is theirs"
_ANEW = {"interrupted": "the last run was cut off", "rebase": "asked for anew", "recreate": "asked for anew"}


def reconcile(
    wanted: Sequence[Change],
    existing: Iterable[Proposal],
    *,
    decided: Sequence[Decided] = (),
    unknown: Unknown = _NOTHING,
    limits: Limits | None = None,
) -> tuple[Action, ...]:
    """An action for every wanted change and every open proposal, wanted ones first, in their order.

    `decided` is everything policy decided, so that a proposal whose update only waits is told from one nobody wants.
    """
    known = sorted(existing, key=lambda proposal: proposal.number)
    opened: dict[str, list[Proposal]] = {}
    for proposal in known:
        if proposal.state == "open":
            opened.setdefault(proposal.branch, []).append(proposal)
    closed, claimed = refused(known), _claimed(opened)
    standing = _Standing(decided, unknown)

    actions: list[Action] = []
    offered: dict[str, Change] = {}
    for change in sorted(wanted, key=lambda change: not change.security):
        left, reason = _offered(change, closed, claimed)
        if left is None or change.branch in offered:
            actions.append(Leave(change, reason or f"another change has its branch {change.branch}"))
            continue
        offered[change.branch] = left
        mine = opened.get(change.branch, [])
        actions.append(_renewed(left, mine, standing) if mine else Open(left))
    for branch, proposals in opened.items():
        if branch in offered:
            kept = _chosen(proposals)
            also = (one for one in proposals if one is not kept)
            actions += [Leave(one, f"#{kept.number} has the same branch: close one of them") for one in also]
        else:
            actions += [_unwanted(proposal, offered, standing, closed) for proposal in proposals]
    exempt = {change.branch for change in wanted if change.security}
    return limited(actions, limits or Limits(), exempt)


def is_touched(proposal: Proposal) -> bool:
    """Whether someone else has moved its branch since we pushed."""
    return proposal.head != proposal.pushed


def _chosen(proposals: Sequence[Proposal]) -> Proposal:
    return next((proposal for proposal in proposals if is_touched(proposal)), proposals[0])


def refused(known: Iterable[Proposal]) -> dict[tuple[str, str], Proposal]:
    """(package, to) -> the proposal in which a person closed it; the last word counts. `known` is oldest first."""
    last: dict[tuple[str, str], Proposal] = {}
    for proposal in known:
        if proposal.state == "closed" and not proposal.closed_by_us:
            last |= {(package, to): proposal for _, package, _, to in proposal.identity}
    return {pair: proposal for pair, proposal in last.items() if not proposal.wanted_anew}


def _claimed(opened: Mapping[str, Sequence[Proposal]]) -> dict[tuple[str, str, bool], Proposal]:
    """(file, package, is a major) -> the open proposal, changed by a person, that holds it."""
    return {
        (file, package, branch.endswith(MAJOR)): proposal
        for branch, proposals in opened.items()
        for proposal in proposals
        if is_touched(proposal) and proposal.wanted_anew != "recreate"
        for file, package, _, _ in proposal.identity
    }


def _offered(
    change: Change, closed: Mapping[tuple[str, str], Proposal], claimed: Mapping[tuple[str, str, bool], Proposal]
) -> tuple[Change | None, str]:
    """The change without what people closed or hold; None with the reason when nothing is left."""
    dropped, reason = [], ""
    for update in change.updates:
        name, to = update.dependency.name, update.release.version
        holder = claimed.get((update.dependency.file, name, update.bump == "major"))
        if refusal := closed.get((name, to)):
            reason = f"a person closed it in #{refusal.number}; a newer version will be proposed"
        elif holder and holder.branch != change.branch and (not change.security or _holds(holder, name, to)):
            reason = reason or f"#{holder.number} holds it, and a person changed that branch: it is theirs"
        else:
            continue
        dropped.append(update)
    return without(change, dropped), reason


def _holds(proposal: Proposal, name: str, to: str) -> bool:
    return any((package, version) == (name, to) for _, package, _, version in proposal.identity)


def _renewed(change: Change, mine: Sequence[Proposal], standing: "_Standing") -> Action:
    """What is done about the open proposal of a wanted change."""
    proposal = _chosen(mine)
    asked = proposal.wanted_anew == "rebase"
    if is_touched(proposal) and proposal.wanted_anew != "recreate":
        return Leave(proposal, THEIRS + ("; to have it made anew without that, ask to recreate it" if asked else ""))
    if proposal.wanted_anew:
        return Refresh(change, proposal, _ANEW[proposal.wanted_anew])
    if proposal.identity != change.identity:
        waiting = standing.waiting(proposal, change.identity)
        return Leave(proposal, waiting) if waiting else Refresh(change, proposal, f"now: {change.title}")
    if proposal.conflicted:
        return Refresh(change, proposal, f"it conflicts with {proposal.base}")
    return Leave(proposal, "up to date")


def _unwanted(
    proposal: Proposal,
    offered: Mapping[str, Change],
    standing: "_Standing",
    closed: Mapping[tuple[str, str], Proposal],
) -> Action:
    """What is done about an open proposal that no wanted change stands behind."""
    if is_touched(proposal):
        return Leave(proposal, THEIRS)
    if reason := standing.unknown(proposal.identity):
        return Leave(proposal, reason)
    if refusal := next(
        (closed[package, to] for _, package, _, to in proposal.identity if (package, to) in closed), None
    ):
        return Close(proposal, f"a person closed the same update in #{refusal.number}")
    places = {(file, package) for file, package, _, _ in proposal.identity}
    heirs = (c.branch for c in offered.values() for u in c.updates if (u.dependency.file, u.dependency.name) in places)
    successor = next(heirs, "")
    pool = standing.of(proposal)
    waits = [one.decision.reason for one in pool if not isinstance(one.decision, Allow | Deny)]
    if waits and not successor:
        return Leave(proposal, waits[0])
    denied = next((one.decision.reason for one in pool if isinstance(one.decision, Deny)), "")
    if successor:
        return Close(proposal, f"superseded by {successor}", successor)
    return Close(proposal, denied or f"nothing of it is outdated on {proposal.base} any more")


@dataclass(frozen=True)
class _Standing:
    """Where the updates of a proposal stand now."""

    decided: Sequence[Decided]
    silent: Unknown

    @cached_property
    def travelling(self) -> Mapping[str, list[Decided]]:
        """The decided updates by the branch they would travel on."""
        found: dict[str, list[Decided]] = {}
        for one in self.decided:
            found.setdefault(branch_of(one), []).append(one)
        return found

    def unknown(self, identity: Identity) -> str:
        """Why something of it can't be judged now."""
        for file, package, _, _ in identity:
            reason = self.silent.get((file, package)) or self.silent.get((file, ""))
            if reason:
                return f"{package} could not be looked up, so it is left as it is: {reason}"
        return ""

    def of(self, proposal: Proposal) -> list[Decided]:
        """What is decided of its updates: of what would travel on its branch, else of exactly what it holds."""
        return self.travelling.get(proposal.branch) or [one for one in self.decided if _entry(one) in proposal.identity]

    def waiting(self, proposal: Proposal, wanted: Identity) -> str:
        """Why a proposal that holds more than is wanted is left: all that is more only waits."""
        more = set(proposal.identity) - set(wanted)
        if reason := self.unknown(tuple(more)):
            return reason
        if not more or set(wanted) - set(proposal.identity):
            return ""
        decisions = {_entry(one): one.decision for one in self.travelling.get(proposal.branch, ())}
        waits = [decisions.get(entry) for entry in sorted(more)]
        if any(one is None or isinstance(one, Allow | Deny) for one in waits):
            return ""
        return next(one.reason for one in waits if one is not None)


def _entry(one: Decided) -> tuple[str, str, str, str]:
    dependency = one.update.dependency
    return dependency.file, dependency.name, dependency.current or dependency.constraint, one.update.release.version
