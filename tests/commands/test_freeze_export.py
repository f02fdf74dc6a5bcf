"""What people subscribe to says what the calendar says: read back by another reader, at random instants."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from zoneinfo import ZoneInfo

import icalendar
import recurring_ical_events
from hypothesis import given, settings
from hypothesis import strategies as st

from maintainer.policy.calendar import Subject, closings
from tests.commands.calendar_site import NOW, configuration, configured

WARSAW = ZoneInfo("Europe/Warsaw")
ZONES = ("Europe/Warsaw", "UTC", "America/New_York", "Pacific/Apia", "Asia/Kathmandu")
RULES = (
    "", "FREQ=DAILY;INTERVAL=3", "FREQ=WEEKLY", "FREQ=WEEKLY;INTERVAL=2;COUNT=9", "FREQ=WEEKLY;BYDAY=FR,SU",
    "FREQ=MONTHLY;BYDAY=-1FR", "FREQ=MONTHLY;BYMONTHDAY=1,-1", "FREQ=YEARLY", "FREQ=WEEKLY;UNTIL=20270401",
    "FREQ=YEARLY;BYMONTH=3,10;BYDAY=-1SU",
)  # fmt: skip


@st.composite
def freezes(draw: st.DrawFn) -> str:
    since = datetime(2026, 9, 1, tzinfo=UTC) + timedelta(hours=draw(st.integers(0, 24 * 240)))
    until = since + timedelta(hours=draw(st.integers(1, 40)))
    lines = [f"name: {draw(st.sampled_from('abc'))}{draw(st.integers(0, 10**6))}"]
    if draw(st.booleans()):
        lines += [f"from: {since:%Y-%m-%dT%H:%M}", f"to: {until:%Y-%m-%dT%H:%M}"]
        if rule := draw(st.sampled_from(RULES)):
            lines.append(f'repeat: "{rule}"')
            if draw(st.booleans()):
                lines.append(f"except: {since + timedelta(days=7):%Y-%m-%d}")
    else:
        lines.append(f"hours: {draw(st.sampled_from(('fri 15:00-24:00', 'sun 01:00-03:30', 'daily 22:00-06:00')))}")
    if draw(st.booleans()):
        lines.append(f"{draw(st.sampled_from(('lead', 'tail')))}: {draw(st.sampled_from(('5h', '1d', '2d3h')))}")
    return "  - {" + ", ".join(lines) + "}"


@settings(max_examples=40, deadline=None)
@given(
    st.lists(freezes(), min_size=1, max_size=3, unique=True),
    st.sampled_from(ZONES),
    st.lists(st.integers(0, 399 * 24 * 4), min_size=30, max_size=30),
)
def test_it_is_closed_when_the_calendar_is(listed: list[str], zone: str, quarters: list[int]) -> None:
    with TemporaryDirectory() as folder:
        text = f"site: {{timezone: {zone}}}\nfreeze:\n" + "\n".join(listed) + "\n"
        site = configured(Path(folder), text)
        calendar = configuration(site).rulebook.calendar
        read = icalendar.Calendar.from_ical(site.say("export", "--ics"))
        events = recurring_ical_events.of(read)
        for at in (NOW + timedelta(minutes=15 * each) for each in quarters):
            assert _held(events, at) == bool(closings(calendar, at, Subject("deploy"))), (text, at)


def _held(events: recurring_ical_events.CalendarQuery, at: datetime) -> bool:
    """By moments in UTC: the wall clock of a zone shows some of them twice."""
    found = events.between(at - timedelta(days=3), at + timedelta(days=3))
    return any(one["DTSTART"].dt.astimezone(UTC) <= at < one["DTEND"].dt.astimezone(UTC) for one in found)


SHOP = """\
site: {timezone: Europe/Warsaw, name: Sklep Kubki}
freeze:
  - {name: Black Week, from: 2026-11-23, to: 2026-11-30, lead: 72h, reason: "Bills, and more; all"}
  - {name: Fridays, hours: 'fri 15:00-24:00', except: [2026-12-04, '2026-12-11T15:00']}
  - {name: Last, from: 2026-11-30, to: 2026-11-30, repeat: "FREQ=MONTHLY;BYDAY=-1MO;UNTIL=20270630"}
  - {name: Odd, from: 2026-11-25, to: 2026-11-25, repeat: "FREQ=WEEKLY;BYDAY=FR"}
  - {name: Summer, from: 2026-07-01, to: 2026-07-08}
windows:
  - {name: Nights, hours: 'mon-thu 22:00-06:00', applies_to: [merge, deploy]}
"""


def events(text: str) -> dict[str, list[Any]]:
    """By their titles."""
    found: dict[str, list[Any]] = {}
    for one in icalendar.Calendar.from_ical(text).walk("VEVENT"):
        found.setdefault(str(one["SUMMARY"]), []).append(one)
    return found


def test_what_a_rule_says_exactly_stays_a_rule(tmp_path: Path) -> None:
    found = events(configured(tmp_path, SHOP).say("export", "--ics"))
    (fridays,), (last,), (nights,) = (
        found[name] for name in ("Freeze: Fridays", "Freeze: Last", "Window for merges and deploys: Nights")
    )
    assert fridays["RRULE"].to_ical() == b"FREQ=WEEKLY;BYDAY=FR"
    left = [one.dt.isoformat() for one in fridays["EXDATE"].dts]
    assert left == ["2026-12-04T15:00:00+01:00", "2026-12-11T15:00:00+01:00"]
    assert last["RRULE"]["UNTIL"][0].isoformat() == "2027-06-30T21:59:59+00:00"
    assert nights["DTSTART"].params["TZID"] == "Europe/Warsaw"
    assert all("RRULE" not in one for one in (*found["Freeze: Black Week"], *found["Freeze: Odd"]))
    assert len(found["Freeze: Odd"]) > 50, "its first day is no start of its rule"
    assert "Freeze: Summer" not in found, "what is over is over"


def test_a_freeze_begins_with_its_lead_and_says_what_it_stops(tmp_path: Path) -> None:
    (week,) = events(configured(tmp_path, SHOP).say("export", "--ics"))["Freeze: Black Week"]
    assert week["DTSTART"].dt == datetime(2026, 11, 19, 23, tzinfo=UTC)
    assert str(week["DESCRIPTION"]) == (
        "Black Week freezes merges and deploys, 72 h before included.\nWhy: Bills, and more; all.\n"
        "Security fixes rated high or critical pass.\nA rollback always passes."
    )


def test_the_same_calendar_is_the_same_file_but_for_when_it_was_made(tmp_path: Path) -> None:
    first = configured(tmp_path, SHOP).say("export", "--ics")
    later = configured(tmp_path, SHOP, NOW + timedelta(hours=5)).say("export", "--ics")
    assert first != later and "DTSTAMP:20261121T080000Z" in first
    assert [one for one in first.splitlines() if "DTSTAMP" not in one] == [
        one for one in later.splitlines() if "DTSTAMP" not in one
    ]
    uids = [line for line in first.splitlines() if line.startswith("UID:")]
    assert len(set(uids)) == len(uids)


def test_another_site_has_other_events(tmp_path: Path) -> None:
    first = configured(tmp_path, SHOP).say("export", "--ics")
    other = configured(tmp_path, SHOP.replace("Sklep Kubki", "Sklep Talerze")).say("export", "--ics")
    uids = [{line for line in text.splitlines() if line.startswith("UID:")} for text in (first, other)]
    assert not uids[0] & uids[1]


def test_its_zone_changes_when_the_clocks_do(tmp_path: Path) -> None:
    read = icalendar.Calendar.from_ical(configured(tmp_path, SHOP).say("export", "--ics"))
    zone: Any = read.walk("VTIMEZONE")[0]
    made = zone.to_tz(lookup_tzid=False)
    for text in ("2026-03-29T01:59:59", "2026-03-29T03:00", "2026-10-25T01:59:59", "2026-10-25T03:00", "2030-07-01"):
        naive = datetime.fromisoformat(text)
        assert naive.replace(tzinfo=made).utcoffset() == naive.replace(tzinfo=WARSAW).utcoffset(), text


def test_it_is_written_where_it_is_wanted(tmp_path: Path) -> None:
    site = configured(tmp_path, SHOP)
    assert site.say("export", "--ics", str(tmp_path / "freeze.ics")) == ""
    data = (tmp_path / "freeze.ics").read_bytes()
    assert data.startswith(b"BEGIN:VCALENDAR\r\n") and all(len(line) <= 75 for line in data.split(b"\r\n"))
    assert site.code("export", "--ics", str(tmp_path / "none" / "freeze.ics")) == 2
