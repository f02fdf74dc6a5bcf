"""Locust as a program: one load, to its end, and what it left.

https://docs.locust.io/en/stable/configuration.html
"""

import json
import os
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from maintainer import process
from maintainer.checks.load_samples import read
from maintainer.checks.load_worker import PORT, WORK
from maintainer.errors import ToolFailed
from maintainer.http_visit import free_port

if TYPE_CHECKING:
    from maintainer.checks.load_samples import Samples

RECORD = Path(__file__).with_name("load_record.py")
INSTALL = "Install it: pip install 'maintainer[verify]'"
#: Seconds that a start and an end may take beside the load itself.
AROUND = 30.0


@dataclass(frozen=True, slots=True)
class Workers:
    """Locust's workers on other machines: so many, which connect to this port within the time."""

    count: int
    port: int = PORT
    within: float = 300


@dataclass(frozen=True, slots=True)
class Left:
    """What a load left: its samples, and what its processes noted. `ended` None: as planned; else why it was not."""

    samples: "Samples"
    notes: tuple[Mapping[str, Any], ...]
    ended: str | None

    def halted(self) -> tuple[str, float] | None:
        """Why it was halted from within, and when."""
        return next(((one["halt"], one.get("at", 0.0)) for one in self.notes if "halt" in one), None)

    def cpu(self) -> tuple[float, ...]:
        """What the processes used of a core, second by second."""
        return tuple(one["cpu"] for one in self.notes if "cpu" in one)


@dataclass(frozen=True, slots=True)
class Program:
    """How Locust is started. `environment` is where harmless names are taken from; `more` what else it gets."""

    environment: Mapping[str, str] = field(repr=False)
    processes: int = 1
    workers: Workers | None = None
    argv: tuple[str, ...] = (sys.executable, "-P", "-m", "locust")

    def run(self, job: Mapping[str, Any], seconds: float, most: float) -> Left:
        """Load as the job says, which takes so many `seconds`; at most so many in all.

        Raises `errors.ToolFailed` where Locust can't be started, or leaves nothing.
        """
        users = self.workers.count if self.workers else self.processes
        arguments = ["-f", str(WORK), "--users", str(users), "--spawn-rate", "100"]
        return self._run(arguments, job, {}, seconds, most)

    def run_own(
        self, file: Path, job: Mapping[str, Any], arguments: list[str], given: Mapping[str, str], most: float
    ) -> Left:
        """Run the site's own locustfile beside our recorder; `given` are the variables it is to find."""
        return self._run(["-f", f"{file},{RECORD}", *arguments], job, given, float(job["duration"]), most)

    def _run(
        self, arguments: list[str], job: Mapping[str, Any], given: Mapping[str, str], seconds: float, most: float
    ) -> Left:
        around = AROUND + (self.workers.within if self.workers else 0)
        with tempfile.TemporaryDirectory(prefix="load-", ignore_cleanup_errors=True) as name:
            folder = Path(name)
            described = folder / "job.json"
            described.touch(mode=0o600)
            described.write_text(json.dumps(job), encoding="utf-8")
            whole = [*self.argv, *arguments, *self._machines(), "--headless", "--only-summary", "--job", str(described)]
            ended, done = None, None
            try:
                done = process.run(
                    whole,
                    cwd=folder,
                    environment=self._environment(folder, given),
                    seconds=min(most, seconds + around),
                    limit=1024 * 1024,
                )
            except ToolFailed as error:
                if not _file(folder / "samples"):
                    raise ToolFailed(f"{error.message.rstrip('.')}. {INSTALL}") from None
                ended = "it was not done in its time"
            return _left(folder, ended, done)

    def _machines(self) -> list[str]:
        if self.workers:
            wait = ["--expect-workers-max-wait", f"{self.workers.within:.0f}"]
            bound = ["--master-bind-port", str(self.workers.port)]
            return ["--master", "--expect-workers", str(self.workers.count), *wait, *bound]
        if self.processes == 1:
            return []
        port = str(free_port())
        bound = ["--master-bind-host", "127.0.0.1", "--master-bind-port", port]
        return ["--processes", str(self.processes), *bound, "--master-port", port]

    def _environment(self, folder: Path, given: Mapping[str, str]) -> dict[str, str]:
        """The home is the run's folder: no locust.conf of the user is there."""
        more = {"HOME": str(folder), "TMPDIR": str(folder), "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
        return process.minimal(self.environment, **more, **given)


def _left(folder: Path, ended: str | None, done: process.Finished | None) -> Left:
    samples, notes = _file(folder / "samples"), _notes(_file(folder / "notes"))
    if done and done.code < 0:
        ended = f"Locust was ended by signal {-done.code}"
    elif done and not samples and not any("halt" in one for one in notes):
        raise _failed(done)
    elif not ended and not any("done" in one or "halt" in one for one in notes):
        ended = "Locust ended before its time"
    return Left(read(samples), notes, ended)


def _notes(data: bytes) -> tuple[Mapping[str, Any], ...]:
    """The notes; a line that is not whole is left out."""
    made: list[Mapping[str, Any]] = []
    for line in data.splitlines():
        try:
            made.append(json.loads(line))
        except ValueError:
            continue
    return tuple(made)


def _file(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:
        return b""


def _failed(done: process.Finished) -> ToolFailed:
    """Why there is nothing."""
    said = (done.err + b"\n" + done.out).decode("utf-8", "replace")
    if "No module named locust" in said or "No module named 'locust'" in said:
        return ToolFailed(f"Locust is not installed. {INSTALL}")
    if "Gave up waiting for workers" in said:
        return ToolFailed("the workers did not come. Do their jobs run, and can they reach this machine's port?")
    if "No space left" in said:
        return ToolFailed("the disk is full. Make room in the folder for temporary files")
    errors = [line.strip() for line in said.splitlines() if "Error" in line or "/ERROR/" in line]
    words = json.dumps(errors[-1][:200]) if errors else "nothing of it"
    return ToolFailed(f"Locust ended with code {done.code} and sent nothing; it says {words}. {INSTALL}")
