"""Visual with a real browser: what is told of a shop before and with a change, and what is not."""

import itertools
import json
import os
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from maintainer.checks import visual
from maintainer.checks.base import Bench, Bounds, Site
from maintainer.checks.visual_shots import NoShot, Shot, read
from maintainer.commands.verify_visual import NO_BASELINE, configured
from maintainer.config.verify import Verify
from maintainer.config.visual import Visual
from maintainer.errors import ToolFailed
from maintainer.evidence import Evidence, Page, Side, Target
from maintainer.http_visit import Visitor
from maintainer.policy.verdicts import judge
from tests.checks.visual_pages import FAULTS, shop
from tests.loopback import Loopback, Reply, Request, Served

NOW = datetime(2026, 11, 21, 8, tzinfo=UTC)
#: One more pair is enough where nothing on the page moves by itself.
ONCE = 1


def site(side: Side, url: str) -> Site:
    return Site(Target(side, url), Visitor(url, environment={}))


@contextmanager
def bench(base: Mapping[str, Served], head: Mapping[str, Served], folder: Path, *pages: Page) -> Iterator[Bench]:
    with Loopback(base) as before, Loopback(head) as after:
        until = time.monotonic() + 300
        yield Bench(site("head", after.url), site("base", before.url), pages, Bounds(), folder, until)


def seen(
    base: Mapping[str, Served], head: Mapping[str, Served], folder: Path, *pages: Page, again: int = ONCE, **wanted: Any
) -> Evidence:
    """All that is measured; `wanted` is the key `verify.visual`."""
    check = configured(Verify(visual=Visual(**wanted)), os.environ, NOW, baseline=True)
    assert isinstance(check, visual.Visual)
    with bench(base, head, folder, *pages) as given:
        return replace(check, again=again).measure(given)


def said(evidence: Evidence, where: str) -> list[str]:
    return [one.sentence for one in evidence.observations if one.where == where and not one.told]


def told(evidence: Evidence, where: str) -> list[str]:
    return [one.sentence for one in evidence.observations if one.where == where and one.told]


def still(changed: Mapping[str, str] | None = None) -> dict[str, Served]:
    return shop(changed, restless=False)


def test_a_shop_beside_itself_is_the_same_though_much_of_it_moves(tmp_path: Path) -> None:
    """On a phone; tests/bench/test_visual.py looks twenty times, on both devices."""
    evidence = seen(shop(), shop(), tmp_path, again=visual.AGAIN, devices=("mobile",))
    assert evidence.blind == ()
    assert [one.sentence for one in evidence.observations if not one.told] == []
    verdicts = judge(evidence, ["visual"], baseline=True)
    assert {(one.where, one.outcome) for one in verdicts} == {("/ on mobile", "pass")}
    assert all(0.005 < one.samples[0] < 0.2 for one in evidence.measurements)
    assert list(tmp_path.iterdir()) == []


#: These don't touch each other, so they are looked at together.
SEVERAL = ("moved button", "hidden price", "swapped logo", "text changed", "one digit of a price", "layout on a phone")


def test_each_of_several_faults_is_told_in_its_place_and_kept_in_pictures(tmp_path: Path) -> None:
    changed = {old: new for name in SEVERAL for old, new in FAULTS[name].changed.items()}
    evidence = seen(still(), still(changed), tmp_path)
    for device, width in (("desktop", 1280), ("mobile", 412)):
        found = said(evidence, f"/ on {device}")
        for name in SEVERAL:
            for sentence in FAULTS[name].says:
                assert any(sentence in one for one in found) == (device in FAULTS[name].devices), (name, device, found)
        (whole,) = [one.artifacts for one in evidence.measurements if one.where == f"/ on {device}"]
        before, after, difference, spots = (tmp_path / one.path for one in whole)
        assert (before.name, after.name) == (f"01-{device}.before.png", f"01-{device}.after.png")
        assert {Image.open(path).width for path in (before, after, difference)} == {width}
        kept = json.loads(spots.read_bytes())
        assert kept["pictures"]["before"] == {"file": before.name, "width": width, "height": Image.open(before).height}
        assert [f"{one['sentence']} [{one['digest']}]" for one in kept["spots"]] == found
        assert all(path.stat().st_size < 100_000 for path in (before, after, difference))


@pytest.mark.parametrize("fault", ["new at the top", "broken style"])
def test_what_changes_the_whole_page_is_told_by_its_cause(tmp_path: Path, fault: str) -> None:
    evidence = seen(still(), still(FAULTS[fault].changed), tmp_path, again=0, devices=("desktop",))
    found = said(evidence, "/ on desktop")
    assert all(any(sentence in one for one in found) for sentence in FAULTS[fault].says), found


SUBTLE = {
    'id="buy">': 'id="buy" style="transform:translate(0.4px,0.3px)">',
    "Holds 300 ml": '<span style="letter-spacing:0.01px">Holds</span> 300 ml',
    ".stock { color: #2e7d32 }": ".stock { color: #2e7d33 }",
}


def test_what_nobody_sees_is_not_told_and_masks_and_approvals_are_heard(tmp_path: Path) -> None:
    """Smoothing by less than a pixel; a masked price; an approved logo: each alone would fail or not."""
    changed = {**SUBTLE, **FAULTS["swapped logo"].changed, **FAULTS["hidden price"].changed}
    masks = [
        {"selector": "#price", "owner": "ann", "until": "2026-11-21"},
        {"selector": ".gone", "owner": "ann", "until": "2026-12-01"},
        {"selector": "((", "owner": "bob", "until": "2026-12-01"},
        {"rectangle": {"width": "10", "height": "10"}, "owner": "ann", "until": "2026-11-20"},
    ]
    first = seen(still(), still(changed), tmp_path, again=0, devices=("desktop",), masks=masks)
    (logo,) = said(first, "/ on desktop")
    assert logo.startswith("the picture “Mug Shop” in the header shows something else (logo.png) [")
    assert told(first, "") == [
        "the mask of a rectangle (ann) ended on 2026-11-20 and no longer holds",
        'verify.visual: ".gone" is on no page that was looked at',
        'verify.visual: "((" is no selector, so nothing was done for it',
    ]
    approved = [{"digest": logo[-13:-1], "by": "ann", "until": "2026-11-21"}]
    wanted = {"devices": ("desktop",), "masks": masks[:1], "approved": approved}
    again = seen(still(), still(changed), tmp_path, again=0, **wanted)
    assert said(again, "/ on desktop") == []
    assert told(again, "/ on desktop")[0].startswith("approved by ann until 2026-11-21: the picture “Mug Shop”")
    assert {one.outcome for one in judge(again, ["visual"], baseline=True)} == {"pass"}


def test_pages_that_show_nothing_to_compare_are_inconclusive_each_for_itself(tmp_path: Path) -> None:
    def grows(_: Request) -> Reply:
        body = "".join(f"<p>Line {at}</p>" for at in range(40 * next(times)))
        return Reply(200, f"<!DOCTYPE html><body>{body}</body>", {"content-type": "text/html"})

    times = itertools.count(1)
    sound = still()
    base = {**sound, "/error": sound["/"], "/grows": grows, "/404": Reply(404, "<h1>No</h1>", HTML)}
    head = {**sound, "/error": Reply(500, "broken"), "/grows": grows, "/404": Reply(404, "<h1>No</h1>", HTML)}
    pages = [Page("/error"), Page("/grows"), Page("/404", 404)]
    evidence = seen(base, head, tmp_path, *pages, devices=("desktop",))
    verdicts = {one.where: (one.outcome, one.reason) for one in judge(evidence, ["visual"], baseline=True)}
    assert verdicts["/404 on desktop"] == ("pass", "")
    assert verdicts["/error on desktop"] == ("inconclusive", "the page answers 500. Open the page: smoke says more")
    outcome, reason = verdicts["/grows on desktop"]
    assert outcome == "inconclusive"
    assert "its height changes by itself before the change (" in reason
    assert "verify.visual.masks" in reason


HTML = {"content-type": "text/html"}


# without a browser


def test_without_a_baseline_it_is_left_out() -> None:
    assert configured(Verify(), {}, NOW, baseline=False) == NO_BASELINE


class Broken:
    """A browser that can't be started, from the given run on."""

    def __init__(self, good: int = 0) -> None:
        self.left = good

    def run(self, *_: object, **__: object) -> dict[str, Any]:
        self.left -= 1
        if self.left < 0:
            raise ToolFailed("there is no browser. Install Chrome or Chromium, or set CHROME_PATH")
        return {"shots": "rubbish"}


def check(browser: Any, **more: Any) -> visual.Visual:
    made = configured(Verify(visual=Visual(devices=("desktop",))), {}, NOW, baseline=True)
    assert isinstance(made, visual.Visual)
    return replace(made, browser=browser, **more)


def test_no_browser_is_told_once(tmp_path: Path) -> None:
    with bench({}, {}, tmp_path, Page("/"), Page("/a")) as given:
        (blind,) = check(Broken()).measure(given).blind
    assert (blind.where, blind.reason[:19]) == ("", "there is no browser")


def test_rubbish_of_the_program_is_inconclusive(tmp_path: Path) -> None:
    with bench({}, {}, tmp_path, Page("/")) as given:
        evidence = check(Broken(1)).measure(given)
    assert {(one.where, one.reason) for one in evidence.blind} == {
        ("/ on desktop", "the program that shoots pages told nothing of this one")
    }


def test_a_baseline_that_can_not_be_looked_at_is_inconclusive(tmp_path: Path) -> None:
    with bench({}, {}, tmp_path) as given:
        evidence = check(Broken()).measure(replace(given, base=None))
    (verdict,) = judge(evidence, ["visual"], baseline=True)
    assert (verdict.outcome, "environments.baseline" in verdict.reason) == ("inconclusive", True)


def test_a_page_there_is_no_time_for_is_inconclusive(tmp_path: Path) -> None:
    with bench({}, {}, tmp_path) as given:
        (blind,) = check(Broken()).measure(replace(given, until=0.0)).blind
    assert "verify.within.check" in blind.reason


GOOD = {
    "status": 200, "led": "http://shop.example/", "whole": 9, "elements": [], "masked": {}, "used": {},
    "failed": [], "refused": [], "notes": [],
}  # fmt: skip


@pytest.mark.parametrize(
    "answer",
    [None, 7, [], {"error": "no"}, {}, GOOD | {"masked": 3}, GOOD | {"masked": {"a": [1]}}, GOOD | {"status": "x"}],
)
def test_a_shot_that_is_none_says_why(tmp_path: Path, answer: Any) -> None:
    Image.new("RGB", (9, 9)).save(tmp_path / "a.png")
    assert isinstance(read(GOOD, "head", "mobile", tmp_path / "a.png"), Shot)
    found = read(answer, "head", "mobile", tmp_path / "a.png")
    assert isinstance(found, NoShot)
    assert found.reason


@pytest.mark.parametrize("picture", [None, b"", b"GIF89a", b"\x89PNG\r\n\x1a\n rubbish"])
def test_a_picture_that_is_none_says_why(tmp_path: Path, picture: bytes | None) -> None:
    if picture is not None:
        (tmp_path / "a.png").write_bytes(picture)
    found = read(GOOD, "head", "mobile", tmp_path / "a.png")
    assert isinstance(found, NoShot)
    assert found.reason.startswith("the picture can't be read")
