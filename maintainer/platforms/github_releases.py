"""Releases of the site on GitHub, and what they are told from.

https://docs.github.com/en/rest/releases
https://docs.github.com/en/graphql/reference/objects#pullrequest
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from typing import Any
from urllib.parse import quote, urlsplit

from maintainer import errors
from maintainer.changes import Source
from maintainer.platforms.base import Published
from maintainer.platforms.branches import OURS
from maintainer.platforms.connections import PAGE_INFO, ending, following, rows, table
from maintainer.platforms.github_client import PAGE, Client
from maintainer.platforms.github_people import login_of
from maintainer.platforms.marks import carried, plain, shortened
from maintainer.platforms.pages import GithubPages
from maintainer.platforms.releases import Asset, Flagged, no_release, no_tag
from maintainer.releasing import Merge
from maintainer.text import description, foreign

#: Of more characters in a release's notes GitHub says 422, "body is too long".
LONGEST_NOTES = 125_000
#: More pages than this are no list of releases, files or milestones.
PAGES = 100

_MERGED = f"""query merged($owner: String!, $name: String!, $base: String!, $after: String) {{
  repository(owner: $owner, name: $name) {{
    pullRequests(states: MERGED, baseRefName: $base, first: {PAGE}, after: $after,
        orderBy: {{field: UPDATED_AT, direction: DESC}}) {{ {PAGE_INFO} nodes {{
      number title body url updatedAt mergedAt headRefName headRefOid isCrossRepository mergeCommit {{ oid }}
      author {{ __typename login }} labels(first: {PAGE}) {{ nodes {{ name }} }} }} }} }} }}"""
_FLAGGED = f"""query flagged($owner: String!, $name: String!, $labels: [String!]) {{
  repository(owner: $owner, name: $name) {{
    issues(states: OPEN, labels: $labels, first: {PAGE}, orderBy: {{field: CREATED_AT, direction: ASC}}) {{
      nodes {{ number title url }} }} }} }}"""

Row = Mapping[str, Any]


class GithubReleases:
    """`Releases` of one repository, asked for anew each time; `pages` are where its people look."""

    def __init__(self, client: Client, pages: GithubPages) -> None:
        self._client = client
        self._pages = pages

    def published(self, tag: str) -> Published | None:
        found = self._found(tag)
        return _published(found) if found else None

    def publish(self, release: Published) -> Published:
        """What differs is edited; the same release is not written twice."""
        found = self._found(release.tag)
        there = _published(found) if found else None
        draft = release.draft and (there is None or there.draft)
        wanted: dict[str, Any] = {
            "name": carried(release.title).strip() or release.tag,
            "body": shortened(carried(release.body), LONGEST_NOTES),
            "draft": draft,
            "prerelease": release.prerelease,
        }
        if there:
            known = (there.title, plain(there.body), there.draft, there.prerelease)
            if known == (wanted["name"], plain(wanted["body"]), draft, release.prerelease):
                return there
        if not draft and (there is None or there.draft):
            self._refuse_without(release.tag)
        wanted["tag_name"] = release.tag
        if found:
            return _published(self._call("PATCH", f"/releases/{_id(found)}", wanted))
        at = {"target_commitish": release.commit} if release.commit else {}
        return _published(self._call("POST", "/releases", wanted | at))

    def assets(self, tag: str) -> Sequence[str]:
        found = self._found(tag)
        listed = self._listed(f"/releases/{_id(found)}/assets") if found else ()
        return sorted(foreign.text(one, "name") for one in listed if one.get("state") == "uploaded")

    def attach(self, tag: str, asset: Asset) -> str:
        """A file whose upload broke off stands in the list without its bytes; it is deleted first, as others are.

        The address GitHub tells is good for a draft alone (`untagged-...`), so it is made here.
        https://docs.github.com/en/rest/releases/assets#upload-a-release-asset
        """
        found = self._found(tag)
        if found is None:
            raise no_release(tag, self._name)
        for one in list(self._listed(f"/releases/{_id(found)}/assets")):
            if one.get("name") != asset.name:
                continue
            if _is_same(one, asset):
                return self._pages.asset(tag, asset.name)
            # Whoever deleted it, it is gone.
            with suppress(errors.NotFound):
                path = f"{self._path}/releases/assets/{_id(one)}"
                self._client.requester.requestJsonAndCheck("DELETE", path)
        made = self._client.requester.upload(self._uploads(found), asset.name, asset.kind, asset.data)
        # What GitHub calls otherwise would be looked for in vain.
        if foreign.text(made, "name") != asset.name:
            raise _bad(f"the file {asset.name}")
        return self._pages.asset(tag, asset.name)

    def close_milestone(self, title: str) -> str:
        for one in self._listed("/milestones", state="all"):
            if one.get("title") == title:
                if one.get("state") != "closed":
                    one = self._call("PATCH", f"/milestones/{_id(one, 'number')}", {"state": "closed"})
                return foreign.url(one, "html_url")
        return ""

    def merged(self, since: datetime) -> Sequence[Merge]:
        """By the time of their last update, which is no earlier than their merge: a query for each hundred.

        One that is updated while we read is then at the front: where there was more than one page, we look there again.
        """
        read = list(ending((_id(node, "number"), node) for node in self._updated(since)))
        if len(read) >= PAGE and (newest := foreign.when(read[0], "updatedAt")):
            read += ending((_id(node, "number"), node) for node in self._updated(newest))
        merges = {_id(node, "number"): _merge(node) for node in read}
        return sorted((one for one in merges.values() if one.at >= since), key=lambda one: (one.at, one.number))

    def flagged(self, label: str) -> Sequence[Flagged]:
        nodes = rows(table(self._asked(_FLAGGED, labels=[label]), "issues"))
        return [
            Flagged(foreign.text(one, "title"), Source("issue", str(_id(one, "number")), foreign.url(one, "url")))
            for one in nodes
        ]

    def commit_url(self, sha: str) -> str:
        return self._pages.commit(sha)

    def issue_url(self, reference: str) -> str:
        return self._pages.issue(reference)

    def compare_url(self, base: str, head: str) -> str:
        return self._pages.compare(base, head)

    @property
    def _name(self) -> str:
        return self._client.repository.full_name

    @property
    def _path(self) -> str:
        return f"/repos/{self._name}"

    def _found(self, tag: str) -> Row | None:
        """A draft has no tag yet, and is only in the list."""
        try:
            return self._call("GET", f"/releases/tags/{quote(tag, safe='', errors='replace')}")
        except errors.NotFound:
            return next((one for one in self._listed("/releases") if one.get("tag_name") == tag), None)

    def _refuse_without(self, tag: str) -> None:
        """Raises `errors.NotFound` where there is no such tag: GitHub would make one, wherever the branch is."""
        try:
            self._call("GET", f"/git/ref/tags/{quote(tag, safe='/', errors='replace')}")
        except errors.NotFound:
            raise no_tag(tag, self._name) from None

    def _uploads(self, release: Row) -> str:
        """Where GitHub takes its files: another host than the API's, of the same GitHub, to which the token may go.

        `uploads.github.com` for `api.github.com`, and the same for a cloud with data residency; a GitHub Enterprise
        Server takes them itself: https://docs.github.com/en/enterprise-server/rest/releases/assets
        Raises `errors.BadAnswer` for any other.
        """
        stated = foreign.url(release, "upload_url").partition("{")[0]
        try:
            there, ours = urlsplit(stated), urlsplit(self._client.requester.base_url)
            host = ours.hostname or ""
            known = there.hostname in {host, f"uploads.{host.removeprefix('api.')}"} and there.port == ours.port
        except ValueError:
            known = False
        if not known or there.scheme != ours.scheme or re.search(r"[@?#]", stated):
            raise errors.BadAnswer(
                f"{ours.hostname} wants files of releases to be sent elsewhere, which is not done with a token. Set "
                "the API's address to the one GitHub itself names."
            )
        return stated

    def _updated(self, since: datetime) -> Iterator[Row]:
        """Merged ones that were updated at or after a time, newest first."""
        after: str | None = None
        while after is None or after:
            base = self._client.repository.default_branch
            listed = table(self._asked(_MERGED, base=base, after=after), "pullRequests")
            for node in rows(listed):
                if _when(node, "updatedAt") < since:
                    return
                yield node
            after = following(listed, after or "")

    def _asked(self, query: str, **variables: Any) -> Row:
        """What a query tells of the repository."""
        owner, _, name = self._name.partition("/")
        return table(self._client.graphql(query, owner=owner, name=name, **variables), "repository")

    def _call(self, verb: str, path: str, body: Row | None = None) -> Row:
        """A table, as it is now. Raises `errors.OutsideError`."""
        ask = self._client.requester.requestJsonAndCheck
        _, answer = ask(verb, self._path + path, input=body)
        if not isinstance(answer, dict):
            raise _bad(path)
        return answer

    def _listed(self, path: str, **parameters: str) -> Iterator[Row]:
        """A list to its end, as it is now. Raises `errors.OutsideError`."""
        ask = self._client.requester.requestJsonAndCheck
        for page in range(1, PAGES + 1):
            asked = {"per_page": PAGE, "page": page, **parameters}
            _, answer = ask("GET", self._path + path, asked)
            if not isinstance(answer, list):
                raise _bad(path)
            yield from foreign.tables({"page": answer}, "page")
            if len(answer) < PAGE:
                return
        raise _bad(path)


def _bad(what: str) -> errors.BadAnswer:
    return errors.BadAnswer(f"GitHub answered what can't be used, asked for {what}. Try again later.")


def _id(stated: Row, key: str = "id") -> int:
    found = stated.get(key)
    if type(found) is not int:
        raise _bad(f"a {key}")
    return found


def _when(stated: Row, key: str) -> datetime:
    if found := foreign.when(stated, key):
        return found
    raise _bad(f"a time ({key})")


def _published(stated: Row) -> Published:
    tag, target = foreign.text(stated, "tag_name"), foreign.text(stated, "target_commitish")
    if not tag:
        raise _bad("a release")
    return Published(
        tag=tag,
        title=foreign.text(stated, "name"),
        body=foreign.text(stated, "body", limit=LONGEST_NOTES),
        # Where nobody named a commit, it is a branch, which stands elsewhere by now.
        commit=target if re.fullmatch(r"[0-9a-f]{40,64}", target) else "",
        url=foreign.url(stated, "html_url"),
        draft=stated.get("draft") is True,
        prerelease=stated.get("prerelease") is True,
    )


def _is_same(stated: Row, asset: Asset) -> bool:
    """GitHub tells no digest of what was uploaded before June 2025."""
    digest = foreign.text(stated, "digest") or f"sha256:{asset.digest}"
    whole = stated.get("state") == "uploaded" and stated.get("size") == len(asset.data)
    return whole and digest == f"sha256:{asset.digest}"


def _merge(node: Row) -> Merge:
    body = foreign.text(node, "body", limit=100_000).replace("\r\n", "\n")
    # Anyone may write our metadata into a description; only who may write to the repository has such a branch in it.
    ours = node.get("isCrossRepository") is False and foreign.text(node, "headRefName").startswith(OURS)
    mark = description.read(body) if ours else None
    return Merge(
        number=_id(node, "number"),
        title=foreign.text(node, "title"),
        at=_when(node, "mergedAt"),
        body=body,
        url=foreign.url(node, "url"),
        author=login_of(node, "author"),
        bot=foreign.text(node, "author", "__typename") == "Bot",
        labels=tuple(filter(None, (foreign.text(one, "name") for one in foreign.tables(node, "labels", "nodes")))),
        commit=foreign.text(node, "mergeCommit", "oid"),
        head=foreign.text(node, "headRefOid"),
        identity=mark.identity if mark else (),
    )
