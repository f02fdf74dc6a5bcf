"""How often the fast checks say that something broke where nothing changed: a real WordPress beside itself."""

import time
from pathlib import Path

import pytest

from tests.commands.test_verify_wordpress import CONFIGURATION
from tests.shops.wordpress import WordPress, material

pytestmark = pytest.mark.bench

RUNS = 50
#: They ask wordpress.org and others, which not every machine reaches; where they don't answer nothing is known.
OUTSIDE = ("advisories", "checksums")


def test_an_unbroken_site_is_called_broken_in_no_run_of_fifty(tmp_path: Path) -> None:
    verify = {
        **CONFIGURATION["verify"],
        "only": ["smoke", "integrations", "security"],
        "integrations": [{"name": "feed", "url": "/?feed=rss2", "xml": "rss", "items": {"at": "item", "fewest": "1"}}],
    }
    site = WordPress(tmp_path / "site", material(), {**CONFIGURATION, "verify": verify})
    counted = {"pass": 0, "fail": 0, "inconclusive": 0, "skipped": 0}
    wrong: list[str] = []
    began = time.perf_counter()
    for run in range(RUNS):
        _, document, err = site.asked("--against", "main")
        assert document["verdicts"], err
        assert document["base"], "it is looked at beside the commit before"
        for one in document["verdicts"]:
            counted[one["verdict"]] += 1
            unknown = one["verdict"] == "inconclusive" and one["rule"] not in OUTSIDE
            if one["verdict"] == "fail" or unknown:
                wrong.append(f"run {run}: {one['check']} {one['rule']} {one['where']}: {one['reason']}")
    print(f"\n{RUNS} runs in {time.perf_counter() - began:.0f} s: {counted}", *wrong, sep="\n")
    assert len({line.partition(":")[0] for line in wrong}) <= RUNS // 50
