"""Spans of time in which nothing moves.

    holding(freezes, now, what, severities=(), names=()) -> Freeze | None
    thaws(freezes, now, what, severities=(), names=()) -> datetime | None

`what` is "propose", "merge" or "deploy". Only date ranges: calendars are expanded to them before.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from maintainer.policy.globs import any_matches
from maintainer.policy.rulebook import Freeze, Phase


def holding(
    freezes: Iterable[Freeze], now: datetime, what: Phase, severities: Sequence[str] = (), names: Sequence[str] = ()
) -> Freeze | None:
    """The freeze that holds `what` now, of several the one that ends last.

    `severities` are those of the advisories a change fixes, `names` its package's: either may be exempt.
    """
    held = [f for f in _applying(freezes, what, severities, names) if f.since <= now < f.until]
    return max(held, key=lambda freeze: (freeze.until, freeze.name), default=None)


def thaws(
    freezes: Iterable[Freeze], now: datetime, what: Phase, severities: Sequence[str] = (), names: Sequence[str] = ()
) -> datetime | None:
    """When nothing holds `what` any more, through freezes that follow without a gap; None when nothing holds it now."""
    applying = tuple(_applying(freezes, what, severities, names))
    end: datetime | None = None
    while freeze := holding(applying, end or now, what):
        end = freeze.until
    return end


def _applying(
    freezes: Iterable[Freeze], what: Phase, severities: Sequence[str], names: Sequence[str]
) -> Iterator[Freeze]:
    for freeze in freezes:
        if what not in freeze.applies_to or not freeze.exempt_severities.isdisjoint(severities):
            continue
        if freeze.exempt_packages and any_matches(freeze.exempt_packages, names):
            continue
        yield freeze
