"""A site on the fake GitHub, a checkout of it, and runs of ours that propose changes to it."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from maintainer.http import Http
from maintainer.model import Change, Dependency, Proposal, Release, Source, Span, Update
from maintainer.platforms.base import Draft
from maintainer.platforms.branches import Branches
from maintainer.platforms.github import GithubProposals
from maintainer.platforms.github_board import GithubBoard
from maintainer.platforms.github_client import App, Client, open_client
from maintainer.platforms.github_releases import GithubReleases
from maintainer.platforms.pages import GithubPages
from maintainer.process import minimal, run
from maintainer.text import description
from maintainer.text.description import Mark, box
from maintainer.workspace.git import Git
from maintainer.workspace.remote import Remote, basic
from tests.forges.github import GithubFake
from tests.forges.github_world import Issue, Pull, Repository
from tests.forges.server import NOW

BRANCH = "maintainer/npm-react"
HEAD, PUSHED = f"refs/heads/{BRANCH}", f"refs/maintainer/pushed/{BRANCH}"
BOXES = "\n".join(box(verb, f"{verb} this") for verb in ("recreate", "rebase", "ignore"))


@dataclass
class Run:
    """One run: what it knows, it asked for itself."""

    client: Client
    branches: Branches
    proposals: GithubProposals
    board: GithubBoard
    releases: GithubReleases

    def one(self) -> Proposal:
        """The only proposal there is."""
        (proposal,) = self.proposals.all()
        return proposal


@dataclass
class Site:
    """`shop/site`, with what people do there and what we do. `who` is the token, or the App, of our runs."""

    forge: GithubFake
    folder: Path
    who: str | App = ""
    cache: Path | None = None
    #: How long our runs wait for an answer.
    seconds: float = 3
    made: int = 0
    git: Git = field(init=False)

    def __post_init__(self) -> None:
        self.who = self.who or self.forge.token()
        root = self.folder / "checkout"
        root.mkdir()
        environment = minimal({"PATH": "/usr/local/bin:/usr/bin:/bin"}, GIT_CONFIG_GLOBAL="/dev/null")
        run(["git", "init", "--quiet", "--initial-branch=main"], cwd=root, environment=environment)
        self.git = Git(root, environment)

    @property
    def repository(self) -> Repository:
        return self.forge.repository("shop/site")

    def client(self) -> Client:
        http = Http(cache=self.cache, sleep=lambda _: None, seconds=self.seconds)
        return open_client(http, self.forge.url, "shop/site", self.who)

    def run(self) -> Run:
        """A run that begins now."""
        client = self.client()
        remote = Remote(self.git, f"{self.forge.git_url}/shop/site.git", lambda: basic("x-access-token", client.token))
        branches = Branches(remote, self.git)
        proposals = GithubProposals(client, branches)
        releases = GithubReleases(client, GithubPages(self.forge.git_url, "shop/site"))
        return Run(client, branches, proposals, GithubBoard(client, proposals, self.forge.now), releases)

    def commit(self, text: str, path: str = "package.json") -> str:
        """A commit of ours on the forge's default branch, pushed nowhere."""
        base = f"refs/heads/{self.repository.default_branch}"
        onto = self.repository.git.sha(base) or ""
        self.made += 1
        Remote(self.git, str(self.repository.git.path)).fetch({base: onto})
        who = f"committer maintainer <m@shop.example> {self.made} +0000"
        stream = f"commit refs/heads/scratch\nmark :1\n{who}\ndata {len(text)}\n{text}\nfrom {onto}\n"
        stream += f"M 100644 inline {path}\ndata {len(text)}\n{text}\nget-mark :1\n"
        return self.git.run("fast-import", "--quiet", "--force", stdin=stream.encode()).text.strip()

    def draft(self, version: str = "2.0.0", package: str = "react", body: str = "", **more: Any) -> Draft:
        """A wanted change: `package` from 1.0.0 to `version`. `more` are fields of `Draft`, then of `Change`."""
        source = Source("npm", package)
        dependency = Dependency("npm", "package.json", package, source, "npm", Span(0, 5), "1.0.0", "1.0.0")
        update = Update(dependency, Release(version), version, "minor")
        drafted = {name: more.pop(name) for name in ("draft", "milestone", "handled", "base") if name in more}
        named = {"title": f"{package} 1 → {version}", "branch": f"maintainer/npm-{package}"} | more
        change = Change(updates=(update,), **named)
        base = str(drafted.pop("base", self.repository.default_branch))
        text = body or f"### {package} {version}\n\n{BOXES}"
        path = "package.json" if package == "react" else f"{package}.json"
        return Draft(change, text, self.commit(version, path), base, NOW, **drafted)

    def opened(self, version: str = "2.0.0", package: str = "react", **more: Any) -> Proposal:
        """A proposal that an earlier run opened."""
        return self.run().proposals.open(self.draft(version, package, **more))

    def issue(self, number: int = 1) -> Issue:
        return self.repository.issues[number]

    def pull(self, number: int = 1) -> Pull:
        found = self.issue(number).pull
        assert found
        return found

    def mark(self, number: int = 1) -> Mark:
        found = description.read(self.issue(number).body or "")
        assert found
        return found

    def comments(self, number: int = 1) -> list[str]:
        return [one.body for one in self.repository.comments if one.issue == number]

    def refs(self) -> dict[str, str]:
        """Branches and markers of ours."""
        return self.repository.git.refs("refs/heads/maintainer/", "refs/maintainer/")

    def writes(self, act: Callable[[], object]) -> list[str]:
        """What is written to the forge while something is done."""
        told: list[str] = []
        self.forge.after_write = told.append
        act()
        self.forge.after_write = lambda _: None
        return told
