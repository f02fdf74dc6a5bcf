"""A small shop to look at: a product page and a list, with all that moves by itself on real ones.

with Loopback(shop()) as before, Loopback(shop(FAULTS["moved button"].changed)) as after: ...

What moves: a slider, an advertisement drawn by lot at the server, the time at the server, a countdown, an endless
animation, a blinking caret, pictures that load late, a cookie bar.
"""

import itertools
import random
import struct
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from tests.loopback import Reply, Request, Served


def png(width: int, height: int, colour: tuple[int, int, int], mark: int = 0) -> bytes:
    """A picture of one colour, with a white bar `mark` pixels from its left."""
    row = b"\0" + b"".join(
        bytes((255, 255, 255) if mark and mark <= x < mark + width // 5 else colour) for x in range(width)
    )

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(row * height)) + chunk(b"IEND", b"")
    )


STYLE = """
* { box-sizing: border-box } body { margin: 0; font: 16px/1.5 sans-serif; color: #222; background: #fff }
header { display: flex; flex-wrap: wrap; align-items: center; gap: 24px; padding: 16px; border-bottom: 1px solid #ddd }
header img { width: 120px; height: 40px } nav a { margin-right: 16px; color: #1a4d8f; text-decoration: none }
main { max-width: 1000px; margin: 0 auto; padding: 24px } .top { min-height: 1px }
.product { display: grid; grid-template-columns: 320px 1fr; gap: 32px } .product img { width: 320px; height: 240px }
.price { font-size: 28px; font-weight: 700; color: #b3261e; margin: 8px 0 } .stock { color: #2e7d32 }
.buy { padding: 12px 28px; border: 0; border-radius: 6px; background: #2e7d32; color: #fff; font: inherit }
.list { display: grid; grid-template-columns: repeat(4, 1fr); gap: 16px; margin-top: 32px }
.card { border: 1px solid #ddd; padding: 12px; border-radius: 8px } .card img { width: 100%; height: 120px }
.card .price { font-size: 18px } .card .buy { padding: 6px 12px }
.slider { position: relative; height: 140px; overflow: hidden; margin-bottom: 24px; background: #eee }
.slider div { position: absolute; inset: 0; padding: 40px; font-size: 28px; color: #fff }
.ad { width: 300px; height: 100px; padding: 16px; margin: 24px 0 }
.spin { width: 24px; height: 24px; border: 4px solid #ccc; border-top-color: #1a4d8f;
  border-radius: 50%; animation: spin .9s linear infinite } @keyframes spin { to { transform: rotate(360deg) } }
footer { margin-top: 40px; padding: 24px; background: #222; color: #ddd } .cookies { position: fixed; left: 0; right: 0;
  bottom: 0; padding: 16px; background: #333; color: #fff }
@media (max-width: 600px) { .product, .list { grid-template-columns: 1fr } .product img { width: 100% }
  footer { padding-left: 24px } }
"""
SCRIPT = """
const slides = [...document.querySelectorAll('.slider div')]; let shown = 0;
const show = () => { slides.forEach((one, at) => one.hidden = at !== shown); shown = (shown + 1) % slides.length };
show(); setInterval(show, 350);
setInterval(() => document.querySelector('.left').textContent = Math.floor(Date.now() / 1000) % 60 + ' s left', 200);
document.querySelector('.cookies button').onclick = event => event.target.parentElement.remove();
document.querySelector('input[name=q]').focus();
"""
ADS = ("Buy two mugs|#6a1b9a", "Free delivery|#00695c", "Gift cards|#ad1457", "New teapots in|#4527a0")


def card(name: str, price: str, at: int) -> str:
    """A product in the list."""
    return (
        f'<div class="card"><img loading="lazy" src="/pictures/{at}.png" alt="{name}"><h3>{name}</h3>'
        f'<div class="price">{price}</div><button class="buy">Add to cart</button></div>'
    )


def page(title: str, body: str, *, restless: bool) -> Callable[[Request], Reply]:
    """A page as it is served: what moves is drawn anew for each request."""
    clock = itertools.count(1000)

    def serve(_: Request) -> Reply:
        words, colour = random.choice(ADS).split("|")
        moving = (
            f'<div class="slider"><div style="background:#1565c0">Spring offers</div>'
            '<div style="background:#c62828">Mugs for everyone</div>'
            '<div style="background:#ef6c00">Tea of the month</div></div>'
            f'<div class="ad" style="background:{colour};color:#fff">{words}</div>'
            f'<p>Served as number <time>{next(clock)}</time>, <span class="left"></span></p><div class="spin"></div>'
        )
        still = '<div class="slider"></div><span class="left" hidden></span>'
        html = (
            f'<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>{title}</title>'
            '<meta name="viewport" content="width=device-width, initial-scale=1">'
            '<link rel="stylesheet" href="/style.css"></head><body><header><img src="/logo.png" alt="Mug Shop"><nav>'
            '<a href="/">Home</a><a href="/mug/">Mugs</a><a href="/cart/">Cart</a></nav>'
            '<input name="q" placeholder="Search"></header>'
            f'<main><div class="top">{moving if restless else still}</div>{body}</main>'
            "<footer><p>Mug Shop, Warsaw</p><p>Returns within 14 days</p></footer>"
            '<div class="cookies">We use cookies. <button class="cky-btn-reject">Refuse</button></div>'
            f"<script>{SCRIPT}</script></body></html>"
        )
        return Reply(200, html, {"content-type": "text/html; charset=utf-8"})

    return serve


PRODUCT = (
    '<div class="product"><img src="/mug.png" alt="Red mug"><div class="about"><h1>Red mug</h1>'
    '<p class="price" id="price">19,99 zł</p><p class="stock">In stock</p><p>Holds 300 ml, made by hand, '
    'safe in the dishwasher.</p><button class="buy" id="buy">Add to cart</button></div></div>'
)
CARDS = "".join(
    card(name, price, at)
    for at, (name, price) in enumerate(
        [("Blue mug", "24,00 zł"), ("Green mug", "22,50 zł"), ("Teapot", "89,00 zł"), ("Saucer", "9,90 zł")]
    )
)
LIST = f'<h2>You may also like</h2><div class="list">{CARDS}</div>'


def shop(changed: Mapping[str, str] | None = None, *, restless: bool = True) -> dict[str, Served]:
    """What it serves; `changed` are texts of its pages and style, and what stands there instead."""
    body, style = PRODUCT + LIST, STYLE
    for old, new in (changed or {}).items():
        if old.startswith("/"):
            continue
        if old in STYLE:
            style = style.replace(old, new, 1)
        elif old in body:
            body = body.replace(old, new, 1)
        else:
            raise AssertionError(f"nothing says {old}")
    colours = [(40, 80, 180), (50, 140, 70), (120, 90, 60), (200, 190, 170)]
    answers: dict[str, Served] = {
        "/": page("Home", body, restless=restless),
        "/style.css": Reply(200, style, {"content-type": "text/css"}),
        "/logo.png": picture(png(120, 40, (26, 77, 143), 20)),
        "/mug.png": picture(png(64, 48, (179, 38, 30), 12)),
    } | {f"/pictures/{at}.png": picture(png(40, 30, colour, 8)) for at, colour in enumerate(colours)}
    for path, instead in (changed or {}).items():
        if path.startswith("/"):
            answers[path] = OTHERS[instead]
    return answers


def picture(data: bytes) -> Reply:
    return Reply(200, data, {"content-type": "image/png"})


OTHERS = {"other logo": picture(png(120, 40, (26, 77, 143), 80)), "404": Reply(404, "no"), "500": Reply(500, "broken")}


@dataclass(frozen=True)
class Fault:
    """What is changed, and what the sentence says; `devices` are those on which it shows."""

    changed: Mapping[str, str]
    says: tuple[str, ...]
    devices: tuple[str, ...] = ("desktop", "mobile")


YELLOW = "background:#fdd835"
BANNER = f'<div style="position:fixed;left:0;right:0;top:420px;height:560px;{YELLOW}">Black Week</div>'
FAULTS: Mapping[str, Fault] = {
    "moved button": Fault(
        {'id="buy">': 'id="buy" style="position:relative;top:34px">'},
        ("the button “Add to cart” in “Red mug” moved 34 px down",),
    ),
    "hidden price": Fault(
        {'id="price">': 'id="price" style="visibility:hidden">'}, ("the price “19,99 zł” in “Red mug” is gone",)
    ),
    "price removed": Fault(
        {'<p class="price" id="price">19,99 zł</p>': ""}, ("the price “19,99 zł” in “Red mug” is gone",)
    ),
    "colour of the buy button": Fault(
        {'id="buy">': 'id="buy" style="background:#2e6f7d">'},
        ("the button “Add to cart” in “Red mug” has the background #2e6f7d; before: #2e7d32",),
    ),
    "banner over the button": Fault(
        {LIST: LIST + BANNER}, ("the button “Add to cart” in “Red mug”", "covered by “Black Week”")
    ),
    "missing picture": Fault({"/mug.png": "404"}, ("the picture “Red mug” is missing", "/mug.png answers 404")),
    "broken style": Fault({"/style.css": "404"}, ("the style sheet /style.css answers 404",)),
    "changed font": Fault(
        {"font: 16px/1.5 sans-serif": "font: 16px/1.5 serif"}, ("the font serif; before: sans-serif",)
    ),
    "swapped logo": Fault({"/logo.png": "other logo"}, ("the picture “Mug Shop” in the header shows something else",)),
    "text changed": Fault({"In stock": "Sold out"}, ("says “Sold out”; before: “In stock”",)),
    "one digit of a price": Fault({"22,50 zł": "22,60 zł"}, ("says “22,60 zł”; before: “22,50 zł”",)),
    "layout on a phone": Fault(
        {"footer { padding-left: 24px }": "footer { padding-left: 64px }"},
        ("the text “Mug Shop, Warsaw” in the footer", "moved 40 px right"),
        ("mobile",),
    ),
    "new at the top": Fault(
        {'<div class="product">': f'<div style="{YELLOW};padding:20px">Sale ends today</div><div class="product">'},
        ("“Sale ends today” is new", "moved 64 px down"),
    ),
    "a line is gone": Fault({"border-bottom: 1px solid #ddd": "border-bottom: 1px solid #fff"}, ("border",)),
}
