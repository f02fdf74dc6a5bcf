"""How much is proposed at once.

limited(actions, limits: Limits(per_run=5, open=10)) -> tuple[Action, ...]
"""

from collections.abc import Collection, Iterable

from maintainer.model import Action, Close, Leave, Limits, Open, Proposal, Refresh


def limited(actions: Iterable[Action], limits: Limits, exempt: Collection[str] = ()) -> tuple[Action, ...]:
    """The same actions, but openings beyond the limits wait. What is closed in this run makes room in it.

    Security, the branches in `exempt`, never waits and doesn't count.
    """
    listed = list(actions)
    taken = sum(_takes_a_place(action, exempt) for action in listed)
    opened = 0
    result: list[Action] = []
    for action in listed:
        if not isinstance(action, Open) or action.change.branch in exempt:
            result.append(action)
        elif opened >= limits.per_run:
            result.append(Leave(action.change, f"waits for the next run: one run opens at most {limits.per_run}"))
        elif taken + opened >= limits.open:
            result.append(
                Leave(action.change, f"waits until others are merged or closed: at most {limits.open} are open at once")
            )
        else:
            opened += 1
            result.append(action)
    return tuple(result)


def _takes_a_place(action: Action, exempt: Collection[str]) -> bool:
    match action:
        case Refresh(proposal=proposal) | Leave(subject=Proposal() as proposal):
            return proposal.branch not in exempt
        case Open() | Close() | Leave():
            return False
