"""A runtime's version where a file pins it: `8.2`, `v20.11.0`, `20.x`, `^20`, `lts/iron`."""

import re

from maintainer.errors import Unreadable
from maintainer.model import Dependency, Manifest, Role, Source, Span
from maintainer.text.edits import line_of

_PIN = re.compile(
    r"(?P<range>[\^~]\s?)?(?P<version>[vV]?\d{1,9}(?:\.\d{1,9}){0,3}(?:-?(?:alpha|beta|rc|RC)\.?\d{0,9})?)(?:\.[xX*])?",
    re.ASCII,
)
#: Release lines of Node, by name or all of them; `node`, `latest` and `system` name no version.
_LINE = re.compile(r"lts(?:[-/](?P<name>[A-Za-z]+|\*|-\d{1,2}))?", re.ASCII)
_FIRST = re.compile(r"\ufeff?(?:[ \t]*(?:#[^\n]*)?\r?\n)*[ \t]*(?P<word>[^\s#]*)")
_NAME = re.compile(r"[\w./*^~<>=:@-]*", re.ASCII)


def stated(
    manager: str, manifest: Manifest, runtime: str, at: Span, *, name: str = "", role: Role = "pin"
) -> Dependency | None:
    """What stands at `at` as a version of `runtime`; None when it names no version (`latest`, `>=8`, `system`)."""
    text = manifest.text[slice(*at)]
    pin, line = _PIN.fullmatch(text), _LINE.fullmatch(text) if runtime == "node" else None
    if not pin and not line:
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
        current=pin["version"] if pin else text if line and (line["name"] or "").isalpha() else None,
        role=role,
        section=runtime,
    )


def first_word(manifest: Manifest) -> Span:
    """The first word of a file that holds one version, behind comments; empty when there is none.

    Raises `errors.Unreadable` for a word that can't name a version.
    """
    match = _FIRST.match(manifest.text)
    assert match
    at = Span(*match.span("word"))
    if not _NAME.fullmatch(match["word"]):
        line = line_of(manifest.text, at.start)
        raise Unreadable(f"line {line}: {match['word'][:40]!a} names no version. Is the file UTF-8?")
    return at
