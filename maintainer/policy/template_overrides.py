"""WooCommerce templates that a theme overrides, and that WooCommerce has changed since.

The rule is WooCommerce's own (System status, "Templates"): a copy below `woocommerce/` of a theme is outdated when the
`@version` in its first 8 KiB is lower than its original's, or missing.
"""

import posixpath
import re
from collections.abc import Mapping, Sequence

from maintainer.model import Finding
from maintainer.versions import php

_STATED = re.compile(r"^[ \t/*#@]*@version(.*)$", re.M | re.I | re.A)
_OVERRIDE = re.compile(r"(?:.*/)?themes/[^/]+/woocommerce/(?P<template>.+\.php)", re.S)
_TEMPLATE = re.compile(r"(?:.*/)?plugins/woocommerce/templates/(?P<template>.+\.php)", re.S)
_CHARACTERS = 8 * 1024


def overridden(path: str) -> str:
    """The template that a theme's file at this path overrides, empty when it overrides none."""
    place = _OVERRIDE.fullmatch(path)
    return place["template"] if place else ""


def original(path: str) -> str:
    """The template that a file of WooCommerce at this path is, empty when it is none."""
    place = _TEMPLATE.fullmatch(path)
    return place["template"] if place else ""


def outdated(overrides: Mapping[str, str], templates: Mapping[str, str]) -> Sequence[Finding]:
    """A finding for each outdated override; both map a path in the repository to the file's text.

    An override without an original, and an original without a version, say nothing.
    """
    originals = {
        template: (path, version)
        for path, text in templates.items()
        if (template := original(path)) and (version := _version(text)[0])
    }
    found = []
    for path, text in sorted(overrides.items()):
        template = overridden(path)
        if template not in originals:
            continue
        theirs_at, theirs = originals[template]
        ours, line = _version(text)
        if ours and php.compare(ours, theirs) >= 0:
            continue
        says = f"is a copy of version {ours}" if ours else "states no @version"
        found.append(
            Finding(
                "template-override",
                path,
                template,
                f"The theme's {posixpath.basename(path)} {says}; WooCommerce's is {theirs} by now. "
                f"Carry over what changed in {theirs_at}, then state `@version {theirs}`.",
                "medium",
                line,
            )
        )
    return tuple(found)


def _version(text: str) -> tuple[str, int]:
    """The version a template states, empty when none, and its line."""
    head = text[:_CHARACTERS].replace("\r\n", "\n").replace("\r", "\n")
    stated = _STATED.search(head)
    if stated is None:
        return "", 1
    version = re.split(r"\*/|\?>", stated[1])[0].strip()
    return version if re.search("[0-9]", version) else "", head.count("\n", 0, stated.start(1)) + 1
