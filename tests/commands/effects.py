"""Kills a run at its n-th effect on the outside: in a fork, as the kernel would, without any clean-up.

An effect is a program started, a connection made, or a file created, written, renamed or removed: what Python's audit
events tell (https://docs.python.org/3/library/audit_events.html), so that none is forgotten.
"""

import os
import sys
from collections.abc import Callable
from dataclasses import dataclass

EVENTS = frozenset(
    {"subprocess.Popen", "os.rename", "os.remove", "os.mkdir", "os.rmdir", "os.link", "os.symlink", "os.truncate",
     "shutil.rmtree", "socket.connect"}
)  # fmt: skip
WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
KILLED = 137


@dataclass
class _Counter:
    left: int = -1
    seen: int = 0


_COUNTER = _Counter()


def _heard(event: str, args: tuple[object, ...]) -> None:
    if _COUNTER.left < 0:
        return
    if event == "open":
        flags = args[2]
        if not isinstance(flags, int) or not flags & WRITES or "/.git/" not in str(args[0]) + "/":
            return
    elif event not in EVENTS:
        return
    _COUNTER.seen += 1
    if _COUNTER.seen == _COUNTER.left:
        os._exit(KILLED)


def count(action: Callable[[], object]) -> int:
    """How many effects `action` has, done in a fork."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        _listen(sys.maxsize)
        action()
        os.write(writing, str(_COUNTER.seen).encode())
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading) as told:
        found = int(told.read())
    os.waitpid(child, 0)
    return found


def killed_at(number: int, action: Callable[[], object]) -> bool:
    """Do `action` in a fork that dies before its `number`-th effect; False when it got to its end."""
    child = os.fork()
    if child == 0:
        _listen(number)
        try:
            action()
        finally:
            os._exit(0)
    _, status = os.waitpid(child, 0)
    return os.waitstatus_to_exitcode(status) == KILLED


def _listen(left: int) -> None:
    _COUNTER.left, _COUNTER.seen = left, 0
    sys.addaudithook(_heard)
