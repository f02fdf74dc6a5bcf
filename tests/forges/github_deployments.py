"""Endpoints of deployments and their statuses, to be read: https://docs.github.com/en/rest/deployments."""

from typing import Any

from tests.forges.github_call import Call, Route
from tests.forges.github_json import node_id
from tests.forges.github_rights import Needs, Refused
from tests.forges.github_world import Deployment, DeploymentStatus
from tests.loopback import Reply


def deployments(call: Call) -> Reply:
    """Newest first; `sha` and `environment` choose."""
    sha, environment = call.query.get("sha", "none"), call.query.get("environment", "none")
    found = [
        one
        for one in reversed(call.repository.deployments)
        if sha in ("none", one.sha) and environment in ("none", one.environment)
    ]
    return call.page(found, lambda one: _deployment(call, one))


def _deployment(call: Call, one: Deployment) -> dict[str, Any]:
    base = call.json.at(call.repository)
    url = f"{base}/deployments/{one.id}"
    return {
        "url": url,
        "id": one.id,
        "node_id": node_id("DE", one.id),
        "task": "deploy",
        "original_environment": one.environment,
        "environment": one.environment,
        "description": None,
        "created_at": one.created,
        "updated_at": one.statuses[-1].created if one.statuses else one.created,
        "statuses_url": f"{url}/statuses",
        "repository_url": base,
        "creator": call.json.user(one.creator),
        "sha": one.sha,
        "ref": one.sha,
        "payload": {},
        "transient_environment": False,
        "production_environment": False,
        "performed_via_github_app": None,
    }


def statuses(call: Call) -> Reply:
    """Newest first."""
    known = {str(one.id): one for one in call.repository.deployments}
    if not (one := known.get(call.values["deployment_id"])):
        raise Refused(404, "Not Found")
    return call.page(one.statuses[::-1], lambda status: _status(call, one, status))


def _status(call: Call, deployment: Deployment, status: DeploymentStatus) -> dict[str, Any]:
    base = call.json.at(call.repository)
    url = f"{base}/deployments/{deployment.id}"
    return {
        "url": f"{url}/statuses/{status.id}",
        "id": status.id,
        "node_id": node_id("DES", status.id),
        "state": status.state,
        "creator": call.json.user(status.creator),
        "description": status.description,
        "environment": deployment.environment,
        "target_url": "",
        "created_at": status.created,
        "updated_at": status.created,
        "deployment_url": url,
        "repository_url": base,
        "environment_url": status.url,
        "log_url": "",
        "performed_via_github_app": None,
    }


_READ = Needs("deployments:read")
_REPOSITORY = "/repos/{owner}/{repo}"
ROUTES = {
    f"GET {_REPOSITORY}/deployments": Route(deployments, _READ),
    f"GET {_REPOSITORY}/deployments/{{deployment_id}}/statuses": Route(statuses, _READ),
}
