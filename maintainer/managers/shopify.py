"""Shopify apps: the version of the API that webhooks and extensions are written for.

https://shopify.dev/docs/apps/build/cli-for-apps/app-configuration, https://shopify.dev/docs/api/usage/versioning
"""

import posixpath
import re
from collections.abc import Iterator, Sequence

from maintainer.model import Dependency, Found, Manifest, Source, Step, Update
from maintainer.text import edits, places, toml_tree
from maintainer.text.tree import Array, Node, Table

NAME = "shopify"
FILES: tuple[str, ...] = (
    "**/shopify.app.toml",
    "**/shopify.app.*.toml",
    "**/shopify.extension.toml",
    "**/shopify.*.extension.toml",
)
BESIDE: tuple[str, ...] = ()

_QUARTER = re.compile(r"20\d\d-(?:0[1-9]|1[0-2])", re.ASCII)


def extract(manifest: Manifest) -> Sequence[Found]:
    """`unstable` is no version. Raises `errors.Unreadable`."""
    root = toml_tree.parse(manifest.text)
    app = posixpath.basename(manifest.path).startswith("shopify.app.")
    return places.distinct(_versions(manifest, root.get("webhooks") if app else root))


def steps(manifest: Manifest, updates: Sequence[Update]) -> Sequence[Step]:
    return edits.replacements(updates)


def _versions(manifest: Manifest, table: Node | None) -> Iterator[Found]:
    if not isinstance(table, Table):
        return
    stated = table.scalar("api_version")
    if stated and places.scalar(manifest.text, stated) and _QUARTER.fullmatch(stated.value):
        yield Dependency(
            NAME,
            manifest.path,
            "shopify-api",
            Source("runtimes", "shopify-api"),
            "wordpress",  # PHP's version_compare also orders `2024-10` and `2025-01`
            stated.at,
            stated.value,
            stated.value,
            current=stated.value,
            section="api_version",
        )
    extensions = table.get("extensions")
    for extension in extensions.items if isinstance(extensions, Array) else ():
        yield from _versions(manifest, extension)
