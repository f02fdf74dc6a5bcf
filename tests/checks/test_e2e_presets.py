"""Presets on small pages with the markup they look for; docs/checks/e2e.md says which were run on the real thing."""

from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from maintainer.checks.browser import Browser
from maintainer.commands.verify_e2e import preset, step
from maintainer.config.flows import PRESETS
from tests.checks.e2e_scene import Seen, check, gone_through, shared, site
from tests.loopback import Loopback, Reply, Served


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with shared() as opened:
        yield opened


def html(body: str) -> Reply:
    return Reply(200, f"<!DOCTYPE html><meta charset=utf-8><body>{body}", {"content-type": "text/html; charset=utf-8"})


def gone(browser: Browser, folder: Path, flow: str, answers: Mapping[str, Served]) -> tuple[Seen, Loopback]:
    made = check(f"verify: {{flows: [{{name: flow, retries: 0, {flow}}}]}}\n", browser)
    with Loopback({"/": html("Shop"), **answers}) as server:
        return gone_through(made, folder, site(server.url)), server


@pytest.mark.parametrize("name", PRESETS)
def test_every_preset_is_read_and_each_of_its_steps_has_a_name(name: str) -> None:
    steps = [one for made in (*preset(name).steps, *preset(name).cleanup) for one in (step(made), *made.steps)]
    assert steps
    plain = [step(made) for made in (*preset(name).steps, *preset(name).cleanup) if not made.steps]
    plain += [step(one) for made in (*preset(name).steps, *preset(name).cleanup) for one in made.steps]
    assert [one for one in plain if "name" not in one] == []


SHOP: Mapping[str, Served] = {
    "/": html("<a href=/about/>About</a><a href=/product/mug/>Mug</a>"),
    "/product/mug/": html(
        "<main><p class=price>€ 12,50</p><form action=/cart/><button>In den Warenkorb</button></form>"
    ),
    "/cart/": html("<p class=cart-subtotal>12,50 €</p><a href=/checkout/>Zur Kasse</a>"),
    "/checkout/": html(
        "<form action=/thanks/><input autocomplete=email name=m><input autocomplete='shipping given-name' name=f>"
        "<input autocomplete=family-name name=l><input autocomplete='shipping address-line1' name=a>"
        "<input autocomplete=address-level2 name=c><input autocomplete=postal-code name=p>"
        "<button>Kaufen</button></form>"
    ),
    "/thanks/": html("<h1>Danke</h1>"),
}


def test_a_shop_nothing_is_known_of_is_found_by_what_most_have(browser: Browser, tmp_path: Path) -> None:
    flow = "preset: generic, locale: de_DE, with: {cart: /cart/, place: 'yes', confirmed: Danke}"
    seen, server = gone(browser, tmp_path, flow, SHOP)
    assert seen.said("fail") + seen.said("inconclusive") == []
    assert seen.outcomes() == {"completes": "pass", "total": "pass"}
    thanks = next(request for request in server.requests if request.path == "/thanks/")
    assert thanks.query.startswith("m=verify-") and thanks.query.endswith("&a=Verification+1&c=London&p=N1+9GU")


def test_without_a_word_for_it_no_order_is_placed(browser: Browser, tmp_path: Path) -> None:
    seen, server = gone(browser, tmp_path, "preset: generic, locale: de_DE", SHOP)
    assert seen.said("fail") == []
    assert "/checkout/" in server.paths() and "/thanks/" not in server.paths()


def test_a_price_that_the_cart_has_otherwise_is_found(browser: Browser, tmp_path: Path) -> None:
    dearer = html("<p class=cart-subtotal>13,50 €</p><a href=/checkout/>Zur Kasse</a>")
    seen, _ = gone(browser, tmp_path, "preset: generic, step: 5s", {**SHOP, "/cart/": dearer})
    ((rule, _, reason),) = seen.said("fail")
    assert rule == "total" and "should be 12.50 EUR" in reason and "it is 13.50 EUR" in reason


#: As Contact Form 7 renders it: https://contactform7.com/getting-started-with-contact-form-7/
FORM = (
    "<div class=wpcf7><div class=screen-reader-response><p role=status></p></div>"
    "<form class='wpcf7-form init' onsubmit=\"this.className = 'wpcf7-form %s';"
    "for (const one of document.querySelectorAll('.wpcf7-response-output, [role=status]')) one.textContent = '%s';"
    'return false">'
    "<input class=wpcf7-text name=your-name><input type=email name=your-email><input name=your-subject>"
    "<textarea name=your-message></textarea><input type=submit value=Send>"
    "<div class=wpcf7-response-output></div></form></div>"
)


def test_a_message_is_sent_and_one_that_is_not_is_told_as_the_form_says(browser: Browser, tmp_path: Path) -> None:
    flow = "preset: contact-form, step: 3s, with: {page: /contact/}"
    seen, _ = gone(browser, tmp_path, flow, {"/contact/": html(FORM % ("sent", "Thank you"))})
    assert seen.said("fail") == []
    seen, _ = gone(browser, tmp_path, flow, {"/contact/": html(FORM % ("failed", "There was an error"))})
    ((_, _, reason),) = seen.said("fail")
    assert "“see that it was sent”" in reason and "the page says: “There was an error”" in reason


@pytest.mark.parametrize(
    "field",
    ["<form action=/found/><input type=search name=s></form>", "<p>no field</p>"],
    ids=["field", "address"],
)
def test_what_is_looked_for_is_found(browser: Browser, tmp_path: Path, field: str) -> None:
    found = html("<main><article><a href=/mug/>Blue mug</a></article></main>")
    answers = {"/shop/": html(field), "/found/": found, "/look/": found}
    flow = "preset: search, with: {term: mug, found: Blue mug, at: /shop/, address: '/look/?q={term}'}"
    seen, server = gone(browser, tmp_path, flow, answers)
    assert seen.said("fail") == []
    (request,) = [one for one in server.requests if one.path in ("/found/", "/look/")]
    assert request.query in ("s=mug", "q=mug")


def test_links_beside_what_was_found_are_no_results(browser: Browser, tmp_path: Path) -> None:
    beside = "<aside><article>Comment on <a href=/hello/>Hello</a></article></aside>"
    flow = "preset: search, step: 4s, with: {term: mug}"
    seen, _ = gone(browser, tmp_path, flow, {"/": html(f"<main>No products were found</main>{beside}")})
    ((_, _, reason),) = seen.said("fail")
    assert "“see results”" in reason and "the page shows: “No products were found”" in reason


def test_what_wordpress_calls_no_results_is_none(browser: Browser, tmp_path: Path) -> None:
    suggested = "<main><article>Others bought <a href=/cup/>Cup</a></article></main>"
    nothing = Reply(200, f"<body class='search search-no-results'>{suggested}", {"content-type": "text/html"})
    seen, _ = gone(browser, tmp_path, "preset: search, step: 4s, with: {term: mug}", {"/": nothing})
    ((_, _, reason),) = seen.said("fail")
    assert "“see that it is not said that there are none”" in reason


#: The theme Dawn's markup, and a checkout as Shopify documents its fields (autofill tokens).
STORE: Mapping[str, Served] = {
    "/products/mug": html(
        "<div class=price><span class='price-item price-item--regular'>£12.00</span></div>"
        "<form action=/cart/add method=post><button name=add>Add to cart</button></form>"
    ),
    "/cart/add": html("added"),
    "/cart": html(
        "<p class=totals__total-value>£12.00 GBP</p><form action=/checkouts/c/1><button name=checkout>Check out"
    ),
    "/checkouts/c/1": html(
        "<input id=email autocomplete='shipping email'><select autocomplete='shipping country'>"
        "<option value=GB>UK</select>"
        + "".join(
            f"<input autocomplete='shipping {one}'>"
            for one in ("given-name", "family-name", "address-line1", "address-level2", "postal-code")
        )
        + "<div role=row>Total <span role=cell><strong>£16.80</strong></span></div>"
        "<button id=checkout-pay-button onclick=\"fetch('/paid')\">Pay now</button>"
    ),
    "/paid": "paid",
}


def test_shopify_stops_before_the_payment(browser: Browser, tmp_path: Path) -> None:
    seen, server = gone(browser, tmp_path, "preset: shopify, with: {product: /products/mug}", STORE)
    assert seen.said("fail") + seen.said("inconclusive") == []
    assert "/checkouts/c/1" in server.paths() and "/paid" not in server.paths()
