"""What to look at after a release, by what moved."""

from typing import Any

import pytest

from maintainer.changes import Source
from maintainer.planning.watching import watch
from maintainer.releasing import Moved, Watch

HEAD = Source("commit", "a" * 40)


def part(kind: Any, package: str, bump: Any = "minor", **more: Any) -> Moved:
    return Moved(kind, package, package, "m", "1.0", "1.1", bump, more.pop("sources", (HEAD,)), **more)


@pytest.mark.parametrize(
    ("kind", "package", "bump", "signs"),
    [
        ("plugin", "plugin:woocommerce", "patch", "orders"),
        ("plugin", "plugin:woocommerce", "minor", "payments orders"),
        ("plugin", "plugin:woocommerce", "major", "payments orders taxes"),
        ("plugin", "plugin:woocommerce", "other", "payments orders taxes"),
        ("plugin", "wpackagist-plugin/woocommerce", "minor", "payments orders"),
        ("package", "@evershop/evershop", "patch", "orders"),
        ("plugin", "plugin:woocommerce-gateway-stripe", "patch", "payments"),
        ("plugin", "plugin:woocommerce-paypal-payments", "patch", "payments"),
        ("plugin", "plugin:przelewy24-woocommerce", "patch", "payments"),
        ("plugin", "plugin:woo-payu-payment-gateway", "patch", "payments"),
        ("plugin", "plugin:mollie-payments-for-woocommerce", "patch", "payments"),
        ("plugin", "plugin:tpay-woocommerce", "patch", "payments"),
        ("package", "stripe/stripe-php", "patch", "payments"),
        ("package", "@stripe/stripe-js", "patch", "payments"),
        ("plugin", "plugin:woocommerce-subscriptions", "minor", "payments orders"),
        ("plugin", "plugin:woocommerce-pdf-invoices-packing-slips", "minor", "orders"),
        ("plugin", "plugin:taxjar-simplified-taxes-for-woocommerce", "minor", "taxes"),
        ("plugin", "plugin:woocommerce-eu-vat-number", "minor", "taxes"),
        ("plugin", "plugin:inpost-for-woocommerce", "patch", "shipping"),
        ("plugin", "plugin:flexible-shipping", "patch", "shipping"),
        ("plugin", "plugin:woo-dpd-courier", "patch", "shipping"),
        ("plugin", "plugin:wp-mail-smtp", "patch", "mail"),
        ("plugin", "plugin:post-smtp", "patch", "mail"),
        ("package", "symfony/mailer", "patch", "mail"),
        ("plugin", "plugin:wp-super-cache", "patch", "speed errors"),
        ("plugin", "plugin:w3-total-cache", "patch", "speed errors"),
        ("plugin", "vendors-wp-rocket", "patch", "speed errors"),
        ("package", "sharp", "minor", "speed errors"),
        ("image", "nginx", "minor", "speed errors"),
        ("image", "mariadb", "minor", "speed errors"),
        ("runtime", "php", "major", "speed errors"),
        ("runtime", "node", "patch", "speed errors"),
        ("core", "core", "patch", "errors"),
        ("core", "core", "minor", "speed errors"),
        ("theme", "theme:storefront", "minor", "speed"),
        ("plugin", "plugin:relevanssi", "minor", "search"),
        ("image", "elasticsearch", "minor", "search"),
        ("plugin", "plugin:wpforms-lite", "minor", "forms"),
        ("plugin", "plugin:contact-form-7", "minor", "forms"),
        ("plugin", "plugin:hello-dolly", "major", ""),
        ("package", "lodash", "major", ""),
        ("plugin", "plugin:informal", "major", ""),
        ("plugin", "plugin:replicache-note", "major", ""),
    ],
)
def test_a_part_is_watched_for_what_it_is(kind: str, package: str, bump: str, signs: str) -> None:
    assert [one.sign for one in watch([part(kind, package, bump)])] == signs.split()


def test_what_developers_use_shows_nothing() -> None:
    assert watch([part("package", "stripe/stripe-mock", development=True)]) == ()


def test_one_part_in_two_moves_is_one_thing_to_watch() -> None:
    other = Source("proposal", "7")
    found = watch([part("package", "stripe"), part("package", "stripe", sources=(HEAD, other))])
    assert found == (Watch("payments", "stripe", (HEAD, other)),)
