"""GitLab's REST in general: routes, tokens, parameters, errors, pages.

What is refused, and in which words, follows https://docs.gitlab.com/api/rest/troubleshooting/ and `lib/api/helpers.rb`.
"""

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, unquote, urlencode

from tests.forges.gitlab_world import REPORTER, Project, Token, User
from tests.loopback import Reply, Request

if TYPE_CHECKING:
    from tests.forges.gitlab import GitlabFake


class ApiError(Exception):
    """An answer that ends a call; `message` becomes `{"message": ...}`, `body` is sent as it is."""

    def __init__(
        self, status: int, message: Any = None, *, body: Any = None, headers: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(status, message or body)
        self.reply = Reply(status, {"message": message} if body is None else body, headers or {})


def forbidden(reason: str = "") -> ApiError:
    return ApiError(403, f"403 Forbidden - {reason}" if reason else "403 Forbidden")


def unauthorized() -> ApiError:
    return ApiError(401, "401 Unauthorized")


def not_found(what: str = "") -> ApiError:
    return ApiError(404, f"404 {what} Not Found" if what else "404 Not found")


def invalid(what: str) -> ApiError:
    """What Grape says of parameters."""
    return ApiError(400, body={"error": what})


@dataclass
class Call:
    """A request of the API, with who asks and what for."""

    forge: "GitlabFake"
    request: Request
    token: Token | None
    params: dict[str, Any] = field(default_factory=dict)

    @property
    def user(self) -> User | None:
        return self.token.user if self.token else None

    @property
    def me(self) -> User:
        """Raises 401 without a valid token."""
        if not self.token:
            raise unauthorized()
        return self.token.user

    def project(self, name: str, level: int = 0) -> Project:
        """The project, which the caller may see and has at least this level in; with a level, for a write.

        Raises 404, 403, or for a project that moved 301 (405 for a write).
        """
        world = self.forge.world
        project = world.project(name)
        held = world.level(self.user, project) if project else 0
        if self.token and self.token.kind == "job" and self.token.project is not project:
            held = 0
        if not project or (held == 0 and project.visibility == "private"):
            raise not_found("Project")
        if name in project.former_paths:
            if self.request.method != "GET":
                raise ApiError(405, "Non GET methods are not allowed for moved projects")
            rest = self.request.path.split("/projects/", 1)[1].partition("/")[2]
            there = f"{self.forge.url}/projects/{project.id}" + (f"/{rest}" if rest else "")
            there += f"?{self.request.query}" if self.request.query else ""
            body = {"message": f"This resource has been moved permanently to {there}"}
            raise ApiError(301, body=body, headers={"Location": there})
        if level and not self.token:
            raise unauthorized()
        if held < level or (level and project.archived):
            raise forbidden()
        return project

    def readable(self, name: str) -> Project:
        """The project, whose code the caller may read."""
        project = self.project(name)
        if project.visibility == "private" and self.forge.world.level(self.user, project) < REPORTER:
            raise forbidden()
        return project

    def need(self, *names: str) -> None:
        missing = [name for name in names if self.params.get(name) is None]
        if missing:
            raise invalid(", ".join(f"{name} is missing" for name in missing))

    def one_of(self, name: str, allowed: Sequence[str], default: str | None = None) -> str | None:
        value = self.params.get(name, default)
        if value is not None and value not in allowed:
            raise invalid(f"{name} does not have a valid value")
        return value

    def number(self, name: str, default: int) -> int:
        try:
            return int(self.params.get(name, default))
        except ValueError:
            raise invalid(f"{name} is invalid") from None

    def flag(self, name: str) -> bool | None:
        """None where it isn't given."""
        value = self.params.get(name)
        return None if value is None else str(value).lower() in ("true", "t", "yes", "y", "1", "on")

    def words(self, name: str) -> list[str] | None:
        """Words between commas, or a list of them; None where it isn't given."""
        value = self.params.get(name)
        if value is None:
            return None
        found = value.split(",") if isinstance(value, str) else [str(item) for item in value]
        return [word.strip() for word in found if word.strip()]

    def page(self, items: Sequence[Any], entity: Callable[[Any], Any]) -> Reply:
        """One page with the headers of https://docs.gitlab.com/api/rest/#pagination, keyset pages by `id` as well."""
        size = min(self.number("per_page", 20), 100)
        if size < 1:
            raise invalid("per_page does not have a valid value")
        if self.params.get("pagination") == "keyset":
            after = self.number("id_after", 0)
            rest = sorted((item for item in items if item.id > after), key=lambda item: int(item.id))
            more = {"id_after": str(rest[size - 1].id)} if len(rest) > size else None
            headers = {"Link": self._link("next", more)} if more else {}
            return Reply(200, [entity(item) for item in rest[:size]], headers)
        page = max(self.number("page", 1), 1)
        last = max((len(items) + size - 1) // size, 1)
        links = [
            self._link(rel, {"page": str(number), "per_page": str(size)})
            for rel, number in (("prev", page - 1), ("next", page + 1), ("first", 1), ("last", last))
            if 1 <= number <= last
        ]
        headers = {
            "X-Total": str(len(items)),
            "X-Total-Pages": str(last),
            "X-Per-Page": str(size),
            "X-Page": str(page),
            "X-Next-Page": str(page + 1) if page < last else "",
            "X-Prev-Page": str(page - 1) if page > 1 else "",
            "Link": ", ".join(links),
        }
        return Reply(200, [entity(item) for item in items[(page - 1) * size : page * size]], headers)

    def _link(self, rel: str, more: Mapping[str, str]) -> str:
        query = urlencode(dict(parse_qsl(self.request.query)) | dict(more))
        return f'<{self.forge.origin}{self.request.path}?{query}>; rel="{rel}"'


Endpoint = Callable[..., Any]


@dataclass(frozen=True)
class Route:
    """`job` says that a CI job's token may use it (https://docs.gitlab.com/ci/jobs/ci_job_token/#job-token-access)."""

    method: str
    path: re.Pattern[str]
    endpoint: Endpoint
    job: bool
    status: int


class Routes:
    """Endpoints by method and path; names in the path become arguments. What they return is sent as JSON.

    @routes.get("/projects/:id/issues/:iid")
    def one(call: Call, id: str, iid: str) -> Any: ...
    """

    def __init__(self) -> None:
        self.all: list[Route] = []

    def get(self, path: str, *, job: bool = False) -> Callable[[Endpoint], Endpoint]:
        return self._at("GET", path, job, 200)

    def post(self, path: str, *, job: bool = False) -> Callable[[Endpoint], Endpoint]:
        return self._at("POST", path, job, 201)

    def put(self, path: str, *, job: bool = False) -> Callable[[Endpoint], Endpoint]:
        return self._at("PUT", path, job, 200)

    def delete(self, path: str, *, job: bool = False) -> Callable[[Endpoint], Endpoint]:
        return self._at("DELETE", path, job, 204)

    def _at(self, method: str, path: str, job: bool, status: int) -> Callable[[Endpoint], Endpoint]:
        pattern = re.compile(re.sub(r":(\w+)", r"(?P<\1>[^/]+)", path) + "$")

        def add(endpoint: Endpoint) -> Endpoint:
            self.all.append(Route(method, pattern, endpoint, job, status))
            return endpoint

        return add


def parameters(request: Request) -> dict[str, Any]:
    """Of the query and the body, JSON or a form; `name[]` is a list. Raises 400."""
    found: dict[str, Any] = {}
    kind = request.headers.get("content-type", "")
    form = request.body.decode() if kind.startswith("application/x-www-form-urlencoded") else ""
    for name, value in [*parse_qsl(request.query, True), *parse_qsl(form, True)]:
        if name.endswith("[]"):
            found.setdefault(name[:-2], []).append(value)
        else:
            found[name] = value
    if kind.startswith("application/json") and request.body:
        try:
            given = json.loads(request.body)
        except ValueError:
            raise invalid("The request body could not be parsed") from None
        found |= given if isinstance(given, dict) else {}
    return found


def dispatch(forge: "GitlabFake", routes: Sequence[Route], request: Request, token: Token | None) -> Reply:
    """Answer a request below /api/v4."""
    path = request.path.removeprefix("/api/v4")
    there = [(route, matched) for route in routes if (matched := route.path.match(path))]
    found = next(((route, matched) for route, matched in there if route.method == request.method), None)
    if not found:
        if there:
            return Reply(405, {"error": "405 Not Allowed"})
        return Reply(404, {"error": "404 Not Found"})
    route, matched = found
    if token and token.kind == "job" and not route.job:
        token = None
    if token and token.kind != "job":
        scoped(token, path, request.method != "GET")
    if not token and request.method != "GET":
        raise unauthorized()
    call = Call(forge, request, token, parameters(request))
    answer = route.endpoint(call, **{name: unquote(value) for name, value in matched.groupdict().items()})
    if isinstance(answer, Reply):
        return answer
    return Reply(route.status, b"" if route.status == 204 else answer)


def scoped(token: Token, path: str, write: bool) -> None:
    """Raises 401 for a token that is no longer valid, 403 for one without the scope (`lib/api/api_guard.rb`)."""
    if token.revoked:
        said = "Token was revoked. You have to re-authorize from the user."
        raise ApiError(401, body={"error": "invalid_token", "error_description": said})
    if token.expired:
        said = "Token is expired. You can either do re-authorization or token refresh."
        raise ApiError(401, body={"error": "invalid_token", "error_description": said})
    enough = {"api"} if write else {"api", "read_api"}
    if path == "/user":
        enough.add("read_user")
    if path == "/personal_access_tokens/self":
        return
    if "/repository/files/" in path and not write:
        enough.add("read_repository")
    if not enough & set(token.scopes):
        body = {
            "error": "insufficient_scope",
            "error_description": "The request requires higher privileges than provided by the access token.",
            "scope": " ".join(sorted(enough)),
        }
        raise ApiError(403, body=body)
