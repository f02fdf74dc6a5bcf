"""One entry of a Dependabot configuration as rules: what it groups, ignores, allows, and how old a release must be.

There the first group that matches has a dependency, here the last rule: groups are written backwards.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from maintainer.config.carried import patterns, schedule
from maintainer.config.carried.carried import Draft, shown
from maintainer.config.carried.renovate_effects import hours
from maintainer.config.values import DAY_NAMES

#: Keys of an entry that other keys need.
PARTS = frozenset({"patterns", "name"})
STRATEGIES: Mapping[str, str] = {
    "increase": "bump",
    "increase-if-necessary": "lock",
    "lockfile-only": "lock",
    "widen": "widen",
}
_BUMPS = ("major", "minor", "patch")
#: What is for development and what for production, by manager.
_SECTIONS: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "development": {
        "composer": ("require-dev",),
        "npm": ("devDependencies",),
        "pip": (
            "dependency-groups.dev", "tool.poetry.dev-dependencies", "tool.poetry.group.dev.dependencies",
            "tool.uv.dev-dependencies",
        ),
    },
    "production": {
        "composer": ("require",),
        "npm": ("dependencies", "optionalDependencies", "peerDependencies"),
        "pip": ("project.dependencies", "tool.poetry.dependencies"),
    },
}  # fmt: skip
#: Longer than anybody waits: only security fixes, which don't wait, are proposed.
NEVER = "3650d"
_SELDOM = "days of the month and months have no place in hours."
_AT_LEAST = re.compile(r"(>=?)\s*v?(\d+(?:\.\d+){0,3})", re.ASCII)
_LINE = re.compile(r"v?(\d+(?:\.\d+)?)\.[xX*](?:\.[xX*])?", re.ASCII)
_EXACT = re.compile(r"=?\s*v?(\d+(?:\.\d+){1,3})", re.ASCII)

Scope = Mapping[str, list[str]]


def carry(draft: Draft, where: str, scope: Scope, options: Mapping[str, Any], folders: Sequence[str]) -> None:
    """The rules of one entry, those that must win last."""
    _cooldown(draft, where, scope, options.get("cooldown"))
    _groups(draft, where, scope, options.get("groups"))
    _shared_group(draft, where, scope, options)
    if options.get("open-pull-requests-limit") == "0":
        why = "only security fixes (open-pull-requests-limit: 0)"
        draft.rule({**scope, "minimum_age": NEVER, "reason": why}, where, "open-pull-requests-limit: 0")
    _allow(draft, where, scope, options.get("allow"))
    _excluded(draft, where, scope, options.get("exclude-paths"), folders)
    _ignore(draft, where, scope, options.get("ignore"))


def _texts(value: Any) -> list[str]:
    listed = [value] if isinstance(value, str) else value if isinstance(value, list) else []
    return [one for one in listed if isinstance(one, str)]


def _maps(draft: Draft, where: str, name: str, value: Any) -> list[dict[str, Any]]:
    if value is not None and not isinstance(value, list):
        draft.leave(where, name, "it is no list.")
    listed = value if isinstance(value, list) else []
    return [one for one in listed if isinstance(one, dict)]


def people(draft: Draft, where: str, options: Mapping[str, Any], name: str) -> list[str]:
    found = []
    for one in _texts(options.get(name)):
        if one.strip("@ "):
            found.append(one.strip("@ "))
        else:
            draft.leave(where, shown(name, one), "it is no name.")
    return found


def labels(_draft: Draft, _where: str, options: Mapping[str, Any]) -> list[str]:
    return [one for one in _texts(options.get("labels")) if one]


def reviewers(draft: Draft, where: str, options: Mapping[str, Any]) -> list[str]:
    return people(draft, where, options, "reviewers")


def assignees(draft: Draft, where: str, options: Mapping[str, Any]) -> list[str]:
    return people(draft, where, options, "assignees")


def strategy(draft: Draft, where: str, options: Mapping[str, Any]) -> str:
    given = options.get("versioning-strategy", "auto")
    if given == "lockfile-only":
        why = "a constraint is edited where it is in the way of a release."
        draft.leave(where, shown("versioning-strategy", given), why, "Bound releases by allowed in updates.rules.")
    if isinstance(given, str) and (given == "auto" or given in STRATEGIES):
        return STRATEGIES.get(given, "")
    draft.leave(where, shown("versioning-strategy", given), "there is no such strategy.")
    return ""


def windows(draft: Draft, where: str, options: Mapping[str, Any]) -> list[str]:
    """The weekdays of a schedule; its hour, and how often it comes, is the workflow's to say."""
    given = options.get("schedule")
    if not isinstance(given, dict):
        return []
    interval, day = given.get("interval"), given.get("day")
    found: list[str] = []
    if interval == "cron":
        found = _cron(draft, where, given.get("cronjob"))
    elif interval == "daily":
        found = ["mon-fri"]
    elif interval == "weekly":
        known = isinstance(day, str) and len(DAY_NAMES.get(day.lower(), ())) == 1
        found = [str(day).lower()[:3] if known else "mon"]
    else:
        draft.leave(
            where, shown("schedule", interval or ""), _SELDOM, "Run the workflow as seldom as that: its own cron."
        )
    if "time" in given:
        why = "the hour of a run is the workflow's to say."
        draft.leave(where, shown("time", given["time"]), why, "Set its cron, which is in UTC.")
    elif found:
        hours(draft, where)
    return found


def _cron(draft: Draft, where: str, text: Any) -> list[str]:
    fields = text.split() if isinstance(text, str) else []
    try:
        if len(fields) != 5:
            raise schedule.NotHours("it is no cron line of five fields.")
        if fields[2] != "*" or fields[3] != "*":
            raise schedule.NotHours(_SELDOM)
        draft.leave(
            where, shown("cronjob", text), "the hour of a run is the workflow's to say.", "Set its cron to that."
        )
        days = schedule.cron_days(fields[4].lower())
        return [] if len(days) == 7 else schedule.hours_of(days, range(24))
    except schedule.NotHours as error:
        draft.leave(where, shown("cronjob", text), str(error), "Run the workflow as seldom as that: its own cron.")
        return []


#: What all entries may say alike, by the key of ours.
SHARED: Mapping[str, Callable[[Draft, str, Mapping[str, Any]], Any]] = {
    "labels": labels,
    "reviewers": reviewers,
    "assignees": assignees,
    "strategy": strategy,
    "windows": windows,
}


def _globs(draft: Draft, where: str, name: str, texts: Sequence[str]) -> list[str]:
    """Names with `*`, which is anything there as here."""
    found = []
    for text in texts:
        try:
            if set("?[{") & set(text):
                raise patterns.NotAGlob("a name with ?, [ or { would be a glob here.")
            found.append(patterns.checked(text))
        except patterns.NotAGlob as error:
            draft.leave(where, shown(name, text), str(error))
    return found


def _cooldown(draft: Draft, where: str, scope: Scope, given: Any) -> None:
    """https://docs.github.com/en/code-security/reference/supply-chain-security/dependabot-options-reference#cooldown-"""
    if not isinstance(given, dict):
        return
    included = _globs(draft, where, "cooldown.include", _texts(given.get("include")))
    excluded = [f"!{glob}" for glob in _globs(draft, where, "cooldown.exclude", _texts(given.get("exclude")))]
    names = {"packages": [*([] if included == ["*"] else included), *excluded]}
    base = {**scope, **(names if names["packages"] else {})}
    if "default-days" in given:
        _aged(draft, where, base, "cooldown.default-days", given["default-days"])
    for bump in _BUMPS:
        if f"semver-{bump}-days" in given:
            _aged(draft, where, {**base, "bumps": [bump]}, f"cooldown.semver-{bump}-days", given[f"semver-{bump}-days"])
    for name in sorted(
        set(given) - {"default-days", "include", "exclude", *(f"semver-{bump}-days" for bump in _BUMPS)}
    ):
        draft.leave(where, shown(f"cooldown.{name}", given[name]), "this option has no counterpart here.")


def _aged(draft: Draft, where: str, scope: Scope, name: str, days: Any) -> None:
    if isinstance(days, str) and days.isascii() and days.isdigit():
        draft.rule({**scope, "minimum_age": f"{days}d"}, where, shown(name, days))
    else:
        draft.leave(where, shown(name, days), "it is no number of days.")


def _sections(scope: Scope, kind: str) -> list[str]:
    """The parts of files that hold a type of dependencies; none where the managers don't tell them apart."""
    return [section for manager in scope["managers"] for section in _SECTIONS.get(kind, {}).get(manager, ())]


def _types(draft: Draft, where: str, scope: Scope, name: str, kind: Any) -> dict[str, list[str]] | None:
    """The condition on a type of dependencies; None for one that isn't known."""
    if kind in (None, "direct", "all"):
        return {}
    if isinstance(kind, str) and (sections := _sections(scope, kind)):
        return {"sections": sections}
    draft.leave(where, shown(name, kind), "only development and production are told apart here.")
    return None


def _groups(draft: Draft, where: str, scope: Scope, given: Any) -> None:
    if given is None:
        return
    if not isinstance(given, dict):
        draft.leave(where, "groups", "they are no map of groups.")
        return
    for name, group in reversed(list(given.items())):
        at = f"groups.{name}"
        if not isinstance(group, dict):
            draft.leave(where, shown("groups", name), "it is no map of options.")
            continue
        if group.get("applies-to") == "security-updates":
            draft.leave(where, shown("groups", name), "a security fix travels alone, so that it can be merged at once.")
            continue
        for other in sorted(
            set(group) - {"applies-to", "patterns", "exclude-patterns", "dependency-type", "update-types"}
        ):
            draft.leave(where, shown(f"{at}.{other}", group[other]), "a group is one proposal for all its directories.")
        _group(draft, where, scope, name, group)


def _group(draft: Draft, where: str, scope: Scope, name: str, group: Mapping[str, Any]) -> None:
    included = _globs(draft, where, f"groups.{name}.patterns", _texts(group.get("patterns")))
    unread = len(included) < len(_texts(group.get("patterns")))
    excluded = _globs(draft, where, f"groups.{name}.exclude-patterns", _texts(group.get("exclude-patterns")))
    sections = _types(draft, where, scope, f"groups.{name}.dependency-type", group.get("dependency-type"))
    if (unread and not included) or sections is None or len(excluded) < len(_texts(group.get("exclude-patterns"))):
        draft.leave(where, shown("groups", name), "without that it would take more than it should.")
        return
    packages = [*([] if included == ["*"] else included), *(f"!{glob}" for glob in excluded)]
    types = [one for one in _texts(group.get("update-types")) if one in _BUMPS]
    rule: dict[str, Any] = {**scope, **sections, **({"packages": packages} if packages else {})}
    if types:
        rule["bumps"] = types
    elif all("majors" not in entry.what for entry in draft.not_carried):
        why = "a major joins a group only where the rule names major."
        draft.leave(where, shown("majors in groups", name), why, "Give its rule bumps: [patch, minor, major].")
    draft.rule({**rule, "group": name}, where, shown("groups", name))


def _shared_group(draft: Draft, where: str, scope: Scope, options: Mapping[str, Any]) -> None:
    """`multi-ecosystem-group`: a group here may span managers."""
    name = options.get("multi-ecosystem-group")
    if not isinstance(name, str):
        return
    packages = _globs(draft, where, "patterns", _texts(options.get("patterns")))
    named = {"packages": packages} if packages and packages != ["*"] else {}
    draft.rule({**scope, **named, "group": name}, where, shown("multi-ecosystem-group", name))


def _allow(draft: Draft, where: str, scope: Scope, given: Any) -> None:
    """What isn't allowed is ignored."""
    names: list[str] = []
    kinds: set[str] = set()
    items = _maps(draft, where, "allow", given)
    for item in items:
        for other in sorted(set(item) - {"dependency-name", "dependency-type"}):
            draft.leave(where, shown(f"allow.{other}", item[other]), "this option has no counterpart here.")
        name, kind = item.get("dependency-name"), item.get("dependency-type")
        if isinstance(name, str):
            names += _globs(draft, where, "allow", [name])
            if kind not in (None, "direct", "all"):
                why = "a name is allowed in every part of a file."
                draft.leave(where, shown("allow.dependency-type", kind), why)
        elif isinstance(kind, str) and kind != "indirect":
            kinds.add(kind)
    if not items or "*" in names or kinds - {"production", "development"} or len(kinds) == 2 or not (names or kinds):
        return
    rule: dict[str, Any] = {**scope, "act": "ignore", "reason": "not in allow"}
    if names:
        rule["packages"] = [f"!{name}" for name in names]
    if kinds:
        rule["sections"] = _sections(scope, "development" if kinds == {"production"} else "production")
        if not rule["sections"]:
            draft.leave(where, shown("allow", "dependency-type"), "its parts are not told apart here.")
            return
    draft.rule(rule, where, "allow")


def _excluded(draft: Draft, where: str, scope: Scope, given: Any, folders: Sequence[str]) -> None:
    """`exclude-paths`, which begin at the entry's directory; a bare name is in any directory."""
    found = []
    for path in _texts(given):
        bare = path.strip("/")
        for folder in folders:
            prefix = f"{folder}/" if folder else ""
            glob = f"{prefix}**/{bare}" if bare.startswith("*.") else f"{prefix}{bare}"
            try:
                patterns.checked(glob)
            except patterns.NotAGlob as error:
                draft.leave(where, shown("exclude-paths", path), str(error))
                continue
            found += [glob] if glob.endswith("**") else [glob, f"{glob}/**"]
    if found:
        rule = {"managers": scope["managers"], "paths": found, "act": "ignore", "reason": "in exclude-paths"}
        draft.rule(rule, where, "exclude-paths")


def _ignore(draft: Draft, where: str, scope: Scope, given: Any) -> None:
    bounded: set[str] = set()
    for item in _maps(draft, where, "ignore", given):
        name = item.get("dependency-name", "*")
        globs = _globs(draft, where, "ignore", [name]) if isinstance(name, str) else []
        if not globs:
            continue
        base: dict[str, Any] = {**scope, **({"packages": globs} if globs != ["*"] else {})}
        types, versions = _texts(item.get("update-types")), _texts(item.get("versions"))
        why = "in ignore"
        if types:
            bumps = [one.removeprefix("version-update:semver-") for one in types]
            known = [bump for bump in _BUMPS if bump in bumps]
            for one in types:
                if one.removeprefix("version-update:semver-") not in _BUMPS:
                    draft.leave(where, shown("ignore.update-types", one), "there are no such updates here.")
            if known:
                draft.rule({**base, "bumps": known, "act": "ignore", "reason": why}, where, shown("ignore", name))
        if versions:
            _versions(draft, where, base, name, versions, bounded)
        if not types and not versions:
            draft.rule({**base, "act": "ignore", "reason": why}, where, shown("ignore", name))


def _versions(
    draft: Draft, where: str, base: Mapping[str, Any], name: str, versions: Sequence[str], bounded: set[str]
) -> None:
    """Ignored versions as the constraint that leaves them out; only one range can be turned around."""
    allowed = complement(versions[0]) if len(versions) == 1 and name not in bounded else ""
    what = f"{shown('ignore', name)}, versions"
    if not allowed:
        why = "only one range such as >= 5 or 4.x can be turned around into what is allowed."
        draft.leave(where, what, why, "Write what is allowed into a rule: allowed: <5.")
    elif draft.rule({**base, "allowed": allowed, "reason": f"ignored: {versions[0]}"[:100]}, where, what):
        bounded.add(name)


def complement(ignored: str) -> str:
    """The constraint of all that isn't in a range, in words every scheme here reads; empty when it can't be said."""
    text = ignored.strip()
    if match := _AT_LEAST.fullmatch(text):
        return f"<{match[2]}" if match[1] == ">=" else f"<={match[2]}"
    if match := _LINE.fullmatch(text):
        head, _, last = match[1].rpartition(".")
        following = f"{head}.{int(last) + 1}" if head else str(int(last) + 1)
        return f"<{match[1]} || >={following}"
    if match := _EXACT.fullmatch(text):
        return f"<{match[1]} || >{match[1]}"
    return ""
