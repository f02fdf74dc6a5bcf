"""A project's own deploy freezes: https://docs.gitlab.com/api/freeze_periods/."""

from collections.abc import Mapping, Sequence
from typing import Any

from maintainer.platforms.gitlab_client import GitlabClient


def freeze_periods(client: GitlabClient) -> Sequence[Mapping[str, Any]]:
    """Each with `freeze_start`, `freeze_end` (cron) and `cron_timezone`. Raises `errors.OutsideError`."""
    with client.asking("list its deploy freezes", "Reporter"):
        project = client.sdk.projects.get(client.path, lazy=True)
        return [one.attributes for one in project.freezeperiods.list(get_all=True)]
