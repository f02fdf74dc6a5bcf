"""Whether WooCommerce's payment gateways and webhooks can do harm, as its REST API tells of them.

https://developer.woocommerce.com/docs/apis/rest-api/v3/payment-gateways/
https://developer.woocommerce.com/docs/apis/rest-api/v3/webhooks/
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from maintainer.policy.safety import Sign
from maintainer.text import foreign

#: Gateways of WooCommerce itself by which no money moves: transfer, cheque, cash on delivery.
BY_HAND = frozenset({"bacs", "cheque", "cod"})
#: A setting by which a gateway says whether it only tests: `testmode` (Stripe), `test_mode` (WooPayments), `sandbox_on`
#: (PayPal), `p24_test_mod` (Przelewy24), `sandbox` (PayU), `test_mode_enabled` (Mollie), `environment`.
TEST_MODE = re.compile(r"(?i)(?:^|_)(?:test_?mode?(?:_enabled)?|sandbox(?:_on|_mode|_enabled)?|environment)$")
TESTS = frozenset({"yes", "1", "true", "test", "testing", "sandbox"})
LIVE = frozenset({"no", "0", "false", "", "live", "production", "secure"})


def payments(gateways: Iterable[Mapping[str, Any]]) -> Iterator[Sign]:
    """A sign for each gateway that takes real money, or one that none does; none where that can't be told."""
    unknown, live, tests = False, list[str](), list[str]()
    for gateway in gateways:
        name = foreign.text(gateway, "id", limit=100)
        if gateway.get("enabled") is not True or name in BY_HAND:
            continue
        mode = _mode(foreign.table(gateway, "settings"))
        shown = foreign.text(gateway, "method_title", limit=100) or name
        if mode is None:
            unknown = True
        else:
            (tests if mode else live).append(shown)
    if live:
        yield Sign("payments", False, f"{', '.join(live)} {'is' if len(live) == 1 else 'are'} live")
    elif not unknown:
        yield Sign("payments", True, f"{', '.join(tests) or 'no gateway'} takes test payments")


def webhooks(listed: Iterable[Mapping[str, Any]]) -> Sign:
    """Whether any is active."""
    active = [foreign.text(one, "name", limit=100) or "one" for one in listed if one.get("status") == "active"]
    if not active:
        return Sign("webhooks", True, "no webhook is active")
    return Sign("webhooks", False, f"{len(active)} webhooks are active ({', '.join(active[:3])})")


def _mode(settings: Mapping[str, Any]) -> bool | None:
    """Whether a gateway only tests; None where it doesn't say."""
    for name in settings:
        if TEST_MODE.search(name):
            value = foreign.text(settings, name, "value", limit=100).strip().lower()
            if value in TESTS or value in LIVE:
                return value in TESTS
    return None
