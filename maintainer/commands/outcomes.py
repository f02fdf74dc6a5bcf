"""What became of each proposal, kept in the site's history: proposed, merged, closed.

Told from what the forge holds, not from what this run did: so nothing a killed run did is missing, and what is there is
not written again.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime

from maintainer import errors
from maintainer.commands.plan import Planned
from maintainer.model import Problem, Proposal
from maintainer.text.event import Event
from maintainer.workspace.history import Read

#: Rows of docs/history.md.
PROPOSED, MERGED, CLOSED = "proposed", "merged", "closed"


def record(planned: Planned, standing: Sequence[Proposal], now: datetime) -> Iterator[Problem]:
    """Append what history doesn't have yet of these proposals; a problem where it can't be kept."""
    platform = planned.platform
    assert platform and platform.history
    site = planned.config.settings.site.name or planned.checkout.root.name
    damaged: tuple[str, ...] = ()

    def missing(read: Read) -> list[Event]:
        nonlocal damaged
        damaged = read.damaged
        known = {(event.kind, event.proposal, event.head) for event in read.events if event.site == site}
        told = (event for one in standing for event in _events(one, site, now))
        return [event for event in told if (event.kind, event.proposal, event.head) not in known]

    try:
        platform.history.extend(missing, now)
    except (errors.MaintainerError, ValueError) as error:
        yield Problem("", "history", str(error), getattr(error, "exit_code", 3))
    yield from (Problem("", "history", sentence) for sentence in damaged)


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
