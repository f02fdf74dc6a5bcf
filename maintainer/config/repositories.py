"""Where a site's repository is, as an inventory says it: strictly, since git takes some texts for options."""

import re
from typing import NamedTuple
from urllib.parse import urlsplit

from maintainer.config.spelling import quoted
from maintainer.config.values import address

#: A forge's own path: GitHub's has two parts, GitLab's two or more. No part begins with a dash or is `.` or `..`.
_PART = r"(?!-)(?!\.{1,2}(?:/|$))[A-Za-z0-9_.-]{1,100}"
GITHUB = re.compile(rf"github:{_PART}/{_PART}", re.ASCII)
GITLAB = re.compile(rf"gitlab:{_PART}(?:/{_PART}){{1,20}}", re.ASCII)
OWNER = re.compile(rf"(?:github:{_PART}|gitlab:{_PART}(?:/{_PART}){{0,20}})", re.ASCII)
SSH = re.compile(
    rf"ssh://(?:[A-Za-z0-9_][A-Za-z0-9_.-]*@)?[A-Za-z0-9][A-Za-z0-9.-]*(?::\d{{1,5}})?(?:/~?{_PART})+", re.ASCII
)
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*(?:[ /][A-Za-z0-9._-]+)*", re.ASCII)
#: What git allows in a branch's name (git-check-ref-format), and a little less.
BRANCH = re.compile(r"(?!.*(?:\.\.|//|@\{|\.lock(?:/|$)|/\.))[A-Za-z0-9_][A-Za-z0-9_./+@#-]{0,200}(?<![./])", re.ASCII)

_SHAPES = "Write github:owner/name, gitlab:group/name, https://git.example.org/site.git, or a path beside this file."


class Where(NamedTuple):
    """Where a site's code is: `kind` is github, gitlab, url or path, `place` what stands behind it."""

    kind: str
    place: str

    def __str__(self) -> str:
        return f"{self.kind}:{self.place}" if self.kind in ("github", "gitlab") else self.place

    @property
    def same(self) -> str:
        """What is equal for two spellings of one repository."""
        return re.sub(r"(?:\.git)?/*$", "", str(self).casefold())


def repository(text: str) -> Where:
    """Where a repository is; raises ValueError for what git could read as an option or a program to run."""
    kind, _, place = text.partition(":")
    if kind in ("github", "gitlab"):
        if not (GITHUB if kind == "github" else GITLAB).fullmatch(text):
            raise ValueError(f"{quoted(text)} is no repository on {kind}. Write {kind}:owner/name.")
        return Where(kind, place.removesuffix(".git"))
    if kind in ("http", "https"):
        return Where("url", address(text))
    if kind == "ssh":
        if not SSH.fullmatch(text):
            raise ValueError(f"{quoted(text)} is no SSH address. Write ssh://git@git.example.org/group/site.git.")
        return Where("url", text)
    if ":" in text or text.startswith(("-", "/", "~", "\\")) or not text.isprintable():
        raise ValueError(f"{quoted(text)} is no repository. {_SHAPES}")
    if ".." in re.split(r"[/\\]", text):
        raise ValueError(f"{quoted(text)} leads out of the inventory's folder. Keep the site below it, or give a URL.")
    return Where("path", text.removeprefix("./").rstrip("/") or ".")


def below(text: str) -> str:
    """A folder beside the inventory."""
    where = repository(text)
    if where.kind != "path":
        raise ValueError(f"{quoted(text)} is no folder. Write a path beside this file, such as policies.")
    return where.place


def owner(text: str) -> str:
    """`github:acme`, `gitlab:acme/shops`."""
    if not OWNER.fullmatch(text):
        raise ValueError(f"{quoted(text)} is no owner. Write github:acme for an organisation, gitlab:acme for a group.")
    return text


def name(text: str) -> str:
    """A site's name: it is in file names, job names and tables."""
    if len(text) > 100 or not NAME.fullmatch(text):
        raise ValueError(f"{quoted(text)} is no name here. Use letters, digits, single spaces, and . _ - /.")
    return text


def branch(text: str) -> str:
    """A branch's name."""
    if not BRANCH.fullmatch(text):
        raise ValueError(f"{quoted(text)} is no branch. Write a name such as main.")
    return text


def named_for(where: Where) -> str:
    """The name of a site that was given none."""
    text = where.place
    if where.kind == "url":
        parts = urlsplit(text)
        text = f"{parts.hostname}{parts.path}"
    text = re.sub(r"[^A-Za-z0-9._/-]+", "-", text.removesuffix(".git")).strip("/.-_")
    return re.sub(r"/{2,}", "/", text)[:100] or "site"
