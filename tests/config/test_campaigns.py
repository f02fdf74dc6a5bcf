"""Campaigns: a freeze around them, and a site that is made ready for who comes."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from maintainer.config.campaigns import near, prepared
from maintainer.config.load import Config, load
from maintainer.errors import ConfigurationError
from maintainer.policy.calendar import Subject, closings

WARSAW = ZoneInfo("Europe/Warsaw")
SHOP = """\
site: {timezone: Europe/Warsaw}
campaigns:
- name: Black Friday
  from: 2026-11-27
  to: 2026-11-30
  peak: 240/min
  prepare: 14d
  budgets:
  - pages: [/product/*]
    limits: {lcp: 2s}
verify:
  load: {preset: woocommerce, rate: 1/s}
  budgets:
  - limits: {lcp: 2.5s}
"""
BEGINS = datetime(2026, 11, 24, tzinfo=WARSAW)
ENDS = datetime(2026, 12, 1, tzinfo=WARSAW)
INSTANT = timedelta(microseconds=1)


def loaded(root: Path, text: str) -> Config:
    (root / "maintainer.yml").write_text(text, encoding="utf-8")
    return load(root, {})


def test_it_freezes_from_three_days_before_to_its_end(tmp_path: Path) -> None:
    calendar = loaded(tmp_path, SHOP).rulebook.calendar
    for what in ("merge", "deploy"):
        held = [bool(closings(calendar, at, Subject(what))) for at in (BEGINS - INSTANT, BEGINS, ENDS - INSTANT, ENDS)]
        assert held == [False, True, True, False]
    (closing,) = closings(calendar, BEGINS, Subject("merge"))
    assert (closing.name, closing.campaign) == ("Black Friday", "Black Friday")
    assert closings(calendar, BEGINS, Subject("merge", severities=("critical",))) == ()


def test_it_may_freeze_nothing(tmp_path: Path) -> None:
    calendar = loaded(tmp_path, SHOP.replace("  peak:", "  freeze: false\n  peak:")).rulebook.calendar
    assert closings(calendar, BEGINS, Subject("deploy")) == ()


def test_verify_goes_by_its_peak_and_its_budgets_while_it_is_near(tmp_path: Path) -> None:
    config = loaded(tmp_path, SHOP)
    first = BEGINS - timedelta(days=14)
    for at in (first - INSTANT, ENDS):
        assert prepared(config, at) is config
    for at in (first, BEGINS, ENDS - INSTANT):
        ready = prepared(config, at).whole.verify
        assert ready.load.rate == 4
        assert [one.limits["lcp"] for one in ready.budgets][-2:] == [2500, 2000]
        assert [one.name for one in near(config, at)] == ["Black Friday"]
    assert config.whole.verify.load.rate == 1


def test_a_peak_lowers_nothing(tmp_path: Path) -> None:
    config = loaded(tmp_path, SHOP.replace("rate: 1/s", "rate: 9/s"))
    assert prepared(config, BEGINS).whole.verify.load.rate == 9


def test_it_comes_again(tmp_path: Path) -> None:
    config = loaded(tmp_path, SHOP.replace("  peak:", "  repeat: FREQ=YEARLY;BYMONTH=11;BYDAY=4FR\n  peak:"))
    assert [one.name for one in near(config, datetime(2027, 11, 20, tzinfo=UTC))] == ["Black Friday"]
    assert closings(config.rulebook.calendar, datetime(2027, 11, 25, tzinfo=UTC), Subject("deploy"))


@pytest.mark.parametrize(
    ("before", "after", "says"),
    [
        ("240/min", "plenty", 'campaigns[0].peak: "plenty" is no rate. Write 5/s, 90/min or 600/h.'),
        ("{lcp: 2s}", "{lpc: 2s}", "campaigns[0].budgets[0].limits"),
        ("preset: woocommerce, ", "", "campaigns[0].peak: nothing loads the site."),
        ("prepare:", "prepair:", "campaigns[0].prepair: is unknown."),
    ],
)
def test_a_mistake_is_told(tmp_path: Path, before: str, after: str, says: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        loaded(tmp_path, SHOP.replace(before, after))
    assert says in caught.value.message
