"""Security: is anything given away that wasn't before, and do headers and cookies protect less?

Asks with GET alone. What the repository holds (checksums, advisories, a bill of materials) is looked at by `tree`,
which is given: it wants what looking for updates wants.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import ClassVar

from maintainer.checks import security_exposed, security_headers, security_places, smoke_gate
from maintainer.checks.base import Bench, Site
from maintainer.checks.security_headers import Weaker
from maintainer.checks.security_places import Exposure
from maintainer.evidence import Blind, Evidence, Looked, Observation
from maintainer.http_visit import Missed, Seen

NAME = "security"
WRITES = False


def nothing(_: Bench) -> Evidence:
    """There is no repository to look at."""
    return Evidence()


@dataclass(frozen=True, slots=True)
class Security:
    """The check. `places` are asked for beside the usual ones; `tree` looks at the repository."""

    NAME: ClassVar[str] = NAME
    WRITES: ClassVar[bool] = WRITES

    places: tuple[Exposure, ...] = ()
    tree: Callable[[Bench], Evidence] = nothing

    def measure(self, bench: Bench) -> Evidence:
        """What both sites give away and how they protect; then what the repository holds, sites or not."""
        return self._outside(bench) + self.tree(bench)

    def _outside(self, bench: Bench) -> Evidence:
        blind = {site.side: found for site in bench.sites if (found := _closed(site, bench))}
        made = Evidence(blind=tuple(blind.values()))
        if "head" in blind:
            return made
        hosts = [site.visitor.host for site in bench.sites]
        usual = {one.path: one for one in security_places.known(hosts)}
        places = tuple((usual | {one.path: one for one in self.places if one.path not in usual}).values())
        for site in bench.sites:
            if site.side not in blind:
                made += security_exposed.evidence(places, site, bench)
        base = None if "base" in blind else bench.base
        for path in dict.fromkeys(("/", *(page.path for page in bench.pages if page.status is None))):
            made += _protection(path, bench.head, base, bench)
        return made


def _closed(site: Site, bench: Bench) -> Blind | None:
    home = site.visitor.visit(site.address("/"), limit=bench.bounds.size)
    blind = smoke_gate.closed(home, site)
    return replace(blind, check=NAME) if blind else None


def _protection(path: str, head: Site, base: Site | None, bench: Bench) -> Evidence:
    """What protects one page less than before."""
    made, answers = Evidence(), dict[str, Seen]()
    for site in filter(None, (head, base)):
        seen = site.visitor.visit(site.address(path), limit=1024) if bench.left() else None
        if seen is None or isinstance(seen, Missed):
            reason = seen.sentence if seen else "the time was over before it was looked at"
            return made + _blind(path, site, f"its headers can't be seen: it {reason}")
        if seen.status >= 400:
            return made + _blind(path, site, f"it answers {seen.status}, whose headers are not the page's")
        answers[site.side] = seen
        made += Evidence(looked=tuple(Looked(NAME, rule, path, site.side, relative=True) for rule in _rules(site)))
    if "base" in answers:
        found = tuple(_observations(path, answers["head"], answers["base"]))
        made += Evidence(observations=found)
    return made


def _rules(site: Site) -> Iterator[str]:
    """What is compared of a page; HSTS says nothing over HTTP (RFC 6797, section 7.2)."""
    for rule in (*security_headers.RULES, "cookies"):
        if rule != "hsts" or site.target.url.startswith("https:"):
            yield rule


def _observations(path: str, head: Seen, base: Seen) -> Iterator[Observation]:
    found: list[Weaker] = [*security_headers.weaker(head, base), *security_headers.weaker_cookies(head, base)]
    for one in found:
        yield Observation(NAME, one.rule, path, f"{path} {one.key}", one.sentence, one.severity)


def _blind(path: str, site: Site, reason: str) -> Evidence:
    rule = "headers"
    return Evidence(blind=(Blind(NAME, path, reason, "Smoke says more of it", site.side, rule),))
