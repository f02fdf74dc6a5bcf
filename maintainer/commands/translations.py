"""Translations travel with their package: the committed language packs of what a change updates."""

import posixpath
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from maintainer import catalog, errors
from maintainer.datasources import wordpress
from maintainer.http import Http
from maintainer.model import Source, Update
from maintainer.planning.component import component
from maintainer.text import language_pack
from maintainer.workspace.translation import Pack

#: Where Composer's WordPress keeps its language packs; committed code tells by where it lies.
_CONTENT = re.compile(r"(?:.*/)?(?:wp-content|app)/languages")


def travelling(http: Http, tracked: Iterable[str], updates: Sequence[Update]) -> tuple[list[Pack], list[str]]:
    """The new ones of the committed language packs of these packages, and sentences on those that stay as they are."""
    found: list[Pack] = []
    stay: list[str] = []
    packs = [path for path in tracked if "languages/" in path] if any(map(_listed, updates)) else []
    for update in updates:
        if source := _listed(update):
            for folder, locales in _committed(packs, update, source).items():
                found += _found(http, update, source, folder, locales, stay)
    return list(dict.fromkeys(found)), stay


def _listed(update: Update) -> Source | None:
    """The package as wordpress.org lists it; it translates no other."""
    dependency = update.dependency
    what = component(dependency)
    if what is None or dependency.source.datasource not in ("wordpress", "packagist"):
        return None
    kind, slug = what
    if dependency.source.datasource == "wordpress" and kind != "core":
        return dependency.source
    return Source("wordpress", f"{kind}:{slug}" if slug else "core")


def _slug(source: Source) -> str:
    kind, _, slug = source.package.partition(":")
    return "" if kind == "core" else slug


def _committed(packs: Sequence[str], update: Update, source: Source) -> Mapping[str, Sequence[str]]:
    """The locales the package is committed in, by folder."""
    found: dict[str, list[str]] = {}
    for path in packs:
        folder, name = posixpath.split(path)
        locale = language_pack.locale(_slug(source), name)
        if locale and _is_folder(folder, update, source) and locale not in found.setdefault(folder, []):
            found[folder].append(locale)
    return found


def _is_folder(folder: str, update: Update, source: Source) -> bool:
    """Whether WordPress looks for the package's translations there."""
    root, kind = update.dependency.root, source.package.partition(":")[0]
    if update.dependency.manager == "wordpress_core":
        return folder == posixpath.join(root, "wp-content/languages")
    if root:
        return folder == posixpath.join(posixpath.dirname(posixpath.dirname(root)), "languages", f"{kind}s")
    if kind == "core":
        return _CONTENT.fullmatch(folder) is not None
    parent, _, last = folder.rpartition("/")
    return last == f"{kind}s" and _CONTENT.fullmatch(parent) is not None


def _found(
    http: Http, update: Update, source: Source, folder: str, locales: Sequence[str], stay: list[str]
) -> Iterator[Pack]:
    version = update.release.version
    try:
        packs = {pack.locale: pack for pack in wordpress.translations(http, source, version, locales)}
        why = f"wordpress.org publishes none for {version} yet"
    except errors.OutsideError as error:
        packs, why = {}, str(error).rstrip(".")
    for locale in locales:
        pack = packs.get(locale)
        if pack and _fits(source, pack.version, version):
            yield Pack(_slug(source), locale, version, pack.archive.url, folder)
        else:
            stay.append(stays(update.dependency.name, locale, why))


def stays(name: str, locale: str, why: str) -> str:
    """The sentence on a translation that is left as it is."""
    return f"the {locale} translation of {name} stays as committed: {why}"


def _fits(source: Source, theirs: str, version: str) -> bool:
    """Of core one pack serves a branch; any other is of one version."""
    if source.package == "core":
        return theirs.split(".")[:2] == version.split(".")[:2]
    scheme = catalog.SCHEMES["wordpress"]
    return scheme.is_version(theirs) and scheme.is_version(version) and scheme.compare(theirs, version) == 0
