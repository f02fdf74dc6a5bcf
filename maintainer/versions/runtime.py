"""Versions of runtimes (PHP, Node, Python, WordPress, databases) as `.php-version`, `.nvmrc` and CI inputs write them.

A bare `8.1` is every 8.1.x, as are `=8.1` and `8.1.*`; operators work on such prefixes as npm's do: `<=8.1` allows
8.1.27, `>8.1` begins at 8.2, `~8.1` ends before 8.2 (Composer's would end before 9: `require.php` is the composer
scheme's). `lts/*`, `lts/iron`, `node` and `latest` are constraints; `lts/iron` also compares, as 20.
"""

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import NamedTuple

from maintainer.errors import InvalidConstraint, InvalidVersion
from maintainer.model import Bump, Strategy
from maintainer.versions import rewriting
from maintainer.versions.steps import step

#: Node's lines of long-term support (https://github.com/nodejs/Release, `schedule.json`).
CODENAMES = {
    "argon": 4, "boron": 6, "carbon": 8, "dubnium": 10, "erbium": 12, "fermium": 14, "gallium": 16, "hydrogen": 18,
    "iron": 20, "jod": 22, "krypton": 24,
}  # fmt: skip

_LONGEST = 4000
_RELEASED = 9
_STAGES = {"nightly": 0, "dev": 0, "canary": 0, "a": 1, "alpha": 1, "b": 2, "beta": 2, "pre": 3, "preview": 3, "rc": 4}
_STAGE = r"[-.]?(?P<stage>nightly|dev|canary|alpha|a|beta|b|preview|pre|rc)[-.]?(?P<nth>[0-9]{0,18})[0-9A-Za-z.-]*"
_VERSION = re.compile(rf"v?(?P<release>[0-9]{{1,9}}(?:\.[0-9]{{1,9}}){{0,4}})(?:{_STAGE})?(?:\+[0-9A-Za-z.-]*)?", re.I)
_LTS = re.compile(r"lts(?:[-/](?P<name>[a-z]+|\*|-[0-9]{1,2}))?", re.I)
_NEWEST = ("*", "x", "node", "latest", "current", "stable", "highest")
_OR = re.compile(r"\s*\|\|?\s*")
_HYPHEN = re.compile(r"(\S+)\s+-\s+(\S+)")
_CLAUSE = re.compile(r"(>=|<=|==|!=|<>|=|>|<|\^|~>|~|)\s*([^\s,<>=!^~]+)(?:\s*,\s*|\s+|\Z)")
_WILDCARD = re.compile(r"(v?[0-9]+(?:\.[0-9]+)*)(?:\.[xX*])+")

_Key = tuple[tuple[int, ...], int, int]


class _Range(NamedTuple):
    """From `low` (with its pre-releases' order) to the release `high`, exclusive; `outside` turns it around."""

    low: _Key
    high: tuple[int, ...] | None = None
    outside: bool = False
    lts: bool = False


_ANY = _Range(((), 0, 0))


@lru_cache(maxsize=8192)
def _parse(text: str) -> _Key:
    """Numbers without trailing zeros, then the stage."""
    match = _VERSION.fullmatch(text) if len(text) <= 256 else None
    if match is None:
        major = CODENAMES.get(_codename(text) or "")
        if major is None:
            raise InvalidVersion(f"{text[:80]!r} is no version of a runtime.")
        return (major,), _RELEASED, 0
    stage = match["stage"]
    return _trimmed(_parts(match["release"])), _STAGES[stage.lower()] if stage else _RELEASED, int(match["nth"] or 0)


def _parts(release: str) -> tuple[int, ...]:
    return tuple(map(int, release.split(".")))


def _trimmed(parts: tuple[int, ...]) -> tuple[int, ...]:
    while parts and not parts[-1]:
        parts = parts[:-1]
    return parts


def _codename(text: str) -> str | None:
    match = _LTS.fullmatch(text)
    return match["name"].lower() if match and match["name"] and match["name"].isalpha() else None


def is_lts_alias(text: str) -> bool:
    """Whether it is `lts`, `lts/*`, `lts/-1` or a line's name, `lts/iron`."""
    return _LTS.fullmatch(text.strip()) is not None


def compare(a: str, b: str) -> int:
    """By the numbers, missing ones being 0; raises InvalidVersion."""
    one, two = _parse(a), _parse(b)
    return (one > two) - (one < two)


def satisfies(constraint: str, version: str) -> bool:
    """See the module; raises InvalidVersion and InvalidConstraint."""
    key = _parse(version)
    return any(all(_holds(bound, key) for bound in bounds) for bounds in _ranges(constraint))


def _holds(bound: _Range, key: _Key) -> bool:
    if bound.lts and (not key[0] or key[0][0] % 2 or key[0][0] < 4):
        return False
    return (bound.low <= key and (bound.high is None or key[0] < bound.high)) != bound.outside


@lru_cache(maxsize=2048)
def _ranges(constraint: str) -> tuple[tuple[_Range, ...], ...]:
    if len(constraint) > _LONGEST:
        raise InvalidConstraint(f"A constraint of {len(constraint)} characters is none.")
    try:
        return tuple(_alternative(part) for part in _OR.split(constraint.strip()))
    except InvalidVersion as error:
        raise InvalidConstraint(f"{constraint[:80]!r} is no constraint of a runtime: {error}") from error


def _alternative(text: str) -> tuple[_Range, ...]:
    if hyphen := _HYPHEN.fullmatch(text):
        return (_range(">=", hyphen[1]), _range("<=", hyphen[2]))
    at, found = 0, []
    while at < len(text) or not text:
        match = _CLAUSE.match(text, at)
        if match is None:
            raise InvalidVersion(f"{text[at : at + 80]!r} can't be read.")
        found.append(_range(match[1], match[2]))
        at = match.end()
    return tuple(found)


def _range(operator: str, text: str) -> _Range:
    if not operator and (text.lower() in _NEWEST or is_lts_alias(text)):
        if codename := _codename(text):
            return _prefix((_parse(f"lts/{codename}")[0][0],))
        return _Range(_ANY.low, lts=is_lts_alias(text))
    if wildcard := _WILDCARD.fullmatch(text):
        text = wildcard[1]
    match = _VERSION.fullmatch(text)
    if match is None:
        raise InvalidVersion(f"{text[:80]!r} is no version of a runtime.")
    parts, low = _parts(match["release"]), _parse(text)
    match operator:
        case ">=":
            return _Range(low)
        case ">":
            return _Range((_after(parts), _RELEASED, 0))
        case "<":
            return _Range(_ANY.low, _trimmed(parts))
        case "<=":
            return _Range(_ANY.low, _after(parts))
        case "^":
            line = next((i for i, part in enumerate(parts) if part), len(parts) - 1)
            return _Range(low, _after(parts[: line + 1]))
        case "~" | "~>":
            return _Range(low, _after(parts[:2]))
        case _:
            return _Range(low, _after(parts), outside=operator in ("!=", "<>"))


def _prefix(parts: tuple[int, ...]) -> _Range:
    return _Range((_trimmed(parts), _RELEASED, 0), _after(parts))


def _after(parts: tuple[int, ...]) -> tuple[int, ...]:
    """The first release that does not begin with these parts."""
    return (*parts[:-1], parts[-1] + 1)


def is_version(text: str) -> bool:
    """Whether it is numbers, perhaps with a pre-release; aliases are none."""
    return len(text) <= 256 and _VERSION.fullmatch(text) is not None


def is_prerelease(version: str) -> bool:
    """Whether a stage follows the numbers: `8.5.0RC1`, `3.15.0b1`, `v25.0.0-nightly`."""
    return _parse(version)[1] != _RELEASED


def newest(versions: Iterable[str]) -> str | None:
    """The highest version, pre-releases included."""
    found = [version for version in versions if is_version(version)]
    return max(found, key=_parse, default=None)


def bump(a: str, b: str) -> Bump:
    """By the first number that differs."""
    return step(compare(a, b), _parse(a)[0], _parse(b)[0], is_prerelease(b))


def is_constraint(text: str) -> bool:
    """Whether it can be read."""
    try:
        _ranges(text)
    except InvalidConstraint:
        return False
    return True


_GRAMMAR = rewriting.Grammar(
    satisfies=satisfies,
    is_constraint=is_constraint,
    alternative=_OR,
    tilde_keeps=lambda parts: min(2, parts),
    exact_parts=3,
)


def rewrite(constraint: str, version: str, strategy: Strategy) -> str:
    """See `rewriting`; the name of an LTS line becomes the name of the version's line, other aliases stay."""
    alias = constraint.strip()
    if not is_lts_alias(alias) or satisfies(constraint, version):
        return rewriting.rewrite(_GRAMMAR, constraint, version, strategy)
    old, major = _codename(alias), _parse(version)[0][:1]
    name = next((name for name, line in CODENAMES.items() if (line,) == major), None)
    if old is None or name is None:
        raise InvalidConstraint(
            f"{constraint!r} can't become {version!r}: that is in no line of long-term support known."
        )
    cased = name if alias.endswith(old) else name.title()
    return constraint.replace(alias, alias[: -len(old)] + cased)


def pinned(constraint: str) -> str | None:
    """The version of `8.1.2`, `v20.11.1`, `=8.1.2`: three numbers or more, anything less is a prefix."""
    return rewriting.pinned(_GRAMMAR, constraint)


def lowest(constraint: str) -> str | None:
    """The lower bound as written; the line's number for `lts/iron`."""
    codename = _codename(constraint.strip())
    if codename in CODENAMES:
        return str(CODENAMES[codename])
    return rewriting.lowest(_GRAMMAR, constraint)
