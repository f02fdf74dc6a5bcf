"""`freeze export --ics`: the calendar as a file that people's calendars can subscribe to.

What recurs stays a rule where a rule says it exactly; everything else is expanded over the coming 400 days.
"""

import argparse
from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Literal
from zoneinfo import ZoneInfo

from maintainer import errors
from maintainer.commands import freeze_forecast, freeze_words
from maintainer.commands.context import Context
from maintainer.commands.freeze import Known, keep, known
from maintainer.policy.recurrence import Recurrence, starts
from maintainer.policy.rulebook import Freeze, Opening
from maintainer.policy.series import Series
from maintainer.policy.wall_clock import instant
from maintainer.writers import freeze_ics
from maintainer.writers.freeze_ics import Entry

AHEAD = timedelta(days=400)
DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")


def main(context: Context, args: argparse.Namespace) -> int:
    """Write it, or print it. Raises ConfigurationError while a calendar can't be read: it would look open."""
    site = known(context)
    if site.calendar.unreadable:
        told = " ".join(site.calendar.unreadable)
        raise errors.ConfigurationError(f"Nothing was exported, for it would not be all: {told}")
    stated = site.config.settings.site
    name = stated.name or (stated.production or "").partition("://")[2] or "maintainer"
    made = freeze_ics.calendar(list(events(site, name)), f"{name}: freezes", site.now)
    if args.ics:
        keep(Path(args.ics), made)
        context.say(f"The calendar is {args.ics}.")
    else:
        context.out.write(made.decode())
    return 0


def events(site: Known, name: str) -> Iterator[Entry]:
    """All freezes and windows of the site called `name`."""
    both: list[Freeze | Opening] = [*site.calendar.freezes, *site.calendar.openings]
    for one in both:
        if (rule := exact(one.series)) is not None:
            yield _recurring(name, one, rule)
        else:
            yield from _expanded(site, name, one)


def exact(series: Series) -> Recurrence | None:
    """The rule, where it alone says when the series holds: without lead and tail, in a zone that has a name, beginning
    with a start that is its own."""
    if len(series.rules) != 1 or series.also or series.lead.delta or series.tail.delta:
        return None
    rule, first = series.rules[0], series.since
    named = isinstance(series.zone, ZoneInfo) and bool(series.zone.key)
    return rule if named and first in starts(rule, first, first, first) else None


def _recurring(site: str, one: Freeze | Opening, rule: Recurrence) -> Entry:
    series = one.series
    assert isinstance(series.zone, ZoneInfo)
    return Entry(
        uid=_uid(site, one),
        kind=_kind(one),
        summary=_summary(one),
        description=_description(one),
        since=series.since.replace(tzinfo=series.zone),
        until=series.until.replace(tzinfo=series.zone),
        zone=series.zone,
        rule=text(rule, series.zone),
        without=tuple(sorted(_without(series, rule))),
    )


def _expanded(site: Known, name: str, one: Freeze | Opening) -> Iterator[Entry]:
    for times in freeze_forecast.occurrences(one.series, site.now, site.now + AHEAD):
        yield Entry(
            uid=_uid(name, one, times.since.astimezone(UTC).isoformat()),
            kind=_kind(one),
            summary=_summary(one),
            description=_description(one),
            since=times.begins.astimezone(UTC),
            until=times.ends.astimezone(UTC),
        )


def text(rule: Recurrence, zone: ZoneInfo) -> str:
    """The rule as RFC 5545 writes it (section 3.3.10); its UNTIL is in UTC, as it must be beside a zone."""
    parts = [f"FREQ={rule.frequency}"]
    if rule.interval != 1:
        parts.append(f"INTERVAL={rule.interval}")
    if rule.count:
        parts.append(f"COUNT={rule.count}")
    if rule.until:
        parts.append(f"UNTIL={instant(rule.until, zone):%Y%m%dT%H%M%SZ}")
    for name, values in rule.parts:
        said = [f"{which or ''}{DAYS[day]}" for day, which in values] if name == "BYDAY" else map(str, values)
        parts.append(f"{name}={','.join(said)}")
    if rule.week_starts:
        parts.append(f"WKST={DAYS[rule.week_starts]}")
    return ";".join(parts)


def _without(series: Series, rule: Recurrence) -> Iterator[datetime]:
    """The starts that are left out, each by itself."""
    for one in series.without:
        if not isinstance(one, datetime):
            yield from starts(rule, series.since, datetime.combine(one, time()), datetime.combine(one, time.max))
        elif one.tzinfo:
            yield one.astimezone(series.zone).replace(tzinfo=None, fold=0)
        else:
            yield one


def _uid(site: str, one: Freeze | Opening, occurrence: str = "") -> str:
    campaign = one.campaign if isinstance(one, Freeze) else ""
    told = "\0".join((site, _kind(one), one.calendar, campaign, one.name, occurrence))
    return f"{sha256(told.encode('utf-8', 'surrogatepass')).hexdigest()[:32]}@maintainer"


def _kind(one: Freeze | Opening) -> Literal["freeze", "window"]:
    return "freeze" if isinstance(one, Freeze) else "window"


def _summary(one: Freeze | Opening) -> str:
    if isinstance(one, Freeze):
        return f"Freeze: {one.name}"
    return f"Window for {freeze_words.stopped(one.applies_to)}: {one.name}"


def _description(one: Freeze | Opening) -> str:
    things = freeze_words.stopped(one.applies_to)
    lead, tail = freeze_words.length(one.series.lead), freeze_words.length(one.series.tail)
    if isinstance(one, Freeze):
        around = freeze_words.said([part for part in (lead and f"{lead} before", tail and f"{tail} after") if part])
        first = f"{one.name} freezes {things}{f', {around} included' if around else ''}."
        last = "A rollback always passes."
    else:
        first, last = f"{things.capitalize()} happen inside a window alone.", ""
    why = f"Why: {one.reason.rstrip('.')}." if one.reason else ""
    sentences = (first, why, freeze_words.about(one.scope), freeze_words.passes(one.exempt), last)
    return "\n".join(sentence for sentence in sentences if sentence)
