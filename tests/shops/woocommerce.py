"""A stand-in for WooCommerce: the pages of its two checkouts, and its REST answers, as WooCommerce 11.0 gives them.

It is no WooCommerce: it shows that the preset's selectors, sums and requests fit the markup and the API as written down
(https://woocommerce.github.io/woocommerce-rest-api-docs/, https://developer.woocommerce.com/docs/apis/store-api/), and
does what a real one was seen to do: a refund of an amount makes an order refunded and restocks nothing, the
cancellation after it does; a gateway that can't refund makes the API answer 500.
"""

import base64
import json
from typing import Any
from urllib.parse import parse_qs

from tests.loopback import Loopback, Reply, Request

KEYS = ("ck_verification_1", "cs_verification_1")
#: What is paid with the coupon: the classic checkout has a free shipping chosen beside a dearer one.
PRICE, SHIPPING, FEE, TAXES, OFF = 100.00, 12.30, 4.00, (5.00, 1.50), 10.00
DECLINED = "Your card was declined."


def amount(value: float) -> str:
    """As a Polish shop writes it."""
    text = f"{value:,.2f}".replace(",", " ").replace(".", ",")
    return f'<span class="woocommerce-Price-amount amount"><bdi>{text} <span>zł</span></bdi></span>'


class WooCommerce:
    """The shop: `blocks` says which checkout it has, `price_on_server` what its orders cost, if not the truth;
    `restores` whether a cancelled order's stock comes back, `gives_back` whether its gateway for cards refunds.
    """

    def __init__(
        self, *, blocks: bool, price_on_server: str = "", restores: bool = True, gives_back: bool = True
    ) -> None:
        self.blocks, self.price_on_server = blocks, price_on_server
        self.restores, self.gives_back = restores, gives_back
        self.stock, self.coupon = 5, False
        self.orders: list[dict[str, Any]] = []
        self.refunds: list[dict[str, Any]] = []
        self.server = Loopback({})
        self.server.reply = self.reply  # type: ignore[method-assign]

    @property
    def total(self) -> float:
        return PRICE + SHIPPING * self.blocks + FEE + sum(TAXES) - OFF * self.coupon

    def reply(self, request: Request) -> Reply:
        if request.path.startswith("/wp-json/wc/v3/"):
            return self.rest(request, request.path.removeprefix("/wp-json/wc/v3/").split("/"))
        pages = {
            "/": self.home,
            "/product/kubek/": self.product,
            "/koszyk/": self.cart,
            "/zamowienie/": self.checkout,
            "/card/": self.card,
        }
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

    def card(self, _: Request) -> str:
        return "<input name=number><input name=expiry><input name=cvc>"

    def checkout(self, _: Request) -> str:
        if not self.blocks:
            return self.classic()
        page = BLOCKS.replace("TOTAL", f"{self.total:.2f}".replace(".", ","))
        return page.replace("<!-- discount -->", DISCOUNT if self.coupon else "")

    def classic(self) -> str:
        rows = (
            '<tr class="shipping"><td><ul>'
            '<li><input type="radio" checked name="s" id="s1"><label for="s1">Odbiór osobisty</label></li>'
            f'<li><input type="radio" name="s" id="s2"><label for="s2">Kurier: {amount(SHIPPING)}</label></li>'
            f'</ul></td></tr><tr class="fee"><td>{amount(FEE)}</td></tr>'
            + "".join(f'<tr class="tax-rate"><td>{amount(tax)}</td></tr>' for tax in TAXES)
            + f'<tr class="order-total"><td>{amount(self.total)} <small>(zawiera {amount(21)} VAT)</small></td></tr>'
        )
        off = f'<tr class="cart-discount"><td>-{amount(OFF)}</td></tr>' if self.coupon else ""
        return (
            '<form class="checkout woocommerce-checkout" onsubmit="return place(this)">'
            + "".join(f'<input id="billing_{one}" name="billing_{one}" onchange="update()">' for one in FIELDS)
            + '<select id="billing_country"><option value="DE">Niemcy</option>'
            '<option value="PL">Polska</option></select>'
            f'<textarea id="order_comments" name="order_comments"></textarea><table>{off}{rows}</table>'
            + "".join(
                f'<div><input type="radio" name="payment_method" value="{one}" id="payment_method_{one}">'
                f'<label for="payment_method_{one}">{one}</label>{FRAME if one == "card" else ""}</div>'
                for one in PAYMENTS
            )
            + '<button id="place_order">Kupuję i płacę</button></form>'
            + SCRIPT
        )

    def placed(self, request: Request) -> Reply:
        """What both checkouts answer, and the order it makes: one that is declined takes no stock."""
        given = {name: values[0] for name, values in parse_qs(request.body.decode()).items()}
        number, payment = 41 + len(self.orders), given.get("payment_method", "")
        status = {"card": "processing", "declines": "pending"}.get(payment, "on-hold")
        took = int(payment != "declines")
        self.stock -= took
        order = {
            "id": number,
            "status": status,
            "currency": "PLN",
            "total": self.price_on_server or f"{self.total:.2f}",
            "date_paid": "2026-11-21T20:15:10" if payment == "card" else None,
            "customer_note": given.get("order_comments", ""),
            "payment_method": payment,
            "billing": {"last_name": given["billing_last_name"], "email": given["billing_email"]},
            "took": took,
        }
        self.orders.insert(0, order)
        if payment == "declines":
            return self.declined()
        where = f"/zamowienie/order-received/{number}/?key=wc_order_x"
        return json_reply(200, {"result": "success", "redirect": where})

    def declined(self) -> Reply:
        if self.blocks:
            code = "woocommerce_rest_checkout_process_payment_error"
            return json_reply(400, {"code": code, "message": DECLINED, "data": {"status": 400}})
        notice = f'<ul class="woocommerce-error" role="alert"><li>{DECLINED}</li></ul>'
        return json_reply(200, {"result": "failure", "messages": notice, "refresh": False, "reload": False})

    def confirmation(self) -> str:
        return (
            f'<ul><li class="woocommerce-order-overview__total">Razem: <strong>{amount(self.total)}</strong></li></ul>'
        )

    def rest(self, request: Request, path: list[str]) -> Reply:
        """`/wp-json/wc/v3`: products, orders, and refunds; 401 as it is documented without keys."""
        wanted = "Basic " + base64.b64encode(":".join(KEYS).encode()).decode()
        if request.headers.get("authorization") != wanted:
            return error(401, "woocommerce_rest_cannot_view", "Sorry, you cannot view this resource.")
        match request.method, path:
            case "GET", ["products", "7"]:
                return json_reply(200, {"id": 7, "name": "Kubek", "stock_quantity": self.stock, "price": "100.00"})
            case "GET", ["orders"]:
                search = parse_qs(request.query).get("search", [""])[0]
                return json_reply(200, [one for one in self.orders if search == one["billing"]["last_name"]])
            case (method, ["orders", number, *rest]) if order := self.order(number):
                return self.of_order(method, rest, order, json.loads(request.body or b"{}"))
            case _, ["orders", _, *_]:
                return error(404, "woocommerce_rest_shop_order_invalid_id", "Invalid ID.")
        return error(404, "rest_no_route", "No route was found matching the URL and request method.")

    def order(self, number: str) -> dict[str, Any] | None:
        return next((one for one in self.orders if str(one["id"]) == number), None)

    def of_order(self, method: str, rest: list[str], order: dict[str, Any], given: dict[str, Any]) -> Reply:
        match method, rest:
            case "PUT", []:
                order |= given
                if given.get("status") == "cancelled" and self.restores:
                    self.stock += order["took"]
                    order["took"] = 0
            case "POST", ["refunds"]:
                self.refunds.append(given)
                if given.get("api_refund", True) and not (self.gives_back and order["payment_method"] == "card"):
                    return error(500, "woocommerce_rest_cannot_create_order_refund", NO_REFUND)
                order["status"] = "refunded"
                return json_reply(201, {"id": 91, "amount": given["amount"], "refunded_payment": True})
        return json_reply(200, order)


def json_reply(status: int, body: Any) -> Reply:
    return Reply(status, body, {"content-type": "application/json"})


def error(status: int, code: str, message: str) -> Reply:
    return json_reply(status, {"code": code, "message": message, "data": {"status": status}})


def html(body: str) -> Reply:
    page = (
        f"<!DOCTYPE html><html lang=pl><head><meta charset=utf-8><title>Sklep</title></head><body>{body}</body></html>"
    )
    return Reply(
        200, page, {"content-type": "text/html; charset=utf-8", "set-cookie": "wp_woocommerce_session=1; Path=/"}
    )


NO_REFUND = "An error occurred while attempting to create the refund using the payment gateway API."
FIELDS = ("first_name", "last_name", "address_1", "postcode", "city", "phone", "email")
PAYMENTS = ("bacs", "card", "declines")
#: As Stripe's plugin has it; it is seen once its way to pay is chosen.
FRAME = """<div id="wc-stripe-upe-element"><iframe name="__privateStripeFrame1" src="/card/"></iframe></div>
<style>#wc-stripe-upe-element { display: none } input:checked ~ #wc-stripe-upe-element { display: block }</style>"""
#: WooCommerce's own script waits a moment after a change before it asks, and orders nothing until it is answered.
SCRIPT = """<script>
let timer, asked = true;
function update() { asked = false; clearTimeout(timer); timer = setTimeout(async () => {
  await fetch('/?wc-ajax=update_order_review', {method: 'POST'}); asked = true }, 300) }
function place(form) {
  if (asked) fetch('/?wc-ajax=checkout', {method: 'POST', body: new URLSearchParams(new FormData(form))})
    .then(answer => answer.json()).then(answer => {
      if (answer.result === 'success') location = answer.redirect; else form.insertAdjacentHTML('afterbegin',
        `<div class="woocommerce-NoticeGroup woocommerce-NoticeGroup-checkout">${answer.messages}</div>`) });
  return false }
</script>"""
COUPON = """<div class="wc-block-components-totals-coupon"><form onsubmit="
  fetch('/wp-json/wc/store/v1/batch', {method: 'POST', body: 'apply-coupon'})
  .then(() => location.reload()); return false">
  <input id="wc-block-components-totals-coupon__input-coupon">
  <button class="wc-block-components-totals-coupon__button">Zastosuj</button></form></div>"""


def row(name: str, value: str) -> str:
    """One of the totals of the blocks."""
    return (
        f'<div class="wc-block-components-totals-{name}">'
        f'<span class="wc-block-components-totals-item__value">{value} zł</span></div>'
    )


DISCOUNT = row("discount", "-10,00")
#: The server is told of an address 1.5 s after it was typed, and nothing is ordered before.
#: The box of the note is drawn anew when it is clicked first, and stays as it was, as React's may.
BLOCKS = (
    """<div class="wp-block-woocommerce-checkout wc-block-checkout"><div id="late"></div></div><script>
let timer, asked = true, drawn = false;
function update() { asked = false; clearTimeout(timer); timer = setTimeout(async () => {
  await fetch('/wp-json/wc/store/v1/batch', {method: 'POST', body: 'address'}); asked = true }, 1500) }
function note(event) {
  if (drawn) document.querySelector('textarea').hidden = false; else event.preventDefault();
  drawn = true }
function place() {
  if (!asked) return;
  const all = new URLSearchParams();
  for (const one of document.querySelectorAll('input[id]'))
    all.set('billing_' + one.id.replace('shipping-', ''), one.value);
  all.set('order_comments', document.querySelector('textarea').value);
  all.set('payment_method', document.querySelector('input[type=radio]:checked').value);
  fetch('/wp-json/wc/store/v1/checkout', {method: 'POST', body: all}).then(answer => answer.json())
    .then(answer => { if (answer.redirect) location = answer.redirect; else document.querySelector('#late')
      .insertAdjacentHTML('afterbegin', `<div class="wc-block-components-notice-banner">${answer.message}</div>`) }) }
setTimeout(() => document.querySelector('#late').innerHTML = `<div class="wc-block-checkout__form">
<input id="email" type="email"><select id="shipping-country">
<option value="DE">DE</option><option value="PL">PL</option></select>"""
    + "".join(
        f'<input id="shipping-{one}" onchange="update()">'
        for one in ("first_name", "last_name", "address_1", "city", "postcode")
    )
    + "".join(
        '<div><input type="radio" name="radio-control-wc-payment-method-options"'
        f' value="{one}" id="radio-control-wc-payment-method-options-{one}">{FRAME if one == "card" else ""}</div>'
        for one in PAYMENTS
    )
    + """<div class="wc-block-checkout__add-note"><input type="checkbox" onclick="note(event)">
<textarea hidden></textarea></div></div>"""
    + row("shipping", "12,30")
    + row("fees", "4,00")
    + row("taxes", "5,00")
    + row("taxes", "1,50")
    + "<!-- discount -->"
    + row("footer-item", "TOTAL")
    + """
<button class="wc-block-components-checkout-place-order-button" onclick="place()">Kupuję i płacę</button>`, 200)
</script>"""
)
