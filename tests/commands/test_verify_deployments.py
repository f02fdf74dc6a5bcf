"""A staging that is where a forge says that the commit was deployed to, on the fakes of both, and by what CI tells."""

import json
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from maintainer.checks.base import Bench
from maintainer.commands import verify_deployments
from maintainer.commands.verify_checks import KINDS, Kind
from maintainer.commands.verify_deployments import deployed, told_by_ci
from maintainer.errors import ToolFailed
from maintainer.evidence import Evidence, Looked
from maintainer.platforms.base import Deployment
from tests.commands.verified import Verified
from tests.forges.github import GithubFake
from tests.forges.gitlab import GitlabFake
from tests.shops.shop import SOUND, serving

NOW = datetime(2026, 11, 21, 8, tzinfo=UTC)
STAGING = {"deployment": "preview*", "ready": {"within": "1s"}}
Told = Callable[[str, str, str, str], None]


class Visits:
    """A check that tells which addresses it was given."""

    NAME = "visits"
    WRITES = False

    def measure(self, bench: Bench) -> Evidence:
        return Evidence(looked=tuple(Looked("visits", "there", site.target.url, site.side) for site in bench.sites))


class Site(Verified):
    """A checkout of `shop/site` in the CI of a forge; `deploy` tells the forge of a deployment."""

    def __init__(self, root: Path, environment: dict[str, str], deploy: Told) -> None:
        super().__init__(root, **environment)
        self.deploy = deploy
        self.stages()
        self.commit()
        self.base = self.git("rev-parse", "HEAD")
        self.git("switch", "--quiet", "--create", "change")
        self.commit()
        self.head = self.git("rev-parse", "HEAD")

    def stages(self, **environments: Any) -> None:
        self.configure(
            {
                "environments": {"staging": STAGING, **environments},
                "verify": {"only": ["smoke"], "smoke": {"browser": False}},
            }
        )

    def verify(self) -> tuple[int, list[dict[str, Any]], str]:
        code, document, err = self.asked("--only", "visits")
        return code, document["verdicts"], err

    def reason(self) -> str:
        code, verdicts, err = self.verify()
        assert code == 3, err
        (one,) = verdicts
        assert (one["check"], one["verdict"]) == ("environment", "inconclusive")
        return str(one["reason"])


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(KINDS, "visits", Kind(lambda _: Visits()))
    monkeypatch.setattr(verify_deployments, "PAUSE", 0.05)


@pytest.fixture(params=["github", "gitlab"])
def site(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Site]:
    yield from _github(tmp_path) if request.param == "github" else _gitlab(tmp_path)


def _github(folder: Path) -> Iterator[Site]:
    with GithubFake(folder / "forge") as forge:
        forge.add_repository("shop/site")
        person = forge.person()
        yield Site(
            folder / "site",
            {
                "GITHUB_ACTIONS": "true",
                "GITHUB_API_URL": forge.url,
                "GITHUB_SERVER_URL": forge.git_url,
                "GITHUB_REPOSITORY": "shop/site",
                "GITHUB_TOKEN": forge.token(kind="actions", permissions={"deployments": "read"}),
            },
            lambda sha, state, url, name: person.deploy(sha, state, url, name),
        )


def _gitlab(folder: Path) -> Iterator[Site]:
    with GitlabFake(folder / "forge") as forge:
        forge.add_repository("shop", "site", {"readme.md": "x"})
        person = forge.person("ada")
        states = {"failure": "failed", "pending": "running"}
        yield Site(
            folder / "site",
            {
                "GITLAB_CI": "true",
                "CI_API_V4_URL": forge.url,
                "CI_SERVER_URL": forge.origin,
                "CI_PROJECT_PATH": "shop/site",
                "CI_JOB_TOKEN": forge.token("glcbt-S3cret", kind="job", user="ada", project="shop/site").text,
            },
            lambda sha, state, url, name: person.deploy(sha, states.get(state, state), url or None, name),
        )


def test_both_sites_are_where_their_commits_were_deployed_to(site: Site) -> None:
    site.stages(baseline={"deployment": "preview"})
    with serving(SOUND) as after, serving(SOUND) as before:
        site.deploy(site.base, "success", f"{before.url}/", "preview")
        site.deploy(site.head, "success", "http://127.0.0.1:9/old", "preview")
        site.deploy(site.head, "success", "http://127.0.0.1:9", "docs")
        site.deploy(site.head, "success", after.url, "preview-2")
        code, verdicts, err = site.verify()
    assert (code, err) == (0, "")
    assert [one["where"] for one in verdicts if one["check"] == "visits"] == [after.url]
    assert before.requests


def test_a_deployment_that_failed_is_told(site: Site) -> None:
    site.deploy(site.head, "failure", "", "preview")
    assert site.reason().startswith("the deployment to preview failed")


def test_one_that_is_nowhere_is_inconclusive(site: Site) -> None:
    site.deploy(site.base, "success", "http://127.0.0.1:9", "preview")
    site.deploy(site.head, "success", "http://127.0.0.1:9", "docs")
    assert site.reason() == (
        f"the deployment of {site.head[:12]} to an environment preview* is not there after 1 s. Does its CI deploy "
        "proposals? Raise ready.within where it only takes longer"
    )


def test_one_that_is_not_done_is_inconclusive(site: Site) -> None:
    site.deploy(site.head, "pending", "", "preview")
    assert "is not done (preview) after 1 s" in site.reason()


def test_one_without_an_address_is_told(site: Site) -> None:
    site.deploy(site.head, "success", "", "preview")
    assert site.reason().startswith("the deployment to preview says no address. Give its environment a url")


def test_an_address_with_a_password_is_refused(site: Site) -> None:
    site.deploy(site.head, "success", "https://ada:secret-1@preview.example", "preview")
    assert "no address" in site.reason()
    assert "secret-1" not in site.reason()


def test_a_forge_that_refuses_is_inconclusive(tmp_path: Path) -> None:
    for site in _github(tmp_path):
        site.environment["GITHUB_TOKEN"] = "ghp_nobody"
        assert "GitHub" in site.reason()


def test_a_proposal_is_found_by_its_head_where_ci_runs_on_a_merge_of_it(tmp_path: Path) -> None:
    with serving(SOUND) as after:
        for site in _github(tmp_path):
            proposed = "c0ffee" + "0" * 34
            event = tmp_path / "event.json"
            event.write_text(json.dumps({"pull_request": {"head": {"sha": proposed}}}))
            site.environment["GITHUB_EVENT_PATH"] = str(event)
            site.deploy(proposed, "success", after.url, "preview")
            assert site.verify()[0] == 0


def test_without_a_forge_it_says_what_to_do(tmp_path: Path) -> None:
    site = Site(tmp_path / "site", {}, lambda *_: None)
    assert site.reason() == "no forge that knows of deployments is known here. Run in its CI, or give --url"


@pytest.mark.parametrize(
    ("environment", "event", "address"),
    [
        ({"CI_ENVIRONMENT_URL": "https://a.example", "CI_ENVIRONMENT_NAME": "preview/7"}, {}, "https://a.example"),
        ({"CI_ENVIRONMENT_URL": "https://a.example", "CI_ENVIRONMENT_NAME": "production"}, {}, ""),
        ({}, {"state": "success", "environment_url": "https://b.example"}, "https://b.example"),
        ({}, {"state": "pending", "environment_url": "https://b.example"}, ""),
        ({}, {"state": "success", "environment_url": "javascript:1"}, ""),
    ],
    ids=["gitlab", "another environment", "github", "pending", "no address"],
)
def test_what_the_ci_says_goes_first(environment: dict[str, str], event: dict[str, str], address: str) -> None:
    told = {"deployment_status": event, "deployment": {"environment": "preview"}} if event else {}
    assert told_by_ci(environment, told, "preview*") == address


class Later:
    """Deployments that tell a bit more each time they are asked."""

    def __init__(self, *told: Sequence[Deployment]) -> None:
        self.told = list(told)

    def of(self, commit: str) -> Sequence[Deployment]:
        return self.told.pop(0) if len(self.told) > 1 else self.told[0]


def test_it_waits_until_the_deployment_is_done() -> None:
    waits, done = Deployment("preview", "pending"), Deployment("preview", "success", "https://a.example")
    later = Later([], [waits], [done])
    assert deployed(later, ["abc"], "*", 10) == "https://a.example"
    assert later.told == [[done]]


def test_a_newer_commit_in_its_place_is_told() -> None:
    with pytest.raises(ToolFailed, match="another commit stands in preview by now"):
        deployed(Later([Deployment("preview", "replaced")]), ["abc"], "*", 10)
