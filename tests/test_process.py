"""Programs whose output is read while they run."""

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from maintainer import process
from maintainer.errors import ToolFailed
from maintainer.process import Finished


def told(script: str, place: Path, stdin: bytes = b"", seconds: float = 60) -> Iterator[bytes | Finished]:
    """What `stream` gives, and at last how the program ended."""
    ended = yield from process.stream(
        [sys.executable, "-c", script], cwd=place, environment={}, stdin=stdin, seconds=seconds
    )
    yield ended


def test_what_is_printed_comes_while_the_program_runs(tmp_path: Path) -> None:
    script = "import sys, os; print('first', flush=True); [None for _ in iter(lambda: os.path.exists('go'), True)]"
    found = told(script + "; print(sys.stdin.read()); print('bad', file=sys.stderr); sys.exit(3)", tmp_path, b"given")
    assert next(found) == b"first\n"
    (tmp_path / "go").touch()
    *pieces, ended = found
    assert b"".join(one for one in pieces if isinstance(one, bytes)) == b"given\n"
    assert ended == Finished(3, b"", b"bad\n")


def test_much_output_is_held_a_piece_at_a_time(tmp_path: Path) -> None:
    *pieces, ended = told("import sys; sys.stdout.write('x' * 5_000_000)", tmp_path)
    sizes = [len(one) for one in pieces if isinstance(one, bytes)]
    assert (sum(sizes), ended) == (5_000_000, Finished(0, b"", b""))
    assert max(sizes) <= process.PIECE


@pytest.mark.parametrize("does", ["", "print('x', flush=True); "])
def test_a_program_that_hangs_is_ended(tmp_path: Path, does: str) -> None:
    with pytest.raises(ToolFailed, match=r"was not done in 1 s and was ended"):
        list(told(f"import time; {does}time.sleep(600)", tmp_path, seconds=1))


def test_a_program_nobody_listens_to_any_more_is_ended(tmp_path: Path) -> None:
    found = told("import os, time; print(os.getpid(), flush=True); time.sleep(600)", tmp_path)
    number = next(found)
    assert isinstance(number, bytes)
    del found
    with pytest.raises(ProcessLookupError):
        os.kill(int(number), 0)


def test_a_program_that_is_missing_is_named(tmp_path: Path) -> None:
    with pytest.raises(ToolFailed, match=r"^no-such-program could not be started"):
        next(process.stream(["no-such-program"], cwd=tmp_path, environment={}))
