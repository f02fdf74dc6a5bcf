"""A week of freezes with the gate looking by the clock: what stands on a head disagrees with the calendar for no longer
than until the next look, and never says open where it was known to close."""

from pathlib import Path

import pytest

from tests.commands.gate_calendar import local
from tests.commands.gate_week import EVERY, INTERVAL, MINUTE, Week, lived, table, week
from tests.commands.stage import FORGES, Forge


def judged(seen: Week) -> None:
    print(f"\n{table(seen)}")
    assert seen.wrong == [], "\n".join(seen.wrong[:20])
    assert seen.longest["open"] <= (INTERVAL + EVERY) / MINUTE
    assert seen.longest["closed"] <= (2 * INTERVAL + EVERY) / MINUTE
    proposals = len(seen.world.proposals)
    queries = -(-proposals // (25 if seen.github else 50))
    # GitLab refuses each of these anew.
    forks = 0 if seen.github else 2 * sum(one.fork for one in seen.world.proposals.values())
    for one in seen.looks:
        if not one.writes:
            assert one.reads <= queries + 2 + forks + 8 * len(seen.claimed), one
    quiet = [one for one in seen.looks if not one.left_out and not one.writes]
    assert min(one.reads for one in quiet) <= queries + 2 + forks
    assert max(one.git for one in quiet) <= 4
    # Each is told that it will close, that it is closed, and that it is open again.
    assert sum(one.posted for one in seen.looks) <= 3 * seen.turns + proposals


@pytest.mark.parametrize("forge", FORGES)
def test_two_days_at_the_change_of_the_clocks(tmp_path: Path, forge: Forge) -> None:
    """From Friday noon until Sunday morning: a freeze begins, the configuration and a calendar break and are mended,
    people override, the clock shows two o'clock twice."""
    with week(forge, tmp_path, 40, local("10-29 12:00")) as seen:
        lived(seen, local("10-31 05:00"), each=12, missed=70, late=100)
        judged(seen)


@pytest.mark.bench
@pytest.mark.parametrize("forge", FORGES)
def test_a_week_with_two_hundred_proposals(tmp_path: Path, forge: Forge) -> None:
    with week(forge, tmp_path, 200, local("10-27 00:00")) as seen:
        lived(seen, local("11-03 00:00"), each=12, missed=300, late=440)
        judged(seen)
