"""Plugins committed to git: the `Version` header of a plugin's main file, and drop-ins.

WordPress takes as a main file any PHP file with a `Plugin Name` header, in the plugins folder or one folder deep
(`get_plugins`). A folder may hold several; each is extracted, all with the folder as their `root`.
"""

import posixpath
import re
from collections.abc import Mapping, Sequence

from maintainer.model import Dependency, Finding, Found, Manifest, Source, Step, Unpack, Update
from maintainer.text import wordpress_code
from maintainer.text.edits import line_of
from maintainer.text.headers import Header, headers

#: `_get_dropins()`: files WordPress loads from the content folder, if they are there, without asking.
DROP_INS = (
    "advanced-cache.php",
    "blog-deleted.php",
    "blog-inactive.php",
    "blog-suspended.php",
    "db-error.php",
    "db.php",
    "fatal-error-handler.php",
    "install.php",
    "maintenance.php",
    "object-cache.php",
    "php-error.php",
    "sunrise.php",
)

FILES: tuple[str, ...] = (
    "**/plugins/*.php",
    "**/plugins/*/*.php",
    "**/mu-plugins/*.php",
    "**/mu-plugins/*/*.php",
    "**/client-mu-plugins/*.php",
    "**/client-mu-plugins/*/*.php",
    *(f"**/{content}/{name}" for content in ("wp-content", "web/app") for name in DROP_INS),
)
BESIDE: tuple[str, ...] = ()

_PLACE = re.compile(r"(?:.*/)?(?:(?:client-)?mu-)?plugins/(?P<inside>(?:[^/]+/)?[^/]+\.php)", re.S)
#: A folder of components within a component: code of the outer one, whatever its headers say.
_NESTED = re.compile(r"(?:^|/)(?:(?:(?:client-)?mu-)?plugins|themes)/[^/]+/(?:.*/)?(?:(?:client-)?mu-)?plugins/", re.S)
_WITHIN = re.compile(r"(?:^|/)(?:(?:(?:client-)?mu-)?plugins|themes)/[^/]+/", re.S)


def extract(manifest: Manifest) -> Sequence[Found]:
    """The plugin whose main file this is, or what keeps it from being updated; nothing for any other file."""
    place = _PLACE.fullmatch(manifest.path)
    if place is None:
        # A plugin brings the copy that becomes the drop-in, some in a folder like WordPress's own.
        return () if _WITHIN.search(manifest.path) else (_drop_in(manifest),)
    found = headers(manifest.text, "Plugin Name", "Update URI")
    if "Plugin Name" not in found or _NESTED.search(manifest.path):
        return ()
    update_uri = found["Update URI"].value if "Update URI" in found else ""
    updates = wordpress_code.updates(update_uri, _slug(place["inside"], found))
    if updates.by == "wordpress.org":
        return (plugin(manifest) or _no_version(manifest, found),)
    return (_own(manifest, found, updates),)


def plugin(manifest: Manifest) -> Dependency | None:
    """The plugin in this main file, whoever updates it; None without a name or version.

    For a plugin of an author's own server whose manifest the user has configured.
    """
    found = headers(manifest.text, "Plugin Name", "Version", "Update URI", "Requires Plugins", *wordpress_code.NEEDS)
    place = _PLACE.fullmatch(manifest.path)
    version = wordpress_code.version(found)
    if place is None or "Plugin Name" not in found or version is None:
        return None
    slug = _slug(place["inside"], found)
    update_uri = found["Update URI"].value if "Update URI" in found else ""
    updates = wordpress_code.updates(update_uri, slug)
    name = updates.name if updates.by == "wordpress.org" else slug
    return Dependency(
        manager="wordpress_plugin",
        file=manifest.path,
        name=name,
        source=Source("wordpress", f"plugin:{name}"),
        scheme="wordpress",
        at=version.at,
        text=version.value,
        constraint=version.value,
        current=version.value,
        section=manifest.path[: place.start("inside")].rstrip("/").rpartition("/")[2],
        committed=True,
        root=posixpath.dirname(manifest.path) if "/" in place["inside"] else manifest.path,
        requires=wordpress_code.requires(found),
    )


def steps(manifest: Manifest, updates: Sequence[Update]) -> Sequence[Step]:
    """One Unpack a plugin: the archive brings the new header along."""
    return tuple(
        Unpack(
            "file" if update.dependency.root == manifest.path else "plugin",
            update.dependency.source,
            update.dependency.current or "",
            update.release,
            update.dependency.root,
        )
        for update in updates
    )


def _slug(inside: str, found: Mapping[str, Header]) -> str:
    folder, _, file = inside.rpartition("/")
    if folder:
        return folder
    stem = file.removesuffix(".php")
    # The one plugin whose file is not named like its slug; it comes with WordPress.
    return "hello-dolly" if stem == "hello" and found["Plugin Name"].value == "Hello Dolly" else stem


def _no_version(manifest: Manifest, found: Mapping[str, Header]) -> Finding:
    name = found["Plugin Name"]
    return Finding(
        "no-version",
        manifest.path,
        name.value,
        f"The plugin {name.value} states no version, so it can't be looked up: "
        "add a `Version` header, or `Update URI: false` if it is your own.",
        line=line_of(manifest.text, name.at.start),
    )


def _own(manifest: Manifest, found: Mapping[str, Header], updates: wordpress_code.Updates) -> Finding:
    name, at = found["Plugin Name"].value, found["Update URI"].at
    if updates.by == "nobody":
        kind, sentence = "own-code", f"The plugin {name} is your own code (its `Update URI` says so): left alone."
    else:
        kind = "own-updates"
        sentence = (
            f"The plugin {name} is updated by {updates.name}, not by wordpress.org: left alone. "
            "Name its vendor's manifest under `registries` to have it kept up to date."
        )
    return Finding(kind, manifest.path, name, sentence, line=line_of(manifest.text, at.start))


def _drop_in(manifest: Manifest) -> Finding:
    file = posixpath.basename(manifest.path)
    found = headers(manifest.text, "Plugin Name", "Version")
    name = found["Plugin Name"].value if "Plugin Name" in found else ""
    version = found["Version"].value if "Version" in found else ""
    says = " ".join(part for part in (name, version) if part)
    return Finding(
        "drop-in",
        manifest.path,
        file,
        f"{file} is a drop-in{f' ({says})' if says else ''}: WordPress loads it on every request, and no plugin update "
        "replaces it. After its plugin is updated, compare it with the copy the plugin brings.",
    )
