"""What a browser makes of pages: errors of JavaScript, failed requests, cookies nobody agreed to, others' scripts."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any
from urllib.parse import urlsplit

from maintainer.checks import browser
from maintainer.checks.base import Bench, Site
from maintainer.checks.browser import Browser
from maintainer.checks.smoke_facts import CHECK, Fact, looked, observed, unseen
from maintainer.checks.smoke_page import flat, within
from maintainer.checks.smoke_places import Place
from maintainer.errors import ToolFailed
from maintainer.evidence import Evidence
from maintainer.http_visit import host_of

RULES = ("console", "requests", "cookies", "third-party")
PROGRAM = "maintainer.checks.smoke_browser_work"
#: So many pages are opened.
MOST = 12
#: Seconds for a page of one site, and for the browser itself.
A_PAGE, TO_BEGIN = 45.0, 60.0

#: Cookies that measure, advertise or follow, by what their makers call them.
FOLLOWS = re.compile(
    r"_ga(?:t|_|$)|_gid|_gcl_|_dc_gtm|__utm|_fb[pc]$|_hj|_cl(?:ck|sk)$|_uet|_tt[p_]|_pin_|_pk_|_hp2_|ajs_|mp_|amplitude|"
    r"AMP_|hubspotutk|__hs|_scid|_rdt_|cto_|tk_(?:ai|qs)|li_|_li_|_vwo|_ym_|mtm_|matomo|__kla_id|_derived_epik"
)
#: What differs each time: places in a file, numbers, digests, queries.
MADE = re.compile(r"\?[^\s\"')]{1,1000}|:\d{1,7}(?::\d{1,7})?|[0-9a-f]{6,64}|\d{2,64}", re.IGNORECASE)

#: What the program noted of pages, by path; facts of a page, by rule and key.
Pages = Mapping[str, Mapping[str, Any]]
Facts = dict[tuple[str, str], Fact]


def evidence(
    chromium: Browser, head: Site, base: Site | None, places: Iterable[Place], known: frozenset[str], bench: Bench
) -> Evidence:
    """What is seen of the first of these places on both sides. `known` are addresses that were asked for without a
    browser."""
    wanted = tuple(islice(places, MOST))
    if not wanted:
        return Evidence()
    try:
        return _compared(chromium, head, base, wanted, known, bench)
    except ToolFailed as error:
        return Evidence(blind=tuple(unseen(rule, "", head, error.message) for rule in RULES))


def _compared(
    chromium: Browser, head: Site, base: Site | None, places: Sequence[Place], known: frozenset[str], bench: Bench
) -> Evidence:
    sites = [head, *([base] if base else [])]
    told, name = _run(chromium, sites, [place.path for place in places], bench)
    after = _seen(told["head"], head, places, known, bench)
    before = _seen(told["base"], base, places, known, bench) if base else {}
    if doubtful := [place for place in places if after.get(place.path, {}).keys() - before.get(place.path, {}).keys()]:
        # What comes and goes by itself is nothing the change did: it must be there twice, and before it never.
        again, _ = _run(chromium, sites, [place.path for place in doubtful], bench)
        for path, facts in _seen(again["head"], head, doubtful, known, bench).items():
            after[path] = {key: fact for key, fact in after.get(path, {}).items() if key in facts}
        for path, facts in (_seen(again["base"], base, doubtful, known, bench) if base else {}).items():
            before[path] = before.get(path, {}) | facts
    if base:
        # Beside a page that could not be opened nothing is known to be new.
        after = {path: facts for path, facts in after.items() if path in before}
    made = _evidence(head, told["head"], after, frozenset(key for facts in before.values() for key in facts))
    made += _evidence(base, told["base"], before, frozenset()) if base else Evidence()
    opened = Fact("console", "browser", f"{len(after)} pages were opened in {name}", "low", told=True)
    return made + Evidence(observations=(observed(opened, "", head),), looked=(looked("console", "", head),))


def _run(chromium: Browser, sites: Sequence[Site], paths: Sequence[str], bench: Bench) -> tuple[dict[str, Pages], str]:
    """The program's answer: what it noted of each page, by side and path, and which browser that was.

    Raises `errors.ToolFailed`.
    """
    seconds = min(bench.left(), TO_BEGIN + A_PAGE * len(paths) * len(sites))
    if seconds <= 1:
        raise ToolFailed("the time was over before pages were opened. Raise verify.within.check")
    job = {"sites": [browser.site(site) for site in sites], "paths": list(paths), "seconds": seconds * 0.8}
    told = chromium.run(PROGRAM, job, folder=bench.folder / CHECK, seconds=seconds)
    try:
        return {site.side: {page["path"]: page for page in told[site.side]} for site in sites}, str(told["browser"])
    except (KeyError, TypeError):
        raise ToolFailed("the browser's program left what is no answer. Run it again") from None


def _seen(pages: Pages, site: Site, places: Sequence[Place], known: frozenset[str], bench: Bench) -> dict[str, Facts]:
    """What is to be said of the pages that were opened."""
    return {
        place.path: {(fact.rule, fact.key): fact for fact in _facts(page, site, place, known, bench)}
        for place in places
        if (page := pages.get(place.path)) and not page["why"]
    }


def _facts(page: Mapping[str, Any], site: Site, place: Place, known: frozenset[str], bench: Bench) -> Iterator[Fact]:
    alone = bench.base is None
    for text in page["errors"]:
        yield Fact("console", f"breaks {_alike(text, site)}", f"JavaScript breaks: {flat(text)}", "high")
    for text in page["console"]:
        yield Fact("console", f"says {_alike(text, site)}", f"an error in the console: {flat(text)}", told=alone)
    for url, why in page["failed"]:
        if site.visitor.may_ask(url) and url not in known:
            shown = within(url, site.target.url).partition("?")[0]
            yield Fact("requests", f"{_alike(shown, site)} {why}", f"asks for {shown}, which {_failed(why)}", "high")
    for name, domain in page["cookies"]:
        of = "" if _own(domain, site) else f" of {domain.lstrip('.')}"
        sentence = f"sets the cookie {name[:80]}{of} before anybody agreed to it"
        follows = bool(of or FOLLOWS.match(name))
        if follows or not alone:
            yield Fact("cookies", f"{_alike(name, site)}{of}", sentence, "high", told=not follows)
    for url in page["scripts"]:
        if urlsplit(url).scheme in ("http", "https") and not site.visitor.may_ask(url):
            shown = url.partition("?")[0][:200]
            sentence = f"loads a script of {host_of(url)}: {shown}"
            yield Fact("third-party", _alike(shown, site), sentence, "critical", told=not place.buys)


def _own(domain: str, site: Site) -> bool:
    """Whether a cookie's domain is the site's, or one above it."""
    host = urlsplit(site.target.url).hostname or ""
    return f".{host}".endswith(f".{domain.lstrip('.')}")


def _failed(why: str) -> str:
    return why if why.startswith("answers") else f"fails ({why[:100]})"


def _alike(text: str, site: Site) -> str:
    """What both sides would say, without what differs each time."""
    return MADE.sub("#", text.replace(site.target.url, ""))[:300]


def _evidence(site: Site, pages: Pages, seen: Mapping[str, Facts], was: frozenset[tuple[str, str]]) -> Evidence:
    """What is only worth a word is told where it is new: `was` is all that the baseline has."""
    made = Evidence()
    for path, facts in seen.items():
        worth = [fact for key, fact in facts.items() if not fact.told or key not in was]
        made += Evidence(
            observations=tuple(observed(fact, path, site) for fact in worth),
            looked=tuple(looked(rule, path, site) for rule in RULES),
        )
    missed = {path: str(page["why"]) for path, page in pages.items() if page["why"]}
    return made + Evidence(
        blind=tuple(unseen("console", path, site, f"the browser: {why}", "Is it slow?") for path, why in missed.items())
    )
