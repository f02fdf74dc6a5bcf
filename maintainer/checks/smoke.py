"""Smoke: do the pages that matter answer, whole and without errors, and do their links and assets lead anywhere?

Asks with GET alone, and follows no link that changes something. The one form it sends is a login that is asked for.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import ClassVar
from urllib.parse import urlsplit

from maintainer.checks import (
    smoke_admin,
    smoke_browser,
    smoke_cache,
    smoke_forms,
    smoke_gate,
    smoke_links,
    smoke_log,
    smoke_places,
    smoke_scripts,
    smoke_site,
    smoke_visits,
)
from maintainer.checks.base import Bench, Site
from maintainer.checks.browser import Browser
from maintainer.checks.smoke_admin import Login
from maintainer.checks.smoke_facts import unseen
from maintainer.checks.smoke_links import Followed
from maintainer.checks.smoke_markup import read
from maintainer.checks.smoke_places import Place
from maintainer.checks.smoke_site import Known
from maintainer.checks.smoke_visits import Visit
from maintainer.evidence import Blind, Evidence
from maintainer.http_visit import Missed, Seen


@dataclass(frozen=True, slots=True)
class _Side:
    """All that was seen of one site."""

    known: Known
    visits: list[Visit]
    followed: Followed

    @property
    def site(self) -> Site:
        return self.known.site


@dataclass(frozen=True, slots=True)
class Smoke:
    """The check. `now` is the time by which certificates are judged, `logs` are files below the root of a site that is
    started here, `login` is who looks at the admin pages, `changed` are the paths of the files of the change, and
    `browser` opens pages where that is wanted."""

    NAME: ClassVar[str] = "smoke"
    WRITES: ClassVar[bool] = False

    now: datetime
    logs: tuple[str, ...] = ()
    login: Login | None = None
    changed: frozenset[str] | None = None
    browser: Browser | None = None

    def measure(self, bench: Bench) -> Evidence:
        """What both sites answer at the same places."""
        written = {site.side: smoke_log.begun(site, self.logs, bench.folder) for site in bench.sites}
        made = self._looked(bench)
        for site in bench.sites:
            compared = bench.base is not None
            made += smoke_log.evidence(site, written[site.side], self.logs, compared=compared)
        return made

    def _looked(self, bench: Bench) -> Evidence:
        made, known = Evidence(), list[Known]()
        for site in bench.sites:
            made += smoke_site.tls(site, self.now)
        for site in bench.sites:
            found = _known(site, bench)
            if isinstance(found, Known):
                known.append(found)
                continue
            made += Evidence(blind=(found,))
            if site is bench.head:
                return made
        places = _places(known, bench)
        sides = [_side(one, places, bench) for one in known]
        base = sides[1] if len(sides) > 1 else None
        there = _there(base.visits) if base else frozenset()
        for side in sides:
            made += _of(side, there, base if side is not base else None, bench)
        made += _compared(sides[0], base, self.changed, bench)
        made += self._opened(sides[0], base, bench)
        return made + self._inside(bench, known)

    def _opened(self, head: _Side, base: _Side | None, bench: Bench) -> Evidence:
        """What a browser makes of the pages that both sites have."""
        if self.browser is None:
            return Evidence()
        there = _there(base.visits) if base else _there(head.visits)
        pages = [visit for visit in head.visits if visit.page and visit.place.path in there]
        places = [visit.place for visit in sorted(pages, key=_weight)]
        known = frozenset(use.address for side in (head, base) if side for use in side.followed.uses)
        return smoke_browser.evidence(self.browser, head.site, base.site if base else None, places, known, bench)

    def _inside(self, bench: Bench, known: Sequence[Known]) -> Evidence:
        """The admin pages of both sites."""
        if self.login is None or any(one.site.production for one in known):
            return Evidence()
        made, there = Evidence(), frozenset[str]()
        # The baseline first: what it has is no guess on the other.
        for one in reversed(known):
            places = tuple(smoke_admin.places(one.site, self.login))
            site = smoke_admin.signed_in(one.site, self.login)
            if isinstance(site, Blind):
                made += Evidence(blind=tuple(replace(site, where=place.path) for place in places))
                continue
            visits = smoke_visits.visited(site, places, bench)
            for visit in visits:
                if isinstance(visit.seen, Seen) and urlsplit(visit.seen.url).path == self.login.path:
                    made += Evidence(blind=(unseen("answers", visit.place.path, site, "wants one to sign in again"),))
                else:
                    made += smoke_visits.evidence(visit, site, there, (), bench)
            there = _there(visits)
        return made


def _known(site: Site, bench: Bench) -> Known | Blind:
    home = site.visitor.visit(site.address("/"), limit=bench.bounds.size)
    blind = smoke_gate.closed(home, site)
    if blind or isinstance(home, Missed):
        assert blind, "what is missed is never let through"
        return blind

    def ask(path: str) -> Seen | Missed:
        return site.visitor.visit(site.address(path), limit=bench.bounds.size)

    robots = ask("/robots.txt")
    sitemap = smoke_places.sitemap(site.target.url, robots, ask)
    places = tuple(smoke_places.of_platform(home, read(home.text()), production=site.production))
    return Known(site, robots, sitemap, places)


def _places(known: Sequence[Known], bench: Bench) -> tuple[Place, ...]:
    lists: list[Iterable[Place]] = [smoke_places.configured(bench.pages), *(one.places for one in known)]
    lists += [map(Place, one.sitemap.paths) for one in known]
    return smoke_places.chosen(lists, bench.bounds.pages)


def _side(known: Known, places: Sequence[Place], bench: Bench) -> _Side:
    site = known.site
    visits = smoke_visits.visited(site, places, bench)
    pages = {visit.place.path: (page[0].url, page[1]) for visit in visits if (page := visit.page)}
    answers = {site.address(visit.place.path): visit.seen for visit in visits if isinstance(visit.seen, Seen)}
    return _Side(known, visits, smoke_links.followed(pages, answers, site, bench))


def _there(visits: Iterable[Visit]) -> frozenset[str]:
    return frozenset(visit.place.path for visit in visits if visit.there)


def _weight(visit: Visit) -> int:
    """The home page goes before those on which customers pay, these before products, and all before the rest."""
    if visit.place.path == "/":
        return 0
    if visit.place.buys:
        return 1
    return 2 if visit.markup and smoke_forms.buys(visit.markup) else 3


def _of(side: _Side, before: frozenset[str], base: _Side | None, bench: Bench) -> Evidence:
    """All that one side says by itself; `before` are the paths that are there on the baseline."""
    made = Evidence()
    for visit in side.visits:
        made += smoke_visits.evidence(visit, side.site, before, side.known.rules, bench)
    made += smoke_site.robots(side.known)
    made += smoke_site.nowhere(side.site, bench)
    made += smoke_cache.evidence(side.site, side.visits, base.visits if base else (), bench)
    pages = [visit.place.path for visit in side.visits if visit.page]
    return made + smoke_links.evidence(pages, side.followed, side.site)


def _compared(head: _Side, base: _Side | None, changed: frozenset[str] | None, bench: Bench) -> Evidence:
    """What is only seen of both sides together."""
    made = smoke_site.sitemaps(head.known, base.known if base else None)
    made += smoke_forms.evidence(head.site, base.site if base else None, head.visits, base.visits if base else ())
    indexes = {visit.place.path: visit.seen for visit in base.visits if _is_api(visit)} if base else {}
    for visit in head.visits:
        path, was = visit.place.path, indexes.get(visit.place.path)
        if _is_api(visit) and isinstance(visit.seen, Seen):
            made += smoke_site.api(
                path, (head.site, visit.seen), (base.site, was) if base and isinstance(was, Seen) else None
            )
    if base:
        uses, answers = (head.followed.uses, base.followed.uses), (head.followed.answers, base.followed.answers)
        made += smoke_scripts.evidence(head.site, base.site, uses, answers, changed, bench)
    return made


def _is_api(visit: Visit) -> bool:
    return visit.place.reads == "json" and visit.there
