"""Globs over tracked paths: `*` and `?` stay within a folder, `**/` is any number of folders, `{a,b}` either."""

import re
from collections.abc import Callable, Iterable
from functools import cache

_TOKEN = re.compile(r"\*\*/|\*\*|\*|\?|\[!?[^\]]+\]|\{[^{}]*\}|[^*?\[{]+|.", re.DOTALL)


@cache
def pattern(glob: str) -> str:
    """The regular expression, unanchored, that a glob means."""
    return "".join(_piece(token) for token in _TOKEN.findall(glob))


def _piece(token: str) -> str:
    match token:
        case "**/":
            return "(?:[^/]+/)*"
        case "**":
            return ".*"
        case "*":
            return "[^/]*"
        case "?":
            return "[^/]"
    if token.startswith("{") and token.endswith("}"):
        return "(?:" + "|".join(pattern(choice) for choice in token[1:-1].split(",")) + ")"
    if token.startswith("[") and token.endswith("]"):
        inner = token[1:-1].replace("\\", "\\\\")
        return "[" + ("^" + inner[1:] if inner.startswith("!") else inner) + "]"
    return re.escape(token)


def matcher(globs: Iterable[str]) -> Callable[[str], bool]:
    """Whether a path matches any of `globs` as a whole."""
    expression = re.compile("|".join(f"(?:{pattern(glob)})" for glob in globs) or r"(?!)", re.DOTALL)
    return lambda path: expression.fullmatch(path) is not None
