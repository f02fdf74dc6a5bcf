"""Releases in the order of their scheme.

ascending(releases, scheme) -> list[Release]
"""

from collections.abc import Iterable
from functools import cmp_to_key

from maintainer.model import Release
from maintainer.versions.base import Scheme


def ascending(releases: Iterable[Release], scheme: Scheme) -> list[Release]:
    """Oldest version first; raises `errors.InvalidVersion`."""
    order = cmp_to_key(scheme.compare)
    return sorted(releases, key=lambda release: order(release.version))
