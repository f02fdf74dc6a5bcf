"""What checks say together, and which of them are ours: one rule for every forge.

Only a check that ran to its end and found something wrong is a `failure`: by it groups are parted. What was cancelled,
timed out, never started, went stale or waits for a person says nothing of the change, so it is `pending`: somebody must
look, and nothing merges itself meanwhile.
"""

from collections.abc import Iterable

from maintainer.platforms.base import Checks

#: Verdicts of ours are named so; a person's job `maintainer` is theirs.
OURS = "maintainer/"


def is_ours(name: str) -> bool:
    """Whether a status, check or job of this name is one we post."""
    return name.startswith(OURS)


def named(name: str) -> str:
    """The name a verdict of ours is posted under."""
    return name if is_ours(name) else OURS + name


def together(said: Iterable[Checks]) -> Checks:
    """What several say: the worst of them, `none` where nobody says anything."""
    every = set(said)
    worst_first: tuple[Checks, ...] = ("failure", "pending", "success")
    return next((one for one in worst_first if one in every), "none")
