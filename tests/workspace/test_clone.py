"""Cloning for one run: a branch, its past only where it is needed, and errors that say whose they are."""

from pathlib import Path

import pytest

from maintainer.errors import OutsideError
from maintainer.workspace.clone import clone
from maintainer.workspace.git import Git
from tests.workspace.repositories import ENVIRONMENT, commit, repository


@pytest.fixture
def origin(tmp_path: Path) -> Git:
    git = repository(tmp_path / "origin", {"a": b"1\n", "link": "a", ".gitattributes": b"* text=auto eol=lf\n"})
    commit(git, {"a": b"2\n"})
    git.run("branch", "other", "HEAD~")
    git.run("branch", "-m", "main", "trunk")
    return git


@pytest.mark.parametrize(("whole", "commits"), [(True, "2"), (False, "1")])
def test_the_default_branch_is_checked_out(tmp_path: Path, origin: Git, whole: bool, commits: str) -> None:
    into = tmp_path / "into"
    assert clone(origin.root.as_uri(), into, ENVIRONMENT, whole=whole) == "trunk"
    git = Git(into, ENVIRONMENT)
    assert (git.branch(), git.head()) == ("trunk", origin.head())
    assert git.line("rev-list", "--count", "HEAD") == commits
    assert sorted(path.name for path in into.iterdir()) == [".git", ".gitattributes", "a", "link"]
    assert git.branches().keys() == {"trunk"}


def test_another_branch_is_checked_out_when_it_is_named(tmp_path: Path, origin: Git) -> None:
    assert clone(origin.root.as_uri(), tmp_path / "into", ENVIRONMENT, branch="other") == "other"
    assert (tmp_path / "into/a").read_bytes() == b"1\n"


def test_what_is_not_there_is_said(tmp_path: Path, origin: Git) -> None:
    with pytest.raises(OutsideError, match="none"):
        clone((tmp_path / "none.git").as_uri(), tmp_path / "1", ENVIRONMENT)
    with pytest.raises(OutsideError, match="missing"):
        clone(origin.root.as_uri(), tmp_path / "2", ENVIRONMENT, branch="missing")


def test_an_empty_repository_is_said(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    Git(tmp_path / "empty", ENVIRONMENT).run("init", "-q", "--bare")
    with pytest.raises(OutsideError, match=r"has no branch|could not be read|lets us not"):
        clone((tmp_path / "empty").as_uri(), tmp_path / "into", ENVIRONMENT)


def test_hooks_and_filters_of_a_site_run_nothing(tmp_path: Path) -> None:
    git = repository(tmp_path / "origin", {".gitattributes": b"* filter=evil diff=evil\n", "a": b"x\n"})
    clone(git.root.as_uri(), tmp_path / "into", ENVIRONMENT)
    assert (tmp_path / "into/a").read_bytes() == b"x\n"
