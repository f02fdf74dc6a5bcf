"""An organisation's or a user's repositories on GitHub (https://docs.github.com/en/rest/repos/repos)."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import quote

from maintainer.errors import BadAnswer, NotFound
from maintainer.platforms.github_client import PAGE, Client
from maintainer.platforms.listing import Repository, matching
from maintainer.text import foreign

#: More pages than this are no fleet.
PAGES = 100


class GithubListing:
    """`Listing` by a token's eyes: what it may not see is not there."""

    def __init__(self, client: Client) -> None:
        self._client = client

    def lists(self, owner: str, topics: Sequence[str], archived: bool) -> Sequence[Repository]:
        name = quote(owner, safe="")
        try:
            found = [self._repository(one) for one in self._all(f"/orgs/{name}/repos")]
        except NotFound:
            # A person is no organisation, and has public repositories alone for others.
            found = [self._repository(one) for one in self._all(f"/users/{name}/repos")]
        return matching([one for one in found if one.branch], owner, topics, archived)

    def _all(self, path: str) -> Iterator[Mapping[str, Any]]:
        for page in range(1, PAGES + 1):
            asked = {"per_page": PAGE, "page": page, "sort": "full_name"}
            _, answer = self._client.requester.requestJsonAndCheck("GET", path, asked)
            if not isinstance(answer, list):
                raise BadAnswer(f"GitHub answered {path} with something that is no list. Try again later.")
            yield from foreign.tables({"page": answer}, "page")
            if len(answer) < PAGE:
                return
        raise BadAnswer(f"GitHub lists more than {PAGE * PAGES} repositories under {path}, which are no fleet.")

    @staticmethod
    def _repository(stated: Mapping[str, Any]) -> Repository:
        topics = tuple(filter(None, (foreign.text(topic, limit=100) for topic in foreign.array(stated, "topics"))))
        branch = foreign.text(stated, "default_branch", limit=250)
        archived, fork = stated.get("archived") is True, stated.get("fork") is True
        return Repository(foreign.text(stated, "full_name", limit=250), branch, topics, archived, fork)
