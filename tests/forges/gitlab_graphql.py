"""GraphQL of the fake GitLab: projects, their merge requests and issues (https://docs.gitlab.com/api/graphql/reference/).

A field that isn't here is an error, as with GitLab's schema; add it to the mapping of its object.
"""

import base64
import json
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from tests.forges import graphql
from tests.forges.gitlab_world import Issuable, Label, MergeRequest, Note, Pipeline, Project, Token, User
from tests.loopback import Reply, Request

if TYPE_CHECKING:
    from tests.forges.gitlab import GitlabFake

#: GitLab's `max_page_size`, and the most a query may cost with and without a token
#: (https://docs.gitlab.com/api/graphql/#limits).
LARGEST_PAGE, LARGEST_COST, LARGEST_ANONYMOUS_COST = 100, 250, 200
#: What fields cost that don't cost 1, from `app/graphql/types`; connections and look-ups are counted by `cost`.
_COSTS = {
    **dict.fromkeys(("assignees", "labels", "reviewers", "mergedAt", "closedAt"), 5),
    **dict.fromkeys(("diffHeadSha", "detailedMergeStatus", "sourceBranchExists", "targetBranchExists", "mergeable"), 2),
}
_CONNECTIONS = frozenset({"approvedBy", "issues", "jobs", "mergeRequests", "notes", "pipelines", "projects"})
_PAGES = frozenset({"first", "last", "after", "before"})
_FILTERS = frozenset(
    {"state", "iids", "labels", "labelName", "sourceBranches", "targetBranches", "sort", "updatedAfter"}
)


def answer(forge: "GitlabFake", request: Request, token: Token | None) -> Reply:
    """The answer to a POST of `{"query": ..., "variables": ...}`."""
    try:
        asked = json.loads(request.body)
        query, variables = asked["query"], asked.get("variables")
    except (ValueError, KeyError, TypeError):
        return Reply(400, {"errors": [{"message": "Unexpected end of document", "locations": []}]})
    most = LARGEST_COST if token else LARGEST_ANONYMOUS_COST
    try:
        document = graphql.parse(query)
    except graphql.Refused as refused:
        return Reply(200, {"errors": [refused.answer()]})
    asked_cost = cost(document, document.within, document.defaults | dict(variables or {}))
    if asked_cost > most:
        said = f"Query has complexity of {asked_cost}, which exceeds max complexity of {most}"
        return Reply(200, {"errors": [{"message": said}]})
    graph = _Graph(forge, token.user if token else None)
    return Reply(200, graphql.answer(query, variables, graph.root()))


def cost(document: graphql.Document, within: Sequence[graphql.Selection], variables: Mapping[str, Any]) -> int:
    """What GitLab says a query costs: a page of 100 doubles what is below it (`app/graphql/types/base_field.rb`)."""
    total = 0
    for selection in within:
        below = document.fragments[selection.spread].within if selection.spread else selection.within
        inner = cost(document, below, variables)
        if selection.spread or selection.on is not None:
            total += inner
        elif selection.name in _CONNECTIONS:
            given = {
                name: variables.get(value.name) if isinstance(value, graphql.Variable) else value
                for name, value in selection.arguments.items()
            }
            size = min(*(int(given.get(name) or LARGEST_PAGE) for name in ("first", "last")), LARGEST_PAGE)
            own = inner + 1 + bool(given.get("sort")) + 5 * bool(given.get("search"))
            total += own if given.get("iids") else int(own * (1 + size / 100))
        else:
            total += _COSTS.get(selection.name, 1) + inner
    return total


def _accepts(field: str, given: Mapping[str, Any], names: frozenset[str]) -> None:
    for name in given.keys() - names - _PAGES:
        raise graphql.Refused(f"Field '{field}' doesn't accept argument '{name}'")


class _Graph:
    def __init__(self, forge: "GitlabFake", user: User | None) -> None:
        self.forge = forge
        self.viewer = user

    def root(self) -> Mapping[str, Any]:
        return {
            "__typename": "Query",
            "currentUser": self.user(self.viewer),
            "metadata": {"version": self.forge.version, "revision": "0000000000", "enterprise": False},
            "project": lambda given: self._visible(self.forge.world.project(str(given["fullPath"]))),
            "group": self.group,
        }

    def _visible(self, project: Project | None) -> Any:
        if not project:
            return None
        level = self.forge.world.level(self.viewer, project)
        return self.project(project, level) if level or project.visibility != "private" else None

    def group(self, given: Mapping[str, Any]) -> Any:
        path = str(given["fullPath"])
        if path not in self.forge.world.group_paths():
            return None

        def inside(more: Mapping[str, Any]) -> Any:
            _accepts("projects", more, frozenset({"includeSubgroups"}))
            deep = bool(more.get("includeSubgroups"))
            kept = [
                shown
                for project in self.forge.world.projects
                if project.namespace == path or (deep and project.namespace.startswith(f"{path}/"))
                if (shown := self._visible(project))
            ]
            return self.connection(kept, lambda one: one, more)

        return {"__typename": "Group", "fullPath": path, "projects": inside}

    def project(self, project: Project, level: int) -> Any:
        def merge_requests(given: Mapping[str, Any]) -> Any:
            _accepts("mergeRequests", given, _FILTERS)
            kept = _kept(project.merge_requests, given)
            sources, targets = given.get("sourceBranches"), given.get("targetBranches")
            kept = [mr for mr in kept if sources is None or mr.source_branch in sources]
            kept = [mr for mr in kept if targets is None or mr.target_branch in targets]
            return self.connection(kept, self.merge_request, given)

        def merge_request(given: Mapping[str, Any]) -> Any:
            mr = project.merge_request(int(given["iid"]))
            return self.merge_request(mr) if mr else None

        def pipelines(given: Mapping[str, Any]) -> Any:
            """Newest first."""
            wanted = {name: given[name] for name in ("ref", "sha", "source") if given.get(name)}
            _accepts("pipelines", given, frozenset({"ref", "sha", "source"}))
            kept = [
                one for one in project.pipelines if all(getattr(one, name) == value for name, value in wanted.items())
            ]
            return self.connection(kept[::-1], lambda one: self.pipeline(one, project), given)

        return {
            "__typename": "Project",
            "id": f"gid://gitlab/Project/{project.id}",
            "fullPath": project.path,
            "name": project.name,
            "path": project.name,
            "archived": project.archived,
            "topics": project.topics,
            "visibility": project.visibility,
            "webUrl": f"{self.forge.origin}/{project.path}",
            "repository": {"rootRef": project.repository.default_branch, "empty": not project.repository.branches()},
            "userPermissions": {
                "pushCode": level >= 30,
                "createMergeRequestIn": level >= 20,
                "adminProject": level >= 40,
            },
            "maxAccessLevel": {"integerValue": level},
            "pipelines": pipelines,
            "mergeRequests": merge_requests,
            "mergeRequest": merge_request,
            "issues": lambda given: self.connection(_kept(project.issues, given), self.issue, given),
        }

    def connection(self, items: Sequence[Any], node: Callable[[Any], Any], given: Mapping[str, Any]) -> Any:
        """A page of a connection; cursors say how many went before."""
        start = _position(given["after"]) if given.get("after") else 0
        end = _position(given["before"]) - 1 if given.get("before") else len(items)
        if given.get("first") is not None or given.get("last") is None:
            end = min(end, start + min(int(given.get("first") or LARGEST_PAGE), LARGEST_PAGE))
        else:
            start = max(start, end - min(int(given["last"]), LARGEST_PAGE))
        page = [node(item) for item in items[start:end]]
        return {
            "nodes": page,
            "edges": [{"node": one, "cursor": _cursor(start + at)} for at, one in enumerate(page, 1)],
            "count": len(items),
            "pageInfo": {
                "__typename": "PageInfo",
                "hasNextPage": end < len(items),
                "hasPreviousPage": start > 0,
                "startCursor": _cursor(start + 1) if page else None,
                "endCursor": _cursor(start + len(page)) if page else None,
            },
        }

    def _issuable(self, target: Issuable) -> dict[str, Any]:
        kind = type(target).__name__
        folder = "merge_requests" if isinstance(target, MergeRequest) else "issues"
        path = f"/{target.project.path}/-/{folder}/{target.iid}"

        def notes(given: Mapping[str, Any]) -> Any:
            _accepts("notes", given, frozenset({"filter"}))
            wanted = given.get("filter", "ALL_NOTES")
            kept = [one for one in target.notes if wanted == "ALL_NOTES" or one.system == (wanted == "ONLY_ACTIVITY")]
            return self.connection(kept, self.note, given)

        return {
            "__typename": kind,
            "id": f"gid://gitlab/{kind}/{target.id}",
            "iid": str(target.iid),
            "title": target.title,
            "description": target.description,
            "state": target.state,
            "createdAt": target.created,
            "updatedAt": target.updated,
            "closedAt": target.closed,
            "webUrl": self.forge.origin + path,
            "webPath": path,
            "author": self.user(target.author),
            "assignees": lambda given: self.connection(target.assignees, self.user, given),
            "labels": lambda given: self.connection(
                [one for one in target.project.labels if one.name in target.labels], _label, given
            ),
            "milestone": {"title": target.milestone.title, "iid": str(target.milestone.iid)}
            if target.milestone
            else None,
            "userNotesCount": sum(not note.system for note in target.notes),
            "notes": notes,
            "discussionLocked": bool(target.discussion_locked),
        }

    def issue(self, issue: Issuable) -> Any:
        return self._issuable(issue) | {"reference": f"#{issue.iid}"}

    def merge_request(self, mr: MergeRequest) -> Any:
        events = self.forge.events
        status = events.detailed_status(mr)
        mr.unchecked = max(mr.unchecked - 1, 0)
        conflicts = status != "checking" and mr.state == "opened" and events.conflicting(mr)
        source = mr.source_project
        return self._issuable(mr) | {
            "reference": f"!{mr.iid}",
            "draft": mr.draft,
            "sourceBranch": mr.source_branch,
            "targetBranch": mr.target_branch,
            "sourceBranchExists": events.source_branch(mr) is not None,
            "targetBranchExists": events.target(mr) is not None,
            "sourceProjectId": source.id if source else None,
            "targetProjectId": mr.project.id,
            "sourceProject": {"id": f"gid://gitlab/Project/{source.id}", "fullPath": source.path} if source else None,
            "diffHeadSha": mr.sha,
            "diffRefs": {"baseSha": mr.start_sha, "headSha": mr.sha, "startSha": mr.start_sha},
            "mergedAt": mr.merged,
            "mergeUser": self.user(mr.merged_by or mr.auto_merge),
            "mergeCommitSha": mr.merge_commit_sha,
            "conflicts": conflicts,
            "mergeable": status == "mergeable",
            "mergeStatusEnum": "CHECKING"
            if status == "checking"
            else "CANNOT_BE_MERGED"
            if conflicts
            else "CAN_BE_MERGED",
            "detailedMergeStatus": status.upper(),
            "autoMergeEnabled": mr.auto_merge is not None,
            "mergeWhenPipelineSucceeds": mr.auto_merge is not None,
            "approved": len(mr.approved_by) >= mr.project.approvals_before_merge,
            "reviewers": lambda given: self.connection(mr.reviewers, self.user, given),
            "approvedBy": lambda given: self.connection(mr.approved_by, self.user, given),
            "headPipeline": self.pipeline(mr.project.head_pipeline(mr), mr.project),
        }

    def pipeline(self, pipeline: Pipeline | None, project: Project) -> Any:
        if not pipeline:
            return None
        done = pipeline.status in ("success", "failed", "canceled", "skipped")
        posted = {one.name: one for one in project.statuses if one.pipeline is pipeline}
        jobs = [("build", pipeline.built, pipeline.built)] * bool(pipeline.built)
        jobs += [(one.name, one.state, one.description or "") for one in posted.values()]
        return {
            "__typename": "Pipeline",
            "id": f"gid://gitlab/Ci::Pipeline/{pipeline.id}",
            "iid": str(pipeline.iid),
            "sha": pipeline.sha,
            "ref": pipeline.ref,
            "status": pipeline.status.upper(),
            "active": not done,
            "complete": done,
            "createdAt": pipeline.created,
            "updatedAt": pipeline.updated,
            "path": f"/{project.path}/-/pipelines/{pipeline.id}",
            "jobs": lambda given: self.connection(jobs[::-1], _job, given),
        }

    def note(self, note: Note) -> Any:
        return {
            "__typename": "Note",
            "id": f"gid://gitlab/{'Note' if note.system else 'DiscussionNote'}/{note.id}",
            "body": note.body,
            "system": note.system,
            "internal": False,
            "createdAt": _time(note.created),
            "updatedAt": _time(note.updated),
            # `Note#last_edited_at`: what nobody edited was "edited" when it was updated.
            "lastEditedAt": _time(note.edited or note.updated),
            "lastEditedBy": self.user(note.edited_by),
            "systemNoteMetadata": {"action": note.action} if note.action else None,
            "author": self.user(note.author),
        }

    def user(self, user: User | None) -> Any:
        if not user:
            return None
        return {
            "__typename": "UserCore",
            "id": f"gid://gitlab/User/{user.id}",
            "username": user.username,
            "name": user.name,
            "bot": user.bot,
            "webUrl": f"{self.forge.origin}/{user.username}",
        }


def _job(job: tuple[str, str, str]) -> Any:
    """A job, or a status that was posted, whose label is its description: they are in one list, the newest first."""
    detailed = {"__typename": "DetailedStatus", "label": job[2]}
    more = {"allowFailure": False, "detailedStatus": detailed}
    return {"__typename": "CiJob", "name": job[0], "status": job[1].upper()} | more


def _label(label: Label) -> Any:
    more = {"color": label.color, "updatedAt": _time(label.updated or "2026-01-01T00:00:00Z")}
    return {"__typename": "Label", "title": label.name} | more


def _time(stamp: str) -> str:
    """As `Types::TimeType` writes it: to the second."""
    return f"{stamp[:19]}Z"


def _kept(items: Sequence[Any], given: Mapping[str, Any]) -> list[Any]:
    state, iids, labels = (
        given.get("state", "all"),
        given.get("iids"),
        set(given.get("labels") or given.get("labelName") or []),
    )
    kept = [
        item
        for item in items
        if state in ("all", None, item.state)
        and (iids is None or str(item.iid) in [str(iid) for iid in iids])
        and labels <= set(item.labels)
        and str(given.get("updatedAfter") or "") <= item.updated
    ]
    by, _, way = str(given.get("sort") or "CREATED_DESC").rpartition("_")
    return sorted(kept, key=lambda one: (one.updated if by == "UPDATED" else "", one.id), reverse=way == "DESC")


def _cursor(position: int) -> str:
    return base64.b64encode(json.dumps({"position": position}).encode()).decode()


def _position(cursor: str) -> int:
    try:
        return int(json.loads(base64.b64decode(cursor))["position"])
    except (ValueError, KeyError) as error:
        raise graphql.Refused("Please provide a valid cursor") from error
