"""A project on a GitLab, spoken to by python-gitlab over our own HTTP."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cached_property
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from maintainer import errors
from maintainer.http import Http
from maintainer.http_session import session
from maintainer.platforms.gitlab_errors import JOB, MAKE_ONE, translated
from maintainer.text import foreign

if TYPE_CHECKING:
    from gitlab import Gitlab
    from gitlab.v4.objects import Project

#: GitLab's name for the roles, and what they are in numbers (https://docs.gitlab.com/api/members/#roles).
DEVELOPER, MAINTAINER = 30, 40


class GitlabClient:
    """One project as one token sees it.

    `url` is the GitLab's address, with its path where it has one, with or without `/api/v4`. `job` says that the token
    is a CI job's. All other tokens (personal, project and group access tokens, OAuth) are sent as
    `Authorization: Bearer`, which REST and GraphQL both take
    (https://docs.gitlab.com/api/rest/authentication/#personal-project-and-group-access-tokens).
    """

    def __init__(self, http: Http, url: str, path: str, token: str, *, job: bool = False) -> None:
        self.url = url.rstrip("/").removesuffix("/api/v4")
        self.host = urlsplit(self.url).netloc.rpartition("@")[2]
        self.path = path
        self.job = job
        self._http = http
        self._token = token

    def __repr__(self) -> str:
        return f"GitlabClient({self.host}, {self.path})"

    @cached_property
    def sdk(self) -> "Gitlab":
        """python-gitlab, imported when it is needed. It retries nothing: `Http` does."""
        from gitlab import Gitlab

        ours = session(self._http)
        # No redirect and no page takes the token to another host.
        adapter = ours.get_adapter(f"{self.url}/")
        ours.adapters.clear()
        ours.mount(f"{self.url}/", adapter)
        token = {"job_token": self._token} if self.job else {"oauth_token": self._token}
        return Gitlab(self.url, session=ours, per_page=100, keep_base_url=True, retry_transient_errors=False, **token)  # type: ignore[arg-type]

    @contextmanager
    def asking(self, what: str, role: str = "Developer", path: str = "") -> Iterator[None]:
        """Calls of python-gitlab, whose errors come out as ours. `what` completes "GitLab refused to".

        `role` is who may do it in the project, or in the group at `path`.
        """
        from gitlab.exceptions import GitlabError, RedirectError

        try:
            yield
        except RedirectError:
            raise errors.NotFound(
                f"{self.path} has moved on {self.host}: asked to {what}, it names another place. Set "
                "MAINTAINER_REPOSITORY to where the project is now."
            ) from None
        except GitlabError as error:
            raise translated(error, self.host, path or self.path, what, role, self._token, self.job) from None
        except OSError:  # what requests raises; the connection's own failures are `Http`'s
            raise errors.BadAnswer(
                f"{self.host} sends us elsewhere, asked to {what}, which is not followed with a token. Set "
                "MAINTAINER_GITLAB_URL to the address it really has."
            ) from None
        except (KeyError, TypeError, RecursionError):
            raise errors.BadAnswer(f"{self.host} answered something else than a GitLab, asked to {what}.") from None

    @cached_property
    def project(self) -> "Project":
        """The project, asked for once."""
        with self.asking(f"show the project {self.path}", "Developer"):
            return self.sdk.projects.get(self.path)

    @cached_property
    def base(self) -> str:
        """The default branch. Raises `errors.ConfigurationError` or `AccessDenied` where nothing can be proposed."""
        if self.job:
            raise errors.AccessDenied(f"Nothing can be proposed to {self.path} on {self.host}. {JOB}")
        stated = self.project.attributes
        settings = f"{self.url}/{self.path}/edit"
        if stated.get("archived") is True:
            raise errors.ConfigurationError(
                f"{self.path} is archived on GitLab, so nothing can be proposed there: unarchive it ({settings}), or "
                "take it out of what is maintained."
            )
        if stated.get("merge_requests_enabled") is False:
            raise errors.ConfigurationError(
                f"{self.path} has merge requests switched off on GitLab: switch them on ({settings}), or set "
                "MAINTAINER_PLATFORM=local."
            )
        if branch := foreign.text(stated, "default_branch"):
            return branch
        raise errors.AccessDenied(
            f"{self.path} on {self.host} shows no default branch: it is empty, or the token may not read its code: "
            f"{MAKE_ONE}."
        )

    @cached_property
    def me(self) -> Mapping[str, Any]:
        """The user the token stands for; a project's or a group's token has one of its own. Its `id` is a number."""
        with self.asking("tell whose token this is"):
            self.sdk.auth()
            stated = self.sdk.user.attributes if self.sdk.user else {}
            if not isinstance(stated.get("id"), int):
                raise TypeError("a user has an id")
            return stated

    def graphql(self, what: str, query: str, variables: Mapping[str, Any]) -> Mapping[str, Any]:
        """The `data` of the answer (https://docs.gitlab.com/api/graphql/). Raises as `asking`."""
        with self.asking(what):
            body = {"query": query, "variables": dict(variables)}
            answer = self.sdk.http_post(f"{self.url}/api/graphql", post_data=body)
        refused = [foreign.text(one, "message", limit=200) for one in foreign.tables(answer, "errors")]
        data = foreign.table(answer, "data")
        if refused or not data:
            words = " ".join(" ".join(refused).split()) or "nothing"
            raise errors.OutsideError(f"{self.host} refused to {what} (GraphQL: {words[:300]}).")
        return data
