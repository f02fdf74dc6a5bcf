import pytest
from hypothesis import given
from hypothesis import strategies as st

from maintainer.text.wordpress_code import Updates, at_least, slugs, updates


@pytest.mark.parametrize(
    ("update_uri", "expected"),
    [
        ("", Updates("wordpress.org", "shop")),
        ("https://wordpress.org/plugins/real/", Updates("wordpress.org", "real")),
        ("https://wordpress.org/plugins/real", Updates("wordpress.org", "real")),
        ("wordpress.org/themes/real/", Updates("wordpress.org", "real")),
        ("https://pl.wordpress.org/plugins/real/", Updates("wordpress.org", "real")),
        ("w.org/plugin/real", Updates("wordpress.org", "real")),
        ("https://W.org/theme/Real", Updates("wordpress.org", "real")),
        ("https://wordpress.org/", Updates("wordpress.org", "shop")),
        ("false", Updates("nobody")),
        ("FALSE", Updates("nobody")),
        ("none", Updates("nobody")),
        ("our-shop", Updates("nobody")),
        ("https://updates.vendor.example/x", Updates("author", "updates.vendor.example")),
        ("//vendor.example", Updates("author", "vendor.example")),
        ("vendor.example/x", Updates("author", "vendor.example")),
        ("https://wordpress.org@vendor.example/plugins/x/", Updates("author", "vendor.example")),
        ("https://wordpress.org.vendor.example/plugins/x/", Updates("author", "wordpress.org.vendor.example")),
        ("https://notwordpress.org/plugins/x/", Updates("author", "notwordpress.org")),
    ],
)
def test_update_uri_says_who_updates(update_uri: str, expected: Updates) -> None:
    assert updates(update_uri, "shop") == expected


@pytest.mark.parametrize(
    ("stated", "constraint"),
    [
        ("7.4", ">=7.4"),
        ("7.4 or higher", ">=7.4"),
        ("PHP 8", ">=8"),
        ("6.5-beta1", ">=6.5-beta1"),
        ("none", ""),
        ("", ""),
    ],
)
def test_a_minimum_is_a_constraint(stated: str, constraint: str) -> None:
    assert at_least(stated) == constraint


def test_required_plugins_are_slugs_and_nothing_else() -> None:
    assert slugs(" WooCommerce ,woocommerce, ../x, a b,, contact-form-7") == ("woocommerce", "contact-form-7")


@given(st.text())
def test_any_text_may_stand_there(text: str) -> None:
    updates(text, "shop")
    at_least(text)
    slugs(text)
