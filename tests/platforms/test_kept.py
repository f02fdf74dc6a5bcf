from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter

from maintainer.errors import OutsideError
from maintainer.platforms import kept


@dataclass(frozen=True, slots=True)
class Note:
    text: str
    more: tuple[str, ...] = ()


NOTE = TypeAdapter(Note)


@given(st.text(st.characters(exclude_categories=())), st.tuples(st.binary()))
def test_what_is_kept_comes_back(text: str, data: tuple[bytes]) -> None:
    note = Note(text, tuple(one.decode("utf-8", "surrogateescape") for one in data))
    written = kept.dump(NOTE, note)
    assert written.isascii()
    read = kept.load(NOTE, written)
    # JSON can't tell two halves of one character from the character.
    assert read == note or any(0xD800 <= ord(character) <= 0xDBFF for character in text)


@pytest.mark.parametrize("data", [b"", b"[" * 100_000, b"\xff", b'{"text": 1}', b"nonsense", b"[]"])
def test_anything_else_is_a_value_error(data: bytes) -> None:
    with pytest.raises(ValueError):
        kept.load(NOTE, data)


def test_a_file_is_replaced_whole(tmp_path: Path) -> None:
    kept.write(tmp_path / "a/b.json", b"old")
    kept.write(tmp_path / "a/b.json", b"new")
    assert {path.name: path.read_bytes() for path in (tmp_path / "a").iterdir()} == {"b.json": b"new"}


def test_what_can_not_be_written_is_said(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"a file where a folder should be")
    with pytest.raises(OutsideError, match=r"a/b\.json can't be written: .*check the folder's owner"):
        kept.write(tmp_path / "a/b.json", b"")
