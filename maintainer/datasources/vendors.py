"""Premium plugins and themes: a manifest at their vendor's, as plugin-update-checker or Easy Digital Downloads give it.

`Source.registries[0]` is the manifest's address, in which `{NAME}` stands for a key (see `Http.filled`). The address
of an archive may carry a key or a token of the vendor's: it is for downloading, never for showing.
Sources: https://github.com/YahnisElsts/plugin-update-checker (examples/plugin.json) and
https://easydigitaldownloads.com/docs/software-licensing-api/ (`get_version`).
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

from maintainer.errors import AccessDenied, BadAnswer, ConfigurationError
from maintainer.http import Http
from maintainer.model import Archive, Listing, Note, Release, Source
from maintainer.text import foreign, readme, wordpress_code

#: EDD answers sections as PHP's `serialize` wrote them.
_SERIALIZED = re.compile(rb's:9:"changelog";s:(\d{1,7}):"')


def address(url: str, package: str, *, edd: bool, item: str = "", key: str = "", site: str = "") -> str:
    """`Source.registries[0]` for a vendor: `{package}`, `{site}` and `{key}` filled in.

    For EDD with its query, where the address has none. `item` is the number or name of the download, `key` the name of
    the secret with the licence key, for `Http.filled`.
    """
    secret = f"{{{key}}}" if key else ""
    known = {"{package}": quote(package, safe=""), "{site}": quote(site, safe=""), "{key}": secret}
    for placeholder, value in known.items():
        url = url.replace(placeholder, value)
    if not edd or "edd_action=" in url:
        return url
    named = "item_id" if item.isdigit() else "item_name"
    asked = {"edd_action": "get_version", named: item, "slug": package, "url": site}
    query = urlencode({name: value for name, value in asked.items() if value}) + (f"&license={secret}" if key else "")
    return f"{url}{'&' if '?' in url else '?'}{query}"


def releases(http: Http, source: Source) -> Listing:
    """The one version a vendor offers; without an archive when the key is none for it."""
    manifest, host = _manifest(http, source)
    version = foreign.version(manifest, "new_version") or foreign.version(manifest, "stable_version")
    version = version or foreign.version(manifest, "version")
    if not version:
        if "msg" in manifest or "error" in manifest:
            raise AccessDenied(f"{host} names no version of {source.package}: is its licence key valid for this site?")
        raise BadAnswer(f"{host} answered about {source.package} without a version.")
    # What the archive is called: the older EDD says `package`, plugin-update-checker `download_url`.
    links = (foreign.url(manifest, name) for name in ("download_url", "package", "download_link"))
    link = next((link for link in links if link), "")
    page = _page(http, manifest)
    touched = foreign.when(manifest, "last_updated")
    release = Release(
        version,
        touched,
        requires={
            key: least
            for name, key in (("requires_php", "php"), ("requires", "wordpress"))
            if (least := wordpress_code.at_least(foreign.text(manifest, name)))
        },
        archive=Archive(link, source.package) if link else None,
        changelog=page,
    )
    return Listing((release,), version, untouched_since=touched, homepage=page, registry=host)


def details(http: Http, source: Source, release: Release) -> Release:
    """The manifest says all."""
    return release


def notes(http: Http, source: Source, versions: Sequence[str]) -> Sequence[Note]:
    """The manifest's changelog on these versions."""
    manifest, _ = _manifest(http, source)
    page = _page(http, manifest)
    parts = readme.by_version(http.masked(_changelog(manifest)))
    return tuple(Note(version, parts[version], page) for version in parts if version in versions)


def _manifest(http: Http, source: Source) -> tuple[Mapping[str, Any], str]:
    """The manifest, and the host for messages: the address may hold a key."""
    if not source.registries:
        raise ConfigurationError(
            f"No manifest is known for {source.package}: name its vendor under registries.vendors in maintainer.yml."
        )
    host = urlsplit(source.registries[0]).hostname or "the vendor"
    answer = http.get(http.filled(source.registries[0])).json()
    if not isinstance(answer, dict):
        raise BadAnswer(f"{host} answered about {source.package} with no manifest.")
    return answer, host


def _page(http: Http, manifest: Mapping[str, Any]) -> str:
    return http.masked(foreign.url(manifest, "homepage") or foreign.url(manifest, "url"))


def _changelog(manifest: Mapping[str, Any]) -> str:
    sections = manifest.get("sections")
    if isinstance(sections, dict):
        return foreign.text(sections, "changelog", limit=readme.CHARACTERS)
    raw = foreign.text(sections, limit=readme.CHARACTERS).encode()
    found = _SERIALIZED.search(raw)
    return raw[found.end() : found.end() + int(found[1])].decode("utf-8", "replace") if found else ""
