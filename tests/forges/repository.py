"""A bare git repository with what a forge does to one: commits of people, merges, conflicts, refs.

site = BareRepository.create(folder / "shop/site.git", {"readme.md": "x"})
head = site.commit("feature", {"a.txt": "a", "old.txt": None}, "A change", by="ada")
site.merge("main", "feature")
"""

import os
import re
import zlib
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from maintainer.process import Finished, minimal, run

NOTHING = "0" * 40
_ID = re.compile(r"\^?[0-9a-f]{40}")
#: The first commit's time, 2026-01-01T00:00:00Z; each further one is a minute later.
FIRST = 1_767_225_600

_CONFIG = """
[receive]
	advertiseAtomic = true
	autogc = false
	hideRefs = refs/pull
	hideRefs = refs/merge-requests
[http]
	receivepack = true
[uploadpack]
	allowAnySHA1InWant = true
	allowFilter = true
[gc]
	auto = 0
"""
#: Asks the server through the pipes it left open; silence means yes. Pushes that come another way are not asked about.
_HOOK = """#!/bin/sh
test -n "$FORGE_ASK" || exit 0
{ echo "$GIT_OBJECT_DIRECTORY"; cat; echo; } > "/dev/fd/$FORGE_ASK"
said=$(cat "/dev/fd/$FORGE_ANSWER")
test -z "$said" && exit 0
echo "$said" >&2
exit 1
"""


class Conflict(Exception):
    """What can't be merged; `paths` conflict, none where the two have no history in common."""

    def __init__(self, paths: Sequence[str]) -> None:
        super().__init__(f"Conflicts in {', '.join(paths) or 'everything'}")
        self.paths = tuple(paths)


@dataclass(frozen=True)
class Commit:
    """`when` is ISO 8601, of the author; `message` is whole."""

    sha: str
    parents: tuple[str, ...]
    tree: str
    author: str
    email: str
    when: str
    message: str


@dataclass
class BareRepository:
    """A commit is given as git takes it: a SHA, or a ref, whole or short. A git that fails is an `AssertionError`."""

    path: Path
    environment: Mapping[str, str] = field(default_factory=dict)
    made: int = 0
    _told: dict[tuple[str, ...], Finished] = field(default_factory=dict, repr=False, compare=False)

    @classmethod
    def create(
        cls, path: Path, files: Mapping[str, bytes | str] | None = None, branch: str = "main", by: str = "ada"
    ) -> "BareRepository":
        """A repository whose default branch has one commit of `files`; an empty one without files."""
        made = cls(path)
        path.parent.mkdir(parents=True, exist_ok=True)
        made._run(path.parent, "init", "--quiet", "--bare", "--template=", f"--initial-branch={branch}", str(path))
        made._prepare()
        if files:
            made.commit(branch, files, "The site", by=by)
        return made

    def fork(self, path: Path) -> "BareRepository":
        """A copy of all branches and tags, as a forge's fork has them."""
        path.parent.mkdir(parents=True, exist_ok=True)
        self._run(path.parent, "clone", "--quiet", "--bare", "--template=", str(self.path), str(path))
        made = BareRepository(path)
        made._prepare()
        return made

    def _prepare(self) -> None:
        with (self.path / "config").open("a") as config:
            config.write(_CONFIG)
        hook = self.path / "hooks/pre-receive"
        hook.parent.mkdir(exist_ok=True)
        hook.write_text(_HOOK)
        hook.chmod(0o755)

    def seeing(self, quarantine: str) -> "BareRepository":
        """The repository with the objects of a push that is not accepted yet."""
        if not quarantine:
            return self
        more = {
            "GIT_OBJECT_DIRECTORY": str(self.path / quarantine),
            "GIT_ALTERNATE_OBJECT_DIRECTORIES": str(self.path / "objects"),
        }
        return BareRepository(self.path, more)

    # Refs

    @property
    def default_branch(self) -> str:
        return (self.path / "HEAD").read_text().strip().removeprefix("ref: refs/heads/")

    @default_branch.setter
    def default_branch(self, branch: str) -> None:
        self.git("symbolic-ref", "HEAD", f"refs/heads/{branch}")

    def refs(self, *folders: str) -> dict[str, str]:
        """Whole ref -> SHA, of those under `folders` (`refs/heads/`), sorted.

        Read from git's files: a forge asks often, and a program takes longer. HEAD is the only symbolic ref here.
        """
        loose = {}
        for file in sorted((self.path / "refs").rglob("*")):
            if file.is_file() and file.suffix != ".lock":
                with suppress(FileNotFoundError):
                    loose[file.relative_to(self.path).as_posix()] = file.read_text().strip()
        packed = {}
        with suppress(FileNotFoundError):
            for line in (self.path / "packed-refs").read_text().splitlines():
                if line[0] not in "#^":
                    sha, ref = line.split(" ", 1)
                    packed[ref] = sha
        return {ref: sha for ref, sha in sorted((packed | loose).items()) if not folders or ref.startswith(folders)}

    def branches(self) -> dict[str, str]:
        """Branch -> SHA."""
        return {ref.removeprefix("refs/heads/"): sha for ref, sha in self.refs("refs/heads/").items()}

    def valid_branch(self, name: str) -> bool:
        """Whether git takes it as the name of a branch."""
        return self._run(self.path, "check-ref-format", f"refs/heads/{name}", fails=True).code == 0

    def head(self, branch: str) -> str | None:
        """The commit of a branch, None where there is none."""
        with suppress(FileNotFoundError, NotADirectoryError, IsADirectoryError):
            return (self.path / "refs/heads" / branch).read_text().strip()
        return self.branches().get(branch) if (self.path / "packed-refs").exists() else None

    def sha(self, commit: str) -> str | None:
        """The commit that a SHA or ref stands for, None where there is none. Branches go before tags."""
        whole = commit.startswith("refs/") or len(commit) == 40
        for name in [commit] if whole else [f"refs/heads/{commit}", commit]:
            if name.startswith("refs/heads/") and (head := self.head(name.removeprefix("refs/heads/"))):
                return head
            if len(name) == 40 and self._is_commit(name):
                return name
            done = self._of([name], "rev-parse", "--verify", "--quiet", f"{name}^{{commit}}", final=(0,))
            if done.code == 0:
                return done.text.strip()
        return None

    def _is_commit(self, sha: str) -> bool:
        """Whether git has it as a file of its own, which says what it is at its beginning; few are packed here."""
        with suppress(OSError, zlib.error):
            data = (self.path / "objects" / sha[:2] / sha[2:]).read_bytes()
            return zlib.decompressobj().decompress(data, 7) == b"commit "
        return False

    def update_ref(self, ref: str, new: str, old: str | None = None) -> bool:
        """Move, create or (`NOTHING`) delete a whole ref; False when `old` is given and it is elsewhere."""
        argv = ["update-ref", ref, new, *([old] if old else [])]
        if new == NOTHING:
            argv = ["update-ref", "-d", ref, *([old] if old else [])]
        return self._run(self.path, *argv, fails=True).code == 0

    def delete_ref(self, ref: str) -> None:
        self.git("update-ref", "-d", ref)

    def rename_branch(self, old: str, new: str) -> None:
        """The default branch too."""
        self.git("branch", "-M", old, new)

    # Contents

    def read(self, commit: str, path: str) -> bytes | None:
        """A file's bytes at a commit; None where there is no such file."""
        done = self._run(self.path, "cat-file", "blob", f"{self.sha(commit)}:{path}", fails=True)
        return done.out if done.code == 0 else None

    def files(self, commit: str, under: str = "") -> dict[str, str]:
        """Path -> blob's SHA, of all files of a commit (in a folder)."""
        listed = self.git("ls-tree", "-r", "-z", commit, *([under] if under else []))
        rows = (row.split("\t", 1) for row in listed.split("\0") if row)
        return {path: entry.split(" ")[2] for entry, path in rows}

    def changed(self, base: str, head: str) -> dict[str, str]:
        """Path -> `A`, `M`, `D` or `T`: what `head` changes since it left `base`."""
        older = self.merge_base(base, head) or self.empty_tree()
        argv = ("diff-tree", "-r", "-z", "--no-renames", "--name-status", older, head)
        listed = self._of([older, head], *argv, fails=False).text.split("\0")
        return dict(zip(listed[1::2], listed[0::2], strict=False))

    def empty_tree(self) -> str:
        return self.git("hash-object", "-t", "tree", "-w", "/dev/null").strip()

    # History

    def commit_of(self, commit: str) -> Commit:
        return self._commits("--max-count=1", commit)[0]

    def commits(self, base: str, head: str) -> list[Commit]:
        """What `head` has and `base` lacks, newest first."""
        return self._commits(head, f"^{base}")

    def _commits(self, *which: str) -> list[Commit]:
        form = "--format=%H%x00%P%x00%T%x00%an%x00%ae%x00%aI%x00%B%x00%x1e"
        found = []
        ids = [each for each in which if each != "--max-count=1"]
        for entry in self._of(ids, "log", "--topo-order", form, *which, "--", fails=False).text.split("\0\x1e"):
            if fields := entry.lstrip("\n"):
                sha, parents, tree, author, email, when, message = fields.split("\0")
                found.append(Commit(sha, tuple(parents.split()), tree, author, email, when, message.rstrip("\n")))
        return found

    def is_ancestor(self, older: str, newer: str) -> bool:
        return self._of([older, newer], "merge-base", "--is-ancestor", older, newer).code == 0

    def merge_base(self, one: str, other: str) -> str | None:
        return self._of([one, other], "merge-base", one, other).text.strip() or None

    def conflicts(self, base: str, head: str) -> tuple[str, ...]:
        """The paths in which a merge conflicts; none for one that goes through. Raises `Conflict` without history."""
        try:
            self._merged_tree(base, head)
        except Conflict as conflict:
            if conflict.paths:
                return conflict.paths
            raise
        return ()

    def _merged_tree(self, base: str, head: str) -> str:
        argv = ("merge-tree", "--write-tree", "--name-only", "--no-messages", "-z", base, head)
        done = self._of([base, head], *argv)
        tree, *paths = done.text.rstrip("\0").split("\0")
        if done.code:
            raise Conflict(paths if done.code == 1 else ())
        return tree

    # Changes

    def commit(
        self,
        branch: str,
        files: Mapping[str, bytes | str | None],
        message: str = "A change",
        *,
        by: str = "ada",
        onto: str | None = None,
        amend: bool = False,
    ) -> str:
        """Commit files (None deletes) on a branch as a person would and push it; the commit.

        A branch that isn't there begins at `onto`, else at the default branch. With `onto` and a branch that is there,
        or with `amend`, this is a force-push.
        """
        head = self.sha(f"refs/heads/{branch}")
        start = onto and self.sha(onto)
        if amend and head:
            start = next(iter(self.commit_of(head).parents), None)
        elif not start:
            start = head or self.sha(f"refs/heads/{self.default_branch}")
        text = message.encode()
        who = f"{by.capitalize()} <{by}@shop.example> {self._tick()} +0000".encode()
        stream = b"commit refs/heads/%s\nmark :1\nauthor %s\ncommitter %s\n" % (branch.encode(), who, who)
        stream += b"data %d\n%s\n" % (len(text), text) + (f"from {start}\n".encode() if start else b"")
        for path, content in files.items():
            name = (
                b'"'
                + path.encode("utf-8", "surrogateescape")
                .replace(b"\\", rb"\\")
                .replace(b'"', rb"\"")
                .replace(b"\n", rb"\n")
                + b'"'
            )
            if content is None:
                stream += b"D %s\n" % name
            else:
                data = content.encode() if isinstance(content, str) else content
                stream += b"M 100644 inline %s\ndata %d\n%s\n" % (name, len(data), data)
        told = self._run(self.path, "fast-import", "--quiet", "--force", stdin=stream + b"get-mark :1\n")
        return told.text.strip()

    def commit_tree(self, tree: str, parents: Sequence[str], message: str, by: str = "ada") -> str:
        """A commit on no branch."""
        when = f"{self._tick()} +0000"
        who = {
            f"GIT_{role}_{what}": value
            for role in ("AUTHOR", "COMMITTER")
            for what, value in (("NAME", by.capitalize()), ("EMAIL", f"{by}@shop.example"), ("DATE", when))
        }
        flags = [word for parent in parents for word in ("-p", parent)]
        return self._run(self.path, "commit-tree", tree, *flags, stdin=message.encode(), more=who).text.strip()

    def merge(self, base: str, head: str, *, how: str = "merge", message: str = "", by: str = "ada") -> str:
        """Merge `head` into the branch `base`; where that is then.

        `how` is `merge` (always a merge commit), `squash`, `rebase` or `ff` (moves the branch only). Raises `Conflict`.
        """
        old, new = self.sha(base), self.sha(head)
        assert old and new, f"{base} or {head} is missing"
        message = message or f"Merge {head} into {base}"
        if how == "ff":
            if not self.is_ancestor(old, new):
                raise Conflict(())
            merged = new
        elif how == "rebase":
            merged = old
            for commit in reversed(self.commits(old, new)):
                merged = self.commit_tree(self._merged_tree(old, commit.sha), [merged], commit.message, by)
        else:
            parents = [old, new] if how == "merge" else [old]
            merged = self.commit_tree(self._merged_tree(old, new), parents, message, by)
        assert self.update_ref(f"refs/heads/{base}", merged, old), f"{base} moved meanwhile"
        return merged

    # Git

    def git(self, *argv: str) -> str:
        return self._run(self.path, *argv).text

    def _of(self, ids: Sequence[str], *argv: str, final: Sequence[int] = (0, 1), fails: bool = True) -> Finished:
        """What git says of commits and trees. Where all are whole ids it is asked once: what they name never changes.

        An exit code that is none of the `final` ones may be another once more objects are here.
        """
        if not all(map(_ID.fullmatch, ids)):
            return self._run(self.path, *argv, fails=fails)
        done = self._told.get(argv) or self._run(self.path, *argv, fails=fails)
        if done.code in final:
            self._told[argv] = done
        return done

    def _tick(self) -> int:
        self.made += 1
        return FIRST + 60 * (self.made - 1)

    def _run(
        self, folder: Path, *argv: str, stdin: bytes = b"", fails: bool = False, more: Mapping[str, str] | None = None
    ) -> Finished:
        alone = {"GIT_CONFIG_GLOBAL": "/dev/null", "GIT_CONFIG_NOSYSTEM": "1"}
        environment = minimal(os.environ, **alone, **self.environment, **(more or {}))
        done = run(["git", *argv], cwd=folder, environment=environment, stdin=stdin)
        assert fails or done.code == 0, f"git {' '.join(argv)}: {done.err.decode()}"
        return done
