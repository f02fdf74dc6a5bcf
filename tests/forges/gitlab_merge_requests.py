"""Merge requests over REST (https://docs.gitlab.com/api/merge_requests/, `lib/api/merge_requests.rb`)."""

from collections.abc import Callable, Sequence
from typing import Any

from tests.forges.gitlab_api import ApiError, Call, Routes, forbidden, invalid, not_found, unauthorized
from tests.forges.gitlab_events import ACTIVE
from tests.forges.gitlab_world import (
    DEVELOPER,
    LONGEST_DESCRIPTION,
    LONGEST_TITLE,
    REPORTER,
    Issuable,
    Labelling,
    MergeRequest,
    Project,
    User,
    Version,
)
from tests.loopback import Reply

routes = Routes()
_CHANGES = (
    "title", "description", "state_event", "labels", "add_labels", "remove_labels", "assignee_id", "assignee_ids",
    "reviewer_ids", "milestone_id", "target_branch", "remove_source_branch", "squash", "discussion_locked",
)  # fmt: skip


def found(call: Call, project: Project, iid: str) -> MergeRequest:
    mr = project.merge_request(int(iid)) if iid.isdigit() else None
    if not mr:
        raise not_found()
    return mr


def whole(call: Call, mr: MergeRequest) -> Any:
    return call.forge.entities.whole_merge_request(mr, call.user)


def filtered(call: Call, items: Sequence[Issuable], states: Sequence[str]) -> list[Any]:
    """What lists of merge requests and issues have in common: state, labels, author, times, search, order."""
    params = call.params
    state = call.one_of("state", [*states, "all"], "all")
    order = call.one_of("order_by", ["created_at", "updated_at", "title"], "created_at")
    down = call.one_of("sort", ["asc", "desc"], "desc") == "desc"
    iids = {int(iid) for iid in params.get("iids", [])}
    labels, text = call.words("labels") or [], str(params.get("search", "")).lower()
    milestone, author, author_id = params.get("milestone"), params.get("author_username"), params.get("author_id")

    updated, created = (
        (_time(params.get(f"{name}_after", "")), _time(params.get(f"{name}_before", "9")))
        for name in ("updated", "created")
    )

    def labelled(item: Issuable) -> bool:
        if labels in (["None"], ["Any"]):
            return bool(item.labels) == (labels == ["Any"])
        return set(labels) <= set(item.labels)

    tests: list[Callable[[Issuable], bool]] = [
        lambda item: state in ("all", item.state),
        lambda item: not iids or item.iid in iids,
        labelled,
        lambda item: not text or text in f"{item.title}\n{item.description}".lower(),
        lambda item: milestone is None or (item.milestone is not None and item.milestone.title == milestone),
        lambda item: author in (None, item.author.username),
        lambda item: author_id is None or int(author_id) == item.author.id,
        lambda item: updated[0] <= item.updated[:19] <= updated[1],
        lambda item: created[0] <= item.created[:19] <= created[1],
    ]
    kept = list(items)
    for test in tests:
        kept = list(filter(test, kept))
    keys: dict[str | None, Callable[[Issuable], Any]] = {
        "updated_at": lambda item: (item.updated, item.id),
        "title": lambda item: (item.title.lower(), item.id),
    }
    return sorted(kept, key=keys.get(order, lambda item: item.id), reverse=down)


def _time(given: str) -> str:
    """To the second, so that times compare as text."""
    return given.replace(" ", "T")[:19].removesuffix("Z")


def change(call: Call, target: Issuable, *, created: bool = False) -> None:
    """Set what the call gives: texts, labels, people, milestone. Raises 400 as the models' validations do."""
    params, events, user = call.params, call.forge.events, call.me
    errors: dict[str, list[str]] = {}
    if "title" in params:
        title = str(params["title"])
        if not title.strip():
            if not created:
                raise invalid("title is empty")
            errors["title"] = ["can't be blank"]
        elif len(title) > LONGEST_TITLE:
            errors["title"] = [f"is too long (maximum is {LONGEST_TITLE} characters)"]
    description = params.get("description")
    if description is not None and len(description) > LONGEST_DESCRIPTION:
        errors["description"] = [f"is too long (maximum is {LONGEST_DESCRIPTION} characters)"]
    if errors:
        raise ApiError(400, errors)
    if "title" in params:
        target.title = str(params["title"]).strip()
    labels = call.words("labels")
    labels = target.labels if labels is None else labels
    gone = call.words("remove_labels") or []
    events.label(target, [name for name in [*labels, *(call.words("add_labels") or [])] if name not in gone], user)
    if "milestone_id" in params:
        number = int(params["milestone_id"] or 0)
        target.milestone = next((one for one in target.project.milestones if one.id == number), None)
    if "assignee_id" in params or "assignee_ids" in params:
        target.assignees = _people(call, params.get("assignee_ids", [params.get("assignee_id")]))
    if call.flag("discussion_locked") is not None:
        target.discussion_locked = call.flag("discussion_locked")
    if isinstance(target, MergeRequest):
        if "reviewer_ids" in params:
            target.reviewers = _people(call, params["reviewer_ids"])
        target.squash = bool(call.flag("squash")) if "squash" in params else target.squash
        if "remove_source_branch" in params:
            target.force_remove_source_branch = call.flag("remove_source_branch")
    if description is not None:
        target.description = events.quick_actions(target, user, description)
    if not created:
        events.touch(target)


def _people(call: Call, given: Any) -> list[User]:
    """Users by number; 0 or nothing means nobody. Numbers of nobody are passed over, as GitLab does."""
    if isinstance(given, str | int):
        given = str(given).split(",")
    found = [call.forge.world.user_by_id(int(one)) for one in given or [] if str(one or "").strip()]
    return list(dict.fromkeys(user for user in found if user))


@routes.get("/projects/:project/merge_requests", job=True)
def listed(call: Call, project: str) -> Reply:
    items = filtered(call, call.readable(project).merge_requests, ["opened", "closed", "locked", "merged"])
    for name in ("source_branch", "target_branch"):
        if name in call.params:
            items = [mr for mr in items if getattr(mr, name) == call.params[name]]
    if call.params.get("wip") in ("yes", "no"):
        items = [mr for mr in items if mr.draft == (call.params["wip"] == "yes")]
    return call.page(items, call.forge.entities.merge_request)


@routes.get("/groups/:group/merge_requests")
def of_group(call: Call, group: str) -> Reply:
    world = call.forge.world
    path = (world.group(group) or (0, ""))[1]
    if not path:
        raise not_found("Group")
    seen = [one for one in world.projects if world.level(call.user, one) or one.visibility != "private"]
    inside = [mr for one in seen if f"{one.namespace}/".startswith(f"{path}/") for mr in one.merge_requests]
    return call.page(
        filtered(call, inside, ["opened", "closed", "locked", "merged"]), call.forge.entities.merge_request
    )


@routes.get("/projects/:project/merge_requests/:iid", job=True)
def one(call: Call, project: str, iid: str) -> Any:
    return whole(call, found(call, call.readable(project), iid))


@routes.post("/projects/:project/merge_requests")
def create(call: Call, project: str) -> Any:
    source = call.project(project, DEVELOPER)
    call.need("title", "source_branch", "target_branch")
    params, forge, user = call.params, call.forge, call.me
    target = call.project(str(params["target_project_id"]), REPORTER) if "target_project_id" in params else source
    branches = (str(params["source_branch"]), str(params["target_branch"]))
    mr = MergeRequest(
        id=forge.world.id(),
        iid=max((mr.iid for mr in target.merge_requests), default=0) + 1,
        project=target,
        author=user,
        title="",
        description=None,
        created=forge.tick(),
        updated="",
        source_project=source,
        source_branch=branches[0],
        target_branch=branches[1],
    )
    mr.updated = mr.created
    _check_branches(mr)
    if target is not source and source.forked_from is not target and target.forked_from is not source:
        raise ApiError(422, ["Source project is not a fork of the target project"])
    forge.events.attach(mr, forge.events.source_branch(mr))
    change(call, mr, created=True)
    target.merge_requests.append(mr)
    return whole(call, mr)


def _check_branches(mr: MergeRequest) -> None:
    """As `MergeRequest#validate_branches`."""
    for name in ("source_branch", "target_branch"):
        if not mr.project.repository.valid_branch(getattr(mr, name)):
            raise ApiError(400, {name: ["is invalid"]})
    if not mr.from_fork and mr.source_branch == mr.target_branch:
        raise ApiError(422, ["You can't use same project/branch for source and target"])
    for other in mr.project.merge_requests:
        same = (other.source_branch, other.target_branch) == (mr.source_branch, mr.target_branch)
        if other is not mr and other.state == "opened" and same and other.source_project is mr.source_project:
            raise ApiError(409, [f"Another open merge request already exists for this source branch: !{other.iid}"])


@routes.put("/projects/:project/merge_requests/:iid")
def update(call: Call, project: str, iid: str) -> Any:
    there = call.project(project, REPORTER)
    mr = found(call, there, iid)
    if call.forge.world.level(call.user, there) < DEVELOPER and mr.author is not call.user:
        raise forbidden()
    if not any(name in call.params for name in _CHANGES):
        raise invalid(f"{', '.join(_CHANGES)} are missing, at least one parameter must be provided")
    event = call.one_of("state_event", ["close", "reopen"])
    if event == "reopen" and mr.state == "closed":
        _check_branches(mr)
    if call.params.get("target_branch") and mr.state == "opened":
        old, mr.target_branch = mr.target_branch, str(call.params["target_branch"])
        try:
            _check_branches(mr)
        except ApiError:
            mr.target_branch = old
            raise
        call.forge.events.attach(mr, mr.sha)
    change(call, mr)
    if event == "close":
        call.forge.events.close(mr, call.me)
    elif event == "reopen":
        call.forge.events.reopen(mr, call.me)
    call.forge.events.auto_merge()
    return whole(call, mr)


@routes.delete("/projects/:project/merge_requests/:iid")
def delete(call: Call, project: str, iid: str) -> Any:
    there = call.project(project, 50)
    there.merge_requests.remove(found(call, there, iid))


@routes.put("/projects/:project/merge_requests/:iid/merge")
def merge(call: Call, project: str, iid: str) -> Any:
    there = call.project(project, REPORTER)
    mr, events, pipeline = found(call, there, iid), call.forge.events, None
    if not events.may_merge(mr, call.me):
        raise unauthorized()
    waits = bool(call.flag("auto_merge") or call.flag("merge_when_pipeline_succeeds"))
    pipeline = there.head_pipeline(mr)
    mr.unchecked = 0
    status = events.detailed_status(mr)
    running = pipeline is not None and pipeline.status in ACTIVE
    passed = pipeline is not None and pipeline.status == "success"
    ever = status not in ("not_open", "conflict", "commits_status", "need_rebase") and not events.conflicting(mr)
    at_once = status == "mergeable" and (passed or not waits)
    if not at_once and not (waits and ever and (running or status != "mergeable")):
        if status in ("conflict", "need_rebase") and not waits:
            raise ApiError(422, "Branch cannot be merged")
        raise ApiError(405, "405 Method Not Allowed")
    if call.params.get("sha") not in (None, mr.sha):
        raise ApiError(409, f"SHA does not match HEAD of source branch: {mr.sha}")
    if "squash" in call.params:
        mr.squash = bool(call.flag("squash"))
    if "should_remove_source_branch" in call.params:
        mr.remove_source_branch = call.flag("should_remove_source_branch")
    if not at_once:
        mr.auto_merge = call.me
        short = (mr.sha or "")[:8]
        events.system_note(mr, call.me, f"enabled an automatic merge when all merge checks for {short} pass")
    elif not events.merge(mr, call.me, str(call.params.get("merge_commit_message") or "")):
        raise ApiError(422, "Branch cannot be merged")
    return whole(call, mr)


@routes.post("/projects/:project/merge_requests/:iid/cancel_merge_when_pipeline_succeeds")
def cancel(call: Call, project: str, iid: str) -> Any:
    mr = found(call, call.project(project, REPORTER), iid)
    if not call.forge.events.may_merge(mr, call.me) and mr.author is not call.me:
        raise unauthorized()
    if not mr.auto_merge:
        raise ApiError(406, "406 Not Acceptable")
    mr.auto_merge = None
    call.forge.events.system_note(mr, call.me, "canceled the automatic merge")
    return {"status": "success"}


@routes.post("/projects/:project/merge_requests/:iid/approve")
def approve(call: Call, project: str, iid: str) -> Any:
    mr = found(call, call.project(project, DEVELOPER), iid)
    if call.me in mr.approved_by or call.me is mr.author:
        raise unauthorized()
    call.forge.events.approve(mr, call.me)
    return {"id": mr.id, "iid": mr.iid, "approved": True}


@routes.get("/projects/:project/merge_requests/:iid/versions", job=True)
def versions(call: Call, project: str, iid: str) -> Any:
    """Newest first (https://docs.gitlab.com/api/merge_requests/#get-merge-request-diff-versions)."""
    mr = found(call, call.readable(project), iid)

    def shown(one: Version) -> Any:
        commits = {"head_commit_sha": one.head, "base_commit_sha": one.base, "start_commit_sha": one.base}
        more = {"created_at": one.created, "merge_request_id": mr.id, "state": "collected", "real_size": "1"}
        return {"id": one.id} | commits | more | {"patch_id_sha": None}

    return call.page(mr.versions[::-1], shown)


@routes.get("/projects/:project/merge_requests/:iid/resource_label_events")
def labellings(call: Call, project: str, iid: str) -> Any:
    """Oldest first (https://docs.gitlab.com/api/resource_label_events/)."""
    mr = found(call, call.readable(project), iid)

    def shown(one: Labelling) -> Any:
        label = one.label and {name: getattr(one.label, name) for name in ("id", "name", "color", "description")}
        return {
            "id": one.id,
            "user": call.forge.entities.user(one.user),
            "created_at": one.created,
            "resource_type": "MergeRequest",
            "resource_id": mr.id,
            "label": label,
            "action": "add" if one.added else "remove",
        }

    return call.page(mr.labellings, shown)


@routes.get("/projects/:project/repository/commits/:sha/merge_requests")
def of_commit(call: Call, project: str, sha: str) -> Any:
    """Those that it is in, or whose merge made it."""
    there = call.readable(project)
    if there.repository.sha(sha) is None:
        raise not_found("Commit")
    state = call.one_of("state", ["opened", "closed", "locked", "merged"])

    def holds(mr: MergeRequest) -> bool:
        own = (
            {one.sha for one in there.repository.commits(mr.start_sha or mr.target_branch, mr.sha)} if mr.sha else set()
        )
        return sha in own | {mr.merge_commit_sha, mr.squash_commit_sha}

    kept = [mr for mr in there.merge_requests if state in (None, mr.state) and holds(mr)]
    return call.page(kept, call.forge.entities.merge_request)


@routes.get("/projects/:project/merge_requests/:iid/commits")
def commits(call: Call, project: str, iid: str) -> Any:
    there = call.readable(project)
    mr = found(call, there, iid)
    shas = [one.sha for one in there.repository.commits(mr.start_sha or mr.target_branch, mr.sha)] if mr.sha else []
    return call.page(shas, lambda sha: call.forge.entities.commit(there.repository, sha))


@routes.get("/projects/:project/merge_requests/:iid/pipelines")
def pipelines(call: Call, project: str, iid: str) -> Any:
    there = call.readable(project)
    mr = found(call, there, iid)
    return call.page(there.pipelines_of(mr)[::-1], lambda pipeline: call.forge.entities.pipeline(pipeline, there))
