"""Which of many updates breaks a group: what failed together is proposed in halves, until what fails is alone.

    parted(changes, failed) -> tuple[Change, ...]
    whole(branch) -> str

`failed` are the contents of proposals whose checks failed, open ones and those we closed to part them: the forge is the
memory. What passed can be merged meanwhile; what is left of a group is judged anew.
"""

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from hashlib import sha256

from maintainer.model import Change, Identity, Update
from maintainer.planning.group import RUNTIMES, security, title

#: (package, to) of each update of a proposal.
Content = frozenset[tuple[str, str]]

_PART = re.compile(r"-part-[0-9a-f]{8}\Z")


def parted(changes: Iterable[Change], failed: Collection[Content]) -> tuple[Change, ...]:
    """The same changes, those that hold something that failed in parts, each on a branch of its own.

    A package that failed alone stays alone: it holds up nobody. A runtime is never parted: its files belong together.
    """
    return tuple(part for change in changes for part in _parts(change, failed))


def content(updates: Iterable[Update]) -> Content:
    return frozenset((update.dependency.name, update.release.version) for update in updates)


def held(identity: Identity) -> Content:
    """The content of a proposal, by its identity."""
    return frozenset((package, to) for _, package, _, to in identity)


def whole(branch: str) -> str:
    """The branch of the change that the change on this branch is a part of; its own when it is none."""
    return _PART.sub("", branch)


def _parts(change: Change, failed: Collection[Content]) -> Sequence[Change]:
    if change.group.removesuffix("-major") in RUNTIMES:
        return [change]
    every = content(change.updates)
    parts = [every]
    # The smallest first: what is known of few says more than what is known of many.
    for red in sorted((one for one in failed if one <= every), key=lambda one: (len(one), sorted(one))):
        parts = [piece for part in parts for piece in (_split(part, red) if red <= part else [part])]
    # The last one of a group that failed keeps its branch when all else is merged: it is no other proposal by that.
    if parts == [every] and not (len(every) == 1 and any(every < red for red in failed)):
        return [change]
    return [_part(change, part) for part in sorted(parts, key=sorted)]


def _split(part: Content, red: Content) -> list[Content]:
    """What failed in two halves, apart from the rest; a single culprit alone."""
    listed = sorted(red)
    half = len(listed) // 2
    pieces = (frozenset(listed[:half]), frozenset(listed[half:]), part - red)
    return [piece for piece in pieces if piece]


def _part(change: Change, part: Content) -> Change:
    updates = tuple(u for u in change.updates if (u.dependency.name, u.release.version) in part)
    # Named by its packages, so that a newer version of them comes to the same branch.
    named = sha256("\n".join(sorted({name for name, _ in part})).encode("utf-8", "surrogatepass")).hexdigest()[:8]
    return replace(
        change,
        updates=updates,
        title=title(updates, change.group),
        branch=f"{change.branch}-part-{named}",
        security=security(updates),
    )
