"""The preset for WooCommerce against a stand-in with the markup and REST answers of a real one, which is not here."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from maintainer.checks.browser import Browser
from tests.checks.e2e_scene import Seen, check, gone_through, shared, site
from tests.shops.woocommerce import DECLINED, KEYS, WooCommerce

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
CARD = "payment: card, card: '4242424242424242'"


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


def test_an_order_is_placed_checked_by_rest_refunded_if_it_was_paid_by_card_and_cancelled(
    shop: WooCommerce, browser: Browser, tmp_path: Path
) -> None:
    seen = ordered(shop, browser, tmp_path, f"coupon: minus-dziesiec, {CARD if shop.blocks else 'payment: bacs'}")
    assert seen.said("fail") + seen.said("inconclusive") == []
    assert seen.outcomes() == {"completes": "pass", "total": "pass", "server": "pass", "cleaned": "pass"}
    (order,) = shop.orders
    assert (order["status"], order["total"], shop.stock) == ("cancelled", "112.80" if shop.blocks else "100.50", 5)
    assert len(order["billing"]["last_name"]) == 8
    assert order["customer_note"].endswith("of maintainer verify, to be cancelled")
    refund = {"amount": "112.80", "reason": "Test order of maintainer verify", "api_refund": True}
    assert shop.refunds == [refund] * shop.blocks
    assert not any("was taken instead" in one.sentence for one in seen.evidence.observations)


def test_an_order_that_costs_something_else_on_the_server_and_stock_that_stays_reduced_are_told(
    browser: Browser, tmp_path: Path
) -> None:
    shop = WooCommerce(blocks=False, price_on_server="111.30", restores=False)
    with shop.server:
        seen = ordered(shop, browser, tmp_path)
    told = {rule: reason for rule, _, reason in seen.said("fail")}
    assert told.keys() == {"total", "cleaned"}
    assert "“see the same total on the server”" in told["total"]
    assert "the total should be 110.50 PLN, and it is 111.30" in told["total"]
    assert "stock should be 5, and it is 4" in told["cleaned"]
    assert [order["status"] for order in shop.orders] == ["cancelled"]


def test_a_refund_that_the_gateway_refuses_is_told_and_the_order_still_cancelled(
    browser: Browser, tmp_path: Path
) -> None:
    shop = WooCommerce(blocks=False, gives_back=False)
    with shop.server:
        seen = ordered(shop, browser, tmp_path, CARD)
    ((rule, _, reason),) = seen.said("fail")
    assert rule == "cleaned" and "“refund the order”" in reason
    assert "it answered 500" in reason and "using the payment gateway API" in reason
    (order,) = shop.orders
    assert (order["status"], len(shop.refunds), shop.stock) == ("cancelled", 1, 5)


def test_a_payment_that_should_be_declined_is(browser: Browser, tmp_path: Path) -> None:
    shop = WooCommerce(blocks=True)
    with shop.server:
        seen = ordered(shop, browser, tmp_path, f"payment: declines, declined: {DECLINED}")
    assert seen.said("fail") == []
    (order,) = shop.orders
    assert (order["status"], shop.stock) == ("cancelled", 5)


def test_keys_that_are_refused_place_no_order(browser: Browser, tmp_path: Path) -> None:
    shop = WooCommerce(blocks=False)
    made = check(ORDER % "country: PL", browser, WOO_KEY="ck_wrong_1", WOO_SECRET="cs_wrong_1")
    with shop.server:
        seen = gone_through(made, tmp_path, site(shop.server.url))
    reason = next(reason for rule, _, reason in seen.said("fail") if rule == "server")
    assert "GET /wp-json/wc/v3/products/7 should answer below 400, and it answered 401" in reason
    assert "cs_wrong_1" not in str(seen)
    assert shop.orders == []
