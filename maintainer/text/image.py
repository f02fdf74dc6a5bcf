"""References to container images: `[registry/]repository[:tag][@digest]`, and what they state.

https://github.com/distribution/reference (grammar in reference.go)
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from maintainer.model import Dependency, Finding, Found, Manifest, Source, Span
from maintainer.text.edits import line_of
from maintainer.text.places import Traced

_REFERENCE = re.compile(
    r"(?P<name>(?:(?P<registry>localhost|[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+|[A-Za-z0-9-]+(?=:\d))(?::\d+)?/)?"
    r"(?P<repository>[a-z0-9]+(?:[._-]+[a-z0-9]+)*(?:/[a-z0-9]+(?:[._-]+[a-z0-9]+)*)*))"
    r"(?::(?P<tag>\w[\w.-]{0,127}))?(?:@(?P<digest>[a-z0-9]+:[0-9a-fA-F]{32,}))?",
    re.ASCII,
)
_VERSION = re.compile(r"[vV]?\d+(?:\.\d+)*", re.ASCII)
#: A runtime named inside the tag of another image: `6.4-php8.2-apache`.
_WITHIN = re.compile(r"(?:^|(?<=[-_.]))(?P<runtime>php|node)(?:js)?-?(?P<version>\d+(?:\.\d+)*)(?=$|[-_])", re.ASCII)
#: Repositories whose tag begins with the version of the runtime, whoever builds them.
_RUNTIMES = (
    ("php", re.compile(r"(?:(?:bitnami|chialab|cimg|circleci|serversideup|thecodingmachine|webdevops|wodby)/)?"
                       r"php(?:-(?:apache|caddy|cli|dev|fpm|nginx))*|wodby/(?:drupal|laravel|wordpress)-php")),
    ("node", re.compile(r"(?:(?:bitnami|cimg|circleci)/)?node")),
    *((name, re.compile(name)) for name in ("python", "wordpress", "mysql", "mariadb")),
)  # fmt: skip
#: The runtimes that planning moves as one.
_PINNED = ("php", "node", "python")


@dataclass(frozen=True, slots=True)
class Image:
    """A reference taken apart: `name` is all before the tag; spans are within the reference."""

    name: str
    registry: str
    repository: str
    tag: Span | None
    digest: Span | None

    @property
    def runtime(self) -> str:
        """The runtime that the tag begins with the version of (`php`, `node`, `mysql`), empty for any other image."""
        official = re.sub(r"^(?:docker/)?library/", "", self.repository)
        return next((name for name, images in _RUNTIMES if images.fullmatch(official)), "")


def parse(reference: str) -> Image | None:
    """None for what is no reference."""
    match = _REFERENCE.fullmatch(reference)
    if not match:
        return None
    spans = (Span(*match.span(group)) if match[group] else None for group in ("tag", "digest"))
    return Image(match["name"], match["registry"] or "", match["repository"], *spans)


def stated(manager: str, manifest: Manifest, section: str, reference: Traced) -> Iterator[Found]:
    """The versions in a reference: the tag with its digest, or the versions in a tag that was put together.

    A tag that names no version (`latest`, `alpine`) states one only by its digest. A runtime within the tag of another
    image (`wordpress:6.4-php8.2`) is a place of its own, unless a digest binds the whole tag.
    """
    image = parse(reference.text)
    if image and (image.tag or image.digest):
        reading = _Reading(manager, manifest, section, reference, image)
        yield from reading.bound() if image.digest else reading.tagged()


@dataclass(frozen=True, slots=True)
class _Reading:
    manager: str
    manifest: Manifest
    section: str
    reference: Traced
    image: Image

    def bound(self) -> Iterator[Found]:
        """What a reference with a digest states: one thing, since tag and digest have to move together."""
        tag, digest, name = self.image.tag, self.image.digest, self.image.name
        assert digest
        at = tag and self.reference.place(tag.start, digest.end)
        if not tag:
            sentence = f"{name} is pinned by digest alone: nobody can tell its version. Write {name}:tag@digest."
            yield self._finding("unlabelled-pin", sentence)
        elif not at:
            sentence = f"The tag and the digest of {name} stand in different places: write them in one."
            yield self._finding("composed-version", sentence)
        else:
            text = self.reference.text
            yield self._dependency(at, self.image.runtime, text[slice(*tag)], digest=text[slice(*digest)])

    def tagged(self) -> Iterator[Found]:
        """What a reference without a digest states."""
        assert self.image.tag
        start, end = self.image.tag
        tag = self.reference.text[start:end]
        version, within = _VERSION.match(tag), _WITHIN.search(tag)
        whole = self.reference.place(start, end) is not None
        if version and not (within and within.start() < version.end()):
            # What follows the version is its variant, up to where another version begins.
            length = version.end() if not whole else within.start() - 1 if within else len(tag)
            at = self.reference.place(start, start + length)
            if at and whole:
                yield self._dependency(at, self.image.runtime, tag[:length])
            elif at and self.image.runtime:
                yield self._runtime(at, self.image.runtime, tag[:length])
            else:
                sentence = f"The tag of {self.image.name} ({tag}) is put together: write all of it in one place."
                yield self._finding("composed-version", sentence)
        for part in _WITHIN.finditer(tag):
            if at := self.reference.place(*(start + offset for offset in part.span("version"))):
                yield self._runtime(at, part["runtime"], part["version"])

    def _dependency(self, at: Span, runtime: str, constraint: str, digest: str | None = None) -> Dependency:
        pin = runtime in _PINNED
        return Dependency(
            self.manager,
            self.manifest.path,
            self.image.name,
            Source("docker", self.image.name),
            "docker",
            at,
            self.manifest.text[slice(*at)],
            constraint,
            current=constraint,
            digest=digest,
            role="pin" if pin else "package",
            section=runtime if pin else self.section,
        )

    def _runtime(self, at: Span, runtime: str, constraint: str) -> Dependency:
        """A version apart from its tag, of which only the runtime's own releases can be asked."""
        one = self._dependency(at, runtime, constraint)
        return replace(one, name=runtime, source=Source("runtimes", runtime), scheme="runtime")

    def _finding(self, kind: str, sentence: str) -> Finding:
        line = line_of(self.manifest.text, self.reference.origins[0])
        return Finding(kind, self.manifest.path, self.image.name, sentence, line=line)
