"""`freeze declare` and `freeze lift`: a change of the calendar as a proposal, or made in place.

It holds once it is merged. A freeze without times is an emergency's: from now on, for 24 hours.
"""

import argparse
import re
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any, Literal
from zoneinfo import ZoneInfo

from maintainer import errors
from maintainer.commands import freeze_change, freeze_words, outside, own
from maintainer.commands.context import Context
from maintainer.commands.freeze import keep, say
from maintainer.commands.freeze_change import Changed, File
from maintainer.commands.freeze_forecast import coming, origin, wall
from maintainer.commands.freeze_time import length_of, moment_of
from maintainer.commands.platform import FREEZE, Platform, open_platform
from maintainer.config.load import FOLDERS, NAMES, site_file
from maintainer.planning.branch import slug
from maintainer.planning.reconcile import THEIRS, is_touched
from maintainer.platforms.local import alone
from maintainer.policy.calendar import Subject, closings
from maintainer.policy.rulebook import Phase
from maintainer.policy.wall_clock import Duration, clock, instant
from maintainer.text.inert import shown
from maintainer.workspace.addition import tree_with
from maintainer.workspace.checkout import Checkout, decode, open_checkout
from maintainer.writers import freeze_proposal
from maintainer.writers.freeze_proposal import Told

#: How long an emergency's freeze is.
EMERGENCY = Duration(elapsed=timedelta(hours=24))
LONGEST = 100
#: Characters of a name that its branch shows.
SHOWN = 40
NEW = "maintainer.yml"
ADDS = (
    "The gate lets a proposal through that only adds a freeze, so no other freeze keeps this one from being merged.",
    "Until then nothing is frozen by it.",
)
TAKES = ("Until then it holds as before; where a freeze holds this proposal too, the gate needs an override for it.",)


@dataclass(frozen=True, slots=True)
class Wish:
    """What a person asks for."""

    verb: Literal["declare", "lift"]
    name: str
    reason: str
    #: Of a freeze that is declared: its keys but for the name, and whether its times were given.
    keys: dict[str, Any]
    stated: bool = False

    @property
    def title(self) -> str:
        return f"{'Declare' if self.verb == 'declare' else 'Lift'} the freeze {self.name}"

    @property
    def branch(self) -> str:
        """One for each name, whatever it is made of."""
        shown = slug(self.name)[:SHOWN].strip("-._")
        mark = sha256(self.name.encode("utf-8", "surrogatepass")).hexdigest()[:8]
        exact = shown == self.name and not re.search(r"-[0-9a-f]{8}$", shown) and not shown.endswith("lock")
        named = shown if exact else f"{shown}-{mark}" if shown else mark
        return f"{FREEZE}{'' if self.verb == 'declare' else 'lift--'}{named}"


@dataclass(frozen=True, slots=True)
class Done:
    """What became of a wish, for people and programs: `changed` None where there is nothing to change."""

    sentence: str
    changed: Changed | None = None


def main(context: Context, args: argparse.Namespace) -> int:
    """Do one of the two; raises ConfigurationError for what can't be done, and says why."""
    checkout = open_checkout(context.root, context.environment)
    if args.here or checkout.git is None:
        _here(context, checkout, args)
    else:
        _propose(context, checkout, args)
    return 0


def _wish(context: Context, args: argparse.Namespace, zone: ZoneInfo) -> Wish:
    name, reason = _line("NAME", args.name, LONGEST), _line("--reason", args.reason, 500) if args.reason else ""
    if args.verb == "lift":
        return Wish("lift", name, reason, {})
    if args.to and args.length:
        raise errors.ConfigurationError("--to and --for both say when it ends: give one.")
    keys = _times(args, context.now, zone)
    if args.what:
        keys["applies_to"] = [phase for phase in freeze_words.PHASES if phase in args.what]
    if reason:
        keys["reason"] = reason
    return Wish("declare", name, reason, keys, stated=bool(args.since or args.to or args.length))


def _times(args: argparse.Namespace, now: datetime, zone: ZoneInfo) -> dict[str, Any]:
    """`from` and `to` as the file has them: on the site's clock, with offsets where it shows one of them twice."""
    since = moment_of(args.since, now, zone).replace(microsecond=0)
    if not args.since:
        since = since.replace(second=0)  # what has begun has
    until = moment_of(args.to, now, zone) if args.to else _length(args).after(since, zone)
    whole = bool(args.to) and re.fullmatch(r"\d{4}-\d\d-\d\d", args.to) is not None
    if whole:
        until = instant(clock(until, zone) + timedelta(days=1), zone)
    if until <= since:
        begins = freeze_words.when(since, zone, now)
        raise errors.ConfigurationError(f"--to: {args.to} is before it begins, {begins}. Write a later one.")
    if all(_is_exact(at, zone) for at in (since, until)):
        return {"from": _written(clock(since, zone)), "to": args.to if whole else _written(clock(until, zone))}
    return {"from": _written(since.astimezone(zone)), "to": _written(until.astimezone(zone))}


def _length(args: argparse.Namespace) -> Duration:
    return length_of(args.length) if args.length else EMERGENCY


def _is_exact(at: datetime, zone: ZoneInfo) -> bool:
    """Whether what the clock shows then says which moment it is."""
    return instant(clock(at, zone).replace(fold=0), zone) == at


def _written(at: datetime) -> str:
    return at.isoformat(timespec="seconds" if at.second else "minutes")


def _line(what: str, text: str, longest: int) -> str:
    flat = " ".join(text.split())
    if not flat or len(flat) > longest or not flat.isprintable():
        raise errors.ConfigurationError(
            f"{what} is a text of 1 to {longest} characters that can be printed. Write another."
        )
    return flat


# what changes


def _carried_out(file: File, wish: Wish) -> Done:
    """The change, read again; raises ConfigurationError."""
    known = file.named(wish.name)
    if wish.verb == "lift":
        return _lift(file, wish, bool(known))
    if known is None:
        changed = freeze_change.declared(file, {"name": wish.name, **wish.keys})
        return Done(_span(changed, file, wish.name), changed)
    now, zone = file.context.now, file.zone
    times = coming(known.series(zone), now)
    same = not wish.stated or _same(file, wish)
    if times and same:
        until = freeze_words.when(times.ends, zone, now)
        return Done(f"{wish.name} is declared already, until {until} ({zone}): {_where(file, wish.name)}.")
    raise errors.ConfigurationError(
        f"{_where(file, wish.name)}: there is a freeze {wish.name} already. Give this one another name, or change that."
    )


def _same(file: File, wish: Wish) -> bool:
    known = file.named(wish.name)
    asked = freeze_change.stated({"name": wish.name, **wish.keys})
    return known is not None and known.series(file.zone) == asked.series(file.zone)


def _lift(file: File, wish: Wish, known: bool) -> Done:
    if not known:
        if campaign := origin(file.config, "campaigns", wish.name):
            raise errors.ConfigurationError(f"{campaign}: {wish.name} is a campaign's: write `freeze: false` there.")
        names = [one.name for one in file.config.settings.freeze]
        told = f"Freezes are {freeze_words.said(names)}." if names else "There is none."
        raise errors.ConfigurationError(f"{file.path} has no freeze {wish.name}. {told}")
    changed = freeze_change.lifted(file, wish.name, file.context.now)
    if changed is None:
        return Done(f"{wish.name} is over: there is nothing to lift.")
    zone, now = file.zone, file.context.now
    if changed.times:
        since, until = (freeze_words.when(at, zone, now) for at in (changed.times.begins, changed.times.ends))
        return Done(f"{wish.name} is left out once, from {since} to {until} ({zone}).", changed)
    return Done(f"{wish.name} is taken off the calendar.", changed)


def _span(changed: Changed, file: File, name: str) -> str:
    freeze = next(one for one in changed.config.rulebook.calendar.freezes if one.name == name)
    span = next(iter(freeze.series.between(datetime.min.replace(year=1971, tzinfo=file.zone), _FAR)), None)
    assert span, "a freeze that ends after it begins"
    told = freeze_words.span(freeze, span.since, span.until, file.zone, file.context.now)
    passes = freeze_words.passes(freeze.exempt)
    return f"{name} freezes {freeze_words.stopped(freeze.applies_to)} {told} ({file.zone}). {passes}"


_FAR = datetime(9100, 1, 1, tzinfo=ZoneInfo("UTC"))


def _where(file: File, name: str) -> str:
    return origin(file.config, "freeze", name) or file.path


def _still(changed: Changed, file: File) -> str:
    """What holds all the same once a freeze is lifted."""
    now = file.context.now
    phases: tuple[Phase, ...] = ("merge", "deploy")
    held = [one for phase in phases for one in closings(changed.config.rulebook.calendar, now, Subject(phase))]
    names = list(dict.fromkeys(one.name for one in held))
    return f"What holds all the same: {freeze_words.said(names)}." if names else ""


# in place


def _here(context: Context, checkout: Checkout, args: argparse.Namespace) -> None:
    path = context.config or site_file(checkout.root) or checkout.root / NEW
    shown = path.relative_to(checkout.root).as_posix() if path.is_relative_to(checkout.root) else path.as_posix()
    file = freeze_change.read(context, checkout.root, shown, _text(path, shown))
    wish = _wish(context, args, file.zone)
    done = _carried_out(file, wish)
    if done.changed:
        keep(path, done.changed.text.encode("utf-8", "surrogateescape"))
    still = _still(done.changed, file) if done.changed and wish.verb == "lift" else ""
    written = f"{shown} says so now: commit it, and it holds." if done.changed else ""
    _answer(context, wish, done, " ".join(part for part in (done.sentence, still, written) if part), file)


def _text(path: Path, shown: str) -> str:
    try:
        return decode(path.read_bytes(), shown) if path.exists() else ""
    except OSError as error:
        raise errors.ConfigurationError(f"{shown} can't be read: {error.strerror}.") from None
    except errors.Unreadable as error:
        raise errors.ConfigurationError(error.message) from None


# as a proposal


def _propose(context: Context, checkout: Checkout, args: argparse.Namespace) -> None:
    assert checkout.git
    config = outside.configuration(context, checkout.root)
    platform = open_platform(context, config, checkout, outside.open_http(context, config, checkout.root))
    if platform is None:
        raise errors.ConfigurationError(f"{checkout.root} has no commit yet: commit the site, or write --here.")
    with alone(platform.folder):
        platform.proposals.settle()
        file = _committed(context, checkout, platform.base)
        wish = _wish(context, args, file.zone)
        _refuse_what_is_only_proposed(platform, file, wish)
        done = _carried_out(file, wish)
        if done.changed is None:
            _answer(context, wish, done, done.sentence, file)
            return
        standing = own.newest(platform, wish.branch)
        if standing and standing.state == "open":
            kept = _kept(context, checkout, wish, standing.head)
            if is_touched(standing) or kept:
                sentence = kept if kept and not is_touched(standing) else THEIRS
                _answer(context, wish, done, f"#{standing.number}: {sentence}{own.at(standing)}", file)
                return
        data = done.changed.text.encode("utf-8", "surrogateescape")
        tree = tree_with(checkout.git, platform.base, {file.path: data})
        still = _still(done.changed, file) if wish.verb == "lift" else ""
        told = Told(wish.title, file.path, (done.sentence, still), wish.reason, platform.branch, _next(wish))
        mine = own.Own(wish.title, wish.branch, tree, freeze_proposal.body(told))
        sentence = own.put(context, config, platform, checkout.git, mine, standing).rstrip("\n")
    hint = "" if platform.board else f" Merge it with: git merge {wish.branch}."
    _answer(context, wish, done, f"{sentence}\n{done.sentence} It holds once that is merged.{hint}", file)


def _refuse_what_is_only_proposed(platform: Platform, file: File, wish: Wish) -> None:
    if wish.verb == "lift" and file.named(wish.name) is None:
        declared = own.newest(platform, replace(wish, verb="declare").branch)
        if declared and declared.state == "open":
            raise errors.ConfigurationError(f"{wish.name} is only proposed so far: close #{declared.number} instead.")


def _next(wish: Wish) -> tuple[str, ...]:
    return ADDS if wish.verb == "declare" else TAKES


def _committed(context: Context, checkout: Checkout, commit: str) -> File:
    """The site's file as it is in a commit; a new one where it has none. Raises ConfigurationError."""
    snapshot = checkout.at(commit)
    there = [f"{folder}{name}" for folder in FOLDERS for name in NAMES if f"{folder}{name}" in snapshot.tracked()]
    if context.config:
        named = context.config.resolve()
        path = named.relative_to(checkout.root).as_posix() if named.is_relative_to(checkout.root) else ""
        if path not in snapshot.tracked():
            raise errors.ConfigurationError(f"{context.config} is not committed in {checkout.root}: write --here.")
        there = [path]
    if len(there) > 1:
        raise errors.ConfigurationError(
            f"{' and '.join(there)} are both there. Keep one; which is meant can't be known."
        )
    if not there:
        return freeze_change.read(context, checkout.root, NEW, "")
    try:
        text = decode(snapshot.read(there[0]), there[0])
    except errors.Unreadable as error:
        raise errors.ConfigurationError(error.message) from None
    return freeze_change.read(context, checkout.root, there[0], text)


def _kept(context: Context, checkout: Checkout, wish: Wish, head: str) -> str:
    """Why an open proposal stays as it is: it says what is asked for. Empty where it doesn't."""
    if wish.verb == "lift" or wish.stated:
        return ""
    try:
        file = _committed(context, checkout, head)
    except errors.ConfigurationError:
        return ""
    known = file.named(wish.name)
    times = known and coming(known.series(file.zone), context.now)
    return "proposes it already, and waits to be merged" if times else ""


def _answer(context: Context, wish: Wish, done: Done, sentence: str, file: File) -> None:
    if context.format != "json":
        context.out.write(f"{shown(sentence)}\n")
        return
    document = {
        "schema": 1,
        "answer": wish.verb,
        "name": wish.name,
        "at": wall(context.now, file.zone),
        "zone": str(file.zone),
        "file": file.path,
        "branch": wish.branch,
        "changed": done.changed is not None,
        "sentence": " ".join(sentence.split()),
    }
    say(context, document)
