"""The demo's release: what went in, told to the owner in two languages, with a tag and a release."""

import argparse
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from maintainer import errors
from maintainer.commands import release, release_notes
from maintainer.commands.context import Context
from maintainer.commands.demo_gate import LET_THROUGH
from maintainer.commands.demo_verify import PERSON
from maintainer.commands.plan import local_proposals
from maintainer.model import Proposal
from maintainer.process import minimal, run
from maintainer.workspace.checkout import open_checkout

LANGUAGES = ("en", "pl")
#: The demo's sale is over by then.
AFTER = timedelta(days=4)


def shown(context: Context, into: Path) -> Path:
    """Merge what the gate lets through, write the notes, release it; the page of the notes in English."""
    say, site = context.out.write, context.root
    given = minimal(context.environment, HOME=context.environment.get("HOME", "/"), GIT_CONFIG_GLOBAL="/dev/null")
    say("\n--- A person merges what the gate lets through, and it is released\n")
    for one in _let_through(context):
        say(f"$ git merge --no-ff {one.branch}\n")
        merge = ["git", "merge", "--quiet", "--no-ff", "--no-edit", one.branch]
        done = run(merge, cwd=site, environment=given | PERSON)
        if done.code:
            raise errors.ToolFailed(f"{one.branch} could not be merged: {done.err.decode(errors='replace')[-400:]}")
    context = replace(context, now=context.now + timedelta(minutes=10))
    notes = into / "notes"
    asked = argparse.Namespace(
        since="", to="", version="", pre="", language=[], tone=None, into=None, explain=False, offline=False
    )
    for language in LANGUAGES:
        say(f"\n$ maintainer release notes --language {language}\n\n")
        release_notes.main(context, argparse.Namespace(**vars(asked) | {"language": [language]}))
    wanted = argparse.Namespace(version="", pre="", verb=None)
    say("\n$ maintainer release\n\n")
    release.main(context, wanted)
    say("\n--- The sale is over\n$ maintainer release\n\n")
    context = replace(context, now=context.now + AFTER)
    if release.main(context, wanted):
        raise errors.PolicyRefusal("The demo's release is held, although nothing is frozen any more.")
    say(f"\n$ maintainer release notes --to v{_version(context)} --language en --language pl --into {notes}\n\n")
    made = {"to": f"v{_version(context)}", "language": [*LANGUAGES], "into": str(notes)}
    release_notes.main(context, argparse.Namespace(**vars(asked) | made))
    return notes / "release-notes.en.html"


def _version(context: Context) -> str:
    git = open_checkout(context.root, context.environment).git
    assert git
    return git.line("describe", "--tags", "--abbrev=0").removeprefix("v")


def _let_through(context: Context) -> Iterator[Proposal]:
    """The security fix, which the freeze lets through by itself, and what a person took responsibility for."""
    proposals = local_proposals(context, open_checkout(context.root, context.environment))
    assert proposals
    for one in proposals.all():
        if one.state == "open" and one.number in (1, LET_THROUGH):
            yield one
