"""Beside the site's own locustfile: every request it makes is recorded, and the switches work.

Locust loads it after theirs (`locust -f theirs.py,load_record.py --job FILE`). Their users wait for an answer before
they ask on, so latency counts from the start of each request.
"""

import json
import os
from pathlib import Path
from time import monotonic, process_time
from typing import Any

import gevent  # type: ignore[import-untyped]  # it has no types
from locust import events
from locust.runners import MasterRunner, WorkerRunner

from maintainer.checks.load_log import Log
from maintainer.checks.load_samples import Kind, packed

#: Of the names theirs has, so many fit into a sample; the rest is told as one.
MOST_NAMES = 250
#: Seconds in which a first request is expected.
PATIENCE = 20


class Recorder:
    """What is seen of their requests."""

    def __init__(self, log: Log, job: dict[str, Any]) -> None:
        self.log, self.job = log, job
        self.began = monotonic()
        self.names: dict[str, int] = {}
        self.first: float | None = None

    @property
    def end(self) -> float:
        """When it has lasted long enough, counted from the first request; or when none came in a while."""
        began = self.began + PATIENCE if self.first is None else self.first
        return began + float(self.job["duration"])

    def heard(self, *, name: str, response_time: float, response_length: int, **more: Any) -> None:
        """A request ended."""
        self.first = self.first or monotonic()
        ended = monotonic() - self.began
        started = max(0.0, ended - (response_time or 0) / 1000)
        status = int(getattr(more.get("response"), "status_code", 0) or 0)
        failed = more.get("exception") is not None
        kind = Kind.FINE if not failed else Kind.STATUS if status >= 400 else Kind.BROKEN
        endpoint, block = self.endpoint(name), self.job["block"]
        size = min(int(response_length or 0), 2**32 - 1)
        self.log.samples += packed(block, endpoint, 0, kind, 0, status % 1000, size, started, started, ended)
        if failed and kind is Kind.BROKEN:
            said = str(more["exception"])[:200]
            self.log.note(example=said, endpoint=endpoint, kind=int(kind), side=self.job["side"])

    def endpoint(self, name: str) -> int:
        if name not in self.names:
            if len(self.names) >= MOST_NAMES:
                name = "others"
            self.names.setdefault(name, len(self.names))
            self.log.note(name=name, number=self.names[name])
        return self.names[name]

    def watch(self) -> None:
        """Every second: hand on what there is, and see whether it may go on."""
        parent = os.getppid()
        while True:
            used, clock = process_time(), monotonic()
            gevent.sleep(min(1.0, max(0.01, self.end - monotonic())))
            self.log.note(cpu=round((process_time() - used) / (monotonic() - clock), 3))
            stopped = self.job["stop"] and Path(self.job["stop"]).exists()
            if stopped or os.getppid() != parent:
                self.log.note(halt="stop" if stopped else "orphan", at=round(monotonic() - self.began, 1))
                self.log.flush()
                self.log.runner.quit()
                return
            self.log.flush()
            if self.first is None and any("name" in one for one in self.log.written):
                self.first = monotonic()  # a worker's
            # Its own --run-time counts from before the locustfile was read.
            if monotonic() >= self.end and not isinstance(self.log.runner, WorkerRunner):
                self.log.runner.quit()
                return


def _arguments(parser: Any, **_: Any) -> None:
    parser.add_argument("--job", default="", help="the file that says what to load")


def _begin(environment: Any, **_: Any) -> None:
    runner, path = environment.runner, Path(environment.parsed_options.job)
    recorder = Recorder(Log(runner, path.parent), json.loads(path.read_bytes()))
    if not isinstance(runner, MasterRunner):
        environment.events.request.add_listener(recorder.heard)
    gevent.spawn(recorder.watch)

    def end(**_: Any) -> None:
        if not isinstance(runner, WorkerRunner):
            recorder.log.note(done=True)
        recorder.log.flush()

    environment.events.quitting.add_listener(end)


_HOOKS: Any = events  # without types
_HOOKS.init_command_line_parser.add_listener(_arguments)
_HOOKS.init.add_listener(_begin)
