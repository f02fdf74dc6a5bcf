"""YAML as a tree with positions (YAML 1.1, as libyaml reads it).

Built from the parser's events, so that nothing recurses and no alias is expanded: an alias is the very node it names,
and a place reached twice has one span. Merge keys stay keys (`<<`); `merged` follows them.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple, Protocol

import yaml

from maintainer.errors import Unreadable
from maintainer.model import Span
from maintainer.text.tree import Array, Node, Scalar, Table

#: Deeper than any file a person writes; what walks a tree may recurse.
MAX_DEPTH = 100
#: Values that aliases may stand for in total: who walks a tree visits an aliased value once for each alias.
MAX_ALIASED = 50_000

_LOADER: type[yaml.SafeLoader] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
#: An anchor or a tag, and what stands between it and the content.
_PROPERTIES = re.compile(r"(?:[&!]\S*\s*(?:#[^\r\n]*\s*)*)+")
#: https://yaml.org/spec/1.1/#c-printable
_FORBIDDEN = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


class _Mark(Protocol):
    """Where the parser is; the C parser's marks are of a class of their own."""

    line: int
    column: int


def parse(text: str) -> Node:
    """The first document; an empty one is an empty unquoted scalar (null). Raises `errors.Unreadable`."""
    return next(iter(parse_all(text)), Scalar("", Span(0, 0), quoted=False))


def parse_table(text: str) -> Table:
    """The first document of a file that has to be a mapping, empty for an empty file. Raises `errors.Unreadable`."""
    return next(iter(parse_tables(text)), Table((), Span(0, 0)))


def parse_tables(text: str) -> list[Table]:
    """Every document, each of which has to be a mapping or empty. Raises `errors.Unreadable`."""
    return [_table(text, node) for node in parse_all(text)]


def _table(text: str, node: Node) -> Table:
    if isinstance(node, Table):
        return node
    if isinstance(node, Scalar) and not node.quoted and node.value in ("", "~", "null"):
        return Table((), node.at)
    line = text.count("\n", 0, node.at.start)
    raise _unreadable(line, 0, "expected a mapping (`key: value`) at the top of the document")


def parse_all(text: str) -> list[Node]:
    """Every document of the stream. Raises `errors.Unreadable`, which names line and column."""
    # The C parser does not count a byte order mark, the other one does: neither gets to see it.
    skipped = 1 if text.startswith("\ufeff") else 0
    if bad := _FORBIDDEN.search(text, skipped):
        line, column = text.count("\n", 0, bad.start()), bad.start() - text.rfind("\n", 0, bad.start()) - 1
        raise _unreadable(line, column, f"the character {bad.group()!a} is not allowed in YAML (is the file UTF-8?)")
    builder = _Builder(text, skipped)
    try:
        loader = _LOADER(text[skipped:])
        try:
            while loader.check_event():
                builder.take(loader.get_event())  # type: ignore[no-untyped-call]
        finally:
            loader.dispose()
    except yaml.MarkedYAMLError as error:
        raise _refusal(error.problem_mark or error.context_mark, error.problem or "not YAML") from None
    except (yaml.YAMLError, ValueError) as error:
        raise _unreadable(0, 0, " ".join(str(error).split())) from None
    return builder.documents


def merged(table: Table) -> Iterator[tuple[Scalar, Node]]:
    """Its own items, then those of the mappings it merges with `<<`, unless it has the key itself.

    https://yaml.org/type/merge.html
    """
    seen: set[str] = set()
    waiting: list[Node] = [table]
    visited: set[int] = set()
    while waiting:
        node = waiting.pop(0)
        if id(node) in visited:
            continue
        visited.add(id(node))
        if isinstance(node, Array):
            waiting[:0] = node.items
        elif isinstance(node, Table):
            waiting[:0] = [value for key, value in node.items if _is_merge(key)]
            own = [(key, value) for key, value in node.items if not _is_merge(key) and key.value not in seen]
            seen.update(key.value for key, _ in own)
            yield from own


def member(table: Node | None, name: str) -> Node | None:
    """What a mapping says under a key, merged mappings included."""
    if not isinstance(table, Table):
        return None
    own = table.get(name)
    return own if own is not None else next((value for key, value in merged(table) if key.value == name), None)


def _is_merge(key: Scalar) -> bool:
    return key.value == "<<" and not key.quoted


def _unreadable(line: int, column: int, problem: str) -> Unreadable:
    return Unreadable(f"line {line + 1}, column {column + 1}: {problem}.")


def _refusal(mark: _Mark | None, problem: str) -> Unreadable:
    return _unreadable(mark.line, mark.column, problem) if mark else _unreadable(0, 0, problem)


@dataclass(slots=True)
class _Open:
    """A collection whose end has not come yet."""

    start: int
    mapping: bool
    anchor: str | None
    children: list[Node] = field(default_factory=list)


class _Size(NamedTuple):
    """What a walk of a node costs: values to visit, and collections on the way to the deepest."""

    values: int
    depth: int


@dataclass(slots=True)
class _Builder:
    text: str
    shift: int
    documents: list[Node] = field(default_factory=list)
    open: list[_Open] = field(default_factory=list)
    anchors: dict[str, Node] = field(default_factory=dict)
    #: Of aliased nodes, by identity.
    sizes: dict[int, _Size] = field(default_factory=dict)
    aliased: int = 0

    def take(self, event: yaml.Event) -> None:
        match event:
            case yaml.ScalarEvent():
                self._add(self._scalar(event), event.anchor)
            case yaml.CollectionStartEvent():
                self._deepen(event, 1)
                if event.anchor:
                    self.anchors.pop(event.anchor, None)
                opened = _Open(self._span(event).start, isinstance(event, yaml.MappingStartEvent), event.anchor)
                self.open.append(opened)
            case yaml.CollectionEndEvent():
                self._close(self._span(event).end)
            case yaml.AliasEvent():
                self._alias(event)
            case yaml.DocumentStartEvent():
                self.anchors = {}

    def _span(self, event: yaml.Event) -> Span:
        start, end = event.start_mark, event.end_mark
        return Span(start.index + self.shift if start else 0, end.index + self.shift if end else 0)

    def _scalar(self, event: yaml.ScalarEvent) -> Scalar:
        start, end = self._span(event)
        if self.text.startswith(("&", "!"), start) and (properties := _PROPERTIES.match(self.text, start, end)):
            start = properties.end()
        if event.style in ("'", '"'):
            return Scalar(event.value, Span(start + 1, max(start + 1, end - 1)))
        return Scalar(event.value, Span(start, end), quoted=bool(event.style))

    def _alias(self, event: yaml.AliasEvent) -> None:
        node = self.anchors.get(event.anchor or "")
        if node is None:
            raise _refusal(event.start_mark, f"the alias *{event.anchor} names no finished anchor before it")
        size = self._size(node)
        self._deepen(event, size.depth)
        self.aliased += size.values
        if self.aliased > MAX_ALIASED:
            raise _refusal(event.start_mark, f"the aliases stand for more than {MAX_ALIASED} values")
        self._add(node, None)

    def _deepen(self, event: yaml.Event, levels: int) -> None:
        if len(self.open) + levels > MAX_DEPTH:
            raise _refusal(event.start_mark, f"nested more than {MAX_DEPTH} deep")

    def _close(self, end: int) -> None:
        opened = self.open.pop()
        at = Span(opened.start, max(opened.start, end))
        if not opened.mapping:
            self._add(Array(tuple(opened.children), at), opened.anchor)
            return
        pairs = zip(opened.children[::2], opened.children[1::2], strict=True)
        # A key that is a collection has no name one could look for.
        items = tuple((key, value) for key, value in pairs if isinstance(key, Scalar))
        self._add(Table(items, at), opened.anchor)

    def _add(self, node: Node, anchor: str | None) -> None:
        if anchor:
            self.anchors[anchor] = node
        if self.open:
            self.open[-1].children.append(node)
        else:
            self.documents.append(node)

    def _size(self, node: Node) -> _Size:
        known = self.sizes.get(id(node))
        if known is None:
            children: tuple[Node, ...] = ()
            if isinstance(node, Array):
                children = node.items
            elif isinstance(node, Table):
                children = tuple(value for _, value in node.items)
            sizes = [self._size(child) for child in children]
            depth = 0 if isinstance(node, Scalar) else 1 + max((size.depth for size in sizes), default=0)
            known = self.sizes[id(node)] = _Size(1 + sum(size.values for size in sizes), depth)
        return known
