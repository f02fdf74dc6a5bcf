"""What a gate judges on GitLab: open merge requests with what people said of them, by a few queries for all.

https://docs.gitlab.com/api/graphql/reference/#mergerequest
"""

import json
from collections.abc import Collection, Mapping, Sequence
from datetime import timedelta
from itertools import islice
from operator import itemgetter
from typing import Any, Literal

from maintainer import errors
from maintainer.cases import GATE, Approval, Case, Labelled, Pushed, Remark, Told
from maintainer.platforms.connections import PAGE_INFO, following, rows, table
from maintainer.platforms.gitlab_client import GitlabClient
from maintainer.platforms.gitlab_people import Members, user_id
from maintainer.platforms.verdicts import named
from maintainer.text import foreign

#: Merge requests in one query, and lists of them that are read on in one: GitLab limits a query's complexity, to 250
#: (https://docs.gitlab.com/api/graphql/#limits).
AT_ONCE, FURTHER = 50, 5

#: Pushes that are looked through, newest first, from so long before a version was made.
MOST, EARLIER = 500, timedelta(days=31)

#: What is listed on a merge request, and what is asked of each.
_LISTS = {
    "labels": "title updatedAt",
    "approvedBy": "username bot",
    "notes": "id body system createdAt updatedAt lastEditedAt lastEditedBy { id } author { username bot } "
    "systemNoteMetadata { action }",
}
_QUERY = """query cases($path: ID!%s) { project(fullPath: $path) { %s } }"""
_OPEN = (
    ", $base: [String!], $after: String",
    f"mergeRequests(state: opened, targetBranches: $base, sort: CREATED_ASC, first: {AT_ONCE}, after: $after) "
    f"{{ {PAGE_INFO} nodes {{ ...case }} }}",
)
_NUMBERED = (", $iids: [String!]", f"mergeRequests(iids: $iids, first: {AT_ONCE}) {{ nodes {{ ...case }} }}")

_STATES: Mapping[str, Literal["open", "merged", "closed"]] = {"opened": "open", "merged": "merged"}
#: What is neither was not said by us, or not to its end.
_SAID: Mapping[str, Literal["pending", "success", "failure"]] = {"SUCCESS": "success", "FAILED": "failure"}

Rows = dict[str, list[Mapping[str, Any]]]


class GitlabCases:
    """`Cases` of one project, asked for anew each time.

    `labels` are those of interest: of others it isn't told who put them there. The verdict is what the newest pipeline
    of the head holds, by which GitLab merges; a status that was posted is one of its jobs.
    """

    def __init__(self, client: GitlabClient, labels: Collection[str] = ()) -> None:
        self._client = client
        self._members = Members(client)
        self._labels = frozenset(labels)
        self._ids: dict[str, int] = {}

    def open(self) -> Sequence[Case]:
        """By a query for each 50; one request more for each with a label of interest, and one for each five lists that
        have more than 100 (notes, GitLab's own among them).
        """
        nodes: list[Mapping[str, Any]] = []
        after: str | None = None
        while after is None or after:
            told = self._ask(_OPEN[1], _OPEN[0], base=[self._client.base], after=after)
            listed = table(told, "mergeRequests")
            nodes += rows(listed)
            after = following(listed, after or "")
        return self._whole(nodes)

    def case(self, number: int) -> Case:
        found = self._numbered([number])
        if not found:
            raise errors.NotFound(
                f"{self._client.path} on {self._client.host} has no merge request !{number} that the token may see."
            )
        return found[0]

    def of(self, commit: str) -> Sequence[Case]:
        """https://docs.gitlab.com/api/commits/#list-merge-requests-associated-with-a-commit."""
        with self._client.asking("list what a commit was merged by", "Reporter"):
            found = self._client.project.commits.get(commit, lazy=True)
            told = found.merge_requests(get_all=True, state="merged")
        merged = [
            one
            for one in foreign.tables({"page": list(told)}, "page")
            if one.get("state") == "merged" and one.get("target_branch") == self._client.base
        ]
        return self._numbered(sorted({one["iid"] for one in merged}))

    def pushed(self, case: Case) -> Pushed | None:
        """When GitLab made the newest version of it with this head, a fork's too.

        Who pushed it is told by the project's events: not for a fork, nor for one of more than three branches that were
        pushed at once. Two requests.
        https://docs.gitlab.com/api/merge_requests/#get-merge-request-diff-versions
        https://docs.gitlab.com/api/events/#list-all-visible-events-for-a-project
        """
        with self._client.asking(f"list the versions of !{case.number}", "Reporter"):
            found = self._client.project.mergerequests.get(case.number, lazy=True)
            told = [one.attributes for one in found.diffs.list(get_all=True)]
        of_head = [one for one in told if one.get("head_commit_sha") == case.head]
        at = max(filter(None, (foreign.when(one, "created_at") for one in of_head)), default=None)
        if at is None or case.fork:
            return Pushed(at) if at else None
        # The branch may be older than the merge request.
        since = (at - EARLIER).date().isoformat()
        with self._client.asking("list who pushed to it", "Reporter"):
            events = self._client.project.events.list(iterator=True, action="pushed", after=since)
            pushes = [one.attributes for one in islice(events, MOST)]
        by = (
            foreign.text(one, "author", "username") for one in pushes if _is_of(foreign.table(one, "push_data"), case)
        )
        return Pushed(at, next(by, ""))

    def writes(self, login: str) -> bool:
        user = self._user(login)
        return bool(user) and self._members.writes(user)

    def belongs(self, login: str, team: str) -> bool:
        user = self._user(login)
        return bool(user) and self._members.belongs(user, team)

    def _user(self, login: str) -> int:
        name = login.lower()
        if name not in self._ids:
            self._ids[name] = user_id(self._client, name)
        return self._ids[name]

    def _numbered(self, numbers: Sequence[int]) -> list[Case]:
        nodes: list[Mapping[str, Any]] = []
        for start in range(0, len(numbers), AT_ONCE):
            iids = [str(one) for one in numbers[start:][:AT_ONCE]]
            nodes += rows(table(self._ask(_NUMBERED[1], _NUMBERED[0], iids=iids), "mergeRequests"))
        return self._whole(nodes)

    def _ask(self, selected: str, declared: str = "", **variables: object) -> Mapping[str, Any]:
        """What a query tells of the project; `declared` are its variables."""
        path = foreign.text(self._client.project.attributes, "path_with_namespace") or self._client.path
        query = _QUERY % (declared, selected)
        query += _case() if "...case" in selected else ""
        return table(self._client.graphql("show its merge requests", query, {"path": path, **variables}), "project")

    def _whole(self, nodes: Sequence[Mapping[str, Any]]) -> list[Case]:
        """The cases with every list to its end, oldest first."""
        whole = {_number(node): node for node in nodes}
        read: dict[int, Rows] = {iid: {name: rows(table(node, name)) for name in _LISTS} for iid, node in whole.items()}
        ends = {(iid, name): following(table(node, name)) for iid, node in whole.items() for name in _LISTS}
        wanted = {one: cursor for one, cursor in ends.items() if cursor}
        while wanted:
            part = dict(islice(wanted.items(), FURTHER))
            told = self._ask("\n".join(_further(iid, name, cursor) for (iid, name), cursor in part.items()))
            for (iid, name), cursor in part.items():
                page = table(told, f"m{iid}_{name}", name)
                read[iid][name] += rows(page)
                del wanted[iid, name]
                if further := following(page, cursor):
                    wanted[iid, name] = further
        return [
            _as_case(iid, node, read[iid], self._labelled(iid, read[iid]["labels"]))
            for iid, node in sorted(whole.items(), key=itemgetter(0))
        ]

    def _labelled(self, iid: int, labels: Sequence[Mapping[str, Any]]) -> tuple[Labelled, ...]:
        """Who put them there, by https://docs.gitlab.com/api/resource_label_events/.

        An event has the name its label has now: once a label was renamed, nobody is known to have put that one there.
        """
        events: list[Mapping[str, Any]] = []
        if any(foreign.text(one, "title") in self._labels for one in labels):
            with self._client.asking(f"list who labelled !{iid}", "Reporter"):
                found = self._client.project.mergerequests.get(iid, lazy=True)
                events = [one.attributes for one in found.resourcelabelevents.list(get_all=True)]
        events.sort(key=lambda one: (foreign.text(one, "created_at"), _id(one)))
        return tuple(_since(label, events) for label in labels)


def _case() -> str:
    return f"""fragment case on MergeRequest {{ iid title webUrl state draft createdAt sourceBranch targetBranch
    sourceProjectId targetProjectId diffHeadSha author {{ username }} {" ".join(_listed(name) for name in _LISTS)}
    headPipeline {{ id sha jobs(first: 100, retried: false) {{ nodes {{ name status detailedStatus {{ label }} }} }} }}
    }}"""


def _listed(name: str, cursor: str = "") -> str:
    after = f", after: {json.dumps(cursor)}" if cursor else ""
    return f"{name}(first: 100{after}) {{ {PAGE_INFO} nodes {{ {_LISTS[name]} }} }}"


def _further(iid: int, name: str, cursor: str) -> str:
    return f'm{iid}_{name}: mergeRequest(iid: "{iid}") {{ {_listed(name, cursor)} }}'


def _number(node: Mapping[str, Any]) -> int:
    iid = foreign.text(node, "iid")
    if not iid.isdecimal():
        raise errors.BadAnswer("GitLab answered with a merge request that has no number. Try again later.")
    return int(iid)


def _id(stated: Mapping[str, Any]) -> int:
    found = stated.get("id")
    return found if isinstance(found, int) else 0


def _is_of(push: Mapping[str, Any], case: Case) -> bool:
    return (push.get("ref_type"), push.get("ref"), push.get("commit_to")) == ("branch", case.branch, case.head)


def _as_case(iid: int, node: Mapping[str, Any], read: Rows, labels: tuple[Labelled, ...]) -> Case:
    return Case(
        number=iid,
        title=foreign.text(node, "title"),
        author=foreign.text(node, "author", "username"),
        branch=foreign.text(node, "sourceBranch"),
        head=foreign.text(node, "diffHeadSha"),
        base=foreign.text(node, "targetBranch"),
        state=_STATES.get(foreign.text(node, "state"), "closed"),
        fork=node.get("sourceProjectId") != node.get("targetProjectId"),
        draft=node.get("draft") is True,
        labels=labels,
        remarks=tuple(filter(None, map(_remark, read["notes"]))),
        approvals=tuple(_approvals(node, read)),
        told=_told(node),
        url=foreign.url(node, "webUrl"),
        pipeline=_pipeline(node),
    )


def _since(label: Mapping[str, Any], events: Sequence[Mapping[str, Any]]) -> Labelled:
    name = foreign.text(label, "title")
    named_so = [one for one in events if foreign.text(one, "label", "name") == name]
    last = named_so[-1] if named_so else {}
    at, edited = foreign.when(last, "created_at"), foreign.when(label, "updatedAt")
    by = foreign.text(last, "user", "username")
    if last.get("action") != "add" or at is None or not by or edited is None or edited > at:
        return Labelled(name)
    return Labelled(name, by, at)


def _remark(note: Mapping[str, Any]) -> Remark | None:
    at = foreign.when(note, "createdAt")
    if note.get("system") is not False or at is None:
        return None
    # Where nobody edited it, that time is the note's last activity: https://docs.gitlab.com/api/graphql/reference/#note
    is_edited = note.get("lastEditedAt") not in (None, note.get("createdAt"), note.get("updatedAt"))
    return Remark(
        id=foreign.text(note, "id").rpartition("/")[2],
        by=foreign.text(note, "author", "username"),
        at=at,
        body=foreign.text(note, "body", limit=1_000_000).replace("\r\n", "\n"),
        edited=is_edited or bool(foreign.table(note, "lastEditedBy")),
        bot=foreign.table(note, "author").get("bot") is True,
    )


def _approvals(node: Mapping[str, Any], read: Rows) -> list[Approval]:
    """Those that stand, each since GitLab last noted it; where it has no note, since the merge request is there."""
    noted = {
        foreign.text(one, "author", "username"): foreign.when(one, "createdAt")
        for one in sorted(read["notes"], key=lambda one: foreign.text(one, "createdAt"))
        if one.get("system") is True and foreign.text(one, "systemNoteMetadata", "action") == "approved"
    }
    opened = foreign.when(node, "createdAt")
    known = {foreign.text(one, "username"): one.get("bot") is True for one in read["approvedBy"]}
    return [Approval(name, at, bot=bot) for name, bot in known.items() if (at := noted.get(name) or opened)]


def _pipeline(node: Mapping[str, Any]) -> int:
    """One of merged results has a commit of its own: a status of the head can't be put there."""
    pipeline = foreign.table(node, "headPipeline")
    number = foreign.text(pipeline, "id").rpartition("/")[2]
    return int(number) if number.isdecimal() and pipeline.get("sha") == node.get("diffHeadSha") else 0


def _told(node: Mapping[str, Any]) -> Told | None:
    """GitLab lists the newest job first; a status's label is its description."""
    ours = (one for one in foreign.tables(node, "headPipeline", "jobs", "nodes") if one.get("name") == named(GATE))
    said = next(ours, None)
    if said is None:
        return None
    state = _SAID.get(foreign.text(said, "status").upper(), "pending")
    return Told(state, foreign.text(said, "detailedStatus", "label"))
