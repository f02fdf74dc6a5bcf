"""Drop-ins (`wp-content/object-cache.php`) that are older than the copy their plugin brings."""

import posixpath
from collections.abc import Mapping, Sequence

from maintainer.model import Finding
from maintainer.text.edits import line_of
from maintainer.text.headers import headers
from maintainer.versions import php


def named(path: str) -> str:
    """The drop-in a file may be a copy of: `db.php` also for `db.copy`, as the SQLite plugin calls it."""
    return posixpath.basename(path).removesuffix(".copy") + (".php" if path.endswith(".copy") else "")


def stale(drop_ins: Mapping[str, str], copies: Mapping[str, str]) -> Sequence[Finding]:
    """A finding for each drop-in of which a plugin has a newer copy; both map a path to the file's text.

    A copy is a file of the same name (`named`) below a plugin, with the same `Plugin Name`: `copies` may hold others.
    """
    originals = {}
    for path, text in copies.items():
        found = headers(text, "Plugin Name", "Version")
        if len(found) == 2:
            originals[named(path), found["Plugin Name"].value] = path, found["Version"].value
    result = []
    for path, text in sorted(drop_ins.items()):
        found = headers(text, "Plugin Name", "Version")
        if len(found) < 2:
            continue
        ours = found["Version"].value
        original, theirs = originals.get((posixpath.basename(path), found["Plugin Name"].value), ("", ours))
        if php.compare(ours, theirs) < 0:
            result.append(
                Finding(
                    "stale-drop-in",
                    path,
                    posixpath.basename(path),
                    f"{found['Plugin Name'].value} is {ours} here, and {theirs} in its plugin ({original}). "
                    "Copy the plugin's file over it: WordPress loads this one.",
                    "medium",
                    line_of(text, found["Version"].at.start),
                )
            )
    return tuple(result)
