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
