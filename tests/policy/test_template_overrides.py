import pytest
from hypothesis import given
from hypothesis import strategies as st

from maintainer.policy.template_overrides import outdated

OURS = "wp-content/themes/shop/woocommerce/cart/cart.php"
THEIRS = "wp-content/plugins/woocommerce/templates/cart/cart.php"


def template(version: str) -> str:
    return f"<?php\n/**\n * Cart Page\n *\n * @see\n * @package WooCommerce\n * @version {version}\n */\n"


@pytest.mark.parametrize(
    ("ours", "theirs", "found"),
    [
        ("7.9.0", "9.4.0", True),
        ("9.4.0", "9.4.0", False),
        ("10.0.0", "9.4.0", False),
        ("9.4", "9.4.0", True),
        ("", "9.4.0", True),
        ("7.9.0", "", False),
    ],
)
def test_an_override_older_than_its_original_is_outdated(ours: str, theirs: str, found: bool) -> None:
    assert bool(outdated({OURS: template(ours)}, {THEIRS: template(theirs)})) is found


def test_a_finding_says_both_versions_and_where() -> None:
    (finding,) = outdated({OURS: template("7.9.0")}, {THEIRS: template("9.4.0")})
    assert (finding.kind, finding.file, finding.subject, finding.line) == (
        "template-override",
        OURS,
        "cart/cart.php",
        7,
    )
    assert "7.9.0" in finding.sentence
    assert "9.4.0" in finding.sentence
    assert THEIRS in finding.sentence


def test_layouts_differ_and_paths_within_do_not() -> None:
    ours = "web/app/themes/shop/woocommerce/emails/plain/customer.php"
    theirs = "web/app/plugins/woocommerce/templates/emails/plain/customer.php"
    assert outdated({ours: template("1.0")}, {theirs: template("2.0")})
    assert not outdated({ours: template("1.0")}, {THEIRS: template("2.0")})
    assert not outdated({"wp-content/themes/shop/cart/cart.php": template("1.0")}, {THEIRS: template("2.0")})


@given(st.text(), st.text())
def test_any_text_is_a_template(ours: str, theirs: str) -> None:
    outdated({OURS: ours}, {THEIRS: theirs})
    outdated({OURS: "@version " + ours}, {THEIRS: "* @version" + theirs})
