"""What is special to releases on GitLab: files in a package registry, a job's own token, thousands of merges."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import requests

from maintainer import errors
from maintainer.http import Http
from maintainer.platforms.base import Published
from maintainer.platforms.gitlab_client import GitlabClient
from maintainer.platforms.gitlab_releases import GitlabReleases
from maintainer.platforms.pages import GitlabPages
from maintainer.platforms.releases import Asset, Releases
from tests.forges.gitlab import GitlabFake
from tests.forges.gitlab_world import DEVELOPER, Link, MergeRequest
from tests.loopback import Reply
from tests.platforms.gitlab_site import TOKEN, Site

TAG = "v1.0.0"
NOTES = Asset("notes.html", b"<p>Hello</p>", "text/html")
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)
WORDS = Published(TAG, "The first", "Words")
JOB = "glcbt-64_S3cretOfTheJob"


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    with GitlabFake(tmp_path / "forge") as forge:
        forge.add_repository("shop", "site", {"package.json": "1.0.0"})
        forge.token(TOKEN, kind="project", project="shop/site")
        forge.person("ada").tag(TAG)
        yield Site(forge, tmp_path)


def as_job(site: Site, tmp_path: Path) -> Site:
    """A run of ours in a job of ada's, who may write."""
    site.forge.user("dev", DEVELOPER)
    site.forge.token(JOB, kind="job", project="shop/site", user="dev")
    (tmp_path / "job").mkdir()
    return Site(site.forge, tmp_path / "job", JOB, job=True)


def crowd(site: Site, count: int) -> None:
    """So many merged ones, one each second."""
    project, ada = site.project, site.forge.user("ada")
    for number in range(1, count + 1):
        when = site.forge.tick()
        made = MergeRequest(
            number + 10_000, number, project, ada, f"feat: {number}", "Words", when, when, "merged", merged=when,
            source_project=project, source_branch=f"b{number}", target_branch="main",
        )  # fmt: skip
        project.merge_requests.append(made)


def files(site: Site) -> list[bytes]:
    return [one.data for package in site.project.packages for one in package.files]


def test_gitlab_has_no_drafts(site: Site) -> None:
    with pytest.raises(errors.ConfigurationError, match="no draft releases"):
        site.run().releases.publish(replace(WORDS, draft=True))


def test_the_commit_of_the_tag_is_told(site: Site) -> None:
    made = site.run().releases.publish(WORDS)
    assert made.commit == site.project.repository.sha("refs/tags/v1.0.0")
    assert made.url == f"{site.forge.origin}/shop/site/-/releases/v1.0.0"


# Files


def test_a_file_is_a_link_to_the_package_registry(site: Site) -> None:
    site.run().releases.publish(WORDS)
    address = site.run().releases.attach(TAG, NOTES)
    assert address == f"{site.forge.origin}/shop/site/-/releases/v1.0.0/downloads/notes.html"
    (package,), (release,) = site.project.packages, site.project.releases
    assert (package.name, package.version, [one.name for one in package.files]) == ("release", TAG, ["notes.html"])
    assert release.links[0].url == f"{site.forge.url}/projects/shop%2Fsite/packages/generic/release/v1.0.0/notes.html"


@pytest.mark.parametrize("tag", ["shop@1.0", "release/1.0", "1..0", "wydanie-é", "x" * 220])
def test_a_tag_that_is_no_packages_version_has_one_of_its_own(site: Site, tag: str) -> None:
    # Git itself refuses the one with two dots: https://git-scm.com/docs/git-check-ref-format
    if ".." in tag:
        site.project.releases.append(replace_tag(site, tag))
    else:
        site.forge.person("ada").tag(tag)
        site.run().releases.publish(replace(WORDS, tag=tag))
    site.run().releases.attach(tag, NOTES)
    assert site.writes(lambda: site.run().releases.attach(tag, NOTES)) == []
    assert (site.run().releases.assets(tag), files(site)) == (["notes.html"], [NOTES.data])


def replace_tag(site: Site, tag: str) -> Any:
    site.run().releases.publish(WORDS)
    release = site.project.releases.pop()
    release.tag = tag
    return release


def test_two_tags_that_are_spelled_alike_have_packages_of_their_own(site: Site) -> None:
    for tag in ("a/b", "a-b", "a@b"):
        site.forge.person("ada").tag(tag)
        site.run().releases.publish(replace(WORDS, tag=tag))
        site.run().releases.attach(tag, Asset("notes.html", tag.encode()))
    assert sorted(files(site)) == [b"a-b", b"a/b", b"a@b"]


def test_who_may_not_delete_leaves_the_old_file_behind_the_new_one(site: Site, tmp_path: Path) -> None:
    site.run().releases.publish(WORDS)
    site.run().releases.attach(TAG, NOTES)
    poor = as_job(site, tmp_path)
    address = poor.run().releases.attach(TAG, Asset("notes.html", b"new"))
    assert files(site) == [NOTES.data, b"new"]
    assert poor.writes(lambda: poor.run().releases.attach(TAG, Asset("notes.html", b"new"))) == []
    loaded = requests.get(site.project.releases[0].links[0].url, headers={"JOB-TOKEN": JOB}, timeout=10)
    assert loaded.content == b"new" and address
    # Who may does it later.
    site.run().releases.attach(TAG, Asset("notes.html", b"new"))
    assert files(site) == [b"new"]


def test_where_a_file_is_there_once_only_the_old_one_goes_first(site: Site, tmp_path: Path) -> None:
    site.project.duplicate_files = False
    site.run().releases.publish(WORDS)
    site.run().releases.attach(TAG, NOTES)
    site.run().releases.attach(TAG, Asset("notes.html", b"new"))
    assert files(site) == [b"new"]
    with pytest.raises(errors.OutsideError, match="Duplicate package is not allowed"):
        as_job(site, tmp_path).run().releases.attach(TAG, NOTES)


def test_a_link_of_that_name_leads_to_our_file_from_then_on(site: Site) -> None:
    site.run().releases.publish(WORDS)
    site.project.releases[0].links.append(Link(77, "notes.html", "https://old.example/notes.html", "runbook"))
    site.run().releases.attach(TAG, NOTES)
    (link,) = site.project.releases[0].links
    assert (link.id, link.path, link.url.startswith(site.forge.url)) == (77, "/notes.html", True)


def test_a_link_that_somebody_renamed_has_its_name_again(site: Site) -> None:
    site.run().releases.publish(WORDS)
    site.run().releases.attach(TAG, NOTES)
    site.project.releases[0].links[0].name = "Read me"
    site.run().releases.attach(TAG, NOTES)
    assert site.run().releases.assets(TAG) == ["notes.html"]


def test_no_address_holds_credentials(site: Site) -> None:
    site.run().releases.publish(WORDS)
    client = GitlabClient(Http(), site.forge.origin.replace("//", "//user:S3cret@"), "shop/site", TOKEN)
    address = GitlabReleases(client, GitlabPages(site.forge.origin, "shop/site")).attach(TAG, NOTES)
    told = [address, *(one.url for one in site.project.releases[0].links), *(one.query for one in site.forge.requests)]
    assert not any("S3cret" in one for one in told)


# A job's own token


def test_a_jobs_token_publishes_with_files_and_tells_what_was_merged(site: Site, tmp_path: Path) -> None:
    ada = site.forge.person("ada")
    ada.push("change", {"readme.md": "better"})
    ada.merge(ada.open("change").iid)
    run = as_job(site, tmp_path).run()
    assert run.releases.publish(WORDS).title == "The first"
    assert run.releases.attach(TAG, NOTES)
    assert run.releases.assets(TAG) == ["notes.html"]
    assert [one.title for one in run.releases.merged(LONG_AGO)] == ["A change"]


def test_what_a_jobs_token_may_not_is_said(site: Site, tmp_path: Path) -> None:
    site.forge.person("ada").milestone("1.0")
    releases = as_job(site, tmp_path).run().releases
    for act in (lambda: releases.close_milestone("1.0"), lambda: releases.flagged("known-issue")):
        with pytest.raises(errors.AccessDenied, match="MAINTAINER_TOKEN") as told:
            act()
        assert JOB not in str(told.value)


# Merges and issues


def test_five_thousand_merged_ones_take_a_request_for_each_hundred(site: Site) -> None:
    crowd(site, 5_000)
    site.seconds = 60
    site.forge.requests.clear()
    told = site.run().releases.merged(LONG_AGO)
    assert [one.number for one in told] == list(range(1, 5_001))
    # The project, and fifty pages.
    assert len(site.forge.api_requests()) == 51
    site.forge.requests.clear()
    assert [one.number for one in site.run().releases.merged(told[-30].at)] == list(range(4_971, 5_001))
    assert len(site.forge.api_requests()) == 2


def test_one_that_is_touched_while_we_read_is_not_lost(site: Site) -> None:
    crowd(site, 350)
    site.seconds = 60
    answer, asked = site.forge.answer, []

    def meanwhile(request: Any) -> Reply:
        reply = answer(request)
        if request.path.endswith("/merge_requests"):
            asked.append(1)
            if len(asked) == 2:
                site.forge.person("ada").comment(340, "Thank you")
                site.forge.person("ada").comment(7, "Thank you")
        return reply

    site.forge.answer = meanwhile  # type: ignore[method-assign]
    assert [one.number for one in site.run().releases.merged(LONG_AGO)] == list(range(1, 351))


def test_what_merging_made_is_told_however_it_was_merged(site: Site) -> None:
    ada, repository = site.forge.person("ada"), site.project.repository
    told = []
    for method, squash in (("merge", False), ("ff", False), ("ff", True)):
        site.project.merge_method = method
        branch = f"{method}-{squash}".lower()
        ada.push(branch, {branch: "x"}, onto="main")
        number = ada.open(branch).iid
        assert ada.merge(number, squash=squash)
        told.append((number, repository.branches()["main"]))
    assert [(one.number, one.commit) for one in site.run().releases.merged(LONG_AGO)] == told


@pytest.mark.parametrize(
    ("name", "bot"),
    [("project_12_bot_4ffca233d8298ea1", True), ("group_7_bot", True), ("service_account_group_1_abc", True),
     ("ada", False), ("project_x_bot", False), ("robot", False)],
)  # fmt: skip
def test_who_is_a_program_is_told_by_the_name(site: Site, name: str, bot: bool) -> None:
    site.forge.user(name)
    person = site.forge.person(name)
    person.push("change", {"readme.md": "better"})
    person.merge(person.open("change").iid)
    (told,) = site.run().releases.merged(LONG_AGO)
    assert (told.author, told.bot) == (name, bot)


def test_confidential_issues_are_told_to_nobody(site: Site) -> None:
    ada = site.forge.person("ada")
    for title in ("Open", "Secret"):
        ada.label(ada.open_issue(title), add=("known-issue",))
    ada.project.issues[1].confidential = True
    assert [one.title for one in site.run().releases.flagged("known-issue")] == ["Open"]


def test_without_issues_none_is_known(site: Site) -> None:
    site.project.issues_enabled = False
    assert site.run().releases.flagged("known-issue") == ()


# What GitLab should not answer


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


MERGED = {"iid": 1, "title": "T", "merged_at": "2026-01-01T00:00:00Z"}
HTML = Reply(200, b"<html>Sign in</html>", {"Content-Type": "text/html"})
#: A call, which request of it is answered by another, and how.
HOSTILE: dict[str, tuple[Callable[[Releases], object], str, str, Reply]] = {
    "merged-html": (merged, "GET", "/merge_requests", HTML),
    "merged-table": (merged, "GET", "/merge_requests", Reply(200, {"message": "x"})),
    "merged-texts": (merged, "GET", "/merge_requests", Reply(200, ["x"])),
    "merged-no-number": (merged, "GET", "/merge_requests", Reply(200, [MERGED | {"iid": "1"}])),
    "merged-no-time": (merged, "GET", "/merge_requests", Reply(200, [MERGED | {"merged_at": None}])),
    "flagged-html": (flagged, "GET", "/issues", HTML),
    "flagged-no-number": (flagged, "GET", "/issues", Reply(200, [{"title": "T"}])),
    "published-html": (published, "GET", "/releases/", HTML),
    "published-list": (published, "GET", "/releases/", Reply(200, [])),
    "published-empty": (published, "GET", "/releases/", Reply(200, {})),
    "publish-empty": (publish, "POST", "/releases", Reply(201, {})),
    "publish-html": (publish, "POST", "/releases", HTML),
    "assets-table": (assets, "GET", "/assets/links", Reply(200, {"x": 1})),
    "assets-html": (assets, "GET", "/assets/links", HTML),
    "attach-packages-html": (attach, "GET", "/packages", HTML),
    "attach-packages-no-id": (attach, "GET", "/packages", Reply(200, [{"name": "release", "version": TAG}])),
    "attach-upload-html": (attach, "PUT", "/packages/generic", HTML),
    "attach-no-address": (attach, "POST", "/assets/links", Reply(201, {"direct_asset_url": "javascript:alert(1)"})),
    "attach-link-html": (attach, "POST", "/assets/links", HTML),
    "milestones-html": (close, "GET", "/milestones", HTML),
    "milestones-no-id": (close, "GET", "/milestones", Reply(200, [{"title": "1.0", "state": "active"}])),
}  # fmt: skip


@pytest.mark.parametrize("case", HOSTILE)
def test_what_is_no_answer_is_a_bad_answer(site: Site, case: str) -> None:
    act, method, path, reply = HOSTILE[case]
    if act in (assets, attach):
        site.run().releases.publish(WORDS)
    site.forge.fault(method, path, reply, times=10**9)
    with pytest.raises(errors.BadAnswer) as told:
        act(site.run().releases)
    assert TOKEN not in str(told.value)


def test_pages_that_never_end_are_a_bad_answer(site: Site) -> None:
    answer = site.forge.answer

    def endless(request: Any) -> Reply:
        if request.path.endswith("/merge_requests"):
            link = f'<{site.forge.url}/projects/shop%2Fsite/merge_requests?page=2>; rel="next"'
            return Reply(200, [MERGED] * 100, {"Link": link})
        return answer(request)

    site.forge.answer = endless  # type: ignore[method-assign]
    with pytest.raises(errors.BadAnswer, match="doesn't end"):
        site.run().releases.merged(LONG_AGO)
    assert len(site.forge.requests) <= 10


@pytest.mark.parametrize("act", [publish, attach, close])
def test_what_the_role_lacks_is_named(site: Site, tmp_path: Path, act: Callable[[Releases], object]) -> None:
    site.forge.person("ada").milestone("1.0")
    if act is attach:
        site.run().releases.publish(WORDS)
    poor = "glpat-S3cretOfAGuest"
    site.forge.token(poor, kind="project", project="shop/site", level=20 if act is not close else 10)
    (tmp_path / "poor").mkdir()
    with pytest.raises(errors.AccessDenied, match=r"role (Developer|Reporter)") as told:
        act(Site(site.forge, tmp_path / "poor", poor).run().releases)
    assert poor not in str(told.value)
