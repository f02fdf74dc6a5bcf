"""A stateful fake of GitLab on loopback: REST, GraphQL and git over HTTP, over real bare repositories.

with GitlabFake(folder) as forge:
    forge.add_repository("shop", "site", {"readme.md": "x"})
    forge.token("glpat-x", kind="project", project="shop/site")
    gitlab.Gitlab(forge.origin, private_token="glpat-x").projects.get("shop/site")
    forge.person("ada").merge(1)
"""

import re
from collections.abc import Callable, Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

from tests.forges import (
    git_server,
    gitlab_deployments,
    gitlab_discussions,
    gitlab_graphql,
    gitlab_merge_requests,
    gitlab_projects,
    gitlab_releases,
    gitlab_repository,
    push_rules,
)
from tests.forges.git_server import Access, GitServer, Push, Refusal
from tests.forges.gitlab_api import ApiError, dispatch, scoped
from tests.forges.gitlab_entities import Entities
from tests.forges.gitlab_events import Events
from tests.forges.gitlab_people import Person
from tests.forges.gitlab_world import (
    DEVELOPER,
    MAINTAINER,
    REPORTER,
    Issuable,
    MergeRequest,
    Project,
    Protected,
    Release,
    Token,
    User,
    World,
)
from tests.forges.repository import BareRepository
from tests.forges.server import WRITES, ForgeServer, stamp, tagged
from tests.loopback import Reply, Request

_ROUTES = [
    *gitlab_merge_requests.routes.all,
    *gitlab_discussions.routes.all,
    *gitlab_projects.routes.all,
    *gitlab_repository.routes.all,
    *gitlab_deployments.routes.all,
    *gitlab_releases.routes.all,
]
_SHA = re.compile(r"\b[0-9a-f]{40}\b")
_DENIED = (
    "HTTP Basic: Access denied. If a password was provided for Git authentication, the password was incorrect or "
    "you're required to use a token instead of a password. If a token was provided, it was either incorrect, expired, "
    "or improperly scoped."
)


def throttled(retry_after: int | None = 1) -> Reply:
    """What a rate limit answers, with or without Retry-After (https://docs.gitlab.com/security/rate_limits/)."""
    limits = {"RateLimit-Limit": "600", "RateLimit-Observed": "601", "RateLimit-Remaining": "0"}
    more = {} if retry_after is None else {"Retry-After": str(retry_after)}
    return Reply(429, "Retry later\n", {"Content-Type": "text/plain", **limits, **more})


class GitlabFake(ForgeServer):
    """`url` is the API's (`http://127.0.0.1:1234/api/v4`); `git_url` is what a project's path follows.

    `checks_take` is for how many answers a merge request says `checking` after it changed; `rate_limit` puts
    `RateLimit-*` headers on every answer; `quick_actions` are those that texts had carried out (`ada /close`).
    """

    def __init__(self, folder: Path, version: str = "18.5.0") -> None:
        super().__init__()
        self.folder = folder
        self.version = version
        self.url = f"{self.origin}/api/v4"
        self.git_url = self.origin
        self.graphql_url = f"{self.origin}/api/graphql"
        self.world = World()
        self.events = Events(self)
        self.entities = Entities(self)
        self.checks_take = 0
        self.rate_limit: int | None = None
        self.quick_actions: list[str] = []
        self._git = GitServer(self._find, self._allowed, self._refuses, self._pushed)

    def tick(self) -> str:
        return super().tick().replace("Z", ".000Z")

    def clock(self) -> str:
        """The time as it is."""
        return stamp(self.now).replace("Z", ".000Z")

    # What tests set up

    def add_repository(
        self,
        owner: str,
        name: str,
        files: Mapping[str, bytes | str] | None = None,
        *,
        branch: str = "main",
        **more: Any,
    ) -> Project:
        """A project whose default branch is protected, as GitLab does it; `more` are fields of `Project`.

        `owner` is a group's path, `shop` or `shop/sites`.
        """
        path = f"{owner}/{name}"
        repository = BareRepository.create(self.folder / f"{path}.git", files or {"README.md": f"# {name}\n"}, branch)
        return self._added(Project(self.world.id(), path, repository, self.tick(), **more), branch)

    def fork(self, of: str, to: str) -> Project:
        """A fork of a project, at the path `to`."""
        origin = self.project(of)
        repository = origin.repository.fork(self.folder / f"{to}.git")
        more = {"visibility": origin.visibility, "forked_from": origin}
        made = Project(self.world.id(), to, repository, self.tick(), **more)  # type: ignore[arg-type]
        return self._added(made, origin.repository.default_branch)

    def _added(self, project: Project, branch: str) -> Project:
        with self.lock:
            project.protected.append(Protected(self.world.id(), branch))
            self.world.projects.append(project)
        return project

    def project(self, path: str = "") -> Project:
        """The project at a path; the first one without it."""
        found = self.world.project(path) if path else next(iter(self.world.projects), None)
        assert found, f"There is no project {path}"
        return found

    def rename(self, old: str, new: str) -> None:
        """Move a project to another path; the old one redirects."""
        project = self.project(old)
        project.former_paths.append(project.path)
        project.path = new

    def user(self, username: str, level: int = MAINTAINER, *, bot: bool = False) -> User:
        """The user, made when there is none: then `level` is what they may do in all projects."""
        with self.lock:
            found = self.world.user(username)
            if not found:
                found = User(self.world.id(), username, username.capitalize(), level, bot)
                self.world.users.append(found)
        return found

    def token(
        self,
        text: str,
        *,
        kind: str = "personal",
        user: str = "",
        level: int = MAINTAINER,
        project: str = "",
        group: str = "",
        scopes: tuple[str, ...] = ("api", "write_repository"),
    ) -> Token:
        """A token that GitLab knows. `kind` is `personal`, `project`, `group` or `job`.

        A project's or group's token makes a bot user, which has `level` there; a job's has what `user` has.
        """
        user = user or "maintainer"
        where = self.project(project) if kind in ("project", "job") else None
        if kind in ("project", "group"):
            owner = f"project_{where.id}" if where else f"group_{group.replace('/', '_')}"
            who = self.user(f"{owner}_bot_{self.world.id()}", 0, bot=True)
            members = where.members if where else self.world.groups.setdefault(group, {})
            members[who.username] = level
        else:
            who = self.user(user, level)
        made = Token(self.world.id(), text, kind, who, () if kind == "job" else scopes, where)
        self.world.tokens[text] = made
        return made

    def person(self, username: str, project: str = "", level: int = MAINTAINER) -> Person:
        """Someone who acts at a project (the first one, if it isn't said)."""
        return Person(self, self.user(username, level), self.project(project))

    def state(self, path: str = "") -> dict[str, Any]:
        """All that proposals left in a project, to compare end states: no times, no ids, commits by what they hold."""
        project = self.project(path)
        with self.lock:
            named = self._names(project)
            return {
                "refs": {
                    ref: named(sha)
                    for ref, sha in project.repository.refs().items()
                    if not ref.startswith("refs/merge-requests/")
                },
                "default_branch": project.repository.default_branch,
                "merge_requests": [self._merge_request_state(mr, named) for mr in project.merge_requests],
                "issues": [self._issuable_state(issue, named) for issue in project.issues],
                "statuses": [
                    [named(one.sha), one.name, one.state, one.description, one.target_url] for one in project.statuses
                ],
                "labels": sorted(label.name for label in project.labels),
                "releases": [self._release_state(one) for one in project.releases],
                "packages": [
                    [one.name, one.version, sorted([file.name, sha256(file.data).hexdigest()] for file in one.files)]
                    for one in project.packages
                ],
                "milestones": [[one.title, one.state] for one in project.milestones],
            }

    def _release_state(self, release: Release) -> list[Any]:
        links = sorted([one.name, one.url.replace(self.origin, ""), one.path] for one in release.links)
        return [release.tag, release.name, release.description, links]

    def _names(self, project: Project) -> Callable[[str | None], str | None]:
        """Names the commits in a text by their tree and subject, which don't depend on when they were made."""
        listed = project.repository.git("log", "--all", "--format=%H %T %s").splitlines()
        known = {line[:40]: f"<{line[41:53]} {line[82:]}>" for line in listed}

        def name(matched: re.Match[str]) -> str:
            sha = matched[0]
            if sha not in known and project.repository.sha(sha):
                commit = project.repository.commit_of(sha)
                known[sha] = f"<{commit.tree[:12]} {commit.message.split(chr(10), 1)[0]}>"
            return known.get(sha, sha)

        return lambda text: None if text is None else _SHA.sub(name, text)

    def _issuable_state(self, target: Issuable, named: Callable[[str | None], str | None]) -> dict[str, Any]:
        return {
            "iid": target.iid,
            "state": target.state,
            "title": target.title,
            "description": named(target.description),
            "author": target.author.username,
            "labels": target.labels,
            "assignees": [user.username for user in target.assignees],
            "milestone": target.milestone.title if target.milestone else None,
            "notes": [[note.author.username, named(note.body)] for note in target.notes if not note.system],
            "closed_by": target.closed_by.username if target.closed_by else None,
        }

    def _merge_request_state(self, mr: MergeRequest, named: Callable[[str | None], str | None]) -> dict[str, Any]:
        return self._issuable_state(mr, named) | {
            "source_branch": mr.source_branch,
            "source_project": mr.source_project.path if mr.source_project else None,
            "target_branch": mr.target_branch,
            "head": named(mr.sha),
            "draft": mr.draft,
            "reviewers": [user.username for user in mr.reviewers],
            "auto_merge": mr.auto_merge is not None,
        }

    # What is asked

    def answer(self, request: Request) -> Reply:
        if GitServer.serves(request.path):
            return self._git.answer(request)
        write = request.method in WRITES and request.path.startswith("/api/v4/")
        described = f"{request.method} {request.path.removeprefix('/api/v4')}"
        if write:
            self.before_write(described)
        with self.lock:
            reply = self._api(request)
        if write and reply.status < 400:
            self.after_write(described)
        return reply

    def _api(self, request: Request) -> Reply:
        try:
            token = self._token(request)
            if request.path == "/api/graphql":
                token = None if token and token.kind == "job" else token
                if token:
                    scoped(token, request.path, write=False)
                reply = gitlab_graphql.answer(self, request, token)
            elif request.path.startswith("/api/v4/"):
                reply = dispatch(self, _ROUTES, request, token)
            else:
                reply = Reply(404, {"error": "404 Not Found"})
        except ApiError as refused:
            reply = refused.reply
        headers = {"Content-Type": "application/json", "X-Request-Id": "01", **reply.headers}
        if self.rate_limit is not None:
            left = max(self.rate_limit - len(self.api_requests()), 0)
            headers |= {"RateLimit-Limit": str(self.rate_limit), "RateLimit-Remaining": str(left)}
        return tagged(request, Reply(reply.status, reply.body, headers))

    def _token(self, request: Request) -> Token | None:
        """The token of a request, None without one. Raises 401 for one that nobody knows."""
        kind, _, bearer = request.headers.get("authorization", "").partition(" ")
        asked = parse_qs(request.query)
        text = request.headers.get("private-token") or asked.get("private_token", [""])[0]
        text = text or (bearer if kind.lower() == "bearer" else "")
        job = request.headers.get("job-token") or asked.get("job_token", [""])[0]
        if not text and not job:
            return None
        found = self.world.tokens.get(text or job)
        if not found or (found.kind == "job") != bool(job and not text) or (found.kind == "job" and found.revoked):
            raise ApiError(401, "401 Unauthorized")
        return found

    # Git

    def _find(self, path: str) -> BareRepository | None:
        project = self.world.project(path)
        return project.repository if project else None

    def _allowed(self, access: Access) -> Reply | None:
        """As `Gitlab::GitAccess`."""
        with self.lock:
            project = self.world.project(access.repository)
            token = self.world.tokens.get(access.token or "")
            if access.token is None and (access.write or not project or project.visibility != "public"):
                return git_server.challenge("GitLab", _DENIED)
            if access.token is None:
                return None
            if (
                not token
                or token.revoked
                or token.expired
                or (token.kind == "job") != (access.user == "gitlab-ci-token")
            ):
                return git_server.challenge("GitLab", _DENIED)
            level = self.world.level(token.user, project) if project else 0
            if not project or not (level or project.visibility == "public"):
                said = "The project you were looking for could not be found or you don't have permission to view it."
                return git_server.denied(404, said)
            return self._denied(access, project, token, level)

    def _denied(self, access: Access, project: Project, token: Token, level: int) -> Reply | None:
        enough = {"api", "write_repository"} if access.write else {"api", "read_repository", "write_repository"}
        if token.kind == "job":
            if access.write and not (project.job_tokens_may_push and token.project is project):
                return git_server.denied(403, "You are not allowed to upload code.")
        elif not enough & set(token.scopes):
            return git_server.denied(403, f"You are not allowed to {'upload' if access.write else 'download'} code.")
        if not access.write:
            if level < REPORTER and project.visibility != "public":
                return git_server.denied(403, "You are not allowed to download code from this project.")
            return None
        if project.archived:
            return git_server.denied(403, "You can't push code to an archived project.")
        if level < DEVELOPER:
            return git_server.denied(403, "You are not allowed to push code to this project.")
        return None

    def _actor(self, push: Push) -> tuple[Project, User]:
        project, token = self.world.project(push.access.repository), self.world.tokens.get(push.access.token or "")
        assert project and token, "Only who may push gets here"
        return project, token.user

    def _refuses(self, push: Push) -> Refusal | None:
        self.before_write(push.description())
        with self.lock:
            project, user = self._actor(push)
            level = self.world.level(user, project)
            names = [one.name for one in project.protected]
            may = [one.name for one in project.protected if level >= one.push]
            force = [one.name for one in project.protected if one.allow_force_push]
            return push_rules.gitlab(push, protected=names, may_push=may, force=force)

    def _pushed(self, push: Push) -> None:
        with self.lock:
            project, user = self._actor(push)
            self.events.pushed(project, push.updates, user)
        self.after_write(push.description())
