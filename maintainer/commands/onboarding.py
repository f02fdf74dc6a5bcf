"""`maintainer init --propose`: the configuration and the workflow as a proposal, with what the first run would do."""

import argparse
import time
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from zoneinfo import ZoneInfo

from maintainer import errors
from maintainer.commands import init, plan
from maintainer.commands.context import Context
from maintainer.commands.own import Own, put
from maintainer.commands.plan import Planned
from maintainer.commands.platform import ONBOARDING, Platform
from maintainer.config.load import site_file
from maintainer.platforms.local import alone
from maintainer.workspace.addition import tree_with
from maintainer.workspace.checkout import open_checkout
from maintainer.workspace.git import Git
from maintainer.writers import onboarding, plan_rows, plan_text


def main(context: Context, args: argparse.Namespace) -> int:  # noqa: ARG001 - every command's signature
    """Open the proposal, or renew the one that stands; a person's changes to it, and their closing it, hold."""
    checkout = open_checkout(context.root, context.environment)
    if checkout.git is None:
        raise errors.ConfigurationError(f"{checkout.root} is not in git: `git init`, commit the site, and run again.")
    stands = site_file(checkout.root)
    if stands:
        context.out.write(f"{stands.relative_to(checkout.root)} is here already: there is nothing to set up.\n")
        return 0
    site, carried = init.look(checkout), init.carry(checkout)
    files = {"maintainer.yml": init.configured(site, carried)}
    if site.forge:
        path, ours = init.WORKFLOWS[site.forge]
        files[path] = init.template(ours)
    began = time.perf_counter()
    with TemporaryDirectory(prefix="maintainer-init-") as folder:
        configured = Path(folder) / "maintainer.yml"
        configured.write_text(files["maintainer.yml"], encoding="utf-8", errors="surrogateescape")
        planned = plan.make(replace(context, config=configured))
    platform = planned.platform
    assert platform, "main refuses what is not in git"
    added = {path: text.encode("utf-8", "surrogateescape") for path, text in _missing(checkout.git, platform, files)}
    told = init.onboarding(site, carried, tuple(added), _preview(context, planned, time.perf_counter() - began))
    with alone(platform.folder):
        context.out.write(_said(context, planned, platform, checkout.git, added, onboarding.body(told)))
    return errors.worst({problem.exit_code for problem in planned.plan.problems})


def _missing(git: Git, platform: Platform, files: Mapping[str, str]) -> list[tuple[str, str]]:
    """Nothing that is there is overwritten."""
    there = {entry.path for entry in git.entries(platform.base)}
    return [(path, text) for path, text in files.items() if path not in there]


def _said(
    context: Context, planned: Planned, platform: Platform, git: Git, added: Mapping[str, bytes], body: str
) -> str:
    """Carry it out; the sentence that says what became of it."""
    standing = platform.onboarding
    tree = tree_with(git, platform.base, added)
    if standing and standing.state == "closed" and not standing.closed_by_us:
        return (
            f"A person closed #{standing.number}, and closed stays closed: reopen it, or write the files with "
            "`maintainer init`.\n"
        )
    own = Own(onboarding.TITLE, ONBOARDING, tree, body)
    return put(context, planned.config, platform, git, own, standing)


def _preview(context: Context, planned: Planned, seconds: float) -> str:
    rows = plan_rows.rows(planned.plan, ZoneInfo(planned.config.rulebook.timezone))
    return plan_text.markdown(plan.headline(context, planned), rows, plan_rows.summary(rows, planned.plan, seconds))
