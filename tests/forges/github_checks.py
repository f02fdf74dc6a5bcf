"""Endpoints of commit statuses and check runs.

https://docs.github.com/en/rest/commits/statuses, https://docs.github.com/en/rest/checks/runs
"""

from typing import Any

from tests.forges.github_call import Call, Route, created
from tests.forges.github_json import node_id
from tests.forges.github_mergeable import states
from tests.forges.github_rights import Needs, Refused, invalid
from tests.forges.github_world import CheckRun, Repository, Status
from tests.loopback import Reply

#: GitHub takes so many annotations a request.
ANNOTATIONS = 50


def _status(call: Call, status: Status) -> dict[str, Any]:
    return {
        "url": f"{call.json.at(call.repository)}/statuses/{status.sha}",
        "avatar_url": f"{call.json.html}/avatars/{status.id}",
        "id": status.id,
        "node_id": node_id("SC", status.id),
        "state": status.state,
        "description": status.description,
        "target_url": status.target,
        "context": status.context,
        "created_at": status.created,
        "updated_at": status.created,
        "creator": call.json.user(status.creator),
    }


def _commit(call: Call, name: str) -> str:
    found = call.repository.git.sha(name)
    if found is None:
        raise Refused(422, f"No commit found for SHA: {name}")
    return found


def status_made(call: Call) -> Reply:
    data = call.data
    if len(data.get("description") or "") > 140:
        raise invalid("Status", "description is too long (maximum is 140 characters)", name="description")
    made = Status(
        call.world.id(),
        _commit(call, call.values["sha"]),
        data.get("context", "default"),
        data["state"],
        data.get("description"),
        data.get("target_url"),
        call.login,
        call.world.tick(),
    )
    call.repository.statuses.append(made)
    return created(_status(call, made))


def statuses(call: Call) -> Reply:
    """All of them, newest first."""
    sha = _commit(call, call.values["ref"])
    found = [status for status in reversed(call.repository.statuses) if status.sha == sha]
    return call.page(found, lambda status: _status(call, status))


def combined(call: Call) -> Any:
    """The newest of each context, and one word for all; check runs don't count here."""
    sha = _commit(call, call.values["ref"])
    newest = {status.context: status for status in call.repository.statuses if status.sha == sha}
    found = {status.state for status in newest.values()}
    state = "failure" if found & {"failure", "error"} else "success" if found == {"success"} else "pending"
    base = call.json.at(call.repository)
    return {
        "state": state,
        "statuses": [_status(call, status) for status in newest.values()],
        "sha": sha,
        "total_count": len(newest),
        "repository": call.json.repository(call.repository),
        "commit_url": f"{base}/commits/{sha}",
        "url": f"{base}/commits/{sha}/status",
    }


def _run(call: Call, run: CheckRun) -> dict[str, Any]:
    base = call.json.at(call.repository)
    url = f"{base}/check-runs/{run.id}"
    return {
        "id": run.id,
        "name": run.name,
        "head_sha": run.sha,
        "node_id": node_id("CR", run.id),
        "external_id": run.external,
        "url": url,
        "html_url": f"{call.json.page(call.repository)}/runs/{run.id}",
        "details_url": run.details or f"{call.json.page(call.repository)}/runs/{run.id}",
        "status": run.status,
        "conclusion": run.conclusion,
        "started_at": run.started,
        "completed_at": run.completed,
        "output": {
            "title": run.title,
            "summary": run.summary,
            "text": run.text,
            "annotations_count": len(run.annotations),
            "annotations_url": f"{url}/annotations",
        },
        "check_suite": {"id": call.repository.id},
        "app": None,
        "pull_requests": [],
    }


def _read(call: Call, run: CheckRun) -> None:
    """Take over what the call says. Annotations add up over calls."""
    data, output = call.data, call.data.get("output") or {}
    annotations = output.get("annotations", [])
    if len(annotations) > ANNOTATIONS:
        raise Refused(
            422, f"Invalid request.\n\nNo more than {ANNOTATIONS} items are allowed; {len(annotations)} were supplied."
        )
    for field in ("summary", "text"):
        if len(output.get(field) or "") > 65535:
            raise invalid("CheckRun", f"{field} exceeds a maximum bytesize of 65535", name=field)
    run.name = data.get("name", run.name)
    run.conclusion = data.get("conclusion", run.conclusion)
    run.status = "completed" if "conclusion" in data else data.get("status", run.status)
    run.completed = data.get("completed_at") or (call.world.tick() if run.status == "completed" else None)
    run.started = data.get("started_at", run.started)
    run.details, run.external = data.get("details_url", run.details), data.get("external_id", run.external)
    run.title, run.summary = output.get("title", run.title), output.get("summary", run.summary)
    run.text = output.get("text", run.text)
    run.annotations += annotations


def run_made(call: Call) -> Reply:
    sha = call.data.get("head_sha", "")
    if call.repository.git.sha(sha) != sha:
        raise Refused(422, f"No commit found for SHA: {sha}")
    run = CheckRun(call.world.id(), call.data["name"], sha, "queued", None, call.world.tick(), None)
    _read(call, run)
    call.repository.checks.append(run)
    return created(_run(call, run))


def _known(call: Call) -> CheckRun:
    for run in call.repository.checks:
        if str(run.id) == call.values["check_run_id"]:
            return run
    raise Refused(404, "Not Found")


def run(call: Call) -> Any:
    return _run(call, _known(call))


def run_edited(call: Call) -> Any:
    known = _known(call)
    _read(call, known)
    return _run(call, known)


def annotations(call: Call) -> Reply:
    defaults = dict.fromkeys(("start_column", "end_column", "title", "raw_details"))
    href = f"{call.json.page(call.repository)}/blob"
    return call.page(_known(call).annotations, lambda one: defaults | one | {"blob_href": href})


def runs(call: Call) -> Reply:
    """The newest of each name, of a commit."""
    sha = _commit(call, call.values["ref"])
    newest = {one.name: one for one in call.repository.checks if one.sha == sha}
    wanted = call.query.get("check_name")
    found = [one for one in newest.values() if wanted in (None, one.name)]
    return call.page(found, lambda one: _run(call, one), inside="check_runs")


def rollup(repository: Repository, sha: str) -> str | None:
    """GraphQL's `StatusState` over status contexts and check runs; None where there are none."""
    found = set(states(repository, sha).values())
    if not found:
        return None
    return "FAILURE" if "failure" in found else "PENDING" if "pending" in found else "SUCCESS"


_READ = Needs("statuses:read")
_CHECKS = Needs("checks:read")
_WRITE = Needs("checks:write", "write", app_only=True)
_REPOSITORY = "/repos/{owner}/{repo}"
ROUTES = {
    f"POST {_REPOSITORY}/statuses/{{sha}}": Route(status_made, Needs("statuses:write", "write")),
    f"GET {_REPOSITORY}/commits/{{ref}}/statuses": Route(statuses, _READ),
    f"GET {_REPOSITORY}/statuses/{{ref}}": Route(statuses, _READ),
    f"GET {_REPOSITORY}/commits/{{ref}}/status": Route(combined, _READ),
    f"GET {_REPOSITORY}/commits/{{ref}}/check-runs": Route(runs, _CHECKS),
    f"POST {_REPOSITORY}/check-runs": Route(run_made, _WRITE),
    f"GET {_REPOSITORY}/check-runs/{{check_run_id}}": Route(run, _CHECKS),
    f"PATCH {_REPOSITORY}/check-runs/{{check_run_id}}": Route(run_edited, _WRITE),
    f"GET {_REPOSITORY}/check-runs/{{check_run_id}}/annotations": Route(annotations, _CHECKS),
}
