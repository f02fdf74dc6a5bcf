"""Lists in GitHub's GraphQL: in pages, and chosen by their arguments."""

import base64
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from tests.forges import graphql
from tests.forges.github_world import Issue, Label

Node = dict[str, Any]


def connection(items: Sequence[Any], shape: Callable[[Any], Any], name: str) -> Callable[[Mapping[str, Any]], Node]:
    """A list that is asked for page by page: https://docs.github.com/en/graphql/guides/using-pagination-in-the-graphql-api"""

    def page(arguments: Mapping[str, Any]) -> Node:
        first, last = arguments.get("first"), arguments.get("last")
        size = first if first is not None else last
        if size is None:
            said = f"You must provide a `first` or `last` value to properly paginate the `{name}` connection."
            raise graphql.Refused(said, "MISSING_PAGINATION_BOUNDARIES")
        if size > 100:
            said = f"Requesting {size} records on the `{name}` connection exceeds the `first` limit of 100 records."
            raise graphql.Refused(said, "EXCESSIVE_PAGINATION")
        start = int(base64.b64decode(arguments["after"]).decode()) if arguments.get("after") else 0
        if first is None:
            start = max(0, len(items) - size)
        shown = list(items[start : start + size])
        end = start + len(shown)
        return {
            "totalCount": len(items),
            "nodes": lambda _: [shape(item) for item in shown],
            "edges": lambda _: [
                {"node": shape(item), "cursor": _cursor(start + at)} for at, item in enumerate(shown, 1)
            ],
            "pageInfo": {
                "hasNextPage": end < len(items),
                "hasPreviousPage": start > 0,
                "startCursor": _cursor(start + 1) if shown else None,
                "endCursor": _cursor(end) if shown else None,
            },
        }

    return page


def _cursor(position: int) -> str:
    return base64.b64encode(str(position).encode()).decode()


def chosen(items: Sequence[Issue], arguments: Mapping[str, Any]) -> list[Issue]:
    """Issues as the arguments of `pullRequests` and `issues` choose and order them."""
    states = arguments.get("states")
    states = [states] if isinstance(states, str) else states
    labels = {name.lower() for name in arguments.get("labels") or ()}

    def matches(issue: Issue) -> bool:
        pull = issue.pull
        return (
            (not states or state(issue) in states)
            and (not labels or bool(labels & {name.lower() for name in issue.labels}))
            and (pull is None or arguments.get("headRefName") in (None, pull.head))
            and (pull is None or arguments.get("baseRefName") in (None, pull.base))
        )

    found = [issue for issue in items if matches(issue)]
    order = arguments.get("orderBy") or {"field": "CREATED_AT", "direction": "ASC"}
    by_update = order["field"] == "UPDATED_AT"
    found.sort(key=lambda issue: (issue.updated if by_update else issue.created, issue.number))
    return found if order["direction"] == "ASC" else found[::-1]


def state(issue: Issue) -> str:
    return "MERGED" if issue.pull and issue.pull.merged else issue.state.upper()


def label(one: Label) -> Node:
    return {"__typename": "Label", "name": one.name, "color": one.color, "updatedAt": one.updated or None}
