"""`freeze list`: all freezes and windows, and the coming days as a picture, at the terminal and as a page."""

import argparse
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from maintainer import errors
from maintainer.commands import freeze_forecast, freeze_words
from maintainer.commands.context import Context
from maintainer.commands.freeze import Known, fold, keep, known, reasons, say, stands, unicode, write
from maintainer.policy.calendar import Subject, closings
from maintainer.policy.rulebook import Phase
from maintainer.text.inert import shown
from maintainer.writers import freeze_html, freeze_text, plan_text, sanitise
from maintainer.writers.freeze_html import Standing
from maintainer.writers.freeze_view import Entry, Picture

#: Days that are drawn at most.
MOST = 800
NOTHING = "There is no freeze and no window: everything may move at any time."


def main(context: Context, args: argparse.Namespace) -> int:
    """All of the calendar, and the coming days as a picture; as a page too where one is named."""
    site = known(context)
    what: Phase = args.what or "deploy"
    if not 1 <= args.days <= MOST:
        raise errors.ConfigurationError(f"--days: {args.days} is not between 1 and {MOST}.")
    picture = freeze_forecast.forecast(site.config, site.now, Subject(what, environment=args.environment), args.days)
    if args.page:
        _page(site, picture, Path(args.page))
    if site.context.format == "json":
        say(site.context, _listed(site, picture))
    elif site.context.format == "markdown":
        write(site.context, _told(site, picture) + "\n" + freeze_text.markdown(picture))
    else:
        write(site.context, _drawn(site, picture))
    return 0


def _drawn(site: Known, picture: Picture) -> str:
    context = site.context
    where = f" to {picture.environment}" if picture.environment else ""
    first, last = (site.when(at).rsplit(" ", 1)[0] for at in (picture.since, picture.until - timedelta(minutes=1)))
    days = f"{first} to {last} ({site.zone})"
    head = f"{picture.what}{where} · {days}\n\n"
    drawn = freeze_text.picture(picture, width=context.width, colour=context.colour, unicode=unicode(context))
    rows = [_row(site, one) for one in picture.entries]
    table = plan_text.table(rows, width=context.width, colour=context.colour)
    unread = [fold(context, shown(sentence)) for sentence in picture.unreadable]
    end = "\n".join(["", *unread, freeze_words.UNKNOWN, ""]) if unread else ""
    return f"{head}{drawn}\n{table.rstrip() or NOTHING}\n{end}"


def _told(site: Known, picture: Picture) -> str:
    rows = (" | ".join(sanitise.line(cell, 400) for cell in _row(site, one)) for one in picture.entries)
    head = "| name | what | when | written in |\n|---|---|---|---|\n"
    unread = "".join(f"\n* {sanitise.line(sentence, 400)}" for sentence in picture.unreadable)
    return head + "".join(f"| {row} |\n" for row in rows) + (f"{unread}\n" if unread else "")


def _row(site: Known, one: Entry) -> tuple[str, str, str, str]:
    campaign = "campaign, " if one.campaign and one.kind != "campaign" else ""
    stops = f" of {freeze_words.said(one.stops)}" if one.stops else ""
    return one.name, f"{campaign}{one.kind}{stops}", _spans(site, one), one.source


def _spans(site: Known, one: Entry) -> str:
    if one.next is None:
        return "over: remove it, or give it new dates"
    days = [one.repeats] if one.repeats else []
    lead, tail = f" ({one.lead} before)" if one.lead else "", f" ({one.tail} after)" if one.tail else ""
    return ", ".join([*days, f"{site.when(one.next.begins)}{lead} – {site.when(one.next.ends)}{tail}"])


def _listed(site: Known, picture: Picture) -> dict[str, Any]:
    def wall(at: datetime) -> str:
        return freeze_forecast.wall(at, site.zone)

    def entry(one: Entry) -> dict[str, Any]:
        spans = [
            {"begins": wall(t.begins), "since": wall(t.since), "until": wall(t.until), "ends": wall(t.ends)}
            for t in (*one.times, *((one.next,) if one.next and one.next not in one.times else ()))
        ]
        return {
            "kind": one.kind, "name": one.name, "applies_to": list(one.stops), "source": one.source,
            "calendar": one.calendar, "campaign": one.campaign, "reason": one.reason, "repeats": one.repeats,
            "over": one.over, "spans": spans,
        }  # fmt: skip

    return {
        "schema": 1,
        "answer": "list",
        "what": picture.what,
        "environment": picture.environment or None,
        "zone": str(site.zone),
        "since": wall(picture.since),
        "until": wall(picture.until),
        "entries": [entry(one) for one in picture.entries],
        "stretches": [
            {"since": wall(one.since), "until": wall(one.until), "open": one.part == "open", "part": one.part,
             "names": list(one.names)}
            for one in picture.slices
        ],
        "unreadable": list(picture.unreadable),
    }  # fmt: skip


def _page(site: Known, picture: Picture, path: Path) -> None:
    alike: dict[tuple[bool, str, tuple[str, ...]], list[str]] = {}
    for phase in freeze_words.PHASES:
        subject = Subject(phase, environment=picture.environment)
        held = closings(site.calendar, site.now, subject)
        says = stands(site, site.now, subject, held).replace(f" ({site.zone})", "")
        alike.setdefault((not held, says, tuple(reasons(site, phase, held))), []).append(phase)
    standing = [Standing(freeze_words.said(phases), *told) for told, phases in alike.items()]
    stated = site.config.settings.site
    title = stated.name or (stated.production or "").partition("://")[2] or site.context.root.name
    keep(path, freeze_html.page(picture, standing, title).encode("utf-8", "replace"))
    site.context.say(f"The page is {path}.")
