"""What is broken on purpose, each with the rule that must find it, where, and what its sentence must name."""

from collections.abc import Mapping
from dataclasses import dataclass

from maintainer.checks.smoke_places import NOWHERE
from tests.loopback import Reply, Served
from tests.shops.shop import (
    CHECKOUT,
    CONTACT,
    LOGIN,
    NAVIGATION,
    SOUND,
    TO_CART,
    answer,
    page,
    script,
    sitemap,
    without,
)


@dataclass(frozen=True)
class Fault:
    """`changed` are the answers that differ from a sound shop's."""

    changed: Mapping[str, Served]
    rule: str
    where: str
    names: str


FATAL = (
    "<br />\n<b>Fatal error</b>:  Uncaught Error: Call to undefined function wc_tax() in /srv/wp-content/plugins/"
    "tax/tax.php:12\nStack trace:\n" + "#0 /srv/wp-includes/class-wp-hook.php(324): {closure}()\n" * 40 + "#1 {main}\n"
    "  thrown in <b>/srv/wp-content/plugins/tax/tax.php</b> on line <b>12</b><br />"
)
WARNING = (
    '<br />\n<b>Warning</b>:  Undefined array key "vat" in '
    "<b>/srv/wp-content/themes/shop/cart.php</b> on line <b>7</b><br />"
)
DIED = (
    '<!DOCTYPE html><html><head><title>Błąd</title></head><body id="error-page"><div class="wp-die-message">'
    "<p>W witrynie wystąpił błąd krytyczny.</p></div></body></html>"
)
NO_ENTITY = '<?xml version="1.0"?><rss><channel><title>a &nbsp; b</title></channel></rss>'


FAULTS: Mapping[str, Fault] = {
    "fatal in a 200": Fault(
        {"/checkout/": page("/checkout/", "Kupuję" + FATAL)},
        "php",
        "/checkout/",
        "undefined function wc_tax() (plugins/tax/tax.php, line 12)",
    ),
    "warning": Fault(
        {"/cart/": page("/cart/", WARNING)},
        "php",
        "/cart/",
        'PHP warning: Undefined array key "vat" (themes/shop/cart.php, line 7)',
    ),
    "notice as text": Fault(
        {"/about/": page("/about/", "\nNotice: Undefined index: a in /srv/a.php on line 3\n")},
        "php",
        "/about/",
        "PHP notice: Undefined index: a",
    ),
    "critical error page": Fault({"/cart/": answer(500, DIED)}, "php", "/cart/", "W witrynie wystąpił błąd krytyczny."),
    "500 on checkout": Fault(
        {"/checkout/": answer(500, "<html><body>Oops</body></html>")},
        "answers",
        "/checkout/",
        "is broken: it answers 500",
    ),
    "page gone": Fault(
        {"/about/": answer(404, "<html><body>nie ma</body></html>")}, "answers", "/about/", "answers 404"
    ),
    "guessed page gone": Fault(
        {"/my-account/": answer(404, "<html><body>nie ma</body></html>")}, "answers", "/my-account/", "answers 404"
    ),
    "white page": Fault({"/cart/": answer(200, "")}, "blank", "/cart/", "a white page"),
    "nothing but a shell": Fault(
        {"/cart/": answer(200, "<html><head><title>a</title></head><body><!-- cart --></body></html>")},
        "blank",
        "/cart/",
        "shows nothing",
    ),
    "breaks off": Fault(
        {"/shop/": answer(200, "<!DOCTYPE html><html><body><p>12 kub")}, "whole", "/shop/", "breaks off before </html>"
    ),
    "text missing": Fault(
        {"/checkout/": page("/checkout/", "<p>Zapraszamy</p>")}, "content", "/checkout/", "doesn't say “Kupuję”"
    ),
    "text refused": Fault(
        {"/checkout/": page("/checkout/", "Kupuję, ale wkrótce")}, "content", "/checkout/", "says “wkrótce”"
    ),
    "dead stylesheet": Fault(
        {"/wp-content/themes/shop/style.css": answer(404, "")},
        "assets",
        "/",
        "loads /wp-content/themes/shop/style.css, which answers 404",
    ),
    "script is a page": Fault(
        {"/wp-includes/js/cart.js": answer(200, "<html></html>")},
        "assets",
        "/",
        "/wp-includes/js/cart.js, which answers a page",
    ),
    "empty script": Fault(
        {"/wp-includes/js/cart.js": answer(200, "", "text/javascript")}, "assets", "/", "cart.js, which is empty"
    ),
    "dead link": Fault(
        {"/about/": page("/about/", '<a href="/terms/">Regulamin</a>')},
        "links",
        "/about/",
        "links to /terms/, which answers 404",
    ),
    "link breaks": Fault(
        {
            "/about/": page("/about/", CONTACT + '<a href="/terms/">Regulamin</a>'),
            "/terms/": answer(500, "<html><body><pre>Traceback (most recent call last):</pre></body></html>"),
        },
        "links",
        "/about/",
        "links to /terms/, which answers 500 and shows a stack trace (Python)",
    ),
    "api is a page": Fault(
        {"/wp-json/": page("/wp-json/", "<p>hej</p>")}, "well-formed", "/wp-json/", "is no JSON (text/html"
    ),
    "feed is broken": Fault(
        {"/feed/": answer(200, NO_ENTITY, "application/rss+xml")},
        "well-formed",
        "/feed/",
        "is no XML: undefined entity",
    ),
    "noindex": Fault(
        {"/shop/": page("/shop/", "", '<meta name="robots" content="noindex, follow">')},
        "indexing",
        "/shop/",
        "tells search engines noindex",
    ),
    "noindex header": Fault(
        {"/shop/": page("/shop/", "", x_robots_tag="noindex")}, "indexing", "/shop/", "tells search engines noindex"
    ),
    "robots.txt closes": Fault(
        {"/robots.txt": answer(200, "User-agent: *\nDisallow: /\n", "text/plain")},
        "indexing",
        "/robots.txt",
        "sends all search engines away",
    ),
    "canonical moved": Fault(
        {"/about/": page("/shop/", "<p>O nas</p>")},
        "canonical",
        "/about/",
        "names /shop/ as its canonical address (before: names /about/",
    ),
    "leads elsewhere": Fault(
        {"/cart/": Reply(302, "", {"location": "/shop/"})},
        "redirects",
        "/cart/",
        "leads to /shop/ (before: answers itself)",
    ),
    "leads off the site": Fault(
        {"/cart/": Reply(302, "", {"location": "https://pay.example/"})}, "answers", "/cart/", "leads to pay.example"
    ),
    "redirects without end": Fault(
        {"/cart/": Reply(302, "", {"location": "/cart/"})}, "answers", "/cart/", "redirects more than 5 times"
    ),
    "sitemap emptied": Fault(
        {"/sitemap.xml": sitemap()}, "sitemap", "/sitemap.xml", "names no page, where the baseline's names 4"
    ),
    "stack trace": Fault(
        {"/about/": answer(500, "<html><body>Traceback (most recent call last):</body></html>")},
        "traces",
        "/about/",
        "shows a stack trace (Python)",
    ),
    "unfriendly 404": Fault({NOWHERE: answer(404, "")}, "not-found", NOWHERE, "a white page"),
    "soft 404": Fault({NOWHERE: page("/", "hej")}, "not-found", NOWHERE, "answers 200 instead of 404"),
    "connection cut": Fault(
        {"/wp-includes/js/cart.js": Reply(200, "let", {"content-type": "text/javascript"}, length=900)},
        "assets",
        "/",
        "broke the connection",
    ),
    "robots.txt closes a page": Fault(
        {"/robots.txt": answer(200, "User-agent: *\nDisallow: /sh*p/$\nAllow: /cart/\n", "text/plain")},
        "indexing",
        "/shop/",
        "is a page that robots.txt sends search engines away from",
    ),
    "robots.txt breaks": Fault(
        {"/robots.txt": answer(500, "")}, "indexing", "/robots.txt", "robots.txt answers 500: search engines then stay"
    ),
    "sitemap forgets a page": Fault(
        {"/sitemap.xml": sitemap("/", "/shop/", "/about/")},
        "sitemap",
        "/sitemap.xml",
        "the sitemap no longer names /product/mug/",
    ),
    "api forgets the shop": Fault(
        {"/wp-json/": Reply(200, {"namespaces": ["wp/v2"]}, {"content-type": "application/json"})},
        "api",
        "/wp-json/",
        "the API no longer has wc/store/v1",
    ),
    "shop's api is broken": Fault(
        {"/wp-json/wc/store/v1/products": answer(200, "[{", "application/json")},
        "well-formed",
        "/wp-json/wc/store/v1/products?per_page=1",
        "is no JSON (application/json, 2 bytes)",
    ),
    "search form gone": Fault(
        {"/shop/": without(SOUND["/shop/"], NAVIGATION.partition("</nav>")[2])},
        "forms",
        "/shop/",
        "has no search form (s) any more",
    ),
    "login form gone": Fault(
        {"/my-account/": without(SOUND["/my-account/"], LOGIN)},
        "forms",
        "/my-account/",
        "has no login form (password, username) any more",
    ),
    "checkout form gone": Fault(
        {"/checkout/": page("/checkout/", "<p>Kupuję</p>")},
        "forms",
        "/checkout/",
        "has no checkout form (billing_country, billing_email, payment_method) any more",
    ),
    "no way to pay": Fault(
        {"/checkout/": page("/checkout/", CHECKOUT.replace('name="payment_method"', ""))},
        "forms",
        "/checkout/",
        "its checkout form no longer asks for payment_method",
    ),
    "product can't be bought": Fault(
        {"/product/mug/": without(SOUND["/product/mug/"], TO_CART)},
        "forms",
        "/product/mug/",
        "has no form that adds to the cart (quantity) any more",
    ),
    "list of products can't be bought": Fault(
        {"/shop/": page("/shop/", "<p>12 kubków</p>", x_cache="HIT")},
        "forms",
        "/shop/",
        "has no button that adds to the cart any more",
    ),
    "contact form gone": Fault(
        {"/about/": without(SOUND["/about/"], CONTACT)},
        "forms",
        "/about/",
        "has no contact form (your-email, your-message) any more",
    ),
    "cache passed by": Fault(
        {"/shop/": page("/shop/", '<a href="/shop/?add-to-cart=7">Kup</a>', x_cache="MISS", set_cookie="cart_id=7")},
        "cache",
        "/shop/",
        "came from a cache (x-cache: HIT) and doesn't any more: it says set-cookie: cart_id, x-cache: MISS",
    ),
    "cache forbidden": Fault(
        {"/": page("/", "<p>Kubki</p>", cache_control="no-store, max-age=0")},
        "cache",
        "/",
        "it says cache-control: no-store, max-age=0",
    ),
    "bare 404": Fault(
        {NOWHERE: answer(404, "<html><body><center><h1>404 Not Found</h1></center></body></html>")},
        "not-found",
        NOWHERE,
        "without a way back into the site",
    ),
    "stack trace in a 404": Fault(
        {NOWHERE: answer(404, "<html><body><a href='/'>x</a>Traceback (most recent call last):</body></html>")},
        "not-found",
        NOWHERE,
        "shows a stack trace (Python)",
    ),
}


def scripted(path: str, source: str, body: str = "", text: str | None = None, **headers: str) -> dict[str, Served]:
    """The page with one more script, which says `text` where it is the shop's own."""
    changed: dict[str, Served] = {path: page(path, body, f'<script src="{source}"></script>', **headers)}
    return changed if text is None else {**changed, source: script(text)}


#: What only a browser sees, each in a page of its own.
BROWSER_FAULTS: Mapping[str, Fault] = {
    "script breaks": Fault(
        scripted("/cart/", "/js/cart-page.js", text="cart.totals.forEach(console.log);"),
        "console",
        "/cart/",
        "JavaScript breaks: cart is not defined",
    ),
    "promise broken": Fault(
        scripted("/product/mug/", "/js/mug.js", TO_CART, "Promise.reject(new Error('no variations'));"),
        "console",
        "/product/mug/",
        "JavaScript breaks: no variations",
    ),
    "error in the console": Fault(
        scripted("/about/", "/js/about.js", CONTACT, "console.error('reCAPTCHA: no such key 4711');"),
        "console",
        "/about/",
        "an error in the console: reCAPTCHA: no such key 4711",
    ),
    "shop refuses its own script": Fault(
        {"/?s=test": page("/", "<script>find()</script>")}, "console", "/?s=test", "Content Security Policy"
    ),
    "request fails": Fault(
        scripted("/shop/", "/js/shop.js", '<a href="/?add-to-cart=7">Kup</a>', "fetch('/wp-json/shop/v1/stock');"),
        "requests",
        "/shop/",
        "asks for /wp-json/shop/v1/stock, which answers 404",
    ),
    "cookie before consent": Fault(
        scripted("/", "/js/ga.js", text="document.cookie = '_ga=GA1.1.42; path=/';"),
        "cookies",
        "/",
        "sets the cookie _ga before anybody agreed to it",
    ),
    "strange script on checkout": Fault(
        scripted("/checkout/", "https://skimmer.example/c.js?v=1", CHECKOUT, content_security_policy=""),
        "third-party",
        "/checkout/",
        "loads a script of skimmer.example: https://skimmer.example/c.js",
    ),
}
