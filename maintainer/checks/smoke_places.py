"""Where to look: pages of the configuration, of the platform that is found, and of the sitemap."""

import json
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import islice, zip_longest
from urllib.parse import urljoin, urlsplit

from maintainer.checks.smoke_markup import Markup
from maintainer.checks.smoke_page import Reads
from maintainer.evidence import Page
from maintainer.http_visit import Missed, Seen

#: A page nobody has: how friendly is the answer?
NOWHERE = "/maintainer-looks-for-a-page-that-is-not-there/"

#: What every WordPress has at the same address. Where its API and its feed are, it says itself.
WORDPRESS: tuple[tuple[str, Reads], ...] = (
    ("/?s=test", "page"),
    ("/wp-login.php", "page"),
    ("/wp-cron.php", "nothing"),
)
#: https://developer.wordpress.org/rest-api/using-the-rest-api/discovery/
API = re.compile(r'<([^<>]{1,2000})>;\s{0,4}rel="https://api\.w\.org/"')

#: Where WooCommerce's pages are unless somebody moved them.
SHOP = {"shop": "/shop/", "cart": "/cart/", "checkout": "/checkout/", "myaccount": "/my-account/"}

#: WooCommerce tells its pages in `wcSettings` (`storePages`) and in `wc_add_to_cart_params` (`cart_url`).
STORE_PAGES = re.compile(
    r'"(shop|cart|checkout|myaccount)":\{"id":\d{1,12},"title":"[^"]{0,300}","permalink":("[^"]{1,500}")'
)
CART_URL = re.compile(r'"(cart)_url":("[^"]{1,500}")')

#: Anybody may ask it for products: https://developer.woocommerce.com/docs/apis/store-api/
PRODUCTS = "wc/store/v1/products"
#: Where customers pay, or say who they are, as shops call it.
BUYS = re.compile(
    r"(?i)/(?:cart|basket|checkouts?|order|payment|account|my-account|kasa|koszyk|zamowienie|moje-konto|warenkorb|"
    r"kasse|panier|carrito|carrello)(?:/|$|\?)"
)

LOC = re.compile(r"<(?:\w{1,20}:)?loc>\s{0,100}(?:<!\[CDATA\[)?\s{0,100}([^<>\s\]]{1,2000})")
MOST_SITEMAPS = 20
#: Addresses that are read of a sitemap, all of its parts together.
MOST_ADDRESSES = 20_000


@dataclass(frozen=True, slots=True)
class Place:
    """A page to look at. One that is only guessed need not be there; `wanted` is what the configuration says of it.

    `inside` is one that only who signed in may see; `buys` one on which customers pay, or say who they are.
    """

    path: str
    reads: Reads = "page"
    guessed: bool = False
    wanted: Page | None = None
    inside: bool = False
    buys: bool = False


@dataclass(frozen=True, slots=True)
class Sitemap:
    """Where it is, empty when there is none, and the paths it names; `whole` when these are all."""

    at: str = ""
    paths: tuple[str, ...] = ()
    whole: bool = True


def configured(pages: Iterable[Page]) -> Iterator[Place]:
    """The home page and what the configuration names."""
    named = {page.path: page for page in pages}
    for path in dict.fromkeys(["/", *named]):
        yield Place(path, wanted=named.get(path), buys=bool(BUYS.search(path)))


def of_platform(home: Seen, markup: Markup, *, production: bool) -> Iterator[Place]:
    """What the platform that serves the home page has."""
    text = home.text()
    if not is_wordpress(home, text, markup):
        return
    for path, reads in WORDPRESS:
        # Asking for wp-cron runs what is due: not ours to do to customers.
        if not (production and reads == "nothing"):
            yield Place(path, reads, guessed=True)
    api = API.search(home.headers.get("link", ""))
    index = _here(api[1], home.url) if api else ""
    if index:
        yield Place(index, "json")
    if markup.feed:
        yield Place(_here(markup.feed, home.url), "feed")
    if "woocommerce" in text.lower():
        found = {match[1]: _path(match[2], home.url) for match in CART_URL.finditer(text)}
        found |= {match[1]: _path(match[2], home.url) for match in STORE_PAGES.finditer(text)}
        for name, usual in SHOP.items():
            yield Place(found.get(name) or usual, guessed=name not in found, buys=name != "shop")
        if index:
            yield Place(f"{index}{PRODUCTS}{'&' if '?' in index else '?'}per_page=1", "json", guessed=True)


def is_wordpress(home: Seen, text: str, markup: Markup) -> bool:
    """By what core adds to every page: its folders, its generator, the link to its API."""
    return (
        "api.w.org" in home.headers.get("link", "")
        or markup.generator.startswith("WordPress")
        or bool(re.search(r"/wp-(?:content|includes)/", text))
    )


def _path(quoted: str, url: str) -> str:
    try:
        return urlsplit(urljoin(url, str(json.loads(quoted)))).path
    except ValueError:
        return ""


def sitemap(origin: str, robots: Seen | Missed, ask: Callable[[str], Seen | Missed]) -> Sitemap:
    """The sitemap that robots.txt names, or one at the usual places (https://www.sitemaps.org/protocol.html).

    An address on another host is taken as the same path here: a staging's sitemap often names production. The parts
    of an index take turns, so that of each kind of page one is among the first.
    """
    stated = re.findall(r"(?im)^sitemap:\s*(\S+)", robots.text()[:100_000]) if isinstance(robots, Seen) else []
    usual = ["/wp-sitemap.xml", "/sitemap.xml", "/sitemap_index.xml"]
    for path in dict.fromkeys([*(_here(one, origin) for one in stated[:3]), *usual]):
        seen = ask(path)
        if isinstance(seen, Missed) or seen.status != 200 or b"<" not in seen.body[:1000] or "html" in seen.type:
            continue
        begin = seen.text()[:5000]
        if "<sitemapindex" not in begin:
            if "<urlset" in begin:
                return Sitemap(path, *_paths(seen, origin))
            continue
        parts, whole = _paths(seen, origin)
        lists = []
        for part in parts[:MOST_SITEMAPS]:
            inner = ask(part)
            if isinstance(inner, Seen) and inner.status == 200:
                paths, all_of_it = _paths(inner, origin)
                lists.append(paths)
                whole = whole and all_of_it
            else:
                whole = False
        turns = (found for turn in zip_longest(*lists) for found in turn if found is not None)
        paths = tuple(islice(dict.fromkeys(turns), MOST_ADDRESSES))
        return Sitemap(path, paths, whole and len(parts) <= MOST_SITEMAPS and len(paths) < MOST_ADDRESSES)
    return Sitemap()


def _paths(seen: Seen, origin: str) -> tuple[tuple[str, ...], bool]:
    """The paths an answer names, and whether these are all."""
    found = (_here(match[1].replace("&amp;", "&"), origin) for match in LOC.finditer(seen.text()))
    paths = tuple(islice(found, MOST_ADDRESSES))
    return paths, seen.whole and len(paths) < MOST_ADDRESSES


def _here(address: str, origin: str) -> str:
    try:
        parts = urlsplit(urljoin(origin, address))
    except ValueError:
        return "/"
    return (parts.path or "/") + (f"?{parts.query}" if parts.query else "")


def chosen(lists: Iterable[Iterable[Place]], most: int) -> tuple[Place, ...]:
    """The first `most` of all, in their order, each path once; what is not only guessed somewhere is not guessed."""
    made: dict[str, Place] = {}
    for places in lists:
        for place in places:
            known = made.get(place.path)
            if known is None:
                made[place.path] = place
            else:
                known = replace(known, buys=known.buys or place.buys)
                sure = known.guessed and not place.guessed
                made[place.path] = replace(known, guessed=False, wanted=place.wanted) if sure else known
    return tuple(made.values())[:most]
