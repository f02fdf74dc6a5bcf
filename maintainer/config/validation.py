"""From a tree to settings, or to sentences: file, line, column, key, what is wrong, what is allowed."""

import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from functools import cache
from typing import TYPE_CHECKING, Any, TypeVar, get_args

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from maintainer.config.fields import Section, kind
from maintainer.config.secrets import NAMES, SHAPES, looks_secret
from maintainer.config.settings import LATER, LOOKING, Settings
from maintainer.config.spelling import nearest, quoted
from maintainer.config.yaml_file import Mark, Node, Path, Scalar, Sequence, Table, dotted, walk
from maintainer.errors import ConfigurationError

if TYPE_CHECKING:
    from maintainer.config.whole import Whole

Root = TypeVar("Root", bound=Section)

#: So many errors are told at once.
MOST = 20

#: What other tools, or other words, call a key of ours.
SYNONYMS = {
    "automerge": "updates.rules, with automerge: true",
    "automergeType": "nothing: merging is the forge's own auto-merge",
    "packageRules": "updates.rules",
    "schedule": "updates.windows",
    "minimumReleaseAge": "updates.minimum_age",
    "cooldown": "updates.minimum_age",
    "prConcurrentLimit": "updates.limits.open",
    "prHourlyLimit": "updates.limits.per_run",
    "open-pull-requests-limit": "updates.limits.open",
    "ignorePaths": "updates.leave",
    "ignore": "updates.rules, with act: ignore",
    "matchPackageNames": "packages",
    "matchManagers": "managers",
    "matchUpdateTypes": "bumps",
    "groupName": "group",
    "rangeStrategy": "strategy",
    "allowedVersions": "allowed",
    "hostRules": "registries.hosts",
    "customManagers": "updates.custom",
    "regexManagers": "updates.custom",
    "team": "reviewers",
    "enabled": "act",
    "start": "from",
    "end": "to",
    "until": "to",
    "since": "from",
}


def settings(tree: Table, *, looking: bool = True) -> Settings:
    """The settings a tree says, a `Whole` when `looking`; raises ConfigurationError as `whole`.

    Otherwise the keys of `LOOKING` have to be known to be right.
    """
    if not looking:
        with suppress(ConfigurationError):  # told below, by what knows all keys
            return document(tree, Settings, unmade(tree), (*LATER, *LOOKING))
    return whole(tree)


def whole(tree: Table) -> "Whole":
    """All a tree says; raises ConfigurationError with a line for each mistake, in the order of the files."""
    from maintainer.config.whole import Whole  # takes a while, and is not always wanted

    return document(tree, Whole, unmade(tree), LATER)


def document(
    tree: Table, root: type[Root], mistakes: Iterable[tuple[Mark, str]] = (), left_out: Iterable[str] = ()
) -> Root:
    """What a tree says as a `root`, without keys that are `left_out`; raises ConfigurationError as `settings`."""
    refuse(secrets(tree))
    mistakes = [*empty(tree), *mistakes]
    left_out = frozenset(left_out)
    try:
        made = root.model_validate({key: value for key, value in plain(tree).items() if key not in left_out})
    except ValidationError as error:
        refuse([*mistakes, *(_sentence(tree, detail, root) for detail in error.errors(include_url=False))])
    refuse(mistakes)
    return made


def refuse(mistakes: Iterable[tuple[Mark, str]]) -> None:
    """Raise what is wrong, all of it at once."""
    lines = [f"{mark}: {sentence}" for mark, sentence in sorted(set(mistakes))]
    if len(lines) > MOST:
        lines[MOST:] = [f"… and {len(lines) - MOST} more."]
    if lines:
        raise ConfigurationError("\n".join(lines))


def plain(node: Node) -> Any:
    """The tree as lists, dicts and texts; a key with nothing behind it is left out."""
    match node:
        case Scalar():
            return node.text
        case Sequence():
            return [plain(child) for child in node.items]
        case Table():
            return {key: plain(child) for key, child in node.items.items() if not _is_null(child)}


def _is_null(node: Node) -> bool:
    return isinstance(node, Scalar) and node.is_null


def secrets(tree: Table) -> Iterator[tuple[Mark, str]]:
    """What belongs into the environment."""
    for path, node in walk(tree):
        if isinstance(node, Table):
            for key, at in node.keys.items():
                if looks_secret(key):
                    yield at, f"this key looks like a secret. {_ENVIRONMENT}"
        if isinstance(node, Scalar):
            found = SHAPES.search(node.text) if path[-1] == "pattern" else looks_secret(node.text)
            if found:
                yield node.at, f"{_shown(path)}: looks like a secret. {_ENVIRONMENT}"


def empty(tree: Table) -> Iterator[tuple[Mark, str]]:
    """Keys and list items with nothing behind them."""
    for path, node in walk(tree):
        if _is_null(node):
            yield node.at, f"{_shown(path)}: nothing is written here. Write a value, or remove the key."


_ENVIRONMENT = (
    "Secrets come from the environment only: revoke this one, put a new one into a variable of the CI, "
    "and name the variable (token_env: ACME_TOKEN)."
)


def unmade(tree: Table) -> Iterator[tuple[Mark, str]]:
    """Keys of later releases."""
    for key in LATER:
        if key in tree.keys:
            yield tree.keys[key], f"{key}: comes with a later release and would do nothing now. Remove it."


def _shown(path: Path) -> str:
    """The dotted path, without the part that looks like a secret."""
    return dotted(tuple("…" if isinstance(step, str) and looks_secret(step) else step for step in path))


def _sentence(tree: Table, detail: ErrorDetails, root: type[Section]) -> tuple[Mark, str]:
    path = tuple(step for step in detail["loc"] if step != "[key]")
    found, node, at = find(tree, path)
    key = str(path[-1]) if path else ""
    what = detail["type"]
    match what:
        case "extra_forbidden":
            return key_mark(tree, path), f"{_shown(path)}: {_unknown(path, key, root)}"
        case "missing":
            return at, f"{_shown(path)}: is missing. {described(path, root)}".rstrip()
        case "literal_error" if "[key]" in detail["loc"]:
            return key_mark(tree, path), f"{_shown(path)}: {_not_allowed(key, detail)}"
        case "literal_error":
            return at, f"{_shown(found)}: {_not_allowed(node.text if isinstance(node, Scalar) else '', detail)}"
        case "value_error":
            sentence = str(detail["ctx"]["error"])
            said = re.match(r"(updates\.\w+(?:\[\d+\]\.\w+)?): ", sentence)
            if not path and said:
                inner = tuple(int(part) if part.isdigit() else part for part in re.findall(r"\w+", said[1]))
                return find(tree, inner)[2], sentence
            return at, f"{_shown(found)}: {sentence}"
        case "model_type" | "dict_type" | "model_attributes_type":
            return at, f"{_shown(found)}: {kind(detail['input'])}. Write a map here: {_example(found, root)}"
        case "tuple_type" | "list_type":
            return at, f"{_shown(found)}: {kind(detail['input'])}. Write a list here, each value behind `- `."
        case "string_type":
            return at, f"{_shown(found)}: {kind(detail['input'])}. Write one value."
        case "string_too_short" | "too_short":
            return at, f"{_shown(found)}: is empty. Write a value, or remove the key."
        case "string_too_long":
            return at, f"{_shown(found)}: is longer than {detail['ctx']['max_length']} characters."
        case "string_pattern_mismatch":
            return at, f"{_shown(found)}: {quoted(str(detail['input']))} doesn't match {detail['ctx']['pattern']}."
        case _:
            return at, f"{_shown(found)}: {detail['msg']}."


def find(tree: Table, path: Path) -> tuple[Path, Node, Mark]:
    """The deepest node on the path that exists, its path, and where to point."""
    node: Node = tree
    at = tree.at
    for depth, step in enumerate(path):
        if isinstance(node, Table) and step in node.items:
            key = node.keys[str(step)]
            node = node.items[str(step)]
            at = node.at if isinstance(node, Scalar) else key
        elif isinstance(node, Sequence) and isinstance(step, int) and step < len(node.items):
            node = node.items[step]
            at = node.at
        else:
            return path[:depth], node, at
    return path, node, at


def key_mark(tree: Table, path: Path) -> Mark:
    """Where the last key of the path stands."""
    _, parent, at = find(tree, path[:-1])
    return parent.keys.get(str(path[-1]), at) if isinstance(parent, Table) else at


def _not_allowed(text: str, detail: ErrorDetails) -> str:
    allowed = re.findall(r"'([^']*)'", str(detail["ctx"]["expected"]))
    if not isinstance(detail["input"], str):
        return f"{kind(detail['input'])}. Write one of: {', '.join(allowed)}."
    return f"{quoted(text)} is not allowed here.{nearest(text, allowed)} Allowed: {', '.join(allowed)}."


def _unknown(path: Path, key: str, root: type[Section]) -> str:
    allowed = fields(path[:-1], root)
    if NAMES.search(key) and not key.endswith("_env"):
        return (
            f"secrets come from the environment only: name the variable, such as token_env. Allowed: {_list(allowed)}."
        )
    if key in SYNONYMS:
        hint = f" Here that is {SYNONYMS[key]}."
    elif near := nearest(key, allowed):
        hint = near
    elif elsewhere := [
        dotted((*place, key)) for place in sections(root) if place != path[:-1] and key in fields(place, root)
    ]:
        hint = f" It belongs elsewhere: {' or '.join(elsewhere)}."
    else:
        hint = ""
    return f"is unknown.{hint} Allowed: {_list(allowed)}."


def _list(names: Mapping[str, Any]) -> str:
    return ", ".join(names)


def described(path: Path, root: type[Section]) -> str:
    """What the schema says of a key."""
    about = fields(path[:-1], root).get(str(path[-1]))
    return about.description or "" if about else ""


def _example(path: Path, root: type[Section]) -> str:
    return f"{', '.join(f'{name}: …' for name in list(fields(path, root))[:3])}."


def fields(path: Path, root: type[Section]) -> dict[str, Any]:
    """The keys a map at this path may have, with pydantic's description of each; none where no map belongs."""
    section: type[Section] | None = root
    for step in path:
        if isinstance(step, int):
            continue
        about = _keys(section).get(step) if section else None
        section = _section(about.annotation) if about else None
    return _keys(section) if section else {}


def _keys(section: type[Section]) -> dict[str, Any]:
    return {about.alias or name: about for name, about in section.model_fields.items()}


def _section(annotation: Any) -> type[Section] | None:
    """The map inside `tuple[Freeze, ...]`, `Site` or `Rule | None`."""
    if isinstance(annotation, type) and issubclass(annotation, Section):
        return annotation
    return next((found for inner in get_args(annotation) if (found := _section(inner))), None)


@cache
def sections(root: type[Section]) -> tuple[Path, ...]:
    """The paths of all maps, from the top."""
    paths: list[Path] = [()]
    for path in paths:
        paths += [(*path, key) for key, about in fields(path, root).items() if _section(about.annotation)]
    return tuple(paths)
