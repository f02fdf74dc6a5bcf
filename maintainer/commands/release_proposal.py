"""A release as a proposal: the changelog's new section and the files that state the version, for people to look at.

It is renewed while more comes in and nobody touched it; a newer version takes its place. Its merge is the release.
"""

from dataclasses import dataclass
from pathlib import Path

from maintainer import errors
from maintainer.commands import changelog, own
from maintainer.commands.changelog_files import File, packages
from maintainer.commands.platform import RELEASE, Platform, git_folder, open_platform
from maintainer.commands.release_notes import languages_of, written
from maintainer.commands.release_publish import Made
from maintainer.commands.release_teller import Teller
from maintainer.model import Proposal
from maintainer.releasing import Contents
from maintainer.text import stated_version
from maintainer.workspace.addition import tree_with
from maintainer.workspace.checkout import Snapshot, decode, encode
from maintainer.writers.changelog_release import released

#: Commits of the base branch that are looked through for the one that merged a proposal.
MOST = 1_000


@dataclass(frozen=True, slots=True)
class Merged:
    """A release that was proposed and merged, and the commit that did it."""

    version: str
    title: str
    commit: str


def folder(teller: Teller) -> Path:
    """What one run of a repository holds for itself."""
    return git_folder(teller.scene.checkout)


def put(teller: Teller, made: Made, contents: Contents) -> str:
    """Open or renew it; the sentence that says what became of it. Raises `errors.ConfigurationError`."""
    scene = teller.scene
    platform = _platform(teller)
    platform.proposals.settle()
    branch = f"{RELEASE}{made.version}"
    files = _files(teller, made)
    tree = tree_with(scene.git, platform.base, files)
    notes = written(teller, contents, languages_of(teller)[:1], teller.release.notes.tone)[0]
    body = "\n\n".join([*_about(made, files), notes.markdown(platform.name)])
    mine = own.Own(f"chore(release): {made.title}", branch, tree, body)
    said = own.put(scene.context, teller.config, platform, scene.git, mine, own.newest(platform, branch))
    for other in _others(platform, branch):
        platform.proposals.close(other, f"{made.version} takes its place", branch)
        said += f"closed #{other.number}: {made.version} takes its place\n"
    return said


def merged(teller: Teller) -> Merged | None:
    """The newest release that was proposed and merged, None for none."""
    if not teller.release.propose:
        return None
    for one in reversed(_platform(teller).proposals.all()):
        version = one.branch.removeprefix(RELEASE)
        if one.branch.startswith(RELEASE) and one.state == "merged" and teller.release.rule.key(version) is not None:
            commit = _commit(teller, one)
            return Merged(version, f"{teller.name} {version}", commit) if commit else None
    return None


def _commit(teller: Teller, proposal: Proposal) -> str:
    """The first commit of the base branch that has what was proposed: its merge, or the squash of it."""
    git, base = teller.scene.git, teller.scene.base
    if git.is_ancestor(proposal.head, base):
        rows = git.run("rev-list", "--first-parent", "--ancestry-path", f"{proposal.head}..{base}").text.split()
        return rows[-1] if rows else proposal.head
    rows = git.run("rev-list", "--first-parent", f"--max-count={MOST}", base).text.split()
    brought = (sha for sha in rows if any(one.number == proposal.number for one in teller.scene.cases.of(sha)))
    return next(brought, "")


def _files(teller: Teller, made: Made) -> dict[str, bytes]:
    """What the proposal changes, by path: the changelog with a section of this version, and what states it."""
    scene, snapshot = teller.scene, teller.scene.checkout.at(teller.scene.base)
    known = packages(teller.changelog, teller.release)
    path = known[0].file
    file = File(scene.checkout, path, snapshot.read(path) if path in snapshot.listed else None)
    kept = changelog.keep(teller, known[0], known, head=made.commit, file=file).kept
    compare = scene.releases.compare_url("{base}", "{head}")
    day = scene.context.now.astimezone(scene.zone).date()
    found = {
        path: released(
            kept.text, made.version, day, words=changelog.words_of(teller), tag=made.tag, previous=made.before,
            compare=compare, file=path,
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


def _platform(teller: Teller) -> Platform:
    scene = teller.scene
    platform = open_platform(scene.context, teller.config, scene.checkout, teller.http)
    assert platform, "the gate's scene has a commit"
    return platform
