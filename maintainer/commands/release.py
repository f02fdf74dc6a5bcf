"""`maintainer release`: what came since the last one, released: a version, a tag, notes, the forge's release.

    release           finish what a killed run left, then release the base branch's newest commit
    release next      the version it would be
    release notes     what it would tell

With `release.propose` a proposal comes first, with the changelog and the files that state the version; once it is
merged, its merge is what is released. During a freeze of deploys nothing is released but what is exempt or overridden,
and nothing is finished either: anyone who may push tags could say that something was begun.

What holds is what the base branch's own configuration says, not the one that lies here.
"""

import argparse
from dataclasses import replace
from datetime import UTC

from maintainer import errors
from maintainer.commands import gate_deploy, gate_words, release_proposal, release_publish, release_version, reports
from maintainer.commands.context import Context
from maintainer.commands.release_teller import Teller, open_teller
from maintainer.commands.release_version import Made
from maintainer.planning.stepped import stepped
from maintainer.platforms.local import alone
from maintainer.releasing import Contents
from maintainer.writers import notes_gaps
from maintainer.writers.words import ENGLISH, Words


def main(context: Context, args: argparse.Namespace) -> int:
    """Release it; exit code 1 while a freeze holds it."""
    teller = open_teller(context)
    if teller.scene.broken:
        raise errors.ConfigurationError(f"The configuration of {teller.scene.branch}: {teller.scene.broken}")
    teller = replace(teller, config=teller.scene.config)
    with alone(release_proposal.folder(teller)):
        return _released(teller, args)


def _released(teller: Teller, args: argparse.Namespace) -> int:
    """What was begun first, then what is new: until one of them is what was asked for, or is held."""
    head = teller.scene.base
    if args.version:
        release_version.check(teller, args.version)
    for waiting in (_left, release_proposal.merged):
        if made := waiting(teller):
            code = _go(teller, made)
            if code or made.commit == head or made.version == args.version:
                return code
    if args.version and release_version.is_released(teller, args.version, head):
        teller.scene.context.out.write(f"Nothing to release: {args.version} is released.\n")
        return 0
    stable = not (args.pre or teller.release.rule.is_prerelease(args.version))
    tag, base = teller.last(head, stable=stable)
    contents = teller.contents(base, head, tag=tag)
    step = stepped(contents)
    if step is None and not args.version:
        since = f" since {tag}" if tag else ""
        why = "nothing is new" if head == base else "no commit changes the site"
        teller.scene.context.out.write(f"Nothing to release{since}: {why}.\n")
        return 0
    version = args.version
    if not version:
        version, why = release_version.following(teller, contents, args.pre)
        teller.scene.context.say(f"{version}: {why}")
    made = release_version.made(teller, version, head)
    if teller.release.propose:
        contents = replace(contents, version=version)
        teller.scene.context.out.write(release_proposal.put(teller, made, contents))
        return 0
    return _go(teller, made, contents)


def _left(teller: Teller) -> Made | None:
    """The last release, where a run that was killed left some of it undone."""
    tag, commit = teller.last(teller.scene.base)
    if not tag or release_publish.is_finished(teller, tag, commit):
        return None
    return release_version.made(teller, teller.release.rule.named(tag), commit)


def _go(teller: Teller, made: Made, known: Contents | None = None) -> int:
    """Release it, or say what holds it: 1 then. `known` is what it has, where that was gathered for its version."""
    scene = teller.scene
    answer, told = gate_deploy.answered(scene, made.commit, made.base or None, teller.release.environment)
    if not answer.open:
        scene.context.out.write(gate_words.text(answer, told, scene.context.format))
        rest = "Its tag is there, the rest waits" if made.tag in teller.tags.names() else "Nothing was changed"
        scene.context.say(f"{made.title} was not released. {rest}: run again when it is open.")
        return 1
    contents = _named(teller, made, known)
    url = release_publish.publish(teller, made, contents)
    if folder := scene.context.reports:
        reports.released(folder, made.tag)
    for question in notes_gaps.sentences(contents.missing, Words(ENGLISH, UTC)):
        scene.context.say(f"Could not find out {question}")
    scene.context.out.write(f"released {made.title}{f': {url}' if url else f' ({made.tag})'}\n")
    return 0


def _named(teller: Teller, made: Made, known: Contents | None) -> Contents:
    """What a release has, with its version; gathered, unless `known` is of the same commits."""
    at = teller.tags.date(made.tag) or teller.scene.context.now
    if known is None or (known.base, known.head) != (made.before, made.commit):
        return teller.contents(made.base, made.commit, tag=made.before, version=made.version, at=at)
    compare = known.compare and teller.scene.releases.compare_url(made.before, made.tag)
    return replace(known, version=made.version, at=at, compare=compare)
