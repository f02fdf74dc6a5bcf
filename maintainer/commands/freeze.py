"""`maintainer freeze`: what the calendar says of now, and what is next.

    freeze status    open or closed, by what, why, until when; exit code 0 or 1
    freeze next      what changes next, and when

`freeze list`, `explain`, `export`, `declare` and `lift` have modules of their own.
"""

import argparse
import json
import textwrap
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from maintainer import errors
from maintainer.commands import freeze_forecast, freeze_words, outside
from maintainer.commands.context import Context
from maintainer.commands.elsewhere import everywhere
from maintainer.commands.freeze_time import moment_of
from maintainer.config.load import Config
from maintainer.policy.calendar import Closing, Subject, closings, opens, turns
from maintainer.policy.rulebook import Calendar, Phase
from maintainer.text.inert import shown
from maintainer.workspace.checkout import open_checkout
from maintainer.writers import plan_text, sanitise

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
    """Answer one of the two; raises ConfigurationError for a configuration, or a time, that can't be read."""
    verbs: dict[str, Callable[[Known, argparse.Namespace], int]] = {"status": status, "next": next_}
    return verbs[args.verb](known(context), args)


def known(context: Context) -> Known:
    """The configuration and every calendar it names."""
    checkout = open_checkout(context.root, context.environment)
    config = everywhere(context, outside.configuration(context, context.root), checkout.root, checkout.read)
    return Known(context, config, ZoneInfo(config.rulebook.timezone))


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
    """What changes at a moment: `at` is None where nothing does. `by` is what closes before it, or after."""

    what: Phase
    at: datetime | None
    opens: bool
    by: tuple[Closing, ...]


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
                "by": list(dict.fromkeys(each.name for each in one.by)),
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
    return Turn(subject.what, at, bool(held), by)


def _turned(site: Known, one: Turn) -> tuple[str, str, str, str]:
    if one.at is None:
        until = "until every calendar can be read" if site.calendar.unreadable else "for ten years and more"
        return (
            one.what,
            f"stays {'closed' if one.opens else 'open'} {until}",
            "",
            ", ".join(each.name for each in one.by),
        )
    does = "opens" if one.opens else "closes"
    words = {"freeze": "ends", "windows": "opens"} if one.opens else {"freeze": "begins", "windows": "closes"}
    why = ", ".join(dict.fromkeys(f"{each.name} {words.get(each.kind, '')}".strip() for each in one.by))
    local = one.at.astimezone(site.zone)
    exact = f"{does} {site.when(one.at)} ({local.isoformat()})"
    return one.what, exact, freeze_words.away(one.at, site.now), why


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
