"""One call of the REST API as an endpoint sees it, and the answers it gives: pages, created things, refusals."""

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, unquote, urlencode

from tests.forges.github_json import Json
from tests.forges.github_rights import Needs, Refused, Token, invalid
from tests.forges.github_world import LONGEST_BODY, Issue, Pull, Repository, World
from tests.loopback import Reply, Request

if TYPE_CHECKING:
    from tests.forges.github import GithubFake


@dataclass(frozen=True)
class Route:
    """An endpoint: what answers it, and what it needs of a token. `anyone` may call it, in no repository."""

    answer: Callable[["Call"], Any]
    needs: Needs = Needs()  # noqa: RUF009 - it is frozen
    anyone: bool = False


@dataclass
class Call:
    """`values` are the variables of the path. `path` is below the API's root."""

    forge: "GithubFake"
    request: Request
    path: str
    values: Mapping[str, str]
    token: Token | None

    @property
    def world(self) -> World:
        return self.forge.world

    @property
    def json(self) -> Json:
        return self.forge.json.seen_by(self.token)

    @property
    def login(self) -> str:
        assert self.token, "only a call with a token writes"
        return self.token.login

    @cached_property
    def query(self) -> dict[str, str]:
        return dict(parse_qsl(self.request.query, keep_blank_values=True))

    @cached_property
    def sent(self) -> Any:
        """The body, an empty object where there is none. Raises `Refused` for what isn't JSON."""
        try:
            return json.loads(self.request.body or b"{}")
        except ValueError:
            raise Refused(400, "Problems parsing JSON") from None

    @property
    def data(self) -> dict[str, Any]:
        """The body where it is to be an object. Raises `Refused`."""
        if not isinstance(self.sent, dict):
            raise Refused(400, "Body should be a JSON object")
        return self.sent

    @cached_property
    def repository(self) -> Repository:
        """Raises `Refused` where there is none."""
        found = self.world.repository(f"{self.values['owner']}/{self.values['repo']}")
        if not found:
            raise Refused(404, "Not Found")
        return found

    def issue(self) -> Issue:
        """The one of the path, which may be a pull request. Raises `Refused`."""
        number = self.values.get("issue_number") or self.values["pull_number"]
        found = self.repository.issues.get(int(number)) if number.isdecimal() else None
        if found is None:
            raise Refused(404, "Not Found")
        return found

    def pull(self) -> tuple[Issue, Pull]:
        """The one of the path. Raises `Refused`."""
        issue = self.issue()
        if issue.pull is None:
            raise Refused(404, "Not Found")
        return issue, issue.pull

    def body(self, resource: str, known: str | None = None, longest: int = LONGEST_BODY) -> str | None:
        """The `body` that was given, else the one that is `known`. Raises `Refused` for one that is too long."""
        if "body" not in self.data:
            return known
        body: str | None = self.data["body"]
        if body and len(body) > longest:
            raise invalid(resource, f"body is too long (maximum is {longest} characters)", name="body")
        return body

    def page(self, items: Sequence[Any], shape: Callable[[Any], Any], inside: str = "") -> Reply:
        """A page of a list with its `Link` header; `inside` names it within an object that has `total_count` too.

        https://docs.github.com/en/rest/using-the-rest-api/using-pagination-in-the-rest-api
        """
        size = min(100, max(1, _number(self.query.get("per_page"), 30)))
        number = max(1, _number(self.query.get("page"), 1))
        last = max(1, -(-len(items) // size))
        turns = {"prev": number - 1, "next": number + 1, "last": last, "first": 1}
        if number == 1:
            del turns["prev"], turns["first"]
        if number >= last:
            turns.pop("next"), turns.pop("last")
        links = [f'<{self._url(page)}>; rel="{name}"' for name, page in turns.items()]
        shown = [shape(item) for item in items[(number - 1) * size : number * size]]
        body = {"total_count": len(items), inside: shown} if inside else shown
        return Reply(200, body, {"Link": ", ".join(links)} if links else {})

    def _url(self, page: int) -> str:
        return f"{self.forge.origin}{self.request.path}?{urlencode(self.query | {'page': str(page)})}"


def created(body: Mapping[str, Any]) -> Reply:
    return Reply(201, body, {"Location": str(body["url"])})


def _number(text: str | None, otherwise: int) -> int:
    return int(text) if text and text.isdecimal() else otherwise


class Router:
    """Finds the route of a request by its method and path; the most literal template wins."""

    def __init__(self, routes: Mapping[str, Route]) -> None:
        known = [(name.partition(" "), route) for name, route in routes.items()]
        known.sort(key=lambda entry: (entry[0][2].count("{"), -len(entry[0][2])))
        self._routes = [(verb, _pattern(template), route) for (verb, _, template), route in known]

    def find(self, method: str, path: str) -> tuple[Route, dict[str, str]] | None:
        """The route and the path's variables, decoded."""
        for verb, pattern, route in self._routes:
            if verb == method and (match := pattern.fullmatch(path)):
                return route, {name: unquote(value) for name, value in match.groupdict().items()}
        return None


def _pattern(template: str) -> re.Pattern[str]:
    """Refs, paths and branches may hold slashes."""
    text = re.sub(r"\{(ref|path|branch|basehead)\}", r"(?P<\1>.+)", template)
    return re.compile(re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", text))
