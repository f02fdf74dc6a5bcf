"""npm's versions, exactly as node-semver has them with its default options (strict, pre-releases only where named).

Tags (`latest`), aliases, URLs and `workspace:` are no constraints; a bare `1.2` is the range 1.2.x.
"""

import re
from collections.abc import Iterable

from maintainer.errors import InvalidConstraint, InvalidVersion
from maintainer.model import Bump, Strategy
from maintainer.versions import rewriting
from maintainer.versions.npm_range import Comparator, Key, parse_range, parse_version
from maintainer.versions.steps import step


def compare(a: str, b: str) -> int:
    """As `semver.compare`: build metadata does not count; raises InvalidVersion."""
    left, right = parse_version(a), parse_version(b)
    return (left > right) - (left < right)


def satisfies(constraint: str, version: str) -> bool:
    """As `semver.satisfies`, which answers false where this raises InvalidVersion or InvalidConstraint."""
    key = parse_version(version)
    return any(_holds(comparators, key) for comparators in parse_range(constraint))


def _holds(comparators: tuple[Comparator, ...], key: Key) -> bool:
    for operator, bound in comparators:
        if operator == ">=":
            if key < bound:
                return False
        elif operator == "<":
            if key >= bound:
                return False
        elif operator == "":
            if key != bound:
                return False
        elif key > bound if operator == "<=" else key <= bound:
            return False
    # A pre-release is allowed only beside one the range names, of the same three numbers.
    return len(key[3]) == 1 or any(len(bound[3]) > 1 and bound[:3] == key[:3] for _, bound in comparators)


def is_version(text: str) -> bool:
    """Whether `semver.valid` takes it."""
    try:
        parse_version(text)
    except InvalidVersion:
        return False
    return True


def is_prerelease(version: str) -> bool:
    """Whether something follows a hyphen."""
    return len(parse_version(version)[3]) > 1


def newest(versions: Iterable[str]) -> str | None:
    """The highest version, pre-releases included."""
    best, found = None, None
    for version in versions:
        try:
            key = parse_version(version)
        except InvalidVersion:
            continue
        if best is None or key > best:
            best, found = key, version
    return found


def bump(a: str, b: str) -> Bump:
    """By the first of the three numbers that differs; a step of a 0.x is not called major."""
    left, right = parse_version(a), parse_version(b)
    return step((left > right) - (left < right), left[:3], right[:3], len(right[3]) > 1)


def is_constraint(text: str) -> bool:
    """Whether `semver.validRange` takes it."""
    try:
        parse_range(text)
    except InvalidConstraint:
        return False
    return True


_GRAMMAR = rewriting.Grammar(
    satisfies=satisfies,
    is_constraint=is_constraint,
    alternative=re.compile(r"\s*\|\|\s*"),
    tilde_keeps=lambda parts: min(2, parts),
    exact_parts=3,
)


def rewrite(constraint: str, version: str, strategy: Strategy) -> str:
    """See `rewriting`; raises InvalidVersion and InvalidConstraint."""
    return rewriting.rewrite(_GRAMMAR, constraint, version, strategy)


def pinned(constraint: str) -> str | None:
    """The version of `1.2.3`, `=1.2.3` and `v1.2.3`."""
    return rewriting.pinned(_GRAMMAR, constraint)


def lowest(constraint: str) -> str | None:
    """The lower bound as written."""
    return rewriting.lowest(_GRAMMAR, constraint)
