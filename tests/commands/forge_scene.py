"""A site on a forge at a moment that a test goes back to as often as it wants, and what happened before.

    with scene("gitlab", tmp_path, forge_stories.RENEWED) as moment:
        writes = moment.tried(lambda: written(moment.site))

What is tried happens in a fork, where the forge's whole memory is a copy and its server goes on at the same address;
afterwards what is on disk is put back. So one history is made once, and tried from again and again.
"""

import json
import os
import pickle
import shutil
import signal
import tempfile
import threading
import traceback
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

from tests.commands.site import NOW, Site, packument
from tests.commands.stage import Forge, Stage, stage
from tests.forges import github_world, gitlab_world
from tests.forges.repository import BareRepository
from tests.forges.server import Dropped

T = TypeVar("T")
KILLED = -signal.SIGKILL


@dataclass(frozen=True)
class Story:
    """What becomes of some packages, each in a manifest of its own.

    `since` is what happened after a first run, None where the run at stake is the first. `groups` and `rules` are lines
    of `maintainer.yml`, `settings` lines of its `updates`; with `since` the lines of `gone` are taken out, and `added`
    are rules that come.
    """

    packages: tuple[str, ...]
    since: Callable[["Scene"], object] | None = None
    groups: tuple[str, ...] = ()
    rules: tuple[str, ...] = ()
    settings: tuple[str, ...] = ()
    gone: tuple[str, ...] = ()
    added: tuple[str, ...] = ()


def forked(action: Callable[[], T]) -> T:
    """What `action` returns, done in a fork. Raises `AssertionError` with the traceback of what it raised."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        try:
            told: tuple[bool, Any] = True, action()
        except BaseException:
            told = False, traceback.format_exc()
        with os.fdopen(writing, "wb") as out:
            pickle.dump(told, out)
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading, "rb") as answer:
        data = answer.read()
    os.waitpid(child, 0)
    done, value = pickle.loads(data)
    assert done, value
    result: T = value
    return result


@dataclass
class Scene:
    """`folder` holds all there is on disk: the forge's repositories, the checkout, the cache."""

    site: Stage
    folder: Path

    def tried(self, action: Callable[[], T]) -> T:
        """What `action` returns; nothing of what it does is left."""
        kept = self.folder.with_name(f"{self.folder.name}-kept")
        if not kept.exists():
            self.site.forge.server.pause()
            shutil.copytree(self.folder, kept, symlinks=True)
        try:
            return forked(lambda: self._served(action))
        finally:
            shutil.rmtree(self.folder)
            shutil.copytree(kept, self.folder, symlinks=True)

    def _served(self, action: Callable[[], T]) -> T:
        tempfile.tempdir = str(self.folder / "tmp")
        Path(tempfile.tempdir).mkdir(exist_ok=True)
        self.site.forge.server.begin()
        value = action()
        assert not getattr(self.site.forge, "complaints", None), self.site.forge.complaints
        return value

    # What people did, the same on both forges

    def number(self, package: str) -> int:
        """Of the newest proposal whose title or branch names the package or group."""
        if self.site.kind == "github":
            known = [(issue.number, issue.title, pull.head) for issue, pull in self.site.forge.repository().pulls()]
        else:
            known = [(mr.iid, mr.title, mr.source_branch) for mr in self.site.forge.project().merge_requests]
        return max(int(number) for number, *names in known if any(package in name for name in names))

    def branch(self, package: str) -> str:
        number = self.number(package)
        if self.site.kind == "github":
            found: str = self.site.forge.repository().issues[number].pull.head
            return found
        mine: str = self.site.forge.project().merge_request(number).source_branch
        return mine

    def git(self) -> BareRepository:
        """The repository on the forge."""
        forge = self.site.forge
        found: BareRepository = forge.repository().git if self.site.kind == "github" else forge.project().repository
        return found

    def state(self, number: int) -> str:
        """Of a proposal: `open` on GitHub, `opened` on GitLab, `closed`."""
        forge = self.site.forge
        known = (
            forge.repository().issues[number] if self.site.kind == "github" else forge.project().merge_request(number)
        )
        return str(known.state)

    def dashboard(self) -> Any:
        """What `person.check` and `person.edit` take for the issue that shows all."""
        if self.site.kind == "github":
            issues = self.site.forge.repository().issues.values()
            return next(int(issue.number) for issue in issues if "maintainer-dashboard" in issue.labels)
        return next(one for one in self.site.forge.project().issues if "maintainer-dashboard" in one.labels)

    def tick(self, target: Any, words: str) -> None:
        self.site.person().check(target, words)

    def body(self, target: Any) -> str:
        if self.site.kind == "github":
            return str(self.site.forge.repository().issues[target].body)
        found = self.site.forge.project().merge_request(target) if isinstance(target, int) else target
        return str(found.description)

    def edit(self, target: Any, body: str) -> None:
        """Write the whole description anew."""
        text = {"body" if self.site.kind == "github" else "text": body}
        self.site.person().edit(target, **text)

    def unlabel(self, number: int) -> None:
        if self.site.kind == "github":
            self.site.forge.person("ada").unlabel(number, "maintainer")
        else:
            self.site.forge.person("ada").label(number, remove=("maintainer",))

    def checked(self, package: str, passed: bool) -> None:
        """Something outside checked its head."""
        branch = self.branch(package)
        if self.site.kind == "github":
            self.site.forge.person("ada").status(branch, "success" if passed else "failure")
        else:
            self.site.forge.person("ada").pipeline(branch, "success" if passed else "failed")

    def release(self, package: str, *versions: str) -> None:
        self.site.here.server.answers[f"/{package}"] = packument(package, "1.0.0", *versions)

    def push(self, branch: str, files: dict[str, bytes]) -> None:
        self.site.person().push(branch, files)


def manifest(package: str, version: str = "1.0.0", **more: Any) -> bytes:
    stated = {"name": f"the-{package}", "private": True, **more, "dependencies": {package: version}}
    return json.dumps(stated, indent=2).encode() + b"\n"


def configuration(stories: Sequence[Story], *, later: bool = False) -> bytes:
    """`maintainer.yml`, as it was at first or `later`."""
    gone = {line for story in stories for line in story.gone} if later else set()
    lines = ["updates:", "  limits: {per_run: 1000, open: 1000}"]
    lines += [f"  {line}" for story in stories for line in story.settings]
    groups = [line for story in stories for line in story.groups if line not in gone]
    rules = [line for story in stories for line in story.rules if line not in gone]
    rules += [line for story in stories for line in story.added if later]
    lines += ["  groups:", *(f"    - {line}" for line in groups)] if groups else []
    lines += ["  rules:", *(f"    - {line}" for line in rules)] if rules else []
    return "\n".join([*lines, ""]).encode()


@cache
def _warmed(kind: Forge) -> None:
    """Import and make here, once, what each fork would have to make for itself."""
    with tempfile.TemporaryDirectory() as folder, stage(kind, Path(folder), {"a/package.json": manifest("a")}) as site:
        site.here.server.answers["/a"] = packument("a", "1.0.0", "1.1.0")
        site.maintainer("run")


@contextmanager
def scene(kind: Forge, folder: Path, *stories: Story) -> Iterator[Scene]:
    """The site after a first run and all that happened since, right before the run that is at stake."""
    packages = [name for story in stories for name in story.packages]
    files = {f"{name}/package.json": manifest(name) for name in packages}
    files |= {"maintainer.yml": configuration(stories)}
    with stage(kind, folder / "stage", files) as site:
        made = Scene(site, folder / "stage")
        ready(made)
        for name in packages:
            made.release(name, "1.1.0")
        happened = [story.since for story in stories if story.since]
        if not happened:
            _warmed(kind)
        else:
            site.maintainer("run")
            made.push("main", {"maintainer.yml": configuration(stories, later=True)})
        for since in happened:
            since(made)
        yield made


def ready(made: Scene) -> None:
    """People, a milestone, and what holds merging back until someone has looked."""
    site = made.site
    site.person("ada")
    site.person("bob")
    if site.kind == "github":
        repository = site.forge.repository()
        repository.milestones[1] = github_world.Milestone(site.forge.world.id(), 1, "Autumn", "ada", site.forge.tick())
        repository.allow_auto_merge = True
        repository.protected["main"] = github_world.Protection(approvals=1, push=("ada",))
    else:
        project = site.forge.project()
        project.milestones.append(gitlab_world.Milestone(site.forge.world.id(), 1, "Autumn"))
        project.approvals_before_merge = 1


def fresh(site: Stage) -> None:
    """As CI begins a job: nothing of an earlier run is in the checkout."""
    shutil.rmtree(site.here.root)
    site.here.root.mkdir()
    site.here.git("init", "--quiet", "--initial-branch=main")


def beside(site: Stage) -> Stage:
    """The same site in a second job: with a checkout and a cache of its own."""
    folder = site.here.root.parent.parent / "beside"
    made = Site(folder / site.here.root.name, folder / "home", site.here.server)
    made.environment = {**site.here.environment, "HOME": str(folder / "home")}
    made.root.mkdir(parents=True, exist_ok=True)
    return replace(site, here=made)


def run(site: Stage, minutes: int = 0) -> tuple[int, str, str]:
    """`maintainer run` on a fresh checkout, some minutes later: so its commits are others than an earlier run's."""
    fresh(site)
    return site.maintainer("run", now=NOW + timedelta(minutes=minutes), expected=None)


def written(site: Stage, minutes: int = 0) -> list[str]:
    """The writes of a run that nothing disturbs, as the forge describes them."""
    found: list[str] = []
    site.forge.before_write = found.append
    code, out, err = run(site, minutes)
    site.forge.before_write = lambda _: None
    assert code == 0, (out, err)
    return found


def killed(site: Stage, at: int, *, done: bool) -> str:
    """Run in a process that is killed before its write of this number is done, or once it is `done`; which it was."""
    count, hit, pid = 0, "", 0
    born = threading.Event()

    def kill(what: str) -> None:
        nonlocal count, hit
        if count == at:
            hit = what
            born.wait()
            os.kill(pid, signal.SIGKILL)
            with suppress(ChildProcessError):
                os.waitid(os.P_PID, pid, os.WEXITED | os.WNOWAIT)
        count += 1
        if hit:
            raise Dropped

    name = "after_write" if done else "before_write"
    setattr(site.forge, name, kill)
    fresh(site)
    pid = os.fork()
    if pid == 0:
        try:
            site.maintainer("run", expected=None)
        finally:
            os._exit(0)
    born.set()
    _, status = os.waitpid(pid, 0)
    setattr(site.forge, name, lambda _: None)
    assert os.waitstatus_to_exitcode(status) == KILLED, f"there is no write {at}"
    return hit
