"""From dependencies to what is published of them: many questions at once, one answer for each package."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from typing import TypeVar

from maintainer import errors
from maintainer.datasources.base import Advisories, Datasource
from maintainer.http import Http
from maintainer.model import Advisory, Dependency, Listing, Problem, Release, Source
from maintainer.versions.base import Scheme

#: Look-ups under way at once: a few more than a host is asked for at a time (`Http`'s `per_host`), so that as many are
#: always asked for while some read what was answered.
WORKERS = 36

Key = TypeVar("Key")
Value = TypeVar("Value")


@dataclass(slots=True)
class Lookup:
    """What datasources said: a listing for each package, or why there is none."""

    listings: dict[Source, Listing] = field(default_factory=dict)
    failures: dict[Source, errors.MaintainerError] = field(default_factory=dict)


def look_up(
    http: Http,
    datasources: Mapping[str, Datasource],
    schemes: Mapping[str, Scheme],
    dependencies: Iterable[Dependency],
    tick: Callable[[], None] = lambda: None,
    seen: Callable[[Dependency, Listing], None] = lambda *_: None,
) -> Lookup:
    """The listing of each distinct source, trimmed to what is newer than the oldest version in use here.

    `seen` is told of each dependency's as it arrives, in the threads that wait for others meanwhile.
    """
    users: dict[Source, list[Dependency]] = {}
    for dependency in dependencies:
        users.setdefault(dependency.source, []).append(dependency)

    def one(source: Source) -> Listing:
        try:
            listing = datasources[source.datasource].releases(http, source)
        finally:
            tick()
        listing = trimmed(listing, users[source], schemes)
        for dependency in users[source]:
            seen(dependency, listing)
        return listing

    result = Lookup()
    for source, answer in at_once(one, users):
        if isinstance(answer, errors.MaintainerError):
            result.failures[source] = answer
        else:
            result.listings[source] = answer
    return result


def trimmed(listing: Listing, users: Sequence[Dependency], schemes: Mapping[str, Scheme]) -> Listing:
    """The listing without releases older than every version in use, which no update could be.

    Thousands of packages are held at once: this is what keeps a plan small.
    """
    schemes_used = {dependency.scheme for dependency in users}
    current = [dependency.current for dependency in users]
    if len(schemes_used) != 1 or "docker" in schemes_used or None in current:
        return listing
    scheme = schemes[schemes_used.pop()]
    versions = [version for version in current if version and scheme.is_version(version)]
    if len(versions) != len(current):
        return listing
    oldest = versions[0]
    for version in versions[1:]:
        if scheme.compare(version, oldest) < 0:
            oldest = version
    kept = tuple(
        release
        for release in listing.releases
        if scheme.is_version(release.version) and scheme.compare(release.version, oldest) >= 0
    )
    return replace(listing, releases=kept)


def detail(
    http: Http, datasources: Mapping[str, Datasource], wanted: Iterable[tuple[Source, Release]]
) -> tuple[dict[tuple[Source, str], Release], list[Problem]]:
    """What listings leave out of these releases (dates, digests, archives), and what could not be had."""

    def one(pair: tuple[Source, Release]) -> Release:
        source, release = pair
        return datasources[source.datasource].details(http, source, release)

    known: dict[tuple[Source, str], Release] = {}
    problems: list[Problem] = []
    pairs = {(source, release.version): (source, release) for source, release in wanted}
    for (source, release), answer in at_once(one, pairs.values()):
        if isinstance(answer, errors.MaintainerError):
            problems.append(Problem(source.datasource, source.package, str(answer), answer.exit_code))
        else:
            known[source, release.version] = answer
    return known, problems


def ask_advisories(
    http: Http, sources: Mapping[str, Advisories], dependencies: Sequence[Dependency]
) -> tuple[dict[Dependency, tuple[Advisory, ...]], list[Problem]]:
    """The advisories that affect each dependency, from every source; one source down costs that source."""
    found: dict[Dependency, tuple[Advisory, ...]] = {}
    problems: list[Problem] = []

    def one(name: str) -> Mapping[Dependency, Sequence[Advisory]]:
        return sources[name].advisories(http, dependencies)

    for name, answer in at_once(one, sources):
        if isinstance(answer, errors.MaintainerError):
            problems.append(
                Problem(name, "advisories", f"{answer} No vulnerability is known from it.", answer.exit_code)
            )
            continue
        for dependency, advisories in answer.items():
            known = {advisory.id for advisory in found.get(dependency, ())}
            new = (advisory for advisory in advisories if advisory.id not in known)
            found[dependency] = (*found.get(dependency, ()), *new)
    return found, problems


def at_once(ask: Callable[[Key], Value], keys: Iterable[Key]) -> Iterable[tuple[Key, Value | errors.MaintainerError]]:
    """`ask` of every key in a pool of threads, in the order of the keys; an expected error is an answer too."""
    listed = list(keys)
    answers: dict[int, Value | errors.MaintainerError] = {}
    # One task a thread, that takes keys while there are any: a task a key would cost more than some answers do.
    waiting = iter(enumerate(listed))

    def work() -> None:
        for number, key in waiting:
            answers[number] = _answer(ask, key)

    with ThreadPoolExecutor(WORKERS, thread_name_prefix="lookup") as pool:
        for done in [pool.submit(work) for _ in range(min(WORKERS, len(listed)))]:
            done.result()
    yield from ((key, answers[number]) for number, key in enumerate(listed))


def _answer(ask: Callable[[Key], Value], key: Key) -> Value | errors.MaintainerError:
    try:
        return ask(key)
    except errors.MaintainerError as error:
        return error
