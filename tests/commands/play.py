"""A site on a forge, what people do there, and runs of `maintainer`: said the same way for GitHub and GitLab.

with play("gitlab", tmp_path) as site:
    site.newer("is-odd", "3.0.1")
    site.run("open npm-is-odd")
    mine = site.push("npm-is-odd", {"notes.txt": "mine"})
    site.run("leave npm-is-odd")
    site.settled()

A branch of ours is named without its `maintainer/`.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from maintainer.text import description
from tests.commands.site import NOW, packument
from tests.commands.stage import REPOSITORY, Forge, Stage, stage
from tests.forges.github_people import Person as GithubPerson
from tests.forges.github_world import AutoMerge, Protection
from tests.forges.gitlab_people import Person as GitlabPerson
from tests.forges.gitlab_world import Protected
from tests.forges.repository import BareRepository
from tests.loopback import Reply, Request

PREFIX = "maintainer/"
ROOT, THEME = "package.json", "themes/own/package.json"
CONFIG = "maintainer.yml"
#: Where the repository is once it was renamed.
MOVED = "shop/new-site"
#: What the site has of each package at first; all of it is the newest there is.
STANDS = {"is-odd": "3.0.0", "sass": "1.70.0", "stylelint": "16.0.0", "vite": "5.0.0", "postcss": "8.4.0"}
TOOLS = ("sass", "stylelint")


def root(odd: str = "3.0.0", **more: str) -> bytes:
    """The site's own package.json; `more` stand right beside is-odd."""
    listed = "".join(f',\n    "{name}": "{version}"' for name, version in more.items())
    return f'{{\n  "dependencies": {{\n    "is-odd": "{odd}"{listed}\n  }}\n}}\n'.encode()


def theme(tools: Mapping[str, str]) -> bytes:
    """The theme's package.json: what it is built with travels together."""
    return (json.dumps({"devDependencies": dict(tools)}, indent=2) + "\n").encode()


FILES: Mapping[str, bytes] = {
    ROOT: root(),
    THEME: theme({name: STANDS[name] for name in TOOLS}),
    "readme.txt": b"Shop\n",
}


@dataclass(frozen=True)
class Shown:
    """A proposal as a forge shows it. `state` is open, closed or merged; `commit` its tree and subject."""

    number: int
    state: str
    branch: str
    title: str
    body: str
    labels: tuple[str, ...]
    base: str
    commit: str
    draft: bool
    reviewers: tuple[str, ...]
    comments: tuple[str, ...]
    auto_merge: bool
    by: str
    own: bool

    @property
    def holds(self) -> list[str]:
        """What its description says it moves: `is-odd 3.0.1`."""
        mark = description.read(self.body)
        return [f"{package} {to}" for _, package, _, to in mark.identity] if mark else []

    @property
    def said(self) -> str:
        """All that was written to people below it."""
        return "\n".join(self.comments)


@dataclass
class Play:
    """`people` are the commits people pushed, which must stay; `writes` what was done to the forge since last asked."""

    stage: Stage
    now: datetime = NOW
    writes: list[str] = field(default_factory=list)
    people: dict[str, str] = field(default_factory=dict)
    code: int = 0
    why: dict[str, str] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.forge.after_write = self.writes.append

    @property
    def forge(self) -> Any:
        return self.stage.forge

    @property
    def github(self) -> bool:
        return self.stage.kind == "github"

    @property
    def git(self) -> BareRepository:
        found: BareRepository = self.forge.repository().git if self.github else self.forge.project().repository
        return found

    def ada(self, login: str = "ada") -> "GithubPerson | GitlabPerson":
        return self.stage.person(login)

    # Runs

    def run(self, *expected: str, code: int = 0) -> list[str]:
        """A run in CI: exactly these actions (`open npm-is-odd`), in any order; the reasons are in `why` by branch."""
        self.writes.clear()
        self.code = code
        got, out, err = self.stage.maintainer("run", "--format", "json", now=self.now, expected=None)
        assert got == code, (got, out, err)
        document = json.loads(out) if out else {"actions": [], "problems": []}
        named = [(one["action"], one["branch"].removeprefix(PREFIX), one["reason"]) for one in document["actions"]]
        self.why = {branch: reason for _, branch, reason in named}
        self.problems = [one["sentence"] for one in document["problems"]] + [err]
        found = sorted(f"{action} {branch}" for action, branch, _ in named)
        assert found == sorted(expected), (named, self.problems)
        return found

    def settled(self) -> None:
        """Another run changes nothing: nothing is written to the forge, nothing is pushed, and all stands as before."""
        before = self.stage.state()
        self.writes.clear()
        self.now += timedelta(minutes=1)
        got, out, err = self.stage.maintainer("run", now=self.now, expected=None)
        assert got == self.code, (got, out, err)
        assert self.writes == [], out
        assert self.stage.state() == before
        branches = [one.branch for one in self.open() if one.own and one.by != "ada"]
        assert len(branches) == len(set(branches))
        for commit, what in self.people.items():
            assert self._is_there(commit), f"a person's {what} is lost"

    def _is_there(self, commit: str) -> bool:
        return bool(self.git.git("for-each-ref", f"--contains={commit}", "refs/heads").strip())

    def later(self, **by: float) -> None:
        """Time goes by: `days=1`."""
        self.now += timedelta(**by)

    def during(self, write: str, action: Callable[[], object]) -> None:
        """Do this once, right before the next write whose description has this word."""

        def heard(what: str) -> None:
            if write in what:
                self.forge.before_write = lambda _: None
                action()

        self.forge.before_write = heard

    # The world

    def newer(self, package: str, *versions: str, recent: bool = False) -> None:
        """The registry has these, oldest first, beside what the site has; `recent`: the last since an hour."""
        listed = packument(package, *dict.fromkeys((STANDS[package], *versions)))
        if recent:
            listed["time"][versions[-1]] = (self.now - timedelta(hours=1)).isoformat().replace("+00:00", "Z")
        self.answers[f"/{package}"] = listed

    @property
    def answers(self) -> dict[str, Any]:
        found: dict[str, Any] = self.stage.here.server.answers
        return found

    def down(self, package: str) -> None:
        """The registry refuses to speak of it."""
        self.answers[f"/{package}"] = Reply(403, {"error": "Forbidden"})

    def vulnerable(self, package: str, fixed: str) -> None:
        """What is below this version can be attacked."""

        def batch(request: Request) -> Any:
            asked = [query["package"]["name"] for query in json.loads(request.body)["queries"]]
            return {"results": [{"vulns": [{"id": "GHSA-x"}]} if name == package else {} for name in asked]}

        ranges = [{"type": "SEMVER", "events": [{"introduced": "0"}, {"fixed": fixed}]}]
        self.answers["/v1/querybatch"] = batch
        self.answers["/v1/vulns/GHSA-x"] = {
            "id": "GHSA-x",
            "summary": "Bad",
            "database_specific": {"severity": "HIGH"},
            "affected": [{"package": {"ecosystem": "npm", "name": package}, "ranges": ranges}],
        }

    def configure(self, text: str) -> None:
        """`maintainer.yml` on the default branch."""
        self.commit({CONFIG: text})

    # What stands

    def shown(self) -> list[Shown]:
        state = self.stage.state()
        return [_pull(one) for one in state["pulls"]] if self.github else list(map(_request, state["merge_requests"]))

    def open(self) -> list[Shown]:
        return [one for one in self.shown() if one.state == "open"]

    def one(self, branch: str, state: str = "open") -> Shown:
        """The only proposal in this state on a branch of the repository itself."""
        found = [one for one in self.shown() if one.own and (one.branch, one.state) == (PREFIX + branch, state)]
        assert len(found) == 1, [(one.number, one.branch, one.state) for one in self.shown()]
        return found[0]

    def number(self, branch: str) -> int:
        return self.one(branch).number

    def head(self, branch: str) -> str:
        """Where a branch of ours is; empty when it isn't there."""
        return self.git.branches().get(PREFIX + branch, "")

    def pushed(self, branch: str) -> str:
        return self.git.refs().get(f"refs/maintainer/pushed/{PREFIX}{branch}", "")

    def file(self, path: str, branch: str = "") -> str:
        """What a file says on a branch of ours, or on the default branch."""
        found = self.git.read(f"refs/heads/{PREFIX}{branch}" if branch else "HEAD", path)
        assert found is not None, path
        return found.decode()

    # People and git

    def commit(self, files: Mapping[str, bytes | str | None], message: str = "A change") -> str:
        """On the default branch."""
        return self.ada().push(self.git.default_branch, files, message)

    def push(self, branch: str, files: Mapping[str, bytes | str | None], **how: Any) -> str:
        """On a branch of ours."""
        made = self.ada().push(PREFIX + branch, files, **how)
        self.people[made] = f"commit on {branch}"
        return made

    def point(self, branch: str, commit: str) -> None:
        """By force."""
        self.ada().point(PREFIX + branch, commit)

    def given_up(self) -> None:
        """People wanted what they pushed so far thrown away."""
        self.people.clear()

    def delete_branch(self, branch: str) -> None:
        self.ada().delete_branch(PREFIX + branch)

    def update_branch(self, branch: str) -> None:
        """The button of the forge that merges the base into it."""
        made = self.ada().merge_by_hand(PREFIX + branch, self.git.default_branch)
        self.people[made] = f"merge into {branch}"

    # People and proposals

    def edit(self, branch: str, *, title: str | None = None, body: str | None = None) -> None:
        ada, number = self.ada(), self.number(branch)
        if isinstance(ada, GithubPerson):
            ada.edit(number, title=title, body=body)
        else:
            ada.edit(number, title=title, text=body)

    def body(self, branch: str, state: str = "open") -> str:
        """The whole description, commits in it as they are."""
        ada, number = self.ada(), self.one(branch, state).number
        if isinstance(ada, GithubPerson):
            return ada.issue(number).body or ""
        return ada.merge_request(number).description or ""

    def retarget(self, branch: str, base: str) -> None:
        ada = self.ada()
        if isinstance(ada, GithubPerson):
            ada.edit(self.number(branch), base=base)
        else:
            ada.retarget(self.number(branch), base)

    def tick(self, branch: str, verb: str, state: str = "open") -> None:
        """The box of this verb in a proposal's description."""
        self.ada().check(self.one(branch, state).number, f"maintainer:do {verb} -->")

    def comment(self, branch: str, text: str, by: str = "ada") -> Callable[[str], None]:
        """What it gives edits the comment."""
        number, person = self.number(branch), self.ada() if by == "ada" else self.known(by)
        made = person.comment(number, text)
        if isinstance(person, GithubPerson):
            return lambda words: person.edit_comment(made, words)  # type: ignore[arg-type]
        return lambda words: person.edit_comment(number, made, words)  # type: ignore[arg-type]

    def stranger(self, login: str) -> None:
        """Someone who may read and comment."""
        if self.github:
            self.forge.person(login, role="read")
        else:
            self.forge.user(login, 20)

    def known(self, login: str) -> "GithubPerson | GitlabPerson":
        """Someone with the rights they have, where `ada` would give them all."""
        if self.github:
            return GithubPerson(self.forge, login, self.forge.repository())
        found: GitlabPerson = self.forge.person(login)
        return found

    def label(self, number: int, *names: str) -> None:
        ada = self.ada()
        if isinstance(ada, GithubPerson):
            ada.label(number, *names)
        else:
            ada.label(number, add=names)

    def unlabel(self, number: int, *names: str) -> None:
        ada = self.ada()
        if isinstance(ada, GithubPerson):
            ada.unlabel(number, *names)
        else:
            ada.label(number, remove=names)

    def review(self, branch: str, *names: str) -> None:
        """These are asked for a review, nobody else."""
        number = self.number(branch)
        if self.github:
            self.ada().pull(number).reviewers[:] = names  # type: ignore[union-attr]
        else:
            self.ada().merge_request(number).reviewers = [self.forge.user(name) for name in names]  # type: ignore[union-attr]

    def close(self, branch: str) -> int:
        number = self.number(branch)
        self.ada().close(number)
        return number

    def reopen(self, number: int) -> None:
        self.ada().reopen(number)

    def merge(self, branch: str, how: str = "merge") -> None:
        """With the forge's button. GitLab's rebase is a fast-forward."""
        ada, number = self.ada(), self.number(branch)
        if isinstance(ada, GithubPerson):
            ada.merge(number, how)
            return
        self.forge.project().merge_method = "ff" if how == "rebase" else "merge"
        assert ada.merge(number, squash=how == "squash")

    def checks(self, branch: str, passed: bool | None) -> None:
        """They ran on where a branch is now; None: they run."""
        ada = self.ada()
        if isinstance(ada, GithubPerson):
            ada.check_run(PREFIX + branch, None if passed is None else "success" if passed else "failure")
        else:
            ada.pipeline(PREFIX + branch, "running" if passed is None else "success" if passed else "failed")

    def automerge(self, branch: str) -> None:
        """A person has it merged by the forge once all is well."""
        ada, number = self.ada(), self.number(branch)
        if isinstance(ada, GithubPerson):
            ada.pull(number).auto_merge = AutoMerge("ada", "merge", "2026-11-21T08:00:00Z")
        else:
            ada.merge_request(number).auto_merge = ada.user

    def propose(self, branch: str, *, body: str = "") -> int:
        """A person's own proposal from a branch of that whole name."""
        ada = self.ada()
        if isinstance(ada, GithubPerson):
            return ada.open_pull(branch, body=body)
        return ada.open(branch, text=body).iid

    def fork(self, branch: str, files: Mapping[str, bytes | str | None], body: str) -> int:
        """A stranger's proposal from a branch of that whole name in their fork."""
        self.stranger("mallory")
        mallory = self.known("mallory")
        if isinstance(mallory, GithubPerson):
            mallory.at(mallory.fork()).push(branch, files)
            return mallory.open_pull(branch, body=body, fork="mallory/site")
        self.forge.fork(REPOSITORY, "mallory/site")
        there = mallory.at("mallory/site")
        there.push(branch, files)
        return there.open(branch, text=body, into=REPOSITORY).iid

    # The forge

    def protect(self, pattern: str, *, checks: bool = False) -> None:
        """Nobody may push there; or (`checks`) its checks must pass before a merge."""
        if self.github:
            rules = Protection(checks=("tests",)) if checks else Protection()
            self.forge.repository().protected[pattern] = rules
            self.forge.repository().allow_auto_merge = True
        elif checks:
            self.forge.project().only_allow_merge_if_pipeline_succeeds = True
        else:
            self.forge.project().protected.append(Protected(self.forge.world.id(), pattern, push=60))

    def needs_approval(self) -> None:
        """Nothing is merged into the default branch without a person's approval, nor before checks passed."""
        if self.github:
            self.protect(self.git.default_branch, checks=True)
            self.forge.repository().protected[self.git.default_branch] = Protection(checks=("tests",), approvals=1)
        else:
            self.protect(self.git.default_branch, checks=True)
            self.forge.project().approvals_before_merge = 1

    def merges_by_itself(self) -> None:
        """What the forge does in time: it merges what waited."""
        if self.github:
            self.forge.automerge()

    def move(self) -> None:
        """The repository has another path now; the old one redirects."""
        self.forge.rename(REPOSITORY, MOVED)

    # The dashboard

    def issues(self) -> list[dict[str, Any]]:
        """Of the dashboard and others: number, state, title, body."""
        listed = self.stage.state()["issues"]
        return [
            {
                "number": one.get("number") or one["iid"],
                "open": one["state"] in ("open", "opened"),
                "title": one["title"],
                "body": one["body" if self.github else "description"],
                "labels": one["labels"],
            }
            for one in listed
        ]

    def board(self) -> str:
        """What the only open dashboard says."""
        found = [one for one in self.issues() if one["open"] and "maintainer-dashboard" in one["labels"]]
        assert len(found) == 1, found
        body: str = found[0]["body"]
        return body

    def section(self, heading: str) -> str:
        """A part of the dashboard, empty when it isn't there."""
        parts = self.board().split("\n### ")
        return next((part.partition("\n")[2].strip() for part in parts if part.startswith(heading + "\n")), "")

    def on_board(self) -> Any:
        """The only open dashboard, as the forge keeps it."""
        ada = self.ada()
        number = next(one["number"] for one in self.issues() if one["open"] and "maintainer-dashboard" in one["labels"])
        return ada.issue(number)

    def on_board_body(self) -> str:
        """The whole description of the dashboard, addresses in it as they are."""
        board = self.on_board()
        return (board.body if self.github else board.description) or ""

    def label_issue(self, number: int, name: str) -> None:
        ada = self.ada()
        if isinstance(ada, GithubPerson):
            ada.label(number, name)
        else:
            ada.label(ada.issue(number), add=(name,))

    def close_issue(self, number: int) -> None:
        ada = self.ada()
        if isinstance(ada, GithubPerson):
            ada.close(number)
        else:
            ada.close(ada.issue(number))

    def reopen_issue(self, number: int) -> None:
        ada = self.ada()
        if isinstance(ada, GithubPerson):
            ada.reopen(number)
        else:
            ada.reopen(ada.issue(number))

    def delete_board(self) -> None:
        board = self.on_board()
        if self.github:
            del self.forge.repository().issues[board.number]
        else:
            self.forge.project().issues.remove(board)

    def tick_board(self, wish: str, ticked: bool = True) -> None:
        """The box of this verb and subject: `rebase 1`."""
        board = self.on_board()
        self.ada().check(board.number if self.github else board, f"maintainer:do {wish} -->", ticked)

    def write_board(self, *, title: str | None = None, body: str | None = None) -> None:
        ada, board = self.ada(), self.on_board()
        if isinstance(ada, GithubPerson):
            ada.edit(board.number, title=title, body=body)
        else:
            ada.edit(board, title=title, text=body)


def _pull(one: Mapping[str, Any]) -> Shown:
    return Shown(
        one["number"], one["state"], one["head"], one["title"], one["body"], tuple(one["labels"]), one["base"],
        one["commit"], one["draft"], tuple(one["reviewers"]), tuple(said["body"] for said in one["comments"]),
        one["auto_merge"] is not None, one["author"], one["repository"] in (REPOSITORY, MOVED),
    )  # fmt: skip


def _request(one: Mapping[str, Any]) -> Shown:
    state = "open" if one["state"] == "opened" else one["state"]
    return Shown(
        one["iid"], state, one["source_branch"], one["title"], one["description"], tuple(one["labels"]),
        one["target_branch"], one["head"], one["draft"], tuple(one["reviewers"]),
        tuple(text for _, text in one["notes"]), one["auto_merge"], one["author"],
        one["source_project"] in (REPOSITORY, MOVED),
    )  # fmt: skip


@contextmanager
def play(kind: Forge, folder: Path, files: Mapping[str, bytes] = FILES) -> Iterator[Play]:
    """Nothing is outdated at first."""
    with stage(kind, folder, files) as made:
        found = Play(made)
        for package in STANDS:
            found.newer(package)
        yield found
