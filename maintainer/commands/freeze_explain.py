"""`freeze explain`: what is so at a moment, asked of each freeze and window on its own.

Each answer is asked of the calendar itself, with that one thing in it, so that it can't say otherwise than the gate.
"""

import argparse
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Literal

from maintainer.commands import freeze_forecast, freeze_words
from maintainer.commands.context import Context
from maintainer.commands.freeze import Known, closing_document, known, say, stands, write
from maintainer.commands.freeze_time import moment_of
from maintainer.policy.calendar import Subject, closings
from maintainer.policy.rulebook import NOTHING, Calendar, Freeze, Opening
from maintainer.policy.series import Series
from maintainer.writers import plan_text, sanitise

#: Why a freeze or window holds, or doesn't.
Why = Literal["holds", "time", "phase", "scope", "exempt", "inside", "outside", "rollback", "unreadable", "site"]
HOUR = timedelta(hours=1)
MARKS: dict[bool, str] = {True: "✘", False: "–"}


@dataclass(frozen=True, slots=True)
class Step:
    """What one freeze or window says of the subject at the moment."""

    kind: Literal["freeze", "window", "source"]
    name: str
    holds: bool
    why: Why
    sentence: str
    source: str = ""
    calendar: str = ""


def main(context: Context, args: argparse.Namespace) -> int:
    """Say it, in words or for programs; always exit code 0: it is an explanation."""
    site = known(context)
    at = moment_of(args.at, site.now, site.zone)
    subject = Subject(
        args.what or "deploy",
        severities=tuple(args.severity),
        names=tuple(args.package),
        paths=tuple(args.path),
        managers=tuple(args.manager),
        environment=args.environment,
        rollback=args.rollback,
    )
    held = closings(site.calendar, at, subject)
    found = list(steps(site, at, subject))
    if site.context.format == "json":
        say(site.context, _document(site, at, subject, found))
        return 0
    head = f"{subject.what} · {site.when(at)} ({site.zone})"
    about = f"{_about(subject)}\n" if _about(subject) else ""
    answer = stands(site, at, subject, held)
    if site.context.format == "markdown":
        rows = "".join(
            f"| {MARKS[one.holds]} | {sanitise.line(one.name)} | {sanitise.line(one.sentence, 600)} |\n"
            for one in found
        )
        text = f"**{head} · {answer}**\n\n{sanitise.line(about, 400)}\n\n| | what | why |\n|---|---|---|\n{rows}"
    else:
        lines = [(MARKS[one.holds], one.name, one.sentence, one.source) for one in found]
        table = plan_text.table(lines, width=site.context.width, colour=site.context.colour)
        text = f"{head} · {answer}\n{about}\n{table or 'No freeze and no window says anything of it.'}\n"
    write(site.context, text.rstrip("\n") + "\n")
    return 0


def steps(site: Known, at: datetime, subject: Subject) -> Iterator[Step]:
    """What can't be read, then each freeze, each window, and what is about other sites."""
    for sentence in site.calendar.unreadable:
        why: Why = "rollback" if subject.rollback else "unreadable"
        yield Step("source", "unreadable", not subject.rollback, why, f"{sentence} {freeze_words.UNKNOWN}")
    for freeze in site.calendar.freezes:
        if not _is_past(freeze, at):
            yield _freeze(site, at, subject, freeze)
    for opening in site.calendar.openings:
        if not _is_past(opening, at):
            yield _opening(site, at, subject, opening)
    names = {one.name for one in site.calendar.freezes if not one.calendar}
    for other in site.config.settings.freeze:
        if other.name not in names:
            source = freeze_forecast.origin(site.config, "freeze", other.name)
            sites = freeze_words.said(other.scope.sites, "or")
            yield Step("freeze", other.name, False, "site", f"is about the sites {sites} alone.", source)


def _is_past(one: Freeze | Opening, at: datetime) -> bool:
    """Whether it is an event of a calendar kept elsewhere that has ended: such calendars keep all there ever was."""
    return bool(one.calendar) and freeze_forecast.coming(one.series, at) is None


def _freeze(site: Known, at: datetime, subject: Subject, one: Freeze) -> Step:
    def step(why: Why, sentence: str) -> Step:
        source = freeze_forecast.source(site.config, one)
        return Step("freeze", one.name, why == "holds", why, sentence, source, one.calendar)

    if stated := _unconcerned(subject, one, at):
        return step(*stated)
    if held := closings(Calendar((replace(one, exempt=NOTHING),)), at, subject):
        closing = held[0]
        if not closings(Calendar((one,)), at, subject):
            return step("exempt", f"lets it through: {freeze_words.passes(one.exempt)}")
        assert closing.since and closing.until
        span = freeze_words.span(one, closing.since, closing.until, site.zone, site.now)
        why = f" Why: {one.reason.rstrip('.')}." if one.reason else ""
        return step("holds", f"holds {span}.{why}")
    return step("time", f"doesn't hold then: {_coming(site, at, one)}")


def _opening(site: Known, at: datetime, subject: Subject, one: Opening) -> Step:
    def step(why: Why, sentence: str) -> Step:
        source = freeze_forecast.source(site.config, one)
        return Step("window", one.name, why == "outside", why, sentence, source, one.calendar)

    if stated := _unconcerned(subject, one, at):
        return step(*stated)
    if not _held(one, subject, at):
        return step("exempt", f"lets it through: {freeze_words.passes(one.exempt)}")
    mine = tuple(each for each in site.calendar.openings if each.calendar == one.calendar)
    if not closings(Calendar(openings=(one,)), at, subject):
        return step("inside", "is open then.")
    if not closings(Calendar(openings=mine), at, subject):
        return step("time", f"isn't open then, and another window is: {_coming(site, at, one)}")
    return step("outside", f"isn't open then: {_coming(site, at, one)}")


def _coming(site: Known, at: datetime, one: Freeze | Opening) -> str:
    coming = freeze_forecast.coming(one.series, at)
    if coming is None:
        return "it is over."
    return f"next from {site.when(coming.begins)} to {site.when(coming.ends)}."


def _unconcerned(subject: Subject, one: Freeze | Opening, at: datetime) -> tuple[Why, str] | None:
    """Why it says nothing of the subject, whenever it holds; None where it does."""
    if subject.rollback:
        return "rollback", "lets a rollback through, as all do."
    if subject.what not in one.applies_to:
        return "phase", f"is one of {freeze_words.stopped(one.applies_to)}."
    if not _held(replace(one, exempt=NOTHING), subject, at):
        return "scope", freeze_words.about(one.scope).removeprefix("It ")
    return None


def _held(one: Freeze | Opening, subject: Subject, at: datetime) -> bool:
    """Whether it would hold the subject if it were its time."""
    if isinstance(one, Freeze):
        always = Series.once(at - HOUR, at + HOUR)
        return bool(closings(Calendar((replace(one, series=always),)), at, subject))
    gone = Series.once(at - 2 * HOUR, at - HOUR)
    return bool(closings(Calendar(openings=(replace(one, series=gone),)), at, subject))


def _about(subject: Subject) -> str:
    parts = [
        f"fixes rated {freeze_words.said(subject.severities)}" if subject.severities else "",
        f"of {freeze_words.said(subject.names)}" if subject.names else "",
        f"touching {freeze_words.said(subject.paths)}" if subject.paths else "",
        f"managed by {freeze_words.said(subject.managers)}" if subject.managers else "",
        f"to {subject.environment}" if subject.environment else "",
        "a rollback" if subject.rollback else "",
    ]
    return ", ".join(part for part in parts if part)


def _document(site: Known, at: datetime, subject: Subject, found: list[Step]) -> dict[str, Any]:
    held = closings(site.calendar, at, subject)
    return {
        "schema": 1,
        "answer": "explain",
        "at": freeze_forecast.wall(at, site.zone),
        "zone": str(site.zone),
        "what": subject.what,
        "subject": {
            "severities": list(subject.severities),
            "packages": list(subject.names),
            "paths": list(subject.paths),
            "managers": list(subject.managers),
            "environment": subject.environment or None,
            "rollback": subject.rollback,
        },
        "open": not held,
        "held_by": [closing_document(site, one) for one in held],
        "steps": [
            {
                "kind": one.kind,
                "name": one.name,
                "holds": one.holds,
                "why": one.why,
                "sentence": one.sentence,
                "source": one.source,
                "calendar": one.calendar,
            }
            for one in found
        ],
    }
