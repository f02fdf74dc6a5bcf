"""The forms of a page that the baseline has and the change doesn't."""

import re
from collections.abc import Iterable, Iterator
from urllib.parse import urljoin, urlsplit

from maintainer.checks.base import Site
from maintainer.checks.smoke_facts import Fact, looked, observed
from maintainer.checks.smoke_markup import Form, Markup
from maintainer.checks.smoke_visits import Visit
from maintainer.evidence import Evidence
from maintainer.http_visit import Seen
from maintainer.model import Severity

SEARCH = frozenset({"s", "q", "query", "search", "search_query", "keyword"})
#: Of WooCommerce, Shopify and others.
CART = frozenset({"add-to-cart", "add_to_cart", "addtocart"})
CHECKOUT = re.compile(r"billing_|shipping_|payment_method|checkout\[|order_comments|woocommerce-process-checkout")
CART_LINK = re.compile(r"[?&]add-to-cart=|/cart/add\b")
#: A name that is made anew for each page, or each visit.
MADE = re.compile(r"[0-9a-f]{6,64}|\d{2,64}", re.IGNORECASE)


def evidence(head: Site, base: Site | None, after: Iterable[Visit], before: Iterable[Visit]) -> Evidence:
    """What is gone of each page that both have. Without a baseline only where there would be something to look at."""
    was = {visit.place.path: page for visit in before if (page := visit.page)}
    made = Evidence()
    for visit in after:
        page, path = visit.page, visit.place.path
        if not page or (base and path not in was):
            continue
        known = was.get(path, page)
        if not known[1].forms and not _cart_links(known[1]):
            continue
        facts = lost(page, known) if base else ()
        sides = [head, *([base] if base else [])]
        made += Evidence(
            observations=tuple(observed(fact, path, head) for fact in facts),
            looked=tuple(looked("forms", path, site) for site in sides),
        )
    return made


def lost(page: tuple[Seen, Markup], before: tuple[Seen, Markup]) -> Iterator[Fact]:
    """The forms, and their fields, that a page no longer has."""
    forms = page[1].forms
    if _cart_links(before[1]) and not _cart_links(page[1]) and not buys(page[1]):
        yield Fact("forms", "add to cart", "has no button that adds to the cart any more", "critical")
    told: set[str] = set()
    for form in before[1].forms:
        name, fields = _key(form, before[0].url), _fields(form)
        if name in told:
            continue
        alike = [one for one in forms if _key(one, page[0].url) == name]
        if kind(form) == "form" and not alike:
            # A form that goes elsewhere now is still one when it asks for the same.
            alike = [one for one in forms if fields and _fields(one) >= fields]
        gone = ", ".join(sorted(fields - frozenset(field for one in alike for field in _fields(one)))[:5])
        if not alike:
            told.add(name)
            asks = f" ({', '.join(sorted(fields)[:3])})" if fields else ""
            yield Fact("forms", f"gone {name}", f"has no {name}{asks} any more", _weight(form))
        elif gone:
            told.add(name)
            yield Fact("forms", f"{name} without {gone}", f"its {name} no longer asks for {gone}", _weight(form))


def kind(form: Form) -> str:
    """What it is for, by its fields and where it goes; `form` where that can't be told."""
    names = {name.lower() for name in (*form.fields, *form.hidden)}
    if "password" in form.types:
        return "sign-up form" if any("reg" in name or "confirm" in name for name in names) else "login form"
    if names & CART or "/cart/add" in form.action:
        return "add to cart"
    if any(CHECKOUT.match(name) for name in names):
        return "checkout form"
    if form.search or names & SEARCH:
        return "search form"
    if any(name.startswith(("cart[", "updates[", "coupon")) for name in names):
        return "cart form"
    if "comment" in names:
        return "comment form"
    if "textarea" in form.types and ("email" in form.types or any("mail" in name for name in names)):
        return "contact form"
    return "form"


def _key(form: Form, url: str) -> str:
    """What it is called, alike on both sides."""
    called = kind(form)
    if called == "add to cart":
        return "form that adds to the cart"
    if called != "form":
        return called
    try:
        return f"form to {MADE.sub('#', urlsplit(urljoin(url, form.action)).path) or '/'}"
    except ValueError:
        return "form to nowhere"


def _fields(form: Form) -> frozenset[str]:
    return frozenset(MADE.sub("#", name) for name in form.fields)


def _weight(form: Form) -> Severity:
    return "critical" if kind(form) in ("add to cart", "checkout form", "cart form") else "high"


def buys(markup: Markup) -> bool:
    """Whether something can be put into the cart on this page."""
    return any(kind(form) == "add to cart" for form in markup.forms)


def _cart_links(markup: Markup) -> bool:
    return any(one.kind == "link" and CART_LINK.search(one.address) for one in markup.references)
