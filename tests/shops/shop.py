"""A small shop on loopback, sound or broken on purpose: what it answers is a table that a fault changes.

with serving(SOUND | {"/cart/": Reply(500, "…")}) as server: ...
"""

from collections.abc import Mapping
from pathlib import Path

from tests.loopback import Loopback, Reply, Request, Served

PROTECTED = {
    "content-type": "text/html; charset=UTF-8",
    "x-frame-options": "SAMEORIGIN",
    "x-content-type-options": "nosniff",
    "content-security-policy": "default-src 'self'",
    "link": '</wp-json/>; rel="https://api.w.org/"',
}
NAVIGATION = (
    '<nav><a href="/">Home</a> <a href="/shop/">Shop</a> <a href="/cart/">Cart</a> <a href="/about/">About</a> '
    '<a href="/?logout=1">Log out</a> <a href="/product/mug/">Mug</a> '
    '<a href="https://elsewhere.example/">Elsewhere</a></nav>'
    '<form role="search" method="get" action="/"><input type="search" name="s"><button>Szukaj</button></form>'
)
#: What a cache before the shop says of what it has.
CACHED = {"x-cache": "HIT"}
LOGIN = (
    '<form method="post"><input name="username"><input type="password" name="password">'
    '<input type="hidden" name="woocommerce-login-nonce" value="0a1b2c3d4e"></form>'
)
CHECKOUT = (
    '<form name="checkout" method="post" action="/checkout/"><input name="billing_email">'
    '<select name="billing_country"></select><input type="radio" name="payment_method" value="cod">'
    '<button name="woocommerce_checkout_place_order">Kupuję i płacę</button></form>'
)
TO_CART = (
    '<form class="cart" method="post"><input type="number" name="quantity" value="1">'
    '<button name="add-to-cart" value="7">Do koszyka</button></form>'
)
CONTACT = (
    '<form method="post" action="/about/#wpcf7-f5-o1"><input type="email" name="your-email">'
    '<textarea name="your-message"></textarea></form>'
)


def page(path: str, body: str, head: str = "", **headers: str) -> Reply:
    """A page as a theme renders it."""
    html = (
        f'<!DOCTYPE html>\n<html lang="pl"><head><meta charset="utf-8"><title>Sklep {path}</title>'
        f'<meta name="generator" content="WordPress 6.5.5">'
        f'<link rel="stylesheet" href="/wp-content/themes/shop/style.css?ver=1.0">'
        f'<link rel="alternate" type="application/rss+xml" href="/feed/">'
        f'<link rel="canonical" href="{{origin}}{path}">{head}'
        f'<script src="/wp-includes/js/cart.js?ver=6.5"></script></head>'
        f'<body class="woocommerce">{NAVIGATION}<h1>{path}</h1>{body}<img src="/wp-content/uploads/mug.png" alt="">'
        f"</body></html>\n"
    )
    return Reply(200, html, PROTECTED | {name.replace("_", "-"): value for name, value in headers.items()})


def answer(status: int, body: str, kind: str = "text/html") -> Reply:
    return Reply(status, body, {"content-type": kind})


def script(text: str) -> Reply:
    return answer(200, text, "text/javascript")


def sitemap(*paths: str) -> Reply:
    places = "".join(f"<url><loc>{{origin}}{path}</loc></url>" for path in paths)
    text = f'<?xml version="1.0" encoding="UTF-8"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{places}</urlset>'
    return answer(200, text, "application/xml")


def without(reply: Served, body: str) -> Reply:
    """The page without that part of it."""
    assert isinstance(reply, Reply) and isinstance(reply.body, str) and body in reply.body
    return Reply(reply.status, reply.body.replace(body, ""), reply.headers)


NOT_FOUND = answer(404, "<!DOCTYPE html><html><body><h1>Nie znaleziono strony</h1><a href='/'>Sklep</a></body></html>")

SOUND: Mapping[str, Served] = {
    "/": page("/", "<p>Kubki</p>", **CACHED),
    "/shop/": page("/shop/", '<p>12 kubków</p><a href="/shop/?add-to-cart=7">Do koszyka</a>', **CACHED),
    "/cart/": page("/cart/", "<p>Koszyk jest pusty</p>"),
    "/checkout/": page("/checkout/", CHECKOUT),
    "/my-account/": page("/my-account/", LOGIN),
    "/about/": page("/about/", "<p>O nas</p>" + CONTACT),
    "/product/mug/": page("/product/mug/", "<p>19,99 zł</p>" + TO_CART),
    "/?s=test": page("/", "<p>Nic nie znaleziono</p>"),
    "/feed/": answer(
        200, '<?xml version="1.0"?><rss version="2.0"><channel><title>a</title></channel></rss>', "application/rss+xml"
    ),
    "/wp-login.php": answer(200, "<!DOCTYPE html><html><body><form><input type=password></form></body></html>"),
    "/wp-json/": Reply(
        200, {"name": "Sklep", "namespaces": ["wp/v2", "wc/store/v1"]}, {"content-type": "application/json"}
    ),
    "/wp-json/wc/store/v1/products": Reply(200, [{"id": 7}], {"content-type": "application/json"}),
    "/wp-cron.php": answer(200, ""),
    "/robots.txt": answer(200, "User-agent: *\nDisallow: /wp-admin/\nSitemap: {origin}/sitemap.xml\n", "text/plain"),
    "/sitemap.xml": sitemap("/", "/shop/", "/about/", "/product/mug/"),
    "/wp-content/themes/shop/style.css": answer(200, "body{}", "text/css"),
    "/wp-includes/js/cart.js": answer(200, "let cart;", "text/javascript"),
    "/wp-content/uploads/mug.png": Reply(200, b"\x89PNG", {"content-type": "image/png"}),
}


def serving(answers: Mapping[str, Served], certificate: Path | None = None) -> Loopback:
    """The shop; `{origin}` in an answer is its own address, and what nobody has answers a page that says so."""
    server = Loopback({}, certificate)
    server.answers = {path: _at(server.url, served) for path, served in answers.items()}
    whole = server.reply

    def reply(request: Request) -> Reply:
        made = whole(request)
        return NOT_FOUND if made.status == 404 and made.body == "not found" else made

    server.reply = reply  # type: ignore[method-assign]
    return server


def _at(origin: str, served: Served) -> Served:
    if isinstance(served, Reply) and isinstance(served.body, str):
        return Reply(served.status, served.body.replace("{origin}", origin), served.headers, served.length)
    return served
