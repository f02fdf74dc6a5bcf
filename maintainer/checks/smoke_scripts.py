"""Scripts that differ at the same address, and whether the change says why.

A browser that keeps the old file runs it with the new page; and who gets code onto a server puts it into a file that
is there already. So a script that no file of the change explains fails, and one that it explains is told.
"""

import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping
from urllib.parse import quote, urlsplit

from maintainer.checks.base import Bench, Site
from maintainer.checks.smoke_facts import Fact, looked, observed
from maintainer.checks.smoke_links import Use
from maintainer.checks.smoke_page import within
from maintainer.evidence import Evidence
from maintainer.http_visit import Missed, Seen

#: What decides what is installed: files of it may differ though none of them is in the change.
INSTALLS = re.compile(
    r"(?:^|/)(?:composer\.(?:json|lock)|package(?:-lock)?\.json|yarn\.lock|pnpm-lock\.yaml|bun\.lockb?|"
    r"requirements[^/]*\.(?:txt|lock|in)|pyproject\.toml|(?:uv|poetry)\.lock|Dockerfile[^/]*|[^/]*compose[^/]*\.ya?ml)$"
)
#: What scripts are built of.
SOURCES = re.compile(r"\.(?:ts|tsx|jsx|mjs|vue|svelte|coffee|es6)$|(?:^|/)(?:src|assets|resources)/.*\.js$")

Answers = Mapping[str, Seen | Missed | None]


def evidence(
    head: Site,
    base: Site,
    uses: tuple[Iterable[Use], Iterable[Use]],
    answers: tuple[Answers, Answers],
    changed: frozenset[str] | None,
    bench: Bench,
) -> Evidence:
    """Of the scripts that both sides load. `changed` are the paths of the files of the change, None if unknown."""
    after, before = (_scripts(*given) for given in zip(uses, answers, (head, base), strict=True))
    made = Evidence()
    for shown, (use, seen) in after.items():
        if shown not in before:
            continue
        other, was = before[shown]
        where = use.places[0]
        made += Evidence(looked=tuple(looked("scripts", where, site) for site in (head, base)))
        if _digest(seen, head) == _digest(was, base):
            continue
        if not _stays(use, seen, head, bench) or not _stays(other, was, base, bench):
            continue  # it is written anew for each request
        made += Evidence(observations=(observed(_fact(shown, seen, changed), where, head),))
    return made


def _scripts(uses: Iterable[Use], answers: Answers, site: Site) -> dict[str, tuple[Use, Seen]]:
    """By their address as both sides would write it, those that are there."""
    return {within(use.address, site.target.url): (use, seen) for use, seen in _there(uses, answers)}


def _there(uses: Iterable[Use], answers: Answers) -> Iterator[tuple[Use, Seen]]:
    for use in uses:
        seen = answers.get(use.address)
        if use.tag == "script" and isinstance(seen, Seen) and seen.status == 200 and seen.whole and seen.body:
            yield use, seen


def _digest(seen: Seen, site: Site) -> bytes:
    """Of its text without the site's own address, which differs by itself."""
    body = seen.body
    for own in (site.visitor.host, quote(site.visitor.host, safe="")):
        body = body.replace(own.encode(), b"")
    return hashlib.sha256(body).digest()


def _stays(use: Use, seen: Seen, site: Site, bench: Bench) -> bool:
    again = site.visitor.visit(use.address, limit=bench.bounds.size) if bench.left() else None
    return isinstance(again, Seen) and _digest(again, site) == _digest(seen, site)


def _fact(shown: str, seen: Seen, changed: frozenset[str] | None) -> Fact:
    what = f"loads {shown[:200]}, which is another file than before at the same address"
    key = f"other {shown}"
    if changed is not None and explains(changed, urlsplit(shown).path):
        keeps = "; a browser that kept the old one may not ask for it" if _kept(seen) else ""
        return Fact("scripts", key, f"{what}{keeps}", "low", told=True)
    why = "no file of the change explains it" if changed is not None else "which files the change has isn't known here"
    return Fact("scripts", key, f"{what}, and {why}: who put it there?", "high")


def _kept(seen: Seen) -> bool:
    control = seen.headers.get("cache-control", "")
    return bool(re.search(r"immutable|max-age=0*[1-9]", control) or seen.headers.get("expires"))


def explains(changed: frozenset[str], path: str) -> bool:
    """Whether a change of these files may change the script at this path: it is one of them (wherever the site's root
    is in the repository, or the repository in the site), is installed by what they say, or built of them."""
    asset = path.strip("/")
    return any(
        f"/{one}".endswith(f"/{asset}")
        or f"/{asset}".endswith(f"/{one}")
        or INSTALLS.search(one)
        or SOURCES.search(one)
        for one in changed
    )
