"""`maintainer fleet status`: the results of all shards as one page: who is behind, who is vulnerable, what is held."""

import argparse

from maintainer import errors
from maintainer.commands import fleet_origin, fleet_plan, fleet_results, fleet_sites
from maintainer.commands.context import Context
from maintainer.errors import ConfigurationError
from maintainer.platforms import kept
from maintainer.writers import fleet_page, fleet_rows, fleet_text


def main(context: Context, args: argparse.Namespace) -> int:
    """Print the summary, write its page where `--page` says, append to history where `--record` asks."""
    results = fleet_results.read(context, fleet_sites.folder(context, args.folder))
    missing: list[str] = []
    if args.plan:
        made = fleet_plan.read(context.root / args.plan)
        results = {name: one for name, one in results.items() if name in made.sites}
        missing = [name for name in made.sites if name not in results or results[name].plan != made.id]
        results = {name: one for name, one in results.items() if name not in missing}
    if not results and not missing:
        raise ConfigurationError(
            f"{args.folder} holds no result: `maintainer fleet run --results {args.folder}` writes them."
        )
    summary = fleet_rows.summary(results.values(), missing)
    if args.page:
        page = fleet_page.page(summary, args.title, f"{context.now:%Y-%m-%d %H:%M %Z}")
        kept.write(context.root / args.page, page.encode("utf-8", "replace"))
    if context.reports:
        kept.write(context.reports / "summary.md", fleet_text.markdown(summary).encode("utf-8", "replace"))
    if context.format == "json":
        context.out.write(fleet_text.text(summary))
    elif context.format == "markdown":
        context.out.write(fleet_text.markdown(summary))
    else:
        context.out.write(fleet_text.terminal(summary, width=context.width, colour=context.colour))
        if args.page:
            context.out.write(f"look in a browser at {context.root / args.page}\n")
    if args.record:
        history = fleet_origin.history(context)
        if history is None:
            raise ConfigurationError("--record: there is no repository here to keep history in.")
        added = history.append(fleet_results.events(results.values()), context.now)
        context.say(f"{added} events added to history.")
    codes = {one.exit_code for one in results.values()} | ({3} if missing else set())
    return errors.worst(codes) if args.strict else 0
