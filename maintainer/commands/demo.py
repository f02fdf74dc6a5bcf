"""`maintainer demo`: the main job on a real WordPress site, from nothing to proposals and a page to look at."""

import argparse
import json
import shutil
import time
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from maintainer import errors
from maintainer.commands import demo_site, demo_world, run
from maintainer.commands.context import Context
from maintainer.commands.demo_site import PLUGIN
from maintainer.commands.outside import cache
from maintainer.commands.platform import git_folder
from maintainer.process import minimal
from maintainer.process import run as run_program
from maintainer.workspace.checkout import open_checkout

BRANCH = f"maintainer/wordpress-plugin-{PLUGIN}"


def main(context: Context, args: argparse.Namespace) -> int:
    """Build the site, run `maintainer run` on it, and show that the updated plugin's code works."""
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
        before = _rendered(site, context.environment)
        updated = _branch(site, into / "updated", context.environment)
        after = _rendered(updated, context.environment)
    _told(context, site, before, after, time.perf_counter() - began)
    return 0


def _told(context: Context, site: Path, before: Mapping[str, str], after: Mapping[str, str], seconds: float) -> None:
    page = git_folder(open_checkout(site, context.environment)) / "pages" / "index.html"
    context.out.write(
        f"\nThe site runs on the plugin that was updated (its database is behind it):\n"
        f'  main      {PLUGIN} {before["plugin"]} · "{before["title"]}" · {before["posts"]} post\n'
        f"  {BRANCH}\n"
        f'            {PLUGIN} {after["plugin"]} · "{after["title"]}" · {after["posts"]} post\n\n'
        f"Look at the proposals:  {page}\n"
        f"                        maintainer -C {site} proposals list\n"
        f"                        git -C {site} log --oneline --all\n"
        f"Done in {seconds:.0f} s.\n"
    )


def _installed(site: Path, environment: Mapping[str, str]) -> None:
    (site / "wp-config.php").write_bytes(_CONFIG.encode())
    _php(site, environment, _INSTALL)


def _branch(site: Path, into: Path, environment: Mapping[str, str]) -> Path:
    """The proposal's branch, checked out elsewhere, on a copy of the site's database."""
    shutil.rmtree(into, ignore_errors=True)
    clone = ["git", "clone", "--quiet", "--depth=1", f"--branch={BRANCH}", site.as_uri(), str(into)]
    given = minimal(environment, HOME=environment.get("HOME", "/"), GIT_CONFIG_GLOBAL="/dev/null")
    done = run_program(clone, cwd=site, environment=given)
    if done.code:
        raise errors.ToolFailed(f"The branch {BRANCH} could not be checked out: {done.err.decode(errors='replace')}")
    shutil.copy(site / "wp-config.php", into)
    shutil.copytree(site / "wp-content/database", into / "wp-content/database")
    return into


def _rendered(site: Path, environment: Mapping[str, str]) -> Mapping[str, str]:
    """The home page, as WordPress renders it: its title, its posts, and the plugin's version."""
    said = _php(site, environment, _RENDER)
    try:
        found: Mapping[str, str] = json.loads(said.rpartition("\n")[2])
    except ValueError:
        raise errors.ToolFailed(f"WordPress in {site} did not render its home page: {said[-400:]}") from None
    return found


def _php(site: Path, environment: Mapping[str, str], code: str) -> str:
    argv = ["php", "-d", "display_errors=stderr", "-d", "memory_limit=512M"]
    done = run_program(argv, cwd=site, environment=minimal(environment), stdin=code.encode(), seconds=120)
    if done.code:
        raise errors.ToolFailed(f"WordPress in {site} failed: {(done.err + done.out).decode(errors='replace')[-600:]}")
    return done.text.strip()


_CONFIG = """<?php
define( 'DB_NAME', 'shop' ); define( 'DB_USER', '' ); define( 'DB_PASSWORD', '' ); define( 'DB_HOST', '' );
define( 'DB_CHARSET', 'utf8' ); define( 'DB_COLLATE', '' );
define( 'WP_HOME', 'http://shop.example' ); define( 'WP_SITEURL', 'http://shop.example' );
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

_RENDER = (
    _REQUEST
    + """
define( 'WP_USE_THEMES', true );
ob_start();
require getcwd() . '/wp-blog-header.php';
$html = ob_get_clean();
require_once ABSPATH . 'wp-admin/includes/plugin.php';
$plugin = get_plugins()['sqlite-database-integration/load.php']['Version'];
preg_match( '~<title>(.*?)</title>~s', $html, $title );
echo "\\n" . json_encode( [ 'plugin' => $plugin, 'title' => html_entity_decode( $title[1] ?? '' ),
  'posts' => (string) wp_count_posts()->publish ] );
"""
)
