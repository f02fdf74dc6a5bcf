"""What the pipelines of merge requests say, and what people wrote on them: one GraphQL query for all.

https://docs.gitlab.com/api/graphql/reference/#mergerequest
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from maintainer.platforms.base import Checks
from maintainer.platforms.gitlab_client import GitlabClient
from maintainer.platforms.verdicts import is_ours, together
from maintainer.text import foreign

#: So many merge requests are asked for at once: GitLab limits a query's complexity.
AT_ONCE = 50

QUERY = """
query checks($path: ID!, $iids: [String!], $base: String) {
  project(fullPath: $path) {
    pipelines(ref: $base, source: "push", first: 1) {
      nodes { ...said }
    }
    mergeRequests(iids: $iids, first: 50) {
      nodes {
        iid
        autoMergeEnabled
        headPipeline { ...said }
        notes(last: 50) {
          nodes { id body system author { id username } }
        }
      }
    }
  }
}
fragment said on Pipeline {
  status
  jobs(first: 100, retried: false) {
    pageInfo { hasNextPage }
    nodes { name status allowFailure }
  }
}
"""

#: https://docs.gitlab.com/api/graphql/reference/#pipelinestatusenum and `CiJobStatus`; all others are pending. A job
#: that timed out has FAILED too: why is told in words only.
_SAID: Mapping[str, Checks] = {"SUCCESS": "success", "FAILED": "failure", "SKIPPED": "none"}
#: What is passed over where a job may fail: then it isn't waited for either.
_PASSED_OVER = frozenset({"FAILED", "CANCELED", "CANCELING", "MANUAL"})


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


def look(client: GitlabClient, numbers: Sequence[int]) -> tuple[dict[int, Seen], Checks]:
    """What is known of these merge requests, by number, and what the jobs they have too said of the base branch's head.

    Merge requests that are gone are left out. Of the base branch the pipeline of the newest push counts: jobs by the
    clock, ours among them, say nothing of a change.
    """
    found: dict[int, Seen] = {}
    base: Mapping[str, Any] = {}
    names: set[str] = set()
    path = foreign.text(client.project.attributes, "path_with_namespace") or client.path
    for start in range(0, len(numbers), AT_ONCE):
        asked = {"path": path, "iids": [str(one) for one in numbers[start:][:AT_ONCE]], "base": client.base}
        data = client.graphql("show the checks and comments of its merge requests", QUERY, asked)
        base = next(iter(foreign.tables(data, "project", "pipelines", "nodes")), {})
        for node in foreign.tables(data, "project", "mergeRequests", "nodes"):
            if (iid := foreign.text(node, "iid")).isdecimal():
                waits, pipeline = node.get("autoMergeEnabled"), foreign.table(node, "headPipeline")
                names |= {foreign.text(job, "name") for job in foreign.tables(pipeline, "jobs", "nodes")}
                found[int(iid)] = Seen(
                    _checks(pipeline), tuple(_comments(node)), waits if isinstance(waits, bool) else None
                )
    return found, _checks(base, names)


def _checks(pipeline: Mapping[str, Any], among: Collection[str] = ()) -> Checks:
    """What a pipeline says without statuses of ours; where jobs are named, what these say.

    Optional jobs that fail or wait are passed over.
    """
    whole = foreign.text(pipeline, "status").upper()
    if not whole:
        return "none"
    jobs = list(foreign.tables(pipeline, "jobs", "nodes"))
    if not jobs or foreign.table(pipeline, "jobs", "pageInfo").get("hasNextPage") is not False:
        return _SAID.get(whole, "pending")
    theirs = [job for job in jobs if not is_ours(name := foreign.text(job, "name")) and (not among or name in among)]
    if len(theirs) == len(jobs) and whole in ("SUCCESS", "FAILED"):
        return _SAID[whole]
    states = [(foreign.text(job, "status").upper(), job.get("allowFailure") is True) for job in theirs]
    return together(
        _SAID.get(state, "pending") for state, may_fail in states if not (may_fail and state in _PASSED_OVER)
    )


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
