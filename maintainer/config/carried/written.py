"""What was carried over, as lines of maintainer.yml: each value beneath a comment that says where it comes from.

section(carried, "updates") -> list[str]
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from maintainer.config.carried.carried import Carried

WIDTH = 118
#: What is text to every reader of YAML without quotes.
_PLAIN = re.compile(r"[A-Za-z][A-Za-z0-9_./-]*(?: [A-Za-z0-9_./-]+)*|(?:\d+[wdhm])+", re.ASCII)
_WORDS = frozenset({"true", "false", "yes", "no", "on", "off", "null", "y", "n"})


def section(carried: Carried, name: str) -> list[str]:
    """The lines of one section, `updates:` first; none when nothing was carried over into it."""
    table = carried.settings.get(name)
    return [f"{name}:", *_table(carried.sources, name, table, "  ")] if table else []


def summary(carried: Carried) -> list[tuple[str, str]]:
    """Each thing that was carried over: its place in the file it comes from, and one line of what it says here."""
    return [(source, f"{path}: {_flat(_at(carried.settings, path))}") for path, source in carried.sources.items()]


def _at(settings: Mapping[str, Any], path: str) -> Any:
    """The value at a dotted path such as `updates.rules[0]`."""
    value: Any = settings
    for key, index in re.findall(r"([^.\[\]]+)(?:\[(\d+)\])?", path):
        value = value.get(key) if isinstance(value, Mapping) else None
        if index:
            value = value[int(index)] if isinstance(value, list) and int(index) < len(value) else None
    return value


def _flat(value: Any) -> str:
    if isinstance(value, Mapping):
        return ", ".join(f"{key}: {_flat(child)}" for key, child in value.items())
    return f"[{', '.join(map(_flat, value))}]" if isinstance(value, list) else scalar(value)


def scalar(value: Any) -> str:
    """One value, in quotes where it could be read as something else."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int):
        return str(value)
    text = str(value)
    if _PLAIN.fullmatch(text) and text.lower() not in _WORDS:
        return text
    return "'" + text.replace("'", "''") + "'"


def _table(sources: Mapping[str, str], path: str, table: Mapping[str, Any], indent: str) -> Iterator[str]:
    for key, value in table.items():
        at = f"{path}.{key}"
        if source := sources.get(at):
            yield f"{indent}{comment(source)}"
        if isinstance(value, Mapping):
            yield f"{indent}{key}:"
            yield from _table(sources, at, value, f"{indent}  ")
        elif isinstance(value, list) and value and isinstance(value[0], Mapping):
            yield f"{indent}{key}:"
            for index, item in enumerate(value):
                yield from _item(sources, f"{at}[{index}]", item, f"{indent}  ")
        elif isinstance(value, list):
            yield from _list(key, value, indent)
        else:
            yield f"{indent}{key}: {scalar(value)}"


def _item(sources: Mapping[str, str], at: str, item: Mapping[str, Any], indent: str) -> Iterator[str]:
    if source := sources.get(at):
        yield f"{indent}{comment(source)}"
    lines = list(_table({}, at, item, f"{indent}  "))
    yield f"{indent}- {lines[0].strip()}"
    yield from lines[1:]


def _list(key: str, values: list[Any], indent: str) -> Iterator[str]:
    written = [scalar(value) for value in values]
    line = f"{indent}{key}: [{', '.join(written)}]"
    if len(line) <= WIDTH:
        yield line
        return
    yield f"{indent}{key}:"
    yield from (f"{indent}  - {one}" for one in written)


def comment(source: str) -> str:
    """`# from renovate.json /packageRules/3`, on one line."""
    bare = "".join(character if character.isprintable() else "?" for character in source)
    return f"# from {bare[:WIDTH]}"
