"""A site on the fake GitLab, a checkout of it, and runs of ours that propose changes to it."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from maintainer.http import Http
from maintainer.model import Change, Dependency, Proposal, Release, Source, Span, Update
from maintainer.platforms.base import Draft
from maintainer.platforms.branches import Branches
from maintainer.platforms.gitlab import GitlabProposals
from maintainer.platforms.gitlab_board import GitlabBoard
from maintainer.platforms.gitlab_client import GitlabClient
from maintainer.platforms.gitlab_releases import GitlabReleases
from maintainer.platforms.pages import GitlabPages
from maintainer.process import minimal, run
from maintainer.text.description import box
from maintainer.workspace.git import Git
from maintainer.workspace.remote import Remote, basic
from tests.forges.gitlab import GitlabFake
from tests.forges.gitlab_world import MergeRequest, Project
from tests.forges.server import NOW

TOKEN = "glpat-S3cretOfTheSite"
BRANCH = "maintainer/npm-react"
BOXES = "\n".join(box(verb, f"{verb} this") for verb in ("recreate", "rebase", "ignore"))


@dataclass
class Run:
    """One run: what it knows, it asked for itself."""

    client: GitlabClient
    branches: Branches
    proposals: GitlabProposals
    board: GitlabBoard
    releases: GitlabReleases

    def one(self) -> Proposal:
        """The only proposal there is."""
        (proposal,) = self.proposals.all()
        return proposal


@dataclass
class Site:
    """`shop/site`, with what people do there and what we do."""

    forge: GitlabFake
    folder: Path
    token: str = TOKEN
    job: bool = False
    cache: Path | None = None
    #: How long our runs wait for an answer.
    seconds: float = 3
    made: int = 0
    git: Git = field(init=False)

    def __post_init__(self) -> None:
        root = self.folder / "checkout"
        root.mkdir()
        environment = minimal({"PATH": "/usr/bin:/bin"}, GIT_CONFIG_GLOBAL="/dev/null")
        run(["git", "init", "--quiet", "--initial-branch=main"], cwd=root, environment=environment)
        self.git = Git(root, environment)

    @property
    def project(self) -> Project:
        return self.forge.project("shop/site")

    @property
    def remote(self) -> Remote:
        user = "gitlab-ci-token" if self.job else "oauth2"
        return Remote(self.git, f"{self.forge.git_url}/{self.project.path}.git", lambda: basic(user, self.token))

    def run(self, path: str = "shop/site") -> Run:
        """A run that begins now."""
        http = Http(cache=self.cache, sleep=lambda _: None, seconds=self.seconds)
        client = GitlabClient(http, self.forge.url, path, self.token, job=self.job)
        branches = Branches(self.remote, self.git)
        releases = GitlabReleases(client, GitlabPages(self.forge.git_url, path), "main" if self.job else "")
        return Run(client, branches, GitlabProposals(client, branches), GitlabBoard(client), releases)

    def commit(self, text: str, path: str = "package.json") -> str:
        """A commit of ours on the forge's default branch, pushed nowhere."""
        base = self.project.repository.default_branch
        onto = self.project.repository.branches()[base]
        self.remote.fetch({f"refs/heads/{base}": onto})
        self.made += 1
        who = f"committer maintainer <m@shop.example> {self.made} +0000"
        stream = f"commit refs/heads/scratch\n{who}\ndata {len(text)}\n{text}\nfrom {onto}\n"
        stream += f"M 100644 inline {path}\ndata {len(text)}\n{text}\nget-mark :1\n"
        stream = stream.replace("refs/heads/scratch\n", "refs/heads/scratch\nmark :1\n", 1)
        return self.git.run("fast-import", "--quiet", "--force", stdin=stream.encode()).text.strip()

    def draft(self, version: str = "2.0.0", package: str = "react", body: str = "", **more: Any) -> Draft:
        """A wanted change: `package` from 1.0.0 to `version`. `more` are fields of `Draft`, then of `Change`."""
        source = Source("npm", package)
        dependency = Dependency("npm", "package.json", package, source, "npm", Span(0, 5), "1.0.0", "1.0.0")
        update = Update(dependency, Release(version), version, "minor")
        drafted = {name: more.pop(name) for name in ("draft", "milestone", "handled", "base") if name in more}
        change = Change(f"{package} 1 → {version}", f"maintainer/npm-{package}", (update,), **more)
        base = str(drafted.pop("base", self.project.repository.default_branch))
        text = body or f"### {package} {version}\n\n{BOXES}"
        path = "package.json" if package == "react" else f"{package}.json"
        return Draft(change, text, self.commit(version, path), base, NOW, **drafted)

    def opened(self, version: str = "2.0.0", package: str = "react", **more: Any) -> Proposal:
        """A proposal that an earlier run opened."""
        return self.run().proposals.open(self.draft(version, package, **more))

    def mr(self, number: int = 1) -> MergeRequest:
        found = self.project.merge_request(number)
        assert found, f"There is no !{number}"
        return found

    def notes(self, number: int = 1) -> list[str]:
        return [note.body for note in self.mr(number).notes if not note.system]

    def refs(self) -> dict[str, str]:
        """Branches and markers of ours."""
        return self.project.repository.refs("refs/heads/maintainer/", "refs/maintainer/")

    def writes(self, act: Callable[[], object]) -> list[str]:
        """What is written to the forge while something is done."""
        told: list[str] = []
        self.forge.after_write = told.append
        act()
        self.forge.after_write = lambda _: None
        return told
