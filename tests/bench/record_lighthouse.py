"""Record runs of the real Lighthouse on an unchanged page of a real WordPress, one after the other.

python -m tests.bench.record_lighthouse RUNS FILE

The file is JSON: what made it, and a list for each metric in the order of time, for `tests/policy/resampling.py`.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from urllib.request import urlopen

from maintainer.checks.lighthouse_program import Program
from maintainer.checks.lighthouse_report import Unusable
from maintainer.commands import demo_site
from maintainer.http_visit import free_port
from tests.bench.measure import ROOT
from tests.shops.wordpress import WordPress

METRICS = ("lcp", "fcp", "si", "tbt")


def main(runs: int, into: Path) -> None:
    path = f"{ROOT / '.cache/npm/node_modules/.bin'}:{os.environ['PATH']}"
    program = Program({"PATH": path, "CHROME_PATH": "/usr/bin/chromium"})
    material = demo_site.material(ROOT / ".cache/demo", os.environ)
    with tempfile.TemporaryDirectory() as name:
        site = WordPress(Path(name) / "site", material, {})
        url = f"http://127.0.0.1:{free_port()}"
        argv = ["php", "-S", url.removeprefix("http://"), "-t", str(site.root)]
        server = subprocess.Popen(argv, env=site.environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            reached(f"{url}/wp-login.php")
            record(program, url, runs, into)
        finally:
            server.terminate()
            server.wait()


def reached(url: str) -> None:
    for _ in range(100):
        try:
            urlopen(url, timeout=20).close()
            return
        except OSError:
            time.sleep(0.1)
    raise SystemExit(f"{url} does not answer")


def record(program: Program, url: str, runs: int, into: Path) -> None:
    """Written anew after each run: what was recorded is kept whatever ends it."""
    found: dict[str, list[float]] = {name: [] for name in (*METRICS, "speed")}
    made, failed = "", 0
    while len(found["speed"]) < runs:
        try:
            run = program.run(f"{url}/", "mobile", 120)
        except Unusable as error:
            failed += 1
            print(f"run {len(found['speed'])}: {error}", file=sys.stderr)
            if failed > runs // 4:
                raise SystemExit("too many runs fail") from None
            continue
        made = f"Lighthouse {run.version}, {run.browser.split()[0]}, the front page of WordPress 6.5.5 on a phone"
        for name in METRICS:
            found[name].append(round(run.metrics[name], 1))
        found["speed"].append(run.speed)
        into.write_text(json.dumps({"made": made, "failed": failed, **found}, indent=1) + "\n")
        print(len(found["speed"]), {name: values[-1] for name, values in found.items()}, flush=True)


if __name__ == "__main__":
    main(int(sys.argv[1]), Path(sys.argv[2]))
