"""Endpoints of repositories and who may what in them, of the token's user, and of Apps.

https://docs.github.com/en/rest/repos, /rest/users and /rest/apps
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from tests.forges.github_call import Call, Route
from tests.forges.github_json import node_id, permissions
from tests.forges.github_rights import Needs, Refused, Token, visible
from tests.forges.github_world import ROLES, Repository, at_least
from tests.forges.server import stamp
from tests.loopback import Reply

#: How long an App's signed token may be valid, and a token of its installation is: seconds.
LONGEST_JWT, INSTALLED = 660, 3600


@dataclass(frozen=True)
class App:
    """A GitHub App and its one installation. `key` is its private key in PEM, with which it signs."""

    id: int
    slug: str
    installation: int
    permissions: Mapping[str, str]
    repositories: tuple[str, ...] | None
    key: str
    created: str

    @property
    def login(self) -> str:
        return f"{self.slug}[bot]"

    def signed(self, token: str) -> bool:
        """Whether it signed this JWT: RS256, issued by it, for ten minutes at most. The clock is not asked."""
        public = serialization.load_pem_private_key(self.key.encode(), None).public_key()
        assert isinstance(public, rsa.RSAPublicKey)
        try:
            options: Any = {
                "verify_exp": False,
                "verify_iat": False,
                "verify_iss": False,
                "require": ["exp", "iat", "iss"],
            }
            claims = jwt.decode(token, public, algorithms=["RS256"], options=options)
        except jwt.InvalidTokenError:
            return False
        return str(claims["iss"]) == str(self.id) and claims["exp"] - claims["iat"] <= LONGEST_JWT


@cache
def private_key() -> str:
    """One key a process: making one takes a while."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    form = serialization.PrivateFormat.TraditionalOpenSSL
    return key.private_bytes(serialization.Encoding.PEM, form, serialization.NoEncryption()).decode()


def user(call: Call) -> Any:
    token = call.token
    if token is None:
        raise Refused(401, "Requires authentication")
    if token.integration or token.kind == "jwt":
        raise Refused(403, "Resource not accessible by integration")
    return call.json.user(token.login) | {
        **dict.fromkeys(("name", "company", "blog", "location", "email", "hireable", "bio", "twitter_username")),
        **dict.fromkeys(("public_repos", "public_gists", "followers", "following"), 0),
        "created_at": "2026-01-01T00:00:00Z",
        "updated_at": "2026-01-01T00:00:00Z",
    }


def someone(call: Call) -> Any:
    """Anyone, by login."""
    known = call.world.accounts.get(call.values["username"].lower())
    if known is None:
        raise Refused(404, "Not Found")
    names = ("name", "company", "blog", "location", "email", "hireable", "bio", "twitter_username")
    counts = ("public_repos", "public_gists", "followers", "following")
    shown = call.json.user(known.login) | dict.fromkeys(names) | dict.fromkeys(counts, 0)
    times = {"created_at": "2026-01-01T00:00:00Z", "updated_at": "2026-01-01T00:00:00Z"}
    return shown | times


def repository(call: Call) -> Any:
    return call.json.repository(call.repository)


def repository_edited(call: Call) -> Any:
    """Archiving, merging rules and the default branch."""
    known = call.repository
    known.archived = call.data.get("archived", known.archived)
    known.allow_auto_merge = call.data.get("allow_auto_merge", known.allow_auto_merge)
    known.delete_branch_on_merge = call.data.get("delete_branch_on_merge", known.delete_branch_on_merge)
    known.description = call.data.get("description", known.description)
    if "default_branch" in call.data:
        if call.data["default_branch"] not in known.git.branches():
            raise Refused(
                422, "Validation Failed", [{"resource": "Repository", "code": "invalid", "field": "default_branch"}]
            )
        known.git.default_branch = call.data["default_branch"]
    return call.json.repository(known)


def topics(call: Call) -> Any:
    return {"names": call.repository.topics}


def of_organisation(call: Call) -> Reply:
    owner = call.values["org"].lower()
    if owner not in call.world.accounts or call.world.accounts[owner].kind != "Organization":
        raise Refused(404, "Not Found")
    found = [one for one in _seen(call) if one.owner.lower() == owner]
    found.sort(key=lambda one: (one.created, one.id), reverse=call.query.get("direction", "desc") == "desc")
    return call.page(found, call.json.repository)


def of_person(call: Call) -> Reply:
    """The public ones of anybody."""
    owner = call.values["username"].lower()
    if owner not in call.world.accounts:
        raise Refused(404, "Not Found")
    found = [one for one in _seen(call) if one.owner.lower() == owner and not one.private]
    return call.page(sorted(found, key=lambda one: one.full_name), call.json.repository)


def of_user(call: Call) -> Reply:
    """All that the token's user sees and has a role in."""
    found = [one for one in _seen(call) if call.world.role(one, call.login) != "none"]
    return call.page(found, call.json.repository)


def installed(call: Call) -> Reply:
    token = call.token
    if token is None or not token.integration:
        raise Refused(
            403,
            "You must authenticate with an installation access token in order to "
            "list repositories for an installation.",
        )
    found = [one for one in _seen(call) if token.covers(one)]
    return call.page(found, call.json.repository, inside="repositories")


def _seen(call: Call) -> list[Repository]:
    return [one for one in call.world.repositories.values() if visible(call.world, call.token, one)]


def permission(call: Call) -> Any:
    """`maintain` is told as `write` and `triage` as `read`; `role_name` is exact."""
    login = call.values["username"]
    if login.lower() not in call.world.accounts:
        raise Refused(404, f"{login} is not a user")
    role = call.world.role(call.repository, login)
    told = {"maintain": "write", "triage": "read"}.get(role, role)
    shown = call.json.user(login) | {"permissions": permissions(role), "role_name": role}
    return {"permission": told, "role_name": role, "user": shown}


def collaborators(call: Call) -> Reply:
    found = [
        account.login
        for account in call.world.accounts.values()
        if account.kind == "User"
        and at_least(
            max(call.repository.roles.get(account.login.lower(), "none"), account.role, key=ROLES.index), "read"
        )
    ]

    def shown(login: str) -> dict[str, Any]:
        role = call.world.role(call.repository, login)
        return call.json.user(login) | {"permissions": permissions(role), "role_name": role}

    return call.page(found, shown)


def collaborator(call: Call) -> Reply:
    role = call.world.role(call.repository, call.values["username"])
    if role == "none" or (role == "read" and not call.repository.roles.get(call.values["username"].lower())):
        raise Refused(404, "Not Found")
    return Reply(204)


def rate_limit(call: Call) -> Any:
    core = call.forge.rate_limit(call.token)
    return {"resources": {"core": core, "search": core, "graphql": core}, "rate": core}


def _app(call: Call) -> App:
    """The App whose signed token this is. Raises `Refused`."""
    if call.token is None or call.token.kind != "jwt":
        raise Refused(401, "A JSON web token could not be decoded")
    return call.forge.apps[call.token.app]


def app(call: Call) -> Any:
    own = _app(call)
    return {
        "id": own.id,
        "slug": own.slug,
        "client_id": f"Iv1.{own.id:08d}",
        "node_id": node_id("A", own.id),
        "owner": call.json.user("shop"),
        "name": own.slug,
        "description": None,
        "external_url": call.json.html,
        "html_url": f"{call.json.html}/apps/{own.slug}",
        "created_at": own.created,
        "updated_at": own.created,
        "permissions": dict(own.permissions),
        "events": [],
        "installations_count": 1,
    }


def _installation(call: Call, own: App) -> dict[str, Any]:
    base = f"{call.json.api}/app/installations/{own.installation}"
    owner = next(iter(call.world.repositories.values())).owner
    return {
        "id": own.installation,
        "account": call.json.user(owner),
        "repository_selection": "all" if own.repositories is None else "selected",
        "access_tokens_url": f"{base}/access_tokens",
        "repositories_url": f"{call.json.api}/installation/repositories",
        "html_url": f"{call.json.html}/settings/installations/{own.installation}",
        "app_id": own.id,
        "app_slug": own.slug,
        "target_id": call.world.account(owner).id,
        "target_type": call.world.account(owner).kind,
        "permissions": dict(own.permissions),
        "events": [],
        "created_at": own.created,
        "updated_at": own.created,
        "single_file_name": None,
        "suspended_by": None,
        "suspended_at": None,
    }


def installations(call: Call) -> Reply:
    return call.page([_app(call)], lambda own: _installation(call, own))


def installation(call: Call) -> Any:
    own = _app(call)
    if str(own.installation) != call.values["installation_id"]:
        raise Refused(404, "Not Found")
    return _installation(call, own)


def installation_of(call: Call) -> Any:
    own = _app(call)
    known = call.world.repository(f"{call.values['owner']}/{call.values['repo']}")
    if known is None or (own.repositories is not None and known.full_name not in own.repositories):
        raise Refused(404, "Not Found")
    return _installation(call, own)


def installation_token(call: Call) -> Reply:
    """For all of its repositories with all its permissions, or for fewer when asked."""
    own = _app(call)
    if str(own.installation) != call.values["installation_id"]:
        raise Refused(404, "Not Found")
    given = call.data.get("permissions") or dict(own.permissions)
    if any(own.permissions.get(name) not in (level, "write") for name, level in given.items()):
        raise Refused(422, "The permissions requested are not granted to this installation.")
    chosen = own.repositories
    if "repositories" in call.data:
        found = [one for one in call.world.repositories.values() if one.name in call.data["repositories"]]
        if len(found) < len(call.data["repositories"]):
            raise Refused(
                422,
                "There is at least one repository that does not exist or is not accessible to the parent installation.",
            )
        chosen = tuple(one.full_name for one in found)
    expires = stamp(call.forge.now.astimezone(UTC) + timedelta(seconds=INSTALLED))
    text = f"ghs_{call.world.id():036d}"
    call.forge.tokens[text] = Token(text, own.login, "app", permissions=given, repositories=chosen, expires=expires)
    return Reply(
        201,
        {
            "token": text,
            "expires_at": expires,
            "permissions": given,
            "repository_selection": "all" if chosen is None else "selected",
        },
    )


def reset_at(now: datetime) -> int:
    return int(now.timestamp()) + 3600


_REPOSITORY = "/repos/{owner}/{repo}"
_PEOPLE = f"{_REPOSITORY}/collaborators"
ROUTES = {
    "GET /user": Route(user, anyone=True),
    "GET /user/repos": Route(of_user, anyone=True),
    "GET /users/{username}": Route(someone, anyone=True),
    "GET /rate_limit": Route(rate_limit, anyone=True),
    "GET /orgs/{org}/repos": Route(of_organisation, anyone=True),
    "GET /users/{username}/repos": Route(of_person, anyone=True),
    "GET /installation/repositories": Route(installed, anyone=True),
    "GET /app": Route(app, anyone=True),
    "GET /app/installations": Route(installations, anyone=True),
    "GET /app/installations/{installation_id}": Route(installation, anyone=True),
    "POST /app/installations/{installation_id}/access_tokens": Route(installation_token, anyone=True),
    f"GET {_REPOSITORY}/installation": Route(installation_of, anyone=True),
    f"GET {_REPOSITORY}": Route(repository),
    f"PATCH {_REPOSITORY}": Route(repository_edited, Needs("administration:write", "admin")),
    f"GET {_REPOSITORY}/topics": Route(topics),
    f"GET {_PEOPLE}": Route(collaborators, Needs("metadata:read", "write")),
    f"GET {_PEOPLE}/{{username}}": Route(collaborator, Needs("metadata:read", "write")),
    f"GET {_PEOPLE}/{{username}}/permission": Route(permission, Needs("metadata:read", "write")),
}
