"""Real repositories in temporary folders."""

import os
from collections.abc import Mapping
from pathlib import Path

from maintainer.process import minimal
from maintainer.workspace.git import Git

ENVIRONMENT = dict(os.environ)
WHO = ("-c", "user.name=Ada", "-c", "user.email=ada@site.example", "-c", "commit.gpgSign=false")


def repository(root: Path, files: Mapping[str, bytes | str | None] | None = None) -> Git:
    """A repository on branch `main` with one commit of `files`; text is a symbolic link's target."""
    root.mkdir(parents=True, exist_ok=True)
    git = Git(root, minimal(ENVIRONMENT))
    git.run("init", "-q", "-b", "main")
    commit(git, files or {"readme": b"x\n"})
    return git


def commit(git: Git, files: Mapping[str, bytes | str | None], message: str = "A change") -> str:
    """Write files (None deletes, text is a link), commit everything, ignored or not, byte for byte."""
    for path, content in files.items():
        target = git.root / path
        if target.is_symlink() or target.exists():
            target.unlink()
        if content is None:
            continue
        target.parent.mkdir(parents=True, exist_ok=True)
        if isinstance(content, str):
            target.symlink_to(content)
        else:
            target.write_bytes(content)
    git.run("add", "-A", "-f", ".")
    git.run(*WHO, "commit", "-q", "--allow-empty", "-m", message)
    return git.head()


def tree(git: Git, commit_or_tree: str, under: str = "") -> dict[str, tuple[str, bytes]]:
    """Path -> (mode, bytes) of a commit; submodules have no bytes."""
    entries = git.entries(commit_or_tree, under)
    blobs = git.blobs([entry.sha for entry in entries if entry.mode != "160000"])
    return {entry.path: (entry.mode, blobs.get(entry.sha, b"")) for entry in entries}
