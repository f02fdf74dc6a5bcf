"""A project's own deploy freezes: https://docs.gitlab.com/api/freeze_periods/."""

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote

from maintainer.platforms.gitlab_client import GitlabClient


def freeze_periods(client: GitlabClient) -> Sequence[Mapping[str, Any]]:
    """Each with `freeze_start`, `freeze_end` (cron) and `cron_timezone`. Raises `errors.OutsideError`."""
    with client.asking("list its deploy freezes", "Reporter"):
        path = f"/projects/{quote(client.path, safe='')}/freeze_periods"  # python-gitlab has no word for them
        found = client.sdk.http_list(path, get_all=True)
        if not isinstance(found, list) or not all(isinstance(one, dict) for one in found):
            raise TypeError("freeze periods are a list of objects")
        return found
