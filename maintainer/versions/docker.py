"""Tags of images: a version and a variant, `8.2-fpm-alpine3.20`, `v1.2.3`, `2026.01`, `8.5.0RC1-cli`.

A tag never leaves its variant: `8.2-fpm-alpine` does not become `8.4-cli`, and the operating system's own number is
part of the variant. `latest` and `bookworm` are no versions.
"""

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import NamedTuple

from maintainer.errors import InvalidConstraint, InvalidVersion
from maintainer.model import Bump, Strategy
from maintainer.versions.steps import step

_TAG = re.compile(
    r"(?P<v>v?)(?P<release>[0-9]{1,18}(?:\.[0-9]{1,18})*)"
    r"(?:[-.]?(?P<stage>alpha|beta|rc|preview|nightly|canary|snapshot|(?<=[0-9])[ab](?=[0-9])|m(?=[0-9]))[-.]?(?P<nth>[0-9]{0,18}))?"
    r"(?P<variant>(?:[-_+][0-9A-Za-z._+-]*)?)",
    re.I,
)
_STAGES = {
    "snapshot": 0,
    "nightly": 0,
    "canary": 0,
    "preview": 1,
    "m": 1,
    "a": 2,
    "alpha": 2,
    "b": 3,
    "beta": 3,
    "rc": 4,
}
_RELEASED = 9
_DIGITS = re.compile(r"[0-9]+(?:\.[0-9]+)*")
#: A number this long is a date or a build: no `8` becomes `20260101`.
_DATE = 10**5


class _Tag(NamedTuple):
    """`numbers` are as many as written; `key` orders tags of one variant."""

    v: str
    numbers: tuple[int, ...]
    variant: str
    key: tuple[tuple[int, ...], int, int]


@lru_cache(maxsize=8192)
def _parse(text: str) -> _Tag:
    match = _TAG.fullmatch(text) if len(text) <= 128 else None
    if match is None:
        raise InvalidVersion(f"The tag {text[:80]!r} states no version.")
    numbers = tuple(map(int, match["release"].split(".")))
    significant = list(numbers)
    while len(significant) > 1 and not significant[-1]:
        significant.pop()
    stage = _STAGES[match["stage"].lower()] if match["stage"] else _RELEASED
    return _Tag(match["v"], numbers, match["variant"], (tuple(significant), stage, int(match["nth"] or 0)))


def compare(a: str, b: str) -> int:
    """By the version, for tags of one family of variants (`-alpine3.20`, `-alpine3.21`); raises InvalidVersion.

    Tags of different families are neither older nor newer: 0.
    """
    one, two = _parse(a), _parse(b)
    if one.variant != two.variant and _DIGITS.sub("", one.variant) != _DIGITS.sub("", two.variant):
        return 0
    return (one.key > two.key) - (one.key < two.key)


def satisfies(constraint: str, version: str) -> bool:
    """Whether `version` is a tag of the same variant and precision, and not lower than the tag `constraint`."""
    tag = _parse(version)
    try:
        wanted = _parse(constraint)
    except InvalidVersion as error:
        raise InvalidConstraint(str(error)) from error
    return (
        tag.variant == wanted.variant
        and tag.v == wanted.v
        and len(tag.numbers) == len(wanted.numbers)
        and (tag.numbers[0] >= _DATE) == (wanted.numbers[0] >= _DATE)
        and tag.key >= wanted.key
    )


def is_version(text: str) -> bool:
    """Whether the tag states a version."""
    return len(text) <= 128 and _TAG.fullmatch(text) is not None


def is_prerelease(version: str) -> bool:
    """Whether the version is followed by a stage: `8.5-rc-fpm`, `8.4.0RC1-cli`, `3.14.0b1`."""
    return _parse(version).key[1] != _RELEASED


def newest(versions: Iterable[str]) -> str | None:
    """The highest version, whatever the variant: choose the tags that satisfy first."""
    found = [(tag, version) for version in versions if (tag := _tag(version)) is not None]
    return max(found, key=lambda pair: pair[0].key)[1] if found else None


def _tag(text: str) -> _Tag | None:
    try:
        return _parse(text)
    except InvalidVersion:
        return None


def bump(a: str, b: str) -> Bump:
    """By the first number that differs; `other` between variants."""
    one, two = _parse(a), _parse(b)
    if one.variant != two.variant:
        return "other"
    return step(compare(a, b), one.numbers, two.numbers, is_prerelease(b))


def rewrite(constraint: str, version: str, strategy: Strategy) -> str:  # noqa: ARG001 -- the Protocol's
    """The new tag, by any strategy (a tag is no range); raises InvalidConstraint where the variant would change."""
    if not satisfies(constraint, version):
        raise InvalidConstraint(
            f"The tag {version!r} is lower than {constraint!r}, or of another variant or precision."
        )
    return version


def pinned(constraint: str) -> str | None:
    """The tag itself."""
    return constraint if is_version(constraint) else None


def lowest(constraint: str) -> str | None:
    """The tag itself."""
    return constraint if is_version(constraint) else None
