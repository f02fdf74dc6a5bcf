"""What `maintainer plan` notices of committed code beside its versions."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.commands.site import Site, site

PLUGINS = "wp-content/plugins"
THEME = "wp-content/themes/shop"
STYLE = b"/*\nTheme Name: Shop\nVersion: 1.0\nUpdate URI: false\n*/\n"


def template(version: str) -> bytes:
    return f"<?php\n/**\n * Cart\n * @version {version}\n */\n".encode()


def drop_in(version: str) -> bytes:
    return f"<?php\n/*\nPlugin Name: Cache Drop-In\nVersion: {version}\n*/\n".encode()


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Site]:
    with site(tmp_path) as made:
        yield made


def kinds(shop: Site, code: int = 0) -> dict[str, str]:
    return {finding["file"]: finding["kind"] for finding in shop.plan(code)["findings"] if finding["kind"] != "drop-in"}


def test_a_themes_copy_of_an_older_template_is_found(shop: Site) -> None:
    shop.write(
        {
            f"{PLUGINS}/woocommerce/templates/cart/cart.php": template("10.1.0"),
            f"{PLUGINS}/woocommerce/templates/cart/total.php": template("9.0.0"),
            f"{PLUGINS}/woocommerce/templates/cart/other.php": b"\xff\xfeno text",
            f"{THEME}/style.css": STYLE,
            f"{THEME}/woocommerce/cart/cart.php": template("9.4.0"),
            f"{THEME}/woocommerce/cart/total.php": template("9.0.0"),
        }
    )
    assert kinds(shop) == {
        f"{THEME}/style.css": "own-code",
        f"{THEME}/woocommerce/cart/cart.php": "template-override",
    }


def test_a_drop_in_older_than_its_plugins_copy_is_found(shop: Site) -> None:
    shop.write(
        {
            f"{PLUGINS}/cache/includes/object-cache.php": drop_in("2.5"),
            "wp-content/object-cache.php": drop_in("2.4"),
            f"{PLUGINS}/sqlite/db.copy": drop_in("1.1"),
            "wp-content/db.php": drop_in("1.0"),
        }
    )
    assert kinds(shop) == {"wp-content/object-cache.php": "stale-drop-in", "wp-content/db.php": "stale-drop-in"}


def test_what_cannot_be_read_is_a_problem_and_costs_itself(shop: Site) -> None:
    shop.write(
        {
            f"{PLUGINS}/woocommerce/templates/cart/cart.php": template("10.1.0"),
            f"{PLUGINS}/woocommerce/templates/cart/total.php": template("10.1.0"),
            f"{THEME}/woocommerce/cart/cart.php": template("9.4.0"),
            f"{THEME}/woocommerce/cart/total.php": b"\xff\xfe" + template("9.0.0"),
        }
    )
    document = shop.plan(3)
    assert [problem["where"] for problem in document["problems"]] == [f"{THEME}/woocommerce/cart/total.php"]
    assert [finding["kind"] for finding in document["findings"]] == ["template-override"]


def test_a_multisite_is_found(shop: Site) -> None:
    shop.write({"wp-config.php": b"<?php\ndefine( 'MULTISITE', true );\n"})
    assert kinds(shop) == {"wp-config.php": "multisite"}


def test_what_is_left_is_not_read(shop: Site) -> None:
    shop.write(
        {
            "maintainer.yml": b"updates:\n  leave: ['wp-content/**', package.json]\n",
            f"{PLUGINS}/woocommerce/templates/cart/cart.php": template("10.1.0"),
            f"{THEME}/woocommerce/cart/cart.php": template("9.4.0"),
            f"{PLUGINS}/cache/includes/object-cache.php": drop_in("2.5"),
            "wp-content/object-cache.php": drop_in("2.4"),
        }
    )
    document = shop.plan()
    assert document["findings"] == []
    assert {d["file"] for d in document["dependencies"]} == {"themes/own/package.json", ".github/workflows/tests.yml"}
