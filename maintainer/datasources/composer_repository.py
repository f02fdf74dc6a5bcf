"""One Composer repository: which packages it has, and how their versions are asked for.

`packages.json` is read once a run. Formats by getcomposer.org/doc/05-repositories.md: `metadata-url` (Composer 2),
`providers-url` with `provider-includes` and `providers-lazy-url` (Composer 1), `includes` and inline `packages`.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from itertools import islice
from typing import Any
from urllib.parse import urljoin

from maintainer.credentials import without_credentials
from maintainer.errors import BadAnswer, NotFound
from maintainer.http import Http
from maintainer.text import foreign

#: What is read of a version; the rest of the metadata is left behind.
FIELDS = frozenset({"version", "time", "require", "dist", "source", "abandoned", "homepage", "support"})

#: Files that one repository's root may include; satis and Composer 1's packagist have a handful.
MOST_INCLUDES = 100

UNSET = "__unset"

#: A version as the metadata has it: those of FIELDS that it states.
Version = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Repository:
    """`address` is where relative URLs begin. `available` None means that only asking tells."""

    address: str
    metadata: str = ""
    lazy: str = ""
    providers: str = ""
    listed: Mapping[str, Any] = field(default_factory=dict)
    available: frozenset[str] | None = None
    patterns: Sequence[str] = ()
    inline: Mapping[str, Sequence[Version]] = field(default_factory=dict)

    def may_have(self, package: str) -> bool:
        if self.available is None and not self.patterns:
            return True
        return package in (self.available or ()) or any(fnmatchcase(package, pattern) for pattern in self.patterns)


def versions(http: Http, address: str, package: str) -> Sequence[Version]:
    """Tagged versions, or branches when there is no tag, newest first where the repository sorts them.

    Raises `errors.NotFound` when this repository doesn't have the package.
    """
    repository = http.once(("composer", address), lambda: _opened(http, address))
    if inline := repository.inline.get(package):
        return inline
    found: Sequence[Version] = ()
    if repository.metadata:
        if repository.may_have(package):
            found = _asked(http, repository, repository.metadata.replace("%package%", package), package)
            found = found or _asked(
                http, repository, repository.metadata.replace("%package%", f"{package}~dev"), package
            )
    elif repository.providers and package in repository.listed:
        digest = foreign.text(foreign.table(repository.listed[package]).get("sha256"))
        path = repository.providers.replace("%package%", package).replace("%hash%", digest)
        found = _asked(http, repository, path, package)
    elif repository.lazy:
        found = _asked(http, repository, repository.lazy.replace("%package%", package), package)
    if not found:
        raise NotFound(f"{without_credentials(address)} knows no package {package}.")
    return found


def expanded(stated: object) -> Iterator[Version]:
    """Minified metadata unfolded: each version says what differs from the one before (composer/metadata-minifier)."""
    kept: dict[str, Any] = {}
    for difference in stated if type(stated) is list else ():
        if type(difference) is not dict:
            continue
        for name, value in difference.items():
            if value == UNSET:
                kept.pop(name, None)
            elif name in FIELDS:
                kept[name] = value
        yield kept.copy()


def _asked(http: Http, repository: Repository, path: str, package: str) -> Sequence[Version]:
    """What a file of metadata says of the package, nothing when there is no such file."""
    try:
        answer = http.get(_joined(repository.address, path))
    except NotFound:
        return ()
    document = answer.table()
    return _of(
        foreign.table(document.get("packages")).get(package), minified=document.get("minified") == "composer/2.0"
    )


def _of(stated: object, *, minified: bool = False) -> Sequence[Version]:
    """Versions from a list, or from Composer 1's object by version."""
    if minified:
        return tuple(expanded(stated))
    if type(stated) is dict:
        stated = [{"version": version, **each} for version, each in stated.items() if type(each) is dict]
    each_known = (each for each in stated if type(each) is dict) if type(stated) is list else ()
    return tuple({name: each[name] for name in FIELDS if name in each} for each in each_known)


def _opened(http: Http, address: str) -> Repository:
    base = address if address.endswith(".json") else address.rstrip("/") + "/packages.json"
    answer = http.get(base)
    document = answer.table()
    available = document.get("available-packages")
    patterns = document.get("available-package-patterns")
    return Repository(
        base,
        foreign.text(document.get("metadata-url")),
        foreign.text(document.get("providers-lazy-url")),
        foreign.text(document.get("providers-url")),
        _listed(http, base, document),
        frozenset(name.lower() for name in available if type(name) is str) if type(available) is list else None,
        tuple(each.lower() for each in patterns if type(each) is str) if type(patterns) is list else (),
        _inline(http, base, document),
    )


def _listed(http: Http, base: str, document: Mapping[str, Any]) -> Mapping[str, Any]:
    """Composer 1's `providers`, with those of included files; not read where `metadata-url` makes that needless."""
    if document.get("metadata-url"):
        return {}
    found = dict(foreign.table(document, "providers"))
    for path, stated in islice(foreign.table(document, "provider-includes").items(), MOST_INCLUDES):
        path = path.replace("%hash%", foreign.text(stated, "sha256"))
        found.update(foreign.table(http.get(_joined(base, path)).table(), "providers"))
    return found


def _inline(http: Http, base: str, document: Mapping[str, Any]) -> Mapping[str, Sequence[Version]]:
    """Packages that stand in the file itself or in those it includes."""
    documents = [document]
    paths: list[str] = []
    found: dict[str, Sequence[Version]] = {}
    while documents:
        each = documents.pop()
        found |= {name.lower(): _of(stated) for name, stated in foreign.table(each, "packages").items()}
        included = () if document.get("metadata-url") else foreign.table(each, "includes")
        fresh = [path for path in included if path not in paths][: MOST_INCLUDES - len(paths)]
        paths += fresh
        documents += [http.get(_joined(base, path)).table() for path in fresh]
    return found


def _joined(base: str, path: str) -> str:
    """The address of a path the repository names. Raises `errors.BadAnswer`."""
    try:
        return urljoin(base, path)
    except ValueError:
        raise BadAnswer(f"{without_credentials(base)} names an address that is none.") from None


def is_branch(version: str) -> bool:
    """Whether Composer takes it for a branch: `dev-main`, `1.x-dev`."""
    return version.startswith("dev-") or bool(re.search(r"-dev$", version))
