"""Values of the model with everything a test doesn't speak of filled in."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from maintainer.model import (
    Advisory,
    Allow,
    Bump,
    Decided,
    Decision,
    Dependency,
    Listing,
    Proposal,
    Release,
    Source,
    Span,
    Update,
)
from maintainer.policy.rulebook import Calendar, Freeze, Phase
from maintainer.policy.series import Series
from maintainer.versions import composer, docker, npm, pep440, runtime, wordpress
from maintainer.versions.base import Scheme

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
LONG_AGO = NOW - timedelta(days=100)

SCHEMES: Mapping[str, Scheme] = {
    "composer": composer,
    "docker": docker,
    "npm": npm,
    "pep440": pep440,
    "runtime": runtime,
    "wordpress": wordpress,
}


def dependency(name: str = "woocommerce", constraint: str = "9.4.2", **more: Any) -> Dependency:
    text = more.pop("text", constraint)
    # Each name has a place of its own in the file.
    start = 1000 * sum(map(ord, name))
    datasource, package = more.pop("datasource", "wordpress"), more.pop("package", name)
    return Dependency(
        manager=more.pop("manager", "wordpress_plugin"),
        file=more.pop("file", f"wp-content/plugins/{name}/{name}.php"),
        name=name,
        source=Source(datasource, package),
        scheme=more.pop("scheme", "wordpress"),
        at=more.pop("at", Span(start, start + len(text))),
        text=text,
        constraint=constraint,
        current=more.pop("current", constraint),
        **more,
    )


def npm_package(name: str, constraint: str, **more: Any) -> Dependency:
    return dependency(
        name,
        constraint,
        **{"scheme": "npm", "manager": "npm", "datasource": "npm", "file": "package.json", "current": None} | more,
    )


def release(version: str, age: timedelta | None = timedelta(days=30), **more: Any) -> Release:
    return Release(version, None if age is None else NOW - age, **more)


def listing(*versions: str | Release, **more: Any) -> Listing:
    return Listing(tuple(release(v) if isinstance(v, str) else v for v in versions), **more)


def update(version: str = "9.4.4", bump: Bump = "patch", of: Dependency | None = None, **more: Any) -> Update:
    made = more.pop("release", None) or release(version, **more.pop("published", {}))
    return Update(of or dependency(), made, version, bump, **more)


def decided(of: Update, decision: Decision | None = None, group: str = "") -> Decided:
    return Decided(of, decision or Allow(), group)


def advisory(severity: Any = "high", affected: Iterable[str] = ("<9.4.4",), **more: Any) -> Advisory:
    return Advisory(
        more.pop("id", "GHSA-1"),
        "A hole",
        severity,
        more.pop("aliases", ("CVE-2026-1234",)),
        tuple(affected),
        **more,
    )


def proposal(number: int, branch: str, identity: Any, state: Any = "open", **more: Any) -> Proposal:
    pushed = more.pop("pushed", "a" * 40)
    return Proposal(
        number, branch, f"#{number}", tuple(sorted(identity)), state, pushed, more.pop("head", pushed), "main", **more
    )


def freeze(name: str, since: datetime, until: datetime, *what: Phase, **more: Any) -> Freeze:
    """One span that stops `what`: merging and deploying where nothing is said."""
    more |= {"applies_to": frozenset(what)} if what else {}
    return Freeze(name, Series.once(since, until), **more)


def frozen(*freezes: Freeze) -> Calendar:
    return Calendar(freezes)
