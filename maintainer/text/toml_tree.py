"""TOML with positions (https://toml.io/en/v1.0.0).

`tomllib` decides what a text means, and whether it is TOML at all; what is here only finds where each value stands.
A tree that says anything else than `tomllib` is refused, so a mistake of ours can cost a file but never change one.
"""

import re
import tomllib
from dataclasses import dataclass, field
from typing import Any, Final

from maintainer.errors import Unreadable
from maintainer.model import Span
from maintainer.text.tree import Array, Node, Scalar, Table

DEPTH: Final = 100

_LONE: Final = re.compile("[\ud800-\udfff]")
_BLANK: Final = re.compile(r"[ \t\r\n]*(?:#[^\n]*[ \t\r\n]*)*")
_LONG_KEY: Final = re.compile(r"^[^\"'#\n]*?(?<![\w.-])(?:[\w-]{1,99}[ \t]{0,9}\.[ \t]{0,9}){100}", re.M)
_KEY: Final = re.compile(r"""[ \t]*(?:"([^"\\\n]*(?:\\.[^"\\\n]*)*)"|'([^'\n]*)'|([A-Za-z0-9_-]+))[ \t]*(\.?)""")
_STRING: Final = re.compile(
    r'"""(?:\r?\n)?((?s:[^"\\]*(?:(?:\\.|"(?!""))[^"\\]*)*)"{0,2}?)"""(?!")'
    r"|'''(?:\r?\n)?((?s:.*?)'{0,2}?)'''(?!')"
    r'|"([^"\\\n]*(?:\\.[^"\\\n]*)*)"'
    r"|'([^'\n]*)'"
)
_OTHER: Final = re.compile(r"\d{4}-\d\d-\d\d[ Tt]\d\d:[^\s,\]}#]*|[^\s,\]}#]+")


@dataclass(slots=True)
class _Open:
    """A table that later lines may still add to; a list is an array of such tables."""

    start: int
    end: int
    items: dict[str, tuple[Scalar, "_Open | list[_Open] | Node"]] = field(default_factory=dict)

    def table(self, key: Scalar) -> "_Open":
        """The table under `key`, of an array of tables the last one."""
        _, child = self.items.setdefault(key.value, (key, _Open(*key.at)))
        found = child[-1] if isinstance(child, list) else child
        if not isinstance(found, _Open):
            raise _Disagreement
        return found

    def closed(self) -> Table:
        items = tuple((key, _closed(child)) for key, child in self.items.values())
        return Table(items, Span(self.start, max([self.end, *(child.at.end for _, child in items)])))


class _Disagreement(Exception):
    """We read something that `tomllib` did not."""


def parse(text: str) -> Table:
    """The tree of a TOML text; a byte order mark is passed over. Numbers and dates keep the characters of the file.

    Raises `errors.Unreadable`, with the line, for what is no TOML, is not UTF-8, or nests deeper than `DEPTH`.
    """
    if not text.isascii() and _LONE.search(text):
        raise Unreadable("not UTF-8")
    if text.startswith("\ufeff"):
        text = f" {text[1:]}"
    # `tomllib` takes time by the square of a key's parts.
    if _LONG_KEY.search(text):
        raise Unreadable(f"nested deeper than {DEPTH} levels")
    try:
        data = tomllib.loads(text)
    except RecursionError:
        raise Unreadable(f"nested deeper than {DEPTH} levels") from None
    except ValueError as error:
        raise Unreadable(f"no TOML: {error}") from None
    try:
        tree = _Reader(text).document()
    except (_Disagreement, RecursionError):
        raise Unreadable("TOML that can't be edited safely") from None
    if not _agrees(tree, data):
        raise Unreadable("TOML that can't be edited safely")
    return tree


class _Reader:
    """Goes through a text that is known to be TOML."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0

    def document(self) -> Table:
        root = _Open(0, 0)
        current = root
        self.blank()
        while self.at < len(self.text):
            if self.text[self.at] == "[":
                current = self.header(root)
            else:
                self.pair(current, 0)
            self.blank()
        return root.closed()

    def header(self, root: _Open) -> _Open:
        start = self.at
        is_array = self.text.startswith("[[", start)
        self.at += 2 if is_array else 1
        *parents, last = self.key()
        self.expect("]]" if is_array else "]")
        table = root
        for part in parents:
            table = table.table(part)
        if not is_array:
            return table.table(last)
        _, listed = table.items.setdefault(last.value, (last, []))
        if not isinstance(listed, list):
            raise _Disagreement
        listed.append(_Open(start, self.at))
        return listed[-1]

    def pair(self, table: _Open, depth: int) -> None:
        *parents, last = self.key()
        self.expect("=")
        for part in parents:
            table = table.table(part)
        table.items[last.value] = (last, self.value(depth))

    def key(self) -> list[Scalar]:
        parts: list[Scalar] = []
        more = True
        while more:
            found = _KEY.match(self.text, self.at)
            if not found:
                raise _Disagreement
            group = next(number for number in (1, 2, 3) if found[number] is not None)
            value = _unescaped(found[1]) if group == 1 else found[group]
            parts.append(Scalar(value, Span(*found.span(group))))
            if len(parts) > DEPTH:
                raise Unreadable(f"nested deeper than {DEPTH} levels")
            self.at = found.end()
            more = bool(found[4])
        return parts

    def value(self, depth: int) -> Node:
        if depth > DEPTH:
            raise Unreadable(f"nested deeper than {DEPTH} levels")
        self.blank()
        start = self.at
        match self.text[start : start + 1]:
            case "[":
                return self.array(start, depth + 1)
            case "{":
                return self.inline(start, depth + 1)
            case '"' | "'":
                return self.string()
        found = _OTHER.match(self.text, start)
        if not found:
            raise _Disagreement
        self.at = found.end()
        return Scalar(found[0], Span(*found.span()), quoted=False)

    def array(self, start: int, depth: int) -> Array:
        items: list[Node] = []
        self.at += 1
        while not self.ends("]"):
            items.append(self.value(depth))
            if not self.ends(","):
                self.expect("]")
                break
        return Array(tuple(items), Span(start, self.at))

    def inline(self, start: int, depth: int) -> Table:
        table = _Open(start, start)
        self.at += 1
        while not self.ends("}"):
            self.pair(table, depth)
            if not self.ends(","):
                self.expect("}")
                break
        table.end = self.at
        return table.closed()

    def string(self) -> Scalar:
        found = _STRING.match(self.text, self.at)
        if not found or not found.lastindex:
            raise _Disagreement
        self.at = found.end()
        group = found.lastindex
        raw = found[group]
        if "\\" in raw and group in (1, 3):
            raw = _unescaped(raw, long=group == 1)
        elif group in (1, 2):
            raw = raw.replace("\r\n", "\n")
        return Scalar(raw, Span(*found.span(group)))

    def blank(self) -> None:
        found = _BLANK.match(self.text, self.at)
        self.at = found.end() if found else self.at

    def ends(self, mark: str) -> bool:
        """Whether `mark` comes next; then it is passed."""
        self.blank()
        ends = self.text.startswith(mark, self.at)
        self.at += len(mark) if ends else 0
        return ends

    def expect(self, mark: str) -> None:
        if not self.ends(mark):
            raise _Disagreement


def _closed(child: "_Open | list[_Open] | Node") -> Node:
    if isinstance(child, _Open):
        return child.closed()
    if isinstance(child, list):
        tables = tuple(one.closed() for one in child)
        return Array(tables, Span(tables[0].at.start, tables[-1].at.end))
    return child


def _unescaped(raw: str, *, long: bool = False) -> str:
    """What a basic string means; in a long one the line break behind the quotes is ours, and means nothing."""
    quoted = f'"""\n{raw}"""' if long else f'"{raw}"'
    try:
        return str(tomllib.loads(f"x = {quoted}")["x"])
    except ValueError:
        raise _Disagreement from None


def _agrees(node: Node, data: Any) -> bool:
    """Whether the tree says what `tomllib` does: the same keys, lengths, strings, and kinds of the rest."""
    match node:
        case Table():
            return (
                isinstance(data, dict)
                and len(node.items) == len(data)
                and all(key.value in data and _agrees(child, data[key.value]) for key, child in node.items)
            )
        case Array():
            return (
                isinstance(data, list)
                and len(node.items) == len(data)
                and all(_agrees(child, one) for child, one in zip(node.items, data, strict=True))
            )
    if node.quoted:
        return bool(node.value == data)
    return not isinstance(data, str | dict | list)
