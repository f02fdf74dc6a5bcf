"""Where the contract must hold: the fake GitHub, the fake GitLab, and a repository without a forge."""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

import requests

from maintainer.model import Change, Dependency, Release, Source, Span, Update
from maintainer.platforms.base import Draft
from maintainer.platforms.local import LocalProposals
from maintainer.platforms.local_releases import LocalReleases
from maintainer.process import minimal
from maintainer.text import description
from maintainer.text.description import Mark
from maintainer.workspace.git import Git
from tests.forges.github import GithubFake
from tests.forges.github_world import Protection
from tests.forges.gitlab import GitlabFake
from tests.forges.gitlab_world import GUEST
from tests.forges.repository import BareRepository
from tests.platforms import github_site, gitlab_site
from tests.platforms.contract import BOXES, Needs, Place, Run, Shown

#: Files of the site; each package has one of its own, but for react.
FILES = {"package.json": "1.0.0", "readme.md": "a shop\n"}
EVERYTHING: frozenset[Needs] = frozenset({"", "people", "board"})
Said = Literal["pending", "success", "failure"]


def crowded(number: int) -> tuple[str, str]:
    """Branch and description of one of very many proposals."""
    branch = f"maintainer/npm-p{number}"
    mark = Mark((("package.json", f"p{number}", "1.0.0", "2.0.0"),), branch, title=f"p{number}")
    return branch, description.compose("Ours.", mark)


class GithubPlace(Place):
    has = EVERYTHING

    def __init__(self, forge: GithubFake, folder: Path) -> None:
        self.forge = forge
        self.site = github_site.Site(forge, folder)
        self.ada = forge.person("ada")

    def run(self) -> Run:
        made = self.site.run()
        return Run(made.proposals, made.board, made.releases)

    def draft(self, version: str = "2.0.0", package: str = "react", body: str = "", **more: Any) -> Draft:
        return self.site.draft(version, package, body, **more)

    def writes(self, act: Callable[[], object]) -> list[str]:
        return self.site.writes(act)

    def refs(self) -> Mapping[str, str]:
        return self.site.repository.git.branches()

    def push(self, branch: str, files: Mapping[str, str], *, onto: str | None = None, amend: bool = False) -> str:
        return self.ada.push(branch, files, onto=onto, amend=amend)

    def restore(self, branch: str, commit: str) -> None:
        self.ada.point(branch, commit)

    def delete_branch(self, branch: str) -> None:
        self.ada.delete_branch(branch)

    def merge(self, number: int, how: str = "merge") -> None:
        self.ada.merge(number, how)

    def close(self, number: int) -> None:
        self.ada.close(number)

    def reopen(self, number: int) -> None:
        self.ada.reopen(number)

    def crowd(self, count: int) -> None:
        git = self.site.repository.git
        commit = git.commit("crowd", {"package.json": "2.0.0"})
        for number in range(1, count + 1):
            branch, body = crowded(number)
            git.update_ref(f"refs/heads/{branch}", commit)
            self.ada.open_pull(branch, body=body)

    def edit(self, number: int, *, title: str | None = None, body: str | None = None) -> None:
        self.ada.edit(number, title=title, body=body)

    def label(self, number: int, name: str) -> None:
        self.ada.label(number, name)

    def unlabel(self, number: int, name: str) -> None:
        self.ada.unlabel(number, name)

    def comment(self, number: int, text: str, by: str = "ada") -> None:
        self.forge.person(by, "read" if by == "mallory" else "write").comment(number, text)

    def open_issue(self, title: str, text: str, label: str) -> int:
        number = self.ada.open_issue(title, text)
        self.ada.label(number, label)
        return number

    def edit_issue(self, number: int, text: str) -> None:
        self.ada.edit(number, body=text)

    def close_issue(self, number: int) -> None:
        self.ada.close(number)

    def checked(self, branch: str, said: Said) -> None:
        self.ada.status(branch, said)

    def tag(self, name: str) -> str:
        return self.ada.tag(name)

    def propose(self, branch: str, title: str, body: str = "", base: str = "main") -> int:
        return self.ada.open_pull(branch, base, title, body)

    def milestone(self, title: str) -> None:
        self.ada.milestone(title)

    def milestones(self) -> Mapping[str, str]:
        return {one.title: one.state for one in self.site.repository.milestones.values()}

    def file(self, tag: str, name: str) -> bytes:
        (release,) = (one for one in self.site.repository.releases if one.tag == tag)
        (found,) = (one for one in release.assets if one.name == name)
        return found.data

    def held_back(self) -> None:
        self.site.repository.allow_auto_merge = True
        self.site.repository.protected["main"] = Protection(checks=("ci/tests",))

    def shown(self, number: int = 1) -> Shown:
        issue, pull = self.site.issue(number), self.site.pull(number)
        said = tuple(self.site.comments(number))
        state = "merged" if pull.merged else issue.state
        return Shown(issue.title, issue.body or "", state, pull.base, frozenset(issue.labels), pull.draft, said)

    def issue(self, number: int) -> Shown:
        found = self.site.issue(number)
        return Shown(found.title, found.body or "", found.state, labels=frozenset(found.labels))

    def verdicts(self, commit: str) -> Sequence[tuple[str, str]]:
        """Of checks, as which an App's token posts them, and of statuses."""
        repository = self.site.repository
        ours = [one for one in repository.checks if one.sha == commit]
        found = {one.name: one.conclusion or "pending" for one in ours}
        found |= {one.context: one.state for one in repository.statuses if one.sha == commit}
        return sorted(found.items())


class GitlabPlace(Place):
    has = EVERYTHING

    def __init__(self, forge: GitlabFake, folder: Path) -> None:
        self.forge = forge
        self.site = gitlab_site.Site(forge, folder)
        forge.user("mallory", GUEST)
        self.ada = forge.person("ada")

    def run(self) -> Run:
        made = self.site.run()
        return Run(made.proposals, made.board, made.releases)

    def draft(self, version: str = "2.0.0", package: str = "react", body: str = "", **more: Any) -> Draft:
        return self.site.draft(version, package, body, **more)

    def writes(self, act: Callable[[], object]) -> list[str]:
        return self.site.writes(act)

    def refs(self) -> Mapping[str, str]:
        return self.site.project.repository.branches()

    def push(self, branch: str, files: Mapping[str, str], *, onto: str | None = None, amend: bool = False) -> str:
        return self.ada.push(branch, files, onto=onto, amend=amend)

    def restore(self, branch: str, commit: str) -> None:
        self.ada.point(branch, commit)

    def delete_branch(self, branch: str) -> None:
        self.ada.delete_branch(branch)

    def merge(self, number: int, how: str = "merge") -> None:
        assert self.ada.merge(number, squash=how == "squash")

    def close(self, number: int) -> None:
        self.ada.close(number)

    def reopen(self, number: int) -> None:
        self.ada.reopen(number)

    def crowd(self, count: int) -> None:
        repository = self.site.project.repository
        commit = repository.commit("crowd", {"package.json": "2.0.0"})
        for number in range(1, count + 1):
            branch, body = crowded(number)
            repository.update_ref(f"refs/heads/{branch}", commit)
            self.ada.open(branch, text=body)

    def edit(self, number: int, *, title: str | None = None, body: str | None = None) -> None:
        self.ada.edit(number, title=title, text=body)

    def label(self, number: int, name: str) -> None:
        self.ada.label(number, add=(name,))

    def unlabel(self, number: int, name: str) -> None:
        self.ada.label(number, remove=(name,))

    def comment(self, number: int, text: str, by: str = "ada") -> None:
        self.forge.person(by).comment(number, text)

    def open_issue(self, title: str, text: str, label: str) -> int:
        made = self.ada.open_issue(title, text)
        self.ada.label(made, add=(label,))
        return made.iid

    def edit_issue(self, number: int, text: str) -> None:
        self.ada.edit(self.ada.issue(number), text=text)

    def close_issue(self, number: int) -> None:
        self.ada.close(self.ada.issue(number))

    def tag(self, name: str) -> str:
        return self.ada.tag(name)

    def propose(self, branch: str, title: str, body: str = "", base: str = "main") -> int:
        return self.ada.open(branch, base, title, body).iid

    def milestone(self, title: str) -> None:
        self.ada.milestone(title)

    def milestones(self) -> Mapping[str, str]:
        words = {"active": "open"}
        return {one.title: words.get(one.state, one.state) for one in self.site.project.milestones}

    def file(self, tag: str, name: str) -> bytes:
        """By the address of its link, which is one of the API."""
        (release,) = (one for one in self.site.project.releases if one.tag == tag)
        (link,) = (one for one in release.links if one.name == name)
        found = requests.get(link.url, headers={"Authorization": f"Bearer {gitlab_site.TOKEN}"}, timeout=10)
        assert found.status_code == 200
        return found.content

    def checked(self, branch: str, said: Said) -> None:
        self.ada.pipeline(branch, {"pending": "running", "failure": "failed"}.get(said, said))

    def held_back(self) -> None:
        self.site.project.only_allow_merge_if_pipeline_succeeds = True
        self.ada.pipeline(gitlab_site.BRANCH, "running")

    def shown(self, number: int = 1) -> Shown:
        mr = self.site.mr(number)
        state = "open" if mr.state == "opened" else mr.state
        draft = mr.title.startswith("Draft:")
        said = tuple(self.site.notes(number))
        return Shown(mr.title, mr.description or "", state, mr.target_branch, frozenset(mr.labels), draft, said)

    def issue(self, number: int) -> Shown:
        found = self.ada.issue(number)
        state = "open" if found.state == "opened" else found.state
        return Shown(found.title, found.description or "", state, labels=frozenset(found.labels))

    def verdicts(self, commit: str) -> Sequence[tuple[str, str]]:
        words = {"failed": "failure"}
        posted = [one for one in self.site.project.statuses if one.sha == commit]
        return sorted({one.name: words.get(one.state, one.state) for one in posted}.items())


class LocalPlace(Place):
    """Nobody writes on pages here, and nobody is told: what people do, they do with git and by discarding."""

    def __init__(self, folder: Path) -> None:
        self.repository = BareRepository.create(folder / "site.git", FILES)
        environment = minimal({"PATH": "/usr/local/bin:/usr/bin:/bin"}, GIT_CONFIG_GLOBAL="/dev/null")
        self._git = Git(self.repository.path, environment)
        self._records = folder / "records"
        self._now = datetime(2026, 11, 21, 8, tzinfo=UTC)

    def _proposals(self) -> LocalProposals:
        return LocalProposals(self._git, self._records, "main", self._now)

    def run(self) -> Run:
        proposals = self._proposals()
        return Run(proposals, None, LocalReleases(self._git, self._records, proposals))

    def draft(self, version: str = "2.0.0", package: str = "react", body: str = "", **more: Any) -> Draft:
        source = Source("npm", package)
        dependency = Dependency("npm", "package.json", package, source, "npm", Span(0, 5), "1.0.0", "1.0.0")
        update = Update(dependency, Release(version), version, "minor")
        change = Change(f"{package} 1 → {version}", f"maintainer/npm-{package}", (update,), **more)
        path = "package.json" if package == "react" else f"{package}.json"
        self.repository.commit("scratch", {path: version}, onto="main", by="maintainer")
        commit = self.repository.sha("scratch")
        assert commit
        self.repository.delete_ref("refs/heads/scratch")
        return Draft(change, body or f"### {package} {version}\n\n{BOXES}", commit, "main", self._now)

    def writes(self, act: Callable[[], object]) -> list[str]:
        before = self._kept()
        act()
        after = self._kept()
        return sorted(path for path in before.keys() | after.keys() if before.get(path) != after.get(path))

    def _kept(self) -> dict[str, bytes]:
        return {path.name: path.read_bytes() for path in self._records.rglob("*.json")}

    def refs(self) -> Mapping[str, str]:
        return self.repository.branches()

    def push(self, branch: str, files: Mapping[str, str], *, onto: str | None = None, amend: bool = False) -> str:
        return self.repository.commit(branch, files, onto=onto, amend=amend)

    def delete_branch(self, branch: str) -> None:
        self.repository.delete_ref(f"refs/heads/{branch}")

    def merge(self, number: int, how: str = "merge") -> None:
        self.repository.merge("main", self._proposals().record(number).branch, how=how)

    def close(self, number: int) -> None:
        self._proposals().discard(number, "we don't want it")

    def tag(self, name: str) -> str:
        commit = self.repository.branches()["main"]
        self.repository.update_ref(f"refs/tags/{name}", commit)
        return commit

    def file(self, tag: str, name: str) -> bytes:
        releases = self.run().releases
        assert isinstance(releases, LocalReleases)
        return (releases.files(tag) / name).read_bytes()

    def crowd(self, count: int) -> None:
        draft = self.draft()
        for number in range(1, count + 1):
            package = f"p{number}"
            dependency = Dependency(
                "npm", "package.json", package, Source("npm", package), "npm", Span(0, 5), "1.0.0", "1.0.0"
            )
            update = Update(dependency, Release("2.0.0"), "2.0.0", "minor")
            change = Change(package, crowded(number)[0], (update,))
            self._proposals().open(Draft(change, "Ours.", draft.commit, "main", self._now))
