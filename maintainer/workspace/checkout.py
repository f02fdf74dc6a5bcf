"""What a repository holds: its tracked files, read from the working tree or from a commit, within bounds."""

import os
import stat
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Protocol

from maintainer.errors import ConfigurationError, Unreadable
from maintainer.workspace.git import LARGEST, Entry, Git, parse_entries

#: What a walk leaves out where git can't say what is tracked: other people's code and git itself.
LEFT_OUT = frozenset({".git", "vendor", "node_modules"})
#: So many files of a commit are read at once.
PIECE = 500
#: More files than this are no checkout of a site.
MOST = 1_000_000

LFS = b"version https://git-lfs.github.com/spec/"
WIDE = (b"\xff\xfe", b"\xfe\xff", b"\0\0\xfe\xff")


class Files(Protocol):
    """Files to read, wherever they are: of the working tree (`Checkout`) or of a commit (`Snapshot`)."""

    def tracked(self) -> tuple[str, ...]:
        """The paths of regular files; symbolic links and submodules are no files."""

    def read(self, path: str) -> bytes:
        """A file's bytes. Raises `errors.Unreadable` when it is missing, no regular file, or over 8 MiB."""

    def read_many(self, paths: Iterable[str]) -> Iterator[tuple[str, bytes | Unreadable]]:
        """Each of the paths with what `read` gives or raises."""


@dataclass(frozen=True, slots=True)
class Without:
    """`files` but for those that `leave` is true of."""

    files: Files
    leave: Callable[[str], bool]

    def tracked(self) -> tuple[str, ...]:
        return tuple(path for path in self.files.tracked() if not self.leave(path))

    def read(self, path: str) -> bytes:
        return self.files.read(path)

    def read_many(self, paths: Iterable[str]) -> Iterator[tuple[str, bytes | Unreadable]]:
        return self.files.read_many(paths)


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The files of a commit; the working tree and its changes play no part."""

    git: Git
    listed: Mapping[str, Entry]

    def tracked(self) -> tuple[str, ...]:
        return tuple(path for path, entry in self.listed.items() if entry.is_file)

    def read(self, path: str) -> bytes:
        ((_, found),) = self.read_many((path,))
        if isinstance(found, Unreadable):
            raise found
        return found

    def read_many(self, paths: Iterable[str]) -> Iterator[tuple[str, bytes | Unreadable]]:
        wanted = iter(paths)
        while piece := tuple(islice(wanted, PIECE)):
            entries = [self.listed.get(path) for path in piece]
            blobs = self.git.blobs([entry.sha for entry in entries if entry and entry.is_file])
            for path, entry in zip(piece, entries, strict=True):
                if entry is None or not entry.is_file:
                    yield path, Unreadable(f"{path}: no regular file of this commit.")
                else:
                    lacking = Unreadable(f"{path}: missing, or larger than {LARGEST >> 20} MiB.")
                    yield path, blobs.get(entry.sha, lacking)


@dataclass(frozen=True, slots=True)
class Checkout:
    """The files of a working tree. `git` is None in a folder that is no repository."""

    root: Path
    git: Git | None
    listed: Mapping[str, Entry]

    def tracked(self) -> tuple[str, ...]:
        return tuple(path for path, entry in self.listed.items() if entry.is_file)

    def read(self, path: str) -> bytes:
        return _read(self.root, path, {})

    def read_many(self, paths: Iterable[str]) -> Iterator[tuple[str, bytes | Unreadable]]:
        parents: dict[str, bool] = {}
        for path in paths:
            try:
                yield path, _read(self.root, path, parents)
            except Unreadable as error:
                yield path, error

    def at(self, commit: str) -> Snapshot:
        """The files of a commit. Raises `errors.ConfigurationError` where there is no repository."""
        if self.git is None:
            raise ConfigurationError(f"{self.root} is no git repository: run `git init` and commit the site's files.")
        return Snapshot(self.git, {entry.path: entry for entry in self.git.entries(commit)})


def open_checkout(path: Path, environment: Mapping[str, str]) -> Checkout:
    """The checkout that `path` is in: its whole repository, or the folder itself where there is none.

    Raises `errors.ConfigurationError` for what is no folder or has no working tree.
    """
    if not path.is_dir():
        raise ConfigurationError(f"{path} is no folder: name the site's checkout.")
    path = path.resolve()
    here = Git(path, environment)
    top = here.run("rev-parse", "--show-toplevel", check=False)
    if top.code != 0:
        if (path / ".git").exists() or ((path / "HEAD").is_file() and (path / "objects").is_dir()):
            raise ConfigurationError(f"{path} is no usable git checkout: {top.err.decode('utf-8', 'replace').strip()}")
        listed = {name: Entry("100644", "", name) for name in sorted(_walk(path))}
        return Checkout(path, None, listed)
    root = Path(os.fsdecode(top.out.removesuffix(b"\n")))
    git = here.beside(root)
    entries = parse_entries(git.run("ls-files", "-s", "-z").text)
    return Checkout(root, git, {entry.path: entry for entry in entries})


def decode(data: bytes, path: str) -> str:
    """A file's text as the model wants it: UTF-8 with `surrogateescape`, so that encoding it gives `data` again.

    Raises `errors.Unreadable` for UTF-16 and UTF-32, and for a Git LFS pointer, which is not the file's content.
    """
    if data.startswith(WIDE) or 0 in data[:2]:
        raise Unreadable(f"{path} is UTF-16 or binary: save it as UTF-8.")
    if data.startswith(LFS) and len(data) < 1024:
        raise Unreadable(f"{path} is a Git LFS pointer; its content is elsewhere: keep such files out of LFS.")
    return data.decode("utf-8", "surrogateescape")


def encode(text: str) -> bytes:
    """The bytes `decode` got."""
    return text.encode("utf-8", "surrogateescape")


def _read(root: Path, path: str, parents: dict[str, bool]) -> bytes:
    parent, _, _ = path.rpartition("/")
    if parent not in parents:
        parents[parent] = _inside(root, parent)
    if not parents[parent] or ".." in path.split("/") or path.startswith("/") or "\0" in path:
        raise Unreadable(f"{path} is not inside the checkout: a folder above it is a symbolic link.")
    try:
        file = os.open(os.fsencode(root) + b"/" + encode(path), os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError as error:
        raise Unreadable(f"{path} can't be read from the working tree: {error.strerror}.") from None
    try:
        status = os.fstat(file)
        if not stat.S_ISREG(status.st_mode):
            raise Unreadable(f"{path} is no regular file.")
        if status.st_size > LARGEST:
            raise Unreadable(f"{path} is larger than {LARGEST >> 20} MiB.")
        with os.fdopen(file, "rb", closefd=False) as opened:
            return opened.read(LARGEST)
    finally:
        os.close(file)


def _inside(root: Path, folder: str) -> bool:
    if "\0" in folder:
        return False
    here = os.fsencode(root)
    wanted = os.path.join(here, encode(folder)) if folder else here  # noqa: PTH118 - bytes
    return os.path.realpath(wanted) == os.path.realpath(here) + (b"/" + encode(folder) if folder else b"")


def _walk(root: Path) -> Iterator[str]:
    """Regular files under a folder that is no repository, links not followed."""
    folders = [""]
    seen = 0
    while folders:
        folder = folders.pop()
        try:
            listed = list(os.scandir(os.path.join(root, folder)))  # noqa: PTH118 - scandir knows the types
        except OSError:
            continue
        for item in listed:
            path = f"{folder}/{item.name}" if folder else item.name
            if item.is_dir(follow_symlinks=False) and item.name not in LEFT_OUT:
                folders.append(path)
            elif item.is_file(follow_symlinks=False):
                seen += 1
                yield path
        if seen > MOST:
            raise ConfigurationError(f"{root} holds more than {MOST} files: is it the site's checkout?")
