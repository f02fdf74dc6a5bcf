"""A stand-in for WooCommerce: the pages of its two checkouts as they are documented, and its REST answers.

It is no WooCommerce: it shows that the preset's selectors, sums and requests fit the markup and the API as written down
(https://woocommerce.github.io/woocommerce-rest-api-docs/, https://developer.woocommerce.com/docs/apis/store-api/).
"""

import base64
import json
from typing import Any
from urllib.parse import parse_qs

from tests.loopback import Loopback, Reply, Request

KEYS = ("ck_verification_1", "cs_verification_1")
PRICE, SHIPPING, OFF = 100.00, 12.30, 10.00


def amount(value: float) -> str:
    """As a Polish shop writes it."""
    text = f"{value:,.2f}".replace(",", " ").replace(".", ",")
    return f'<span class="woocommerce-Price-amount amount"><bdi>{text} <span>zł</span></bdi></span>'


class WooCommerce:
    """The shop: `blocks` says which checkout it has, `price_on_server` what its orders cost, if not the truth."""

    def __init__(self, *, blocks: bool, price_on_server: str = "", restores: bool = True) -> None:
        self.blocks, self.price_on_server, self.restores = blocks, price_on_server, restores
        self.stock, self.coupon = 5, False
        self.orders: list[dict[str, Any]] = []
        self.refunds: list[dict[str, Any]] = []
        self.server = Loopback({})
        self.server.reply = self.reply  # type: ignore[method-assign]

    @property
    def total(self) -> float:
        return PRICE + SHIPPING - (OFF if self.coupon else 0)

    def reply(self, request: Request) -> Reply:
        if request.path.startswith("/wp-json/wc/v3/"):
            return self.rest(request, request.path.removeprefix("/wp-json/wc/v3/").split("/"))
        pages = {"/": self.home, "/product/kubek/": self.product, "/koszyk/": self.cart, "/zamowienie/": self.checkout}
        if request.path == "/wp-json/wc/store/v1/batch":
            self.coupon = self.coupon or b"coupon" in request.body
            return Reply(207, {"responses": []}, {"content-type": "application/json"})
        if request.path == "/wp-json/wc/store/v1/checkout" or request.query == "wc-ajax=checkout":
            return self.placed(request)
        if request.query == "wc-ajax=update_order_review":
            return Reply(200, {"result": "success"}, {"content-type": "application/json"})
        if request.path.startswith("/zamowienie/order-received/"):
            return html(self.confirmation())
        if request.path not in pages:
            return Reply(404, "not found")
        return html(pages[request.path](request))

    def home(self, _: Request) -> str:
        return "<a href='/product/kubek/'>Kubek</a>"

    def product(self, request: Request) -> str:
        if request.method == "POST":
            return '<div class="woocommerce-message" role="alert">Dodano do koszyka</div>'
        return (
            f'<div class="summary"><p class="price"><del>{amount(120)}</del> <ins>{amount(PRICE)}</ins></p>'
            '<form class="cart" method="post"><button name="add-to-cart" value="7" class="single_add_to_cart_button">'
            "Dodaj do koszyka</button></form></div>"
        )

    def cart(self, request: Request) -> str:
        if b"coupon_code" in request.body:
            self.coupon = True
        if self.blocks:
            return (
                '<div class="wp-block-woocommerce-cart wc-block-cart"><table class="wc-block-cart-items"><tr>'
                '<td class="wc-block-cart-item__total"><span class="wc-block-components-product-price__value">100,00 zł'
                "</span></td></tr></table>" + COUPON + (DISCOUNT if self.coupon else "") + "</div>"
            )
        off = f'<tr class="cart-discount"><td>-{amount(OFF)}</td></tr>' if self.coupon else ""
        return (
            '<form class="woocommerce-cart-form" method="post"><table><tr><td class="product-subtotal">'
            f'{amount(PRICE)}</td></tr>{off}</table><input id="coupon_code" name="coupon_code">'
            '<button name="apply_coupon" value="1">Zastosuj</button></form>'
        )

    def checkout(self, _: Request) -> str:
        return BLOCKS.replace("TOTAL", f"{self.total:.2f}".replace(".", ",")) if self.blocks else self.classic()

    def classic(self) -> str:
        return (
            '<form class="checkout woocommerce-checkout" onsubmit="return place(this)">'
            + "".join(f'<input id="billing_{one}" name="billing_{one}" onchange="update()">' for one in FIELDS)
            + '<select id="billing_country"><option value="DE">Niemcy</option>'
            '<option value="PL">Polska</option></select>'
            f'<textarea id="order_comments" name="order_comments"></textarea><table><tr class="shipping"><td>'
            f'<input type="radio" checked id="s1"><label for="s1">Kurier: {amount(SHIPPING)}</label></td></tr>'
            f'<tr class="order-total"><td>{amount(self.total)} <small>(zawiera {amount(21)} VAT)</small></td></tr>'
            "</table>"
            '<input type="radio" name="payment_method" value="bacs" id="payment_method_bacs">'
            '<label for="payment_method_bacs">Przelew</label><button id="place_order">Kupuję i płacę</button></form>'
            + SCRIPT
        )

    def placed(self, request: Request) -> Reply:
        """What both checkouts answer, and the order it makes."""
        given = parse_qs(request.body.decode())
        number = 41 + len(self.orders)
        self.stock -= 1
        order = {
            "id": number,
            "status": "on-hold",
            "currency": "PLN",
            "total": self.price_on_server or f"{self.total:.2f}",
            "date_paid": None,
            "customer_note": given.get("order_comments", [""])[0],
            "billing": {"last_name": given["billing_last_name"][0], "email": given["billing_email"][0]},
        }
        self.orders.insert(0, order)
        where = f"/zamowienie/order-received/{number}/?key=wc_order_x"
        return Reply(200, {"result": "success", "redirect": where}, {"content-type": "application/json"})

    def confirmation(self) -> str:
        return (
            f'<ul><li class="woocommerce-order-overview__total">Razem: <strong>{amount(self.total)}</strong></li></ul>'
        )

    def rest(self, request: Request, path: list[str]) -> Reply:
        """`/wp-json/wc/v3`: products, orders, and refunds; 401 as it is documented without keys."""
        wanted = "Basic " + base64.b64encode(":".join(KEYS).encode()).decode()
        if request.headers.get("authorization") != wanted:
            error = {"code": "woocommerce_rest_cannot_view", "message": "Sorry, you cannot list resources.", "data": {}}
            return Reply(401, error, {"content-type": "application/json"})
        made: Any
        match request.method, path:
            case "GET", ["products", "7"]:
                made = {"id": 7, "name": "Kubek", "stock_quantity": self.stock, "price": "100.00"}
            case "GET", ["orders"]:
                search = parse_qs(request.query).get("search", [""])[0]
                made = [one for one in self.orders if search == one["billing"]["last_name"]]
            case "GET", ["orders", number]:
                made = next(one for one in self.orders if str(one["id"]) == number)
            case "PUT", ["orders", number]:
                made = next(one for one in self.orders if str(one["id"]) == number)
                made |= json.loads(request.body)
                self.stock += self.restores
            case "POST", ["orders", _, "refunds"]:
                made = json.loads(request.body)
                self.refunds.append(made)
                return Reply(201, {"id": 1, **made}, {"content-type": "application/json"})
            case _:
                return Reply(404, {"code": "rest_no_route"}, {"content-type": "application/json"})
        return Reply(200, made, {"content-type": "application/json"})


def html(body: str) -> Reply:
    page = (
        f"<!DOCTYPE html><html lang=pl><head><meta charset=utf-8><title>Sklep</title></head><body>{body}</body></html>"
    )
    return Reply(
        200, page, {"content-type": "text/html; charset=utf-8", "set-cookie": "wp_woocommerce_session=1; Path=/"}
    )


FIELDS = ("first_name", "last_name", "address_1", "postcode", "city", "phone", "email")
#: WooCommerce's own script waits 300 ms after a change before it asks, and covers the form until it is answered.
SCRIPT = """<script>
let timer, asked = true;
function update() { asked = false; clearTimeout(timer); timer = setTimeout(async () => {
  await fetch('/?wc-ajax=update_order_review', {method: 'POST'}); asked = true }, 300) }
function place(form) {
  if (asked) fetch('/?wc-ajax=checkout', {method: 'POST', body: new URLSearchParams(new FormData(form))})
    .then(answer => answer.json()).then(answer => location = answer.redirect);
  return false }
</script>"""
COUPON = """<div class="wc-block-components-totals-coupon"><form onsubmit="
  fetch('/wp-json/wc/store/v1/batch', {method: 'POST', body: 'apply-coupon'})
  .then(() => location.reload()); return false">
  <input id="wc-block-components-totals-coupon__input-coupon">
  <button class="wc-block-components-totals-coupon__button">Zastosuj</button></form></div>"""
DISCOUNT = """<div class="wc-block-components-totals-discount">
  <span class="wc-block-components-totals-item__value">-10,00 zł</span></div>"""
BLOCKS = (
    """<div class="wp-block-woocommerce-checkout wc-block-checkout"><div id="late"></div></div><script>
let timer, asked = true;
function update() { asked = false; clearTimeout(timer); timer = setTimeout(async () => {
  await fetch('/wp-json/wc/store/v1/batch', {method: 'POST', body: 'address'}); asked = true }, 300) }
function place() {
  if (!asked) return;
  const all = new URLSearchParams();
  for (const one of document.querySelectorAll('input, textarea'))
    all.set('billing_' + one.id.replace('shipping-', ''), one.value);
  fetch('/wp-json/wc/store/v1/checkout', {method: 'POST', body: all}).then(answer => answer.json())
    .then(answer => location = answer.redirect) }
setTimeout(() => document.querySelector('#late').innerHTML = `<div class="wc-block-checkout__form">
<input id="email" type="email"><select id="shipping-country">
<option value="DE">DE</option><option value="PL">PL</option></select>"""
    + "".join(
        f'<input id="shipping-{one}" onchange="update()">'
        for one in ("first_name", "last_name", "address_1", "city", "postcode")
    )
    + """<input type="radio" name="radio-control-wc-payment-method-options" value="bacs"
 id="radio-control-wc-payment-method-options-bacs"></div>
<div class="wc-block-components-totals-shipping">
<span class="wc-block-components-totals-item__value">12,30 zł</span></div>
<div class="wc-block-components-totals-footer-item">
<span class="wc-block-components-totals-item__value">TOTAL zł</span></div>
<button class="wc-block-components-checkout-place-order-button" onclick="place()">Kupuję i płacę</button>`, 200)
</script>"""
)
