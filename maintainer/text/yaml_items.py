"""Edits of a list of maps at the top of a YAML file, in the style the file has; all else stays byte for byte.

    added(text, key, fields) -> str
    removed(text, key, index) -> str
    extended(text, key, index, field, value) -> str

Values are YAML as they shall stand there. All raise `errors.Unreadable` for what is no YAML, and for a key that holds
no list of maps. Who edits reads the outcome again: a file can be written in ways that no edit foresees.
"""

from collections.abc import Sequence

from maintainer.errors import Unreadable
from maintainer.text.tree import Array, Node, Scalar, Table
from maintainer.text.yaml_tree import parse_table

Fields = Sequence[tuple[str, str]]


def added(text: str, key: str, fields: Fields) -> str:
    """With one more item at the list's end; the list is made where there is none."""
    root = parse_table(text)
    node = root.get(key)
    if node is None:
        return _with_key(text, root, key, fields)
    if isinstance(node, Scalar) and node.value in ("", "~", "null") and not node.quoted:
        return _begun(text, root, key, node, fields)
    if not isinstance(node, Array):
        raise Unreadable(f"`{key}` is no list.")
    if not node.items:
        if text[node.at.start : node.at.end] == "[]":
            return _begun(text, root, key, node, fields)
        return _put(text, node.at.start + 1, _flow(fields))
    if _is_flow(text, node):
        return _put(text, _end(text, node.items[-1]), f", {_flow(fields)}")
    indent = _column(text, _dash(text, node.items[0]))
    return _lines_after(text, _end(text, node.items[-1]), _block(fields, " " * indent))


def removed(text: str, key: str, index: int) -> str:
    """Without that item; a list that loses its last one is `[]`."""
    node = _list(text, key)
    item = node.items[index]
    if _is_flow(text, node):
        if index:
            return text[: _end(text, node.items[index - 1])] + text[_end(text, item) :]
        until = node.items[1].at.start if len(node.items) > 1 else _end(text, item)
        return text[: item.at.start] + text[until:]
    since, until = _line(text, _dash(text, item)), _next_line(text, _end(text, item))
    left = text[:since] + text[until:]
    if len(node.items) > 1:
        return left
    return _put(left, _colon(text, parse_table(text), key), " []")


def extended(text: str, key: str, index: int, field: str, value: str) -> str:
    """With `value` added to the list `field` of that item, which may be missing, or a single value."""
    item = _list(text, key).items[index]
    if not isinstance(item, Table) or not item.items:
        raise Unreadable(f"`{key}[{index}]` is no map.")
    node = item.get(field)
    if node is None:
        if _is_flow(text, item):
            return _put(text, _end(text, item.items[-1][1]), f", {field}: {value}")
        return _lines_after(text, _end(text, item), [f"{' ' * _column(text, item.at.start)}{field}: {value}"])
    if isinstance(node, Scalar):
        since, until = _outside(text, node)
        return f"{text[:since]}[{text[since:until]}, {value}]{text[until:]}"
    if not isinstance(node, Array):
        raise Unreadable(f"`{key}[{index}].{field}` is no list.")
    if not node.items:
        return _put(text, node.at.start + 1, value)
    if _is_flow(text, node):
        return _put(text, _end(text, node.items[-1]), f", {value}")
    indent = _column(text, _dash(text, node.items[0]))
    return _lines_after(text, _end(text, node.items[-1]), [f"{' ' * indent}- {value}"])


def _list(text: str, key: str) -> Array:
    node = parse_table(text).get(key)
    if not isinstance(node, Array):
        raise Unreadable(f"`{key}` is no list.")
    return node


def _with_key(text: str, root: Table, key: str, fields: Fields) -> str:
    if root.items and _is_flow(text, root):
        return _put(text, _end(text, root.items[-1][1]), f", {key}: [{_flow(fields)}]")
    return _lines_after(text, len(text), [f"{key}:", *_block(fields, "  ")])


def _begun(text: str, root: Table, key: str, node: Node, fields: Fields) -> str:
    """The list where the key has nothing, or `[]`: beneath the key, whose line keeps its comment."""
    if _is_flow(text, root):
        return f"{text[: node.at.start]}[{_flow(fields)}]{text[node.at.end :]}"
    colon = _colon(text, root, key)
    blank = text[colon : node.at.start]
    gone = colon if not blank.strip() and "\n" not in blank else node.at.start
    left = text[:gone] + text[node.at.end :]
    return _lines_after(left, colon, _block(fields, "  "))


def _colon(text: str, root: Table, key: str) -> int:
    """Right after the colon of a key."""
    name = next(name for name, _ in root.items if name.value == key)
    return text.index(":", _outside(text, name)[1]) + 1


def _block(fields: Fields, indent: str) -> list[str]:
    lines = [f"{name}: {value}" for name, value in fields]
    return [f"{indent}{'  ' if at else '- '}{line}" for at, line in enumerate(lines)]


def _flow(fields: Fields) -> str:
    return f"{{{', '.join(f'{name}: {value}' for name, value in fields)}}}"


def _is_flow(text: str, node: Node) -> bool:
    return text[node.at.start : node.at.start + 1] in ("[", "{")


def _outside(text: str, node: Scalar) -> tuple[int, int]:
    """Where a scalar stands, with its quotes."""
    quoted = node.quoted and text[node.at.start - 1 : node.at.start] in ("'", '"')
    return node.at.start - quoted, node.at.end + quoted


def _end(text: str, node: Node) -> int:
    """Right after the last character that is its own: for the parser a block ends where the next thing begins."""
    if isinstance(node, Scalar):
        return _outside(text, node)[1]
    if _is_flow(text, node):
        return node.at.end
    children = node.items if isinstance(node, Array) else [part for item in node.items for part in item]
    return max((_end(text, child) for child in children), default=node.at.end)


def _dash(text: str, item: Node) -> int:
    return text.rindex("-", 0, item.at.start)


def _column(text: str, at: int) -> int:
    return at - _line(text, at)


def _line(text: str, at: int) -> int:
    """Where the line begins."""
    return text.rfind("\n", 0, at) + 1


def _next_line(text: str, at: int) -> int:
    """Where the next line begins: what has ended with a line's end has no rest of a line."""
    if text[at - 1 : at] == "\n":
        return at
    end = text.find("\n", at)
    return end + 1 if end >= 0 else len(text)


def _put(text: str, at: int, what: str) -> str:
    return text[:at] + what + text[at:]


def _lines_after(text: str, at: int, lines: Sequence[str]) -> str:
    """With these lines after the one that `at` is in, ended as the file's are."""
    ends = "\r\n" if "\r\n" in text else "\n"
    place = _next_line(text, at)
    before = text[:place]
    if before and not before.endswith("\n"):
        before += ends
    return before + "".join(f"{line}{ends}" for line in lines) + text[place:]
