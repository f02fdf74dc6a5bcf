"""Which commits a release has, and what its version is, with the reason.

release next    the version after the last release, and why it is that one
"""

import argparse
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from maintainer import errors
from maintainer.commands.context import Context
from maintainer.commands.release_teller import Teller, open_teller
from maintainer.planning.stepped import Stepped, stepped
from maintainer.policy.release_version import next_version
from maintainer.releasing import Contents


@dataclass(frozen=True, slots=True)
class Wanted:
    """A range by commits: `tag` is the one of `base`, `version` the one it has already, `at` when it got that."""

    base: str
    head: str
    tag: str = ""
    version: str = ""
    at: datetime | None = None


def main(context: Context, args: argparse.Namespace) -> int:
    """Print it: the version alone on standard output, so that a script can take it."""
    teller = open_teller(context, online=False)
    wanted = range_of(teller, args)
    contents = teller.contents(wanted.base, wanted.head, tag=wanted.tag)
    step = stepped(contents)
    if step is None:
        context.say(f"Nothing to release since {wanted.tag or 'the beginning'}: no commit changes the site.")
        return 0
    context.out.write(f"{following(teller, contents, args.pre)}\n")
    context.say(told(teller, step))
    return 0


def told(teller: Teller, step: Stepped) -> str:
    """Why there is a release; why it is so large, where its version says that."""
    return step.why if teller.release.rule.is_calendar else f"{step.step}: {step.why}"


def range_of(teller: Teller, args: argparse.Namespace) -> Wanted:
    """What `--from`, `--to` and `--version` mean; without them all since the last release.

    Raises `errors.ConfigurationError` for a name that is no commit, and a version that is none.
    """
    rule = teller.release.rule
    if args.version and rule.key(args.version) is None:
        raise errors.ConfigurationError(f"--version: {args.version!r} is no version of the form {rule.form}.")
    head = _commit(teller, "--to", args.to or "HEAD")
    version = rule.named(args.to or "")
    if args.since:
        return Wanted(_commit(teller, "--from", args.since), head, args.since, args.version or version)
    without = args.to if version else ""
    tag, base = teller.last(head, without=without, stable=not args.pre)
    return Wanted(base, head, tag, args.version or version, teller.scene.git.date(head) if version else None)


def _commit(teller: Teller, option: str, name: str) -> str:
    found = teller.tags.commits([name]).get(name) or teller.scene.git.commit(name)
    if not found:
        raise errors.ConfigurationError(f"{option}: {name!r} is no commit or tag here. Fetch it, then try again.")
    return found


def following(teller: Teller, contents: Contents, pre: str = "") -> str:
    """The version of what is told of next."""
    step, rule = stepped(contents), teller.release.rule
    now = teller.scene.context.now.astimezone(ZoneInfo(teller.config.rulebook.timezone))
    return next_version(rule, teller.tags.names(), step.step if step else "patch", now, pre)
