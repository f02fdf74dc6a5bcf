"""Git over the network against the real git server of the forges' fakes: what moves, what doesn't, what is said."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from maintainer import errors
from maintainer.platforms.branches import Branches
from maintainer.process import minimal, run
from maintainer.workspace import remote as workspace_remote
from maintainer.workspace.git import Git
from maintainer.workspace.remote import Move, Remote, basic
from tests.forges import git_server, push_rules
from tests.forges.git_server import Access, GitServer, Push, Refusal
from tests.forges.repository import BareRepository
from tests.forges.server import Dropped, ForgeServer
from tests.loopback import Reply, Request

TOKEN = "glpat-S3cretOfTheForge"
BRANCH = "maintainer/npm-a"
HEAD, PUSHED = f"refs/heads/{BRANCH}", f"refs/maintainer/pushed/{BRANCH}"


class Forge(ForgeServer):
    def __init__(self, folder: Path) -> None:
        super().__init__()
        self.site = BareRepository.create(folder / "shop/site.git", {"readme.md": "one\n", "a.txt": "a\n"})
        self.refusal: Callable[[Push], Refusal | None] = lambda _: None
        self.git = GitServer(self.found, self.allowed, self.refused, lambda push: self.after_write(push.description()))

    def answer(self, request: Request) -> Reply:
        return self.git.answer(request)

    def found(self, name: str) -> BareRepository | None:
        return self.site if name == "shop/site" else None

    def allowed(self, access: Access) -> Reply | None:
        return None if access.token == TOKEN else git_server.challenge("Git", "Access denied")

    def refused(self, push: Push) -> Refusal | None:
        self.before_write(push.description())
        return self.refusal(push)


@dataclass
class Here:
    """A checkout of the forge's site."""

    forge: Forge
    git: Git
    remote: Remote
    made: int = 0

    def commit(self, text: str, path: str = "b.txt", base: str = "main") -> str:
        """A commit of ours on the forge's `base`, pushed nowhere."""
        onto = self.forge.site.sha(f"refs/heads/{base}") or ""
        self.remote.fetch({f"refs/heads/{base}": onto})
        stream = f"commit refs/heads/scratch\ncommitter maintainer <m@shop.example> 1 +0000\ndata 1\n.\nfrom {onto}\n"
        stream += f"M 100644 inline {path}\ndata {len(text)}\n{text}\n"
        self.git.run("fast-import", "--quiet", "--force", stdin=stream.encode())
        return self.git.commit("scratch") or ""

    def branches(self) -> Branches:
        return Branches(self.remote, self.git)

    def state(self) -> dict[str, str]:
        return self.forge.site.refs("refs/heads/maintainer/", "refs/maintainer/")


@pytest.fixture
def here(tmp_path: Path) -> Iterator[Here]:
    with Forge(tmp_path / "forge") as forge:
        root = tmp_path / "checkout"
        environment = minimal({"PATH": "/usr/local/bin:/usr/bin:/bin"}, HOME=str(tmp_path))
        run(["git", "clone", "--quiet", str(forge.site.path), str(root)], cwd=tmp_path, environment=environment)
        git = Git(root, environment)
        yield Here(forge, git, Remote(git, f"{forge.origin}/shop/site.git", lambda: basic("x-access-token", TOKEN)))


def test_a_branch_is_made_moved_and_removed_with_what_we_remember_of_it(here: Here) -> None:
    first = here.commit("1")
    here.branches().create(BRANCH, first)
    assert here.state() == {HEAD: first, PUSHED: first}
    second = here.commit("2")
    branches = here.branches()
    branches.move(BRANCH, first, second)
    assert (branches.head(BRANCH), branches.pushed(BRANCH)) == (second, second)
    assert here.state() == {HEAD: second, PUSHED: second}
    assert here.branches().ours() == [BRANCH]
    here.branches().remove(BRANCH)
    assert here.state() == {}


@pytest.mark.parametrize("amend", [False, True])
def test_what_a_person_pushed_is_never_overwritten_nor_removed(here: Here, amend: bool) -> None:
    first = here.commit("1")
    here.branches().create(BRANCH, first)
    before = here.branches()
    assert before.head(BRANCH) == first
    theirs = here.forge.site.commit(BRANCH, {"b.txt": "by hand"}, by="grace", amend=amend)
    with pytest.raises(errors.StaleEdit, match="Someone moved maintainer/npm-a"):
        before.move(BRANCH, first, here.commit("2"))
    before.remove(BRANCH)
    now = here.branches()
    assert (now.head(BRANCH), now.pushed(BRANCH)) == (theirs, first)
    now.remove(BRANCH)
    with pytest.raises(errors.StaleEdit, match="not as we pushed it"):
        now.create(BRANCH, here.commit("2"))
    assert here.state() == {HEAD: theirs, PUSHED: first}
    now.move(BRANCH, theirs, here.commit("3"))
    assert here.state()[HEAD] == here.state()[PUSHED] != theirs


def test_a_branch_that_is_somebodys_is_not_taken_over(here: Here) -> None:
    theirs = here.forge.site.commit(BRANCH, {"b.txt": "mine"}, by="grace")
    with pytest.raises(errors.StaleEdit):
        here.branches().create(BRANCH, here.commit("1"))
    assert here.state() == {HEAD: theirs}


def test_a_branch_in_the_way_of_ours_is_named(here: Here) -> None:
    here.forge.site.update_ref("refs/heads/maintainer", here.forge.site.sha("refs/heads/main") or "")
    with pytest.raises(errors.ToolFailed, match="the branch maintainer stands where its folder would be"):
        here.branches().create(BRANCH, here.commit("one"))


def test_of_two_runs_at_once_one_makes_the_branch(here: Here) -> None:
    ours, other = here.branches(), here.branches()
    assert ours.head(BRANCH) == other.head(BRANCH) == ""
    first = here.commit("1")
    ours.create(BRANCH, first)
    with pytest.raises(errors.StaleEdit):
        other.create(BRANCH, here.commit("2"))
    assert here.state() == {HEAD: first, PUSHED: first}


def test_a_push_whose_answer_is_lost_is_known_to_have_been_done(here: Here) -> None:
    here.forge.fault("POST", "git-receive-pack", "lost")
    first = here.commit("1")
    here.branches().create(BRANCH, first)
    assert here.state() == {HEAD: first, PUSHED: first}


def test_a_push_that_breaks_is_a_sentence_and_moves_nothing(here: Here) -> None:
    def broken(_: str) -> None:
        raise Dropped

    here.forge.before_write = broken
    with pytest.raises(errors.OutsideError, match=r"127\.0\.0\.1"):
        here.branches().create(BRANCH, here.commit("1"))
    assert here.state() == {}


@pytest.mark.parametrize(
    ("refusal", "says"),
    [
        (lambda push: push_rules.gitlab(push, protected=["maintainer/*"]), "protected branches"),
        (lambda push: push_rules.github(push, protected=["maintainer/*"], workflows=True), "GH006"),
        (lambda push: push_rules.github(push, protected=[], workflows=False), "Workflows: write"),
    ],
)
def test_a_refusal_is_the_forges_words_and_what_to_do(
    here: Here, refusal: Callable[[Push], Refusal | None], says: str
) -> None:
    here.forge.refusal = refusal
    with pytest.raises(errors.AccessDenied, match=says) as refused:
        here.branches().create(BRANCH, here.commit("1", ".github/workflows/a.yml"))
    assert TOKEN not in str(refused.value)
    assert here.state() == {}


def test_a_wrong_token_is_a_sentence_without_it(here: Here) -> None:
    wrong = Remote(here.git, here.remote.url, lambda: basic("x-access-token", "glpat-Wr0ng"))
    for attempt in (
        lambda: wrong.refs("refs/heads/*"),
        lambda: wrong.push([Move(HEAD, "", here.commit("1"))]),
    ):
        with pytest.raises(errors.AccessDenied) as refused:
            attempt()
        assert "glpat" not in str(refused.value) and "Basic" not in str(refused.value)


def test_an_outage_is_a_sentence(here: Here) -> None:
    here.forge.fault("GET", "info/refs", Reply(503), times=3)
    with pytest.raises(errors.Unreachable, match="503"):
        here.remote.refs("refs/heads/*")
    assert here.remote.refs("refs/heads/main")
    here.forge.fault("GET", "info/refs", Reply(503), times=2)
    assert here.remote.refs("refs/heads/main"), "a passing failure is tried again"


def test_conflicts_are_known_from_git_and_a_shallow_checkout_is_completed(here: Here, tmp_path: Path) -> None:
    here.branches().create(BRANCH, here.commit("theirs", "a.txt"))
    for number in range(3):
        here.forge.site.commit("main", {"a.txt": f"{number}\n"})
    here.forge.site.commit("maintainer/calm", {"c.txt": "c\n"})
    root = tmp_path / "shallow"
    url = here.forge.site.path.as_uri()
    run(["git", "clone", "--quiet", "--depth=1", url, str(root)], cwd=tmp_path, environment=here.git.environment)
    git = Git(root, here.git.outer)
    branches = Branches(Remote(git, here.remote.url, lambda: basic("x", TOKEN)), git)
    branches.fetch(["main", BRANCH, "maintainer/calm", "maintainer/gone"])
    assert branches.conflicts(BRANCH, "main") and not branches.conflicts("maintainer/calm", "main")
    assert git.line("rev-parse", "--is-shallow-repository") == "false"
    assert git.branches().keys() == {"main"}, "no branch is left behind here"
    asked = len(here.forge.requests)
    branches.fetch(["main", BRANCH])
    assert len(here.forge.requests) == asked, "what is here is not asked for again"


def test_what_the_checkout_sends_to_the_host_itself_is_dropped(here: Here) -> None:
    """actions/checkout leaves its token as http.<host>.extraheader; GitHub takes no two Authorization headers."""
    here.git.run("config", f"http.{here.forge.origin}/.extraheader", basic("x-access-token", "ghs_OfTheCheckout"))
    assert here.remote.refs("refs/heads/main")


def test_a_forge_that_says_nothing_is_not_waited_for_for_ever(
    tmp_path: Path, here: Here, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workspace_remote, "SILENCE", 1)
    remote = Remote(here.git, here.remote.url, lambda: basic("x-access-token", TOKEN))
    here.forge.fault("GET", "info/refs", "slow", seconds=2.5, times=3)
    with pytest.raises(errors.Unreachable, match=r"could not be read.*Try again later"):
        remote.refs("refs/heads/*")
