"""What moving from one version to another is, where a version is numbers and perhaps a pre-release."""

from collections.abc import Sequence
from itertools import zip_longest

from maintainer.model import Bump

_STEPS: tuple[Bump, ...] = ("major", "minor")


def step(order: int, a: Sequence[int], b: Sequence[int], unstable: bool) -> Bump:
    """`order` is how a compares with b; `a` and `b` are their numbers; `unstable` says that b is a pre-release."""
    if order >= 0:
        return "none" if order == 0 else "other"
    if unstable:
        return "prerelease"
    if a[:2] == b[:2]:
        return "patch"
    place = next((i for i, (one, two) in enumerate(zip_longest(a, b, fillvalue=0)) if one != two), 2)
    return _STEPS[place] if place < len(_STEPS) else "patch"
