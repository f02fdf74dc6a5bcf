"""Smoke: do the pages that matter answer, whole and without errors, and do their links and assets lead anywhere?

Asks with GET alone, sends no form, follows no link that changes something.
"""

import hashlib
import re
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import partial

from maintainer.checks import smoke_gate, smoke_links, smoke_page, smoke_places
from maintainer.checks.base import Bench, Site
from maintainer.checks.smoke_markup import Markup, read
from maintainer.checks.smoke_page import Fact
from maintainer.checks.smoke_places import NOWHERE, Place, Sitemap
from maintainer.evidence import Artifact, Blind, Evidence, Looked, Measurement, Observation
from maintainer.http_visit import Missed, Seen

NAME = "smoke"
WRITES = False

#: Rules that say something only beside a baseline.
RELATIVE = frozenset({"indexing", "canonical", "headers", "redirects", "whole", "sitemap"})


@dataclass(frozen=True, slots=True)
class _Visit:
    """A place that was visited on one side; `warm` is the second answer to a page, `markup` what a page of HTML is."""

    place: Place
    seen: Seen | Missed | None
    warm: Seen | Missed | None = None
    markup: Markup | None = None


@dataclass(frozen=True, slots=True)
class _Known:
    """A site that can be looked at, what it answers at `/robots.txt`, and where to look on it."""

    site: Site
    robots: Seen | Missed
    sitemap: Sitemap
    places: tuple[Place, ...]


def measure(bench: Bench) -> Evidence:
    """What both sites answer at the same places."""
    known, blind = [], []
    for site in bench.sites:
        found = _known(site, bench)
        if isinstance(found, Blind):
            blind.append(found)
            if site is bench.head:
                return Evidence(blind=tuple(blind))
        else:
            known.append(found)
    lists: list[Iterable[Place]] = [smoke_places.configured(bench.pages), *(one.places for one in known)]
    lists += [map(Place, one.sitemap.paths) for one in known]
    places = smoke_places.chosen(lists, bench.bounds.pages)
    made = Evidence(blind=tuple(blind))
    visited = [(one, _visited(one.site, places, bench)) for one in known]
    there = {place.path for one, visits in visited if one.site.side == "base" for place in _there(visits)}
    for one, visits in visited:
        made += _evidence(one, visits, there, bench)
    return made + _sitemaps(known)


def _known(site: Site, bench: Bench) -> _Known | Blind:
    home = site.visitor.visit(site.address("/"), limit=bench.bounds.size)
    blind = smoke_gate.closed(home, site)
    if blind or isinstance(home, Missed):
        assert blind, "what is missed is never let through"
        return blind

    def ask(path: str) -> Seen | Missed:
        return site.visitor.visit(site.address(path), limit=bench.bounds.size)

    robots = ask("/robots.txt")
    sitemap = smoke_places.sitemap(site.target.url, robots, ask, bench.bounds.pages)
    places = tuple(smoke_places.of_platform(home, read(home.text()), production=site.production))
    return _Known(site, robots, sitemap, places)


def _visited(site: Site, places: Iterable[Place], bench: Bench) -> list[_Visit]:
    with ThreadPoolExecutor(bench.bounds.at_once) as threads:
        return list(threads.map(partial(_visit, site, bench), places))


def _visit(site: Site, bench: Bench, place: Place) -> _Visit:
    if not bench.left():
        return _Visit(place, None)
    address = site.address(place.path)
    seen = site.visitor.visit(address, limit=bench.bounds.size)
    if isinstance(seen, Missed) or place.reads != "page":
        return _Visit(place, seen)
    if not _is_html(seen):
        return _Visit(replace(place, reads="json" if seen.type.endswith("json") else "text"), seen)
    warm = site.visitor.visit(address, limit=1024) if seen.status < 400 and bench.left() else None
    return _Visit(place, seen, warm, read(seen.text()))


def _is_html(seen: Seen) -> bool:
    return "html" in seen.type or (not seen.type and b"<" in seen.body[:1000]) or not seen.body


def _there(visits: Iterable[_Visit]) -> Iterator[Place]:
    for visit in visits:
        if isinstance(visit.seen, Seen) and visit.seen.status < 400:
            yield visit.place


def _evidence(one: _Known, visits: list[_Visit], before: set[str], bench: Bench) -> Evidence:
    """All of one side; `before` are the paths that are there on the baseline."""
    site = one.site
    made = Evidence()
    for visit in visits:
        made += _of_place(visit, site, before, bench)
    made += _of_robots(one)
    made += _of_nowhere(site, bench)
    pages = [
        (visit.place.path, visit.seen, visit.markup)
        for visit in visits
        if isinstance(visit.seen, Seen) and visit.markup and not (visit.place.guessed and visit.seen.status >= 400)
    ]
    answers = {site.address(one.place.path): one.seen for one in visits if isinstance(one.seen, Seen)}
    return made + smoke_links.evidence(smoke_links.pages_of(pages), answers, site, bench)


def _of_place(visit: _Visit, site: Site, before: set[str], bench: Bench) -> Evidence:
    place, seen = visit.place, visit.seen
    if seen is None:
        mend = "Raise verify.within.check, or lower verify.bounds.pages"
        blind = Blind(NAME, place.path, "the time was over before it was looked at", mend, site.side, "answers")
        return Evidence(blind=(blind,))
    if isinstance(seen, Missed):
        return _of_missed(seen, place, site, before)
    if place.guessed and seen.status in (404, 410) and place.path not in before:
        return Evidence()  # it was only a guess
    status = [_status(seen, place)] if not _expected(seen, place) else []
    facts = [*status, *_facts(seen, place, visit.markup, site)]
    rules = list(_rules(seen, place, visit.markup, site))
    artifacts = _kept(seen, place.path, site, bench) if any(fact.rule not in RELATIVE for fact in facts) else ()
    return Evidence(
        measurements=tuple(_measured(visit, site)),
        observations=tuple(_observation(fact, place.path, site, artifacts) for fact in facts),
        looked=tuple(Looked(NAME, rule, place.path, site.side, rule in RELATIVE) for rule in rules),
    )


def _expected(seen: Seen, place: Place) -> bool:
    stated = place.wanted.status if place.wanted else None
    return seen.status == stated if stated else seen.status < 400


def _status(seen: Seen, place: Place) -> Fact:
    stated = place.wanted.status if place.wanted else None
    wanted = f" and should answer {stated}" if stated else ""
    if seen.status >= 500:
        return Fact("answers", str(seen.status), f"is broken: it answers {seen.status}{wanted}", "critical")
    return Fact("answers", str(seen.status), f"answers {seen.status}{wanted}", "high")


def _of_missed(missed: Missed, place: Place, site: Site, before: set[str]) -> Evidence:
    looked = (Looked(NAME, "answers", place.path, site.side),)
    if missed.kind == "loop" or (missed.kind == "elsewhere" and place.path in before):
        fact = Fact("answers", missed.kind, missed.sentence, "critical")
        return Evidence(observations=(_observation(fact, place.path, site),), looked=looked)
    mend = {
        "silent": "Is it stuck, or verify.within.request too short?",
        "elsewhere": "Name that host under environments.allow, or let the site know its own address",
    }.get(missed.kind, "The log of the site says more")
    return Evidence(blind=(Blind(NAME, place.path, missed.sentence, mend, site.side, "answers"),))


def _rules(seen: Seen, place: Place, markup: Markup | None, site: Site) -> Iterator[str]:
    """The rules that are looked at in this answer."""
    yield from ("answers", "php", "traces")
    if place.reads in ("json", "feed") and seen.status < 400:
        yield "well-formed"
    if markup is None:
        return
    yield "blank"
    if seen.status >= 400:
        return
    yield from ("redirects", "whole", "indexing", "canonical", "headers")
    if place.wanted and (place.wanted.must or place.wanted.must_not):
        yield "content"
    if site.target.url.startswith("https:"):
        yield "mixed"


def _facts(seen: Seen, place: Place, markup: Markup | None, site: Site) -> Iterator[Fact]:
    text = seen.text()
    looked = frozenset(_rules(seen, place, markup, site))
    yield from smoke_page.errors(text)
    yield from smoke_page.traces(text)
    if "well-formed" in looked:
        yield from smoke_page.formed(seen, place.reads)
    if markup is None:
        return
    yield from smoke_page.blank(seen, markup)
    if seen.status >= 400:
        return
    target = smoke_page.within(seen.url, site.target.url)
    yield Fact("redirects", target, f"leads to {target}" if seen.hops else "answers itself")
    yield from smoke_page.whole(seen, markup)
    yield from smoke_page.indexing(seen, markup, site.target.url)
    yield from smoke_page.protecting(seen)
    if "content" in looked and place.wanted:
        yield from smoke_page.content(seen, place.wanted)
    if "mixed" in looked:
        yield from smoke_page.mixed(markup, seen.url)


def _observation(
    fact: Fact, where: str, site: Site, artifacts: tuple[Artifact, ...] = (), *, told: bool = False
) -> Observation:
    # A PHP notice in every page is one; what else is seen in a place is that place's.
    key = fact.key if fact.rule in ("php", "traces", "mixed") else f"{where} {fact.key}"
    return Observation(NAME, fact.rule, where, key, fact.sentence, fact.severity, site.side, artifacts, told)


def _measured(visit: _Visit, site: Site) -> Iterator[Measurement]:
    for metric, answer in (("ttfb-cold", visit.seen), ("ttfb-warm", visit.warm)):
        if isinstance(answer, Seen) and visit.markup:
            yield Measurement(NAME, metric, visit.place.path, "s", (answer.first_byte,), site.side)


def _of_robots(one: _Known) -> Evidence:
    if isinstance(one.robots, Missed) or one.robots.status != 200:
        return Evidence()
    where, side = "/robots.txt", one.site.side
    facts = smoke_page.robots_txt(one.robots.text())
    return Evidence(
        observations=tuple(_observation(fact, where, one.site) for fact in facts),
        looked=(Looked(NAME, "indexing", where, side, relative=True),),
    )


def _of_nowhere(site: Site, bench: Bench) -> Evidence:
    """What a page that nobody has answers: 404, and something a person can read."""
    seen = site.visitor.visit(site.address(NOWHERE), limit=bench.bounds.size) if bench.left() else None
    if not isinstance(seen, Seen):
        reason = seen.sentence if seen else "the time was over before it was looked at"
        return Evidence(blind=(Blind(NAME, NOWHERE, reason, "", site.side, "not-found"),))
    facts = [*smoke_page.errors(seen.text()), *smoke_page.traces(seen.text())]
    facts += smoke_page.blank(seen, read(seen.text()))
    if seen.status >= 500:
        facts.append(Fact("not-found", str(seen.status), f"a page nobody has answers {seen.status}", "high"))
    facts = [replace(fact, rule="not-found") for fact in facts]
    made = [_observation(fact, NOWHERE, site) for fact in facts]
    if seen.status < 400:
        soft = Fact("not-found", "soft", f"a page nobody has answers {seen.status} instead of 404")
        made.append(_observation(soft, NOWHERE, site, told=bench.base is None))
    return Evidence(observations=tuple(made), looked=(Looked(NAME, "not-found", NOWHERE, site.side),))


def _sitemaps(known: list[_Known]) -> Evidence:
    """Whether the sitemap still names pages. An empty one hides most of the site from us: that is no pass."""
    head, *rest = known
    before = rest[0].sitemap if rest else Sitemap()
    where = head.sitemap.at or before.at
    if not where:
        return Evidence()
    if head.sitemap.paths:
        return Evidence(looked=(Looked(NAME, "sitemap", where),))
    if before.paths:
        said = "names no page" if head.sitemap.at else "is gone"
        sentence = f"the sitemap {said}, where the baseline's names {len(before.paths)}"
        seen = Observation(NAME, "sitemap", where, said, sentence, "high")
        return Evidence(observations=(seen,), looked=(Looked(NAME, "sitemap", where),))
    mend = "Name the pages that matter under verify.pages, or mend the sitemap"
    return Evidence(blind=(Blind(NAME, where, "the sitemap names no page", mend, "head", "sitemap"),))


def _kept(seen: Seen, path: str, site: Site, bench: Bench) -> tuple[Artifact, ...]:
    """The answer as it came, for whoever mends it."""
    short = re.sub(r"[^a-z0-9]+", "-", path.lower()).strip("-")[:60] or "home"
    name = f"{site.side}-{short}-{hashlib.sha256(path.encode()).hexdigest()[:6]}.txt"
    folder = bench.folder / NAME
    folder.mkdir(parents=True, exist_ok=True)
    head = "".join(f"{key}: {value}\n" for key, value in seen.headers.items() if key != "set-cookie")
    (folder / name).write_bytes(f"{seen.status} {path}\n{head}\n".encode() + seen.body)
    return (Artifact(f"{NAME}/{name}", f"what {path} answered"),)
