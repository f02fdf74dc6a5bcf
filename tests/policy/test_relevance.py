"""Which checks a change needs, by what it touches."""

import json
from collections.abc import Set
from typing import Any

import pytest

from maintainer.config.verify import CHECKS
from maintainer.policy.relevance import USUAL, Rule, composer, needs

LIGHT = frozenset({"smoke", "visual", "lighthouse"})
BESIDE = LIGHT | {"integrations", "security"}
SMOKE = frozenset({"smoke"})
PLUGINS = "wp-content/plugins"
#: The files that a change touches, and the checks it needs; None: all.
TOUCHED: dict[str, tuple[tuple[str, ...], Set[str] | None]] = {
    "a CI image": ((".gitlab-ci.yml", ".github/workflows/tests.yml"), set()),
    "documentation": (("README.md", "docs/setup.txt", f"{PLUGINS}/shop-ours/readme.md"), BESIDE),
    "documentation alone": (("README.md", "docs/setup.txt", "wp-content/themes/shop/CHANGELOG.md"), set()),
    "tests": (("tests/e2e/checkout.js", "phpunit.xml.dist"), set()),
    "a plugin beside": ((f"{PLUGINS}/akismet/akismet.php",), BESIDE),
    "a plugin of one file": ((f"{PLUGINS}/hello.php",), BESIDE),
    "a plugin's picture": ((f"{PLUGINS}/akismet/logo.png",), BESIDE),
    "a plugin on the purchase path": ((f"{PLUGINS}/woocommerce-gateway-stripe/a.php",), None),
    "one of Bedrock's": (("web/app/plugins/przelewy24-for-woocommerce/a.php",), None),
    "a cache": ((f"{PLUGINS}/wp-rocket/wp-rocket.php",), None),
    "both": ((f"{PLUGINS}/akismet/a.php", f"{PLUGINS}/woocommerce/a.css"), None),
    "styles": (("wp-content/themes/shop/style.css", "assets/mug.webp"), LIGHT),
    "translations": (("wp-content/languages/pl_PL.mo",), {"smoke", "e2e", "visual"}),
    "a theme's code": (("wp-content/themes/shop/functions.php",), None),
    "a plugin that must be used": (("wp-content/mu-plugins/shop.php",), None),
    "core": (("wp-includes/version.php",), None),
    "the runtime": (("Dockerfile",), None),
    "our own configuration": (("maintainer.yml",), None),
    "what nobody knows": (("bin/import.xyz",), None),
    "a folder that is called so": (("src/docs/render.php", "src/tests/run.php"), None),
    "nothing": ((), set()),
}


@pytest.mark.parametrize("case", TOUCHED)
def test_a_change_needs_what_it_touches(case: str) -> None:
    paths, checks = TOUCHED[case]
    assert needs(paths).checks == checks


def test_stated_rules_go_before_ours() -> None:
    ours = Rule("verify.changed[0]", ("bin/**", f"{PLUGINS}/woocommerce/**"), ("smoke",))
    both = ("bin/import.xyz", f"{PLUGINS}/woocommerce/a.php")
    assert needs(both, [ours]).checks == SMOKE
    later = Rule("verify.changed[1]", ("bin/**",), None)
    assert needs(both, [ours, later]).checks is None


def test_a_plugin_that_is_named_is_on_the_purchase_path() -> None:
    assert needs([f"{PLUGINS}/acme-bundles/a.php"], purchase_path=["acme-*"]).checks is None
    assert needs([f"{PLUGINS}/acme-bundles/a.php"]).checks == BESIDE


def test_it_says_what_is_touched() -> None:
    found = needs(["README.md", "LICENSE", f"{PLUGINS}/woocommerce/a.php"])
    assert found.words == "documentation (2 files), plugin woocommerce, on the purchase path (1 file)"
    many = needs([f"{PLUGINS}/{name}/a.php" for name in "abcdef"])
    assert many.words.endswith("plugin d (1 file), and 2 more")


def test_the_rules_name_checks_there_are_or_will_be() -> None:
    named = {check for rule in USUAL for check in rule.checks or ()} | BESIDE
    assert named <= {*CHECKS, "smoke", "integrations", "security", "e2e", "visual", "lighthouse", "load"}


# Composer


def package(name: str, version: str, kind: str = "library") -> dict[str, Any]:
    return {"name": name, "version": version, "type": kind, "dist": {"reference": f"{name}-{version}"}}


def lock(*packages: dict[str, Any], dev: tuple[dict[str, Any], ...] = ()) -> str:
    return json.dumps({"content-hash": str(packages), "packages": list(packages), "packages-dev": list(dev)})


AKISMET, LIBRARY = package("wpackagist-plugin/akismet", "5.3", "wordpress-plugin"), package("monolog/monolog", "3.5.0")


def test_a_lock_file_counts_by_the_packages_that_move() -> None:
    newer = {**AKISMET, "version": "5.4"}
    assert composer(lock(AKISMET, LIBRARY), lock(newer, LIBRARY), lock=True) == ("wp-content/plugins/akismet/",)
    assert composer(lock(AKISMET), lock(AKISMET, LIBRARY), lock=True) == ("vendor/monolog/monolog/",)
    assert composer(lock(AKISMET, LIBRARY), lock(LIBRARY), lock=True) == ("wp-content/plugins/akismet/",)
    assert composer(lock(AKISMET), lock(AKISMET, dev=(LIBRARY,)), lock=True) == ()
    assert composer("{", lock(AKISMET), lock=True) is None
    places = {"composer.lock": ("wp-content/plugins/akismet/",), "composer.json": ()}
    assert needs(places, packages=places).checks == BESIDE
    assert needs(["composer.lock"], packages={"composer.lock": ("vendor/monolog/monolog/",)}).checks is None
    assert needs(["composer.lock"]).checks is None, "what can't be read needs everything"


def test_a_commit_that_is_another_moves_too() -> None:
    moved = {**LIBRARY, "dist": {"reference": "other"}}
    assert composer(lock(LIBRARY), lock(moved), lock=True) == ("vendor/monolog/monolog/",)


def test_composer_json_counts_where_more_than_versions_differ() -> None:
    before = {"require": {"a/b": "^1"}, "scripts": {"build": "make"}}
    bumped, other = {**before, "require": {"a/b": "^2"}}, {**before, "scripts": {"build": "make all"}}
    more = {**before, "require": {"a/b": "^1", "c/d": "^1"}}
    texts = [json.dumps(one) for one in (before, bumped, other, more)]
    assert [composer(texts[0], text, lock=False) for text in texts[1:]] == [(), None, None]
