"""Tags of repositories on GitHub (`github:owner/name`) and GitLab (`gitlab:group/project`).

Sources: https://docs.github.com/en/rest/repos/repos#list-repository-tags,
https://docs.github.com/en/rest/releases/releases and https://docs.gitlab.com/api/tags/. Works without a token, within
the forge's limits.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any
from urllib.parse import quote

from maintainer.errors import NotFound
from maintainer.http import Http
from maintainer.model import Listing, Note, Release, Source
from maintainer.text import foreign

GITHUB = "https://api.github.com"
GITLAB = "https://gitlab.com"

#: A hundred tags each; GitHub lists the highest names first, GitLab the newest.
PAGES = 10

_TAG = re.compile(r"[^\s~^:?*\[\\\x00-\x20\x7f]{1,200}")
_COMMIT = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")
_NAME = re.compile(r"[\w.-]+(?:/[\w.-]+)+", re.A)
_JSON = {"accept": "application/vnd.github+json"}


def releases(http: Http, source: Source) -> Listing:
    """All tags, each with the commit it stands for as `digest`; undated on GitHub."""
    forge, name = _parts(source)
    if forge == "github":
        url = f"{_github(http, source)}/repos/{name}/tags?per_page=100"
        found = tuple(_pages(http, url, _github_tag))
        home = f"https://github.com/{name}"
    else:
        url = f"{_gitlab(http, source)}/api/v4/projects/{quote(name, safe='')}/repository/tags?per_page=100"
        found = tuple(_pages(http, url, _gitlab_tag))
        home = f"{_gitlab(http, source)}/{name}"
    return Listing(found, homepage=home, repository=home, registry=forge)


def details(http: Http, source: Source, release: Release) -> Release:
    """The date the tag was released, or else of the commit it stands for."""
    forge, name = _parts(source)
    if release.published or forge != "github":
        return release
    base = f"{_github(http, source)}/repos/{name}"
    try:
        found = http.get(f"{base}/releases/tags/{quote(release.version, safe='')}", headers=_JSON).json()
    except NotFound:
        if not release.digest:
            return release
        found = http.get(f"{base}/commits/{release.digest}", headers=_JSON).json()
        return replace(release, published=foreign.when(found, "commit", "committer", "date"))
    page = foreign.url(found, "html_url")
    return replace(release, published=foreign.when(found, "published_at"), changelog=page or release.changelog)


def notes(http: Http, source: Source, versions: Sequence[str]) -> Sequence[Note]:
    """The bodies of these releases, newest first; a tag without a release says nothing."""
    forge, name = _parts(source)
    wanted = frozenset(versions)
    if forge == "github":
        listed = http.get(f"{_github(http, source)}/repos/{name}/releases?per_page=100", headers=_JSON).json()
        body, page, at = "body", "html_url", "published_at"
    else:
        url = f"{_gitlab(http, source)}/api/v4/projects/{quote(name, safe='')}/releases?per_page=100"
        listed = http.get(url).json()
        body, page, at = "description", "_links.self", "released_at"
    return tuple(
        Note(
            tag,
            foreign.text(entry, body, limit=200_000),
            foreign.url(entry, *page.split(".")),
            foreign.when(entry, at),
        )
        for entry in foreign.tables(listed)
        if (tag := foreign.text(entry, "tag_name")) in wanted
    )


def _pages(http: Http, url: str, read: Callable[[Mapping[str, Any]], Release | None]) -> Iterator[Release]:
    for page in range(1, PAGES + 1):
        listed = foreign.array(http.get(f"{url}&page={page}", headers=_JSON).json())
        yield from filter(None, (read(entry) for entry in listed if isinstance(entry, dict)))
        if len(listed) < 100:
            break


def _github_tag(entry: Mapping[str, Any]) -> Release | None:
    """GitHub's tags state the commit, an annotated tag's too."""
    tag, commit = foreign.text(entry, "name"), foreign.text(entry, "commit", "sha")
    if not _TAG.fullmatch(tag):
        return None
    return Release(tag, digest=commit if _COMMIT.fullmatch(commit) else None)


def _gitlab_tag(entry: Mapping[str, Any]) -> Release | None:
    tag, commit = foreign.text(entry, "name"), foreign.text(entry, "commit", "id")
    if not _TAG.fullmatch(tag):
        return None
    # When an annotated tag was made; a light one has no date but its commit's.
    published = foreign.when(entry, "created_at") or foreign.when(entry, "commit", "created_at")
    return Release(tag, published, digest=commit if _COMMIT.fullmatch(commit) else None)


def _parts(source: Source) -> tuple[str, str]:
    forge, _, name = source.package.partition(":")
    if forge not in ("github", "gitlab") or not _NAME.fullmatch(name) or ".." in name:
        raise NotFound(f"{source.package[:80]!r} names no repository: write github:owner/name or gitlab:group/project.")
    return forge, name if forge == "gitlab" else "/".join(name.split("/")[:2])


def _github(http: Http, source: Source) -> str:
    return source.registries[0].rstrip("/") if source.registries else http.base("github", GITHUB)


def _gitlab(http: Http, source: Source) -> str:
    return source.registries[0].rstrip("/") if source.registries else http.base("gitlab", GITLAB)
