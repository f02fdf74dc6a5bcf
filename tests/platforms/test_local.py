"""Proposals kept in the repository itself, over real git."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from maintainer import errors
from maintainer.model import Change, Dependency, Proposal, Release, Source, Span, Update
from maintainer.platforms.base import Draft
from maintainer.platforms.local import LocalProposals
from maintainer.process import Finished, minimal, run

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
    return LocalProposals(repository.git, repository.root / ".git/maintainer", "main", NOW)


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


class Killed(Exception):
    pass


def killed_at(times: int, git: Callable[..., Finished]) -> Callable[..., Finished]:
    """`git`, but the run dies right before its `times`-th move of a branch."""
    left = [times]

    def run_git(*argv: str, check: bool = True) -> Finished:
        if argv[0] == "update-ref":
            left[0] -= 1
            if not left[0]:
                raise Killed
        return git(*argv, check=check)

    return run_git


@pytest.mark.parametrize("verb", ["open", "refresh", "close"])
def test_a_run_killed_before_the_branch_moved_is_finished_by_the_next(
    repository: Repository, proposals: LocalProposals, verb: str
) -> None:
    folder = repository.root / ".git/maintainer"
    wanted = draft(repository, "2.1.0")
    if verb != "open":
        first = proposals.open(draft(repository))
    dying = LocalProposals(killed_at(1, repository.git), folder, "main", NOW)
    with pytest.raises(Killed):
        match verb:
            case "open":
                dying.open(wanted)
            case "refresh":
                dying.refresh(first, wanted)
            case "close":
                dying.close(first, "superseded")
    (proposal,) = proposals.all()
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
