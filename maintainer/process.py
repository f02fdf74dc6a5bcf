"""The seam to programs: argument lists, a minimal environment, a time limit, bounded output."""

import os
import select
import signal
import subprocess  # noqa: TID251 - the seam to programs
import tempfile
import time
from collections.abc import Generator, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from maintainer.errors import ToolFailed

#: What a program gets of our environment: nothing that could be a secret.
INHERITED = ("PATH", "LANG", "LC_ALL", "TMPDIR", "SSL_CERT_FILE", "SSL_CERT_DIR", "SYSTEMROOT")

#: Bytes of a program's output that are read at once.
PIECE = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Finished:
    """A program that ended: `out` and `err` are its output, cut to the limit."""

    code: int
    out: bytes
    err: bytes

    @property
    def text(self) -> str:
        return self.out.decode("utf-8", "surrogateescape")


def run(
    argv: Sequence[str],
    *,
    cwd: Path,
    environment: Mapping[str, str],
    stdin: bytes = b"",
    seconds: float = 300,
    limit: int = 256 * 1024 * 1024,
) -> Finished:
    """Run a program to its end, whatever its exit code.

    `environment` is all it gets; `minimal` makes one. Output goes to files, so that a program that prints without
    end costs disk up to the time limit, not memory. Raises `errors.ToolFailed` when it is missing or is not done in
    `seconds`; then its whole process group has been killed.
    """
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err, tempfile.TemporaryFile() as given:
        given.write(stdin)
        given.seek(0)
        child = _begun(argv, cwd, environment, given, out, err)
        try:
            code = _ended(child, seconds)
        except subprocess.TimeoutExpired:
            raise ToolFailed(f"{argv[0]} was not done in {seconds:.0f} s and was ended.") from None
        finally:
            _kill(child)
        out.seek(0)
        err.seek(0)
        return Finished(code, out.read(limit), err.read(limit))


def stream(
    argv: Sequence[str], *, cwd: Path, environment: Mapping[str, str], stdin: bytes = b"", seconds: float = 300
) -> Generator[bytes, None, Finished]:
    """What a program prints, in pieces while it runs, and at last how it ended, without `out`.

    As `run`, but its output has no bound: who asks for the next piece decides how much there may be, and one of at
    most `PIECE` is held. `seconds` are of both. A program whose output isn't wanted any more is killed.
    """
    with tempfile.TemporaryFile() as err, tempfile.TemporaryFile() as given:
        given.write(stdin)
        given.seek(0)
        until = time.monotonic() + seconds
        child = _begun(argv, cwd, environment, given, subprocess.PIPE, err)
        try:
            while piece := _piece(child, until):
                yield piece
            code = _ended(child, max(until - time.monotonic(), 0))
        except subprocess.TimeoutExpired:
            raise ToolFailed(f"{argv[0]} was not done in {seconds:.0f} s and was ended.") from None
        finally:
            _kill(child)
            if child.stdout:
                child.stdout.close()
        err.seek(0)
        return Finished(code, b"", err.read(PIECE))


@dataclass(frozen=True, slots=True)
class Started:
    """A program that goes on; what it prints goes to the file `log`."""

    name: str
    log: Path
    _child: "subprocess.Popen[bytes]"

    def code(self) -> int | None:
        """Its exit code, None while it runs. It is not reaped, so that its number stays its own until it is ended."""
        done = os.waitid(os.P_PID, self._child.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT)
        if done is None:
            return None
        return done.si_status if done.si_code == os.CLD_EXITED else -done.si_status


@contextmanager
def started(
    argv: Sequence[str], *, cwd: Path, environment: Mapping[str, str], log: Path, grace: float = 5
) -> Iterator[Started]:
    """Start a program that goes on, such as a server, and end it with all it started (its process group) at the end.

    It is asked to end (SIGTERM), and after `grace` seconds made to. Raises `errors.ToolFailed` when it is missing.
    """
    with log.open("wb") as out:
        try:
            child = subprocess.Popen(
                list(argv),
                cwd=cwd,
                env=dict(environment),
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=out,
                start_new_session=True,
            )
        except OSError as error:
            raise ToolFailed(f"{argv[0]} could not be started: {error.strerror}.") from None
    one = Started(argv[0], log, child)
    try:
        yield one
    finally:
        with suppress(ProcessLookupError):
            os.killpg(child.pid, signal.SIGTERM)
            until = time.monotonic() + grace
            while one.code() is None and time.monotonic() < until:
                time.sleep(0.02)
            os.killpg(child.pid, signal.SIGKILL)
        child.wait()


def _begun(
    argv: Sequence[str], cwd: Path, environment: Mapping[str, str], given: IO[bytes], out: IO[bytes] | int,
    err: IO[bytes],
) -> "subprocess.Popen[bytes]":  # fmt: skip
    try:
        return subprocess.Popen(
            list(argv), cwd=cwd, env=dict(environment), stdin=given, stdout=out, stderr=err, start_new_session=True
        )
    except OSError as error:
        raise ToolFailed(
            f"{argv[0]} could not be started: {error.strerror}. `maintainer doctor` says how to get it."
        ) from None


def _kill(child: "subprocess.Popen[bytes]") -> None:
    """End what still runs, with all it started."""
    if child.poll() is None:
        os.killpg(child.pid, signal.SIGKILL)
        child.wait()


def _piece(child: "subprocess.Popen[bytes]", until: float) -> bytes:
    """What the program printed since, empty at its end. Raises `subprocess.TimeoutExpired`."""
    assert child.stdout
    waiting = select.poll()
    waiting.register(child.stdout, select.POLLIN)
    if not waiting.poll(max(until - time.monotonic(), 0) * 1000):
        raise subprocess.TimeoutExpired(child.args, until)
    return os.read(child.stdout.fileno(), PIECE)


def _ended(child: "subprocess.Popen[bytes]", seconds: float) -> int:
    """The exit code, at once when the program ends: `Popen.wait` with a limit looks only now and then.

    Raises `subprocess.TimeoutExpired`.
    """
    try:
        ends = os.pidfd_open(child.pid)
    except (AttributeError, OSError):  # no Linux, or an old one
        return child.wait(seconds)
    try:
        waiting = select.poll()
        waiting.register(ends, select.POLLIN)
        if not waiting.poll(seconds * 1000):
            raise subprocess.TimeoutExpired(child.args, seconds)
    finally:
        os.close(ends)
    return child.wait()


def minimal(environment: Mapping[str, str], **more: str) -> dict[str, str]:
    """The environment a program gets: a few harmless names of `environment`, and `more`."""
    return {name: environment[name] for name in INHERITED if name in environment} | more
