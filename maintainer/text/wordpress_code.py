"""What WordPress' headers mean, alike for plugins and themes."""

import re
from collections.abc import Mapping
from typing import Literal, NamedTuple

from maintainer.text.headers import Header

#: Headers that say what the code needs -> the name of that in `model.Release.requires`.
NEEDS = {"Requires PHP": "php", "Requires at least": "wordpress", "WC requires at least": "woocommerce"}

_LISTED = re.compile(
    r"(?:https?:)?(?://)?(?:(?:[\w-]+\.)*wordpress\.org/(?:plugins|themes)|(?:www\.)?w\.org/(?:plugin|theme))/([\w-]+)/?",
    re.A,
)
_HOST = re.compile(r"(?:[a-z][a-z0-9+.-]*:)?(?://)?(?:[^/@\s]*@)?([^/\s:?#@]+\.[^/\s:?#@.]+)(?:[/:?#]|$)", re.I | re.A)
_NUMBER = re.compile(r"\d+(?:\.\d+){0,3}(?:-\w+)?", re.A)
_SLUG = re.compile(r"[a-z0-9][a-z0-9._-]*", re.A)


class Updates(NamedTuple):
    """Who updates the code: wordpress.org under this slug, its author at this host, or nobody."""

    by: Literal["wordpress.org", "author", "nobody"]
    name: str = ""


def updates(update_uri: str, slug: str) -> Updates:
    """What `Update URI` says; without one wordpress.org answers for the folder's name.

    Source: https://make.wordpress.org/core/2021/06/29/introducing-update-uri-plugin-header-in-wordpress-5-8/
    """
    if not update_uri:
        return Updates("wordpress.org", slug)
    if listed := _LISTED.fullmatch(update_uri.lower()):
        return Updates("wordpress.org", listed[1])
    host = _HOST.match(update_uri)
    if not host:
        return Updates("nobody")
    name = host[1].lower()
    if name in ("wordpress.org", "www.wordpress.org", "w.org"):
        return Updates("wordpress.org", slug)
    return Updates("author", name)


def version(found: Mapping[str, Header]) -> Header | None:
    """The `Version` header, None for one that states none (`{{VERSION}}`), or is no version anybody wrote."""
    stated = found.get("Version")
    return stated if stated and len(stated.value) <= 100 and re.search("[0-9]", stated.value) else None


def requires(found: Mapping[str, Header]) -> dict[str, str]:
    """`model.Dependency.requires` of these headers; words around a version (`7.4 or higher`) are left out."""
    needs = {}
    for name, key in NEEDS.items():
        if name in found and (minimum := at_least(found[name].value)):
            needs[key] = minimum
    if "Requires Plugins" in found:
        needs |= {f"plugin:{slug}": "*" for slug in slugs(found["Requires Plugins"].value)}
    return needs


def at_least(minimum: str) -> str:
    """The constraint that a stated minimum is, empty when it states no version."""
    number = _NUMBER.search(minimum[:100])
    return f">={number[0]}" if number else ""


def slugs(listed: str) -> tuple[str, ...]:
    """The plugins that `Requires Plugins` lists, separated by commas; what can be no slug is passed over."""
    names = (name.strip().lower() for name in listed.split(","))
    return tuple(dict.fromkeys(name for name in names if _SLUG.fullmatch(name)))
