"""`maintainer fleet run`: the sites of a shard, one after another, each as if it were alone but for what is shared."""

import argparse
import json
import shutil
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from io import StringIO
from pathlib import Path

from maintainer import errors
from maintainer.commands import fleet_origin, fleet_plan, fleet_results, fleet_sites, plan, run
from maintainer.commands.context import Context
from maintainer.commands.fleet_member import Lookups, Member
from maintainer.commands.fleet_plan import Plan
from maintainer.config import access
from maintainer.config.inventory import Entry
from maintainer.config.registries import Registries
from maintainer.config.secrets import masked
from maintainer.config.spelling import printable
from maintainer.errors import ConfigurationError
from maintainer.planning.fleet import left
from maintainer.planning.standing import standing
from maintainer.text.result import Result
from maintainer.workspace.clone import clone
from maintainer.writers.plan_rows import BY_HAND

#: An error is told in so many characters; the log of its shard has all of it.
LONGEST_ERROR = 2000


@dataclass(frozen=True, slots=True)
class Shift:
    """What all sites of a shard share: the inventory's folder, the plan, the look-ups, a folder for clones."""

    folder: Path
    plan: Plan
    lookups: Lookups
    scratch: Path


def main(context: Context, args: argparse.Namespace) -> int:
    """Look after the sites of a shard, or after all; the exit code is that of the worst site."""
    inventory = fleet_sites.opened(context, args)
    results = context.root / args.results
    if args.plan:
        made = fleet_plan.read(context.root / args.plan)
        entries = sites_of(made, args.shard, inventory.entries(made.found))
    else:
        if args.shard:
            raise ConfigurationError("--shard: which sites a shard has is said by a plan. Name its file with --plan.")
        found = tuple(fleet_sites.found(context, inventory, args.listing))
        entries = fleet_sites.chosen(inventory.entries(found), args.tag, args.site)
        identity = args.id or fleet_plan.usual_id(context, entries, args.story)
        made = Plan(identity, args.story, tuple(entry.name for entry in entries), (), found)
    done = fleet_results.read(context, results) if args.resume and results.is_dir() else {}
    todo = set(left({entry.name: entry.digest for entry in entries}, made.id, fleet_plan.finished(done)))
    codes = {done[entry.name].exit_code for entry in entries if entry.name not in todo}
    lookups = Lookups(access.credentials(Registries(), context.environment))
    with tempfile.TemporaryDirectory(prefix="maintainer-fleet-") as scratch:
        shift = Shift(inventory.folder, made, lookups, Path(scratch))
        for entry in entries:
            if entry.name in todo:
                one = looked_after(context, shift, entry)
                fleet_results.write(results, one)
                context.say(printable(told(one)))
                codes.add(one.exit_code)
    if len(todo) < len(entries):
        context.say(f"{len(entries) - len(todo)} of {len(entries)} sites had a result of this plan already.")
    return errors.worst(codes)


def sites_of(made: Plan, number: int | None, entries: Sequence[Entry]) -> tuple[Entry, ...]:
    """The sites of a shard, of all shards without a number. Raises ConfigurationError."""
    shards = [shard for shard in made.shards if number in (None, shard.number)]
    if number is not None and not shards:
        raise ConfigurationError(f"--shard: the plan has {len(made.shards)} shards, and no shard {number}.")
    known = {entry.name: entry for entry in entries}
    for name in (name for shard in shards for name in shard.sites):
        if name not in known:
            raise ConfigurationError(f"The plan names {name}, and the inventory doesn't any more. Plan again.")
    return tuple(known[name] for shard in shards for name in shard.sites)


def looked_after(context: Context, shift: Shift, entry: Entry) -> Result:
    """One site's result; whatever goes wrong costs this site alone."""
    began, asked = time.perf_counter(), shift.lookups.sent()
    blank = Result(
        entry.name, str(entry.where), shift.plan.id, entry.digest, shift.plan.story, context.now.isoformat(),
        seconds=0.0, requests=0, exit_code=0, tags=entry.tags,
    )  # fmt: skip
    try:
        made = _done(context, shift, entry, blank)
    except errors.MaintainerError as error:
        made = replace(blank, exit_code=error.exit_code, error=_shortened(context, error.message))
    except Exception as error:
        from maintainer.commands.bug_report import block

        context.say(block(error, ["fleet", "run"], context.environment))
        sentence = f"This is a bug in maintainer: {type(error).__name__}. The log of the shard says what to report."
        made = replace(blank, exit_code=70, error=sentence)
    seconds = round(time.perf_counter() - began, 2)
    return replace(made, seconds=seconds, requests=shift.lookups.sent() - asked)


def _done(context: Context, shift: Shift, entry: Entry, blank: Result) -> Result:
    """Bring the site here, do what is to be done, and read what it said. Raises as the story does."""
    whole = shift.plan.story == "run"
    if entry.where.kind == "path" and (shift.folder / entry.where.place / ".git").exists():
        return _told(context, shift, entry, shift.folder / entry.where.place, blank)
    if whole and fleet_origin.forge_of(entry) == "local":
        raise ConfigurationError(
            f"{entry.name}: {entry.where} has no forge that proposals could be opened on, and they would be lost with "
            "the clone. Write github:owner/name or gitlab:group/name, or use --story plan."
        )
    into = shift.scratch / "site"
    try:
        url, header = fleet_origin.address(entry, shift.folder, context.environment)
        clone(url, into, context.environment, header=header, branch=entry.branch, whole=whole)
        return _told(context, shift, entry, into, blank)
    finally:
        shutil.rmtree(into, ignore_errors=True)


def _told(context: Context, shift: Shift, entry: Entry, root: Path, blank: Result) -> Result:
    """Plan or run in `root`, in this process, and make a result of the JSON it prints: a stable seam."""
    forge = fleet_origin.spoken(entry, context.environment)
    if shift.plan.story == "plan" and not fleet_origin.known(forge):
        forge = {"MAINTAINER_PLATFORM": "local"}  # what is public can be planned by everyone
    site = replace(
        context,
        root=root.resolve(),
        environment=fleet_origin.seen(entry, context.environment),
        out=StringIO(),
        err=StringIO(),
        interactive=False,
        colour=False,
        format="json",
        config=None,
        reports=None,
        member=Member(entry.central, shift.lookups, forge),
    )
    story = run.main if shift.plan.story == "run" else plan.main
    code = story(site, argparse.Namespace())
    assert isinstance(site.out, StringIO)
    document = json.loads(site.out.getvalue())
    return replace(blank, exit_code=code, standing=standing(document, BY_HAND))


def _shortened(context: Context, message: str) -> str:
    text = masked(message, context.environment)
    return text if len(text) <= LONGEST_ERROR else text[:LONGEST_ERROR] + "…"


def told(one: Result) -> str:
    """A line for the log."""
    if one.standing is None:
        return f"{one.site}: {one.error}"
    counts = [f"{one.count(name)} {name}" for name in ("vulnerable", "behind", "held", "problems") if one.count(name)]
    opened = [f"{one.count(name)} {name}" for name in ("opened", "refreshed", "closed") if one.count(name)]
    did = opened if one.story == "run" else []
    return f"{one.site}: {', '.join([*counts, *did]) or 'up to date'} · {one.seconds:.1f} s, {one.requests} requests"
