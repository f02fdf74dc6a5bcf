"""A Dependabot configuration as settings of ours.

https://docs.github.com/en/code-security/reference/supply-chain-security/dependabot-options-reference

    carry(text, file) -> Carried

Each entry of `updates` becomes rules about the managers that read its ecosystem's files, and about its directories
where the ecosystem has several entries. What all entries say alike is said once, for everything.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from maintainer.config import yaml_file
from maintainer.config.carried import dependabot_rules as rules
from maintainer.config.carried.carried import MOST, TOO_MANY, Carried, Draft, shown
from maintainer.config.spelling import quoted
from maintainer.config.validation import plain
from maintainer.config.yaml_file import Mark, Path, Table, dotted, walk
from maintainer.errors import ConfigurationError

FILES = (".github/dependabot.yml", ".github/dependabot.yaml")
#: Dependabot's ecosystems, and the managers that read the same files.
ECOSYSTEMS: Mapping[str, tuple[str, ...]] = {
    "bun": ("npm",),
    "composer": ("composer",),
    "docker": ("dockerfile",),
    "docker-compose": ("compose",),
    "github-actions": ("github_actions",),
    "npm": ("npm",),
    "pip": ("pip",),
    "uv": ("pip",),
}
#: What an entry has for open proposals where it says nothing.
USUAL_LIMIT = 5
_KEYS = frozenset({"version", "updates", "registries", "multi-ecosystem-groups", "enable-beta-ecosystems"})
#: Options that are carried over, with what they become.
CARRIED: Mapping[str, str] = {
    "allow": "rules that ignore everything else",
    "assignees": "assignees",
    "cooldown": "minimum_age",
    "directories": "paths, where an ecosystem has several entries",
    "directory": "paths, where an ecosystem has several entries",
    "exclude-paths": "rules that ignore the paths",
    "groups": "group",
    "ignore": "rules with act: ignore, or allowed",
    "labels": "labels",
    "multi-ecosystem-group": "group",
    "open-pull-requests-limit": "updates.limits.open, all entries together; 0 leaves security fixes",
    "package-ecosystem": "managers",
    "reviewers": "reviewers",
    "schedule": "windows: the weekdays; site.timezone",
    "versioning-strategy": "strategy",
}
#: Options that aren't, each with why and what to do instead.
NOT_CARRIED: Mapping[str, tuple[str, str]] = {
    "commit-message": ("titles, branches and descriptions of proposals are ours, so that they are found again.", ""),
    "enable-beta-ecosystems": ("what is found here doesn't depend on it.", ""),
    "insecure-external-code-execution": ("code of packages is never run.", ""),
    "milestone": ("a milestone goes by its title here.", "Set updates.milestone."),
    "multi-ecosystem-groups": ("a group here has its packages and no schedule.", "See updates.groups."),
    "pull-request-branch-name": ("branches are named by us, so that they are found again.", ""),
    "rebase-strategy": ("a proposal in conflict is renewed; all else is left alone until somebody asks.", ""),
    "registries": (
        "secrets are never copied.",
        "Use .npmrc, composer.json or pip.conf, and registries.hosts with the variable that holds the token.",
    ),
    "target-branch": ("proposals are for the default branch.", "Run maintainer on that branch's checkout."),
    "vendor": ("vendored packages are updated by their own tool.", ""),
}


@dataclass(slots=True)
class Entry:
    """One item of `updates`: where it stands, its options, and what it applies to."""

    where: str
    options: dict[str, Any]
    managers: tuple[str, ...]
    folders: tuple[str, ...]
    scope: dict[str, list[str]] = field(default_factory=dict)


def carry(text: str, file: str) -> Carried:
    """What a configuration says here; raises ConfigurationError for a broken file."""
    tree = yaml_file.parse(text.encode("utf-8", "surrogatepass"), file, aliases=True)
    config = _merged(plain(tree))
    draft = Draft(file)
    lines = {dotted(path): mark.line for path, mark in _marks(tree)}
    if config.get("version") != "2":
        raise ConfigurationError(f"{file}: is no configuration of Dependabot's version 2.")
    given = _listed(config.get("updates"))
    if len(given) > MOST:
        draft.leave(_at(lines, "updates"), "updates", TOO_MANY)
    found = [entry for index, one in enumerate(given[:MOST]) if (entry := _entry(draft, lines, index, one))]
    entries = [entry for entry in found if not _elsewhere(draft, entry, found)]
    for name in config:
        if name not in _KEYS or name in NOT_CARRIED:
            why, instead = NOT_CARRIED.get(name, ("this option has no counterpart here.", ""))
            draft.leave(_at(lines, name), quoted(name)[1:-1], why, instead)
    _scopes(entries)
    _general(draft, entries)
    for entry in entries:
        rules.carry(draft, entry.where, entry.scope, entry.options, entry.folders)
    if entries:
        draft.leave(
            _at(lines, "updates"),
            "what stands in no entry",
            "Dependabot looks only where it is told; here every file that a manager knows is read.",
            "Name what is to be left alone in updates.leave.",
        )
    return draft.carried()


def _merged(value: Any) -> Any:
    """The value with `<<: *anchor` put beneath the keys beside it: https://yaml.org/type/merge.html."""
    if isinstance(value, list):
        return [_merged(one) for one in value]
    if not isinstance(value, dict):
        return value
    made = {key: _merged(one) for key, one in value.items()}
    beneath = made.pop("<<", None)
    for under in [beneath] if isinstance(beneath, dict) else beneath if isinstance(beneath, list) else []:
        made = {**under, **made} if isinstance(under, dict) else made
    return made


def _marks(tree: Table) -> Iterator[tuple[Path, Mark]]:
    for path, node in walk(tree):
        yield path, node.at


def _at(lines: Mapping[str, int], path: str) -> str:
    return f"{path} (line {lines[path]})" if path in lines else path


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _entry(draft: Draft, lines: Mapping[str, int], index: int, options: Any) -> Entry | None:
    where = _at(lines, f"updates[{index}]")
    if not isinstance(options, dict):
        draft.leave(where, "an entry", "it is no map of options.")
        return None
    ecosystem = options.get("package-ecosystem")
    managers = ECOSYSTEMS.get(ecosystem, ()) if isinstance(ecosystem, str) else ()
    if not managers:
        draft.leave(where, shown("package-ecosystem", ecosystem or ""), "no manager here reads its files.")
        return None
    for name, value in options.items():
        if name in NOT_CARRIED:
            why, instead = NOT_CARRIED[name]
            draft.leave(where, shown(name, None if name == "registries" else value), why, instead)
        elif name not in CARRIED and name not in rules.PARTS:
            draft.leave(where, shown(name, value), "this option has no counterpart here.")
    folders = [options["directory"]] if "directory" in options else _listed(options.get("directories"))
    return Entry(where, options, managers, tuple(_folder(one) for one in folders if isinstance(one, str)) or ("",))


def _folder(path: str) -> str:
    """A directory from the root, without slashes around; the root is empty."""
    bare = path.strip().strip("/").removeprefix("./")
    return "" if bare in (".", "**", "**/*") else bare


def _elsewhere(draft: Draft, entry: Entry, entries: Sequence[Entry]) -> bool:
    """Whether an entry is about another branch, and a second one about the default branch."""
    if "target-branch" not in entry.options:
        return False
    twins = [one for one in entries if one.managers == entry.managers and "target-branch" not in one.options]
    if twins:
        draft.leave(entry.where, "the whole entry", "it is for another branch, and proposals are for the default one.")
    return bool(twins)


def _scopes(entries: Sequence[Entry]) -> None:
    """What each entry applies to: a directory is all below it, but for what another entry of its managers names."""
    for entry in entries:
        entry.scope["managers"] = list(entry.managers)
        others = {
            folder for one in entries if one is not entry and one.managers == entry.managers for folder in one.folders
        }
        if not others - set(entry.folders):
            continue
        included = [f"{folder}/**" for folder in entry.folders if folder]
        inner = [folder for folder in sorted(others) if folder and any(_within(folder, own) for own in entry.folders)]
        entry.scope["paths"] = ([] if "" in entry.folders else included) + [f"!{folder}/**" for folder in inner]
        if not entry.scope["paths"]:
            del entry.scope["paths"]


def _within(folder: str, own: str) -> bool:
    return not own or folder.startswith(f"{own}/")


def _general(draft: Draft, entries: Sequence[Entry]) -> None:
    """What holds for everything: the limit, the zone, and what all entries say alike."""
    limits = [entry.options.get("open-pull-requests-limit", str(USUAL_LIMIT)) for entry in entries]
    if any("open-pull-requests-limit" in entry.options for entry in entries):
        numbers = [
            int(one) for one in limits if isinstance(one, str) and one.isascii() and one.isdigit() and len(one) < 6
        ]
        if sum(numbers) > 0:
            where = next(entry.where for entry in entries if "open-pull-requests-limit" in entry.options)
            draft.say("updates.limits.open", min(sum(numbers), 1000), where, "open-pull-requests-limit")
    for entry in entries:
        schedule = entry.options.get("schedule")
        zone = schedule.get("timezone") if isinstance(schedule, dict) else None
        if isinstance(zone, str):
            draft.say("site.timezone", zone, entry.where, shown("timezone", zone))
    _shared(draft, entries)


def _shared(draft: Draft, entries: Sequence[Entry]) -> None:
    """Labels, people, strategy and hours: for everything where all entries agree, else one rule for each entry."""
    own: list[dict[str, Any]] = [{} for _ in entries]
    for key, read in rules.SHARED.items():
        said = [read(draft, entry.where, entry.options) for entry in entries]
        if said and said[0] and all(one == said[0] for one in said):
            if key in ("labels", "reviewers", "assignees"):
                draft.add(f"updates.{key}", said[0], entries[0].where, key)
            else:
                draft.say(f"updates.{key}", said[0], entries[0].where, key)
            continue
        for effects, one in zip(own, said, strict=True):
            effects |= {key: one} if one else {}
    for entry, effects in zip(entries, own, strict=True):
        draft.rule({**entry.scope, **effects}, entry.where, ", ".join(effects))
