"""npm's `emulate` as a GitHub that others wrote, with git beside it.

emulate serves no git and no GraphQL. So a server of ours stands before it:

* pushes and fetches go to a real bare repository through the real `git http-backend`; each commit that was pushed is
  then made in emulate through its git data API, where it gets the same SHA, and the branch is moved there;
* the one GraphQL query that asks who we are is answered here; any other goes on to emulate, which has none;
* all else goes on to emulate as it is, and its answers come back as they are.

So what holds here shows that our REST calls are understood by an implementation of GitHub that is not ours. It shows
nothing of pushes, which are git's own, nor of GraphQL.
"""

import os
import socket
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, cast

import requests

from maintainer.platforms.base import Draft
from maintainer.process import minimal
from maintainer.workspace.remote import Remote
from tests.forges.git_server import GitServer, Push
from tests.forges.repository import NOTHING, BareRepository
from tests.forges.server import WRITES, ForgeServer
from tests.loopback import Reply, Request
from tests.platforms import github_site
from tests.platforms.contract import Place, Run, Shown
from tests.platforms.contract_places import EVERYTHING, FILES, crowded

EMULATE = Path(__file__).parents[2] / ".cache/npm/node_modules/.bin/emulate"
REST, GRAPHQL = "/api/v3", "/api/graphql"
#: Who owns the repository, who we are, who may write, and who may read.
PEOPLE = {"shop": "", "maintainer-bot": "push", "ada": "push", "mallory": "pull"}
#: Ours looks like an App's, so that verdicts are posted as checks: emulate has no statuses.
TOKENS = {login: f"ghs_{login}" if login == "maintainer-bot" else f"token-of-{login}" for login in PEOPLE}
USERS = ", ".join(f"{{login: {login}}}" for login in PEOPLE)
_LINES = "\n".join(f"  {token}: {{login: {login}, scopes: [repo, workflow]}}" for login, token in TOKENS.items())
SEED = f"tokens:\n{_LINES}\ngithub:\n  users: [{USERS}]\n"

_NOT_LISTED = "closed and merged pull requests are found in the list of issues by their label; emulate lists none there"
_NO_COMMENTS = "the comments of a repository are one list; emulate takes `comments` for an issue's number"
_NO_GRAPHQL = "emulate has no GraphQL, by which checks and merged pull requests are read and auto-merge is set"
_NO_BYTES = "emulate keeps how large a file of a release is, not what is in it"
#: The laws that can't hold on emulate 0.11.2, and why not.
DEFECTS: dict[str, str] = {
    "closed_by_us_it_is_gone_and_blocks_nothing": _NOT_LISTED,
    "closed_twice_it_is_closed_once": _NOT_LISTED,
    "closed_on_a_persons_word_it_stays_refused": _NOT_LISTED,
    "closed_by_a_person_it_stays_refused": _NOT_LISTED,
    "allowed_again_it_blocks_nothing": _NOT_LISTED,
    "merged_is_merged": _NOT_LISTED,
    "merged_by_squashing_it_is_merged": _NOT_LISTED,
    "merged_since_tells_those_merged_by_then": _NOT_LISTED,
    "settling_again_changes_nothing": _NOT_LISTED,
    "reopened_by_a_person_it_is_theirs_to_close": _NOT_LISTED,
    "a_deleted_branch_closes_it": "GitHub closes a pull request whose branch is deleted; emulate leaves it open",
    "nobody_checks_what_nobody_checks": _NO_GRAPHQL,
    "what_others_check_is_told": _NO_GRAPHQL,
    "our_own_verdict_is_no_check": _NO_GRAPHQL,
    "the_forge_merges_by_itself_what_something_holds_back": _NO_GRAPHQL,
    "who_may_write_is_heard": _NO_COMMENTS,
    "who_may_only_read_is_not_heard": _NO_COMMENTS,
    "only_a_line_of_its_own_asks_for_something": _NO_COMMENTS,
    "what_was_asked_is_told_until_it_is_done_oldest_first": _NO_COMMENTS,
    "a_ticked_box_asks_too": _NO_COMMENTS,
    "files_stand_beside_a_release": _NO_BYTES,
    "a_file_with_other_bytes_takes_its_place": _NO_BYTES,
    "what_we_proposed_is_told_once_it_is_merged": _NO_GRAPHQL,
    "what_anyone_merged_is_told_whole": _NO_GRAPHQL,
    "of_a_squash_the_commit_it_made_is_told": _NO_GRAPHQL,
    "only_what_was_merged_into_the_base_branch_is_told": _NO_GRAPHQL,
    "nobody_speaks_for_us_in_a_description": _NO_GRAPHQL,
    "what_was_commented_on_lately_was_not_merged_lately": _NO_GRAPHQL,
    "open_issues_with_the_label_are_told_oldest_first": _NO_GRAPHQL,
}


class Front(ForgeServer):
    """GitHub as we are told of it: emulate's REST API, real git, and who we are."""

    def __init__(self) -> None:
        super().__init__()
        self.url, self.git_url = self.origin + REST, self.origin
        #: Where emulate listens.
        self.behind = ""
        self.git: BareRepository | None = None
        self._git = GitServer(self._found, lambda _: None, lambda _: None, self._pushed)

    def _found(self, path: str) -> BareRepository | None:
        return self.git if path == "shop/site" else None

    def answer(self, request: Request) -> Reply:
        if GitServer.serves(request.path):
            return self._git.answer(request)
        if request.path == GRAPHQL and b"query viewer" in request.body:
            return Reply(200, {"data": {"viewer": {"login": "maintainer-bot"}}})
        path = request.path.removeprefix(REST)
        written = request.method in WRITES and not request.path.startswith(GRAPHQL)
        reply = self.passed(request, path)
        if written and reply.status < 400:
            self.after_write(f"{request.method} {path}")
        return reply

    def passed(self, request: Request, path: str) -> Reply:
        """On to emulate, and its answer."""
        kept = ("authorization", "accept", "content-type", "if-none-match")
        headers = {name: value for name, value in request.headers.items() if name in kept}
        query = f"?{request.query}" if request.query else ""
        said = requests.request(
            request.method, self.behind + path + query, headers=headers, data=request.body, timeout=10
        )
        back = {name: said.headers[name] for name in ("Link", "ETag", "Content-Type") if name in said.headers}
        if "Link" in back:
            back["Link"] = back["Link"].replace(self.behind, self.url)
        return Reply(said.status_code, said.content, back)

    def speak(self, login: str, method: str, path: str, body: Mapping[str, Any] | None = None) -> Any:
        """What emulate answers to this person, at a path below the repository (or a whole one). Fails if it refuses."""
        whole = path if path.startswith("/user") else f"/repos/shop/site{path}"
        headers = {"Authorization": f"token {TOKENS[login]}"}
        said = requests.request(method, self.behind + whole, headers=headers, json=body, timeout=10)
        assert said.status_code < 400, f"emulate: {method} {whole}: {said.status_code} {said.text}"
        return said.json() if said.content else None

    # Git and emulate in step

    def _pushed(self, push: Push) -> None:
        for update in push.updates:
            if update.branch:
                self.moved(update.branch, update.new)
        self.after_write(push.description())

    def moved(self, branch: str, commit: str) -> None:
        """Have emulate's branch where git's is, with all its commits."""
        assert self.git
        refs = {one["ref"]: one["object"]["sha"] for one in self.speak("shop", "GET", "/git/matching-refs/heads/")}
        ref = f"refs/heads/{branch}"
        if commit == NOTHING:
            self.speak("shop", "DELETE", f"/git/{ref}")
            return
        known = [f"^{sha}" for sha in refs.values() if self.git.sha(sha)]
        for sha in self.git.git("rev-list", "--reverse", commit, *known).split():
            self._made(sha)
        if ref in refs:
            self.speak("shop", "PATCH", f"/git/{ref}", {"sha": commit, "force": True})
        else:
            self.speak("shop", "POST", "/git/refs", {"ref": ref, "sha": commit})

    def _made(self, sha: str) -> None:
        assert self.git
        files = [
            {"path": path, "mode": "100644", "type": "blob", "content": (self.git.read(sha, path) or b"").decode()}
            for path in self.git.files(sha)
        ]
        tree = self.speak("shop", "POST", "/git/trees", {"tree": files})["sha"]
        told = self.git.git("show", "--no-patch", "--format=%an%n%ae%n%aI%n%cn%n%ce%n%cI%n%P%n%B", sha).split("\n", 7)
        who = [dict(zip(("name", "email", "date"), told[at : at + 3], strict=True)) for at in (0, 3)]
        body = {"message": told[7].rstrip("\n"), "tree": tree, "parents": told[6].split()}
        made = self.speak("shop", "POST", "/git/commits", body | {"author": who[0], "committer": who[1]})
        assert made["sha"] == sha, "emulate and git name the same commit differently"

    def fetched(self, branch: str) -> None:
        """Have git's branch where emulate's is, after a merge there."""
        assert self.git
        sha = self.speak("shop", "GET", f"/git/ref/heads/{branch}")["object"]["sha"]
        told = self.speak("shop", "GET", f"/git/commits/{sha}")
        lines = [f"tree {told['tree']['sha']}", *(f"parent {one['sha']}" for one in told["parents"])]
        for role in ("author", "committer"):
            when = int(time.mktime(time.strptime(told[role]["date"][:19] + "UTC", "%Y-%m-%dT%H:%M:%S%Z")))
            lines.append(f"{role} {told[role]['name']} <{told[role]['email']}> {when - time.timezone} +0000")
        text = "\n".join([*lines, "", told["message"], ""])
        done = self.git._run(self.git.path, "hash-object", "-w", "-t", "commit", "--stdin", stdin=text.encode())
        assert done.text.strip() == sha, "emulate and git name the same commit differently"
        self.git.update_ref(f"refs/heads/{branch}", sha)


@dataclass
class Running:
    """emulate, and the server before it; a new repository for each law."""

    front: Front

    @contextmanager
    def site(self, folder: Path) -> Iterator["EmulatePlace"]:
        front = self.front
        front.git = BareRepository.create(folder / "forge/site.git")
        front.git.commit("main", FILES, "The site\n")
        front.speak("shop", "POST", "/user/repos", {"name": "site", "auto_init": False})
        for login, permission in PEOPLE.items():
            if permission:
                front.speak("shop", "PUT", f"/collaborators/{login}", {"permission": permission})
        front.moved("main", front.git.branches()["main"])
        try:
            yield EmulatePlace(front, folder)
        finally:
            front.speak("shop", "DELETE", "")


@contextmanager
def running(folder: Path) -> Iterator[Running]:
    """emulate in a process of its own until the end of the block."""
    (folder / "seed.yaml").write_text(SEED)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with Front() as front:
        front.behind = f"http://127.0.0.1:{port}"
        argv = [str(EMULATE), "start", "--service", "github", "--port", str(port), "--seed", "seed.yaml"]
        argv += ["--base-url", front.url]
        process = subprocess.Popen(argv, cwd=folder, env=minimal(os.environ), stdout=subprocess.DEVNULL)
        try:
            for _ in range(100):
                try:
                    requests.get(front.behind, timeout=5)
                    break
                except requests.ConnectionError:
                    time.sleep(0.1)
            yield Running(front)
        finally:
            process.terminate()
            process.wait(10)


@dataclass
class Site(github_site.Site):
    """As on our fake, where commits end their messages as emulate wants them."""

    def commit(self, text: str, path: str = "package.json") -> str:
        git = cast(Front, self.forge).git
        assert git
        commit = git.commit("scratch", {path: text}, f"{text}\n", by="maintainer", onto="main")
        git.delete_ref("refs/heads/scratch")
        Remote(self.git, str(git.path)).fetch({"refs/heads/main": git.branches()["main"]})
        self.git.run("fetch", "--quiet", str(git.path), commit)
        return commit


@dataclass
class _Repository:
    """What `github_site.Site` asks of a repository."""

    git: BareRepository
    default_branch: str = "main"


class EmulatePlace(Place):
    has = EVERYTHING

    def __init__(self, front: Front, folder: Path) -> None:
        assert front.git
        self.front = front
        repository = _Repository(front.git)
        front.repository = lambda _: repository  # type: ignore[attr-defined]
        self.site = Site(cast(Any, front), folder, who=TOKENS["maintainer-bot"])

    @property
    def git(self) -> BareRepository:
        assert self.front.git
        return self.front.git

    def _ada(self, method: str, path: str, body: Mapping[str, Any] | None = None) -> Any:
        return self.front.speak("ada", method, path, body)

    def run(self) -> Run:
        made = self.site.run()
        return Run(made.proposals, made.board, made.releases)

    def draft(self, version: str = "2.0.0", package: str = "react", body: str = "", **more: Any) -> Draft:
        return self.site.draft(version, package, body, **more)

    def writes(self, act: Callable[[], object]) -> list[str]:
        return self.site.writes(act)

    def refs(self) -> Mapping[str, str]:
        return self.git.branches()

    def push(self, branch: str, files: Mapping[str, str], *, onto: str | None = None, amend: bool = False) -> str:
        commit = self.git.commit(branch, files, "A change by hand\n", onto=onto, amend=amend)
        self.front.moved(branch, commit)
        return commit

    def restore(self, branch: str, commit: str) -> None:
        self.git.update_ref(f"refs/heads/{branch}", commit)
        self.front.moved(branch, commit)

    def delete_branch(self, branch: str) -> None:
        self.git.delete_ref(f"refs/heads/{branch}")
        self.front.moved(branch, NOTHING)

    def merge(self, number: int, how: str = "merge") -> None:
        self._ada("PUT", f"/pulls/{number}/merge", {"merge_method": how})
        self.front.fetched("main")

    def close(self, number: int) -> None:
        self._ada("PATCH", f"/pulls/{number}", {"state": "closed"})

    def reopen(self, number: int) -> None:
        self._ada("PATCH", f"/pulls/{number}", {"state": "open"})

    def crowd(self, count: int) -> None:
        commit = self.push("crowd", {"package.json": "2.0.0"})
        for number in range(1, count + 1):
            branch, body = crowded(number)
            self.git.update_ref(f"refs/heads/{branch}", commit)
            self._ada("POST", "/git/refs", {"ref": f"refs/heads/{branch}", "sha": commit})
            self._ada("POST", "/pulls", {"title": "Ours", "head": branch, "base": "main", "body": body})

    def edit(self, number: int, *, title: str | None = None, body: str | None = None) -> None:
        wanted = {name: value for name, value in (("title", title), ("body", body)) if value is not None}
        self._ada("PATCH", f"/pulls/{number}", wanted)

    def label(self, number: int, name: str) -> None:
        self._ada("POST", f"/issues/{number}/labels", {"labels": [name]})

    def unlabel(self, number: int, name: str) -> None:
        self._ada("DELETE", f"/issues/{number}/labels/{name}")

    def comment(self, number: int, text: str, by: str = "ada") -> None:
        self.front.speak(by, "POST", f"/issues/{number}/comments", {"body": text})

    def open_issue(self, title: str, text: str, label: str) -> int:
        return int(self._ada("POST", "/issues", {"title": title, "body": text, "labels": [label]})["number"])

    def edit_issue(self, number: int, text: str) -> None:
        self._ada("PATCH", f"/issues/{number}", {"body": text})

    def close_issue(self, number: int) -> None:
        self._ada("PATCH", f"/issues/{number}", {"state": "closed"})

    def checked(self, branch: str, said: Literal["pending", "success", "failure"]) -> None:
        end = {"status": "in_progress"} if said == "pending" else {"status": "completed", "conclusion": said}
        self._ada("POST", "/check-runs", {"name": "tests", "head_sha": self.git.branches()[branch]} | end)

    def held_back(self) -> None:
        checks = {"strict": False, "contexts": ["ci/tests"]}
        wanted = {"required_status_checks": checks, "enforce_admins": None, "required_pull_request_reviews": None}
        self.front.speak("shop", "PUT", "/branches/main/protection", wanted | {"restrictions": None})

    def tag(self, name: str) -> str:
        commit = self.git.branches()["main"]
        self.front.speak("shop", "POST", "/git/refs", {"ref": f"refs/tags/{name}", "sha": commit})
        return commit

    def propose(self, branch: str, title: str, body: str = "", base: str = "main") -> int:
        wanted = {"title": title, "head": branch, "base": base, "body": body}
        return int(self._ada("POST", "/pulls", wanted)["number"])

    def milestone(self, title: str) -> None:
        self._ada("POST", "/milestones", {"title": title})

    def milestones(self) -> Mapping[str, str]:
        return {one["title"]: one["state"] for one in self._ada("GET", "/milestones?state=all")}

    def file(self, tag: str, name: str) -> bytes:
        listed = self._ada("GET", f"/releases/tags/{tag}")["assets"]
        (found,) = (one for one in listed if one["name"] == name)
        headers = {"Authorization": f"token {TOKENS['ada']}", "Accept": "application/octet-stream"}
        url = f"{self.front.behind}/repos/shop/site/releases/assets/{found['id']}"
        return requests.get(url, headers=headers, timeout=10).content

    def shown(self, number: int = 1) -> Shown:
        pull = self._ada("GET", f"/pulls/{number}")
        said = tuple(one["body"] for one in self._ada("GET", f"/issues/{number}/comments"))
        labels = frozenset(label["name"] for label in pull["labels"])
        state = "merged" if pull["merged"] else pull["state"]
        return Shown(pull["title"], pull["body"] or "", state, pull["base"]["ref"], labels, pull["draft"], said)

    def issue(self, number: int) -> Shown:
        found = self._ada("GET", f"/issues/{number}")
        labels = frozenset(label["name"] for label in found["labels"])
        return Shown(found["title"], found["body"] or "", found["state"], labels=labels)

    def verdicts(self, commit: str) -> Sequence[tuple[str, str]]:
        """Those of checks: emulate has no statuses."""
        found = self._ada("GET", f"/commits/{commit}/check-runs")["check_runs"]
        found = sorted(found, key=lambda one: one["id"])
        return sorted({one["name"]: one["conclusion"] or "pending" for one in found}.items())
