# mypy: ignore-errors
"""What a request's header X-Shop-Fault breaks on its way through the shop."""

import re
import time

from django.http import HttpResponse, HttpResponseRedirect

FATAL = (
    "<br />\n<b>Fatal error</b>:  Uncaught Error: Call to undefined function wc_tax() in /srv/wp-content/plugins/tax/"
    "tax.php:12\nStack trace:\n#0 {main}\n"
    "  thrown in <b>/srv/wp-content/plugins/tax/tax.php</b> on line <b>12</b><br />"
)
NEVER = b"<script>document.addEventListener('submit', e => e.target.id === '%s' && e.preventDefault(), true)</script>"
BROKEN = (
    b"<script>document.querySelector('#add_to_basket_form').onsubmit = "
    b"() => { event.preventDefault(); shop.cart.add() }</script>"
)


class Faults:
    """The header's fault, if any, and the shop otherwise."""

    def __init__(self, shop):
        self.shop = shop

    def __call__(self, request):
        fault, path = request.headers.get("X-Shop-Fault", ""), request.path
        once = fault.removeprefix("once-")
        if once != fault:
            fault = "" if once in SEEN else once
            if path.endswith("/preview/") and request.method == "POST":
                SEEN.add(once)
        if early := self.instead(fault, path, request):
            return early
        response = self.shop(request)
        if "html" in response.get("Content-Type", "") and not response.streaming:
            response.content = changed(fault, path, response.content)
            if response.has_header("Content-Length"):
                response["Content-Length"] = len(response.content)
        if fault == "session-ended" and path == "/checkout/shipping-address/" and request.method == "POST":
            response.delete_cookie("oscar_open_basket")
            response.delete_cookie("sessionid")
        if fault == "session-lost" and not path.startswith("/dashboard"):
            for name in [name for name in response.cookies if name != "csrftoken"]:
                del response.cookies[name]
        return response

    @staticmethod
    def instead(fault, path, request):
        """An answer in place of the shop's."""
        if fault == "checkout-500" and path == "/checkout/preview/" and request.method == "POST":
            return HttpResponse("<h1>Server Error (500)</h1>", status=500)
        if fault == "fatal-in-200" and path == "/checkout/preview/":
            return HttpResponse("<html><body><h1>Preview</h1>" + FATAL + "</body></html>")
        if fault == "login-wall" and path == "/checkout/shipping-address/":
            return HttpResponseRedirect("/accounts/login/?next=/checkout/")
        if fault == "slow-preview" and path == "/checkout/preview/" and request.method == "GET":
            time.sleep(6)
        return None


SEEN = set()


def changed(fault, path, page):
    """The page with the fault in it."""
    if fault == "lost-click" and path == "/checkout/preview/":
        return page.replace(b"</body>", NEVER % b"place_order_form" + b"</body>")
    if fault == "script-error" and path.startswith("/catalogue/"):
        return page.replace(b"</body>", BROKEN + b"</body>")
    if fault == "wrong-total" and path == "/checkout/preview/":
        return page.replace("£28.80".encode(), "£26.80".encode())
    if fault == "form-lost" and path == "/checkout/shipping-address/":
        return re.sub(rb'<form[^>]*id="new_shipping_address".*?</form>', b"", page, flags=re.DOTALL)
    if fault == "renamed-button" and path.startswith("/catalogue/"):
        return page.replace(b"add_to_basket_form", b"buy_form_v2")
    if fault == "missing-button" and path.startswith("/catalogue/"):
        return re.sub(rb'<form[^>]*id="add_to_basket_form".*?</form>', b"", page, flags=re.DOTALL)
    if fault == "covered" and path == "/checkout/preview/":
        return page.replace(
            b"</body>", b"<div id='promo' style='position:fixed;inset:0;z-index:9999;background:#fff9'></div></body>"
        )
    if fault == "price-changes" and path == "/basket/":
        return page.replace("£24.00".encode(), "£25.00".encode())
    return page
