"""Composer's versions and constraints, as composer/semver reads them (`VersionParser` and `Constraint/`, 3.3).

Regular expressions and order of the steps are its own, with ASCII classes, as PHP's are; its possessive quantifiers
are written as what can be read in one way only, as Python 3.11's first releases get possessive ones wrong.
"""

import re
from functools import lru_cache
from typing import NamedTuple

from maintainer.errors import InvalidConstraint, InvalidVersion
from maintainer.versions import php

#: Longer texts are refused: no real constraint comes near, and composer/semver's patterns are quadratic.
LONGEST = 4000

#: What a version is compared by: a sort key, or the name of a branch (`dev-main`), which only equals itself.
Parsed = php.Key | str

_PLAIN = re.compile(r"v?([0-9]{1,5})(?:\.([0-9]{1,18}))?(?:\.([0-9]{1,18}))?(?:\.([0-9]{1,18}))?", re.I | re.A)
_TRIM = " \t\n\r\0\x0b"
_MODIFIER = r"[._-]?(?:(stable|beta|b|RC|alpha|a|patch|pl|p)(\d*(?:[.-]\d+)*)?)?([.-]?dev)?"
_STABILITIES = "stable|RC|beta|alpha|dev"
_ALIAS = re.compile(r"^([^,\s]+) +as +([^,\s]+)$", re.A)
_VERSION_FLAG = re.compile(rf"@(?:{_STABILITIES})$", re.I | re.A)
_BUILD = re.compile(r"^([^,\s+]+)\+[^\s]+$", re.A)
_CLASSICAL = re.compile(rf"^v?(\d{{1,5}})(\.\d+)?(\.\d+)?(\.\d+)?{_MODIFIER}$", re.I | re.A)
_DATED = re.compile(rf"^v?(\d{{4}}(?:[.:-]?\d{{2}}){{1,6}}(?:[.:-]?\d{{1,3}})?){_MODIFIER}$", re.I | re.A)
_DEV_END = re.compile(r"(.*?)[.-]?dev$", re.I | re.A)
_NUMERIC_BRANCH = re.compile(r"^v?(\d+)(\.(?:\d+|[xX*]))?(\.(?:\d+|[xX*]))?(\.(?:\d+|[xX*]))?$", re.I | re.A)

_OR = re.compile(r"\s*\|\|?\s*", re.A)
_AND = re.compile(r"(?<!^)(?<!as)(?<![=>< ,]) *(?<!-)[, ](?!-) *(?!,|as|$)", re.A)
_FLAG = re.compile(rf"^([^,\s]*?)@({_STABILITIES})$", re.I | re.A)
_REFERENCE = re.compile(r"^(dev-[^,\s@]+?|[^,\s@]+?\.x-dev)#.+$", re.I | re.A)
_ANY = re.compile(r"^(v)?[xX*](\.[xX*])*$", re.I | re.A)
_ONE = rf"v?(\d+)(?:\.(\d+))?(?:\.(\d+))?(?:\.(\d+))?(?:{_MODIFIER}|\.([xX*][.-]?dev))(?:\+[^\s]+)?"
_TILDE = re.compile(rf"^~>?{_ONE}$", re.I | re.A)
_CARET = re.compile(rf"^\^{_ONE}$", re.I | re.A)
_WILDCARD = re.compile(r"^v?(\d+)(?:\.(\d+))?(?:\.(\d+))?(?:\.[xX*])+$", re.A)
_HYPHEN = re.compile(rf"^(?P<low>{_ONE}) +- +(?P<high>{_ONE})$", re.I | re.A)
_COMPARATOR = re.compile(r"^(<>|!=|>=?|<=?|==?)?\s*(.*)", re.A)
_BRANCH_BACKWARDS = re.compile(r"^[0-9a-zA-Z\-./]+$", re.A)
_MODIFIED = re.compile(rf"-{_MODIFIER}$", re.A)
_STABILITY = re.compile(rf"{_MODIFIER}(?:\+.*)?$", re.I | re.A)
_WORDS = {"a": "alpha", "b": "beta", "p": "patch", "pl": "patch", "rc": "RC"}


class Clause(NamedTuple):
    """One bound; operators are `==`, `!=`, `<`, `<=`, `>`, `>=`, and `*` for a bound that holds all."""

    operator: str
    version: str
    parsed: Parsed


def normalize(text: str) -> str:
    """The four-part form all comparison is made on (`VersionParser::normalize`); raises InvalidVersion."""
    version = text.strip(_TRIM)
    if alias := _ALIAS.search(version):
        version = alias[1]
    if flag := _VERSION_FLAG.search(version):
        version = version[: len(version) - len(flag[0])]
    if version in ("master", "trunk", "default"):
        version = f"dev-{version}"
    if version[:4].lower() == "dev-":
        return f"dev-{version[4:]}"
    if build := _BUILD.search(version):
        version = build[1]
    if match := _CLASSICAL.search(version):
        parts = [match[i] or ".0" for i in (2, 3, 4)]
        return match[1] + "".join(parts) + _suffix(*match.groups()[4:])
    if match := _DATED.search(version):
        return re.sub(r"[^0-9]", ".", match[1]) + _suffix(*match.groups()[1:])
    if version[-4:].rstrip("\n")[-3:].lower() == "dev" and (match := _DEV_END.search(version)):
        branch = _numeric_branch(match[1])
        if branch:
            return branch
    raise InvalidVersion(f"{text[:80]!r} is no version Composer understands.")


def _suffix(word: str | None, digits: str | None, dev: str | None) -> str:
    if not word:
        return "-dev" if dev else ""
    if word == "stable":
        return ""
    word = word.lower()
    return f"-{_WORDS.get(word, word)}{(digits or '').lstrip('.-')}{'-dev' if dev else ''}"


def _numeric_branch(name: str) -> str | None:
    match = _NUMERIC_BRANCH.search(name.strip(_TRIM))
    if not match:
        return None
    version = "".join(part or ".x" for part in match.groups())
    return re.sub(r"[xX*]", "9999999", version) + "-dev"


def stability(normalized: str) -> str:
    """`stable`, `RC`, `beta`, `alpha` or `dev` (`VersionParser::parseStability`)."""
    version = re.sub(r"#.+$", "", normalized)
    if version.startswith("dev-") or version.endswith("-dev"):
        return "dev"
    match = _STABILITY.search(version)
    if not match:
        return "stable"
    word = (match[1] or "").lower()
    return (
        "dev"
        if match[3]
        else {"b": "beta", "beta": "beta", "a": "alpha", "alpha": "alpha", "rc": "RC"}.get(word, "stable")
    )


def _parsed(normalized: str) -> Parsed:
    if normalized.startswith("dev-"):
        return normalized
    found = php.key(normalized)
    if found is None:
        raise InvalidVersion(f"{normalized[:80]!r} is no version Composer understands.")
    return found


@lru_cache(maxsize=8192)
def parse_version(text: str) -> Parsed:
    """What the version is compared by; raises InvalidVersion."""
    if plain := _PLAIN.fullmatch(text):
        major, minor, patch, fourth = plain.groups("0")
        return (int(major), int(minor), int(patch), int(fourth), php.END)
    if len(text) > LONGEST:
        raise InvalidVersion(f"A version of {len(text)} characters is none.")
    return _parsed(normalize(text))


@lru_cache(maxsize=2048)
def parse_constraint(text: str) -> tuple[tuple[Clause, ...], ...]:
    """The alternatives, each of clauses that must all hold; raises InvalidConstraint."""
    if len(text) > LONGEST:
        raise InvalidConstraint(f"A constraint of {len(text)} characters is none.")
    try:
        return _contiguous([
            tuple(clause for part in _AND.split(alternative) for clause in _clauses(part))
            for alternative in _OR.split(text.strip(_TRIM))
        ])  # fmt: skip
    except InvalidVersion as error:
        raise InvalidConstraint(f"{text[:80]!r} is no Composer constraint: {error}") from error


def _contiguous(alternatives: list[tuple[Clause, ...]]) -> tuple[tuple[Clause, ...], ...]:
    """`>=1 <2 || >=2 <3` is `>=1 <3` (`MultiConstraint::optimizeConstraints`); shows where the first one is empty."""
    merged = [alternatives[0]]
    for right in alternatives[1:]:
        left = merged[-1]
        if (
            [clause.operator for clause in left] == [clause.operator for clause in right] == [">=", "<"]
            and left[1].version == right[0].version
        ):  # fmt: skip
            merged[-1] = (left[0], right[1])
        else:
            merged.append(right)
    return tuple(merged)


def _clause(operator: str, normalized: str) -> Clause:
    return Clause(operator, normalized, _parsed(normalized))


def _clauses(text: str) -> list[Clause]:
    """One constraint without `,` and `|`: one bound, or the two of a range (`VersionParser::parseConstraint`)."""
    if alias := _ALIAS.search(text):
        text = alias[1]
    flag = ""
    if flagged := _FLAG.search(text):
        text = flagged[1] or "*"
        flag = "" if flagged[2] == "stable" else flagged[2]
    if reference := _REFERENCE.search(text):
        text = reference[1]
    if match := _ANY.search(text):
        return [_clause(">=", "0.0.0.0-dev")] if match[1] or match[2] else [Clause("*", "", ())]
    if (match := _TILDE.search(text)) and not text.startswith("~>"):
        return _tilde(text, match)
    if match := _CARET.search(text):
        return _caret(text, match)
    if match := _WILDCARD.search(text):
        return _wildcard(match)
    if match := _HYPHEN.search(text):
        return _hyphen(match)
    return [_comparison(text, flag)]


def _raised(parts: tuple[str | None, ...], position: int, by: int = 1) -> str:
    """The first `position` parts, the last of them raised, the rest zero."""
    kept = [part or "" for part in parts[:position]]
    if by:
        kept[-1] = str(php.number(kept[-1] or "0") + by)
    return ".".join(kept + ["0"] * (4 - position))


def _range(low: str, high: str) -> list[Clause]:
    return [_clause(">=", low), _clause("<", f"{high}-dev")]


def _tilde(text: str, match: re.Match[str]) -> list[Clause]:
    parts = match.groups()
    written = max(i for i in (1, 2, 3, 4) if i == 1 or parts[i - 1])
    position = written + (1 if parts[7] else 0)
    unstable = parts[4] or parts[6] or parts[7]
    low = normalize(text[1:] + ("" if unstable else "-dev"))
    return _range(low, _raised(parts, max(1, position - 1)))


def _caret(text: str, match: re.Match[str]) -> list[Clause]:
    parts = match.groups()
    if parts[0] != "0" or parts[1] is None:
        position = 1
    elif parts[1] != "0" or parts[2] is None:
        position = 2
    else:
        position = 3
    unstable = parts[4] or parts[6] or parts[7]
    low = normalize(text[1:] + ("" if unstable else "-dev"))
    return _range(low, _raised(parts, position))


def _wildcard(match: re.Match[str]) -> list[Clause]:
    parts = match.groups()
    position = 3 if parts[2] else 2 if parts[1] else 1
    low, high = _raised(parts, position, 0), _raised(parts, position)
    return [_clause("<", f"{high}-dev")] if not low.strip("0.") else _range(f"{low}-dev", high)


def _hyphen(match: re.Match[str]) -> list[Clause]:
    parts = match.groups()
    low, high = parts[1:9], parts[10:18]
    low_version = normalize(match["low"]) + ("" if low[4] or low[6] or low[7] else "-dev")
    high_version = normalize(match["high"])
    if (high[1] and high[2]) or high[4] or high[6] or high[7]:
        return [_clause(">=", low_version), _clause("<=", high_version)]
    return _range(low_version, _raised(high, 2 if high[1] else 1))


def _comparison(text: str, flag: str) -> Clause:
    match = _COMPARATOR.search(text)
    operator, written = (match[1] or "=", match[2]) if match else ("=", "")
    try:
        version = normalize(written)
    except InvalidVersion:
        # `foobar-dev` is taken for `dev-foobar`.
        if not (written.endswith("-dev") and _BRANCH_BACKWARDS.search(written)):
            raise
        version = normalize(f"dev-{written[:-4]}")
    if operator not in ("=", "==") and flag and stability(version) == "stable":
        version += f"-{flag}"
    elif operator in ("<", ">=") and not _MODIFIED.search(written.lower()) and not written.startswith("dev-"):
        version += "-dev"
    return _clause({"=": "==", "<>": "!="}.get(operator, operator), version)
