"""Where people are told on GitHub, and heard, on the fake over real git."""

from collections.abc import Iterator
from pathlib import Path
from typing import Literal

import pytest

from maintainer import errors
from maintainer.platforms.base import Annotation, Status
from maintainer.platforms.github_client import App
from tests.forges.github import GithubFake
from tests.forges.github_rights import Kind
from tests.forges.github_world import Protection
from tests.platforms.github_site import BRANCH, Site

LABEL = "maintainer-dashboard"
LINES = tuple(Annotation("package.json", at, "warning", "old", f"line {at}") for at in range(1, 121))


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    with GithubFake(tmp_path / "forge") as forge:
        forge.add_repository("shop/site", {"package.json": "1.0.0", "readme.md": "a shop\n"})
        yield Site(forge, tmp_path)


def region(text: str) -> str:
    return f"<!-- maintainer:begin -->\n{text}\n<!-- maintainer:end -->"


def test_a_living_comment_is_edited_in_place(site: Site) -> None:
    site.opened()
    run = site.run()
    run.board.comment(1, "verify", "slow")
    run.board.comment(1, "other", "x")
    site.run().board.comment(1, "verify", "quick")
    assert site.comments() == [
        "quick\n\n<!-- maintainer:comment verify -->",
        "x\n\n<!-- maintainer:comment other -->",
    ]
    assert site.writes(lambda: site.run().board.comment(1, "verify", "quick")) == []


def test_a_comment_by_a_person_is_never_taken_for_ours(site: Site) -> None:
    site.opened()
    site.forge.person("ada").comment(1, "mine\n\n<!-- maintainer:comment verify -->")
    site.run().board.comment(1, "verify", "slow")
    assert site.comments() == [
        "mine\n\n<!-- maintainer:comment verify -->",
        "slow\n\n<!-- maintainer:comment verify -->",
    ]


def test_of_two_runs_that_write_a_comment_at_once_one_stays(site: Site) -> None:
    site.opened()

    def other(what: str) -> None:
        site.forge.before_write = lambda _: None
        site.run().board.comment(1, "verify", "theirs")

    site.forge.before_write = other
    site.run().board.comment(1, "verify", "ours")
    assert site.comments() == ["ours\n\n<!-- maintainer:comment verify -->"]


def test_what_people_with_write_access_ask_for_is_heard(site: Site) -> None:
    site.opened()
    site.opened(package="vue")
    site.forge.person("ada", "write").comment(1, "/maintainer rebase\nplease")
    site.forge.person("tim", "triage").comment(1, "/maintainer ignore")
    site.forge.person("eve", "none").comment(2, "/maintainer ignore")
    grace = site.forge.person("grace", "admin")
    second = grace.comment(2, "Thanks\n/maintainer recreate\r\n/maintainer nonsense\n> /maintainer ignore")
    grace.check(2, "ignore this")
    run = site.run()
    seen = run.proposals.all()
    asked = run.board.asked(seen)
    assert [(one.number, one.verb, one.by) for one in asked] == [
        (2, "ignore", ""),
        (1, "rebase", "ada"),
        (2, "recreate", "grace"),
    ]
    assert asked[-1].id == str(second)
    run.proposals.refresh(seen[1], site.draft("2.1.0", "vue", handled=asked[-1].id))
    run = site.run()
    left = [(one.number, one.verb) for one in run.board.asked(run.proposals.all())]
    assert left == [(2, "ignore"), (1, "rebase")], "a tick to ignore it is not done by a refresh"


def test_a_person_is_asked_about_once_and_nobody_without_a_wish(site: Site) -> None:
    site.opened()
    ada = site.forge.person("ada")
    for text in ("hello", "/maintainer rebase", "/maintainer recreate"):
        ada.comment(1, text)
    site.forge.person("eve", "none").comment(1, "I do not ask")
    run = site.run()
    seen = run.proposals.all()
    site.forge.requests.clear()
    assert len(run.board.asked(seen)) == 2
    assert [one.path.rpartition("/repos/shop/site")[2] for one in site.forge.requests] == [
        "/issues/comments",
        "/collaborators/ada/permission",
    ]


def test_what_we_wrote_ourselves_asks_for_nothing(site: Site) -> None:
    site.opened()
    site.run().board.comment(1, "verify", "/maintainer recreate")
    run = site.run()
    assert run.board.asked(run.proposals.all()) == []


@pytest.mark.parametrize(
    ("statuses", "runs", "expected"),
    [
        ([], [], "none"),
        (["success"], [], "success"),
        (["success"], ["success", "neutral", "skipped"], "success"),
        (["success", "pending"], ["success"], "pending"),
        (["success"], [None], "pending"),
        (["error"], [None], "failure"),
        (["failure"], [], "failure"),
        ([], ["failure", "cancelled"], "failure"),
        ([], ["cancelled"], "pending"),
        ([], ["timed_out", "success"], "pending"),
        ([], ["action_required"], "pending"),
        ([], ["stale"], "pending"),
    ],
)
def test_what_checks_say_together(site: Site, statuses: list[str], runs: list[str | None], expected: str) -> None:
    site.opened()
    ada = site.forge.person("ada")
    for at, state in enumerate(statuses):
        ada.status(f"refs/heads/{BRANCH}", state, f"ci/{at}")
    for at, conclusion in enumerate(runs):
        ada.check_run(f"refs/heads/{BRANCH}", conclusion, f"run {at}")
    run = site.run()
    (seen,) = run.proposals.all()
    run.board.status(Status(seen.head, "verify", "failure", "ours is not counted"))
    assert run.board.checks([seen]) == {1: expected}


@pytest.mark.parametrize(
    ("runs", "ours", "expected"),
    [
        (["success"], "success", "success"),
        (["success", "failure"], "success", "failure"),
        ([None], "success", "pending"),
        (["success"], "failure", "pending"),
        (["failure"], "failure", "pending"),
        ([None], "failure", "pending"),
    ],
)
def test_what_a_token_may_not_see_is_told_from_the_whole_and_never_better_than_it_is(
    site: Site, runs: list[str | None], ours: Literal["success", "failure"], expected: str
) -> None:
    site.opened()
    for at, conclusion in enumerate(runs):
        site.forge.person("ada").check_run(f"refs/heads/{BRANCH}", conclusion, f"run {at}")
    site.who = site.forge.token(kind="fine-grained")
    run = site.run()
    run.board.status(Status(run.one().head, "verify", ours, "ours"))
    assert run.board.checks([run.one()]) == {1: expected}


def test_a_commit_with_more_checks_than_a_page_is_read_whole(site: Site) -> None:
    site.opened()
    ada = site.forge.person("ada")
    for at in range(105):
        ada.status(f"refs/heads/{BRANCH}", "failure" if at == 104 else "success", f"ci/{at:03}")
    run = site.run()
    assert run.board.checks(run.proposals.all()) == {1: "failure"}


@pytest.mark.parametrize(
    ("base", "expected"),
    [
        ({}, "none"),
        ({"tests": "success"}, "success"),
        ({"tests": "failure", "nightly": "success"}, "failure"),
        ({"tests": "success", "nightly": "failure", "maintainer/gate": "failure"}, "success"),
        ({"tests": None}, "pending"),
        ({"tests": "cancelled"}, "pending"),
    ],
)
def test_the_base_branch_is_judged_by_the_checks_proposals_have(
    site: Site, base: dict[str, str | None], expected: str
) -> None:
    site.opened()
    ada = site.forge.person("ada")
    ada.check_run(f"refs/heads/{BRANCH}", "failure", "tests")
    for name, conclusion in base.items():
        ada.check_run("refs/heads/main", conclusion, name)
    run = site.run()
    site.forge.requests.clear()
    assert run.board.checks(run.proposals.all()) == {1: "failure"}
    assert run.board.base_checks == expected
    assert len([one for one in site.forge.requests if one.path.endswith("/graphql")]) == 1


def test_many_proposals_are_asked_for_in_parts(site: Site) -> None:
    opened = [site.opened(package=f"p{at}") for at in range(26)]
    site.forge.person("ada").check_run(f"refs/heads/{opened[-1].branch}", "failure", "tests")
    site.forge.person("ada").check_run("refs/heads/main", "failure", "tests")
    board = site.run().board
    assert [number for number, said in board.checks(opened).items() if said == "failure"] == [opened[-1].number]
    assert board.base_checks == "failure"
    assert len([one for one in site.forge.requests if one.path.endswith("/graphql")]) == 2


def test_a_verdict_is_a_check_with_annotations_where_the_token_can(site: Site) -> None:
    site.opened()
    head = site.pull().sha
    status = Status(head, "verify", "failure", "3 pages are slow", "https://ci.example/7")
    told = site.writes(lambda: site.run().board.status(status, LINES))
    assert [what.partition(" ")[0] for what in told] == ["POST", "PATCH", "PATCH"]
    (check,) = site.repository.checks
    assert (check.name, check.conclusion, check.details) == ("maintainer/verify", "failure", "https://ci.example/7")
    assert [one["message"] for one in check.annotations] == [one.sentence for one in LINES]
    assert site.writes(lambda: site.run().board.status(status, LINES)) == []
    site.run().board.status(Status(head, "verify", "success", "all is well"))
    assert [one.conclusion for one in site.repository.checks] == ["failure", "success"]


@pytest.mark.parametrize("kind", ["pat", "fine-grained"])
def test_a_verdict_is_a_status_where_it_can_not(site: Site, kind: Kind) -> None:
    site.opened()
    site.who = site.forge.token(kind=kind)
    status = Status(site.pull().sha, "maintainer/verify", "pending", "x" * 200)
    run = site.run()
    assert site.writes(lambda: run.board.status(status, LINES))
    (posted,) = site.repository.statuses
    assert (posted.context, posted.state, len(posted.description or "")) == ("maintainer/verify", "pending", 140)
    assert site.writes(lambda: run.board.status(status, LINES)) == []


def test_without_the_permission_for_checks_a_status_says_the_same(site: Site) -> None:
    site.opened()
    site.who = site.forge.token(permissions={"contents": "write", "pull_requests": "write", "statuses": "write"})
    site.run().board.status(Status(site.pull().sha, "verify", "success", "fine"), LINES)
    assert [one.state for one in site.repository.statuses] == ["success"]
    assert site.repository.checks == []


def protected(site: Site) -> None:
    site.repository.allow_auto_merge = True
    site.repository.protected["main"] = Protection(checks=("ci/tests",))


def test_automerge_is_githubs_own(site: Site) -> None:
    protected(site)
    site.opened()
    run = site.run()
    assert run.board.automerge(run.one(), True) == ""
    assert site.pull().auto_merge is not None
    run = site.run()
    assert site.writes(lambda: run.board.automerge(run.one(), True)) == []
    assert run.board.automerge(run.one(), False) == ""
    assert site.pull().auto_merge is None
    assert site.issue().state == "open"


def actions_token(site: Site) -> None:
    protected(site)
    site.who = site.forge.token(kind="actions")


def switched_off(site: Site) -> None:
    protected(site)
    site.repository.allow_auto_merge = False


def unprotected(site: Site) -> None:
    site.repository.allow_auto_merge = True


def all_is_met(site: Site) -> None:
    protected(site)
    site.forge.person("ada").status(f"refs/heads/{BRANCH}", "success")


def may_not(site: Site) -> None:
    protected(site)
    site.who = site.forge.token(permissions={"contents": "read", "pull_requests": "write", "issues": "read"})


@pytest.mark.parametrize(
    ("how", "sentence"),
    [
        (actions_token, "starts no workflow"),
        (switched_off, "Allow auto-merge"),
        (unprotected, "protect main with a required check"),
        (may_not, "Contents: write"),
    ],
    ids=["actions", "switched-off", "unprotected", "permission"],
)
def test_why_nothing_is_merged_by_itself(site: Site, how: object, sentence: str) -> None:
    site.opened()
    assert callable(how)
    how(site)
    run = site.run()
    assert sentence in run.board.automerge(run.one(), True)
    assert (site.pull().auto_merge, site.issue().state) == (None, "open")


@pytest.mark.parametrize(
    ("methods", "parents"), [(("merge", "squash", "rebase"), 2), (("squash", "rebase"), 1), (("rebase",), 1)]
)
def test_what_nothing_holds_back_any_more_is_merged_at_once(site: Site, methods: tuple[str, ...], parents: int) -> None:
    site.opened()
    all_is_met(site)
    repository = site.repository
    repository.methods = frozenset(methods)
    run = site.run()
    seen = run.one()
    assert site.writes(lambda: run.board.automerge(seen, True))[-1].startswith("PUT /repos/shop/site/pulls/1/merge")
    assert site.pull().merged and site.pull().merged_by == site.run().client.login
    assert len(repository.git.commit_of(site.pull().merge_commit or "").parents) == parents
    assert run.board.automerge(seen, True) == "", "it is merged, and nothing is asked of it again"
    assert site.run().one().state == "merged"


def test_what_someone_pushed_meanwhile_is_not_merged(site: Site) -> None:
    site.opened()
    all_is_met(site)
    run = site.run()
    seen = run.one()

    def pushed(what: str) -> None:
        if what.endswith("/merge"):
            site.forge.before_write = lambda _: None
            site.forge.person("ada").push(BRANCH, {"mine.txt": "mine"})

    site.forge.before_write = pushed
    assert "Head branch was modified" in run.board.automerge(seen, True)
    assert (site.issue().state, site.pull().merged) == ("open", None)


def test_the_token_of_a_workflow_merges_nothing_that_is_ready_either(site: Site) -> None:
    site.opened()
    all_is_met(site)
    site.who = site.forge.token(kind="actions")
    run = site.run()
    assert "starts no workflow" in run.board.automerge(run.one(), True)
    assert site.issue().state == "open"


def test_the_issue_is_opened_once_and_edited_in_place(site: Site) -> None:
    board = site.run().board
    assert board.issue(LABEL) is None
    made = board.write_issue(LABEL, "Dashboard", region("1"), None)
    found = site.run().board.issue(LABEL)
    assert found == made and site.issue().labels == [LABEL]
    now = board.write_issue(LABEL, "Dashboard", region("2"), found)
    assert (now.number, site.issue().body) == (1, region("2"))
    assert site.writes(lambda: board.write_issue(LABEL, "Dashboard", region("2"), now)) == []


def test_an_issue_people_edited_is_read_again_first(site: Site) -> None:
    board = site.run().board
    before = board.write_issue(LABEL, "Dashboard", region("1"), None)
    ada = site.forge.person("ada")
    ada.edit(1, body=f"Hello\r\n{site.issue().body}")
    with pytest.raises(errors.StaleEdit, match="edited #1"):
        board.write_issue(LABEL, "Dashboard", region("2"), before)
    again = board.issue(LABEL)
    assert again and again.body.startswith("Hello")
    board.write_issue(LABEL, "Dashboard", f"Hello\n{region('2')}", again)
    ada.close(1)
    with pytest.raises(errors.StaleEdit):
        board.write_issue(LABEL, "Dashboard", region("3"), again)
    closed = board.issue(LABEL)
    assert closed and (closed.number, closed.open) == (1, False)


def test_of_two_issues_from_a_race_the_oldest_wins(site: Site) -> None:
    def other(what: str) -> None:
        site.forge.before_write = lambda _: None
        site.run().board.write_issue(LABEL, "Dashboard", region("theirs"), None)

    site.forge.before_write = other
    with pytest.raises(errors.StaleEdit):
        site.run().board.write_issue(LABEL, "Dashboard", region("ours"), None)
    assert [(one.number, one.state) for one in site.repository.issues.values()] == [(1, "open"), (2, "closed")]


def test_a_persons_issue_with_the_label_is_left(site: Site) -> None:
    ada = site.forge.person("ada")
    number = ada.open_issue("What is this label for?")
    ada.label(number, LABEL)
    assert site.run().board.issue(LABEL) is None
    site.run().board.write_issue(LABEL, "Dashboard", region("1"), None)
    assert site.issue(number).state == "open"


WHAT = (
    "push branches",
    "open pull requests",
    "keep the dashboard issue",
    "post statuses",
    "post checks with annotations",
    "change workflow files",
    "have its pull requests start workflows",
    "have its merges start a deploy (auto-merge)",
)


@pytest.mark.parametrize(
    ("kind", "more", "expected"),
    [
        ("app", {}, "yes yes yes yes yes ? yes yes"),
        ("actions", {}, "yes yes yes yes yes no no no"),
        ("actions", {"permissions": {"contents": "write", "pull_requests": "write"}}, "yes yes no no no no no no"),
        ("fine-grained", {}, "yes yes yes yes no ? yes yes"),
        ("fine-grained", {"permissions": {"contents": "read"}}, "no no no no no ? yes yes"),
        ("pat", {}, "yes yes yes yes no yes yes yes"),
        ("pat", {"scopes": ("repo",)}, "yes yes yes yes no no yes yes"),
    ],
)
def test_what_a_token_can_do_is_tried_without_a_trace(
    site: Site, kind: Kind, more: dict[str, object], expected: str
) -> None:
    site.opened()
    site.who = site.forge.token(kind=kind, **more)  # type: ignore[arg-type]
    before = site.forge.state()
    told = site.run().board.abilities()
    assert site.forge.state() == before
    words = {True: "yes", False: "no", None: "?"}
    assert told[0].what.startswith("act as ") and told[0].able
    assert {one.what: words[one.able] for one in told[1:]} == dict(zip(WHAT, expected.split(), strict=True))
    assert all(one.sentence for one in told[1:] if not one.able)


def test_an_app_acts_with_a_token_of_its_own(site: Site) -> None:
    app = site.forge.app(permissions={"contents": "write", "pull_requests": "write", "issues": "write"})
    site.who = App(str(app.id), app.key)
    site.opened()
    run = site.run()
    assert (run.one().number, run.client.login, site.issue().author) == (1, app.login, app.login)
    able = {one.what: one.able for one in run.board.abilities()}
    assert (able["change workflow files"], able["push branches"]) == (False, True)
