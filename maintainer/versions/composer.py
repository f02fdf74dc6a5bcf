"""Composer's versions, exactly as composer/semver has them: what PHP throws at, this raises.

A text is also a version when it is a branch (`dev-main`, `2.x-dev`). Two different branches are neither older nor
newer than each other, and older than any number.
"""

import re
from collections.abc import Iterable
from functools import lru_cache

from maintainer.errors import InvalidConstraint, InvalidVersion
from maintainer.model import Bump, Strategy
from maintainer.versions import php, rewriting
from maintainer.versions.composer_constraint import Parsed, parse_constraint, parse_version
from maintainer.versions.steps import step

_BRANCH: php.Key = (-10, php.END)


def _key(parsed: Parsed) -> php.Key:
    return _BRANCH if isinstance(parsed, str) else parsed


def compare(a: str, b: str) -> int:
    """As composer/semver's `Comparator` orders the normalized versions; raises InvalidVersion."""
    left, right = _key(parse_version(a)), _key(parse_version(b))
    return (left > right) - (left < right)


@lru_cache(maxsize=2048)
def _tests(constraint: str) -> tuple[tuple[tuple[str, Parsed], ...], ...]:
    return tuple(tuple((clause.operator, clause.parsed) for clause in group) for group in parse_constraint(constraint))


def satisfies(constraint: str, version: str) -> bool:
    """As `Semver::satisfies`; raises InvalidVersion and InvalidConstraint."""
    parsed = parse_version(version)
    for group in _tests(constraint):
        for operator, bound in group:
            if not _holds(parsed, operator, bound):
                break
        else:
            return True
    return False


def _holds(version: Parsed, operator: str, bound: Parsed) -> bool:
    if operator == "*":
        return True
    if isinstance(version, str) or isinstance(bound, str):
        return version != bound if operator == "!=" else operator == "==" and version == bound
    if operator == ">=":
        return version >= bound
    if operator == "<":
        return version < bound
    if operator == "==":
        return version == bound
    if operator == "<=":
        return version <= bound
    return version > bound if operator == ">" else version != bound


def is_version(text: str) -> bool:
    """Whether composer/semver normalizes it."""
    try:
        parse_version(text)
    except InvalidVersion:
        return False
    return True


def is_prerelease(version: str) -> bool:
    """Whether its stability is not `stable`: alpha, beta, RC, dev and every branch."""
    parsed = parse_version(version)
    return isinstance(parsed, str) or min(parsed) < php.END


def newest(versions: Iterable[str]) -> str | None:
    """The highest version; branches by name are the lowest, `2.x-dev` is above every 2."""
    best, found = None, None
    for version in versions:
        try:
            key = _key(parse_version(version))
        except InvalidVersion:
            continue
        if best is None or key > best:
            best, found = key, version
    return found


def bump(a: str, b: str) -> Bump:
    """By the first part that differs, of four."""
    one, two = parse_version(a), parse_version(b)
    if isinstance(one, str) or isinstance(two, str):
        return "none" if one == two else "other"
    return step(compare(a, b), one[:4], two[:4], is_prerelease(b))


def is_constraint(text: str) -> bool:
    """Whether `VersionParser::parseConstraints` takes it."""
    try:
        parse_constraint(text)
    except InvalidConstraint:
        return False
    return True


_GRAMMAR = rewriting.Grammar(
    satisfies=satisfies,
    is_constraint=is_constraint,
    alternative=re.compile(r"\s*\|\|?\s*", re.A),
    tilde_keeps=lambda parts: max(1, parts - 1),
)


def rewrite(constraint: str, version: str, strategy: Strategy) -> str:
    """See `rewriting`; raises InvalidVersion and InvalidConstraint. Branches and aliases are never moved."""
    return rewriting.rewrite(_GRAMMAR, constraint, version, strategy)


def pinned(constraint: str) -> str | None:
    """The version of `1.2.3`, `=1.2.3`, `==1.2.3`; a bare `1.2` is exact too."""
    return rewriting.pinned(_GRAMMAR, constraint)


def lowest(constraint: str) -> str | None:
    """The lower bound as written."""
    return rewriting.lowest(_GRAMMAR, constraint)
