"""Dependabot's entries are carried over as far as they go, mean the same here, and what isn't is listed."""

from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from maintainer.config.carried import dependabot
from maintainer.config.carried.carried import Carried
from maintainer.config.carried.dependabot_rules import complement
from maintainer.errors import ConfigurationError, InvalidConstraint
from maintainer.model import Allow, Deny, Hold
from tests.config.carrying import config, decision, package, said, settings, text
from tests.planning.values import SCHEMES, advisory, dependency, npm_package, update

FILE = ".github/dependabot.yml"


def carry(*entries: dict[str, Any], **top: Any) -> Carried:
    """The entries, each npm's at the root unless it says otherwise."""
    usual = {"package-ecosystem": "npm", "directory": "/"}
    given = {"version": 2, "updates": [{**usual, **entry} for entry in entries], **top}
    return dependabot.carry(yaml.safe_dump(given, sort_keys=False), FILE)


def rules(*entries: dict[str, Any]) -> list[dict[str, Any]]:
    carried = carry(*entries)
    settings(carried)
    found: list[dict[str, Any]] = carried.settings.get("updates", {}).get("rules", [])
    return found


def left(*entries: dict[str, Any], **top: Any) -> list[str]:
    """What isn't carried over, but for what is said of every configuration."""
    return [
        entry.what
        for entry in carry(*entries, **top).not_carried
        if entry.what not in ("what stands in no entry", "schedule", 'time: "05:00"')
        and not entry.what.startswith("majors in")
    ]


NPM = {"managers": ["npm"]}
RULES: dict[str, tuple[dict[str, Any], list[dict[str, Any]]]] = {
    "nothing": ({}, []),
    "ignore a package": (
        {"ignore": [{"dependency-name": "left-pad"}]},
        [{**NPM, "packages": ["left-pad"], "act": "ignore", "reason": "in ignore"}],
    ),
    "ignore majors": (
        {"ignore": [{"dependency-name": "*", "update-types": ["version-update:semver-major"]}]},
        [{**NPM, "bumps": ["major"], "act": "ignore", "reason": "in ignore"}],
    ),
    "ignore from a version on": (
        {"ignore": [{"dependency-name": "vue", "versions": [">= 3"]}]},
        [{**NPM, "packages": ["vue"], "allowed": "<3", "reason": "ignored: >= 3"}],
    ),
    "ignore a line": (
        {"ignore": [{"dependency-name": "vue", "versions": ["3.x"]}]},
        [{**NPM, "packages": ["vue"], "allowed": "<3 || >=4", "reason": "ignored: 3.x"}],
    ),
    "allow names": (
        {"allow": [{"dependency-name": "@acme/*"}, {"dependency-name": "react"}]},
        [{**NPM, "packages": ["!@acme/*", "!react"], "act": "ignore", "reason": "not in allow"}],
    ),
    "allow production": (
        {"allow": [{"dependency-type": "production"}]},
        [{**NPM, "sections": ["devDependencies"], "act": "ignore", "reason": "not in allow"}],
    ),
    "allow all that is direct": ({"allow": [{"dependency-type": "direct"}]}, []),
    "allow everything": ({"allow": [{"dependency-type": "production"}, {"dependency-type": "development"}]}, []),
    "groups, the first last": (
        {
            "groups": {
                "a": {"patterns": ["a*"], "update-types": ["minor"]},
                "b": {"patterns": ["*"], "update-types": ["patch"]},
            }
        },
        [
            {**NPM, "bumps": ["patch"], "group": "b"},
            {**NPM, "packages": ["a*"], "bumps": ["minor"], "group": "a"},
        ],
    ),
    "a group of a type": (
        {"groups": {"dev": {"dependency-type": "development", "exclude-patterns": ["x"]}}},
        [{**NPM, "packages": ["!x"], "sections": ["devDependencies"], "group": "dev"}],
    ),
    "a cooldown": (
        {"cooldown": {"default-days": 5, "semver-major-days": 30, "include": ["*"], "exclude": ["own-*"]}},
        [
            {**NPM, "packages": ["!own-*"], "minimum_age": "5d"},
            {**NPM, "packages": ["!own-*"], "bumps": ["major"], "minimum_age": "30d"},
        ],
    ),
    "paths left out": (
        {"exclude-paths": ["test/**", "*.lock", "src/x.js"]},
        [
            {
                **NPM,
                "paths": ["test/**", "**/*.lock", "**/*.lock/**", "src/x.js", "src/x.js/**"],
                "act": "ignore",
                "reason": "in exclude-paths",
            }
        ],
    ),
    "only security": (
        {"open-pull-requests-limit": 0},
        [{**NPM, "minimum_age": "3650d", "reason": "only security fixes (open-pull-requests-limit: 0)"}],
    ),
    "a group over ecosystems": (
        {"multi-ecosystem-group": "infra", "patterns": ["nginx"]},
        [{**NPM, "packages": ["nginx"], "group": "infra"}],
    ),
}


@pytest.mark.parametrize("name", RULES)
def test_what_an_entry_says(name: str) -> None:
    options, expected = RULES[name]
    assert rules(options) == expected
    assert left(options) == []


GENERAL: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "labels": ({"labels": ["deps"]}, {"updates": {"labels": ["deps"]}}),
    "people": (
        {"reviewers": ["ada", "acme/shop"], "assignees": ["ben"]},
        {"updates": {"reviewers": ["ada", "acme/shop"], "assignees": ["ben"]}},
    ),
    "a limit": ({"open-pull-requests-limit": 7}, {"updates": {"limits": {"open": 7}}}),
    "raised": ({"versioning-strategy": "increase"}, {"updates": {"strategy": "bump"}}),
    "raised where needed": ({"versioning-strategy": "increase-if-necessary"}, {"updates": {"strategy": "lock"}}),
    "widened": ({"versioning-strategy": "widen"}, {"updates": {"strategy": "widen"}}),
    "auto": ({"versioning-strategy": "auto"}, {}),
    "every working day": ({"schedule": {"interval": "daily"}}, {"updates": {"windows": ["mon-fri"]}}),
    "weekly": ({"schedule": {"interval": "weekly"}}, {"updates": {"windows": ["mon"]}}),
    "on Fridays": (
        {"schedule": {"interval": "weekly", "day": "friday", "time": "05:00", "timezone": "Europe/Warsaw"}},
        {"site": {"timezone": "Europe/Warsaw"}, "updates": {"windows": ["fri"]}},
    ),
}


@pytest.mark.parametrize("name", GENERAL)
def test_what_all_entries_say_is_said_for_everything(name: str) -> None:
    options, expected = GENERAL[name]
    for carried in (carry(options), carry(options, {**options, "package-ecosystem": "composer"})):
        settings(carried)
        if name != "a limit":
            assert carried.settings == expected
    assert left(options) == []


def test_anchors_and_merges_mean_what_they_name() -> None:
    given = """
version: 2
updates:
  - &usual
    package-ecosystem: npm
    directory: /
    labels: &labels [deps]
    schedule: {interval: weekly}
  - <<: *usual
    package-ecosystem: composer
    labels: *labels
  - <<: [*usual, {milestone: 3}]
    package-ecosystem: pip
"""
    carried = dependabot.carry(given, FILE)
    assert carried.settings == {"updates": {"labels": ["deps"], "windows": ["mon"]}}
    assert 'milestone: "3"' in [entry.what for entry in carried.not_carried]


def test_limits_add_up() -> None:
    carried = carry({"open-pull-requests-limit": 7}, {"package-ecosystem": "composer"})
    assert carried.settings == {"updates": {"limits": {"open": 12}}}


def test_a_cron_line_keeps_its_weekdays() -> None:
    carried = carry({"schedule": {"interval": "cron", "cronjob": "0 9 * * 1,3"}})
    assert carried.settings == {"updates": {"windows": ["mon,wed"]}}
    assert carried.not_carried[0].what == 'cronjob: "0 9 * * 1,3"'
    assert carry({"schedule": {"interval": "cron", "cronjob": "0 9 * * *"}}).settings == {}


def test_what_entries_say_differently_is_said_for_each() -> None:
    found = rules({"labels": ["js"], "reviewers": ["ada"]}, {"package-ecosystem": "composer", "labels": ["php"]})
    assert found == [
        {"managers": ["npm"], "labels": ["js"], "reviewers": ["ada"]},
        {"managers": ["composer"], "labels": ["php"]},
    ]


def test_entries_of_one_ecosystem_share_its_files() -> None:
    found = rules(
        {"labels": ["root"]},
        {"directory": "/web", "labels": ["web"]},
        {"directory": None, "directories": ["/web/blog", "/packages/*"], "labels": ["more"]},
    )
    assert [rule["paths"] for rule in found] == [
        ["!packages/*/**", "!web/**", "!web/blog/**"],
        ["web/**", "!web/blog/**"],
        ["web/blog/**", "packages/*/**"],
    ]


LISTED: dict[str, tuple[dict[str, Any], list[str]]] = {
    "another ecosystem": ({"package-ecosystem": "cargo"}, ['package-ecosystem: "cargo"']),
    "a message": ({"commit-message": {"prefix": "deps"}}, ["commit-message"]),
    "a milestone": ({"milestone": 4}, ['milestone: "4"']),
    "a branch": ({"target-branch": "develop"}, ['target-branch: "develop"']),
    "registries": ({"registries": ["satis"]}, ["registries"]),
    "code": ({"insecure-external-code-execution": "allow"}, ['insecure-external-code-execution: "allow"']),
    "no rebase": ({"rebase-strategy": "disabled"}, ['rebase-strategy: "disabled"']),
    "months": ({"schedule": {"interval": "monthly"}}, ['schedule: "monthly"']),
    "days of the month": (
        {"schedule": {"interval": "cron", "cronjob": "0 9 1 * *"}},
        ['cronjob: "0 9 1 * *"'],
    ),
    "a group for security": ({"groups": {"s": {"applies-to": "security-updates", "patterns": ["*"]}}}, ['groups: "s"']),
    "how directories are grouped": (
        {"groups": {"g": {"patterns": ["*"], "group-by": "dependency-name", "update-types": ["minor"]}}},
        ['groups.g.group-by: "dependency-name"'],
    ),
    "versions": (
        {"ignore": [{"dependency-name": "a", "versions": ["~> 2.0", "5.x"]}]},
        ['ignore: "a", versions'],
    ),
    "a second range of one package": (
        {"ignore": [{"dependency-name": "a", "versions": ["2.x"]}, {"dependency-name": "a", "versions": [">= 5"]}]},
        ['ignore: "a", versions'],
    ),
    "an unknown option": ({"weird": "x"}, ['weird: "x"']),
    "no zone": ({"schedule": {"interval": "daily", "timezone": "Mars"}}, ['timezone: "Mars"']),
    "lock files only": ({"versioning-strategy": "lockfile-only"}, ['versioning-strategy: "lockfile-only"']),
}


@pytest.mark.parametrize("name", LISTED)
def test_what_has_no_place_is_listed(name: str) -> None:
    options, expected = LISTED[name]
    carried = carry(options)
    settings(carried)
    assert left(options) == expected
    assert all(entry.why.endswith(".") for entry in carried.not_carried)
    assert all("(line " in entry.where for entry in carried.not_carried)


def test_keys_of_the_whole_file_are_listed() -> None:
    groups = {"infra": {"schedule": {"interval": "weekly"}}}
    assert left(
        registries={"r": {"type": "npm-registry", "token": "hunter2"}}, **{"multi-ecosystem-groups": groups}
    ) == [
        "registries",
        "multi-ecosystem-groups",
    ]


def test_an_entry_for_another_branch_gives_way() -> None:
    found = carry({"labels": ["a"]}, {"labels": ["b"], "target-branch": "develop"})
    assert found.settings == {"updates": {"labels": ["a"]}}
    assert "the whole entry" in [entry.what for entry in found.not_carried]


def test_what_stands_in_no_entry_is_read_here() -> None:
    assert [entry.what for entry in carry({}).not_carried] == ["what stands in no entry"]


def test_carried_rules_decide_as_they_did(tmp_path: Path) -> None:
    made = config(
        carry(
            {
                "groups": {
                    "lint": {"patterns": ["eslint*"]},
                    "rest": {"patterns": ["*"], "exclude-patterns": ["react*"], "update-types": ["minor", "patch"]},
                },
                "ignore": [
                    {"dependency-name": "left-pad"},
                    {"dependency-name": "vue", "versions": ["2.x"]},
                    {"dependency-name": "react*", "update-types": ["version-update:semver-minor"]},
                ],
                "cooldown": {"default-days": 60, "exclude": ["quick"]},
            },
            {"directory": "/other", "open-pull-requests-limit": 0},
        ),
        tmp_path,
    )
    assert isinstance(decision(made, package("left-pad")), Deny)
    assert isinstance(decision(made, package("vue", "2.1.0", "minor")), Deny)
    assert isinstance(decision(made, package("react-dom", "1.3.0", "minor")), Deny)
    assert isinstance(decision(made, package("any")), Hold)
    assert isinstance(decision(made, package("quick")), Allow)
    assert said(made, package("eslint-x")).group == "lint"
    assert said(made, package("any")).group == "rest"
    assert said(made, package("react")).group == ""
    other = package("any", file="other/package.json")
    assert isinstance(decision(made, other), Hold)
    fixing = update(
        "1.2.4", "patch", of=npm_package("any", "1.2.3", file="other/package.json"), advisories=(advisory(),)
    )
    assert isinstance(decision(made, fixing), Allow)
    assert isinstance(decision(made, update(of=dependency("a-plugin"))), Allow)


@pytest.mark.parametrize(
    ("ignored", "versions"),
    [
        (">= 3", {"2.9.9": True, "3.0.0": False, "4.0.0": False}),
        (">=3.1.0", {"3.0.9": True, "3.1.0": False}),
        ("3.x", {"2.0.0": True, "3.0.0": False, "3.9.0": False, "4.0.0": True}),
        ("3.*", {"3.5.0": False, "4.0.0": True}),
        ("1.2.x", {"1.1.0": True, "1.2.5": False, "1.3.0": True}),
        ("1.2.3", {"1.2.2": True, "1.2.3": False, "1.2.4": True}),
    ],
)
@pytest.mark.parametrize("scheme", ["composer", "npm", "pep440", "runtime"])
def test_a_range_is_turned_around_in_every_scheme(scheme: str, ignored: str, versions: dict[str, bool]) -> None:
    allowed = complement(ignored)
    assert {version: SCHEMES[scheme].satisfies(allowed, version) for version in versions} == versions


@pytest.mark.parametrize("ignored", ["~> 2.0", "^1", "", "[1.4,)", ">= 2, < 3", "x", "*"])
def test_a_range_that_cant_be_turned_around_is_none(ignored: str) -> None:
    assert complement(ignored) == ""
    with pytest.raises(InvalidConstraint):
        SCHEMES["npm"].satisfies("<>", "1.0.0")


BROKEN = {
    "empty": "",
    "a list": "- a",
    "a text": "x",
    "version 1": "version: 1\nupdate_configs: []",
    "no version": "updates: []",
    "no YAML": "version: [",
    "a tab": "version:\t2\n\tupdates: []",
    "deep": "a: " + "[" * 5000,
    "an anchor within itself": "version: 2\nupdates: &a [*a]",
    "an anchor nobody set": "version: 2\nupdates: *a",
    "many anchors": "a: &a [x,x,x,x,x,x,x,x,x]\n"
    + "".join(f"{b}: &{b} [{','.join([f'*{a}'] * 9)}]\n" for a, b in zip("abcdefgh", "bcdefghi", strict=True)),
    "a chain of anchors": "a: &a1 [x]\n" + "".join(f"b{n}: &a{n} [*a{n - 1}]\n" for n in range(2, 400)),
    "twice": "version: 2\nversion: 2",
    "large": "a: '" + "x" * 2_000_000 + "'",
    "a surrogate": "version: '\ud800'",
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_file_is_one_sentence(name: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        dependabot.carry(BROKEN[name], FILE)
    assert caught.value.message.startswith(f"{FILE}:")
    assert caught.value.message.endswith(".") or "The line is:" in caught.value.message
    assert caught.value.message.isprintable()


SECRET = "ghp_" + "a1B2" * 9


@pytest.mark.parametrize("place", ["labels", "ignore", "registries", "groups", "weird", "commit-message"])
def test_a_secret_is_neither_carried_nor_told(place: str) -> None:
    value: Any = {
        "labels": [SECRET],
        "ignore": [{"dependency-name": SECRET}],
        "registries": {"r": {"password": SECRET}},
        "groups": {SECRET: {"patterns": ["*"]}},
    }.get(place, SECRET)
    carried = carry({place: value, SECRET: "x"})
    shown = text(carried) + "".join(map(str, carried.not_carried)) + "".join(carried.sources.values())
    assert SECRET not in shown


NAMES = st.sampled_from([*dependabot.CARRIED, *dependabot.NOT_CARRIED]) | st.text(max_size=5)
INNER = st.sampled_from(
    ["interval", "day", "cronjob", "patterns", "update-types", "dependency-name", "versions", "default-days",
     "dependency-type", "semver-major-days", "include", "exclude", "applies-to", "timezone"]
) | st.text(max_size=5)  # fmt: skip
LEAVES = (
    st.none()
    | st.booleans()
    | st.integers(-2, 5000)
    | st.text(max_size=12)
    | st.sampled_from(
        [
            "*",
            "weekly",
            "major",
            "version-update:semver-major",
            "production",
            ">= 5",
            "/",
            "/a/*",
            "0 9 * * 1",
            "a b",
            "\u202e",
        ]
    )
)
TREES = st.recursive(
    LEAVES, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(INNER, inner, max_size=4), max_leaves=15
)
ENTRY = st.dictionaries(NAMES, TREES, max_size=6).map(
    lambda made: {"package-ecosystem": "npm", "directory": "/"} | made
)


@hypothesis_settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(ENTRY, max_size=4))
def test_whatever_it_says_what_is_carried_over_can_be_loaded(entries: list[dict[str, Any]]) -> None:
    try:
        carried = dependabot.carry(yaml.safe_dump({"version": 2, "updates": entries}), FILE)
    except ConfigurationError as error:
        assert error.message.startswith(FILE)
        return
    settings(carried)
    assert all(str(entry).isprintable() and entry.why.endswith(".") for entry in carried.not_carried)
