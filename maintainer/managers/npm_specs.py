"""What stands behind a package's name in package.json: a range, an alias, a tag of a forge, or nothing to update.

https://docs.npmjs.com/cli/configuring-npm/package-json#dependencies, https://pnpm.io/aliases,
https://yarnpkg.com/protocols
"""

import re
from typing import Final, NamedTuple

from maintainer.versions import npm as scheme

#: What npm lets a package be called; nothing else is handed to a registry or a command line.
NAME: Final = re.compile(r"(?:@[a-z0-9~_-][\w.~-]*/)?[a-z0-9~][\w.~-]*", re.ASCII | re.IGNORECASE)

#: What nine of ten ranges look like: no parser is needed to see that they are ranges, and where they begin.
_USUAL: Final = re.compile(r"[~^]?([0-9]{1,9}\.[0-9]{1,9}\.[0-9]{1,9})")

_ALIAS: Final = re.compile(rf"npm:(?:({NAME.pattern})@)?", re.ASCII | re.IGNORECASE)
_TAG: Final = re.compile(
    r"(?:git\+)?(?:https://|ssh://git@|git://)?(?:(?P<forge>github|gitlab)(?::|\.com[/:]))?"
    r"(?P<repository>[\w.-]+/[\w.-]+?)(?:\.git)?#(?P<kind>semver:)?(?P<tag>[^#\s]+)",
    re.ASCII,
)


class Spec(NamedTuple):
    """A stated version: `start` is where `constraint` begins in the text, `package` its name at `datasource`."""

    datasource: str
    package: str
    constraint: str
    start: int


def read(name: str, text: str) -> Spec | None:
    """What `text` states for `name`; None where no version stands (paths, workspaces, URLs, `*`, dist-tags)."""
    if _USUAL.fullmatch(text):
        return Spec("npm", name, text, 0)
    alias = _ALIAS.match(text)
    start = alias.end() if alias else 0
    constraint = text[start:]
    if scheme.is_constraint(constraint):
        stated = any(character.isdigit() for character in constraint)
        return Spec("npm", (alias and alias[1]) or name, constraint, start) if stated else None
    tag = _TAG.fullmatch(text)
    if tag and (scheme.is_version(tag["tag"]) or (tag["kind"] and scheme.is_constraint(tag["tag"]))):
        forge = tag["forge"] or "github"
        return Spec("forge-tags", f"{forge}:{tag['repository']}", tag["tag"], tag.start("tag"))
    return None


def lowest(constraint: str) -> str | None:
    """The version it pins, or its lower bound."""
    usual = _USUAL.fullmatch(constraint)
    return usual[1] if usual else scheme.pinned(constraint) or scheme.lowest(constraint)
