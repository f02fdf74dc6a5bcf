"""What is said of a whole site: its certificate, robots.txt, sitemap and API, and a page nobody has."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from maintainer.checks import smoke_page, smoke_robots
from maintainer.checks.base import Bench, Site
from maintainer.checks.smoke_facts import CHECK, Fact, looked, observed, unseen
from maintainer.checks.smoke_markup import read
from maintainer.checks.smoke_places import NOWHERE, Place, Sitemap
from maintainer.evidence import Evidence, Measurement
from maintainer.http_visit import Certificate, Missed, Seen

ROBOTS = "/robots.txt"

#: Of its lifetime a certificate has this left when it should have been renewed, and when nobody will any more.
#: Authorities say to renew after two thirds (https://letsencrypt.org/docs/integration-guide/#when-to-renew).
DUE, LATE = 1 / 3, 1 / 10
#: So many addresses that are gone are named.
NAMED = 3


@dataclass(frozen=True, slots=True)
class Known:
    """A site that can be looked at, what it answers at `/robots.txt`, and where to look on it."""

    site: Site
    robots: Seen | Missed
    sitemap: Sitemap
    places: tuple[Place, ...]

    @property
    def rules(self) -> tuple[smoke_robots.Rule, ...]:
        """What robots.txt says to all; nothing where that is to go away: this is told once."""
        if not isinstance(self.robots, Seen) or self.robots.status != 200:
            return ()
        text = self.robots.text()
        return () if next(smoke_robots.closed(text), None) else smoke_robots.rules(text)


def tls(site: Site, now: datetime) -> Evidence:
    """Whether the site's certificate is to be trusted, and for how long."""
    found = site.visitor.certificate()
    if found is None:
        return Evidence()
    if isinstance(found, Missed) and found.kind != "untrusted":
        return Evidence(blind=(unseen("tls", "", site, found.sentence, "Is it deployed and started?"),))
    share = 0.0 if isinstance(found, Missed) else (found.ends - now) / (found.ends - found.begins)
    return Evidence(
        measurements=(Measurement(CHECK, "certificate-left", "", "share", (share,), site.side),),
        observations=tuple(observed(fact, "", site) for fact in _certified(found, share)),
        looked=(looked("tls", "", site),),
    )


def _certified(found: Certificate | Missed, share: float) -> Iterator[Fact]:
    if isinstance(found, Missed):
        why = found.sentence.partition(": ")[2]
        yield Fact("tls", why, why, "critical")
    elif share < DUE:
        by = f" ({found.issuer})" if found.issuer else ""
        left = f"{max(0.0, share):.0%} of its lifetime left"
        sentence = f"its certificate{by} ends on {found.ends:%Y-%m-%d}, with {left}: is it renewed by itself?"
        yield Fact("tls", "ends", sentence, "high" if share < LATE else "medium", told=share >= LATE)


def robots(one: Known) -> Evidence:
    """Whether search engines are sent away."""
    if isinstance(one.robots, Missed):
        return Evidence()
    facts = [*smoke_robots.broken(one.robots.status)]
    if one.robots.status == 200:
        facts += smoke_robots.closed(one.robots.text())
    return Evidence(
        observations=tuple(observed(fact, ROBOTS, one.site) for fact in facts),
        looked=(looked("indexing", ROBOTS, one.site),),
    )


def nowhere(site: Site, bench: Bench) -> Evidence:
    """What a page that nobody has answers: 404, and something a person can read."""
    seen = site.visitor.visit(site.address(NOWHERE), limit=bench.bounds.size) if bench.left() else None
    if not isinstance(seen, Seen):
        reason = seen.sentence if seen else "the time was over before it was looked at"
        return Evidence(blind=(unseen("not-found", NOWHERE, site, reason),))
    markup = read(seen.text())
    facts = [*smoke_page.errors(seen.text()), *smoke_page.traces(seen.text()), *smoke_page.blank(seen, markup)]
    if not facts and not markup.references and not markup.forms:
        sentence = "a page nobody has is answered without a way back into the site: it is the web server's own page"
        facts.append(Fact("not-found", "bare", sentence, told=bench.base is None))
    if seen.status >= 500:
        facts.append(Fact("not-found", str(seen.status), f"a page nobody has answers {seen.status}", "high"))
    elif seen.status < 400:
        sentence = f"a page nobody has answers {seen.status} instead of 404"
        facts.append(Fact("not-found", "soft", sentence, told=bench.base is None))
    return Evidence(
        observations=tuple(observed(replace(fact, rule="not-found"), NOWHERE, site) for fact in facts),
        looked=(looked("not-found", NOWHERE, site),),
    )


def sitemaps(head: Known, base: Known | None) -> Evidence:
    """Whether the sitemap names what it named. An empty one hides most of the site from us: that is no pass."""
    now, before = head.sitemap, base.sitemap if base else Sitemap()
    where = now.at or before.at
    if not where:
        return Evidence()
    if now.paths or before.paths:
        facts = _gone(now, before)
        sides = [head.site, *([base.site] if base else [])]
        return Evidence(
            observations=tuple(observed(fact, where, head.site) for fact in facts),
            looked=tuple(looked("sitemap", where, site) for site in sides),
        )
    mend = "Name the pages that matter under verify.pages, or mend the sitemap"
    return Evidence(blind=(unseen("sitemap", where, head.site, "the sitemap names no page", mend),))


def _gone(now: Sitemap, before: Sitemap) -> Iterator[Fact]:
    if not now.paths:
        said = "names no page" if now.at else "is gone"
        yield Fact("sitemap", said, f"the sitemap {said}, where the baseline's names {len(before.paths)}", "high")
        return
    gone = sorted(set(before.paths) - set(now.paths))
    if gone and now.whole:
        rest = f" and {len(gone) - NAMED} more" if len(gone) > NAMED else ""
        named = ", ".join(path[:100] for path in gone[:NAMED])
        yield Fact("sitemap", f"without {gone[0]}", f"the sitemap no longer names {named}{rest}")
    elif gone:
        yield Fact("sitemap", "part", f"only the first {len(now.paths)} addresses of the sitemap were read", told=True)


def api(path: str, head: tuple[Site, Seen], base: tuple[Site, Seen] | None) -> Evidence:
    """The parts (namespaces) that WordPress's API names and no longer has."""
    names = [_namespaces(side[1]) for side in (head, base) if side]
    if not names[0]:
        return Evidence()
    gone = sorted(names[1] - names[0]) if base else []
    facts = [Fact("api", one, f"the API no longer has {one}", "high") for one in gone]
    return Evidence(
        observations=tuple(observed(fact, path, head[0]) for fact in facts),
        looked=tuple(looked("api", path, side[0]) for side in (head, base) if side),
    )


def _namespaces(seen: Seen) -> frozenset[str]:
    """https://developer.wordpress.org/rest-api/using-the-rest-api/discovery/#namespaces"""
    try:
        stated = json.loads(seen.body)["namespaces"]
    except (ValueError, RecursionError, KeyError, TypeError):
        return frozenset()
    return frozenset(one[:100] for one in stated if isinstance(one, str)) if isinstance(stated, list) else frozenset()
