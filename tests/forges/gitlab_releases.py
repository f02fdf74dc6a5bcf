"""Releases of the fake GitLab, their links, and the package registry that their files are in.

https://docs.gitlab.com/api/releases/, https://docs.gitlab.com/api/releases/links/ (`lib/api/release/links.rb`),
https://docs.gitlab.com/api/packages/, https://docs.gitlab.com/user/packages/generic_packages/
(`lib/api/generic_packages.rb`).
"""

import re
from hashlib import sha256
from typing import Any

from tests.forges.gitlab_api import ApiError, Call, Routes, invalid, not_found
from tests.forges.gitlab_repository import new_tag, tags_of
from tests.forges.gitlab_world import DEVELOPER, MAINTAINER, Link, Package, PackageFile, Project, Release
from tests.loopback import Reply

routes = Routes()
_LINKS = "/projects/:project/releases/:tag/assets/links"
_FILE = "/projects/:project/packages/generic/:name/:version/:file"
_VERSION = re.compile(r"(?!.*\.\.)[\w+.-]+", re.ASCII)
_FILE_NAME = re.compile(r"[A-Za-z0-9._+@~-]+")


@routes.get("/projects/:project/releases", job=True)
def releases(call: Call, project: str) -> Reply:
    there = call.readable(project)
    return call.page(there.releases[::-1], lambda release: call.forge.entities.release(release, there))


def _release(there: Project, tag: str) -> Release:
    found = next((one for one in there.releases if one.tag == tag), None)
    if not found:
        raise not_found()
    return found


@routes.get("/projects/:project/releases/:tag", job=True)
def release(call: Call, project: str, tag: str) -> Any:
    there = call.readable(project)
    return call.forge.entities.release(_release(there, tag), there)


@routes.post("/projects/:project/releases", job=True)
def create_release(call: Call, project: str) -> Any:
    there = call.project(project, DEVELOPER)
    call.need("tag_name")
    tag = str(call.params["tag_name"])
    if any(one.tag == tag for one in there.releases):
        raise ApiError(409, "Release already exists")
    if tag not in tags_of(there):
        if not call.params.get("ref"):
            raise ApiError(422, "Ref is not specified")
        new_tag(there, tag, str(call.params["ref"]))
    now = call.forge.tick()
    texts = (str(call.params.get("name") or tag), str(call.params.get("description") or ""))
    made = Release(tag, *texts, call.me, now, str(call.params.get("released_at") or now))
    there.releases.append(made)
    return call.forge.entities.release(made, there)


@routes.put("/projects/:project/releases/:tag", job=True)
def update_release(call: Call, project: str, tag: str) -> Any:
    there = call.project(project, DEVELOPER)
    found = _release(there, tag)
    found.name = call.params.get("name", found.name)
    found.description = call.params.get("description", found.description)
    return call.forge.entities.release(found, there)


@routes.get(_LINKS, job=True)
def links(call: Call, project: str, tag: str) -> Reply:
    """Newest first."""
    there = call.readable(project)
    found = _release(there, tag)
    return call.page(found.links[::-1], lambda one: call.forge.entities.link(one, found, there))


@routes.get(f"{_LINKS}/:link", job=True)
def link(call: Call, project: str, tag: str, link: str) -> Any:
    there = call.readable(project)
    found = _release(there, tag)
    return call.forge.entities.link(_link(found, link), found, there)


def _link(release: Release, number: str) -> Link:
    found = next((one for one in release.links if str(one.id) == number), None)
    if not found:
        raise not_found()
    return found


@routes.post(_LINKS, job=True)
def create_link(call: Call, project: str, tag: str) -> Any:
    there = call.project(project, DEVELOPER)
    found = _release(there, tag)
    call.need("name", "url")
    made = Link(call.forge.world.id(), "", "", "other")
    _read(call, found, made)
    found.links.append(made)
    call.forge.tick()
    return call.forge.entities.link(made, found, there)


@routes.put(f"{_LINKS}/:link", job=True)
def update_link(call: Call, project: str, tag: str, link: str) -> Any:
    there = call.project(project, DEVELOPER)
    found = _release(there, tag)
    if not {"name", "url"} & call.params.keys():
        raise invalid("name, url are missing, at least one parameter must be provided")
    known = _link(found, link)
    _read(call, found, known)
    call.forge.tick()
    return call.forge.entities.link(known, found, there)


@routes.delete(f"{_LINKS}/:link", job=True)
def delete_link(call: Call, project: str, tag: str, link: str) -> Any:
    found = _release(call.project(project, DEVELOPER), tag)
    found.links.remove(_link(found, link))


def _read(call: Call, release: Release, link: Link) -> None:
    """Raises 400 for a name or an address that another link has, and for what is no address."""
    name, url = (str(call.params.get(key, getattr(link, key))) for key in ("name", "url"))
    errors: dict[str, list[str]] = {}
    for key, value in (("name", name), ("url", url)):
        if any(getattr(one, key) == value for one in release.links if one is not link):
            errors[key] = ["has already been taken"]
    if not re.match(r"(?:https?|ftp)://[^@]+$", url):
        errors["url"] = ["is blocked: Only allowed schemes are http, https, ftp"]
    path = call.params.get("direct_asset_path", link.path)
    if path is not None and not re.fullmatch(r"/[^\s]+", str(path)):
        errors["filepath"] = ["is in an invalid format"]
    if errors:
        raise ApiError(400, errors)
    link.name, link.url, link.path = name, url, path
    link.kind = call.one_of("link_type", ["other", "runbook", "image", "package"], link.kind) or "other"


@routes.get("/projects/:project/packages", job=True)
def packages(call: Call, project: str) -> Reply:
    """Names are searched for, versions are exact."""
    there = call.readable(project)
    name, version = str(call.params.get("package_name", "")), call.params.get("package_version")
    call.one_of("package_type", ["generic", "npm", "composer"])
    found = [one for one in there.packages if name in one.name and version in (None, one.version)]
    return call.page(found, call.forge.entities.package)


def _package(there: Project, number: str) -> Package:
    found = next((one for one in there.packages if str(one.id) == number), None)
    if not found:
        raise not_found()
    return found


@routes.get("/projects/:project/packages/:package/package_files", job=True)
def package_files(call: Call, project: str, package: str) -> Reply:
    found = _package(call.readable(project), package)
    return call.page(found.files, lambda one: call.forge.entities.package_file(one, found))


@routes.delete("/projects/:project/packages/:package/package_files/:file", job=True)
def delete_package_file(call: Call, project: str, package: str, file: str) -> Any:
    found = _package(call.project(project, MAINTAINER), package)
    if not any(str(one.id) == file for one in found.files):
        raise not_found()
    found.files = [one for one in found.files if str(one.id) != file]


@routes.put(_FILE, job=True)
def upload(call: Call, project: str, name: str, version: str, file: str) -> Any:
    """A file that is there already is there twice, where that is allowed; the newest is what is loaded."""
    there = call.project(project, DEVELOPER)
    if not _VERSION.fullmatch(version):
        raise invalid("package_version is invalid")
    if not _FILE_NAME.fullmatch(file):
        raise invalid("file_name is invalid")
    package = next((one for one in there.packages if (one.name, one.version) == (name, version)), None)
    if package and not there.duplicate_files and any(one.name == file for one in package.files):
        raise ApiError(400, "400 Bad request - Duplicate package is not allowed")
    now, new_id = call.forge.tick(), call.forge.world.id
    if package is None:
        package = Package(new_id(), name, version, now)
        there.packages.append(package)
    package.files.append(PackageFile(new_id(), file, call.request.body, now))
    return Reply(201, {"message": "201 Created"})


@routes.get(_FILE, job=True)
def load(call: Call, project: str, name: str, version: str, file: str) -> Any:
    for package in call.readable(project).packages:
        if (package.name, package.version) == (name, version):
            for one in reversed(package.files):
                if one.name == file:
                    digest = {"X-Checksum-SHA256": sha256(one.data).hexdigest()}
                    return Reply(200, one.data, {"Content-Type": "application/octet-stream", **digest})
    raise not_found()
