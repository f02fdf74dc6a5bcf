"""JSON with positions (RFC 8259), and JSON with comments and trailing commas as editors' configuration has it (JSONC).

One regular expression a member reads a key, a colon and what follows; only tables and arrays call back, and no deeper
than `DEPTH`, so no text can exhaust the interpreter's stack.
"""

import json
import re
from typing import Final, NamedTuple

from maintainer.errors import Unreadable
from maintainer.model import Span
from maintainer.text.tree import Array, Node, Scalar, Table

DEPTH: Final = 200

_STRING: Final = r'"([^"\\\x00-\x1f]*(?:\\.[^"\\\x00-\x1f]*)*)"'
_LITERAL: Final = r"(-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?|true|false|null)"
_LONE: Final = re.compile("[\ud800-\udfff]")


class _Grammar(NamedTuple):
    """`key` reads up to the value, `value` a whole scalar or an opening bracket, each with the blanks around it."""

    blank: re.Pattern[str]
    key: re.Pattern[str]
    value: re.Pattern[str]
    trailing_comma: bool


def _grammar(blank: str, trailing_comma: bool) -> _Grammar:
    return _Grammar(
        re.compile(blank),
        re.compile(rf"{blank}{_STRING}{blank}:"),
        re.compile(rf"{blank}(?:{_STRING}|{_LITERAL}|([\[{{])){blank}"),
        trailing_comma,
    )


_STRICT: Final = _grammar(r"[ \t\n\r]*", False)
# Each part ends where nothing else can, so that there is one way to read a blank: going back is never slow.
_COMMENT: Final = r"(?://[^\n]*(?![^\n])|/\*[^*]*(?:\*(?!/)[^*]*)*\*/)"
_COMMENTED: Final = _grammar(rf"[ \t\n\r]*(?:{_COMMENT}[ \t\n\r]*)*", True)


def parse(text: str, *, comments: bool = False) -> Node:
    """The tree of a JSON text; a byte order mark is passed over, of equal keys all are kept (`Table.get`: the last).

    Raises `errors.Unreadable`, with the line, for what is no JSON, is not UTF-8, or nests deeper than `DEPTH`.
    """
    if not text.isascii() and _LONE.search(text):
        raise Unreadable("not UTF-8")
    grammar = _COMMENTED if comments else _STRICT
    node, at = _value(text, 1 if text.startswith("\ufeff") else 0, grammar, 0)
    if at != len(text):
        raise _unexpected(text, at)
    return node


def parse_table(text: str, *, comments: bool = False) -> Table:
    """As `parse`, of a file that has to be an object."""
    tree = parse(text, comments=comments)
    if not isinstance(tree, Table):
        raise Unreadable("expected an object at the top of the file")
    return tree


def _value(text: str, at: int, grammar: _Grammar, depth: int) -> tuple[Node, int]:
    """The value at `at`, and where the next thing that is not blank stands."""
    found = grammar.value.match(text, at)
    if found is None:
        raise _unexpected(text, at, grammar)
    which = found.lastindex
    if which == 1:
        return _string(text, found, 1), found.end()
    if which == 2:
        return Scalar(found[2], Span(*found.span(2)), False), found.end()
    if depth >= DEPTH:
        raise Unreadable(f"line {_line(text, at)}: nested deeper than {DEPTH} levels")
    read = _table if found[3] == "{" else _array
    return read(text, found.start(3), found.end(), grammar, depth + 1)


def _table(text: str, start: int, at: int, grammar: _Grammar, depth: int) -> tuple[Node, int]:
    items: list[tuple[Scalar, Node]] = []
    closed = text[at : at + 1] == "}"
    while not closed:
        found = grammar.key.match(text, at)
        if found is None:
            raise _unexpected(text, at, grammar)
        node, at = _value(text, found.end(), grammar, depth)
        items.append((_string(text, found, 1), node))
        at, closed = _after(text, at, "}", grammar)
    return Table(tuple(items), Span(start, at + 1)), _blank(text, at + 1, grammar)


def _array(text: str, start: int, at: int, grammar: _Grammar, depth: int) -> tuple[Node, int]:
    items: list[Node] = []
    closed = text[at : at + 1] == "]"
    while not closed:
        node, at = _value(text, at, grammar, depth)
        items.append(node)
        at, closed = _after(text, at, "]", grammar)
    return Array(tuple(items), Span(start, at + 1)), _blank(text, at + 1, grammar)


def _after(text: str, at: int, closer: str, grammar: _Grammar) -> tuple[int, bool]:
    """Behind an item: where the next one begins, or where `closer` stands."""
    mark = text[at : at + 1]
    if mark == closer:
        return at, True
    if mark != ",":
        raise _unexpected(text, at)
    if grammar.trailing_comma:
        at = _blank(text, at + 1, grammar)
        return at, text[at : at + 1] == closer
    return at + 1, False


def _blank(text: str, at: int, grammar: _Grammar) -> int:
    found = grammar.blank.match(text, at)
    return found.end() if found else at


def _string(text: str, found: re.Match[str], group: int) -> Scalar:
    raw = found[group]
    if "\\" in raw:
        try:
            raw = json.loads(f'"{raw}"')
        except ValueError:
            raise Unreadable(f"line {_line(text, found.start(group))}: a string with a bad escape") from None
        # Half a surrogate pair is no character: no registry has such a name, and it could not be printed.
        raw = _LONE.sub("\ufffd", raw)
    return Scalar(raw, Span(*found.span(group)))


def _unexpected(text: str, at: int, grammar: _Grammar = _STRICT) -> Unreadable:
    at = _blank(text, at, grammar)
    what = repr(text[at]) if at < len(text) else "the end of the file"
    return Unreadable(f"line {_line(text, at)}: {what} is not expected here")


def _line(text: str, at: int) -> int:
    return text.count("\n", 0, at) + 1
