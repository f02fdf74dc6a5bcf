"""`maintainer freeze`: what the calendar says of now, of a moment, and of the days to come.

    freeze status    open or closed, by what, why, until when; exit code 0 or 1
    freeze next      what changes next, and when
    freeze list      all freezes and windows, and a picture of the coming days

`freeze explain`, `export`, `declare` and `lift` have modules of their own.
"""

import argparse
import json
import textwrap
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from maintainer import errors
from maintainer.commands import freeze_forecast, freeze_words, outside
from maintainer.commands.context import Context
from maintainer.commands.freeze_time import moment_of
from maintainer.config.load import Config
from maintainer.policy.calendar import Closing, Subject, closings, opens, turns
from maintainer.policy.rulebook import Calendar, Phase
from maintainer.text.inert import shown
from maintainer.workspace.checkout import open_checkout
from maintainer.writers import freeze_html, freeze_text, plan_text, sanitise
from maintainer.writers.freeze_html import Standing
from maintainer.writers.freeze_view import Entry, Picture

NOTHING = "There is no freeze and no window: everything may move at any time."
#: Days that are drawn at most.
MOST = 800
#: What an answer is made of where the terminal has no other characters.
PLAIN = str.maketrans({"·": "-", "–": "-", "→": ">", "…": ".", "✔": "+", "✘": "x"})


@dataclass(frozen=True, slots=True)
class Known:
    """The configuration with all calendars in it, and what answers are about."""

    context: Context
    config: Config
    zone: ZoneInfo

    @property
    def calendar(self) -> Calendar:
        return self.config.rulebook.calendar

    @property
    def now(self) -> datetime:
        return self.context.now

    def when(self, at: datetime) -> str:
        return freeze_words.when(at, self.zone, self.now)


def main(context: Context, args: argparse.Namespace) -> int:
    """Answer one of the three; raises ConfigurationError for a configuration, or a time, that can't be read."""
    verbs: dict[str, Callable[[Known, argparse.Namespace], int]] = {"status": status, "next": next_, "list": list_}
    return verbs[args.verb](known(context), args)


def known(context: Context) -> Known:
    """The configuration and every calendar it names."""
    config = everywhere(context, outside.configuration(context, context.root))
    return Known(context, config, ZoneInfo(config.rulebook.timezone))


def everywhere(context: Context, config: Config) -> Config:
    """The configuration with what the calendars kept elsewhere say now; files are those of the working tree."""
    if not config.settings.calendars:
        return config
    from maintainer.commands.calendars import own_periods, with_calendars  # reading iCalendar takes time to import

    checkout = open_checkout(context.root, context.environment)
    http = outside.open_http(context, config, checkout.root)
    return with_calendars(context, config, http, checkout.read, own_periods(context, http))


# status


def status(site: Known, args: argparse.Namespace) -> int:
    """Open or closed; the exit code is that of `--what`, or of deploying."""
    at = moment_of(args.at, site.now, site.zone)
    phases: tuple[Phase, ...] = (args.what,) if args.what else freeze_words.PHASES
    subjects = [Subject(phase, environment=args.environment) for phase in phases]
    answers = {subject: closings(site.calendar, at, subject) for subject in subjects}
    if site.context.format == "json":
        document = {
            "schema": 1,
            "answer": "status",
            "at": freeze_forecast.wall(at, site.zone),
            "zone": str(site.zone),
            "environment": args.environment or None,
            "phases": [_phase(site, at, subject, held) for subject, held in answers.items()],
            "unreadable": list(site.calendar.unreadable),
        }
        say(site.context, document)
    else:
        _say_status(site, at, answers)
    return 1 if answers[next(one for one in subjects if one.what == (args.what or "deploy"))] else 0


def _phase(site: Known, at: datetime, subject: Subject, held: Sequence[Closing]) -> dict[str, Any]:
    until = opens(site.calendar, at, subject) if held else turns(site.calendar, at, subject)
    return {
        "what": subject.what,
        "open": not held,
        "until": until and freeze_forecast.wall(until, site.zone),
        "held_by": [closing_document(site, one) for one in held],
    }


def closing_document(site: Known, one: Closing) -> dict[str, Any]:
    """A closing for programs."""
    return {
        "kind": one.kind,
        "name": one.name,
        "since": one.since and freeze_forecast.wall(one.since, site.zone),
        "until": one.until and freeze_forecast.wall(one.until, site.zone),
        "reason": one.reason,
        "calendar": one.calendar,
        "campaign": one.campaign,
    }


def _say_status(site: Known, at: datetime, answers: dict[Subject, tuple[Closing, ...]]) -> None:
    lines = [(subject.what, stands(site, at, subject, held)) for subject, held in answers.items()]
    why = dict.fromkeys(sentence for one, held in answers.items() for sentence in reasons(site, one.what, held))
    if site.context.format == "markdown":
        text = "".join(f"* **{what}** · {says}\n" for what, says in lines)
        text += "".join(f"\n{sanitise.line(sentence, 1000)}\n" for sentence in why)
    else:
        width = max(len(what) for what, _ in lines)
        text = "".join(f"{what:<{width}} · {says}\n" for what, says in lines)
        text += "".join(f"\n{folded}" for folded in map(partial(fold, site.context), why)) + ("\n" if why else "")
    write(site.context, text)


def stands(site: Known, at: datetime, subject: Subject, held: Sequence[Closing]) -> str:
    """`closed until Tue 1 Dec 00:00 (Europe/Warsaw), in 9 days`."""
    until = opens(site.calendar, at, subject) if held else turns(site.calendar, at, subject)
    word = "closed" if held else "open"
    if until:
        return f"{word} until {site.when(until)} ({site.zone}), {freeze_words.away(until, site.now)}"
    if any(one.kind == "unreadable" for one in held):
        return f"{word} until every calendar can be read"
    return f"{word}, and no end in the next ten years" if held else f"{word}: nothing ahead in the next ten years"


def reasons(site: Known, what: Phase, held: Sequence[Closing]) -> list[str]:
    """Why `what` is closed, a text for each thing that holds."""
    return [shown(freeze_words.closing(one, what, site.calendar, site.zone, site.now)) for one in held]


# next


@dataclass(frozen=True, slots=True)
class Turn:
    """What changes at a moment: `at` is None where nothing does."""

    what: Phase
    at: datetime | None
    opens: bool
    by: tuple[str, ...]


def next_(site: Known, args: argparse.Namespace) -> int:
    """When each of the three next changes, the soonest first."""
    phases: tuple[Phase, ...] = (args.what,) if args.what else freeze_words.PHASES
    found = [_turn(site, Subject(phase, environment=args.environment)) for phase in phases]
    found.sort(key=lambda one: (one.at is None, one.at or site.now))
    if site.context.format == "json":
        turned = [
            {
                "what": one.what,
                "at": one.at and freeze_forecast.wall(one.at, site.zone),
                "opens": one.opens,
                "in_seconds": one.at and (one.at - site.now).total_seconds(),
                "by": list(one.by),
            }
            for one in found
        ]
        head = {"schema": 1, "answer": "next", "now": freeze_forecast.wall(site.now, site.zone)}
        say(site.context, head | {"zone": str(site.zone), "next": turned, "unreadable": list(site.calendar.unreadable)})
        return 0
    rows = [_turned(site, one) for one in found]
    if site.context.format == "markdown":
        cells = ("| " + " | ".join(sanitise.line(cell) for cell in row) + " |\n" for row in rows)
        write(site.context, "| what | next | in | why |\n|---|---|---|---|\n" + "".join(cells))
    else:
        write(site.context, plan_text.table(rows, width=site.context.width, colour=site.context.colour))
    return 0


def _turn(site: Known, subject: Subject) -> Turn:
    at, held = turns(site.calendar, site.now, subject), closings(site.calendar, site.now, subject)
    by = held if held else closings(site.calendar, at, subject) if at else ()
    return Turn(subject.what, at, bool(held), tuple(dict.fromkeys(one.name for one in by)))


def _turned(site: Known, one: Turn) -> tuple[str, str, str, str]:
    if one.at is None:
        until = "until every calendar can be read" if site.calendar.unreadable else "for ten years and more"
        return one.what, f"stays {'closed' if one.opens else 'open'} {until}", "", ", ".join(one.by)
    does, why = ("opens", "ends") if one.opens else ("closes", "begins")
    local = one.at.astimezone(site.zone)
    exact = f"{does} {site.when(one.at)} ({local.isoformat()})"
    return one.what, exact, freeze_words.away(one.at, site.now), f"{', '.join(one.by)} {why}"


# list


def list_(site: Known, args: argparse.Namespace) -> int:
    """All of the calendar, and the coming days as a picture; as a page too where one is named."""
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


# answering


def say(context: Context, document: dict[str, Any]) -> None:
    """An answer for programs."""
    context.out.write(json.dumps(document, indent=2, ensure_ascii=False) + "\n")


def write(context: Context, text: str) -> None:
    """An answer for people, in the characters their terminal has."""
    context.out.write(text if unicode(context) else text.translate(PLAIN))


def fold(context: Context, sentence: str) -> str:
    """In lines as long as the terminal is wide."""
    return textwrap.fill(sentence, max(context.width, 40), break_long_words=False, break_on_hyphens=False)


def unicode(context: Context) -> bool:
    """Whether what reads the answer has the characters of the picture."""
    encoding = getattr(context.out, "encoding", None) or "utf-8"
    try:
        "█▒░▄·".encode(encoding)
    except (UnicodeEncodeError, LookupError):
        return False
    return True


def keep(path: Path, data: bytes) -> None:
    """A file the user named; raises ConfigurationError where it can't be."""
    try:
        path.write_bytes(data)
    except OSError as error:
        raise errors.ConfigurationError(f"{path} can't be written: {error.strerror}. Name another file.") from None
