import os
import subprocess
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

import pytest

from maintainer.errors import ConfigurationError, StaleEdit, ToolFailed
from maintainer.workspace.git import Git
from tests.workspace.repositories import ENVIRONMENT, commit, repository, tree

WHEN = datetime(2026, 11, 21, 8, 0, tzinfo=UTC)


def written(git: Git, files: Mapping[str, bytes | str | None], *parents: str) -> str:
    """A commit beside the branches."""
    here = git.head()
    new = commit(git, files)
    made = git.commit_tree(
        git.line("rev-parse", f"{new}^{{tree}}"), parents or (here,), "Aside", WHEN, "M", "m@x.example"
    )
    git.run("reset", "-q", "--hard", here)
    return made


def test_a_commit_says_what_it_was_given(tmp_path: Path) -> None:
    git = repository(tmp_path)
    base = git.head()
    made = git.commit_tree(
        git.line("rev-parse", "HEAD^{tree}"), (base,), "Zażółć\n\n- list\n# kept\n", WHEN, "Bot", "b@x.example"
    )
    said = git.line("log", "-1", "--format=%an|%ae|%cn|%aI|%cI|%P|%B", made)
    date = "2026-11-21T08:00:00+00:00"
    assert said.startswith(f"Bot|b@x.example|Bot|{date}|{date}|{base}|Zażółć\n\n- list\n# kept")
    again = git.commit_tree(
        git.line("rev-parse", "HEAD^{tree}"), (base,), "Zażółć\n\n- list\n# kept\n", WHEN, "Bot", "b@x.example"
    )
    assert again == made


def test_a_commit_tells_when_it_was_made(tmp_path: Path) -> None:
    git = repository(tmp_path)
    made = git.commit_tree(git.line("rev-parse", "HEAD^{tree}"), (), "x", WHEN, "Bot", "b@x.example")
    assert git.date(made) == WHEN


def test_a_ref_moves_only_from_where_it_was_seen(tmp_path: Path) -> None:
    git = repository(tmp_path)
    first, other = git.head(), written(git, {"a": b"1"})
    git.update_ref("refs/heads/maintainer/x", first, None)
    with pytest.raises(StaleEdit):
        git.update_ref("refs/heads/maintainer/x", other, None)
    with pytest.raises(StaleEdit):
        git.update_ref("refs/heads/maintainer/x", first, other)
    with pytest.raises(StaleEdit):
        git.update_ref("refs/heads/maintainer", first, None)
    git.update_ref("refs/heads/maintainer/x", other, first)
    assert git.commit("refs/heads/maintainer/x") == other
    with pytest.raises(StaleEdit):
        git.delete_ref("refs/heads/maintainer/x", first)
    git.delete_ref("refs/heads/maintainer/x", other)
    assert git.commit("refs/heads/maintainer/x") is None


def test_a_branch_in_use_is_never_moved(tmp_path: Path) -> None:
    git = repository(tmp_path / "r")
    other = written(git, {"a": b"1"})
    with pytest.raises(StaleEdit, match="checked out"):
        git.update_ref("refs/heads/main", other, git.head())
    git.run("worktree", "add", "-q", "-b", "elsewhere", str(tmp_path / "w"))
    with pytest.raises(StaleEdit, match="checked out"):
        git.update_ref("refs/heads/elsewhere", other, git.head())


def test_a_stale_lock_is_a_failed_tool_and_says_so(tmp_path: Path) -> None:
    git = repository(tmp_path)
    (tmp_path / ".git/refs/heads/x.lock").write_bytes(b"")
    with pytest.raises(ToolFailed, match="lock"):
        git.update_ref("refs/heads/x", git.head(), None)


def test_head_and_branch(tmp_path: Path) -> None:
    empty = Git(tmp_path, ENVIRONMENT)
    empty.run("init", "-q", "-b", "trunk")
    with pytest.raises(ConfigurationError, match="no commit yet"):
        empty.head()
    assert empty.branch() == "trunk"
    commit(empty, {"a": b""})
    empty.run("checkout", "-q", "--detach")
    assert empty.branch() is None


def test_conflicts_are_named(tmp_path: Path) -> None:
    git = repository(tmp_path, {"a": b"1\n", "zażółć": b"1\n"})
    mine, theirs = written(git, {"zażółć": b"2\n"}), written(git, {"zażółć": b"3\n", "b": b""})
    assert git.merge_tree_conflicts(mine, theirs) == ("zażółć",)
    assert git.merge_tree_conflicts(mine, git.head()) == ()
    assert git.changed_files(mine, theirs) == ("b", "zażółć")
    assert git.is_ancestor(git.head(), mine) and not git.is_ancestor(mine, theirs)
    assert not git.is_ancestor("0" * 40, mine)


@pytest.mark.parametrize("driver", ["evil", "e=v", "e.v=x.clean"])
def test_the_repositorys_own_programs_are_not_run(tmp_path: Path, driver: str) -> None:
    attributes = f"* merge={driver} filter={driver} diff={driver}\n".encode()
    git = repository(tmp_path / "r", {"a.php": b"1\n", ".gitattributes": attributes})
    canary = tmp_path / "canary"
    evil = f"touch {canary}; false"
    hook = tmp_path / "r/.git/hooks/reference-transaction"
    hook.write_text(f"#!/bin/sh\ntouch {canary}\n")
    hook.chmod(0o755)
    programs = ["core.fsmonitor", "core.pager", "core.sshCommand", "diff.external", "gpg.program", "credential.helper"]
    programs += ["core.editor", "alias.status", f"diff.{driver}.textconv", f"diff.{driver}.command"]
    programs += [f"merge.{driver}.driver", *(f"filter.{driver}.{verb}" for verb in ("clean", "smudge", "process"))]
    for name in programs:
        subprocess.run(["git", "config", name, evil], cwd=tmp_path / "r", check=True)
    git = Git(tmp_path / "r", ENVIRONMENT)
    mine, theirs = written(git, {"a.php": b"2\n"}), written(git, {"a.php": b"3\n"})
    git.update_ref("refs/heads/x", mine, None)
    assert git.merge_tree_conflicts(mine, theirs) == ("a.php",)
    git.run("status", "--porcelain")
    git.run("log", "-p", "-G1", "HEAD")
    git.run("diff", mine, theirs)
    git.run("checkout", "-q", "--detach", mine)
    git.run("add", "-A")
    beside = git.beside(None, (("user.name", "x"),), GIT_INDEX_FILE=str(tmp_path / "index"))
    beside.run("add", "-A")
    beside.run("diff", mine, theirs)
    assert beside.line("config", "user.name") == "x"
    assert not canary.exists()


def test_a_local_stand_in_for_a_commit_is_not_taken(tmp_path: Path) -> None:
    git = repository(tmp_path / "r", {"a.php": b"1\n"})
    head, other = git.head(), written(git, {"a.php": b"2\n"})
    subprocess.run(["git", "replace", head, other], cwd=tmp_path / "r", check=True)
    assert git.changed_files(head, other) == ("a.php",)


def test_another_owners_repository_is_read(tmp_path: Path) -> None:
    repository(tmp_path)
    git = Git(tmp_path, ENVIRONMENT | {"GIT_TEST_ASSUME_DIFFERENT_OWNER": "1"})
    git.environment["GIT_TEST_ASSUME_DIFFERENT_OWNER"] = "1"
    assert git.head()


def test_a_users_configuration_changes_nothing(tmp_path: Path) -> None:
    (tmp_path / ".gitconfig").write_text("[core]\n quotePath = true\n autocrlf = true\n[diff]\n noprefix = true\n")
    git = repository(tmp_path / "r", {"zażółć": b"a\r\n"})
    own = Git(tmp_path / "r", ENVIRONMENT | {"HOME": str(tmp_path), "GIT_DIR": "/nowhere", "GIT_TRACE": "1"})
    (tmp_path / ".config/git").mkdir(parents=True)
    (tmp_path / ".config/git/ignore").write_text("*\n")
    own.run("config", "include.path", "~/somewhere")
    own.run("config", "core.excludesFile", "~/ignore")
    (tmp_path / "r/new").write_bytes(b"")
    assert own.line("ls-files", "-o", "--exclude-standard") == "new"
    assert tree(own, "HEAD") == {"zażółć": ("100644", b"a\r\n")} == tree(git, "HEAD")


def test_failures_say_what_git_said(tmp_path: Path) -> None:
    git = repository(tmp_path)
    with pytest.raises(ToolFailed, match=r"git ls-tree failed: .*nonsense"):
        git.run("ls-tree", "nonsense")
    assert git.run("ls-tree", "nonsense", check=False).code != 0


def test_missing_and_large_blobs_are_left_out(tmp_path: Path) -> None:
    git = repository(tmp_path, {"small": b"", "large": os.urandom(3000)})
    shas = {entry.path: entry.sha for entry in git.entries("HEAD")}
    assert git.blobs([*shas.values(), "0" * 40], largest=2000) == {shas["small"]: b""}
