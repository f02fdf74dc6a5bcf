"""WordPress's versions (core, plugins, themes, and the PHP they require): PHP's `version_compare`, any text compares.

A constraint is versions with `>=`, `>`, `<=`, `<`, `==`, `=`, `!=` or `<>`, all of which must hold, with commas or
spaces between. As in `Requires PHP: 7.4`, a bare version means "at least", and nothing at all requires nothing.
"""

import re
from collections.abc import Iterable
from functools import cmp_to_key, lru_cache

from maintainer.errors import InvalidConstraint
from maintainer.model import Bump, Strategy
from maintainer.versions import php, rewriting
from maintainer.versions.steps import step

_LONGEST = 4000
_CLAUSE = re.compile(r"(>=|<=|<>|==|!=|=|>|<|)\s*((?![\^~*])[^\s,<>=!|]*[0-9][^\s,<>=!|]*)(?:\s*,\s*|\s+|\Z)")
_VERSION = re.compile(r"v?[0-9][0-9A-Za-z]*(?:[._+~ -]+[0-9A-Za-z]+)*")
_UNSTABLE = re.compile(r"(?<![a-z])(?:dev|alpha|a|beta|b|rc|pre|preview|nightly|trunk)(?![a-z])", re.I)
_NUMBERS = re.compile(r"[0-9]+(?:\.[0-9]+)*")
_ORDER = cmp_to_key(php.compare)


def compare(a: str, b: str) -> int:
    """As `version_compare`; never raises."""
    return php.compare(a, b)


@lru_cache(maxsize=2048)
def _clauses(constraint: str) -> tuple[tuple[str, str], ...]:
    text, at, found = constraint.strip(), 0, []
    while at < len(text):
        match = _CLAUSE.match(text, at) if len(text) <= _LONGEST else None
        if match is None:
            raise InvalidConstraint(
                f"{constraint[:80]!r} is no requirement: write a version, or operators and versions."
            )
        found.append((match[1] or ">=", match[2]))
        at = match.end()
    return tuple(found)


def satisfies(constraint: str, version: str) -> bool:
    """Whether `version_compare` holds for every clause; raises InvalidConstraint."""
    return all(_holds(php.compare(version, bound), operator) for operator, bound in _clauses(constraint))


def _holds(order: int, operator: str) -> bool:
    match operator:
        case ">=":
            return order >= 0
        case "<=":
            return order <= 0
        case ">":
            return order > 0
        case "<":
            return order < 0
        case "!=" | "<>":
            return order != 0
        case _:
            return order == 0


def is_version(text: str) -> bool:
    """Whether it begins with a number and holds no more than numbers, words and separators."""
    return len(text) <= php.LONGEST and _VERSION.fullmatch(text) is not None


def is_prerelease(version: str) -> bool:
    """Whether one of its words says so, in any case (`version_compare` itself knows `RC` and `rc` only)."""
    return _UNSTABLE.search(version) is not None


def newest(versions: Iterable[str]) -> str | None:
    """The highest by `version_compare`; `trunk` and the like are ignored."""
    known = [version for version in versions if is_version(version)]
    keys = [php.key(version) for version in known]
    sortable = [key for key in keys if key is not None]
    if not known or len(sortable) < len(known):
        return max(known, key=_ORDER, default=None)
    return known[sortable.index(max(sortable))]


def bump(a: str, b: str) -> Bump:
    """By the first number that differs: for core, 6.4 -> 6.5 is `minor` here, whatever WordPress calls it."""
    return step(php.compare(a, b), _numbers(a), _numbers(b), is_prerelease(b))


def _numbers(version: str) -> list[int]:
    match = _NUMBERS.search(version)
    return [php.number(part) for part in match[0].split(".")] if match else []


def is_constraint(text: str) -> bool:
    """Whether every clause can be read."""
    try:
        _clauses(text)
    except InvalidConstraint:
        return False
    return True


_GRAMMAR = rewriting.Grammar(
    satisfies=satisfies, is_constraint=is_constraint, alternative=None, tilde_keeps=lambda parts: parts
)


def rewrite(constraint: str, version: str, strategy: Strategy) -> str:
    """A bare version is what a file says of itself, and becomes the new one; with operators see `rewriting`."""
    if is_version(constraint.strip()):
        return version
    return rewriting.rewrite(_GRAMMAR, constraint, version, strategy)


def pinned(constraint: str) -> str | None:
    """The version of `6.4.5` (what a file says of itself), `=6.4.5` or `==6.4.5`."""
    return constraint.strip() if is_version(constraint.strip()) else rewriting.pinned(_GRAMMAR, constraint)


def lowest(constraint: str) -> str | None:
    """The lower bound as written."""
    return constraint.strip() if is_version(constraint.strip()) else rewriting.lowest(_GRAMMAR, constraint)
