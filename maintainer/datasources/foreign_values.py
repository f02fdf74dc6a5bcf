"""Reads of parsed answers, whose every value may be of another type than documented."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from maintainer.errors import BadAnswer

NOTHING: Mapping[str, Any] = {}

#: Hosts npm's shorthands stand for (docs.npmjs.com, package.json, "repository").
SHORTHANDS = {"github": "https://github.com/", "gitlab": "https://gitlab.com/", "bitbucket": "https://bitbucket.org/"}

_OWNER_AND_NAME = re.compile(r"[\w.-]+/[\w.-]+")
_ADDRESS = re.compile(r"(?:git\+)?(?:https?|ssh|git)://(?:[^/@\s]*@)?([\w.-]+(?::\d+)?)/([\w./~-]+)")
_SCP = re.compile(r"[\w.-]+@([\w.-]+):([\w./~-]+)")


def table(value: object) -> Mapping[str, Any]:
    """The value if it is a JSON object, else an empty one."""
    return value if isinstance(value, dict) else NOTHING


def text(value: object) -> str:
    """The value if it is a string, else an empty one."""
    return value if isinstance(value, str) else ""


def required(value: object, where: str) -> Mapping[str, Any]:
    """The value if it is a JSON object. Raises `errors.BadAnswer`, which says `where`."""
    if not isinstance(value, dict):
        raise BadAnswer(f"{where} answered JSON of another form than its kind of registry documents.")
    return value


def moment(value: object) -> datetime | None:
    """A time in ISO 8601, in UTC when it names no zone; None when it is none."""
    if not isinstance(value, str):
        return None
    try:
        found = datetime.fromisoformat(value)
    except ValueError:
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def web_address(value: object) -> str:
    """An http(s) address of a moderate length without credentials, empty when it is none."""
    if not isinstance(value, str) or len(value) > 2000 or not re.fullmatch(r"https?://[^\s@<>\"]+", value):
        return ""
    return value


def repository_address(value: object) -> str:
    """The https address of a repository, however it is written; empty when it can't be told.

    Reads `git+https://`, `git://`, `ssh://`, `git@host:owner/name`, npm's `github:owner/name` and `owner/name`.
    """
    if isinstance(value, dict):
        value = value.get("url")
    if not isinstance(value, str) or len(value) > 500:
        return ""
    value = value.strip()
    kind, colon, rest = value.partition(":")
    if colon and kind in SHORTHANDS and _OWNER_AND_NAME.fullmatch(rest):
        return SHORTHANDS[kind] + rest.removesuffix(".git")
    if _OWNER_AND_NAME.fullmatch(value):
        return SHORTHANDS["github"] + value.removesuffix(".git")
    found = _ADDRESS.match(value) or _SCP.match(value)
    if found is None:
        return ""
    return f"https://{found[1]}/{found[2].strip('/').removesuffix('.git')}"
