"""The file, the policies beneath it and the environment above it, with the origin of each value."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from maintainer.config.load import Config, load, variable
from maintainer.config.names import MANAGERS
from maintainer.config.whole import Whole
from maintainer.errors import ConfigurationError
from maintainer.model import Limits
from maintainer.policy.rulebook import Pin, Rule
from maintainer.policy.wall_clock import Duration

SHOP = """\
extends: [ecommerce]
site:
  production: https://shop.example.pl
  staging: https://pr-{number}.staging.example.pl
  timezone: Europe/Warsaw
freeze:
  - name: Black Week
    from: 2026-11-23
    to: 2026-11-30
    lead: 72h
"""


def loaded(root: Path, text: str, **environment: str) -> Config:
    (root / "maintainer.yml").write_text(text, encoding="utf-8")
    return load(root, environment)


def test_the_shop_of_the_documentation(tmp_path: Path) -> None:
    config = loaded(tmp_path, SHOP)
    assert config.settings.site.timezone == "Europe/Warsaw"
    assert config.file == "maintainer.yml"
    (freeze,) = config.rulebook.calendar.freezes
    (span,) = freeze.series.between(datetime(2026, 1, 1, tzinfo=UTC), datetime(2028, 1, 1, tzinfo=UTC))
    assert span == (datetime(2026, 11, 19, 23, tzinfo=UTC), datetime(2026, 11, 30, 23, tzinfo=UTC))
    assert freeze.applies_to == {"merge", "deploy"}
    assert freeze.exempt.severities == {"high", "critical"}
    assert config.origins["site.timezone"] == "maintainer.yml:5"
    assert config.origins["freeze[0].lead"] == "maintainer.yml:10"
    assert config.origins["updates.minimum_age"].startswith("policies/default.yml:")
    assert config.origins["updates.rules[5].group"].startswith("policies/ecommerce.yml:")


def test_without_a_file_the_default_policy_holds(tmp_path: Path) -> None:
    config = load(tmp_path, {})
    assert config.file == ""
    assert config.settings.updates.minimum_age == Duration(days=3)
    assert config.rulebook.limits == Limits(5, 10)
    assert {origin.partition(":")[0] for origin in config.origins.values()} == {"policies/default.yml"}


@pytest.mark.parametrize(
    "place", ["maintainer.yml", "maintainer.yaml", ".github/maintainer.yml", ".gitlab/maintainer.yaml"]
)
def test_the_file_is_found(tmp_path: Path, place: str) -> None:
    file = tmp_path / place
    file.parent.mkdir(exist_ok=True)
    file.write_text("language: pl\n")
    config = load(tmp_path, {})
    assert (config.settings.language, config.file, config.origins["language"]) == ("pl", place, f"{place}:1")


def test_the_file_is_found_from_a_folder_of_the_repository(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    (tmp_path / "maintainer.yml").write_text("language: pl\n")
    inside = tmp_path / "wp-content" / "plugins"
    inside.mkdir(parents=True)
    assert load(inside, {}).settings.language == "pl"


def test_two_files_are_an_error(tmp_path: Path) -> None:
    (tmp_path / ".github").mkdir()
    (tmp_path / ".github" / "maintainer.yml").write_text("")
    (tmp_path / "maintainer.yml").write_text("")
    with pytest.raises(ConfigurationError, match=r"maintainer\.yml and \.github/maintainer\.yml are both there"):
        load(tmp_path, {})


def test_a_file_that_is_none_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "maintainer.yml").mkdir()
    with pytest.raises(ConfigurationError, match="is no file"):
        load(tmp_path, {})
    (tmp_path / "maintainer.yml").rmdir()
    (tmp_path / "maintainer.yml").symlink_to("nowhere")
    with pytest.raises(ConfigurationError, match="is no file"):
        load(tmp_path, {})
    with pytest.raises(ConfigurationError, match="is no file"):
        load(tmp_path, {}, file=tmp_path / "other.yml")


def test_an_unknown_policy_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError) as caught:
        loaded(tmp_path, "extends: [strict, ecomerce]\n")
    assert caught.value.message == (
        'maintainer.yml:1:19: extends[1]: "ecomerce" is no policy. Did you mean "ecommerce"? '
        "Allowed: black-week, brochure, christmas-pl, default, ecommerce, strict."
    )
    for text in ("extends: 5\n", "extends: [[strict]]\n", "extends: {a: b}\n", "extends: ../strict\n", "extends: ''\n"):
        with pytest.raises(ConfigurationError):
            loaded(tmp_path, text)


def test_later_policies_go_before_earlier_ones_and_the_file_before_all(tmp_path: Path) -> None:
    config = loaded(tmp_path, "extends: [strict, brochure]\nupdates: {limits: {open: 7}}\n")
    assert config.rulebook.limits == Limits(per_run=3, open=7)
    assert config.settings.updates.minimum_age == Duration(days=7)
    assert [window.days for window in config.settings.updates.windows] == [frozenset({0})]
    assert config.origins["updates.limits.open"] == "maintainer.yml:2"
    assert config.origins["updates.limits.per_run"].startswith("policies/brochure.yml:")


def test_named_lists_merge_by_name_and_rules_append(tmp_path: Path) -> None:
    text = """\
updates:
  groups:
    - name: CI actions
      bumps: [patch]
    - name: blocks
      packages: acme-block-*
  rules:
    - packages: [acme/legacy]
      act: ignore
"""
    updates = loaded(tmp_path, text).settings.updates
    before = loaded(tmp_path, "").settings.updates
    assert [group.name for group in updates.groups] == ["theme tooling", "PHP dev tools", "CI actions", "blocks"]
    assert updates.groups[2].bumps == ("patch",)
    assert updates.groups[2].managers == ("github_actions", "gitlab_ci")
    assert updates.groups[3].packages == ("acme-block-*",)
    assert updates.rules[:-1] == before.rules
    assert updates.rules[-1].packages == ("acme/legacy",)


def test_one_name_twice_in_a_file_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=r'maintainer.yml:3:5: freeze\[1\]: "a" is already in line 2'):
        loaded(tmp_path, "freeze:\n  - {name: a, from: 2026-01-01, to: 2026-01-02}\n  - {name: a}\n")


def test_the_environment_sets_base_urls(tmp_path: Path) -> None:
    text = "registries: {urls: {packagist: https://a.example, npm: https://n.example}}\n"
    config = loaded(
        tmp_path, text, MAINTAINER_PACKAGIST_URL="https://b.example/", MAINTAINER_WORDPRESS_API_URL="http://127.0.0.1:9"
    )
    assert config.urls == {
        "packagist": "https://b.example",
        "npm": "https://n.example",
        "wordpress-api": "http://127.0.0.1:9",
    }
    assert config.origins["registries.urls.packagist"] == "environment MAINTAINER_PACKAGIST_URL"
    assert config.origins["registries.urls.npm"] == "maintainer.yml:1"


def test_a_bad_base_url_in_the_environment_is_an_error_and_not_repeated(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"^MAINTAINER_NPM_URL \(environment\)") as caught:
        load(tmp_path, {"MAINTAINER_NPM_URL": "https://me:hunter2@n.example"})
    assert "hunter2" not in caught.value.message


def test_a_base_url_under_nearly_the_right_name_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="Did you mean MAINTAINER_PACKAGIST_URL"):
        load(tmp_path, {"MAINTAINER_PACKAGISTS_URL": "https://n.example"})
    load(tmp_path, {"MAINTAINER_SOMETHING_ELSE_URL": "x"})
    assert variable("wordpress-api") == "MAINTAINER_WORDPRESS_API_URL"


def test_what_other_readers_of_yaml_misread_is_noted(tmp_path: Path) -> None:
    config = loaded(tmp_path, "site:\n  php: 8.10\n  node: '22'\n  name: no\n")
    assert config.rulebook.runs == {"php": "8.10", "node": "22"}
    assert [note.partition(" Put")[0] for note in config.notes] == [
        "maintainer.yml:2:8: site.php: 8.10 is read as written.",
        "maintainer.yml:4:9: site.name: no is read as written.",
    ]


def test_the_rulebook_says_what_the_settings_say(tmp_path: Path) -> None:
    text = """\
site: {timezone: Europe/Warsaw, woocommerce: '9.4'}
updates:
  minimum_age: 36h
  windows: mon-fri 09:00-17:00
  strategy: widen
  labels: [maintenance]
  own: [my-theme]
  pins:
    - {package: acme/slider, owner: ann, until: 2026-12-31, reason: broken, allowed: <3}
  rules:
    - {packages: x, minimum_age: 0h, windows: [], allowed: <9, prereleases: true, reason: because}
"""
    book = loaded(tmp_path, text).rulebook
    first, *_, last_but_one, last = book.rules
    assert (first.minimum_age, first.strategy, first.prereleases, first.act) == (
        timedelta(hours=36),
        "widen",
        False,
        None,
    )
    assert first.windows is not None
    assert first.windows[0].since == 540
    assert last_but_one == Rule(
        packages=("x",), minimum_age=timedelta(), windows=(), allowed="<9", prereleases=True, reason="because"
    )
    assert (last.packages, last.act) == (("my-theme",), "ignore")
    assert book.pins == (Pin("acme/slider", "ann", datetime(2026, 12, 31).date(), "broken", "<3"),)  # noqa: DTZ001
    assert (book.labels, book.runs, book.timezone) == (("maintenance",), {"woocommerce": "9.4"}, "Europe/Warsaw")


def test_a_custom_manager_may_be_named_in_rules(tmp_path: Path) -> None:
    text = """\
updates:
  custom:
    - name: jquery
      files: "web/index.html"
      pattern: 'jquery-(?P<version>[\\d.]+)\\.min\\.js'
      package: jquery
      datasource: npm
      scheme: npm
  rules:
    - {managers: jquery, act: approve}
"""
    (custom,) = loaded(tmp_path, text).settings.updates.custom
    assert custom.manager().files == ("web/index.html",)
    assert custom.name not in MANAGERS


def test_a_ca_file_that_is_not_there_is_told_before_anything_is_asked(tmp_path: Path) -> None:
    text = "registries:\n  ca_file: ci/our-ca.pem\n"
    with pytest.raises(ConfigurationError, match=r"maintainer\.yml:2: registries\.ca_file: .*our-ca\.pem is no file"):
        loaded(tmp_path, text)
    (tmp_path / "ci").mkdir()
    (tmp_path / "ci/our-ca.pem").write_bytes(b"")
    assert loaded(tmp_path, text).settings.registries.ca_file == "ci/our-ca.pem"


@pytest.mark.parametrize("allowed", ["<9.0", "~8.2", "^1.2 || ^2", ">=1,<2", "9.x", "1.2.3-alpine", "==1.*"])
def test_a_constraint_of_any_scheme_is_allowed(tmp_path: Path, allowed: str) -> None:
    assert loaded(tmp_path, f"updates: {{rules: [{{packages: acme, allowed: '{allowed}'}}]}}\n").settings.updates.rules


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("verify: {smok: {}}\n", r'maintainer\.yml:1:10: verify\.smok: is unknown\. Did you mean "smoke"\?'),
        ("environments: {staging: {url: shop}}\n", r"maintainer\.yml:1:31: environments\.staging\.url: "),
        ("verifi: {}\n", r'verifi: is unknown\. Did you mean "verify"\?'),
    ],
)
def test_a_mistake_in_how_a_site_is_looked_at_is_told_whatever_is_asked(
    tmp_path: Path, text: str, sentence: str
) -> None:
    with pytest.raises(ConfigurationError, match=sentence):
        loaded(tmp_path, text)


def test_what_nobody_wrote_of_looking_is_read_when_it_is_asked_for(tmp_path: Path) -> None:
    assert not isinstance(load(tmp_path, {}).settings, Whole)
    assert load(tmp_path, {}).whole.verify.bounds.pages == 40
    assert loaded(tmp_path, "verify: {bounds: {pages: 7}}\n").whole.verify.bounds.pages == 7
    assert loaded(tmp_path, "verify: {bounds: {pages: 7}}\n").whole.site == load(tmp_path, {}).settings.site
