"""`maintainer verify` on a real WordPress that it starts itself: PHP's server, SQLite, the change beside the base."""

import io
import json
import os
import shutil
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from maintainer import cli
from maintainer.commands import demo_site
from maintainer.process import minimal, run

NOW = datetime(2026, 11, 21, 8, tzinfo=UTC)
AUTHOR = {f"GIT_{who}_{what}": "ada@shop.example" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
CONFIGURATION = """\
environments:
  staging:
    start: [php, -d, display_errors=1, -S, "127.0.0.1:{port}", -t, .]
    pass_env: [PHP_CLI_SERVER_WORKERS]
    ready: {path: /wp-login.php, status: 200, within: 30s}
verify:
  only: smoke
  pages: [{path: /, must: [Example shop]}, {path: "/?p=1", must: [Hello world!]}]
  smoke: {login: {user_env: STAGE_USER, password_env: STAGE_PASSWORD}}
"""
WP_CONFIG = """<?php
define( 'DB_NAME', 'shop' ); define( 'DB_USER', '' ); define( 'DB_PASSWORD', '' ); define( 'DB_HOST', '' );
define( 'DB_CHARSET', 'utf8' ); define( 'DB_COLLATE', '' );
$here = 'http://' . ( $_SERVER['HTTP_HOST'] ?? 'shop.example' );
define( 'WP_HOME', $here ); define( 'WP_SITEURL', $here );
define( 'WP_HTTP_BLOCK_EXTERNAL', true ); define( 'DISABLE_WP_CRON', true ); define( 'WP_DEBUG', true );
define( 'WP_DEBUG_DISPLAY', true );
$table_prefix = 'wp_';
if ( ! defined( 'ABSPATH' ) ) { define( 'ABSPATH', __DIR__ . '/' ); }
require_once ABSPATH . 'wp-settings.php';
"""
INSTALL = """<?php
$_SERVER += [ 'HTTP_HOST' => 'shop.example', 'REQUEST_URI' => '/', 'REQUEST_METHOD' => 'GET',
  'SERVER_PROTOCOL' => 'HTTP/1.1', 'REMOTE_ADDR' => '127.0.0.1' ];
define( 'WP_INSTALLING', true );
require getcwd() . '/wp-load.php';
require ABSPATH . 'wp-admin/includes/upgrade.php';
wp_install( 'Example shop', 'developer', 'developer@shop.example', true, '', 'password-of-a-test' );
"""

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


class WordPress:
    """A fresh WordPress, all of it in git: on `main` it is sound."""

    def __init__(self, root: Path, material: demo_site.Material) -> None:
        self.root = root
        self.environment = minimal(
            {"PATH": os.environ["PATH"]},
            HOME=str(root.parent),
            PHP_CLI_SERVER_WORKERS="4",
            STAGE_USER="developer",
            STAGE_PASSWORD="password-of-a-test",
        )
        shutil.copytree(material.wordpress["6.5.5"], root)
        plugin = root / "wp-content/plugins" / demo_site.PLUGIN
        shutil.copytree(material.plugin["2.1.11"], plugin)
        (root / "wp-content/db.php").write_bytes((plugin / "db.copy").read_bytes())
        (root / "wp-config.php").write_text(WP_CONFIG)
        (root / "maintainer.yml").write_text(CONFIGURATION)
        self.must(["php"], stdin=INSTALL.encode())
        self.must(["git", "init", "--quiet", "--initial-branch=main"])
        self.commit()
        self.must(["git", "switch", "--quiet", "--create", "change"])

    def must(self, argv: list[str], stdin: bytes = b"") -> None:
        done = run(argv, cwd=self.root, environment=self.environment | AUTHOR, stdin=stdin)
        assert done.code == 0, (done.err + done.out)[-800:]

    def commit(self) -> None:
        self.must(["git", "add", "--all", "--force"])
        self.must(["git", "commit", "--quiet", "--message=The shop"])

    def breaks(self, code: str) -> None:
        folder = self.root / "wp-content/mu-plugins"
        folder.mkdir(exist_ok=True)
        (folder / "broken.php").write_text(f"<?php\n{code}\n")

    def verify(self) -> tuple[int, list[dict[str, Any]]]:
        out, err = io.StringIO(), io.StringIO()
        argv = ["-C", str(self.root), "verify", "--format", "json"]
        code = cli.run(argv, environment=self.environment, now=NOW, out=out, err=err)
        verdicts: list[dict[str, Any]] = json.loads(out.getvalue())["verdicts"]
        return code, verdicts


@pytest.mark.bench
def test_a_real_wordpress_is_sound_and_each_fault_in_it_is_found(tmp_path: Path) -> None:
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "maintainer" / "demo"
    site = WordPress(tmp_path / "site", demo_site.material(cache, os.environ))
    began = time.perf_counter()
    code, verdicts = site.verify()
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
        code, verdicts = site.verify()
        failed = [one for one in verdicts if one["verdict"] == "fail"]
        found = [one["reason"] for one in failed if one["rule"] == rule and names in one["reason"]]
        assert found, (name, failed)
        assert code == 1
        print(f"{name}: {len(found)} places in {time.perf_counter() - began:.1f} s: {found[0]}")
