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
from maintainer.planning.stepped import stepped
from maintainer.policy.release_version import next_version
from maintainer.releasing import Contents


@dataclass(frozen=True, slots=True)
class Made:
    """What a release is: `title` for people, `commit` what its tag is at.

    `before` is the tag of the one before it and `base` that one's commit, empty for a first release.
    """

    version: str
    tag: str
    commit: str
    title: str
    before: str = ""
    base: str = ""


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
    if stepped(contents) is None:
        context.say(f"Nothing to release since {wanted.tag or 'the beginning'}: no commit changes the site.")
        return 0
    version, why = following(teller, contents, args.pre)
    context.out.write(f"{version}\n")
    context.say(why)
    return 0


def made(teller: Teller, version: str, commit: str) -> Made:
    """The release of a commit: of a pre-release, since the release or the pre-release before it."""
    rule = teller.release.rule
    tag = rule.tagged(version)
    before, base = teller.last(commit, below=version, stable=not rule.is_prerelease(version))
    return Made(version, tag, commit, f"{teller.name} {version}", before, base)


def check(teller: Teller, version: str) -> None:
    """Raise `errors.ConfigurationError` for what is no version as the site has them."""
    rule = teller.release.rule
    if rule.key(version) is None:
        raise errors.ConfigurationError(f"--version: {version!r} is no version of the form {rule.form}.")


def is_after(teller: Teller, version: str, tag: str) -> bool:
    """Whether a version comes after that of a tag, which is empty where there is none."""
    rule = teller.release.rule
    key, last = rule.key(version), rule.key(rule.named(tag))
    return key is not None and (last is None or key > last)


def is_released(teller: Teller, version: str, commit: str) -> bool:
    """Whether the commit has the tag of this version.

    Raises `errors.StaleEdit` where another commit has it, `errors.ConfigurationError` for a version that isn't after
    the last release's: nobody would ever find it.
    """
    tag = teller.release.rule.tagged(version)
    teller.tags.refuse(tag, commit)
    if tag in teller.tags.names():
        return True
    last, _ = teller.last(commit)
    if not is_after(teller, version, last):
        raise errors.ConfigurationError(f"--version: {version} does not come after {last}, the last release.")
    return False


def range_of(teller: Teller, args: argparse.Namespace) -> Wanted:
    """What `--from`, `--to` and `--version` mean; without them all since the last release.

    Raises `errors.ConfigurationError` for a name that is no commit, a version that is none, and ends in wrong order.
    """
    if args.version:
        check(teller, args.version)
    rule = teller.release.rule
    head = _commit(teller, "--to", args.to or "HEAD")
    named = rule.named(args.to or "")
    version = args.version or named
    at = teller.scene.git.date(head) if named else None
    if args.since:
        base = _commit(teller, "--from", args.since)
        if base != head and teller.scene.git.is_ancestor(head, base):
            raise errors.ConfigurationError(
                f"--from: {args.since} comes after {args.to or 'HEAD'}. Swap --from and --to."
            )
        return Wanted(base, head, args.since, version, at)
    stable = not (args.pre or rule.is_prerelease(version))
    tag, base = teller.last(head, below=named, stable=stable)
    return Wanted(base, head, tag, version, at)


def _commit(teller: Teller, option: str, name: str) -> str:
    found = teller.tags.commits([name]).get(name) or teller.scene.git.commit(name)
    if not found:
        raise errors.ConfigurationError(f"{option}: {name!r} is no commit or tag here. Fetch it, then try again.")
    return found


def following(teller: Teller, contents: Contents, pre: str = "") -> tuple[str, str]:
    """The version of what is told of next, and why it is that one.

    A pre-release is as large as all since the last release that is none: `1.1.0-rc.2` after a fix in `1.1.0-rc.1`.
    """
    rule, step = teller.release.rule, stepped(contents)
    if pre:
        tag, base = teller.last(contents.head, stable=True)
        step = step if tag == contents.base else stepped(teller.contents(base, contents.head, tag=tag)) or step
    now = teller.scene.context.now.astimezone(ZoneInfo(teller.config.rulebook.timezone))
    version = next_version(rule, teller.tags.names(), step.step if step else "patch", now, pre)
    if step is None:
        return version, "no commit changes the site"
    return version, step.why if rule.is_calendar else f"{step.step}: {step.why}"
