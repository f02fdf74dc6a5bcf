"""All packages of lock files, in every format that is about; test_npm_commands.py has the real tools' own."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from maintainer.managers.locked import READERS, Locked, packages


def node(name: str, version: str, *, dev: bool = False) -> Locked:
    return Locked("npm", name, version, dev)


NPM_1 = {
    "lockfileVersion": 1,
    "dependencies": {
        "sass": {"version": "1.70.0", "dependencies": {"chokidar": {"version": "3.6.0", "dev": True}}},
        "odd": {"version": "npm:is-odd@3.0.1"},
        "own": {"version": "git+ssh://git@forge.example/own.git#0a1b"},
    },
}
NPM_3 = {
    "lockfileVersion": 3,
    "packages": {
        "": {"name": "shop", "version": "1.0.0"},
        "packages/a": {"version": "1.0.0"},
        "node_modules/a": {"resolved": "packages/a", "link": True},
        "node_modules/@types/node": {"version": "22.1.0", "dev": True},
        "node_modules/odd": {"name": "is-odd", "version": "3.0.1"},
        "packages/a/node_modules/semver": {"version": "7.5.2"},
        "node_modules/sass/node_modules/semver": {"version": "7.6.0", "devOptional": True},
        "node_modules/unknown": {},
    },
}
PNPM_5 = """\
lockfileVersion: 5.4
dependencies:
  sass: 1.70.0
packages:

  /@types/node/22.1.0:
    resolution: {integrity: sha512-a}
    dev: true

  /react-dom/18.2.0_react@18.2.0:
    resolution: {integrity: sha512-a}
    dependencies:
      react: 18.2.0
    dev: false
"""
PNPM_6 = """\
lockfileVersion: '6.0'

packages:

  /@types/node@22.1.0:
    resolution: {integrity: sha512-a}
    dev: true

  /react-dom@18.2.0(react@18.2.0):
    resolution: {integrity: sha512-a}
    dev: false

  github.example/own/0a1b:
    resolution: {tarball: https://github.example/own.tgz}
    name: own
    version: 1.0.0
"""
PNPM_9 = """\
lockfileVersion: '9.0'
importers:
  .:
    dependencies: {}

packages:

  '@types/node@22.1.0':
    resolution: {integrity: sha512-a}

  react-dom@18.2.0:
    resolution: {integrity: sha512-a}
    peerDependencies:
      react: ^18.2.0

snapshots:

  react-dom@18.2.0(react@18.3.0): {}
"""
YARN = """\
# yarn lockfile v1


"@types/node@*", "@types/node@^22.0.0":
  version "22.1.0"
  resolved "https://registry.example/@types/node/-/node-22.1.0.tgz#0a"

"odd@npm:is-odd@^3.0.0":
  version "3.0.1"

sass@^1.70.0:
  version "1.70.0"
"""
BERRY = """\
__metadata:
  version: 8

"@types/node@npm:^22.0.0":
  version: 22.1.0
  resolution: "@types/node@npm:22.1.0"

"odd@npm:is-odd@^3.0.0":
  version: 3.0.1
  resolution: "is-odd@npm:3.0.1"

"shop@workspace:.":
  version: 0.0.0-use.local
  resolution: "shop@workspace:."

"typescript@patch:typescript@npm%3A5.4.5#optional!builtin<compat/typescript>":
  version: 5.4.5
  resolution: "typescript@patch:typescript@npm%3A5.4.5#optional!builtin<compat/typescript>::version=5.4.5&hash=5adc0c"

"typescript@npm:5.4.5":
  version: 5.4.5
  resolution: "typescript@npm:5.4.5"
"""
COMPOSER = {
    "packages": [{"name": "symfony/mailer", "version": "v7.1.2"}],
    "packages-dev": [{"name": "phpunit/phpunit", "version": "11.2.0"}, {"name": "no/version"}],
}
UV = """\
version = 1

[[package]]
name = "shop"
version = "0.1.0"
source = { virtual = "." }

[[package]]
name = "requests"
version = "2.32.3"
source = { registry = "https://index.example/simple" }
"""
POETRY = """\
[[package]]
name = "requests"
version = "2.32.3"
groups = ["main"]

[[package]]
name = "pytest"
version = "8.2.0"
groups = ["dev"]

[[package]]
name = "old"
version = "1.0"
category = "dev"
"""

FORMATS: dict[str, tuple[str, Any, list[Locked]]] = {
    "npm's first format": (
        "package-lock.json",
        NPM_1,
        [node("sass", "1.70.0"), node("chokidar", "3.6.0", dev=True), node("is-odd", "3.0.1")],
    ),
    "npm": (
        "npm-shrinkwrap.json",
        NPM_3,
        [
            node("@types/node", "22.1.0", dev=True),
            node("is-odd", "3.0.1"),
            node("semver", "7.5.2"),
            node("semver", "7.6.0", dev=True),
        ],
    ),
    "pnpm 7": ("pnpm-lock.yaml", PNPM_5, [node("@types/node", "22.1.0", dev=True), node("react-dom", "18.2.0")]),
    "pnpm 8": ("pnpm-lock.yaml", PNPM_6, [node("@types/node", "22.1.0", dev=True), node("react-dom", "18.2.0")]),
    "pnpm 9": ("pnpm-lock.yaml", PNPM_9, [node("@types/node", "22.1.0"), node("react-dom", "18.2.0")]),
    "Yarn 1": ("yarn.lock", YARN, [node("@types/node", "22.1.0"), node("is-odd", "3.0.1"), node("sass", "1.70.0")]),
    "Yarn 4": (
        "yarn.lock",
        BERRY,
        [node("@types/node", "22.1.0"), node("is-odd", "3.0.1"), node("typescript", "5.4.5")],
    ),
    "Composer": (
        "composer.lock",
        COMPOSER,
        [Locked("packagist", "symfony/mailer", "v7.1.2"), Locked("packagist", "phpunit/phpunit", "11.2.0", True)],
    ),
    "uv": ("uv.lock", UV, [Locked("pypi", "requests", "2.32.3")]),
    "Poetry": (
        "poetry.lock",
        POETRY,
        [
            Locked("pypi", "requests", "2.32.3"),
            Locked("pypi", "pytest", "8.2.0", True),
            Locked("pypi", "old", "1.0", True),
        ],
    ),
}


@pytest.mark.parametrize("name", FORMATS)
@pytest.mark.parametrize("ending", ["\n", "\r\n"], ids=["LF", "CRLF"])
def test_all_that_a_lock_file_names(name: str, ending: str) -> None:
    file, content, expected = FORMATS[name]
    text = content if isinstance(content, str) else json.dumps(content, indent=2)
    assert list(packages(f"site/{file}", text.replace("\n", ending))) == expected


@pytest.mark.parametrize("name", READERS)
@settings(deadline=None)
@given(text=st.text(), cut=st.integers(0, 400))
def test_what_is_damaged_raises_nothing(name: str, text: str, cut: int) -> None:
    list(packages(name, text))
    for file, content, _ in FORMATS.values():
        whole = content if isinstance(content, str) else json.dumps(content)
        list(packages(name if file == name else file, whole[:cut] + text))


@pytest.mark.parametrize(
    "text", ["[" * 100_000, '{"packages": {"node_modules/a": 1}}', '{"packages": [1]}', "@" * 100_000]
)
@pytest.mark.parametrize("name", READERS)
def test_what_is_hostile_raises_nothing_and_ends(name: str, text: str) -> None:
    assert list(packages(name, text)) == []


def test_what_is_no_lock_file_has_none() -> None:
    assert list(packages("package.json", json.dumps(NPM_3))) == []
