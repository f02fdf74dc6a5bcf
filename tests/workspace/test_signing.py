"""Commits are signed by the bot's own key, which no list of processes shows."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

import pytest

from maintainer.errors import ConfigurationError, ToolFailed
from maintainer.process import minimal, run
from maintainer.workspace.git import Git
from maintainer.workspace.signing import signing

NOW = datetime(2026, 11, 21, 8, tzinfo=UTC)
ENVIRONMENT = minimal({"PATH": "/usr/local/bin:/usr/bin:/bin"})


@pytest.fixture
def git(tmp_path: Path) -> Git:
    made = Git(tmp_path / "site", ENVIRONMENT | {"HOME": str(tmp_path)})
    made.root.mkdir()
    made.run("init", "--quiet", "--initial-branch=main")
    return made


@pytest.fixture
def key(tmp_path: Path) -> Path:
    file = tmp_path / "bot"
    words = ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "bot", "-f", str(file)]
    made = run(words, cwd=tmp_path, environment=ENVIRONMENT)
    assert made.code == 0
    return file


def signed(git: Git, value: str) -> str:
    with signing("ssh", {"MAINTAINER_SIGNING_KEY": value}) as sign:
        tree = git.run("mktree").text.strip()
        return git.commit_tree(tree, [], "Signed", NOW, "maintainer", "bot@shop.example", sign)


@pytest.mark.parametrize("held", ["file", "text"])
def test_a_commit_carries_a_signature_git_verifies(git: Git, key: Path, tmp_path: Path, held: str) -> None:
    commit = signed(git, str(key) if held == "file" else key.read_text())
    allowed = tmp_path / "allowed"
    allowed.write_text(f"bot@shop.example {key.with_suffix('.pub').read_text()}")
    checked = Git(git.root, ENVIRONMENT | {"HOME": str(tmp_path)}, (("gpg.ssh.allowedSignersFile", str(allowed)),))
    assert "Good" in checked.run("verify-commit", commit, check=False).err.decode()


def test_a_program_the_repository_names_never_signs(git: Git, key: Path, tmp_path: Path) -> None:
    witness = tmp_path / "ran"
    program = tmp_path / "program"
    program.write_text(f"#!/bin/sh\ntouch {witness}\n")
    program.chmod(0o755)
    for name in ("gpg.program", "gpg.ssh.program", "gpg.ssh.defaultKeyCommand"):
        git.run("config", name, str(program))
    signed(Git(git.root, git.outer), str(key))
    assert not witness.exists()


def test_without_a_key_a_sentence_says_what_to_set(git: Git) -> None:
    kinds: tuple[Literal["ssh", "gpg"], ...] = ("ssh", "gpg")
    for kind in kinds:
        with pytest.raises(ConfigurationError, match="MAINTAINER_SIGNING_KEY"), signing(kind, {}):
            pass
    with pytest.raises(ConfigurationError, match="no file"), signing("ssh", {"MAINTAINER_SIGNING_KEY": "/nowhere"}):
        pass
    with pytest.raises(ToolFailed):
        signed(git, "-----BEGIN OPENSSH PRIVATE KEY-----\nnot one\n-----END OPENSSH PRIVATE KEY-----")
