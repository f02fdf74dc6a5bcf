"""Lighthouse as a program: one page, one run, a fresh profile, and nothing left behind.

https://github.com/GoogleChrome/lighthouse/blob/v12.8.2/readme.md#using-the-node-cli
"""

import json
import os
import re
import shutil
import signal
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from maintainer import process
from maintainer.checks.lighthouse_report import REINSTALL, Run, Unusable, read
from maintainer.errors import ToolFailed

Device = Literal["mobile", "desktop"]

#: Nothing but the page is loaded; a window, a graphics card and a large /dev/shm are not needed.
FLAGS = (
    "--headless=new",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--no-first-run",
)
HUNG = "Open the page in a browser: does it come to rest? Else give a run more time, or the machine less to do"
LARGEST = 64 * 1024 * 1024
#: What Chrome and Node print when they can't start, and what to do.
SIGNS: tuple[tuple[str, str, str], ...] = (
    (r"no-sandbox|No usable sandbox", "Chrome can't make its sandbox here", "Allow user namespaces, or run it as root"),
    (r"No Chrome installations|CHROME_PATH", "there is no Chrome", "Install Chrome or Chromium, or set CHROME_PATH"),
    (r"ECONNREFUSED|connect to Chrome", "Chrome did not start", "Start the browser by hand, as CHROME_PATH has it"),
    (r"\bnode\W{0,4}(No such file|not found)", "there is no Node", "Install Node 20 or newer"),
    (r"ENOSPC", "the disk is full", "Make room in the folder for temporary files"),
)


@dataclass(frozen=True, slots=True)
class Program:
    """How Lighthouse is started: its argv, and the environment of which PATH, CHROME_PATH and harmless names are used.

    `seconds` is the time for one run. `sandbox` None: without one only where Chrome has none, as root.
    """

    environment: Mapping[str, str]
    argv: tuple[str, ...] = ("lighthouse",)
    seconds: float = 120
    sandbox: bool | None = None

    def run(self, url: str, device: Device, seconds: float) -> Run:
        """One run in a folder of its own. Raises Unusable; `errors.ToolFailed` when there is no such program."""
        if not shutil.which(self.argv[0], path=self.environment.get("PATH")):
            raise ToolFailed(f"there is no program {self.argv[0]} on this machine.")
        sandbox = os.geteuid() != 0 if self.sandbox is None else self.sandbox
        limit = min(self.seconds, seconds)
        with tempfile.TemporaryDirectory(prefix="lighthouse-", ignore_cleanup_errors=True) as name:
            folder = Path(name)
            try:
                done = process.run(
                    [*self.argv, *_arguments(url, device, sandbox)],
                    cwd=folder,
                    environment=self._environment(folder),
                    seconds=limit,
                    limit=LARGEST,
                )
            except ToolFailed as error:
                raise Unusable(error.message.rstrip("."), HUNG) from None
            finally:
                _end_browsers(folder)
            report = folder / "report.json"
            try:
                with report.open("rb") as opened:
                    told = opened.read(LARGEST + 1)
            except OSError:
                raise _failed(done) from None
        if len(told) > LARGEST:
            raise Unusable(f"Lighthouse's report is larger than {LARGEST // 2**20} MiB")
        if not told:
            raise _failed(done)
        return read(told, url)

    def _environment(self, folder: Path) -> dict[str, str]:
        """The home is the run's folder: nothing of an earlier run, or of the user, is there."""
        more = {"HOME": str(folder), "TMPDIR": str(folder), "NO_UPDATE_NOTIFIER": "1", "CI": "1"}
        if chrome := self.environment.get("CHROME_PATH"):
            more["CHROME_PATH"] = chrome
        return process.minimal(self.environment, **more)


def _arguments(url: str, device: Device, sandbox: bool) -> list[str]:
    flags = FLAGS if sandbox else (*FLAGS, "--no-sandbox")
    return [
        url,
        "--quiet",
        "--output=json",
        "--output-path=report.json",
        "--locale=en-US",
        "--no-enable-error-reporting",
        "--disable-full-page-screenshot",
        f"--chrome-flags={' '.join(flags)}",
        *(["--preset=desktop"] if device == "desktop" else []),
    ]


def _failed(done: process.Finished) -> Unusable:
    """Why there is no report."""
    said = (done.err + b"\n" + done.out).decode("utf-8", "replace")
    for sign, reason, mend in SIGNS:
        if re.search(sign, said):
            return Unusable(f"Lighthouse could not run: {reason}", mend)
    if done.code < 0:
        return Unusable(
            f"Lighthouse was ended by signal {-done.code}", "Give the machine more memory, or fewer tasks meanwhile"
        )
    last = next((line.strip() for line in reversed(said.splitlines()) if line.strip()), "")
    words = json.dumps(last[:200]) if last else "nothing"
    return Unusable(f"Lighthouse ended with code {done.code} and no report; it printed {words}", REINSTALL)


def _end_browsers(folder: Path) -> None:
    """Ends browsers that outlived Lighthouse: it starts them in process groups of their own, and notes which."""
    for note in folder.rglob("chrome.pid"):
        with suppress(OSError, ValueError):
            group = int(note.read_text())
            if group > 1 and os.getpgid(group) == group:
                os.killpg(group, signal.SIGKILL)
