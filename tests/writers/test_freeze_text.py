"""The picture at a terminal: each week a row, each day a cell, true by the clock on the wall, in any terminal."""

from dataclasses import replace
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from rich.cells import cell_len

from maintainer.writers.freeze_text import ASCII, MARKS, markdown, picture
from maintainer.writers.freeze_view import WORDS, Picture, days, weeks
from tests.writers import calendars


def drawn(shown: Picture, width: int = 120, unicode: bool = True) -> list[str]:
    return picture(shown, width=width, colour=False, unicode=unicode).splitlines()


def row(lines: list[str], day: str) -> str:
    """The first row that has this cell."""
    return next(line for line in lines if day in line)


def test_leads_freezes_tails_and_windows_have_marks_of_their_own() -> None:
    lines = drawn(calendars.full())
    assert row(lines, ">18····").startswith("Nov 2026                >18····  19····  20▒▒▒▒  21▒▒▒▒  22▒▒▒▒   Black")
    assert "23████" in row(lines, "29████")
    assert row(lines, "1░░░░").startswith("Dec 2026 30████   1░░░░   2····   3····   4··▄█   5––––   6––––")
    assert "7–––▄" in row(lines, "  8····")


def test_there_is_a_legend_of_what_is_there() -> None:
    legend = " ".join(drawn(calendars.full())[-3:])
    for kind in ("open", "lead", "freeze", "tail", "shut", "partly"):
        assert f"{MARKS[kind]} {WORDS[kind]}" in legend
    assert "can't be read" not in legend


@pytest.mark.parametrize("width", [60, 80, 100, 120, 200])
@pytest.mark.parametrize("unicode", [True, False])
def test_it_fits(width: int, unicode: bool) -> None:
    lines = drawn(calendars.full(), width, unicode)
    assert max(map(cell_len, lines)) <= width
    assert ("mark is 6 hours" in lines[-1]) == (width >= 100)


def test_without_unicode_it_is_ascii_and_says_the_same() -> None:
    shown = calendars.full()
    plain, rich = ("\n".join(drawn(shown, 120, known)[:-1]) for known in (False, True))
    assert plain.isascii()
    assert rich.translate({ord(MARKS[kind]): ASCII[kind] for kind in MARKS}) == plain


def test_no_mark_is_told_by_its_colour_alone() -> None:
    assert len(set(MARKS.values())) == len(set(ASCII.values())) == len(MARKS) == len(WORDS)
    assert "\x1b[" in picture(calendars.full(), width=120, colour=True)
    assert "\x1b" not in picture(calendars.full(), width=120, colour=False)


def test_what_comes_every_week_is_named_last() -> None:
    assert row(drawn(calendars.full()), "1░░░░").endswith("   Black Week, Fridays")


def test_names_from_outside_steer_nothing() -> None:
    shown = calendars.picture(
        ("2026-11-20T00:00", "freeze", "a\x1b[31m\nb\u202e"), since="2026-11-18T00:00", until="2026-11-25T00:00"
    )
    assert "a[31m b" in row(drawn(shown), "20████")


@pytest.mark.parametrize(
    ("zone", "day", "hours"),
    [
        ("Europe/Warsaw", "2026-10-25", 25),
        ("Europe/Warsaw", "2027-03-28", 23),
        ("America/Santiago", "2026-09-06", 23),
        ("America/Havana", "2026-11-01", 25),
        ("Australia/Lord_Howe", "2026-10-04", 23.5),
        ("Asia/Tokyo", "2026-10-25", 24),
    ],
)
def test_days_are_the_wall_clocks(zone: str, day: str, hours: float) -> None:
    site = ZoneInfo(zone)
    shown = calendars.picture((f"{day}T06:00", "freeze", "a"), since=f"{day}T00:00", until=f"{day}T23:59", zone=site)
    (found,) = [one for one in days(shown) if one.date.isoformat() == day]
    assert found.until - found.since == timedelta(hours=hours)
    assert f"{found.date.day:2}·███" in "\n".join(drawn(shown))


def test_a_day_that_never_was_is_empty() -> None:
    shown = calendars.picture(since="2011-12-28T00:00", until="2012-01-02T00:00", zone=ZoneInfo("Pacific/Apia"))
    found = {one.date.isoformat(): one for one in days(shown)}
    assert found["2011-12-30"].slices == () and found["2011-12-31"].slices
    assert "29····" in "\n".join(drawn(shown)) and "30····" not in "\n".join(drawn(shown))


def test_all_of_the_time_is_in_the_days() -> None:
    shown = calendars.full()
    pieces = [piece for day in days(shown) for piece in day.slices]
    assert sum((one.until - one.since for one in pieces), timedelta()) == shown.until - shown.since
    assert all(len(week) == 7 and week[0].date.weekday() == 0 for week in weeks(days(shown)))


def test_what_cannot_be_read_is_drawn_as_such() -> None:
    shown = calendars.picture(
        ("2026-11-18T00:00", "unreadable", ""), since="2026-11-18T00:00", until="2026-11-25T00:00"
    )
    lines = drawn(replace(shown, unreadable=("gone",)))
    assert ">18????" in "\n".join(lines) and "? a calendar can't be read" in lines[-2]


def test_markdown_has_the_same_days() -> None:
    text = markdown(calendars.full())
    assert "| **18** ·· |" in text and "| 23 ██ |" in text and "<script>" not in text
