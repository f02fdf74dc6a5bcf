"""A bare repository to which GitHub's API writes objects of git one by one."""

import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.forges.repository import BareRepository


@dataclass(frozen=True)
class Signature:
    """Who and when, the latter in ISO 8601."""

    name: str
    email: str
    date: str

    def environment(self, role: str) -> dict[str, str]:
        given = {"NAME": self.name, "EMAIL": self.email, "DATE": self.date}
        return {f"GIT_{role}_{what}": value for what, value in given.items()}


class ObjectStore(BareRepository):
    def has(self, sha: str, kind: str = "") -> bool:
        """Whether there is such an object, of that kind if one is given."""
        done = self._run(self.path, "cat-file", "-t", sha, fails=True)
        return done.code == 0 and kind in ("", done.text.strip())

    def tree(self, name: str) -> str | None:
        """The tree of a commit, ref or tree."""
        done = self._run(self.path, "rev-parse", "--verify", "--quiet", f"{name}^{{tree}}", fails=True)
        return done.text.strip() if done.code == 0 else None

    def blob(self, sha: str) -> bytes:
        return self._run(self.path, "cat-file", "blob", sha).out

    def stored(self, kind: str, data: bytes) -> str:
        """The SHA of a new object."""
        return self._run(self.path, "hash-object", "-t", kind, "-w", "--stdin", stdin=data).text.strip()

    def changed_tree(self, base: str | None, changes: Mapping[str, tuple[str, str] | None]) -> str:
        """A tree with (mode, SHA) at each path; None removes what is there."""
        with tempfile.TemporaryDirectory() as folder:
            index = {"GIT_INDEX_FILE": str(Path(folder) / "index")}
            if base:
                self._run(self.path, "read-tree", base, more=index)
            rows = "\0".join(
                f"{change[0]} {change[1]}\t{path}" if change else f"0 {'0' * 40}\t{path}"
                for path, change in changes.items()
            )
            self._run(self.path, "update-index", "-z", "--index-info", stdin=rows.encode() + b"\0", more=index)
            return self._run(self.path, "write-tree", more=index).text.strip()

    def commit_object(
        self, tree: str, parents: Sequence[str], message: str, author: Signature, committer: Signature
    ) -> str:
        """A commit on no branch, by whom it says."""
        flags = [word for parent in parents for word in ("-p", parent)]
        who = author.environment("AUTHOR") | committer.environment("COMMITTER")
        return self._run(self.path, "commit-tree", tree, *flags, stdin=message.encode(), more=who).text.strip()
