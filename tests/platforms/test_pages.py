"""Addresses of pages: only what is a commit, a tag or a reference has one, and none holds a secret."""

import pytest

from maintainer.platforms.pages import GithubPages, GitlabPages, Pages

GITHUB = GithubPages("https://github.example", "shop/site")
GITLAB = GitlabPages("https://gitlab.example/git", "group/sub/site")
SHA = "0123456789abcdef0123456789abcdef01234567"


@pytest.mark.parametrize(
    ("pages", "reference", "address"),
    [
        (GITHUB, "#12", "https://github.example/shop/site/issues/12"),
        (GITHUB, "GH-12", "https://github.example/shop/site/issues/12"),
        (GITHUB, "acme/other.js#7", "https://github.example/acme/other.js/issues/7"),
        (GITLAB, "#12", "https://gitlab.example/git/group/sub/site/-/issues/12"),
        (GITLAB, "!12", "https://gitlab.example/git/group/sub/site/-/merge_requests/12"),
        (GITLAB, "acme/other#7", "https://gitlab.example/git/acme/other/-/issues/7"),
        (GITLAB, "a/b/c!7", "https://gitlab.example/git/a/b/c/-/merge_requests/7"),
    ],
)
def test_a_reference_leads_somewhere(pages: Pages, reference: str, address: str) -> None:
    assert pages.issue(reference) == address


@pytest.mark.parametrize("pages", [GITHUB, GITLAB], ids=["github", "gitlab"])
@pytest.mark.parametrize(
    "reference",
    [
        "", "12", "#", "#0", "#012", "#12 ", " #12", "#12\n", "#1٢", "#" + "9" * 11, "SHOP-12", "#12/../../admin",
        "../..#1", "./a#1", "a/..#1", "a//b#1", "/a#1", "evil.example#1", "https://evil.example/#1", "a/b?x#1",
        "a/b@c#1", "javascript:alert(1)#1", "a/b/GH-1", "a/bGH-1", "<a/b>#1", "a" * 300 + "/b#1", "a/\u202eb#1",
    ],
)  # fmt: skip
def test_what_is_no_reference_leads_nowhere(pages: Pages, reference: str) -> None:
    assert pages.issue(reference) == ""


def test_each_forge_has_references_of_its_own() -> None:
    assert [GITHUB.issue(one) for one in ("!12", "a/b!12", "a/b/c#12")] == ["", "", ""]
    assert GITLAB.issue("GH-12") == ""


def test_commits_and_what_is_between_two_names() -> None:
    assert GITHUB.commit(SHA) == f"https://github.example/shop/site/commit/{SHA}"
    assert GITLAB.commit(SHA) == f"https://gitlab.example/git/group/sub/site/-/commit/{SHA}"
    assert GITHUB.compare("shop/v1", "v2") == "https://github.example/shop/site/compare/shop/v1...v2"
    assert GITLAB.compare(SHA, "v2#é%") == f"https://gitlab.example/git/group/sub/site/-/compare/{SHA}...v2%23%C3%A9%25"


@pytest.mark.parametrize("name", ["", "a..b", "../../x", "a b", "a?b", "-x", "/x", "x/", "a\nb", "a\\b", "x" * 251])
def test_what_can_be_no_name_in_git_has_no_address(name: str) -> None:
    assert [one.compare(*ends) for one in (GITHUB, GITLAB) for ends in ((name, "v2"), ("v1", name))] == [""] * 4
    assert [one.commit(name) for one in (GITHUB, GITLAB)] == ["", ""]


def test_no_address_holds_credentials() -> None:
    for kind in (GithubPages, GitlabPages):
        pages = kind("https://user:S3cret@forge.example:8443/x/?token=S3cret#S3cret", "shop/site")
        for told in (pages.commit(SHA), pages.issue("#1"), pages.issue("a/b#1"), pages.compare("v1", "v2")):
            assert told.startswith("https://forge.example:8443/x/") and "S3cret" not in told
