"""Visual: how often it calls an unchanged shop changed, and whether it finds each fault by its cause.

A browser shoots hundreds of pages: minutes.
"""

import time
from pathlib import Path

import pytest

from maintainer.policy.verdicts import judge
from tests.checks.test_visual import said, seen, still
from tests.checks.visual_pages import FAULTS, shop

ROUNDS = 20


@pytest.mark.bench
def test_an_unchanged_shop_raises_no_alarm(tmp_path: Path) -> None:
    outcomes: list[str] = []
    shares: list[float] = []
    began = time.perf_counter()
    for at in range(ROUNDS):
        evidence = seen(shop(), shop(), tmp_path / str(at), again=3)
        assert evidence.blind == () and [one for one in evidence.observations if not one.told] == []
        outcomes += [one.outcome for one in judge(evidence, ["visual"], baseline=True)]
        shares += [one.samples[0] for one in evidence.measurements]
    took = (time.perf_counter() - began) / ROUNDS
    counted = {outcome: outcomes.count(outcome) for outcome in ("pass", "fail", "inconclusive")}
    print(
        f"\nunchanged, {ROUNDS} rounds of 2 devices, {took:.1f} s each: {counted}; at most {max(shares):.1%} left out"
    )
    assert counted == {"pass": 2 * ROUNDS, "fail": 0, "inconclusive": 0}


@pytest.mark.bench
@pytest.mark.parametrize("restless", [False, True], ids=["still", "restless"])
@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_is_told_by_its_cause_on_each_device(tmp_path: Path, fault: str, restless: bool) -> None:
    known = FAULTS[fault]
    base, head = (shop(restless=True), shop(known.changed)) if restless else (still(), still(known.changed))
    evidence = seen(base, head, tmp_path)
    for device in ("desktop", "mobile"):
        found = said(evidence, f"/ on {device}")
        print(f"\n{fault}, {device}: {found}")
        if device in known.devices:
            assert all(any(sentence in one for one in found) for sentence in known.says)
        else:
            assert found == []
