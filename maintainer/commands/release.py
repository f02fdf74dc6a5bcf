"""`maintainer release`: what came since the last one, released: a version, a tag, notes, the forge's release.

    release           finish what a killed run left, else release the base branch's newest commit
    release next      the version it would be
    release notes     what it would tell

With `release.propose` a proposal comes first, with the changelog and the files that state the version; once it is
merged, its merge is what is released. During a freeze of deploys nothing is released but what is exempt or overridden.
"""

import argparse

from maintainer import errors
from maintainer.commands import gate_deploy, gate_words, release_proposal, release_publish, release_version, reports
from maintainer.commands.context import Context
from maintainer.commands.release_publish import Made
from maintainer.commands.release_teller import Teller, open_teller
from maintainer.planning.stepped import stepped
from maintainer.platforms.local import alone


def main(context: Context, args: argparse.Namespace) -> int:
    """Release it; exit code 1 while a freeze holds it."""
    teller = open_teller(context)
    if teller.scene.broken:
        raise errors.ConfigurationError(f"The configuration of {teller.scene.branch}: {teller.scene.broken}")
    with alone(release_proposal.folder(teller)):
        return _released(teller, args)


def _released(teller: Teller, args: argparse.Namespace) -> int:
    head, rule = teller.scene.base, teller.release.rule
    if args.version and rule.key(args.version) is None:
        raise errors.ConfigurationError(f"--version: {args.version!r} is no version of the form {rule.form}.")
    tag, base = teller.last(head)
    if tag and (left := _left(teller, tag, base)):
        # What a freeze holds is not begun; this was.
        return _publish(teller, left, teller.last(base, without=tag)[1])
    if merged := release_proposal.merged(teller):
        made = Made(merged.version, rule.tagged(merged.version), merged.commit, merged.title, tag)
        if made.tag not in teller.tags.names():
            return _held(teller, made, base) or _publish(teller, made, base)
    tag, base = teller.last(head, stable=not args.pre)
    contents = teller.contents(base, head, tag=tag)
    step = stepped(contents)
    if step is None and not args.version:
        since = f" since {tag}" if tag else ""
        why = "nothing came" if head == base else "no commit changes the site"
        teller.scene.context.out.write(f"Nothing to release{since}: {why}.\n")
        return 0
    version = args.version or release_version.following(teller, contents, args.pre)
    if step:
        teller.scene.context.say(f"{version}: {release_version.told(teller, step)}")
    made = Made(version, rule.tagged(version), head, f"{teller.name} {version}", tag)
    if teller.release.propose:
        teller.scene.context.out.write(release_proposal.put(teller, made, contents))
        return 0
    return _held(teller, made, base) or _publish(teller, made, base)


def _left(teller: Teller, tag: str, commit: str) -> Made | None:
    """The last release, where a run that was killed left some of it undone."""
    version = teller.release.rule.named(tag)
    before = teller.last(commit, without=tag)[0]
    title = teller.tags.message(tag).partition("\n")[0] or f"{teller.name} {version}"
    made = Made(version, tag, commit, title, before)
    return None if release_publish.is_finished(teller, made) else made


def _publish(teller: Teller, made: Made, base: str) -> int:
    contents = teller.contents(base, made.commit, tag=made.before, version=made.version)
    url = release_publish.publish(teller, made, contents)
    if folder := teller.scene.context.reports:
        reports.released(folder, made.tag)
    for sentence in contents.missing:
        teller.scene.context.say(sentence)
    where = f": {url}" if url else f" ({made.tag})"
    teller.scene.context.out.write(f"released {made.title}{where}\n")
    return 0


def _held(teller: Teller, made: Made, base: str) -> int:
    """1 while a freeze holds it, with the gate's words; 0 where it may go."""
    answer, told = gate_deploy.answered(teller.scene, made.commit, base or None, teller.release.environment)
    if answer.open:
        return 0
    teller.scene.context.out.write(gate_words.text(answer, told, teller.scene.context.format))
    teller.scene.context.say(f"{made.title} was not released. Nothing was changed: run again when it is open.")
    return 1
