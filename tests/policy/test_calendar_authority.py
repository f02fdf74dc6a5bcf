"""A thousand random calendars say what an authority says; `make bench` asks ten thousand."""

from pathlib import Path

import pytest

from tests.policy.calendar_authority import compared, followed
from tests.policy.calendars_drawn import drawn


@pytest.mark.parametrize("first", range(0, 1000, 100))
def test_calendars_say_what_the_authority_does(first: int, tmp_path: Path) -> None:
    counts = [compared(drawn(seed), tmp_path) for seed in range(first, first + 100)]
    asked, closed = (sum(each) for each in zip(*counts, strict=True))
    assert asked >= 1000
    assert 0.2 < closed / asked < 0.9, "both answers are asked for"


@pytest.mark.parametrize("first", range(1000, 1080, 40))
def test_the_next_change_is_exact_and_nothing_changes_before(first: int, tmp_path: Path) -> None:
    assert sum(followed(drawn(seed), tmp_path) for seed in range(first, first + 40)) > 50
