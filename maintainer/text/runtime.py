"""A runtime's version where a file pins it: `8.2`, `v20.11.0`, `20.x`, `lts/iron`."""

import re

from maintainer.model import Dependency, Manifest, Role, Source, Span

_EXACT = re.compile(r"[vV]?\d+(?:\.\d+)*(?:-?(?:alpha|beta|rc|RC)\.?\d*)?", re.ASCII)
_OPEN = re.compile(r"[vV]?\d+(?:\.\d+)*\.[xX*]", re.ASCII)
#: Names of Node's release lines, which only a later line replaces. `lts/*` and `node` name no version.
_CODENAME = re.compile(r"lts/[A-Za-z]+", re.ASCII)


def stated(
    manager: str, manifest: Manifest, runtime: str, at: Span, *, name: str = "", role: Role = "pin"
) -> Dependency | None:
    """What stands at `at` as a version of `runtime`; None when it names no version (`latest`, `>=8`, `system`)."""
    text = manifest.text[slice(*at)]
    exact = _EXACT.fullmatch(text)
    if not exact and not _OPEN.fullmatch(text) and not (runtime == "node" and _CODENAME.fullmatch(text)):
        return None
    return Dependency(
        manager,
        manifest.path,
        name or runtime,
        Source("runtimes", runtime),
        "runtime",
        at,
        text,
        text,
        current=text if exact else None,
        role=role,
        section=runtime,
    )
