"""A private worktree of one commit: own index, own HEAD, own configuration, beside the user's repository.

It borrows the user's objects (`objects/info/alternates`) and gives back those of a finished tree. So nothing of the
user's repository changes while a change is built, its configuration and hooks don't apply, and what a killed run
leaves is a folder that the next one removes. Attributes are off: what is checked out is what is committed, so LFS
pointers, CRLF and encodings survive.
"""

import fcntl
import os
import secrets
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from maintainer.workspace.git import Entry, Git, parse_entries

#: `!working-tree-encoding` unsets it: `-` would be an error.
ATTRIBUTES = b"* -text -ident -filter !working-tree-encoding\n"
#: A pack of fewer objects is unpacked, as `fetch.unpackLimit` does.
FEW = 300


@dataclass(frozen=True, slots=True)
class Worktree:
    """`git` runs in `root`, whose files appear with `materialise`; `mine` is for anything else and goes away too."""

    base: str
    root: Path
    mine: Path
    git: Git
    users: Git

    def index(self) -> dict[str, Entry]:
        """What the next tree holds."""
        return {entry.path: entry for entry in parse_entries(self.git.run("ls-files", "-s", "-z").text)}

    def put(self, entries: Sequence[Entry], gone: Sequence[str] = ()) -> None:
        """Set entries of the index, byte for byte, after taking out those `gone`."""
        zero = "0" * len(self.base)
        rows = [f"0 {zero}\t{path}\0" for path in gone]
        rows += [f"{entry.mode} {entry.sha}\t{entry.path}\0" for entry in entries]
        self.git.run("update-index", "-z", "--index-info", stdin="".join(rows).encode("utf-8", "surrogateescape"))

    def materialise(self) -> frozenset[str]:
        """Write all files of the index to `root`; the links that lead out of it, which are left out."""
        self.git.run("checkout-index", "-a", "-f", "-u", "-q")
        root = os.path.realpath(self.root)
        out = set()
        for path, entry in self.index().items():
            if entry.mode != "120000":
                continue
            link = self.root / path
            target = os.path.realpath(link)
            if Path(os.path.relpath(target, root)).parts[:1] in ((os.pardir,), (".git",)):
                link.unlink(missing_ok=True)
                out.add(path)
        return frozenset(out)

    def changed(self) -> frozenset[str]:
        """Paths in `root` that differ from the index, and new ones that no `.gitignore` names."""
        self.git.run("update-index", "-q", "--refresh", check=False)
        rows = (
            self.git.run("diff-files", "-z", "--name-only").text
            + self.git.run("ls-files", "-z", "-o", "--exclude-standard").text
        )
        return frozenset(path for path in rows.split("\0") if path)

    def write_tree(self) -> str:
        """The tree of the index, with all its objects given to the user's repository."""
        tree = self.git.run("write-tree").text.strip()
        wanted = f"{tree}\n^{self.base}^{{tree}}\n".encode()
        pack = self.git.run("pack-objects", "--revs", "--stdout", "--window=0", "-q", stdin=wanted, limit=2**31).out
        if int.from_bytes(pack[8:12]) < FEW:
            self.users.run("unpack-objects", "-q", stdin=pack)
        else:
            self.users.run("index-pack", "--stdin", stdin=pack)
        return tree


@contextmanager
def worktree(git: Git, base: str, scratch: Path) -> Iterator[Worktree]:
    """A private worktree of commit `base` under `scratch`; first what killed runs left there is removed."""
    sweep(scratch)
    with _folder(scratch) as folder:
        root = folder / "site"
        root.mkdir()
        own = git.beside(root)
        asked = git.line("rev-parse", "--show-object-format", "--git-path", "objects", "--git-path", "shallow")
        kind, objects, shallow = asked.split("\n")
        own.run("init", "-q", "--template=", f"--object-format={kind}", "-b", git.branch() or "main")
        (root / ".git/info").mkdir()
        (root / ".git/info/attributes").write_bytes(ATTRIBUTES)
        borrowed = os.fsencode((git.root / objects).resolve())
        (root / ".git/objects/info/alternates").write_bytes(borrowed + b"\n")
        if (git.root / shallow).is_file():
            shutil.copyfile(git.root / shallow, root / ".git/shallow")
        own.run("update-ref", "HEAD", base)
        own.run("read-tree", base)
        tree = Worktree(base, root, folder, own, git)
        ignores = "".join(f"{path}\0" for path in tree.index() if path.rsplit("/", 1)[-1] == ".gitignore")
        if ignores:
            own.run("checkout-index", "-q", "-z", "--stdin", stdin=ignores.encode("utf-8", "surrogateescape"))
        yield tree


def sweep(scratch: Path) -> None:
    """Remove the folders under `scratch` whose run is over; a living run holds a lock on its own."""
    for lock in scratch.glob("build-*.lock"):
        with suppress(OSError), lock.open("rb") as held:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
            shutil.rmtree(lock.with_suffix(""), ignore_errors=True)
            lock.unlink(missing_ok=True)


@contextmanager
def _folder(scratch: Path) -> Iterator[Path]:
    scratch.mkdir(parents=True, exist_ok=True)
    while True:
        folder = scratch / f"build-{secrets.token_hex(6)}"
        lock = folder.with_suffix(".lock")
        with lock.open("xb") as held:
            fcntl.flock(held, fcntl.LOCK_EX)
            if os.fstat(held.fileno()).st_nlink == 0:
                continue  # another run swept it between the two lines above
            try:
                folder.mkdir()
                yield folder
            finally:
                shutil.rmtree(folder, ignore_errors=True)
                lock.unlink(missing_ok=True)
            return
