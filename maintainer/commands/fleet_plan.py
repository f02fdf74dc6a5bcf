"""`maintainer fleet plan`: which sites there are, and who looks after which: shards for the jobs of a CI."""

import argparse
import hashlib
import json
from dataclasses import asdict, dataclass
from datetime import timedelta
from pathlib import Path
from typing import Literal

from pydantic import TypeAdapter

from maintainer import errors
from maintainer.commands import fleet_origin, fleet_results, fleet_sites
from maintainer.commands.context import Context
from maintainer.config.inventory import Entry, Found
from maintainer.errors import ConfigurationError
from maintainer.planning.fleet import Done, Shard, balanced, left
from maintainer.platforms import kept
from maintainer.text.result import Result
from maintainer.writers import fleet_ci

Story = Literal["plan", "run"]

#: How far back the cost of a site is looked for.
RECENT = timedelta(days=62)
LARGEST = 16 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Plan:
    """What the jobs of one run over the fleet are told: all `sites`, and in shards those that are left to do."""

    id: str
    story: Story
    sites: tuple[str, ...]
    shards: tuple[Shard, ...]
    found: tuple[Found, ...] = ()
    schema: Literal[1] = 1
    kind: Literal["plan"] = "plan"


_KIND = TypeAdapter(Plan)


def main(context: Context, args: argparse.Namespace) -> int:
    """Print the shards, in the form of a CI where one is named; `--out` keeps the plan for its jobs."""
    most = fleet_ci.MOST.get(args.ci or "", 0)
    if args.shards < 1 or args.parallel < 1:
        raise ConfigurationError("--shards and --parallel: write a number from 1.")
    if most and args.shards > most:
        raise ConfigurationError(
            f"--shards: {args.shards} are more jobs than {args.ci} takes at once. Write {most} or less; a shard may "
            "hold many sites."
        )
    inventory = fleet_sites.opened(context, args)
    found = tuple(fleet_sites.found(context, inventory, args.listing))
    entries = fleet_sites.chosen(inventory.entries(found), args.tag, args.site)
    identity = args.id or usual_id(context, entries, args.story)
    done: dict[str, Result] = {}
    if args.resume:
        done = fleet_results.read(context, fleet_sites.folder(context, args.resume))
    todo = left({entry.name: entry.digest for entry in entries}, identity, finished(done))
    shards = balanced(todo, costs(context, args), args.shards)
    made = Plan(identity, args.story, tuple(entry.name for entry in entries), shards, found)
    if args.out:
        kept.write(context.root / args.out, text(made).encode())
    shown(context, args, made)
    return 0


def usual_id(context: Context, entries: tuple[Entry, ...], story: Story) -> str:
    """The CI's own id of this run, which is the same when a person repeats its failed jobs; else one of the day."""
    for name in ("GITHUB_RUN_ID", "CI_PIPELINE_ID"):
        if context.environment.get(name):
            return f"{name.partition('_')[0].lower()}-{context.environment[name]}-{story}"[:100]
    told = json.dumps([story, *((entry.name, entry.digest) for entry in entries)])
    return f"{context.now:%Y-%m-%d}-{hashlib.sha256(told.encode()).hexdigest()[:8]}"


def finished(results: dict[str, Result]) -> dict[str, Done]:
    """What was done of which plan; what ended in an error was not."""
    return {name: Done(one.plan, one.entry) for name, one in results.items() if one.standing}


def costs(context: Context, args: argparse.Namespace) -> dict[str, float]:
    """The seconds each site took last: by results that were kept, else by this repository's history."""
    if args.costs:
        return fleet_results.costs(fleet_results.read(context, fleet_sites.folder(context, args.costs)))
    try:
        history = fleet_origin.history(context)
        known = history.read(context.now - RECENT) if history else None
    except errors.OutsideError as error:
        context.say(f"{error} Shards are made as if all sites cost the same.")
        return {}
    for sentence in known.damaged if known else ():
        context.say(sentence)
    return fleet_results.costs_of(known.events) if known else {}


def shown(context: Context, args: argparse.Namespace, made: Plan) -> None:
    """The plan as it was asked for."""
    if args.ci == "github":
        context.out.write(fleet_ci.github(made.shards))
    elif args.ci == "gitlab":
        if not args.out:
            raise ConfigurationError("--out: the jobs of the child pipeline read the plan from a file. Name one.")
        context.out.write(
            fleet_ci.gitlab(
                made.shards,
                parallel=args.parallel,
                plan=args.out,
                results=args.results,
                inventory=args.inventory or fleet_sites.NAMES[0],
                image=args.image,
                before=args.before,
            )
        )
    elif context.format == "json":
        context.out.write(text(made))
    else:
        for shard in made.shards:
            context.out.write(f"shard {shard.number}  {shard.seconds:.0f} s  {', '.join(shard.sites)}\n")
        todo = sum(len(shard.sites) for shard in made.shards)
        context.out.write(f"{len(made.sites)} sites, {todo} to do in {len(made.shards)} shards · plan {made.id}\n")


def text(made: Plan) -> str:
    """The plan's file."""
    return json.dumps(asdict(made), indent=1) + "\n"


def read(path: Path) -> Plan:
    """The plan in a file. Raises ConfigurationError."""
    try:
        with path.open("rb") as stream:
            return _KIND.validate_python(json.loads(stream.read(LARGEST)))
    except (OSError, ValueError, RecursionError):
        raise ConfigurationError(
            f"{path}: is no plan of a fleet. `maintainer fleet plan --out FILE` writes one."
        ) from None
