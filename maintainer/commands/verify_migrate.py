"""A WordPress that was started here: its database brought up to its files, before anybody looks at it.

One PHP program, run by the site's own PHP, does what `wp core update-db --network`, `wp wc update` and
`wp cron event run --due-now` do, on every machine alike. Meanwhile no mail leaves and no host is asked, and Action
Scheduler's queue is left alone: subscriptions are renewed by it.
"""

import base64
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from maintainer.commands.verify_started import Running, last
from maintainer.config.environments import Migrate
from maintainer.errors import ToolFailed
from maintainer.evidence import Evidence, Looked, Observation, Side
from maintainer.policy import gateways
from maintainer.policy.safety import Sign
from maintainer.process import run
from maintainer.text import foreign

NOTHING = Evidence()
CHECK, RULE = "environment", "migrate"
MARK = "\nmaintainer: "
FATAL = re.compile(r"Fatal error: [^\n]{1,400}")
NO_DATABASE = "Error establishing a database connection"
#: Plugins that keep WordPress from sending mail.
NO_MAIL = frozenset({"disable-emails", "stop-emails"})


@dataclass(frozen=True, slots=True)
class Migrated:
    """What was seen of it, and what the site shows of what an order would set off."""

    seen: Evidence = NOTHING
    signs: tuple[Sign, ...] = ()


def migrate(wanted: Migrate, side: Side, url: str, run_of: str, running: Running) -> Migrated:
    """Migrate the site at `url`; with the change a migration that breaks is an observation.

    `run_of` is the same for both sides of a run and for no other. Raises `errors.ToolFailed` when it could not be
    tried (no PHP, no database, or the database of the other side), and when it breaks before the change; its mend is
    on a line of its own.
    """
    argv = [*wanted.php, "-d", "display_errors=stderr", "-d", "memory_limit=512M"]
    given = (wanted.path, urlsplit(url).netloc, f"{run_of}:{side}")
    code = PROGRAM % tuple(base64.b64encode(one.encode()).decode() for one in given)
    done = run(argv, cwd=running.root, environment=running.environment, stdin=code.encode(), seconds=wanted.within)
    said = (done.out + done.err).decode("utf-8", "replace")
    found = _told(done.text)
    if NO_DATABASE in said:
        raise ToolFailed("migrate: WordPress can't reach its database\nStart it, or name its password in pass_env")
    if foreign.text(found, "other"):
        raise ToolFailed(
            f"head and base use the same database ({foreign.text(found, 'database', limit=200)}): what one migrates, "
            "the other has\nGive each its own copy: MAINTAINER_SIDE says to prepare and start which one it is for"
        )
    why = foreign.text(found, "error", limit=400)
    if done.code or not found or why:
        fatal = FATAL.search(said)
        why = why or (fatal[0].strip() if fatal else f"it ended with exit code {done.code}: {last(said)}")
        why = f"the database could not be migrated: {why}"
        if side == "base":
            raise ToolFailed(f"{why}\nLoad a dump that fits the files before the change")
        fault = Observation(CHECK, RULE, "", why, why, "high")
        return Migrated(Evidence(observations=(fault,), looked=(Looked(CHECK, RULE, "", side),)))
    words = Observation(CHECK, RULE, "", "migrated", "; ".join(_words(found)), "low", side, told=True)
    return Migrated(Evidence(observations=(words,), looked=(Looked(CHECK, RULE, "", side),)), tuple(_signs(found)))


def _told(out: str) -> Mapping[str, Any]:
    """The last line of ours in what it printed."""
    try:
        return foreign.table(json.loads(out.rpartition(MARK)[2].partition("\n")[0])) if MARK in out else {}
    except (ValueError, RecursionError):
        return {}


def _words(found: Mapping[str, Any]) -> Iterator[str]:
    core = list(foreign.tables(found, "wordpress"))
    yield (
        f"WordPress's database {foreign.text(core[0], 'from')} → {foreign.text(core[0], 'to')}"
        + (f" on {len(core)} sites" if len(core) > 1 else "")
        if core
        else "WordPress's database was up to date"
    )
    if shop := foreign.table(found, "woocommerce"):
        count = foreign.text(shop, "updates")
        yield f"WooCommerce's {foreign.text(shop, 'from')} → {foreign.text(shop, 'to')} ({count} updates)"
    yield f"{len(foreign.array(found, 'cron'))} due cron events ran"


def _signs(found: Mapping[str, Any]) -> Iterator[Sign]:
    plugins = {name.partition("/")[0] for name in foreign.array(found, "plugins") if isinstance(name, str)}
    if caught := sorted(plugins & NO_MAIL):
        yield Sign("mail", True, f"{caught[0]} keeps mail from leaving")
    if not foreign.table(found, "woocommerce"):
        return
    yield from gateways.payments(foreign.tables(found, "gateways"))
    yield gateways.webhooks(foreign.tables(found, "webhooks"))
    renews = foreign.text(found, "renewals")
    if renews:
        yield Sign("renewals", renews == "off", "subscriptions are off there" if renews == "off" else "they are on")


#: Filled with the folder of wp-load.php, the site's host, and what is written to the database to know it again.
PROGRAM = r"""<?php
[ $maintainer_at, $maintainer_host, $maintainer_run ] = array_map( 'base64_decode', [ '%s', '%s', '%s' ] );
$_SERVER += [ 'HTTP_HOST' => $maintainer_host, 'REQUEST_URI' => '/', 'REQUEST_METHOD' => 'GET',
  'SERVER_PROTOCOL' => 'HTTP/1.1', 'REMOTE_ADDR' => '127.0.0.1' ];
function maintainer_told( $told ) {
  echo "\nmaintainer: " . json_encode( $told, JSON_PARTIAL_OUTPUT_ON_ERROR ) . "\n";
  exit( 0 );
}
function wp_mail() { return true; }
$wp_filter = [
  'pre_http_request' => [ PHP_INT_MAX => [ [ 'accepted_args' => 0, 'function' => function () {
    return new WP_Error( 'maintainer', 'No host is asked while the database is migrated.' );
  } ] ] ],
  'wp_fatal_error_handler_enabled' => [ PHP_INT_MAX => [ [ 'accepted_args' => 0, 'function' => function () {
    return false;
  } ] ] ],
];
define( 'DOING_CRON', true );
if ( ! is_file( "$maintainer_at/wp-load.php" ) ) {
  maintainer_told( [ 'error' => "$maintainer_at/wp-load.php is not there: migrate.path says where it lies" ] );
}
require "$maintainer_at/wp-load.php";
require_once ABSPATH . 'wp-admin/includes/upgrade.php';

$told = [ 'wordpress' => [], 'woocommerce' => null, 'cron' => [], 'gateways' => [], 'webhooks' => [],
  'plugins' => (array) get_option( 'active_plugins', [] ),
  'database' => defined( 'FQDB' ) ? basename( FQDB ) : DB_NAME . ' on ' . DB_HOST ];
if ( ! is_blog_installed() ) {
  maintainer_told( [ 'error' => 'the database is empty: prepare is to load a dump into it' ] );
}
[ $run, $side ] = explode( ':', $maintainer_run );
$seen = explode( ':', (string) get_option( 'maintainer_run' ) );
if ( $seen[0] === $run && $seen[1] !== $side ) {
  maintainer_told( [ 'other' => $seen[1], 'database' => $told['database'] ] );
}
update_option( 'maintainer_run', $maintainer_run, false );

try {
  $wanted = (int) $GLOBALS['wp_db_version'];
  foreach ( is_multisite() ? get_sites( [ 'fields' => 'ids', 'number' => 0 ] ) : [ 0 ] as $blog ) {
    $blog && switch_to_blog( $blog );
    $was = (int) get_option( 'db_version' );
    if ( $was > $wanted ) {
      throw new Exception( "the database is newer ($was) than WordPress's files ($wanted): load an older dump" );
    }
    if ( $was < $wanted ) {
      wp_upgrade();
      $now = (int) get_option( 'db_version' );
      if ( $now !== $wanted ) {
        throw new Exception( "WordPress left its database at $now, and its files want $wanted" );
      }
      $told['wordpress'][] = [ 'site' => home_url(), 'from' => $was, 'to' => $now ];
    }
    $blog && restore_current_blog();
  }
  if ( is_multisite() ) {
    update_site_option( 'wpmu_upgrade_site', $wanted );
  }

  if ( class_exists( 'WC_Install' ) && method_exists( 'WC_Install', 'get_db_update_callbacks' ) ) {
    $was = (string) get_option( 'woocommerce_db_version' );
    $updates = 0;
    if ( defined( 'WC_ABSPATH' ) && is_file( WC_ABSPATH . 'includes/wc-update-functions.php' ) ) {
      include_once WC_ABSPATH . 'includes/wc-update-functions.php';
    }
    foreach ( WC_Install::get_db_update_callbacks() as $version => $callbacks ) {
      if ( version_compare( $was, $version, '<' ) ) {
        foreach ( $callbacks as $callback ) {
          while ( call_user_func( $callback ) ) {
            continue; // It returns true while there is more to do.
          }
          $updates += 1;
        }
      }
    }
    WC_Install::update_db_version();
    $now = (string) get_option( 'woocommerce_db_version' );
    $told['woocommerce'] = [ 'from' => $was, 'to' => $now, 'updates' => $updates ];
  }

  foreach ( _get_cron_array() ?: [] as $time => $hooks ) {
    if ( $time > time() || ! is_array( $hooks ) ) {
      continue;
    }
    foreach ( $hooks as $hook => $events ) {
      if ( 'action_scheduler_run_queue' === $hook ) {
        continue;
      }
      foreach ( $events as $event ) {
        if ( $event['schedule'] ) {
          wp_reschedule_event( $time, $event['schedule'], $hook, $event['args'] );
        }
        wp_unschedule_event( $time, $hook, $event['args'] );
        do_action_ref_array( $hook, $event['args'] );
        $told['cron'][] = $hook;
      }
    }
  }

  if ( $told['woocommerce'] && function_exists( 'WC' ) && method_exists( WC(), 'payment_gateways' ) ) {
    foreach ( WC()->payment_gateways()->payment_gateways() as $gateway ) {
      $settings = [];
      foreach ( (array) $gateway->settings as $name => $value ) {
        $telling = is_scalar( $value ) && preg_match( '/test|sandbox|environment/i', $name );
        if ( $telling && strlen( (string) $value ) < 20 ) {
          $settings[ $name ] = [ 'value' => (string) $value ];
        }
      }
      $told['gateways'][] = [ 'id' => $gateway->id, 'enabled' => 'yes' === $gateway->enabled,
        'method_title' => (string) $gateway->get_method_title(), 'settings' => $settings ];
    }
    foreach ( WC_Data_Store::load( 'webhook' )->search_webhooks( [ 'status' => 'active' ] ) as $hook ) {
      $told['webhooks'][] = [ 'name' => wc_get_webhook( $hook )->get_name(), 'status' => 'active' ];
    }
  }
  if ( ! class_exists( 'WC_Subscriptions' ) ) {
    $told['renewals'] = 'off';
  } elseif ( class_exists( 'WCS_Staging' ) ) {
    $told['renewals'] = WCS_Staging::is_duplicate_site() ? 'off' : 'on';
  }
} catch ( Throwable $error ) {
  $told = [ 'error' => get_class( $error ) . ': ' . $error->getMessage() . ' (' . basename( $error->getFile() )
    . ', line ' . $error->getLine() . ')' ];
}
maintainer_told( $told );
"""
