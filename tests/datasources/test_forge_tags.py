from datetime import UTC, datetime

import pytest

from maintainer import errors
from maintainer.datasources import forge_tags
from maintainer.http import Http
from maintainer.model import Release, Source
from tests.loopback import Loopback, Reply, Request

CHECKOUT = Source("forge-tags", "github:actions/checkout")
COMPONENT = Source("forge-tags", "gitlab:group/sub/project")
SHA = "a" * 40


def http_of(server: Loopback) -> Http:
    return Http(bases={"github": server.url, "gitlab": server.url}, retries=0)


def test_githubs_tags_are_read_page_by_page_with_their_commits() -> None:
    def tags(request: Request) -> object:
        page = int(request.query.rpartition("=")[2])
        count = 100 if page == 1 else 2
        return [{"name": f"v{page}.{number}", "commit": {"sha": SHA}} for number in range(count)]

    with Loopback({"/repos/actions/checkout/tags": tags}) as server:
        listing = forge_tags.releases(http_of(server), CHECKOUT)
        assert len(server.requests) == 2
        assert "authorization" not in server.requests[0].headers
    assert len(listing.releases) == 102
    assert listing.releases[0] == Release("v1.0", digest=SHA)


def test_an_action_in_a_folder_of_its_repository_is_that_repository() -> None:
    with Loopback({"/repos/github/codeql-action/tags": [{"name": "v3", "commit": {"sha": SHA}}]}) as server:
        assert forge_tags.releases(http_of(server), Source("forge-tags", "github:github/codeql-action/init")).releases


def test_gitlabs_tags_are_dated() -> None:
    tags = [{"name": "1.0", "commit": {"id": SHA, "created_at": "2024-05-06T07:08:09.000+02:00"}, "created_at": None}]
    with Loopback({"/api/v4/projects/group%2Fsub%2Fproject/repository/tags": tags}) as server:
        (release,) = forge_tags.releases(http_of(server), COMPONENT).releases
    assert release == Release("1.0", datetime(2024, 5, 6, 5, 8, 9, tzinfo=UTC), digest=SHA)


def test_a_tag_is_dated_by_its_release_or_else_by_its_commit() -> None:
    answers = {
        "/repos/actions/checkout/releases/tags/v4.2.0": {
            "published_at": "2024-09-25T17:00:00Z",
            "html_url": "https://forge.example/v4.2.0",
        },
        f"/repos/actions/checkout/commits/{SHA}": {"commit": {"committer": {"date": "2024-01-02T03:04:05Z"}}},
    }
    with Loopback(answers) as server:
        http = http_of(server)
        released = forge_tags.details(http, CHECKOUT, Release("v4.2.0", digest=SHA))
        tagged = forge_tags.details(http, CHECKOUT, Release("v4.1.9", digest=SHA))
        assert forge_tags.details(http, CHECKOUT, Release("v4.1.8")).published is None
    assert released.published == datetime(2024, 9, 25, 17, tzinfo=UTC)
    assert released.changelog == "https://forge.example/v4.2.0"
    assert tagged.published == datetime(2024, 1, 2, 3, 4, 5, tzinfo=UTC)


def test_notes_are_the_bodies_of_releases() -> None:
    github = [
        {
            "tag_name": "v2",
            "body": "two",
            "html_url": "https://forge.example/2",
            "published_at": "2024-01-02T00:00:00Z",
        },
        {"tag_name": "v1", "body": None},
        {"tag_name": "v0", "body": "zero"},
    ]
    gitlab = [
        {
            "tag_name": "1.0",
            "description": "one",
            "released_at": "2024-01-02T00:00:00Z",
            "_links": {"self": "https://forge.example/1"},
        }
    ]
    answers = {"/repos/actions/checkout/releases": github, "/api/v4/projects/group%2Fsub%2Fproject/releases": gitlab}
    with Loopback(answers) as server:
        notes = forge_tags.notes(http_of(server), CHECKOUT, ["v1", "v2"])
        assert [(note.version, note.text, note.url) for note in notes] == [
            ("v2", "two", "https://forge.example/2"),
            ("v1", "", ""),
        ]
        (note,) = forge_tags.notes(http_of(server), COMPONENT, ["1.0"])
        assert (note.text, note.url) == ("one", "https://forge.example/1")


def test_a_spent_rate_limit_says_so_and_what_helps() -> None:
    spent = Reply(
        403, {"message": "API rate limit exceeded"}, {"x-ratelimit-remaining": "0", "x-ratelimit-reset": "99999999999"}
    )
    tags = {"/repos/actions/checkout/tags": spent}
    with Loopback(tags) as server, pytest.raises(errors.Unreachable, match="credentials with a higher limit"):
        forge_tags.releases(http_of(server), CHECKOUT)


@pytest.mark.parametrize(
    "name", ["github:x", "bitbucket:a/b", "github:../..", "github:a/b?x", "gitlab:a/../b", "checkout"]
)
def test_what_names_no_repository_is_not_asked_for(name: str) -> None:
    with Loopback({}) as server:
        with pytest.raises(errors.NotFound):
            forge_tags.releases(http_of(server), Source("forge-tags", name))
        assert not server.requests
