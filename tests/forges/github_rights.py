"""Who a token is and what it may do, with GitHub's own words for what it may not.

https://docs.github.com/en/rest/authentication/permissions-required-for-fine-grained-personal-access-tokens
https://docs.github.com/en/apps/oauth-apps/building-oauth-apps/scopes-for-oauth-apps
https://docs.github.com/en/rest/using-the-rest-api/troubleshooting-the-rest-api
"""

import base64
import binascii
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from tests.forges.github_world import Repository, World, at_least
from tests.loopback import Reply

DOCS = "https://docs.github.com/rest"
#: A workflow's `GITHUB_TOKEN`, a GitHub App's installation token, a classic and a fine-grained personal access token,
#: and the signed token (JWT) with which an App asks for installation tokens.
Kind = Literal["actions", "app", "pat", "fine-grained", "jwt"]
#: What a workflow's `permissions:` may give, all of it; `workflows` is not among them.
ACTIONS: Mapping[str, str] = dict.fromkeys(
    ("actions", "checks", "contents", "deployments", "issues", "packages", "pages", "pull_requests", "statuses"),
    "write",
)


class Refused(Exception):
    """An answer that is an error. `errors` are those of a 422, each a message or a mapping."""

    def __init__(self, status: int, message: str, errors: Any = None, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.errors = errors
        self.headers = dict(headers or {})

    def reply(self, documentation: str = DOCS) -> Reply:
        body = {"message": str(self), "documentation_url": documentation, "status": str(self.status)}
        return Reply(self.status, body | ({"errors": self.errors} if self.errors else {}), self.headers)


def invalid(resource: str, message: str = "", code: str = "custom", name: str = "") -> Refused:
    """A 422 as GitHub words it: a message for what is special to the resource, else a field and a code."""
    error = {"resource": resource, "code": code}
    error |= {"field": name} if name else {}
    error |= {"message": message} if message else {}
    return Refused(422, "Validation Failed", [error])


@dataclass(frozen=True)
class Token:
    """`permissions` (`{"contents": "write"}`) are of all kinds but the classic one, which has `scopes`.

    `repositories` (`owner/name`) are those it was made for; None for all. `expires` is a time as GitHub writes it.
    """

    text: str
    login: str
    kind: Kind
    scopes: tuple[str, ...] = ()
    permissions: Mapping[str, str] = field(default_factory=dict)
    repositories: tuple[str, ...] | None = None
    expires: str = ""
    app: int = 0

    @property
    def integration(self) -> bool:
        return self.kind in ("app", "actions")

    def covers(self, repository: Repository) -> bool:
        names = [name.lower() for name in self.repositories or ()]
        return self.repositories is None or repository.full_name.lower() in names

    def permits(self, wanted: str) -> bool:
        """`wanted` is as in `Needs`: `issues|pull_requests:write`."""
        names, _, level = wanted.partition(":")
        held = {self.permissions.get(name, "") for name in names.split("|")}
        return "write" in held or "admin" in held or (level == "read" and "read" in held)


@dataclass(frozen=True)
class Needs:
    """What an endpoint asks for: `permission` as `contents:write` (with `|` any one will do), `role` of a person."""

    permission: str = "metadata:read"
    role: str = "read"
    #: Writes that only an App may do, whatever a person's role: https://docs.github.com/en/rest/checks
    app_only: bool = False

    @property
    def writes(self) -> bool:
        return self.permission.endswith(":write")

    def accepted(self) -> str:
        """As in the header `X-Accepted-GitHub-Permissions`."""
        names, _, level = self.permission.partition(":")
        return "; ".join(f"{name}={level}" for name in names.split("|"))


def credentials(header: str) -> str:
    """The token of an `Authorization` header; empty where there is none."""
    kind, _, value = header.partition(" ")
    if kind.lower() == "basic":
        try:
            user, _, password = base64.b64decode(value).decode().partition(":")
        except (binascii.Error, UnicodeDecodeError):
            return "?"
        return password or user
    return value.strip() if kind.lower() in ("token", "bearer") else header


def visible(world: World, token: Token | None, repository: Repository) -> bool:
    """Whether the token can know that the repository exists."""
    if not repository.private:
        return True
    if token is None or token.kind == "jwt" or not token.covers(repository):
        return False
    if token.integration:
        return True
    scoped = token.kind != "pat" or "repo" in token.scopes
    return scoped and world.role(repository, token.login) != "none"


def permit(world: World, token: Token | None, repository: Repository, needs: Needs) -> None:
    """Raises `Refused` as GitHub does for what the token may not do in a repository it can see."""
    if token is None:
        if needs.writes:
            raise Refused(401, "Requires authentication")
        return
    if not needs.writes and not repository.private:
        return
    if token.kind == "pat":
        _permit_classic(token, repository, needs)
    elif not (token.covers(repository) and token.permits(needs.permission)) and needs.permission != "metadata:read":
        raise inaccessible(token, needs)
    if token.kind == "fine-grained" and needs.app_only:
        raise inaccessible(token, needs)
    if not token.integration and not at_least(world.role(repository, token.login), needs.role):
        raise Refused(403, "Must have admin rights to Repository.", headers=_scopes(token))
    if needs.writes and repository.archived:
        raise Refused(403, "Repository was archived so is read-only.")


def _permit_classic(token: Token, repository: Repository, needs: Needs) -> None:
    if needs.app_only:
        raise Refused(403, "You must authenticate via a GitHub App.", headers=_scopes(token))
    enough = {"repo"} | (set() if repository.private else {"public_repo"})
    enough |= {"repo:status"} if needs.permission.startswith("statuses") else set()
    if not enough & set(token.scopes):
        # What a scope doesn't reach isn't there: the headers alone tell why.
        raise Refused(
            404, "Not Found", headers={**_scopes(token), "X-Accepted-OAuth-Scopes": ", ".join(sorted(enough))}
        )


def _scopes(token: Token) -> dict[str, str]:
    return {"X-OAuth-Scopes": ", ".join(token.scopes)} if token.kind == "pat" else {}


def inaccessible(token: Token, needs: Needs) -> Refused:
    by = "integration" if token.integration else "personal access token"
    return Refused(403, f"Resource not accessible by {by}", headers={"X-Accepted-GitHub-Permissions": needs.accepted()})


def headers(token: Token | None) -> dict[str, str]:
    """What each answer says of the token."""
    if token is None:
        return {}
    said = _scopes(token)
    if token.expires and not token.integration:
        said["GitHub-Authentication-Token-Expiration"] = token.expires.replace("T", " ").replace("Z", " UTC")
    return said
