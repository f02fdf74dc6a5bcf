"""Who may write to a repository on GitHub, and who is in a team."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from maintainer import errors
from maintainer.platforms.github_client import Client
from maintainer.platforms.github_errors import TEAMS, lacking
from maintainer.text import foreign

WRITERS = frozenset({"admin", "maintain", "write"})
#: A right that was taken back a minute ago is none: no answer of before counts.
NOW = {"Cache-Control": "no-cache"}


class People:
    """Of one repository; each person is asked for once. Logins are the same in whatever case."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._writes: dict[str, bool] = {}
        self._in: dict[tuple[str, str], bool] = {}

    def writes(self, login: str) -> bool:
        """https://docs.github.com/en/rest/collaborators/collaborators#get-repository-permissions-for-a-user."""
        who = login.lower()
        if who and who not in self._writes:
            try:
                self._writes[who] = self._client.repository.get_collaborator_permission(login) in WRITERS
            except errors.NotFound:
                self._writes[who] = False
        return self._writes.get(who, False)

    def belongs(self, login: str, team: str) -> bool:
        """Whether they are in the team `@organisation/team`, or in one below it; who was invited only is not.

        Raises `errors.AccessDenied` where the token sees no teams, or not this one: GitHub answers 404 for it as it
        does for a person who is in no team, so the team is asked for as well.
        https://docs.github.com/en/rest/teams/members#get-team-membership-for-a-user
        """
        key = (login.lower(), team.lower())
        if login and key not in self._in:
            self._in[key] = self._belongs(login, team)
        return self._in.get(key, False)

    def _belongs(self, login: str, team: str) -> bool:
        organisation, _, slug = team.removeprefix("@").partition("/")
        if not organisation or not slug or "/" in slug:
            raise errors.ConfigurationError(f"{team} is no team on GitHub: write @organisation/team.")
        path = f"/orgs/{quote(organisation, safe='')}/teams/{quote(slug, safe='')}"
        ask = self._client.requester.requestJsonAndCheck
        try:
            _, told = ask("GET", f"{path}/memberships/{quote(login, safe='')}", headers=NOW)
        except errors.NotFound:
            try:
                ask("GET", path, headers=NOW)
            except errors.NotFound:
                raise errors.AccessDenied(
                    f"GitHub shows the token no team {team}, so nobody is known to be in it. Is the name right? "
                    f"{lacking(TEAMS, self._client.kind)}"
                ) from None
            return False
        return foreign.text(told, "state") == "active"


def login_of(value: Mapping[str, Any], key: str) -> str:
    """Who stands under a key in GraphQL, as REST tells it; empty for nobody.

    A bot's has its `[bot]`, so that no person of that name is taken for it.
    """
    who = foreign.table(value, key)
    login = foreign.text(who, "login", limit=100)
    is_bot = who.get("__typename") == "Bot" and login and not login.endswith("[bot]")
    return f"{login}[bot]" if is_bot else login
