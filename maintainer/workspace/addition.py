"""New files on top of a commit, without a working tree."""

from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory

from maintainer.workspace.git import Git


def tree_with(git: Git, base: str, files: Mapping[str, bytes]) -> str:
    """The tree of `base` with these files beside what is there; their folders are made.

    Raises `errors.ToolFailed` for a path git can't have.
    """
    with TemporaryDirectory(prefix="maintainer-index-") as folder:
        own = git.beside(GIT_INDEX_FILE=str(Path(folder) / "index"))
        own.run("read-tree", base)
        rows = "".join(f"100644 {git.write_blob(data)}\t{path}\0" for path, data in files.items())
        own.run("update-index", "-z", "--index-info", stdin=rows.encode("utf-8", "surrogateescape"))
        return own.run("write-tree").text.strip()
