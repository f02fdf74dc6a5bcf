"""`verify --changed` in a repository, and a staging that is held against production."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from maintainer.checks.base import Bench
from maintainer.commands.verify_checks import KINDS, Kind
from maintainer.evidence import Evidence, Looked
from tests.commands.verified import Verified, by_rule
from tests.loopback import Loopback, Reply, Served
from tests.shops.shop import SOUND, serving


class Quick:
    """A check that only says that it looked."""

    WRITES = False

    def __init__(self, name: str) -> None:
        self.NAME = name

    def measure(self, bench: Bench) -> Evidence:
        return Evidence(looked=(Looked(self.NAME, "seen", ""),))


class Site(Verified):
    """A repository with `main`, and a branch with a change to it."""

    def __init__(self, root: Path, shop: Loopback) -> None:
        super().__init__(root)
        self.shop = shop
        self.looks_at_shop()
        self.change({"index.php": "<?php\n"})
        self.git("switch", "--quiet", "--create", "change")

    def looks_at_shop(self, **more: Any) -> None:
        self.configure({"environments": {"staging": self.shop.url}, **more})

    def change(self, files: Mapping[str, str]) -> None:
        self.write(files)
        self.commit()

    def verify(self, *argv: str) -> tuple[int, dict[str, tuple[str, str]], str]:
        code, document, err = self.asked(*argv)
        return code, by_rule(document), err

    def looked(self, *argv: str) -> set[str]:
        _, verdicts, _ = self.verify("--changed", *argv)
        return {name.partition(" ")[0] for name, (outcome, _) in verdicts.items() if outcome == "pass"}


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    for name in (*KINDS, "e2e", "load"):
        monkeypatch.setitem(KINDS, name, Kind(lambda _, name=name: Quick(name)))  # type: ignore[misc]
    with serving(SOUND) as shop:
        yield Site(tmp_path / "site", shop)


def test_a_plugin_on_the_purchase_path_runs_the_checkout(site: Site) -> None:
    site.change({"wp-content/plugins/akismet/a.php": "<?php\n"})
    assert "e2e" not in site.looked()
    site.change({"wp-content/plugins/woocommerce/a.php": "<?php\n"})
    assert {"smoke", "e2e", "load"} <= site.looked()


def test_what_is_left_out_says_why(site: Site) -> None:
    site.change({"wp-content/themes/shop/style.css": "a{}"})
    code, verdicts, _ = site.verify("--changed")
    assert code == 0
    assert verdicts["e2e looked"] == (
        "skipped",
        "the change touches styles and pictures (1 file), which it doesn't look at",
    )


def test_documentation_needs_no_look_and_no_site(site: Site) -> None:
    site.change({"README.md": "A shop", ".github/workflows/tests.yml": "on: push"})
    code, verdicts, _ = site.verify("--changed")
    assert code == 0
    assert verdicts.pop("changed touches") == (
        "pass",
        "development (1 file), documentation (1 file): no check looks at that",
    )
    assert {outcome for outcome, _ in verdicts.values()} == {"skipped"}
    assert site.shop.requests == []


def test_what_nobody_committed_yet_counts(site: Site) -> None:
    site.change({"README.md": "A shop"})
    site.write({"index.php": "<?php\nnew_code();\n"})
    assert "e2e" in site.looked()


def test_only_and_the_configuration_choose_among_them(site: Site) -> None:
    site.change({"bin/import.php": "<?php\n"})
    assert site.looked("--only", "load") == {"load"}
    site.looks_at_shop(verify={"changed": [{"paths": ["bin/**", "maintainer.yml"], "checks": ["smoke"]}]})
    assert site.looked() == {"smoke"}
    assert site.looked("--only", "load") == {"changed"}


def test_composer_files_count_by_what_moves(site: Site) -> None:
    def lock(version: str) -> str:
        package = {"name": "wpackagist-plugin/akismet", "version": version, "type": "wordpress-plugin"}
        return json.dumps({"packages": [package]})

    site.git("switch", "--quiet", "main")
    site.change({"composer.json": '{"require": {"wpackagist-plugin/akismet": "^5"}}', "composer.lock": lock("5.3")})
    site.git("switch", "--quiet", "--create", "update")
    site.change({"composer.lock": lock("5.4")})
    assert "smoke" in site.looked()
    assert "e2e" not in site.looked()
    site.change({"composer.json": '{"require": {"wpackagist-plugin/akismet": "^5.4"}}'})
    assert "e2e" not in site.looked()
    site.change({"composer.json": '{"require": {}, "scripts": {"post-install-cmd": "make"}}'})
    assert "e2e" in site.looked()


def test_where_the_change_is_not_known_every_check_looks(site: Site) -> None:
    site.git("branch", "--quiet", "--delete", "--force", "main")
    code, verdicts, err = site.verify("--changed")
    assert err.startswith("--changed: what the change touches is not known")
    assert (code, verdicts["e2e seen"][0]) == (0, "pass")


def test_what_was_chosen_is_a_part_of_the_question(site: Site) -> None:
    def digest(*argv: str) -> str:
        return str(site.asked(*argv)[1]["config"])

    site.change({"README.md": "A shop"})
    assert digest() != digest("--changed")


# Staging beside production


def versions(**runs: str) -> Served:
    return Reply(200, {"php": "8.1.27", **runs}, {"content-type": "application/json"})


def alike(site: Site, live: Mapping[str, Served], **more: Any) -> tuple[int, tuple[str, str]]:
    with serving({**SOUND, **live}) as production:
        stated = {"production": production.url, "version_url": f"{production.url}/versions"}
        site.looks_at_shop(site=stated, **more)
        site.commit()
        code, verdicts, err = site.verify("--only", "smoke")
        assert verdicts, err
        return code, verdicts.get("environment like-production", ("", ""))


def test_a_staging_like_production_passes(site: Site) -> None:
    code, (outcome, reason) = alike(site, {})
    assert (code, outcome) == (0, "pass")
    assert reason == "as far as both show it: theme/shop, wordpress"


def test_a_staging_that_differs_is_no_yes(site: Site) -> None:
    site.shop.answers = {**site.shop.answers, "/versions": versions(wordpress="6.5.5")}
    live = {"/versions": versions(php="8.3.1", wordpress="6.4.5")}
    code, (outcome, reason) = alike(site, live)
    assert (code, outcome) == (3, "inconclusive")
    assert reason == (
        "staging differs from production beyond the change: php 8.3.1 there, 8.1.27 here; wordpress 6.4.5 there, 6.5.5 "
        "here. Bring them in line, or name what may differ: environments.production.may_differ: [php, wordpress]"
    )
    staging = {"staging": site.shop.url, "production": {"may_differ": ["php", "word*"]}}
    assert alike(site, live, environments=staging)[0] == 0


def test_what_the_change_moves_may_differ(site: Site) -> None:
    site.shop.answers = {**site.shop.answers, "/versions": versions(wordpress="6.5.5")}
    site.change({"wp-includes/version.php": "<?php\n"})
    assert alike(site, {"/versions": versions(wordpress="6.4.5")})[1][0] == "pass"


def test_a_production_that_does_not_answer_is_told(site: Site) -> None:
    code, (outcome, reason) = alike(site, {"/": Reply(403, "no")})
    assert (code, outcome) == (0, "skipped")
    assert "answers 403. Let this CI in there, or write environments.production.compare: false" in reason


def test_production_is_asked_nothing_where_it_is_not_to_be(site: Site) -> None:
    staging = {"staging": site.shop.url, "production": {"compare": "false"}}
    assert alike(site, {}, environments=staging)[1] == ("", "")


def test_that_staging_is_like_production_alone_is_no_yes(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(KINDS, "smoke", Kind(lambda _: "nothing is configured"))
    assert alike(site, {}) == (3, ("pass", "as far as both show it: theme/shop, wordpress"))
