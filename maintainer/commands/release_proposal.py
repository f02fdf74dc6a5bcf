"""A release as a proposal: the changelog's new section and the files that state the version, for people to look at.

It is renewed while more comes in and nobody touched it; a newer version takes its place. Its merge is the release.
"""

from dataclasses import replace
from pathlib import Path

from maintainer import errors
from maintainer.commands import changelog, own, release_version
from maintainer.commands.changelog_files import File, packages
from maintainer.commands.changelog_sections import Telling, completed, words_of
from maintainer.commands.platform import RELEASE, Platform, git_folder, open_platform
from maintainer.commands.release_notes import languages_of, written
from maintainer.commands.release_teller import Teller
from maintainer.commands.release_version import Made
from maintainer.model import Proposal
from maintainer.planning.reconcile import THEIRS, is_touched
from maintainer.releasing import Contents
from maintainer.text import stated_version
from maintainer.text.keep_a_changelog import read
from maintainer.workspace.addition import tree_with
from maintainer.workspace.checkout import Snapshot, decode, encode
from maintainer.workspace.git import Git
from maintainer.writers.changelog_release import released

#: So many lines are said of what a proposal doesn't tell.
MOST = 10


def folder(teller: Teller) -> Path:
    """What one run of a repository holds for itself."""
    return git_folder(teller.scene.checkout)


def put(teller: Teller, made: Made, contents: Contents) -> str:
    """Open or renew it; the sentences that say what became of it. Raises `errors.ConfigurationError`.

    One that a person closed stays closed: their word on this version. One that a person changed is theirs, also where
    a newer version is proposed beside it.
    """
    scene = teller.scene
    # On the commit that is told of, wherever the branch is by now.
    platform = replace(_platform(teller), base=scene.base)
    platform.proposals.settle()
    branch = f"{RELEASE}{made.version}"
    standing = own.newest(platform, branch)
    if standing and standing.state == "closed" and not standing.closed_by_us:
        return (
            f"#{standing.number} was closed by a person: {made.version} is not proposed again. Reopen it, or name "
            "another version with --version.\n"
        )
    files = _files(teller, made)
    tree = tree_with(scene.git, platform.base, files)
    notes = written(teller, contents, languages_of(teller)[:1], teller.release.notes.tone)[0]
    body = "\n\n".join([*_about(made, files), notes.markdown(platform.name)])
    mine = own.Own(f"chore(release): {made.title}", branch, tree, body)
    said = own.put(scene.context, teller.config, platform, scene.git, mine, standing)
    if standing and standing.state == "open" and is_touched(standing):
        said = said.removesuffix("\n") + _untold(teller, made, standing)
    return said + "".join(_replaced(platform, one, made.version, branch) for one in _others(platform, branch))


def _untold(teller: Teller, made: Made, standing: Proposal) -> str:
    """The end of a sentence on a proposal that a person changed: what came since and its section doesn't tell."""
    known = packages(teller.changelog, teller.release)
    snapshot = teller.scene.checkout.at(standing.head)
    if known[0].file not in snapshot.listed:
        return "\n"
    text = _text(snapshot, known[0].file)
    telling = Telling(teller, known[0], tuple(one.path for one in known[1:]))
    late = [f"{one.kind}: {one.text}" for one in completed(telling, read(text), made.version, made.commit).added]
    if not late:
        return "\n"
    more = [f"and {len(late) - MOST} more"] if len(late) > MOST else []
    rows = "".join(f"  {row}\n" for row in [*late[:MOST], *more])
    return f" Its section of {known[0].file} does not tell what came since, though it is released with it:\n{rows}"


def merged(teller: Teller) -> Made | None:
    """The newest release that was proposed and merged and has no tag yet, None for none.

    What its description says is anyone's to write: the forge tells which branch it had, and what its merge is.
    """
    if not teller.release.propose:
        return None
    last, since = teller.last(teller.scene.base)
    for one in reversed(_platform(teller).proposals.all()):
        version = one.branch.removeprefix(RELEASE)
        # What isn't after the last one is released since, by it or by hand.
        is_new = one.branch != version and release_version.is_after(teller, version, last)
        if is_new and one.state == "merged" and (commit := _commit(teller, one, since)):
            teller.tags.refuse(teller.release.rule.tagged(version), commit)
            return release_version.made(teller, version, commit)
    return None


def _commit(teller: Teller, proposal: Proposal, since: str) -> str:
    """The commit of the base branch that merged it; empty where none did, whatever is said of it."""
    scene, git = teller.scene, teller.scene.git
    case = scene.cases.case(proposal.number)
    if case.fork or (case.branch, case.state) != (proposal.branch, "merged"):
        return ""
    if scene.local:
        heads = (one for one in (proposal.head, proposal.pushed) if one and git.is_ancestor(one, scene.base))
        return next((_merge(git, head, scene.base) for head in heads), "")
    found = {one.number: one.commit for one in teller.merged(teller.range(since, scene.base))}
    commit = found.get(proposal.number, "")
    return commit if commit and git.is_ancestor(commit, scene.base) else ""


def _merge(git: Git, head: str, base: str) -> str:
    """The first commit of a branch that has `head`: its merge, or itself where nobody made one."""
    rows = git.run("rev-list", "--first-parent", "--ancestry-path", f"{head}..{base}").text.split()
    return head if not rows or git.commit(f"{rows[-1]}^") == head else rows[-1]


def _files(teller: Teller, made: Made) -> dict[str, bytes]:
    """What the proposal changes, by path: the changelog with a section of this version, and what states it."""
    scene, snapshot = teller.scene, teller.scene.checkout.at(teller.scene.base)
    known = packages(teller.changelog, teller.release)
    path = known[0].file
    file = File(scene.checkout, path, snapshot.read(path) if path in snapshot.listed else None)
    final = not teller.release.rule.is_prerelease(made.version)
    kept = changelog.keep(teller, known[0], known, head=made.commit, file=file, final=final).kept
    for sentence in kept.left:
        scene.context.say(sentence)
    compare = scene.releases.compare_url("{base}", "{head}")
    day = scene.context.now.astimezone(scene.zone).date()
    found = {
        path: released(
            kept.text, made.version, day, words=words_of(teller), tag=made.tag, previous=made.before,
            compare=compare, file=path, head=made.commit,
        )
    }  # fmt: skip
    for stated in teller.release.files:
        text = found.get(stated.path) or _text(snapshot, stated.path)
        found[stated.path] = stated_version.moved(stated.path, text, made.version, stated.match)
    return {path: encode(text) for path, text in found.items()}


def _text(snapshot: Snapshot, path: str) -> str:
    try:
        return decode(snapshot.read(path), path)
    except errors.Unreadable as error:
        raise errors.ConfigurationError(f"release.files: {path}: {error}") from None


def _about(made: Made, files: dict[str, bytes]) -> list[str]:
    names = ", ".join(f"`{path}`" for path in sorted(files))
    return [f"Merging this releases **{made.version}**: the next `maintainer release` tags its merge {made.tag}.",
            f"It changes {names}. The text of the changelog may be edited here; what is edited stays."]  # fmt: skip


def _others(platform: Platform, branch: str) -> list[Proposal]:
    return [one for one in platform.proposals.all()
            if one.state == "open" and one.branch.startswith(RELEASE) and one.branch != branch]  # fmt: skip


def _replaced(platform: Platform, other: Proposal, version: str, branch: str) -> str:
    """Close another version's, where nobody changed it; the sentence that says so."""
    if is_touched(other):
        return f"#{other.number}: {THEIRS}. Merge it first, or close it.\n"
    platform.proposals.close(other, f"{version} takes its place", branch)
    return f"closed #{other.number}: {version} takes its place\n"


def _platform(teller: Teller) -> Platform:
    scene = teller.scene
    platform = open_platform(scene.context, teller.config, scene.checkout, teller.http)
    assert platform, "the gate's scene has a commit"
    return platform
