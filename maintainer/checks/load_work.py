"""The locustfile of a load: visitors arrive on a clock, whatever the site does, and every request is recorded.

Locust runs it in each of its processes (`locust -f load_work.py --headless --job FILE`), on this machine by
`--processes`, on others by `--master` and `--worker`. The job is a file, since it holds what nobody may read in an
argument list; workers elsewhere are told what of it is no secret. Each process takes its turn of the visitors.
"""

import json
import os
from collections import Counter, deque
from contextlib import suppress
from functools import partial
from pathlib import Path
from time import monotonic, process_time
from typing import Any

import gevent  # type: ignore[import-untyped]  # it has no types
from locust import User, constant, events, task
from locust.exception import StopUser
from locust.runners import MasterRunner, WorkerRunner

from maintainer.checks.load_arrivals import Segment, arrivals, turns
from maintainer.checks.load_log import HALT, Log, until_done
from maintainer.checks.load_samples import Kind, packed
from maintainer.checks.load_visit import Outcome, Shop, Visit, sleep_until

#: Examples of what went wrong, of each kind at each endpoint.
EXAMPLES = 3
#: Seconds over which the share of errors is taken.
WINDOW = 10
#: Where the log stands in Locust's environment.
LOG = "maintainer_log"


class Load:
    """What this process does of the job."""

    def __init__(self, job: dict[str, Any], log: Log, index: int, processes: int) -> None:
        self.job, self.log, self.index, self.processes = job, log, index, processes
        self.shops = {side: Shop(site, job) for side, site in job["sites"].items()}
        self.visits: set[Any] = set()
        self.halt = ""
        self.began = monotonic()
        self.block = 0
        self.most = max(1, int(job["open"]) // processes)
        self.cap = max(1, int(job["cap"]) // processes)
        self.second, self.sent = 0, 0
        self.recent: deque[tuple[int, int]] = deque([(0, 0)], maxlen=WINDOW)
        self.examples: Counter[tuple[int, int]] = Counter()
        self.mother = os.getppid()

    def run(self) -> None:
        """All blocks, then what is still open."""
        watch = gevent.spawn(self.watch)
        try:
            for number, block in enumerate(self.job["blocks"]):
                self.run_block(number, block)
            self.wait(self.job["seconds"] + self.job["longest"])
        finally:
            watch.kill()
            gevent.killall(list(self.visits))
            if not self.halt:
                self.log.note(done=True)
            self.log.flush()

    def wait(self, seconds: float) -> None:
        """So long at most for what is still open."""
        until = monotonic() + seconds
        while self.visits and monotonic() < until:
            gevent.sleep(0.02)

    def run_block(self, number: int, block: dict[str, Any]) -> None:
        shop, journeys = self.shops[block["side"]], self.job["journeys"]
        chosen = turns([journey["weight"] for journey in journeys])
        segments = [Segment(*one) for one in block["segments"]]
        for visitor, (at, which) in enumerate(zip(arrivals(segments), chosen, strict=False)):
            if visitor % self.processes != self.index:
                continue
            intended = self.began + block["at"] + at
            if visitor % 8 == 0:
                gevent.sleep(0)
            sleep_until(intended)
            if self.halt:
                return
            steps = journeys[which]["steps"]
            if len(self.visits) >= self.most:
                self.record(number, steps, 0, Outcome(Kind.HELD), intended, intended, intended)
                continue
            # Raw: what Greenlet and Group do beside is a tenth of the time a quick request takes.
            self.visits.add(gevent.spawn_raw(self.visit, shop, steps, visitor, number, intended))

    def visit(self, shop: Shop, steps: list[dict[str, Any]], visitor: int, block: int, intended: float) -> None:
        values = {name: given[visitor % len(given)] for name, given in self.job["feeds"].items()}
        values["visitor"] = f"{self.job['run']}-{block}-{visitor}"
        try:
            Visit(shop, steps, values).go(intended, partial(self.record, block, steps), self.may_send)
        finally:
            self.visits.discard(gevent.getcurrent())

    def may_send(self) -> bool:
        """Whether one more request may be sent in this second."""
        if self.halt:
            return False
        second = int(monotonic() - self.began)
        if second != self.second:
            self.second, self.sent = second, 0
        self.sent += 1
        return self.sent <= self.cap

    def record(
        self,
        block: int,
        steps: list[dict[str, Any]],
        number: int,
        outcome: Outcome,
        intended: float,
        started: float,
        ended: float,
    ) -> None:
        kind, detail, status, size, said = outcome
        began, endpoint = self.began, steps[number]["endpoint"]
        self.log.samples += packed(
            block, endpoint, number, kind, detail, status, size, intended - began, started - began, ended - began
        )
        if kind is Kind.HELD:
            return
        sent, failed = self.recent[-1]
        self.recent[-1] = (sent + 1, failed + (kind is not Kind.FINE))
        if kind is not Kind.FINE and said and self.examples[endpoint, kind] < EXAMPLES:
            self.examples[endpoint, kind] += 1
            self.log.note(example=said, endpoint=endpoint, kind=int(kind), side=self.job["blocks"][block]["side"])

    def watch(self) -> None:
        """Every second: hand on what there is, and see whether it may go on."""
        while not self.halt:
            used, clock = process_time(), monotonic()
            gevent.sleep(1)
            self.log.note(cpu=round((process_time() - used) / (monotonic() - clock), 3))
            if why := self.must_halt():
                self.end(why)
            self.log.flush()
            self.recent.append((0, 0))

    def must_halt(self) -> str:
        """Why it must: someone wants it, nobody waits for it any more, or too much fails."""
        if self.job["stop"] and Path(self.job["stop"]).exists():
            return "stop"
        if os.getppid() != self.mother:
            return "orphan"
        abort = self.job["abort"]
        sent, failed = (sum(column) for column in zip(*self.recent, strict=True))
        late = monotonic() - self.began > abort["grace"]
        return "errors" if late and sent >= abort["fewest"] and failed > abort["share"] * sent else ""

    def end(self, why: str) -> None:
        """End, and let the others know."""
        if not self.halt:
            self.halt = why
            self.log.note(halt=why, at=round(monotonic() - self.began, 1))


class Arrivals(User):
    """One of each process: it lets all the visitors in."""

    wait_time = constant(0)

    @task
    def arrive(self) -> None:
        options: Any = self.environment.parsed_options
        log: Log = vars(self.environment)[LOG]
        remote = isinstance(log.runner, WorkerRunner)
        try:
            load = Load(_job(options), log, log.worker, options.expect_workers if remote else 1)
            if remote:
                log.runner.register_message(HALT, lambda msg, **_: load.end(msg.data["why"]))
            load.run()
        except Exception as error:  # Locust would try it again, for ever
            log.note(halt="broken", said=f"{type(error).__name__}: {error}")
            log.flush()
        if not remote:
            gevent.spawn(log.runner.quit)
        raise StopUser


def _job(options: Any) -> dict[str, Any]:
    """The whole job, or what a worker elsewhere is told of it; that one loads no host but those it is given."""
    path = Path(options.job or "/nowhere")
    here = path.is_file()
    job: dict[str, Any] = json.loads(path.read_bytes() if here else options.told)
    if options.hosts or not here:
        job["hosts"] = [host for host in job["hosts"] if host in options.hosts.split(",")]
    return job


def _public(job: dict[str, Any]) -> dict[str, Any]:
    """The job without what is secret, and without paths of this machine."""
    sites = {side: {**site, "headers": {}, "cookies": {}, "ca": None} for side, site in job["sites"].items()}
    return {**job, "sites": sites, "stop": ""}


def _arguments(parser: Any, **_: Any) -> None:
    parser.add_argument("--job", default="", help="the file that says what to load")
    parser.add_argument("--hosts", default="", help="the only hosts that this worker may load, with commas")
    # Not for the command line: a master's answer to workers elsewhere, which learn of its options.
    parser.add_argument("--told", default="", help="leave it out")


def _begin(environment: Any, **_: Any) -> None:
    options, runner = environment.parsed_options, environment.runner
    folder = Path(options.job).parent if options.job else None
    vars(environment)[LOG] = log = Log(runner, folder)
    if isinstance(runner, MasterRunner):
        job = json.loads(Path(options.job).read_bytes())
        options.told = json.dumps(_public(job))
        gevent.spawn(until_done, log, options.expect_workers)
    if not isinstance(runner, WorkerRunner):
        gevent.spawn(_while_wanted, log, os.getppid())


def _while_wanted(log: Log, parent: int) -> None:
    """A load nobody waits for any more is ended."""
    while os.getppid() == parent:
        gevent.sleep(1)
    log.note(halt="orphan")
    log.flush()
    log.runner.quit()


def _end(environment: Any, **_: Any) -> None:
    with suppress(KeyError):
        vars(environment)[LOG].flush()


_HOOKS: Any = events  # without types
_HOOKS.init_command_line_parser.add_listener(_arguments)
_HOOKS.init.add_listener(_begin)
_HOOKS.quitting.add_listener(_end)
