"""npm's versions and ranges, as node-semver reads them (`classes/semver.js`, `classes/range.js`, 7.8, default options).

A range is brought to comparators by the same rewritings in the same order; the bounded repetitions are node-semver's.
"""

import re
from functools import lru_cache
from typing import NamedTuple

from maintainer.errors import InvalidConstraint, InvalidVersion

Identifier = tuple[int, int | float, str]
#: Numbers, then (1,) for a release or (0, identifiers...) for a pre-release: tuples order as node-semver compares.
Key = tuple[int, int, int, tuple[int | Identifier, ...]]

_LONGEST_VERSION = 256
_LONGEST_RANGE = 4000
_MAX_SAFE = 2**53 - 1
_RELEASE = (1,)

#: JavaScript's `\s`.
_SPACE = r"\t\n\v\f\r \xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000\ufeff"
_S = f"[{_SPACE}]"
_SPACES = re.compile(f"{_S}+")
_EDGES = re.compile(f"^{_S}+|{_S}+\\Z")
_N = r"(?:0|[1-9][0-9]{0,256})"
_ID = rf"(?:[0-9]{{0,256}}[a-zA-Z-][a-zA-Z0-9-]{{0,250}}|{_N})"
_PRE = rf"(?:-({_ID}(?:\.{_ID})*))"
_BUILD = r"(?:\+([a-zA-Z0-9-]{1,250}(?:\.[a-zA-Z0-9-]{1,250})*))"
_FULL = rf"v?({_N})\.({_N})\.({_N}){_PRE}?{_BUILD}?"
_LN = r"[0-9]{1,256}"
_LID = rf"(?:[0-9]{{0,256}}[a-zA-Z-][a-zA-Z0-9-]{{0,250}}|{_LN})"
_V = rf"[v={_SPACE}]*"
_LOOSE = rf"{_V}({_LN})\.({_LN})\.({_LN})(?:-?({_LID}(?:\.{_LID})*))?{_BUILD}?"
_X = rf"(?:{_N}|x|X|\*)"
_XRANGE = rf"{_V}({_X})(?:\.({_X})(?:\.({_X})(?:{_PRE})?{_BUILD}?)?)?"
_OPERATOR = r"((?:<|>)?=?)"

_VERSION = re.compile(_FULL)
_HYPHEN = re.compile(rf"{_S}?({_XRANGE}){_S}-{_S}({_XRANGE}){_S}?")
_LOOSE_SPACE = re.compile(rf"({_S}?){_OPERATOR}{_S}?({_LOOSE}|{_XRANGE})")
_TILDE_SPACE = re.compile(rf"({_S}?)(?:~>?){_S}")
_CARET_SPACE = re.compile(rf"({_S}?)\^{_S}")
_BUILDS = re.compile(r"\+[a-zA-Z0-9-]+(?:\.[a-zA-Z0-9-]+)*")
_TILDE = re.compile(rf"~>?{_XRANGE}")
_CARET = re.compile(rf"\^{_XRANGE}")
_XRANGED = re.compile(rf"{_OPERATOR}{_S}?{_XRANGE}")
_STAR = re.compile(rf"[<>]?=?{_S}?\*")
_COMPARATOR = re.compile(rf"{_OPERATOR}{_S}?({_FULL})")
_NOTHING = "<0.0.0-0"


class Comparator(NamedTuple):
    """`operator` is `<`, `<=`, `>`, `>=` or empty for equality."""

    operator: str
    key: Key


def _identifier(text: str) -> Identifier:
    if not text.isdigit():
        return (1, 0, text)
    number = int(text) if len(text) < 17 else float(text)
    return (0, number, "")


@lru_cache(maxsize=8192)
def parse_version(text: str) -> Key:
    """What the version sorts by; raises InvalidVersion."""
    match = _VERSION.fullmatch(text) or _VERSION.fullmatch(_EDGES.sub("", text))
    if match is None or len(text) > _LONGEST_VERSION:
        raise InvalidVersion(f"{text[:80]!r} is no version: npm wants three numbers, as in 1.2.3 or 1.2.3-beta.1.")
    major, minor, patch, pre, _ = match.groups()
    numbers = (int(major), int(minor), int(patch))
    if max(numbers) > _MAX_SAFE:
        raise InvalidVersion(f"{text[:80]!r} is no version: a part is above 2^53-1.")
    return (*numbers, (0, *map(_identifier, pre.split("."))) if pre else _RELEASE)


@lru_cache(maxsize=2048)
def parse_range(text: str) -> tuple[tuple[Comparator, ...], ...]:
    """The alternatives, each of comparators that must all hold; none holds all. Raises InvalidConstraint."""
    if len(text) > _LONGEST_RANGE:
        raise InvalidConstraint(f"A range of {len(text)} characters is none.")
    try:
        sets = [_comparators(part.strip(" ")) for part in _SPACES.sub(" ", _EDGES.sub("", text)).split("||")]
    except InvalidVersion as error:
        raise InvalidConstraint(f"{text[:80]!r} is no npm range: {error}") from error
    if () in sets:
        return ((),)
    return tuple(filter(None, (found for found in sets if found is not None)))


def _comparators(text: str) -> tuple[Comparator, ...] | None:
    """One alternative; None when it can hold nothing (`<0.0.0-0`), empty when it holds all."""
    text = _BUILDS.sub("", text)
    if hyphen := _HYPHEN.fullmatch(text):
        text = _hyphen(hyphen)
    text = _LOOSE_SPACE.sub(r"\1\2\3", text)
    text = _TILDE_SPACE.sub(r"\1~", text)
    text = _CARET_SPACE.sub(r"\1^", text)
    words = _SPACES.split(" ".join(_plain(word) for word in text.split(" ")))
    found: dict[Comparator, None] = {}
    nothing = False
    for word in words:
        word = "" if word == ">=0.0.0" else word
        if not word:
            continue
        match = _COMPARATOR.fullmatch(word)
        if match is None:
            raise InvalidVersion(f"{word[:80]!r} is no comparator.")
        comparator = Comparator("" if match[1] == "=" else match[1], parse_version(match[2]))
        nothing = nothing or comparator == ("<", (0, 0, 0, (0, (0, 0, ""))))
        found[comparator] = None
    return None if nothing else tuple(found)


def _plain(word: str) -> str:
    """One word of a range without caret, tilde and wildcards."""
    if match := _CARET.fullmatch(word):
        word = _caret(*match.groups()[:4])
    elif match := _TILDE.fullmatch(word):
        word = _tilde(*match.groups()[:4])
    return " ".join(_STAR.sub("", _xrange(part), count=1) for part in word.split(" "))


def _is_x(part: str | None) -> bool:
    return not part or part in "xX*"


def _next(part: str) -> int:
    return int(part) + 1


def _caret(major: str, minor: str | None, patch: str | None, pre: str | None) -> str:
    if _is_x(major):
        return ""
    if minor is None or _is_x(minor):
        return f">={major}.0.0 <{_next(major)}.0.0-0"
    low = (
        f">={major}.{minor}.0"
        if patch is None or _is_x(patch)
        else f">={major}.{minor}.{patch}" + (f"-{pre}" if pre else "")
    )
    if major != "0":
        return f"{low} <{_next(major)}.0.0-0"
    if minor != "0" or patch is None or _is_x(patch):
        return f"{low} <{major}.{_next(minor)}.0-0"
    return f"{low} <{major}.{minor}.{_next(patch)}-0"


def _tilde(major: str, minor: str | None, patch: str | None, pre: str | None) -> str:
    if _is_x(major):
        return ""
    if minor is None or _is_x(minor):
        return f">={major}.0.0 <{_next(major)}.0.0-0"
    if _is_x(patch):
        return f">={major}.{minor}.0 <{major}.{_next(minor)}.0-0"
    return f">={major}.{minor}.{patch}" + (f"-{pre}" if pre else "") + f" <{major}.{_next(minor)}.0-0"


def _xrange(word: str) -> str:
    match = _XRANGED.fullmatch(word)
    if match is None:
        return word
    operator, major, minor, patch = match.groups()[:4]
    if (_is_x(major) and not _is_x(minor)) or (_is_x(minor) and patch and not _is_x(patch)):
        return word
    if not _is_x(patch) and not _is_x(minor) and not _is_x(major):
        return word
    if _is_x(major):
        return _NOTHING if operator in ("<", ">") else "*"
    low = f"{major}.0.0" if _is_x(minor) else f"{major}.{minor}.0"
    high = f"{_next(major)}.0.0" if minor is None or _is_x(minor) else f"{major}.{_next(minor)}.0"
    return {
        "": f">={low} <{high}-0", "=": f">={low} <{high}-0",
        ">": f">={high}", ">=": f">={low}",
        "<": f"<{low}-0", "<=": f"<{high}-0",
    }[operator]  # fmt: skip


def _hyphen(match: re.Match[str]) -> str:
    low, major, minor, patch, _, _, high, top, middle, last, pre, _ = match.groups()
    if _is_x(major):
        low = ""
    elif _is_x(minor):
        low = f">={major}.0.0"
    elif _is_x(patch):
        low = f">={major}.{minor}.0"
    else:
        low = f">={low}"
    if _is_x(top):
        high = ""
    elif middle is None or _is_x(middle):
        high = f"<{_next(top)}.0.0-0"
    elif _is_x(last):
        high = f"<{top}.{_next(middle)}.0-0"
    elif pre:
        high = f"<={top}.{middle}.{last}-{pre}"
    else:
        high = f"<={high}"
    return f"{low} {high}".strip()
