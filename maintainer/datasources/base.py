"""What a datasource is: where releases of packages are published."""

from collections.abc import Mapping, Sequence
from typing import Protocol

from maintainer.http import Http
from maintainer.model import Advisory, Dependency, Listing, Note, Release, Source


class Datasource(Protocol):
    """A module of this room.

    All of it raises `errors.NotFound`, `errors.AccessDenied`, `errors.Unreachable` or `errors.BadAnswer`.
    """

    def releases(self, http: Http, source: Source) -> Listing:
        """All published versions, in any order, in one request where that is possible."""

    def details(self, http: Http, source: Source, release: Release) -> Release:
        """The same release with what the listing left out: date, digest, archive, requirements."""

    def notes(self, http: Http, source: Source, versions: Sequence[str]) -> Sequence[Note]:
        """What the publisher says of these versions, newest first; empty when it says nothing."""


class Advisories(Protocol):
    """A module of this room that knows vulnerabilities."""

    def advisories(self, http: Http, dependencies: Sequence[Dependency]) -> Mapping[Dependency, Sequence[Advisory]]:
        """The advisories that affect each dependency's current version; one that has none is left out."""


class Checksums(Protocol):
    """A datasource that publishes what each file of a release says."""

    def checksums(self, http: Http, source: Source, version: str) -> Mapping[str, frozenset[str]] | None:
        """Path within the package -> the hex digests it may have (md5 or sha256), None when none are published."""
