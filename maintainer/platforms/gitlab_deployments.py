"""Where GitLab says that a commit was deployed to: https://docs.gitlab.com/api/deployments/."""

from collections.abc import Mapping, Sequence
from itertools import islice

from maintainer.platforms.base import Deployed, Deployment
from maintainer.platforms.gitlab_client import GitlabClient
from maintainer.text import foreign

#: Deployments that are looked through, newest first: GitLab lists them by everything but their commit.
MOST = 300
STATES: Mapping[str, Deployed] = {"success": "success", "failed": "failure", "canceled": "failure"}


class GitlabDeployments:
    """Those of one project, asked for anew each time; a CI job's token may ask too."""

    def __init__(self, client: GitlabClient) -> None:
        self._client = client

    def of(self, commit: str) -> Sequence[Deployment]:
        """Newest first. Raises `errors.OutsideError`."""
        with self._client.asking("list its deployments", "Reporter"):
            project = self._client.sdk.projects.get(self._client.path, lazy=True)
            listed = project.deployments.list(iterator=True, order_by="id", sort="desc")
            found = [one.attributes for one in islice(listed, MOST) if one.attributes.get("sha") == commit]
        return [
            Deployment(
                foreign.text(one, "environment", "name", limit=300),
                STATES.get(foreign.text(one, "status"), "pending"),
                foreign.url(one, "environment", "external_url"),
            )
            for one in found
        ]
