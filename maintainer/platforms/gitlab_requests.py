"""The merge requests of a project: which are there, as values; making and editing them; notes on them.

https://docs.gitlab.com/api/merge_requests/, https://docs.gitlab.com/api/notes/
"""

import re
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from maintainer import errors
from maintainer.platforms.branches import OURS
from maintainer.platforms.gitlab_client import GitlabClient
from maintainer.platforms.marks import LABEL, carried, plain, shortened
from maintainer.text import foreign
from maintainer.text.description import Mark, read
from maintainer.text.inert import BREAK, subject

if TYPE_CHECKING:
    from gitlab.v4.objects import ProjectMergeRequest

#: Characters (https://docs.gitlab.com/administration/instance_limits/); a title's are those of its column.
LONGEST_DESCRIPTION, LONGEST_NOTE, LONGEST_TITLE = 1_048_576, 1_000_000, 255

_QUICK_ACTION = re.compile(r"^([^\S\n]*)/(?=[a-zA-Z])", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class MergeRequest:
    """One as GitLab holds it; `state` is `opened`, `closed`, `merged` or `locked` (being merged).

    `own` says that its branch is of this very project, not of a fork. `sha` is the head it has, or had last. `merges`
    says that who opened it is also who has it merge by itself, or merged it.
    """

    number: int
    branch: str
    base: str
    title: str
    body: str
    state: str
    sha: str
    own: bool
    labels: tuple[str, ...] = ()
    url: str = ""
    merged: datetime | None = None
    mark: Mark | None = None
    auto_merge: bool = False
    merges: bool = False

    @classmethod
    def of(cls, stated: Mapping[str, Any]) -> "MergeRequest":
        """As the API states it."""
        body = foreign.text(stated, "description", limit=LONGEST_DESCRIPTION)
        return cls(
            number=iid(stated),
            branch=foreign.text(stated, "source_branch"),
            base=foreign.text(stated, "target_branch"),
            title=foreign.text(stated, "title"),
            body=body,
            state=foreign.text(stated, "state"),
            sha=foreign.text(stated, "sha"),
            own=stated.get("source_project_id") == stated.get("target_project_id") is not None,
            labels=tuple(foreign.text(label) for label in foreign.array(stated, "labels")),
            url=foreign.url(stated, "web_url"),
            merged=foreign.when(stated, "merged_at"),
            mark=read(body),
            auto_merge=stated.get("merge_when_pipeline_succeeds") is True,
            merges=foreign.text(stated, "merge_user", "id") == foreign.text(stated, "author", "id") != "",
        )

    @property
    def ours(self) -> bool:
        """Whether it may be one of ours: never a fork's."""
        return self.own and self.branch.startswith(OURS)


def iid(stated: Mapping[str, Any]) -> int:
    """The number people know it by, 0 for none."""
    found = stated.get("iid")
    return found if isinstance(found, int) else 0


class MergeRequests:
    """The merge requests of one project. What is listed is listed once, and again after a change of ours."""

    def __init__(self, client: GitlabClient) -> None:
        self._client = client
        self._listed: dict[str, list[MergeRequest]] = {}

    def opened(self) -> Sequence[MergeRequest]:
        """All open ones, people's too, oldest first."""
        return self._list("opened")

    def finished(self) -> Sequence[MergeRequest]:
        """Closed and merged ones that have our label, oldest first."""
        found = [*self._list("closed"), *self._list("merged")]
        return sorted(found, key=lambda one: one.number)

    def merged(self) -> Sequence[MergeRequest]:
        """Merged ones that have our label, oldest first."""
        return self._list("merged")

    def of_branch(self, branch: str) -> Sequence[MergeRequest]:
        """All that are or were for exactly this branch of this project, labelled or not; asked for each time."""
        with self._client.asking(f"list the merge requests of {branch}"):
            found = self._client.project.mergerequests.list(
                get_all=True, state="all", source_branch=branch, order_by="created_at", sort="asc"
            )
            listed = [MergeRequest.of(one.attributes) for one in found]
        return [one for one in listed if one.ours and one.branch == branch]

    def get(self, number: int) -> MergeRequest:
        """One as it is now."""
        with self._client.asking(f"show !{number}"):
            return MergeRequest.of(self._client.project.mergerequests.get(number).attributes)

    def create(self, fields: Mapping[str, Any]) -> Mapping[str, Any]:
        """Open one; what GitLab then states of it. Raises `Refused` with 409 when the branch has an open one."""
        self._listed.clear()
        with self._client.asking(f"open a merge request for {fields['source_branch']}"):
            return self._client.project.mergerequests.create(dict(fields)).attributes

    def edit(self, number: int, fields: Mapping[str, Any]) -> MergeRequest:
        """Change one, in one call."""
        self._listed.clear()
        what = f"close !{number}" if fields.get("state_event") == "close" else f"edit !{number}"
        with self._client.asking(what):
            return MergeRequest.of(self._client.project.mergerequests.update(number, dict(fields)))

    def _list(self, state: str) -> list[MergeRequest]:
        """Those in this state; in another than `opened`, with our label."""
        if state not in self._listed:
            query = {"state": state, "order_by": "created_at", "sort": "asc"}
            query |= {} if state == "opened" else {"labels": LABEL}
            with self._client.asking(f"list the {state} merge requests"):
                found = self._client.project.mergerequests.list(get_all=True, query_parameters=query)
                self._listed[state] = [MergeRequest.of(one.attributes) for one in found]
        return self._listed[state]


def notice(client: GitlabClient, number: int, key: str, body: str) -> None:
    """Keep the one living note of this key on a merge request: written once, then edited in place.

    When two runs wrote it at once, the older note stays.
    """
    text = _note(key, body)
    with client.asking(f"comment on !{number}"):
        on = client.project.mergerequests.get(number, lazy=True)
        ours = _notes(client, on, key)
        if not ours:
            on.notes.create({"body": text})
            ours = _notes(client, on, key)
    for younger in ours[1:]:
        with suppress(errors.NotFound), client.asking(f"remove a second comment on !{number}"):
            on.notes.delete(younger.get_id())
    if ours and plain(ours[0].body) != plain(text):
        with client.asking(f"edit our comment on !{number}"):
            on.notes.update(ours[0].get_id(), {"body": text})


def is_notice(text: str, key: str, body: str) -> bool:
    """Whether a note is the living one of this key and says `body` already."""
    return plain(text) == plain(_note(key, body))


def _note(key: str, body: str) -> str:
    return f"{inert(shortened(body, LONGEST_NOTE - 1000)).rstrip()}\n\n{_hidden(key)}"


def _hidden(key: str) -> str:
    """The line by which a living note is found again."""
    return f"<!-- maintainer:comment {key} -->"


def inert(text: str) -> str:
    """Text in which no line is a quick action: a `/close` at a line's start would be carried out in our name.

    https://docs.gitlab.com/user/project/quick_actions/
    """
    text = carried(text).replace("\r\n", "\n").replace("\r", "\n")
    return _QUICK_ACTION.sub(rf"\1{BREAK}/", text)


def titled(title: str) -> str:
    """A title GitLab takes: one line, not too long, that notifies and refers to nobody (it looks into titles too)."""
    return subject(title, LONGEST_TITLE)


def _notes(client: GitlabClient, on: "ProjectMergeRequest", key: str) -> list[Any]:
    """Our notes of this key, oldest first; one in which someone else wrote the key is theirs."""
    listed = on.notes.list(get_all=True, order_by="created_at", sort="asc")
    me = client.me["id"]
    mine = (one for one in listed if foreign.table(one.attributes, "author").get("id") == me)
    found = [one for one in mine if _hidden(key) in foreign.text(one.attributes, "body", limit=LONGEST_NOTE)]
    return sorted(found, key=lambda one: int(one.get_id() or 0))
