"""`config show` prints every effective value and where it comes from; `check` says what may be misread."""

import io
import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from maintainer import cli
from maintainer.config.schema import text as schema

SHOP = """\
site: {timezone: Europe/Warsaw, php: 8.10}
freeze:
  - {name: Black Week, from: 2026-11-23, to: 2026-11-30, lead: 72h}
registries: {urls: {packagist: https://a.example}}
"""


@pytest.fixture
def site(tmp_path: Path) -> Path:
    (tmp_path / "maintainer.yml").write_text(SHOP)
    return tmp_path


def config(site: Path, *argv: str, **environment: str) -> str:
    out, err = io.StringIO(), io.StringIO()
    now = datetime(2026, 11, 21, tzinfo=UTC)
    assert cli.run(["-C", str(site), "config", *argv], environment=environment, now=now, out=out, err=err) == 0
    assert err.getvalue() == ""
    return out.getvalue()


def test_show_names_the_origin_of_every_value(site: Path) -> None:
    shown = config(site, "show", MAINTAINER_NPM_URL="https://n.example").splitlines()
    for line in (
        "language: en  # policies/default.yml:4",
        "site.timezone: Europe/Warsaw  # maintainer.yml:1",
        "freeze[0].lead: 72h  # maintainer.yml:3",
        "freeze[0].applies_to: merge, deploy  # built in",
        "freeze[0].exempt.severities: high, critical  # built in",
        "registries.urls.packagist: https://a.example  # maintainer.yml:4",
        "registries.urls.npm: https://n.example  # environment MAINTAINER_NPM_URL",
    ):
        assert line in shown


def test_show_for_machines(site: Path) -> None:
    answer = json.loads(config(site, "show", "--format", "json"))
    assert answer["settings"]["site"]["php"] == "8.10"
    assert {"key": "updates.windows", "value": "(none)", "origin": "policies/default.yml:15"} in answer["values"]


def test_show_as_markdown(site: Path) -> None:
    assert "| site.timezone | Europe/Warsaw | maintainer.yml:1 |" in config(site, "show", "--format", "markdown")


def test_check_says_what_may_be_misread(site: Path) -> None:
    note, verdict = config(site, "check").splitlines()
    assert note.startswith("maintainer.yml:1:38: site.php: 8.10 is read as written. Put it in quotes ('8.10')")
    assert verdict == "maintainer.yml can be used: policies default · 5 rules · 1 freeze."
    assert json.loads(config(site, "check", "--format", "json"))["extends"] == ["default"]


def test_check_without_a_file(tmp_path: Path) -> None:
    assert config(tmp_path, "check").startswith(
        "No maintainer.yml, so the default policy alone applies: it can be used"
    )


def test_schema_is_the_published_one(tmp_path: Path) -> None:
    assert config(tmp_path, "schema") == schema()


def test_check_says_what_is_over(tmp_path: Path) -> None:
    (tmp_path / "maintainer.yml").write_text(
        "updates: {pins: [{package: a, owner: ann, until: 2026-11-20}, {package: b, owner: ann, until: 2026-11-21}]}\n"
        "freeze:\n"
        "  - {name: Summer, from: 2026-08-01, to: 2026-08-31}\n"
        "  - {name: Black Week, from: 2026-11-23, to: 2026-11-30}\n"
    )
    pin, freeze, _ = config(tmp_path, "check").splitlines()
    assert pin == "maintainer.yml:1: updates.pins[0]: a was pinned until 2026-11-20. Remove it, or renew it."
    assert freeze == 'maintainer.yml:3: freeze[0]: "Summer" is over. Remove it, or give it new dates.'


# What `changelog` and `release` name

PICTURE = b"\x89PNG\r\n\x1a\n" + bytes(32)
RELEASED = """\
changelog:
  packages:
    - {name: cart, path: packages/cart}
    - name: theme
      path: theme
      file: docs/theme.md
release:
  propose: true
  files: [{path: package.json}]
  notes:
    languages: [pl, en]
    brand:
      logo: docs/logo.png
"""


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    root = tmp_path / "shop"
    for folder in ("packages/cart", "theme", "docs"):
        (root / folder).mkdir(parents=True)
    (root / "maintainer.yml").write_text(RELEASED)
    (root / "package.json").write_text("{}")
    (root / "docs/logo.png").write_bytes(PICTURE)
    return root


def refused(root: Path) -> list[str]:
    """What is wrong, each mistake a line."""
    out, err = io.StringIO(), io.StringIO()
    assert cli.run(["-C", str(root), "config", "check"], environment={}, now=datetime(2026, 11, 22, tzinfo=UTC),
                   out=out, err=err) == 2  # fmt: skip
    assert out.getvalue() == ""
    return err.getvalue().splitlines()


def test_what_is_released_can_be_used(shop: Path) -> None:
    assert config(shop, "check").startswith("maintainer.yml can be used")


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        pytest.param(
            "[pl, en]", "[pl, pll]",
            'maintainer.yml:11:21: release.notes.languages[1]: there is no catalogue for "pll". Did you mean "pl"? '
            "Allowed: en, pl.", id="a language",
        ),
        pytest.param(
            "[pl, en]", "../../../etc",
            'maintainer.yml:11:16: release.notes.languages: there is no catalogue for "../../../etc". Allowed: en, pl.',
            id="a language alone",
        ),
        pytest.param(
            "docs/logo.png", "docs/logo.svg",
            "maintainer.yml:13:13: release.notes.brand.logo: docs/logo.svg can't be read from the working tree: "
            "No such file or directory. Put a PNG, JPEG or WebP there, or name another file.", id="a logo that is away",
        ),
        pytest.param(
            "docs/logo.png", "package.json",
            "maintainer.yml:13:13: release.notes.brand.logo: this is no PNG, JPEG or WebP. Save it as one of them "
            "(SVG can hold scripts).", id="a logo that is none",
        ),
        pytest.param(
            "package.json", "setup.py",
            "maintainer.yml:9:18: release.files[0].path: setup.py can't be read from the working tree: No such file or "
            "directory. Name a file that states the version.", id="a file",
        ),
        pytest.param(
            "packages/cart", "packages/basket",
            "maintainer.yml:3:26: changelog.packages[0].path: There is no folder packages/basket. Make it, or name "
            "another.", id="a package that is away",
        ),
        pytest.param(
            "packages/cart", "package.json",
            "maintainer.yml:3:26: changelog.packages[0].path: There is no folder package.json. Make it, or name "
            "another.", id="a package that is a file",
        ),
        pytest.param(
            "docs/theme.md", "doc/theme.md",
            "maintainer.yml:6:13: changelog.packages[1].file: There is no folder doc. Make it, or name another.",
            id="a changelog",
        ),
        pytest.param(
            "name: theme", "name: cart",
            'maintainer.yml:4:7: changelog.packages[1]: "cart" is already in line 3. Keep one of the two.', id="twins",
        ),
        pytest.param(
            "packages/cart", "../shop/theme",
            'maintainer.yml:3:26: changelog.packages[0].path: "../shop/theme" is no path in the repository. Write it '
            "from its root, such as docs/logo.png.", id="a way out",
        ),
    ],
)  # fmt: skip
def test_check_says_what_is_not_there(shop: Path, old: str, new: str, said: str) -> None:
    (shop / "maintainer.yml").write_text(RELEASED.replace(old, new))
    assert refused(shop) == [said]


def test_check_says_all_at_once_in_the_order_of_the_file(shop: Path) -> None:
    wrong = RELEASED.replace("packages/cart", "cart").replace("[pl, en]", "[de]").replace("logo.png", "logo.gif")
    (shop / "maintainer.yml").write_text(wrong)
    lines = [line.split(":")[1] for line in refused(shop)]
    assert lines == ["3", "11", "13"]


@pytest.mark.parametrize("target", ["outside", "docs", "theme"])
def test_check_follows_no_link(shop: Path, tmp_path: Path, target: str) -> None:
    """Neither out of the checkout nor inside of it, nor around in a circle."""
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside/logo.png").write_bytes(PICTURE)
    (shop / "theme").rmdir()
    (shop / "theme").symlink_to({"outside": tmp_path / "outside", "docs": shop / "docs"}.get(target, shop / "theme"))
    (shop / "maintainer.yml").write_text(RELEASED.replace("docs/logo.png", "theme/logo.png"))
    package, logo = refused(shop)
    assert "changelog.packages[1].path: " in package and "brand.logo: theme/logo.png " in logo
    if target != "theme":
        assert "theme is not inside the checkout: it is a link, or below one. Name another folder." in package
        assert "a folder above it is a symbolic link" in logo


def test_a_logo_that_is_a_link_is_refused(shop: Path) -> None:
    (shop / "docs/picture.png").write_bytes(PICTURE)
    (shop / "docs/logo.png").unlink()
    (shop / "docs/logo.png").symlink_to("picture.png")
    assert len(refused(shop)) == 1


def test_check_of_a_folder_inside(shop: Path) -> None:
    """Paths are from the repository's root, wherever it is asked."""
    (shop / ".git").mkdir()
    assert config(shop / "docs", "check").startswith("maintainer.yml can be used")
