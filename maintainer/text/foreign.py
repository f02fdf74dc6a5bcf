"""Parsed JSON from outside, each value taken as what it should be or not at all.

Hosts answer wrong types at any key (PHP writes an empty table as `[]`, a missing text as `false`): none of these raise.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import urlsplit

_VERSION = re.compile(r"[^\s/\\<>\"'`|&;$(){}\[\]\x00-\x20\x7f]{1,100}")
_PLAIN_VERSION = re.compile(r"[A-Za-z0-9.+-]{1,100}")
_HOURS = re.compile(r"(\d{4}-\d\d-\d\d) (\d{1,2}):(\d\d) ?([ap])m\b.*", re.I | re.A)


def table(value: object, *path: str) -> Mapping[str, Any]:
    """The table under these keys, empty for anything else."""
    for key in path:
        value = value.get(key) if isinstance(value, dict) else None
    return value if isinstance(value, dict) else {}


def array(value: object, *path: str) -> Sequence[Any]:
    """The array under these keys, empty for anything else."""
    if path:
        value = table(value, *path[:-1]).get(path[-1])
    return value if isinstance(value, list) else ()


def tables(value: object, *path: str) -> Iterator[Mapping[str, Any]]:
    """The tables in the array under these keys."""
    return (item for item in array(value, *path) if isinstance(item, dict))


def text(value: object, *path: str, limit: int = 2000) -> str:
    """The string or number under these keys as text of at most `limit` characters, empty for anything else."""
    if path:
        value = table(value, *path[:-1]).get(path[-1])
    if type(value) is str and value.isascii():  # nearly all there is, and asked a hundred thousand times a run
        return value[:limit]
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return ""
    try:
        # A lone surrogate can be written in JSON, and nowhere else.
        return str(value)[:limit].encode("utf-8", "replace").decode()
    except ValueError:  # an integer of thousands of digits
        return ""


def version(value: object, *path: str) -> str:
    """The version under these keys, empty for what could be none: blanks, slashes, quotes, shell characters."""
    if type(value) is str and _PLAIN_VERSION.fullmatch(value):  # nearly all there is, as with texts
        return value
    found = text(value, *path, limit=101).strip()
    return found if _VERSION.fullmatch(found) else ""


def url(value: object, *path: str) -> str:
    """The http(s) address under these keys, empty for anything else."""
    found = text(value, *path, limit=4001)
    try:
        parts = urlsplit(found)
        usable = parts.scheme in ("http", "https") and bool(parts.hostname) and (parts.port or 1) > 0
    except ValueError:
        return ""
    return found if usable and len(found) <= 4000 and not re.search(r"[\s\x00-\x20\x7f<>\"\\]", found) else ""


def when(value: object, *path: str) -> datetime | None:
    """The time under these keys: ISO 8601, RFC 9110, or wordpress.org's `2024-05-02 10:02am GMT`; UTC if it says none.

    None for what is no time: an undated release is held, a wrongly dated one would not be.
    """
    if type(value) is str and len(value) == 24 and value[-1] == "Z":
        try:  # as registries write it; Python reads it as UTC
            return datetime.fromisoformat(value)
        except ValueError:
            pass
    found = text(value, *path, limit=60).strip()
    if not found:
        return None
    try:
        if hours := _HOURS.fullmatch(found):
            hour = int(hours[2]) % 12 + (12 if hours[4].lower() == "p" else 0)
            return datetime.fromisoformat(hours[1]).replace(hour=hour, minute=int(hours[3]), tzinfo=UTC)
        try:
            time = datetime.fromisoformat(found.removesuffix(" GMT").removesuffix(" UTC"))
        except ValueError:
            time = parsedate_to_datetime(found)
        return time.replace(tzinfo=UTC) if time.tzinfo is None else time.astimezone(UTC)
    except (ValueError, TypeError, OverflowError, IndexError):
        return None
