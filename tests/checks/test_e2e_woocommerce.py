"""The preset for WooCommerce against a stand-in with its documented markup and REST answers; no real one is here."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from maintainer.checks.browser import Browser
from tests.checks.e2e_scene import Seen, check, gone_through, shared, site
from tests.shops.woocommerce import KEYS, WooCommerce

ORDER = """\
verify:
  flows:
    - name: checkout
      preset: woocommerce
      with: {product: /product/kubek/, cart: /koszyk/, checkout: /zamowienie/, product_id: "7", %s}
      env: {key: WOO_KEY, secret: WOO_SECRET}
      locale: pl_PL
      step: 8s
      retries: 0
"""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with shared() as opened:
        yield opened


@pytest.fixture(params=[False, True], ids=["classic", "blocks"])
def shop(request: pytest.FixtureRequest) -> Iterator[WooCommerce]:
    made = WooCommerce(blocks=request.param)
    with made.server:
        yield made


def ordered(shop: WooCommerce, browser: Browser, folder: Path, more: str = "country: PL") -> Seen:
    made = check(ORDER % more, browser, WOO_KEY=KEYS[0], WOO_SECRET=KEYS[1])
    return gone_through(made, folder, site(shop.server.url))


def test_an_order_is_placed_checked_by_rest_and_cancelled(shop: WooCommerce, browser: Browser, tmp_path: Path) -> None:
    seen = ordered(shop, browser, tmp_path, "coupon: minus-dziesiec")
    assert seen.said("fail") + seen.said("inconclusive") == []
    assert seen.outcomes() == {"completes": "pass", "total": "pass", "server": "pass", "cleaned": "pass"}
    (order,) = shop.orders
    assert (order["status"], order["total"], shop.stock) == ("cancelled", "102.30", 5)
    assert len(order["billing"]["last_name"]) == 8
    assert shop.refunds == []
    if not shop.blocks:
        assert order["customer_note"].endswith("of maintainer verify, to be cancelled")


def test_an_order_that_costs_something_else_on_the_server_is_told_and_still_cancelled(
    browser: Browser, tmp_path: Path
) -> None:
    shop = WooCommerce(blocks=False, price_on_server="111.30")
    with shop.server:
        seen = ordered(shop, browser, tmp_path)
    ((rule, _, reason),) = seen.said("fail")
    assert rule == "total"
    assert "“see the same total on the server”" in reason
    assert "the total should be 112.30 PLN" in reason and "it is 111.30" in reason
    assert [order["status"] for order in shop.orders] == ["cancelled"]


def test_stock_that_stays_reduced_is_told(browser: Browser, tmp_path: Path) -> None:
    shop = WooCommerce(blocks=False, restores=False)
    with shop.server:
        seen = ordered(shop, browser, tmp_path)
    ((rule, _, reason),) = seen.said("fail")
    assert rule == "cleaned" and "after should be 5, and it is 4" in reason


def test_an_order_that_was_paid_by_card_is_refunded_first(browser: Browser, tmp_path: Path) -> None:
    shop = WooCommerce(blocks=False)
    made = check(ORDER % "card: '4242424242424242', last_name: Paid", browser, WOO_KEY=KEYS[0], WOO_SECRET=KEYS[1])
    shop.orders.append(
        {"id": 9, "status": "processing", "total": "5.00", "date_paid": "2026-11-21", "billing": {"last_name": "Paid"}}
    )
    with shop.server:
        gone_through(made, tmp_path, site(shop.server.url))  # there is no field for a card here: the cleanup is meant
    assert shop.refunds == [
        {"amount": "5.00", "reason": "Test order of maintainer verify", "api_refund": True, "api_restock": True}
    ]
    assert shop.orders[-1]["status"] == "cancelled"


def test_keys_that_are_refused_place_no_order(browser: Browser, tmp_path: Path) -> None:
    shop = WooCommerce(blocks=False)
    made = check(ORDER % "country: PL", browser, WOO_KEY="ck_wrong_1", WOO_SECRET="cs_wrong_1")
    with shop.server:
        seen = gone_through(made, tmp_path, site(shop.server.url))
    reason = next(reason for rule, _, reason in seen.said("fail") if rule == "server")
    assert "GET /wp-json/wc/v3/products/7 should answer below 400, and it answered 401" in reason
    assert "cs_wrong_1" not in str(seen)
    assert shop.orders == []
