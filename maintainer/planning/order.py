"""Releases in the order of their scheme.

ascending(releases, scheme) -> list[Release]
descending(releases, scheme) -> Iterator[Release]
"""

from collections.abc import Iterable, Iterator
from functools import cmp_to_key

from maintainer.model import Release
from maintainer.versions.base import Scheme


def ascending(releases: Iterable[Release], scheme: Scheme) -> list[Release]:
    """Oldest version first; raises `errors.InvalidVersion`."""
    order = cmp_to_key(scheme.compare)
    return sorted(releases, key=lambda release: order(release.version))


def descending(releases: Iterable[Release], scheme: Scheme) -> Iterator[Release]:
    """Newest version first; the rest is ordered only when someone asks for more than the newest."""
    by_version: dict[str, Release] = {}
    for release in releases:
        by_version.setdefault(release.version, release)
    newest = scheme.newest(by_version)
    if newest is None:
        return
    yield by_version.pop(newest)
    yield from reversed(ascending(by_version.values(), scheme))
