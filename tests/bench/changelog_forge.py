"""A GitHub with a long history: a merged pull request for each tenth commit of it, in a process of its own.

python -m tests.bench.changelog_forge FOLDER HISTORY
    serves the history of the bare repository HISTORY as shop/site; prints what its CI's environment has, as JSON; then
    for each line it is sent, how many requests it was asked since; ends with its input

The fake's answers to queries are remembered by their bytes: asked again, they cost what they would on another machine.
"""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from maintainer.text import description
from tests.bench.commit_history import START
from tests.forges.github import GithubFake
from tests.forges.github_world import Issue, Label, Pull, Repository
from tests.forges.server import stamp
from tests.loopback import Reply, Request

NAME = "shop/site"
#: Which commits of `commit_history` end with a number, or merge a branch.
EACH = 10
_WORDS = "Guests asked for it in the shop's survey, and the checkout is where they leave. "
_UPDATE = (("composer.json", "wp-plugin/woocommerce", "10.3.0", "10.3.1"),)


class Remembering(GithubFake):
    """Only what is asked by GraphQL is remembered; nobody writes."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self._told: dict[bytes, Reply] = {}

    def _graphql(self, request: Request) -> Reply:
        if request.body not in self._told:
            reply = super()._graphql(request)
            self._told[request.body] = Reply(reply.status, reply.encoded(), reply.headers)
        return self._told[request.body]


def main(folder: str, history: str) -> None:
    with Remembering(Path(folder)) as forge:
        repository = forge.add_repository(NAME)
        subprocess.run(["git", "push", "-q", "--force", repository.git.path, "main"], cwd=history, check=True)
        repository.heads = repository.git.branches()
        _merge(forge, repository)
        environment = {
            "MAINTAINER_PLATFORM": "github",
            "MAINTAINER_REPOSITORY": NAME,
            "MAINTAINER_TOKEN": forge.token(),
            "GITHUB_API_URL": forge.url,
            "GITHUB_SERVER_URL": forge.origin,
        }
        print(json.dumps(environment), flush=True)
        known = 0
        for _ in sys.stdin:
            print(len(forge.requests) - known, flush=True)
            known = len(forge.requests)


def _merge(forge: GithubFake, repository: Repository) -> None:
    """Put the pull requests there, as people merged them."""
    for login in ("ada", "bob"):
        forge.world.account(login, role="write")
    repository.labels = {name: Label(forge.world.id(), name) for name in ("maintainer", "shop")}
    for row in repository.git.git("log", "--reverse", "--format=%H %at %P", "main").splitlines():
        sha, seconds, *parents = row.split()
        repository.known.add(sha)
        number, rest = divmod(int(seconds) - START, 60)
        if rest or number % EACH:
            continue
        ours = number % 100 == 0
        at = stamp(datetime.fromtimestamp(int(seconds), UTC) + timedelta(minutes=5))
        branch = f"maintainer/woocommerce-{number}" if ours else f"topic-{number}"
        pull = Pull(NAME, branch, parents[-1] if parents else sha, "main", parents[0] if parents else sha,
                    merged=at, merged_by="ada", merge_commit=sha, owner="shop")  # fmt: skip
        repository.issues[number] = Issue(
            forge.world.id(), number, f"feat: change {number} of the shop", _body(number, ours=ours), "bob", at, at,
            "closed", closed=at, closed_by="ada", labels=["maintainer"] if ours else ["shop"], pull=pull,
        )  # fmt: skip
    forge.now = datetime.now(UTC)


def _body(number: int, *, ours: bool) -> str:
    """A thousand characters, as people write them: some say what is to be done, or restate the commit."""
    body = f"## Why\n\n{_WORDS * 10}\n\n## How\n\n- [x] tests\n- [ ] docs\n\nCloses #{number - 1}.\n"
    if number % 200 == 10:
        body += f"\n## Required actions\n\n- [ ] Renew key {number}.\n"
    if number % 500 == 20:
        body += f"\nBEGIN_COMMIT_OVERRIDE\nfix(tax): number {number} is rounded\nEND_COMMIT_OVERRIDE\n"
    if ours:
        mark = description.Mark(_UPDATE, f"maintainer/woocommerce-{number}")
        return description.compose(body, mark)
    return body


@contextmanager
def serving(folder: Path, history: Path) -> Iterator["Serving"]:
    """Such a forge, while it is needed."""
    argv = [sys.executable, "-m", "tests.bench.changelog_forge", str(folder), str(history)]
    with subprocess.Popen(argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as server:
        try:
            yield Serving(server)
        finally:
            assert server.stdin
            server.stdin.close()
            server.wait(30)


class Serving:
    def __init__(self, server: "subprocess.Popen[str]") -> None:
        self._server = server
        self.environment: dict[str, str] = json.loads(self._line())

    def requests(self) -> int:
        """How many there were since it was asked last."""
        assert self._server.stdin
        self._server.stdin.write("\n")
        self._server.stdin.flush()
        return int(self._line())

    def _line(self) -> str:
        assert self._server.stdout
        return self._server.stdout.readline()


if __name__ == "__main__":
    main(*sys.argv[1:])
