"""A shop that is released: without a forge, on GitHub, on GitLab; what people do, and what is there then.

with shop("gitlab", tmp_path, configuration) as site:
    site.commit("feat: gift cards")
    site.release("--version", "1.0.0")
    assert site.releases()["v1.0.0"].assets == [...]
"""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Literal

from tests.commands import site as sites
from tests.commands.site import NOW, Site
from tests.commands.stage import REPOSITORY, Stage, stage
from tests.forges.gitlab_people import Person as GitlabPerson
from tests.loopback import Reply

Where = Literal["local", "github", "gitlab"]
EVERYWHERE: tuple[Where, ...] = ("local", "github", "gitlab")
HISTORY = "maintainer-history"
SEMVER = "site: {name: Shop}\nrelease:\n  version: semver\n"
Files = Mapping[str, bytes | str | None]


@dataclass(frozen=True)
class Shown:
    """A release as it is to people. `assets` are names with the bytes behind them."""

    title: str
    body: str
    draft: bool = False
    prerelease: bool = False
    assets: Mapping[str, bytes] = field(default_factory=dict)


@dataclass
class Shop:
    """`stage` is None without a forge; `now` goes on a minute with each command."""

    kind: Where
    here: Site
    stage: Stage | None = None
    now: datetime = NOW
    shallow: bool = False
    numbers: Iterator[int] = field(default_factory=lambda: iter(range(10_000)))

    @property
    def forge(self) -> Any:
        assert self.stage
        return self.stage.forge

    def person(self, login: str = "ada") -> Any:
        assert self.stage
        return self.stage.person(login)

    # What people do

    def commit(self, message: str, files: Files | None = None) -> str:
        """On the default branch; of a file of its own where none is said."""
        wanted = files or {f"file-{next(self.numbers)}.txt": message}
        if self.stage:
            return str(self.person().push("main", wanted, message))
        self.here.write({path: _bytes(text) for path, text in wanted.items() if text is not None}, message)
        return self.sha("HEAD")

    def configure(self, text: str) -> str:
        return self.commit("chore: configuration", {"maintainer.yml": text})

    def tag(self, name: str, commit: str, message: str = "") -> None:
        """By hand, annotated where a message is given."""
        argv = ("-a", "-m", message) if message else ()
        if self.stage is None:
            self.here.git("tag", *argv, name, commit)
            return
        self.here.git("fetch", "--quiet", str(self.stage.repository.path), "refs/heads/*:refs/there/*")
        self.here.git("tag", *argv, name, commit)
        self.here.git("push", "--quiet", str(self.stage.repository.path), f"refs/tags/{name}")
        self.here.git("tag", "--delete", name)

    # Runs

    def run(self, *argv: str, code: int = 0, files: Files | None = None, **environment: str) -> tuple[str, str]:
        """A command in CI on a fresh checkout, with `files` that were built there; what it wrote and said."""
        self.now += timedelta(minutes=1)
        if self.stage:
            self.forge.now = max(self.forge.now, self.now)
            self._check_out()
        for path, text in (files or {}).items():
            (self.here.root / path).parent.mkdir(parents=True, exist_ok=True)
            (self.here.root / path).write_bytes(_bytes(text or ""))
        before = dict(self.here.environment)
        self.here.environment |= environment
        try:
            found, out, err = self.here.maintainer(*argv, now=self.now)
        finally:
            self.here.environment = before
        assert found == code, (found, out, err)
        return out, err

    def release(self, *argv: str, code: int = 0, files: Files | None = None, **environment: str) -> tuple[str, str]:
        return self.run("release", *argv, code=code, files=files, **environment)

    def _check_out(self) -> None:
        """As CI does; with `shallow` in a new folder, by its newest commit alone."""
        assert self.stage
        if not self.shallow:
            self.stage.check_out()
            return
        root = self.here.root.with_name(f"shallow-{next(self.numbers)}")
        root.mkdir()
        self.here.root = root
        url = f"file://{self.stage.repository.path}"
        self.here.git("init", "--quiet", "--initial-branch=main")
        self.here.git("fetch", "--quiet", "--no-tags", "--depth=1", url, "main")
        self.here.git("checkout", "--quiet", "--detach", "FETCH_HEAD")

    # What is there

    def sha(self, name: str) -> str:
        if self.stage:
            return self.stage.repository.sha(name) or ""
        return self.here.git("rev-parse", f"{name}^{{commit}}").text.strip()

    def tags(self) -> dict[str, str]:
        """The commit of each tag."""
        if self.stage:
            refs = [ref.removeprefix("refs/tags/") for ref in self.stage.repository.refs("refs/tags/")]
        else:
            refs = self.here.git("tag", "--list").text.split()
        return {name: self.sha(f"refs/tags/{name}^{{}}" if self.stage else name) for name in refs}

    def releases(self) -> dict[str, Shown]:
        """By tag; of two of one tag the second is a failure."""
        found = list(self._releases())
        assert len(dict(found)) == len(found), [tag for tag, _ in found]
        return dict(found)

    def _releases(self) -> Iterator[tuple[str, Shown]]:
        if self.kind == "github":
            for one in self.forge.repository().releases:
                names = [asset.name for asset in one.assets]
                assert len(set(names)) == len(names) and all(asset.state == "uploaded" for asset in one.assets)
                assets = {asset.name: asset.data for asset in one.assets}
                yield one.tag, Shown(one.name or "", one.body or "", one.draft, one.prerelease, assets)
        elif self.kind == "gitlab":
            project = self.forge.project()
            for one in project.releases:
                stored = [
                    (file.name, file.data)
                    for package in project.packages
                    if package.version == one.tag
                    for file in package.files
                ]
                assert sorted(name for name, _ in stored) == sorted(link.name for link in one.links)
                yield one.tag, Shown(one.name, one.description, assets=dict(stored))
        else:
            folder = self.here.root / ".git/maintainer/releases"
            for path in sorted(folder.glob("*.json")):
                said = json.loads(path.read_text())
                beside = path.with_suffix("")
                assets = {name: (beside / name).read_bytes() for name in said["files"]}
                yield said["tag"], Shown(said["title"], said["body"], said["draft"], said["prerelease"], assets)

    def events(self, kind: str = "released") -> list[dict[str, Any]]:
        """What history has of a kind."""
        if self.stage:
            there = self.stage.repository
            names = list(there.files(HISTORY)) if HISTORY in there.branches() else []
            texts = [(there.read(HISTORY, name) or b"").decode() for name in names if name.endswith(".jsonl")]
        else:
            has = HISTORY in self.here.git("branch", "--list", "--format=%(refname:short)").text.split()
            names = self.here.git("ls-tree", "--name-only", HISTORY).text.split() if has else []
            texts = [self.here.git("show", f"{HISTORY}:{name}").text for name in names if name.endswith(".jsonl")]
        rows = [json.loads(row) for text in texts for row in text.splitlines()]
        return [row for row in rows if row["kind"] == kind]

    def milestone(self, title: str) -> str:
        """Whether it is open, in the words of both forges."""
        if self.kind == "github":
            return next(str(one.state) for one in self.forge.repository().milestones.values() if one.title == title)
        return next(str(one.state) for one in self.forge.project().milestones if one.title == title)

    def state(self) -> dict[str, Any]:
        """All that a release may change."""
        return {"tags": self.tags(), "releases": dict(self._releases()), "history": self.events("released")}

    # Proposals

    def proposals(self) -> list[tuple[int, str, str]]:
        """Number, branch and state (open, closed, merged) of each, oldest first."""
        if self.stage is None:
            folder = self.here.root / ".git/maintainer/proposals"
            found = [json.loads(path.read_text()) for path in folder.glob("*.json")]
            return sorted((one["number"], one["branch"], one["state"]) for one in found)
        state = self.stage.state()
        if self.kind == "github":
            return [(one["number"], one["head"], one["state"]) for one in state["pulls"]]
        return [
            (one["iid"], one["source_branch"], "open" if one["state"] == "opened" else one["state"])
            for one in state["merge_requests"]
        ]

    def read(self, commit: str, path: str) -> str:
        if self.stage:
            return (self.stage.repository.read(commit, path) or b"").decode()
        return self.here.git("show", f"{commit}:{path}").text

    def merge(self, number: int, how: str = "merge") -> None:
        """With the forge's button; GitLab's rebase is a fast-forward. Without a forge by git."""
        if self.stage is None:
            branch = next(branch for at, branch, _ in self.proposals() if at == number)
            self.here.git("merge", "--quiet", *(["--ff-only"] if how == "rebase" else ["--no-ff", "--no-edit"]), branch)
            return
        person = self.person()
        if isinstance(person, GitlabPerson):
            self.forge.project().merge_method = "ff" if how == "rebase" else "merge"
            assert person.merge(number, squash=how == "squash")
        else:
            person.merge(number, how)

    def close(self, number: int) -> None:
        if self.stage is None:
            self.run("proposals", "discard", str(number))
        else:
            self.person().close(number)


@contextmanager
def shop(kind: Where, folder: Path, configuration: str = SEMVER, files: Files | None = None) -> Iterator[Shop]:
    """Nothing of it is released yet."""
    first = {"maintainer.yml": configuration.encode(), "readme.txt": b"Shop\n"}
    first |= {path: _bytes(text) for path, text in (files or {}).items() if text is not None}
    if kind == "local":
        with sites.site(folder, first) as here:
            here.environment["MAINTAINER_PLATFORM"] = "local"
            yield Shop(kind, here)
        return
    with stage(kind, folder, first) as site:
        site.here.server.answers["/v1/querybatch"] = Reply(200, {"results": []})
        yield Shop(kind, site.here, site)


def _bytes(text: bytes | str) -> bytes:
    return text if isinstance(text, bytes) else text.encode()


__all__ = ["EVERYWHERE", "REPOSITORY", "SEMVER", "Shop", "Shown", "Where", "shop"]
