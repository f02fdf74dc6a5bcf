"""Renovate's options that are not carried over, each with why, and with what to do instead.

https://docs.renovatebot.com/configuration-options/. `docs/onboarding.md` has
the same table, and a test compares them.
"""

from collections.abc import Mapping
from typing import Any, NamedTuple


class Reason(NamedTuple):
    why: str
    instead: str = ""


_WORDING = Reason("titles, branches and descriptions of proposals are ours, so that they are found again.")
_PINNING = Reason(
    "an update never turns a range into a pin, nor a tag into a digest.",
    "Pin once by hand: what is pinned is kept pinned, digests included.",
)
_OWN_CODE = Reason("commands of a configuration are never run.", "Run them in the CI of the proposal.")
_CREDENTIALS = Reason("secrets are never copied.", "Name the variable that holds it: registries.hosts, with token_env.")
_MERGING = Reason("a proposal merges itself through the forge alone, once its checks pass and nothing is frozen.")
_LOCKS = Reason("lock files move with the updates in them; nothing refreshes the rest.", "Refresh them by hand.")
_FORGE = Reason("where the forge is, and who we are there, is said by the environment.")
_SECURITY = Reason("security fixes are always proposed, and wait neither for age nor for hours.")
_SPLIT = Reason("a major has a branch of its own here, a minor and its patches are one update.")
_DASHBOARD = Reason("the dashboard has one form.")
_NO_CHOICE = Reason("this is always so here, or never.")

NOT_CARRIED: Mapping[str, Reason] = {
    **dict.fromkeys(
        (
            "branchPrefix", "branchName", "branchTopic", "additionalBranchPrefix", "hashedBranchLength",
            "branchNameStrict", "commitMessage", "commitMessagePrefix", "commitMessageAction", "commitMessageTopic",
            "commitMessageExtra", "commitMessageSuffix", "commitMessageLowerCase", "commitBody", "commitBodyTable",
            "commitTrailers", "semanticCommits", "semanticCommitType", "semanticCommitScope", "prTitle",
            "prTitleStrict", "prBodyTemplate", "prBodyNotes", "prBodyColumns", "prBodyDefinitions",
            "prBodyHeadingDefinitions", "prHeader", "prFooter", "groupSlug", "group", "userStrings", "unicodeEmoji",
            "changelogUrl", "customizeDashboard",
        ),
        _WORDING,
    ),
    **dict.fromkeys(("pinDigests", "pin", "pinDigest", "updatePinnedDependencies"), _PINNING),
    **dict.fromkeys(
        ("postUpgradeTasks", "postUpdateOptions", "allowedCommands", "bumpVersions", "bumpVersion"), _OWN_CODE
    ),
    **dict.fromkeys(
        ("hostRules", "npmrc", "npmToken", "encrypted", "secrets", "password", "token", "username", "npmrcMerge"),
        _CREDENTIALS,
    ),
    **dict.fromkeys(
        (
            "automergeType", "automergeStrategy", "automergeComment", "automergeSchedule",
            "platformAutomerge", "ignoreTests", "assignAutomerge", "pruneBranchAfterAutomerge",
        ),
        _MERGING,
    ),
    **dict.fromkeys(("lockFileMaintenance", "updateLockFiles", "skipArtifactsUpdate"), _LOCKS),
    **dict.fromkeys(("platform", "endpoint", "gitPrivateKey", "forkProcessing", "onboarding"), _FORGE),
    **dict.fromkeys(
        ("vulnerabilityAlerts", "osvVulnerabilityAlerts", "vulnerabilityFixStrategy", "transitiveRemediation"),
        _SECURITY,
    ),
    **dict.fromkeys(
        (
            "separateMajorMinor", "separateMinorPatch", "separateMultipleMajor", "separateMultipleMinor",
            "minimumGroupSize", "groupSingleUpdates",
        ),
        _SPLIT,
    ),
    **dict.fromkeys(
        (
            "dependencyDashboard", "dependencyDashboardTitle", "dependencyDashboardHeader", "dependencyDashboardFooter",
            "dependencyDashboardLabels", "dependencyDashboardAutoclose", "dependencyDashboardCategory",
            "dependencyDashboardOSVVulnerabilitySummary", "dependencyDashboardReportAbandonment",
        ),
        _DASHBOARD,
    ),
    **dict.fromkeys(
        (
            "fetchChangeLogs", "fetchReleaseNotes", "ignoreDeprecated", "respectLatest", "internalChecksFilter",
            "internalChecksAsSuccess", "minimumReleaseAgeBehaviour", "suppressNotifications", "updateNotScheduled",
            "pruneStaleBranches", "configMigration", "platformCommit", "statusCheckNames", "ignorePrAuthor",
            "configWarningReuseIssue", "persistRepoData", "printConfig", "logLevelRemap", "timeout",
        ),
        _NO_CHOICE,
    ),
    "baseBranches": Reason("proposals are for the default branch.", "Run maintainer on each branch's checkout."),
    "baseBranchPatterns": Reason("proposals are for the default branch.", "Run maintainer on each branch's checkout."),
    "useBaseBranchConfig": Reason("proposals are for the default branch."),
    "rebaseWhen": Reason("a proposal in conflict is renewed; all else is left alone until somebody asks."),
    "recreateWhen": Reason("what a person closed stays closed."),
    "recreateClosed": Reason("what a person closed stays closed."),
    "rebaseLabel": Reason("the checkbox in the proposal does that."),
    "stopUpdatingLabel": Reason("a proposal somebody pushed to is left alone."),
    "keepUpdatedLabel": Reason("the checkbox in the proposal renews it."),
    "prPriority": Reason("security goes first, then what is urgent, then by name."),
    "prCreation": Reason("a proposal is opened with its branch; its checks run on it."),
    "prNotPendingHours": Reason("a proposal is opened with its branch; its checks run on it."),
    "draftPR": Reason("all proposals are drafts, or none.", "Set updates.draft."),
    "gitAuthor": Reason("who commits is said once, for everything.", "Set updates.author."),
    "milestone": Reason("a milestone goes by its title here.", "Set updates.milestone."),
    "versioning": Reason("each manager knows how its versions are ordered.", "For a file of your own: updates.custom."),
    "extractVersion": Reason("versions are read as they are published."),
    "versionCompatibility": Reason("versions are read as they are published."),
    "followTag": Reason("a release is chosen by its version, never by a tag.", "Bound it by allowed in updates.rules."),
    "constraintsFiltering": Reason("what a release requires is always compared with what the site runs."),
    "maxMajorIncrement": Reason("every newer release counts.", "Bound it by allowed in updates.rules."),
    "replacementName": Reason("a package is never replaced by another one.", "Exchange it by hand."),
    "replacementVersion": Reason("a package is never replaced by another one.", "Exchange it by hand."),
    "replacement": Reason("a package is never replaced by another one.", "Exchange it by hand."),
    "rollback": Reason("a release that was withdrawn is told, and no update goes back."),
    "rollbackPrs": Reason("a release that was withdrawn is told, and no update goes back."),
    "abandonmentThreshold": Reason("what its registry calls abandoned is told."),
    "minimumConfidence": Reason("there is no source of confidence."),
    "registryAliases": Reason("registries are asked under their own names.", "Set registries.urls."),
    "defaultRegistryUrls": Reason("registries are configured where their package manager has them, or in registries."),
    "customDatasources": Reason("releases come from the datasources of docs/datasources.md."),
    "managerFilePatterns": Reason("each manager knows its files.", "For others: updates.custom."),
    "fileMatch": Reason("each manager knows its files.", "For others: updates.custom."),
    "cloneSubmodules": Reason("submodules are repositories of their own."),
    "composerIgnorePlatformReqs": Reason("Composer resolves for the platform the site says it has.", "Set site.php."),
    "ignoreScripts": Reason("scripts of packages are never run."),
    "ignorePlugins": Reason("Composer's plugins are never run."),
    "updateInternalDeps": Reason("packages of the repository itself are left alone."),
    "reviewersFromCodeOwners": Reason("owners are asked wherever no reviewers are given."),
    "assigneesFromCodeOwners": Reason("owners are reviewers here, not assignees."),
    "expandCodeOwnersGroups": Reason("groups are asked as groups."),
    "reviewersSampleSize": Reason("all of them are asked.", "Name fewer."),
    "assigneesSampleSize": Reason("all of them are asked.", "Name fewer."),
    "filterUnavailableUsers": Reason("all of them are asked."),
    "ignoreReviewers": Reason("reviewers are set when a proposal is opened, and left alone afterwards."),
    "enabled": Reason("Renovate was switched off here; maintainer does what its own file says."),
    "force": Reason("nothing goes before maintainer.yml.", "Write what it shall say into updates."),
    "env": Reason("the environment is the workflow's to set."),
    "toolSettings": Reason("tools run with their own settings."),
    "overrideDatasource": Reason("where a package is published is its manager's to know."),
    "overridePackageName": Reason("a package has the name its file gives it."),
    "overrideDepName": Reason("a package has the name its file gives it."),
}  # fmt: skip

#: Values that say what is so here anyway: nothing is lost, so nothing is listed.
SAME: Mapping[str, tuple[Any, ...]] = {
    "automerge": (False,),
    "configMigration": (False,),
    "dependencyDashboard": (True,),
    "dependencyDashboardApproval": (False, None),
    "draftPR": (False,),
    "enabled": (True,),
    "ignoreScripts": (True,),
    "ignorePlugins": (True,),
    "ignoreTests": (False,),
    "ignoreUnstable": (True,),
    "internalChecksFilter": ("strict",),
    "milestone": (None,),
    "osvVulnerabilityAlerts": (True,),
    "pinDigests": (False, None),
    "platformAutomerge": (False,),
    "prCreation": ("immediate",),
    "rangeStrategy": ("auto",),
    "rebaseWhen": ("auto", "conflicted"),
    "recreateWhen": ("auto", "never"),
    "replacement": ({"enabled": False},),
    "respectLatest": (True,),
    "reviewersFromCodeOwners": (True,),
    "rollbackPrs": (False,),
    "separateMajorMinor": (True,),
    "separateMinorPatch": (False,),
    "separateMultipleMajor": (False,),
    "separateMultipleMinor": (False,),
    "suppressNotifications": ([],),
    "updateNotScheduled": (True,),
    "vulnerabilityAlerts": ({"enabled": True}, {}),
    "lockFileMaintenance": ({"enabled": False},),
    "pin": ({"enabled": False},),
}

#: Words of the file about itself.
SILENT = frozenset({"$schema", "description", "extends", "ignorePresets", "globalExtends", "migratePresets"})

#: Names Renovate had for options before.
RENAMED: Mapping[str, str] = {
    "aliases": "registryAliases",
    "branchConcurrentLimit": "prConcurrentLimit",
    "commitHourlyLimit": "prHourlyLimit",
    "exposeEnv": "env",
    "masterIssue": "dependencyDashboard",
    "masterIssueApproval": "dependencyDashboardApproval",
    "multipleMajorPrs": "separateMultipleMajor",
    "regexManagers": "customManagers",
    "separatePatchReleases": "separateMinorPatch",
    "stabilityDays": "minimumReleaseAge",
    "unpublishSafe": "minimumReleaseAge",
    "versionScheme": "versioning",
}


def unknown(name: str) -> Reason:
    """Why an option without a place here stays behind."""
    return NOT_CARRIED.get(name) or Reason("this option has no counterpart here.")


def is_same(name: str, value: Any) -> bool:
    """Whether the value says what is so here anyway."""
    return any(type(value) is type(same) and value == same for same in SAME.get(name, ()))
