"""What checks say of commits, asked for all at once; and our own verdicts, posted as checks or as statuses."""

import json
from collections.abc import Iterable, Mapping, Sequence
from hashlib import sha256
from typing import Any

from maintainer import errors
from maintainer.platforms.base import Annotation, Checks, Status
from maintainer.platforms.github_client import Client
from maintainer.platforms.verdicts import is_ours, named, together
from maintainer.text import inert

#: GitHub takes so many annotations at a time, and so many characters of a status.
ANNOTATIONS, DESCRIPTION = 50, 140
#: Commits in one query, and checks of each: GitHub gives a query ten seconds
#: (https://docs.github.com/en/graphql/overview/rate-limits-and-query-limits-for-the-graphql-api#timeouts).
AT_ONCE, PAGE = 25, 30
#: Stands for the head of the base branch among the numbers of pull requests.
BASE = 0

#: https://docs.github.com/en/graphql/reference/enums#checkconclusionstate; the others are no word about the change.
_CONCLUDED: Mapping[str, Checks] = {
    "SUCCESS": "success",
    "NEUTRAL": "success",
    "SKIPPED": "success",
    "FAILURE": "failure",
}
#: https://docs.github.com/en/graphql/reference/enums#statusstate; by ERROR some say that a change can't be installed.
_STATED: Mapping[str, Checks] = {"SUCCESS": "success", "PENDING": "pending", "EXPECTED": "pending"}

_CHECKS = """query checks($owner: String!, $name: String!) { viewer { login }
  repository(owner: $owner, name: $name) { %s } }"""
_PULL = "p%d: pullRequest(number: %d) { commits(last: 1) { nodes { commit { %s } } } }"
_BASE = "p0: defaultBranchRef { target { ... on Commit { %s } } }"
_COMMIT = """oid statusCheckRollup { state contexts(first: %d%s) { pageInfo { hasNextPage endCursor } nodes { __typename
    ... on CheckRun { name status conclusion externalId }
    ... on StatusContext { context state description targetUrl } } } }"""

#: A check's name, empty where it may not be seen, and what it says.
Said = tuple[str, Checks]


class Verdicts:
    """Of one repository. What a query told is not posted again."""

    def __init__(self, client: Client) -> None:
        self._client = client
        #: What the checks that pull requests have too say of the base branch's head, as of the last `read`.
        self.base: Checks = "none"
        #: (commit, name) -> state, sentence and address of our statuses; or the key of a check that is finished.
        self._posted: dict[tuple[str, str], tuple[str, str, str] | str] = {}
        self._writes_checks = client.kind in ("actions", "installation")

    def read(self, numbers: Iterable[int]) -> dict[int, Checks]:
        """What all checks but ours say of the head of each pull request; `base` is told along."""
        asked = dict.fromkeys(numbers, "")
        if not asked:
            return {}
        asked = {BASE: "", **asked}
        found: dict[int, list[Said]] = {number: [] for number in asked}
        while asked:
            part = dict(list(asked.items())[:AT_ONCE])
            for number, (said, cursor) in self._page(part).items():
                found[number] += said
                asked.pop(number)
                if cursor:
                    asked[number] = cursor
        base = found.pop(BASE)
        # Jobs by the clock, our own among them, run on the base branch alone and say nothing of a change.
        shared = {name for said in found.values() for name, _ in said}
        self.base = together(verdict for name, verdict in base if name in shared)
        return {number: together(verdict for _, verdict in said) for number, said in found.items()}

    def post(self, status: Status, annotations: Sequence[Annotation]) -> None:
        name = named(status.name)
        if self._writes_checks:
            try:
                self._post_check(status, name, annotations)
                return
            except errors.AccessDenied:
                self._writes_checks = False  # the permission is missing: a status says the same, without annotations
        sentence = inert.subject(status.sentence, DESCRIPTION)
        wanted = (status.state, sentence, status.url)
        if self._posted.get((status.commit, name)) == wanted:
            return
        asked = {"state": status.state, "description": sentence, "context": name}
        asked |= {"target_url": status.url} if status.url else {}
        repository = self._client.repository
        self._client.requester.requestJsonAndCheck("POST", f"{repository.url}/statuses/{status.commit}", input=asked)
        self._posted[status.commit, name] = wanted

    def _page(self, asked: Mapping[int, str]) -> dict[int, tuple[list[Said], str]]:
        """What is said, and the next page's cursor, by number."""
        owner, _, name = self._client.repository.full_name.partition("/")
        parts = []
        for number, cursor in asked.items():
            commit = _COMMIT % (PAGE, f", after: {json.dumps(cursor)}" if cursor else "")
            parts.append(_BASE % commit if number == BASE else _PULL % (number, number, commit))
        # A fine-grained token can't be given the permission Checks at all.
        unseen = "contexts" if self._client.kind == "fine-grained" else ""
        answer = self._client.graphql(_CHECKS % "\n".join(parts), unseen=unseen, owner=owner, name=name)
        try:
            return {number: self._told(_head(answer["repository"], number)) for number in asked}
        except (KeyError, TypeError, IndexError):
            raise errors.BadAnswer(
                "GitHub answered the query for checks with something else. Try again later."
            ) from None

    def _told(self, commit: Mapping[str, Any]) -> tuple[list[Said], str]:
        rollup = commit["statusCheckRollup"] if commit else None
        if rollup is None:
            return [], ""
        contexts = rollup["contexts"]
        said: list[Said] = []
        ours: set[Checks] = set()
        for one in filter(None, contexts["nodes"]):
            name = one.get("name") or one.get("context") or ""
            if not is_ours(name):
                said.append((name, _verdict(one)))
                continue
            ours.add(_verdict(one))
            if one["__typename"] == "StatusContext":
                told = (one["state"].lower(), one.get("description") or "", one.get("targetUrl") or "")
                self._posted[commit["oid"], name] = told
            elif one["status"] == "COMPLETED":
                self._posted[commit["oid"], name] = one["externalId"] or ""
        if None in contexts["nodes"]:
            # Of what can't be seen all that is known is what everything says together, ours too.
            whole = _STATED.get(rollup["state"], "failure")
            said.append(("", "pending" if whole in ours - {"success"} else whole))
        page = contexts["pageInfo"]
        return said, page["endCursor"] if page["hasNextPage"] else ""

    def _post_check(self, status: Status, name: str, annotations: Sequence[Annotation]) -> None:
        """A check run for exactly this verdict: one that a killed run began is finished, one that stands is left."""
        listed = [_annotation(one) for one in annotations]
        told = json.dumps([status.state, status.sentence, status.url, listed])
        key = sha256(told.encode()).hexdigest()[:32]
        if self._posted.get((status.commit, name)) == key:
            return
        over: dict[str, Any] = {"status": "completed", "conclusion": status.state}
        end: dict[str, Any] = {"status": "in_progress"} if status.state == "pending" else over
        batches = [listed[at : at + ANNOTATIONS] for at in range(0, len(listed), ANNOTATIONS)] or [[]]
        repository = self._client.repository
        run = None
        if not (status.anew and len(batches) == 1):
            known = repository.get_commit(status.commit).get_check_runs(check_name=name)
            run = next((one for one in known if one.external_id == key), None)
        if run is None:
            create: Any = repository.create_check_run
            about = {"external_id": key} | ({"details_url": status.url} if status.url else {})
            more = end if len(batches) == 1 else {"status": "in_progress"}
            run = create(name, status.commit, output=_output(status, batches[0]), **about, **more)
            done = 1
        else:
            done = -(-run.output.annotations_count // ANNOTATIONS)
            if done >= len(batches) and run.status == "in_progress" and status.state != "pending":
                run.edit(**end)
        for at, batch in enumerate(batches[done:], done + 1):
            run.edit(output=_output(status, batch), **(end if at == len(batches) else {}))
        self._posted[status.commit, name] = key


def _head(repository: Mapping[str, Any], number: int) -> Mapping[str, Any]:
    """The head of a pull request, or of the base branch; nothing where there is none."""
    told = repository[f"p{number}"]
    if number == BASE:
        return (told and told["target"]) or {}
    nodes = told["commits"]["nodes"]
    return nodes[0]["commit"] if nodes else {}


def _annotation(one: Annotation) -> dict[str, Any]:
    return {
        "path": one.path.encode("utf-8", "replace").decode(),
        "start_line": max(one.line, 1),
        "end_line": max(one.line, 1),
        "annotation_level": one.level,
        "title": inert.subject(one.title, 255),
        "message": inert.shown(one.sentence)[:60_000],
    }


def _output(status: Status, annotations: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """GitHub shows the summary as Markdown, and all else as it is."""
    title = inert.subject(status.sentence, DESCRIPTION) or status.name
    return {"title": title, "summary": inert.sentence(status.sentence, 60_000), "annotations": list(annotations)}


def _verdict(one: Mapping[str, Any]) -> Checks:
    if one["__typename"] == "CheckRun":
        if one["status"] != "COMPLETED":
            return "pending"
        return _CONCLUDED.get(one["conclusion"], "pending")
    return _STATED.get(one["state"], "failure")
