"""Values put together from several places of a file: each character still knows where it stands."""

import itertools
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from maintainer.model import Dependency, Found, Span
from maintainer.text.tree import Node, Scalar

#: Longer than any reference; also what ends variables that double each other.
MAX_LENGTH = 4000
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_OPERATOR = re.compile(r":?[-+?]")


@dataclass(frozen=True, slots=True)
class Traced:
    """A text and, for each of its characters, the offset in the file it comes from."""

    text: str
    origins: tuple[int, ...]

    @classmethod
    def of(cls, text: str, start: int) -> "Traced":
        """A text that stands in the file as it is, from `start` on."""
        return cls(text, tuple(range(start, start + len(text))))

    def __add__(self, other: "Traced") -> "Traced":
        return Traced(self.text + other.text, self.origins + other.origins)

    def part(self, start: int, end: int | None = None) -> "Traced":
        """Characters `start` to `end`."""
        return Traced(self.text[start:end], self.origins[start:end])

    def place(self, start: int, end: int) -> Span | None:
        """Where characters `start` to `end` stand in the file; None when not in one piece."""
        origins = self.origins[start:end]
        if not origins or any(after - before != 1 for before, after in itertools.pairwise(origins)):
            return None
        return Span(origins[0], origins[-1] + 1)


NOTHING = Traced("", ())


def scalar(text: str, node: Node | None) -> Traced | None:
    """A scalar's value, None where the file writes it otherwise than it is meant (escapes, folded lines)."""
    if not isinstance(node, Scalar) or text[slice(*node.at)] != node.value:
        return None
    return Traced.of(node.value, node.at.start)


def expand(value: Traced, variables: Mapping[str, Traced], depth: int = 0) -> Traced | None:
    """`$NAME`, `${NAME}`, `${NAME:-default}`, `${NAME:+other}` and their like without colon put in.

    None where a value is not known, or the syntax is another one (`${NAME#pattern}`, `${{ expression }}`).
    """
    result, done = NOTHING, 0
    while (dollar := value.text.find("$", done)) >= 0:
        end = _end(value.text, dollar)
        part = _variable(value.part(dollar + 1, end), variables, depth)
        if part is None or len(result.text) + len(part.text) > MAX_LENGTH:
            return None
        result, done = result + value.part(done, dollar) + part, end
    return result + value.part(done) if done else value


def _end(text: str, dollar: int) -> int:
    """Behind the variable that starts at `dollar`; behind the whole text when its brace is never closed."""
    if not text.startswith("{", dollar + 1):
        name = _NAME.match(text, dollar + 1)
        return name.end() if name else dollar + 1
    open_braces = 0
    for at in range(dollar + 1, len(text)):
        open_braces += (text[at] == "{") - (text[at] == "}")
        if not open_braces:
            return at + 1
    return len(text)


def _variable(inner: Traced, variables: Mapping[str, Traced], depth: int) -> Traced | None:
    """The value of what stands behind a dollar."""
    if not inner.text.startswith("{"):
        return variables.get(inner.text)
    name = _NAME.match(inner.text, 1)
    if not name or not inner.text.endswith("}") or depth > 8:
        return None
    known, rest = variables.get(name[0]), inner.part(name.end(), -1)
    if not rest.text:
        return known
    operator = _OPERATOR.match(rest.text)
    if not operator:
        return None
    if operator[0].startswith(":") and known and not known.text:
        known = None
    match operator[0][-1]:
        case "-":
            return known if known is not None else expand(rest.part(operator.end()), variables, depth + 1)
        case "+":
            return NOTHING if known is None else expand(rest.part(operator.end()), variables, depth + 1)
        case _:
            return known


def distinct(found: Iterable[Found]) -> list[Found]:
    """One for each place, in the order of the file; then the findings."""
    places: dict[Span, Found] = {}
    findings: dict[Found, None] = {}
    for one in found:
        if isinstance(one, Dependency):
            places.setdefault(one.at, one)
        else:
            findings.setdefault(one)
    return [*(places[at] for at in sorted(places)), *findings]
