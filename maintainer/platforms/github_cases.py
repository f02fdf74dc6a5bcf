"""What a gate judges on GitHub: open pull requests with what people said of them, by a few queries for all.

https://docs.github.com/en/graphql/reference/objects#pullrequest
"""

import json
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from itertools import islice
from operator import attrgetter, itemgetter
from typing import Any, Literal
from urllib.parse import quote

from maintainer import errors
from maintainer.cases import GATE, Approval, Case, Labelled, Pushed, Remark, Told
from maintainer.platforms.connections import PAGE_INFO, following, rows, table
from maintainer.platforms.github_client import PAGE, Client
from maintainer.platforms.github_people import NOW, People, login_of
from maintainer.platforms.verdicts import named
from maintainer.text import foreign

#: Pull requests in one query, and so much of each list on them at first: GitHub gives a query ten seconds
#: (https://docs.github.com/en/graphql/overview/rate-limits-and-query-limits-for-the-graphql-api#timeouts).
AT_ONCE, FIRST = 25, 50

#: What is listed on a pull request: its arguments, and what is asked of each.
_LISTS: Mapping[str, tuple[str, str]] = {
    "labels": ("", "name updatedAt"),
    "comments": ("", "id body createdAt lastEditedAt author { __typename login }"),
    "reviews": (
        ", states: [APPROVED, CHANGES_REQUESTED, DISMISSED]",
        "state submittedAt author { __typename login } commit { oid }",
    ),
}
#: Asked for only where a label of interest stands.
_EVENTS = "timelineItems"
_LABELLINGS = (
    ", itemTypes: [LABELED_EVENT, UNLABELED_EVENT]",
    "__typename ... on LabeledEvent { createdAt label { name } actor { __typename login } }"
    " ... on UnlabeledEvent { createdAt label { name } }",
)
_VERDICT = (
    "commits(last: 1) { nodes { commit { oid status { context(name: GATE) { state description createdAt } } "
    "checkSuites(first: 10, filterBy: {checkName: GATE}) { nodes { "
    "checkRuns(first: 5, filterBy: {checkName: GATE, checkType: LATEST}) { nodes { status conclusion title startedAt "
    "completedAt } } } } } } }"
).replace("GATE", json.dumps(named(GATE)))
_QUERY = """query cases($owner: String!, $name: String!%s) {
  repository(owner: $owner, name: $name) { %s } }"""
_PAGED = ", $base: String!, $after: String"
_OPEN = f"""pullRequests(states: OPEN, baseRefName: $base, first: {AT_ONCE}, after: $after,
    orderBy: {{field: CREATED_AT, direction: ASC}}) {{ {PAGE_INFO} nodes {{ ...case }} }}"""

_STATES: Mapping[str, Literal["open", "merged", "closed"]] = {"OPEN": "open", "MERGED": "merged"}
#: What is neither was not said by us, or not to its end.
_SAID: Mapping[str, Literal["pending", "success", "failure"]] = {"SUCCESS": "success", "FAILURE": "failure"}

Rows = dict[str, list[Mapping[str, Any]]]


class GithubCases:
    """`Cases` of one repository, asked for anew each time.

    `labels` are those of interest: of others it isn't told who put them there. What is written in reviews and beside
    lines is no remark.
    """

    def __init__(self, client: Client, labels: Collection[str] = ()) -> None:
        self._client = client
        self._people = People(client)
        self._labels = frozenset(name.lower() for name in labels)

    def open(self) -> Sequence[Case]:
        """By a query for each 25. One more for each 25 with a label of interest, and for each 25 lists that are long:
        more than 50 labels, comments or reviews, or 100 labellings.
        """
        nodes: list[Mapping[str, Any]] = []
        after: str | None = None
        while after is None or after:
            base = self._client.repository.default_branch
            listed = table(self._ask(_OPEN, _PAGED, base=base, after=after), "pullRequests")
            nodes += [node for node in rows(listed) if node]
            after = following(listed, after or "")
        # A pull request that was opened meanwhile may move another to the next page.
        return self._whole({node["number"]: node for node in nodes}.values())

    def case(self, number: int) -> Case:
        return self._numbered([number])[0]

    def of(self, commit: str) -> Sequence[Case]:
        """https://docs.github.com/en/rest/commits/commits#list-pull-requests-associated-with-a-commit."""
        base = self._client.repository.default_branch
        told = self._list(f"/commits/{quote(commit, safe='')}/pulls")
        merged = [one for one in told if one.get("merged_at") and foreign.text(one, "base", "ref") == base]
        return self._numbered(sorted({one["number"] for one in merged}))

    def pushed(self, case: Case) -> Pushed | None:
        """By what GitHub recorded of the branch: https://docs.github.com/en/rest/repos/repos#list-repository-activities.

        None for a fork's, and on a GitHub Enterprise Server that records nothing.
        """
        if case.fork:
            return None
        ref = f"refs/heads/{case.branch}"
        try:
            told = self._list("/activity", ref=ref)
        except errors.NotFound:
            return None
        moved = [one for one in told if (one.get("ref"), one.get("after")) == (ref, case.head)]
        found = [
            Pushed(at, foreign.text(one, "actor", "login")) for one in moved if (at := foreign.when(one, "timestamp"))
        ]
        return max(found, key=attrgetter("at"), default=None)

    def writes(self, login: str) -> bool:
        return self._people.writes(login)

    def belongs(self, login: str, team: str) -> bool:
        return self._people.belongs(login, team)

    def _list(self, path: str, **parameters: str) -> list[Mapping[str, Any]]:
        """A page as it is now."""
        url, asked = f"{self._client.repository.url}{path}", {"per_page": PAGE, **parameters}
        _, answer = self._client.requester.requestJsonAndCheck("GET", url, parameters=asked, headers=NOW)
        return list(foreign.tables({"page": answer}, "page"))

    def _numbered(self, numbers: Sequence[int]) -> list[Case]:
        nodes: list[Mapping[str, Any]] = []
        for start in range(0, len(numbers), AT_ONCE):
            parts = [f"p{one}: pullRequest(number: {one}) {{ ...case }}" for one in numbers[start:][:AT_ONCE]]
            told = self._ask("\n".join(parts))
            nodes += [table(told, f"p{one}") for one in numbers[start:][:AT_ONCE]]
        return self._whole(nodes)

    def _ask(self, selected: str, declared: str = "", **variables: object) -> Mapping[str, Any]:
        """What a query tells of the repository; `declared` are its variables."""
        owner, _, name = self._client.repository.full_name.partition("/")
        query = _QUERY % (declared, selected)
        query += _case() if "...case" in selected else ""
        # A token that may read no checks posts none either.
        data = self._client.graphql(query, unseen="checkSuites", owner=owner, name=name, **variables)
        return table(data, "repository")

    def _whole(self, nodes: Iterable[Mapping[str, Any]]) -> list[Case]:
        """The cases with every list to its end."""
        whole = {node["number"]: node for node in nodes}
        read: dict[int, Rows] = {
            number: {name: rows(table(node, name)) for name in _LISTS} for number, node in whole.items()
        }
        ends = {(number, name): following(table(node, name)) for number, node in whole.items() for name in _LISTS}
        self._read({one: cursor for one, cursor in ends.items() if cursor}, read)
        carry = [number for number, lists in read.items() if any(map(self._is_of_interest, lists["labels"]))]
        self._read({(number, _EVENTS): "" for number in carry}, read)
        return [_as_case(node, read[number], self._is_of_interest) for number, node in whole.items()]

    def _read(self, wanted: dict[tuple[int, str], str], read: Mapping[int, Rows]) -> None:
        """Lists from their cursors on, many at once."""
        while wanted:
            part = dict(islice(wanted.items(), AT_ONCE))
            told = self._ask("\n".join(_further(number, name, cursor) for (number, name), cursor in part.items()))
            for (number, name), cursor in part.items():
                page = table(told, f"p{number}_{name}", name)
                read[number].setdefault(name, []).extend(rows(page))
                del wanted[number, name]
                if further := following(page, cursor):
                    wanted[number, name] = further

    def _is_of_interest(self, label: Mapping[str, Any]) -> bool:
        return foreign.text(label, "name").lower() in self._labels


def _case() -> str:
    lists = " ".join(_listed(name, FIRST) for name in _LISTS)
    return f"""fragment case on PullRequest {{ number title url state isDraft isCrossRepository headRefName headRefOid
    baseRefName author {{ __typename login }} {lists} {_VERDICT} }}"""


def _listed(name: str, first: int, cursor: str = "") -> str:
    arguments, fields = _LABELLINGS if name == _EVENTS else _LISTS[name]
    after = f", after: {json.dumps(cursor)}" if cursor else ""
    return f"{name}(first: {first}{arguments}{after}) {{ {PAGE_INFO} nodes {{ {fields} }} }}"


def _further(number: int, name: str, cursor: str) -> str:
    return f"p{number}_{name}: pullRequest(number: {number}) {{ {_listed(name, PAGE, cursor)} }}"


def _as_case(node: Mapping[str, Any], read: Rows, interests: Callable[[Mapping[str, Any]], bool]) -> Case:
    labellings = sorted(read.get(_EVENTS, ()), key=lambda one: foreign.text(one, "createdAt"))
    labels = read["labels"]
    return Case(
        number=node["number"],
        title=foreign.text(node, "title"),
        author=login_of(node, "author"),
        branch=foreign.text(node, "headRefName"),
        head=foreign.text(node, "headRefOid"),
        base=foreign.text(node, "baseRefName"),
        state=_STATES.get(foreign.text(node, "state"), "closed"),
        fork=node.get("isCrossRepository") is not False,
        draft=node.get("isDraft") is True,
        labels=tuple(_labelled(one, labellings if interests(one) else ()) for one in labels),
        remarks=tuple(filter(None, map(_remark, read["comments"]))),
        approvals=tuple(_approvals(read["reviews"])),
        told=_told(node),
        url=foreign.url(node, "url"),
    )


def _is_bot(told: Mapping[str, Any]) -> bool:
    return foreign.text(told, "author", "__typename") == "Bot"


def _labelled(label: Mapping[str, Any], labellings: Sequence[Mapping[str, Any]]) -> Labelled:
    """Who put it there, unless the label was renamed since: then nobody is known to have put this one there."""
    name = foreign.text(label, "name")
    named_so = [one for one in labellings if foreign.text(one, "label", "name") == name]
    last = named_so[-1] if named_so else {}
    at, edited = foreign.when(last, "createdAt"), foreign.when(label, "updatedAt")
    by = login_of(last, "actor")
    if last.get("__typename") != "LabeledEvent" or at is None or not by or (edited is not None and edited > at):
        return Labelled(name)
    return Labelled(name, by, at)


def _remark(told: Mapping[str, Any]) -> Remark | None:
    at = foreign.when(told, "createdAt")
    body = foreign.text(told, "body", limit=100_000).replace("\r\n", "\n")
    edited = told.get("lastEditedAt", "") is not None
    return Remark(foreign.text(told, "id"), login_of(told, "author"), at, body, edited, _is_bot(told)) if at else None


def _approvals(reviews: Sequence[Mapping[str, Any]]) -> list[Approval]:
    """Of each person the last review that takes a side, where it approves."""
    sides = [(when, one) for one in reviews if (when := foreign.when(one, "submittedAt")) and login_of(one, "author")]
    last = {login_of(one, "author").lower(): (at, one) for at, one in sorted(sides, key=itemgetter(0))}
    return [
        Approval(login_of(one, "author"), at, foreign.text(one, "commit", "oid"), _is_bot(one))
        for at, one in last.values()
        if one.get("state") == "APPROVED"
    ]


def _told(node: Mapping[str, Any]) -> Told | None:
    """The newest of status and checks."""
    commit = next((foreign.table(one, "commit") for one in foreign.tables(node, "commits", "nodes")), {})
    if commit.get("oid") != node.get("headRefOid"):
        return None
    said: list[tuple[str, Told]] = []
    if status := foreign.table(commit, "status", "context"):
        state = _SAID.get(foreign.text(status, "state"), "pending")
        said.append((foreign.text(status, "createdAt"), Told(state, foreign.text(status, "description"))))
    for suite in foreign.tables(commit, "checkSuites", "nodes"):
        for run in foreign.tables(suite, "checkRuns", "nodes"):
            over = run.get("status") == "COMPLETED"
            at = foreign.text(run, "completedAt") or foreign.text(run, "startedAt")
            state = _SAID.get(foreign.text(run, "conclusion"), "pending") if over else "pending"
            said.append((at, Told(state, foreign.text(run, "title"))))
    return max(said, key=itemgetter(0))[1] if said else None
