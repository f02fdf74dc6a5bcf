"""Where a repository is on its forge, by what runs us and what is configured."""

import io
from datetime import UTC, datetime
from pathlib import Path

import pytest

from maintainer import errors
from maintainer.commands.context import Context
from maintainer.commands.outside import configuration
from maintainer.commands.platform import address, open_releases
from maintainer.http import Http
from maintainer.platforms.releases import Releases
from maintainer.process import minimal, run
from maintainer.workspace.checkout import open_checkout

SECRET = "S3cretOfTheSite"
FORGES = {
    "github": {
        "MAINTAINER_PLATFORM": "github",
        "MAINTAINER_REPOSITORY": "shop/site",
        "MAINTAINER_TOKEN": SECRET,
        "GITHUB_SERVER_URL": f"https://user:{SECRET}@github.example",
        "GITHUB_API_URL": "https://github.example/api/v3",
    },
    "gitlab": {
        "MAINTAINER_PLATFORM": "gitlab",
        "MAINTAINER_REPOSITORY": "shop/site",
        "MAINTAINER_TOKEN": SECRET,
        "CI_SERVER_URL": f"https://user:{SECRET}@gitlab.example",
        "CI_API_V4_URL": "https://gitlab.example/api/v4",
    },
    "job": {
        "GITLAB_CI": "true",
        "CI_PROJECT_PATH": "shop/site",
        "CI_DEFAULT_BRANCH": "main",
        "CI_JOB_TOKEN": SECRET,
        "CI_SERVER_URL": "https://gitlab.example",
    },
}


def opened(folder: Path, environment: dict[str, str], *, git: bool = True) -> Releases:
    environment = minimal({"PATH": "/usr/local/bin:/usr/bin:/bin"}, GIT_CONFIG_GLOBAL="/dev/null") | environment
    if git:
        run(["git", "init", "--quiet", "--initial-branch=main"], cwd=folder, environment=environment)
    context = Context(folder, environment, datetime(2026, 11, 22, tzinfo=UTC), io.StringIO(), io.StringIO())
    checkout = open_checkout(folder, environment)
    return open_releases(context, configuration(context, checkout.root), checkout, Http())


@pytest.mark.parametrize(
    ("forge", "api", "git"),
    [
        ("github", "https://api.github.com", "https://github.com/shop/site.git"),
        ("github", "https://api.shop.ghe.com", "https://shop.ghe.com/shop/site.git"),
        ("github", "https://github.example/api/v3", "https://github.example/shop/site.git"),
        ("github", "https://api.github.example/api/v3/", "https://api.github.example/shop/site.git"),
        ("gitlab", "https://gitlab.example/git", "https://gitlab.example/git/shop/site.git"),
        ("gitlab", "https://gitlab.example:8443/api/v4", "https://gitlab.example:8443/shop/site.git"),
    ],
)
def test_git_is_where_people_look(forge: str, api: str, git: str) -> None:
    assert address(forge, {"MAINTAINER_REPOSITORY": "shop/site"}, Http(bases={forge: api})).git == git


@pytest.mark.parametrize("forge", FORGES)
def test_releases_are_on_the_forge_of_this_run_and_lead_there_without_asking(forge: str, tmp_path: Path) -> None:
    releases = opened(tmp_path, FORGES[forge])
    below = "/-" if forge != "github" else ""
    host = "github.example" if forge == "github" else "gitlab.example"
    assert releases.commit_url("0" * 40) == f"https://{host}/shop/site{below}/commit/{'0' * 40}"
    assert releases.issue_url("#12") == f"https://{host}/shop/site{below}/issues/12"
    assert SECRET not in releases.compare_url("v1", "v2")


def test_without_a_forge_releases_are_in_the_repository(tmp_path: Path) -> None:
    releases = opened(tmp_path, {})
    assert (releases.commit_url("0" * 40), releases.published("v1")) == ("", None)


def test_without_git_there_are_no_releases(tmp_path: Path) -> None:
    with pytest.raises(errors.ConfigurationError, match="no git repository"):
        opened(tmp_path, {}, git=False)
