"""Pages of lists in a forge's GraphQL: read to their end, and whatever is none is an error, never an empty list.

https://graphql.org/learn/pagination/#complete-connection-model
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, TypeVar

from maintainer import errors
from maintainer.text import foreign

#: What every list is asked for beside its nodes.
PAGE_INFO = "pageInfo { hasNextPage endCursor }"

#: No list is longer. What is told twice was moved to another page meanwhile; so many of them are a list without an end.
LONGEST, TWICE = 100_000, 500

_Item = TypeVar("_Item")


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


def ending(listed: Iterable[tuple[int, _Item]]) -> Iterator[_Item]:
    """The items of a list that have a number, each with it. Raises `errors.BadAnswer` for a list without an end."""
    known: set[int] = set()
    for count, (number, item) in enumerate(listed):
        known.add(number)
        if count - len(known) >= TWICE or count >= LONGEST:
            raise errors.BadAnswer("The forge answered with a list that doesn't end. Try again later.")
        yield item


def _bad(*path: str) -> errors.BadAnswer:
    return errors.BadAnswer(f"The forge answered a GraphQL query with no {'.'.join(path)}. Try again later.")
