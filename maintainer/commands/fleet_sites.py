"""From an inventory to sites: those it names, those its owners have, and those that were asked for."""

import argparse
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from maintainer.commands import fleet_origin
from maintainer.commands.context import Context
from maintainer.config import inventory, repositories
from maintainer.config.inventory import Entry, Found, Inventory
from maintainer.config.spelling import nearest, quoted
from maintainer.errors import ConfigurationError
from maintainer.platforms.listing import FileListing, Listing, matching
from maintainer.policy.globs import any_matches

NAMES = ("fleet.yml", "fleet.yaml")


def opened(context: Context, args: argparse.Namespace) -> Inventory:
    """The inventory that was named, or the one that is here. Raises ConfigurationError."""
    if args.inventory:
        return inventory.load(context.root / args.inventory)
    there = [context.root / name for name in NAMES if (context.root / name).exists()]
    if len(there) != 1:
        what = "Both fleet.yml and fleet.yaml are" if there else "No fleet.yml is"
        raise ConfigurationError(f"{what} in {context.root}: name the inventory with --inventory.")
    return inventory.load(there[0])


def found(context: Context, made: Inventory, listing: str | None) -> list[Found]:
    """The repositories of the inventory's owners, by a file's word or by the forge's. Raises as `Listing.lists`."""
    listed: list[Found] = []
    for at, owned in enumerate(made.fleet.owners):
        forge, _, owner = owned.owner.partition(":")
        if listing:
            source: Listing = FileListing(context.root / listing)
        else:
            source = fleet_origin.listing(context, forge, owner, owned.token_env or "")
        for one in matching(source.lists(owner, owned.topics, owned.archived), owner, owned.topics, owned.archived):
            name = one.path[len(owner) + 1 :]
            if (one.fork and not owned.forks) or (owned.only and not any_matches(owned.only, (name,))):
                continue
            try:
                repositories.repository(f"{forge}:{one.path}")
                repositories.branch(one.branch or "main")
            except ValueError as error:
                context.say(f"{owned.owner}: {error} It is left out: name it in `sites`, in another way.")
                continue
            listed.append(Found(at, one.path, one.branch))
    return listed


def chosen(entries: Sequence[Entry], tags: Iterable[str], names: Iterable[str]) -> tuple[Entry, ...]:
    """The entries with all these tags, and with one of these names if any is given. Raises ConfigurationError."""
    wanted, named = set(tags), set(names)
    known: Mapping[str, Entry] = {entry.name: entry for entry in entries}
    for name in sorted(named - known.keys()):
        raise ConfigurationError(f"--site: {quoted(name)} is not in the inventory.{nearest(name, known)}")
    picked = tuple(entry for entry in entries if wanted <= set(entry.tags) and (not named or entry.name in named))
    if not picked:
        raise ConfigurationError(f"No site of the inventory has all of: {', '.join(sorted(wanted))}.")
    return picked


def folder(context: Context, text: str) -> Path:
    """A folder of results that is to be read. Raises ConfigurationError."""
    path = context.root / text
    if not path.is_dir():
        raise ConfigurationError(f"{path} is no folder: give the one that `maintainer fleet run` wrote results to.")
    return path
