"""What every check is given, and what it gives: the contract of the room."""

import time
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from maintainer.evidence import Evidence, Page, Side, Target
from maintainer.http_visit import Visitor


@dataclass(frozen=True, slots=True)
class Bounds:
    """How much is asked of the site at most: pages, links of these, requests at a time, bytes of an answer."""

    pages: int = 40
    links: int = 400
    at_once: int = 4
    size: int = 2 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Site:
    """One of the two sites, and how it is visited. `production` is the one that customers see; `root` is where the
    files of a site lie that was started here."""

    target: Target
    visitor: Visitor
    production: bool = False
    root: Path | None = None

    @property
    def side(self) -> Side:
        return self.target.side

    def address(self, path: str) -> str:
        """The whole address of a path on this site."""
        return self.target.url + path


@dataclass(frozen=True, slots=True)
class Bench:
    """What a check works on: the site with the change and, where there is one, the same site before it.

    `pages` are those the configuration names, `folder` is where artifacts are left, `until` the moment (of
    `time.monotonic`) at which the check must be done.
    """

    head: Site
    base: Site | None
    pages: tuple[Page, ...]
    bounds: Bounds
    folder: Path
    until: float

    @property
    def sites(self) -> tuple[Site, ...]:
        """Both, or the one there is."""
        return (self.head, self.base) if self.base else (self.head,)

    def left(self) -> float:
        """Seconds until it must be done, 0 when that was."""
        return max(0.0, self.until - time.monotonic())


class Check(Protocol):
    """A module of this room."""

    @property
    def NAME(self) -> str:  # noqa: N802 - a constant of a module
        """What it is called in the configuration and in reports."""

    @property
    def WRITES(self) -> bool:  # noqa: N802
        """Whether it places orders, signs in, or loads the site: never on production unless that is allowed."""

    def measure(self, bench: Bench) -> Evidence:
        """All that it saw, on both sides. What can't be looked at is `Blind`, never silence.

        Raises `errors.MaintainerError` where nothing at all could be looked at.
        """
