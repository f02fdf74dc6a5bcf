"""Proposals kept in the repository itself, over real git."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from maintainer import errors
from maintainer.model import Change, Dependency, Proposal, Release, Source, Span, Update
from maintainer.platforms.base import Draft
from maintainer.platforms.local import LocalProposals
from maintainer.process import Finished, minimal, run
from maintainer.workspace.git import LIMIT, Git

NOW = datetime(2026, 11, 21, 8, tzinfo=UTC)
PERSON = {
    f"GIT_{who}_{what}": value
    for who in ("AUTHOR", "COMMITTER")
    for what, value in (("NAME", "Ada"), ("EMAIL", "ada@shop.example"), ("DATE", "2026-01-01T00:00:00Z"))
}


class Repository:
    """A git repository, and what is done in it by people."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.environment = minimal({"PATH": "/usr/bin:/bin"}, GIT_CONFIG_GLOBAL="/dev/null", **PERSON)
        self.branches = Git(root, self.environment)
        self.git("init", "--quiet", "--initial-branch=main")
        self.commit("composer.json", "1")

    def git(self, *argv: str, check: bool = True) -> Finished:
        done = run(["git", *argv], cwd=self.root, environment=self.environment)
        if check and done.code:
            raise errors.ToolFailed(done.err.decode())
        return done

    def commit(self, name: str, text: str) -> str:
        (self.root / name).write_text(text)
        self.git("add", "--all")
        self.git("commit", "--quiet", "--message", text)
        return self.head()

    def head(self, ref: str = "HEAD") -> str:
        return self.git("rev-parse", ref).text.strip()

    def made(self, text: str) -> str:
        """A commit on top of main that no branch has."""
        self.git("checkout", "--quiet", "--detach", "main")
        made = self.commit("composer.json", text)
        self.git("checkout", "--quiet", "main")
        return made


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    return Repository(tmp_path)


@pytest.fixture
def proposals(repository: Repository) -> LocalProposals:
    return LocalProposals(repository.branches, repository.root / ".git/maintainer", "main", NOW)


def draft(repository: Repository, version: str = "2.0.0", branch: str = "maintainer/npm-react") -> Draft:
    dependency = Dependency("npm", "package.json", "react", Source("npm", "react"), "npm", Span(0, 5), "1.0.0", "1.0.0")
    change = Change(f"react 1 → {version}", branch, (Update(dependency, Release(version), version, "minor"),))
    return Draft(change, "### body", repository.made(version), repository.head(), NOW)


def test_an_opened_proposal_is_a_branch_and_a_record(repository: Repository, proposals: LocalProposals) -> None:
    wanted = draft(repository)
    proposals.open(wanted)
    (proposal,) = proposals.all()
    assert repository.head("maintainer/npm-react") == wanted.commit == proposal.pushed == proposal.head
    assert (proposal.state, proposal.identity) == ("open", wanted.change.identity)


def test_a_branch_that_is_not_ours_is_never_taken(repository: Repository, proposals: LocalProposals) -> None:
    repository.git("branch", "maintainer/npm-react")
    with pytest.raises(errors.StaleEdit, match="not one of ours"):
        proposals.open(draft(repository))
    assert proposals.all() == []


def test_a_refreshed_proposal_moves_its_branch(repository: Repository, proposals: LocalProposals) -> None:
    first = proposals.open(draft(repository))
    newer = draft(repository, "2.1.0")
    proposals.refresh(first, newer)
    (proposal,) = proposals.all()
    assert (proposal.head, proposal.number, proposal.title) == (newer.commit, 1, "react 1 → 2.1.0")


def test_a_branch_someone_moved_is_theirs(repository: Repository, proposals: LocalProposals) -> None:
    first = proposals.open(draft(repository))
    theirs = repository.made("by hand")
    repository.git("branch", "--force", "maintainer/npm-react", theirs)
    with pytest.raises(errors.StaleEdit, match="theirs"):
        proposals.refresh(first, draft(repository, "2.1.0"))
    proposals.close(first, "no longer needed")
    assert repository.head("maintainer/npm-react") == theirs


def test_a_discarded_proposal_is_closed_by_a_person_and_its_branch_goes(
    repository: Repository, proposals: LocalProposals
) -> None:
    proposals.open(draft(repository))
    proposals.discard(1, "we leave react")
    (proposal,) = proposals.all()
    assert (proposal.state, proposal.closed_by_us, proposal.head) == ("closed", False, "")


def test_a_deleted_branch_closes_its_proposal(repository: Repository, proposals: LocalProposals) -> None:
    proposals.open(draft(repository))
    repository.git("branch", "--delete", "--force", "maintainer/npm-react")
    (proposal,) = proposals.all()
    assert (proposal.state, proposal.closed_by_us) == ("closed", False)


def test_a_merged_branch_merges_its_proposal(repository: Repository, proposals: LocalProposals) -> None:
    proposals.open(draft(repository))
    repository.git("merge", "--quiet", "--no-ff", "--message", "merged", "maintainer/npm-react")
    assert [proposal.state for proposal in proposals.all()] == ["merged"]


def test_a_conflict_with_the_base_is_noticed(repository: Repository, proposals: LocalProposals) -> None:
    proposals.open(draft(repository))
    repository.commit("composer.json", "3")
    assert [proposal.conflicted for proposal in proposals.all()] == [True]


def test_a_proposal_is_not_merged_by_looking_at_its_branch(repository: Repository, proposals: LocalProposals) -> None:
    proposals.open(draft(repository))
    repository.git("switch", "--quiet", "maintainer/npm-react")
    there = LocalProposals(repository.branches, repository.root / ".git/maintainer", "maintainer/npm-react", NOW)
    assert [(one.state, one.conflicted) for one in there.all()] == [("open", False)]
    assert [one.state for one in proposals.all()] == ["open"]


def test_a_branch_that_is_checked_out_elsewhere_is_not_moved(
    repository: Repository, proposals: LocalProposals, tmp_path_factory: pytest.TempPathFactory
) -> None:
    first, newer = proposals.open(draft(repository)), draft(repository, "2.1.0")
    beside = tmp_path_factory.mktemp("beside")
    repository.git("worktree", "add", "--quiet", str(beside), "maintainer/npm-react")
    with pytest.raises(errors.StaleEdit, match="checked out"):
        proposals.refresh(first, newer)
    assert proposals.all() == [first]
    assert Git(beside, repository.environment).run("status", "--porcelain").text == ""
    repository.git("worktree", "remove", str(beside))
    assert proposals.refresh(first, newer).head == newer.commit


def test_a_closed_proposal_keeps_its_branch_while_someone_looks_at_it(
    repository: Repository, proposals: LocalProposals
) -> None:
    proposals.open(draft(repository))
    repository.git("switch", "--quiet", "maintainer/npm-react")
    proposals.discard(1, "no")
    assert repository.git("status", "--porcelain", "--untracked-files=no").text == ""
    repository.git("switch", "--quiet", "main")
    proposals.settle()
    assert repository.branches.branches().keys() == {"main"}


class Killed(Exception):
    pass


class Dying(Git):
    """Git in a run that dies right before it moves a branch."""

    def run(self, *args: str, stdin: bytes = b"", check: bool = True, limit: int = LIMIT) -> Finished:
        if args[0] == "update-ref":
            raise Killed
        return super().run(*args, stdin=stdin, check=check, limit=limit)


@pytest.mark.parametrize("verb", ["open", "refresh", "close"])
def test_a_run_killed_before_the_branch_moved_is_finished_by_the_next(
    repository: Repository, proposals: LocalProposals, verb: str
) -> None:
    folder = repository.root / ".git/maintainer"
    wanted = draft(repository, "2.1.0")
    if verb != "open":
        first = proposals.open(draft(repository))
    dying = LocalProposals(Dying(repository.root, repository.environment), folder, "main", NOW)
    with pytest.raises(Killed):
        match verb:
            case "open":
                dying.open(wanted)
            case "refresh":
                dying.refresh(first, wanted)
            case "close":
                dying.close(first, "superseded")
    (seen,) = proposals.all()
    proposals.settle()
    (proposal,) = proposals.all()
    assert verb == "close" or seen == proposal
    expected: tuple[str, str] = ("closed", "") if verb == "close" else ("open", wanted.commit)
    assert (proposal.state, proposal.head) == expected
    assert proposals.all() == [proposal]


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'{"schema": 2}', b"\xff\xfe", b'{"number": "x"}'])
def test_a_broken_record_says_which_and_what_to_do(
    repository: Repository, proposals: LocalProposals, content: bytes
) -> None:
    proposals.open(draft(repository))
    record = repository.root / ".git/maintainer/proposals/1.json"
    record.write_bytes(content)
    with pytest.raises(errors.ConfigurationError, match=r"1\.json.*Restore it"):
        proposals.all()


def test_a_number_that_is_not_there_is_said(proposals: LocalProposals) -> None:
    with pytest.raises(errors.ConfigurationError, match="no proposal 7"):
        proposals.record(7)


def test_proposal_is_the_model_value(repository: Repository, proposals: LocalProposals) -> None:
    assert isinstance(proposals.open(draft(repository)), Proposal)


def test_looking_writes_nothing(repository: Repository, proposals: LocalProposals) -> None:
    proposals.open(draft(repository))
    repository.git("merge", "--quiet", "--no-ff", "--message", "merged", "maintainer/npm-react")
    record = repository.root / ".git/maintainer/proposals/1.json"
    before = record.read_bytes()
    assert [proposal.state for proposal in proposals.all()] == ["merged"]
    assert record.read_bytes() == before
    proposals.settle()
    assert b'"merged"' in record.read_bytes()


def test_a_branch_named_like_our_folder_is_said_and_stops_nothing_else(
    repository: Repository, proposals: LocalProposals
) -> None:
    repository.git("branch", "maintainer")
    with pytest.raises(errors.ToolFailed, match="git branch -m maintainer maintainer-old"):
        proposals.open(draft(repository))
    proposals.settle()
    repository.git("branch", "--move", "maintainer", "maintainer-old")
    proposals.settle()
    assert [proposal.head for proposal in proposals.all()] == [proposal.pushed for proposal in proposals.all()]
    assert "maintainer/npm-react" in repository.branches.branches()
