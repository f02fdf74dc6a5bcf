"""A Renovate configuration as settings of ours: https://docs.renovatebot.com/configuration-options/.

    carry(text, file) -> Carried

Presets come first, then the file's own options, then its rules in order: of all that match, the last wins, there as
here. What is ignored by name is ignored last.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from maintainer.config.carried import json_file, renovate_custom, renovate_effects
from maintainer.config.carried.carried import TOO_MANY, Carried, Draft, reason, shown
from maintainer.config.carried.renovate_matchers import (
    BUMPS,
    CATEGORIES,
    MANAGERS,
    SECTIONS,
    Conditions,
    conditions,
    is_matcher,
)
from maintainer.config.carried.renovate_options import RENAMED, SILENT
from maintainer.config.carried.renovate_presets import expand, refusal
from maintainer.config.carried.renovate_top import LAST, ONCE, REGISTRIES, texts
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
MOST_PRESETS = 100
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
    _unfold(draft, whole, config, base, "", texts(config.get("ignorePresets")), 0)
    _carry(draft, whole)
    return draft.carried()


def _unfold(
    draft: Draft, whole: Whole, config: Mapping[str, Any], base: str, said_by: str, without: Sequence[str], depth: int
) -> None:
    """Put presets beneath, then the options over them. `said_by` is the preset whose options these are."""
    presets = texts(config.get("extends"))
    if len(presets) > MOST_PRESETS:
        draft.leave(f"{base}/extends", "extends", TOO_MANY)
    for index, preset in enumerate(presets[:MOST_PRESETS]):
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
        at = said_by or f"{base}/{name.replace('~', '~0').replace('/', '~1')}"
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
        if name in ONCE:
            ONCE[name](draft, at, value)
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
        LAST[name](draft, at, texts(value))


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
        _registries(draft, f"{at}/registryUrls", texts(registries), met)
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
    for preset in texts(rule.get("extends")):
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
        draft.leave(at, "registryUrls", *REGISTRIES)


#: The options of a whole configuration that are carried over, with what they become.
CARRIED: Mapping[str, str] = {
    "constraints": "site.php, site.node, site.python",
    "customManagers": "updates.custom",
    "draftPR": "updates.draft",
    "enabledManagers": "a rule that ignores the other managers",
    "extends": "what the presets say",
    "gitAuthor": "updates.author",
    "ignoreDeps": "a rule that ignores them",
    "ignorePaths": "updates.leave",
    "includePaths": "a rule that ignores the other paths",
    "packageRules": "updates.rules",
    "prConcurrentLimit": "updates.limits.open",
    "prHourlyLimit": "updates.limits.per_run",
    "registryUrls": "registries.urls, from a rule about one datasource",
    "timezone": "site.timezone",
}
