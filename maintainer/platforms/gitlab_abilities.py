"""What a token can do on a GitLab project, asked without changing anything.

Scopes: https://docs.gitlab.com/user/profile/personal_access_tokens/#personal-access-token-scopes, roles:
https://docs.gitlab.com/user/permissions/, a job's token: https://docs.gitlab.com/ci/jobs/ci_job_token/.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from maintainer import errors
from maintainer.platforms.base import Ability
from maintainer.platforms.gitlab_client import DEVELOPER, MAINTAINER, GitlabClient
from maintainer.platforms.gitlab_errors import MAKE_ONE, TOKENS
from maintainer.text import foreign

REPORTER = 20
_ROLES = {
    10: "Guest",
    15: "Planner",
    REPORTER: "Reporter",
    DEVELOPER: "Developer",
    MAINTAINER: "Maintainer",
    50: "Owner",
}


@dataclass(frozen=True, slots=True)
class Need:
    """What one ability asks for: any of the scopes, and a role of at least this level."""

    what: str
    scopes: tuple[str, ...]
    level: int


#: In the order a run needs them.
NEEDS = (
    Need("read the code", ("read_repository", "write_repository", "api"), REPORTER),
    Need("push branches", ("write_repository", "api"), DEVELOPER),
    Need("open and edit merge requests", ("api",), DEVELOPER),
    Need("keep the dashboard issue", ("api",), REPORTER),
    Need("post statuses", ("api",), DEVELOPER),
    Need("publish releases", ("api",), DEVELOPER),
)


def abilities(client: GitlabClient) -> Sequence[Ability]:
    """The token's kind first, then each thing a run needs; `able` is None for what can't be known."""
    if client.job:
        able: dict[str, tuple[bool | None, str]] = {
            "read the code": (True, ""),
            "push branches": (None, "only where the project's CI/CD settings let job tokens push."),
        }
        cannot = (False, "a job's own token never may.")
        told = f"a job's own token (CI_JOB_TOKEN), which can't open merge requests: {MAKE_ONE}."
        return [Ability("token", False, told), *(Ability(need.what, *able.get(need.what, cannot)) for need in NEEDS)]
    try:
        scopes, token = _token(client)
        project = client.project.attributes
    except errors.OutsideError as error:
        return [Ability("token", False, str(error))]
    return [token, *_abilities(client, project, scopes)]


def _abilities(client: GitlabClient, project: Any, scopes: Sequence[str] | None) -> Iterator[Ability]:
    level = _level(project)
    for need in NEEDS:
        if project.get("archived") is True and need.what != "read the code":
            yield Ability(need.what, False, f"{client.path} is archived: unarchive it in its settings.")
        elif need.what.startswith("keep") and project.get("issues_enabled") is False:
            yield Ability(need.what, False, f"{client.path} has issues switched off: switch them on in its settings.")
        elif scopes is not None and not set(scopes) & set(need.scopes):
            yield Ability(need.what, False, f"the token lacks the scope {need.scopes[0]} ({TOKENS}).")
        elif level < need.level:
            yield Ability(need.what, False, _role(client.path, level, need.level))
        else:
            yield Ability(need.what, True)
    yield _merging(client, project, level, scopes)


def _token(client: GitlabClient) -> tuple[Sequence[str] | None, Ability]:
    """The scopes, None where GitLab doesn't tell them, and whose token it is."""
    try:
        with client.asking("tell the token's scopes"):
            stated = client.sdk.personal_access_tokens.get("self").attributes
    except errors.AccessDenied:
        raise
    except errors.OutsideError:
        return None, Ability("token", True, "a token that tells no scopes (OAuth)")
    scopes = tuple(foreign.text(scope, limit=40) for scope in foreign.array(stated, "scopes"))
    name = foreign.text(client.me, "username", limit=100)
    kinds = {"project_": "project access token", "group_": "group access token"}
    bot = "_bot" in name
    kind = next((kind for start, kind in kinds.items() if bot and name.startswith(start)), "personal access token")
    until = foreign.text(stated, "expires_at", limit=10)
    ends = f", valid until {until}" if until else ", valid without end"
    return scopes, Ability("token", True, f"a {kind} of {name} with the scopes {', '.join(scopes) or 'none'}{ends}")


def _level(project: Any) -> int:
    """The highest of the roles the project and its group give; an administrator sees neither."""
    levels = [
        foreign.table(project, "permissions", kind).get("access_level") for kind in ("project_access", "group_access")
    ]
    return max((level for level in levels if isinstance(level, int)), default=0)


def _role(path: str, level: int, needed: int) -> str:
    has = f"has the role {_ROLES.get(level, str(level))}" if level else "is no member"
    return f"the token's user {has} in {path}; it takes {_ROLES[needed]} ({TOKENS})."


def _merging(client: GitlabClient, project: Any, level: int, scopes: Sequence[str] | None) -> Ability:
    """Whether automerge works: the default branch is protected, and says who may merge into it."""
    what, base = "merge by itself (auto-merge)", foreign.text(project, "default_branch")
    if level < DEVELOPER or not base or (scopes is not None and "api" not in scopes):
        return Ability(what, False, f"it takes the scope api and the role Developer or Maintainer ({TOKENS}).")
    try:
        with client.asking(f"show the branch {base}"):
            branch = client.project.branches.get(base).attributes
    except errors.OutsideError as error:
        return Ability(what, None, str(error))
    if level >= MAINTAINER or branch.get("protected") is False or branch.get("developers_can_merge") is True:
        return Ability(what, True)
    return Ability(what, False, f"{base} is protected, and {_role(client.path, level, MAINTAINER)}")
