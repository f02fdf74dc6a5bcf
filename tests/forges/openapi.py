"""GitHub's official OpenAPI as a judge of every request to the fake and every answer of it.

The description is npm's `@octokit/openapi`, which GitHub writes (https://github.com/octokit/openapi); `openapi-core`
judges by it. Loading takes half a second and is done once a process.
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, cached_property
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

from jsonschema_path import SchemaPath
from openapi_core import Config, OpenAPI
from openapi_core.datatypes import RequestParameters
from openapi_core.templating.datatypes import TemplateResult
from openapi_core.templating.paths.datatypes import PathOperationServer
from openapi_core.templating.paths.exceptions import OperationNotFound, PathNotFound
from openapi_core.templating.paths.finders import APICallPathFinder
from openapi_core.validation.schemas.exceptions import InvalidSchemaValue
from werkzeug.datastructures import Headers, ImmutableMultiDict

DESCRIPTION = Path(__file__).parents[2] / ".cache/npm/node_modules/@octokit/openapi/generated/api.github.com.json"
HOST = "https://api.github.com"

#: Variables that hold slashes in real life, though the description's templates know none.
SLASHED = frozenset({"ref", "path", "branch", "basehead"})

#: Answers any endpoint may give, which the description names at few: all errors are `basic-error`.
#: https://docs.github.com/en/rest/using-the-rest-api/troubleshooting-the-rest-api
EVERYWHERE = frozenset({304, 400, 401, 403, 404, 422, 429, 500, 502, 503})

#: Paths that GitHub answers and the description doesn't have, by those it has: old names, which PyGithub still uses.
ALIASES: Sequence[tuple[str, str, str]] = (
    ("GET", r"(/repos/[^/]+/[^/]+)/statuses/([^/]+)", r"\1/commits/\2/statuses"),
    ("GET", r"(/repos/[^/]+/[^/]+)/contents/?", r"\1/contents/-"),
)

#: Complaints (as regular expressions) that the real GitHub would earn as well, with what the description does.
ALLOWED: Mapping[str, str] = {
    r"(POST|PUT) \S+/issues/\d+/labels: request: \.: \[": "labels may be a plain list, it says in words alone",
    r"(GET|PATCH) \S+/pulls\S*: answer 200: (\d+/)?head/repo: None ": "the fork may be deleted, it forgets",
    r"GET \S+/releases\S*: answer 200: \S*state: 'starter' is not": "a broken upload's is, it says in words",
    r"POST \S+/assets: request: \.: Content for the following mimetype": "files have types of their own, it says",
    r"PUT \S+/contents/\S+: answer 409: .* is valid under each of": "every error is both of the two it wants one of",
}


_SHA = re.compile(rb"\b[0-9a-f]{40}\b")
_DIGITS = re.compile(rb"\d+")


@dataclass(frozen=True)
class Exchange:
    """A request and its answer. `path` begins at the API's root (`/user`), header names are in lower case."""

    method: str
    path: str
    query: str
    sent: bytes
    status: int
    answer: bytes
    request_headers: Mapping[str, str] = field(default_factory=dict)
    response_headers: Mapping[str, str] = field(default_factory=dict)


def complaints(exchange: Exchange) -> list[str]:
    """What GitHub's description has against an exchange, one sentence each; empty when it is as described."""
    return _description().complaints(exchange)


@dataclass
class _Asked:
    """`openapi_core.protocols.Request`."""

    method: str
    path: str
    body: bytes | None
    content_type: str
    parameters: RequestParameters
    host_url: str = HOST


@dataclass(frozen=True)
class _Answered:
    """`openapi_core.protocols.Response`."""

    status_code: int
    data: bytes | None
    content_type: str
    headers: Headers


class _PathFinder(APICallPathFinder):
    """openapi-core's, which looks through all 800 templates each time and refuses slashes in refs."""

    def __init__(self, spec: SchemaPath, base_url: str | None = None) -> None:
        super().__init__(spec, base_url)
        self._found: dict[str, tuple[SchemaPath, dict[str, SchemaPath]]] = {}

    @cached_property
    def _templates(self) -> list[tuple[re.Pattern[str], str]]:
        """The most literal first: `/repos/{owner}/{repo}/pulls/comments` before `.../pulls/{pull_number}`."""
        with self.spec.resolve() as resolved:
            paths: Any = resolved.contents["paths"]
        return [(_pattern(path), path) for path in sorted(paths, key=lambda path: (path.count("{"), -len(path)))]

    def find(self, method: str, name: str) -> PathOperationServer:
        path = name.removeprefix(HOST)
        template, variables = self._match(path)
        if template not in self._found:
            item = self.spec / "paths" / template
            self._found[template] = (item, {str(verb): item / str(verb) for verb in item.str_keys()})
        item, operations = self._found[template]
        if method not in operations:
            raise OperationNotFound(name, method)
        return PathOperationServer(item, operations[method], None, TemplateResult(template, variables), {})

    def _match(self, path: str) -> tuple[str, dict[str, str]]:
        for pattern, template in self._templates:
            if match := pattern.fullmatch(path):
                return template, match.groupdict()
        raise PathNotFound(path)


def _pattern(template: str) -> re.Pattern[str]:
    parts = []
    for part in re.split(r"(\{[^}]*\})", template):
        name = part[1:-1]
        group = f"(?P<{name.replace('-', '_')}>{'.+' if name in SLASHED else '[^/]+'})"
        parts.append(group if part.startswith("{") else re.escape(part))
    return re.compile("".join(parts))


class _Description:
    def __init__(self, document: dict[str, Any]) -> None:
        # Judging the description itself takes minutes.
        config = Config(spec_validator_cls=None, path_finder_cls=_PathFinder)  # type: ignore[arg-type]
        self._api = OpenAPI.from_dict(document, config=config)
        self._known: dict[tuple[object, ...], list[str]] = {}

    def complaints(self, exchange: Exchange) -> list[str]:
        # Most exchanges of a suite are the same again, with other commits, times and numbers.
        told = (exchange.path.encode(), exchange.query.encode(), exchange.sent, exchange.answer)
        key = (exchange.method, exchange.status, *(_DIGITS.sub(b"0", _SHA.sub(b"sha", part)) for part in told))
        if key not in self._known:
            self._known[key] = list(self._judge(exchange))
        return self._known[key]

    def _judge(self, exchange: Exchange) -> Iterator[str]:
        asked = _Asked(
            exchange.method.lower(),
            _known_path(exchange),
            exchange.sent or None,
            exchange.request_headers.get("content-type", "application/json").split(";")[0].lower(),
            RequestParameters(
                query=ImmutableMultiDict(parse_qsl(exchange.query, keep_blank_values=True)),
                header=Headers(list(exchange.request_headers.items())),
            ),
        )
        where = f"{exchange.method} {exchange.path}"
        for error in self._api.iter_request_errors(asked):
            yield from _told(where, "request", error)
        answered = _Answered(
            exchange.status,
            exchange.answer or None,
            exchange.response_headers.get("content-type", "application/json").split(";")[0].lower(),
            Headers(list(exchange.response_headers.items())),
        )
        for error in self._api.iter_response_errors(asked, answered):
            if "Unknown response http status" in str(error) and exchange.status in EVERYWHERE:
                if exchange.status != 304 and "message" not in json.loads(exchange.answer or b"{}"):
                    yield f"{where}: the answer {exchange.status} has no message"
            elif not (exchange.status in (204, 304) and not exchange.answer):
                yield from _told(where, f"answer {exchange.status}", error)


def _told(where: str, what: str, error: Exception) -> Iterator[str]:
    cause = error.__cause__ or error
    details = cause.schema_errors if isinstance(cause, InvalidSchemaValue) else [cause]
    for detail in details:
        place = "/".join(str(part) for part in getattr(detail, "absolute_path", ()))
        said = str(getattr(detail, "message", detail))
        line = f"{where}: {what}: {place or '.'}: {said if len(said) < 400 else said[:200] + ' ... ' + said[-150:]}"
        if not any(re.match(allowed, line) for allowed in ALLOWED):
            yield line


def _known_path(exchange: Exchange) -> str:
    for method, old, new in ALIASES:
        if method == exchange.method and (match := re.fullmatch(old, exchange.path)):
            return match.expand(new)
    return exchange.path


@cache
def _description() -> _Description:
    return _Description(json.loads(DESCRIPTION.read_bytes(), object_hook=_as_meant))


def _as_meant(schema: dict[str, Any]) -> dict[str, Any]:
    """What GitHub's description means where it says otherwise.

    OpenAPI 3.0 wants null among what a nullable schema may be: it is left out. A discriminator is a property of an
    object: the one of a folder's contents, a list, is none. What is deprecated is not ours to warn of.
    """
    schema.pop("deprecated", None)
    if schema.get("nullable"):
        if None not in schema.get("enum", [None]):
            schema["enum"].append(None)
        for several in ("oneOf", "anyOf"):
            if several in schema:
                schema[several].append({"enum": [None]})
    if "array" in schema.get("discriminator", {}).get("mapping", {}):
        del schema["discriminator"]
    return schema
