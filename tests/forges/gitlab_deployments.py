"""Deployments of a project, to be read: https://docs.gitlab.com/api/deployments/#list-project-deployments."""

from typing import Any

from tests.forges.gitlab_api import Call, Routes
from tests.forges.gitlab_world import Deployment
from tests.loopback import Reply

routes = Routes()


@routes.get("/projects/:project/deployments", job=True)
def deployments(call: Call, project: str) -> Reply:
    found = call.project(project).deployments
    wanted, status = call.params.get("environment"), call.params.get("status")
    found = [one for one in found if wanted in (None, one.environment) and status in (None, one.status)]
    call.one_of("order_by", ["id", "iid", "created_at", "updated_at", "finished_at", "ref"], "id")
    down = call.one_of("sort", ["asc", "desc"], "asc") == "desc"
    return call.page(sorted(found, key=lambda one: one.id, reverse=down), lambda one: _entity(call, one))


def _entity(call: Call, one: Deployment) -> Any:
    return {
        "id": one.id,
        "iid": one.iid,
        "ref": one.ref,
        "sha": one.sha,
        "created_at": one.created,
        "updated_at": one.created,
        "status": one.status,
        "user": call.forge.entities.user(one.author),
        "environment": {
            "id": 1,
            "name": one.environment,
            "slug": one.environment.replace("/", "-"),
            "external_url": one.url,
        },
        "deployable": None,
    }
