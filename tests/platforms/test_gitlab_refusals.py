"""What GitLab refuses is said in a sentence: what was tried, what is missing, where to set it; never the token."""

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from maintainer import errors
from maintainer.http import Http
from maintainer.platforms.base import Status
from maintainer.platforms.gitlab_client import GitlabClient
from tests.forges.gitlab import GitlabFake, throttled
from tests.forges.gitlab_world import DEVELOPER, GUEST, MAINTAINER, REPORTER, Protected
from tests.loopback import Loopback, Reply
from tests.platforms.gitlab_site import TOKEN, Run, Site

OTHER = "glpat-AnotherS3cret"


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    with GitlabFake(tmp_path / "forge") as forge:
        forge.add_repository("shop", "site", {"package.json": "1.0.0"})
        forge.token(TOKEN, kind="project", project="shop/site")
        yield Site(forge, tmp_path)


def told(act: Callable[[], object]) -> tuple[type[errors.MaintainerError], str]:
    with pytest.raises(errors.MaintainerError) as caught:
        act()
    assert TOKEN not in str(caught.value) and OTHER not in str(caught.value)
    return type(caught.value), str(caught.value)


Act = Callable[[Site, Run], object]
CALLS: dict[str, Act] = {
    "base": lambda site, run: run.proposals.base,
    "all": lambda site, run: run.proposals.all(),
    "settle": lambda site, run: run.proposals.settle(),
    "open": lambda site, run: run.proposals.open(site.draft("3.0.0", "vue")),
    "refresh": lambda site, run: run.proposals.refresh(_seen(site), site.draft("2.1.0")),
    "close": lambda site, run: run.proposals.close(_seen(site), "outdated"),
    "comment": lambda site, run: run.board.comment(1, "verify", "a"),
    "status": lambda site, run: run.board.status(Status(site.mr().sha or "", "maintainer/gate", "success", "open")),
    "checks": lambda site, run: run.board.checks([_seen(site)]),
    "issue": lambda site, run: run.board.write_issue("maintainer-dashboard", "Dashboard", "a", None),
}


def _seen(site: Site) -> Any:
    token, site.token = site.token, TOKEN
    try:
        return site.run().one()
    finally:
        site.token = token


EXPIRED = "Token is expired. You can either do re-authorization or token refresh). The token is not valid"


@pytest.mark.parametrize(
    ("call", "kind", "sentence"),
    [
        *((call, "unknown", "(401: 401 Unauthorized). The token is not valid there: it has expired") for call in CALLS),
        ("all", "expired", EXPIRED),
        ("open", "expired", EXPIRED),
        ("all", "revoked", "Token was revoked."),
    ],
)
def test_a_token_that_is_not_valid(site: Site, call: str, kind: str, sentence: str) -> None:
    site.opened()
    made = site.forge.token(OTHER, kind="project", project="shop/site")
    made.expired, made.revoked = kind == "expired", kind == "revoked"
    site.token = "glpat-nobody-knows-it" if kind == "unknown" else OTHER
    error, text = told(lambda: CALLS[call](site, site.run()))
    assert error is errors.AccessDenied and sentence in text and "docs/gitlab.md#tokens" in text
    assert site.token not in text


@pytest.mark.parametrize(
    ("call", "scopes", "missing"),
    [
        ("base", ("write_repository",), "api or read_api"),
        ("open", ("read_api", "write_repository"), "api"),
        ("refresh", ("read_api", "write_repository"), "api"),
        ("close", ("read_api", "write_repository"), "api"),
        ("comment", ("read_api",), "api"),
        ("status", ("read_api",), "api"),
        ("issue", ("read_api",), "api"),
    ],
)
def test_a_scope_that_is_missing_is_named(site: Site, call: str, scopes: tuple[str, ...], missing: str) -> None:
    site.opened()
    site.forge.token(OTHER, kind="project", project="shop/site", scopes=scopes)
    site.token = OTHER
    error, text = told(lambda: CALLS[call](site, site.run()))
    assert error is errors.AccessDenied
    assert f"The token lacks the scope {missing}: make a project access token" in text
    assert "MAINTAINER_TOKEN" in text


@pytest.mark.parametrize(
    ("call", "level", "said"),
    [
        ("status", REPORTER, "refused to post a commit status (403"),
        ("refresh", REPORTER, "refuses the push"),
        ("open", REPORTER, "refuses the push"),
        ("all", GUEST, "refused to list the opened merge requests (403"),
        ("base", 0, "refused to show the project shop/site (404: 404 Project Not Found)"),
    ],
)
def test_a_role_that_is_missing_is_named(site: Site, call: str, level: int, said: str) -> None:
    site.opened()
    site.forge.token(OTHER, user="mallory", level=level)
    site.token = OTHER
    error, text = told(lambda: CALLS[call](site, site.run()))
    assert issubclass(error, errors.OutsideError) and said in text
    assert "the role Developer" in text or "needs to write" in text


def test_a_job_token_cannot_propose(site: Site) -> None:
    site.forge.token(OTHER, kind="job", project="shop/site")
    site.token, site.job = OTHER, True
    for call in ("base", "all", "open"):
        error, text = told(lambda call=call: CALLS[call](site, site.run()))  # type: ignore[misc]
        assert error is errors.AccessDenied
        assert "CI_JOB_TOKEN" in text and "api and write_repository" in text and "MAINTAINER_TOKEN" in text
    assert [one.able for one in site.run().board.abilities()] == [False, True, None, False, False, False, False]


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [({"archived": True}, "is archived on GitLab"), ({"repository": None}, "shows no default branch")],
    ids=["archived", "empty"],
)
def test_a_project_that_takes_no_changes(site: Site, changed: dict[str, Any], sentence: str) -> None:
    if "archived" in changed:
        site.project.archived = True
    else:
        site.project.repository.delete_ref("refs/heads/main")
    error, text = told(lambda: site.run().proposals.base)
    assert error in (errors.ConfigurationError, errors.AccessDenied) and sentence in text


def test_protected_branches(site: Site) -> None:
    site.project.protected.append(Protected(900, "maintainer/*", push=MAINTAINER + 10))
    error, text = told(lambda: site.opened())
    assert error is errors.AccessDenied and "protected" in text
    assert site.refs() == {} and site.project.merge_requests == []


def test_a_project_that_moved_is_read_and_a_write_says_where_to_look(site: Site) -> None:
    site.opened()
    site.forge.rename("shop/site", "shop/new")
    assert site.run("shop/site").proposals.base == "main"
    found = site.forge.project("shop/new")
    assert site.run("shop/site").client.project.attributes["id"] == found.id


def test_another_address_never_gets_the_token() -> None:
    with Loopback({}) as elsewhere, Loopback({}) as here:
        here.answers["/api/v4/projects/shop%2Fsite"] = Reply(302, b"", {"location": f"{elsewhere.url}/api/v4/x"})
        client = GitlabClient(Http(sleep=lambda _: None), here.url, "shop/site", OTHER)
        error, text = told(lambda: client.project)
        assert error is errors.BadAnswer and "MAINTAINER_GITLAB_URL" in text
        assert elsewhere.requests == []
        link = {"link": f'<{elsewhere.url}/api/v4/projects/1/issues?page=2>; rel="next"', "x-next-page": "2"}
        here.answers["/api/v4/projects/1/issues"] = Reply(200, [], {"content-type": "application/json", **link})

        def listed() -> None:
            with client.asking("list its issues"):
                list(client.sdk.projects.get(1, lazy=True).issues.list(iterator=True))

        error, text = told(listed)
        assert error is errors.BadAnswer and "something else than a GitLab" in text, "a page that is its own next one"
        assert elsewhere.requests == []


@pytest.mark.parametrize("path", ["", "/gitlab", "/gitlab/api/v4", "/gitlab/"])
def test_a_gitlab_under_a_path(path: str) -> None:
    prefix = path.rstrip("/").removesuffix("/api/v4")
    project = {"id": 7, "default_branch": "main", "path_with_namespace": "shop/site"}
    graph: dict[str, Any] = {"data": {"project": {"mergeRequests": {"nodes": []}}}}
    with Loopback({f"{prefix}/api/v4/projects/shop%2Fsite": project, f"{prefix}/api/graphql": graph}) as server:
        headers = {"content-type": "application/json"}
        server.answers = {name: Reply(200, body, headers) for name, body in server.answers.items()}
        client = GitlabClient(Http(), server.url + path, "shop/site", OTHER)
        assert client.base == "main"
        assert client.graphql("ask", "query { project }", {}) == graph["data"]
        assert {request.headers["authorization"] for request in server.requests} == {f"Bearer {OTHER}"}
        assert all(OTHER not in request.path + request.query for request in server.requests)


@pytest.mark.parametrize(
    ("answer", "error", "said"),
    [
        (Reply(200, "<html>Sign in</html>", {"content-type": "text/html"}), errors.BadAnswer, "Is it a GitLab?"),
        (Reply(200, "[1, 2", {"content-type": "application/json"}), errors.BadAnswer, "can't be used"),
        (Reply(404, "<html>nginx</html>"), errors.NotFound, "may not see it"),
        (Reply(403, {"message": f"\x1b[31mno\u202e {OTHER} " + "x" * 900}), errors.AccessDenied, "no *** xxx"),
        (Reply(400, {"message": {"base": ["is bad", {"deep": [1]}]}}), errors.OutsideError, "base: is bad; deep: 1"),
        (throttled(), errors.Unreachable, "429"),
        (Reply(500, "oops"), errors.Unreachable, "500"),
        ("reset", errors.Unreachable, "broke the connection"),
        ("half", errors.Unreachable, "broke the connection"),
    ],
)
def test_answers_that_are_none(site: Site, answer: Any, error: type[errors.MaintainerError], said: str) -> None:
    site.token = OTHER
    site.forge.token(OTHER, kind="project", project="shop/site")
    site.forge.fault("GET", "/api/v4/projects/", answer, times=20)
    kind, text = told(lambda: site.run().proposals.base)
    assert issubclass(kind, error) and said in text and len(text) < 1000
    assert "\x1b" not in text and "\u202e" not in text


def test_lists_that_hold_anything_are_read_as_far_as_they_go(site: Site) -> None:
    site.opened()
    mr = {"iid": 7, "source_project_id": 1, "target_project_id": 1, "source_branch": "maintainer/x", "state": "opened"}
    mark = '<!-- maintainer:identity {"v":1,"identity":[["f","p","1","2"]]} -->'
    strange: list[Any] = [
        {},
        mr | {"iid": "x", "description": 12, "labels": "maintainer", "merged_at": "yesterday"},
        mr
        | {"iid": 8, "description": mark, "labels": [None, {"name": "a"}, "b"], "sha": None, "web_url": "javascript:1"},
        mr | {"iid": 9, "description": mark * 3 + "\ud800", "source_project_id": None},
        mr | {"iid": 10, "description": mark, "source_branch": ["maintainer/x"]},
    ]
    reply = Reply(200, strange, {"content-type": "application/json"})
    site.forge.fault("GET", "state=opened", reply)
    found = site.run().proposals.all()
    assert [(one.number, one.state, one.url) for one in found] == [(8, "closed", "")]
    for answer in ({"message": "hello"}, ["a"], [1], "text", None):
        site.forge.fault("GET", "state=opened", Reply(200, json.dumps(answer), {"content-type": "application/json"}))
        assert told(lambda: site.run().proposals.all())[0] is errors.BadAnswer


def test_a_throttled_or_failing_write_is_tried_again_by_http_alone(site: Site) -> None:
    site.forge.fault("POST", "/merge_requests", throttled(0), times=2)
    site.forge.fault("GET", "state=all", Reply(502, b""), times=2)
    assert site.opened().number == 1
    asked = [one for one in site.forge.api_requests() if one.method == "POST"]
    assert [one.status for one in asked] == [429, 429, 201]


@pytest.mark.parametrize("call", ["open", "refresh", "close"])
def test_a_write_whose_answer_is_lost_is_not_done_twice(site: Site, call: str) -> None:
    site.opened()
    site.forge.fault("*", "/merge_requests(/1)?$", "lost", after=1 if call == "refresh" else 0)
    for _ in range(2):
        try:
            CALLS[call](site, site.run())
        except errors.MaintainerError:
            site.forge.requests.clear()
    numbers = [mr.iid for mr in site.project.merge_requests]
    assert numbers == ([1, 2] if call == "open" else [1])
    assert len(site.notes()) == (call == "close")


def test_graphql_refusals(site: Site) -> None:
    site.opened()
    proposals = site.run().proposals.all()
    for reply, said in [
        (Reply(200, {"errors": [{"message": "Field 'x' doesn't\nexist"}]}), "GraphQL: Field 'x' doesn't exist"),
        (Reply(401, {"errors": [{"message": "Invalid token"}]}), "The token is not valid"),
        (Reply(200, {"data": None}), "GraphQL: nothing"),
    ]:
        headers = {"content-type": "application/json"}
        site.forge.fault("POST", "/api/graphql", Reply(reply.status, reply.body, headers))
        assert said in told(lambda: site.run().board.checks(proposals))[1]


LACKING: list[tuple[dict[str, Any], dict[str, bool | None]]] = [
    ({}, {}),
    ({"level": DEVELOPER}, {"merge by itself (auto-merge)": False}),
    (
        {"scopes": ("read_api", "write_repository")},
        dict.fromkeys(
            (
                "open and edit merge requests", "keep the dashboard issue", "post statuses", "publish releases",
                "merge by itself (auto-merge)",
            ),
            False,
        ),
    ),
    ({"scopes": ("api",)}, {}),
    (
        {"level": REPORTER},
        dict.fromkeys(
            (
                "push branches", "open and edit merge requests", "post statuses", "publish releases",
                "merge by itself (auto-merge)",
            ),
            False,
        ),
    ),
]  # fmt: skip


@pytest.mark.parametrize(("more", "lacking"), LACKING, ids=["all", "developer", "read", "api", "reporter"])
def test_abilities_are_told_without_changing_anything(
    site: Site, more: dict[str, Any], lacking: dict[str, bool | None]
) -> None:
    site.forge.token(OTHER, kind="project", project="shop/site", **more)
    site.token = OTHER
    told: list[Any] = []
    assert site.writes(lambda: told.extend(site.run().board.abilities())) == []
    assert {one.what: one.able for one in told if one.able is not True} == lacking
    assert all(one.able or ("docs/gitlab.md#tokens" in one.sentence and OTHER not in one.sentence) for one in told)
    assert told[0].sentence.startswith("a project access token of project_") and "valid until" in told[0].sentence


@pytest.mark.parametrize(("changed", "word"), [("archived", "archived"), ("issues_enabled", "issues switched off")])
def test_abilities_of_a_project_that_is_switched_off(site: Site, changed: str, word: str) -> None:
    setattr(site.project, changed, changed == "archived")
    told = {one.what: one for one in site.run().board.abilities()}
    assert word in told["keep the dashboard issue"].sentence
    assert told["open and edit merge requests"].able is (changed != "archived")


def test_abilities_of_a_token_nobody_knows(site: Site) -> None:
    site.token = OTHER
    (only,) = site.run().board.abilities()
    assert only.able is False and "The token is not valid there" in only.sentence


def test_the_sdk_is_not_imported_before_it_is_used() -> None:
    lines = (
        "import sys",
        "import maintainer.platforms.gitlab, maintainer.platforms.gitlab_board",
        "assert 'gitlab' not in sys.modules and 'requests_toolbelt' not in sys.modules",
    )
    subprocess.run([sys.executable, "-c", "\n".join(lines)], check=True)
