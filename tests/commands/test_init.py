"""`init` writes what fits the site, overwrites nothing, and is the same the second time."""

import io
import json
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from maintainer import cli
from maintainer.commands.init import configured, onboarding
from maintainer.commands.site import forge, recognise
from maintainer.config.carried.found import found
from maintainer.config.load import load
from maintainer.writers.onboarding import body

NOW = datetime(2026, 11, 21, tzinfo=UTC)
VERSION = "<?php\n$wp_version = '6.4.5';\n"


def init(root: Path, *argv: str) -> tuple[int, str, str]:
    out, err = io.StringIO(), io.StringIO()
    code = cli.run(["-C", str(root), *argv, "init"], environment={"PATH": "/usr/bin:/bin"}, now=NOW, out=out, err=err)
    return code, out.getvalue(), err.getvalue()


def made(root: Path, files: dict[str, str], remote: str = "") -> Path:
    subprocess.run(["git", "init", "-q", str(root)], check=True)
    if remote:
        subprocess.run(["git", "-C", str(root), "remote", "add", "origin", remote], check=True)
    for path, text in files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text)
    return root


SITES: dict[str, tuple[dict[str, str], str, bool]] = {
    "classic": ({"wp-includes/version.php": VERSION}, "WordPress (classic)", False),
    "a classic shop": (
        {"wp-includes/version.php": VERSION, "wp-content/plugins/woocommerce/woocommerce.php": "<?php"},
        "WordPress (classic)",
        True,
    ),
    "a subfolder": ({"public/wp/wp-includes/version.php": VERSION}, "WordPress (in a subfolder)", False),
    "Bedrock": (
        {"composer.json": '{"require": {"roots/wordpress": "6.4.5"}}', "config/application.php": "<?php"},
        "WordPress (Bedrock)",
        False,
    ),
    "a Bedrock shop": (
        {"composer.json": '{"require": {"roots/wordpress": "*", "wpackagist-plugin/woocommerce": "9.*"}}'},
        "WordPress (Composer)",
        True,
    ),
    "content only": ({"wp-content/themes/acme/style.css": "/* */"}, "WordPress (content only)", False),
    "WP Engine": ({"plugins/acme/acme.php": "<?php", "themes/acme/style.css": ""}, "WordPress (content only)", False),
    "a Shopify theme": ({"layout/theme.liquid": "", "config/settings_schema.json": "[]"}, "Shopify theme", True),
    "a Shopify app": ({"shopify.app.toml": "", "package.json": "{}"}, "Shopify app", True),
    "headless": ({"package.json": '{"dependencies": {"@medusajs/medusa": "2"}}'}, "Node site", True),
    "PHP": ({"composer.json": "{}"}, "PHP site", False),
    "oscar": ({"requirements.txt": "django-oscar==4.2.1\n"}, "Python site", True),
    "broken": ({"composer.json": "{", "package.json": "\x00"}, "PHP site", False),
    "nothing": ({"README.md": "#"}, "nothing known", False),
    "only foreign code": ({"vendor/acme/composer.json": "{}"}, "nothing known", False),
}


@pytest.mark.parametrize("name", SITES)
def test_a_site_is_recognised(name: str) -> None:
    files, kind, shop = SITES[name]
    site = recognise(sorted(files), files.__getitem__, "")
    assert (site.kind, site.shop, site.policy) == (kind, shop, "ecommerce" if shop else "default")


@pytest.mark.parametrize(
    ("remote", "files", "expected"),
    [
        ("git@github.com:acme/shop.git", [], "github"),
        ("https://user@gitlab.example.pl/acme/shop.git", [], "gitlab"),
        ("ssh://git@git.example/acme/shop", [".gitlab-ci.yml"], "gitlab"),
        ("https://github.example/acme/gitlab", [], "github"),
        ("", [".github/workflows/test.yml"], "github"),
        ("https://git.example/github/shop.git", [], ""),
        ("", [], ""),
    ],
)
def test_the_forge_is_told_by_the_host_then_by_its_files(remote: str, files: list[str], expected: str) -> None:
    assert forge(files, remote) == expected


def test_versions_are_taken_from_where_they_stand() -> None:
    files = {
        "wp-includes/version.php": VERSION,
        "Dockerfile": "FROM wordpress:6.4-php8.2-apache\n",
        "package.json": '{"engines": {"node": ">=20"}}',
        "composer.json": '{"config": {"platform": {"php": "8.1.2"}}}',
    }
    assert recognise(sorted(files), files.__getitem__, "").versions == {
        "wordpress": ("6.4.5", "wp-includes/version.php"),
        "php": ("8.2", "Dockerfile"),
        "node": ("20", "package.json"),
    }


def test_what_plugins_and_wordpress_bring_along_says_nothing_of_the_site() -> None:
    files = {
        "wp-includes/version.php": VERSION,
        "wp-includes/crypto/composer.json": '{"require": {"php": "^5.2.4"}}',
        "wp-content/plugins/acme/composer.json": "{}",
        "wp-content/themes/twentytwenty/package-lock.json": "{}",
        "compose.yml": "services: {}",
        "docker-compose.yml": "services: {}",
        "api/.python-version": "3.13.1\n",
        "api/uv.lock": "",
    }
    site = recognise(sorted(files), files.__getitem__, "")
    assert site.built_with == ["uv", "Docker"]
    assert site.versions == {
        "python": ("3.13.1", "api/.python-version"),
        "wordpress": ("6.4.5", "wp-includes/version.php"),
    }


def test_a_shop_on_github_gets_both_files_and_can_use_them(tmp_path: Path) -> None:
    files = {"wp-includes/version.php": VERSION, "wp-content/plugins/woocommerce/woocommerce.php": "<?php"}
    root = made(tmp_path, files, "git@github.com:acme/shop.git")
    code, out, err = init(root)
    assert (code, err) == (0, "")
    assert "Found: WordPress (classic), a shop · WordPress 6.4.5" in out
    assert "Next:" in out
    assert load(root, {}).settings.extends == ("ecommerce",)
    assert load(root, {}).notes == ()
    text = (root / "maintainer.yml").read_text()
    assert "# php: '8.3'" in text
    assert fits("vendor.github-workflows", root / ".github" / "workflows" / "maintainer.yml")


def fits(schema: str, file: Path) -> bool:
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", schema, str(file)]
    return subprocess.run(command, capture_output=True).returncode == 0


def test_what_is_commented_out_can_be_used_too(tmp_path: Path) -> None:
    root = made(tmp_path, {"wp-includes/version.php": VERSION})
    init(root)
    lines = (root / "maintainer.yml").read_text().splitlines()
    keys = ("freeze", "updates", "  -", "   ", "  own", "  rules", "  production", "  staging", "  php", "extends")
    bare = [line.replace("# ", "", 1) for line in lines]
    kept = [
        new if line.lstrip().startswith("# ") and new.startswith(keys) and "as wp-" not in new else line
        for line, new in zip(lines, bare, strict=True)
    ]
    (root / "maintainer.yml").write_text("\n".join(kept) + "\n")
    settings = load(root, {}).settings
    assert (settings.freeze[0].name, settings.updates.own, settings.site.php) == (
        "Black Week",
        ("my-theme", "my-plugin"),
        "8.3",
    )


def test_gitlab_gets_a_file_to_include(tmp_path: Path) -> None:
    root = made(tmp_path, {"composer.json": "{}"}, "https://gitlab.com/acme/shop.git")
    _, out, _ = init(root)
    assert "in .gitlab-ci.yml: include: [{local: .gitlab/maintainer.gitlab-ci.yml}]" in out
    assert fits("vendor.gitlab-ci", root / ".gitlab" / "maintainer.gitlab-ci.yml")


def test_the_second_time_changes_nothing(tmp_path: Path) -> None:
    root = made(tmp_path, {"wp-includes/version.php": VERSION}, "git@github.com:acme/shop.git")
    init(root)
    before = {path: path.read_bytes() for path in root.rglob("*.yml")}
    code, out, _ = init(root)
    assert code == 0
    assert [line.split()[0] for line in out.splitlines() if line.startswith("  ") and ".yml" in line][:2] == [
        "unchanged",
        "unchanged",
    ]
    assert {path: path.read_bytes() for path in root.rglob("*.yml")} == before


@pytest.mark.parametrize("place", ["maintainer.yml", ".github/maintainer.yaml"])
def test_a_file_that_is_there_stays_and_ours_is_shown(tmp_path: Path, place: str) -> None:
    root = made(tmp_path, {place: "language: pl\r\n"})
    code, out, _ = init(root)
    assert code == 0
    assert (root / place).read_bytes() == b"language: pl\r\n"
    assert f"{place} is yours and stays as it is. Ours would say:" in out
    assert "    site:" in out
    assert [path.name for path in root.rglob("maintainer.*")] == [Path(place).name]


def test_a_link_that_leads_out_is_not_followed(tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (tmp_path / "site").mkdir()
    root = made(tmp_path / "site", {"README.md": ""}, "git@github.com:acme/shop.git")
    (root / ".github").symlink_to(outside)
    code, _, err = init(root)
    assert code == 4
    assert "leads out of the repository" in err
    assert list(outside.iterdir()) == []


def test_outside_git_it_says_so(tmp_path: Path) -> None:
    code, out, _ = init(tmp_path)
    assert code == 0
    assert "git init" in out
    assert "none seen, so no workflow" in out


def test_a_folder_inside_the_repository_is_as_good_as_its_root(tmp_path: Path) -> None:
    root = made(tmp_path, {"wp-content/themes/acme/style.css": ""})
    init(root / "wp-content" / "themes")
    assert (root / "maintainer.yml").is_file()


def test_for_machines(tmp_path: Path) -> None:
    root = made(tmp_path, {"composer.json": "{}"})
    answer: dict[str, Any] = json.loads(init(root, "--format", "json")[1])
    assert answer["site"]["kind"] == "PHP site"
    assert [(file["path"], file["did"]) for file in answer["files"]] == [("maintainer.yml", "written")]


def test_a_file_name_can_not_write_configuration() -> None:
    files = {"a\nlanguage: pl\n/.php-version": "8.2"}
    assert "\nlanguage" not in configured(recognise(list(files), files.__getitem__, ""))


# another bot's configuration

RENOVATE = """{
  // what the shop had
  extends: ["config:recommended", "group:allNonMajor", "local>acme/presets"],
  timezone: "Europe/Warsaw",
  labels: ["deps"],
  packageRules: [
    {matchPackageNames: ["left-pad"], enabled: false, description: "we don't"},
    {matchConfidence: ["high"], enabled: false},
  ],
  hostRules: [{matchHost: "satis.example", token: "hunter2-hunter2"}],
}
"""
DEPENDABOT = """version: 2
updates:
  - package-ecosystem: npm
    directory: /
    schedule: {interval: monthly}
    ignore: [{dependency-name: react, update-types: ["version-update:semver-major"]}]
"""


def test_what_renovate_and_dependabot_were_told_is_carried_over(tmp_path: Path) -> None:
    files = {"package.json": "{}", "renovate.json5": RENOVATE, ".github/dependabot.yml": DEPENDABOT}
    root = made(tmp_path, files, "git@github.com:acme/shop.git")
    code, out, err = init(root)
    assert (code, err) == (0, "")
    text = (root / "maintainer.yml").read_text()
    assert "# Carried over from renovate.json5 and .github/dependabot.yml;" in text
    assert "    # from renovate.json5 /packageRules/0\n    - packages: [left-pad]\n      act: ignore\n" in text
    assert "    # from .github/dependabot.yml updates[0] (line 3)\n    - managers: [npm]\n" in text
    settings = load(root, {}).settings
    assert load(root, {}).notes == ()
    assert settings.site.timezone == "Europe/Warsaw"
    assert [rule.act for rule in settings.updates.rules[-3:]] == [None, "ignore", "ignore"]
    assert "Carried over from renovate.json5 and .github/dependabot.yml: 3 rules." in out
    told = out.partition("Not carried over:\n")[2]
    assert (
        '  renovate.json5 /extends/2 local>acme/presets\n      extends: "local>acme/presets": the preset lies' in told
    )
    assert "  renovate.json5 /packageRules/1/matchConfidence\n      the whole rule:" in told
    assert '  .github/dependabot.yml updates[0] (line 3)\n      schedule: "monthly":' in told
    assert "set the variable SATIS_EXAMPLE_TOKEN" in told
    assert "hunter2" not in out + text
    assert "remove renovate.json5 and .github/dependabot.yml once maintainer has taken over" in out
    assert init(root)[1].count("unchanged") == 2


LIGHTHOUSE = """{"ci": {
  "collect": {"url": ["http://localhost:8080/", "http://localhost:8080/shop/"]},
  "assert": {"assertions": {
    "largest-contentful-paint": ["error", {"maxNumericValue": 2500}],
    "uses-http2": "error"
  }}
}}
"""


def test_budgets_that_other_tools_were_told_are_carried_over(tmp_path: Path) -> None:
    budget = '[{"path": "/shop/", "resourceSizes": [{"resourceType": "script", "budget": 100}]}]'
    root = made(tmp_path, {"index.html": "", "lighthouserc.json": LIGHTHOUSE, "budget.json": budget})
    code, out, err = init(root)
    assert (code, err) == (0, "")
    text = (root / "maintainer.yml").read_text()
    assert "# Carried over from lighthouserc.json and budget.json;" in text
    assert "    # from budget.json [0]\n    - pages: ['/shop/**']\n" in text
    assert load(root, {}).notes == ()
    verify = load(root, {}).whole.verify
    assert [page.path for page in verify.pages] == ["/", "/shop/"]
    assert [(one.pages, one.devices, one.limits) for one in verify.budgets] == [
        ((), ("mobile",), {"lcp": 2500.0}),
        (("/shop/**",), (), {"bytes_script": 102_400.0}),
    ]
    assert "Carried over from lighthouserc.json and budget.json: 2 budgets." in out
    assert '  lighthouserc.json ci.assert.assertions.uses-http2\n      "error": it is not measured here.' in out
    assert "maintainer verify --only lighthouse --url <address>" in out
    assert "two bots" not in out


def test_for_machines_what_is_not_carried_over_is_data(tmp_path: Path) -> None:
    root = made(tmp_path, {"renovate.json": '{"labels": ["a"], "weird": 1}'})
    answer = json.loads(init(root, "--format", "json")[1])
    assert answer["carried"] == {
        "files": ["renovate.json"],
        "not_carried": [
            {
                "file": "renovate.json",
                "where": "/weird",
                "what": "weird: 1",
                "why": "this option has no counterpart here.",
                "instead": "",
            }
        ],
    }
    assert load(root, {}).settings.updates.labels == ("a",)


@pytest.mark.parametrize(
    "text", ["{", "", "[" * 50_000, "\x00", "[]"], ids=["open", "empty", "deep", "binary", "a list"]
)
def test_a_broken_configuration_of_another_bot_is_told_and_init_goes_on(tmp_path: Path, text: str) -> None:
    root = made(tmp_path, {"renovate.json": text, ".github/dependabot.yml": text, "package.json": "{}"})
    code, out, err = init(root)
    assert (code, err) == (0, "")
    assert out.count("the whole file: ") == 2
    assert load(root, {}).settings.updates.rules[0].act == "propose"  # the policy's


def test_only_the_configuration_renovate_would_read_is(tmp_path: Path) -> None:
    files = {
        "renovate.json": '{"labels": ["a"]}',
        ".renovaterc": '{"labels": ["b"]}',
        "package.json": '{"renovate": {"labels": ["c"]}}',
        "theme/renovate.json": '{"labels": ["d"]}',
    }
    assert load(ready(tmp_path / "1", files), {}).settings.updates.labels == ("a",)
    del files["renovate.json"]
    assert load(ready(tmp_path / "2", files), {}).settings.updates.labels == ("b",)
    del files[".renovaterc"]
    assert load(ready(tmp_path / "3", files), {}).settings.updates.labels == ("c",)


def ready(root: Path, files: dict[str, str]) -> Path:
    root.mkdir()
    init(made(root, files))
    return root


def test_a_link_to_a_configuration_elsewhere_is_not_read(tmp_path: Path) -> None:
    (tmp_path / "outside.json").write_text('{"labels": ["secret"]}')
    (tmp_path / "site").mkdir()
    root = made(tmp_path / "site", {"README.md": ""})
    (root / "renovate.json").symlink_to(tmp_path / "outside.json")
    _, out, _ = init(root)
    assert "secret" not in out + (root / "maintainer.yml").read_text()


def test_the_onboarding_proposal_says_the_same() -> None:
    files = {"package.json": "{}", "renovate.json5": RENOVATE}
    site = recognise(sorted(files), files.__getitem__, "git@gitlab.com:acme/shop.git")
    shown = body(onboarding(site, found(files, files.__getitem__), ["maintainer.yml"], "| plan |"))
    assert "| `renovate.json5 /packageRules/0` | `updates.rules[1]: packages: [left-pad], act: ignore" in shown
    assert "| `renovate.json5 /packageRules/1/matchConfidence` | the whole rule |" in shown
    assert "<details><summary>What the first run would do</summary>\n\n| plan |" in shown
    assert "MAINTAINER\\_INSTALL" in shown
