"""A release made: its tag, the forge's release with the notes as pages and its files, the milestone, history.

Each part is there already or is made, so that a run that was killed is finished by the next. The tag comes first: it
says what is released, and that the rest is ours to do. The line in history comes last: it says that all is done.
"""

import mimetypes
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

from maintainer import errors
from maintainer.commands.platform import chosen
from maintainer.commands.release_notes import Notes, languages_of, written
from maintainer.commands.release_teller import SLACK, Teller
from maintainer.commands.release_version import Made
from maintainer.platforms.base import Published
from maintainer.platforms.releases import Asset
from maintainer.releasing import Contents
from maintainer.text.event import Event
from maintainer.text.globs import matcher
from maintainer.workspace.history import Read

#: The last line of a tag of ours.
MARK = "Released-By: maintainer"
#: A row of docs/history.md.
RELEASED = "released"
#: Bytes of one file beside a release.
LARGEST = 512 * 1024 * 1024


def publish(teller: Teller, made: Made, contents: Contents) -> str:
    """All of it; where it can be looked at, empty where nowhere.

    Raises `errors.ConfigurationError` for files that can't be put beside it, before anything is done,
    `errors.StaleEdit` where the tag is at another commit, and `errors.OutsideError`.
    """
    scene, releases = teller.scene, teller.scene.releases
    forge = chosen(scene.context.forge)
    there = releases.published(made.tag)
    # On GitHub what is published has all its files, and may not change any more (immutable releases).
    whole = forge == "github" and there is not None and not there.draft
    notes = written(teller, contents, languages_of(teller), teller.release.notes.tone)
    files = [] if whole else _files(teller, made, notes)
    author = teller.config.settings.updates.author
    message = f"{made.title}\n\n{MARK}"
    teller.tags.put(made.tag, made.commit, message, contents.at, (author.name, author.email))
    if there is None or not whole:
        _publish(teller, made, notes[0].markdown(forge), draft=forge == "github")
        addresses = [releases.attach(made.tag, file) for file in files]
        there = _publish(teller, made, notes[0].markdown(forge, addresses[0]))
    if milestone := teller.release.milestone.replace("{version}", made.version):
        releases.close_milestone(milestone)
    _record(teller, made)
    return there.url


def is_finished(teller: Teller, tag: str, commit: str) -> bool:
    """Whether nothing of a release is left to do: history says so, or its tag isn't ours."""
    if teller.tags.message(tag).splitlines()[-1:] != [MARK]:
        return True
    known = teller.scene.history.read(teller.scene.git.date(commit) - SLACK).events
    return any((one.kind, one.head, one.data.get("tag")) == (RELEASED, commit, tag) for one in known)


def _publish(teller: Teller, made: Made, body: str, *, draft: bool = False) -> Published:
    pre = teller.release.rule.is_prerelease(made.version)
    return teller.scene.releases.publish(
        Published(made.tag, made.title, body, made.commit, draft=draft, prerelease=pre)
    )


def _files(teller: Teller, made: Made, notes: Sequence[Notes]) -> list[Asset]:
    """All that is put beside it, the first page first. Raises `errors.ConfigurationError`."""
    files = [*_pages(made, notes), *_assets(teller, made.commit)]
    for name, number in Counter(file.name for file in files).items():
        if number > 1:
            raise errors.ConfigurationError(f"release.assets: {number} files would be called {name} beside a release.")
    return files


def _pages(made: Made, notes: Sequence[Notes]) -> Iterator[Asset]:
    # Forges keep letters, digits, dots, hyphens and underscores.
    version = "".join(sign if sign.isalnum() or sign in ".-" else "_" for sign in made.version)
    for one in notes:
        name = f"release-notes-{version}.{one.words.language}.html"
        yield Asset(name, one.html().encode(), "text/html; charset=utf-8")


def _assets(teller: Teller, commit: str) -> Iterator[Asset]:
    """The files that each glob means, as they lie in the checkout, which must be that of the commit."""
    root, globs = teller.scene.checkout.root, teller.release.assets
    if globs and teller.scene.git.head() != commit:
        raise errors.ConfigurationError(
            f"release.assets: {commit[:12]} is to be released, and {root} has another commit, so its files are of that "
            f"one. Check {commit[:12]} out, build it, then try again."
        )
    inside = {path.relative_to(root).as_posix(): path for path in sorted(root.rglob("*"))} if globs else {}
    known: dict[str, Path] = {}
    for glob in globs:
        fits = matcher([glob])
        found = {name: path for name, path in inside.items() if fits(name) and path.is_file() and not _in_git(name)}
        if not found:
            raise errors.ConfigurationError(
                f"release.assets: {glob} means no file in {root}. Build what is released first, or mend the glob."
            )
        known |= found
    for name, path in known.items():
        if not path.resolve().is_relative_to(root.resolve()):
            raise errors.ConfigurationError(f"release.assets: {name} is a link out of {root}. Copy the file there.")
        if path.stat().st_size > LARGEST:
            raise errors.ConfigurationError(f"release.assets: {name} has over {LARGEST >> 20} MiB.")
        kind = mimetypes.guess_type(path.name, strict=True)[0]
        yield Asset(path.name, path.read_bytes(), kind or "application/octet-stream")


def _in_git(name: str) -> bool:
    """Whether a path is one of git's own."""
    return ".git" in name.split("/")


def _record(teller: Teller, made: Made) -> None:
    """Append to history what was released; that it can't be kept is said, and undoes nothing."""
    scene = teller.scene
    data = {"version": made.version, "tag": made.tag, "before": made.before, "title": made.title[:300]}
    event = Event(scene.context.now, scene.site, RELEASED, data, made.commit)

    def missing(read: Read) -> Iterator[Event]:
        known = {(one.kind, one.head, one.data.get("tag")) for one in read.events}
        if (event.kind, event.head, made.tag) not in known:
            yield event

    try:
        scene.history.extend(missing, scene.context.now)
    except errors.MaintainerError as error:
        scene.context.say(f"That {made.tag} was released could not be recorded: {error}")
