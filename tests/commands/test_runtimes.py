"""Runtimes and packages that several files state, each their own way."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.commands.site import Site, site
from tests.loopback import Reply

VERSION = b"<?php\n$wp_version = '6.4.4';\n"


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Site]:
    with site(tmp_path, {"Dockerfile": b"FROM php:8.1-fpm\n"}) as made:
        made.server.answers |= {
            "/api/v1/products/php/": {"result": {"releases": [cycle("8.1", 24, 41), cycle("8.3", 12, 700)]}},
            "/v2/library/php/tags/list": {"name": "library/php", "tags": ["8.1-fpm", "8.3-fpm", "8.3-cli"]},
        }
        yield made


def cycle(name: str, patch: int, days: int) -> dict[str, Any]:
    until = f"{2026 + days // 365}-12-31"
    latest = {"name": f"{name}.{patch}", "date": "2026-10-01"}
    return {"name": name, "releaseDate": "2023-11-23", "latest": latest, "eolFrom": until, "isEol": False}


def by_file(document: Any) -> dict[str, list[tuple[str, str]]]:
    return {d["file"]: [(u["text"], u["decision"]) for u in d["updates"]] for d in document["dependencies"]}


def test_an_image_alone_is_enough_to_know_a_runtimes_life(shop: Site) -> None:
    document = shop.plan()
    assert by_file(document) == {"Dockerfile": [("8.3-fpm", "ask")]}
    assert [finding["kind"] for finding in document["findings"]] == ["eol"]
    assert "PHP 8.1 (security support ends in" in shop.maintainer("plan")[1]


def test_an_unknown_life_is_a_problem_and_told_once(shop: Site) -> None:
    shop.server.answers["/api/v1/products/php/"] = Reply(500)
    shop.write({".php-version": b"8.1\n", "b/Dockerfile": b"FROM php:8.1-cli\n"})
    document = shop.plan(3)
    assert {problem["subject"] for problem in document["problems"]} == {"php"}


def test_core_in_several_files_is_one_listing_for_all(shop: Site) -> None:
    offer = {"response": "upgrade", "locale": "en_US", "version": "6.6.1", "php_version": "7.2", "download": "x"}
    offers = [offer, offer | {"response": "autoupdate", "version": "6.4.5"}]
    shop.server.answers |= {
        "/core/version-check/1.7/": {"offers": offers},
        "/core/stable-check/1.0/": {"6.4.4": "insecure", "6.4.5": "outdated", "6.6": "outdated", "6.6.1": "latest"},
        **{
            f"/release/wordpress-{version}.zip.sha1": Reply(
                200, "c" * 40, {"last-modified": "Mon, 24 Jun 2024 15:58:00 GMT"}
            )
            for version in ("6.4.5", "6.6.1")
        },
    }
    rule = b"updates:\n  rules:\n    - managers: wordpress_core\n      allowed: '<6.5'\n"
    core = b'{"core": "WordPress/WordPress#6.6"}'
    shop.write({"wp-includes/version.php": VERSION, ".wp-env.json": core, "maintainer.yml": rule})
    found = by_file(shop.plan())
    assert "6.4.5" in {text for text, _ in found["wp-includes/version.php"]}
    assert {text for text, _ in found[".wp-env.json"]} == {"6.6.1"}
