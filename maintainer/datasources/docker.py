"""Tags of images in any registry that speaks the distribution API; Docker Hub when the name says no host.

Sources: https://github.com/opencontainers/distribution-spec/blob/main/spec.md,
https://distribution.github.io/distribution/spec/auth/token/ and, for dates on Docker Hub,
https://docs.docker.com/reference/api/hub/latest/.
"""

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from urllib.parse import quote, urlencode, urljoin, urlsplit

from maintainer.errors import AccessDenied, BadAnswer, NotFound
from maintainer.http import Answer, Http
from maintainer.model import Listing, Note, Release, Source
from maintainer.text import foreign

BASE = "https://registry-1.docker.io"
HUB = "https://hub.docker.com"

#: Pages of tags read at most, and tags asked for on each: what comes after that is older than anyone wants.
PAGES = 20
TAGS_A_PAGE = 1000

_HUB_HOSTS = ("docker.io", "index.docker.io", "registry-1.docker.io", "registry.hub.docker.com")
_REPOSITORY = re.compile(r"[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*(?:/[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*)*")
_HOST = re.compile(r"(?:[A-Za-z0-9](?:[A-Za-z0-9.-]{0,250}[A-Za-z0-9])?|\[[0-9A-Fa-f:.]{2,45}\])(?::[0-9]{1,5})?")
_TAG = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]{0,127}")
_DIGEST = re.compile(r"sha256:[0-9a-f]{64}")
_CHALLENGE = re.compile(r'([a-z]+)\s*=\s*(?:"([^"]*)"|([^\s,"]+))', re.I)
_NEXT = re.compile(r'<([^<>]*)>\s*;[^,]*\brel\s*=\s*"?next"?', re.I)
_MANIFESTS = ", ".join(
    (
        "application/vnd.oci.image.index.v1+json",
        "application/vnd.docker.distribution.manifest.list.v2+json",
        "application/vnd.oci.image.manifest.v1+json",
        "application/vnd.docker.distribution.manifest.v2+json",
    )
)
#: Reproducible builds are dated at the beginning of some epoch.
_FIRST_YEAR = 2013


def releases(http: Http, source: Source) -> Listing:
    """All tags, undated; a repository with too many gives those of its first pages."""
    place, repository = _place(http, source)
    url = f"{place}/v2/{repository}/tags/list?n={TAGS_A_PAGE}"
    tags: dict[str, None] = {}
    for _ in range(PAGES):
        answer = _get(http, repository, url)
        listed = foreign.array(answer.json(), "tags")
        tags |= dict.fromkeys(tag for tag in listed if isinstance(tag, str) and _TAG.fullmatch(tag))
        following = _NEXT.search(answer.headers.get("link", ""))
        # A page without a tag, or a link to elsewhere, leads nowhere; credentials stay with this registry.
        if not following or not listed:
            break
        url = urljoin(url, following[1])
        if not url.startswith(f"{place}/v2/"):
            break
    if not tags:
        raise NotFound(f"The registry lists no tag of the image {source.package}.")
    return Listing(tuple(map(Release, tags)), registry=urlsplit(place).netloc)


def details(http: Http, source: Source, release: Release) -> Release:
    """The digest the tag stands for now (of the index, where there is one for each platform), and its date."""
    if not _TAG.fullmatch(release.version):
        raise BadAnswer(f"{release.version[:80]!r} is no tag of an image.")
    host, repository = _parts(source)
    if not host:
        return _on_hub(http, repository, release)
    place = f"{_scheme(host)}://{host}"
    answer = _manifest(http, place, repository, release.version)
    digest = f"sha256:{hashlib.sha256(answer.body).hexdigest()}"
    return replace(release, digest=digest, published=release.published or _created(http, place, repository, answer))


def notes(http: Http, source: Source, versions: Sequence[str]) -> Sequence[Note]:
    """Registries know of no notes."""
    return ()


def _on_hub(http: Http, repository: str, release: Release) -> Release:
    """Docker Hub counts manifests as pulls, and its own API not."""
    base = http.base("docker-hub", HUB)
    answer = http.get(f"{base}/v2/repositories/{repository}/tags/{quote(release.version)}").json()
    digest = foreign.text(answer, "digest")
    if not _DIGEST.fullmatch(digest):
        images = [foreign.text(image, "digest") for image in foreign.tables(answer, "images")]
        digest = images[0] if len(images) == 1 and _DIGEST.fullmatch(images[0]) else ""
    pushed = foreign.when(answer, "tag_last_pushed") or foreign.when(answer, "last_updated")
    return replace(release, digest=digest or release.digest, published=release.published or pushed)


def _created(http: Http, place: str, repository: str, answer: Answer) -> datetime | None:
    """When the image was built, by its configuration; of an index the image's for amd64, or the first one's."""
    manifest = answer.json()
    images = list(foreign.tables(manifest, "manifests"))
    if images:
        common = (image for image in images if foreign.table(image, "platform").get("architecture") == "amd64")
        digest = foreign.text(next(common, images[0]), "digest")
        if not _DIGEST.fullmatch(digest):
            return None
        manifest = _manifest(http, place, repository, digest).json()
    digest = foreign.text(manifest, "config", "digest")
    if not _DIGEST.fullmatch(digest):
        return None
    try:
        configuration = _get(http, repository, f"{place}/v2/{repository}/blobs/{digest}").json()
    except (BadAnswer, NotFound):
        return None  # an artifact, no image: what it holds is dated by no rule
    created = foreign.when(configuration, "created")
    return created if created and created.year >= _FIRST_YEAR else None


def _manifest(http: Http, place: str, repository: str, reference: str) -> Answer:
    return _get(http, repository, f"{place}/v2/{repository}/manifests/{reference}", {"accept": _MANIFESTS})


def _get(http: Http, repository: str, url: str, headers: Mapping[str, str] | None = None) -> Answer:
    """As `Http.get`, with a token where the registry asks for one; the credentials of its host buy it."""
    asked = headers or {}
    try:
        return http.get(url, headers=asked)
    except AccessDenied as denied:
        address = _seller(denied, repository, url)
        if not address:
            raise
    # Bought once a run; one that has run out meanwhile is bought anew.
    token = http.once(("docker-token", address), lambda: _token(http, address))
    try:
        return http.get(url, headers={**asked, "authorization": f"Bearer {token}"})
    except AccessDenied:
        token = _token(http, address)
    try:
        return http.get(url, headers={**asked, "authorization": f"Bearer {token}"})
    except AccessDenied as denied:
        raise AccessDenied(
            f"{urlsplit(url).netloc} does not show the image {repository}: it is private, or does not exist. "
            "For a private one name the host and its credentials under registries.hosts in maintainer.yml.",
            denied.answer,
        ) from None


def _seller(denied: AccessDenied, repository: str, url: str) -> str:
    """Where a token to read the repository is to be had, empty when the registry wants none."""
    challenge = denied.answer.headers.get("www-authenticate", "") if denied.answer else ""
    stated = {name.lower(): quoted or bare for name, quoted, bare in _CHALLENGE.findall(challenge[7:2000])}
    realm = foreign.url(stated.get("realm"))
    safe = realm.startswith("https:") or url.startswith("http:")
    if not challenge.lower().startswith("bearer ") or not realm or not safe:
        return ""
    asked = {"service": stated["service"]} if "service" in stated else {}
    asked["scope"] = f"repository:{repository}:pull"
    return f"{realm}{'&' if '?' in realm else '?'}{urlencode(asked)}"


def _token(http: Http, address: str) -> str:
    answer = http.get(address).json()
    token = foreign.text(answer, "token", limit=20000) or foreign.text(answer, "access_token", limit=20000)
    if not token or not re.fullmatch(r"[!-~]+", token):
        raise BadAnswer(f"{address.partition('?')[0]} gave no token to read the image's tags with.")
    return token


def _place(http: Http, source: Source) -> tuple[str, str]:
    """The registry's address, and the repository there."""
    host, repository = _parts(source)
    return f"{_scheme(host)}://{host}" if host else http.base("docker", BASE), repository


def _parts(source: Source) -> tuple[str, str]:
    """Host (empty for Docker Hub) and repository, `php` being `library/php` there."""
    first, slash, rest = source.package.partition("/")
    is_host = slash and ("." in first or ":" in first or first == "localhost")
    host, repository = (first, rest) if is_host else ("", source.package)
    if source.registries and not is_host:
        host = urlsplit(source.registries[0]).netloc or source.registries[0]
    if host in _HUB_HOSTS:
        host = ""
    if not host and "/" not in repository:
        repository = f"library/{repository}"
    if not _REPOSITORY.fullmatch(repository) or (host and not _HOST.fullmatch(host)):
        raise NotFound(f"{source.package[:80]!r} is no name of an image.")
    return host, repository


def _scheme(host: str) -> str:
    """Registries on this machine speak plain HTTP, as Docker itself assumes."""
    name = host.rpartition(":")[0] or host
    return "http" if name in ("localhost", "127.0.0.1", "[::1]") else "https"
