"""Code whose publisher the configuration tells: a vendor's, updated like any other; the site's own, left alone."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.commands.site import Site, site, zipped
from tests.loopback import Reply, Request

KEY = "s3cr3t/licence+key"
SLIDER = "wp-content/plugins/acme-slider"
BRANCH = "maintainer/vendors-acme-slider"


def slider(version: str, update_uri: str = "https://acme.example/slider") -> dict[str, bytes]:
    header = f"<?php\n/*\nPlugin Name: Acme Slider\nVersion: {version}\nUpdate URI: {update_uri}\n*/\n"
    return {"acme-slider.php": header.encode(), "src/slide.php": f"<?php // {version}\n".encode()}


def manifest(shop: Site, version: str) -> dict[str, Any]:
    return {
        "name": "Acme Slider",
        "version": version,
        "download_url": f"{shop.server.url}/download/{version}.zip?token={KEY}",
        "homepage": f"https://acme.example/?licence={KEY}",
        "last_updated": "2026-10-01 16:17:00",
        "sections": {"changelog": f"<h4>{version}</h4><p>Faster slides, for {KEY}</p>"},
    }


def configured(shop: Site, vendor: str, **more: str) -> dict[str, bytes]:
    lines = "".join(f"  {key}: {value}\n" for key, value in more.items())
    text = f"registries:\n  vendors:\n    - name: Acme\n      packages: ['acme-*']\n{vendor}\n"
    return {"maintainer.yml": (text + (f"updates:\n{lines}" if lines else "")).encode()}


def checker(shop: Site) -> str:
    return (
        "      format: plugin-update-checker\n"
        f"      url: {shop.server.url}/{{key}}/{{package}}.json\n"
        "      key_env: ACME_KEY\n"
    )


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Site]:
    with site(tmp_path) as made:
        made.environment["ACME_KEY"] = KEY
        made.write({f"{SLIDER}/{path}": data for path, data in slider("1.9").items()})
        made.server.answers["/download/2.0.zip"] = zipped(slider("2.0"), "acme-slider")
        yield made


def everything(shop: Site) -> str:
    """All that a run leaves behind and says."""
    said = [text for kind in ("json", "text", "markdown") for text in shop.maintainer("run", "--format", kind)[1:]]
    kept = "".join(shop.state()["kept"].values())
    history = shop.git("log", "--all", "--format=%B").text
    _, body, _ = shop.maintainer("proposals", "show", BRANCH, "--format", "markdown")
    return "".join(said) + kept + history + body


@pytest.mark.parametrize("update_uri", ["https://acme.example/slider", ""])
def test_a_vendors_plugin_is_updated_like_any_other(shop: Site, update_uri: str) -> None:
    shop.write(
        {f"{SLIDER}/{path}": data for path, data in slider("1.8", update_uri).items()} | configured(shop, checker(shop))
    )
    shop.server.answers["/s3cr3t%2Flicence%2Bkey/acme-slider.json"] = manifest(shop, "2.0")
    (found,) = [d for d in shop.plan()["dependencies"] if d["name"] == "acme-slider"]
    assert (found["source"], found["current"], found["latest"]) == ("vendors", "1.8", "2.0")
    said = everything(shop)
    shop.maintainer("proposals", "approve", f"{BRANCH}-major")
    shop.maintainer("run")
    said += everything(shop)
    listed = shop.git("ls-tree", "-r", "--name-only", f"{BRANCH}-major", f"{SLIDER}/").text.split()
    tree = {path.removeprefix(f"{SLIDER}/"): shop.git("show", f"{BRANCH}-major:{path}").out for path in listed}
    assert tree == slider("2.0")
    assert "Faster slides" in said
    assert KEY not in said
    assert "s3cr3t%2F" not in said


def test_easy_digital_downloads_is_asked_with_item_and_licence(shop: Site) -> None:
    vendor = f"      format: edd\n      url: {shop.server.url}/store\n      item: '12'\n      key_env: ACME_KEY"
    shop.write(configured(shop, vendor))
    asked: list[str] = []

    def store(request: Request) -> Any:
        asked.append(request.query)
        answer = manifest(shop, "1.9.1")
        return answer | {"new_version": "1.9.1", "package": answer["download_url"], "url": "https://acme.example/"}

    shop.server.answers |= {"/store": store, "/download/1.9.1.zip": zipped(slider("1.9.1"), "acme-slider")}
    code, out, err = shop.maintainer("run")
    assert code == 0, (out, err)
    assert set(asked) == {"edd_action=get_version&item_id=12&slug=acme-slider&license=s3cr3t%2Flicence%2Bkey"}
    assert b"Version: 1.9.1" in shop.git("show", f"{BRANCH}:{SLIDER}/acme-slider.php").out
    assert KEY not in everything(shop) + out + err


def test_a_vendor_that_fails_costs_its_packages_and_shows_no_key(shop: Site) -> None:
    shop.write(configured(shop, checker(shop)))
    code, out, err = shop.maintainer("plan", "--format", "json")
    assert code == 3
    assert "acme-slider" in out
    assert "cr3t" not in out + err
    shop.server.answers["/s3cr3t%2Flicence%2Bkey/acme-slider.json"] = manifest(shop, "1.9.1")
    shop.server.answers["/download/1.9.1.zip"] = Reply(404)
    assert shop.maintainer("run")[0] == 3
    assert "cr3t" not in everything(shop)
    del shop.environment["ACME_KEY"]
    code, out, err = shop.maintainer("plan", "--format", "json")
    assert (code, "ACME_KEY" in out) == (2, True)


def test_without_a_vendor_it_is_left_alone_and_says_why(shop: Site) -> None:
    document = shop.plan()
    assert "acme-slider" not in {d["name"] for d in document["dependencies"]}
    assert [finding["kind"] for finding in document["findings"]] == ["own-updates"]


def test_own_code_is_never_a_dependency(shop: Site) -> None:
    own = "[acme-slider, shop-cart, our-theme]"
    theme = b"/*\nTheme Name: Ours\nVersion: 1.0\n*/\n"
    false = {f"wp-content/plugins/acme-forms/{p}": d for p, d in slider("1.0", "false").items()}
    shop.write({"wp-content/themes/our-theme/style.css": theme} | false | configured(shop, checker(shop), own=own))
    document = shop.plan()
    assert {d["name"] for d in document["dependencies"]} == {"is-odd", "sass", "actions/cache"}
    assert {finding["kind"] for finding in document["findings"]} == {"own-code"}
    assert len(document["findings"]) == 4
    assert not [path for path in shop.server.paths() if "info" in path]
