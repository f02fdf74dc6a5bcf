"""Renovate's options that hold for a whole configuration and are not about updates: limits, paths, hosts, managers.

ONCE[name](draft, at, value)        in the order of the file
LAST[name](draft, at, names)        after all rules, as they go before them
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

from maintainer.config import values
from maintainer.config.carried import patterns
from maintainer.config.carried.carried import Draft, shown
from maintainer.config.carried.renovate_matchers import CUSTOM, MANAGERS
from maintainer.config.carried.renovate_options import unknown
from maintainer.config.names import MANAGERS as OURS

NO_LIMIT = 1000
_THEIRS = frozenset(MANAGERS.values())
_AUTHOR = re.compile(r"([^<>]{1,100})<([^\s<>@]+@[^\s<>@]+)>|([^\s<>@]+@[^\s<>@]+)")

REGISTRIES = (
    "registries for some packages are configured where their package manager has them.",
    "Use .npmrc, composer.json or pip.conf; for all packages, registries.urls.",
)


def texts(value: Any) -> list[str]:
    """The texts of a list, or the one text."""
    listed = [value] if isinstance(value, str) else value if isinstance(value, list) else []
    return [one for one in listed if isinstance(one, str)]


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


def _drafts(draft: Draft, at: str, value: Any) -> None:
    if isinstance(value, bool):
        if value:
            draft.say("updates.draft", True, at, "draftPR")
    else:
        draft.leave(at, shown("draftPR", value), "it is neither true nor false.")


def _author(draft: Draft, at: str, value: Any) -> None:
    """`Ada <ada@shop.example>`, or the address alone."""
    match = _AUTHOR.fullmatch(value.strip()) if isinstance(value, str) else None
    if match is None:
        draft.leave(at, "gitAuthor", "it is no name and address.", "Set updates.author.")
        return
    if match[1]:
        draft.say("updates.author.name", match[1].strip(), at, "gitAuthor")
    draft.say("updates.author.email", match[2] or match[3], at, "gitAuthor")


def _ignore_paths(draft: Draft, at: str, value: Any) -> None:
    """A path is left when it contains the text, or the glob matches it."""
    found = []
    for path in texts(value):
        try:
            found.append(patterns.checked(path if any(magic in path for magic in "*?[{") else f"**{path}**"))
        except patterns.NotAGlob as error:
            draft.leave(at, shown("ignorePaths", path), str(error))
    draft.add("updates.leave", found, at, "ignorePaths")


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
    draft.leave(at, "registryUrls", *REGISTRIES)


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
    # What Renovate has no manager for, it was never told to leave.
    others = [name for name in (*OURS, *draft.customs()) if name not in kept and name in _THEIRS | set(draft.customs())]
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


ONCE: Mapping[str, Callable[[Draft, str, Any], None]] = {
    "constraints": _constraints,
    "draftPR": _drafts,
    "enabled": _switched,
    "gitAuthor": _author,
    "hostRules": _hosts,
    "ignorePaths": _ignore_paths,
    "prConcurrentLimit": _open,
    "prHourlyLimit": _hourly,
    "registryUrls": _top_registries,
    "timezone": _zone,
}
LAST: Mapping[str, Callable[[Draft, str, Sequence[str]], None]] = {
    "enabledManagers": _enabled_managers,
    "ignoreDeps": _ignored,
    "includePaths": _included,
}
