"""What a person should know that no update mends.

    unmaintained(dependency, listing, now) -> Finding | None
    end_of_life(runtime, dependency, supported_until, now, horizon) -> Finding | None
    expired_pins(rulebook, now, file) -> tuple[Finding, ...]
    ahead(dependency, production, scheme) -> Finding | None
    unfixed(dependency, advisories) -> tuple[Finding, ...]

Kinds: `abandoned`, `deprecated`, `closed`, `stale`, `eol`, `expired-pin`, `production-ahead`, `vulnerable`.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta

from maintainer.errors import InvalidVersion
from maintainer.model import Advisory, Dependency, Finding, Listing, Severity
from maintainer.policy.decide import pin_end
from maintainer.policy.rulebook import Rulebook
from maintainer.policy.wording import NAMES, aware, in_words, zone
from maintainer.text import advisory
from maintainer.versions.base import Scheme

#: After this long without a release, nobody is likely to answer a vulnerability (wordpress.org warns then, too).
STALE = timedelta(days=2 * 365)

_SEVERITIES: tuple[Severity, ...] = ("unknown", "low", "medium", "high", "critical")
_STATUS = {
    "abandoned": "its publisher has abandoned it",
    "deprecated": "its publisher calls it deprecated",
    "closed": "its directory has closed it: it gets no updates, and nobody can install it anew",
}


def unmaintained(dependency: Dependency, listing: Listing, now: datetime) -> Finding | None:
    """A package nobody should build on any more, or one that has had no release for two years."""
    if listing.status != "active":
        note = f" ({listing.status_note})" if listing.status_note else ""
        instead = f"Move to {listing.replacement}" if listing.replacement else "Look for a replacement"
        sentence = f"{dependency.name}: {_STATUS[listing.status]}{note}. {instead}."
        severity: Severity = "high" if listing.status == "closed" else "medium"
        return _finding(listing.status, dependency, sentence, severity)
    # A listing is trimmed to what may matter: only with every date at hand is the last one known.
    dates = [release.published for release in listing.releases if release.published]
    last = max(dates) if dates and len(dates) == len(listing.releases) else listing.untouched_since
    if last is None or now - aware(last) <= STALE:
        return None
    years = (now - aware(last)).days // 365
    sentence = f"{dependency.name}: no release for {years} years. Check that it is still looked after, or replace it."
    return _finding("stale", dependency, sentence, "low")


def end_of_life(
    runtime: str, dependency: Dependency, supported_until: datetime | None, now: datetime, horizon: timedelta
) -> Finding | None:
    """A runtime whose security support has ended, or ends within the horizon."""
    if supported_until is None:
        return None
    end = aware(supported_until)
    name = f"{NAMES.get(runtime, runtime)} {dependency.current or dependency.constraint}"
    if now >= end:
        sentence = f"{name} has had no security support for {in_words(now - end)}. Move to a supported version."
        return _finding("eol", dependency, sentence, "high")
    if end - now <= horizon:
        sentence = f"{name}: security support ends in {in_words(end - now)}. Plan the move now."
        return _finding("eol", dependency, sentence, "medium")
    return None


def expired_pins(rulebook: Rulebook, now: datetime, file: str) -> tuple[Finding, ...]:
    """Pins whose last day is over: they no longer hold. `file` is the configuration they stand in."""
    site = zone(rulebook.timezone)
    return tuple(
        Finding(
            "expired-pin",
            file,
            pin.package,
            f"The pin of {pin.package} expired on {pin.until:%Y-%m-%d} and no longer holds: {pin.owner} removes it, "
            "or gives it a new date.",
        )
        for pin in rulebook.pins
        if now >= pin_end(pin, site)
    )


def ahead(dependency: Dependency, production: str, scheme: Scheme) -> Finding | None:
    """Production runs a newer version than git: someone updates the live site by hand."""
    try:
        if not dependency.current or scheme.compare(production, dependency.current) <= 0:
            return None
    except InvalidVersion:
        return None
    sentence = (
        f"{dependency.name}: production runs {production}, git has {dependency.current}. The next deploy would take "
        "it back: bring production's version into git, and turn off updates on the live site."
    )
    return _finding("production-ahead", dependency, sentence, "high")


def unfixed(dependency: Dependency, advisories: Iterable[Advisory]) -> tuple[Finding, ...]:
    """Advisories no release fixes."""
    return tuple(
        _finding(
            "vulnerable",
            dependency,
            f"{dependency.name} {dependency.current or ''} has {advisory.name(each)} ({each.severity}): "
            f"{each.summary.strip() or 'no summary was given'}. No release fixes it: replace it or turn it off.",
            each.severity,
        )
        for each in sorted(advisories, key=lambda one: (-_SEVERITIES.index(one.severity), one.id))
    )


def _finding(kind: str, dependency: Dependency, sentence: str, severity: Severity) -> Finding:
    return Finding(kind, dependency.file, dependency.name, sentence, severity, dependency.line)
