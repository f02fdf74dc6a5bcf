"""Renovate's rules are carried over as far as they go, mean the same here, and what isn't is listed."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from maintainer.config.carried import renovate
from maintainer.config.carried.carried import Carried
from maintainer.config.carried.renovate_options import NOT_CARRIED, SAME
from maintainer.config.carried.renovate_presets import PRESETS, expand
from maintainer.errors import ConfigurationError
from maintainer.model import Allow, Ask, Deny, Dependency, Hold, Manifest
from tests.config.carrying import config, decision, package, said, settings, text
from tests.planning.values import advisory, dependency, update

FILE = "renovate.json"


def carry(given: Any, file: str = FILE) -> Carried:
    made = renovate.carry(given if isinstance(given, str) else json.dumps(given), file)
    assert made is not None
    return made


def rules(given: dict[str, Any]) -> list[dict[str, Any]]:
    carried = carry(given)
    settings(carried)
    found: list[dict[str, Any]] = carried.settings.get("updates", {}).get("rules", [])
    return found


def left(given: dict[str, Any]) -> list[tuple[str, str]]:
    """Where and what isn't carried over."""
    return [(entry.where, entry.what) for entry in carry(given).not_carried]


def one_rule(**options: Any) -> list[dict[str, Any]]:
    return rules({"packageRules": [options]})


#: The conditions of one rule, with an effect that all have.
CONDITIONS: dict[str, tuple[dict[str, Any], list[dict[str, Any]]]] = {
    "names": ({"matchPackageNames": ["react"]}, [{"packages": ["react"]}]),
    "globs": ({"matchPackageNames": ["@acme/*", "!@acme/x"]}, [{"packages": ["@acme/*", "!@acme/x"]}]),
    "bare globs": ({"matchPackageNames": ["eslint*"]}, [{"packages": ["eslint*", "!*/*"]}]),
    "regular expressions": ({"matchPackageNames": ["/^@types\\//"]}, [{"packages": ["@types/*"]}]),
    "old patterns": (
        {"matchPackagePatterns": ["^foo"], "excludePackageNames": ["foo-x"], "excludePackagePatterns": ["bar$"]},
        [{"packages": ["foo*", "!foo-x", "!*bar"]}],
    ),
    "old prefixes": ({"matchPackagePrefixes": ["acme-"]}, [{"packages": ["acme-*"]}]),
    "everything": ({"matchPackagePatterns": ["*"]}, [{"packages": ["*"]}]),
    "names in the file": ({"matchDepNames": ["php"]}, [{"packages": ["php"]}]),
    "very old": ({"packageNames": ["a"], "updateTypes": ["major"]}, [{"packages": ["a"], "bumps": ["major"]}]),
    "managers": (
        {"matchManagers": ["composer", "github-actions", "gitlabci", "docker-compose", "nvm", "asdf", "poetry"]},
        [{"managers": ["composer", "github_actions", "gitlab_ci", "compose", "node_version", "tool_versions", "pip"]}],
    ),
    "categories": ({"matchCategories": ["php", "js"]}, [{"managers": ["composer", "npm"]}]),
    "datasources": (
        {"matchDatasources": ["npm", "packagist", "github-tags", "github-releases", "node-version"]},
        [{"datasources": ["npm", "packagist", "forge-tags", "runtimes"]}],
    ),
    "kinds of updates": ({"matchUpdateTypes": ["minor", "patch"]}, [{"bumps": ["minor", "patch"]}]),
    "parts of files": (
        {"matchDepTypes": ["devDependencies", "require-dev"]},
        [{"sections": ["devDependencies", "require-dev"]}],
    ),
    "actions": ({"matchDepTypes": ["action"]}, [{"managers": ["github_actions"], "datasources": ["forge-tags"]}]),
    "files": ({"matchFileNames": ["web/**", "!web/x/**"]}, [{"paths": ["web/**", "!web/x/**"]}]),
    "old paths": ({"matchPaths": ["web/"]}, [{"paths": ["web/**"]}]),
    "a single text": ({"matchManagers": "npm"}, [{"managers": ["npm"]}]),
    "bare and scoped": (
        {"matchPackageNames": ["eslint*", "@eslint/*"]},
        [{"packages": ["@eslint/*"]}, {"packages": ["eslint*", "!*/*"]}],
    ),
    "both must be met": (
        {"matchManagers": ["npm", "composer"], "matchCategories": ["js"]},
        [{"managers": ["npm"]}],
    ),
}


@pytest.mark.parametrize("name", CONDITIONS)
def test_what_a_rule_applies_to(name: str) -> None:
    matchers, expected = CONDITIONS[name]
    assert one_rule(**matchers, groupName="g") == [{**condition, "group": "g"} for condition in expected]
    assert left({"packageRules": [{**matchers, "groupName": "g"}]}) == []


EFFECTS: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "disabled": ({"enabled": False}, {"act": "ignore"}),
    "asked for": ({"dependencyDashboardApproval": True}, {"act": "approve"}),
    "grouped": ({"groupName": "Babel"}, {"group": "Babel"}),
    "in no group": ({"groupName": None}, {"group": ""}),
    "labels": ({"labels": ["a"], "addLabels": ["b"]}, {"labels": ["a", "b"]}),
    "people": ({"reviewers": ["@ada"], "assignees": ["ben"]}, {"reviewers": ["ada"], "assignees": ["ben"]}),
    "an age": ({"minimumReleaseAge": "3 days"}, {"minimum_age": "3d"}),
    "an age in parts": ({"minimumReleaseAge": "1 week 12 hours"}, {"minimum_age": "7d12h"}),
    "a month": ({"minimumReleaseAge": "1 month"}, {"minimum_age": "30d"}),
    "no age": ({"minimumReleaseAge": None}, {"minimum_age": "0d"}),
    "old age": ({"stabilityDays": 5}, {"minimum_age": "5d"}),
    "allowed": ({"allowedVersions": "<5"}, {"allowed": "<5"}),
    "raised": ({"rangeStrategy": "bump"}, {"strategy": "bump"}),
    "widened": ({"rangeStrategy": "widen"}, {"strategy": "widen"}),
    "replaced": ({"rangeStrategy": "replace"}, {"strategy": "lock"}),
    "locked": ({"rangeStrategy": "update-lockfile"}, {"strategy": "lock"}),
    "scheduled": ({"schedule": ["before 5am on monday"]}, {"windows": ["mon 00:00-05:00"]}),
    "at any time": ({"schedule": ["at any time"]}, {"windows": []}),
    "by a preset": ({"extends": ["schedule:weekends"]}, {"windows": ["sat,sun"]}),
    "merged": ({"automerge": True}, {"automerge": True}),
    "unstable": ({"ignoreUnstable": False}, {"prereleases": True}),
    "with a reason": ({"enabled": False, "description": ["a", "b"]}, {"act": "ignore", "reason": "a b"}),
}


@pytest.mark.parametrize("name", EFFECTS)
def test_what_a_rule_says(name: str) -> None:
    options, expected = EFFECTS[name]
    assert one_rule(matchPackageNames=["x"], **options) == [{"packages": ["x"], **expected}]


TOP: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "labels": ({"labels": ["a"]}, {"updates": {"labels": ["a"]}}),
    "added labels": ({"labels": ["a"], "addLabels": ["b"]}, {"updates": {"labels": ["a", "b"]}}),
    "people": (
        {"reviewers": ["ada"], "additionalReviewers": ["ben"], "assignees": ["eve"]},
        {"updates": {"reviewers": ["ada", "ben"], "assignees": ["eve"]}},
    ),
    "limits": ({"prConcurrentLimit": 7, "prHourlyLimit": 3}, {"updates": {"limits": {"open": 7, "per_run": 3}}}),
    "no limits": (
        {"prConcurrentLimit": 0, "prHourlyLimit": 0},
        {"updates": {"limits": {"open": 1000, "per_run": 1000}}},
    ),
    "old limits": ({"branchConcurrentLimit": 4}, {"updates": {"limits": {"open": 4}}}),
    "timezone": ({"timezone": "Europe/Warsaw"}, {"site": {"timezone": "Europe/Warsaw"}}),
    "strategy": ({"rangeStrategy": "bump"}, {"updates": {"strategy": "bump"}}),
    "schedule": ({"schedule": ["every weekend"]}, {"updates": {"windows": ["sat,sun"]}}),
    "age": ({"minimumReleaseAge": "7 days"}, {"updates": {"minimum_age": "7d"}}),
    "prereleases": ({"ignoreUnstable": False}, {"updates": {"prereleases": True}}),
    "ignorePaths": ({"ignorePaths": ["docs/**", "legacy/"]}, {"updates": {"leave": ["docs/**", "**legacy/**"]}}),
    "constraints": ({"constraints": {"php": "8.2"}}, {"site": {"php": "8.2"}}),
    "drafts": ({"draftPR": True}, {"updates": {"draft": True}}),
    "an author": (
        {"gitAuthor": "Ada Bot <ada@shop.example>"},
        {"updates": {"author": {"name": "Ada Bot", "email": "ada@shop.example"}}},
    ),
    "an author's address": ({"gitAuthor": "ada@shop.example"}, {"updates": {"author": {"email": "ada@shop.example"}}}),
    "merged": ({"automerge": True}, {"updates": {"rules": [{"automerge": True}]}}),
    "a group of all": ({"groupName": "all"}, {"updates": {"rules": [{"group": "all"}]}}),
    "asked for": ({"dependencyDashboardApproval": True}, {"updates": {"rules": [{"act": "approve"}]}}),
    "ignoreDeps": (
        {"ignoreDeps": ["left-pad"]},
        {"updates": {"rules": [{"packages": ["left-pad"], "act": "ignore", "reason": "in ignoreDeps"}]}},
    ),
    "includePaths": (
        {"includePaths": ["web/**"]},
        {"updates": {"rules": [{"paths": ["!web/**"], "act": "ignore", "reason": "outside includePaths"}]}},
    ),
    "one kind of update": (
        {"major": {"enabled": False}, "patch": {"labels": ["p"]}},
        {"updates": {"rules": [{"bumps": ["major"], "act": "ignore"}, {"bumps": ["patch"], "labels": ["p"]}]}},
    ),
    "one manager": (
        {"docker-compose": {"enabled": False}},
        {"updates": {"rules": [{"managers": ["compose"], "act": "ignore"}]}},
    ),
    "one part of files": (
        {"devDependencies": {"groupName": "dev"}},
        {"updates": {"rules": [{"sections": ["devDependencies"], "group": "dev"}]}},
    ),
    "a registry": (
        {"packageRules": [{"matchDatasources": ["npm"], "registryUrls": ["https://npm.example/"]}]},
        {"registries": {"urls": {"npm": "https://npm.example"}}},
    ),
}


@pytest.mark.parametrize("name", TOP)
def test_what_holds_for_everything(name: str) -> None:
    options, expected = TOP[name]
    carried = carry(options)
    settings(carried)
    assert carried.settings == expected


PRESET_CASES: dict[str, dict[str, Any]] = {
    ":label(deps)": {"updates": {"labels": ["deps"]}},
    ":labels(a, b)": {"updates": {"labels": ["a", "b"]}},
    ":assignee(ada)": {"updates": {"assignees": ["ada"]}},
    ":reviewer(ada)": {"updates": {"reviewers": ["ada"]}},
    ":assignAndReview(ada)": {"updates": {"assignees": ["ada"], "reviewers": ["ada"]}},
    ":timezone(Europe/Warsaw)": {"site": {"timezone": "Europe/Warsaw"}},
    ":prHourlyLimit4": {"updates": {"limits": {"per_run": 4}}},
    ":prConcurrentLimit20": {"updates": {"limits": {"open": 20}}},
    ":prConcurrentLimitNone": {"updates": {"limits": {"open": 1000}}},
    ":disableMajorUpdates": {"updates": {"rules": [{"bumps": ["major"], "act": "ignore"}]}},
    ":approveMajorUpdates": {"updates": {"rules": [{"bumps": ["major"], "act": "approve"}]}},
    "npm:unpublishSafe": {"updates": {"rules": [{"datasources": ["npm"], "minimum_age": "3d"}]}},
    "security:minimumReleaseAgeNpm": {"updates": {"rules": [{"datasources": ["npm"], "minimum_age": "3d"}]}},
    "group:allNonMajor": {"updates": {"rules": [{"bumps": ["minor", "patch"], "group": "all non-major dependencies"}]}},
    "schedule:weekly": {"updates": {"windows": ["mon 00:00-04:00"]}},
    "schedule:nonOfficeHours": {"updates": {"windows": ["mon-fri 00:00-05:00", "mon-fri 22:00-24:00", "sat,sun"]}},
    "docker:disable": {
        "updates": {
            "rules": [{"managers": ["dockerfile"], "act": "ignore"}, {"managers": ["compose"], "act": "ignore"}]
        }
    },
    "default:disableDigestUpdates": {"updates": {"rules": [{"bumps": ["digest"], "act": "ignore"}]}},
    ":automergeMinor": {
        "updates": {"rules": [{"bumps": ["minor"], "automerge": True}, {"bumps": ["patch"], "automerge": True}]}
    },
    ":dependencyDashboard": {},
    "group:monorepos": {},
}


@pytest.mark.parametrize("preset", PRESET_CASES)
def test_presets(preset: str) -> None:
    carried = carry({"extends": [preset]})
    settings(carried)
    assert carried.settings == PRESET_CASES[preset]
    kept = [entry for entry in carried.not_carried if "cron fall into" not in entry.instead]
    assert kept == []


@pytest.mark.parametrize("preset", PRESETS)
def test_every_preset_we_know_can_be_used_or_is_told(preset: str) -> None:
    carried = carry({"extends": [f"{preset}(a, b)"]})
    settings(carried)
    options = expand(preset) or {}
    assert (
        carried.settings
        or carried.not_carried
        or not options
        or options == {"ignorePaths": []}
        or all(value in SAME.get(name, ()) for name, value in options.items())
    )


@pytest.mark.parametrize(
    ("preset", "why"),
    [
        ("local>acme/renovate-config", "outside this repository"),
        ("github>acme/renovate-config:base", "outside this repository"),
        ("@acme/renovate", "outside this repository"),
        ("monorepo:babel", "lists of packages"),
        ("packages:linters", "lists of packages"),
        ("group:symfony", "lists of packages"),
        (":semanticCommits", "titles"),
        (":automergeBranch", "merges itself"),
        ("schedule:automergeDaily", "merges itself"),
        ("customManagers:githubActionsVersions", "patterns"),
        ("nonsense", "no counterpart"),
        ("((", "no counterpart"),
    ],
)
def test_a_preset_without_a_place_is_listed(preset: str, why: str) -> None:
    (entry,) = carry({"extends": [preset]}).not_carried
    assert entry.where.startswith("/extends/0")
    assert why in entry.why


def test_a_preset_that_is_ignored_says_nothing() -> None:
    assert carry({"extends": [":label(a)", "local>x/y"], "ignorePresets": [":label(a)", "local>x/y"]}) == Carried(
        ("renovate.json",)
    )


def test_the_files_own_options_go_before_its_presets() -> None:
    carried = carry({"extends": [":label(a)", ":prHourlyLimit1", ":prHourlyLimit4"], "labels": ["b"]})
    assert carried.settings == {"updates": {"labels": ["b"], "limits": {"per_run": 4}}}


def test_config_recommended_is_our_defaults() -> None:
    carried = carry({"extends": ["config:recommended"]})
    assert list(carried.settings["updates"]) == ["leave"]
    assert carried.not_carried == ()
    assert carry({"extends": ["config:base"]}).settings == carried.settings


def test_managers_that_renovate_had_switched_off_are_ignored_and_those_it_never_had_are_not() -> None:
    (rule,) = rules({"enabledManagers": ["composer", "github-actions", "gradle"]})
    assert rule["act"] == "ignore"
    assert {"npm", "pip", "dockerfile"} <= set(rule["managers"])
    assert not {"composer", "github_actions", "wordpress_plugin", "wordpress_core", "shopify"} & set(rule["managers"])
    assert rules({"enabledManagers": ["gradle"]}) == []


def test_a_rule_inside_a_rule_is_about_both() -> None:
    found = one_rule(matchPackageNames=["react"], labels=["ui"], major={"enabled": False}, npm={"labels": ["x"]})
    assert found == [
        {"packages": ["react"], "labels": ["ui"]},
        {"packages": ["react"], "bumps": ["major"], "act": "ignore"},
        {"packages": ["react"], "managers": ["npm"], "labels": ["x"]},
    ]


def test_what_was_switched_off_can_be_switched_on_again() -> None:
    given = {
        "packageRules": [
            {"matchPackageNames": ["*"], "enabled": False},
            {"matchPackageNames": ["react"], "enabled": True},
        ]
    }
    assert rules(given)[1] == {"packages": ["react"], "act": "propose"}
    assert one_rule(matchPackageNames=["react"], enabled=True) == []
    merging = [{"matchManagers": ["npm"], "automerge": True}, {"matchPackageNames": ["vue"], "automerge": False}]
    assert rules({"packageRules": merging})[1] == {"packages": ["vue"], "automerge": False}
    asked = {
        "dependencyDashboardApproval": True,
        "packageRules": [{"matchPackageNames": ["a"], "dependencyDashboardApproval": False}],
    }
    assert rules(asked)[1] == {"packages": ["a"], "act": "propose"}


LISTED: dict[str, tuple[dict[str, Any], str]] = {
    "automerge at the top": ({"automergeType": "branch"}, "/automergeType"),
    "branches": ({"baseBranches": ["develop"]}, "/baseBranches"),
    "an unknown option": ({"weird": 1}, "/weird"),
    "a preset of one's own": ({"extends": ["local>a/b"]}, "/extends/0 local>a/b"),
    "a confidence": (
        {"packageRules": [{"matchConfidence": ["high"], "enabled": False}]},
        "/packageRules/0/matchConfidence",
    ),
    "a current version": (
        {"packageRules": [{"matchCurrentVersion": "!/^0/", "enabled": False}]},
        "/packageRules/0/matchCurrentVersion",
    ),
    "another manager": (
        {"packageRules": [{"matchManagers": ["gradle"], "enabled": False}]},
        "/packageRules/0/matchManagers",
    ),
    "a regular expression of versions": (
        {"packageRules": [{"matchPackageNames": ["x"], "allowedVersions": "/^1/"}]},
        "/packageRules/0/allowedVersions",
    ),
    "a constraint no scheme reads": (
        {"packageRules": [{"matchPackageNames": ["x"], "allowedVersions": "soon"}]},
        "/packageRules/0",
    ),
    "pinning": ({"rangeStrategy": "pin"}, "/rangeStrategy"),
    "months": ({"schedule": ["on the first day of the month"]}, "/schedule"),
    "a team": ({"reviewers": ["team:shop"]}, "/reviewers"),
    "a template": (
        {"packageRules": [{"matchPackageNames": ["x"], "groupName": "{{depName}}"}]},
        "/packageRules/0/groupName",
    ),
    "switched off": ({"enabled": False}, "/enabled"),
    "no zone": ({"timezone": "Mars/Olympus"}, "/timezone"),
    "no number": ({"prHourlyLimit": "many"}, "/prHourlyLimit"),
    "no rule": ({"packageRules": ["x"]}, "/packageRules/0"),
    "an exclusion that can't be said": (
        {"packageRules": [{"matchPackageNames": ["*", "!/a+/"], "enabled": False}]},
        "/packageRules/0/matchPackageNames",
    ),
    "packages of a preset": (
        {"packageRules": [{"extends": ["packages:linters"], "enabled": False}]},
        "/packageRules/0/extends",
    ),
    "a registry of some packages": (
        {"packageRules": [{"matchPackageNames": ["x"], "registryUrls": ["https://a.example"]}]},
        "/packageRules/0/registryUrls",
    ),
}


@pytest.mark.parametrize("name", LISTED)
def test_what_has_no_place_is_listed_and_does_nothing(name: str) -> None:
    options, where = LISTED[name]
    carried = carry(options)
    assert [entry.where for entry in carried.not_carried if "cron fall into" not in entry.instead][-1] == where
    assert all(entry.why.endswith(".") for entry in carried.not_carried)
    assert carried.settings == {}


@pytest.mark.parametrize("name", NOT_CARRIED)
def test_an_option_that_is_not_carried_says_why(name: str) -> None:
    carried = carry({name: "something"})
    (entry,) = carried.not_carried
    assert entry.where == f"/{name}"
    if name not in ("hostRules", "draftPR", "gitAuthor"):
        assert (entry.why, entry.instead) == NOT_CARRIED[name]


@pytest.mark.parametrize("name", SAME)
def test_what_is_so_anyway_is_not_listed(name: str) -> None:
    for value in SAME[name]:
        assert carry({name: value}) == Carried((FILE,)), value


def test_a_value_that_is_lost_leaves_the_rest_of_its_rule() -> None:
    options = {"matchManagers": ["npm", "gradle"], "matchUpdateTypes": ["patch", "pin"], "enabled": False}
    assert one_rule(**options) == [{"managers": ["npm"], "bumps": ["patch"], "act": "ignore"}]
    assert left({"packageRules": [options]}) == [
        ("/packageRules/0/matchManagers", 'matchManagers: "gradle"'),
        ("/packageRules/0/matchUpdateTypes", 'matchUpdateTypes: "pin"'),
    ]


def test_hours_are_for_runs_that_fall_into_them() -> None:
    entries = carry(
        {"schedule": ["every weekend"], "packageRules": [{"matchManagers": ["npm"], "schedule": ["every monday"]}]}
    )
    assert [entry.instead for entry in entries.not_carried] == [
        "Let the workflow's cron fall into these hours, such as `17 * * * *`."
    ]


# the meaning, as policy has it


def test_carried_rules_decide_as_they_did(tmp_path: Path) -> None:
    made = config(
        carry(
            {
                "extends": ["config:recommended", "group:allNonMajor"],
                "labels": ["deps"],
                "packageRules": [
                    {"matchPackageNames": ["left-pad"], "enabled": False, "description": "we don't"},
                    {"matchPackageNames": ["vue"], "allowedVersions": "<2"},
                    {"matchPackageNames": ["slow*"], "minimumReleaseAge": "60 days"},
                    {"matchPackageNames": ["big"], "dependencyDashboardApproval": True},
                    {"matchPackageNames": ["@acme/*", "!@acme/out"], "groupName": "acme", "addLabels": ["own"]},
                    {"matchPackageNames": ["*"], "matchUpdateTypes": ["major"], "enabled": False},
                    {"matchPackageNames": ["react"], "matchUpdateTypes": ["major"], "enabled": True},
                    {"matchDepTypes": ["devDependencies"], "matchUpdateTypes": ["patch"], "groupName": "dev"},
                ],
                "ignoreDeps": ["never"],
            }
        ),
        tmp_path,
    )
    assert isinstance(decision(made, package("any")), Allow)
    assert decision(made, package("left-pad")) == Deny(
        "ignored by a rule (we don't); change that rule in maintainer.yml to have it back"
    )
    assert isinstance(decision(made, package("never")), Deny)
    assert isinstance(decision(made, package("vue", "2.0.0", "minor")), Deny)
    assert isinstance(decision(made, package("vue", "1.9.0", "minor")), Allow)
    assert isinstance(decision(made, package("slow-one")), Hold)
    assert isinstance(decision(made, package("@x/slow")), Allow)
    assert isinstance(decision(made, package("big")), Ask)
    assert isinstance(decision(made, package("any", "2.0.0", "major")), Deny)
    assert isinstance(decision(made, package("react", "2.0.0", "major")), Allow)  # its rule names majors
    assert said(made, package("@acme/slider")).group == "acme"
    assert said(made, package("@acme/slider")).labels == ("deps", "own")
    assert said(made, package("@acme/out")).group == "all non-major dependencies"
    assert said(made, package("jest", section="devDependencies")).group == "dev"
    assert said(made, package("any", "2.0.0", "major")).group == ""


def test_only_security_updates_are_proposed(tmp_path: Path) -> None:
    made = config(carry({"extends": ["security:only-security-updates"]}), tmp_path)
    assert isinstance(decision(made, package("any")), Hold)
    assert isinstance(decision(made, update(of=dependency("shop"), advisories=(advisory(),))), Allow)


# managers by regular expression


def custom(**options: Any) -> dict[str, Any]:
    usual = {"customType": "regex", "fileMatch": ["^ci\\.sh$"], "depNameTemplate": "yarn", "datasourceTemplate": "npm"}
    return {"customManagers": [usual | options]}


def test_a_manager_by_regular_expression_finds_what_it_did() -> None:
    carried = carry(custom(matchStrings=["YARN=(?<currentValue>\\S+)\\n", "^# (?<currentValue>\\d[\\d.]*)$"]))
    first, second = settings(carried).updates.custom
    assert (first.name, first.files, first.datasource, first.scheme) == ("renovate-0-1", ("ci.sh",), "npm", "npm")
    found = first.manager().extract(Manifest("ci.sh", "YARN=1.22.0\nNODE=20\n"))
    assert [(one.name, one.current) for one in found if isinstance(one, Dependency)] == [("yarn", "1.22.0")]
    # There `^` and `$` are the file's.
    assert [len(second.manager().extract(Manifest("ci.sh", text))) for text in ("# 1.2", "x\n# 1.2\ny")] == [1, 0]


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        (
            {"matchStrings": ["(?<depName>\\w+)@(?<currentValue>\\S+)"]},
            {"pattern": "(?P<package>\\w+)@(?P<version>\\S+)"},
        ),
        (
            {"matchStrings": ["(?<depName>a) (?<packageName>b) (?<currentValue>c)"]},
            {"pattern": "(a) (?P<package>b) (?P<version>c)"},
        ),
        (
            {
                "matchStrings": ["v(?<currentValue>\\S+)"],
                "depNameTemplate": "a/b",
                "datasourceTemplate": "github-releases",
            },
            {"package": "github:a/b", "datasource": "forge-tags", "scheme": "npm"},
        ),
        (
            {"matchStrings": ["(?<currentValue>.*)"], "datasourceTemplate": "pypi", "versioningTemplate": "pep440"},
            {"scheme": "pep440"},
        ),
        ({"matchStrings": ["[^$](?<currentValue>\\S+)"]}, {"pattern": "[^$](?P<version>\\S+)"}),
        (
            {"matchStrings": ["(?<currentValue>.*)"], "registryUrlTemplate": "https://r.example"},
            {"registries": ["https://r.example"]},
        ),
    ],
    ids=["a group for the name", "two names", "tags", "a scheme", "a class", "a registry"],
)
def test_what_a_manager_becomes(options: dict[str, Any], expected: dict[str, Any]) -> None:
    carried = carry(custom(**options))
    settings(carried)
    (made,) = carried.settings["updates"]["custom"]
    assert made | expected == made


@pytest.mark.parametrize(
    "options",
    [
        {"matchStrings": ["x"]},
        {"matchStrings": []},
        {"matchStrings": ["(?<currentValue>(a+)+)"]},
        {"matchStrings": ["(?<currentValue>["]},
        {"matchStrings": ["(?<currentValue>.)(?<datasource>.)"]},
        {"matchStrings": ["(?<currentValue>.)(?<currentDigest>.)"]},
        {"matchStrings": ["(?<currentValue>.)"], "datasourceTemplate": "helm"},
        {"matchStrings": ["(?<currentValue>.)"], "depNameTemplate": "{{{x}}}"},
        {"matchStrings": ["(?<currentValue>.)"], "matchStringsStrategy": "recursive"},
        {"matchStrings": ["(?<currentValue>.)"], "extractVersionTemplate": "^v"},
        {"matchStrings": ["(?<currentValue>.)"], "customType": "jsonata"},
        {"matchStrings": ["(?<currentValue>.)"], "fileMatch": ["a+"]},
        {"matchStrings": [3]},
    ],
    ids=range(13),
)
def test_a_manager_that_cant_be_said_is_listed(options: dict[str, Any]) -> None:
    carried = carry(custom(**options))
    assert carried.settings == {}
    assert [entry.where for entry in carried.not_carried] == ["/customManagers/0"]


def test_rules_may_name_managers_by_regular_expression() -> None:
    given = custom(matchStrings=["(?<currentValue>.)"]) | {
        "packageRules": [{"matchManagers": ["custom.regex"], "enabled": False}]
    }
    assert rules(given) == [{"managers": ["renovate-0"], "act": "ignore"}]


# files


@pytest.mark.parametrize(
    "given",
    [
        "// a comment\n{labels: ['a'],}",
        '{"labels": ["a"]}',
        '\ufeff{"labels": ["a"]}',
        "{/* x */ 'labels': ['\\\na',], $schema: 'x'}",
    ],
)
def test_json_and_json5_are_read(given: str) -> None:
    assert carry(given, "renovate.json5").settings == {"updates": {"labels": ["a"]}}


def test_the_key_of_package_json() -> None:
    carried = carry({"name": "x", "renovate": {"labels": ["a"], "weird": 1}}, "package.json")
    assert carried.settings == {"updates": {"labels": ["a"]}}
    assert carried.not_carried[0].where == "/renovate/weird"
    assert renovate.carry('{"name": "x"}', "package.json") is None


BROKEN = {
    "empty": "",
    "no JSON": "{",
    "a list": "[]",
    "a text": '"x"',
    "deep": "[" * 100_000,
    "deep maps": '{"a":' * 30 + "1" + "}" * 30,
    "large": '{"a": "' + "x" * 2_000_000 + '"}',
    "large JSON5": "{a: '" + "x" * 100_000 + "'}",
    "many values": json.dumps({"a": [1] * 60_000}),
    "digits": '{"a": ' + "1" * 20_000 + "}",
    "an endless comment": "/*" * 5000,
    "binary": "\x00\x01",
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_file_is_one_sentence(name: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        renovate.carry(BROKEN[name], FILE)
    assert caught.value.message.startswith(f"{FILE}: ")
    assert caught.value.message.endswith(".")
    assert caught.value.message.isprintable()
    assert len(caught.value.message) < 200


SECRET = "ghp_" + "a1B2" * 9


@pytest.mark.parametrize(
    "options",
    [
        {"hostRules": [{"matchHost": "satis.example", "token": SECRET, "password": "hunter2-hunter2"}]},
        {"npmrc": f"//r.example/:_authToken={SECRET}"},
        {"npmToken": "hunter2-hunter2"},
        {"encrypted": {"npmToken": "hunter2-hunter2"}},
        {"secrets": {"X": "hunter2-hunter2"}},
        {"labels": [SECRET]},
        {"packageRules": [{"matchPackageNames": [SECRET], "enabled": False}]},
        {"packageRules": [{"matchPackageNames": ["x"], "enabled": False, "description": SECRET}]},
        {"reviewers": [SECRET]},
        {"extends": [f"local>{SECRET}"]},
        {SECRET: 1},
        {"registryUrls": [f"https://ada:{SECRET}@r.example"]},
        {"packageRules": [{"matchDatasources": ["npm"], "registryUrls": [f"https://ada:{SECRET}@r.example"]}]},
        {"timezone": SECRET},
    ],
    ids=range(14),
)
def test_a_secret_is_neither_carried_nor_told(options: dict[str, Any]) -> None:
    carried = carry(options)
    shown = text(carried) + "".join(map(str, carried.not_carried)) + "".join(carried.sources.values())
    assert SECRET not in shown
    assert "hunter2" not in shown


def test_credentials_say_which_variable_to_set() -> None:
    (entry,) = carry({"hostRules": [{"matchHost": "https://satis.example/x", "token": "x"}]}).not_carried
    assert entry.what == "hostRules for satis.example"
    assert "{host: satis.example, token_env: SATIS_EXAMPLE_TOKEN}" in entry.instead


NAMES = st.sampled_from(
    [*renovate.CARRIED, *list(NOT_CARRIED)[:30], "major", "npm", "enabled", "labels", "groupName", "matchPackageNames",
     "matchManagers", "matchUpdateTypes", "matchFileNames", "allowedVersions", "schedule", "minimumReleaseAge",
     "reviewers", "matchDepTypes", "rangeStrategy", "automerge", "dependencyDashboardApproval", "description"]
) | st.text(max_size=6)  # fmt: skip
VALUES = st.sampled_from(
    ["*", "npm", "react", "/^a/", "!x", "major", "3 days", "every weekend", "* 0-3 * * 1", "<5", ":label(a)", "pin",
     "config:recommended", "group:all", "https://r.example", "{{x}}", "\u202e", "a\nb: c", "'", "# x", "\ud800"]
)  # fmt: skip
LEAVES = st.none() | st.booleans() | st.integers(-2, 2000) | st.floats(allow_nan=False) | VALUES | st.text(max_size=12)
TREES = st.recursive(
    LEAVES, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(NAMES, inner, max_size=6), max_leaves=30
)
RULE = st.dictionaries(NAMES, LEAVES | st.lists(LEAVES, max_size=3), max_size=5)


@hypothesis_settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.dictionaries(NAMES, TREES, max_size=6), st.lists(RULE, max_size=4))
def test_whatever_it_says_what_is_carried_over_can_be_loaded(
    options: dict[str, Any], listed: list[dict[str, Any]]
) -> None:
    carried = carry({**options, "packageRules": listed})
    settings(carried)
    for entry in carried.not_carried:
        assert str(entry).isprintable()
        assert entry.why.endswith("."), entry


def test_a_configuration_without_end_is_bounded() -> None:
    many = [{"matchPackageNames": [f"package-{index}"], "enabled": False} for index in range(1500)]
    carried = carry({"packageRules": many, **{f"option{index}": 1 for index in range(1500)}})
    assert len(settings(carried).updates.rules) == 500
    assert len(carried.not_carried) == 501
    assert carried.not_carried[-1].what == "the rest"


@pytest.mark.parametrize(
    "options",
    [
        {"labels": [f"label {index}" for index in range(9000)]},
        {"ignoreDeps": [f"package-{index}" for index in range(9000)]},
        {"ignorePaths": [f"path-{index}" for index in range(9000)]},
        {"extends": ["config:best-practices"] * 9000},
        {"packageRules": [{"matchPackageNames": ["/(a|b)(a|b)(a|b)(a|b)(a|b)/"] * 5000, "enabled": False}]},
    ],
    ids=["labels", "ignoreDeps", "ignorePaths", "extends", "regular expressions"],
)
def test_a_list_without_end_is_told_and_not_worked_through(options: dict[str, Any]) -> None:
    carried = carry(options)
    settings(carried)
    assert any("than a person keeps" in entry.why for entry in carried.not_carried)
