"""What production tells of itself, beside what git holds."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.commands.site import Site, plugin, site
from tests.loopback import Reply

VERSION = "<?php\n$wp_version = '6.4.5';\n$required_php_version = '7.0.0';\n"


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Site]:
    with site(tmp_path) as made:
        made.write(
            {
                "maintainer.yml": (
                    f"site:\n  version_url: {made.server.url}/versions.json\n"
                    f"registries:\n  hosts:\n    - host: {made.server.host}\n      token_env: SITE_TOKEN\n"
                ).encode(),
                "wp-includes/version.php": VERSION.encode(),
                "composer.json": b'{"require": {"wpackagist-plugin/forms": "5.1.0", "wpackagist-plugin/seo": "^2.0"}}',
            }
        )
        made.environment["SITE_TOKEN"] = "abc123"
        yield made


def ahead(document: Any) -> dict[str, str]:
    return {f["subject"]: f["sentence"] for f in document["findings"] if f["kind"] == "production-ahead"}


def test_what_is_newer_in_production_is_a_finding(shop: Site) -> None:
    shop.server.answers["/versions.json"] = {
        "wordpress": "6.5.5",
        "php": "8.2.1",
        "plugins": {"shop-cart/shop-cart.php": "1.3.1", "forms": "5.2.0", "seo": "9.0", "unknown": "1"},
    }
    _, out, _ = shop.maintainer("plan", "--format", "json")
    found = ahead(json.loads(out))
    assert set(found) == {"wordpress", "shop-cart", "wpackagist-plugin/forms"}
    assert "production runs 1.3.1, git has 1.3.0" in found["shop-cart"]
    (asked,) = [request for request in shop.server.requests if request.path == "/versions.json"]
    assert asked.headers["authorization"] == "Bearer abc123"


def test_what_is_as_old_or_older_is_none(shop: Site) -> None:
    shop.server.answers["/versions.json"] = {"wordpress": "6.4.5", "plugins": {"shop-cart": "1.2"}, "themes": []}
    _, out, _ = shop.maintainer("plan", "--format", "json")
    assert ahead(json.loads(out)) == {}


def test_production_says_what_no_file_and_no_configuration_says(shop: Site) -> None:
    shop.server.answers["/versions.json"] = {"php": "7.2.34"}
    assert held(shop).startswith("needs PHP 7.4")
    shop.write({".php-version": b"8.1\n"})
    assert held(shop) == ""


def held(shop: Site) -> str:
    _, out, _ = shop.maintainer("plan", "--format", "json")
    (cart,) = [d for d in json.loads(out)["dependencies"] if d["name"] == "shop-cart"]
    return next((update["reason"] for update in cart["updates"] if update["decision"] == "hold"), "")


@pytest.mark.parametrize(
    "answer", [Reply(500, "down"), Reply(404), "<html>", [], b"\xff", Reply(200, "[" * 100_000), Reply(403)]
)
def test_no_answer_is_a_problem_and_costs_nothing_else(shop: Site, answer: Any) -> None:
    shop.server.answers["/versions.json"] = answer
    code, out, err = shop.maintainer("plan", "--format", "json")
    (problem,) = [p for p in json.loads(out)["problems"] if p["subject"] == "site.version_url"]
    assert (code, problem["where"]) == (3, "maintainer.yml")
    assert "abc123" not in out + err


@pytest.mark.parametrize(
    "answer",
    [
        {},
        {"wordpress": 65, "plugins": ["woocommerce"], "themes": {"x": {"y": 1}}, "php": None},
        {"plugins": {"": "", "/": "9", "shop-cart": "9 || 10", "x" * 9999: "1"}, "wordpress": "no version"},
    ],
)
def test_odd_answers_are_passed_over(shop: Site, answer: Any) -> None:
    shop.server.answers["/versions.json"] = answer
    _, out, _ = shop.maintainer("plan", "--format", "json")
    assert not [p for p in json.loads(out)["problems"] if p["subject"] == "site.version_url"]
    assert set(ahead(json.loads(out))) <= {"wordpress"}


def test_the_installed_plugin_is_the_one_that_counts(shop: Site) -> None:
    shop.server.answers["/versions.json"] = {"plugins": {"shop-cart": "1.4.0"}}
    shop.write({f"wp-content/plugins/shop-cart/{path}": data for path, data in plugin("1.4.0").items()})
    _, out, _ = shop.maintainer("plan", "--format", "json")
    assert ahead(json.loads(out)) == {}
