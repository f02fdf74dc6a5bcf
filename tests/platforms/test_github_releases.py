"""What is special to releases on GitHub: drafts, broken uploads, another host for files, thousands of merges."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from maintainer import errors
from maintainer.http import Http
from maintainer.platforms.base import Published
from maintainer.platforms.github_client import open_client
from maintainer.platforms.github_releases import GithubReleases
from maintainer.platforms.pages import GithubPages
from maintainer.platforms.releases import Asset, Releases
from tests.forges.github import GithubFake
from tests.forges.github_world import Issue, Pull
from tests.loopback import Loopback, Reply
from tests.platforms.github_site import Site

TAG = "v1.0.0"
NOTES = Asset("notes.html", b"<p>Hello</p>", "text/html")
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)
WORDS = Published(TAG, "The first", "Words")


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    with GithubFake(tmp_path / "forge") as forge:
        forge.add_repository("shop/site", {"package.json": "1.0.0"})
        forge.person("ada").tag(TAG)
        yield Site(forge, tmp_path)


def crowd(site: Site, count: int) -> None:
    """So many merged ones, one each second."""
    commit = site.repository.git.sha("main") or ""
    for number in range(1, count + 1):
        when = site.forge.tick()
        pull = Pull("shop/site", f"b{number}", commit, "main", commit, merged=when, merge_commit=commit, owner="shop")
        site.repository.issues[number] = Issue(
            number + 10_000, number, f"feat: {number}", "Words", "ada", when, when, "closed", closed=when, pull=pull
        )


# Drafts


def test_a_draft_needs_no_tag_and_is_published_when_it_is_there(site: Site) -> None:
    draft = Published("v2", "Two", "soon", draft=True)
    made = site.run().releases.publish(draft)
    assert made.draft and site.run().releases.published("v2") == made
    assert site.writes(lambda: site.run().releases.publish(draft)) == []
    site.run().releases.attach("v2", NOTES)
    assert site.run().releases.assets("v2") == ["notes.html"]
    with pytest.raises(errors.NotFound, match="no tag v2"):
        site.run().releases.publish(Published("v2", "Two", "soon"))
    site.forge.person("ada").tag("v2")
    assert not site.run().releases.publish(Published("v2", "Two", "soon")).draft
    assert len(site.repository.releases) == 1


def test_what_is_published_is_no_draft_again(site: Site) -> None:
    site.run().releases.publish(WORDS)
    assert not site.run().releases.publish(Published(TAG, "The first", "Other words", draft=True)).draft
    found = site.run().releases.published(TAG)
    assert found and (found.body, found.draft) == ("Other words", False)


def test_a_draft_is_found_behind_a_hundred_others(site: Site) -> None:
    first = site.run().releases.publish(Published("v0", "Zero", "soon", draft=True))
    for number in range(120):
        one = replace(site.repository.releases[0], id=number + 10_000, tag=f"x{number}")
        site.repository.releases.append(one)
    assert site.run().releases.published("v0") == first


def test_notes_that_are_too_long_are_cut_and_say_so(site: Site) -> None:
    long = Published(TAG, "The first", "x" * 200_000)
    made = site.run().releases.publish(long)
    assert len(made.body) <= 125_000 and made.body.endswith("*(shortened)*")
    assert site.writes(lambda: site.run().releases.publish(long)) == []


def test_the_commit_is_told_where_somebody_named_it(site: Site) -> None:
    commit = site.repository.git.sha("main") or ""
    assert site.run().releases.publish(Published(TAG, "", "", commit)).commit == commit
    site.forge.person("ada").tag("v2")
    assert site.run().releases.publish(Published("v2", "", "")).commit == ""


# Files


def test_an_upload_that_broke_off_within_github_is_repeated_by_the_next_run(site: Site) -> None:
    site.run().releases.publish(WORDS)
    site.repository.broken_uploads = 1
    with pytest.raises(errors.Unreachable, match="502"):
        site.run().releases.attach(TAG, NOTES)
    assert [one.state for one in site.repository.releases[0].assets] == ["starter"]
    assert site.run().releases.assets(TAG) == []
    site.run().releases.attach(TAG, NOTES)
    (asset,) = site.repository.releases[0].assets
    assert (asset.state, asset.data, asset.kind) == ("uploaded", NOTES.data, "text/html")


@pytest.mark.parametrize("failing", ["reset", "lost"])
def test_an_upload_whose_answer_never_came_leaves_one_file(site: Site, failing: Any) -> None:
    site.run().releases.publish(WORDS)
    site.forge.fault("POST", "/assets", failing)
    with pytest.raises(errors.Unreachable):
        site.run().releases.attach(TAG, NOTES)
    site.run().releases.attach(TAG, NOTES)
    assert [one.data for one in site.repository.releases[0].assets] == [NOTES.data]


def test_a_deletion_whose_answer_never_came_is_none_to_fail_of(site: Site) -> None:
    site.run().releases.publish(WORDS)
    site.run().releases.attach(TAG, NOTES)
    site.forge.fault("DELETE", "/assets/", "lost")
    site.run().releases.attach(TAG, Asset("notes.html", b"new"))
    assert [one.data for one in site.repository.releases[0].assets] == [b"new"]


def test_without_a_digest_a_file_is_known_by_its_size(site: Site) -> None:
    site.run().releases.publish(WORDS)
    site.run().releases.attach(TAG, NOTES)
    site.repository.releases[0].assets[0].digested = False
    assert site.writes(lambda: site.run().releases.attach(TAG, NOTES)) == []
    site.run().releases.attach(TAG, Asset("notes.html", NOTES.data + b"!"))
    assert [one.data for one in site.repository.releases[0].assets] == [NOTES.data + b"!"]


@pytest.mark.parametrize(
    ("api", "upload"),
    [
        ("https://api.github.com", "https://uploads.github.com/repos/shop/site/releases/1/assets{?name,label}"),
        ("https://api.acme.ghe.com", "https://uploads.acme.ghe.com/repos/shop/site/releases/1/assets{?name,label}"),
        ("https://github.example/api/v3", "https://github.example/api/uploads/repos/shop/site/releases/1/assets"),
        ("https://github.example:8443/api/v3", "https://github.example:8443/api/uploads/repos/x/y/releases/1/assets"),
    ],
)
def test_files_go_where_github_takes_them(api: str, upload: str) -> None:
    client = open_client(Http(), api, "shop/site", "ghp_secret")
    told = GithubReleases(client, GithubPages(api, "shop/site"))._uploads({"upload_url": upload})
    assert told == upload.partition("{")[0]


@pytest.mark.parametrize(
    "upload",
    [
        "https://evil.example/repos/x/y/releases/1/assets", "http://uploads.github.com/x", "https://github.com.evil.example/x",
        "https://uploads.github.com:8443/x", "https://uploads.github.com@evil.example/x", "https://user@api.github.com/x",
        "https://notuploads.github.com/x", "https://api.github.com\\@evil.example/x", "file:///etc/passwd", "", None, 7,
        "https://uploads.github.com/x?to=evil", "https://[/x",
    ],
)  # fmt: skip
def test_no_token_goes_where_github_is_not(upload: Any) -> None:
    client = open_client(Http(), "https://api.github.com", "shop/site", "ghp_secret")
    with pytest.raises(errors.BadAnswer, match="elsewhere") as told:
        GithubReleases(client, GithubPages("https://github.com", "shop/site"))._uploads({"upload_url": upload})
    assert "secret" not in str(told.value)


def test_a_hostile_answer_gets_no_token(site: Site) -> None:
    site.run().releases.publish(WORDS)
    with Loopback({"/uploads": Reply(201, {})}) as evil:
        answer = {"id": 1, "tag_name": TAG, "upload_url": f"{evil.url}/uploads{{?name,label}}"}
        site.forge.fault("GET", "/releases/tags/", Reply(200, answer))
        site.forge.fault("GET", "/releases/1/assets", Reply(200, []))
        with pytest.raises(errors.BadAnswer, match="elsewhere"):
            site.run().releases.attach(TAG, NOTES)
        assert evil.requests == []


def test_what_an_immutable_release_wants_is_said(site: Site) -> None:
    site.run().releases.publish(WORDS)
    said = {"message": "Cannot upload assets to an immutable release.", "status": "422"}
    site.forge.fault("POST", "/assets", Reply(422, said))
    with pytest.raises(errors.OutsideError, match="publish it as a draft, put its files beside it"):
        site.run().releases.attach(TAG, NOTES)


# Merges


def test_five_thousand_merged_ones_take_a_request_for_each_hundred(site: Site) -> None:
    crowd(site, 5_000)
    site.seconds = 60
    site.forge.requests.clear()
    told = site.run().releases.merged(LONG_AGO)
    assert [one.number for one in told] == list(range(1, 5_001))
    # The repository, fifty pages, and the front once more.
    assert len(site.forge.api_requests()) == 52
    site.forge.requests.clear()
    assert [one.number for one in site.run().releases.merged(told[-30].at)] == list(range(4_971, 5_001))
    assert len(site.forge.api_requests()) == 2


def test_one_that_is_touched_while_we_read_is_not_lost(site: Site) -> None:
    crowd(site, 350)
    site.seconds = 60
    answer = site.forge.answer
    asked = []

    def meanwhile(request: Any) -> Reply:
        reply = answer(request)
        if b"query merged" in request.body:
            asked.append(1)
            if len(asked) == 2:
                site.forge.person("ada").comment(7, "Thank you")
        return reply

    site.forge.answer = meanwhile  # type: ignore[method-assign]
    assert [one.number for one in site.run().releases.merged(LONG_AGO)] == list(range(1, 351))


def test_bots_and_people_who_left_are_told_as_such(site: Site) -> None:
    ada = site.forge.person("ada")
    for number, author in enumerate(("renovate[bot]", "ghost"), 1):
        ada.push(f"b{number}", {f"{number}.md": "x"})
        ada.open_pull(f"b{number}")
        site.forge.world.account(author)
        site.issue(number).author = author
        ada.merge(number, "rebase")
    first, second = site.run().releases.merged(LONG_AGO)
    assert (first.author, first.bot, second.bot) == ("renovate[bot]", True, False)


# What GitHub should not answer


def merged(releases: Releases) -> object:
    return releases.merged(LONG_AGO)


def flagged(releases: Releases) -> object:
    return releases.flagged("x")


def published(releases: Releases) -> object:
    return releases.published(TAG)


def publish(releases: Releases) -> object:
    return releases.publish(WORDS)


def assets(releases: Releases) -> object:
    return releases.assets(TAG)


def attach(releases: Releases) -> object:
    return releases.attach(TAG, NOTES)


def close(releases: Releases) -> object:
    return releases.close_milestone("1.0")


def page(*nodes: object, more: object = False, cursor: object = None) -> Reply:
    listed = {"nodes": list(nodes), "pageInfo": {"hasNextPage": more, "endCursor": cursor}}
    return Reply(200, {"data": {"repository": {"pullRequests": listed, "issues": listed}}})


NODE = {"number": 1, "title": "T", "updatedAt": "2026-01-01T00:00:00Z", "mergedAt": "2026-01-01T00:00:00Z"}
HTML = Reply(200, b"<html>Sign in</html>", {"Content-Type": "text/html"})
#: A call, which request of it is answered by another, and how.
HOSTILE: dict[str, tuple[Callable[[Releases], object], str, str, Reply]] = {
    "merged-html": (merged, "POST", "/graphql", HTML),
    "merged-nothing": (merged, "POST", "/graphql", Reply(200, {"data": {"repository": None}})),
    "merged-no-nodes": (merged, "POST", "/graphql", Reply(200, {"data": {"repository": {"pullRequests": 1}}})),
    "merged-no-number": (merged, "POST", "/graphql", page(NODE | {"number": "1"})),
    "merged-no-update": (merged, "POST", "/graphql", page(NODE | {"updatedAt": None})),
    "merged-no-merge": (merged, "POST", "/graphql", page(NODE | {"mergedAt": "soon"})),
    "merged-no-cursor": (merged, "POST", "/graphql", page(NODE, more=True)),
    "merged-no-word-of-an-end": (merged, "POST", "/graphql", page(NODE, more="maybe", cursor=7)),
    "flagged-no-number": (flagged, "POST", "/graphql", page({"title": "T"})),
    "flagged-html": (flagged, "POST", "/graphql", HTML),
    "published-html": (published, "GET", "/releases/tags", HTML),
    "published-list": (published, "GET", "/releases/tags", Reply(200, [])),
    "published-empty": (published, "GET", "/releases/tags", Reply(200, {})),
    "published-number": (published, "GET", "/releases/tags", Reply(200, {"tag_name": {"x": 1}})),
    "releases-table": (published, "GET", "/releases\\?", Reply(200, {"message": "x"})),
    "publish-empty": (publish, "POST", "/releases$", Reply(201, {})),
    "publish-list": (publish, "POST", "/releases$", Reply(201, [1])),
    "assets-table": (assets, "GET", "/assets", Reply(200, {})),
    "assets-no-id": (assets, "GET", "/releases/tags", Reply(200, {"tag_name": TAG, "id": True})),
    "attach-no-id": (attach, "GET", "/assets", Reply(200, [{"name": "notes.html"}])),
    "attach-html": (attach, "POST", "/assets", HTML),
    "attach-no-address": (attach, "POST", "/assets", Reply(201, {"browser_download_url": "javascript:alert(1)"})),
    "milestones-table": (close, "GET", "/milestones", Reply(200, {})),
    "milestones-no-number": (close, "GET", "/milestones", Reply(200, [{"title": "1.0", "state": "open"}])),
    "repository-of-numbers": (merged, "GET", "/repos/shop/site$", Reply(200, {"full_name": 1, "default_branch": []})),
}  # fmt: skip


@pytest.mark.parametrize("case", HOSTILE)
def test_what_is_no_answer_is_a_bad_answer(site: Site, case: str) -> None:
    act, method, path, reply = HOSTILE[case]
    if act in (assets, attach):
        site.run().releases.publish(WORDS)
    site.forge.fault(method, path, reply, times=10**9)
    with pytest.raises(errors.BadAnswer) as told:
        act(site.run().releases)
    assert str(site.who) not in str(told.value)


@pytest.mark.parametrize("act", [merged, published, assets, close])
def test_pages_that_never_end_are_a_bad_answer(site: Site, act: Callable[[Releases], object]) -> None:
    if act is assets:
        site.run().releases.publish(WORDS)
    turns = iter(range(10**9))
    release = {"id": 1, "tag_name": "x", "name": "x", "state": "uploaded", "title": "x"}
    answer = site.forge.answer

    def endless(request: Any) -> Reply:
        if request.path.endswith("/graphql"):
            return page(*[NODE] * 100, more=True, cursor=str(next(turns)))
        if request.path.endswith(("/releases", "/assets", "/milestones")):
            return Reply(200, [release] * 100)
        return answer(request)

    site.forge.answer = endless  # type: ignore[method-assign]
    with pytest.raises(errors.BadAnswer):
        act(site.run().releases)
    assert len(site.forge.requests) <= 110


# What the token lacks


@pytest.mark.parametrize(
    ("act", "permission"),
    [(publish, "Contents: write"), (attach, "Contents: write"), (close, "Issues: write"), (flagged, "Issues: read"),
     (merged, "Pull requests: read")],
)  # fmt: skip
def test_what_the_token_lacks_is_named(
    site: Site, tmp_path: Path, act: Callable[[Releases], object], permission: str
) -> None:
    if act is attach:
        site.run().releases.publish(WORDS)
    site.forge.person("ada").milestone("1.0")
    name, _, level = permission.partition(": ")
    key = name.lower().replace(" ", "_")
    everything = {"contents": "write", "issues": "write", "pull_requests": "write"}
    lacking = everything | {key: "read"} if level == "write" else {k: v for k, v in everything.items() if k != key}
    lacking |= {"pull_requests": "read"} if key == "issues" and level == "write" else {}
    (tmp_path / "other").mkdir()
    poor = Site(site.forge, tmp_path / "other", site.forge.token(permissions=lacking))
    with pytest.raises(errors.AccessDenied, match=permission) as told:
        act(poor.run().releases)
    assert str(poor.who) not in str(told.value)


def test_no_address_and_no_request_line_holds_the_token(site: Site) -> None:
    site.forge.person("ada").milestone("1.0")
    releases = site.run().releases
    addresses = [releases.publish(WORDS).url, releases.attach(TAG, NOTES), releases.close_milestone("1.0")]
    assert all(addresses) and not any(str(site.who) in one for one in addresses)
    assert not any(str(site.who) in one.path + one.query for one in site.forge.requests)
