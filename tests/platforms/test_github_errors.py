"""What GitHub refuses or fails at, in our sentences; nothing is lost, and no token is told."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from maintainer import errors
from maintainer.http import Http
from maintainer.model import Proposal
from maintainer.platforms.base import Status
from maintainer.platforms.github_client import App, open_client
from maintainer.platforms.github_errors import Refused, kind_of, refusal, tried
from tests.forges.github import GithubFake
from tests.forges.github_rights import Kind
from tests.forges.github_world import Protection
from tests.loopback import Loopback, Reply
from tests.platforms.github_site import BRANCH, Run, Site

ALL = {"contents": "write", "pull_requests": "write", "issues": "write", "statuses": "write", "checks": "write"}


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    with GithubFake(tmp_path / "forge") as forge:
        forge.add_repository("shop/site", {"package.json": "1.0.0"})
        yield Site(forge, tmp_path)


def first(site: Site) -> Proposal:
    return site.opened()


def opens(site: Site, run: Run) -> None:
    run.proposals.open(site.draft("3.0.0", "vue"))


def lists(site: Site, run: Run) -> None:
    run.proposals.settle()
    run.proposals.all()


def refreshes(site: Site, run: Run) -> None:
    run.proposals.refresh(run.one(), site.draft("2.1.0"))


def closes(site: Site, run: Run) -> None:
    run.proposals.close(run.one(), "no longer needed")


def comments(site: Site, run: Run) -> None:
    run.board.comment(1, "verify", "slow")


def hears(site: Site, run: Run) -> None:
    site.forge.person("ada").comment(1, "/maintainer rebase")
    run.board.asked(run.proposals.all())


def reads_checks(site: Site, run: Run) -> None:
    site.forge.person("ada").check_run(f"refs/heads/{BRANCH}", "success")
    run.board.checks(run.proposals.all())


def posts(site: Site, run: Run) -> None:
    run.board.status(Status(site.pull().sha, "verify", "failure", "slow"))


def shows(site: Site, run: Run) -> None:
    run.board.write_issue("maintainer-dashboard", "Dashboard", "<!-- maintainer:begin -->", run.board.issue("x"))


Act = Callable[[Site, Run], None]


@pytest.mark.parametrize(
    ("act", "lacking", "sentence"),
    [
        (opens, "contents", "contents"),
        (opens, "pull_requests", "Pull requests"),
        (lists, "pull_requests", "Pull requests: read"),
        (comments, "pull_requests issues", "Pull requests"),
        (closes, "pull_requests", "Pull requests"),
        (reads_checks, "statuses", "Checks: read"),
        (reads_checks, "checks", "Checks: read"),
        (posts, "statuses checks", "Commit statuses: write"),
        (shows, "issues", "Issues"),
    ],
)
def test_a_missing_permission_is_named_with_where_to_set_it(site: Site, act: Act, lacking: str, sentence: str) -> None:
    first(site)
    before = site.forge.state()["pulls"]
    site.who = site.forge.token(permissions={name: level for name, level in ALL.items() if name not in lacking.split()})
    with pytest.raises(errors.OutsideError) as caught:
        act(site, site.run())
    told = str(caught.value)
    assert caught.value.exit_code == 3
    assert sentence in told
    assert "docs/github.md" in told or "contents" in told
    if act not in (opens, hears, reads_checks):
        assert site.forge.state()["pulls"] == before


ACTS = (opens, lists, refreshes, closes, comments, hears, reads_checks, posts, shows)


@pytest.mark.parametrize("act", ACTS, ids=lambda one: one.__name__)
def test_an_expired_token_is_said_to_be_one(site: Site, act: Act) -> None:
    first(site)
    run = site.run()
    assert run.one().number == 1
    site.forge.tokens.clear()
    with pytest.raises(errors.AccessDenied) as caught:
        act(site, site.run())
    assert "expired" in str(caught.value) and str(site.who) not in str(caught.value)


BAD = {"message": "Bad", "documentation_url": "x"}
PASSING: dict[str, Any] = {
    "limited": Reply(429, BAD, {"retry-after": "1"}),
    "limited-without-a-time": Reply(429, BAD),
    "secondary": Reply(403, {"message": "You have exceeded a secondary rate limit."}, {"retry-after": "1"}),
    "unavailable": Reply(503, b"<html>busy</html>"),
    "reset": "reset",
    "half": "half",
}


@pytest.mark.parametrize("act", [lists, closes], ids=lambda one: one.__name__)
@pytest.mark.parametrize("fault", PASSING, ids=str)
def test_what_passes_is_not_even_noticed_when_reading(site: Site, act: Act, fault: str) -> None:
    first(site)
    site.forge.fault("GET", "/api/v3/repos", PASSING[fault], times=2)
    act(site, site.run())


LASTING = [(act, "unavailable") for act in ACTS] + [(closes, "reset"), (closes, "half")]


@pytest.mark.parametrize(("act", "fault"), LASTING, ids=lambda one: one if isinstance(one, str) else one.__name__)
def test_what_lasts_is_a_sentence_and_the_next_run_is_as_ever(site: Site, act: Act, fault: str) -> None:
    first(site)
    site.forge.fault("*", "/api/", PASSING[fault], times=10**6)
    with pytest.raises(errors.OutsideError) as caught:
        act(site, site.run())
    assert site.forge.host in str(caught.value) and caught.value.exit_code == 3
    site.forge._faults.clear()
    assert site.run().one().state == "open"


@pytest.mark.parametrize("what", ["lost", "half"])
@pytest.mark.parametrize("path", ["/pulls$", "/issues/1/labels$", "/pulls/1$"])
def test_a_write_whose_answer_is_lost_is_found_done_by_the_next_run(site: Site, path: str, what: Any) -> None:
    site.forge.fault("*", f"/api/v3/repos/shop/site{path}", what, times=10**6)
    with pytest.raises(errors.OutsideError):
        first(site)
    site.forge._faults.clear()
    run = site.run()
    run.proposals.settle()
    assert [(one.number, one.wanted_anew) for one in run.proposals.all()] == [(1, "")]
    assert "maintainer" in site.issue().labels and site.mark().settled


def test_a_protected_branch_of_ours_is_told(site: Site) -> None:
    site.repository.protected[BRANCH] = Protection()
    with pytest.raises(errors.AccessDenied, match=r"maintainer/\* must not be protected"):
        first(site)
    assert site.run().proposals.all() == []


@pytest.mark.parametrize(
    "answer",
    [b"<html>Sign in</html>", b'{"a": ', b"[1", b"null", b'"text"', b"[]", b"{}"],
    ids=["html", "half-object", "half-list", "null", "text", "list", "empty"],
)
def test_an_answer_that_is_no_githubs_is_said_to_be_none(answer: bytes) -> None:
    with Loopback({"/repos/shop/site": Reply(200, answer)}) as server:
        client = open_client(Http(sleep=lambda _: None), server.url, "shop/site", "ghp_S3cretOfTheSite0000")
        with pytest.raises(errors.OutsideError) as caught:
            _ = client.repository
    assert "ghp_" not in str(caught.value)


def test_a_renamed_repository_is_found_under_its_new_name(site: Site) -> None:
    moved = Reply(301, {"message": "Moved Permanently"}, {"location": f"{site.forge.url}/repos/shop/site"})
    site.forge.fault("GET", "/repos/shop/old", moved)
    client = open_client(Http(), site.forge.url, "shop/old", str(site.who))
    assert client.repository.full_name == "shop/site"
    assert [one.number for one in client.repository.get_pulls()] == []


def test_two_clients_do_not_speak_through_each_other() -> None:
    answer = {"full_name": "shop/site", "default_branch": "main", "archived": False, "url": "http://x"}
    with Loopback({"/repos/shop/site": answer}) as one, Loopback({"/repos/shop/site": answer}) as two:
        clients = [open_client(Http(), server.url, "shop/site", "token") for server in (one, two)]
        for client in reversed(clients):
            assert client.repository.full_name == "shop/site"
        assert (len(one.requests), len(two.requests)) == (1, 1)
        assert one.requests[0].headers["authorization"] == "token token"


@pytest.mark.parametrize("key", ["secret", "-----BEGIN RSA PRIVATE KEY-----\nAAAA\n-----END RSA PRIVATE KEY-----\n"])
def test_an_app_without_its_key_is_told_at_once(key: str) -> None:
    with pytest.raises(errors.ConfigurationError, match="MAINTAINER_APP_PRIVATE_KEY holds no private key") as caught:
        open_client(Http(), "https://github.example/api/v3", "shop/site", App("1", key))
    assert key not in str(caught.value)


def test_an_app_that_is_not_installed_is_told(site: Site) -> None:
    app = site.forge.app(repositories=("other/site",))
    site.who = App(str(app.id), app.key)
    with pytest.raises(errors.NotFound, match="find the App's installation of shop/site"):
        _ = site.client().token


@pytest.mark.parametrize(
    ("status", "said", "kind", "error", "words"),
    [
        (401, "Bad credentials", "classic", errors.AccessDenied, "expired or revoked"),
        (403, "Resource not accessible by integration", "actions", errors.AccessDenied, "`pull-requests: write`"),
        (403, "Resource not accessible by integration", "installation", errors.AccessDenied, "Pull requests: write"),
        (403, "Resource not accessible by personal access token", "fine-grained", errors.AccessDenied, "its settings"),
        (403, "Must have admin rights to Repository.", "classic", errors.AccessDenied, "scope `repo`"),
        (403, "GitHub Actions is not permitted to create or approve pull requests.", "actions", errors.AccessDenied,
         "Settings > Actions > General"),
        (403, "Repository was archived so is read-only.", "unknown", errors.AccessDenied, "Unarchive"),
        (403, "Resource protected by organization SAML enforcement.", "classic", errors.AccessDenied, "single sign-on"),
        (403, "API rate limit exceeded for installation ID 1.", "installation", errors.Unreachable, "some minutes"),
        (404, "Not Found", "classic", errors.NotFound, "may the token see it"),
        (422, "Validation Failed", "unknown", Refused, "GitHub refuses"),
        (500, "", "unknown", errors.BadAnswer, "no reason given"),
    ],
)  # fmt: skip
def test_each_refusal_says_what_was_tried_and_what_to_do(
    status: int, said: str, kind: Any, error: type[Exception], words: str
) -> None:
    found = refusal(tried("POST", "/pulls"), "shop/site", status, {"message": said}, kind)
    assert type(found) is error
    assert "open a pull request of shop/site" in str(found) and words in str(found)


@pytest.mark.parametrize(
    "data", [None, [], "text", {"message": None}, {"errors": "x"}, {"errors": [None, {"code": 1}]}]
)
def test_whatever_the_body_of_a_refusal_it_is_a_sentence(data: Any) -> None:
    assert str(refusal(tried("GET", ""), "shop/site", 422, data, "unknown")).startswith("GitHub refuses")


def test_hostile_words_of_a_forge_are_one_short_plain_line() -> None:
    said = "a\x1b[31m\u202eb\n::error::c" + "d" * 1000
    told = str(refusal(tried("GET", ""), "shop/site", 422, {"message": said}, "unknown"))
    assert "\x1b" not in told and "\u202e" not in told and "\n" not in told and len(told) < 400


@pytest.mark.parametrize(
    ("token", "kind"),
    [("ghs_1", "installation"), ("ghp_1", "classic"), ("github_pat_1", "fine-grained"), ("0123abc", "unknown")],
)
def test_a_token_tells_its_kind(token: str, kind: Kind) -> None:
    assert kind_of(token) == kind
