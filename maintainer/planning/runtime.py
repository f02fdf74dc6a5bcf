"""PHP, Node and Python: one update each over every file that states them.

    plan(name, places, listing, now, *, images, schemes, decide, blocked, horizon, settle) -> Runtime

`places` are the dependencies with role `pin` or `support` of this runtime; `decide: Callable[[Update, str], Decided]`
is policy's with the group; `blocked(version) -> Sequence[str]` says what installed things forbid a version.

Within a cycle (PHP 8.1, Node 22) a pin that names a patch flows like a package. A move to another cycle is asked for:
to the newest that is supported, settled (published `settle` ago; for Node: a line of long-term support) and forbidden
by nothing installed. All pins move together or none does; declarations of support are widened along.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from maintainer.errors import InvalidConstraint, InvalidVersion
from maintainer.model import Allow, Ask, Decided, Decision, Deny, Dependency, Hold, Listing, Release, Source, Update
from maintainer.planning.candidate import look
from maintainer.planning.cycle import Cycle, cycle, cycles, numbers, shown
from maintainer.planning.group import RUNTIMES, URGENT, title
from maintainer.planning.restate import restated, widened
from maintainer.versions.base import Scheme

#: A new cycle needs some patch releases, and plugins some time, before a shop should run on it.
SETTLE = timedelta(days=90)
HORIZON = timedelta(days=90)

Decide = Callable[[Update, str], Decided]


@dataclass(frozen=True, slots=True)
class Runtime:
    """What is decided for a runtime; `target` is the cycle that is possible now, `title` that change's title."""

    name: str
    decided: tuple[Decided, ...] = ()
    current: str = ""
    target: str = ""
    title: str = ""
    supported_until: datetime | None = None


@dataclass(frozen=True, slots=True)
class _Site:
    """What the questions below have in common."""

    name: str
    pins: tuple[Dependency, ...]
    supports: tuple[Dependency, ...]
    images: Mapping[Source, Listing]
    schemes: Mapping[str, Scheme]
    decide: Decide


class _Blocked(Exception):  # never leaves this module
    """A file can't state the cycle."""


def plan(
    name: str,
    places: Sequence[Dependency],
    listing: Listing,
    now: datetime,
    *,
    images: Mapping[Source, Listing],
    schemes: Mapping[str, Scheme],
    decide: Decide,
    blocked: Callable[[str], Sequence[str]],
    horizon: timedelta = HORIZON,
    settle: timedelta = SETTLE,
) -> Runtime:
    """Decided updates of one runtime, all in the group of its name.

    `images` are the listings of pins that are image tags, by source; an image whose listing is missing holds the move.
    """
    pins = tuple(place for place in places if place.role == "pin" and _cycle(name, place, schemes) is not None)
    supports = tuple(place for place in places if place.role == "support")
    site = _Site(name, pins, supports, images, schemes, decide)
    if not pins:
        return Runtime(name)
    known = cycles(name, listing)
    current = min(found for pin in pins if (found := _cycle(name, pin, schemes)))
    ends = next((one.supported_until for one in known if one.numbers == current), None)
    patches = [one for pin in pins for one in _patches(site, pin, listing)]
    moves, target = _moves(site, known, current, ends, now, blocked, horizon, settle)
    widening = [] if target else list(_excluded(site, known))
    return Runtime(
        name,
        (*patches, *moves, *widening),
        shown(current),
        shown(target),
        title([one.update for one in moves if cycle(name, one.update.release.version) == target], name)
        if target
        else "",
        ends,
    )


def _cycle(name: str, place: Dependency, schemes: Mapping[str, Scheme]) -> tuple[int, ...] | None:
    stated = cycle(name, place.current or "") or cycle(name, place.constraint)
    if stated or place.scheme != "runtime" or "runtime" not in schemes:
        return stated
    # A line by its name: `lts/iron` is 20.
    return cycle(name, schemes["runtime"].lowest(place.constraint) or "")


def _patches(site: _Site, pin: Dependency, listing: Listing) -> Sequence[Decided]:
    """What is newer within the cycle of a pin, for one that names a patch or a digest."""
    releases = _dated(site.images.get(pin.source), listing) if pin.scheme == "docker" else listing
    scheme = site.schemes.get(pin.scheme)
    if scheme is None or (len(numbers(pin.constraint)) < 3 and not pin.digest):
        return ()
    own = _cycle(site.name, pin, site.schemes)
    within = tuple(r for r in releases.releases if cycle(site.name, r.version) == own)
    looked = look(
        replace(pin, role="package"),
        Listing(within, untouched_since=releases.untouched_since),
        scheme,
        decide=lambda update: site.decide(replace(update, dependency=pin), site.name),
        strategy=lambda _: "bump",
    )
    return [replace(one, update=replace(one.update, dependency=pin), group=site.name) for one in looked.updates]


def _dated(tags: Listing | None, listing: Listing) -> Listing:
    """Image tags, each as old as the runtime in it where that is known: a tag is built again every week."""
    if tags is None:
        return Listing(())
    dates = {numbers(release.version): release.published for release in listing.releases}
    dated = (replace(tag, published=dates.get(numbers(tag.version)) or tag.published) for tag in tags.releases)
    return replace(tags, releases=tuple(dated), recommended=None)


def _moves(
    site: _Site,
    known: Sequence[Cycle],
    current: tuple[int, ...],
    ends: datetime | None,
    now: datetime,
    blocked: Callable[[str], Sequence[str]],
    horizon: timedelta,
    settle: timedelta,
) -> tuple[list[Decided], tuple[int, ...]]:
    """The move to the newest possible cycle, before it, held, the one to a newer one that something forbids."""
    first: tuple[Cycle, list[Update], list[str]] | None = None
    for wanted in known:
        if wanted.numbers <= current or not _supported(site.name, wanted, now, settle):
            continue
        updates, missing = _updates(site, wanted)
        reasons = [*blocked(wanted.name), *missing]
        if not reasons and updates:
            held = _held(site, *first, wanted) if first else []
            return [*held, *_together(site, updates, _urgency(site, current, ends, now, horizon))], wanted.numbers
        if reasons and first is None:
            first = wanted, updates, reasons
    return (_held(site, *first, None) if first else []), ()


def _supported(name: str, wanted: Cycle, now: datetime, settle: timedelta) -> bool:
    """Support that has no known end, and a cycle without a date, are no evidence."""
    if wanted.supported_until is None or wanted.begun is None or (name == "node" and not wanted.lts):
        return False
    return _aware(wanted.supported_until) > now and _aware(wanted.begun) + settle <= now


def _aware(when: datetime) -> datetime:
    return when if when.tzinfo else when.replace(tzinfo=UTC)


def _updates(site: _Site, wanted: Cycle) -> tuple[list[Update], list[str]]:
    """An update for each place behind a cycle, and why some place can't have one."""
    updates: list[Update] = []
    missing: list[str] = []
    for pin in site.pins:
        if (_cycle(site.name, pin, site.schemes) or wanted.numbers) >= wanted.numbers:
            continue
        try:
            release = _image(site, pin, wanted) if pin.scheme == "docker" else _release(pin, wanted)
            text = restated(pin, release, site.schemes[pin.scheme], "bump")
        except (_Blocked, InvalidConstraint, InvalidVersion, KeyError) as error:
            why = str(error) if isinstance(error, _Blocked) else f"{pin.file} can't state {wanted.name}: {error}"
            missing.append(why)
            continue
        if text is not None:
            updates.append(Update(pin, release, text, "major"))
    if updates:
        updates += _widening(site, wanted.releases[0])
    return updates, missing


def _release(pin: Dependency, wanted: Cycle) -> Release:
    """The newest release of the cycle, in the precision of the pin: `8.1` becomes `8.3`, `8.1.2` becomes `8.3.12`."""
    newest = wanted.releases[0]
    precision = max(len(numbers(pin.constraint)) or len(numbers(pin.current or "")), len(wanted.numbers))
    if precision >= len(numbers(newest.version)):
        return newest
    return replace(newest, version=shown(numbers(newest.version)[:precision]), published=wanted.begun)


def _image(site: _Site, pin: Dependency, wanted: Cycle) -> Release:
    """The newest tag of the cycle in the same variant and precision."""
    scheme = site.schemes["docker"]
    listing = site.images.get(pin.source)
    if listing is None:
        raise _Blocked(f"{pin.file}: the tags of {pin.source.package} could not be looked up")
    own = pin.current or pin.constraint
    tags = {
        release.version: release
        for release in listing.releases
        if cycle(site.name, release.version) == wanted.numbers
        and scheme.is_version(release.version)
        and not scheme.is_prerelease(release.version)
        and scheme.satisfies(own, release.version)
    }
    newest = scheme.newest(tags)
    if newest is None:
        raise _Blocked(f"{pin.file}: {pin.source.package} has no tag for {wanted.name} like {own}")
    if pin.digest and tags[newest].digest is None:
        raise _Blocked(f"{pin.file}: the digest of {pin.source.package}:{newest} is not known")
    # What has to be old enough is the runtime in it, as in `_dated`.
    inside = next((r.published for r in wanted.releases if numbers(r.version) == numbers(newest)), wanted.begun)
    return replace(tags[newest], published=inside)


def _widening(site: _Site, release: Release) -> Iterator[Update]:
    """Declarations of support that exclude a release, widened; one with no faithful text is left as it is."""
    for place in site.supports:
        scheme = site.schemes.get(place.scheme)
        # A cell of a CI matrix is one version: no text of it could mean two.
        if scheme is None or place.scheme == "runtime":
            continue
        try:
            if scheme.satisfies(place.constraint, release.version):
                continue
            # Said of the whole cycle, so that each new patch of it doesn't make another change of this.
            line = replace(release, version=_whole(site.name, release.version))
            text = widened(place, line, scheme)
        except (InvalidConstraint, InvalidVersion):
            continue
        if text is not None:
            yield Update(place, line, text, "major")


def _whole(name: str, version: str) -> str:
    found = cycle(name, version)
    return shown((*found, 0, 0)[:3]) if found else version


def _excluded(site: _Site, known: Sequence[Cycle]) -> Iterator[Decided]:
    """Declarations that exclude what the site runs now: widened without a move."""
    running = max(found for pin in site.pins if (found := _cycle(site.name, pin, site.schemes)))
    release = next((one.releases[0] for one in known if one.numbers == running), None)
    for update in _widening(site, release) if release else ():
        yield replace(site.decide(replace(update, bump="minor"), site.name), group=site.name)


def _held(
    site: _Site, wanted: Cycle, updates: Sequence[Update], reasons: Sequence[str], possible: Cycle | None
) -> list[Decided]:
    best = f"{RUNTIMES[site.name]} {possible.name}" if possible else "what it runs now"
    hold = Hold(f"blocked by {'; '.join(reasons)} · newest possible: {best}")
    if not updates:
        release = wanted.releases[0]
        updates = [Update(pin, release, pin.text, "major") for pin in site.pins[:1]]
    return [replace(site.decide(update, site.name), decision=hold, group=site.name) for update in updates]


def _urgency(site: _Site, current: tuple[int, ...], ends: datetime | None, now: datetime, horizon: timedelta) -> str:
    """Why not to wait, empty when there is time."""
    if ends is None or _aware(ends) - now > horizon:
        return ""
    days = int((_aware(ends) - now) / timedelta(days=1))
    name = f"{RUNTIMES[site.name]} {shown(current)}"
    if days < 0:
        return f"{name} has had no security support for {-days} days"
    return f"{name}: security support ends in {days} days"


def _together(site: _Site, updates: Sequence[Update], urgency: str) -> list[Decided]:
    """What is decided of one place holds for all: the strictest wins."""
    decided = [site.decide(update, site.name) for update in updates]
    decision = max((one.decision for one in decided), key=_strictness)
    if isinstance(decision, Ask | Allow):
        files = len({update.dependency.file for update in updates})
        parts = (f"{files} files" if files > 1 else "", urgency, decision.reason)
        decision = replace(decision, reason=" · ".join(part for part in parts if part))
    extra = (URGENT,) if urgency else ()
    return [
        replace(one, decision=decision, group=site.name, labels=tuple(dict.fromkeys((*one.labels, *extra))))
        for one in decided
    ]


def _strictness(decision: Decision) -> tuple[int, float]:
    match decision:
        case Deny():
            return 3, 0
        case Hold(until=until):
            return 2, until.timestamp() if until else float("inf")
        case Ask():
            return 1, 0
        case Allow():
            return 0, 0
