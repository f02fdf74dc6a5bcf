"""Who and what a merge request names, who may write, who is in a group: GitLab wants ids where people write names."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from maintainer import errors
from maintainer.platforms.gitlab_client import DEVELOPER, GitlabClient
from maintainer.text import foreign

#: The least that makes someone a member (https://docs.gitlab.com/api/members/#roles): "minimal access" is none.
GUEST = 10


def user_id(client: GitlabClient, name: str) -> int:
    """The id of the user of this name, in whatever case; 0 for nobody. Raises as `GitlabClient.asking`."""
    if not name or "/" in name or "@" in name:
        return 0
    with client.asking(f"look up the user {name}"):
        found = client.sdk.users.list(get_all=False, username=name, per_page=2)
        exact = [one for one in found if str(one.attributes.get("username")).lower() == name.lower()]
        return int(exact[0].get_id() or 0) if exact else 0


class Members:
    """Who may write to the project, and who is in a group, by their ids; each is asked for once."""

    def __init__(self, client: GitlabClient) -> None:
        self._client = client
        self._writes: dict[int, bool] = {}
        self._in: dict[tuple[int, str], bool] = {}
        self._seen: set[str] = set()

    def writes(self, user: int) -> bool:
        """https://docs.gitlab.com/api/members/#get-a-member-of-a-group-or-project-including-inherited-and-invited-members."""
        if user not in self._writes:
            try:
                with self._client.asking("show a member"):
                    found = self._client.project.members_all.get(user).attributes
                level = found.get("access_level")
                self._writes[user] = isinstance(level, int) and level >= DEVELOPER
            except errors.NotFound:
                self._writes[user] = False
        return self._writes[user]

    def belongs(self, user: int, team: str) -> bool:
        """Whether they are a member of the group `@group/subgroup`, of one above it, or of one it was shared with.

        Raises `errors.AccessDenied` where the token may not see who is, or no such group.
        """
        path = team.removeprefix("@").lower()
        if (user, path) not in self._in:
            self._see(path)
            self._in[user, path] = self._belongs(user, path)
        return self._in[user, path]

    def _see(self, path: str) -> None:
        """A group that may not be seen answers as one that someone is not in."""
        if path in self._seen:
            return
        try:
            with self._client.asking(f"show the group {path}", "Guest", path):
                self._client.sdk.groups.get(path, with_projects=False)
        except errors.NotFound as unseen:
            raise errors.AccessDenied(f"{unseen} {_in_the_group(path)}") from None
        self._seen.add(path)

    def _belongs(self, user: int, path: str) -> bool:
        group = self._client.sdk.groups.get(path, lazy=True)
        try:
            with self._client.asking(f"show who is in the group {path}", "Guest", path):
                found = group.members_all.get(user).attributes
        except errors.NotFound:
            return False
        except errors.AccessDenied as denied:
            raise errors.AccessDenied(f"{denied} {_in_the_group(path)}") from None
        level = found.get("access_level")
        is_active = found.get("state") == "active" and found.get("membership_state", "active") == "active"
        return is_active and isinstance(level, int) and level >= GUEST


def _in_the_group(path: str) -> str:
    return (
        f"Only members of a private group see who is in it: add the token's user to {path} as Guest, or make an access "
        "token of that group."
    )


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
        try:
            return user_id(self._client, name)
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
