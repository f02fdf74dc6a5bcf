"""A real WordPress on SQLite, all of it in git, made of the packages the demo is made of."""

import os
import shutil
from pathlib import Path
from typing import Any

from maintainer.commands import demo_site
from tests.commands.verified import Verified

#: What is installed is called this, and has a post called `Hello world!`; `USER` signs in with `PASSWORD`.
TITLE, USER, PASSWORD = "Example shop", "developer", "password-of-a-test"
CONFIG = """<?php
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
REQUEST = """<?php
$_SERVER += [ 'HTTP_HOST' => 'shop.example', 'REQUEST_URI' => '/', 'REQUEST_METHOD' => 'GET',
  'SERVER_PROTOCOL' => 'HTTP/1.1', 'REMOTE_ADDR' => '127.0.0.1' ];
"""
INSTALL = f"""
define( 'WP_INSTALLING', true );
require getcwd() . '/wp-load.php';
require ABSPATH . 'wp-admin/includes/upgrade.php';
wp_install( '{TITLE}', '{USER}', '{USER}@shop.example', true, '', '{PASSWORD}' );
"""


def material() -> demo_site.Material:
    """The packages, kept where the demo keeps them."""
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "maintainer" / "demo"
    return demo_site.material(cache, os.environ)


class WordPress(Verified):
    """On `main` it is sound; what comes is on the branch `change`."""

    def __init__(self, root: Path, made_of: demo_site.Material, configuration: Any, version: str = "6.5.5") -> None:
        super().__init__(root, PHP_CLI_SERVER_WORKERS="4", STAGE_USER=USER, STAGE_PASSWORD=PASSWORD)
        self._made_of = made_of
        self.becomes(version)
        plugin = root / "wp-content/plugins" / demo_site.PLUGIN
        shutil.copytree(made_of.plugin["2.1.11"], plugin)
        self.write({"wp-content/db.php": (plugin / "db.copy").read_bytes(), "wp-config.php": CONFIG})
        self.configure(configuration)
        self.php(INSTALL)
        self.commit()
        self.git("switch", "--quiet", "--create", "change")

    def becomes(self, version: str) -> None:
        """Core's files of that version, over those that are there."""
        shutil.copytree(self._made_of.wordpress[version], self.root, dirs_exist_ok=True)

    def php(self, code: str) -> str:
        """What PHP says in its root; `code` loads WordPress."""
        return self.must(["php"], stdin=(REQUEST + code).encode())

    def breaks(self, code: str) -> None:
        """A must-use plugin with that code, in its second line, instead of the one before."""
        self.write({"wp-content/mu-plugins/broken.php": f"<?php\n{code}\n"})
