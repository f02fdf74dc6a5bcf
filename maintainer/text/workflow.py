"""What the expressions of a GitHub workflow stand for: `${{ matrix.php }}`, `${{ env.NODE }}`, `${{ inputs.php }}`.

https://docs.github.com/en/actions/reference/workflows-and-actions/contexts
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from maintainer.model import Role
from maintainer.text.tree import Array, Node, Scalar, Table

EXPRESSION = re.compile(r"\$\{\{\s*(?P<context>matrix|env|inputs)\.(?P<path>[\w.-]+)\s*\}\}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Scope:
    """What the expressions of a step can refer to: innermost first."""

    matrix: Table | None = None
    environments: tuple[Table, ...] = ()
    inputs: tuple[Table, ...] = ()
    #: Expressions of the matrix that were followed: a long list is walked once, not once a step.
    followed: set[str] = field(default_factory=set)

    def within(self, table: Table) -> "Scope":
        """With the variables that a job or step sets."""
        environment = table.table("env")
        return replace(self, environments=(environment, *self.environments)) if environment else self

    def values(self, expression: str, depth: int = 0) -> Iterator[tuple[Scalar, Role]]:
        """The scalars a whole expression may stand for; those of a matrix declare what is supported."""
        match = EXPRESSION.fullmatch(expression.strip())
        if not match or depth > 4:
            return
        path = match["path"].split(".")
        nodes: list[Node | None] = []
        role: Role = "pin"
        if match["context"] == "matrix" and self.matrix and match["path"] not in self.followed:
            self.followed.add(match["path"])
            role = "support"
            nodes = [*_along(self.matrix, path), *_along(self.matrix.get("include"), path)]
        elif match["context"] == "env":
            nodes = [next((node for table in self.environments if (node := table.get(*path))), None)]
        elif match["context"] == "inputs":
            nodes = [table.get(*path, "default") for table in self.inputs]
        for node in nodes:
            if isinstance(node, Scalar):
                deeper = list(self.values(node.value, depth + 1))
                yield from deeper or [(node, role)]


def _along(node: Node | None, path: Sequence[str]) -> Iterator[Node]:
    """The nodes at the end of a path, in each item of every list on the way."""
    if isinstance(node, Array):
        for item in node.items:
            yield from _along(item, path)
    elif not path:
        if node is not None:
            yield node
    elif isinstance(node, Table):
        yield from _along(node.get(path[0]), path[1:])
