"""The fake GitHub beside npm's `emulate`, an independent one: the same script, the same statuses and shapes.

Where the two differ, GitHub's documentation decides, and the entry in `KNOWN` says what it decided.
"""

import os
import socket
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import requests

from maintainer.process import minimal
from tests.forges.github import GithubFake

EMULATE = Path(__file__).parents[2] / ".cache/npm/node_modules/.bin/emulate"
SEED = """
tokens:
  secret: {login: ada, scopes: [repo, workflow]}
github:
  users: [{login: ada}]
  repos: [{owner: ada, name: site, auto_init: true}]
"""


@dataclass(frozen=True)
class Step:
    """A request below `/repos/ada/site`. `{x}` in path and body are what earlier steps `keep` of their answers."""

    name: str
    method: str
    path: str
    body: dict[str, Any] = field(default_factory=dict)
    keep: tuple[tuple[str, str], ...] = ()


SCRIPT = (
    Step("repository", "GET", ""),
    Step("branch", "GET", "/branches/main", keep=(("main", "commit.sha"),)),
    Step("commit", "GET", "/git/commits/{main}", keep=(("tree", "tree.sha"),)),
    Step("blob", "POST", "/git/blobs", {"content": "new", "encoding": "utf-8"}, (("blob", "sha"),)),
    Step(
        "tree made",
        "POST",
        "/git/trees",
        {"base_tree": "{tree}", "tree": [{"path": "a.txt", "mode": "100644", "type": "blob", "sha": "{blob}"}]},
        (("new tree", "sha"),),
    ),
    Step("tree", "GET", "/git/trees/{new tree}"),
    Step(
        "commit made",
        "POST",
        "/git/commits",
        {"message": "Update", "tree": "{new tree}", "parents": ["{main}"]},
        (("new", "sha"),),
    ),
    Step("ref made", "POST", "/git/refs", {"ref": "refs/heads/maintainer/x", "sha": "{new}"}),
    Step("ref made twice", "POST", "/git/refs", {"ref": "refs/heads/maintainer/x", "sha": "{new}"}),
    Step("ref", "GET", "/git/ref/heads/maintainer/x"),
    Step("refs", "GET", "/git/matching-refs/heads/maintainer"),
    Step("ref moved back", "PATCH", "/git/refs/heads/maintainer/x", {"sha": "{main}"}),
    Step("file", "GET", "/contents/a.txt?ref=maintainer/x"),
    Step("no file", "GET", "/contents/gone.txt"),
    Step("pull opened", "POST", "/pulls", {"title": "T", "body": "B", "head": "maintainer/x", "base": "main"}),
    Step("pull opened twice", "POST", "/pulls", {"title": "T", "head": "maintainer/x", "base": "main"}),
    Step("pull of nothing", "POST", "/pulls", {"title": "T", "head": "gone", "base": "main"}),
    Step("pulls", "GET", "/pulls?state=open"),
    Step("pull", "GET", "/pulls/1"),
    Step("no pull", "GET", "/pulls/99"),
    Step("pull edited", "PATCH", "/pulls/1", {"title": "U", "body": "C"}),
    Step("pull's files", "GET", "/pulls/1/files"),
    Step("labels added", "POST", "/issues/1/labels", {"labels": ["maintainer"]}),
    Step("labels", "GET", "/labels"),
    Step("label removed", "DELETE", "/issues/1/labels/maintainer"),
    Step("commented", "POST", "/issues/1/comments", {"body": "hello"}, (("comment", "id"),)),
    Step("comment edited", "PATCH", "/issues/comments/{comment}", {"body": "bye"}),
    Step("comments", "GET", "/issues/1/comments"),
    Step("all comments", "GET", "/issues/comments"),
    Step("status", "POST", "/statuses/{new}", {"state": "success", "context": "ci"}),
    Step("combined status", "GET", "/commits/{new}/status"),
    Step("issue opened", "POST", "/issues", {"title": "I", "body": "B"}, (("issue", "number"),)),
    Step("issue closed", "PATCH", "/issues/{issue}", {"state": "closed"}),
    Step("issues", "GET", "/issues?state=all"),
    Step("milestone", "POST", "/milestones", {"title": "June"}, (("milestone", "number"),)),
    Step("milestone closed", "PATCH", "/milestones/{milestone}", {"state": "closed"}),
    Step("open milestones", "GET", "/milestones?state=open"),
    Step("all milestones", "GET", "/milestones?state=all"),
    Step("permission", "GET", "/collaborators/ada/permission"),
    Step("merged with another head", "PUT", "/pulls/1/merge", {"sha": "{main}"}),
    Step("merged", "PUT", "/pulls/1/merge", {"merge_method": "squash"}),
    Step("merged twice", "PUT", "/pulls/1/merge", {}),
    Step("release", "POST", "/releases", {"tag_name": "v1", "name": "One", "body": "Notes"}),
    Step("releases", "GET", "/releases", keep=(("release", "0.id"),)),
    Step("release of a tag", "GET", "/releases/tags/v1"),
    Step("release of no tag", "GET", "/releases/tags/v99"),
    Step("release edited", "PATCH", "/releases/{release}", {"body": "More notes", "tag_name": "v1"}),
    Step("files of a release", "GET", "/releases/{release}/assets"),
    Step("tag", "GET", "/git/ref/tags/v1"),
    Step("no tag", "GET", "/git/ref/tags/v99"),
    Step("tags", "GET", "/tags"),
    Step("ref deleted", "DELETE", "/git/refs/heads/maintainer/x"),
    Step("no repository", "GET", "/../gone"),
)

#: Steps where the two differ, with what GitHub documents.
KNOWN: dict[str, str] = {
    "blob": "creating a blob answers its address and SHA alone (`short-blob`); emulate adds more",
    "pull opened twice": "422 'A pull request already exists'; emulate opens a second one",
    "pull of nothing": "422 for a head that is no branch; emulate opens it",
    "pulls": "a list has `pull-request-simple`; emulate gives whole ones",
    "all comments": "a repository's comments are one list; emulate takes `comments` for an issue's number",
    "status": "emulate has no commit statuses",
    "combined status": "emulate has no commit statuses",
    "merged with another head": "409 when the head is another; emulate says 422",
    "tag": "a release that is published makes its tag; emulate makes none",
    "merged twice": "405 for what can't be merged; emulate says 422",
}


@dataclass(frozen=True)
class Answer:
    status: int
    body: Any


def played(url: str, token: str) -> dict[str, Answer]:
    """The answers by step."""
    kept: dict[str, Any] = {}
    found = {}
    with requests.Session() as session:
        session.headers["Authorization"] = f"token {token}"
        for step in SCRIPT:
            body = _filled(step.body, kept) or None
            reply = session.request(step.method, url + _filled(step.path, kept), json=body, timeout=10)
            data = reply.json() if reply.content else None
            found[step.name] = Answer(reply.status_code, data)
            for name, place in step.keep:
                value: Any = data
                for part in place.split("."):
                    value = value[int(part) if part.isdecimal() else part]
                kept[name] = value
    return found


def _filled(value: Any, kept: dict[str, Any]) -> Any:
    if isinstance(value, str):
        for name, known in kept.items():
            value = value.replace("{" + name + "}", str(known))
        return value
    if isinstance(value, list):
        return [_filled(item, kept) for item in value]
    if isinstance(value, dict):
        return {name: _filled(item, kept) for name, item in value.items()}
    return value


def missing(theirs: Any, ours: Any, place: str = "") -> Iterator[str]:
    """What the one's answer has and the other's lacks, or has of another type."""
    if isinstance(theirs, dict) and isinstance(ours, dict):
        for name, value in theirs.items():
            if name not in ours:
                yield f"{place}.{name}"
            else:
                yield from missing(value, ours[name], f"{place}.{name}")
    elif isinstance(theirs, list) and isinstance(ours, list):
        if theirs and ours:
            yield from missing(theirs[0], ours[0], f"{place}[]")
    elif theirs is not None and ours is not None and type(theirs) is not type(ours):
        yield f"{place}: {type(theirs).__name__}, not {type(ours).__name__}"


@pytest.fixture(scope="module")
def emulate(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("emulate")
    (folder / "seed.yaml").write_text(SEED)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    url = f"http://127.0.0.1:{port}"
    argv = [str(EMULATE), "start", "--service", "github", "--port", str(port), "--seed", "seed.yaml", "--base-url", url]
    running = subprocess.Popen(argv, cwd=folder, env=minimal(os.environ), stdout=subprocess.DEVNULL)
    try:
        for _ in range(100):
            try:
                requests.get(url, timeout=5)
                break
            except requests.ConnectionError:
                time.sleep(0.1)
        yield url
    finally:
        running.terminate()
        running.wait(10)


@pytest.fixture(scope="module")
def both(emulate: str, tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, Answer], dict[str, Answer]]:
    """What emulate answered, and what the fake did."""
    with GithubFake(tmp_path_factory.mktemp("fake")) as forge:
        forge.add_repository("ada/site", {"README.md": "# site\n"}, private=False, organisation=False)
        ours = played(f"{forge.url}/repos/ada/site", forge.token("ada", "pat"))
    return played(f"{emulate}/repos/ada/site", "secret"), ours


@pytest.mark.parametrize("name", [step.name for step in SCRIPT])
def test_both_answer_alike(both: tuple[dict[str, Answer], dict[str, Answer]], name: str) -> None:
    theirs, ours = both[0][name], both[1][name]
    differences = [f"status {theirs.status}, not {ours.status}"] if theirs.status != ours.status else []
    if not differences and theirs.status < 400:
        differences = list(missing(theirs.body, ours.body))
    if name in KNOWN:
        assert differences, f"emulate has learned this: {KNOWN[name]}"
    else:
        assert not differences
