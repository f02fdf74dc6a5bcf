"""The checks at work: one after the other, each within its time, and only where it may do what it does."""

import signal
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

from maintainer.checks.base import Bench, Bounds, Check
from maintainer.commands.verify_checks import Given, Kind
from maintainer.commands.verify_safety import Guard
from maintainer.errors import THE_DISKS, MaintainerError
from maintainer.evidence import Blind, Evidence, Verdict

#: A check that isn't done so many seconds after its time was over is ended.
GRACE = 10.0


class Overdue(BaseException):
    """A check's time is over. No check may catch it: it is no error of one page."""


def looked(
    given: Given, checks: Mapping[str, Kind], folder: Path, guard: Guard
) -> tuple[Evidence, tuple[Verdict, ...]]:
    """What all checks see, and what is judged of their numbers; one that breaks costs itself."""
    verify = given.verify
    seen, judged = Evidence(), list[Verdict]()
    bounds = Bounds(verify.bounds.pages, verify.bounds.links, verify.bounds.at_once, verify.bounds.kilobytes * 1024)
    pages = tuple(page.page() for page in verify.pages)
    end = time.monotonic() + verify.within.all
    for name, kind in checks.items():
        check = kind.made(given)
        if isinstance(check, str):
            judged.append(Verdict(name, "looked", "", "skipped", check))
            continue
        on: Given | None = given
        if check.WRITES:
            on, found, left_out = guard.allowed(name, given)
            seen += found
            judged += left_out
        if on is None:
            continue
        if on is not given and isinstance(check := kind.made(on), str):
            judged.append(Verdict(name, "looked", "", "skipped", check))
            continue
        until = min(end, time.monotonic() + verify.within.check)
        found = _looked(name, check, Bench(on.head, on.base, pages, bounds, folder, until))
        seen += found
        judged += kind.judged(on, found)
    return seen, tuple(judged)


def _looked(name: str, check: Check, bench: Bench) -> Evidence:
    left = bench.left()
    if not left:
        return _blind(name, "the time for all checks was over", "Raise verify.within.all")
    try:
        with _ended_after(left + GRACE):
            return check.measure(bench)
    except MaintainerError as error:
        return _blind(name, error.message)
    except Overdue:
        return _blind(name, f"it hung: it was not done in {left:.0f} s and was ended", "Raise verify.within.check")
    except OSError as error:
        if error.errno not in THE_DISKS:
            raise
        where = error.filename or bench.folder
        return _blind(name, f"{where} can't be written: {error.strerror}", "Make room or access, then run again")


def _blind(name: str, reason: str, mend: str = "") -> Evidence:
    return Evidence(blind=(Blind(name, "", reason, mend),))


@contextmanager
def _ended_after(seconds: float) -> Iterator[None]:
    """Raise `Overdue` in what goes on here once the time is over, wherever it waits.

    What it started is ended as it unwinds; where that hangs too, it is raised again. A signal reaches the main thread
    alone, and so does this.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def over(_: int, __: FrameType | None) -> None:
        raise Overdue

    before = signal.signal(signal.SIGALRM, over)
    signal.setitimer(signal.ITIMER_REAL, seconds, max(GRACE, 0.1))
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
