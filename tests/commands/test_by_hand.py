"""Code that someone changed here is told of by `plan`, and left to a person."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.commands.site import Site, plugin, site
from tests.loopback import Reply

CART = "wp-content/plugins/shop-cart"
OURS = {f"{CART}/shop-cart.php": plugin("1.3.0")["shop-cart.php"] + b"// ours\n"}
CHECKSUMS = "/plugin-checksums/shop-cart/1.3.0.json"


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Site]:
    with site(tmp_path) as made:
        yield made


def said(shop: Site) -> tuple[list[tuple[str, str]], list[Any]]:
    """The decisions on the plugin with their reasons, and the findings."""
    document = shop.plan()
    (cart,) = [found for found in document["dependencies"] if found["name"] == "shop-cart"]
    return [(one["decision"], one["reason"]) for one in cart["updates"]], document["findings"]


def test_changed_code_is_held_for_a_person(shop: Site) -> None:
    shop.write({**OURS, f"{CART}/added.php": b"<?php // ours\n"})
    decided, (finding,) = said(shop)
    assert decided == [("hold", "2 files differ from the published 1.3.0: someone changed them here")]
    assert (finding["kind"], finding["file"]) == ("modified", f"{CART}/shop-cart.php")
    assert "added.php, shop-cart.php" in finding["sentence"]
    _, out, _ = shop.maintainer("plan")
    assert "by hand" in out


def test_run_does_not_try(shop: Site) -> None:
    shop.write(OURS)
    code, out, _ = shop.maintainer("run", "--format", "json")
    assert code == 0
    assert [finding["kind"] for finding in json.loads(out)["findings"]] == ["modified"]
    assert not [path for path in shop.server.paths() if path.endswith(".zip")]


def test_what_git_did_to_it_is_no_change(shop: Site) -> None:
    crlf = {f"{CART}/{path}": data.replace(b"\n", b"\r\n") for path, data in plugin("1.3.0").items()}
    shop.write(crlf)
    shop.git("rm", "--quiet", f"{CART}/vendor/autoload.php")
    shop.git("commit", "--quiet", "--message", "ignored")
    assert [decision for decision, _ in said(shop)[0]] == ["allow"]


@pytest.mark.parametrize("answer", [Reply(404), Reply(500), {}, {"files": {"../x": {"md5": "0" * 32}}}, []])
def test_without_checksums_nothing_is_said_before_run(shop: Site, answer: Any) -> None:
    shop.write(OURS)
    shop.server.answers[CHECKSUMS] = answer
    decided, findings = said(shop)
    assert ([decision for decision, _ in decided], findings) == (["allow"], [])


def test_what_is_not_committed_yet_is_not_compared(shop: Site) -> None:
    shop.server.answers["/plugin-checksums/shop-cart/1.3.5.json"] = shop.server.answers[CHECKSUMS]
    (shop.root / f"{CART}/shop-cart.php").write_bytes(plugin("1.3.5")["shop-cart.php"])
    assert [decision for decision, _ in said(shop)[0]] == ["allow"]


def test_what_has_no_update_is_not_asked_about(shop: Site) -> None:
    shop.write({**OURS, "maintainer.yml": b"updates:\n  rules:\n    - packages: shop-cart\n      act: ignore\n"})
    assert [decision for decision, _ in said(shop)[0]] == ["deny"]
    assert CHECKSUMS not in shop.server.paths()


def test_a_folder_without_git_is_planned_too(shop: Site) -> None:
    shop.write(OURS)
    (shop.root / ".git").rename(shop.root.parent / "git")
    assert [decision for decision, _ in said(shop)[0]] == ["allow"]
