"""A stateful GitHub on loopback, as a GitHub Enterprise Server would be: REST, GraphQL and git over real repositories.

with GithubFake(folder) as forge:
    forge.add_repository("shop/site", {"readme.md": "x"})
    token = forge.token(kind="app")
    github = Github(auth=Auth.Token(token), base_url=forge.url)
    forge.person("ada").comment(1, "Thank you")
    assert forge.state()["pulls"][0]["state"] == "open"

Every request below `/api/v3` and its answer is judged by GitHub's OpenAPI; leaving the `with` fails on a complaint.
"""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Any

from tests.forges import (
    git_server,
    github_checks,
    github_commits,
    github_deployments,
    github_git,
    github_graphql,
    github_issues,
    github_pulls,
    github_releases,
    github_repositories,
    github_state,
    github_teams,
    openapi,
    push_rules,
)
from tests.forges.git_server import Access, GitServer, Push, Refusal
from tests.forges.github_call import Call, Route, Router
from tests.forges.github_changes import merge_automatically, noticed
from tests.forges.github_json import Json
from tests.forges.github_mutations import MUTATIONS
from tests.forges.github_objects import ObjectStore
from tests.forges.github_people import Person
from tests.forges.github_repositories import App, private_key, reset_at
from tests.forges.github_rights import ACTIONS, DOCS, Kind, Needs, Refused, Token, credentials, headers, permit, visible
from tests.forges.github_world import Comment, Issue, Pull, Repository, Team, World
from tests.forges.repository import BareRepository
from tests.forges.server import WRITES, ForgeServer, stamp, tagged
from tests.loopback import Reply, Request

ROUTES: dict[str, Route] = {
    **github_repositories.ROUTES,
    **github_pulls.ROUTES,
    **github_issues.ROUTES,
    **github_checks.ROUTES,
    **github_git.ROUTES,
    **github_commits.ROUTES,
    **github_releases.ROUTES,
    **github_deployments.ROUTES,
    **github_teams.ROUTES,
}
_ROUTER = Router(ROUTES)
#: Where GitHub Enterprise Server answers: https://docs.github.com/en/enterprise-server/rest/quickstart
REST, UPLOADS, GRAPHQL = "/api/v3", "/api/uploads", "/api/graphql"
_MUTATION = re.compile(r"\bmutation\b")


class GithubFake(ForgeServer):
    """`folder` holds the repositories. `url` is the REST API's root, `graphql_url` GraphQL's, `git_url` the clones'."""

    def __init__(self, folder: Path) -> None:
        super().__init__()
        assert openapi.DESCRIPTION.is_file(), f"{openapi.DESCRIPTION} is missing: `make tools` installs it."
        self.url, self.git_url = self.origin + REST, self.origin
        self.graphql_url = self.origin + GRAPHQL
        self.folder = folder
        self.world = World(self.tick, lambda: stamp(self.now))
        self.json = Json(self.world, self.url, self.origin)
        self.tokens: dict[str, Token] = {}
        self.apps: dict[int, App] = {}
        #: What GitHub's OpenAPI says against requests and answers.
        self.complaints: list[str] = []
        #: Requests a token has left of 5000, by token.
        self.used: dict[str, int] = {}
        self._git = GitServer(self._found, self._allowed, self._refuses, self._pushed)
        self.world.account("ghost")

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        super().__exit__(kind, error, trace)
        assert error or not self.complaints, "GitHub's OpenAPI says otherwise:\n" + "\n".join(self.complaints)

    # What a test sets up

    def add_repository(
        self,
        name: str = "shop/site",
        files: Mapping[str, bytes | str] | None = None,
        *,
        branch: str = "main",
        private: bool = True,
        organisation: bool = True,
        topics: Sequence[str] = (),
    ) -> Repository:
        """`owner/name` with one commit of `files` on its default branch; its fields may be set afterwards."""
        owner, _, short = name.partition("/")
        self.world.account(owner, "Organization" if organisation else "User")
        git = ObjectStore.create(self.folder / f"{name}.git", files or {"readme.md": "A shop.\n"}, branch)
        assert isinstance(git, ObjectStore)
        return self.adopt(Repository(self.world.id(), owner, short, git, self.tick(), private, topics=list(topics)))

    def adopt(self, repository: Repository) -> Repository:
        repository.heads = repository.git.branches()
        self.world.repositories[repository.full_name.lower()] = repository
        return repository

    def repository(self, name: str = "") -> Repository:
        """By `owner/name`; the first that was added without."""
        name = name or next(iter(self.world.repositories))
        found = self.world.repository(name)
        assert found, f"{name} is not there"
        return found

    def token(
        self,
        login: str = "",
        kind: Kind = "app",
        *,
        scopes: Sequence[str] = ("repo", "workflow"),
        permissions: Mapping[str, str] | None = None,
        repositories: Sequence[str] | None = None,
        expires: datetime | None = None,
    ) -> str:
        """A token's text. It may do everything its kind can, unless `scopes` (classic) or `permissions` say less.

        A workflow's (`actions`) is for the first repository alone unless `repositories` says otherwise.
        """
        everything = dict(ACTIONS) | ({"workflows": "write"} if kind != "actions" else {})
        if kind == "fine-grained":
            everything.pop("checks")
        bots = {"actions": "github-actions[bot]", "app": "maintainer-app[bot]"}
        login = login or bots.get(kind, "maintainer-bot")
        self.world.account(login, role=None if kind in bots else "write")
        if kind == "actions" and repositories is None:
            repositories = (self.repository().full_name,)
        prefix = {"actions": "ghs", "app": "ghs", "pat": "ghp", "fine-grained": "github_pat", "jwt": "ey"}[kind]
        text = f"{prefix}_{self.world.id():036d}"
        self.tokens[text] = Token(
            text,
            login,
            kind,
            tuple(scopes) if kind == "pat" else (),
            {} if kind == "pat" else {"metadata": "read"} | (everything if permissions is None else dict(permissions)),
            None if repositories is None else tuple(repositories),
            stamp(expires) if expires else "",
        )
        return text

    def app(
        self,
        slug: str = "maintainer-app",
        permissions: Mapping[str, str] | None = None,
        repositories: Sequence[str] | None = None,
    ) -> App:
        """A GitHub App installed on all repositories, or on those; its `key` and `id` make a client's credentials."""
        given = {"metadata": "read"} | (
            dict(ACTIONS) | {"workflows": "write"} if permissions is None else dict(permissions)
        )
        chosen = None if repositories is None else tuple(repositories)
        made = App(self.world.id(), slug, self.world.id(), given, chosen, private_key(), self.tick())
        self.apps[made.id] = made
        self.world.account(made.login)
        return made

    def person(self, login: str = "ada", role: str = "write", repository: str = "") -> Person:
        """Someone who acts on a repository (the first that was added) without being asked for rights.

        `role` is what the API says of them in repositories that have no role of their own for them.
        """
        self.world.account(login, role=role)
        return Person(self, login, self.repository(repository))

    def new_issue(
        self, repository: Repository, title: str, body: str | None, login: str, pull: Pull | None = None
    ) -> Issue:
        """Pull requests and issues are numbered together."""
        when = self.tick()
        number = max(repository.issues, default=0) + 1
        issue = Issue(self.world.id(), number, title, body, self.world.account(login).login, when, when, pull=pull)
        repository.issues[number] = issue
        return issue

    def new_comment(self, repository: Repository, issue: Issue, body: str, login: str) -> Comment:
        when = self.tick()
        made = Comment(self.world.id(), issue.number, self.world.account(login).login, body, when, when)
        repository.comments.append(made)
        issue.updated = when
        return made

    def team(self, name: str, *members: str, parent: str = "", secret: bool = False) -> Team:
        """The team `organisation/slug` with these people; further ones may be added to its `members`."""
        made = self.world.team(name)
        made.parent, made.secret = parent, secret
        made.members |= dict.fromkeys(members, "active")
        return made

    def automerge(self) -> list[int]:
        """Merge what waits for its checks and has them now, as GitHub does by itself; the numbers."""
        with self.lock:
            return [issue.number for issue in merge_automatically(self.world)]

    def state(self, repository: str = "") -> dict[str, Any]:
        """All there is, as plain data to compare: see `github_state`."""
        return github_state.dumped(self, self.repository(repository))

    def rename(self, old: str, new: str) -> None:
        """Rename or transfer a repository; the old address redirects."""
        with self.lock:
            found = self.world.repositories.pop(old.lower())
            found.former_names.append(old.lower())
            found.owner, _, found.name = new.partition("/")
            self.world.account(found.owner, "Organization")
            self.world.repositories[new.lower()] = found
            for _, pull in found.pulls():
                if pull.head_repository == old:
                    pull.head_repository, pull.owner = new, found.owner

    def rate_limit(self, token: Token | None) -> dict[str, int]:
        limit = 60 if token is None else 1000 if token.kind == "actions" else 5000
        used = self.used.get(token.text if token else "", 0)
        return {"limit": limit, "remaining": max(0, limit - used), "used": used, "reset": reset_at(self.now)}

    # What it answers

    def answer(self, request: Request) -> Reply:
        if GitServer.serves(request.path):
            return self._git.answer(request)
        if request.path == GRAPHQL:
            return self._graphql(request)
        if request.path.startswith(UPLOADS):
            return self._written(request, request.path.removeprefix(UPLOADS))
        if request.path.startswith(REST + "/") or request.path == REST:
            return self._written(request, request.path.removeprefix(REST) or "/")
        return Reply(404, {"message": "Not Found", "documentation_url": DOCS, "status": "404"})

    def _written(self, request: Request, path: str) -> Reply:
        description = f"{request.method} {path}" if request.method in WRITES and not path.startswith("/app/") else ""
        if description:
            self.before_write(description)
        with self.lock:
            path = self._by_number(path)
            reply = self._moved(request, path) or self._rest(request, path)
        self._judge(request, path, reply)
        if description and reply.status < 400:
            self.after_write(description)
        return reply

    def _by_number(self, path: str) -> str:
        """`/repositories/12/pulls`, to which redirects lead, is that repository's own path."""
        found = re.fullmatch(r"/repositories/(\d+)(.*)", path)
        there = {one.id: one.full_name for one in self.world.repositories.values()}
        return f"/repos/{there[int(found[1])]}{found[2]}" if found and int(found[1]) in there else path

    def _moved(self, request: Request, path: str) -> Reply | None:
        """What a renamed or transferred repository's old address answers.

        https://docs.github.com/en/rest/using-the-rest-api/best-practices-for-using-the-rest-api#follow-redirects
        """
        found = re.fullmatch(r"/repos/([^/]+/[^/]+)(.*)", path)
        there = self.world.repository(found[1]) if found else None
        if not found or there is None or there.full_name.lower() == found[1].lower():
            return None
        query = f"?{request.query}" if request.query else ""
        url = f"{self.url}/repositories/{there.id}{found[2]}{query}"
        status, said = (301, "Moved Permanently") if request.method == "GET" else (307, "Temporary Redirect")
        return Reply(status, {"message": said, "url": url, "documentation_url": DOCS}, {"Location": url})

    def _rest(self, request: Request, path: str) -> Reply:
        token: Token | None = None
        try:
            token = self._identified(request)
            found = _ROUTER.find(request.method, path)
            if found is None:
                self.complaints.append(f"{request.method} {path}: this fake has no such endpoint yet")
                raise Refused(404, "Not Found")
            route, values = found
            call = Call(self, request, path, values, token)
            if not route.anyone:
                if not visible(self.world, token, call.repository):
                    raise Refused(404, "Not Found")
                permit(self.world, token, call.repository, route.needs)
            body = route.answer(call)
            reply = body if isinstance(body, Reply) else Reply(200, body)
        except Refused as refused:
            reply = refused.reply()
        reply = Reply(reply.status, reply.encoded(), self._headers(token) | dict(reply.headers))
        answered = tagged(request, reply)
        if answered.status != 304:
            # What hasn't changed costs nothing: https://docs.github.com/en/rest/using-the-rest-api/best-practices
            self.used[token.text if token else ""] = self.used.get(token.text if token else "", 0) + 1
        return answered

    def _headers(self, token: Token | None) -> dict[str, str]:
        limit = self.rate_limit(token)
        limits = {f"X-RateLimit-{name.capitalize()}": str(value) for name, value in limit.items()}
        kind = {"Content-Type": "application/json; charset=utf-8", "X-GitHub-Request-Id": f"{len(self.requests):08X}"}
        return (
            kind | limits | {"X-RateLimit-Resource": "core", "X-GitHub-Enterprise-Version": "3.18.0"} | headers(token)
        )

    def _identified(self, request: Request) -> Token | None:
        """Who asks; None for nobody. Raises `Refused` for a token that isn't one, or not any more."""
        text = credentials(request.headers.get("authorization", ""))
        if not text:
            return None
        known = self.tokens.get(text)
        if known and not (known.expires and known.expires <= stamp(self.now)):
            return known
        if text.count(".") == 2:
            for app in self.apps.values():
                if app.signed(text):
                    return Token(text, app.login, "jwt", app=app.id)
        raise Refused(401, "Bad credentials")

    def _judge(self, request: Request, path: str, reply: Reply) -> None:
        exchange = openapi.Exchange(
            request.method,
            path,
            request.query,
            request.body,
            reply.status,
            reply.encoded(),
            request.headers,
            {name.lower(): value for name, value in reply.headers.items()},
        )
        self.complaints += [one for one in openapi.complaints(exchange) if one not in self.complaints]

    def _graphql(self, request: Request) -> Reply:
        try:
            token = self._identified(request)
            if token is None:
                raise Refused(401, "This endpoint requires you to be authenticated.")
            sent = Call(self, request, GRAPHQL, {}, token).data
        except Refused as refused:
            return refused.reply()
        names = [name for name in MUTATIONS if re.search(rf"\b{name}\b", sent.get("query") or "")]
        description = " ".join(["graphql", *names]) if names else ""
        if description:
            self.before_write(description)
        with self.lock:
            reply = Reply(200, github_graphql.answer(self, token, sent), self._headers(token))
        if description and "errors" not in reply.body:
            self.after_write(description)
        return reply

    # Git

    def _found(self, name: str) -> BareRepository | None:
        found = self.world.repository(name)
        return found.git if found else None

    def _allowed(self, access: Access) -> Reply | None:
        found = self.world.repository(access.repository)
        known = self.tokens.get(access.token) if access.token else None
        if access.token is not None and (known is None or (known.expires and known.expires <= stamp(self.now))):
            said = "Invalid username or token. Password authentication is not supported for Git operations."
            return git_server.challenge("GitHub", said)
        if found is None or not visible(self.world, known, found):
            return git_server.denied(404, "Repository not found.") if known else git_server.challenge("GitHub", "")
        if known is None and access.write:
            return git_server.challenge("GitHub", "")
        try:
            permit(
                self.world,
                known,
                found,
                Needs(f"contents:{'write' if access.write else 'read'}", "write" if access.write else "read"),
            )
        except Refused as refused:
            if "archived" in str(refused):
                return git_server.denied(403, "This repository was archived so it is read-only.")
            return git_server.denied(
                403, f"Permission to {found.full_name}.git denied to {known.login if known else ''}."
            )
        return None

    def _refuses(self, push: Push) -> Refusal | None:
        self.before_write(push.description())
        repository, token = self.repository(push.access.repository), self.tokens[push.access.token or ""]
        closed = [branch for branch, rules in repository.protected.items() if token.login not in rules.push]
        may = token.permits("workflows:write") or "workflow" in token.scopes
        by = "a GitHub App" if token.integration else "a Personal Access Token"
        return push_rules.github(push, protected=closed, workflows=may, by=by)

    def _pushed(self, push: Push) -> None:
        with self.lock:
            self.tick()
            noticed(self.world, self.repository(push.access.repository), self.tokens[push.access.token or ""].login)
        self.after_write(push.description())
