import gzip
import io
import os
import stat
import tarfile
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from maintainer.errors import BadAnswer, MaintainerError, UnsafeArchive
from maintainer.workspace.archive import Entry, check_digests, unpack


def zipped(path: Path, *entries: tuple[str | zipfile.ZipInfo, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in entries:
            archive.writestr(name, data)
    return path


def tarred(path: Path, *entries: tuple[tarfile.TarInfo, bytes]) -> Path:
    with tarfile.open(path, "w:gz") as archive:
        for info, data in entries:
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    return path


def info(name: str, mode: int = 0, **more: int) -> zipfile.ZipInfo:
    made = zipfile.ZipInfo("x")
    made.filename = name
    made.external_attr = mode << 16
    for key, value in more.items():
        setattr(made, key, value)
    return made


def written(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_a_zip_is_unpacked_without_its_folder(tmp_path: Path) -> None:
    archive = zipped(
        tmp_path / "p.zip",
        ("shop/", b""),
        ("shop/shop.php", b"<?php\r\n"),
        (info("shop/bin/run", stat.S_IFREG | 0o755), b"#!/bin/sh"),
        ("shop/zażółć 日本.txt", b"\xff"),
    )
    entries = unpack(archive, tmp_path / "out", folder="shop")
    assert entries == (
        Entry("shop.php", False),
        Entry("bin/run", True),
        Entry("zażółć 日本.txt", False),
    )
    assert written(tmp_path / "out") == {
        "shop.php": b"<?php\r\n",
        "bin/run": b"#!/bin/sh",
        "zażółć 日本.txt": b"\xff",
    }


def test_a_tar_is_unpacked_without_its_folder(tmp_path: Path) -> None:
    runs = tarfile.TarInfo("./shop/bin/run")
    runs.mode = 0o755
    folder = tarfile.TarInfo("./")
    folder.type = tarfile.DIRTYPE
    archive = tarred(
        tmp_path / "p.tgz", (folder, b""), (tarfile.TarInfo("./shop/" + "x" * 180), b"long"), (runs, b"#!")
    )
    entries = unpack(archive, tmp_path / "out", folder="shop")
    assert entries == (Entry("x" * 180, False), Entry("bin/run", True))
    assert written(tmp_path / "out") == {"x" * 180: b"long", "bin/run": b"#!"}


def test_files_may_lie_at_the_root(tmp_path: Path) -> None:
    archive = zipped(tmp_path / "p.zip", ("a.php", b"1"), ("b/c.php", b"2"))
    unpack(archive, tmp_path / "out", folder="")
    assert written(tmp_path / "out") == {"a.php": b"1", "b/c.php": b"2"}


def test_what_macos_adds_is_left_out_as_wordpress_does(tmp_path: Path) -> None:
    archive = zipped(tmp_path / "p.zip", ("p/a.php", b"1"), ("__MACOSX/p/._a.php", b"2"))
    assert unpack(archive, tmp_path / "out", folder="p") == (Entry("a.php", False),)
    assert written(tmp_path / "out") == {"a.php": b"1"}


def test_unflagged_utf_8_names_are_read_as_unzip_reads_them(tmp_path: Path) -> None:
    archive = zipped(tmp_path / "p.zip", ("p/za\u017c.txt", b""))
    archive.write_bytes(archive.read_bytes().replace(b"\x00\x08\x08\x00", b"\x00\x00\x08\x00"))
    with zipfile.ZipFile(archive) as opened:
        assert not opened.infolist()[0].flag_bits & 0x800
    assert unpack(archive, tmp_path / "out", folder="p")[0].path == "za\u017c.txt"


HOSTILE_NAMES = [
    "/etc/cron.d/x",
    "p/../../x",
    "p/./x",
    "p//x",
    "../p/x",
    "C:/x",
    "p/C:x",
    "p\\..\\x",
    "p/a\\b",
    "p/a\x00.php",
    "p/a\nb",
    "p/a\x7f",
    "p/.git/config",
    "p/.GIT/config",
    "p/sub/.git",
    "p/git~1/config",
    "p/.git./config",
    "p/.git /config",
    "p/.git::$INDEX_ALLOCATION/x",
    "p/.g\u200cit/config",
    "q/x",
    "x",
    "p",
    "P/x",
    "p/" + "x" * 300,
    "p/" + "x/" * 2000 + "x",
]


@pytest.mark.parametrize("name", HOSTILE_NAMES)
def test_hostile_names_are_refused_in_a_zip(tmp_path: Path, name: str) -> None:
    archive = zipped(tmp_path / "p.zip", ("p/fine", b""), (info(name), b"evil"))
    with pytest.raises(UnsafeArchive):
        unpack(archive, tmp_path / "out", folder="p")
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("name", [name for name in HOSTILE_NAMES if "\x00" not in name])
def test_hostile_names_are_refused_in_a_tar(tmp_path: Path, name: str) -> None:
    archive = tarred(tmp_path / "p.tgz", (tarfile.TarInfo("p/fine"), b""), (tarfile.TarInfo(name), b"evil"))
    with pytest.raises(UnsafeArchive):
        unpack(archive, tmp_path / "out", folder="p")
    assert not (tmp_path / "out").exists()


@pytest.mark.filterwarnings("ignore:Duplicate name")
@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("p/a.php", "p/a.php"),
        ("p/a.php", "p/A.php"),
        ("p/caf\u00e9", "p/cafe\u0301"),
        ("p/a", "p/a/b"),
        ("p/a/b", "p/a"),
        ("p/A/b", "p/a/c"),
        ("p/STRASSE", "p/stra\u00dfe"),
    ],
)
def test_two_names_for_one_file_are_refused(tmp_path: Path, first: str, second: str) -> None:
    archive = zipped(tmp_path / "p.zip", (first, b"1"), (second, b"2"))
    with pytest.raises(UnsafeArchive, match="one name"):
        unpack(archive, tmp_path / "out", folder="p")


@pytest.mark.parametrize("kind", [stat.S_IFLNK, stat.S_IFIFO, stat.S_IFCHR, stat.S_IFBLK, stat.S_IFSOCK])
def test_links_and_devices_are_refused_in_a_zip(tmp_path: Path, kind: int) -> None:
    archive = zipped(tmp_path / "p.zip", (info("p/x", kind | 0o777), b"/etc/passwd"))
    with pytest.raises(UnsafeArchive, match="link or a device"):
        unpack(archive, tmp_path / "out", folder="p")


@pytest.mark.parametrize("kind", [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.FIFOTYPE, tarfile.CHRTYPE, tarfile.BLKTYPE])
def test_links_and_devices_are_refused_in_a_tar(tmp_path: Path, kind: bytes) -> None:
    link = tarfile.TarInfo("p/x")
    link.type = kind
    link.linkname = "/etc/passwd"
    with pytest.raises(UnsafeArchive, match="link, a device"):
        unpack(tarred(tmp_path / "p.tgz", (link, b"")), tmp_path / "out", folder="p")


def test_an_encrypted_entry_is_refused(tmp_path: Path) -> None:
    archive = zipped(tmp_path / "p.zip", ("p/x", b"secret"))
    data = bytearray(archive.read_bytes())
    data[data.index(b"PK\x01\x02") + 8] |= 1
    archive.write_bytes(data)
    with pytest.raises(UnsafeArchive, match="encrypted"):
        unpack(archive, tmp_path / "out", folder="p")


def test_bombs_are_refused(tmp_path: Path) -> None:
    with pytest.raises(UnsafeArchive, match="times its size"):
        unpack(zipped(tmp_path / "p.zip", ("p/zeros", bytes(40_000_000))), tmp_path / "zip", folder="p")
    with pytest.raises(UnsafeArchive, match="times its size"):
        unpack(
            tarred(tmp_path / "p.tgz", (tarfile.TarInfo("p/zeros"), bytes(40_000_000))), tmp_path / "tar", folder="p"
        )


def test_entries_that_share_their_bytes_are_refused(tmp_path: Path) -> None:
    archive = zipped(tmp_path / "p.zip", ("p/a", os.urandom(5000)), ("p/b", b""))
    data = bytearray(archive.read_bytes())
    second = data.rindex(b"PK\x01\x02")
    data[second + 20 : second + 24] = (5000).to_bytes(4, "little")
    archive.write_bytes(data)
    with pytest.raises(UnsafeArchive, match="share"):
        unpack(archive, tmp_path / "out", folder="p")


def test_a_huge_tar_header_is_refused(tmp_path: Path) -> None:
    huge = tarfile.TarInfo("p/x")
    huge.pax_headers = {"comment": "x" * 200_000}
    with pytest.raises(UnsafeArchive, match="header"):
        unpack(tarred(tmp_path / "p.tgz", (huge, b"")), tmp_path / "out", folder="p")


@pytest.mark.parametrize(
    "data", [b"", b"PK", b"<html>", b"PK\x03\x04", b"\x1f\x8b\x08", gzip.compress(b"no tar" * 200, mtime=0)]
)
def test_what_is_no_archive_is_a_bad_answer(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "p.zip").write_bytes(data)
    with pytest.raises((BadAnswer, UnsafeArchive)):
        unpack(tmp_path / "p.zip", tmp_path / "out", folder="p")


def test_an_archive_without_the_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UnsafeArchive, match="outside"):
        unpack(zipped(tmp_path / "p.zip", ("other/x", b"")), tmp_path / "out", folder="p")
    with pytest.raises(UnsafeArchive, match="no files"):
        unpack(zipped(tmp_path / "q.zip", ("p/", b"")), tmp_path / "out", folder="p")


def test_a_wrong_digest_is_refused(tmp_path: Path) -> None:
    archive = tmp_path / "p.zip"
    archive.write_bytes(b"abc")
    sha1 = "a9993e364706816aba3e25717850c26c9cd0d89d"
    assert check_digests(archive, {"sha1": sha1.upper(), "unheard-of": "1"}) == ("sha1",)
    with pytest.raises(UnsafeArchive, match="not what was published"):
        check_digests(archive, {"sha256": sha1})


def _base(make: Callable[..., Path], folder: Path) -> bytes:
    if make is zipped:
        return make(folder / "a", ("p/", b""), ("p/a.php", b"<?php 1;" * 40), ("p/b/c", b"x")).read_bytes()
    return make(folder / "a", (tarfile.TarInfo("p/a.php"), b"<?php"), (tarfile.TarInfo("p/b/c"), b"x")).read_bytes()


@given(st.data())
@settings(max_examples=150, deadline=None)
def test_whatever_is_done_to_an_archive_nothing_leaves_its_folder(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    folder = tmp_path_factory.mktemp("law")
    tar = data.draw(st.booleans())
    raw = bytearray(_base(tarred if tar else zipped, folder))
    plain = bytearray(gzip.decompress(bytes(raw))) if tar else raw
    for _ in range(data.draw(st.integers(1, 6))):
        at = data.draw(st.integers(0, len(plain) - 1))
        piece = data.draw(
            st.sampled_from([b"../", b"/", b"\\", b"\0", b"\xff", b"5", b"2", b"PK\x01\x02"]) | st.binary(max_size=4)
        )
        plain[at : at + len(piece)] = piece
    if data.draw(st.booleans()):
        del plain[data.draw(st.integers(0, len(plain))) :]
    archive = folder / "a"
    archive.write_bytes(gzip.compress(bytes(plain)) if tar else bytes(plain))
    out = folder / "deep" / "out"
    try:
        entries = unpack(archive, out, folder="p")
    except MaintainerError:
        entries = ()
    else:
        assert {str(path.relative_to(out)) for path in out.rglob("*") if path.is_file()} == {e.path for e in entries}
    assert {path.name for path in folder.iterdir()} <= {"a", "deep"}
    assert not any(path.is_symlink() for path in folder.rglob("*"))


@given(
    st.lists(
        st.text(max_size=12) | st.sampled_from(["..", ".", ".git", "a", "A", "a/b", "/", "p"]), min_size=1, max_size=5
    )
)
@settings(max_examples=150, deadline=None)
def test_whatever_the_names_only_listed_files_appear(
    tmp_path_factory: pytest.TempPathFactory, names: list[str]
) -> None:
    folder = tmp_path_factory.mktemp("names")
    with zipfile.ZipFile(folder / "a", "w") as archive:
        for name in dict.fromkeys(names):
            try:
                archive.writestr(info("p/" + name), b"x")
            except (UnicodeError, ValueError):
                return
    try:
        entries = unpack(folder / "a", folder / "out", folder="p")
    except MaintainerError:
        return
    assert sorted(entry.path for entry in entries) == sorted(n for n in dict.fromkeys(names) if not n.endswith("/"))
    assert {path.name for path in folder.iterdir()} == {"a", "out"}
