"""The demo's material and its site: a real WordPress from packages of the npm registry, in a new git repository.

WordPress 6.4.5 and 6.5.5 come with `@wp-playground/wordpress-builds`, the SQLite plugin 2.1.11 with it and 2.2.17 with
`@wp-playground/cli`: a real plugin with a real history, on whose code the site itself runs.
"""

import json
import shutil
import zipfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from maintainer.errors import ToolFailed
from maintainer.process import minimal, run

BUILDS = "@wp-playground/wordpress-builds@0.9.19"
CLI = "@wp-playground/cli@3.1.2"
PLUGIN = "sqlite-database-integration"


@dataclass(frozen=True, slots=True)
class Material:
    """Folders of unpacked code: WordPress by version, the plugin by version."""

    wordpress: Mapping[str, Path]
    plugin: Mapping[str, Path]


def material(cache: Path, environment: Mapping[str, str]) -> Material:
    """Fetch and unpack what the demo is made of; done once for each cache folder.

    Raises `errors.ToolFailed` when npm is missing or its registry can't be reached.
    """
    done = Material(
        {version: cache / f"wordpress-{version}" for version in ("6.4.5", "6.5.5")},
        {version: cache / f"{PLUGIN}-{version}" for version in ("2.1.11", "2.2.17")},
    )
    if all(path.is_dir() for path in (*done.wordpress.values(), *done.plugin.values())):
        return done
    builds = _packed(BUILDS, cache, environment)
    for version, path in done.wordpress.items():
        _wordpress(builds, version.rpartition(".")[0], path)
    _plugin(builds, "src/sqlite-database-integration/sqlite-database-integration.zip", done.plugin["2.1.11"])
    _plugin(_packed(CLI, cache, environment), "sqlite-database-integration.zip", done.plugin["2.2.17"])
    return done


def _packed(package: str, cache: Path, environment: Mapping[str, str]) -> Path:
    """The unpacked package of the npm registry the user's npm is set up for."""
    into = cache / package.rpartition("@")[0].replace("/", "-").lstrip("@")
    done = into / "package"
    if done.is_dir():
        return done
    into.mkdir(parents=True, exist_ok=True)
    given = {name: value for name, value in environment.items() if name == "HOME" or name.lower().startswith("npm_")}
    packed = run(
        ["npm", "pack", "--silent", "--ignore-scripts", package],
        cwd=into,
        environment=minimal(environment, **given),
        seconds=600,
    )
    if packed.code:
        raise ToolFailed(f"npm could not fetch {package}, which the demo is made of: is its registry reachable?")
    archive = packed.text.split()[-1]
    wanted = ("package/src", "package/public/wp-6.4", "package/public/wp-6.5") if package == BUILDS else ("package",)
    partial = into / "partial"
    shutil.rmtree(partial, ignore_errors=True)
    partial.mkdir()
    _must(["tar", "-xzf", str(into / archive), *wanted], partial, minimal(environment))
    (partial / "package").rename(done)
    (into / archive).unlink()
    return done


def _wordpress(builds: Path, line: str, into: Path) -> None:
    """One WordPress as it is released: without the build's own database, configuration and plugin stub."""
    partial = into.with_suffix(".partial")
    shutil.rmtree(partial, ignore_errors=True)
    with zipfile.ZipFile(builds / f"src/wordpress/wp-{line}.zip") as archive:
        archive.extractall(partial)
    shutil.copytree(builds / f"public/wp-{line}", partial, dirs_exist_ok=True)
    for name in ("wp-config.php", "wordpress-remote-asset-paths", ".default_theme"):
        (partial / name).unlink(missing_ok=True)
    for name in ("database", f"plugins/{PLUGIN}"):
        shutil.rmtree(partial / "wp-content" / name, ignore_errors=True)
    partial.rename(into)


def _plugin(package: Path, archive: str, into: Path) -> None:
    partial = into.with_suffix(".partial")
    shutil.rmtree(partial, ignore_errors=True)
    with zipfile.ZipFile(package / archive) as opened:
        opened.extractall(partial)
    (inner,) = partial.iterdir()
    shutil.rmtree(inner / ".github", ignore_errors=True)
    inner.rename(into)
    partial.rmdir()


def zipped(folder: Path, into: Path, top: str, names: Iterable[str] | None = None) -> Path:
    """`folder` (or these entries of it) as a zip whose single top folder is `top`; the same bytes every time."""
    into.parent.mkdir(parents=True, exist_ok=True)
    entries = [folder / name for name in names] if names is not None else [folder]
    files = sorted(path for entry in entries for path in ([entry] if entry.is_file() else entry.rglob("*")))
    with zipfile.ZipFile(into, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for path in files:
            if path.is_file():
                archive.writestr(zipfile.ZipInfo(f"{top}/{path.relative_to(folder).as_posix()}"), path.read_bytes())
    return into


def build(site: Path, made_of: Material, environment: Mapping[str, str], packagist: str) -> None:
    """A fresh repository in `site` of a shop that fell behind; `packagist` is the Composer repository it uses."""
    shutil.rmtree(site, ignore_errors=True)
    shutil.copytree(made_of.wordpress["6.4.5"], site)
    plugin = site / "wp-content/plugins" / PLUGIN
    shutil.copytree(made_of.plugin["2.1.11"], plugin)
    (site / "wp-content/db.php").write_bytes((plugin / "db.copy").read_bytes())
    for path, text in _files(packagist).items():
        (site / path).parent.mkdir(parents=True, exist_ok=True)
        (site / path).write_bytes(text.encode())
    given = {name: value for name, value in environment.items() if name == "HOME" or name.lower().startswith("npm_")}
    tools = minimal(environment, **given)
    _must(
        ["npm", "install", "--package-lock-only", "--ignore-scripts", "--no-audit", "--no-fund", "--silent"],
        site / "wp-content/themes/example-child",
        tools,
    )
    composer = ["composer", "update", "--no-install", "--no-interaction", "--no-plugins", "--no-scripts", "--quiet"]
    _must(
        [*composer, "--with", "wpackagist-plugin/example-cache:1.3.0"], site, tools | {"COMPOSER_ALLOW_SUPERUSER": "1"}
    )
    author = {f"GIT_{who}_{what}": value for who in ("AUTHOR", "COMMITTER") for what, value in _PERSON.items()}
    for argv in (
        ["git", "init", "--quiet", "--initial-branch=main"],
        ["git", "add", "--all"],
        ["git", "commit", "--quiet", "--message=The shop as it is"],
        ["git", "tag", "v2026.36"],
    ):
        _must(argv, site, tools | author | {"GIT_CONFIG_GLOBAL": "/dev/null"})


_PERSON = {"NAME": "Shop developer", "EMAIL": "developer@shop.example", "DATE": "2026-09-01T09:00:00+00:00"}


def _must(argv: list[str], cwd: Path, environment: Mapping[str, str]) -> None:
    done = run(argv, cwd=cwd, environment=environment)
    if done.code:
        said = done.err.decode(errors="replace").strip()[-400:]
        raise ToolFailed(f"{' '.join(argv[:2])} failed while the demo was made: {said}")


def _files(packagist: str) -> dict[str, str]:
    """What a shop's repository holds beside WordPress."""
    composer = {
        "name": "example/shop",
        "description": "A shop that fell behind",
        "repositories": [{"type": "composer", "url": packagist}, {"packagist.org": False}],
        "require": {"php": ">=8.1", "wpackagist-plugin/example-cache": "^1.3"},
        "config": {"platform": {"php": "8.1.27"}, "secure-http": False},
    }
    child = {
        "name": "example-child",
        "private": True,
        "devDependencies": {"postcss": "^8.4.20", "stylelint": "^15.0.0"},
        "dependencies": {"is-number": "6.0.0"},
    }
    return {
        ".gitignore": "wp-config.php\nwp-content/database/\nwp-content/uploads/\nnode_modules/\n",
        "composer.json": json.dumps(composer, indent=4) + "\n",
        "requirements.txt": "# the import scripts need\nrequests==2.31.0\nsix==1.15.0  # pinned for the ERP client\n",
        "Dockerfile": "FROM php:8.1-fpm-alpine\nRUN docker-php-ext-install opcache\n",
        ".wp-env.json": '{\n\t// the same as production\n\t"phpVersion": "8.1",\n\t"plugins": [ "." ]\n}\n',
        ".php-version": "8.1\n",
        ".nvmrc": "20\n",
        ".github/workflows/tests.yml": _WORKFLOW,
        "wp-content/themes/example-child/style.css": _STYLE,
        "wp-content/themes/example-child/package.json": json.dumps(child, indent=2) + "\n",
        "maintainer.yml": _CONFIGURATION,
        "bin/staging": _STAGING,
    }


_CONFIGURATION = """\
extends: [ecommerce]
site:
  name: shop.example
  timezone: Europe/Warsaw
updates:
  limits:
    per_run: 20
    open: 20
release:
  notes:
    languages: [en, pl]
environments:
  staging:
    prepare: [sh, bin/staging]
    start: [php, -d, display_errors=1, -S, "127.0.0.1:{port}", -t, .]
    migrate: wordpress
    pass_env: [SHOP_DUMP, PHP_CLI_SERVER_WORKERS]
    ready: {path: /wp-login.php, status: 200, within: 60s}
verify:
  # A demo is over in minutes: without what asks for a hundred files, or loads each page many times.
  skip: [security, visual, lighthouse]
  bounds: {pages: 12, links: 60}
  pages:
    - {path: /, must: [Example shop]}
    - {path: "/?p=1", must: [Hello world!]}
"""

_STAGING = """\
#!/bin/sh
# What git doesn't hold: the configuration, and a database of its own for each site that is started.
set -e
cp "$SHOP_DUMP/wp-config.php" .
rm -rf wp-content/database
cp -R "$SHOP_DUMP/database" wp-content/database
"""

_WORKFLOW = """\
name: tests
on: [push]
jobs:
  lint:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v3
      - uses: shivammathur/setup-php@v2
        with:
          php-version: '8.1'   # as in production
      - run: php -l wp-content/themes/example-child/functions.php
"""

_STYLE = """\
/*
Theme Name: Example Child
Template: twentytwentyfour
Version: 1.0.0
Update URI: false
*/
"""
