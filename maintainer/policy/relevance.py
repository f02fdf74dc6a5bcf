"""Which checks a change needs, by what it touches: nothing for a CI image, the checkout for a plugin on its path.

Whatever no rule knows needs every check.
"""

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from maintainer.policy.globs import any_matches, path_matches
from maintainer.text import foreign


@dataclass(frozen=True, slots=True)
class Rule:
    """Files, what they are in words, and the checks that look when one of them changes; None: all."""

    what: str
    paths: tuple[str, ...]
    checks: tuple[str, ...] | None = ()


PICTURES = ("png", "jpg", "jpeg", "gif", "svg", "webp", "avif", "ico", "woff", "woff2", "ttf")
STYLES = tuple(f"**/*.{kind}" for kind in ("css", "scss", "sass", "less", *PICTURES))
#: The last rule that matches a file counts.
USUAL: tuple[Rule, ...] = (
    Rule("styles and pictures", STYLES, ("smoke", "visual", "lighthouse")),
    Rule("translations", ("**/*.po", "**/*.mo", "**/*.pot", "**/*.l10n.php"), ("smoke", "e2e", "visual")),
    Rule("documentation", ("**/*.md", "**/*.rst", "docs/**", "**/LICENSE", "**/LICENSE.txt", "CODEOWNERS")),
    Rule("development", (
        ".github/**", ".gitlab/**", ".gitlab-ci.yml", ".circleci/**", "bitbucket-pipelines.yml", ".vscode/**",
        ".devcontainer/**", ".wp-env.json", ".editorconfig", ".gitignore", ".gitattributes", ".prettierrc*",
        ".eslintrc*", ".stylelintrc*", ".phpcs.xml*", "phpcs.xml*", "phpstan*.neon*", "phpunit.xml*", "tests/**",
        ".pre-commit-config.yaml",
    )),
)  # fmt: skip
#: A lock file in which nothing of the site moves.
NOTHING = Rule("packages for development", ())
#: What a plugin does that no customer needs to buy.
BESIDE = Rule("plugin", (), ("smoke", "integrations", "security", "visual", "lighthouse"))
PLUGIN = re.compile(r"(?:^|/)(?:wp-content|app|content)/plugins/([^/]+)")
#: Plugins that a purchase runs through: the shop, gateways, delivery, prices, and caches, which serve carts of others.
PURCHASE_PATH = (
    "woocommerce", "woocommerce-*", "woo-*", "wc-*", "*-woocommerce", "*-for-woocommerce*", "easy-digital-downloads*",
    "edd-*", "surecart*", "*checkout*", "*cart*", "*order*", "*payment*", "*gateway*", "*subscription*", "*coupon*",
    "*discount*", "*voucher*", "*gift-card*", "*stripe*", "*paypal*", "*payu*", "*przelewy*", "*tpay*", "*paynow*",
    "*blik*", "*mollie*", "*klarna*", "*adyen*", "*braintree*", "*square*", "*autopay*", "*imoje*", "*shipping*",
    "*inpost*", "*furgonetka*", "*apaczka*", "*dpd*", "*dhl*", "*tax*", "*vat*", "*currency*", "*price*", "*stock*",
    "*inventory*", "*cache*", "wp-rocket", "autoptimize", "perfmatters", "wp-optimize", "sitepress-multilingual-cms",
    "polylang*",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Needs:
    """The checks a change needs, None for all; `touched` are what it touches in words, with the number of files."""

    checks: frozenset[str] | None
    touched: Mapping[str, int]

    @property
    def words(self) -> str:
        """`documentation (2 files), plugin akismet (14 files)`."""
        counted = [f"{what} ({count} file{'s' if count > 1 else ''})" for what, count in self.touched.items()]
        rest = f", and {len(counted) - 4} more" if len(counted) > 4 else ""
        return ", ".join(counted[:4]) + rest or "no file"


def needs(
    paths: Iterable[str],
    rules: Sequence[Rule] = (),
    purchase_path: Sequence[str] = (),
    packages: Mapping[str, Sequence[str]] | None = None,
) -> Needs:
    """What a change of these files needs; `rules` come after the usual ones, `purchase_path` are more plugins.

    `packages` has the files that say which packages there are, with the places whose code they change (as of
    `composer`): these count instead of the file.
    """
    checks: set[str] | None = set()
    touched: dict[str, int] = {}
    for path in sorted(paths):
        for place in (packages or {}).get(path, (path,)) or ("",):
            rule = _rule(place, rules, (*PURCHASE_PATH, *purchase_path)) if place else NOTHING
            touched[rule.what] = touched.get(rule.what, 0) + 1
            checks = None if checks is None or rule.checks is None else checks | set(rule.checks)
    return Needs(None if checks is None else frozenset(checks), touched)


def _rule(path: str, rules: Sequence[Rule], purchase_path: tuple[str, ...]) -> Rule:
    """What counts for a file: stated rules before plugins, plugins before what a file's name says."""
    for rule in reversed(rules):
        if path_matches(rule.paths, path):
            return rule
    if match := PLUGIN.search(path):
        name = match[1].removesuffix(".php")
        if any_matches(purchase_path, (name,)):
            return Rule(f"plugin {name}, on the purchase path", (), None)
        return Rule(f"plugin {name}", (), BESIDE.checks)
    for rule in reversed(USUAL):
        if path_matches(rule.paths, path):
            return rule
    return Rule("code", (), None)


def composer(before: str, after: str, *, lock: bool) -> tuple[str, ...] | None:
    """The places whose code a changed composer.json or composer.lock changes; None where more than versions differ.

    A plugin or theme is where WordPress has it (`wp-content/plugins/akismet/`), any other package below `vendor`. What
    composer.json requires counts by what its lock file says; packages for development count nowhere.
    """
    try:
        old, new = json.loads(before), json.loads(after)
    except (ValueError, RecursionError):
        return None
    if not (isinstance(old, dict) and isinstance(new, dict)):
        return None
    if not lock:
        return () if _fixed(old) == _fixed(new) else None
    was, now = _locked(old), _locked(new)
    return tuple(sorted(_place(one) for name in was.keys() | now.keys() if (one := _moved(was, now, name))))


def _fixed(manifest: Mapping[str, Any]) -> Mapping[str, Any]:
    """All that composer.json says beside versions."""
    names = {key: sorted(foreign.table(manifest, key)) for key in ("require", "require-dev")}
    return {**manifest, **names}


def _locked(lock: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    return {foreign.text(one, "name"): one for one in foreign.tables(lock, "packages")}


def _moved(was: Mapping[str, Any], now: Mapping[str, Any], name: str) -> Mapping[str, Any] | None:
    """The package where it differs."""
    old, new = was.get(name), now.get(name)
    if old and new and _identity(old) == _identity(new):
        return None
    return new or old


def _identity(package: Mapping[str, Any]) -> tuple[str, ...]:
    paths = (("version",), ("dist", "reference"), ("source", "reference"))
    return tuple(foreign.text(package, *path) for path in paths)


def _place(package: Mapping[str, Any]) -> str:
    name = foreign.text(package, "name")
    kind = {"wordpress-plugin": "plugins", "wordpress-theme": "themes", "wordpress-muplugin": "mu-plugins"}.get(
        foreign.text(package, "type")
    )
    return f"wp-content/{kind}/{name.rpartition('/')[2]}/" if kind else f"vendor/{name}/"
