"""Which releases end a vulnerability.

affected(version, advisory, scheme) -> bool
fixing(lane, advisories, scheme) -> list[Release]         oldest first
"""

from collections.abc import Iterable, Sequence

from maintainer.errors import InvalidConstraint, InvalidVersion
from maintainer.model import Advisory, Release
from maintainer.planning.order import ascending
from maintainer.versions.base import Scheme


def affected(version: str, advisory: Advisory, scheme: Scheme) -> bool:
    """Whether a version may be vulnerable: what can't be read, or isn't told, counts as vulnerable."""
    if version in advisory.fixed:
        return False
    if advisory.affected:
        return any(_within(constraint, version, scheme) for constraint in advisory.affected)
    return not any(_reaches(version, fixed, scheme) for fixed in advisory.fixed)


def _within(constraint: str, version: str, scheme: Scheme) -> bool:
    try:
        return scheme.satisfies(constraint, version)
    except (InvalidConstraint, InvalidVersion):
        return True


def _reaches(version: str, fixed: str, scheme: Scheme) -> bool:
    try:
        return scheme.compare(version, fixed) >= 0
    except InvalidVersion:
        return False


def fixing(lane: Iterable[Release], advisories: Sequence[Advisory], scheme: Scheme) -> list[Release]:
    """The releases none of the advisories affects, the lowest first."""
    return [
        release
        for release in ascending(lane, scheme)
        if not any(affected(release.version, advisory, scheme) for advisory in advisories)
    ]
