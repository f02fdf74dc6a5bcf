"""What moving from one version to another is, where a version is numbers and perhaps a pre-release."""

from collections.abc import Sequence

from maintainer.model import Bump


def step(order: int, a: Sequence[int], b: Sequence[int], unstable: bool) -> Bump:
    """`order` is how a compares with b; `a` and `b` are their numbers; `unstable` says that b is a pre-release."""
    if order >= 0:
        return "none" if order == 0 else "other"
    if unstable:
        return "prerelease"
    if a[:2] == b[:2]:
        return "patch"
    major, minor = (*a, 0, 0)[:2]
    other_major, other_minor = (*b, 0, 0)[:2]
    return "major" if major != other_major else "minor" if minor != other_minor else "patch"
