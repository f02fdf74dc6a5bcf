"""`.wp-env.json`: the WordPress, PHP, plugins and themes of a development site.

https://developer.wordpress.org/block-editor/reference-guides/packages/packages-env/ - comments are allowed.
"""

import re
from collections.abc import Iterator, Sequence

from maintainer.model import Dependency, Found, Manifest, Source, Span, Step, Update
from maintainer.text import edits, json_tree, places, revision, runtime
from maintainer.text.places import Traced
from maintainer.text.tree import Array, Node, Table

NAME = "wp_env"
FILES: tuple[str, ...] = ("**/.wp-env.json", "**/.wp-env.override.json")
BESIDE: tuple[str, ...] = ()

_NUMBER = r"(?P<version>\d{1,9}(?:\.\d{1,9}){1,3}(?:-?(?:alpha|beta|rc)-?\d{0,9})?)"
_CORE = tuple(
    re.compile(pattern, re.ASCII | re.IGNORECASE)
    for pattern in (
        rf"(?:\S*[/:])?WordPress/(?:WordPress|wordpress-develop)(?:\.git)?#(?:refs/tags/)?{_NUMBER}",
        rf"https?://(?:[\w-]+\.)*wordpress\.org/(?:\w+/)*wordpress-{_NUMBER}(?:-[\w-]+)?\.(?:zip|tar\.gz)",
    )
)
_DIRECTORY = re.compile(
    r"https?://downloads\.wordpress\.org/(?P<kind>plugin|theme)/(?P<slug>[\w-]+)\.(?P<version>\d[\w.-]{0,60})\.zip",
    re.ASCII,
)
_REPOSITORY = (
    r"(?:(?:(?:git\+)?(?:https?|ssh)://(?:[\w-]+@)?)?github\.com/|git@github\.com:)?"
    r"(?P<repository>[A-Za-z0-9-]+/[\w-][\w.-]*?)"
)
_FORGE = tuple(
    re.compile(pattern, re.ASCII)
    for pattern in (
        rf"{_REPOSITORY}(?:\.git)?(?:/[^#\s]*)?#(?P<version>[^\s/]+)",
        r"https://github\.com/(?P<repository>[\w.-]+/[\w.-]+)/archive/(?:refs/tags/)?(?P<version>[^\s/]+)\.(?:zip|tar\.gz)",
        r"https://github\.com/(?P<repository>[\w.-]+/[\w.-]+)/releases/download/(?P<version>[^\s/]+)/[^\s/\d]+\.zip",
    )
)


def extract(manifest: Manifest) -> Sequence[Found]:
    """Also of each environment under `env`. Raises `errors.Unreadable`."""
    root = json_tree.parse_table(manifest.text, comments=True)
    environments = root.table("env")
    tables = [root, *(node for _, node in (environments.items if environments else ()))]
    return places.distinct(one for table in tables if isinstance(table, Table) for one in _environment(manifest, table))


def steps(manifest: Manifest, updates: Sequence[Update]) -> Sequence[Step]:
    return edits.replacements(updates)


def _environment(manifest: Manifest, table: Table) -> Iterator[Found]:
    yield from _core(manifest, table.get("core"))
    php = table.get("phpVersion")
    written = places.scalar(manifest.text, php)
    at = written.place(0, len(written.text)) if written else None
    if at and (found := runtime.stated(NAME, manifest, "php", at)):
        yield found
    for section in ("plugins", "themes"):
        listed = table.get(section)
        for node in listed.items if isinstance(listed, Array) else ():
            yield from _code(manifest, section, node)
    for _, mapped in table.scalars("mappings"):
        yield from _code(manifest, "mappings", mapped)


def _core(manifest: Manifest, node: Node | None) -> Iterator[Found]:
    written = places.scalar(manifest.text, node)
    for match in (pattern.fullmatch(written.text) for pattern in _CORE) if written else ():
        if written and match:
            source = Source("wordpress", "core")
            yield from _stated(manifest, "core", "wordpress", source, written, Span(*match.span("version")))


def _code(manifest: Manifest, section: str, node: Node) -> Iterator[Found]:
    """A plugin or theme: a version of the directory, or a tag of a repository."""
    written = places.scalar(manifest.text, node)
    if not written:
        return
    if match := _DIRECTORY.fullmatch(written.text):
        source = Source("wordpress", f"{match['kind']}:{match['slug']}")
        yield from _stated(manifest, section, match["slug"], source, written, Span(*match.span("version")))
        return
    match = next((hit for pattern in _FORGE if (hit := pattern.fullmatch(written.text))), None)
    at = written.place(*match.span("version")) if match else None
    if match and at:
        name = match["repository"]
        found = revision.stated(NAME, manifest, section, name, Source("forge-tags", f"github:{name}"), at)
        if found:
            yield found


def _stated(
    manifest: Manifest, section: str, name: str, source: Source, written: Traced, part: Span
) -> Iterator[Found]:
    text = written.text[slice(*part)]
    if at := written.place(*part):
        yield Dependency(NAME, manifest.path, name, source, "wordpress", at, text, text, current=text, section=section)
