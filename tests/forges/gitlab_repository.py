"""Branches, tags, files, commits, statuses and pipelines of the fake GitLab over REST."""

import base64
from typing import Any

from tests.forges.git_server import Update
from tests.forges.gitlab_api import ApiError, Call, Routes, not_found
from tests.forges.gitlab_events import ACTIVE
from tests.forges.gitlab_world import DEVELOPER, Project, Status
from tests.forges.repository import NOTHING
from tests.loopback import Reply

routes = Routes()
_STATES = ("pending", "running", "success", "failed", "canceled", "skipped")


@routes.get("/projects/:project/repository/branches", job=True)
def branches(call: Call, project: str) -> Reply:
    there, text = call.readable(project), str(call.params.get("search", ""))
    level = call.forge.world.level(call.user, there)
    start = text.removeprefix("^") if text.startswith("^") else None
    kept = [
        item
        for item in sorted(there.repository.branches().items())
        if (item[0].startswith(start) if start is not None else text in item[0])
    ]
    return call.page(kept, lambda item: call.forge.entities.branch(there, item[0], item[1], level))


@routes.get("/projects/:project/repository/branches/:branch")
def branch(call: Call, project: str, branch: str) -> Any:
    there = call.readable(project)
    sha = there.repository.branches().get(branch)
    if not sha:
        raise not_found("Branch")
    return call.forge.entities.branch(there, branch, sha, call.forge.world.level(call.user, there))


@routes.post("/projects/:project/repository/branches")
def create_branch(call: Call, project: str) -> Any:
    there = call.project(project, DEVELOPER)
    call.need("branch", "ref")
    name, sha = str(call.params["branch"]), there.repository.sha(str(call.params["ref"]))
    if not sha:
        raise ApiError(400, "Invalid reference name: " + str(call.params["ref"]))
    if not there.repository.update_ref(f"refs/heads/{name}", sha, NOTHING):
        raise ApiError(400, "Branch already exists")
    call.forge.events.pushed(there, [Update(f"refs/heads/{name}", NOTHING, sha)], call.me)
    return call.forge.entities.branch(there, name, sha, DEVELOPER)


@routes.delete("/projects/:project/repository/branches/:branch")
def delete_branch(call: Call, project: str, branch: str) -> Any:
    there = call.project(project, DEVELOPER)
    sha = there.repository.branches().get(branch)
    if not sha:
        raise not_found("Branch")
    if branch == there.repository.default_branch or call.forge.events.protections(there, branch):
        raise ApiError(403, "Protected branch cannot be removed")
    there.repository.delete_ref(f"refs/heads/{branch}")
    call.forge.events.pushed(there, [Update(f"refs/heads/{branch}", sha, NOTHING)], call.me)


def _tag(call: Call, there: Project, item: tuple[str, str]) -> Any:
    name, sha = item
    commit = there.repository.sha(f"refs/tags/{name}") or sha
    release = next((one for one in there.releases if one.tag == name), None)
    return {
        "name": name,
        "message": "",
        "target": sha,
        "commit": call.forge.entities.commit(there.repository, commit),
        "release": {"tag_name": name, "description": release.description} if release else None,
        "protected": False,
        "created_at": None,
    }


def tags_of(there: Project) -> dict[str, str]:
    return {ref.removeprefix("refs/tags/"): sha for ref, sha in there.repository.refs("refs/tags/").items()}


@routes.get("/projects/:project/repository/tags", job=True)
def tags(call: Call, project: str) -> Reply:
    there = call.readable(project)
    return call.page(sorted(tags_of(there).items(), reverse=True), lambda item: _tag(call, there, item))


@routes.get("/projects/:project/repository/tags/:tag")
def tag(call: Call, project: str, tag: str) -> Any:
    there = call.readable(project)
    if tag not in tags_of(there):
        raise not_found("Tag")
    return _tag(call, there, (tag, tags_of(there)[tag]))


@routes.post("/projects/:project/repository/tags")
def create_tag(call: Call, project: str) -> Any:
    there = call.project(project, DEVELOPER)
    call.need("tag_name", "ref")
    name, ref = str(call.params["tag_name"]), str(call.params["ref"])
    return _tag(call, there, (name, new_tag(there, name, ref)))


def new_tag(there: Project, name: str, ref: str) -> str:
    sha = there.repository.sha(ref)
    if not sha:
        raise ApiError(400, f"Target {ref} is invalid")
    if not there.repository.update_ref(f"refs/tags/{name}", sha, NOTHING):
        raise ApiError(400, f"Tag {name} already exists")
    return sha


def _file(call: Call, project: str, path: str) -> tuple[str, bytes, str]:
    there = call.readable(project)
    ref = str(call.params.get("ref", "HEAD"))
    sha = there.repository.sha(ref)
    data = there.repository.read(sha, path) if sha else None
    if sha is None or data is None:
        raise not_found("File" if sha else "Commit")
    return ref, data, sha


@routes.get("/projects/:project/repository/files/:path/raw", job=True)
def raw(call: Call, project: str, path: str) -> Reply:
    _, data, sha = _file(call, project, path)
    return Reply(200, data, {"Content-Type": "text/plain; charset=utf-8", "X-Gitlab-Commit-Id": sha})


@routes.get("/projects/:project/repository/files/:path")
def file(call: Call, project: str, path: str) -> Any:
    ref, data, sha = _file(call, project, path)
    content = base64.b64encode(data).decode()
    name = path.rsplit("/", 1)[-1]
    more = {"ref": ref, "commit_id": sha, "last_commit_id": sha, "execute_filemode": False}
    return {"file_name": name, "file_path": path, "size": len(data), "encoding": "base64", "content": content} | more


@routes.get("/projects/:project/repository/commits")
def commits(call: Call, project: str) -> Reply:
    there = call.readable(project)
    ref = str(call.params.get("ref_name", "HEAD"))
    if not there.repository.sha(ref):
        raise not_found("Commit")
    shas = there.repository.git("rev-list", "--topo-order", there.repository.sha(ref) or "").split()
    return call.page(shas, lambda sha: call.forge.entities.commit(there.repository, sha))


@routes.get("/projects/:project/repository/commits/:sha", job=True)
def commit(call: Call, project: str, sha: str) -> Any:
    there = call.readable(project)
    whole = there.repository.sha(sha)
    if not whole:
        raise not_found("Commit")
    run = next((one for one in reversed(there.pipelines) if one.sha == whole), None)
    more = {"status": run.status if run else None, "project_id": there.id}
    last = {"last_pipeline": call.forge.entities.pipeline(run, there) if run else None}
    return call.forge.entities.commit(there.repository, whole) | more | last


@routes.get("/projects/:project/repository/commits/:sha/statuses")
def statuses(call: Call, project: str, sha: str) -> Reply:
    """The newest of each name in each pipeline, or with `all` all of them."""
    there = call.readable(project)
    kept = [one for one in there.statuses if one.sha == sha and call.params.get("ref") in (None, one.ref)]
    kept = [one for one in kept if call.params.get("pipeline_id") in (None, str(one.pipeline.id))]
    if not call.flag("all"):
        kept = sorted({(one.pipeline.id, one.name): one for one in kept}.values(), key=lambda one: one.id)
    return call.page(kept, call.forge.entities.status)


@routes.post("/projects/:project/statuses/:sha")
def create_status(call: Call, project: str, sha: str) -> Any:
    """One that is pending or running changes, any other is followed by a new one. It is put into the newest pipeline of
    the commit, of `pipeline_id` and `ref` where these are given, else into a new one
    (`app/services/ci/create_commit_status_service.rb`).
    """
    there, forge = call.project(project, DEVELOPER), call.forge
    call.need("state")
    state = str(call.one_of("state", _STATES))
    if there.repository.sha(sha) != sha:
        raise not_found("Commit")
    name = str(call.params.get("name") or call.params.get("context") or "default")
    asked, numbered = call.params.get("ref"), call.params.get("pipeline_id")
    of_commit = [one for one in there.pipelines if one.sha == sha and asked in (None, one.ref)]
    pipeline = next((one for one in reversed(of_commit) if numbered in (None, one.id, str(one.id))), None)
    containing = ("for-each-ref", f"--contains={sha}", "--format=%(refname:short)", "refs/heads/")
    ref = asked or (pipeline.ref if pipeline else next(iter(there.repository.git(*containing).split()), None))
    if not ref:
        raise not_found("References for commit")
    if numbered and not pipeline:
        raise not_found("Pipeline for pipeline_id, sha and ref")
    known = [one for one in there.statuses if one.pipeline is pipeline]
    same = [one for one in known if one.name == name and one.state in ACTIVE]
    if same and same[-1].state == state:
        event = "enqueue" if state == "pending" else "run"
        reason = f'Reason(s): Status cannot transition via "{event}"'
        raise ApiError(400, f"Cannot transition status via :{event} from :{state} ({reason})")
    if same:
        status = same[-1]
        status.state = state
    else:
        pipeline = pipeline or forge.events.run_pipeline(there, str(ref), sha, state, "external")
        status = Status(forge.world.id(), sha, name, state, call.me, forge.tick(), str(ref), pipeline)
        there.statuses.append(status)
    status.description = call.params.get("description", status.description)
    status.target_url = call.params.get("target_url", status.target_url)
    latest = {one.name: one.state for one in there.statuses if one.pipeline is status.pipeline}
    order = ("failed", "running", "pending", "canceled", "success", "skipped")
    forge.events.report(status.pipeline, next(one for one in order if one in latest.values()))
    return forge.entities.status(status)


@routes.get("/projects/:project/pipelines")
def pipelines(call: Call, project: str) -> Reply:
    there = call.readable(project)
    asked = {name: call.params[name] for name in ("sha", "ref", "status") if name in call.params}
    kept = [
        one for one in reversed(there.pipelines) if all(getattr(one, name) == value for name, value in asked.items())
    ]
    return call.page(kept, lambda pipeline: call.forge.entities.pipeline(pipeline, there))
