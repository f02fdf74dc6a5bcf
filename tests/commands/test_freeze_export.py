"""What people subscribe to says what the calendar says: read back by another reader, at random instants."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import icalendar
import recurring_ical_events
from hypothesis import given, settings
from hypothesis import strategies as st

from maintainer.policy.calendar import Subject, closings
from tests.commands.calendar_site import NOW, configuration, configured

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
