"""What a rule of Renovate's applies to, as conditions of ours.

https://docs.renovatebot.com/configuration-options/#packagerules: all matchers of a rule must be met, any value of one
is enough. A value that has no place here is left out and listed, as the rule then does less; a matcher that has none,
or an exclusion, keeps the whole rule back, as it would do more.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from maintainer.config.carried import patterns
from maintainer.config.carried.carried import Draft, shown
from maintainer.config.names import MANAGERS as OURS

#: Renovate's managers, and which of ours read the same files.
MANAGERS: Mapping[str, str] = {
    "asdf": "tool_versions",
    "bun": "npm",
    "composer": "composer",
    "docker-compose": "compose",
    "dockerfile": "dockerfile",
    "github-actions": "github_actions",
    "gitlabci": "gitlab_ci",
    "gitlabci-include": "gitlab_ci",
    "mise": "tool_versions",
    "nodenv": "node_version",
    "npm": "npm",
    "nvm": "node_version",
    "pep621": "pip",
    "pip-compile": "pip",
    "pip_requirements": "pip",
    "poetry": "pip",
    "pyenv": "python_version",
}
CUSTOM = ("custom.regex", "regex")
CATEGORIES: Mapping[str, tuple[str, ...]] = {
    "ci": ("github_actions", "gitlab_ci"),
    "docker": ("dockerfile", "compose"),
    "js": ("npm",),
    "node": ("node_version",),
    "php": ("composer",),
    "python": ("pip", "python_version"),
}
DATASOURCES: Mapping[str, str] = {
    "docker": "docker",
    "endoflife-date": "runtimes",
    "git-tags": "forge-tags",
    "github-digest": "forge-tags",
    "github-releases": "forge-tags",
    "github-tags": "forge-tags",
    "gitlab-releases": "forge-tags",
    "gitlab-tags": "forge-tags",
    "node-version": "runtimes",
    "npm": "npm",
    "packagist": "packagist",
    "pypi": "pypi",
    "python-version": "runtimes",
}
BUMPS: Mapping[str, str] = {"major": "major", "minor": "minor", "patch": "patch", "digest": "digest"}
#: Renovate's types of dependencies, and what our managers call the part of the file.
SECTIONS: Mapping[str, tuple[str, ...]] = {
    "build-system.requires": ("build-system.requires",),
    "dependencies": ("dependencies", "tool.poetry.dependencies"),
    "dev": ("tool.poetry.group.dev.dependencies",),
    "dev-dependencies": ("tool.poetry.dev-dependencies",),
    "devDependencies": ("devDependencies",),
    "engines": ("engines",),
    "optionalDependencies": ("optionalDependencies",),
    "overrides": ("overrides",),
    "packageManager": ("packageManager",),
    "peerDependencies": ("peerDependencies",),
    "pnpm.overrides": ("pnpm.overrides",),
    "project.dependencies": ("project.dependencies",),
    "require": ("require",),
    "require-dev": ("require-dev",),
    "resolutions": ("resolutions",),
    "tool.uv.dev-dependencies": ("tool.uv.dev-dependencies",),
    "volta": ("volta",),
}
#: Older names of matchers.
_RENAMED: Mapping[str, str] = {
    "baseBranchList": "matchBaseBranches",
    "depTypeList": "matchDepTypes",
    "languages": "matchCategories",
    "managers": "matchManagers",
    "matchFiles": "matchFileNames",
    "matchLanguages": "matchCategories",
    "packageNames": "matchPackageNames",
    "packagePatterns": "matchPackagePatterns",
    "paths": "matchPaths",
    "sourceUrlPrefixes": "matchSourceUrlPrefixes",
    "updateTypes": "matchUpdateTypes",
}
_MAPPED: Mapping[str, tuple[str, Mapping[str, tuple[str, ...]]]] = {
    "matchManagers": ("managers", {name: (ours,) for name, ours in MANAGERS.items()}),
    "matchCategories": ("managers", CATEGORIES),
    "matchDatasources": ("datasources", {name: (ours,) for name, ours in DATASOURCES.items()}),
    "matchUpdateTypes": ("bumps", {name: (ours,) for name, ours in BUMPS.items()}),
    "matchDepTypes": ("sections", SECTIONS),
}
_NAMES = ("PackageNames", "PackagePatterns", "PackagePrefixes", "DepNames", "DepPatterns", "DepPrefixes")
_PATHS = ("matchFileNames", "matchPaths")

Conditions = dict[str, list[str]]


class NoCondition(ValueError):
    """A matcher that has no condition of ours: its name, why, and what to do instead."""

    def __init__(self, name: str, why: str, instead: str = "") -> None:
        super().__init__(name)
        self.name, self.why, self.instead = name, why, instead


def is_matcher(name: str) -> bool:
    """Whether an option of a rule says what it applies to."""
    return name in _RENAMED or name.startswith(("match", "exclude"))


def conditions(draft: Draft, where: str, rule: Mapping[str, Any]) -> list[Conditions]:
    """Conditions, any of which must be met; none when the rule can't be carried over, and then that is listed."""
    given = {_RENAMED.get(name, name): value for name, value in rule.items() if is_matcher(name)}
    try:
        return _conditions(draft, where, given)
    except NoCondition as refused:
        draft.leave(f"{where}/{refused.name}", "the whole rule", refused.why, refused.instead)
        return []


def _conditions(draft: Draft, where: str, given: Mapping[str, Any]) -> list[Conditions]:
    base: Conditions = {}
    for name, value in given.items():
        listed = _texts(name, value)
        if name == "matchDepTypes" and listed == ["action"]:
            _narrow(base, "managers", ["github_actions"], name)
            _narrow(base, "datasources", ["forge-tags"], name)
        elif name in _MAPPED:
            key, known = _MAPPED[name]
            _narrow(base, key, _mapped(draft, where, name, listed, known), name)
        elif name in _PATHS:
            _narrow(base, "paths", _paths(draft, where, name, listed), name)
        elif (
            not name.startswith(("match", "exclude"))
            or name.removeprefix("match").removeprefix("exclude") not in _NAMES
        ):
            raise NoCondition(
                name, "nothing here can be matched by it.", "Write the packages it is about into updates.rules."
            )
    return [{**base, "packages": globs} if globs else dict(base) for globs in _names(draft, where, given)]


def _narrow(base: Conditions, key: str, values: list[str], name: str) -> None:
    """Both matchers of one key must be met: what they share."""
    both = [value for value in base.get(key, values) if value in values]
    if not both or (key == "paths" and key in base and both != values):
        raise NoCondition(name, "with the rule's other matchers nothing is left that it could match.")
    base[key] = both


def _texts(name: str, value: Any) -> list[str]:
    listed = [value] if isinstance(value, str) else value
    if not isinstance(listed, list) or not listed or not all(isinstance(one, str) for one in listed):
        raise NoCondition(name, "it is no list of texts.")
    return listed


def _mapped(draft: Draft, where: str, name: str, listed: list[str], known: Mapping[str, tuple[str, ...]]) -> list[str]:
    """Ours for theirs; `!` is all of ours but these."""
    if listed == ["*"] and name == "matchManagers":
        return [*OURS, *draft.customs()]
    found: list[str] = []
    for value in listed:
        if name == "matchManagers" and value in CUSTOM:
            found += draft.customs()
        elif value in known:
            found += known[value]
        elif not value.startswith("!"):
            draft.leave(f"{where}/{name}", shown(name, value), _NO_VALUE[name])
    excluded = [value[1:] for value in listed if value.startswith("!")]
    if excluded:
        if name != "matchManagers" or found:
            raise NoCondition(name, "exclusions (!) are for names and paths here.")
        unread = {ours for value in excluded for ours in known.get(value, ())}
        found = [ours for ours in (*OURS, *draft.customs()) if ours not in unread]
    if not found:
        raise NoCondition(name, "with that, nothing is left that the rule could match.")
    return list(dict.fromkeys(found))


_NO_VALUE: Mapping[str, str] = {
    "matchManagers": "no manager here reads its files.",
    "matchCategories": "no managers here are called so.",
    "matchDatasources": "it is no datasource here.",
    "matchUpdateTypes": "there are no such updates here.",
    "matchDepTypes": "no part of a file is called so here.",
}


def _paths(draft: Draft, where: str, name: str, listed: list[str]) -> list[str]:
    # `matchPaths` was met by the beginning of a path as well.
    given = [f"{one}**" if name == "matchPaths" and one.endswith("/") else one for one in listed]
    found: list[str] = []
    for pattern in given:
        try:
            found += patterns.paths([pattern])
        except patterns.NotAGlob as error:
            if pattern.startswith("!"):
                raise NoCondition(name, f"{shown(name, pattern)}: {error}") from None
            draft.leave(f"{where}/{name}", shown(name, pattern), str(error))
    if not found:
        raise NoCondition(name, "with that, nothing is left that the rule could match.")
    return found


def _names(draft: Draft, where: str, given: Mapping[str, Any]) -> Iterable[list[str]]:
    """The lists of globs over names, any of which is met; one empty list where names don't matter."""
    kinds = {kind: list(_patterns(given, kind)) for kind in ("Package", "Dep")}
    if not any(kinds.values()):
        return [[]]
    if all(kinds.values()) and kinds["Package"] != kinds["Dep"]:
        raise NoCondition("matchDepNames", "a name is matched as the file and as the registry have it: once.")
    key = "matchPackageNames" if kinds["Package"] else "matchDepNames"
    try:
        found = patterns.names(kinds["Package"] or kinds["Dep"])
    except patterns.NotAGlob as error:
        raise NoCondition(key, str(error)) from None
    for pattern, why in found.unread:
        draft.leave(f"{where}/{key}", shown(key, pattern), why)
    if found.void:
        raise NoCondition(key, "with that, nothing is left that the rule could match.")
    return found.any_of


def _patterns(given: Mapping[str, Any], kind: str) -> Iterable[str]:
    """Names, patterns and prefixes as patterns of names, as Renovate itself renews them."""
    for prefix, mark in (("match", ""), ("exclude", "!")):
        for name in _texts_at(given, f"{prefix}{kind}Names"):
            yield mark + name
        for pattern in _texts_at(given, f"{prefix}{kind}Patterns"):
            yield mark + ("*" if pattern in ("*", ".*", "^*") else f"/{pattern}/")
        for start in _texts_at(given, f"{prefix}{kind}Prefixes"):
            yield f"{mark}{start}**"


def _texts_at(given: Mapping[str, Any], name: str) -> list[str]:
    return _texts(name, given[name]) if name in given else []
