"""What `verify` takes beside the tools it runs: the same by hand, as often, one after the other."""

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.bench.measure import ROOT
from tests.bench.test_load import plain
from tests.checks.load_shop import Shop

pytestmark = pytest.mark.bench

#: As the default policy loads; between the blocks of a load both sites come to rest, however long it is.
SECONDS = 60
SAFE = {"mail": "none", "webhooks": "none", "renewals": "none", "payments": "test"}
PATH = f"{ROOT / '.cache/npm/node_modules/.bin'}:{os.environ['PATH']}"
LIGHTHOUSE = [
    "lighthouse",
    "--quiet",
    "--output=json",
    "--output-path=report.json",
    "--chrome-flags=--headless=new --disable-gpu --disable-dev-shm-usage --no-sandbox",
]


@pytest.mark.parametrize("check", ["load", "lighthouse"])
def test_verify_takes_hardly_longer_than_its_tool_by_hand(tmp_path: Path, check: str) -> None:
    """The same load, and as many runs of Lighthouse as `verify` makes; ours with its start, verdicts and reports."""
    with Shop() as before, Shop() as after:
        configuration = {
            "environments": {
                "staging": {"url": after.url, "safe": SAFE},
                "baseline": {"url": before.url, "safe": SAFE},
            },
            "verify": {
                "only": [check],
                "pages": ["/"],
                "lighthouse": {"devices": ["mobile"], "fewest": 4, "most": 4},
                "load": {
                    "rate": "20/s",
                    "duration": f"{SECONDS}s",
                    "warm_up": "0s",
                    "journeys": [{"name": "home", "steps": [{"get": "/", "think": "0s"}]}],
                },
            },
        }
        (tmp_path / "maintainer.yml").write_text(json.dumps(configuration))
        argv = [sys.executable, "-m", "maintainer", "verify", "--into", "results", "--format", "json"]
        environment = {**os.environ, "PATH": PATH, "CHROME_PATH": "/usr/bin/chromium"}
        began = time.perf_counter()
        done = subprocess.run(argv, cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=400)
        whole = time.perf_counter() - began
        document = json.loads(done.stdout)
        assert check in {one["check"] for one in document["verdicts"]}, done.stdout
        runs = (check == "lighthouse") * 8
        began = time.perf_counter()
        for at in range(runs):
            url = (before, after)[at % 2].url
            subprocess.run([*LIGHTHOUSE, url], cwd=tmp_path, env=environment, check=True, capture_output=True)
        for shop in (before, after) if check == "load" else ():
            plain(shop.url, tmp_path, SECONDS, 1)
        by_hand = time.perf_counter() - began
    print(f"\n{check}: by hand {by_hand:.1f} s, verify {whole:.1f} s ({whole / by_hand:.2f})")
    assert whole <= 1.1 * by_hand
