"""Whether a staging is like production but for the change: what both show of the versions they run.

A verdict on a staging with another PHP or another plugin says little of what will happen where customers buy.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from maintainer.policy.globs import any_matches

META = re.compile(r"<meta\b[^>]{0,400}>", re.I)
NAME, CONTENT = (re.compile(rf"\b{name}\s*=\s*[\"']([^\"']{{0,300}})", re.I) for name in ("name", "content"))
GENERATOR = re.compile(r"([A-Za-z][A-Za-z0-9 ._-]{0,60}?)[ /]v?(\d+(?:\.\d+){1,3}[\w.+-]{0,20})")
POWERED = re.compile(r"\bPHP/(\d+\.\d+(?:\.\d+)?)")
#: A file of a plugin or a theme, with the version that it is asked for by.
ASSET = re.compile(
    r"/(?:wp-content|app)/(plugin|theme)s/([A-Za-z0-9_.-]{1,100})/([^\"'?#<>\s]{1,300})(?:\?[^\"'<>\s]{0,200}?\bver=([^\"'&<>\s]{1,60}))?"
)
#: Numbers with dots: a digest or a time in an address changes with each deployment.
VERSION = re.compile(r"\d+(?:\.\d+){1,3}[\w.+-]{0,20}")
#: Files by which a change moves the runtime itself.
RUNTIME = re.compile(
    r"(?:^|/)(?:Dockerfile[^/]*|\.php-version|\.tool-versions|composer\.json|[^/]*compose[^/]*\.ya?ml|\.wp-env\.json)$"
)
MOST = 12


@dataclass(frozen=True, slots=True)
class Shown:
    """What a site shows: versions by name (`php`, `plugin/akismet`), and by the file that is asked for by one.

    `page` is of its home page, `stated` of the document that tells versions, empty where there is none.
    """

    page: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    stated: Mapping[str, Mapping[str, str]] = field(default_factory=dict)


def of_page(headers: Mapping[str, str], text: str) -> dict[str, dict[str, str]]:
    """The versions that an answer shows, empty for a file without one; `headers` by their names in lower case."""
    found: dict[str, dict[str, str]] = {}
    if match := POWERED.search(headers.get("x-powered-by", "")):
        found["php"] = {"": match[1]}
    for meta in META.findall(text):
        name, content = NAME.search(meta), CONTENT.search(meta)
        if name and content and name[1].lower() == "generator" and (match := GENERATOR.match(content[1])):
            found[match[1].strip().lower()] = {"": match[2]}
    for kind, slug, file, version in ASSET.findall(text):
        files = found.setdefault(f"{kind}/{slug}", {})
        files[file] = version if VERSION.fullmatch(version) else ""
    return found


def of_runs(runs: Mapping[str, str], components: Mapping[tuple[str, str], str]) -> dict[str, dict[str, str]]:
    """The versions that the document of `site.version_url` states."""
    named = {f"{kind}/{name}": version for (kind, name), version in components.items() if name}
    return {name: {"": version} for name, version in (*runs.items(), *named.items())}


def moved(paths: Iterable[str]) -> frozenset[str]:
    """The names whose versions a change of these files may move."""
    names: set[str] = set()
    for path in paths:
        if match := re.search(r"(?:^|/)(?:wp-content|app|content)/(plugin|theme)s/([^/]+)", path):
            names.add(f"{match[1]}/{match[2].removesuffix('.php')}")
            names |= {"woocommerce"} if match[2] == "woocommerce" else set()
        elif re.search(r"(?:^|/)(?:wp-includes|wp-admin)/", path):
            names.add("wordpress")
        elif RUNTIME.search(path):
            names |= {"php", "mysql", "mariadb"}
    return frozenset(names)


@dataclass(frozen=True, slots=True)
class Likeness:
    """`same` are the names both show alike; `differs` what differs, by name, in words."""

    same: tuple[str, ...]
    differs: Mapping[str, str]


def compare(production: Shown, staging: Shown, may_differ: tuple[str, ...], beyond: frozenset[str]) -> Likeness:
    """What differs between the two, but for names `may_differ` (globs) and those that the change moves (`beyond`)."""
    same: dict[str, None] = {}
    differs: dict[str, str] = {}
    for theirs, ours in ((production.page, staging.page), (production.stated, staging.stated)):
        if not (theirs and ours):
            continue
        for name in sorted(theirs.keys() | ours.keys()):
            if name in beyond or (may_differ and any_matches(may_differ, (name,))):
                continue
            if words := next(_differs(name, theirs.get(name), ours.get(name)), ""):
                differs.setdefault(name, words)
            elif name in theirs and name in ours:
                same[name] = None
    return Likeness(tuple(name for name in same if name not in differs), differs)


def _differs(name: str, theirs: Mapping[str, str] | None, ours: Mapping[str, str] | None) -> Iterator[str]:
    if theirs is None or ours is None:
        # A header or a generator that one of them hides says nothing of what it runs.
        if "/" in name:
            yield f"{name} is only {'here' if theirs is None else 'there'}"
        return
    for file in theirs.keys() & ours.keys():
        if theirs[file] and ours[file] and theirs[file] != ours[file]:
            yield f"{name} {theirs[file]} there, {ours[file]} here"


def sentence(found: Likeness) -> str:
    """What differs, in words."""
    shown = list(found.differs.values())[:MOST]
    rest = f"; and {len(found.differs) - MOST} more" if len(found.differs) > MOST else ""
    names = ", ".join(list(found.differs)[:MOST])
    return (
        f"staging differs from production beyond the change: {'; '.join(shown)}{rest}. Bring them in line, or name "
        f"what may differ: environments.production.may_differ: [{names}]"
    )
