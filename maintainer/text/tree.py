"""What JSON, YAML and TOML have in common: a tree in which each value knows where it stands.

`text/json_tree.py`, `text/yaml_tree.py` and `text/toml_tree.py` each have `parse(text) -> Node`, which raises
`errors.Unreadable` for a text that is not of its format, and so managers need not care which it was.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from maintainer.model import Span


@dataclass(frozen=True, slots=True)
class Scalar:
    """A string, number, boolean or null. `at` spans its characters without quotes, anchor or tag.

    `value` is a string as the format means it (escapes resolved); a number, boolean or null keeps the characters the
    file has (`8.10` stays `8.10`) with `quoted` False.
    """

    value: str
    at: Span
    quoted: bool = True


@dataclass(frozen=True, slots=True)
class Table:
    """A mapping in the order of the file."""

    items: tuple[tuple[Scalar, "Node"], ...]
    at: Span

    def get(self, *path: str) -> "Node | None":
        """The node under this key, or under these keys one after another, None where it ends or is no table."""
        node: Node | None = self
        for name in path:
            if not isinstance(node, Table):
                return None
            node = next((child for key, child in reversed(node.items) if key.value == name), None)
        return node

    def table(self, *path: str) -> "Table | None":
        """As `get`, None also for what is no table."""
        node = self.get(*path)
        return node if isinstance(node, Table) else None

    def scalar(self, *path: str) -> Scalar | None:
        """As `get`, None also for what is no scalar."""
        node = self.get(*path)
        return node if isinstance(node, Scalar) else None

    def text(self, *path: str) -> str:
        """The scalar's value, empty when there is none."""
        node = self.scalar(*path)
        return node.value if node else ""

    def scalars(self, *path: str) -> Iterator[tuple[Scalar, Scalar]]:
        """Keys and values of the table under `path`, of those values that are scalars."""
        node = self.table(*path)
        for key, child in node.items if node else ():
            if isinstance(child, Scalar):
                yield key, child


@dataclass(frozen=True, slots=True)
class Array:
    """A sequence."""

    items: tuple["Node", ...]
    at: Span


Node = Scalar | Table | Array
