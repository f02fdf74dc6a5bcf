"""PHP's `version_compare` (php-src `ext/standard/versioning.c`).

Nearly every version has a sort key. The few texts whose order PHP leaves odd (one that ends in a separator is lower
than itself) go through a transcription of PHP's own loop.
"""

import re
from functools import lru_cache
from itertools import pairwise

#: Numbers as they are, names and the end of the version around them.
Key = tuple[int, ...]

#: Longer texts are compared, but not kept as keys; nobody numbers releases so.
LONGEST = 256

_LONG_MAX = 2**63 - 1
_NUMBER = 4
#: Found by prefix and by case, the first one wins.
_FORMS = (
    ("dev", 0),
    ("alpha", 1),
    ("a", 1),
    ("beta", 2),
    ("b", 2),
    ("RC", 3),
    ("rc", 3),
    ("#", 4),
    ("pl", 5),
    ("p", 5),
)
#: Ends every key: a longer version is higher, a pre-release lower.
END = -1
_LATER = 2**64
_REGULAR = re.compile(r"[0-9A-Za-z]+(?:[._+-]+[0-9A-Za-z]+)*")
_ELEMENT = re.compile(r"[0-9]+|[A-Za-z]+")
_PLAIN = re.compile(r"[0-9]{1,18}(?:\.[0-9]{1,18})*")


def _form(name: str) -> int:
    return next((order for form, order in _FORMS if name.startswith(form)), -1)


def number(digits: str) -> int:
    """The digits as C's `strtol` reads them, which stops at the largest long."""
    if len(digits) < 19:
        return int(digits)
    significant = digits.lstrip("0")
    return _LONG_MAX if len(significant) > 19 else min(int(significant or "0"), _LONG_MAX)


def _element(text: str) -> int:
    if text[0] <= "9":
        return number(text)
    order = _form(text)
    return _LATER if order > _NUMBER else order - 10


@lru_cache(maxsize=8192)
def key(version: str) -> Key | None:
    """What sorts as PHP compares, or None for a text only `compare` can order."""
    if _PLAIN.fullmatch(version):
        return (*map(int, version.split(".")), END)
    if _REGULAR.fullmatch(version):
        return (*map(_element, _ELEMENT.findall(version)), END)
    return None


def compare(a: str, b: str) -> int:
    """-1, 0 or 1 exactly as `version_compare(a, b)`; any two texts compare."""
    if len(a) <= LONGEST and len(b) <= LONGEST:
        left, right = key(a), key(b)
        if left is not None and right is not None:
            return (left > right) - (left < right)
    return _walk(_bytes(a), _bytes(b))


def _bytes(text: str) -> str:
    """One character a byte, up to the first NUL, as C sees the text."""
    return text.encode("utf-8", "surrogatepass").decode("latin-1").partition("\0")[0]


def _is_digit(char: str) -> bool:
    return "0" <= char <= "9"


def _canonical(text: str) -> str:
    """The elements of a version, with a dot between each two."""
    out = text[0]
    for before, char in pairwise(text):
        if char not in "-_+" and char != "." != before and _is_digit(before) != _is_digit(char):
            out += char if out[-1] == "." else "." + char
        elif char.isascii() and char.isalnum():
            out += char
        elif out[-1] != ".":
            out += "."
    return out


def _walk(a: str, b: str) -> int:
    """PHP's loop. A text that begins with `#` is taken as it stands, not cut into elements."""
    if not a or not b:
        return bool(a) - bool(b)
    rest_a: str | None = a if a[0] == "#" else _canonical(a)
    rest_b: str | None = b if b[0] == "#" else _canonical(b)
    while rest_a and rest_b:
        one, dot_a, after_a = rest_a.partition(".")
        two, dot_b, after_b = rest_b.partition(".")
        order = _order(one, two)
        if order:
            return order
        rest_a, rest_b = after_a if dot_a else None, after_b if dot_b else None
    if rest_a is not None:
        return 1 if _is_digit(rest_a[:1] or " ") else _walk(rest_a, "#N#")
    if rest_b is not None:
        return -1 if _is_digit(rest_b[:1] or " ") else _walk("#N#", rest_b)
    return 0


def _order(one: str, two: str) -> int:
    """One element against another; an element may be empty."""
    digits_one, digits_two = _is_digit(one[:1] or " "), _is_digit(two[:1] or " ")
    if digits_one and digits_two:
        left, right = _leading(one), _leading(two)
    else:
        left = _NUMBER if digits_one else _form(one)
        right = _NUMBER if digits_two else _form(two)
    return (left > right) - (left < right)


def _leading(text: str) -> int:
    match = re.match("[0-9]+", text)
    return number(match[0]) if match else 0
