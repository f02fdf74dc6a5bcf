"""The calendar: ten thousand random ones against the authority, and how long a thousand windows take."""

import json
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from maintainer.config.load import load
from maintainer.policy.calendar import Subject, closings, turns
from maintainer.policy.recurrence import _counted, recurrence
from maintainer.policy.rulebook import Calendar, Freeze, Opening
from maintainer.policy.series import Series
from maintainer.policy.wall_clock import Duration
from tests.policy.calendar_authority import compared, followed
from tests.policy.calendars_drawn import ZONES, drawn

pytestmark = pytest.mark.bench

DEPLOY = Subject("deploy")
#: A Saturday morning and a Tuesday night.
SHUT, OPEN = datetime(2026, 11, 21, 9, tzinfo=UTC), datetime(2026, 11, 24, 2, 30, tzinfo=UTC)
#: As maintenance windows are written: key and value, and how many in a hundred.
WINDOWS: tuple[tuple[int, dict[str, str]], ...] = (
    (30, {"hours": "tue,wed,thu 02:00-05:00"}),
    (20, {"hours": "sun 22:00-04:00"}),
    (10, {"from": "2024-01-09T03:00", "to": "2024-01-09T06:00", "repeat": "FREQ=MONTHLY;BYDAY=2TU"}),
    (10, {"from": "2024-01-31T01:00", "to": "2024-01-31T04:00", "repeat": "FREQ=MONTHLY;BYMONTHDAY=-1"}),
    (10, {"from": "2025-01-07T02:00", "to": "2025-01-07T04:00", "repeat": "FREQ=WEEKLY;INTERVAL=2;BYDAY=TU"}),
    (5, {"from": "2020-01-02", "to": "2020-01-05", "repeat": "FREQ=YEARLY"}),
    (5, {"from": "2019-05-01", "to": "2019-05-01", "repeat": "FREQ=YEARLY;BYMONTH=5;BYDAY=1WE"}),
    (5, {"from": "2025-02-03T04:00", "to": "2025-02-03T05:00", "repeat": "FREQ=WEEKLY;COUNT=20"}),
    (5, {"from": "2027-03-01T02:00", "to": "2027-03-01T06:00"}),
)


def timed(ask: Callable[[], Any]) -> tuple[float, Any]:
    """Milliseconds of this processor, which others may be using too; nothing here waits."""
    began = time.process_time()
    answer = ask()
    return (time.process_time() - began) * 1000, answer


def items(count: int, key: str, folder: Path) -> Calendar:
    """That many windows or freezes in all zones, a third of them with a lead or a tail."""
    random, found = Random(5), []
    kinds, weights = [kind for _, kind in WINDOWS], [weight for weight, _ in WINDOWS]
    for number, kind in enumerate(random.choices(kinds, weights, k=count)):
        item = {"name": f"window {number}", "zone": random.choice(ZONES), **kind}
        if random.random() < 0.3:
            item[random.choice(("lead", "tail"))] = random.choice(("30m", "2h", "1d"))
        found.append(item)
    (folder / "maintainer.yml").write_text(json.dumps({key: found}))
    return load(folder, {}).rulebook.calendar


def test_ten_thousand_calendars_say_what_the_authority_does(tmp_path: Path) -> None:
    began = time.perf_counter()
    asked = closed = changes = 0
    for seed in range(10_000, 20_000):
        counts = compared(drawn(seed), tmp_path)
        asked, closed = asked + counts[0], closed + counts[1]
    print(f"\n10,000 calendars at {asked} moments, {closed} of them closed: no difference", end="")
    print(f" ({time.perf_counter() - began:.0f} s)")
    for seed in range(20_000, 21_000):
        changes += followed(drawn(seed), tmp_path)
    print(f"1,000 calendars followed through {changes} changes between open and closed: none missed, all exact")
    assert asked >= 100_000


def test_a_thousand_windows_in_fifty_milliseconds(tmp_path: Path) -> None:
    """Shut, so that each is looked at; open; and each a freeze, which is looked at in any case."""
    for now, kind in ((SHUT, "windows"), (OPEN, "windows"), (OPEN, "freeze")):
        # Each time read anew, so that nothing is known of zones and rules but that they are right.
        calendar = items(1000, kind, tmp_path)
        _counted.cache_clear()
        took, found = timed(partial(closings, calendar, now, DEPLOY))
        floor, _ = timed(partial(read_only, calendar))
        turned, when = timed(partial(turns, calendar, now, DEPLOY))
        print(f"\n1,000 {kind} at {now:%a %H:%M}: {'closed' if found else 'open'} in {took:.1f} ms", end="")
        print(f" ({took / floor:.0f} times a loop that reads them); next change {when} in {turned:.1f} ms", end="")
        assert bool(found) == (now is SHUT or kind == "freeze")
        assert took < 50
        assert when
    print()


def read_only(calendar: Calendar) -> list[object]:
    both: tuple[Freeze | Opening, ...] = (*calendar.freezes, *calendar.openings)
    return [(one.name, one.applies_to, one.series.since, one.series.until) for one in both]


def test_a_thousand_windows_that_never_turn_are_given_up_on(tmp_path: Path) -> None:
    """Open at all times of ten years, were that many looked at."""
    both = [
        {"name": f"w{number}", "hours": hours} for number, hours in enumerate(("mon-sun 00:00-13:00", "daily") * 500)
    ]
    (tmp_path / "maintainer.yml").write_text(json.dumps({"windows": both}))
    calendar = load(tmp_path, {}).rulebook.calendar
    took, when = timed(partial(turns, calendar, OPEN, DEPLOY))
    print(f"\n1,000 windows that are always open: {when} in {took:.0f} ms", end="")
    assert when is None
    assert took < 5000


def test_ten_thousand_freezes_are_ten_times_a_thousand() -> None:
    def frozen(count: int) -> Calendar:
        first, zone = datetime.fromisoformat("2026-01-01"), ZoneInfo("Europe/Warsaw")
        starts = [first + timedelta(hours=7 * number) for number in range(count)]
        return Calendar(tuple(Freeze(f"{n}", Series(at, at + timedelta(hours=3), zone)) for n, at in enumerate(starts)))

    few, many = frozen(1000), frozen(10_000)
    for what, ask in (("closings", closings), ("turns", turns)):
        one, ten = (min(timed(partial(ask, each, SHUT, DEPLOY))[0] for _ in range(3)) for each in (few, many))
        print(f"\n{what}: 1,000 freezes in {one:.1f} ms, 10,000 in {ten:.1f} ms ({ten / one:.1f} times)", end="")
        assert ten < 20 * one
    print()


HOSTILE = {
    "counted by the day since 1970": ("FREQ=DAILY;COUNT=10000", timedelta(hours=1)),
    "counted by some days since 1970": ("FREQ=DAILY;BYMONTH=1,2,3;BYDAY=MO,TU;COUNT=1000", timedelta(hours=1)),
    "counted by the month since 1970": ("FREQ=MONTHLY;BYDAY=2TU;COUNT=10000", timedelta(hours=1)),
    "a year long, each day": ("FREQ=DAILY", timedelta(days=366)),
    "never true": ("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30", timedelta(hours=1)),
    "never true, counted": ("FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30;COUNT=3", timedelta(hours=1)),
    "places of a year": ("FREQ=YEARLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1", timedelta(hours=1)),
    "weeks of a year": ("FREQ=YEARLY;BYWEEKNO=47,48", timedelta(hours=1)),
    "as often as may be": (f"FREQ=DAILY;BYHOUR={','.join(map(str, range(24)))}", timedelta(days=2)),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_what_is_made_to_be_slow(name: str) -> None:
    """5,000 events would be a whole feed: 500 are measured."""
    text, length = HOSTILE[name]
    rule, first, zone = recurrence(text), datetime.fromisoformat("1970-01-01T09:00"), ZoneInfo("America/New_York")
    starts = [first + timedelta(minutes=number) for number in range(500)]
    calendar = Calendar(
        tuple(Freeze(f"{at}", Series(at, at + length, zone, (rule,), lead=Duration(1))) for at in starts)
    )
    _counted.cache_clear()
    took, _ = timed(lambda: closings(calendar, SHUT, DEPLOY))
    again, _ = timed(lambda: closings(calendar, SHUT, DEPLOY))
    print(f"\n{name}: {took / 500:.2f} ms each, {again / 500:.2f} ms when asked again", end="")
    assert took / 500 < 60
