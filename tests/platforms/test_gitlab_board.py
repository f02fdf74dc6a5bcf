"""Where people are told on the fake GitLab, and what they ask for."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from maintainer import errors
from maintainer.platforms.base import Asked, Status
from maintainer.text import description
from maintainer.text.description import Mark
from tests.forges.gitlab import GitlabFake
from tests.forges.gitlab_world import DEVELOPER, GUEST, REPORTER
from tests.loopback import Reply
from tests.platforms.gitlab_site import BRANCH, TOKEN, Site

DASHBOARD = "maintainer-dashboard"


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    with GitlabFake(tmp_path / "forge") as forge:
        forge.add_repository("shop", "site", {"package.json": "1.0.0"})
        forge.token(TOKEN, kind="project", project="shop/site")
        yield Site(forge, tmp_path)


def region(words: str) -> str:
    return description.compose(words, Mark())


def test_a_living_comment_is_written_once_and_edited_when_it_changed(site: Site) -> None:
    site.opened()
    writes = [
        len(site.writes(lambda text=text, key=key: site.run().board.comment(1, key, text)))  # type: ignore[misc]
        for key, text in [("verify", "a"), ("verify", "a\r\n"), ("verify", "b"), ("gate", "b"), ("verify", "b")]
    ]
    assert writes == [1, 0, 1, 1, 0]
    assert site.notes() == [f"b\n\n<!-- maintainer:comment {key} -->" for key in ("verify", "gate")]


def test_a_comment_that_the_query_showed_is_not_asked_for_again(site: Site) -> None:
    site.opened()
    site.run().board.comment(1, "verify", "a")
    run = site.run()
    run.board.asked(run.proposals.all())
    site.forge.requests.clear()
    run.board.comment(1, "verify", "a")
    assert [asked.path for asked in site.forge.api_requests()] == ["/api/v4/user"]
    run.board.comment(1, "verify", "b")
    run.board.comment(1, "verify", "a")
    assert site.notes() == ["a\n\n<!-- maintainer:comment verify -->"]


def test_what_a_person_wrote_under_our_key_is_theirs(site: Site) -> None:
    site.opened()
    site.forge.person("ada").comment(1, "mine\n\n<!-- maintainer:comment verify -->")
    site.run().board.comment(1, "verify", "ours")
    assert [text.split("\n")[0] for text in site.notes()] == ["mine", "ours"]


def test_of_two_runs_that_comment_at_once_one_comment_stays(site: Site) -> None:
    site.opened()
    other = site.run()

    def meanwhile(what: str) -> None:
        if what.endswith("/notes"):
            site.forge.before_write = lambda _: None
            other.board.comment(1, "verify", "theirs")

    site.forge.before_write = meanwhile
    site.run().board.comment(1, "verify", "ours")
    assert site.notes() == ["ours\n\n<!-- maintainer:comment verify -->"]


def test_a_status_is_posted_where_it_does_not_say_so_already(site: Site) -> None:
    head = site.opened().head
    board = site.run().board
    status = Status(head, "maintainer/gate", "pending", "closed until Tue 1 Dec", "https://shop.example/gate")
    told = [
        replace(status),
        replace(status),
        replace(status, sentence="still closed"),
        replace(status, state="failure"),
    ]
    told += [replace(told[-1]), replace(status, state="success", sentence="x" * 400), replace(told[-1])]
    for one in told:
        board.status(one)
    posted = [(one.name, one.state, one.target_url) for one in site.project.statuses]
    assert posted == [
        ("maintainer/gate", state, "https://shop.example/gate") for state in ("failed", "success", "failed")
    ]
    assert len(site.project.statuses[1].description or "") == 255


@pytest.mark.parametrize(
    ("pipeline", "statuses", "expected"),
    [
        ("", {}, "none"),
        ("running", {}, "pending"),
        ("success", {}, "success"),
        ("failed", {}, "failure"),
        ("canceled", {}, "pending"),
        ("success", {"e2e": "canceled"}, "pending"),
        ("failed", {"e2e": "canceled"}, "failure"),
        ("skipped", {}, "none"),
        ("manual", {}, "pending"),
        ("created", {}, "pending"),
        ("success", {"maintainer/gate": "failed"}, "success"),
        ("success", {"maintainer/gate": "pending", "e2e": "success"}, "success"),
        ("success", {"maintainer": "success", "e2e": "failed"}, "failure"),
        ("success", {"maintainer": "failed"}, "failure"),
        ("running", {"maintainer/gate": "failed"}, "pending"),
        ("", {"maintainer/gate": "failed"}, "none"),
        ("", {"maintainers/gate": "failed"}, "failure"),
        ("", {"e2e": "running", "maintainer/gate": "failed"}, "pending"),
    ],
)
def test_checks_are_the_head_pipelines_without_ours(
    site: Site, pipeline: str, statuses: dict[str, Any], expected: str
) -> None:
    head = site.opened().head
    if pipeline:
        site.forge.person("ada").pipeline(BRANCH, pipeline)
    project = site.run().client.project
    for name, state in statuses.items():
        project.commits.get(head, lazy=True).statuses.create({"name": name, "state": state})
    run = site.run()
    assert run.board.checks(run.proposals.all()) == {1: expected}


@pytest.mark.parametrize(
    ("base", "statuses", "expected"),
    [
        ("", {}, "none"),
        ("success", {}, "success"),
        ("failed", {}, "failure"),
        ("success", {"deploy": "failed"}, "success"),
        ("canceled", {}, "pending"),
    ],
)
def test_the_base_branch_is_judged_by_the_jobs_proposals_have(
    site: Site, base: str, statuses: dict[str, Any], expected: str
) -> None:
    site.opened()
    ada = site.forge.person("ada")
    ada.pipeline(BRANCH, "failed")
    main = site.project.repository.branches()["main"]
    if base:
        ada.pipeline("main", base)
    project = site.run().client.project
    for name, state in statuses.items():
        project.commits.get(main, lazy=True).statuses.create({"name": name, "state": state, "ref": "main"})
    # A job by the clock, such as ours.
    site.forge.events.run_pipeline(site.project, "main", main, "failed", source="schedule")
    run = site.run()
    site.forge.requests.clear()
    assert run.board.checks(run.proposals.all()) == {1: "failure"}
    assert run.board.base_checks == expected
    assert len([one for one in site.forge.api_requests() if one.path == "/api/graphql"]) == 1


def test_who_may_write_may_ask(site: Site) -> None:
    site.opened()
    site.opened("3.0.0", "vue")
    for name, level, words in [
        ("guest", GUEST, "/maintainer rebase"),
        ("reporter", REPORTER, "/maintainer recreate"),
        ("stranger", 0, "/maintainer ignore"),
        ("dora", DEVELOPER, "I'd say:\n/maintainer rebase  \nplease"),
        ("ada", 40, "Never write `/maintainer ignore` here, nor > /maintainer ignore"),
        ("ada", 40, "/maintainer approve maintainer/php\r\n/maintainer recreate"),
        ("ada", 40, "/maintainer dance"),
    ]:
        site.forge.person(name, level=level).comment(1, words)
    site.forge.person("dora").comment(2, "/maintainer ignore")
    site.run().board.comment(1, "verify", "/maintainer ignore")
    run = site.run()
    site.forge.requests.clear()
    asked = run.board.asked(run.proposals.all())
    assert [(one.number, one.verb, one.by) for one in asked] == [
        (1, "rebase", "dora"),
        (1, "approve", "ada"),
        (1, "recreate", "ada"),
        (2, "ignore", "dora"),
    ]
    members = [one.path for one in site.forge.api_requests() if "/members/" in one.path]
    assert len(members) == len(set(members)) == 5, "each person is asked after once"


def test_what_was_done_is_not_asked_again(site: Site) -> None:
    site.opened()
    site.forge.person("ada").comment(1, "/maintainer rebase")
    run = site.run()
    (asked,) = run.board.asked(run.proposals.all())
    assert asked == Asked(1, "rebase", "ada", str(site.mr().notes[-1].id))
    run.proposals.refresh(run.one(), site.draft(handled=asked.id))
    run = site.run()
    assert run.board.asked(run.proposals.all()) == []
    run.proposals.refresh(run.one(), site.draft("2.1.0"))
    run = site.run()
    assert run.board.asked(run.proposals.all()) == [], "it is remembered over the next refresh"
    site.forge.person("ada").comment(1, "/maintainer rebase")
    run = site.run()
    assert len(run.board.asked(run.proposals.all())) == 1


def test_many_proposals_and_comments_are_one_query_for_fifty(site: Site) -> None:
    proposal = site.opened()
    for _ in range(60):
        site.forge.person("ada").comment(1, "Thanks!")
    site.forge.person("ada").comment(1, "/maintainer rebase")
    run = site.run()
    many = [replace(proposal, number=number) for number in range(1, 121)]
    site.forge.requests.clear()
    assert [one.verb for one in run.board.asked(many)] == ["rebase"]
    assert run.board.checks(many)[120] == "none"
    assert len([one for one in site.forge.api_requests() if one.path == "/api/graphql"]) == 3


def test_automerge_is_gitlabs_own(site: Site) -> None:
    site.opened()
    site.project.only_allow_merge_if_pipeline_succeeds = True
    ada = site.forge.person("ada")
    ada.pipeline(BRANCH, "running")
    run = site.run()
    assert run.board.automerge(run.one(), True) == ""
    assert site.mr().auto_merge
    assert site.writes(lambda: run.board.automerge(run.one(), True)) == [], "it is set already"
    assert run.board.automerge(run.one(), False) == ""
    assert not site.mr().auto_merge
    assert site.writes(lambda: run.board.automerge(run.one(), False)) == []
    run.board.automerge(run.one(), True)
    quiet = site.run()
    quiet.board.checks(quiet.proposals.all())
    site.forge.requests.clear()
    assert quiet.board.automerge(quiet.one(), True) == ""
    assert site.forge.api_requests() == [], "the query told that it is set"
    ada.pipeline(BRANCH, "success")
    assert site.mr().state == "merged"
    assert run.board.automerge(run.one(), False) == ""


def test_what_nothing_holds_back_any_more_is_merged_at_once(site: Site) -> None:
    site.opened()
    site.project.only_allow_merge_if_pipeline_succeeds = True
    ada = site.forge.person("ada")
    ada.pipeline(BRANCH, "success")
    seen = site.run().one()
    moved = site.run()
    assert "its branch moved" in moved.board.automerge(replace(seen, head="0" * 40), True)
    assert site.mr().state == "opened"
    run = site.run()
    assert run.board.automerge(run.one(), True) == ""
    assert (site.mr().state, site.mr().sha) == ("merged", seen.head)
    assert site.run().one().state == "merged"


def test_automerge_says_why_not(site: Site) -> None:
    site.opened()
    ada = site.forge.person("ada")
    run = site.run()
    seen = run.one()
    assert "only what a pipeline runs for" in run.board.automerge(seen, True)
    ada.pipeline(BRANCH, "success")
    ada.push("main", {"package.json": "1.0.1"})
    assert run.board.automerge(seen, True).endswith("GitLab says 405 (405 Method Not Allowed), as it stands: conflict.")
    ada.push("main", {"package.json": "1.0.0"})
    ada.push(BRANCH, {"more": "1"})
    ada.pipeline(BRANCH, "running")
    assert run.board.automerge(seen, True) == "!1 was not set to merge: its branch moved meanwhile."
    site.forge.token("glpat-developer", kind="project", project="shop/site", level=DEVELOPER)
    site.token = "glpat-developer"
    assert "protected branches" in site.run().board.automerge(seen, True)
    assert site.mr().state == "opened" and not site.mr().auto_merge


def test_the_oldest_issue_of_ours_wins(site: Site) -> None:
    board = site.run().board
    assert board.issue(DASHBOARD) is None
    first = board.write_issue(DASHBOARD, "Dashboard", region("a"), None)
    with pytest.raises(errors.StaleEdit, match="#1"):
        site.run().board.write_issue(DASHBOARD, "Dashboard", region("b"), None)
    for text in (region("c"), "a person's own"):
        issue = site.forge.person("ada").open_issue("Dashboard", text)
        issue.labels = [DASHBOARD]
    found = site.run().board.issue(DASHBOARD)
    assert found and (found.number, found.body.strip()) == (1, region("a").strip())
    assert [issue.state for issue in site.project.issues] == ["opened", "closed", "opened"]
    assert first.url.endswith("/shop/site/-/issues/1")


def test_an_issue_of_who_may_not_write_is_no_dashboard(site: Site) -> None:
    """Guests label the issues they open, and may edit them: what is ticked there is nobody's word."""
    guest = site.forge.person("guest", level=GUEST)
    guest.open_issue("Dashboard", region("- [x] all of it <!-- maintainer:do approve maintainer/php -->")).labels = [
        DASHBOARD
    ]
    assert site.run().board.issue(DASHBOARD) is None
    site.run().board.write_issue(DASHBOARD, "Dashboard", region("ours"), None)
    found = site.run().board.issue(DASHBOARD)
    assert found and found.number == 2
    assert [issue.state for issue in site.project.issues] == ["opened", "opened"]


def test_without_issues_there_is_no_dashboard(site: Site) -> None:
    site.project.issues_enabled = False
    board = site.run().board
    assert board.issue(DASHBOARD) is None
    with pytest.raises(errors.AccessDenied, match="issues switched off"):
        board.write_issue(DASHBOARD, "Dashboard", region("a"), None)


def test_an_issue_is_edited_only_as_it_was_read(site: Site) -> None:
    board = site.run().board
    before = board.write_issue(DASHBOARD, "Dashboard", region("a"), None)
    assert site.writes(lambda: board.write_issue(DASHBOARD, "Dashboard", region("a"), before)) == []
    after = board.write_issue(DASHBOARD, "Dashboard", region("b"), before)
    assert after.body.strip() == region("b").strip()
    with pytest.raises(errors.StaleEdit, match="Someone edited #1 meanwhile"):
        board.write_issue(DASHBOARD, "Dashboard", region("c"), before)
    issue = site.project.issues[0]
    site.forge.person("ada").close(issue)
    with pytest.raises(errors.StaleEdit):
        board.write_issue(DASHBOARD, "Dashboard", region("c"), after)
    closed = board.issue(DASHBOARD)
    assert closed and (closed.number, closed.open) == (1, False)


def test_of_two_runs_that_open_an_issue_at_once_one_stays(site: Site) -> None:
    def meanwhile(what: str) -> None:
        if what.endswith("/issues"):
            site.forge.before_write = lambda _: None
            site.run().board.write_issue(DASHBOARD, "Dashboard", region("theirs"), None)

    site.forge.before_write = meanwhile
    with pytest.raises(errors.StaleEdit):
        site.run().board.write_issue(DASHBOARD, "Dashboard", region("ours"), None)
    assert [(issue.state, "theirs" in (issue.description or "")) for issue in site.project.issues] == [
        ("opened", True),
        ("closed", False),
    ]


def test_nothing_is_merged_by_a_gitlab_that_knows_only_the_old_name(site: Site) -> None:
    site.opened()
    sent: list[bytes] = []
    answer = site.forge.answer

    def spy(request: Any) -> Reply:
        sent.append(request.body if request.path.endswith("/merge") else b"")
        return answer(request)

    site.forge.answer = spy  # type: ignore[method-assign]
    run = site.run()
    run.board.automerge(run.one(), True)
    (body,) = [one for one in sent if one]
    assert b'"auto_merge": true' in body and b'"merge_when_pipeline_succeeds": true' in body
