"""What the pipelines of merge requests say, and what people wrote on them: one GraphQL query for all.

https://docs.gitlab.com/api/graphql/reference/#mergerequest
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from maintainer.platforms.base import Checks
from maintainer.platforms.gitlab_client import GitlabClient
from maintainer.text import foreign

#: So many merge requests are asked for at once: GitLab limits a query's complexity.
AT_ONCE = 50

QUERY = """
query checks($path: ID!, $iids: [String!]) {
  project(fullPath: $path) {
    mergeRequests(iids: $iids, first: 50) {
      nodes {
        iid
        autoMergeEnabled
        headPipeline {
          status
          jobs(first: 100, retried: false) {
            pageInfo { hasNextPage }
            nodes { name status allowFailure }
          }
        }
        notes(last: 50) {
          nodes { id body system author { id username } }
        }
      }
    }
  }
}
"""

#: A status under this name is ours.
OURS = "maintainer"

#: https://docs.gitlab.com/api/graphql/reference/#pipelinestatusenum and `CiJobStatus`.
_FAILED = frozenset({"FAILED", "CANCELED", "CANCELING"})
_NOTHING = frozenset({"SKIPPED"})


@dataclass(frozen=True, slots=True)
class Comment:
    """A person's note; `author` is their id, `by` their user name."""

    id: int
    body: str
    author: int
    by: str


@dataclass(frozen=True, slots=True)
class Seen:
    """A merge request as the query tells it; `comments` are in the order they were written."""

    checks: Checks = "none"
    comments: tuple[Comment, ...] = ()
    #: Whether it waits to be merged by itself; None where that isn't known.
    auto_merge: bool | None = None


def look(client: GitlabClient, numbers: Sequence[int]) -> dict[int, Seen]:
    """What is known of these merge requests, by number; those that are gone are left out."""
    found: dict[int, Seen] = {}
    path = foreign.text(client.project.attributes, "path_with_namespace") or client.path
    for start in range(0, len(numbers), AT_ONCE):
        asked = {"path": path, "iids": [str(one) for one in numbers[start:][:AT_ONCE]]}
        data = client.graphql("show the checks and comments of its merge requests", QUERY, asked)
        for node in foreign.tables(data, "project", "mergeRequests", "nodes"):
            if (iid := foreign.text(node, "iid")).isdecimal():
                waits = node.get("autoMergeEnabled")
                found[int(iid)] = Seen(
                    _checks(foreign.table(node, "headPipeline")),
                    tuple(_comments(node)),
                    waits if isinstance(waits, bool) else None,
                )
    return found


def _checks(pipeline: Mapping[str, Any]) -> Checks:
    """What a pipeline says without statuses of ours. Optional jobs that fail or wait are passed over."""
    whole = foreign.text(pipeline, "status").upper()
    if not whole:
        return "none"
    jobs = list(foreign.tables(pipeline, "jobs", "nodes"))
    if not jobs or foreign.table(pipeline, "jobs", "pageInfo").get("hasNextPage") is not False:
        return _said([whole])
    theirs = [job for job in jobs if not is_ours(foreign.text(job, "name"))]
    if len(theirs) == len(jobs) and whole in ("SUCCESS", "FAILED"):
        return _said([whole])
    optional = _FAILED | {"MANUAL"}
    states = [(foreign.text(job, "status").upper(), job.get("allowFailure") is True) for job in theirs]
    return _said([state for state, may_fail in states if not (may_fail and state in optional)])


def is_ours(name: str) -> bool:
    """Whether a status or job of this name is one we post."""
    return name == OURS or name.startswith(f"{OURS}/")


def _said(states: Sequence[str]) -> Checks:
    """Of several states together; anything that is not known to be good or bad is still pending."""
    counted = [state for state in states if state not in _NOTHING]
    if any(state in _FAILED for state in counted):
        return "failure"
    if any(state != "SUCCESS" for state in counted):
        return "pending"
    return "success" if counted else "none"


def _comments(node: Mapping[str, Any]) -> Iterator[Comment]:
    for note in foreign.tables(node, "notes", "nodes"):
        number = _number(note)
        if number and note.get("system") is False:
            author = foreign.table(note, "author")
            body = foreign.text(note, "body", limit=100_000)
            yield Comment(number, body, _number(author), foreign.text(author, "username"))


def _number(stated: Mapping[str, Any]) -> int:
    """Of a global id, `gid://gitlab/DiscussionNote/12`; 0 for none."""
    last = foreign.text(stated, "id").rpartition("/")[2]
    return int(last) if last.isdecimal() else 0
