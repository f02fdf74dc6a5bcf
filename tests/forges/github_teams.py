"""Endpoints of an organisation's teams: https://docs.github.com/en/rest/teams."""

from collections.abc import Iterator
from typing import Any

from tests.forges.github_call import Call, Route
from tests.forges.github_json import node_id
from tests.forges.github_rights import Needs, Refused
from tests.forges.github_rights import inaccessible as refused
from tests.forges.github_world import Team

_NEEDS = Needs("members:read")


def _team(call: Call) -> Team:
    """The team of the path. Raises `Refused` where the token may see none, or not this one.

    An App and a fine-grained token need the organisation's permission Members, which no workflow's token has; a classic
    one the scope `read:org`, and an owner who is in the organisation.
    """
    token = call.token
    if token is None:
        raise Refused(401, "Requires authentication")
    if token.kind != "pat" and not token.permits(_NEEDS.permission):
        raise refused(token, _NEEDS)
    found = call.world.teams.get(f"{call.values['org']}/{call.values['team_slug']}".lower())
    scoped = token.kind != "pat" or {"read:org", "write:org", "admin:org"} & set(token.scopes)
    if found is None or not scoped or (found.secret and not token.integration and not _membership(call, found)):
        raise Refused(404, "Not Found")
    return found


def _with_those_below(call: Call, team: Team) -> Iterator[Team]:
    yield team
    for one in call.world.teams.values():
        if one.parent and (one.organisation, one.parent) == (team.organisation, team.slug):
            yield from _with_those_below(call, one)


def _membership(call: Call, team: Team, login: str = "") -> str:
    """`active`, `pending`, or empty: of the team or one below it."""
    who = (login or call.login).lower()
    held = [
        state for one in _with_those_below(call, team) for name, state in one.members.items() if name.lower() == who
    ]
    return "active" if "active" in held else held[0] if held else ""


def team(call: Call) -> Any:
    found = _team(call)
    url = f"{call.json.api}/organizations/{call.world.account(found.organisation).id}/team/{found.id}"
    organisation = call.json.user(found.organisation)
    names = ("repos_url", "events_url", "url", "login", "id", "node_id", "avatar_url", "html_url")
    times = {"created_at": "2026-01-01T00:00:00Z", "updated_at": "2026-01-01T00:00:00Z"}
    counts = dict.fromkeys(("public_repos", "public_gists", "followers", "following"), 0)
    flags = {"has_organization_projects": True, "has_repository_projects": True, "archived_at": None}
    hooks = {"hooks_url": f"{url}/hooks", "issues_url": f"{url}/issues", "public_members_url": f"{url}/public_members"}
    members = {"members_url": f"{url}/members{{/member}}", "description": None, "type": "Organization"}
    return {
        "id": found.id,
        "node_id": node_id("T", found.id),
        "url": url,
        "html_url": f"{call.json.html}/orgs/{found.organisation}/teams/{found.slug}",
        "name": found.slug,
        "slug": found.slug,
        "description": None,
        "privacy": "secret" if found.secret else "closed",
        "notification_setting": "notifications_enabled",
        "permission": "pull",
        "members_url": f"{url}/members{{/member}}",
        "repositories_url": f"{url}/repos",
        "parent": None,
        "type": "organization",
        "members_count": len(found.members),
        "repos_count": 0,
        "organization": {name: organisation[name] for name in names} | times | counts | flags | hooks | members,
    } | times


def membership(call: Call) -> Any:
    found = _team(call)
    login = call.values["username"]
    state = _membership(call, found, login)
    if not state:
        raise Refused(404, "Not Found")
    url = f"{call.json.api}/organizations/1/team/{found.id}/memberships/{login}"
    return {"url": url, "role": "member", "state": state}


_TEAM = "/orgs/{org}/teams/{team_slug}"
ROUTES = {
    f"GET {_TEAM}": Route(team, anyone=True),
    f"GET {_TEAM}/memberships/{{username}}": Route(membership, anyone=True),
}
