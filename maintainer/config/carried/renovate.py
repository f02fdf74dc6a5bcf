"""A Renovate configuration as settings of ours: https://docs.renovatebot.com/configuration-options/.

    carry(text, file) -> Carried

Presets come first, then the file's own options, then its rules in order: of all that match, the last wins, there as
here. What is ignored by name is ignored last.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from maintainer.config import values
from maintainer.config.carried import json_file, patterns, renovate_custom, renovate_effects
from maintainer.config.carried.carried import Carried, Draft, reason, shown
from maintainer.config.carried.renovate_matchers import (
    BUMPS,
    CATEGORIES,
    CUSTOM,
    MANAGERS,
    SECTIONS,
    Conditions,
    conditions,
    is_matcher,
)
from maintainer.config.carried.renovate_options import RENAMED, SILENT, unknown
from maintainer.config.carried.renovate_presets import expand, refusal
from maintainer.config.names import MANAGERS as OURS
from maintainer.config.spelling import quoted

#: In Renovate's order; the first that is there counts. `package.json` has its key `renovate`.
FILES = (
    "renovate.json",
    "renovate.jsonc",
    "renovate.json5",
    ".github/renovate.json",
    ".github/renovate.jsonc",
    ".github/renovate.json5",
    ".gitlab/renovate.json",
    ".gitlab/renovate.jsonc",
    ".gitlab/renovate.json5",
    ".renovaterc",
    ".renovaterc.json",
    ".renovaterc.jsonc",
    ".renovaterc.json5",
    "package.json",
)
#: Presets within presets.
DEEPEST = 10
NO_LIMIT = 1000
_SERVICES = frozenset({"npm", "packagist", "pypi", "docker"})
_LISTS = frozenset({"addLabels", "additionalReviewers", "customManagers", "hostRules", "ignoreDeps"})
#: Options that are about one kind of update, one manager, or one part of a file.
_KINDS: Mapping[str, Conditions] = {
    **{name: {"bumps": [bump]} for name, bump in BUMPS.items()},
    **{name: {"managers": [manager]} for name, manager in MANAGERS.items()},
    **{name: {"managers": list(managers)} for name, managers in CATEGORIES.items() if name not in MANAGERS},
    **{name: {"sections": list(sections)} for name, sections in SECTIONS.items() if name.endswith("ependencies")},
}
#: Effects that `updates` has for everything.
_GENERAL = ("minimum_age", "windows", "strategy", "prereleases", "labels", "reviewers", "assignees")


@dataclass(slots=True)
class Whole:
    """A configuration with its presets: each option with the place it was said last, rules with theirs."""

    options: dict[str, tuple[str, Any]] = field(default_factory=dict)
    rules: list[tuple[str, Any]] = field(default_factory=list)


def carry(text: str, file: str) -> Carried | None:
    """What a configuration says here; None for a package.json without one. Raises ConfigurationError."""
    config = json_file.read(text, file)
    base = ""
    if file.rsplit("/", 1)[-1] == "package.json":
        if not isinstance(config.get("renovate"), dict):
            return None
        config, base = config["renovate"], "/renovate"
    draft = Draft(file)
    whole = Whole()
    _unfold(draft, whole, config, base, "", _names(config.get("ignorePresets")), 0)
    _carry(draft, whole)
    return draft.carried()


def _unfold(
    draft: Draft, whole: Whole, config: Mapping[str, Any], base: str, said_by: str, without: Sequence[str], depth: int
) -> None:
    """Put presets beneath, then the options over them. `said_by` is the preset whose options these are."""
    for index, preset in enumerate(_names(config.get("extends"))):
        if preset in without:
            continue
        at = said_by or f"{base}/extends/{index} {quoted(preset)[1:-1]}"
        expanded = expand(preset) if depth < DEEPEST else None
        if expanded is None:
            why, instead = refusal(preset)
            draft.leave(at, shown("extends", preset), why, instead)
        else:
            _unfold(draft, whole, expanded, base, at, without, depth + 1)
    for name, value in config.items():
        name = RENAMED.get(name, name) if RENAMED.get(name) not in config else name
        at = said_by or f"{base}/{name}"
        if name == "packageRules":
            listed = value if isinstance(value, list) else [value]
            whole.rules += [(said_by or f"{at}/{index}", rule) for index, rule in enumerate(listed)]
        elif name in _LISTS and isinstance(value, list) and name in whole.options:
            before = whole.options[name]
            whole.options[name] = (at, [*before[1], *value] if isinstance(before[1], list) else value)
        elif isinstance(value, dict) and name in whole.options and isinstance(whole.options[name][1], dict):
            whole.options[name] = (at, {**whole.options[name][1], **value})
        else:
            whole.options[name] = (at, value)


def _names(value: Any) -> list[str]:
    listed = [value] if isinstance(value, str) else value if isinstance(value, list) else []
    return [one for one in listed if isinstance(one, str)]


def _carry(draft: Draft, whole: Whole) -> None:
    options = dict(whole.options)
    if "customManagers" in options:
        at, listed = options.pop("customManagers")
        renovate_custom.managers(draft, at, listed)
    last = [(name, *options.pop(name)) for name in ("includePaths", "enabledManagers", "ignoreDeps") if name in options]
    kinds = [(name, *options.pop(name)) for name in list(options) if name in _KINDS]
    for name, (at, value) in options.items():
        if name in SILENT:
            continue
        if name in _ONCE:
            _ONCE[name](draft, at, value)
        else:
            _general(draft, at, name, value)
    for name, at, value in kinds:
        if isinstance(value, dict):
            _rule(draft, at, value, [_KINDS[name]])
        else:
            draft.leave(at, shown(name, value), "it is no map of options.")
    for at, rule in whole.rules:
        if isinstance(rule, dict):
            if (whole_rule := _with_presets(draft, at, rule)) is not None:
                _rule(draft, at, whole_rule, [{}])
        else:
            draft.leave(at, "a rule", "it is no map of options.")
    for name, at, value in last:
        _LAST[name](draft, at, _names(value))


def _general(draft: Draft, at: str, name: str, value: Any) -> None:
    """An option that holds for every update: a key of `updates` where there is one, else a rule without conditions."""
    said = renovate_effects.effects(draft, at.removesuffix(f"/{name}"), {name: value})
    for key in _GENERAL:
        if key in said:
            value_of = said.pop(key)
            if key in ("labels", "reviewers", "assignees"):
                draft.add(f"updates.{key}", value_of, at, shown(name, value))
            else:
                draft.say(f"updates.{key}", value_of, at, shown(name, value))
    draft.rule(said, at, shown(name, value))


def _rule(draft: Draft, at: str, rule: Mapping[str, Any], outer: Sequence[Conditions]) -> None:
    """A rule, and the rules inside it that are about one kind of update or one manager."""
    inner = conditions(draft, at, rule)
    met = [both for one in outer for other in inner if (both := _both(one, other)) is not None]
    if not inner:
        return
    if not met:
        draft.leave(at, "the whole rule", "nothing is left that it could match.")
        return
    options = {name: value for name, value in rule.items() if not is_matcher(name)}
    options = {RENAMED.get(name, name): value for name, value in options.items()}
    inside = {name: options.pop(name) for name in list(options) if name in _KINDS and isinstance(options[name], dict)}
    registries = options.pop("registryUrls", None)
    if registries is not None:
        _registries(draft, f"{at}/registryUrls", _names(registries), met)
    why = reason(rule.get("description"))
    said = renovate_effects.effects(draft, at, options)
    _add_up(draft, at, said)
    for condition in met:
        draft.rule({**condition, **said, **({"reason": why} if why else {})}, at, "a rule")
    for name, value in inside.items():
        _rule(draft, f"{at}/{name}", {**value, "description": rule.get("description", "")}, _with(met, _KINDS[name]))


def _add_up(draft: Draft, at: str, said: Mapping[str, Any]) -> None:
    """Say, once for each, that a rule's labels and people don't replace the ones above."""
    general = draft.settings.get("updates", {})
    for key in ("labels", "reviewers", "assignees"):
        why = f"{key} of all that matches add up here; there the last replaces them."
        if key in said and general.get(key) and all(entry.why != why for entry in draft.not_carried):
            draft.leave(at, key, why, f"Say updates.{key} only where it holds for everything.")


def _with(met: Sequence[Conditions], condition: Conditions) -> list[Conditions]:
    return [both for one in met if (both := _both(one, condition)) is not None]


def _both(one: Conditions, other: Conditions) -> Conditions | None:
    """Both conditions; None where nothing can meet them."""
    made = dict(one)
    for key, listed in other.items():
        shared = [value for value in made.get(key, listed) if value in listed]
        if not shared:
            return None
        made[key] = shared
    return made


def _with_presets(draft: Draft, at: str, rule: Mapping[str, Any]) -> dict[str, Any] | None:
    """The rule over the presets it extends; None when one of them may narrow it and isn't known, and that is listed."""
    made: dict[str, Any] = {}
    for preset in _names(rule.get("extends")):
        expanded = expand(preset)
        if expanded is not None and "packageRules" not in expanded and "extends" not in expanded:
            made |= expanded
            continue
        why, instead = refusal(preset)
        narrows = not preset.startswith(_NO_MATCHERS)
        draft.leave(f"{at}/extends", f"the whole rule, by {quoted(preset)}" if narrows else preset, why, instead)
        if narrows:
            return None
    return {**made, **rule}


#: Families of presets that say nothing of what a rule applies to.
_NO_MATCHERS = (":", "schedule:", "helpers:", "mergeConfidence:")


def _registries(draft: Draft, at: str, addresses: Sequence[str], met: Sequence[Conditions]) -> None:
    """One address for all of a datasource is a base URL; more, or for some packages, has its own place."""
    only = met[0].get("datasources", []) if len(met) == 1 and set(met[0]) == {"datasources"} else []
    if len(addresses) == 1 and len(only) == 1 and only[0] in _SERVICES:
        draft.url(only[0], addresses[0].rstrip("/"), at, "registryUrls")
    else:
        draft.leave(at, "registryUrls", *_REGISTRIES)


_REGISTRIES = (
    "registries for some packages are configured where their package manager has them.",
    "Use .npmrc, composer.json or pip.conf; for all packages, registries.urls.",
)


def _open(draft: Draft, at: str, value: Any) -> None:
    _limit(draft, at, "updates.limits.open", shown("prConcurrentLimit", value), value)


def _hourly(draft: Draft, at: str, value: Any) -> None:
    _limit(draft, at, "updates.limits.per_run", shown("prHourlyLimit", value), value)


def _limit(draft: Draft, at: str, path: str, what: str, value: Any) -> None:
    """A number, in which 0 is no limit."""
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        if value is not None:
            draft.leave(at, what, "it is no number from 0.")
        return
    draft.say(path, min(value, NO_LIMIT) or NO_LIMIT, at, what)


def _zone(draft: Draft, at: str, value: Any) -> None:
    if value:
        draft.say("site.timezone", value if isinstance(value, str) else str(value), at, shown("timezone", value))


def _switched(draft: Draft, at: str, value: Any) -> None:
    """Switched off as a whole, the bot said nothing of what this one shall do."""
    if value is not True:
        draft.leave(at, shown("enabled", value), *unknown("enabled"))


def _ignore_paths(draft: Draft, at: str, value: Any) -> None:
    """A path is left when it contains the text, or the glob matches it."""
    for path in _names(value):
        # Below `node_modules/`, `bower_components/` and `vendor/` nothing is read here anyway.
        try:
            glob = patterns.checked(path if any(magic in path for magic in "*?[{") else f"**{path}**")
        except patterns.NotAGlob as error:
            draft.leave(at, shown("ignorePaths", path), str(error))
        else:
            draft.add("updates.leave", [glob], at, shown("ignorePaths", path))


def _constraints(draft: Draft, at: str, value: Any) -> None:
    for tool, constraint in value.items() if isinstance(value, dict) else ():
        name = {"python": "python", "php": "php", "node": "node"}.get(tool)
        if name and isinstance(constraint, str) and values.VERSION.fullmatch(constraint):
            draft.say(f"site.{name}", constraint, at, shown(tool, constraint))
        else:
            draft.leave(
                at, shown(tool, constraint), "only a plain version of PHP, Node or Python has a place, in site."
            )


def _hosts(draft: Draft, at: str, value: Any) -> None:
    """Credentials stay behind; what to set is said for each host."""
    for rule in value if isinstance(value, list) else [value]:
        given = rule if isinstance(rule, dict) else {}
        said = next(
            (given[key] for key in ("matchHost", "hostName", "domainName", "baseUrl", "endpoint") if given.get(key)), ""
        )
        host = (urlsplit(said).hostname if isinstance(said, str) and "://" in said else said) or ""
        try:
            host = values.host(host) if isinstance(host, str) else ""
        except ValueError:
            host = ""
        variable = "".join(c if c.isalnum() else "_" for c in host.upper()).strip("_") or "ITS"
        entry = f"{{host: {host or 'its host'}, token_env: {variable}_TOKEN}}"
        draft.leave(
            at,
            f"hostRules for {host}" if host else "hostRules",
            "secrets are never copied.",
            f"Add {entry} to registries.hosts, and set the variable {variable}_TOKEN in the CI.",
        )


def _top_registries(draft: Draft, at: str, value: Any) -> None:  # noqa: ARG001 - as its neighbours
    draft.leave(at, "registryUrls", *_REGISTRIES)


def _included(draft: Draft, at: str, paths: Sequence[str]) -> None:
    try:
        globs = [f"!{glob}" for path in paths for glob in [patterns.checked(path)]]
    except patterns.NotAGlob as error:
        draft.leave(at, "includePaths", str(error), "List what is to be left alone in updates.leave.")
        return
    if globs:
        draft.rule({"paths": globs, "act": "ignore", "reason": "outside includePaths"}, at, "includePaths")


def _enabled_managers(draft: Draft, at: str, managers: Sequence[str]) -> None:
    kept = {MANAGERS[name] for name in managers if name in MANAGERS}
    kept |= set(draft.customs()) if set(CUSTOM) & set(managers) else set()
    for name in managers:
        if name not in MANAGERS and name not in CUSTOM:
            draft.leave(at, shown("enabledManagers", name), "no manager here reads its files.")
    others = [name for name in (*OURS, *draft.customs()) if name not in kept]
    if managers and kept:
        draft.rule({"managers": others, "act": "ignore", "reason": "not in enabledManagers"}, at, "enabledManagers")


def _ignored(draft: Draft, at: str, names: Sequence[str]) -> None:
    globs = list(_readable(draft, at, names))
    if globs:
        draft.rule({"packages": globs, "act": "ignore", "reason": "in ignoreDeps"}, at, "ignoreDeps")


def _readable(draft: Draft, at: str, names: Sequence[str]) -> Iterator[str]:
    for name in names:
        try:
            yield from patterns.name_globs(name)
        except patterns.NotAGlob as error:
            draft.leave(at, shown("ignoreDeps", name), str(error))


_ONCE: Mapping[str, Any] = {
    "constraints": _constraints,
    "enabled": _switched,
    "hostRules": _hosts,
    "ignorePaths": _ignore_paths,
    "prConcurrentLimit": _open,
    "prHourlyLimit": _hourly,
    "registryUrls": _top_registries,
    "timezone": _zone,
}
_LAST: Mapping[str, Any] = {
    "enabledManagers": _enabled_managers,
    "ignoreDeps": _ignored,
    "includePaths": _included,
}
#: The options of a whole configuration that are carried over, with what they become.
CARRIED: Mapping[str, str] = {
    "constraints": "site.php, site.node, site.python",
    "customManagers": "updates.custom",
    "enabledManagers": "a rule that ignores the other managers",
    "extends": "what the presets say",
    "ignoreDeps": "a rule that ignores them",
    "ignorePaths": "updates.leave",
    "includePaths": "a rule that ignores the other paths",
    "packageRules": "updates.rules",
    "prConcurrentLimit": "updates.limits.open",
    "prHourlyLimit": "updates.limits.per_run",
    "registryUrls": "registries.urls, from a rule about one datasource",
    "timezone": "site.timezone",
}
