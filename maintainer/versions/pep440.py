"""Python's versions and specifiers (PEP 440) through `packaging`.

A pre-release satisfies what its order satisfies, as `SpecifierSet.contains` has it since packaging 26 (`>=1.2` allows
2.0rc1, `<2.0` does not); whether to take one is for `is_prerelease` and the rules.

A text that is no PEP 440 specifier is read as Poetry's: `^1.2`, `~1.2`, `1.2.*`, a bare `1.2` (exactly it), `*`,
with `||` between alternatives (https://python-poetry.org/docs/dependency-specification/).
"""

import re
from collections.abc import Iterable
from functools import lru_cache

from packaging.specifiers import InvalidSpecifier, SpecifierSet
from packaging.version import Version

from maintainer.errors import InvalidConstraint, InvalidVersion
from maintainer.model import Bump, Strategy
from maintainer.versions import rewriting
from maintainer.versions.steps import step

_LONGEST = 4000
_OR = re.compile(r"\s*\|\|?\s*")
_CLAUSE = re.compile(r"(===|~=|==|!=|<=|>=|<|>|=|\^|~|)\s*([^\s,]+)(?:\s*,\s*|\s+|\Z)")
_WILDCARD = re.compile(r"v?[0-9]+(?:\.[0-9]+)*\.[*xX]")


@lru_cache(maxsize=8192)
def _version(text: str) -> Version:
    try:
        return Version(text)
    except ValueError as error:
        raise InvalidVersion(f"{text[:80]!r} is no version by PEP 440.") from error


@lru_cache(maxsize=2048)
def _specifiers(constraint: str) -> tuple[SpecifierSet, ...]:
    """The alternatives; more than one only in Poetry's writing."""
    if len(constraint) > _LONGEST:
        raise InvalidConstraint(f"A specifier of {len(constraint)} characters is none.")
    try:
        return (SpecifierSet(constraint),)
    except InvalidSpecifier:
        pass
    try:
        return tuple(SpecifierSet(_translated(part)) for part in _OR.split(constraint.strip()))
    except (ValueError, InvalidVersion) as error:
        raise InvalidConstraint(f"{constraint[:80]!r} is no specifier of PEP 440 or Poetry.") from error


def _translated(text: str) -> str:
    """One alternative of Poetry's, in PEP 440."""
    at, found = 0, []
    while at < len(text):
        match = _CLAUSE.match(text, at)
        if match is None:
            raise InvalidSpecifier(text)
        found.append(_clause(match[1], match[2]))
        at = match.end()
    if not found:
        raise InvalidSpecifier(text)
    return ",".join(filter(None, found))


def _clause(operator: str, text: str) -> str:
    if operator in ("^", "~"):
        release = _version(text).release
        if operator == "^":
            keeps = next((i for i, part in enumerate(release) if part), len(release) - 1) + 1
        else:
            keeps = min(2, len(release))
        high = [*release[: keeps - 1], release[keeps - 1] + 1]
        epoch = f"{_version(text).epoch}!" if _version(text).epoch else ""
        return f">={text},<{epoch}{'.'.join(map(str, high))}"
    if text == "*" and operator in ("", "=", "=="):
        return ""
    wildcard = operator in ("", "=") and _WILDCARD.fullmatch(text)
    return f"{operator if operator not in ('', '=') else '=='}{text[:-1] + '*' if wildcard else text}"


def compare(a: str, b: str) -> int:
    """By PEP 440; raises InvalidVersion."""
    one, two = _version(a), _version(b)
    return (one > two) - (one < two)


def satisfies(constraint: str, version: str) -> bool:
    """As `SpecifierSet.contains`, of any of Poetry's alternatives; raises InvalidVersion and InvalidConstraint."""
    found = _version(version)
    try:
        return any(specifiers.contains(found, prereleases=True) for specifiers in _specifiers(constraint))
    except ValueError as error:
        raise InvalidConstraint(f"{constraint[:80]!r} is no specifier of PEP 440.") from error


def is_version(text: str) -> bool:
    """Whether PEP 440 takes it."""
    try:
        _version(text)
    except InvalidVersion:
        return False
    return True


def is_prerelease(version: str) -> bool:
    """Alpha, beta, release candidate or development release; a post-release is none."""
    return _version(version).is_prerelease


def newest(versions: Iterable[str]) -> str | None:
    """The highest version, pre-releases included."""
    best: Version | None = None
    found = None
    for text in versions:
        try:
            version = _version(text)
        except InvalidVersion:
            continue
        if best is None or version > best:
            best, found = version, text
    return found


def bump(a: str, b: str) -> Bump:
    """By the first number of the release that differs; a new epoch is `major`."""
    one, two = _version(a), _version(b)
    if one.epoch < two.epoch:
        return "prerelease" if two.is_prerelease else "major"
    return step(compare(a, b), one.release, two.release, two.is_prerelease)


def is_constraint(text: str) -> bool:
    """Whether PEP 440 or Poetry takes it."""
    try:
        _specifiers(text)
    except InvalidConstraint:
        return False
    return True


_PEP440 = rewriting.Grammar(
    satisfies=satisfies, is_constraint=is_constraint, alternative=None, tilde_keeps=lambda parts: parts
)
_POETRY = rewriting.Grammar(
    satisfies=satisfies, is_constraint=is_constraint, alternative=_OR, tilde_keeps=lambda parts: min(2, parts)
)


@lru_cache(maxsize=2048)
def _grammar(constraint: str) -> rewriting.Grammar:
    try:
        SpecifierSet(constraint)
    except InvalidSpecifier:
        return _POETRY
    return _PEP440


def rewrite(constraint: str, version: str, strategy: Strategy) -> str:
    """See `rewriting`; PEP 440 has no alternatives, so only ranges of comparators widen there."""
    return rewriting.rewrite(_grammar(constraint), constraint, version, strategy)


def pinned(constraint: str) -> str | None:
    """The version of `==1.2.3`, `===1.2.3` and Poetry's bare `1.2.3`."""
    return rewriting.pinned(_grammar(constraint), constraint)


def lowest(constraint: str) -> str | None:
    """The lower bound as written."""
    return rewriting.lowest(_grammar(constraint), constraint)
