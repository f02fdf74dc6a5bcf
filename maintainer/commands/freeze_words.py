"""How freezes and windows are told: when, what they stop, what passes.

when(moment, zone, now) -> str            "Tue 1 Dec 00:00"
closing(closing, what, calendar, zone, now) "Black Week freezes merges and deploys from ..."
passes(exempt) -> str                     "Security fixes rated high or critical pass."
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from maintainer.policy.calendar import Closing
from maintainer.policy.rulebook import Calendar, Exempt, Freeze, Opening, Phase, Scope
from maintainer.policy.series import Span
from maintainer.policy.wall_clock import Duration
from maintainer.policy.wording import in_words, moment
from maintainer.text.result import SEVERITIES

PHASES: tuple[Phase, ...] = ("propose", "merge", "deploy")
THINGS: dict[Phase, str] = {"propose": "proposals", "merge": "merges", "deploy": "deploys"}
UNKNOWN = "What can't be read counts as a freeze: nothing moves but a rollback."


def when(at: datetime, zone: ZoneInfo, now: datetime) -> str:
    """A moment on the site's clock: with the year where it isn't this one, with seconds where there are some, and with
    the zone's abbreviation where the clock shows that time twice."""
    local = at.astimezone(zone)
    day, clock = moment(at, zone).rsplit(" ", 1)
    year = f" {local.year}" if local.year != now.astimezone(zone).year else ""
    seconds = f"{local:%S}" if local.second else ""
    twice = local.replace(fold=0).utcoffset() != local.replace(fold=1).utcoffset()
    return f"{day}{year} {clock}{':' + seconds if seconds else ''}{f' {local:%Z}' if twice else ''}"


def away(at: datetime, now: datetime) -> str:
    """`in 9 days`, `now`."""
    return f"in {in_words(at - now)}" if at > now else "now"


def said(names: Sequence[str], word: str = "and") -> str:
    """`merges and deploys`, `a, b and c`."""
    return f" {word} ".join(part for part in (", ".join(names[:-1]), *names[-1:]) if part)


def stopped(applies_to: Iterable[Phase]) -> str:
    """`merges and deploys`, in the order in which things happen."""
    named = frozenset(applies_to)
    return said([THINGS[phase] for phase in PHASES if phase in named])


def length(duration: Duration) -> str:
    """`72 h`, `3 days`, `1 day 12 h`; empty for none."""
    minutes = int(duration.elapsed.total_seconds()) // 60
    parts = [
        f"{duration.days} day{'' if duration.days == 1 else 's'}" if duration.days else "",
        f"{minutes // 60} h" if minutes // 60 else "",
        f"{minutes % 60} min" if minutes % 60 else "",
    ]
    return " ".join(part for part in parts if part)


def passes(exempt: Exempt) -> str:
    """What is let through, as a sentence; empty for nothing."""
    rated = said([name for name in reversed(SEVERITIES) if name in exempt.severities], "or")
    subjects = [f"security fixes rated {rated}"] if rated else []
    if exempt.packages:
        subjects.append(f"updates of {said(exempt.packages)}")
    sentence = said(subjects)
    return f"{sentence[0].upper()}{sentence[1:]} pass." if sentence else ""


def about(scope: Scope) -> str:
    """What it is about, as a sentence; empty for everything."""
    parts = []
    if scope.environments:
        parts.append(f"deploys to {said(scope.environments, 'or')}")
    if scope.paths:
        parts.append(f"changes of {said(scope.paths, 'or')}")
    if scope.managers:
        parts.append(f"what {said(scope.managers, 'or')} manages")
    return f"It is about {said(parts)} alone." if parts else ""


def span(one: Freeze, since: datetime, until: datetime, zone: ZoneInfo, now: datetime) -> str:
    """`from Fri 20 Nov 00:00 (72 h before) to Tue 1 Dec 00:00`."""
    lead, tail = length(one.series.lead), length(one.series.tail)
    begins = when(since, zone, now) + (f" ({lead} before)" if lead else "")
    ends = when(until, zone, now) + (f" ({tail} after)" if tail else "")
    return f"from {begins} to {ends}"


def closing(one: Closing, what: Phase, calendar: Calendar, zone: ZoneInfo, now: datetime) -> str:
    """Why `what` is closed, in sentences."""
    if one.kind == "unreadable":
        return f"{one.name} {UNKNOWN}"
    if one.kind == "windows":
        mine = [each for each in calendar.openings if each.calendar == one.calendar and what in each.applies_to]
        whose = f" of the calendar {one.calendar}" if one.calendar else ""
        coming = f"The next opens {when(one.until, zone, now)}." if one.until else "None opens in the next ten years."
        return _joined(f"{THINGS[what].capitalize()} wait for a window{whose}: {one.name}. {coming}", *map(_pass, mine))
    freeze = found(one, calendar.freezes)
    if freeze is None or one.since is None or one.until is None:
        return f"{one.name} holds."
    campaign = f" (the campaign {one.campaign})" if one.campaign and one.campaign != one.name else ""
    return _joined(
        f"{one.name}{campaign} freezes {stopped(freeze.applies_to)} {span(freeze, one.since, one.until, zone, now)}.",
        f"Why: {one.reason.rstrip('.')}." if one.reason else "",
        about(freeze.scope),
        passes(freeze.exempt),
    )


def found(one: Closing, freezes: Sequence[Freeze]) -> Freeze | None:
    """The freeze that closes; of several of one name, the one that has this span."""
    told = (one.name, one.calendar, one.campaign)
    same = [each for each in freezes if (each.name, each.calendar, each.campaign) == told]
    if len(same) > 1 and one.since and one.until:
        span = Span(one.since, one.until)
        same = [each for each in same if span in set(each.series.between(*span))]
    return same[0] if same else None


def _pass(window: Opening) -> str:
    sentence = passes(window.exempt)
    return sentence and f"{sentence.removesuffix(' pass.')} needn't wait for {window.name}."


def _joined(*sentences: str) -> str:
    return " ".join(dict.fromkeys(sentence for sentence in sentences if sentence))
