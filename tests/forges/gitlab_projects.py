"""Users, projects, groups, members, labels, milestones and what protects a project, over REST."""

from typing import Any

from tests.forges.gitlab_api import ApiError, Call, Routes, forbidden, invalid, not_found, unauthorized
from tests.forges.gitlab_world import MAINTAINER, REPORTER, Label, Milestone, Project, Protected, Push, User
from tests.loopback import Reply

routes = Routes()


@routes.get("/version")
def version(call: Call) -> Any:
    return {"version": call.forge.version, "revision": "0000000000"} if call.me else None


@routes.get("/metadata")
def metadata(call: Call) -> Any:
    return {"version": call.forge.version, "revision": "0000000000", "enterprise": False} if call.me else None


@routes.get("/user")
def user(call: Call) -> Any:
    entity = call.forge.entities.user(call.me)
    return entity | {"bot": call.me.bot, "email": f"{call.me.username}@shop.example", "is_admin": False}


@routes.get("/personal_access_tokens/self")
def own_token(call: Call) -> Any:
    """https://docs.gitlab.com/api/personal_access_tokens/#self-inform; for project and group tokens as well."""
    token = call.token
    if not token:
        raise unauthorized()
    return {
        "id": token.id,
        "name": token.kind,
        "revoked": token.revoked,
        "created_at": "2026-01-01T00:00:00.000Z",
        "description": None,
        "scopes": list(token.scopes),
        "user_id": token.user.id,
        "last_used_at": None,
        "active": True,
        "expires_at": "2027-01-01",
    }


@routes.get("/job", job=True)
def job(call: Call) -> Any:
    if not call.token or call.token.kind != "job":
        raise not_found()
    return {"id": 1, "status": "running", "name": "maintenance", "user": call.forge.entities.user(call.me)}


@routes.get("/users")
def users(call: Call) -> Reply:
    if not call.token:
        raise forbidden("Not authorized to access /api/v4/users")
    name, text = call.params.get("username"), str(call.params.get("search", "")).lower()
    found = [
        user
        for user in call.forge.world.users
        if (name is None or user.username.lower() == str(name).lower())
        and text in f"{user.username} {user.name}".lower()
    ]
    return call.page(found, call.forge.entities.user)


def _entity(call: Call) -> Any:
    return lambda project: call.forge.entities.project(project, call.forge.world.level(call.user, project))


@routes.get("/projects")
def projects(call: Call) -> Reply:
    return call.page(_filtered(call, call.forge.world.projects), _entity(call))


def _filtered(call: Call, among: list[Project]) -> list[Project]:
    archived, topics = call.flag("archived"), call.words("topic") or []
    text, least = str(call.params.get("search", "")).lower(), call.number("min_access_level", 0)
    member = bool(call.flag("membership"))
    levels = {project.id: call.forge.world.level(call.user, project) for project in among}
    kept = [
        project
        for project in among
        if (levels[project.id] or (project.visibility != "private" and not member))
        and levels[project.id] >= least
        and archived in (None, project.archived)
        and set(topics) <= set(project.topics)
        and text in project.path.lower()
    ]
    order = call.one_of("order_by", ["id", "name", "path", "created_at", "last_activity_at"], "created_at")
    down = call.one_of("sort", ["asc", "desc"], "desc") == "desc"
    return sorted(kept, key=lambda one: (one.path if order in ("name", "path") else "", one.id), reverse=down)


@routes.get("/projects/:project")
def project(call: Call, project: str) -> Any:
    return _entity(call)(call.project(project))


@routes.get("/groups/:group")
def group(call: Call, group: str) -> Any:
    number, path = _group(call, group)
    name = path.rsplit("/", 1)[-1]
    return {"id": number, "name": name, "path": name, "full_path": path, "full_name": path, "visibility": "private"}


def _group(call: Call, name: str) -> tuple[int, str]:
    """Number and path. Raises 404 for one that isn't there, or in which the caller may see nothing."""
    world = call.forge.world
    found = world.group(name)
    if not found:
        raise not_found("Group")
    inside = [one for one in world.projects if f"{one.namespace}/".startswith(f"{found[1]}/")]
    if call.user and world.membership(call.user, found[1]):
        return found
    if not any(world.level(call.user, one) or one.visibility != "private" for one in inside):
        raise not_found("Group")
    return found


@routes.get("/groups/:group/projects")
def group_projects(call: Call, group: str) -> Reply:
    _, path = _group(call, group)
    deep = call.flag("include_subgroups")
    inside = [
        project
        for project in call.forge.world.projects
        if project.namespace == path or (deep and project.namespace.startswith(f"{path}/"))
    ]
    return call.page(_filtered(call, inside), _entity(call))


@routes.get("/groups/:group/members/all/:user")
def group_member(call: Call, group: str, user: str) -> Any:
    """Of the group or of one above it. Who sees a private group by its projects alone doesn't see who is in it."""
    world, (_, path) = call.forge.world, _group(call, group)
    if not world.membership(call.me, path):
        raise forbidden()
    found = world.user_by_id(int(user)) if user.isdigit() else None
    level = world.membership(found, path) if found else 0
    if not found or not level:
        raise not_found()
    return call.forge.entities.member(found, level)


@routes.get("/projects/:project/events")
def events(call: Call, project: str) -> Reply:
    """Pushes, newest first (https://docs.gitlab.com/api/events/); `after` and `before` are days and not in it."""
    there, after, before = call.project(project), str(call.params.get("after", "")), call.params.get("before", "9")
    if call.one_of("action", ["pushed", "created", "closed", "merged"], "pushed") != "pushed":
        return call.page([], str)

    def shown(one: Push) -> Any:
        return {
            "id": one.id,
            "project_id": there.id,
            "action_name": "pushed to" if one.before else "pushed new",
            "target_id": None,
            "target_iid": None,
            "target_type": None,
            "author_id": one.user.id,
            "target_title": None,
            "created_at": one.created,
            "author": call.forge.entities.user(one.user),
            "imported": False,
            "imported_from": "none",
            "push_data": {
                "commit_count": 1,
                "action": "pushed" if one.before and one.after else "created" if one.after else "removed",
                "ref_type": "branch",
                "commit_from": one.before,
                "commit_to": one.after,
                "ref": one.branch,
                "commit_title": None,
                "ref_count": None if one.branch else 4,
            },
            "author_username": one.user.username,
        }

    kept = [one for one in reversed(there.pushes) if after < one.created[:10] < str(before)]
    return call.page(kept, shown)


def _members(call: Call, project: Project) -> list[tuple[User, int]]:
    held = [(user, call.forge.world.level(user, project)) for user in call.forge.world.users]
    return [(user, level) for user, level in held if level]


@routes.get("/projects/:project/members/all")
def members(call: Call, project: str) -> Reply:
    held = _members(call, call.project(project))
    return call.page(held, lambda one: call.forge.entities.member(*one))


@routes.get("/projects/:project/members/all/:user")
def member(call: Call, project: str, user: str) -> Any:
    for found, level in _members(call, call.project(project)):
        if str(found.id) == user:
            return call.forge.entities.member(found, level)
    raise not_found()


@routes.get("/projects/:project/labels")
def labels(call: Call, project: str) -> Reply:
    there = call.project(project)
    return call.page(sorted(there.labels, key=lambda label: label.name), call.forge.entities.label)


@routes.post("/projects/:project/labels")
def create_label(call: Call, project: str) -> Any:
    there = call.project(project, REPORTER)
    call.need("name", "color")
    name = str(call.params["name"])
    if any(label.name == name for label in there.labels):
        raise ApiError(409, "Label already exists")
    label = Label(call.forge.world.id(), name, str(call.params["color"]), call.params.get("description"))
    label.updated = call.forge.tick()
    there.labels.append(label)
    return call.forge.entities.label(label)


@routes.get("/projects/:project/milestones")
def milestones(call: Call, project: str) -> Reply:
    there = call.project(project)
    title, state = call.params.get("title"), call.params.get("state")
    kept = [one for one in there.milestones if title in (None, one.title) and state in (None, one.state)]
    return call.page(kept, lambda one: call.forge.entities.milestone(one, there))


@routes.post("/projects/:project/milestones")
def create_milestone(call: Call, project: str) -> Any:
    there = call.project(project, REPORTER)
    call.need("title")
    title = str(call.params["title"])
    if any(one.title == title for one in there.milestones):
        raise ApiError(400, {"title": ["already being used for another group or project milestone."]})
    milestone = Milestone(call.forge.world.id(), len(there.milestones) + 1, title)
    there.milestones.append(milestone)
    return call.forge.entities.milestone(milestone, there)


@routes.put("/projects/:project/milestones/:number")
def update_milestone(call: Call, project: str, number: str) -> Any:
    there = call.project(project, REPORTER)
    found = next((one for one in there.milestones if str(one.id) == number), None)
    if found is None:
        raise not_found()
    found.title = str(call.params.get("title", found.title))
    event = call.one_of("state_event", ["close", "activate"])
    found.state = {"close": "closed", "activate": "active", None: found.state}[event]
    return call.forge.entities.milestone(found, there)


@routes.get("/projects/:project/protected_branches")
def protected(call: Call, project: str) -> Reply:
    there = call.project(project)
    if call.forge.world.level(call.user, there) < 30:
        raise forbidden()
    return call.page(there.protected, call.forge.entities.protected)


@routes.get("/projects/:project/protected_branches/:name")
def one_protected(call: Call, project: str, name: str) -> Any:
    found = next((one for one in call.project(project).protected if one.name == name), None)
    if not found:
        raise not_found()
    return call.forge.entities.protected(found)


@routes.post("/projects/:project/protected_branches")
def protect(call: Call, project: str) -> Any:
    there = call.project(project, MAINTAINER)
    call.need("name")
    name = str(call.params["name"])
    if any(one.name == name for one in there.protected):
        raise ApiError(409, f"Protected branch '{name}' already exists")
    levels = (call.number("push_access_level", MAINTAINER), call.number("merge_access_level", MAINTAINER))
    found = Protected(call.forge.world.id(), name, *levels, bool(call.flag("allow_force_push")))
    there.protected.append(found)
    return call.forge.entities.protected(found)


@routes.get("/projects/:project/freeze_periods")
def freezes(call: Call, project: str) -> Reply:
    return call.page(call.project(project).freezes, call.forge.entities.freeze)


@routes.put("/projects/:project")
def update(call: Call, project: str) -> Any:
    """The settings that matter here."""
    there = call.project(project, MAINTAINER)
    branch = call.params.get("default_branch")
    if branch is not None:
        if branch not in there.repository.branches():
            raise ApiError(400, {"base": [f"Could not change HEAD: branch '{branch}' does not exist"]})
        there.repository.default_branch = str(branch)
    method = call.one_of("merge_method", ["merge", "rebase_merge", "ff"])
    there.merge_method = method or there.merge_method
    if call.flag("only_allow_merge_if_pipeline_succeeds") is not None:
        there.only_allow_merge_if_pipeline_succeeds = bool(call.flag("only_allow_merge_if_pipeline_succeeds"))
    if "topics" in call.params:
        there.topics = call.words("topics") or []
    if not call.params:
        raise invalid("at least one parameter must be provided")
    return _entity(call)(there)
