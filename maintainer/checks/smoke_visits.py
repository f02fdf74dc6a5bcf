"""Pages as they are visited, and what each answer says."""

import hashlib
import re
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import partial

from maintainer.checks import smoke_page, smoke_robots
from maintainer.checks.base import Bench, Site
from maintainer.checks.smoke_facts import CHECK, RELATIVE, Fact, looked, observed, unseen
from maintainer.checks.smoke_markup import Markup, read
from maintainer.checks.smoke_places import Place
from maintainer.evidence import Artifact, Evidence, Measurement
from maintainer.http_visit import Missed, Seen


@dataclass(frozen=True, slots=True)
class Visit:
    """A place that was visited on one side; `warm` is the second answer to a page, `markup` what a page of HTML is."""

    place: Place
    seen: Seen | Missed | None
    warm: Seen | Missed | None = None
    markup: Markup | None = None

    @property
    def page(self) -> tuple[Seen, Markup] | None:
        """The page that is there, None where there is none."""
        return (self.seen, self.markup) if isinstance(self.seen, Seen) and self.markup and self.there else None

    @property
    def there(self) -> bool:
        return isinstance(self.seen, Seen) and self.seen.status < 400


def visited(site: Site, places: Iterable[Place], bench: Bench) -> list[Visit]:
    """The answers to all places, some at a time."""
    with ThreadPoolExecutor(bench.bounds.at_once) as threads:
        return list(threads.map(partial(_visit, site, bench), places))


def _visit(site: Site, bench: Bench, place: Place) -> Visit:
    if not bench.left():
        return Visit(place, None)
    address, limit = site.address(place.path), bench.bounds.size
    seen = site.visitor.visit(address, limit=limit)
    if isinstance(seen, Seen) and seen.status >= 500 and place.reads == "nothing":
        seen = site.visitor.visit(address, limit=limit)  # what is due may have collided with what another request ran
    if isinstance(seen, Missed) or place.reads != "page":
        return Visit(place, seen)
    if not _is_html(seen):
        return Visit(replace(place, reads="json" if seen.type.endswith("json") else "text"), seen)
    again = seen.status < 400 and not place.inside and bench.left()
    return Visit(place, seen, site.visitor.visit(address, limit=limit) if again else None, read(seen.text()))


def _is_html(seen: Seen) -> bool:
    return "html" in seen.type or (not seen.type and b"<" in seen.body[:1000]) or not seen.body


def evidence(
    visit: Visit, site: Site, before: frozenset[str], robots: tuple[smoke_robots.Rule, ...], bench: Bench
) -> Evidence:
    """What one answer says. `before` are the paths that are there on the baseline, `robots` the site's robots.txt."""
    place, seen = visit.place, visit.seen
    if seen is None:
        mend = "Raise verify.within.check, or lower verify.bounds.pages"
        return Evidence(blind=(unseen("answers", place.path, site, "the time was over before it was looked at", mend),))
    if isinstance(seen, Missed):
        return _of_missed(seen, place, site, before)
    if place.guessed and _is_no_page(seen, place) and place.path not in before:
        return Evidence()  # it was only a guess
    rules = tuple(_rules(seen, place, visit.markup, site))
    status = [_status(seen, place)] if not _expected(seen, place) else []
    facts = [*status, *_facts(seen, place, visit.markup, site, rules)]
    if "indexing" in rules and smoke_robots.sends_away(robots, place.path):
        sentence = "is a page that robots.txt sends search engines away from"
        facts.append(Fact("indexing", "disallowed", sentence, "high"))
    worth = any(fact.rule not in RELATIVE for fact in facts) and not place.inside
    artifacts = _kept(seen, place.path, site, bench) if worth else ()
    return Evidence(
        measurements=tuple(_measured(visit, site)),
        observations=tuple(observed(fact, place.path, site, artifacts) for fact in facts),
        looked=tuple(looked(rule, place.path, site) for rule in rules),
    )


def _is_no_page(seen: Seen, place: Place) -> bool:
    """Inside, what this user may not see is refused (403)."""
    return seen.status in (404, 410) or (place.inside and seen.status == 403)


def _expected(seen: Seen, place: Place) -> bool:
    stated = place.wanted.status if place.wanted else None
    return seen.status == stated if stated else seen.status < 400


def _status(seen: Seen, place: Place) -> Fact:
    stated = place.wanted.status if place.wanted else None
    wanted = f" and should answer {stated}" if stated else ""
    if seen.status >= 500:
        return Fact("answers", str(seen.status), f"is broken: it answers {seen.status}{wanted}", "critical")
    return Fact("answers", str(seen.status), f"answers {seen.status}{wanted}", "high")


def _of_missed(missed: Missed, place: Place, site: Site, before: frozenset[str]) -> Evidence:
    if missed.kind == "loop" or (missed.kind == "elsewhere" and place.path in before):
        fact = Fact("answers", missed.kind, missed.sentence, "critical")
        return Evidence(observations=(observed(fact, place.path, site),), looked=(looked("answers", place.path, site),))
    mend = {
        "silent": "Is it stuck, or verify.within.request too short?",
        "elsewhere": "Name that host under environments.allow, or let the site know its own address",
    }.get(missed.kind, "The log of the site says more")
    return Evidence(blind=(unseen("answers", place.path, site, missed.sentence, mend),))


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
    yield from ("redirects", "whole")
    if place.inside:
        return
    yield from ("indexing", "canonical")
    if place.wanted and (place.wanted.must or place.wanted.must_not):
        yield "content"
    if site.target.url.startswith("https:"):
        yield "mixed"


def _facts(seen: Seen, place: Place, markup: Markup | None, site: Site, rules: tuple[str, ...]) -> Iterator[Fact]:
    text = seen.text()
    yield from smoke_page.errors(text)
    yield from smoke_page.traces(text)
    if "well-formed" in rules:
        yield from smoke_page.formed(seen, place.reads)
    if markup is None:
        return
    yield from smoke_page.blank(seen, markup)
    if "redirects" in rules:
        target = smoke_page.within(seen.url, site.target.url)
        yield Fact("redirects", target, f"leads to {target}" if seen.hops else "answers itself")
        yield from smoke_page.whole(seen, markup)
    if "indexing" in rules:
        yield from smoke_page.indexing(seen, markup, site.target.url)
    if "content" in rules and place.wanted:
        yield from smoke_page.content(seen, place.wanted)
    if "mixed" in rules:
        yield from smoke_page.mixed(markup, seen.url)


def _measured(visit: Visit, site: Site) -> Iterator[Measurement]:
    for metric, answer in (("ttfb-cold", visit.seen), ("ttfb-warm", visit.warm)):
        if isinstance(answer, Seen) and visit.markup and not visit.place.inside:
            yield Measurement(CHECK, metric, visit.place.path, "s", (answer.first_byte,), site.side)


def _kept(seen: Seen, path: str, site: Site, bench: Bench) -> tuple[Artifact, ...]:
    """The answer as it came, for whoever mends it."""
    short = re.sub(r"[^a-z0-9]+", "-", path.lower()).strip("-")[:60] or "home"
    name = f"{site.side}-{short}-{hashlib.sha256(path.encode()).hexdigest()[:6]}.txt"
    folder = bench.folder / CHECK
    folder.mkdir(parents=True, exist_ok=True)
    head = "".join(f"{key}: {value}\n" for key, value in seen.headers.items() if key != "set-cookie")
    (folder / name).write_bytes(f"{seen.status} {path}\n{head}\n".encode() + seen.body)
    return (Artifact(f"{CHECK}/{name}", f"what {path} answered"),)
