"""Themes committed to git: the `Version` header of a theme's style.css."""

import posixpath
import re
from collections.abc import Mapping, Sequence

from maintainer.model import Dependency, Finding, Found, Manifest, Source, Step, Unpack, Update
from maintainer.text import wordpress_code
from maintainer.text.edits import line_of
from maintainer.text.headers import Header, headers

FILES: tuple[str, ...] = ("**/themes/*/style.css",)
BESIDE: tuple[str, ...] = ()

_NESTED = re.compile(r"(?:^|/)(?:(?:mu-)?plugins|themes)/[^/]+/(?:.*/)?themes/", re.S)


def extract(manifest: Manifest) -> Sequence[Found]:
    """The theme, or why it is left alone (a child theme, own code); nothing for any other style sheet."""
    found = headers(manifest.text, "Theme Name", "Version", "Template", "Update URI", *wordpress_code.NEEDS)
    if "Theme Name" not in found or _NESTED.search(manifest.path):
        return ()
    root = posixpath.dirname(manifest.path)
    slug = posixpath.basename(root)
    if "Template" in found and found["Template"].value != slug:
        return (_left(manifest, found, "child-theme", "Template", _CHILD.format(found["Template"].value)),)
    updates = wordpress_code.updates(found["Update URI"].value if "Update URI" in found else "", slug)
    if updates.by == "nobody":
        return (
            _left(
                manifest, found, "own-code", "Update URI", "is your own code (its `Update URI` says so): left alone."
            ),
        )
    if updates.by == "author":
        return (_left(manifest, found, "own-updates", "Update URI", _AUTHOR.format(updates.name)),)
    return (theme(manifest) or _left(manifest, found, "no-version", "Theme Name", _UNVERSIONED),)


def theme(manifest: Manifest) -> Dependency | None:
    """The theme of this style sheet, whoever updates it; None without a name or version.

    For a theme of an author's own server whose manifest the user has configured.
    """
    found = headers(manifest.text, "Theme Name", "Version", "Update URI", *wordpress_code.NEEDS)
    version = wordpress_code.version(found)
    if "Theme Name" not in found or version is None:
        return None
    root = posixpath.dirname(manifest.path)
    slug = posixpath.basename(root)
    updates = wordpress_code.updates(found["Update URI"].value if "Update URI" in found else "", slug)
    name = updates.name if updates.by == "wordpress.org" else slug
    return Dependency(
        manager="wordpress_theme",
        file=manifest.path,
        name=name,
        source=Source("wordpress", f"theme:{name}"),
        scheme="wordpress",
        at=version.at,
        text=version.value,
        constraint=version.value,
        current=version.value,
        section="themes",
        committed=True,
        root=root,
        requires=wordpress_code.requires(found),
    )


def steps(manifest: Manifest, updates: Sequence[Update]) -> Sequence[Step]:
    """One Unpack a theme: the archive brings the new header along."""
    return tuple(
        Unpack(
            "theme", update.dependency.source, update.dependency.current or "", update.release, update.dependency.root
        )
        for update in updates
    )


_CHILD = "is a child theme of {}: your own code, left alone. Check it after its parent is updated."
_AUTHOR = (
    "is updated by {}, not by wordpress.org: left alone. "
    "Name its vendor's manifest under `registries` to have it kept up to date."
)
_UNVERSIONED = (
    "states no version, so it can't be looked up: add a `Version` header, or `Update URI: false` if it is your own."
)


def _left(manifest: Manifest, found: Mapping[str, Header], kind: str, header: str, why: str) -> Finding:
    name = found["Theme Name"].value
    line = line_of(manifest.text, found[header].at.start)
    return Finding(kind, manifest.path, name, f"The theme {name} {why}", line=line)
