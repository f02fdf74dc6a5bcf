"""A git revision that a file pins: a tag, or a commit with its tag in a comment (`@8f4b7f8... # v4.1.2`)."""

import re
from dataclasses import dataclass

from maintainer.model import Dependency, Finding, Found, Manifest, Source, Span
from maintainer.text.edits import line_of

_COMMIT = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?")
_VERSION = r"[vV]?\d{1,9}(?:\.\d{1,9}){0,4}(?:[-+][0-9A-Za-z][0-9A-Za-z.-]{0,60})?"
_TAG = re.compile(_VERSION, re.ASCII)
#: As people and their tools (Renovate, Dependabot, ratchet, pinact) write it.
_LABEL = re.compile(
    r"""["']?[ \t]*[\]},]*[ \t]*\#[ \t]*
    (?: ratchet:\S+@ | (?:renovate:[ \t]*)?tag[=:][ \t]* | (?:tag|version|pin|pinned[ ]to)[@=: \t][ \t]*
      | [\w.-]+/[\w./-]+[@ \t] | @ )?
    (?P<version>"""
    + _VERSION
    + r")(?!\w)",
    re.ASCII | re.VERBOSE,
)


@dataclass(frozen=True, slots=True)
class Revision:
    """A revision and where it stands; `version` is empty for a commit that nobody labelled."""

    at: Span
    version: str
    commit: str | None = None


def read(text: str, at: Span) -> Revision | None:
    """The revision at `at`, its comment included; None for a branch or any other name."""
    written = text[slice(*at)]
    if _COMMIT.fullmatch(written):
        label = _LABEL.match(text, at.end)
        if not label:
            return Revision(at, "", written)
        return Revision(Span(at.start, label.end("version")), label["version"], written)
    return Revision(at, written) if _TAG.fullmatch(written) else None


def stated(manager: str, manifest: Manifest, section: str, name: str, source: Source, at: Span) -> Found | None:
    """The dependency on what the revision at `at` is of, a finding for a commit without a version."""
    revision = read(manifest.text, at)
    if not revision:
        return None
    if not revision.version:
        sentence = f"{name} is pinned to a commit without a version: write the tag behind it, as in `# v1.2.3`."
        return Finding("unlabelled-pin", manifest.path, name, sentence, line=line_of(manifest.text, at.start))
    return Dependency(
        manager,
        manifest.path,
        name,
        source,
        "docker",  # tags as people move them: `v4` to `v5`, `v4.1.2` to `v4.2.0`
        revision.at,
        manifest.text[slice(*revision.at)],
        revision.version,
        current=revision.version,
        digest=revision.commit,
        section=section,
    )
