"""From a checkout to what is known of it: what its files state, what is published, what the site runs."""

import re
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace

from maintainer import catalog, errors
from maintainer.commands import committed, production
from maintainer.commands.facts import facts
from maintainer.commands.lookup import Lookup, ask_advisories, look_up
from maintainer.commands.scan import Scan, scan
from maintainer.config.load import Config
from maintainer.http import Http
from maintainer.managers.base import Manager
from maintainer.model import Advisory, Dependency, Finding, Listing, Problem, Source
from maintainer.planning.group import RUNTIMES
from maintainer.policy.compatibility import Facts
from maintainer.workspace.checkout import Files

#: The managers of code that is committed as it was published; whether it is the site's own decides what else is read.
COMMITTED = ("wordpress_plugin", "wordpress_theme", "wordpress_core")
CORE_MARK = "wp-includes/version.php"
#: What WordPress itself puts at and below its root.
CORE_FILES = re.compile(r"(?:wp-admin|wp-includes)/.*|wp-[a-z-]+\.php|xmlrpc\.php|index\.php")

Tick = Callable[[str, int], Callable[[], None]]
#: Told of a dependency and its listing while others are still looked up, and of what the site runs.
Seen = Callable[[Dependency, Listing, Facts], None]


@dataclass(slots=True)
class Survey:
    """All that is known before anything is decided."""

    scan: Scan = field(default_factory=Scan)
    lookup: Lookup = field(default_factory=Lookup)
    advisories: Mapping[Dependency, tuple[Advisory, ...]] = field(default_factory=dict)
    facts: Facts = field(default_factory=Facts)
    problems: list[Problem] = field(default_factory=list)


def survey(files: Files, http: Http, managers: Mapping[str, Manager], config: Config, tick: Tick, seen: Seen) -> Survey:
    """Read, look up and ask for advisories; each failure costs what depends on it, and becomes a problem."""
    first = {name: manager for name, manager in managers.items() if name in COMMITTED}
    others = {name: manager for name, manager in managers.items() if name not in COMMITTED}
    found = scan(files, first)
    lookup = _looked_up(http, found.dependencies, tick)
    foreign = third_party(found.dependencies, lookup, files.tracked())
    rest = scan(files, others, foreign)
    shared = {dependency.source for dependency in rest.dependencies}
    # What committed code shares with other files is asked anew: a listing is trimmed to who asks for it.
    asked = [
        *rest.dependencies,
        *(d for d in found.dependencies if d.source in shared),
        *_life_cycles(rest.dependencies),
    ]
    live, unanswered = production.ask(http, config.settings.site.version_url, config.file)
    runs = facts([*found.dependencies, *rest.dependencies], config.rulebook.runs, live.runs)
    found.add(rest)
    known = [d for d in found.dependencies if d.role == "package" and d.current and d.source not in lookup.failures]
    with ThreadPoolExecutor(1, thread_name_prefix="advisories") as beside:
        warned = beside.submit(ask_advisories, http, catalog.ADVISORIES, known)
        more = _looked_up(http, asked, tick, lambda dependency, listing: seen(dependency, listing, runs))
    advisories, problems = warned.result()
    lookup.listings |= more.listings
    lookup.failures |= more.failures
    behind, unread = committed.noticed(files, found)
    found.findings += behind
    found.findings += production.ahead(live, found.dependencies)
    unknown = problems_of(lookup, _life_cycles(rest.dependencies))
    return Survey(found, lookup, advisories, runs, [*found.problems, *unread, *problems, *unanswered, *unknown])


def _life_cycles(dependencies: Iterable[Dependency]) -> list[Dependency]:
    """Images of runtimes as what is in them: no tag tells how long PHP 8.2 is supported."""
    return [
        replace(d, name=d.section, source=Source("runtimes", d.section), scheme="runtime")
        for d in dependencies
        if d.role == "pin" and d.section in RUNTIMES and d.source.datasource == "docker"
    ]


def _looked_up(
    http: Http,
    dependencies: Iterable[Dependency],
    tick: Tick,
    seen: Callable[[Dependency, Listing], None] = lambda *_: None,
) -> Lookup:
    listed = list(dependencies)
    count = len({dependency.source for dependency in listed})
    return look_up(http, catalog.DATASOURCES, catalog.SCHEMES, listed, tick("looking up packages", count), seen)


def third_party(committed: Iterable[Dependency], lookup: Lookup, paths: Iterable[str]) -> Callable[[str], bool]:
    """Whether a path, of the tracked `paths`, is inside other people's committed code.

    That is what is published under its name, and what could not be looked up: only a plugin or theme that its
    directory doesn't know is the site's own, and then its package.json is the site's too.
    """
    inside = tuple(
        f"{dependency.root}/"
        for dependency in committed
        if dependency.manager != "wordpress_core" and not _unknown(dependency, lookup)
    )
    # A development build of WordPress is nobody's dependency, and still WordPress.
    cores = [path.removesuffix(CORE_MARK) for path in paths if path.endswith(CORE_MARK)]

    def is_foreign(path: str) -> bool:
        return path.startswith(inside) or any(
            path.startswith(core) and CORE_FILES.fullmatch(path.removeprefix(core)) for core in cores
        )

    return is_foreign


def _unknown(dependency: Dependency, lookup: Lookup) -> bool:
    """Whether wordpress.org knows nothing of it; a vendor that doesn't is a vendor's mistake."""
    failure = lookup.failures.get(dependency.source)
    return dependency.source.datasource == "wordpress" and isinstance(failure, errors.NotFound)


def unlisted(dependency: Dependency, lookup: Lookup) -> Finding | None:
    """A committed plugin or theme its directory doesn't know: the site's own, or bought."""
    if dependency.committed and _unknown(dependency, lookup):
        sentence = (
            f"{dependency.name} is not on wordpress.org: it is left alone. If it was bought, name its vendor under "
            "registries.vendors; if it is yours, say so with the header `Update URI: false`."
        )
        return Finding("not-listed", dependency.file, dependency.name, sentence, "low", dependency.line)
    return None


def failed(dependency: Dependency, lookup: Lookup) -> str:
    """Why nothing is known of a dependency, empty when something is or when it is nobody's fault."""
    error = lookup.failures.get(dependency.source)
    return "" if error is None or unlisted(dependency, lookup) else str(error)


def problems_of(lookup: Lookup, dependencies: Iterable[Dependency]) -> list[Problem]:
    """One problem for each package that could not be looked up."""
    seen: dict[Source, Problem] = {}
    for dependency in dependencies:
        sentence = failed(dependency, lookup)
        if sentence and dependency.source not in seen:
            code = lookup.failures[dependency.source].exit_code
            seen[dependency.source] = Problem(dependency.file, dependency.name, sentence, code)
    return list(seen.values())
