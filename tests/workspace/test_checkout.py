import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from maintainer.errors import ConfigurationError, Unreadable
from maintainer.workspace import checkout as module
from maintainer.workspace.checkout import decode, encode, open_checkout
from maintainer.workspace.git import LARGEST
from tests.workspace.repositories import ENVIRONMENT, repository


def test_only_tracked_regular_files_are_listed(tmp_path: Path) -> None:
    git = repository(tmp_path / "r", {"a.json": b"{}", "zażółć/日本.php": b"", "link": "a.json", "dir": "zażółć"})
    git.run("update-index", "--add", "--cacheinfo", f"160000,{git.head()},modules/x")
    (tmp_path / "r/untracked").write_bytes(b"")
    checkout = open_checkout(tmp_path / "r", ENVIRONMENT)
    assert checkout.tracked() == ("a.json", "zażółć/日本.php")
    assert {path: checkout.listed[path].mode for path in ("dir", "modules/x")} == {
        "dir": "120000",
        "modules/x": "160000",
    }


def test_a_subfolder_opens_its_repository(tmp_path: Path) -> None:
    repository(tmp_path / "r", {"web/a.json": b"{}"})
    checkout = open_checkout(tmp_path / "r/web", ENVIRONMENT)
    assert checkout.tracked() == ("web/a.json",) and checkout.root == tmp_path / "r"


def test_without_git_a_walk_leaves_out_other_peoples_code(tmp_path: Path) -> None:
    for path in ("a/b.json", "vendor/x.json", "a/node_modules/y.json", ".env"):
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_bytes(b"1")
    (tmp_path / "link").symlink_to("/etc")
    checkout = open_checkout(tmp_path, ENVIRONMENT)
    assert checkout.tracked() == (".env", "a/b.json") and checkout.read("a/b.json") == b"1"
    with pytest.raises(ConfigurationError, match="git init"):
        checkout.at("HEAD")


def test_what_is_no_folder_or_bare_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="no folder"):
        open_checkout(tmp_path / "nothing", ENVIRONMENT)
    git = repository(tmp_path / "r")
    git.run("clone", "-q", "--bare", ".", str(tmp_path / "bare"))
    with pytest.raises(ConfigurationError, match="no usable git checkout"):
        open_checkout(tmp_path / "bare", ENVIRONMENT)


def test_reading_stays_inside_the_checkout(tmp_path: Path) -> None:
    (tmp_path / "secret").mkdir()
    (tmp_path / "secret/key").write_bytes(b"key")
    repository(tmp_path / "r", {"a/key": b"public", "b/c/key": b"public", "pipe": b""})
    root = tmp_path / "r"
    (root / "a/key").unlink()
    (root / "a").rmdir()
    (root / "a").symlink_to(tmp_path / "secret")
    (root / "b/c/key").unlink()
    (root / "b/c/key").symlink_to(tmp_path / "secret/key")
    (root / "pipe").unlink()
    os.mkfifo(root / "pipe")
    checkout = open_checkout(root, ENVIRONMENT)
    for path in ("a/key", "b/c/key", "pipe", "../secret/key", str(tmp_path / "secret/key"), "a\0b", "gone", "b"):
        with pytest.raises(Unreadable, match=r"symbolic|can't be read|no regular"):
            checkout.read(path)
    assert [type(found) for _, found in checkout.read_many(checkout.tracked())] == [Unreadable] * 3


def test_huge_files_are_not_read(tmp_path: Path) -> None:
    git = repository(tmp_path, {"huge": bytes(LARGEST + 1), "big": bytes(LARGEST)})
    checkout = open_checkout(tmp_path, ENVIRONMENT)
    for files in (checkout, checkout.at(git.head())):
        assert len(files.read("big")) == LARGEST
        with pytest.raises(Unreadable, match="8 MiB"):
            files.read("huge")


def test_a_commit_is_read_whatever_the_working_tree_says(tmp_path: Path) -> None:
    git = repository(tmp_path, {"a\r.json": b"{}\r\n", "link": "a", "zażółć": b"\xff"})
    (tmp_path / "zażółć").write_bytes(b"changed")
    snapshot = open_checkout(tmp_path, ENVIRONMENT).at(git.head())
    assert set(snapshot.tracked()) == {"a\r.json", "zażółć"}
    assert dict(snapshot.read_many(snapshot.tracked())) == {"a\r.json": b"{}\r\n", "zażółć": b"\xff"}
    for path in ("link", "nothing"):
        with pytest.raises(Unreadable, match="no regular file"):
            snapshot.read(path)


def test_many_files_of_a_commit_are_read_in_order(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    git = repository(tmp_path, {name: name.encode() for name in "abcde"})
    snapshot = open_checkout(tmp_path, ENVIRONMENT).at(git.head())
    monkeypatch.setattr(module, "PIECE", 2)
    assert list(snapshot.read_many(iter("edcba"))) == [(name, name.encode()) for name in "edcba"]


def test_names_that_are_not_utf_8_survive(tmp_path: Path) -> None:
    repository(tmp_path)
    name = b"caf\xe9.json".decode("utf-8", "surrogateescape")
    (tmp_path / name).write_bytes(b"1")
    git = open_checkout(tmp_path, ENVIRONMENT).git
    assert git
    git.run("add", "-A")
    checkout = open_checkout(tmp_path, ENVIRONMENT)
    assert name in checkout.tracked() and checkout.read(name) == b"1"


@given(st.binary(max_size=64))
def test_decoding_loses_nothing(data: bytes) -> None:
    try:
        text = decode(data, "x")
    except Unreadable:
        return
    assert encode(text) == data


@pytest.mark.parametrize(
    ("data", "says"),
    [
        ("{}".encode("utf-16"), "UTF-16"),
        ("{}".encode("utf-16-be"), "UTF-16"),
        ("{}".encode("utf-16-le"), "UTF-16"),
        ("{}".encode("utf-32"), "UTF-16"),
        (b"version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 1\n", "LFS pointer"),
    ],
)
def test_what_is_no_utf_8_text_is_unreadable(data: bytes, says: str) -> None:
    with pytest.raises(Unreadable, match=says):
        decode(data, "x")


def test_a_byte_order_mark_is_kept() -> None:
    assert decode(b"\xef\xbb\xbf{}", "x") == "\ufeff{}"
