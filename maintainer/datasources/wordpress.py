"""wordpress.org: `plugin:<slug>`, `theme:<slug>` and `core` (`core:<locale>` for a translated build).

Sources: https://codex.wordpress.org/WordPress.org_API; the forms of checksums are those `wp plugin verify-checksums`
reads. Addresses of archives move along with the base URL of downloads, as a mirror needs.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cmp_to_key
from typing import Any, NoReturn
from urllib.parse import quote, urlencode

from maintainer.datasources import wordpress_core
from maintainer.datasources.wordpress_core import API, DOWNLOADS
from maintainer.errors import BadAnswer, NotFound
from maintainer.http import Http
from maintainer.model import Archive, Listing, Note, Release, Source
from maintainer.text import foreign, readme, wordpress_code
from maintainer.text.headers import headers
from maintainer.versions import php

#: Subversion keeps the files of every version; plugins and themes each have their own host.
SVN = {"plugin": "https://plugins.svn.wordpress.org", "theme": "https://themes.svn.wordpress.org"}
SVN_NAME = {"plugin": "wordpress-svn", "theme": "wordpress-theme-svn"}

#: What the API would add to an answer and nobody here reads.
_UNWANTED = (
    "active_installs", "banners", "contributors", "description", "donate_link", "downloaded", "icons", "ratings",
    "reviews", "screenshots", "screenshot_url", "short_description", "support_threads", "tags",
)  # fmt: skip
#: A PHP file in Subversion's listing of a folder, and how many of them are looked into.
_LISTED = re.compile(r'href="([\w.-]{1,100}\.php)"', re.A)
_FILES = 6
_HEX = re.compile(r"[0-9a-f]{32}|[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class LanguagePack:
    """A translation in one locale (`pl_PL`): an archive of .mo, .po, .json and .l10n.php files, without a folder."""

    locale: str
    version: str
    updated: datetime | None
    archive: Archive


def releases(http: Http, source: Source) -> Listing:
    """Every version with an archive; what the newest requires; a closed plugin as a listing that says so."""
    kind, slug = _kind(source)
    if kind == "core":
        return wordpress_core.releases(http, slug)
    answer = _information(http, kind, slug, sections=False)
    if answer.get("error") == "closed":
        note = foreign.text(answer, "description") or foreign.text(answer, "reason_text")
        return Listing((), status="closed", status_note=note, homepage=_page(kind, slug))
    recommended = foreign.version(answer, "version")
    if not recommended:
        raise BadAnswer(f"wordpress.org's answer about the {kind} {slug} states no version.")
    links = {foreign.version(version): link for version, link in foreign.table(answer, "versions").items()}
    links.setdefault(recommended, answer.get("download_link"))
    touched = _touched(answer)
    found = []
    for version, link in links.items():
        if not version or version == "trunk" or not foreign.url(link):
            continue
        release = Release(
            version,
            archive=Archive(wordpress_core.moved(http, link), slug),
            changelog=_page(kind, slug),
        )
        if version == recommended:
            release = replace(release, published=touched, requires=_requires(answer))
        found.append(release)
    return Listing(
        tuple(found),
        recommended,
        untouched_since=touched,
        homepage=foreign.url(answer, "homepage") or _page(kind, slug),
        registry="wordpress.org",
    )


def details(http: Http, source: Source, release: Release) -> Release:
    """What a version other than the newest requires, from its own files in Subversion.

    A mirror of the API alone has no Subversion: then, and for a version without a tag, it stays unknown.
    """
    kind, slug = _kind(source)
    if kind == "core":
        return wordpress_core.details(http, release)
    if release.requires or release.published:
        return release
    svn = http.base(SVN_NAME[kind], SVN[kind])
    if svn == SVN[kind] and http.base("wordpress-api", API) != API:
        return release
    version = quote(release.version, safe="")
    if kind == "theme":
        return replace(release, requires=_stated(_file(http, f"{svn}/{slug}/{version}/style.css")))
    tag = f"{svn}/{slug}/tags/{version}"
    fields = readme.parse(_file(http, f"{tag}/readme.txt"))
    stated = {"wordpress": fields.requires, "php": fields.requires_php}
    needs = {name: least for name, value in stated.items() if (least := wordpress_code.at_least(value))}
    # A header of the main file wins over the readme, as it does on wordpress.org.
    return replace(release, requires=needs | _stated(_main_file(http, tag, slug)))


def notes(http: Http, source: Source, versions: Sequence[str]) -> Sequence[Note]:
    """The changelog's sections on these versions; of a changelog without sections all, as the newest version's."""
    kind, slug = _kind(source)
    wanted = sorted(set(versions), key=cmp_to_key(php.compare), reverse=True)
    if kind == "core":
        return tuple(Note(version, "", wordpress_core.page(version)) for version in wanted)
    answer = _information(http, kind, slug, sections=True)
    whole = foreign.text(answer, "sections", "changelog", limit=readme.CHARACTERS)
    parts = {_plain(version): part for version, part in readme.by_version(whole).items()}
    if not parts:
        return (Note(wanted[0], whole, _page(kind, slug)),) if whole.strip() and wanted else ()
    return tuple(
        Note(version, parts[_plain(version)], _page(kind, slug)) for version in wanted if parts.get(_plain(version))
    )


def checksums(http: Http, source: Source, version: str) -> Mapping[str, frozenset[str]] | None:
    """See `base.Checksums`; themes have none. A file may have several digests: its author changed it under the tag."""
    kind, slug = _kind(source)
    if kind == "core":
        return wordpress_core.checksums(http, slug, version)
    if kind == "theme":
        return None
    base = http.base("wordpress-downloads", DOWNLOADS)
    try:
        answer = http.get(f"{base}/plugin-checksums/{slug}/{quote(version, safe='')}.json").json()
    except NotFound:
        return None
    found = {}
    for path, stated in foreign.table(answer, "files").items():
        digests = _digests(foreign.table(stated).get("sha256")) or _digests(foreign.table(stated).get("md5"))
        if not wordpress_core.is_inside(path) or not digests:
            raise BadAnswer(f"wordpress.org's checksums of {slug} {version} can't be read at {path[:80]!r}.")
        found[path] = digests
    return found or None


def translations(http: Http, source: Source, version: str, locales: Sequence[str]) -> Sequence[LanguagePack]:
    """The language packs in these locales that fit a version."""
    kind, slug = _kind(source)
    base = http.base("wordpress-api", API)
    asked = {"version": version} if kind == "core" else {"slug": slug, "version": version}
    where = "core" if kind == "core" else f"{kind}s"
    answer = http.get(f"{base}/translations/{where}/1.0/?{urlencode(asked)}").json()
    return tuple(
        LanguagePack(
            pack["language"],
            foreign.version(pack, "version"),
            foreign.when(pack, "updated"),
            Archive(wordpress_core.moved(http, pack["package"])),
        )
        for pack in foreign.tables(answer, "translations")
        if pack.get("language") in locales and foreign.url(pack, "package")
    )


def _kind(source: Source) -> tuple[str, str]:
    """`plugin`, `theme` or `core`, and the slug, or of core the locale."""
    kind, _, name = source.package.partition(":")
    if kind not in ("plugin", "theme", "core") or (kind != "core" and not name):
        raise NotFound(f"wordpress.org knows plugins, themes and core; {source.package!r} is none of them.")
    return kind, name if kind == "core" else quote(name, safe="")


def _information(http: Http, kind: str, slug: str, *, sections: bool) -> Mapping[str, Any]:
    """What the API says, a closed plugin's notice included. Raises `errors.NotFound` for what it doesn't know."""
    fields = {**dict.fromkeys(_UNWANTED, 0), "sections": int(sections), "versions": int(not sections)}
    query = {"action": f"{kind}_information", "request[slug]": slug}
    query |= {f"request[fields][{name}]": str(value) for name, value in sorted(fields.items())}
    base = http.base("wordpress-api", API)
    try:
        answer = http.get(f"{base}/{kind}s/info/1.2/?{urlencode(query, safe='%')}").json()
    except NotFound as missing:
        try:
            answer = missing.answer.json() if missing.answer else None
        except BadAnswer:
            _unknown(kind, slug)
        if foreign.table(answer).get("error") != "closed":
            _unknown(kind, slug)
    if not isinstance(answer, dict):
        if answer is None or answer is False:
            _unknown(kind, slug)
        raise BadAnswer(f"wordpress.org's answer about the {kind} {slug} is no table.")
    if "error" in answer and answer["error"] != "closed":
        _unknown(kind, slug)
    return answer


def _unknown(kind: str, slug: str) -> NoReturn:
    raise NotFound(
        f"wordpress.org lists no {kind} {slug}. If it is your own, say so in its header (`Update URI: false`); "
        "if it is a premium one, name its vendor's manifest under `registries`."
    )


def _requires(answer: Mapping[str, Any]) -> dict[str, str]:
    needs = {}
    for name, key in (("requires_php", "php"), ("requires", "wordpress")):
        if least := wordpress_code.at_least(foreign.text(answer, name)):
            needs[key] = least
    listed = ",".join(foreign.text(slug) for slug in foreign.array(answer, "requires_plugins"))
    return needs | {f"plugin:{slug}": "*" for slug in wordpress_code.slugs(listed)}


def _stated(text: str) -> dict[str, str]:
    return wordpress_code.requires(headers(text, "Requires Plugins", *wordpress_code.NEEDS))


def _touched(answer: Mapping[str, Any]) -> datetime | None:
    """Of a theme's two fields the one with the time of day: a day alone would make it older than it is."""
    return foreign.when(answer, "last_updated_time") or foreign.when(answer, "last_updated")


def _file(http: Http, url: str) -> str:
    try:
        return http.get(url, limit=4 * 1024 * 1024).text()
    except NotFound:
        return ""


def _main_file(http: Http, tag: str, slug: str) -> str:
    """The file with the plugin's header: nearly always the one with its name, else one of those beside it."""
    text = _file(http, f"{tag}/{slug}.php")
    if text:
        return text
    for name in list(dict.fromkeys(_LISTED.findall(_file(http, f"{tag}/"))))[:_FILES]:
        text = _file(http, f"{tag}/{name}")
        if headers(text, "Plugin Name"):
            return text
    return ""


def _digests(stated: object) -> frozenset[str]:
    listed = stated if isinstance(stated, list) else [stated]
    digests = frozenset(str(digest).lower() for digest in listed)
    return digests if all(map(_HEX.fullmatch, digests)) else frozenset()


def _page(kind: str, slug: str) -> str:
    return f"https://wordpress.org/{kind}s/{slug}/" + ("#developers" if kind == "plugin" else "")


def _plain(version: str) -> str:
    """Authors write 2.0 in the changelog of 2.0.0."""
    return re.sub(r"(?:\.0)+$", "", version.lower().removeprefix("v"))
