"""A group's projects on GitLab, its subgroups' too (https://docs.gitlab.com/api/groups/#list-projects)."""

from collections.abc import Mapping, Sequence
from typing import Any

from maintainer.platforms.gitlab_client import GitlabClient
from maintainer.platforms.listing import Repository, matching
from maintainer.text import foreign


class GitlabListing:
    """`Listing` by a token's eyes: what it may not see is not there."""

    def __init__(self, client: GitlabClient) -> None:
        self._client = client

    def lists(self, owner: str, topics: Sequence[str], archived: bool) -> Sequence[Repository]:
        asked: dict[str, Any] = {"include_subgroups": True, "order_by": "path", "sort": "asc"}
        asked |= {} if archived else {"archived": False}
        asked |= {"topic": ",".join(topics)} if topics else {}
        with self._client.asking(f"list the projects of the group {owner}", "Reporter"):
            group = self._client.sdk.groups.get(owner, lazy=True)
            found = [_repository(one.attributes) for one in group.projects.list(iterator=True, **asked)]
        return matching([one for one in found if one.branch], owner, topics, archived)


def _repository(stated: Mapping[str, Any]) -> Repository:
    topics = tuple(filter(None, (foreign.text(topic, limit=100) for topic in foreign.array(stated, "topics"))))
    branch = "" if stated.get("empty_repo") is True else foreign.text(stated, "default_branch", limit=250)
    archived, fork = stated.get("archived") is True, isinstance(stated.get("forked_from_project"), dict)
    return Repository(foreign.text(stated, "path_with_namespace", limit=250), branch, topics, archived, fork)
