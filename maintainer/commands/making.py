"""From a change to a commit: its steps, built apart from the user's checkout, read again, and committed."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory

from maintainer import catalog, errors
from maintainer.commands import translations
from maintainer.commands.plan import Planned
from maintainer.http import Http
from maintainer.managers.base import Manager
from maintainer.model import (
    Archive,
    Change,
    Command,
    Dependency,
    Manifest,
    Neighbour,
    Release,
    Source,
    Step,
    Unpack,
    Update,
)
from maintainer.workspace.build import Built, Tools, build
from maintainer.workspace.checkout import decode
from maintainer.workspace.git import Git
from maintainer.workspace.translation import Pack

#: A plugin is a few MiB, WordPress 25, a page builder 100.
ARCHIVE_LIMIT = 300 * 1024 * 1024
PACK_LIMIT = 30 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Made:
    """A finished change: its steps, the tree in the repository, and sentences on what was and wasn't verified."""

    change: Change
    built: Built
    checked: tuple[str, ...]
    unchecked: tuple[str, ...] = ()


def make(planned: Planned, managers: Mapping[str, Manager], change: Change, base: str, tools: Tools) -> Made:
    """Build a change on commit `base`.

    Raises what `workspace.build` raises, and `errors.StaleEdit` when a finished file doesn't say what it should.
    """
    git = planned.checkout.git
    assert git, "a checkout without git has no changes to make"
    change = replace(change, steps=_steps(planned, managers, change))
    with TemporaryDirectory(prefix="maintainer-archives-") as folder:
        archives = Archives(planned, Path(folder))
        packs, stay = archives.packs(change)
        built = build(
            git,
            base,
            change.steps,
            tools=tools,
            archives=archives.fetch,
            checksums=archives.checksums,
            packs=packs,
            scratch=scratch_of(git),
        )
    says = [_reread(planned, managers, built, update) for update in change.updates]
    return Made(change, built, tuple(dict.fromkeys((*built.notes, *_locked(change), *filter(None, says)))), tuple(stay))


def scratch_of(git: Git) -> Path:
    """Where worktrees are made: beside the objects they borrow, out of the way of everything that reads the site."""
    return git.folder / "maintainer" / "scratch"


def _steps(planned: Planned, managers: Mapping[str, Manager], change: Change) -> tuple[Step, ...]:
    by_file: dict[tuple[str, str], list[Update]] = {}
    for update in change.updates:
        by_file.setdefault((update.dependency.manager, update.dependency.file), []).append(update)
    found = (
        step
        for (manager, file), updates in by_file.items()
        for step in managers[manager].steps(planned.survey.scan.manifests[manager, file], updates)
    )
    return tuple(dict.fromkeys(_for_this_site(planned, step) for step in found))


def _for_this_site(planned: Planned, step: Step) -> Step:
    """Composer resolves for the PHP the site runs, not for the one that happens to be installed here."""
    if isinstance(step, Command) and step.tool == "composer" and "php" not in step.versions:
        php = planned.survey.facts.php
        if php:
            return replace(step, versions={**step.versions, "php": min(php, key=_as_numbers)})
    return step


def _as_numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split(".") if part.isdigit())


def _locked(change: Change) -> Sequence[str]:
    return [f"{', '.join(step.writes)} refreshed by {step.tool}" for step in change.steps if isinstance(step, Command)]


def _reread(planned: Planned, managers: Mapping[str, Manager], built: Built, update: Update) -> str:
    """Read the finished file as its manager does: it says what the update said, or the change fails."""
    dependency = update.dependency
    manager = managers[dependency.manager]
    before = planned.survey.scan.manifests[dependency.manager, dependency.file]
    try:
        after = _manifest(built, before, dependency.file)
    except errors.Unreadable:
        if not dependency.committed:
            raise
        # The main file of committed code may have another name in the new version.
        return f"{dependency.root} is the archive's"
    places = [found for found in _extracted(manager, after) if _same(found, dependency)]
    rank = [found for found in _extracted(manager, before) if _same(found, dependency)]
    at = next((index for index, one in enumerate(rank) if one.at == dependency.at), 0)
    now = places[at] if at < len(places) else None
    if now is None or now.text != update.text:
        says = f"says {now.text!r}" if now else "no longer states it"
        raise errors.StaleEdit(
            f"{dependency.file}: after the change it {says} where {dependency.name} should be {update.text!r}. "
            "Nothing was proposed; please report this file."
        )
    if dependency.locked is not None and now.locked is not None and not _is(now.locked, update.release, dependency):
        raise errors.ToolFailed(
            f"{dependency.file}: its lock file has {dependency.name} {now.locked} after the change, not "
            f"{update.release.version}: another package of this site holds it there. Nothing was proposed."
        )
    return ""


def _extracted(manager: Manager, manifest: Manifest) -> list[Dependency]:
    try:
        return [found for found in manager.extract(manifest) if isinstance(found, Dependency)]
    except errors.Unreadable as error:
        raise errors.Unreadable(f"{manifest.path}: {error}") from None


def _is(locked: str, release: Release, dependency: Dependency) -> bool:
    try:
        return catalog.SCHEMES[dependency.scheme].compare(locked, release.version) == 0
    except errors.InvalidVersion:
        return locked == release.version


def _same(found: Dependency, wanted: Dependency) -> bool:
    return (found.name, found.section, found.role) == (wanted.name, wanted.section, wanted.role)


def _manifest(built: Built, before: Manifest, path: str) -> Manifest:
    """The finished file with the neighbours it has now."""
    beside = []
    for near in before.beside:
        try:
            beside.append(Neighbour(near.path, decode(built.read(near.path), near.path)))
        except errors.Unreadable:
            continue
    return Manifest(path, decode(built.read(path), path), tuple(beside))


class Archives:
    """Published code and checksums, fetched once a change."""

    def __init__(self, planned: Planned, folder: Path) -> None:
        self._http: Http = planned.http
        self._listings = planned.survey.lookup.listings
        self._tracked = planned.checkout.listed
        self._folder = folder
        self._fetched: dict[str, tuple[Path, Archive]] = {}

    def fetch(self, step: Unpack, version: str) -> tuple[Path, Archive] | None:
        """The archive of a version, None when none is published."""
        archive = self._archive(step, version)
        if archive is None:
            return None
        if archive.url not in self._fetched:
            # Not as its address calls it: a vendor's may hold a token, and the name shows up in messages.
            name = re.sub(r"[^\w.-]+", "-", f"{step.source.package.removesuffix(':')}-{version}")[-100:]
            path = self._folder / f"{len(self._fetched)}-{name}"
            self._http.download(archive.url, path, limit=ARCHIVE_LIMIT)
            self._fetched[archive.url] = path, archive
        return self._fetched[archive.url]

    def packs(self, change: Change) -> tuple[dict[Pack, Path], list[str]]:
        """The language packs that travel with a change, and sentences on those that could not be had."""
        wanted, stay = translations.travelling(self._http, self._tracked, change.updates)
        packs: dict[Pack, Path] = {}
        for pack in wanted:
            path = self._folder / f"pack-{len(packs)}"
            try:
                self._http.download(pack.url, path, limit=PACK_LIMIT)
            except errors.OutsideError as error:
                stay.append(translations.stays(pack.package or "WordPress", pack.locale, str(error).rstrip(".")))
                continue
            packs[pack] = path
        return packs, stay

    def _archive(self, step: Unpack, version: str) -> Archive | None:
        if version == step.release.version:
            return self._detailed(step.source, step.release).archive
        listing = self._listings.get(step.source)
        release = next((r for r in listing.releases if r.version == version), None) if listing else None
        return self._detailed(step.source, release or Release(version)).archive

    def _detailed(self, source: Source, release: Release) -> Release:
        if release.archive:
            return release
        return catalog.DATASOURCES[source.datasource].details(self._http, source, release)

    def checksums(self, step: Unpack, version: str) -> Mapping[str, frozenset[str]] | None:
        """What each file of a version says, None when its datasource publishes no checksums."""
        published = catalog.CHECKSUMS.get(step.source.datasource)
        return published.checksums(self._http, step.source, version) if published else None
