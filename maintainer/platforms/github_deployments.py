"""Where GitHub says that a commit was deployed to: https://docs.github.com/en/rest/deployments."""

from collections.abc import Mapping, Sequence
from typing import Any

from maintainer.platforms.base import Deployed, Deployment
from maintainer.platforms.github_client import PAGE, Client
from maintainer.text import foreign

#: https://docs.github.com/en/rest/deployments/statuses; `inactive` is what a newer one has taken the place of.
STATES: Mapping[str, Deployed] = {
    "success": "success",
    "failure": "failure",
    "error": "failure",
    "inactive": "replaced",
}


class GithubDeployments:
    """Those of one repository, asked for anew each time."""

    def __init__(self, client: Client) -> None:
        self._client = client

    def of(self, commit: str) -> Sequence[Deployment]:
        """Newest first. Raises `errors.OutsideError`."""
        listed = self._list("/deployments", sha=commit)
        return [self._read(one) for one in sorted(listed, key=_number, reverse=True)]

    def _read(self, stated: Mapping[str, Any]) -> Deployment:
        newest = max(self._list(f"/deployments/{_number(stated)}/statuses"), key=_number, default={})
        return Deployment(
            foreign.text(stated, "environment", limit=300),
            STATES.get(foreign.text(newest, "state"), "pending"),
            foreign.url(newest, "environment_url"),
            foreign.text(newest, "description", limit=300),
        )

    def _list(self, path: str, **parameters: str) -> list[Mapping[str, Any]]:
        """A page of a list as it is now, whatever was answered a minute ago; nobody deploys a commit more often."""
        url = f"{self._client.repository.url}{path}"
        asked = {"per_page": PAGE, **parameters}
        now = {"Cache-Control": "no-cache"}
        _, answer = self._client.requester.requestJsonAndCheck("GET", url, parameters=asked, headers=now)
        return [one for one in answer if _number(one)] if isinstance(answer, list) else []


def _number(stated: object) -> int:
    found = foreign.table(stated).get("id")
    return found if isinstance(found, int) else 0
