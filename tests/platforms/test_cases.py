"""The laws of `Cases` on both forges' stand-ins, and what is special to one of them."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

import pytest

from maintainer import errors
from maintainer.http import Http
from maintainer.platforms.base import Status
from maintainer.platforms.github_cases import GithubCases
from maintainer.platforms.github_client import open_client
from maintainer.platforms.gitlab_cases import GitlabCases
from maintainer.platforms.gitlab_client import GitlabClient
from tests.forges.github import GithubFake
from tests.forges.github_people import Person as GithubPerson
from tests.forges.github_rights import ACTIONS
from tests.forges.gitlab import GitlabFake
from tests.forges.gitlab_people import Person as GitlabPerson
from tests.forges.gitlab_world import DEVELOPER, GUEST, Project
from tests.loopback import Reply
from tests.platforms import github_site, gitlab_site
from tests.platforms.contract_cases import LAWS, MONDAY, OVERRIDE, Scene

SEES_TEAMS = {**ACTIONS, "members": "read"}


class GithubScene(Scene):
    most = 10

    def __init__(self, forge: GithubFake, folder: Path) -> None:
        self.forge = forge
        self.token = forge.token(permissions=SEES_TEAMS)
        self.site = github_site.Site(forge, folder, self.token)

    def person(self, login: str) -> GithubPerson:
        return self.forge.person(login, "read" if login == "mallory" else "write")

    def cases(self, *labels: str) -> GithubCases:
        client = open_client(Http(sleep=lambda _: None, seconds=3), self.forge.url, "shop/site", self.token)
        return GithubCases(client, labels)

    def post(self, status: Status) -> None:
        self.site.run().board.status(status)

    def wait(self, until: datetime) -> None:
        self.forge.wait(until)

    def push(self, branch: str, text: str = "", by: str = "ada", onto: str | None = None) -> str:
        return self.person(by).push(branch, {"file": text}, onto=onto)

    def point(self, branch: str, commit: str, by: str = "ada") -> None:
        self.person(by).point(branch, commit)

    def propose(self, branch: str, by: str = "ada", base: str = "main") -> int:
        return self.person(by).open_pull(branch, base)

    def propose_from_fork(self, by: str) -> int:
        fork = self.person(by).fork()
        self.person(by).at(fork).push("change", {"file": "theirs"})
        return self.person(by).open_pull("change", fork=fork)

    def close(self, number: int) -> None:
        self.person("ada").close(number)

    def merge(self, number: int) -> str:
        return self.person("ada").merge(number)

    def comment(self, number: int, text: str, by: str = "ada") -> Callable[[str, str], None]:
        made = self.person(by).comment(number, text)
        return lambda new, who: self.person(who).edit_comment(made, new)

    def label(self, number: int, name: str, by: str = "ada") -> None:
        self.person(by).label(number, name)

    def unlabel(self, number: int, name: str, by: str = "ada") -> None:
        self.person(by).unlabel(number, name)

    def rename_label(self, old: str, new: str) -> None:
        self.person("ada").rename_label(old, new)

    def approve(self, number: int, by: str) -> None:
        self.person(by).approve(number)

    def take_back(self, number: int, by: str) -> None:
        given = [one for one in self.site.repository.reviews if (one.issue, one.author) == (number, by)]
        self.person(by).dismiss(given[-1].id)

    def join(self, login: str, team: str) -> None:
        self.person(login)
        self.forge.team(team.removeprefix("@"), login)

    def requests(self) -> int:
        return len(self.forge.api_requests())


class GitlabScene(Scene):
    # Four queries, one more for each with a label of interest, and the project.
    most = 16

    def __init__(self, forge: GitlabFake, folder: Path) -> None:
        self.forge = forge
        self.site = gitlab_site.Site(forge, folder)

    @property
    def project(self) -> Project:
        return self.site.project

    def person(self, login: str) -> GitlabPerson:
        return self.forge.person(login, level=GUEST if login == "mallory" else DEVELOPER)

    def cases(self, *labels: str) -> GitlabCases:
        http = Http(sleep=lambda _: None, seconds=3)
        return GitlabCases(GitlabClient(http, self.forge.url, "shop/site", gitlab_site.TOKEN), labels)

    def post(self, status: Status) -> None:
        self.site.run().board.status(status)

    def wait(self, until: datetime) -> None:
        self.forge.wait(until)

    def push(self, branch: str, text: str = "", by: str = "ada", onto: str | None = None) -> str:
        return self.person(by).push(branch, {"file": text}, onto=onto)

    def point(self, branch: str, commit: str, by: str = "ada") -> None:
        self.person(by).point(branch, commit)

    def propose(self, branch: str, by: str = "ada", base: str = "main") -> int:
        return self.person(by).open(branch, base).iid

    def propose_from_fork(self, by: str) -> int:
        self.forge.fork("shop/site", f"{by}/site")
        there = self.person(by).at(f"{by}/site")
        there.push("change", {"file": "theirs"})
        return there.open("change", into="shop/site").iid

    def close(self, number: int) -> None:
        self.person("ada").close(number)

    def merge(self, number: int) -> str:
        assert self.person("ada").merge(number)
        return self.project.repository.branches()["main"]

    def comment(self, number: int, text: str, by: str = "ada") -> Callable[[str, str], None]:
        made = self.person(by).comment(number, text)
        return lambda new, who: self.person(who).edit_comment(number, made, new)

    def label(self, number: int, name: str, by: str = "ada") -> None:
        self.person(by).label(number, add=(name,))

    def unlabel(self, number: int, name: str, by: str = "ada") -> None:
        self.person(by).label(number, remove=(name,))

    def rename_label(self, old: str, new: str) -> None:
        self.person("ada").rename_label(old, new)

    def approve(self, number: int, by: str) -> None:
        self.person(by).approve(number)

    def take_back(self, number: int, by: str) -> None:
        self.person(by).unapprove(number)

    def join(self, login: str, team: str) -> None:
        self.person(login)
        path = team.removeprefix("@")
        members = self.forge.world.groups.setdefault(path, {})
        members |= {login: DEVELOPER, self.forge.world.tokens[gitlab_site.TOKEN].user.username: GUEST}

    def requests(self) -> int:
        return len(self.forge.api_requests())


@contextmanager
def github(folder: Path) -> Iterator[GithubScene]:
    with GithubFake(folder / "forge") as forge:
        forge.add_repository("shop/site", {"file": "a shop\n"})
        yield GithubScene(forge, folder)


@contextmanager
def gitlab(folder: Path) -> Iterator[GitlabScene]:
    with GitlabFake(folder / "forge") as forge:
        forge.add_repository("shop", "site", {"file": "a shop\n"})
        forge.token(gitlab_site.TOKEN, kind="project", project="shop/site")
        yield GitlabScene(forge, folder)


@pytest.mark.parametrize("forge", ["github", "gitlab"])
@pytest.mark.parametrize("law", LAWS, ids=[law.__name__ for law in LAWS])
def test_the_law_holds(law: Callable[[Scene], None], forge: str, tmp_path: Path) -> None:
    with github(tmp_path) if forge == "github" else gitlab(tmp_path) as scene:
        law(scene)


@pytest.fixture
def there(tmp_path: Path) -> Iterator[GithubScene]:
    with github(tmp_path) as scene:
        yield scene


@pytest.fixture
def lab(tmp_path: Path) -> Iterator[GitlabScene]:
    with gitlab(tmp_path) as scene:
        yield scene


# GitHub


def test_a_review_is_of_a_commit_and_the_last_that_takes_a_side_counts(there: GithubScene) -> None:
    first = there.push("change", "x")
    number = there.propose("change")
    there.approve(number, "bob")
    there.push("change", "y")
    there.person("bob").review(number, "COMMENTED", "Hm.")
    there.approve(number, "carol")
    there.person("carol").review(number, "CHANGES_REQUESTED")
    (approval,) = there.one().approvals
    assert (approval.by, approval.commit) == ("bob", first)


def test_a_bot_is_no_person_of_its_name(there: GithubScene) -> None:
    number = there.proposed()
    there.forge.person("helper[bot]").comment(number, "beep")
    (remark,) = there.one().remarks
    assert (remark.by, remark.bot) == ("helper[bot]", True)


def test_a_status_and_a_check_are_one_verdict(there: GithubScene) -> None:
    there.proposed()
    there.person("ada").status("change", "failure", "maintainer/gate", "Frozen.")
    told = there.one().told
    assert told and (told.state, told.sentence) == ("failure", "Frozen.")
    there.person("ada").check_run("change", "success", "maintainer/gate")
    told = there.one().told
    assert told and told.state == "success"
    there.person("ada").check_run("change", "neutral", "maintainer/gate")
    told = there.one().told
    assert told and told.state == "pending"


def test_what_may_not_be_seen_of_checks_is_told_by_the_status(there: GithubScene) -> None:
    there.proposed()
    there.person("ada").status("change", "success", "maintainer/gate", "Open.")
    there.token = there.forge.token(kind="fine-grained", permissions={"pull_requests": "read", "statuses": "read"})
    told = there.one().told
    assert told and told.state == "success"


def test_when_a_fork_was_pushed_is_not_told(there: GithubScene) -> None:
    number = there.propose_from_fork("mallory")
    cases = there.cases()
    assert cases.pushed(cases.case(number)) is None


def test_a_server_without_activity_tells_no_push(there: GithubScene) -> None:
    number = there.proposed()
    there.forge.fault("GET", "/activity", Reply(404, {"message": "Not Found"}))
    cases = there.cases()
    assert cases.pushed(cases.case(number)) is None


@pytest.mark.parametrize(
    ("kind", "more", "advice"),
    [
        ("actions", {}, "GITHUB_TOKEN"),
        ("app", {"permissions": ACTIONS}, "organisation permission Members: read"),
        ("fine-grained", {"permissions": {"metadata": "read"}}, "organisation permission Members: read"),
        ("pat", {"scopes": ("repo",)}, "read:org"),
    ],
    ids=["actions", "app", "fine-grained", "classic"],
)
def test_a_token_that_sees_no_teams_says_so(
    there: GithubScene, kind: str, more: dict[str, object], advice: str
) -> None:
    there.join("bob", "@shop/owners")
    there.token = there.forge.token(kind=kind, **more)  # type: ignore[arg-type]
    for who in ("bob", "ada"):
        with pytest.raises(errors.AccessDenied, match=advice):
            there.cases().belongs(who, "@shop/owners")


def test_who_is_below_is_in_and_who_is_invited_is_not(there: GithubScene) -> None:
    there.forge.team("shop/owners")
    there.forge.team("shop/night", "bob", parent="owners").members["carol"] = "pending"
    cases = there.cases()
    assert [cases.belongs(who, "@shop/owners") for who in ("bob", "carol")] == [True, False]


def test_what_is_no_team_is_said(there: GithubScene) -> None:
    for name in ("owners", "@shop", "@shop/a/b"):
        with pytest.raises(errors.ConfigurationError, match="is no team"):
            there.cases().belongs("bob", name)


# GitLab


def test_an_approval_is_as_old_as_it_is_noted(lab: GitlabScene) -> None:
    number = lab.proposed()
    lab.approve(number, "bob")
    lab.take_back(number, "bob")
    lab.wait(MONDAY)
    lab.approve(number, "bob")
    lab.person("carol").comment(number, "approved this merge request")
    (approval,) = lab.one().approvals
    assert (approval.at, approval.commit) == (MONDAY, "")


def test_gitlabs_own_notes_are_no_remarks(lab: GitlabScene) -> None:
    lab.proposed()
    lab.push("change", "more")
    assert lab.one().remarks == ()


def test_a_bot_is_told_as_one(lab: GitlabScene) -> None:
    number = lab.proposed()
    lab.forge.user("project_1_bot", DEVELOPER, bot=True)
    lab.person("project_1_bot").comment(number, "beep")
    assert [one.bot for one in lab.one().remarks] == [True]


def test_an_approval_of_a_bot_is_told_as_one(lab: GitlabScene) -> None:
    number = lab.proposed()
    lab.forge.user("releases", DEVELOPER, bot=True)
    lab.approve(number, "releases")
    lab.approve(number, "bob")
    assert [(one.by, one.bot) for one in lab.one().approvals] == [("releases", True), ("bob", False)]


def test_the_verdict_is_in_the_pipeline_of_the_merge_request(lab: GitlabScene) -> None:
    number = lab.proposed()
    own = lab.person("ada").run(number, "success")
    newer = lab.person("ada").pipeline("change", "success")
    case = lab.one()
    assert case.pipeline == own.id
    lab.verdict(case, "failure", "Frozen.")
    told = lab.one().told
    assert told and told.sentence == "Frozen."
    assert (own.status, newer.status, len(lab.project.pipelines)) == ("failed", "success", 2)
    lab.push("change", "more")
    assert lab.one().pipeline == 0


def test_two_with_one_head_have_the_verdict_in_a_pipeline_each(lab: GitlabScene) -> None:
    head = lab.push("a", "x")
    lab.point("b", head)
    numbers = [lab.propose(branch) for branch in "ab"]
    own = lab.person("ada").run(numbers[0], "success")
    for case in lab.cases().open():
        lab.verdict(case, "failure", "Frozen.")
    first, second = lab.cases().open()
    assert first.told == second.told is not None
    assert first.pipeline == own.id != second.pipeline
    assert [(one.ref, one.source) for one in lab.project.pipelines] == [
        (f"refs/merge-requests/{numbers[0]}/head", "merge_request_event"),
        ("b", "external"),
    ]


@pytest.mark.parametrize("anew", [False, True], ids=["looked-at", "anew"])
def test_a_verdict_for_a_pipeline_that_went_away_is_posted_all_the_same(lab: GitlabScene, anew: bool) -> None:
    lab.proposed()
    gone, stays = (lab.person("ada").pipeline("change", "success") for _ in range(2))
    lab.project.pipelines.remove(gone)
    lab.post(Status(stays.sha, "gate", "failure", "Frozen.", anew=anew, pipeline=gone.id, branch="change"))
    told = lab.one().told
    assert told and told.sentence == "Frozen."
    assert (lab.one().pipeline, lab.project.pipelines) == (stays.id, [stays])


def test_a_pipeline_of_another_commit_takes_no_verdict(lab: GitlabScene) -> None:
    """One of merged results has a commit of its own."""
    number = lab.proposed()
    results = lab.person("ada").run(number, "success")
    assert lab.one().pipeline == results.id
    results.source_sha, results.sha = results.sha, lab.push("merged", "x")
    assert lab.project.head_pipeline(lab.project.merge_requests[0]) is results
    assert lab.one().pipeline == 0


def test_who_is_in_a_private_group_is_told_to_its_members_alone(lab: GitlabScene) -> None:
    lab.forge.world.groups["shop"] = {"bob": DEVELOPER}
    lab.person("bob")
    with pytest.raises(errors.AccessDenied, match=r"Only members of a private group see who is in it: add .* to shop"):
        lab.cases().belongs("bob", "@shop")


def test_who_is_above_is_in(lab: GitlabScene) -> None:
    lab.join("bob", "@shop")
    lab.join("carol", "@shop/owners")
    cases = lab.cases()
    assert [cases.belongs("bob", "@shop/owners"), cases.belongs("carol", "@shop")] == [True, False]


def test_a_push_of_many_branches_at_once_has_nobody(lab: GitlabScene) -> None:
    number = lab.proposed()
    lab.wait(MONDAY)
    lab.push("change", "more", "bob")
    lab.project.pushes[-1].after = lab.project.pushes[-1].branch = None
    cases = lab.cases()
    found = cases.pushed(cases.case(number))
    assert found and (found.at, found.by) == (MONDAY, "")


def test_a_fork_has_versions_too(lab: GitlabScene) -> None:
    lab.wait(MONDAY)
    number = lab.propose_from_fork("mallory")
    cases = lab.cases()
    found = cases.pushed(cases.case(number))
    assert found and found.at > MONDAY and found.by == ""


def test_labels_of_no_interest_are_not_asked_for(lab: GitlabScene) -> None:
    lab.label(lab.proposed(), "docs")
    lab.one(OVERRIDE)
    assert not [one for one in lab.forge.api_requests() if "resource_label_events" in one.path]
