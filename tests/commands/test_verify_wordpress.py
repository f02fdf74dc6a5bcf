"""`maintainer verify` on a real WordPress that it starts itself: PHP's server, SQLite, the change beside the base."""

import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.shops.wordpress import WordPress, material

CONFIGURATION: Mapping[str, Mapping[str, Any]] = {
    "environments": {
        "staging": {
            "start": ["php", "-d", "display_errors=1", "-S", "127.0.0.1:{port}", "-t", "."],
            "pass_env": ["PHP_CLI_SERVER_WORKERS"],
            "ready": {"path": "/wp-login.php", "status": "200", "within": "30s"},
        }
    },
    "verify": {
        "only": "smoke",
        "pages": [{"path": "/", "must": ["Example shop"]}, {"path": "/?p=1", "must": ["Hello world!"]}],
        "smoke": {"login": {"user_env": "STAGE_USER", "password_env": "STAGE_PASSWORD"}},
    },
}

#: A must-use plugin that breaks one thing, and what must be said of it.
BROKEN: Mapping[str, tuple[str, str, str]] = {
    "a fatal halfway": (
        "add_action( 'wp_footer', function () { wc_no_such_function(); } );",
        "php",
        "undefined function wc_no_such_function()",
    ),
    "a notice": (
        "add_action( 'wp_head', function () { echo $nothing['a']; } );",
        "php",
        "Undefined variable $nothing (wp-content/mu-plugins/broken.php, line 2)",
    ),
    "search engines sent away": ("add_filter( 'wp_robots', 'wp_robots_no_robots' );", "indexing", "noindex"),
    "the API answers what it should not": (
        "add_action( 'rest_api_init', function () { echo 'x'; } );",
        "well-formed",
        "answers what is no JSON",
    ),
    "a warning that only the log has": (
        "add_action( 'init', function () { ini_set( 'display_errors', '0' ); $a = $nothing; "
        "ini_set( 'display_errors', '1' ); } );",
        "log",
        "says PHP warning: Undefined variable $nothing (wp-content/mu-plugins/broken.php, line 2)",
    ),
    "a warning that only an admin sees": (
        "add_action( 'admin_notices', function () { echo $nothing['a']; } );",
        "php",
        "Undefined variable $nothing (wp-content/mu-plugins/broken.php, line 2)",
    ),
    "JavaScript breaks": (
        "add_action( 'wp_footer', function () { echo '<script>shop.cart()</script>'; } );",
        "console",
        "JavaScript breaks: shop is not defined",
    ),
    "a tracker before consent": (
        "add_action( 'init', function () { setcookie( '_ga', 'GA1.1.7', 0, '/' ); } );",
        "cookies",
        "sets the cookie _ga before anybody agreed to it",
    ),
    "no search any more": (
        "add_filter( 'render_block_core/search', '__return_empty_string' );",
        "forms",
        "has no search form (s) any more",
    ),
    "a script that isn't there": (
        "add_action( 'wp_enqueue_scripts', function () { wp_enqueue_script( 'a', '/gone.js' ); } );",
        "assets",
        "gone.js, which answers 404",
    ),
}


def looked(site: WordPress) -> tuple[int, list[dict[str, Any]]]:
    code, document, _ = site.asked()
    return code, document["verdicts"]


@pytest.mark.bench
def test_a_real_wordpress_is_sound_and_each_fault_in_it_is_found(tmp_path: Path) -> None:
    site = WordPress(tmp_path / "site", material(), CONFIGURATION)
    began = time.perf_counter()
    code, verdicts = looked(site)
    print(f"\nsound: {len(verdicts)} verdicts in {time.perf_counter() - began:.1f} s")
    assert [one for one in verdicts if one["verdict"] in ("fail", "inconclusive")] == []
    assert code == 0
    passed = {(one["rule"], one["where"]) for one in verdicts if one["verdict"] == "pass"}
    assert {
        ("content", "/?p=1"),
        ("well-formed", "/index.php?rest_route=/"),
        ("well-formed", "/?feed=rss2"),
        ("answers", "/wp-cron.php"),
    } <= passed
    for name, (php, rule, names) in BROKEN.items():
        site.breaks(php)
        began = time.perf_counter()
        code, verdicts = looked(site)
        failed = [one for one in verdicts if one["verdict"] == "fail"]
        found = [one["reason"] for one in failed if one["rule"] == rule and names in one["reason"]]
        assert found, (name, failed)
        assert code == 1
        print(f"{name}: {len(found)} places in {time.perf_counter() - began:.1f} s: {found[0]}")
