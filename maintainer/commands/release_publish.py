"""A release made: its tag, the forge's release with the notes as pages and its files, the milestone, history.

Each part is there already or is made, so that a run that was killed is finished by the next. The tag comes first: it
says what is released, and remembers that the rest is ours to do.
"""

import mimetypes
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from maintainer import errors
from maintainer.commands.platform import chosen
from maintainer.commands.release_notes import Notes, languages_of, written
from maintainer.commands.release_teller import Teller
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


@dataclass(frozen=True, slots=True)
class Made:
    """What a release is: `title` for people, `commit` what its tag is at, `before` the tag of the one before it."""

    version: str
    tag: str
    commit: str
    title: str
    before: str = ""


def publish(teller: Teller, made: Made, contents: Contents) -> str:
    """All of it; where it can be looked at, empty where nowhere.

    Raises `errors.StaleEdit` where the tag is at another commit, and `errors.OutsideError`.
    """
    scene = teller.scene
    notes = written(teller, contents, languages_of(teller), teller.release.notes.tone)
    files = [*_pages(made, notes), *_files(scene.checkout.root, teller.release.assets)]
    author = teller.config.settings.updates.author
    message = f"{made.title}\n\n{MARK}"
    teller.tags.put(made.tag, made.commit, message, scene.context.now, (author.name, author.email))
    forge = chosen(scene.context.forge)
    # On GitHub what is published may not change any more (immutable releases), so its files come first.
    drafted = forge == "github" and not _is_public(scene.releases.published(made.tag))
    _publish(teller, made, notes[0].markdown(forge), draft=drafted)
    pages = {file.name: scene.releases.attach(made.tag, file) for file in files}
    page = pages[files[0].name]
    done = _publish(teller, made, notes[0].markdown(forge, page))
    if milestone := teller.release.milestone.replace("{version}", made.version):
        scene.releases.close_milestone(milestone)
    _record(teller, made)
    return done.url


def is_finished(teller: Teller, made: Made) -> bool:
    """Whether nothing of it is left to do; a tag that isn't ours is finished."""
    if MARK not in teller.tags.message(made.tag).splitlines():
        return True
    releases = teller.scene.releases
    if not _is_public(releases.published(made.tag)):
        return False
    wanted = {_page(made, language) for language in languages_of(teller)}
    return wanted <= set(releases.assets(made.tag))


def _is_public(release: Published | None) -> bool:
    return release is not None and not release.draft


def _publish(teller: Teller, made: Made, body: str, *, draft: bool = False) -> Published:
    pre = not teller.release.rule.is_calendar and "-" in made.version.partition("+")[0]
    return teller.scene.releases.publish(
        Published(made.tag, made.title, body, made.commit, draft=draft, prerelease=pre)
    )


def _page(made: Made, language: str) -> str:
    """The name of a page beside the release: forges keep letters, digits, dots, hyphens and underscores."""
    version = "".join(sign if sign.isalnum() or sign in ".-" else "_" for sign in made.version)
    return f"release-notes-{version}.{language}.html"


def _pages(made: Made, notes: Sequence[Notes]) -> Iterator[Asset]:
    for one in notes:
        yield Asset(_page(made, one.words.language), one.html().encode(), "text/html; charset=utf-8")


def _files(root: Path, globs: Sequence[str]) -> Iterator[Asset]:
    """The files that each glob means. Raises `errors.ConfigurationError` for one that means none."""
    inside = [path for path in sorted(root.rglob("*")) if ".git" not in path.parts] if globs else []
    known: dict[str, Path] = {}
    for glob in globs:
        fits = matcher([glob])
        found = [path for path in inside if fits(path.relative_to(root).as_posix()) and path.is_file()]
        found = [path for path in found if path.resolve().is_relative_to(root.resolve())]
        if not found:
            raise errors.ConfigurationError(
                f"release.assets: {glob} means no file in {root}. Build what is released first, or mend the glob."
            )
        for path in found:
            if known.setdefault(path.name, path) != path:
                raise errors.ConfigurationError(
                    f"release.assets: {path.relative_to(root)} and {known[path.name].relative_to(root)} have one name."
                )
    for name, path in known.items():
        if path.stat().st_size > LARGEST:
            raise errors.ConfigurationError(f"release.assets: {path.relative_to(root)} has over {LARGEST >> 20} MiB.")
        kind = mimetypes.guess_type(name, strict=True)[0]
        yield Asset(name, path.read_bytes(), kind or "application/octet-stream")


def _record(teller: Teller, made: Made) -> None:
    """Append to history what was released; that it can't be kept is said, and undoes nothing."""
    scene = teller.scene
    data = {"version": made.version, "tag": made.tag, "before": made.before, "title": made.title[:300]}
    event = Event(scene.context.now, scene.site, RELEASED, data, made.commit)

    def missing(read: Read) -> Iterator[Event]:
        known = {(one.kind, one.head, one.data.get("tag")) for one in read.events if one.site == scene.site}
        if (event.kind, event.head, made.tag) not in known:
            yield event

    try:
        scene.history.extend(missing, scene.context.now)
    except errors.MaintainerError as error:
        scene.context.say(f"That {made.tag} was released could not be recorded: {error}")
