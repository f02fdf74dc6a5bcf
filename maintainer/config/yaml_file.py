"""YAML, strictly: one document of maps, lists and scalars, in which each value knows where it stands.

Scalars keep the characters of the file; what they mean is said by the field they fill, so that `8.10` stays a
version and `no` a word (YAML 1.1 makes a number and a boolean of them). Anchors, aliases, tags, duplicate keys and
tabs are refused with a sentence; none is needed, and each is a way to mean something else than one sees.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import yaml

from maintainer.config.secrets import looks_secret
from maintainer.config.spelling import LONGEST, printable, quoted
from maintainer.errors import ConfigurationError

MAX_BYTES = 1024 * 1024
MAX_DEPTH = 20
MAX_VALUES = 50_000
NULLS = frozenset({"", "~", "null", "Null", "NULL"})


class Mark(NamedTuple):
    """A place in a file; line and column count from 1."""

    file: str
    line: int
    column: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"


@dataclass(frozen=True, slots=True)
class Scalar:
    """A single value; `plain` when it stands without quotes."""

    text: str
    at: Mark
    plain: bool = False

    @property
    def is_null(self) -> bool:
        return self.plain and self.text in NULLS


@dataclass(frozen=True, slots=True)
class Sequence:
    """A list."""

    items: "list[Node]"
    at: Mark


@dataclass(frozen=True, slots=True)
class Table:
    """A map; `keys` says where each key stands."""

    items: "dict[str, Node]"
    keys: dict[str, Mark]
    at: Mark


Node = Scalar | Sequence | Table
Path = tuple[str | int, ...]


def dotted(path: Path) -> str:
    """A path as people read it: `freeze[0].lead`."""
    text = ""
    for step in path:
        if isinstance(step, int):
            text += f"[{step}]"
        else:
            key = step if 0 < len(step) <= LONGEST and step.isprintable() else quoted(step)
            text += f".{key}" if text else key
    return text


def walk(node: Node, path: Path = ()) -> Iterator[tuple[Path, Node]]:
    """The node and all below it, in the order of the file."""
    yield path, node
    if isinstance(node, Table):
        for key, child in node.items.items():
            yield from walk(child, (*path, key))
    elif isinstance(node, Sequence):
        for index, child in enumerate(node.items):
            yield from walk(child, (*path, index))


def parse(data: bytes, file: str, *, aliases: bool = False) -> Table:
    """The map a file holds; an empty file holds an empty one. Raises ConfigurationError with the place.

    `aliases` is for other programs' files: an alias is what its anchor names, and counts as if it were written out.
    """
    text = _decoded(data, file)
    builder = _Builder(file, aliases=aliases)
    try:
        for event in yaml.parse(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader)):
            builder.take(event)
    except yaml.MarkedYAMLError as error:
        raise _syntax(error, text, file) from None
    except yaml.YAMLError:
        raise ConfigurationError(f"{file}:1:1: holds a character that no YAML file may have. Remove it.") from None
    return builder.root or Table({}, {}, Mark(file, 1, 1))


def _decoded(data: bytes, file: str) -> str:
    if len(data) > MAX_BYTES:
        raise ConfigurationError(f"{file}:1:1: is larger than 1 MiB, which no configuration is.")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = data[: error.start]
        line, column = before.count(b"\n") + 1, error.start - before.rfind(b"\n")
        raise ConfigurationError(
            f"{file}:{line}:{column}: is not UTF-8 here. Save the file with the encoding UTF-8."
        ) from None


def _syntax(error: yaml.MarkedYAMLError, text: str, file: str) -> ConfigurationError:
    context, problem = error.context or "", error.problem or "it ends too early"
    mark = error.problem_mark or error.context_mark
    if (meant := next((why for start, why in _MEANT.items() if context.startswith(start)), "")) and error.context_mark:
        mark = error.context_mark
    line, column = (mark.line, mark.column) if mark else (0, 0)
    lines = text.splitlines()
    there = lines[line] if line < len(lines) else ""
    if "\t" in there[: column + 1]:
        why = "a tab stands here, and YAML is indented with spaces. Replace it by spaces."
    elif "cannot start any token" in problem:
        why = "text that starts with @, ` or % needs quotes: '@acme/*'."
    else:
        why = meant or f"is no YAML: {problem}."
        if there and not meant and not looks_secret(there) and len(there) <= 80:
            why += f" The line is: {printable(there.strip())}"
    return ConfigurationError(f"{file}:{line + 1}:{column + 1}: {why}")


_NO_ALIAS = "anchors and aliases (& and *) are not used here. Write the value out; quote a glob: '*'."
_NO_TAG = "tags (!) are not used here. Write the value without one; quote it if it is text: '!acme/*'."
#: What the parser was doing, and what that says of the author.
_MEANT = {"while scanning an a": _NO_ALIAS, "while scanning a tag": _NO_TAG, "while parsing a tag": _NO_TAG}


@dataclass(slots=True)
class _Open:
    node: Sequence | Table
    path: Path
    key: str | None = None


@dataclass(slots=True)
class _Builder:
    """Makes the tree of the parser's events, without recursion."""

    file: str
    aliases: bool = False
    anchors: dict[str, Node] = field(default_factory=dict)
    root: Table | None = None
    stack: list[_Open] = field(default_factory=list)
    documents: int = 0
    values: int = 0

    def take(self, event: Any) -> None:
        at = Mark(self.file, event.start_mark.line + 1, event.start_mark.column + 1)
        if isinstance(event, yaml.DocumentStartEvent):
            self.documents += 1
            if self.documents > 1:
                raise ConfigurationError(f"{at}: a second document starts here. Keep one, without `---` between.")
        elif isinstance(event, yaml.AliasEvent):
            self.again(event.anchor or "", at)
        elif isinstance(event, yaml.NodeEvent):
            self.open(event, at)
        elif isinstance(event, yaml.CollectionEndEvent):
            self.stack.pop()

    def open(self, event: Any, at: Mark) -> None:
        self.values += 1
        if self.values > MAX_VALUES:
            raise ConfigurationError(f"{at}: more than {MAX_VALUES} values, which no configuration has.")
        if event.anchor is not None and not self.aliases:
            raise self.refused(at, _NO_ALIAS)
        if event.tag is not None:
            raise self.refused(at, _NO_TAG)
        if isinstance(event, yaml.ScalarEvent):
            scalar = Scalar(event.value, at, bool(event.implicit[0]))
            self.anchors[event.anchor or ""] = scalar
            self.add(scalar)
            return
        made = Table({}, {}, at) if isinstance(event, yaml.MappingStartEvent) else Sequence([], at)
        self.anchors[event.anchor or ""] = made
        opened = _Open(made, self.path)
        self.add(made)
        if len(self.stack) >= MAX_DEPTH:
            raise ConfigurationError(f"{at}: is nested deeper than {MAX_DEPTH} levels.")
        self.stack.append(opened)

    def again(self, anchor: str, at: Mark) -> None:
        """Add what an anchor names once more; one that holds itself would have no end."""
        named = self.anchors.get(anchor)
        if not self.aliases or named is None or any(named is one.node for one in self.stack):
            raise self.refused(at, _NO_ALIAS)
        depth = 0
        for path, _ in walk(named):
            depth = max(depth, len(path))
            self.values += 1
            if self.values > MAX_VALUES:
                raise ConfigurationError(f"{at}: more than {MAX_VALUES} values, which no configuration has.")
        if len(self.stack) + depth > MAX_DEPTH:
            raise ConfigurationError(f"{at}: is nested deeper than {MAX_DEPTH} levels.")
        self.add(named)

    @property
    def path(self) -> Path:
        """Where the next value stands."""
        if not self.stack:
            return ()
        top = self.stack[-1]
        if isinstance(top.node, Sequence):
            return (*top.path, len(top.node.items))
        return top.path if top.key is None else (*top.path, top.key)

    def add(self, node: Node) -> None:
        if not self.stack:
            if isinstance(node, Table):
                self.root = node
            elif not (isinstance(node, Scalar) and node.is_null):
                raise ConfigurationError(
                    f"{node.at}: is no map. Write `key: value` lines, such as `extends: [ecommerce]`."
                )
            return
        top = self.stack[-1]
        if isinstance(top.node, Sequence):
            top.node.items.append(node)
        elif top.key is None:
            self.name(top, top.node, node)
        else:
            top.node.items[top.key] = node
            top.key = None

    def name(self, top: _Open, table: Table, key: Node) -> None:
        if not isinstance(key, Scalar):
            raise self.refused(key.at, "a key is one word, no list and no map.")
        if key.text in table.keys:
            first = table.keys[key.text]
            where = dotted((*top.path, key.text))
            if looks_secret(where):
                where = "this key"
            raise ConfigurationError(f"{key.at}: {where}: is already given in line {first.line}. Keep one of the two.")
        table.keys[key.text] = key.at
        top.key = key.text

    def refused(self, at: Mark, why: str) -> ConfigurationError:
        path = dotted(self.path)
        return ConfigurationError(f"{at}: {path}: {why}" if path and not looks_secret(path) else f"{at}: {why}")
