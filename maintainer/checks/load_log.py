"""What a load leaves while it runs: samples and notes, flushed every second, so that a killed load leaves them too.

Runs inside Locust's processes. A worker sends them to its master, on this machine or another; the master, or the one
process there is, writes them to `samples` and `notes` (JSON lines) in the job's folder.
"""

import json
from pathlib import Path
from typing import Any

import gevent  # type: ignore[import-untyped]  # it has no types
from locust.runners import MasterRunner, WorkerRunner

MESSAGE, HALT = "maintainer-load", "maintainer-halt"


class Log:
    """The record of this process; `on_note` hears notes where they are written."""

    def __init__(self, runner: Any, folder: Path | None) -> None:
        self.runner = runner
        self.samples = bytearray()
        self.notes: list[dict[str, Any]] = []
        self.written: list[dict[str, Any]] = []
        self._folder = None if isinstance(runner, WorkerRunner) else folder
        if isinstance(runner, MasterRunner):
            runner.register_message(MESSAGE, self._heard)

    @property
    def worker(self) -> int:
        """Which of the processes this is."""
        return self.runner.worker_index if isinstance(self.runner, WorkerRunner) else 0

    def note(self, **said: Any) -> None:
        self.notes.append({**said, "worker": self.worker})

    def flush(self) -> None:
        """Hand on what there is."""
        samples, self.samples = bytes(self.samples), bytearray()
        notes, self.notes = self.notes, []
        if isinstance(self.runner, WorkerRunner):
            if samples or notes:
                self.runner.send_message(MESSAGE, {"samples": samples, "notes": notes})
        else:
            self._write(samples, notes)

    def finished(self, processes: int) -> bool:
        """Whether so many said that they are done."""
        return len({one["worker"] for one in self.written if "done" in one}) >= processes

    def halted(self) -> str:
        """Why one of them wants all to end; empty where none does."""
        return next((one["halt"] for one in self.written if "halt" in one), "")

    def _heard(self, *, msg: Any, **_: Any) -> None:
        self._write(msg.data["samples"], msg.data["notes"])

    def _write(self, samples: bytes, notes: list[dict[str, Any]]) -> None:
        self.written += notes
        if self._folder is None:
            return
        with (self._folder / "samples").open("ab") as file:
            file.write(samples)
        with (self._folder / "notes").open("a", encoding="utf-8") as file:
            file.writelines(json.dumps(one) + "\n" for one in notes)


def until_done(log: Log, processes: int, *, patience: float = 5) -> None:
    """On a master: pass a halt on to all, and quit when all are done, or a while after a halt."""
    left = patience
    halted = False
    while not log.finished(processes) and left > 0:
        if log.halted() and not halted:
            halted = True
            log.runner.send_message(HALT, {"why": log.halted()})
        gevent.sleep(0.1)
        left -= 0.1 if halted else 0
    log.runner.quit()
