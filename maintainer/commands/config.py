"""`config check | show | schema`: whether the configuration can be used, what it says in effect, and its grammar."""

import argparse
import json
from collections.abc import Iterator
from zoneinfo import ZoneInfo

from maintainer.commands.context import Context
from maintainer.config.fields import Section
from maintainer.config.load import Config, load, origin, repository
from maintainer.config.spelling import quoted
from maintainer.config.validation import plain
from maintainer.config.yaml_file import Node, Path, Scalar, Sequence, Table, dotted
from maintainer.policy.calendar import HORIZONS


def main(context: Context, args: argparse.Namespace) -> int:
    """Answer one of the three; raises ConfigurationError for a configuration that can't be used."""
    if args.verb == "schema" and args.fleet:
        from maintainer.config import inventory_schema

        context.out.write(inventory_schema.text())
        return 0
    if args.verb == "schema":
        from maintainer.config import schema

        context.out.write(schema.reference() if context.format == "markdown" else schema.text())
        return 0
    config = load(context.root, context.environment, file=context.config)
    if args.verb == "check":
        from maintainer.commands import config_release  # takes a while, for what languages there are

        config_release.look(config, repository(context.root.resolve()))
        check(context, config)
    else:
        show(context, config)
    return 0


def check(context: Context, config: Config) -> None:
    """Say that it can be used, and what in it other programs may read otherwise."""
    notes = [*config.notes, *over(context, config)]
    if context.format == "json":
        answer = {"schema": 1, "file": config.file, "extends": list(extends(config)), "notes": notes}
        context.out.write(json.dumps(answer, indent=2, ensure_ascii=False) + "\n")
        return
    for note in notes:
        print(note, file=context.out)
    subject = config.file or "No maintainer.yml, so the default policy alone applies: it"
    rules, freezes = len(config.settings.updates.rules), len(config.settings.freeze)
    parts = [f"policies {', '.join(extends(config))}", counted(rules, "rule"), counted(freezes, "freeze")]
    print(f"{subject} can be used: {' · '.join(parts)}.", file=context.out)


def over(context: Context, config: Config) -> Iterator[str]:
    """Pins and freezes whose time has passed, and which do nothing any more."""
    zone = ZoneInfo(config.rulebook.timezone)
    today = context.now.astimezone(zone).date()
    for index, pin in enumerate(config.settings.updates.pins):
        if pin.until < today:
            where = config.origins[f"updates.pins[{index}].until"]
            yield f"{where}: updates.pins[{index}]: {pin.package} was pinned until {pin.until}. Remove it, or renew it."
    for index, freeze in enumerate(config.settings.freeze):
        if not any(freeze.series(zone).between(context.now, context.now + HORIZONS[-1])):
            where = config.origins[f"freeze[{index}].to"]
            yield f"{where}: freeze[{index}]: {quoted(freeze.name)} is over. Remove it, or give it new dates."


def counted(number: int, thing: str) -> str:
    """`1 rule`, `3 rules`."""
    return f"{number} {thing}" if number == 1 else f"{number} {thing}s"


def extends(config: Config) -> tuple[str, ...]:
    """All policies beneath, the lowest first."""
    return ("default", *(name for name in config.settings.extends if name != "default"))


def show(context: Context, config: Config) -> None:
    """Print every effective value and where it comes from."""
    rows = [(dotted(path), value, place) for path, value, place in values(config.tree, config.whole)]
    match context.format:
        case "json":
            listed = [{"key": key, "value": value, "origin": place} for key, value, place in rows]
            answer = {"schema": 1, "settings": plain(config.tree), "values": listed}
            context.out.write(json.dumps(answer, indent=2, ensure_ascii=False) + "\n")
        case "markdown":
            print("| key | value | from |\n|---|---|---|", file=context.out)
            for row in rows:
                print(f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in row)} |", file=context.out)
        case _ if context.out.isatty() or context.colour:
            table(context, rows)
        case _:
            for key, value, place in rows:
                print(f"{key}: {value}  # {place}", file=context.out)


def table(context: Context, rows: list[tuple[str, str, str]]) -> None:
    """The rows in columns, folded at the terminal's width."""
    from rich.console import Console
    from rich.table import Table as Rich
    from rich.text import Text

    made = Rich(box=None, pad_edge=False, header_style="bold")
    made.add_column("key", overflow="fold", style="cyan")
    made.add_column("value", overflow="fold")
    made.add_column("from", overflow="fold", style="dim")
    for row in rows:
        made.add_row(*map(Text, row))
    Console(file=context.out, width=context.width, force_terminal=context.colour, no_color=not context.colour).print(
        made
    )


def values(node: Node, said: object, path: Path = ()) -> Iterator[tuple[Path, str, str]]:
    """Path, value and origin of every value; a list of single values is one.

    `said` is what the settings made of the node: it tells what is built in where no file says anything.
    """
    match node:
        case Scalar():
            yield path, node.text or "(empty)", origin(node.at)
        case Sequence() if all(isinstance(item, Scalar) for item in node.items):
            yield path, ", ".join(str(plain(item)) for item in node.items) or "(none)", origin(node.at)
        case Sequence():
            for index, item in enumerate(node.items):
                yield from values(item, said[index] if isinstance(said, tuple) else None, (*path, index))
        case Table() if isinstance(said, Section):
            for name, about in type(said).model_fields.items():
                key = about.alias or name
                if key in node.items:
                    yield from values(node.items[key], getattr(said, name), (*path, key))
                else:
                    yield from built_in(getattr(said, name), (*path, key))
        case Table():
            for key, child in node.items.items():
                yield from values(child, None, (*path, key))


def built_in(said: object, path: Path) -> Iterator[tuple[Path, str, str]]:
    """What holds without being written anywhere; nothing, where it says nothing."""
    if isinstance(said, Section):
        for name, about in type(said).model_fields.items():
            yield from built_in(getattr(said, name), (*path, about.alias or name))
    elif isinstance(said, tuple) and said:
        yield path, ", ".join(map(str, said)), "built in"
    elif said is not None and said not in ("", ()):
        yield path, str(said), "built in"
