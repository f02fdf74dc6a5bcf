"""Which releases of a package are worth showing, and what each would write.

    look(dependency, listing, scheme, *, decide, strategy=..., prereleases=False, advisories=()) -> Looked

`decide: Callable[[Update], Decided]` is policy's; `strategy: Callable[[Bump], Strategy | None]` the rules' one. The
result lists, lane by lane, the newest release; where that must wait, also the newest that may go now. Lanes: the flow
(same major), and majors. A release whose date or digest the listing leaves out is held as such: get its details, put
them into the listing, and look again.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from maintainer.errors import InvalidConstraint, InvalidVersion
from maintainer.model import (
    Advisory,
    Allow,
    Ask,
    Bump,
    Decided,
    Dependency,
    Hold,
    Listing,
    Looked,
    Release,
    Strategy,
    Update,
)
from maintainer.planning.order import ascending
from maintainer.planning.restate import restated, widened
from maintainer.planning.security import fixing
from maintainer.versions.base import Scheme

Decide = Callable[[Update], Decided]


def look(
    dependency: Dependency,
    listing: Listing,
    scheme: Scheme,
    *,
    decide: Decide,
    strategy: Callable[[Bump], Strategy | None] = lambda _: None,
    prereleases: bool = False,
    advisories: Sequence[Advisory] = (),
) -> Looked:
    """A dependency after its look-up. Pins of runtimes and declarations of support are `planning/runtime`'s."""
    if dependency.role == "pin":
        return Looked(dependency)
    if dependency.role == "support" or dependency.section == "peerDependencies":
        return Looked(dependency, updates=_widening(dependency, listing, scheme, decide))
    writer = Writer(dependency, scheme, strategy, decide)
    current = anchor(dependency, scheme)
    if current is None:
        return Looked(dependency, listing.recommended, tuple(writer.digest(listing, dependency.constraint)))
    if dependency.scheme == "docker":
        listing = _same_variant(listing, current, scheme)
    lanes = Lanes.of(listing, current, scheme, prereleases=prereleases)
    flow = writer.walk(lanes.flow, lanes.bumps)
    major = writer.walk(lanes.major, lanes.bumps)
    if advisories:
        flow, major = _secured(writer, lanes, flow, major, tuple(advisories))
    if not lanes.flow.releases:
        flow += writer.digest(listing, current)
    newest = lanes.major.newest or lanes.flow.newest
    return Looked(dependency, newest.version if newest else current, (*flow, *major))


def _same_variant(listing: Listing, tag: str, scheme: Scheme) -> Listing:
    """The tags of the same variant and precision: an image's list holds all of them side by side."""
    kept = (r for r in listing.releases if scheme.is_version(r.version) and scheme.satisfies(tag, r.version))
    return replace(listing, releases=tuple(kept))


def anchor(dependency: Dependency, scheme: Scheme) -> str | None:
    """The version that newer ones are newer than: the one in use, else the lowest the constraint allows."""
    try:
        stated = scheme.pinned(dependency.constraint)
        lowest = dependency.current or scheme.lowest(dependency.constraint)
    except (InvalidConstraint, InvalidVersion):
        stated, lowest = None, dependency.current
    for text in (dependency.current, dependency.locked, stated):
        if text and scheme.is_version(text):
            return text
    # Ranges may write less than a version of their scheme has: npm's ^1.2 is from 1.2.0 on.
    padded = (lowest + ".0" * missing for missing in range(3)) if lowest else ()
    return next((text for text in padded if scheme.is_version(text)), None)


class Lane(NamedTuple):
    """Releases newer than the current one, in any order."""

    releases: list[Release]
    newest: Release | None

    @staticmethod
    def of(releases: list[Release], scheme: Scheme) -> "Lane":
        version = scheme.newest(release.version for release in releases)
        return Lane(releases, next((release for release in releases if release.version == version), None))


class Lanes(NamedTuple):
    """The lanes, and what moving to each version is."""

    flow: Lane
    major: Lane
    bumps: dict[str, Bump]

    @staticmethod
    def of(listing: Listing, current: str, scheme: Scheme, *, prereleases: bool = False) -> "Lanes":
        """Withdrawn releases are left out, those beyond what the publisher recommends too, unless current is.

        Pre-releases count where a rule says so, or, of the same major, where the current version is one.
        """
        flow: list[Release] = []
        major: list[Release] = []
        bumps: dict[str, Bump] = {}
        unstable = scheme.is_prerelease(current)
        for release in listing.releases:
            if release.withdrawn:
                continue
            try:
                bump = scheme.bump(current, release.version)
            except InvalidVersion:
                continue
            if bump in ("none", "other", "digest"):
                continue
            if bump == "prerelease":
                same = _first_number(current) == _first_number(release.version)
                if not prereleases and not (unstable and same):
                    continue
                bump = bump if same else "major"
            bumps[release.version] = bump
            (major if bump == "major" else flow).append(release)
        bound = _bound(listing.recommended, current, scheme)
        return Lanes(
            _within(Lane.of(flow, scheme), bound, scheme), _within(Lane.of(major, scheme), bound, scheme), bumps
        )


def _within(lane: Lane, bound: str | None, scheme: Scheme) -> Lane:
    """The lane up to a bound; mostly nothing is beyond it."""
    if bound is None or lane.newest is None or scheme.compare(lane.newest.version, bound) <= 0:
        return lane
    return Lane.of([release for release in lane.releases if scheme.compare(release.version, bound) <= 0], scheme)


def _bound(recommended: str | None, current: str, scheme: Scheme) -> str | None:
    try:
        return recommended if recommended and scheme.compare(recommended, current) >= 0 else None
    except InvalidVersion:
        return None


def _first_number(version: str) -> str:
    digits = version.lstrip("vV=").split(".", 1)[0].split("-", 1)[0]
    return digits.lstrip("0") or "0"


@dataclass(frozen=True)
class Writer:
    """Makes updates of one dependency and asks policy about them."""

    dependency: Dependency
    scheme: Scheme
    strategy: Callable[[Bump], Strategy | None]
    decide: Decide

    def walk(self, lane: Lane, bumps: dict[str, Bump]) -> list[Decided]:
        """The newest release of a lane, and where it must wait the newest that may go."""
        newest = lane.newest
        first = self.decided(newest, bumps[newest.version]) if newest else None
        if newest is None or first is None or isinstance(first.decision, Allow | Ask):
            return [first] if first else []
        older = ascending((release for release in lane.releases if release.version != newest.version), self.scheme)
        # What holds the oldest exactly as it holds the newest (a freeze, a pin) holds all between.
        oldest = self.decided(older[0], bumps[older[0].version]) if older else None
        if oldest is not None and oldest.decision == first.decision:
            return [first]
        for release in reversed(older):
            decided = self.decided(release, bumps[release.version])
            if decided is None:
                break
            if isinstance(decided.decision, Allow | Ask):
                return [first, decided]
        return [first]

    def decided(self, release: Release, bump: Bump, advisories: tuple[Advisory, ...] = ()) -> Decided | None:
        """What is decided of one release; None when the file needs no change to have it."""
        # A range that allows a fix still allows the hole: only a new lower bound, or the lock, ends that.
        strategy = "bump" if advisories and self.dependency.locked is None else self.strategy(bump)
        try:
            text = restated(self.dependency, release, self.scheme, strategy)
        except (InvalidConstraint, InvalidVersion) as error:
            update = Update(self.dependency, release, self.dependency.text, bump, advisories)
            return Decided(update, Hold(f"left to a person: {error}"))
        if text is None:
            return None
        update = Update(self.dependency, release, text, bump, advisories)
        if self.dependency.digest and not (release.digest or release.hashes):
            return Decided(update, Hold(f"the digest of {release.version} is not known, and this place pins one"))
        return self.decide(update)

    def digest(self, listing: Listing, tag: str) -> list[Decided]:
        """The same image tag with a new digest: it was built again, mostly for its base image's fixes.

        A forge's tag that moves to another commit is no update.
        """
        old = self.dependency.digest
        if self.dependency.scheme != "docker" or not old:
            return []
        same = next((release for release in listing.releases if release.version == tag), None)
        if same is None or not same.digest or same.digest == old:
            return []
        text = self.dependency.text.replace(old, same.digest, 1)
        return [self.decide(Update(self.dependency, same, text, "digest"))]

    @property
    def started(self) -> str:
        return self.dependency.current or self.dependency.constraint


def _secured(
    writer: Writer, lanes: Lanes, flow: list[Decided], major: list[Decided], advisories: tuple[Advisory, ...]
) -> tuple[list[Decided], list[Decided]]:
    """The lanes with the lowest fix in front; what would move the same place further waits for it."""
    for lane, shown in ((lanes.flow, flow), (lanes.major, major)):
        fixes = list(_fixes(writer, lane.releases, lanes.bumps, advisories))
        if not fixes:
            continue
        fixed = {one.update.release.version for one in fixes}
        goes = isinstance(fixes[-1].decision, Allow | Ask)
        waits = f"waits for the security update {writer.started} → {fixes[-1].update.release.version}"
        rest = [
            Decided(one.update, Hold(waits), one.group, one.labels, one.reviewers, one.assignees)
            if goes and isinstance(one.decision, Allow | Ask)
            else one
            for one in shown
            if one.update.release.version not in fixed
        ]
        shown[:] = [*fixes, *rest]
        if goes:
            break
    return flow, major


def _fixes(
    writer: Writer, lane: list[Release], bumps: dict[str, Bump], advisories: tuple[Advisory, ...]
) -> Iterator[Decided]:
    """The lowest fixing release, and where that must wait the lowest that may go."""
    first = True
    for release in fixing(lane, advisories, writer.scheme):
        decided = writer.decided(release, bumps[release.version], advisories)
        if decided is None:
            return
        goes = isinstance(decided.decision, Allow | Ask)
        if first or goes:
            yield decided
        if goes:
            return
        first = False


def _widening(dependency: Dependency, listing: Listing, scheme: Scheme, decide: Decide) -> tuple[Decided, ...]:
    """A declaration of support moves only when it excludes the version that is in use."""
    used = dependency.locked
    release = next((release for release in listing.releases if release.version == used), None)
    if used is None or dependency.source.package in ("php", "node"):
        return ()
    try:
        text = widened(dependency, release or Release(used), scheme)
    except (InvalidConstraint, InvalidVersion):
        return ()
    if text is None:
        return ()
    return (decide(Update(dependency, release or Release(used), text, "minor")),)
