"""The parts of WordPress among dependencies, however they are installed."""

import posixpath
import re

from maintainer.model import Dependency

#: Packages of Composer that are WordPress, and plugins and themes as its repositories name them.
CORE = re.compile(r"roots/wordpress(?:-full|-no-content)?|johnpbloch/wordpress(?:-core)?|wordpress/wordpress")
MIRRORED = re.compile(r"(?:wpackagist|wp)-(?P<kind>plugin|theme)/(?P<slug>.+)")

#: `plugin` woocommerce, `theme` storefront, `core` and nothing.
Component = tuple[str, str]

_KINDS = {"wordpress_plugin": "plugin", "wordpress_theme": "theme"}


def component(dependency: Dependency) -> Component | None:
    """The part of WordPress a dependency is, however it is installed; None for any other package."""
    if dependency.role != "package":
        return None
    if dependency.manager == "wordpress_core":
        return "core", ""
    if dependency.manager in _KINDS:
        return _KINDS[dependency.manager], posixpath.basename(dependency.root).removesuffix(".php")
    if dependency.manager != "composer":
        return None
    if CORE.fullmatch(dependency.name):
        return "core", ""
    mirrored = MIRRORED.fullmatch(dependency.name)
    return (mirrored["kind"], mirrored["slug"]) if mirrored else None
