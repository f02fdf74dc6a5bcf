"""What a policy sets and why: its values, with the comments that stand above and beside them."""

from collections.abc import Iterator
from typing import Any, NamedTuple

import yaml


class Row(NamedTuple):
    """A key with its path, its value in one line of YAML (empty where rows below tell it), and the reason."""

    key: str
    value: str
    why: str


class Policy(NamedTuple):
    """The comment a policy begins with, and a row for each value."""

    about: str
    rows: list[Row]


def policy(text: str) -> Policy:
    """Read a policy; its comments are its documentation."""
    lines = text.splitlines()
    head = next(number for number, line in enumerate(lines) if not line.startswith("#"))
    node = yaml.compose(text, Loader=yaml.SafeLoader)
    assert node is not None, "a policy says something"
    return Policy(plain(lines[:head]), list(rows(node, yaml.safe_load(text), "", lines)))


def sentence(text: str) -> str:
    """Text that begins with a capital and ends with a full stop."""
    return f"{text[:1].upper()}{text[1:].rstrip('.')}." if text else ""


def plain(comments: list[str]) -> str:
    return " ".join(comment.strip().lstrip("#").strip() for comment in comments)


def rows(node: yaml.Node, value: Any, path: str, lines: list[str]) -> Iterator[Row]:
    """A row for each thing that is set below a node, in the order of the file."""
    for key, below, found in children(node, value):
        place = ".".join(part for part in (path, key) if part)
        line = key_line(below, lines, key)
        if not key:
            yield Row(place, *item(below, found, line, lines))
        elif parted(below, lines):
            why = reason(line, line + 1, lines)
            if why:
                yield Row(place, "", why)
            yield from rows(below, found, f"{place}[]" if isinstance(below, yaml.SequenceNode) else place, lines)
        else:
            yield Row(place, flow(found), reason(line, line + 1, lines))


def item(node: yaml.Node, value: Any, line: int, lines: list[str]) -> tuple[str, str]:
    """An item of a list, whole: a rule's own `reason` is part of why it is there."""
    why = reason(line, node.end_mark.line, lines)
    if isinstance(value, dict) and "reason" in value:
        value = dict(value)
        why = f"{why} {sentence(value.pop('reason'))}".strip()
    return flow(value), why


def children(node: yaml.Node, value: Any) -> Iterator[tuple[str, yaml.Node, Any]]:
    if isinstance(node, yaml.MappingNode):
        for key, below in node.value:
            yield key.value, below, value[key.value]
    elif isinstance(node, yaml.SequenceNode):
        for below, found in zip(node.value, value, strict=True):
            yield "", below, found


def parted(node: yaml.Node, lines: list[str]) -> bool:
    """Whether what stands below is told in rows of its own: lists of maps, and maps with comments inside."""
    if not isinstance(node, yaml.CollectionNode) or node.flow_style or not node.value:
        return False
    if isinstance(node, yaml.SequenceNode):
        return all(isinstance(one, yaml.MappingNode) and not one.flow_style for one in node.value)
    inside = lines[node.start_mark.line : node.end_mark.line]
    return any("#" in line for line in inside) or any(parted(below, lines) for _, below in node.value)


def key_line(node: yaml.Node, lines: list[str], key: str) -> int:
    """The line that a value's key stands in: its own, or one above it for what begins below its key."""
    line = node.start_mark.line
    while key and not lines[line].lstrip("- ").startswith(f"{key}:"):
        line -= 1
    return line


def reason(line: int, end: int, lines: list[str]) -> str:
    """The comment above a line, and those at the end of it and of the lines up to another."""
    above: list[str] = []
    while line - len(above) > 0 and lines[line - len(above) - 1].lstrip().startswith("#"):
        above.insert(0, lines[line - len(above) - 1])
    beside = [said.partition(" # ")[2] for said in lines[line:end] if not said.lstrip().startswith("#")]
    return " ".join(sentence(part) for part in (plain(above), *beside) if part)


def flow(value: Any) -> str:
    """A value as one line of YAML."""
    written: str = yaml.safe_dump(value, default_flow_style=True, sort_keys=False, allow_unicode=True, width=10**6)
    return written.removesuffix("\n").removesuffix("\n...")
