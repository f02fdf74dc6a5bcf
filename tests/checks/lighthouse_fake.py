"""A program that stands in for Lighthouse: it notes how it was started, and does what its plan says.

with site pages on loopback:  fake = Fake(tmp_path / "bin", plan) ; Program(fake.environment()).run(...)

A plan is what each run does, the last one again and again. A step is a map: `lcp` by side and the like go into the
report, `error` makes a runtimeError, `raw` is written instead of a report, `print`, `exit`, `signal`, `sleep`,
`browser` (starts something that outlives it, as Lighthouse's browser does) happen before.
"""

import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

Step = Mapping[str, Any]

SOURCE = r"""
import json, os, signal, subprocess, sys, time
here = os.path.dirname(os.path.abspath(__file__))
plan = json.load(open(os.path.join(here, "plan.json")))
with open(os.path.join(here, "runs.jsonl"), "a+") as notes:
    notes.seek(0)
    number = len(notes.readlines())
    home = os.environ.get("HOME", "")
    note = {"argv": sys.argv[1:], "environment": dict(os.environ), "cwd": os.getcwd(), "home": sorted(os.listdir(home))}
    notes.write(json.dumps(note) + "\n")
step = plan[min(number, len(plan) - 1)]
if "browser" in step:
    profile = os.path.join(os.environ["TMPDIR"], "lighthouse.1")
    os.mkdir(profile)
    child = subprocess.Popen(["sleep", "60"], start_new_session=True)
    for path in (os.path.join(profile, "chrome.pid"), os.path.join(here, "browser.pid")):
        open(path, "w").write(str(child.pid))
print(step.get("print", ""), file=sys.stderr, flush=True)
time.sleep(step.get("sleep", 0))
if "signal" in step:
    os.kill(os.getpid(), step["signal"])
if "exit" in step:
    sys.exit(step["exit"])
url = sys.argv[1]
numeric = {"lcp": "largest-contentful-paint", "fcp": "first-contentful-paint", "si": "speed-index",
           "tbt": "total-blocking-time", "cls": "cumulative-layout-shift"}
values = dict({"lcp": 1500, "fcp": 900, "si": 1000, "tbt": 50, "cls": 0.01}, **step.get("values", {}))
slower = step.get("slower", {})
for port, factor in slower.items():
    if ":" + port + "/" in url:
        values["lcp"] = values["lcp"] * factor
parties = step.get("parties", {})
found = [item for port, items in parties.items() if ":" + port + "/" in url for item in items]
report = {
    "lighthouseVersion": "12.8.2", "requestedUrl": url, "finalDisplayedUrl": step.get("final", url),
    "userAgent": "Mozilla/5.0 HeadlessChrome/156.0.0.0 Safari/537.36",
    "environment": {"benchmarkIndex": step.get("speed", 1000)},
    "audits": {
        **{audit: {"numericValue": values[name]} for name, audit in numeric.items() if values[name] is not None},
        "resource-summary": {"details": {"items": [
            {"resourceType": "total", "requestCount": 4, "transferSize": 61589},
            {"resourceType": "script", "requestCount": 2, "transferSize": step.get("script", 60346)},
            {"resourceType": "third-party", "requestCount": len(found), "transferSize": 100 * len(found)}]}},
        "network-requests": {"details": {"items": [{"url": url, "entity": "own"}] + [
            {"url": "https://" + host + "/a.js", "entity": name} for name, host in found]}},
    },
    "entities": [{"name": "own", "isFirstParty": True}] + [{"name": name} for name, _ in found],
    "categories": {"performance": {"score": 0.9}, "seo": {"score": 1}, "accessibility": {"score": None}},
}
if "error" in step:
    report["runtimeError"] = {"code": step["error"], "message": step.get("message", "Something failed.")}
out = next(one.partition("=")[2] for one in sys.argv if one.startswith("--output-path="))
open(out, "w").write(step.get("raw", json.dumps(report)))
sys.exit(1 if "error" in step else 0)
"""


class Fake:
    """The program `lighthouse` in a folder of its own."""

    def __init__(self, folder: Path, plan: Sequence[Step] = ({},)) -> None:
        self.folder = folder
        folder.mkdir(parents=True)
        program = folder / "lighthouse"
        program.write_text(f"#!{sys.executable} -SE\n{SOURCE}")
        program.chmod(0o755)
        (folder / "plan.json").write_text(json.dumps(list(plan)))

    def environment(self, **more: str) -> dict[str, str]:
        """One in which the fake is found, and what it starts."""
        return {"PATH": f"{self.folder}:/usr/bin:/bin"} | more

    def runs(self) -> list[dict[str, Any]]:
        """How it was started, each time."""
        notes = self.folder / "runs.jsonl"
        return [json.loads(line) for line in notes.read_text().splitlines()] if notes.exists() else []

    def urls(self) -> list[str]:
        return [run["argv"][0] for run in self.runs()]
