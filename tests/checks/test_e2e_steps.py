"""The steps of a flow as reports show them: what was done, what failed with its picture, what was cleaned up."""

import json
from pathlib import Path
from typing import Any

from maintainer.checks.e2e_steps import kept
from maintainer.writers.verify_kept import Flow, read

FACTS: dict[str, Any] = {
    "step": "the order is confirmed", "number": 3, "kind": "text", "wanted": "the page should say “Thank you”",
    "got": "it doesn't", "gist": "", "refused": [], "fatal": [], "failing": [], "errors": [], "earlier_errors": [],
    "notices": [], "url": "https://shop.example/checkout/", "expects_login": False, "password": False, "lost": [],
    "cookieless": False, "action": "", "pending": [], "verb": "expect", "key": "k",
}  # fmt: skip
TOOK = [("open /", 0.4), ("add to cart", 0.2), ("cancel the order", 0.3)]


def told(folder: Path, **answer: Any) -> Flow:
    """As the page reads it."""
    whole = {"took": TOOK, "done": 2, "failed": None, "uncleaned": None, "artifacts": [], **answer}
    (folder / "e2e").mkdir()
    artifacts = kept(whole, folder / "e2e", "guest", "checkout as a guest")
    flow, _ = read(artifacts, {one.path: (folder / one.path).read_bytes() for one in artifacts})
    assert isinstance(flow, Flow)
    return flow


def test_what_was_done_is_told_in_turn_with_its_seconds(tmp_path: Path) -> None:
    flow = told(tmp_path)
    assert flow.title == "checkout as a guest"
    assert [(step.name, step.outcome, step.seconds) for step in flow.steps] == [
        ("open /", "pass", 0.4),
        ("add to cart", "pass", 0.2),
        ("clean up: cancel the order", "pass", 0.3),
    ]


def test_what_failed_stands_where_it_failed_and_says_why(tmp_path: Path) -> None:
    flow = told(tmp_path, failed=FACTS)
    assert [step.outcome for step in flow.steps] == ["pass", "pass", "fail", "pass"]
    assert flow.steps[2].name == "the order is confirmed"
    assert "the page should say “Thank you”" in flow.steps[2].said


def test_each_failure_has_its_own_picture(tmp_path: Path) -> None:
    pictures = [{"file": "guest.png", "what": "x"}, {"file": "guest-cleanup.png", "what": "x"}]
    told(tmp_path, failed=FACTS, uncleaned=FACTS, artifacts=pictures)
    steps = json.loads((tmp_path / "e2e/guest.steps.json").read_bytes())["steps"]
    assert [one.get("picture") for one in steps] == [None, None, "e2e/guest.png", None, "e2e/guest-cleanup.png"]


def test_where_nothing_can_be_written_nothing_is_kept(tmp_path: Path) -> None:
    answer = {"took": TOOK, "done": 2, "failed": None, "uncleaned": None, "artifacts": []}
    assert kept(answer, tmp_path / "not there", "guest", "x") == ()
