"""The demo's calendar: a sale begins, and nothing moves but a security fix and what a person answers for."""

import argparse
from dataclasses import replace
from datetime import UTC, timedelta
from pathlib import Path

from maintainer import errors
from maintainer.commands import freeze_declare, freeze_list, gate, proposals
from maintainer.commands.context import Context
from maintainer.commands.demo_verify import PERSON
from maintainer.commands.platform import FREEZE
from maintainer.process import minimal, run
from maintainer.workspace.checkout import open_checkout
from maintainer.workspace.history import BRANCH

#: The proposal that is let through, and why.
LET_THROUGH = 5
WHY = "the database plugin loses orders without it"


def shown(context: Context, into: Path) -> Path:
    """Declare a freeze, ask the gate, override it once, draw the coming 90 days; the page with the picture."""
    say, site = context.out.write, context.root
    given = minimal(context.environment, HOME=context.environment.get("HOME", "/"), GIT_CONFIG_GLOBAL="/dev/null")
    say("\n--- A sale begins: nothing moves\n$ maintainer freeze declare 'Winter sale' --for 72h\n\n")
    declared = argparse.Namespace(
        verb="declare", name="Winter sale", since=None, to=None, length="72h", what=None, reason="", here=False
    )
    freeze_declare.main(context, declared)
    git = open_checkout(site, given).git
    assert git
    git.run("config", "user.email", PERSON["GIT_AUTHOR_EMAIL"])
    branch = next(name for name in git.branches() if name.startswith(FREEZE))
    merge = ["git", "merge", "--quiet", "--no-edit", branch]
    done = run(merge, cwd=site, environment=given | PERSON)
    if done.code:
        raise errors.ToolFailed(f"The demo's calendar could not be merged: {done.err.decode(errors='replace')[-400:]}")
    context = replace(context, now=context.now + timedelta(minutes=5))
    say("\n(a person merges it)\n\n$ maintainer gate --all\n\n")
    _gate(context, all=True)
    say(f"\n--- A person takes responsibility for #{LET_THROUGH}\n")
    say(f"$ maintainer proposals override {LET_THROUGH} --reason '{WHY}'\n\n")
    proposals.main(context, argparse.Namespace(verb="override", proposal=str(LET_THROUGH), reason=WHY, lasts=""))
    say(f"\n$ maintainer gate --number {LET_THROUGH}\n\n")
    _gate(context, number=LET_THROUGH)
    month = f"{context.now.astimezone(UTC):%Y-%m}.jsonl"
    say(f"\n$ git show {BRANCH}:{month} | tail -n 1\n\n{git.run('show', f'{BRANCH}:{month}').text.splitlines()[-1]}\n")
    page = into / "freeze.html"
    say(f"\n$ maintainer freeze list --page {page}\n\n")
    listed = argparse.Namespace(verb="list", days=90, page=str(page), what=None, environment="", at=None)
    freeze_list.main(context, listed)
    return page


def _gate(context: Context, *, number: int = 0, all: bool = False) -> None:
    asked = argparse.Namespace(
        number=number, all=all, post=False, what="merge", environment=None, since=None, rollback=False
    )
    gate.main(context, asked)
