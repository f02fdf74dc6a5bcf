"""What became of each proposal, kept in the site's history: proposed, merged, closed.

Told from what the forge holds, not from what this run did: so nothing a killed run did is missing, and what is there is
not written again.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime

from maintainer import errors
from maintainer.commands.gate_weigh import ASSESSED, assessed
from maintainer.commands.plan import Planned
from maintainer.model import Change, Problem, Proposal
from maintainer.text.event import Event
from maintainer.workspace.history import History, Read

#: Rows of docs/history.md.
PROPOSED, MERGED, CLOSED = "proposed", "merged", "closed"


def record(planned: Planned, standing: Sequence[Proposal], history: History, now: datetime) -> Iterator[Problem]:
    """Append what history doesn't have yet of these proposals; a problem where it can't be kept."""
    wanted = {change.branch: change for change in planned.wanted}
    site = planned.config.settings.site.name or planned.checkout.root.name
    damaged: tuple[str, ...] = ()

    def missing(read: Read) -> list[Event]:
        nonlocal damaged
        damaged = read.damaged
        own = [event for event in read.events if event.site == site]
        known = {(event.kind, event.proposal, event.head) for event in own}
        told = (event for one in standing for event in _events(one, site, now))
        found = [event for event in told if (event.kind, event.proposal, event.head) not in known]
        # An advisory may come out after a change was pushed: what it is worth is told anew.
        last = {(event.proposal, event.head): event.data for event in own if event.kind == ASSESSED}
        weighed = (_assessed(one, wanted.get(one.branch), site, now) for one in standing)
        return found + [one for one in weighed if one and last.get((one.proposal, one.head)) != one.data]

    try:
        history.extend(missing, now)
    except (errors.MaintainerError, ValueError) as error:
        yield Problem("", "history", str(error), getattr(error, "exit_code", 3))
    yield from (Problem("", "history", sentence) for sentence in damaged)


def _assessed(proposal: Proposal, change: Change | None, site: str, now: datetime) -> Event | None:
    """What an open proposal that we pushed and nobody touched is worth to the gate."""
    ours = proposal.state == "open" and proposal.head == proposal.pushed
    if change is None or not ours or change.identity != proposal.identity:
        return None
    return Event(now, site, ASSESSED, assessed(change), proposal.head, proposal.number)


def _events(proposal: Proposal, site: str, now: datetime) -> Iterator[Event]:
    if proposal.pushed:
        updates = [list(entry) for entry in proposal.identity[:200]]
        data = {"title": proposal.title[:300], "branch": proposal.branch, "updates": updates}
        yield Event(now, site, PROPOSED, data, proposal.pushed, proposal.number)
    if proposal.state == "merged":
        yield Event(now, site, MERGED, {"title": proposal.title[:300]}, proposal.pushed, proposal.number)
    elif proposal.state == "closed":
        by = "maintainer" if proposal.closed_by_us else "a person"
        yield Event(now, site, CLOSED, {"title": proposal.title[:300], "by": by}, proposal.pushed, proposal.number)
