"""What a feed says, against an evaluation by somebody else's code."""

from datetime import timedelta
from random import Random
from zoneinfo import ZoneInfo

import pytest

from maintainer.policy.feed import read
from tests.policy.calendars_random import ZONES, Oracle, calendar, moments

INSTANT = timedelta(microseconds=1)


@pytest.mark.parametrize("zone", ZONES)
def test_it_says_what_an_independent_evaluation_says(zone: str) -> None:
    """300 calendars in each of five zones, at moments around the changes of the clocks and at any."""
    held = 0
    for seed in range(300):
        random = Random(f"{zone} {seed}")
        text = calendar(random, zone)
        events, oracle = read(text.encode(), ZoneInfo(zone)).events, Oracle(text, zone)
        for when in moments(random, zone, 4):
            told = {event.title for event in events if any(event.series.between(when, when + INSTANT))}
            assert told == oracle.at(when), f"seed {seed}, {when}\n{text}"
            held += bool(told)
    assert held > 100, "most moments say nothing where no event holds"
