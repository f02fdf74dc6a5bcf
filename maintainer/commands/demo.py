"""`maintainer demo`: the whole loop on a real WordPress site: proposals, the proof of two, a freeze, a release."""

import argparse
import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from maintainer import errors
from maintainer.commands import demo_gate, demo_release, demo_site, demo_verify, demo_world, run
from maintainer.commands.context import Context
from maintainer.commands.demo_site import PLUGIN
from maintainer.commands.outside import cache
from maintainer.commands.platform import git_folder
from maintainer.process import minimal
from maintainer.process import run as run_program
from maintainer.workspace.checkout import open_checkout

BRANCH = f"maintainer/wordpress-plugin-{PLUGIN}"


def main(context: Context, args: argparse.Namespace) -> int:
    """Build the site, run `maintainer run` on it, and `maintainer verify` on two proposals, each on a running site."""
    into = Path(getattr(args, "into", None) or context.root / ".demo").resolve()
    context.say("Getting a real WordPress and a real plugin from the npm registry (once, 160 MB) ...")
    made_of = demo_site.material(cache(context) / "demo", context.environment)
    began = time.perf_counter()
    site = into / "site"
    with demo_world.world(made_of, into / "archives", context.now) as address:
        context.say(f"Building the shop's repository in {site} ...")
        demo_site.build(site, made_of, context.environment, f"{address}/composer")
        context.say("$ maintainer run\n")
        there = replace(context, root=site, environment={**context.environment, **demo_world.environment(address)})
        code = run.main(there, args)
        if code:
            return code
        _installed(site, context.environment)
        pages = [
            demo_verify.verified(there, one, site, into) for one in (demo_verify.sound(BRANCH), demo_verify.BROKEN)
        ]
        picture = demo_gate.shown(there, into)
        notes = demo_release.shown(there, into)
    _told(context, site, pages, (picture, notes), time.perf_counter() - began)
    demo_verify.opened(context, pages[-1])
    return 0


def _told(context: Context, site: Path, pages: Sequence[Path], more: tuple[Path, Path], seconds: float) -> None:
    proposals = git_folder(open_checkout(site, context.environment)) / "pages" / "index.html"
    (sound, broken), (picture, notes) = pages, more
    context.out.write(
        f"\nLook at the proposals:  {proposals}\n"
        f"                        maintainer -C {site} proposals list\n"
        f"                        git -C {site} log --oneline --all\n"
        f"What verify saw:        {sound}\n"
        f"                        {broken}\n"
        f"When things may move:   {picture}\n"
        f"What was released:      {notes}\n"
        f"Done in {seconds:.0f} s.\n"
    )


def _installed(site: Path, environment: Mapping[str, str]) -> None:
    (site / "wp-config.php").write_bytes(_CONFIG.encode())
    _php(site, environment, _INSTALL)


def _php(site: Path, environment: Mapping[str, str], code: str) -> str:
    argv = ["php", "-d", "display_errors=stderr", "-d", "memory_limit=512M"]
    done = run_program(argv, cwd=site, environment=minimal(environment), stdin=code.encode(), seconds=120)
    if done.code:
        raise errors.ToolFailed(f"WordPress in {site} failed: {(done.err + done.out).decode(errors='replace')[-600:]}")
    return done.text.strip()


_CONFIG = """<?php
define( 'DB_NAME', 'shop' ); define( 'DB_USER', '' ); define( 'DB_PASSWORD', '' ); define( 'DB_HOST', '' );
define( 'DB_CHARSET', 'utf8' ); define( 'DB_COLLATE', '' );
$here = 'http://' . ( $_SERVER['HTTP_HOST'] ?? 'shop.example' );
define( 'WP_HOME', $here ); define( 'WP_SITEURL', $here );
define( 'WP_HTTP_BLOCK_EXTERNAL', true ); define( 'DISABLE_WP_CRON', true );
$table_prefix = 'wp_';
if ( ! defined( 'ABSPATH' ) ) { define( 'ABSPATH', __DIR__ . '/' ); }
require_once ABSPATH . 'wp-settings.php';
"""

_REQUEST = """<?php
$_SERVER += [ 'HTTP_HOST' => 'shop.example', 'REQUEST_URI' => '/', 'REQUEST_METHOD' => 'GET',
  'SERVER_PROTOCOL' => 'HTTP/1.1', 'REMOTE_ADDR' => '127.0.0.1' ];
"""

_INSTALL = (
    _REQUEST
    + """
define( 'WP_INSTALLING', true );
require getcwd() . '/wp-load.php';
require ABSPATH . 'wp-admin/includes/upgrade.php';
wp_install( 'Example shop', 'developer', 'developer@shop.example', false, '', wp_generate_password() );
activate_plugin( 'sqlite-database-integration/load.php', '', false, true );
"""
)
