"""PyGithub over our own HTTP: its calls are `Http`'s, its errors our sentences, its tokens a run's.

client = open_client(http, "https://api.github.com", "shop/site", token)
client.repository.get_pulls(state="open")
"""

import re
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any
from urllib.parse import urlsplit

from github.Auth import AppAuth, Auth, Token
from github.GithubException import BadAttributeException, GithubException
from github.Repository import Repository
from github.Requester import HTTPRequestsConnectionClass, HTTPSRequestsConnectionClass, Requester, RequestsResponse

from maintainer import errors
from maintainer.http import Http
from maintainer.http_session import session
from maintainer.platforms.github_errors import Kind, graphql_refusal, kind_of, quoted, refusal, tried
from maintainer.version import VERSION

#: As long as GitHub lists at once.
PAGE = 100
#: The version of the REST API we speak; GitHub Enterprise Server knows it since 3.9.
API_VERSION = "2022-11-28"
#: Seconds an installation's token is used: it lives an hour.
LIFETIME = 50 * 60


@dataclass(frozen=True, slots=True)
class App:
    """A GitHub App: its id (or client id), and its private key as PEM."""

    id: str
    key: str = field(repr=False)


class Client:
    """A repository on GitHub. Nothing is asked before something is used."""

    def __init__(self, requester: "_Requester", auth: Auth, name: str) -> None:
        self.requester = requester
        self.kind = requester.kind
        self._auth = auth
        self._name = name
        self._login = ""

    @cached_property
    def repository(self) -> Repository:
        """The repository as it is, under the name it has now.

        Raises `errors.ConfigurationError` when it is archived, `errors.OutsideError` when it can't be read.
        """
        found = Repository(self.requester, url=f"/repos/{self._name}").complete()
        try:
            known, archived = bool(found.default_branch and found.full_name), found.archived
        except BadAttributeException:
            known, archived = False, False
        if not known:
            raise errors.BadAnswer(f"{self.requester.hostname} knows no {self._name}: is it GitHub's API?")
        if archived:
            raise errors.ConfigurationError(
                f"{found.full_name} is archived on GitHub, so nothing can be proposed there: unarchive it, or take it "
                "out of what is maintained."
            )
        self.requester.repository = found.full_name
        return found

    @property
    def token(self) -> str:
        """The token as git needs it now. Raises `errors.OutsideError` when an App gets none."""
        return self._auth.token

    @property
    def granted(self) -> Mapping[str, str] | None:
        """An App's permissions on the repository; None for all who are asked with no more than a token."""
        return self._auth.permissions if isinstance(self._auth, _InstallationAuth) else None

    @property
    def login(self) -> str:
        """Whose token it is: a person, `some-app[bot]`, or `github-actions[bot]`. Any query may ask along for it."""
        if not self._login:
            self.graphql("query viewer { viewer { login } }")
        return self._login

    def graphql(self, query: str, *, unseen: str = "", **variables: object) -> Mapping[str, Any]:
        """The `data` of the answer. Raises `errors.OutsideError` also when only a part of it was refused.

        What the token may not see below a field `unseen` is None instead.
        """
        asked = {"query": query, "variables": variables}
        _, answer = self.requester.requestJsonAndCheck("POST", self.requester.graphql_url, input=asked)
        data, told = answer.get("data"), answer.get("errors")
        if told and not (data and unseen and all(_is_unseen(one, unseen) for one in told)):
            raise graphql_refusal(query, self.requester.repository, told, self.kind)
        if not isinstance(data, Mapping):
            raise errors.BadAnswer("GitHub answered a GraphQL query with no data. Try again later.")
        if isinstance(viewer := data.get("viewer"), Mapping):
            self._login = str(viewer.get("login") or "")
        return data


def _is_unseen(told: Any, field: str) -> bool:
    return isinstance(told, Mapping) and told.get("type") == "FORBIDDEN" and field in (told.get("path") or ())


def open_client(http: Http, api_url: str, repository: str, who: str | App, *, actions: bool = False) -> Client:
    """`who` is a token or an App that is installed on the repository; `actions`: it is a workflow's GITHUB_TOKEN."""
    name = repository.strip("/")
    if not isinstance(who, App):
        kind: Kind = "actions" if actions else kind_of(who)
        return _client(http, api_url, name, Token(who), kind)
    auth = AppAuth(who.id, who.key.replace("\\n", "\n"))
    try:
        auth.create_jwt()
    except Exception:  # whatever the libraries behind it say of a key
        raise errors.ConfigurationError(
            "MAINTAINER_APP_PRIVATE_KEY holds no private key: give the App's whole .pem file (docs/github.md#tokens)."
        ) from None
    app = _client(http, api_url, name, auth, "installation")
    return _client(http, api_url, name, _InstallationAuth(app, name), "installation")


def _client(http: Http, api_url: str, name: str, auth: Auth, kind: Kind) -> Client:
    class Spoken(_Requester):
        """Of its own, so that no other client of this process speaks through ours."""

    Spoken.injectConnectionClasses(
        _speaking(HTTPRequestsConnectionClass, "http", http), _speaking(HTTPSRequestsConnectionClass, "https", http)
    )
    requester = Spoken(
        auth=auth,
        base_url=api_url.rstrip("/"),
        timeout=60,
        user_agent=f"maintainer/{VERSION}",
        per_page=PAGE,
        verify=True,
        retry=None,
        pool_size=None,
        seconds_between_requests=0,
        seconds_between_writes=0,
        lazy=True,
        api_version=API_VERSION,
    )
    requester.kind, requester.repository = kind, name
    return Client(requester, auth, name)


class _Requester(Requester):
    """Raises our errors and nothing else; never asks again by itself, which `Http` does."""

    kind: Kind
    repository: str

    def requestJsonAndCheck(  # noqa: N802 - PyGithub's name
        self,
        verb: str,
        url: str,
        parameters: dict[str, Any] | None = None,
        headers: dict[str, str] | None = None,
        input: Any | None = None,
        follow_302_redirect: bool = False,
    ) -> tuple[dict[str, Any], Any]:
        with self._asking(verb, url):
            answer = super().requestJsonAndCheck(verb, url, parameters, headers, input, follow_302_redirect)
        return self._json(answer, verb)

    def upload(self, url: str, name: str, kind: str, data: bytes) -> Any:
        """The answer to a file, which is sent to `url` in its own media type. The caller knows whose host that is.

        Raises `errors.OutsideError`.
        """
        with self._asking("POST", url):
            # PyGithub says a file is wanted, and hands on what it is given: of bytes the length is known.
            file: Any = data
            answer = self.requestMemoryBlobAndCheck("POST", url, {"name": name}, {"Content-Type": kind}, file)
        return self._json(answer, "POST")[1]

    @contextmanager
    def _asking(self, verb: str, url: str) -> Iterator[None]:
        """A call of PyGithub's, whose errors come out as ours."""
        try:
            yield
        except GithubException as error:
            path = re.sub(r"^.*?/(?:repos/[^/]+/[^/?]+|repositories/\d+)", "", urlsplit(url).path)
            raise refusal(tried(verb, path), self.repository, error.status, error.data, self.kind) from None
        except (ValueError, RuntimeError, AssertionError) as error:
            # Half of an answer, a redirect or a link that leads elsewhere: PyGithub says so with what Python has.
            raise errors.BadAnswer(f"GitHub answered what can't be used: {quoted(error)}. Try again later.") from None

    def _json(self, answer: tuple[dict[str, Any], Any], verb: str) -> tuple[dict[str, Any], Any]:
        told = answer[1].get("data") if isinstance(answer[1], dict) else answer[1]
        if isinstance(told, str) or (told is answer[1] is None and verb == "GET"):
            raise errors.BadAnswer(f"{self.hostname} answered what is no JSON: is it GitHub's API? Check its address.")
        return answer


def _speaking(kind: type[Any], scheme: str, http: Http) -> type[Any]:
    """PyGithub's connection of this kind, spoken over `http`."""
    spoken = session(http)

    class Connection(kind):  # type: ignore[misc]
        def __init__(self, host: str, port: int | None = None, **_: object) -> None:
            self.host = host
            self._at = f"{scheme}://{f'[{host}]' if ':' in host else host}{f':{port}' if port else ''}"

        def getresponse(self) -> RequestsResponse:
            answer = spoken.request(
                self.verb, self._at + self.url, headers=self.headers, data=self.input, allow_redirects=False
            )
            return RequestsResponse(answer)

        def close(self) -> None:
            """Nothing: the connections are `Http`'s."""

    return Connection


class _InstallationAuth(Auth):
    """An App's token for one repository, asked for when it is needed and again before it expires.

    https://docs.github.com/en/apps/creating-github-apps/authenticating-with-a-github-app/authenticating-as-a-github-app-installation
    """

    def __init__(self, app: Client, name: str) -> None:
        self._app = app
        self._name = name
        self._known = ""
        self._asked_at = 0.0
        self._permissions: Mapping[str, str] = {}

    @property
    def token_type(self) -> str:
        return "token"

    @property
    def token(self) -> str:
        if not self._known or time.monotonic() - self._asked_at > LIFETIME:
            asked_at = time.monotonic()
            speak = self._app.requester.requestJsonAndCheck
            _, installation = speak("GET", f"/repos/{self._name}/installation")
            only = {"repositories": [self._name.partition("/")[2]]}
            _, made = speak("POST", f"/app/installations/{int(installation['id'])}/access_tokens", input=only)
            self._known, self._asked_at = str(made["token"]), asked_at
            self._permissions = installation.get("permissions") or {}
        return self._known

    @property
    def permissions(self) -> Mapping[str, str]:
        """As they were granted to the installation, by name."""
        assert self.token
        return self._permissions
