"""Endpoints of releases and their files: https://docs.github.com/en/rest/releases"""

from hashlib import sha256
from typing import Any

from tests.forges.github_call import Call, Route, created
from tests.forges.github_json import node_id
from tests.forges.github_rights import Needs, Refused, invalid
from tests.forges.github_world import Asset, Release
from tests.loopback import Reply

#: In characters.
LONGEST_NOTES = 125_000


def _place(release: Release) -> str:
    """A draft is not at its tag yet."""
    return f"untagged-{release.id:020x}" if release.draft else release.tag


def _asset(call: Call, release: Release, asset: Asset) -> dict[str, Any]:
    return {
        "url": f"{call.json.at(call.repository)}/releases/assets/{asset.id}",
        "browser_download_url": f"{call.json.page(call.repository)}/releases/download/{_place(release)}/{asset.name}",
        "id": asset.id,
        "node_id": node_id("RA", asset.id),
        "name": asset.name,
        "label": asset.label,
        "state": asset.state,
        "content_type": asset.kind,
        "size": len(asset.data),
        "digest": f"sha256:{sha256(asset.data).hexdigest()}" if asset.digested else None,
        "download_count": 0,
        "created_at": asset.created,
        "updated_at": asset.created,
        "uploader": call.json.user(asset.uploader),
    }


def _release(call: Call, release: Release) -> dict[str, Any]:
    base, page = call.json.at(call.repository), call.json.page(call.repository)
    url = f"{base}/releases/{release.id}"
    uploads = call.json.api.replace("/api/v3", "/api/uploads") + f"/repos/{call.repository.full_name}"
    return {
        "url": url,
        "html_url": f"{page}/releases/tag/{_place(release)}",
        "assets_url": f"{url}/assets",
        "upload_url": f"{uploads}/releases/{release.id}/assets{{?name,label}}",
        "tarball_url": None if release.draft else f"{base}/tarball/{release.tag}",
        "zipball_url": None if release.draft else f"{base}/zipball/{release.tag}",
        "id": release.id,
        "node_id": node_id("RE", release.id),
        "tag_name": release.tag,
        "target_commitish": release.target,
        "name": release.name,
        "body": release.body,
        "draft": release.draft,
        "prerelease": release.prerelease,
        "created_at": release.created,
        "published_at": release.published,
        "author": call.json.user(release.author),
        "assets": [_asset(call, release, asset) for asset in release.assets],
    }


def _seen(call: Call) -> list[Release]:
    """Newest first; drafts are for who may write."""
    writes = call.json.role(call.repository) not in ("none", "read", "triage")
    return [one for one in reversed(call.repository.releases) if writes or not one.draft]


def _known(call: Call) -> Release:
    for release in _seen(call):
        if str(release.id) == call.values["release_id"]:
            return release
    raise Refused(404, "Not Found")


def _tagged(call: Call, release: Release) -> None:
    """A release that is published makes its tag where there is none. Raises `Refused`."""
    ref = f"refs/tags/{release.tag}"
    git = call.repository.git
    if release.draft or ref in git.refs(ref):
        return
    sha = git.sha(release.target)
    if sha is None:
        raise invalid("Release", code="invalid", name="target_commitish")
    git.update_ref(ref, sha)


def _read(call: Call, release: Release) -> None:
    data = call.data
    release.tag = data.get("tag_name", release.tag)
    release.target = data.get("target_commitish") or release.target
    release.name = data.get("name", release.name)
    release.body = call.body("Release", release.body, LONGEST_NOTES)
    release.draft, release.prerelease = data.get("draft", release.draft), data.get("prerelease", release.prerelease)
    _tagged(call, release)
    if not release.draft and release.published is None:
        release.published = call.world.tick()


def made(call: Call) -> Reply:
    tag = call.data.get("tag_name", "")
    if any(one.tag == tag and not one.draft for one in call.repository.releases):
        raise invalid("Release", code="already_exists", name="tag_name")
    target = call.repository.default_branch
    release = Release(call.world.id(), tag, target, None, None, False, False, call.login, call.world.tick(), None)
    _read(call, release)
    call.repository.releases.append(release)
    return created(_release(call, release))


def listed(call: Call) -> Reply:
    return call.page(_seen(call), lambda one: _release(call, one))


def got(call: Call) -> Any:
    return _release(call, _known(call))


def latest(call: Call) -> Any:
    for release in _seen(call):
        if not release.draft and not release.prerelease:
            return _release(call, release)
    raise Refused(404, "Not Found")


def by_tag(call: Call) -> Any:
    for release in _seen(call):
        if release.tag == call.values["tag"] and not release.draft:
            return _release(call, release)
    raise Refused(404, "Not Found")


def edited(call: Call) -> Any:
    release = _known(call)
    _read(call, release)
    return _release(call, release)


def deleted(call: Call) -> Reply:
    call.repository.releases.remove(_known(call))
    return Reply(204)


def assets(call: Call) -> Reply:
    release = _known(call)
    return call.page(release.assets, lambda one: _asset(call, release, one))


def uploaded(call: Call) -> Reply:
    release, name = _known(call), call.query["name"]
    if any(one.name == name for one in release.assets):
        raise invalid("ReleaseAsset", code="already_exists", name="name")
    # Without its length a file is taken for an empty one.
    if not call.request.body or "content-length" not in call.request.headers:
        raise Refused(400, "Bad Content-Length: 0")
    kind = call.request.headers.get("content-type", "application/octet-stream")
    label = call.query.get("label") or None
    asset = Asset(call.world.id(), name, label, kind, call.request.body, call.login, call.world.tick())
    release.assets.append(asset)
    if call.repository.broken_uploads:
        call.repository.broken_uploads -= 1
        asset.state, asset.data = "starter", b""
        raise Refused(502, "Server Error")
    return created(_asset(call, release, asset))


def asset_deleted(call: Call) -> Reply:
    for release in call.repository.releases:
        for asset in release.assets:
            if str(asset.id) == call.values["asset_id"]:
                release.assets.remove(asset)
                return Reply(204)
    raise Refused(404, "Not Found")


_READ = Needs("contents:read")
_WRITE = Needs("contents:write", "write")
_RELEASES = "/repos/{owner}/{repo}/releases"
ROUTES = {
    f"GET {_RELEASES}": Route(listed, _READ),
    f"POST {_RELEASES}": Route(made, _WRITE),
    f"GET {_RELEASES}/latest": Route(latest, _READ),
    f"GET {_RELEASES}/tags/{{tag}}": Route(by_tag, _READ),
    f"GET {_RELEASES}/{{release_id}}": Route(got, _READ),
    f"PATCH {_RELEASES}/{{release_id}}": Route(edited, _WRITE),
    f"DELETE {_RELEASES}/{{release_id}}": Route(deleted, _WRITE),
    f"GET {_RELEASES}/{{release_id}}/assets": Route(assets, _READ),
    f"POST {_RELEASES}/{{release_id}}/assets": Route(uploaded, _WRITE),
    f"DELETE {_RELEASES}/assets/{{asset_id}}": Route(asset_deleted, _WRITE),
}
