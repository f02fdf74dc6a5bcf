"""`maintainer proposals`: the local platform's, seen and decided about at a terminal."""

import argparse
import difflib
import json
import os
from collections.abc import Sequence
from dataclasses import asdict

from maintainer import errors
from maintainer.commands.context import Context
from maintainer.commands.plan import local_proposals
from maintainer.commands.platform import git_folder
from maintainer.platforms.approvals import Waiting, approve, approved, waiting
from maintainer.platforms.local import LocalProposals, Record, alone
from maintainer.platforms.local_cases import LocalCases
from maintainer.workspace.checkout import open_checkout
from maintainer.workspace.git import Git
from maintainer.writers import plan_text, sanitise

#: The column of a list that people copy from.
BRANCH = 3


def main(context: Context, args: argparse.Namespace) -> int:
    """List, show, approve or discard."""
    checkout = open_checkout(context.root, context.environment)
    proposals = local_proposals(context, checkout)
    git = checkout.git
    if proposals is None or git is None:
        raise errors.ConfigurationError(f"{checkout.root} has no commit yet, so nothing can have been proposed.")
    folder = git_folder(checkout)
    match args.verb:
        case "list":
            _list(context, proposals.records(), waiting(folder))
        case "show":
            waits = next((one for one in waiting(folder) if one.branch == args.proposal), None)
            if waits:
                _show_waiting(context, waits)
            else:
                _show(context, _found(proposals, args.proposal))
        case "discard":
            record = _found(proposals, args.proposal)
            if record.state != "open":
                raise errors.ConfigurationError(f"#{record.number} is {record.state} already.")
            with alone(folder):
                proposals.settle()
                proposals.discard(record.number, "discarded by a person")
            context.say(f"#{record.number} is closed and stays closed: {record.written.title}")
        case "override":
            record, by = _found(proposals, args.proposal), _person(context, git)
            words = f"/maintainer override {f'for {args.lasts} ' if args.lasts else ''}{' '.join(args.reason.split())}"
            with alone(folder):
                LocalCases(proposals, folder, git).say(record.number, by, words, context.now)
            context.say(f"Asked for. Whether it counts: maintainer gate --number {record.number}")
        case "approve":
            _refuse_what_does_not_wait(proposals, args.proposal, [one.branch for one in waiting(folder)])
            with alone(folder):
                approve(folder, args.proposal)
            context.say(f"{args.proposal} is approved ({len(approved(folder))} in all). `maintainer run` proposes it.")
    return 0


def _person(context: Context, git: Git) -> str:
    """Who takes responsibility, by the address that git puts on their commits here.

    https://git-scm.com/docs/git-commit#_commit_information says in which order it looks. Only who they are is read of
    their own configuration, which has no say in what is done here.
    """
    outside, home = context.environment, context.environment.get("HOME") or os.devnull
    theirs = [f"{home}/.gitconfig", f"{outside.get('XDG_CONFIG_HOME') or f'{home}/.config'}/git/config"]
    if only := outside.get("GIT_CONFIG_GLOBAL"):
        theirs = [only]
    asked = [(), *(("--file", path) for path in theirs)]
    told = (git.run("config", *place, "user.email", check=False).text.strip() for place in asked)
    for by in (outside.get("GIT_AUTHOR_EMAIL", ""), *told, outside.get("EMAIL", "")):
        if by:
            return by
    raise errors.ConfigurationError(
        "Who are you? An override is recorded with an address: git config user.email you@shop.example, then again."
    )


def _list(context: Context, records: Sequence[Record], waits: Sequence[Waiting]) -> None:
    if context.format == "json":
        listed = {"proposals": [asdict(one) for one in records], "waiting": [asdict(one) for one in waits]}
        context.out.write(json.dumps({"schema": 1} | listed) + "\n")
        return
    rows: list[tuple[str, ...]] = [(f"#{r.number}", r.state, r.written.title, r.branch, r.reason) for r in records]
    rows += [("", "waits", one.title, one.branch, "for an approval: show it, then approve it") for one in waits]
    if context.format == "markdown":
        context.out.write("| | state | title | branch | reason |\n|---|---|---|---|---|\n")
        context.out.writelines(f"| {' | '.join(map(sanitise.line, row))} |\n" for row in rows)
    else:
        context.out.write(plan_text.table(rows, width=context.width, colour=context.colour, whole=BRANCH))
        if not rows:
            context.say(
                "Nothing was proposed yet: `maintainer plan` shows what would be, `maintainer run` proposes it."
            )


def _show(context: Context, record: Record) -> None:
    if context.format == "json":
        context.out.write(json.dumps({"schema": 1} | asdict(record)) + "\n")
    elif context.format == "markdown":
        context.out.write(record.written.body)
    else:
        context.out.write(plan_text.document(record.written.body, width=context.width, colour=context.colour))
        context.say(f"{record.branch} · {record.state} · merge it with: git merge {record.branch}")


def _show_waiting(context: Context, waits: Waiting) -> None:
    if context.format == "json":
        context.out.write(json.dumps({"schema": 1} | asdict(waits)) + "\n")
    elif context.format == "markdown":
        context.out.write(waits.body)
    else:
        context.out.write(plan_text.document(waits.body, width=context.width, colour=context.colour))


def _found(proposals: LocalProposals, wanted: str) -> Record:
    """By number (`3`, `#3`) or by branch, its newest proposal then."""
    records = proposals.records()
    number = wanted.removeprefix("#")
    for record in reversed(records):
        if record.branch == wanted or str(record.number) == number:
            return record
    raise errors.ConfigurationError(
        f"There is no proposal {wanted}.{_nearest(wanted, [record.branch for record in records])} "
        "`maintainer proposals list` shows all."
    )


def _refuse_what_does_not_wait(proposals: LocalProposals, wanted: str, waits: Sequence[str]) -> None:
    if any(record.branch == wanted and record.state == "open" for record in proposals.records()):
        raise errors.ConfigurationError(f"{wanted} is proposed already: look at it, then `git merge {wanted}`.")
    if wanted not in waits:
        listed = "\nWaiting:" + "".join(f"\n  {branch}" for branch in waits)
        if not waits:
            listed = " Nothing waits; `maintainer run` looks again."
        raise errors.ConfigurationError(f"No change waits under {wanted}.{_nearest(wanted, waits)}{listed}")


def _nearest(wanted: str, known: Sequence[str]) -> str:
    near = difflib.get_close_matches(wanted, known, n=1)
    return f" Did you mean {near[0]}?" if near else ""
