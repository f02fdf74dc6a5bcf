"""A WordPress that is started here is migrated before it is looked at: a stand-in that tells what is done, and a real
one (`make bench`: 160 MB are fetched once)."""

import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from maintainer.checks.base import Bench
from maintainer.commands.verify_checks import KINDS, Kind
from maintainer.evidence import Evidence, Looked
from tests.commands.verified import Verified, by_rule
from tests.shops.wordpress import WordPress, material

SERVE = [sys.executable, "-m", "http.server", "{port}", "--bind", "127.0.0.1"]
#: As much of WordPress as is called: its options are a file beside it, its updates tell what they do there.
WORDPRESS = r"""<?php
define( 'ABSPATH', __DIR__ . '/' );
define( 'DB_NAME', 'shop' ); define( 'DB_HOST', 'db.example' );
define( 'OPTIONS', ( getenv( 'DATABASE' ) ?: __DIR__ ) . '/options.json' );
$wp_db_version = 57155;
function options() { return json_decode( file_get_contents( OPTIONS ), true ); }
function of_site( $name ) { global $blog; return 'db_version' === $name && $blog ? "$name of $blog" : $name; }
function get_option( $name, $otherwise = false ) { return options()[ of_site( $name ) ] ?? $otherwise; }
function update_option( $name, $value ) {
  file_put_contents( OPTIONS, json_encode( [ of_site( $name ) => $value ] + options() ) );
}
function is_blog_installed() { return isset( options()['db_version'] ); }
function is_multisite() { return (bool) get_option( 'sites' ); }
function get_sites() { return get_option( 'sites' ); }
function switch_to_blog( $id ) { global $blog; $blog = $id; }
function restore_current_blog() { global $blog; $blog = 0; }
function update_site_option( $name, $value ) { update_option( $name, $value ); }
function home_url() { return 'http://' . $_SERVER['HTTP_HOST']; }
function did( $what ) { update_option( 'did', array_merge( get_option( 'did', [] ), [ $what ] ) ); }
function wp_upgrade() { global $wp_db_version; did( 'core' ); update_option( 'db_version', $wp_db_version ); }
function _get_cron_array() { return get_option( 'cron', [] ); }
function wp_reschedule_event( $time, $schedule, $hook ) { did( "again $hook" ); }
function wp_unschedule_event( $time, $hook ) {}
function do_action_ref_array( $hook, $args ) { did( "cron $hook" ); }
if ( is_file( __DIR__ . '/shop.php' ) ) { require __DIR__ . '/shop.php'; }
if ( getenv( 'BREAKS' ) ) { eval( getenv( 'BREAKS' ) ); }
"""
WOOCOMMERCE = r"""<?php
class WC_Install {
  static function get_db_update_callbacks() { return [ '9.0.0' => [ 'old' ], '9.4.0' => [ 'first', 'second' ] ]; }
  static function update_db_version() { update_option( 'woocommerce_db_version', '9.4.2' ); }
}
function old() { did( 'wc old' ); }
function first() { static $left = 2; did( 'wc first' ); return $left-- > 0; }
function second() { did( 'wc second' ); did( wp_mail( 'a@shop.example', 'a', 'a' ) ? 'no mail' : '' ); }
class Gateway {
  public $settings = [ 'testmode' => 'yes', 'secret_key' => 'sk_live_1' ];
  public $id = 'stripe';
  public $enabled = 'yes';
  function get_method_title() { return 'Stripe'; }
}
class Gateways { function payment_gateways() { return [ new Gateway() ]; } }
class Shop { function payment_gateways() { return new Gateways(); } }
function WC() { return new Shop(); }
class WC_Data_Store { static function load() { return new WC_Data_Store(); } function search_webhooks() { return []; } }
"""


class Orders:
    """A check that writes."""

    NAME = "orders"
    WRITES = True

    def measure(self, bench: Bench) -> Evidence:
        return Evidence(looked=(Looked("orders", "placed", ""),))


class Site(Verified):
    """The stand-in in git, each side with a database of its own."""

    def __init__(self, root: Path) -> None:
        super().__init__(root)
        (root / "wp-admin/includes").mkdir(parents=True)
        (root / "wp-admin/includes/upgrade.php").write_text("<?php\n")
        (root / "wp-load.php").write_text(WORDPRESS)
        (root / "index.html").write_text("<html><body><p>Kubki</p></body></html>")
        self.stages(safe={"mail": "none"})
        self.holds(db_version=56657)

    def stages(self, **staging: Any) -> None:
        made = {"start": SERVE, "migrate": "wordpress", "pass_env": ["BREAKS", "DATABASE"], **staging}
        self.configure({"environments": {"staging": made}})

    def holds(self, **options: Any) -> None:
        (self.root / "options.json").write_text(json.dumps(options))

    def did(self) -> list[str]:
        found: list[str] = json.loads((self.root / "options.json").read_bytes()).get("did", [])
        return found

    def verify(self, breaks: str = "", database: str = "") -> tuple[int, dict[str, tuple[str, str]]]:
        self.commit()
        code, document, err = self.asked("--only", "orders", BREAKS=breaks, DATABASE=database)
        assert document["verdicts"], err
        return code, by_rule(document)


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Site:
    monkeypatch.setitem(KINDS, "orders", Kind(lambda _: Orders()))
    return Site(tmp_path / "site")


CRON = {"1": {"tidy": {"a": {"schedule": "daily", "args": []}}, "action_scheduler_run_queue": {"b": {"args": []}}}}
LATER = {"9999999999": {"later": {"c": {"schedule": False, "args": []}}}}


def test_core_woocommerce_and_due_cron_are_brought_up(site: Site) -> None:
    (site.root / "shop.php").write_text(WOOCOMMERCE)
    site.holds(db_version=56657, woocommerce_db_version="9.1.0", cron={**CRON, **LATER})
    code, verdicts = site.verify()
    assert verdicts["environment migrate"] == (
        "pass",
        "WordPress's database 56657 → 57155; WooCommerce's 9.1.0 → 9.4.2 (2 updates); 1 due cron events ran",
    )
    assert code == 0, verdicts
    assert site.did() == [
        "core",
        *["wc first"] * 3,
        "wc second",
        "no mail",
        "again tidy",
        "cron tidy",
    ], "neither what ran already, nor what is not due, nor the queue that renews subscriptions"


def test_each_site_of_a_network_is_brought_up(site: Site) -> None:
    versions = {"db_version of 1": 56657, "db_version of 2": 57155, "db_version of 3": 56657}
    site.holds(db_version=56657, sites=[1, 2, 3], **versions)
    _, verdicts = site.verify()
    assert verdicts["environment migrate"][1].startswith("WordPress's database 56657 → 57155 on 2 sites; ")
    left = json.loads((site.root / "options.json").read_bytes())
    assert [left[name] for name in (*versions, "wpmu_upgrade_site")] == [57155] * 4
    assert site.did() == ["core", "core"]


def test_a_core_that_does_not_arrive_is_told(site: Site) -> None:
    site.verify()
    site.git("switch", "--quiet", "--create", "change")
    broken = WORDPRESS.replace("update_option( 'db_version', $wp_db_version );", "").replace("57155", "57156")
    (site.root / "wp-load.php").write_text(broken)
    code, verdicts = site.verify()
    assert (code, verdicts["environment migrate"][0]) == (1, "fail")
    assert "WordPress left its database at 57155, and its files want 57156" in verdicts["environment migrate"][1]


def test_what_the_shop_shows_then_need_not_be_stated(site: Site) -> None:
    (site.root / "shop.php").write_text(WOOCOMMERCE)
    site.holds(db_version=57155, woocommerce_db_version="9.4.2")
    code, verdicts = site.verify()
    assert (code, verdicts["orders placed"][0]) == (0, "pass")
    (site.root / "shop.php").write_text(WOOCOMMERCE.replace("'testmode' => 'yes'", "'testmode' => 'no'"))
    code, verdicts = site.verify()
    assert (code, verdicts["orders looked"][0]) == (3, "inconclusive")
    assert "Stripe is live: real money may move" in verdicts["orders looked"][1]


BROKEN: Mapping[str, tuple[str, str]] = {
    "a fatal": ("no_such_function();", "undefined function no_such_function()"),
    "an end without a word": ("echo 'There has been a critical error'; exit( 0 );", "There has been a critical error"),
}


@pytest.mark.parametrize("case", BROKEN)
def test_a_migration_that_breaks_fails_with_what_it_printed(site: Site, case: str) -> None:
    breaks, says = BROKEN[case]
    # The change is what breaks: the site before it has no such code.
    site.commit()
    site.git("switch", "--quiet", "--create", "change")
    (site.root / "wp-load.php").write_text(WORDPRESS + breaks)
    code, verdicts = site.verify()
    outcome, reason = verdicts["environment migrate"]
    assert (code, outcome) == (1, "fail")
    assert reason.startswith("the database could not be migrated: ")
    assert says in reason


def test_an_update_that_throws_is_told_with_its_place(site: Site) -> None:
    broken = "function first() { throw new RuntimeException( 'no such column: tax' ); }"
    code = WOOCOMMERCE.replace("function first() { static $left = 2; did( 'wc first' ); return $left-- > 0; }", broken)
    site.verify()
    site.git("switch", "--quiet", "--create", "change")
    (site.root / "shop.php").write_text(code)
    exit_code, verdicts = site.verify()
    assert exit_code == 1
    assert "RuntimeException: no such column: tax (shop.php, line" in verdicts["environment migrate"][1]


#: On both sides: what is configured, what the database holds, what breaks, and what is said.
BLIND: Mapping[str, tuple[dict[str, Any], dict[str, Any], str, str]] = {
    "no PHP": ({"php": ["no-such-php"]}, {"db_version": 1}, "", "no-such-php could not be started"),
    "too slow": ({"within": "1s"}, {"db_version": 1}, "sleep( 60 );", "php was not done in 1 s and was ended"),
    "no database": (
        {},
        {"db_version": 1},
        "die( '<h1>Error establishing a database connection</h1>' );",
        "can't reach its database. Start it",
    ),
    "an empty database": ({}, {}, "", "the database is empty: prepare is to load a dump into it"),
    "an older WordPress": ({}, {"db_version": 99999}, "", "the database is newer (99999) than WordPress's files"),
    "no WordPress there": ({"path": "web/wp"}, {"db_version": 1}, "", "web/wp/wp-load.php is not there: migrate.path"),
    "broken before": ({}, {"db_version": 1}, "no_such_function();", "whether that is new is not known"),
}


@pytest.mark.parametrize("case", BLIND)
def test_what_keeps_both_from_migrating_is_no_pass(site: Site, case: str) -> None:
    migrate, options, breaks, says = BLIND[case]
    site.stages(safe={"mail": "none"}, migrate={"preset": "wordpress", **migrate})
    site.holds(**options)
    code, verdicts = site.verify(breaks)
    outcome, reason = verdicts.get("environment migrate") or verdicts["environment ready"]
    assert (outcome, code) == ("inconclusive", 3)
    assert says in reason


def test_one_database_for_both_is_no_pass(site: Site, tmp_path: Path) -> None:
    shared = tmp_path / "database"
    shared.mkdir()
    (shared / "options.json").write_text(json.dumps({"db_version": 56657}))
    site.verify()
    site.git("switch", "--quiet", "--create", "change")
    code, verdicts = site.verify(database=str(shared))
    assert code == 3
    assert verdicts["environment ready"] == (
        "inconclusive",
        "the baseline can't be looked at: head and base use the same database (shop on db.example): what one migrates, "
        "the other has. Give each its own copy: MAINTAINER_SIDE says to prepare and start which one it is for",
    )
    assert json.loads((shared / "options.json").read_bytes())["did"] == ["core"], "it is not migrated twice"


# The real thing


@pytest.mark.bench
def test_a_real_wordpress_goes_from_6_4_to_6_5(tmp_path: Path) -> None:
    """The change is an update of core; the dump is of before it."""
    staging = {
        "start": ["php", "-S", "127.0.0.1:{port}", "-t", "."],
        "ready": {"path": "/wp-login.php", "within": "30s"},
        "migrate": "wordpress",
    }
    configuration = {"environments": {"staging": staging}, "verify": {"only": ["smoke"], "smoke": {"browser": False}}}
    site = WordPress(tmp_path / "site", material(), configuration, "6.4.5")
    site.becomes("6.5.5")
    site.commit()
    code, document, _ = site.asked()
    outcome, reason = by_rule(document)["environment migrate"]
    assert outcome == "pass", reason
    assert reason.startswith("WordPress's database 56657 → 57155; ")
    failed = [one for one in document["verdicts"] if one["verdict"] in ("fail", "inconclusive")]
    print(f"\n{reason}\nexit {code}, {len(failed)} not passed: {failed[:3]}")
