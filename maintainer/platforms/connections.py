"""Pages of lists in a forge's GraphQL: read to their end, and whatever is none is an error, never an empty list.

https://graphql.org/learn/pagination/#complete-connection-model
"""

from collections.abc import Mapping
from typing import Any

from maintainer import errors
from maintainer.text import foreign

#: What every list is asked for beside its nodes.
PAGE_INFO = "pageInfo { hasNextPage endCursor }"


def table(value: Mapping[str, Any], *path: str) -> Mapping[str, Any]:
    """The table under these keys. Raises `errors.BadAnswer`."""
    found = foreign.table(value, *path)
    if not found:
        raise _bad(*path)
    return found


def rows(page: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """The nodes of a page. Raises `errors.BadAnswer`."""
    if not isinstance(page.get("nodes"), list):
        raise _bad("nodes")
    return list(foreign.tables(page, "nodes"))


def following(page: Mapping[str, Any], before: str = "") -> str:
    """The cursor of the next page, empty where there is none; `before` is this page's. Raises `errors.BadAnswer`."""
    told = table(page, "pageInfo")
    cursor = foreign.text(told, "endCursor")
    if told.get("hasNextPage") is False:
        return ""
    if not cursor or cursor == before:
        raise _bad("endCursor")
    return cursor


def _bad(*path: str) -> errors.BadAnswer:
    return errors.BadAnswer(f"The forge answered a GraphQL query with no {'.'.join(path)}. Try again later.")
