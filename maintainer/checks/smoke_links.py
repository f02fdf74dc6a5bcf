"""The links and assets of the pages that were looked at: ok, dead, blocked for us, or unknown."""

import re
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from urllib.parse import parse_qs, urljoin, urlsplit

from maintainer.checks.base import Bench, Site
from maintainer.checks.smoke_facts import CHECK
from maintainer.checks.smoke_markup import Kind, Markup
from maintainer.checks.smoke_page import traces, within
from maintainer.evidence import Blind, Evidence, Looked, Observation
from maintainer.http_visit import Missed, Seen

RULES: Mapping[Kind, str] = {"link": "links", "asset": "assets"}

#: Statuses that say what they say to us alone: a link that answers so may work for a person.
BLOCKED = frozenset({401, 403, 405, 407, 429, 451, 999})

#: Links a person may follow and a program should not: they change something.
CHANGES = re.compile(r"(?i)log-?out|sign-?out|delete|remove|unsubscribe|add-to-cart|/cart/add|/wp-admin/|wp-login\.php")
#: Parameters that only say which page is meant.
HARMLESS = frozenset(
    {
        "p",
        "page_id",
        "cat",
        "tag",
        "product",
        "paged",
        "page",
        "lang",
        "ver",
        "v",
        "m",
        "author",
        "feed",
        "attachment_id",
    }
)
#: What an asset of this kind is not served as, unless it is another page in its place.
NO_ASSET = frozenset({"text/html", "application/xhtml+xml"})
#: So much of a link's answer is read.
ENOUGH = 64 * 1024


@dataclass(frozen=True, slots=True)
class Use:
    """An address that pages use: `places` are the paths of those pages."""

    address: str
    kind: Kind
    tag: str
    places: tuple[str, ...]


def uses(pages: Mapping[str, tuple[str, Markup]], site: Site) -> tuple[Use, ...]:
    """What pages (by path: their address and markup) use, the assets first; what no program should follow left out."""
    found: dict[tuple[str, Kind], tuple[str, dict[str, None]]] = {}
    for path, (url, markup) in pages.items():
        for reference in markup.references:
            try:
                address = urljoin(urljoin(url, markup.base or ""), reference.address).partition("#")[0]
                scheme = urlsplit(address).scheme
            except ValueError:
                continue
            if scheme in ("http", "https") and (reference.kind == "asset" or _may_follow(address)):
                found.setdefault((address, reference.kind), (reference.tag, {}))[1][path] = None
    made = [Use(address, kind, tag, tuple(places)) for (address, kind), (tag, places) in found.items()]
    return tuple(sorted(made, key=lambda use: (use.kind != "asset", not site.visitor.own(use.address))))


def _may_follow(address: str) -> bool:
    parts = urlsplit(address)
    return not CHANGES.search(address) and parse_qs(parts.query, keep_blank_values=True).keys() <= HARMLESS


@dataclass(frozen=True, slots=True)
class Followed:
    """What the pages of one side use, `left` of it without being asked for; `answers` by address, None where the time
    was over before."""

    uses: tuple[Use, ...]
    left: int
    answers: Mapping[str, Seen | Missed | None]


def followed(
    pages: Mapping[str, tuple[str, Markup]], known: Mapping[str, Seen | Missed], site: Site, bench: Bench
) -> Followed:
    """Ask for what these pages use. `known` are answers that pages already gave, by address."""
    ours = [use for use in uses(pages, site) if site.visitor.may_ask(use.address)]
    asked = ours[: bench.bounds.links]
    wanted = {use.address: use.tag for use in asked if use.address not in known}

    def ask(address: str) -> Seen | Missed | None:
        limit = bench.bounds.size if wanted[address] == "script" else ENOUGH
        return site.visitor.visit(address, limit=limit) if bench.left() else None

    with ThreadPoolExecutor(bench.bounds.at_once) as threads:
        answers = dict(zip(wanted, threads.map(ask, wanted), strict=True))
    answers |= {use.address: known[use.address] for use in asked if use.address in known}
    return Followed(tuple(asked), len(ours) - len(asked), answers)


def evidence(pages: Iterable[str], found: Followed, site: Site) -> Evidence:
    """What became of them."""
    facts = [fact for use in found.uses for fact in _facts(use, found.answers[use.address], site)]
    blind = [fact for fact in facts if isinstance(fact, Blind)]
    seen = [fact for fact in facts if isinstance(fact, Observation)]
    if found.left:
        reason = f"{found.left} of {found.left + len(found.uses)} links and assets were not asked for"
        mend = "Raise verify.bounds.links"
        seen.append(Observation(CHECK, "links", "/", "bound", f"{reason}. {mend}", "low", site.side, told=True))
    looked = [Looked(CHECK, rule, path, site.side) for path in pages for rule in RULES.values()]
    return Evidence(observations=tuple(seen), blind=tuple(blind), looked=tuple(looked))


def _facts(use: Use, answer: Seen | Missed | None, site: Site) -> Iterator[Observation | Blind]:
    """What is to be said of it, in the first of its places."""
    rule, where, shown = RULES[use.kind], use.places[0], within(use.address, site.target.url).partition("?")[0]
    elsewhere = f", as {len(use.places) - 1} more pages do" if len(use.places) > 1 else ""
    verb = "loads" if use.kind == "asset" else "links to"
    if answer is None:
        reason = "the time was over before all its links and assets were asked for"
        yield Blind(CHECK, where, reason, "Raise verify.within.check, or lower verify.bounds", site.side, rule)
    elif isinstance(answer, Missed) and answer.kind in ("silent", "garbled"):
        yield Blind(CHECK, where, f"{shown} {answer.sentence}", "Is it slow, or the time too short?", site.side, rule)
    elif isinstance(answer, Missed) and answer.kind == "elsewhere":
        return
    elif why := _dead(use, answer):
        sentence = f"{verb} {shown}, which {why}{elsewhere}"
        yield Observation(CHECK, rule, where, f"dead {shown}", sentence, "high", site.side)
    elif isinstance(answer, Seen) and answer.status >= 400:
        sentence = f"{verb} {shown}, which answers {answer.status} to us"
        yield Observation(CHECK, rule, where, f"blocked {shown}", sentence, "low", site.side, told=True)


def _dead(use: Use, answer: Seen | Missed) -> str:
    """Why nobody gets it, empty when somebody may."""
    if isinstance(answer, Missed):
        return answer.sentence
    if answer.status >= 400:
        trace = next(traces(answer.text()), None)
        shows = f" and {trace.sentence}" if trace else ""
        return "" if answer.status in BLOCKED else f"answers {answer.status}{shows}"
    if use.tag in ("script", "link", "img") and answer.type in NO_ASSET and use.kind == "asset":
        return f"answers a page ({answer.type}) and no {'image' if use.tag == 'img' else 'file of its kind'}"
    if use.kind == "asset" and answer.whole and not answer.body:
        return "is empty"
    return ""
