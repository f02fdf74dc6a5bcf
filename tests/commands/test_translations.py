"""Translations travel with their plugin, theme or WordPress."""

import io
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from maintainer.commands.translations import travelling
from maintainer.http import Http
from maintainer.model import Dependency, Release, Source, Span, Update
from maintainer.text import language_pack
from tests.commands.site import FILES, Site, site
from tests.loopback import Loopback, Reply

CART = "maintainer/wordpress-plugin-shop-cart"
PLUGINS = "wp-content/languages/plugins"
OLD, NEW = "0" * 32, "1" * 32

COMMITTED = {
    f"{PLUGINS}/shop-cart-pl_PL.mo": b"old",
    f"{PLUGINS}/shop-cart-pl_PL-{OLD}.json": b"{}",
    f"{PLUGINS}/shop-cart-extra-pl_PL.mo": b"another plugin's",
    f"{PLUGINS}/shop-cart-de_DE.mo": b"alt",
    f"{PLUGINS}/notes.txt": b"ours",
    "wp-content/languages/pl_PL.mo": b"core's",
}


def packed(files: Mapping[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for path, data in files.items():
            archive.writestr(path, data)
    return out.getvalue()


def answer(shop: Site, locale: str, version: str = "1.4.0") -> dict[str, Any]:
    address = f"{shop.server.url}/translation/{locale}.zip"
    return {"language": locale, "version": version, "updated": "2026-11-01 10:00:00", "package": address}


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Site]:
    with site(tmp_path, {**FILES, ".gitignore": b"vendor/\n*.mo\n", **COMMITTED}) as made:
        new = {"shop-cart-pl_PL.mo": b"new", "shop-cart-pl_PL.l10n.php": b"<?php", f"shop-cart-pl_PL-{NEW}.json": b"{}"}
        made.server.answers |= {
            "/translations/plugins/1.0/": {"translations": [answer(made, "pl_PL"), answer(made, "fr_FR")]},
            "/translation/pl_PL.zip": packed(new),
        }
        yield made


def languages(shop: Site, branch: str) -> dict[str, bytes]:
    listed = shop.git("ls-tree", "-r", "--name-only", branch, "wp-content/languages").text.split()
    return {path: shop.git("show", f"{branch}:{path}").out for path in listed}


def body(shop: Site) -> str:
    _, written, _ = shop.maintainer("proposals", "show", CART, "--format", "markdown")
    return written


def test_a_committed_pack_moves_along_and_nothing_else_does(shop: Site) -> None:
    code, out, err = shop.maintainer("run")
    assert code == 0, (out, err)
    changed = {path: data for path, data in COMMITTED.items() if "shop-cart-pl_PL" not in path}
    assert languages(shop, CART) == {
        **changed,
        f"{PLUGINS}/shop-cart-pl_PL.mo": b"new",
        f"{PLUGINS}/shop-cart-pl_PL.l10n.php": b"<?php",
        f"{PLUGINS}/shop-cart-pl_PL-{NEW}.json": b"{}",
    }
    asked = [request.query for request in shop.server.requests if request.path.startswith("/translations/")]
    assert asked == ["slug=shop-cart&version=1.4.0"]


def test_a_pack_that_is_not_published_stays_and_is_told_of(shop: Site) -> None:
    shop.maintainer("run")
    written = body(shop)
    unsure = written.partition("Not verified")[2].partition("\n")[0]
    assert "the de_DE translation of shop-cart stays as committed" in unsure.replace("\\", "")
    assert "pl_PL translation of shop-cart 1.4.0 is the one wordpress.org publishes" in written.replace("\\", "")


@pytest.mark.parametrize(
    ("path", "reply"),
    [
        ("/translations/plugins/1.0/", Reply(404)),
        ("/translations/plugins/1.0/", []),
        ("/translations/plugins/1.0/", {"translations": [{"language": "pl_PL", "version": {}}, None]}),
        ("/translation/pl_PL.zip", Reply(404)),
    ],
)
def test_what_cannot_be_had_costs_the_translation_only(shop: Site, path: str, reply: Any) -> None:
    shop.server.answers[path] = reply
    assert shop.maintainer("run")[0] == 0
    assert languages(shop, CART) == COMMITTED
    assert "the pl_PL translation of shop-cart stays as committed" in body(shop).replace("\\", "")


def test_the_pack_of_an_older_version_is_none(shop: Site) -> None:
    shop.server.answers["/translations/plugins/1.0/"] = {"translations": [answer(shop, "pl_PL", "1.3.0")]}
    shop.maintainer("run")
    assert languages(shop, CART) == COMMITTED


@pytest.mark.parametrize(
    "files",
    [
        {"shop-cart-pl_PL.mo": b"new", "shop-cart-extra-pl_PL.mo": b"new"},
        {"../../plugins/evil.php": b"<?php"},
        {"shop-cart-pl_PL.mo/x": b""},
        {"shop-cart-de_DE.mo": b"another language"},
        {"shop-cart-pl_PL.php": b"<?php"},
        {},
    ],
)
def test_an_archive_with_anything_else_is_refused(shop: Site, files: Mapping[str, bytes]) -> None:
    shop.server.answers["/translation/pl_PL.zip"] = packed(files)
    code, _, _ = shop.maintainer("run")
    assert code in (3, 5)
    assert CART not in shop.git("branch", "--list", "--format=%(refname:short)").text.split()


def test_a_site_without_translations_asks_for_none(tmp_path: Path) -> None:
    with site(tmp_path) as shop:
        shop.maintainer("run")
        assert not [path for path in shop.server.paths() if path.startswith("/translations/")]


@pytest.mark.parametrize(
    ("package", "name", "locale"),
    [
        ("woocommerce", "woocommerce-pl_PL.mo", "pl_PL"),
        ("woocommerce", f"woocommerce-pt_PT_ao90-{OLD}.json", "pt_PT_ao90"),
        ("woocommerce", "woocommerce-payments-pl_PL.mo", ""),
        ("woocommerce", "woocommerce-pl_PL.mo.bak", ""),
        ("a.b", "axb-pl_PL.mo", ""),
        ("", "pl_PL.po", "pl_PL"),
        ("", "admin-network-de_DE_formal.l10n.php", "de_DE_formal"),
        ("", "continents-cities-ckb.mo", "ckb"),
        ("", "woocommerce-pl_PL.mo", ""),
        ("", "admin.php", ""),
    ],
)
def test_a_file_tells_its_package_and_locale(package: str, name: str, locale: str) -> None:
    assert language_pack.locale(package, name) == locale


def update(manager: str, name: str, version: str, source: Source, root: str = "") -> Update:
    scheme = "composer" if manager == "composer" else "wordpress"
    found = Dependency(manager, "f", name, source, scheme, Span(0, 1), "1", "1", current="1", root=root)
    return Update(found, Release(version), version, "minor")


@pytest.mark.parametrize(
    ("moved", "tracked", "folder"),
    [
        (
            update("wordpress_core", "wordpress", "6.5.5", Source("wordpress", "core"), "wp"),
            ["wp/wp-content/languages/admin-pl_PL.mo", "languages/pl_PL.mo", "wp/wp-content/languages/de_DE_x.png"],
            "wp/wp-content/languages",
        ),
        (
            update("composer", "roots/wordpress", "6.5.5", Source("packagist", "roots/wordpress")),
            ["web/app/languages/pl_PL.mo", "web/app/themes/shop/languages/pl_PL.mo"],
            "web/app/languages",
        ),
        (
            update("composer", "wpackagist-theme/shop", "6.5.5", Source("packagist", "wpackagist-theme/shop")),
            ["web/app/languages/themes/shop-pl_PL.mo", "web/app/languages/plugins/shop-pl_PL.mo"],
            "web/app/languages/themes",
        ),
        (
            update(
                "wordpress_plugin", "shop", "6.5.5", Source("wordpress", "plugin:shop"), "a/wp-content/plugins/shop"
            ),
            ["a/wp-content/languages/plugins/shop-pl_PL.mo", "b/wp-content/languages/plugins/shop-pl_PL.mo"],
            "a/wp-content/languages/plugins",
        ),
        (update("composer", "acme/shop", "6.5.5", Source("packagist", "acme/shop")), ["app/languages/pl_PL.mo"], ""),
        (update("wordpress_plugin", "shop", "6.5.5", Source("vendors", "shop"), "plugins/shop"), ["x"], ""),
    ],
)
def test_packs_are_found_where_wordpress_looks_for_them(moved: Update, tracked: list[str], folder: str) -> None:
    pack = {"language": "pl_PL", "version": "6.5.5", "package": "https://downloads.wordpress.org/translation/x.zip"}
    answers = {f"/translations/{kind}/1.0/": {"translations": [pack]} for kind in ("core", "plugins", "themes")}
    with Loopback(answers) as server:
        found, stay = travelling(Http(bases={"wordpress-api": server.url}), tracked, [moved])
    assert ([pack.into for pack in found], stay) == ([folder] if folder else [], [])
