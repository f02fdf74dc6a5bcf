"""Orders on a real django-oscar: placed, checked, cancelled, stock restored; and what is broken in it is named."""

import io
import json
import os
import re
import urllib.request
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from maintainer import cli
from maintainer.checks.browser import Browser
from maintainer.checks.e2e import E2E
from maintainer.checks.e2e_flow import Step
from tests.checks.e2e_scene import SECRETS, Seen, check, gone_through, shared, site
from tests.shops.oscar.served import serving

ORDER = """\
verify:
  flows:
    - name: order
      preset: oscar
      with: {product: /catalogue/mug_1/, shipping: "4.80", %(with)s}
      env: {user: SHOP_USER, password: SHOP_PASSWORD, staff_user: STAFF_USER, staff_password: STAFF_PASSWORD}
      locale: en_GB
      step: 40s
      %(more)s
"""
#: Of a flow that breaks: nothing to cancel, and no patience.
BROKEN = """\
verify:
  flows:
    - name: order
      preset: oscar
      with: {product: "%(product)s", shipping: "4.80", leave: "yes", stock: nobody says}
      locale: en_GB
      step: 40s
      retries: %(retries)s
"""


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with serving(tmp_path_factory.mktemp("oscar")) as url:
        yield url


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with shared() as opened:
        yield opened


def asked(url: str, path: str, token: str = "") -> Any:
    request = urllib.request.Request(url + path, headers={"Authorization": f"Bearer {token}"})
    with urllib.request.urlopen(request) as answer:
        return json.load(answer)


def ordered(shop: str, browser: Browser, folder: Path, *, given: str = "", more: str = "") -> Seen:
    return gone_through(check(ORDER % {"with": given, "more": more}, browser), folder, site(shop))


def broken(
    shop: str,
    browser: Browser,
    folder: Path,
    fault: str,
    at: str = "",
    product: str = "/catalogue/mug_1/",
    retries: int = 0,
) -> Seen:
    """The flow through the shop with a fault in it; only the step `at` which it must fail is not waited for long."""
    made = check(BROKEN % {"product": product, "retries": retries}, browser)
    return gone_through(hurried(made, at), folder, site(shop, headers={"X-Shop-Fault": fault}))


def hurried(made: E2E, at: str) -> E2E:
    (flow,) = made.flows
    return replace(made, flows=(replace(flow, steps=tuple(_hurried(one, at) for one in flow.steps)),))


def _hurried(step: Step, at: str) -> Step:
    if "steps" in step:
        return {**step, "steps": [_hurried(one, at) for one in step["steps"]]}
    return {**step, "within": 3} if step.get("name") == at else step


WHOLE = """\
environments:
  staging:
    url: %(url)s
    safe: {mail: none, webhooks: none, renewals: none, payments: test}
verify:
  only: [e2e]
  flows:
    - name: order
      preset: oscar
      with: {product: /catalogue/mug_1/, shipping: "4.80"}
      env: {staff_user: STAFF_USER, staff_password: STAFF_PASSWORD, token: SHOP_TOKEN}
      locale: en_GB
      step: 40s
      steps:
        - name: see the order on the server
          api: "/api/orders/?first_name={first_name}"
          headers: {Authorization: "Bearer {token}"}
          answers: {orders.length: "1", orders.0.number: "{order}", orders.0.status: Pending, orders.0.total: "28.80"}
      cleanup:
        - name: see the order cancelled on the server
          api: "/api/orders/?first_name={first_name}"
          headers: {Authorization: "Bearer {token}"}
          answers: {orders.0.status: Cancelled}
"""


def test_a_guest_orders_and_the_order_is_cancelled_and_its_stock_restored(shop: str, tmp_path: Path) -> None:
    """The whole story, as `maintainer verify` tells it."""
    before = asked(shop, "/api/stock/")["net"]
    (tmp_path / "maintainer.yml").write_text(WHOLE % {"url": shop})
    out, err = io.StringIO(), io.StringIO()
    argv = ["-C", str(tmp_path), "verify", "--into", "results", "--format", "json"]
    environment = {**os.environ, **SECRETS, "SHOP_TOKEN": "shop-token-1"}
    code = cli.run(argv, environment=environment, now=datetime(2026, 11, 21, 8, tzinfo=UTC), out=out, err=err)
    verdicts = json.loads(out.getvalue())["verdicts"]
    assert [(one["rule"], one["verdict"]) for one in verdicts] == [
        ("completes", "pass"),
        ("total", "pass"),
        ("server", "pass"),
        ("cleaned", "pass"),
    ], (verdicts, err.getvalue())
    assert {one["where"] for one in verdicts} == {"order on desktop as guest"}
    assert code == 0
    assert asked(shop, "/api/stock/")["net"] == before
    left = b"".join(path.read_bytes() for path in (tmp_path / "results").rglob("*") if path.is_file())
    assert b"shop-token-1" not in left and b"boss-word-1" not in left


def test_production_is_refused(shop: str, tmp_path: Path) -> None:
    text = WHOLE % {"url": shop} + f"site: {{production: '{shop}'}}\n"
    (tmp_path / "maintainer.yml").write_text(text)
    out = io.StringIO()
    argv = ["-C", str(tmp_path), "verify", "--into", "results", "--format", "json"]
    now = datetime(2026, 11, 21, 8, tzinfo=UTC)
    code = cli.run(argv, environment={**os.environ, **SECRETS}, now=now, out=out, err=io.StringIO())
    assert code == 3
    assert "this is production, where customers buy" in json.loads(out.getvalue())["verdicts"][0]["reason"]


def test_a_customer_with_an_account_orders_with_a_coupon_on_a_phone(
    shop: str, browser: Browser, tmp_path: Path
) -> None:
    seen = ordered(shop, browser, tmp_path, given="coupon: TENTH", more="users: account\n      devices: mobile")
    assert seen.said("fail") + seen.said("inconclusive") == []
    assert seen.outcomes() == {"completes": "pass", "total": "pass", "cleaned": "pass"}
    (duration,) = [one for one in seen.evidence.measurements if one.metric == "duration"]
    assert duration.where == "order on mobile as account"


def test_a_card_that_is_declined_places_no_order(shop: str, browser: Browser, tmp_path: Path) -> None:
    before = asked(shop, "/api/stock/")["net"]
    seen = ordered(shop, browser, tmp_path, given="declined: Your card was declined, line1: Declined Lane 1")
    assert seen.outcomes() == {"completes": "pass", "total": "pass", "cleaned": "pass"}
    assert asked(shop, "/api/stock/")["net"] == before


def test_stock_that_is_not_restored_is_told(shop: str, browser: Browser, tmp_path: Path) -> None:
    seen = ordered(shop, browser, tmp_path, given="line1: Keeps Road 1", more="retries: 0")
    ((rule, _, reason),) = seen.said("fail")
    assert rule == "cleaned"
    assert "“see the stock as it was before”" in reason and "after should be 10, and it is 9" in reason
    urllib.request.urlopen(urllib.request.Request(shop + "/api/stock/", json.dumps({"num_in_stock": 10}).encode()))


#: The fault, the rule that finds it, the step at which, and what its sentence names besides.
FAULTS: Mapping[str, tuple[str, str, tuple[str, ...]]] = {
    "checkout-500": ("completes", "see the confirmation", ("the server answered 500 to POST /checkout/preview/",)),
    "fatal-in-200": ("completes", "see the preview", ("undefined function wc_tax() (plugins/tax/tax.php, line 12)",)),
    "lost-click": (
        "completes",
        "see the confirmation",
        ("“place the order” before it did nothing: nothing was sent, and the page stayed",),
    ),
    "script-error": ("completes", "see the price in the basket", ("JavaScript", "shop is not defined")),
    "wrong-total": (
        "total",
        "see the right total",
        ("the total should be 28.80 GBP (24.00 GBP + 4.80), and it is 26.80 GBP",),
    ),
    "price-changes": ("total", "see the price in the basket", ("should be 24.00 GBP", "and it is 25.00 GBP")),
    "payment-declined": (
        "completes",
        "see the confirmation",
        ("the page says:", "Your card was declined by the bank"),
    ),
    "form-lost": (
        "completes",
        "write the first name",
        ("#id_first_name (or 1 others) should be there, and it is not",),
    ),
    "session-lost": (
        "completes",
        "see the price in the basket",
        ("the site has set no cookie that keeps a session",),
    ),
    "session-ended": ("completes", "see the preview", ("the cookie oscar_open_basket that was there is gone",)),
    "slow-preview": ("completes", "go on to the preview", ("GET /checkout/preview/ is still not answered",)),
    "login-wall": ("completes", "write the first name", ("the site asks to log in (/accounts/login/)",)),
    "missing-button": ("completes", "add it to the basket", ("#add_to_basket_form button[type=submit]",)),
    "covered": ("completes", "place the order", ('id="promo"', "lies over it")),
}


#: These break as others do, at another place: `make bench` orders with each of them.
ALIKE = ("fatal-in-200", "script-error", "price-changes", "payment-declined", "session-lost", "login-wall")


@pytest.mark.parametrize(
    "fault", [pytest.param(one, marks=pytest.mark.bench) if one in ALIKE else one for one in FAULTS]
)
def test_a_fault_is_found_and_its_cause_is_named(shop: str, browser: Browser, tmp_path: Path, fault: str) -> None:
    rule, at, names = FAULTS[fault]
    seen = broken(shop, browser, tmp_path, fault, at)
    failed = seen.said("fail")
    assert [one[0] for one in failed] == [rule], seen.verdicts
    assert all(name in failed[0][2] for name in (f"“{at}”", *names)), failed[0][2]
    artifact = next(one for verdict in seen.verdicts for one in verdict.artifacts if one.path.endswith(".png"))
    assert (tmp_path / artifact.path).read_bytes().startswith(b"\x89PNG")


def test_what_is_sold_out_is_told_as_the_page_says_it(shop: str, browser: Browser, tmp_path: Path) -> None:
    seen = broken(shop, browser, tmp_path, "", "add it to the basket", "/catalogue/sold-out_2/")
    assert seen.said("inconclusive") == []
    ((_, _, reason),) = seen.said("fail")
    assert "“add it to the basket”" in reason and "Unavailable" in reason


def test_a_renamed_button_is_found_by_another_selector_and_that_is_told(
    shop: str, browser: Browser, tmp_path: Path
) -> None:
    seen = broken(shop, browser, tmp_path, "renamed-button")
    assert seen.said("fail") == []
    told = next(reason for rule, _, reason in seen.said("pass") if rule == "completes")
    order, _, rescued = told.partition(", 28.80 GBP in all; ")
    assert re.fullmatch(r"order \d+", order)
    assert rescued == (
        "#add_to_basket_form button[type=submit] is not there; "
        "form[action*='/basket/add/'] button[type=submit] was taken instead"
    )


def test_a_pass_when_done_anew_is_flaky_and_told(shop: str, browser: Browser, tmp_path: Path) -> None:
    seen = broken(shop, browser, tmp_path, "once-checkout-500", "see the confirmation", retries=1)
    told = next(reason for rule, _, reason in seen.said("pass") if rule == "completes")
    assert told.startswith("flaky: it passed when done anew, and failed before at “see the confirmation”")
    assert [one.samples for one in seen.evidence.measurements if one.metric == "flaky"] == [(1.0,)]


def test_what_fails_before_the_change_too_is_as_before(shop: str, browser: Browser, tmp_path: Path) -> None:
    made = hurried(check(BROKEN % {"product": "/catalogue/mug_1/", "retries": 0}, browser), "write the first name")
    fault = {"X-Shop-Fault": "form-lost"}
    seen = gone_through(made, tmp_path, site(shop, "head", fault), site(shop, "base", fault))
    assert seen.said("fail") == []
    assert any(reason.startswith("as before: fails at “write the first name”") for _, _, reason in seen.said("pass"))
