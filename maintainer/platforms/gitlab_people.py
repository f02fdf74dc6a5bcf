"""Who and what a merge request names: GitLab wants ids where people write names."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from maintainer import errors
from maintainer.platforms.gitlab_client import GitlabClient
from maintainer.text import foreign


class People:
    """Users and milestones by name, each looked up once. What isn't there is remarked on and left out."""

    def __init__(self, client: GitlabClient, remarks: list[str]) -> None:
        self._client = client
        self._remarks = remarks
        self._users: dict[str, int] = {}
        self._milestones: dict[str, int] = {}

    def ids(self, names: Iterable[str]) -> list[int]:
        """The users' ids, in this order; names may begin with an @."""
        bare = dict.fromkeys(name.removeprefix("@") for name in names)
        return [found for name in bare if (found := self._user(name))]

    def milestone(self, title: str) -> int:
        """The id of the open milestone, the project's or a group's; 0 for none."""
        if title and title not in self._milestones:
            self._milestones[title] = self._found_milestone(title)
            if not self._milestones[title]:
                self._remark(f"There is no open milestone {title!r}: it was left out.")
        return self._milestones.get(title, 0)

    def compare(self, wanted: Mapping[str, Sequence[int]], stated: Mapping[str, Any], number: int) -> None:
        """Remark on people GitLab left out: one who may not see the project, or the second on a free plan."""
        for role, ids in wanted.items():
            there = {one.get("id") for one in foreign.tables(stated, role)}
            left = [name for name, found in self._users.items() if found in ids and found not in there]
            if left:
                names = ", ".join(left)
                self._remark(
                    f"!{number}: GitLab left out of its {role}: {names}. It takes members of the project, and on a "
                    "free plan one of them."
                )

    def _user(self, name: str) -> int:
        if name not in self._users:
            self._users[name] = self._found_user(name)
            if not self._users[name]:
                self._remark(f"{self._client.host} knows no user {name!r}: left out of reviewers and assignees.")
        return self._users[name]

    def _found_user(self, name: str) -> int:
        if not name or "/" in name or "@" in name:
            return 0
        try:
            with self._client.asking(f"look up the user {name}"):
                found = self._client.sdk.users.list(get_all=False, username=name, per_page=2)
                exact = [one for one in found if str(one.attributes.get("username")).lower() == name.lower()]
                return int(exact[0].get_id() or 0) if exact else 0
        except (errors.AccessDenied, errors.NotFound):
            return 0

    def _found_milestone(self, title: str) -> int:
        with self._client.asking("list the milestones", "Reporter"):
            found = self._client.project.milestones.list(
                get_all=False, title=title, state="active", include_ancestors=True
            )
            return int(found[0].get_id() or 0) if found else 0

    def _remark(self, sentence: str) -> None:
        if sentence not in self._remarks:
            self._remarks.append(sentence)
