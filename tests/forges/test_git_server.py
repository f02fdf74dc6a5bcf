"""The git server and its repositories, with the real git client."""

import os
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from maintainer.process import Finished, minimal, run
from tests.forges import git_server, push_rules
from tests.forges.git_server import Access, GitServer, Push, Refusal
from tests.forges.repository import NOTHING, BareRepository, Conflict
from tests.forges.server import Dropped, ForgeServer
from tests.loopback import Reply, Request

BRANCH, MARKER = "refs/heads/maintainer/a", "refs/maintainer/pushed/maintainer/a"


class Forge(ForgeServer):
    """One repository; the token `secret` may write, `reader` may read."""

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self.site = BareRepository.create(folder / "shop/site.git", {"readme.md": "one\n", "a.txt": "a\n"})
        self.rule: Callable[[Push], Refusal | None] = lambda _: None
        self.pushes: list[Push] = []
        self.git = GitServer(self.find, self.allowed, self.refuses, self.pushes.append)

    def answer(self, request: Request) -> Reply:
        return self.git.answer(request)

    def find(self, name: str) -> BareRepository | None:
        return self.site if name == "shop/site" else None

    def allowed(self, access: Access) -> Reply | None:
        if access.token not in ("secret", "reader"):
            return git_server.challenge("Git", "Access denied")
        if access.write and access.token != "secret":
            return git_server.denied(403, "You are not allowed to push code to this project.")
        return None

    def refuses(self, push: Push) -> Refusal | None:
        self.before_write(push.description())
        return self.rule(push)


@dataclass
class Clone:
    forge: Forge
    root: Path
    config: dict[str, str] = field(default_factory=dict)

    def url(self, token: str = "secret", name: str = "shop/site") -> str:
        return f"http://any:{token}@{self.forge.host}/{name}.git"

    def git(self, *argv: str) -> Finished:
        person = {f"GIT_{who}_{what}": "ada" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
        alone = {"GIT_CONFIG_GLOBAL": "/dev/null", "GIT_TERMINAL_PROMPT": "0", "LC_ALL": "C"}
        return run(["git", *argv], cwd=self.root, environment=minimal(os.environ, **person, **alone))

    def done(self, *argv: str) -> str:
        finished = self.git(*argv)
        assert finished.code == 0, finished.err.decode()
        return finished.text.strip()

    def commit(self, path: str, data: bytes) -> str:
        (self.root / path).parent.mkdir(parents=True, exist_ok=True)
        (self.root / path).write_bytes(data)
        self.done("add", "--all")
        self.done("commit", "--quiet", "--message", "A change")
        return self.done("rev-parse", "HEAD")

    def push(self, *argv: str, token: str = "secret") -> Finished:
        return self.git("push", "--porcelain", *argv[:-1], self.url(token), *argv[-1].split())


@pytest.fixture
def clone(tmp_path: Path) -> Iterator[Clone]:
    with Forge(tmp_path / "forge") as forge:
        made = Clone(forge, tmp_path / "clone")
        made.root.mkdir()
        made.done("clone", "--quiet", made.url(), ".")
        yield made


def leases(old: str) -> list[str]:
    return ["--atomic", f"--force-with-lease={BRANCH}:{old}", f"--force-with-lease={MARKER}:{old}"]


def both_refs(new: str) -> str:
    return f"{new}:{BRANCH} {new}:{MARKER}"


def test_a_branch_and_its_marker_move_together(clone: Clone) -> None:
    first = clone.commit("b.txt", b"b\n")
    pushed = clone.push(*leases(""), both_refs(first))
    assert pushed.code == 0, pushed.err
    assert clone.forge.site.refs("refs/heads/maintainer/", "refs/maintainer/") == {BRANCH: first, MARKER: first}
    [told] = clone.forge.pushes
    assert {(update.ref, update.old, update.new) for update in told.updates} == {
        (BRANCH, NOTHING, first),
        (MARKER, NOTHING, first),
    }
    clone.done("reset", "--quiet", "--hard", "HEAD~1")
    second = clone.commit("b.txt", b"other\n")
    assert clone.push(*leases(first), both_refs(second)).code == 0
    listed = clone.done("ls-remote", clone.url("reader"), "refs/heads/maintainer/*", "refs/maintainer/*")
    assert listed.splitlines() == [f"{second}\t{BRANCH}", f"{second}\t{MARKER}"]


def test_a_stale_lease_moves_nothing(clone: Clone) -> None:
    first = clone.commit("b.txt", b"b\n")
    assert clone.push(*leases(""), both_refs(first)).code == 0
    theirs = clone.forge.site.commit("maintainer/a", {"b.txt": "by a person\n"}, by="grace")
    second = clone.commit("b.txt", b"ours\n")
    pushed = clone.push(*leases(first), both_refs(second))
    assert pushed.code == 1
    assert b"stale info" in pushed.out
    assert clone.forge.site.refs("refs/heads/maintainer/", "refs/maintainer/") == {BRANCH: theirs, MARKER: first}


def test_two_pushes_that_create_the_same_branch_are_not_both_done(clone: Clone) -> None:
    first = clone.commit("b.txt", b"b\n")
    clone.forge.before_write = lambda _: clone.forge.site.update_ref(BRANCH, clone.forge.site.sha("main") or "")
    pushed = clone.push(*leases(""), both_refs(first))
    assert pushed.code == 1
    assert clone.forge.site.refs("refs/maintainer/") == {}
    assert clone.forge.pushes == []


def test_two_pushes_at_once_move_what_one_says(clone: Clone) -> None:
    heads = [clone.commit("b.txt", b"one\n"), clone.commit("b.txt", b"two\n")]
    both = threading.Barrier(2)
    clone.forge.before_write = lambda _: both.wait(9)
    with ThreadPoolExecutor(2) as pool:
        done = list(pool.map(lambda head: clone.push(*leases(""), both_refs(head)).code, heads))
    assert sorted(done) == [0, 1]
    moved = set(clone.forge.site.refs("refs/heads/maintainer/", "refs/maintainer/").values())
    assert moved == {heads[done.index(0)]}


def test_bodies_come_in_chunks_and_zipped(clone: Clone) -> None:
    big = clone.commit("big.bin", os.urandom(200_000))
    pushed = clone.git("-c", "http.postBuffer=65536", "push", clone.url(), f"{big}:refs/heads/big")
    assert pushed.code == 0, pushed.err
    assert clone.forge.site.sha("big") == big
    for number in range(40):
        clone.forge.site.commit(f"many-{number}", {"x": str(number)})
    clone.done("fetch", "--quiet", clone.url(), "+refs/heads/*:refs/remotes/all/*")
    assert clone.done("rev-parse", "refs/remotes/all/many-39") == clone.forge.site.sha("many-39")


@pytest.mark.parametrize(
    ("token", "push", "said"),
    [
        ("wrong", False, b"Authentication failed"),
        ("wrong", True, b"Authentication failed"),
        ("reader", True, b"remote: You are not allowed to push code to this project."),
    ],
)
def test_who_may_not_is_told(clone: Clone, token: str, push: bool, said: bytes) -> None:
    head = clone.commit("b.txt", b"b\n")
    done = clone.push(f"{head}:refs/heads/b", token=token) if push else clone.git("ls-remote", clone.url(token))
    assert done.code
    assert said in done.err
    assert clone.forge.site.sha("b") is None


def test_an_unknown_repository_is_not_found(clone: Clone) -> None:
    done = clone.git("ls-remote", clone.url(name="shop/other"))
    assert done.code == 128
    assert b"remote: Repository not found." in done.err


def test_gitlab_protects_branches(clone: Clone) -> None:
    clone.forge.rule = lambda push: push_rules.gitlab(push, protected=["main", "stable-*"], may_push=[])
    head = clone.commit("b.txt", b"b\n")
    pushed = clone.push("--atomic", f"{head}:refs/heads/main {head}:refs/heads/other")
    assert b"GitLab: You are not allowed to push code to protected branches on this project." in pushed.err
    assert b"(pre-receive hook declined)" in pushed.out
    assert clone.forge.site.sha("other") is None
    assert clone.push(f"{head}:refs/heads/other").code == 0
    assert clone.push(f"{head}:refs/heads/stable-1").code == 1


def test_github_protects_branches_and_workflows(clone: Clone) -> None:
    clone.forge.rule = lambda push: push_rules.github(push, protected=["main"], workflows=False, by="a GitHub App")
    head = clone.commit("b.txt", b"b\n")
    pushed = clone.push(f"{head}:refs/heads/main")
    assert b"GH006: Protected branch update failed for refs/heads/main." in pushed.err
    assert b"(protected branch hook declined)" in pushed.out
    workflow = clone.commit(".github/workflows/x.yml", b"on: push\n")
    pushed = clone.push(*leases(""), both_refs(workflow))
    told = (
        b"(refusing to allow a GitHub App to create or update workflow `.github/workflows/x.yml` without `workflows` "
    )
    assert told + b"permission)" in pushed.out
    assert clone.forge.site.refs("refs/heads/maintainer/", "refs/maintainer/") == {}
    clone.forge.rule = lambda push: push_rules.github(push, protected=["main"], workflows=True, by="a GitHub App")
    assert clone.push(*leases(""), both_refs(workflow)).code == 0
    clone.forge.rule = lambda push: push_rules.github(push, protected=["main"], workflows=False, by="a GitHub App")
    further = clone.commit("c.txt", b"c\n")
    assert clone.push(*leases(workflow), both_refs(further)).code == 0, "the workflow is there already"


def test_the_forges_own_refs_and_the_default_branch_stay(clone: Clone) -> None:
    head = clone.commit("b.txt", b"b\n")
    assert b"deny updating a hidden ref" in clone.push(f"{head}:refs/pull/1/head").out
    assert b"refusing to delete the current branch" in clone.push(":refs/heads/main").err


def test_a_push_dies_before_it_or_after_it(clone: Clone) -> None:
    def dies(_: str) -> None:
        raise Dropped

    head = clone.commit("b.txt", b"b\n")
    clone.forge.before_write = dies
    assert clone.push(f"{head}:refs/heads/b").code
    assert clone.forge.site.sha("b") is None
    clone.forge.before_write = lambda _: None
    clone.forge.fault("POST", "git-receive-pack", "lost")
    assert clone.push(f"{head}:refs/heads/b").code
    assert clone.forge.site.sha("b") == head


def test_merges_are_gits(tmp_path: Path) -> None:
    site = BareRepository.create(tmp_path / "site.git", {"a": "1\n", "b": "1\n"})
    old = site.sha("main")
    head = site.commit("feature", {"a": "2\n", "c": "new\n"}, "Change a")
    site.commit("feature", {"b": None, 'd "x"\n': "odd\n"}, "Remove b")
    clash = site.commit("clash", {"a": "3\n"})
    assert site.changed("main", "feature") == {"a": "M", "b": "D", "c": "A", 'd "x"\n': "A"}
    assert [commit.message for commit in site.commits("main", "feature")] == ["Remove b", "Change a"]
    assert site.conflicts("clash", "feature") == ("a",)
    with pytest.raises(Conflict):
        site.merge("clash", "feature")
    merged = site.merge("main", "feature", by="grace")
    assert site.commit_of(merged).parents == (old, site.sha("feature"))
    assert site.commit_of(merged).author == "Grace"
    assert site.is_ancestor(head, "main")
    assert site.read("main", "a") == b"2\n"
    assert site.read("main", "b") is None
    assert site.conflicts("main", clash) == ("a",)
    site.rename_branch("main", "trunk")
    assert site.default_branch == "trunk"
    assert site.branches().keys() == {"trunk", "feature", "clash"}


@pytest.mark.parametrize("how", ["squash", "rebase"])
def test_a_squash_and_a_rebase_have_one_line_of_parents(tmp_path: Path, how: str) -> None:
    site = BareRepository.create(tmp_path / "site.git", {"a": "1\n"})
    site.commit("feature", {"b": "1\n"}, "One")
    site.commit("feature", {"c": "1\n"}, "Two")
    base = site.commit("main", {"a": "2\n"}, "Meanwhile")
    site.merge("main", "feature", how=how, message="Both")
    told = [commit.message for commit in site.commits(base, "main")]
    assert told == (["Both"] if how == "squash" else ["Two", "One"])
    assert site.files("main").keys() == {"a", "b", "c"}
    assert not site.is_ancestor("feature", "main")


def test_a_person_amends_and_forces(tmp_path: Path) -> None:
    site = BareRepository.create(tmp_path / "site.git", {"a": "1\n"})
    first = site.commit("feature", {"b": "1\n"})
    amended = site.commit("feature", {"b": "2\n"}, amend=True)
    assert site.commit_of(amended).parents == site.commit_of(first).parents
    forced = site.commit("feature", {"c": "1\n"}, onto="main")
    assert site.files(forced).keys() == {"a", "c"}
    fork = site.fork(tmp_path / "fork.git")
    assert fork.branches() == site.branches()
