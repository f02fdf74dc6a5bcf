"""The browser: a program of ours that drives Chromium, apart from this process.

    Browser(environment).run("maintainer.checks.visual_work", job, folder=folder, seconds=60) -> answer

The program (`browser_session.work`) reads the job from its standard input, so that no secret stands in an argument
list, and leaves its answer in a file. It has a home of its own, and ends with all that it started.
"""

import json
import os
import re
import shutil
import signal
import sys
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from maintainer import process
from maintainer.checks.base import Site
from maintainer.errors import ToolFailed

#: Where a browser is looked for, after CHROME_PATH and before Playwright's own.
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
#: Of Playwright's own browsers, below the user's home: https://playwright.dev/python/docs/browsers#managing-browser-binaries
OWN = (".cache/ms-playwright", "Library/Caches/ms-playwright")
LARGEST = 64 * 1024 * 1024
#: What is printed where a browser can't be driven, what that means, and what to do.
SIGNS: tuple[tuple[str, str, str], ...] = (
    (
        r"No module named '(?:playwright|greenlet)",
        "Playwright is not installed",
        "Install it: pip install 'maintainer[verify]'",
    ),
    (
        r"Executable doesn't exist|playwright install",
        "there is no browser",
        "Install Chrome or Chromium, or set CHROME_PATH; or run: playwright install chromium",
    ),
    (r"ENOSPC|No space left", "the disk is full", "Make room in the folder for temporary files"),
    (
        r"No usable sandbox|SUID sandbox|zygote_host_impl",
        "the browser can't make its sandbox here",
        "Allow user namespaces, or run it as root in a container",
    ),
    (
        r"access.{0,40}/dev/shm|/dev/shm.{0,40}(?:denied|writable|failed)|shared memory",
        "the browser has no shared memory",
        "Give the container more: --shm-size=1g, or --ipc=host",
    ),
    (
        r"error while loading shared libraries|missing dependencies",
        "the browser lacks libraries of the system",
        "Install it from the system's packages, or run: playwright install-deps chromium",
    ),
    (
        r"BrowserType\.launch",
        "the browser did not start",
        "Start it by hand: does it run on this machine?",
    ),
    (
        r"Target crashed|Page crashed|has been closed|Connection closed|disconnected",
        "the browser died",
        "Give the machine more memory, or fewer tasks meanwhile",
    ),
)


@dataclass(frozen=True, slots=True)
class Browser:
    """Chromium on this machine, found by `environment`: CHROME_PATH, then PATH, then Playwright's own.

    `sandbox` None: without one only where Chromium has none, as root.
    """

    environment: Mapping[str, str] = field(repr=False)
    sandbox: bool | None = None

    def run(self, module: str, job: Mapping[str, Any], *, folder: Path, seconds: float) -> dict[str, Any]:
        """What the program `module` answers to `job`: a map that the program made, with `browser` (which one it was).

        `job` is anything JSON can say; `sites` in it are the sites (`site`) that may be asked. The program finds the
        path of `folder`, where it leaves artifacts, as `folder`. Raises `errors.ToolFailed` when there is no answer.
        """
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix="browser-", ignore_cleanup_errors=True) as name:
            home = Path(name)
            answer = home / "answer.json"
            given = {
                **job,
                "folder": str(folder.absolute()),
                "answer": str(answer),
                "browser": {"executable": self.executable(), "sandbox": self._sandboxed()},
            }
            try:
                done = process.run(
                    [sys.executable, "-P", "-m", module],
                    cwd=home,
                    environment=self._environment(home),
                    stdin=json.dumps(given).encode(),
                    seconds=seconds,
                    limit=1024 * 1024,
                )
            except ToolFailed:
                raise ToolFailed(
                    f"the browser was not done in {seconds:.0f} s and was ended. "
                    "Give it more time in verify.within.check, or less to look at"
                ) from None
            finally:
                _end_browsers(home)
            if done.code:
                raise _failed(done)
            return _read(answer)

    def executable(self) -> str | None:
        """The browser's path; None for the one Playwright brings. Raises `errors.ToolFailed`: CHROME_PATH is wrong."""
        path = self.environment.get("PATH")
        if stated := self.environment.get("CHROME_PATH"):
            if found := shutil.which(stated, path=path):
                return found
            raise ToolFailed(
                f"CHROME_PATH is {stated}, which is no program. Let it name Chrome or Chromium, or unset it"
            )
        return next((found for name in NAMES if (found := shutil.which(name, path=path))), None)

    def _sandboxed(self) -> bool:
        return os.geteuid() != 0 if self.sandbox is None else self.sandbox

    def _environment(self, home: Path) -> dict[str, str]:
        """The home is the run's folder: nothing of the user is there but Playwright's browsers."""
        users = Path(self.environment.get("HOME") or "/nowhere")
        own = next((str(users / one) for one in OWN if (users / one).is_dir()), "")
        more = {"HOME": str(home), "TMPDIR": str(home), "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
        if browsers := self.environment.get("PLAYWRIGHT_BROWSERS_PATH", own):
            more["PLAYWRIGHT_BROWSERS_PATH"] = browsers
        return process.minimal(self.environment, **more)


def site(one: Site) -> dict[str, Any]:
    """A site as a job knows it: where it is, what else may be asked, and what is said to it alone. It holds secrets."""
    identity = one.visitor.identity
    return {
        "side": one.side,
        "url": one.target.url,
        "allowed": sorted(one.visitor.allowed),
        "headers": dict(identity.headers),
        "cookies": dict(identity.cookies),
    }


def _read(answer: Path) -> dict[str, Any]:
    """What the program left. Raises `errors.ToolFailed` for what is no answer."""
    again = "Run it again; when it stays so, install maintainer anew"
    try:
        with answer.open("rb") as opened:
            told = opened.read(LARGEST + 1)
    except OSError:
        raise ToolFailed(f"the browser's program left no answer. {again}") from None
    if len(told) > LARGEST:
        raise ToolFailed(f"the browser's answer is larger than {LARGEST // 2**20} MiB. Let it look at less")
    try:
        made = json.loads(told)
    except ValueError:
        made = None
    if not isinstance(made, dict):
        raise ToolFailed(f"the browser's program left what is no answer. {again}")
    return made


def _failed(done: process.Finished) -> ToolFailed:
    said = (done.out + b"\n" + done.err).decode("utf-8", "replace")
    for sign, reason, mend in SIGNS:
        if re.search(sign, said):
            return ToolFailed(f"{reason}. {mend}")
    if done.code < 0:
        return ToolFailed(
            f"the browser's program was ended by signal {-done.code}. Give the machine more memory, or fewer tasks"
        )
    last = next((line.strip() for line in reversed(said.splitlines()) if line.strip()), "nothing")
    return ToolFailed(f"the browser's program ended with code {done.code}; it printed {json.dumps(last[:200])}")


def _end_browsers(home: Path) -> None:
    """Ends browsers that outlived the program: each is a process group of its own, and its profile notes which.

    One that hung before it had a profile is known by its home.
    """
    groups = []
    for lock in home.rglob("SingletonLock"):
        with suppress(OSError, ValueError):
            groups.append(int(str(lock.readlink()).rpartition("-")[2]))
    for environment in Path("/proc").glob("[0-9]*/environ"):
        with suppress(OSError):
            if f"HOME={home}".encode() in environment.read_bytes().split(b"\0"):
                groups.append(int(environment.parent.name))
    for group in groups:
        with suppress(OSError):
            if group > 1 and os.getpgid(group) == group:
                os.killpg(group, signal.SIGKILL)
