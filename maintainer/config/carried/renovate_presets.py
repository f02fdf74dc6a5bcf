"""Renovate's presets, as the options they stand for: https://docs.renovatebot.com/config-presets/.

    expand(name) -> dict, or None where the preset isn't carried over
    refusal(name) -> why, and what to do instead

`config:recommended` and its like are a starting point, as our default policy is; their rules on paths are all they add.
"""

import re
from collections.abc import Mapping
from typing import Any

from maintainer.config.carried.renovate_options import Reason

#: `:label(a)`, `schedule:weekly`, `:labels(a, b)`.
_PRESET = re.compile(r"([^()\s]{1,200})(?:\(([^()]{0,500})\))?")
_DEV = ["devDependencies", "dev-dependencies", "dev", "require-dev"]
#: Below `node_modules/`, `bower_components/` and `vendor/` nothing is read here anyway.
_FOREIGN = [f"**/{folder}/**" for folder in ("examples", "__tests__", "test", "tests", "__fixtures__")]
_RECOMMENDED: dict[str, Any] = {"ignorePaths": _FOREIGN}
_EARLY_MONDAYS = {"schedule": ["* 0-3 * * 1"]}


def _rule(**options: Any) -> dict[str, Any]:
    return {"packageRules": [options]}


def _aged(datasource: str) -> dict[str, Any]:
    return _rule(matchDatasources=[datasource], minimumReleaseAge="3 days")


PRESETS: Mapping[str, dict[str, Any]] = {
    "config:recommended": _RECOMMENDED,
    "config:base": _RECOMMENDED,
    "config:js-app": {"extends": ["config:recommended", ":pinAllExceptPeerDependencies"]},
    "config:js-lib": {"extends": ["config:recommended", ":pinOnlyDevDependencies"]},
    "config:best-practices": {
        "extends": [
            "config:recommended", "docker:pinDigests", "helpers:pinGitHubActionDigests", ":pinDevDependencies",
            "security:minimumReleaseAgeNpm", ":maintainLockFilesWeekly",
        ]
    },
    "config:semverAllWeekly": {
        "extends": [":preserveSemverRanges", "group:all", "schedule:weekly", ":maintainLockFilesWeekly"]
    },
    "config:semverAllMonthly": {
        "extends": [":preserveSemverRanges", "group:all", "schedule:monthly", ":maintainLockFilesMonthly"]
    },
    ":ignoreModulesAndTests": _RECOMMENDED,
    ":includeNodeModules": {"ignorePaths": []},
    ":approveMajorUpdates": _rule(matchUpdateTypes=["major"], dependencyDashboardApproval=True),
    ":assignee": {"assignees": ["{{arg0}}"]},
    ":assignAndReview": {"assignees": ["{{arg0}}"], "reviewers": ["{{arg0}}"]},
    ":reviewer": {"reviewers": ["{{arg0}}"]},
    ":label": {"labels": ["{{arg0}}"]},
    ":labels": {"labels": ["{{arg0}}", "{{arg1}}"]},
    ":timezone": {"timezone": "{{arg0}}"},
    ":automergeAll": {"automerge": True},
    ":automergeMajor": {"automerge": True},
    ":automergeMinor": {"minor": {"automerge": True}, "patch": {"automerge": True}},
    ":automergePatch": {"patch": {"automerge": True}},
    ":automergeDigest": {"digest": {"automerge": True}},
    ":automergeDisabled": {"automerge": False},
    ":automergeTypes": _rule(matchPackageNames=["@types/**"], automerge=True),
    ":automergeStableNonMajor": _rule(matchCurrentVersion="!/^0/", matchUpdateTypes=["minor", "patch"], automerge=True),
    ":autodetectPinVersions": {},
    ":automergePr": {},
    ":automergeRequireAllStatusChecks": {},
    ":combinePatchMinorReleases": {},
    ":dependencyDashboard": {},
    ":dependencyDashboardApproval": {"dependencyDashboardApproval": True},
    ":disableDependencyDashboard": {"dependencyDashboard": False},
    ":disableDevDependencies": _rule(matchDepTypes=_DEV, enabled=False),
    ":disablePeerDependencies": _rule(matchDepTypes=["peerDependencies"], enabled=False),
    ":disableDigestUpdates": {"digest": {"enabled": False}},
    ":disableMajorUpdates": {"major": {"enabled": False}},
    ":disableRateLimiting": {"prConcurrentLimit": 0, "prHourlyLimit": 0},
    ":disableRenovate": {"enabled": False},
    ":disableVulnerabilityAlerts": {"vulnerabilityAlerts": {"enabled": False}},
    ":enableRenovate": {},
    ":enableVulnerabilityAlerts": {},
    ":doNotPinPackage": {},
    ":ignoreUnstable": {"ignoreUnstable": True},
    ":maintainLockFilesDisabled": {},
    ":maintainLockFilesMonthly": {"lockFileMaintenance": {"enabled": True}},
    ":maintainLockFilesWeekly": {"lockFileMaintenance": {"enabled": True}},
    ":pinAllExceptPeerDependencies": {"rangeStrategy": "pin"},
    ":pinDependencies": _rule(matchDepTypes=["dependencies"], rangeStrategy="pin"),
    ":pinDevDependencies": _rule(matchDepTypes=_DEV, rangeStrategy="pin"),
    ":pinOnlyDevDependencies": _rule(matchDepTypes=_DEV, rangeStrategy="pin"),
    ":pinVersions": {"rangeStrategy": "pin"},
    ":pinDigestsDisabled": {},
    ":preserveSemverRanges": {"rangeStrategy": "replace"},
    ":rangeStrategy": {"rangeStrategy": "{{arg0}}"},
    ":widenPeerDependencies": _rule(matchDepTypes=["peerDependencies"], rangeStrategy="widen"),
    ":noUnscheduledUpdates": {"updateNotScheduled": False},
    ":updateNotScheduled": {},
    ":prConcurrentLimitNone": {"prConcurrentLimit": 0},
    ":prHourlyLimitNone": {"prHourlyLimit": 0},
    ":prImmediately": {},
    ":rebaseStalePrs": {"rebaseWhen": "behind-base-branch"},
    ":respectLatest": {},
    ":separateMajorReleases": {},
    ":semanticCommitsDisabled": {},
    ":semanticCommitScopeDisabled": {},
    ":npm": {}, ":docker": {},
    "docker:disable": {"dockerfile": {"enabled": False}, "docker-compose": {"enabled": False}},
    "docker:disableMajor": _rule(matchDatasources=["docker"], matchUpdateTypes=["major"], enabled=False),
    "docker:enableMajor": {},
    "docker:pinDigests": {"pinDigests": True},
    "group:all": _rule(groupName="all dependencies", matchUpdateTypes=["digest", "patch", "minor", "major"]),
    "group:allDigest": _rule(groupName="all digest updates", matchUpdateTypes=["digest"]),
    "group:allNonMajor": _rule(groupName="all non-major dependencies", matchUpdateTypes=["minor", "patch"]),
    "group:definitelyTyped": _rule(groupName="definitelyTyped", matchPackageNames=["@types/**"]),
    "group:monorepos": {},
    "group:recommended": {},
    "helpers:disableTypesNodeMajor": _rule(
        matchPackageNames=["@types/node"], matchUpdateTypes=["major"], enabled=False
    ),
    "helpers:pinGitHubActionDigests": {"pinDigests": True},
    "helpers:pinGitHubActionDigestsToSemver": {"pinDigests": True},
    "mergeConfidence:age-confidence-badges": {},
    "mergeConfidence:all-badges": {},
    "replacements:all": {},
    "workarounds:all": {},
    "npm:unpublishSafe": _aged("npm"),
    "security:minimumReleaseAgeNpm": _aged("npm"),
    "security:minimumReleaseAgePypi": _aged("pypi"),
    "security:only-security-updates": {"ignorePaths": _FOREIGN, "minimumReleaseAge": "3650 days"},
    "schedule:daily": {"schedule": ["* 0-3 * * *"]},
    "schedule:earlyMondays": _EARLY_MONDAYS,
    "schedule:weekly": _EARLY_MONDAYS,
    "schedule:monthly": {"schedule": ["* 0-3 1 * *"]},
    "schedule:quarterly": {"schedule": ["* * 1 */3 *"]},
    "schedule:yearly": {"schedule": ["* * 1 */12 *"]},
    "schedule:nonOfficeHours": {"schedule": ["* 0-4,22-23 * * 1-5", "* * * * 0,6"]},
    "schedule:officeHours": {"schedule": ["* 8-17 * * 1-5"]},
    "schedule:weekdays": {"schedule": ["* * * * 1-5"]},
    "schedule:weekends": {"schedule": ["* * * * 0,6"]},
}  # fmt: skip

#: Names presets had before.
_RENAMED: Mapping[str, str] = {
    ":base": "config:recommended",
    ":js-app": "config:js-app",
    ":js-lib": "config:js-lib",
    ":automergeBranchPush": ":automergeBranch",
    ":unpublishSafe": "npm:unpublishSafe",
    ":library": "config:js-lib",
    ":app": "config:js-app",
    ":masterIssue": ":dependencyDashboard",
    ":masterIssueApproval": ":dependencyDashboardApproval",
    ":switchToRebase": ":rebaseStalePrs",
    "security:minimumReleaseAgeNPM": "security:minimumReleaseAgeNpm",
}
_LIMIT = re.compile(r":(prConcurrentLimit|prHourlyLimit)(\d{1,4})")

#: Families of presets that are not carried over, by how their names begin.
FAMILIES: Mapping[str, Reason] = {
    ":automerge": Reason("a proposal merges itself through the forge alone, once its checks pass.", "See automerge."),
    ":semantic": Reason("titles, branches and descriptions of proposals are ours, so that they are found again."),
    "group:": Reason("Renovate's lists of packages are not here.", "Write the packages into updates.groups."),
    "monorepo:": Reason("Renovate's lists of packages are not here.", "Write the packages into updates.groups."),
    "packages:": Reason("Renovate's lists of packages are not here.", "Write the packages into updates.rules."),
    "replacements:": Reason("a package is never replaced by another one.", "Exchange it by hand."),
    "workarounds:": Reason("Renovate's work-arounds are for Renovate."),
    "mergeConfidence:": Reason("there is no source of confidence."),
    "abandonments:": Reason("what its registry calls abandoned is told."),
    "customManagers:": Reason("Renovate's patterns are not here.", "Write the pattern into updates.custom."),
    "regexManagers:": Reason("Renovate's patterns are not here.", "Write the pattern into updates.custom."),
    "schedule:automerge": Reason("a proposal merges itself in the hours in which it may be proposed."),
    "security:": Reason("it is about what Renovate shows, or about a datasource that is not here."),
    "helpers:": Reason("it is about what Renovate shows."),
    "default:": Reason("it is about what Renovate shows, or how it works inside."),
    "preview:": Reason("it is about what Renovate tries out."),
    "global:": Reason("it is for those who run Renovate."),
}
_ELSEWHERE = Reason(
    "the preset lies outside this repository, where init doesn't look.",
    "Copy what it says into renovate.json and run init again, or write it into maintainer.yml.",
)


def expand(preset: str) -> dict[str, Any] | None:
    """The options a preset stands for, None where it isn't carried over."""
    name, arguments = _read(preset)
    if limit := _LIMIT.fullmatch(name):
        return {limit[1]: int(limit[2])}
    found = PRESETS.get(name)
    return None if found is None else _filled(found, arguments)


def refusal(preset: str) -> Reason:
    """Why a preset isn't carried over."""
    name, _ = _read(preset)
    if re.match(r"(?:local|github|gitlab|gitea|forgejo|bitbucket|npm|https?|git)\b.*[>/]|.*[/>]", name):
        return _ELSEWHERE
    families = [family for family in FAMILIES if name.startswith(family)]
    return FAMILIES[max(families, key=len)] if families else Reason("this preset has no counterpart here.")


def _read(preset: str) -> tuple[str, list[str]]:
    match = _PRESET.fullmatch(preset.strip())
    if match is None:
        return preset, []
    name = match[1]
    if name.startswith("default:"):
        name = name.removeprefix("default")
    return _RENAMED.get(name, name), [part.strip() for part in (match[2] or "").split(",")]


def _filled(value: Any, arguments: list[str]) -> Any:
    """The value with `{{arg0}}` replaced; what has no argument is left out of lists."""
    match value:
        case str():
            if found := re.fullmatch(r"\{\{arg(\d)\}\}", value):
                index = int(found[1])
                return arguments[index] if index < len(arguments) else ""
            return value
        case list():
            return [filled for one in value if (filled := _filled(one, arguments)) != ""]
        case dict():
            return {key: _filled(one, arguments) for key, one in value.items()}
    return value
