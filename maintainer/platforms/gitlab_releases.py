"""Releases of the site on GitLab, and what they are told from.

https://docs.gitlab.com/api/releases/
https://docs.gitlab.com/api/releases/links/
https://docs.gitlab.com/user/packages/generic_packages/

A release of GitLab's holds no files, only links. The files are in the project's package registry: a job's own token may
write there (https://docs.gitlab.com/ci/jobs/ci_job_token/#job-token-access), a file is found again by its name and its
digest, and who may see the project may load it. Uploads of the project would be neither found again nor replaced, and a
job's token may make none.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from functools import cached_property
from hashlib import sha256
from itertools import islice
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from maintainer import errors
from maintainer.changes import Source
from maintainer.platforms.base import Published
from maintainer.platforms.branches import OURS
from maintainer.platforms.connections import ending
from maintainer.platforms.gitlab_client import GitlabClient
from maintainer.platforms.gitlab_errors import Refused, status_of
from maintainer.platforms.gitlab_requests import LONGEST_DESCRIPTION
from maintainer.platforms.marks import carried, plain, shortened
from maintainer.platforms.pages import GitlabPages
from maintainer.platforms.releases import Asset, Flagged, no_release, no_tag
from maintainer.releasing import Merge
from maintainer.text import description, foreign

if TYPE_CHECKING:
    from gitlab.v4.objects import Project

#: What the package of releases' files is called; its versions are the tags.
PACKAGE = "release"
#: As long as GitLab lists at once.
PAGE = 100
#: A release or a package with more files is none of ours.
MOST = 1_000
#: Who a project's or a group's token is, and accounts made for programs:
#: https://docs.gitlab.com/user/project/settings/project_access_tokens/#bot-users-for-projects
_BOT = re.compile(r"(?:project|group)_\d+_bot\w*|service_account_\w+")
#: `Gitlab::Regex.generic_package_version_regex`.
_VERSION = re.compile(r"(?!.*\.\.)[A-Za-z0-9_+.-]{1,200}")

Row = Mapping[str, Any]


class GitlabReleases:
    """`Releases` of one project, asked for anew each time; `pages` are where its people look.

    `base` is the branch that merge requests are for, where it is known: a job's own token can't ask for it.
    """

    def __init__(self, client: GitlabClient, pages: GitlabPages, base: str = "") -> None:
        self._client = client
        self._pages = pages
        self._base = base

    def published(self, tag: str) -> Published | None:
        with self._client.asking(f"show the release {tag}"), _if_there():
            return _published(self._project.releases.get(tag).attributes)
        return None

    def publish(self, release: Published) -> Published:
        """What differs is edited; the same release is not written twice. GitLab knows no drafts."""
        if release.draft:
            raise errors.ConfigurationError("GitLab has no draft releases: leave that out, or publish it.")
        title = carried(release.title).strip() or release.tag
        fields = {"name": title, "description": shortened(carried(release.body), LONGEST_DESCRIPTION)}
        there = self.published(release.tag)
        if there and (there.title, plain(there.body)) == (title, plain(fields["description"])):
            return there
        releases = self._project.releases
        try:
            with self._client.asking(f"publish the release {release.tag}"):
                if there is None:
                    # Without a `ref` GitLab makes no tag.
                    return _published(releases.create({"tag_name": release.tag, **fields}).attributes)
                releases.update(release.tag, fields)
        except Refused as refused:
            if "Ref is not specified" in refused.said:
                raise no_tag(release.tag, self._client.path) from None
            raise
        return self.published(release.tag) or release

    def assets(self, tag: str) -> Sequence[str]:
        return sorted(foreign.text(one, "name") for one in self._links(tag) or ())

    def attach(self, tag: str, asset: Asset) -> str:
        links = self._links(tag)
        if links is None:
            raise no_release(tag, self._client.path)
        url = self._stored(tag, asset)
        fields = {"name": asset.name, "url": url, "direct_asset_path": f"/{asset.name}", "link_type": "other"}
        # Each name and each address is there once.
        of_name = [one for one in links if one.get("name") == asset.name]
        known = next(iter(of_name or [one for one in links if one.get("url") == url]), None)
        if known is None or (known.get("name"), known.get("url")) != (asset.name, url):
            with self._client.asking(f"put {asset.name} beside the release {tag}"):
                manager = self._project.releases.get(tag, lazy=True).links
                known = manager.create(fields).attributes if known is None else manager.update(_id(known), fields)
        if address := foreign.url(known, "direct_asset_url") or foreign.url(known, "url"):
            return address
        raise self._bad("the address of a file")

    def close_milestone(self, title: str) -> str:
        with self._client.asking(f"close the milestone {title}", "Reporter"):
            listed = self._project.milestones.list(title=title, get_all=True)
            for one in (one.attributes for one in listed):
                if one.get("title") == title:
                    if one.get("state") != "closed":
                        self._project.milestones.update(_id(one), {"state_event": "close"})
                    return foreign.url(one, "web_url")
        return ""

    def merged(self, since: datetime) -> Sequence[Merge]:
        """A request for each hundred that were touched since.

        In the order they were opened: in that of their last update one that is touched while we read would move another
        to a page we have read. https://docs.gitlab.com/api/merge_requests/#list-project-merge-requests
        """
        asked: dict[str, Any] = {
            "state": "merged",
            "target_branch": self._base or self._client.base,
            "updated_after": since.astimezone(UTC).isoformat(timespec="seconds"),
            "order_by": "created_at",
            "sort": "asc",
            "per_page": PAGE,
        }
        with self._client.asking("list its merged merge requests", "Reporter"):
            # As they come: an object of python-gitlab for each takes three times as long as all the rest.
            listed = self._client.sdk.http_list(f"{self._path}/merge_requests", query_data=asked, iterator=True)
            read = {_id(one, "iid"): one for one in ending((_id(one, "iid"), one) for one in listed)}
        merges = [_merge(one) for one in read.values()]
        return sorted((one for one in merges if one.at >= since), key=lambda one: (one.at, one.number))

    def flagged(self, label: str) -> Sequence[Flagged]:
        """Without confidential ones: what is told of a release is for everyone."""
        if self._client.project.attributes.get("issues_enabled") is False:
            return ()
        with self._client.asking("list its issues", "Reporter"):
            asked: dict[str, Any] = {"state": "opened", "labels": [label], "confidential": False}
            found = self._project.issues.list(page=1, order_by="created_at", sort="asc", get_all=False, **asked)
            stated = [one.attributes for one in found if one.attributes.get("confidential") is not True]
        return [
            Flagged(foreign.text(one, "title"), Source("issue", str(_id(one, "iid")), foreign.url(one, "web_url")))
            for one in stated
        ]

    def commit_url(self, sha: str) -> str:
        return self._pages.commit(sha)

    def issue_url(self, reference: str) -> str:
        return self._pages.issue(reference)

    def compare_url(self, base: str, head: str) -> str:
        return self._pages.compare(base, head)

    @cached_property
    def _project(self) -> "Project":
        """Not asked for: a job's own token may not see it, but for its releases."""
        return self._client.sdk.projects.get(self._client.path, lazy=True)

    @property
    def _path(self) -> str:
        return f"/projects/{quote(self._client.path, safe='')}"

    def _links(self, tag: str) -> list[Row] | None:
        """Those of a release, None where there is none."""
        with self._client.asking(f"list the files of the release {tag}"), _if_there():
            listed = self._project.releases.get(tag, lazy=True).links.list(iterator=True)
            return [one.attributes for one in islice(listed, MOST)]
        return None

    def _stored(self, tag: str, asset: Asset) -> str:
        """Have a file in the package registry; its address there. Of several of one name GitLab gives the newest.

        Others are deleted, but not where the token may not: that takes the role Maintainer.
        """
        version = _version(tag)
        known = self._files(version, asset.name)
        same = bool(known) and _is_same(known[-1][1], asset)
        for package, file in known[:-1] if same else known:
            # Whoever deleted it, it is gone.
            with (
                suppress(errors.AccessDenied, errors.NotFound),
                self._client.asking(f"delete the {asset.name} of before", "Maintainer"),
            ):
                self._project.packages.get(package, lazy=True).package_files.delete(_id(file))
        path = f"{self._path}/packages/generic/{PACKAGE}/{version}/{asset.name}"
        if not same:
            with self._client.asking(f"put {asset.name} into the project's package registry"):
                self._client.sdk.http_put(path, post_data=asset.data, raw=True)
        return re.sub(r"//[^/@]*@", "//", f"{self._client.sdk.api_url}{path}", count=1)

    def _files(self, version: str, name: str) -> list[tuple[int, Row]]:
        """Those of this name with the package they are in, oldest first."""
        exact = {"package_type": "generic", "package_name": PACKAGE, "package_version": version}
        with self._client.asking("list the files of its package registry"):
            listed = self._project.packages.list(iterator=True, **exact)
            packages = [
                _id(one.attributes)
                for one in islice(listed, MOST)
                if (one.attributes.get("name"), one.attributes.get("version")) == (PACKAGE, version)
            ]
            found = [(package, file) for package in packages for file in self._within(package)]
        return sorted((one for one in found if one[1].get("file_name") == name), key=lambda one: _id(one[1]))

    def _within(self, package: int) -> Iterator[Row]:
        files = self._project.packages.get(package, lazy=True).package_files.list(iterator=True)
        return (one.attributes for one in islice(files, MOST))

    def _bad(self, what: str) -> errors.BadAnswer:
        return errors.BadAnswer(f"{self._client.host} answered what can't be used, asked for {what}. Try again later.")


@contextmanager
def _if_there() -> Iterator[None]:
    """A call that comes to nothing for what isn't there: of a job's own token we would say that it may not see it."""
    from gitlab.exceptions import GitlabError

    try:
        yield
    except GitlabError as error:
        if status_of(error) != 404:
            raise


def _version(tag: str) -> str:
    """A tag as a package's version; what a version can't have is told apart by a digest."""
    if _VERSION.fullmatch(tag):
        return tag
    plain_one = re.sub(r"[^A-Za-z0-9_+-]+", "-", tag)[:150]
    return f"{plain_one}-{sha256(tag.encode('utf-8', 'surrogateescape')).hexdigest()[:12]}"


def _id(stated: Row, key: str = "id") -> int:
    found = foreign.table(stated).get(key)
    if type(found) is not int:
        raise errors.BadAnswer(f"GitLab answered with something that has no {key}. Try again later.")
    return found


def _is_same(stated: Row, asset: Asset) -> bool:
    return (stated.get("size"), stated.get("file_sha256")) == (len(asset.data), asset.digest)


def _published(stated: Row) -> Published:
    tag = foreign.text(stated, "tag_name")
    if not tag:
        raise errors.BadAnswer("GitLab answered with a release that has no tag. Try again later.")
    return Published(
        tag=tag,
        title=foreign.text(stated, "name"),
        body=foreign.text(stated, "description", limit=LONGEST_DESCRIPTION),
        commit=foreign.text(stated, "commit", "id"),
        url=foreign.url(stated, "_links", "self"),
        prerelease=stated.get("upcoming_release") is True,
    )


def _merge(stated: Row) -> Merge:
    at = foreign.when(stated, "merged_at")
    if at is None:
        raise errors.BadAnswer("GitLab answered with a merge request that was merged at no time. Try again later.")
    body = foreign.text(stated, "description", limit=LONGEST_DESCRIPTION).replace("\r\n", "\n")
    # Anyone may write our metadata into a description; only who may write to the project has such a branch in it.
    here = stated.get("source_project_id") == stated.get("target_project_id") is not None
    mark = description.read(body) if here and foreign.text(stated, "source_branch").startswith(OURS) else None
    author = foreign.text(stated, "author", "username", limit=255)
    made = (foreign.text(stated, key) for key in ("merge_commit_sha", "squash_commit_sha", "sha"))
    return Merge(
        number=_id(stated, "iid"),
        title=foreign.text(stated, "title"),
        at=at,
        body=body,
        url=foreign.url(stated, "web_url"),
        author=author,
        bot=bool(_BOT.fullmatch(author)),
        labels=tuple(filter(None, (foreign.text(one) for one in foreign.array(stated, "labels")))),
        # Without a merge commit or a squash the branch itself was put on the base branch.
        commit=next(filter(None, made), ""),
        head=foreign.text(stated, "sha"),
        identity=mark.identity if mark else (),
        mark="!",
    )
