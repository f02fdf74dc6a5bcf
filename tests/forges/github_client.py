"""The real PyGithub and the real git at work on the fake GitHub."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from github import Auth, Github, GithubException
from github.PullRequest import PullRequest
from github.Repository import Repository

from maintainer.process import Finished, minimal, run
from tests.forges.github import GithubFake

FILES = {"a.txt": "a\n", "b.txt": "b\n"}
BRANCH = "maintainer/npm-is-odd"


def client(forge: GithubFake, token: str = "") -> Github:
    auth = Auth.Token(token or forge.token())
    quick: dict[str, Any] = {"seconds_between_requests": None, "seconds_between_writes": None, "retry": None}
    return Github(auth=auth, base_url=forge.url, **quick)


def site(forge: GithubFake, token: str = "") -> Repository:
    return client(forge, token).get_repo("shop/site")


def proposal(forge: GithubFake, branch: str = BRANCH, file: str = "a.txt") -> PullRequest:
    """A pull request of ours that changes a file."""
    forge.person("ada").push(branch, {file: f"{branch}\n"})
    return site(forge).create_pull(base="main", head=branch, title="Update is-odd", body="From 3 to 4.")


def refused(call: Callable[..., Any], *arguments: Any, **named: Any) -> tuple[int, str]:
    """Status and words of a refusal: the message, and the errors' behind it."""
    with pytest.raises(GithubException) as caught:
        call(*arguments, **named)
    data = caught.value.data
    errors = data.get("errors") or []
    said = [error.get("message") or f"{error.get('field')} {error['code']}" for error in errors]
    return caught.value.status, ": ".join([data["message"], *said])


def git(forge: GithubFake, folder: Path, *argv: str, token: str = "") -> Finished:
    folder.mkdir(exist_ok=True)
    environment = {"GIT_CONFIG_GLOBAL": "/dev/null", "GIT_TERMINAL_PROMPT": "0", "LC_ALL": "C"}
    if token:
        environment |= {"GIT_CONFIG_COUNT": "1", "GIT_CONFIG_KEY_0": f"url.http://x:{token}@{forge.host}/.insteadOf"}
        environment |= {"GIT_CONFIG_VALUE_0": f"{forge.git_url}/"}
    who = {f"GIT_{role}_{what}": "ada" for role in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
    return run(["git", *argv], cwd=folder, environment=minimal(os.environ, **environment, **who))


def cloned(forge: GithubFake, folder: Path, token: str) -> str:
    """Clone the site and commit a change; the URL it came from."""
    url = f"{forge.git_url}/shop/site.git"
    done = git(forge, folder.parent, "clone", "--quiet", url, folder.name, token=token)
    assert done.code == 0, done.err
    (folder / "a.txt").write_text("pushed\n")
    git(forge, folder, "commit", "--all", "--quiet", "--message", "Update is-odd")
    return url
