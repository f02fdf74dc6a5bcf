"""The coming days of a calendar, as the picture shows them: stretches, and the occurrences of each freeze and window.

forecast(config, now, subject, days) -> Picture
occurrences(series, since, until) -> list[Times]
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from maintainer.commands import freeze_words as words
from maintainer.config.freeze import Campaign
from maintainer.config.load import Config
from maintainer.policy.calendar import HORIZONS, Closing, Stretch, Subject, timeline
from maintainer.policy.rulebook import Calendar, Freeze, Opening
from maintainer.policy.series import NONE, Series
from maintainer.writers.freeze_view import Entry, Part, Picture, Slice, Times, midnight

#: What is told of a stretch in which several things hold: the first of these.
ORDER: tuple[Part, ...] = ("unreadable", "freeze", "lead", "tail", "shut", "open")


def forecast(config: Config, now: datetime, subject: Subject, days: int) -> Picture:
    """From the first instant of today, so many days on the wall clock."""
    zone = ZoneInfo(config.rulebook.timezone)
    today = now.astimezone(zone).date()
    since, until = midnight(today, zone), midnight(today + timedelta(days=days), zone)
    calendar = config.rulebook.calendar
    return Picture(
        what=subject.what,
        zone=zone,
        now=now,
        since=since,
        until=until,
        slices=tuple(slices(calendar, since, until, subject)),
        entries=tuple(entries(config, now, since, until)),
        unreadable=calendar.unreadable,
        environment=subject.environment,
    )


def occurrences(series: Series, since: datetime, until: datetime) -> list[Times]:
    """Those that have an instant from `since` to right before `until`, the first to begin first."""
    bare = replace(series, lead=NONE, tail=NONE)
    slack = timedelta(days=2)
    within = bare.between(since - series.tail.delta - slack, until + series.lead.delta + slack)
    cores = {
        (series.lead.before(core.since, series.zone), series.tail.after(core.until, series.zone)): core
        for core in within
    }
    found = []
    for begins, ends in series.between(since, until):
        core = cores.get((begins, ends))
        found.append(Times(begins, core.since if core else ends, core.until if core else ends, ends))
    return sorted(set(found), key=lambda one: (one.begins, one.ends))


def coming(series: Series, now: datetime) -> Times | None:
    """The occurrence that runs or comes next; None where none does in ten years."""
    for horizon in HORIZONS:
        if found := occurrences(series, now, now + horizon):
            return found[0]
    return None


def slices(calendar: Calendar, since: datetime, until: datetime, subject: Subject) -> Iterator[Slice]:
    """The timeline, with freezes parted into what is before, the freeze itself, and what is after."""
    last: Slice | None = None
    for one in _pieces(calendar, since, until, subject):
        if last and (last.part, last.names) == (one.part, one.names):
            last = replace(last, until=one.until)
            continue
        if last:
            yield last
        last = one
    if last:
        yield last


def _pieces(calendar: Calendar, since: datetime, until: datetime, subject: Subject) -> Iterator[Slice]:
    for stretch in timeline(calendar, since, until, subject):
        cores = {
            closing: core
            for closing in stretch.closings
            if closing.kind == "freeze" and (core := _core(closing, calendar.freezes))
        }
        edges = {edge for core in cores.values() for edge in (core.since, core.until)}
        inside = {edge for edge in edges if stretch.since < edge < stretch.until}
        for begins, ends in pairwise(sorted({stretch.since, stretch.until, *inside})):
            yield _slice(begins, ends, stretch, cores)


def _core(closing: Closing, freezes: Sequence[Freeze]) -> Times | None:
    freeze = words.found(closing, freezes)
    if freeze is None or closing.since is None or closing.until is None:
        return None
    spans = occurrences(freeze.series, closing.since, closing.until)
    return next((one for one in spans if (one.begins, one.ends) == (closing.since, closing.until)), None)


def _slice(since: datetime, until: datetime, stretch: Stretch, cores: Mapping[Closing, Times]) -> Slice:
    parts = [(_part(one, cores.get(one), since), one.name) for one in stretch.closings]
    parts.sort(key=lambda each: ORDER.index(each[0]))
    freezes = (name for part, name in parts if part not in ("unreadable", "shut"))
    return Slice(since, until, parts[0][0] if parts else "open", tuple(dict.fromkeys(freezes)))


def _part(closing: Closing, core: Times | None, at: datetime) -> Part:
    if closing.kind == "freeze":
        return "freeze" if core is None or core.since <= at < core.until else "lead" if at < core.since else "tail"
    return "shut" if closing.kind == "windows" else "unreadable"


def entries(config: Config, now: datetime, since: datetime, until: datetime) -> Iterator[Entry]:
    """All freezes and windows: those that run or come first, by when they begin; then those that are over."""
    calendar = config.rulebook.calendar
    both: list[Freeze | Opening] = [*calendar.freezes, *calendar.openings]
    found = [_entry(config, one, now, since, until) for one in both]
    found += [_campaign(config, one, now, since, until) for one in config.settings.campaigns if not one.freeze]
    # Calendars kept elsewhere keep all there ever was.
    found = [one for one in found if not (one.over and one.calendar)]
    return iter(sorted(found, key=lambda one: (one.over, one.next.begins if one.next else now, one.name)))


def _entry(config: Config, one: Freeze | Opening, now: datetime, since: datetime, until: datetime) -> Entry:
    frozen = isinstance(one, Freeze)
    return Entry(
        kind="freeze" if frozen else "window",
        name=one.name,
        stops=tuple(phase for phase in words.PHASES if phase in one.applies_to),
        source=source(config, one),
        times=tuple(occurrences(one.series, since, until)),
        next=coming(one.series, now),
        repeats=repeats(one.series),
        lead=words.length(one.series.lead),
        tail=words.length(one.series.tail),
        passes=words.passes(one.exempt),
        scope=words.about(one.scope),
        reason=one.reason,
        calendar=one.calendar,
        campaign=one.campaign if isinstance(one, Freeze) else "",
    )


def _campaign(config: Config, one: Campaign, now: datetime, since: datetime, until: datetime) -> Entry:
    """One that stops nothing: its days alone."""
    stated = one.frozen(ZoneInfo(config.rulebook.timezone))
    made = _entry(config, replace(stated, series=replace(stated.series, lead=NONE, tail=NONE)), now, since, until)
    return replace(made, kind="campaign", stops=(), passes="", campaign=one.name)


def source(config: Config, one: Freeze | Opening) -> str:
    """Where it is written: a line of a file, or the calendar that has it."""
    if one.calendar:
        return f"calendar {one.calendar}"
    campaign = one.campaign if isinstance(one, Freeze) else ""
    key = "campaigns" if campaign else "freeze" if isinstance(one, Freeze) else "windows"
    return origin(config, key, campaign or one.name) or (f"campaign {campaign}" if campaign else "configuration")


def origin(config: Config, key: str, name: str) -> str:
    """Where the item of that name stands, empty where the configuration has none."""
    for index, item in enumerate(getattr(config.settings, key, ())):
        if item.name == name:
            return config.origins.get(f"{key}[{index}].name", "")
    return ""


def repeats(series: Series) -> str:
    """How it recurs, in words; empty for what comes once."""
    rules = [(rule.frequency, rule.interval) for rule in series.rules]
    if not rules:
        return "on several dates" if series.also else ""
    units = {"DAILY": "day", "WEEKLY": "week", "MONTHLY": "month", "YEARLY": "year"}
    told = [f"every {units[unit]}" if every == 1 else f"every {every} {units[unit]}s" for unit, every in rules]
    return words.said(list(dict.fromkeys(told)))


def wall(at: datetime, zone: ZoneInfo) -> str:
    """A moment as an answer for programs tells it: with the site's offset."""
    shown = at.astimezone(zone)
    return shown.isoformat(timespec="microseconds" if shown.microsecond else "seconds")
