"""The release cycles of runtimes: PHP and Python have one for each `8.x`, Node one for each major.

cycle(runtime, text) -> tuple[int, ...] | None
shown(numbers) -> str
cycles(runtime, listing) -> tuple[Cycle, ...]             newest first
"""

import re
from dataclasses import dataclass
from datetime import datetime

from maintainer.model import Listing, Release

_WIDTH = {"php": 2, "node": 1, "python": 2}
_NUMBERS = re.compile(r"[vV=^~]?\s*(\d{1,9}(?:\.\d{1,9})*)", re.ASCII)
_UNSTABLE = re.compile(r"\d[-.]?(?:alpha|beta|rc|dev|nightly|canary)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Cycle:
    """A line of releases that is supported as a whole; `releases` are newest first."""

    numbers: tuple[int, ...]
    releases: tuple[Release, ...]
    begun: datetime | None
    supported_until: datetime | None
    lts: bool

    @property
    def name(self) -> str:
        return shown(self.numbers)


def numbers(text: str) -> tuple[int, ...]:
    """The numbers a version begins with, empty for an alias as `lts/*`."""
    match = _NUMBERS.match(text.strip())
    return tuple(map(int, match[1].split("."))) if match else ()


def cycle(runtime: str, text: str) -> tuple[int, ...] | None:
    """The cycle a version is of, None when it states less than one (`php:8`) or none (`lts/*`)."""
    width = _WIDTH[runtime]
    found = numbers(text)
    return found[:width] if len(found) >= width else None


def shown(cycle: tuple[int, ...]) -> str:
    """`8.3`, `22`."""
    return ".".join(map(str, cycle))


def cycles(runtime: str, listing: Listing) -> tuple[Cycle, ...]:
    """What is published of a runtime, without pre-releases and what was withdrawn."""
    members: dict[tuple[int, ...], list[Release]] = {}
    for release in listing.releases:
        key = cycle(runtime, release.version)
        if key is not None and not release.withdrawn and not _UNSTABLE.search(release.version):
            members.setdefault(key, []).append(release)
    return tuple(_cycle(key, members[key]) for key in sorted(members, reverse=True))


def _cycle(key: tuple[int, ...], releases: list[Release]) -> Cycle:
    releases = sorted(releases, key=lambda release: numbers(release.version), reverse=True)
    ends = [release.supported_until for release in releases if release.supported_until]
    dates = [release.published for release in releases if release.published]
    return Cycle(
        key, tuple(releases), min(dates, default=None), max(ends, default=None), any(one.lts for one in releases)
    )
