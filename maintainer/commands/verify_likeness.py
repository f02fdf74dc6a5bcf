"""Is the staging like production but for the change? Both are asked for one page, and for the versions they tell."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from maintainer.checks.base import Site
from maintainer.commands import production
from maintainer.commands.environment import Sites
from maintainer.config.whole import Whole
from maintainer.evidence import ENVIRONMENT, Verdict
from maintainer.http_visit import Missed, Seen, Visitor, host_of
from maintainer.policy.likeness import Shown, compare, moved, of_page, of_runs, sentence

RULE = "like-production"
#: So much of an answer is read.
LIMIT = 1024 * 1024


def likeness(
    settings: Whole, found: Sites, changed: frozenset[str] | None, environment: Mapping[str, str], root: Path
) -> tuple[Verdict, ...]:
    """The verdict on the site before the change, or where there is none, on the one with it; none where production
    isn't known, isn't to be asked, or is what is looked at."""
    live, wanted = settings.site.production, settings.environments.production
    site = found.base if found.base and not found.base.production else found.head
    if not live or not wanted.compare or site is None or site.production:
        return ()
    ca, stated = settings.registries.ca_file, settings.site.version_url
    visitor = Visitor(
        live,
        allowed=frozenset({host_of(stated)} if stated else ()),
        environment=environment,
        ca=root / ca if ca else None,
        seconds=settings.verify.within.request,
    )
    home = visitor.visit(f"{visitor.url}/", limit=LIMIT)
    if isinstance(home, Missed) or home.status >= 400:
        what = home.sentence if isinstance(home, Missed) else f"answers {home.status}"
        reason = f"whether staging is like production is not known: {live} {what}"
        return (
            _verdict("skipped", f"{reason}. Let this CI in there, or write environments.production.compare: false"),
        )
    theirs = Shown(of_page(home.headers, home.text()), _stated(visitor, stated))
    beyond = frozenset[str]() if site is found.base else moved(changed or ())
    alike = compare(theirs, _shown(site, live, stated), wanted.may_differ, beyond)
    if alike.differs:
        return (_verdict("inconclusive", sentence(alike)),)
    if not alike.same:
        return (_verdict("skipped", "neither shows which versions it runs (docs/production.md: site.version_url)"),)
    return (_verdict("pass", f"as far as both show it: {', '.join(alike.same[:8])}"),)


def _shown(site: Site, live: str, stated: str | None) -> Shown:
    """The same of staging; it tells its versions where production does, at the same path."""
    home = site.visitor.visit(site.address("/"), limit=LIMIT)
    page = of_page(home.headers, home.text()) if isinstance(home, Seen) and home.status < 400 else {}
    same_place = stated and host_of(stated) == host_of(live)
    parts = urlsplit(stated or "")
    path = f"{parts.path}?{parts.query}" if parts.query else parts.path
    return Shown(page, _stated(site.visitor, site.address(path) if same_place else None))


def _stated(visitor: Visitor, url: str | None) -> Mapping[str, Mapping[str, str]]:
    seen = visitor.visit(url, limit=LIMIT) if url else None
    if not isinstance(seen, Seen) or seen.status != 200:
        return {}
    try:
        told: Any = json.loads(seen.body)
    except (ValueError, RecursionError):
        return {}
    read = production.read(told) if isinstance(told, dict) else production.Production()
    return of_runs(read.runs, read.components)


def _verdict(outcome: Any, reason: str) -> Verdict:
    return Verdict(ENVIRONMENT, RULE, "", outcome, reason)
