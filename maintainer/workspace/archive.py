"""Archives from outside: unpacked entry by entry, and only when every entry is harmless (never by `extractall`)."""

import gzip
import hashlib
import io
import stat
import struct
import tarfile
import tempfile
import zipfile
import zlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from maintainer.errors import BadAnswer, UnsafeArchive
from maintainer.workspace.names import Names, safe_path

#: Bounds of one archive: entries, bytes once unpacked, and how much larger that may be than the archive itself.
MOST_ENTRIES = 100_000
MOST_BYTES = 1024 * 1024 * 1024
RATIO = 100
#: So much is fine whatever the ratio: small texts compress well.
ANYWAY = 16 * 1024 * 1024
#: A tar header (a long name, pax records) beyond this is an attack on memory.
LONGEST_HEADER = 64 * 1024
CHUNK = 64 * 1024
#: What macOS puts beside the package; WordPress's own installer doesn't unpack it either.
LEFT_OUT = "__MACOSX"

#: What an unreadable archive makes Python's libraries raise.
DAMAGE = (
    ArithmeticError,
    EOFError,
    LookupError,
    MemoryError,
    NotImplementedError,
    OSError,
    RecursionError,
    RuntimeError,
    ValueError,
    struct.error,
    tarfile.TarError,
    zipfile.BadZipFile,
    zlib.error,
)


@dataclass(frozen=True, slots=True)
class Entry:
    """A file of an archive: its path within the package's folder, and whether it is executable."""

    path: str
    executable: bool


@dataclass(frozen=True, slots=True)
class _Member:
    """What an archive lists, before anything is written; `handle` is the library's own record of it."""

    name: str
    is_folder: bool
    executable: bool
    handle: zipfile.ZipInfo | tarfile.TarInfo


def unpack(archive_path: Path, into: Path, *, folder: str) -> tuple[Entry, ...]:
    """Write the files of a zip or tar.gz to `into` (new or empty), without the archive's one `folder`.

    Raises `errors.UnsafeArchive` for absolute paths, `..`, drives, backslashes, links, devices, encrypted entries,
    names with control characters or of git's own, entries outside `folder`, names that are one on some file system,
    and bombs; `errors.BadAnswer` when it is damaged or of another format. All names are checked before a file is
    written.
    """
    name = archive_path.name
    try:
        with archive_path.open("rb") as file:
            start = file.read(4)
            file.seek(0)
            bound = _bound(archive_path.stat().st_size)
            if start == b"PK\x03\x04":
                with zipfile.ZipFile(file) as opened:
                    files = _inside(_zip_members(opened, name), folder, name)
                    return _write(files, opened.open, into, bound, name)
            if start[:2] == b"\x1f\x8b":
                with _inflated(file, bound, name) as plain, tarfile.open(fileobj=plain, mode="r:") as tar:
                    files = _inside(_tar_members(tar, name), folder, name)
                    return _write(files, tar.extractfile, into, bound, name)
    except DAMAGE as error:
        raise BadAnswer(f"{name} can't be unpacked ({str(error) or type(error).__name__}): download it anew.") from None
    raise BadAnswer(f"{name} is neither a zip nor a tar.gz.")


def check_digests(archive_path: Path, digests: Mapping[str, str]) -> tuple[str, ...]:
    """The algorithms that prove the archive to be the published one; those unknown to Python are left out.

    Raises `errors.UnsafeArchive` when one of them says otherwise.
    """
    agreed = []
    for algorithm, published in digests.items():
        if algorithm not in hashlib.algorithms_available or algorithm.startswith("shake"):
            continue
        with archive_path.open("rb") as file:
            found = hashlib.file_digest(file, algorithm).hexdigest()
        if found != published.strip().lower():
            raise UnsafeArchive(f"{archive_path.name} is not what was published: {algorithm} {found}, not {published}.")
        agreed.append(algorithm)
    return tuple(agreed)


def _inside(members: Iterator[_Member], folder: str, archive: str) -> list[tuple[Entry, _Member]]:
    """The files within the package's folder, all names checked."""
    above = [part for part in folder.split("/") if part]
    names = Names(archive)
    files = []
    for count, member in enumerate(members):
        if count >= MOST_ENTRIES:
            raise UnsafeArchive(f"{archive} has more than {MOST_ENTRIES} entries.")
        path = member.name.removeprefix("./")
        path = path.removesuffix("/") if member.is_folder else path
        if member.is_folder and path in ("", "."):
            continue
        parts = safe_path(path, archive).split("/")
        if parts[0] == LEFT_OUT:
            continue
        names.claim(path, member.is_folder)
        is_above = member.is_folder and parts == above[: len(parts)]
        if not is_above and (parts[: len(above)] != above or len(parts) == len(above)):
            raise UnsafeArchive(f"{archive}: {path!r} is outside of the package's folder {folder!r}.")
        if not member.is_folder:
            files.append((Entry("/".join(parts[len(above) :]), member.executable), member))
    if not files:
        raise UnsafeArchive(f"{archive} has no files in {folder!r}.")
    return files


def _zip_members(opened: zipfile.ZipFile, archive: str) -> Iterator[_Member]:
    size = opened.fp.seek(0, io.SEEK_END) if opened.fp else 0
    if sum(info.compress_size for info in opened.infolist()) > size:
        raise UnsafeArchive(f"{archive} has entries that share their bytes, as bombs do.")
    for info in opened.infolist():
        mode = info.external_attr >> 16
        shown = f"{archive}: {info.orig_filename[:200]!r}"
        if info.flag_bits & 0x41:
            raise UnsafeArchive(f"{shown} is encrypted.")
        if stat.S_IFMT(mode) not in (0, stat.S_IFREG, stat.S_IFDIR):
            raise UnsafeArchive(f"{shown} is a link or a device.")
        if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise UnsafeArchive(f"{shown} is compressed in a way that WordPress and most tools can't read.")
        name = _zip_name(info)
        is_folder = name.endswith("/")
        if (is_folder and info.file_size) or (stat.S_ISDIR(mode) and not is_folder):
            raise UnsafeArchive(f"{shown} is a folder and a file at once.")
        yield _Member(name, is_folder, bool(mode & stat.S_IXUSR), info)


def _zip_name(info: zipfile.ZipInfo) -> str:
    """The whole name (zipfile cuts it at a NUL): UTF-8 where it is, as unzip reads it, even if no flag says so."""
    if info.flag_bits & 0x800:
        return info.orig_filename
    try:
        return info.orig_filename.encode("cp437").decode("utf-8")
    except UnicodeError:
        return info.orig_filename


def _tar_members(tar: tarfile.TarFile, archive: str) -> Iterator[_Member]:
    for member in tar:
        shown = f"{archive}: {member.name[:200]!r}"
        if not (member.isreg() or member.isdir()) or member.issparse():
            raise UnsafeArchive(f"{shown} is a link, a device or sparse.")
        if member.size < 0 or (member.isdir() and member.size):
            raise UnsafeArchive(f"{shown} has an impossible size.")
        yield _Member(member.name, member.isdir(), bool(member.mode & stat.S_IXUSR), member)


class _Wary(io.BufferedReader):
    """A tar's bytes; tarfile reads each header whole, so one that claims to be huge is refused here."""

    def read(self, size: int | None = -1, /) -> bytes:
        if size is None or not 0 <= size <= LONGEST_HEADER:
            raise UnsafeArchive("A header of the tar is too large.")
        return super().read(size)


def _inflated(file: IO[bytes], bound: int, archive: str) -> _Wary:
    """The tar of a tar.gz, as a temporary file."""
    plain = tempfile.TemporaryFile(buffering=0)  # noqa: SIM115 - closed by the reader it goes to
    try:
        with gzip.GzipFile(fileobj=file) as packed:
            while chunk := packed.read(CHUNK):
                plain.write(chunk)
                if plain.tell() > bound:
                    raise _bomb(archive)
        plain.seek(0)
        return _Wary(plain)
    except BaseException:
        plain.close()
        raise


def _bound(packed: int) -> int:
    return min(MOST_BYTES, max(ANYWAY, packed * RATIO))


def _bomb(archive: str) -> UnsafeArchive:
    return UnsafeArchive(f"{archive} unpacks to far more than it should (over {RATIO} times its size, or over 1 GiB).")


def _write(
    files: list[tuple[Entry, _Member]], read: Callable[[Any], IO[bytes] | None], into: Path, bound: int, archive: str
) -> tuple[Entry, ...]:
    into.mkdir(parents=True, exist_ok=True)
    written = 0
    for entry, member in files:
        target = into / entry.path
        target.parent.mkdir(parents=True, exist_ok=True)
        packed = read(member.handle)
        assert packed is not None, "only regular files are listed"
        with packed, target.open("xb") as file:
            while chunk := packed.read(CHUNK):
                written += len(chunk)
                if written > bound:
                    raise _bomb(archive)
                file.write(chunk)
    return tuple(entry for entry, _ in files)
