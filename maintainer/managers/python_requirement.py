"""One requirement as PEP 508 writes it, and what its package is called."""

import re
from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple

from maintainer.model import Dependency, Manifest, Role, Source, Span
from maintainer.versions import pep440 as scheme

#: Blanks and broken lines, all of them: what follows would take blanks too, and going back be slow.
_GAP: Final = r"(?:[ \t]|\\\r?\n)*(?![ \t]|\\\r?\n)"
_CLAUSE: Final = r"(?:===|==|~=|!=|<=|>=|<|>)[ \t]*[\w.*+!-]+"
#: A name, extras, and a specifier, perhaps in parentheses; a backslash may break the line between them.
REQUIREMENT: Final = re.compile(
    rf"(?P<name>[A-Za-z0-9](?:[\w.-]*[A-Za-z0-9])?){_GAP}"
    rf"(?:\[[^\]\r\n]*\]{_GAP})?\(?[ \t]*"
    rf"(?P<constraint>{_CLAUSE}(?:[ \t]*,[ \t]*{_CLAUSE})*)[ \t]*,?[ \t]*\)?(?=[\s;#\\]|$)",
    re.ASCII,
)


class Places(NamedTuple):
    """Where packages are looked for: by name where a file says so, else `default`; none means the usual place."""

    default: tuple[str, ...]
    named: Mapping[str, tuple[str, ...] | None]

    def of(self, package: str) -> tuple[str, ...] | None:
        """The registries of a package; None for one that comes from no index."""
        return self.named.get(package, self.default)


def normalised(name: str) -> str:
    """PEP 503."""
    return re.sub(r"[-_.]+", "-", name).lower()


def address(url: str) -> str | None:
    """An index's address without credentials; None for one that holds a variable, or is none."""
    found = re.fullmatch(r"(https?://)(?:[^/@\s]*@)?([^/@\s]+(?:/[^\s]*)?)", url)
    return None if not found or "${" in url else found[1] + found[2]


def dependency(
    manifest: Manifest,
    section: str,
    name: str,
    at: Span,
    places: Places,
    locked: str | None = None,
    digest: str | None = None,
) -> Dependency | None:
    """The package `name`, whose specifier stands at `at`; None where nothing stands that an update could move."""
    registries = places.of(normalised(name))
    if registries is None:
        return None
    return stated(manifest, section, name, at, Source("pypi", normalised(name), registries), "package", locked, digest)


def python(manifest: Manifest, name: str, at: Span) -> Dependency | None:
    """The versions of Python itself that a file says it supports."""
    return stated(manifest, "python", name, at, Source("runtimes", "python"), "support")


def stated(
    manifest: Manifest,
    section: str,
    name: str,
    at: Span,
    source: Source,
    role: Role,
    locked: str | None = None,
    digest: str | None = None,
) -> Dependency | None:
    text = manifest.text[slice(*at)]
    if not scheme.is_constraint(text) or not any(map(str.isdigit, text)):
        return None
    return Dependency(
        manager="pip",
        file=manifest.path,
        name=name,
        source=source,
        scheme="pep440",
        at=at,
        text=text,
        constraint=text,
        current=locked or scheme.pinned(text) or scheme.lowest(text),
        locked=locked,
        digest=digest,
        role=role,
        section=section,
    )


def ordered(extra: Sequence[str], default: str | None) -> tuple[str, ...]:
    """Further indexes before the default one (the empty address), as `Source.registries`."""
    if not extra:
        return (default,) if default else ()
    return (*extra, default or "")
