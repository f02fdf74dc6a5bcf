"""The key `verify.visual`: its documented example, and what it refuses."""

import re
from datetime import date
from pathlib import Path

import pytest

from maintainer.config.load import load
from maintainer.config.visual import Visual
from maintainer.errors import ConfigurationError
from maintainer.policy.visual_exceptions import Approval, Mask

PAGE = (Path(__file__).parents[2] / "docs" / "checks" / "visual.md").read_text(encoding="utf-8")
(EXAMPLE,) = re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)


def configured(folder: Path, text: str) -> Visual:
    (folder / "maintainer.yml").write_text(text, encoding="utf-8")
    return load(folder, {}).whole.verify.visual


def test_the_documented_example_is_what_it_says(tmp_path: Path) -> None:
    visual = configured(tmp_path, EXAMPLE)
    assert [one.mask() for one in visual.masks] == [
        Mask(".recently-viewed", None, ("/product/*",), (), "ann@shop.example", date(2027, 1, 31)),
        Mask(None, (0, 600, 1280, 800), ("/",), ("desktop",), "bob@shop.example", date(2026, 12, 31)),
    ]
    (approved,) = (one.approval() for one in visual.approved)
    assert approved == Approval("4761f6d021b6", ("/product/*",), (), "ann@shop.example", date(2026, 12, 31))
    assert (visual.most_masked, visual.tallest, visual.settle, visual.fixed) == (0.3, 10_000, 15.0, True)


def test_the_documented_keys_are_all_there_are() -> None:
    told = set(re.findall(r"^\| `(\w+)` \|", PAGE, re.MULTILINE))
    assert told == set(Visual.model_fields) - {"devices"}


MASK = "verify: {visual: {masks: [{%s, owner: ann, until: 2026-12-01}]}}\n"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (MASK % "pages: /", "wants either a selector or a rectangle"),
        (MASK % "selector: .a, rectangle: {width: 1, height: 1}", "wants either a selector or a rectangle"),
        (MASK % "rectangle: {width: -1, height: 1}", "is no number of pixels"),
        ("verify: {visual: {masks: [{selector: .a, until: 2026-12-01}]}}\n", "owner"),
        ("verify: {visual: {masks: [{selector: .a, owner: ann}]}}\n", "until"),
        ("verify: {visual: {approved: [{digest: 12ab, by: ann, until: 2026-12-01}]}}\n", "is no digest"),
        ("verify: {visual: {most_masked: 0%}}\n", "is no share from 1% to 99%"),
        ("verify: {visual: {most_masked: 100%}}\n", "is no share from 1% to 99%"),
        ("verify: {visual: {tallest: '50'}}\n", "tallest"),
        ("verify: {visual: {devices: []}}\n", "devices"),
    ],
)
def test_what_says_too_little_is_refused(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(ConfigurationError, match=re.escape(said)):
        configured(tmp_path, text)
